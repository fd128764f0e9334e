//! Tests of address spaces, over memory and files on the host.
//!
//! [`World`] is the machine, [`Cpu`] a processor with a TLB that forgets only what it is told to forget, so that a
//! missing invalidation shows; [`check`] holds the invariants of an address space against its tables.

mod cases;
mod copies;
mod locks;
mod many;
mod memory;
mod model;
mod operations;
mod pages;
mod random;
mod sharing;

use std::collections::BTreeMap;
use std::vec;
use std::vec::Vec;

use super::area::AreaKind;
use super::{AddressSpace, FaultError, PAGE, Protection};
use crate::addr::{Frame, PAGE_SIZE, USER_END, UserAddr};
use crate::context::Access;
use crate::fs::{Fs, InodeId};
use crate::machine::Memory;
use crate::paging::PageEntry;
use crate::storage::Storage;
use crate::testing::FakeMachine;

pub const RW: Protection = Protection::READ.union(Protection::WRITE);
pub const RX: Protection = Protection::READ.union(Protection::EXECUTE);

/// A machine, its frames and its files.
pub struct World {
    pub storage: Storage<'static, FakeMachine>,
    files: usize,
}

impl World {
    pub fn new(frames: usize) -> Self {
        let (machine, pool) = FakeMachine::with_pool(frames);
        let pool = pool.without_reserve();
        World { storage: Storage { fs: Fs::new().unwrap(), pool, machine }, files: 0 }
    }

    pub fn r(&mut self) -> &mut Storage<'static, FakeMachine> {
        &mut self.storage
    }

    pub fn space(&mut self) -> AddressSpace {
        AddressSpace::new(self.r()).unwrap()
    }

    /// A file that a program wrote: frames.
    pub fn written_file(&mut self, bytes: &[u8]) -> InodeId {
        let name = std::format!("written{}", self.files);
        self.files += 1;
        let inode = self.storage.fs.create_file(InodeId::ROOT, name.as_bytes(), 0o755).unwrap();
        self.write_file(inode, 0, bytes);
        inode
    }

    /// A file of the image: a slice of its tar.
    pub fn image_file(&mut self, bytes: &[u8]) -> InodeId {
        let name = std::format!("image{}", self.files);
        self.files += 1;
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        let mut builder = tar::Builder::new(Vec::new());
        builder.append_data(&mut header, &name, bytes).unwrap();
        self.storage.fs.add_tar(builder.into_inner().unwrap().leak()).unwrap();
        self.storage.fs.lookup(InodeId::ROOT, name.as_bytes()).unwrap()
    }

    pub fn write_file(&mut self, inode: InodeId, offset: u64, bytes: &[u8]) {
        let (pool, memory) = (&mut self.storage.pool, &mut self.storage.machine);
        let written = self.storage.fs.write(inode, offset, bytes, pool, memory).unwrap();
        assert_eq!(written, bytes.len());
    }

    /// Takes frames away until `left` are free. They come back with `feed`.
    pub fn starve(&mut self, left: usize) -> Vec<Frame> {
        let excess = self.storage.pool.free().saturating_sub(left);
        (0..excess).map(|_| self.storage.pool.allocate().unwrap()).collect()
    }

    pub fn feed(&mut self, frames: Vec<Frame>) {
        for frame in frames.into_iter().rev() {
            self.storage.pool.release(frame);
        }
    }
}

/// A pattern in which every place differs from its neighbours and every page from the next.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ (at >> 12) as u8).collect()
}

/// A processor that runs one address space.
#[derive(Default)]
pub struct Cpu {
    tlb: BTreeMap<u64, PageEntry>,
}

impl Cpu {
    /// Takes note of what the kernel invalidated since the last time.
    pub fn obey(&mut self, world: &mut World) {
        for what in world.storage.machine.invalidated.drain(..) {
            match what {
                None => self.tlb.clear(),
                Some(page) => drop(self.tlb.remove(&page.0)),
            }
        }
    }

    /// An access of the program: the frame, or the signal.
    pub fn access(
        &mut self,
        world: &mut World,
        space: &mut AddressSpace,
        address: u64,
        access: Access,
    ) -> Result<Frame, FaultError> {
        self.obey(world);
        let page = UserAddr(address).page_start().0;
        for _ in 0..2 {
            // A hit is believed, whatever the tables say by now; only a miss walks them.
            let entry = match self.tlb.get(&page) {
                Some(entry) => *entry,
                None => {
                    let slot = space.tables.find(&world.storage.machine, page);
                    slot.map_or(PageEntry::NONE, |slot| slot.get(&world.storage.machine))
                }
            };
            if entry.frame().is_some() {
                self.tlb.insert(page, entry);
            }
            let allowed = match access {
                Access::Read => entry.readable(),
                Access::Write => entry.writable(),
                Access::Execute => entry.executable(),
            };
            if allowed {
                return Ok(entry.frame().unwrap());
            }
            space.fault(world.r(), address, access)?;
            self.obey(world);
        }
        panic!("{access:?} at {address:#x} faults for ever");
    }

    /// Everything that the TLB holds must still be true, though the tables may allow more by now.
    pub fn check(&mut self, world: &mut World, space: &AddressSpace) {
        self.obey(world);
        for (page, cached) in &self.tlb {
            let slot = space.tables.find(&world.storage.machine, *page).expect("table gone");
            let entry = slot.get(&world.storage.machine);
            assert_eq!(entry.frame(), cached.frame(), "stale frame at {page:#x}");
            let lost = (cached.writable() && !entry.writable())
                || (cached.readable() && !entry.readable())
                || (cached.executable() && !entry.executable());
            assert!(!lost, "stale rights at {page:#x}");
        }
    }
}

/// The invariants of an address space.
pub fn check(world: &World, space: &AddressSpace) {
    let areas: Vec<_> = space.areas().copied().collect();
    assert_eq!(areas.len(), space.areas.len());
    for pair in areas.windows(2) {
        assert!(pair[0].end <= pair[1].start, "areas overlap: {pair:?}");
        assert!(!pair[0].continues(&pair[1]), "areas should be one: {pair:?}");
    }
    for area in &areas {
        assert!(area.start < area.end && area.start % PAGE == 0 && area.end % PAGE == 0);
        assert!(area.end <= USER_END);
    }
    let mut present = 0;
    let mut at = 0;
    while let Some(mut span) = space.tables.next_span(&world.storage.machine, at, USER_END) {
        at = span.end;
        let (start, end) = (span.start, span.end);
        let touches = |area: &&super::Area| area.start < end && area.end > start;
        assert!(areas.iter().any(|area| touches(&area)), "a table without an area");
        while let Some(crate::paging::Present { address, frame, entry, .. }) =
            span.next_present(&world.storage.machine)
        {
            present += 1;
            let area = space.areas.find(address).expect("a page outside areas");
            assert!(!entry.writable() || area.protection.writable());
            assert!(!entry.readable() || area.protection.readable());
            assert!(!entry.executable() || area.protection.executable());
            let shared = world.storage.pool.is_shared(frame) && !area.kind.is_written_in_place();
            if let AreaKind::WritableFile(view) = area.kind {
                let may = world.storage.fs.map_writer(view.inode) == Some(space.identity());
                assert!(may || !entry.writable(), "a store that nobody is told of");
                let offset = view.offset + (address - view.data_start);
                let chunk = world.storage.fs.chunk(view.inode, offset, 1);
                let is_own =
                    matches!(chunk, crate::fs::Chunk::Frame { frame: own, .. } if own == frame);
                assert!(is_own, "not the file's page");
            }
            assert!(!entry.writable() || !shared, "a shared frame is writable");
            if entry.executable() {
                assert!(world.storage.machine.synced.contains(&frame), "stale instructions");
            }
        }
    }
    assert_eq!(space.usage().resident_pages, present);
    assert!(space.usage().peak_pages >= present);
    for (cached, write) in [(space.read_cache, false), (space.write_cache, true)] {
        if let Some((address, frame)) = cached.get() {
            let slot =
                space.tables.find(&world.storage.machine, address).expect("cached page gone");
            let entry = slot.get(&world.storage.machine);
            assert_eq!(entry.frame(), Some(frame), "the cache is stale");
            assert!(if write { entry.writable() } else { entry.readable() });
        }
    }
}

/// What a program sees at an address.
pub fn read(world: &mut World, space: &mut AddressSpace, address: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    space
        .copy_in(world.r(), UserAddr(address), &mut bytes)
        .unwrap_or_else(|errno| panic!("{errno:?} at {address:#x}"));
    bytes
}

/// What a frame holds.
pub fn bytes_of(world: &World, frame: Frame) -> [u8; PAGE_SIZE] {
    *world.storage.machine.page(frame)
}
