//! User address spaces: areas, page tables, faults, fork, and the copies between user and kernel.
//!
//! An [`AddressSpace`] is a list of areas (what an address means) and page tables (which frames are there
//! already). Mapping only changes areas; frames come when they are touched, by the program (`fault`) or by
//! the kernel for it (`copy`). The areas are the truth, the tables a cache of it that can be rebuilt, but for
//! the contents of written pages.
//!
//! Invariants:
//! - a valid word in the tables lies inside an area, gives no right that the area does not give, and owns its
//!   frame once (the pool counts the owners);
//! - a frame with more than one owner is writable only in a shared area: all else is copied when written;
//! - a table exists only where an area is;
//! - whatever takes rights away or changes a frame forgets the TLB entry and the kernel's own translation cache.
//!
//! Layout, the same in every boot: programs where their ELF file says (static-PIE at [`PIE_BASE`]), the heap behind them,
//! mappings top-down from [`MMAP_TOP`], the stack below [`STACK_TOP`]: all of it within 39 bits, for which three levels of
//! tables do. What does not fit there, or is asked for there, lies between [`LOW_END`] and [`USER_END`], 48 bits.

mod advise;
pub mod area;
mod areas;
mod brk;
mod copy;
mod fault;
mod fork;
mod lock;
mod map;
mod remap;
mod share;
#[cfg(test)]
pub(crate) mod tests;

use area::{Area, AreaKind, Lock};
use areas::Areas;
use copy::Cached;

use crate::addr::{Frame, LOW_END, PAGE_SIZE, Root, USER_END, UserAddr};
use crate::errno::Errno;
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::paging::{PageEntry, PageEntryPlace, Tables};
use crate::storage::Storage;

pub use crate::paging::Protection;

const PAGE: u64 = PAGE_SIZE as u64;

/// Nothing is mapped below: the null page always faults.
pub const LOWEST_ADDRESS: u64 = PAGE;
/// Where static-PIE programs are loaded. Fixed, so that a run can be repeated exactly.
pub const PIE_BASE: u64 = 0x1000_0000;
/// One past the highest byte of the stack: a page, the signal trampoline's, below what 39 bits reach.
pub const STACK_TOP: u64 = LOW_END - PAGE;
/// How far the stack can grow unless RLIMIT_STACK says otherwise.
pub const STACK_LIMIT: u64 = 8 << 20;
/// What mappings without an address leave to the stack: at least (it may be given more later), and at most.
const STACK_ROOM: core::ops::RangeInclusive<u64> = 128 << 20..=LOW_END / 2;
/// What stays free between the stack and an area below it (Linux: stack_guard_gap).
pub const STACK_GUARD: u64 = 1 << 20;
/// Mappings without an address end below, or still lower where RLIMIT_STACK is large at exec.
pub const MMAP_TOP: u64 = STACK_TOP - *STACK_ROOM.start() - STACK_GUARD;

/// Why an access cannot be made good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultError {
    /// No area holds the address: SIGSEGV, SEGV_MAPERR.
    NotMapped,
    /// The area does not allow the access: SIGSEGV, SEGV_ACCERR.
    Denied,
    /// The page lies wholly past the end of its file: SIGBUS, BUS_ADRERR.
    BeyondFile,
    /// The first store into a file since it was last told who writes it: [`Fs::begin_map_write`](crate::fs::Fs), then
    /// again.
    Untold(InodeId),
    /// No frame is left.
    OutOfMemory,
}

impl From<FaultError> for Errno {
    fn from(error: FaultError) -> Errno {
        match error {
            FaultError::OutOfMemory => Errno::ENOMEM,
            FaultError::NotMapped
            | FaultError::Denied
            | FaultError::BeyondFile
            | FaultError::Untold(_) => Errno::EFAULT,
        }
    }
}

/// Where mmap shall put an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapPlace {
    /// At the address if it is free, else anywhere (0: anywhere).
    Hint(u64),
    /// Exactly there, and what was there is unmapped (MAP_FIXED).
    Fixed(u64),
    /// Exactly there, EEXIST if something is there (MAP_FIXED_NOREPLACE).
    FixedNoReplace(u64),
}

/// What fills a new area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Zeros, copied on write over fork (MAP_PRIVATE | MAP_ANONYMOUS).
    Anonymous,
    /// The same, with no memory for it (MAP_NORESERVE).
    Reservation,
    /// Zeros, shared with the children (MAP_SHARED | MAP_ANONYMOUS). What was not touched before a fork is
    /// filled in by it.
    SharedAnonymous,
    /// A file from `offset` on, private (MAP_PRIVATE).
    File {
        /// The file.
        inode: InodeId,
        /// Page aligned, else EINVAL.
        offset: u64,
    },
    /// A file's own pages, to be written (MAP_SHARED on a file that is open for reading and writing).
    WritableFile {
        /// The file.
        inode: InodeId,
        /// Page aligned, else EINVAL.
        offset: u64,
    },
    /// A file's own pages, to be read (MAP_SHARED): EACCES for PROT_WRITE.
    ReadOnlyFile {
        /// The file.
        inode: InodeId,
        /// Page aligned, else EINVAL.
        offset: u64,
    },
}

/// Pages in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Frames mapped now.
    pub resident_pages: usize,
    /// The most frames that were mapped at once.
    pub peak_pages: usize,
    /// Frames that hold page tables.
    pub table_pages: usize,
    /// Bytes of all areas.
    pub virtual_bytes: u64,
}

/// The memory of one process. It owns frames, so it must end in [`AddressSpace::release`].
#[derive(Debug)]
pub struct AddressSpace {
    tables: Tables,
    areas: Areas,
    /// The pages that the kernel read from and wrote to last.
    read_cache: Cached,
    write_cache: Cached,
    resident: usize,
    peak: usize,
    /// Where the heap starts, and its end to the byte; equal when there is none.
    break_start: u64,
    break_end: u64,
    /// How far the stack may grow.
    stack_limit: u64,
    /// How many bytes of areas there may be when it grows.
    address_limit: u64,
    /// How many bytes may be locked.
    lock_limit: u64,
    /// The lock of areas to come (MCL_FUTURE).
    future_lock: Lock,
    /// Where mappings without an address end.
    mmap_top: u64,
    /// The file that the kernel could not store into for the program, as that has to be told first.
    untold: Option<InodeId>,
}

impl AddressSpace {
    /// An empty address space.
    ///
    /// # Errors
    /// ENOMEM when no frame is left.
    pub fn new<M: Machine>(storage: &mut Storage<'_, M>) -> Result<Self, Errno> {
        Ok(AddressSpace {
            tables: Tables::new(&mut storage.pool, &mut storage.machine)?,
            areas: Areas::default(),
            read_cache: Cached::NOTHING,
            write_cache: Cached::NOTHING,
            resident: 0,
            peak: 0,
            break_start: 0,
            break_end: 0,
            stack_limit: STACK_LIMIT,
            address_limit: u64::MAX,
            lock_limit: u64::MAX,
            future_lock: Lock::Off,
            mmap_top: MMAP_TOP,
            untold: None,
        })
    }

    /// What names it as long as it lives: the frame of a table.
    pub fn identity(&self) -> Frame {
        self.tables.low()
    }

    /// For [`Machine::activate`].
    pub fn root(&self) -> Root {
        self.tables.root()
    }

    /// The areas, lowest first: for /proc/self/maps.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// The first area that ends after an address.
    pub(crate) fn next_area(&self, address: u64) -> Option<&Area> {
        self.areas.next(address)
    }

    /// Those that overlap a range.
    pub(crate) fn areas_in(&self, start: u64, end: u64) -> impl Iterator<Item = &Area> {
        self.areas.overlapping(start, end)
    }

    /// The areas of a file.
    pub(crate) fn mappings_of(&self, file: InodeId) -> impl Iterator<Item = &Area> {
        let is_of = move |area: &&Area| area.kind.view().is_some_and(|view| view.inode == file);
        self.areas().filter(is_of)
    }

    /// Has it memory that others may have too (MAP_SHARED, MAP_ANONYMOUS)?
    pub(crate) fn shares_memory(&self) -> bool {
        self.areas().any(|area| area.kind == AreaKind::SharedAnonymous)
    }

    /// Is the page of this address the same one for others (MAP_SHARED)?
    pub(crate) fn is_shared(&self, address: u64) -> bool {
        let is_shared =
            |area: &Area| area.kind == AreaKind::SharedAnonymous || area.kind.sharing().is_some();
        self.areas.find(address).is_some_and(is_shared)
    }

    /// Gives back every frame and file hold. The tables must not be active any more.
    pub fn release<M: Machine>(mut self, storage: &mut Storage<'_, M>) {
        let areas = core::mem::take(&mut self.areas);
        let mut areas = areas.iter().peekable();
        while let Some(area) = areas.next() {
            // The identity will be another space's.
            if let AreaKind::WritableFile(view) = area.kind
                && storage.fs.map_writer(view.inode) == Some(self.identity())
            {
                storage.fs.end_map_write(view.inode);
            }
            self.clear_pages(storage, area.start, area.end);
            let ceiling = areas.peek().map_or(USER_END, |above| above.start);
            self.tables.prune(
                &mut storage.pool,
                &mut storage.machine,
                (area.start, area.end),
                (0, ceiling),
            );
            drop_hold(storage, area);
        }
        self.tables.release(&mut storage.pool);
    }

    /// Pages in use.
    pub fn usage(&self) -> Usage {
        let bytes = |area: &Area| area.end - area.start;
        Usage {
            resident_pages: self.resident,
            peak_pages: self.peak,
            table_pages: self.tables.count(),
            virtual_bytes: self.areas().map(bytes).sum(),
        }
    }

    /// Bytes of private memory that may be written, but for the stack.
    pub fn data_bytes(&self) -> u64 {
        self.areas().filter(|area| area.is_data()).map(|area| area.end - area.start).sum()
    }

    /// Is it the heap, or a part?
    pub fn is_heap(&self, area: &Area) -> bool {
        self.break_start <= area.start && area.start < self.break_end
    }

    /// The end of the heap, to the byte.
    pub fn break_end(&self) -> u64 {
        self.break_end
    }

    /// For mincore(2) and msync(2): ENOMEM unless the whole range is mapped.
    ///
    /// # Errors
    /// EINVAL for an address that is not page aligned, ENOMEM for a hole.
    pub fn check_mapped(&self, address: u64, length: u64) -> Result<(), Errno> {
        let (start, end) = page_range(address, length, Errno::ENOMEM)?;
        if self.areas.cover(start, end) { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// For mincore(2): has the page a frame?
    pub fn is_resident<M: Machine>(&self, storage: &Storage<'_, M>, address: u64) -> bool {
        let slot = self.tables.find(&storage.machine, address);
        slot.is_some_and(|slot| slot.get(&storage.machine).frame().is_some())
    }

    /// Takes the frames out of a range. Returns how many there were. The caller forgets the TLB entries.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn clear_pages<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        start: u64,
        end: u64,
    ) -> usize {
        let before = self.resident;
        let mut at = start;
        while let Some(mut span) = self.tables.next_span(&storage.machine, at, end) {
            at = span.end;
            while let Some(page) = span.next_present(&storage.machine) {
                page.slot.set(&mut storage.machine, PageEntry::NONE);
                storage.pool.release(page.frame);
                self.resident -= 1;
            }
        }
        before - self.resident
    }

    /// The word for a page inside an area, with the tables above it.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn slot<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
    ) -> Result<PageEntryPlace, Errno> {
        if address >= LOW_END {
            return self.high_slot(storage, address);
        }
        self.tables.ensure(&mut storage.pool, &mut storage.machine, address)
    }

    /// The same above what three levels of tables reach: the first page there gives the space another root.
    #[inline(never)]
    fn high_slot<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        address: u64,
    ) -> Result<PageEntryPlace, Errno> {
        let root = self.tables.root();
        let slot = self.tables.ensure(&mut storage.pool, &mut storage.machine, address);
        if self.tables.root() != root {
            storage.machine.replace_root(root, self.tables.root());
        }
        slot
    }

    /// One more frame is mapped.
    #[inline(always)]
    fn count_page(&mut self) {
        self.resident += 1;
        self.peak = self.peak.max(self.resident);
    }

    /// Forgets what the processor and the kernel remember of one page.
    fn forget_page<M: Machine>(&mut self, machine: &mut M, address: u64) {
        self.forget_cached();
        machine.invalidate_page(UserAddr(address).page_start());
    }

    /// Forgets what they remember of `pages` pages in a range of which that many were changed.
    fn forget_range<M: Machine>(&mut self, machine: &mut M, start: u64, end: u64, changed: usize) {
        /// Beyond it, one invalidation of everything is cheaper than many of pages.
        const ONE_BY_ONE: u64 = 8;
        if changed == 0 {
            return;
        }
        self.forget_cached();
        if end - start > ONE_BY_ONE * PAGE {
            machine.invalidate_all();
        } else {
            for page in (start..end).step_by(PAGE_SIZE) {
                machine.invalidate_page(UserAddr(page));
            }
        }
    }

    fn forget_cached(&mut self) {
        self.read_cache = Cached::NOTHING;
        self.write_cache = Cached::NOTHING;
    }

    /// Joins the areas on both sides of an address where they continue each other.
    fn merge<M: Machine>(&mut self, storage: &mut Storage<'_, M>, address: u64) {
        if let Some(gone) = self.areas.merge_with_previous(address) {
            drop_hold(storage, &gone);
        }
    }

    /// Makes `address` a border between areas, after `reserve`.
    fn split<M: Machine>(&mut self, storage: &mut Storage<'_, M>, address: u64) {
        if let Some(upper) = self.areas.split(address) {
            add_hold(storage, &upper);
        }
    }
}

/// An area of a file came to be.
fn add_hold<M: Machine>(storage: &mut Storage<'_, M>, area: &Area) {
    if let Some(view) = area.kind.view() {
        storage.fs.hold(view.inode);
        if let Some(sharing) = area.kind.sharing() {
            storage.fs.begin_sharing(view.inode, sharing);
        }
    }
}

/// An area of a file is no more.
fn drop_hold<M: Machine>(storage: &mut Storage<'_, M>, area: &Area) {
    if let Some(view) = area.kind.view() {
        if let Some(sharing) = area.kind.sharing() {
            storage.fs.end_sharing(view.inode, sharing);
        }
        storage.fs.drop_hold(view.inode, &mut storage.pool);
    }
}

/// The pages of `address..address + length`: EINVAL for an address inside a page, `beyond` for what does not
/// fit into user space.
fn page_range(address: u64, length: u64, beyond: Errno) -> Result<(u64, u64), Errno> {
    if !UserAddr(address).is_page_aligned() {
        return Err(Errno::EINVAL);
    }
    let length = crate::addr::page_align_up(length).ok_or(beyond)?;
    let end = address.checked_add(length).ok_or(beyond)?;
    if end > USER_END {
        return Err(beyond);
    }
    Ok((address, end))
}

/// What a page of an area may do in the tables: a private frame with other owners is copied before it is written, and a
/// file's own is not written before that is told.
#[cfg_attr(target_os = "none", optimize(speed))]
fn page_rights(area: &Area, frame_is_shared: impl FnOnce() -> bool) -> Protection {
    match area.kind {
        AreaKind::SharedAnonymous => area.protection,
        AreaKind::WritableFile(_) => area.protection.before_a_write(),
        _ if area.protection.writable() && frame_is_shared() => area.protection.before_a_write(),
        _ => area.protection,
    }
}
