//! Memory calls: brk(2), mmap(2) and its relatives. The work is done by [`crate::vm`].

use super::Outcome;
use super::grant::{Caller, Io, User};
use super::table as n;
use crate::addr::{PAGE_SIZE, UserAddr, page_align_up};
use crate::errno::Errno;
use crate::files::open::{O_ACCMODE, O_RDWR, Object};
use crate::fs::InodeId;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::limits::{INFINITY, Resource};
use crate::process::{Process, State};
use crate::vm::area::{Area, Lock};
use crate::vm::{MapPlace, Protection, Source};

const MAP_SHARED: u64 = 1;
const MAP_PRIVATE: u64 = 2;
const MAP_SHARED_VALIDATE: u64 = 3;
const MAP_TYPE: u64 = 0xf;
const MAP_GROWSDOWN: u64 = 0x100;
const MAP_HUGETLB: u64 = 0x40000;
const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_LOCKED: u64 = 0x2000;
const MAP_NORESERVE: u64 = 0x4000;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
/// Those that MAP_SHARED_VALIDATE knows without the file's help: all but MAP_SYNC and MAP_FIXED_NOREPLACE.
const LEGACY_FLAGS: u64 = 0x7c07_f933;

/// As on Linux, what names memory that is there may have a tag (Documentation/arm64/tagged-address-abi.rst), and nothing else.
impl<M: Machine> Caller<'_, '_, M> {
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub(super) fn sys_brk(&mut self, address: u64) -> Outcome {
        let end = self.process.space.as_ref().ok_or(Errno::ENOMEM)?.break_end();
        // Refused, it stays where it is.
        if check_limits(self.process, address.saturating_sub(end), Memory::Data).is_err() {
            return Ok(end as usize);
        }
        let space = self.process.space.as_mut().ok_or(Errno::ENOMEM)?;
        Ok(space.brk(self.storage, address) as usize)
    }

    pub(super) fn sys_munmap(&mut self, address: u64, length: u64) -> Outcome {
        let address = UserAddr(address).untagged().0;
        let space = self.process.space.as_mut().ok_or(Errno::EINVAL)?;
        space.unmap(self.storage, address, length)?;
        Ok(0)
    }

    pub(super) fn sys_madvise(&mut self, address: u64, length: u64, advice: u64) -> Outcome {
        let address = UserAddr(address).untagged().0;
        let space = self.process.space.as_mut().ok_or(Errno::ENOMEM)?;
        space.advise(self.storage, address, length, u64::from(advice as u32))?;
        Ok(0)
    }

    pub(super) fn sys_msync(&mut self, address: u64, length: u64, flags: u64) -> Outcome {
        const MS_INVALIDATE: u64 = 2;
        const MS_ALL: u64 = 7;
        const MS_ASYNC_AND_SYNC: u64 = 5;
        let flags = u64::from(flags as u32);
        if flags & !MS_ALL != 0 || flags & MS_ASYNC_AND_SYNC == MS_ASYNC_AND_SYNC {
            return Err(Errno::EINVAL.into());
        }
        let address = UserAddr(address).untagged().0;
        if flags & MS_INVALIDATE != 0 && self.process.space()?.is_locked(address, length) {
            return Err(Errno::EBUSY.into());
        }
        self.check_mapped(address, length)?;
        Ok(0)
    }

    pub(super) fn sys_mlock(&mut self, address: u64, length: u64) -> Outcome {
        self.sys_mlock2(address, length, 0)
    }

    pub(super) fn sys_mlock2(&mut self, address: u64, length: u64, flags: u64) -> Outcome {
        const MLOCK_ONFAULT: u32 = 1;
        let lock = match flags as u32 {
            0 => Lock::Now,
            MLOCK_ONFAULT => Lock::OnFault,
            _ => return Err(Errno::EINVAL.into()),
        };
        let (start, length) = pages_around(address, length);
        self.process.space()?.lock(self.storage, start, length, lock)?;
        Ok(0)
    }

    pub(super) fn sys_munlock(&mut self, address: u64, length: u64) -> Outcome {
        let (start, length) = pages_around(address, length);
        self.process.space()?.set_lock(self.storage, start, length, Lock::Off)?;
        Ok(0)
    }

    pub(super) fn sys_mlockall(&mut self, flags: u64) -> Outcome {
        const MCL_CURRENT: u32 = 1;
        const MCL_FUTURE: u32 = 2;
        const MCL_ONFAULT: u32 = 4;
        let flags = flags as u32;
        if matches!(flags, 0 | MCL_ONFAULT | 8..) {
            return Err(Errno::EINVAL.into());
        }
        let lock = if flags & MCL_ONFAULT == 0 { Lock::Now } else { Lock::OnFault };
        let current = (flags & MCL_CURRENT != 0).then_some(lock);
        let future = if flags & MCL_FUTURE == 0 { Lock::Off } else { lock };
        self.process.space()?.lock_all_within_limit(self.storage, current, future)?;
        Ok(0)
    }

    pub(super) fn sys_munlockall(&mut self) -> Outcome {
        self.process.space()?.lock_all(self.storage, Some(Lock::Off), Lock::Off);
        Ok(0)
    }

    fn check_mapped(&mut self, address: u64, length: u64) -> Result<(), Errno> {
        if !UserAddr(address).is_page_aligned() {
            return Err(Errno::EINVAL);
        }
        self.process.space()?.check_mapped(address, length)
    }

    /// One byte a page: is it in memory?
    pub(super) fn sys_mincore(&mut self, address: u64, length: u64, vector: u64) -> Outcome {
        let address = UserAddr(address).untagged().0;
        self.check_mapped(address, length)?;
        let end = page_align_up(length)
            .and_then(|length| address.checked_add(length))
            .ok_or(Errno::ENOMEM)?;
        let pages = (address..end).step_by(PAGE_SIZE);
        for (page, index) in pages.zip(0..) {
            let at = vector.checked_add(index).ok_or(Errno::EFAULT)?;
            let space = self.process.space.as_ref().ok_or(Errno::ENOMEM)?;
            let resident = space.is_resident(self.storage, page);
            self.copy_out(at, &[u8::from(resident)])?;
        }
        Ok(0)
    }

    /// One processor: every barrier has already happened. Those of a process alone want to be registered first.
    pub(super) fn sys_membarrier(&mut self, command: u64, flags: u64) -> Outcome {
        const QUERY: u32 = 0;
        const COMMANDS: u32 = 0x1ff;
        /// PRIVATE_EXPEDITED, and what it has for code and restartable sequences. Each is followed by what registers it.
        const PRIVATE: u32 = 8 | 32 | 128;
        let registered = &mut self.process.choices.barriers;
        match command as u32 {
            _ if flags as u32 != 0 => Err(Errno::EINVAL.into()),
            QUERY => Ok(COMMANDS as usize),
            command if !command.is_power_of_two() || command & COMMANDS == 0 => {
                Err(Errno::EINVAL.into())
            }
            command if command & PRIVATE & !*registered != 0 => Err(Errno::EPERM.into()),
            command => {
                *registered |= command >> 1;
                Ok(0)
            }
        }
    }
}

/// The pages of a range that may begin and end inside a page. As on Linux, of a length that goes round little is left.
fn pages_around(address: u64, length: u64) -> (u64, u64) {
    let address = UserAddr(address).untagged();
    let length = length.wrapping_add(address.page_offset() as u64);
    (address.page_start().0, page_align_up(length).unwrap_or(0))
}

/// May a process have `more` bytes of memory in all, and of `what` (RLIMIT_AS, RLIMIT_DATA)?
///
/// # Errors
/// ENOMEM.
#[inline(always)]
fn check_limits(process: &Process, more: u64, what: Memory) -> Result<(), Errno> {
    let limits = &process.limits;
    let (all, data) = (limits.soft(Resource::ADDRESSES), limits.soft(Resource::DATA));
    match all == INFINITY && (what == Memory::Other || data == INFINITY) {
        true => Ok(()),
        false => check_sizes(process, more, what, [all, data]),
    }
}

#[cold]
#[inline(never)]
fn check_sizes(
    process: &Process,
    more: u64,
    what: Memory,
    [all, data]: [u64; 2],
) -> Result<(), Errno> {
    let Some(space) = &process.space else {
        return Ok(());
    };
    let more = page_align_up(more).unwrap_or(u64::MAX);
    let is_over =
        |used: u64, limit: u64| used.saturating_add(more) > limit & !(PAGE_SIZE as u64 - 1);
    let is_data = what == Memory::Data && is_over(space.data_bytes(), data);
    if is_data || is_over(space.usage().virtual_bytes, all) { Err(Errno::ENOMEM) } else { Ok(()) }
}

/// What memory is for, as limits tell it apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// Heap, and private memory that may be written.
    Data,
    Other,
}

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_mremap(
        &mut self,
        old: u64,
        old_length: u64,
        new_length: u64,
        flags: u64,
        new_address: u64,
    ) -> Outcome {
        // Of the two addresses it is the old one that may have a tag.
        let old = UserAddr(old).untagged().0;
        let more = new_length.saturating_sub(old_length);
        let area = self.processes.current_mut().space()?.next_area(old);
        let what = if area.is_some_and(Area::is_data) { Memory::Data } else { Memory::Other };
        check_limits(self.processes.current(), more, what)?;
        let space = self.processes.current_mut().space()?;
        let address = space.remap(self.storage, old, old_length, new_length, flags, new_address)?;
        self.observer().areas_changed(address, address.saturating_add(new_length));
        Ok(address as usize)
    }

    fn map_source(
        &mut self,
        fd: u64,
        offset: u64,
        protection: Protection,
        shared: bool,
    ) -> Result<Source, Errno> {
        let file = self.file(fd)?;
        if file.object == Object::Path {
            return Err(Errno::EBADF);
        }
        if !file.is_readable() {
            return Err(Errno::EACCES);
        }
        let is_write = shared && protection.contains(Protection::WRITE);
        if is_write && file.flags & O_ACCMODE != O_RDWR {
            return Err(Errno::EACCES);
        }
        match file.object {
            Object::Zero if shared => Ok(Source::SharedAnonymous),
            Object::Zero => Ok(Source::Anonymous),
            Object::Regular(inode) if shared => {
                let is_sealed = self.storage.fs.seals(inode).forbid_writes();
                match is_sealed || file.flags & O_ACCMODE != O_RDWR {
                    true if is_write => Err(Errno::EPERM),
                    true => Ok(Source::ReadOnlyFile { inode, offset }),
                    false => Ok(Source::WritableFile { inode, offset }),
                }
            }
            Object::Regular(inode) => Ok(Source::File { inode, offset }),
            Object::Text(..) if self.text_node(file).is_some_and(|node| node.is_of_kernel()) => {
                Err(Errno::EIO)
            }
            _ => Err(Errno::ENODEV),
        }
    }
}

impl<M: Machine> Kernel<'_, M> {
    /// The current process is about to store into a file that it has mapped.
    pub(crate) fn tell_map_write(&mut self, file: InodeId) {
        self.observer().map_write(file);
    }

    /// Before calls whose results cannot be had twice: if they go to a file that is mapped, that is told first.
    #[cold]
    #[inline(never)]
    pub(super) fn tell_results(&mut self, number: u64, arguments: &[u64; 6]) {
        const ONCE: [u64; 8] = [
            n::READ,
            n::PREAD64,
            n::GETDENTS64,
            n::WAIT4,
            n::WAITID,
            n::RT_SIGTIMEDWAIT,
            n::PIPE2,
            n::CLONE,
        ];
        for &argument in arguments.iter().filter(|_| ONCE.contains(&number)) {
            let space = self.processes.current().space.as_ref();
            let file = space.and_then(|space| space.untold_at(&self.storage, argument));
            if let Some(file) = file {
                self.tell_map_write(file);
            }
        }
    }

    /// A call has failed because it would have stored into a file that is mapped: that is told, and the program makes the
    /// call again. False where it was not that.
    #[cold]
    #[inline(never)]
    pub(super) fn tell_and_retry(&mut self) -> bool {
        let process = self.processes.current_mut();
        let Some(file) = process.space.as_mut().and_then(|space| space.take_untold()) else {
            return false;
        };
        process.thread.state = State::Ready;
        process.end_call();
        process.thread.registers.pc = process.thread.registers.pc.wrapping_sub(4);
        self.tell_map_write(file);
        true
    }

    pub(super) fn sys_mmap(
        &mut self,
        address: u64,
        length: u64,
        protection: u64,
        flags: u64,
        fd: u64,
        offset: u64,
    ) -> Outcome {
        // As on Linux, what else is asked of protection is not looked at here.
        let protection = Protection::from_bits_truncate(protection as u8);
        if !offset.is_multiple_of(PAGE_SIZE as u64) {
            return Err(Errno::EINVAL.into());
        }
        if flags & MAP_ANONYMOUS == 0 {
            self.io().id(fd)?;
            if flags & MAP_TYPE == MAP_SHARED_VALIDATE && flags & !LEGACY_FLAGS != 0 {
                return Err(Errno::EOPNOTSUPP.into());
            }
        }
        if length == 0 {
            return Err(Errno::EINVAL.into());
        }
        let is_anonymous = flags & MAP_ANONYMOUS != 0;
        if is_anonymous && flags & MAP_HUGETLB != 0 {
            return Err(Errno::ENOMEM.into()); // there are none
        }
        let shared = match flags & MAP_TYPE {
            MAP_PRIVATE => false,
            MAP_SHARED if !(is_anonymous && flags & MAP_GROWSDOWN != 0) => true,
            MAP_SHARED_VALIDATE if !is_anonymous => true,
            _ => return Err(Errno::EINVAL.into()),
        };
        let place = if flags & MAP_FIXED_NOREPLACE != 0 {
            MapPlace::FixedNoReplace(address)
        } else if flags & MAP_FIXED != 0 {
            MapPlace::Fixed(address)
        } else {
            MapPlace::Hint(address)
        };
        let source = if flags & MAP_ANONYMOUS != 0 {
            match (shared, flags & MAP_NORESERVE) {
                (true, _) => Source::SharedAnonymous,
                (false, 0) => Source::Anonymous,
                (false, _) => Source::Reservation,
            }
        } else {
            self.io().map_source(fd, offset, protection, shared)?
        };
        if let Source::File { inode, .. }
        | Source::ReadOnlyFile { inode, .. }
        | Source::WritableFile { inode, .. } = source
        {
            self.check_mapping(inode, protection)?;
            self.observer().map(inode, protection);
        }
        let is_data = !shared && protection.writable();
        let what = if is_data { Memory::Data } else { Memory::Other };
        check_limits(self.processes.current(), length, what)?;
        let space = self.processes.current_mut().space.as_mut().ok_or(Errno::ENOMEM)?;
        let lock = if flags & MAP_LOCKED == 0 { Lock::Off } else { Lock::Now };
        let address =
            space.map_locked(&mut self.storage, place, length, protection, source, lock)?;
        self.observer().areas_changed(address, address.saturating_add(length));
        Ok(address as usize)
    }

    pub(super) fn sys_mprotect(&mut self, address: u64, length: u64, protection: u64) -> Outcome {
        let address = UserAddr(address).untagged().0;
        let protection = protection_of(protection)?;
        self.check_protection(address, length, protection)?;
        let process = self.processes.current_mut();
        let data_limit = process.limits.soft(Resource::DATA);
        let space = process.space.as_mut().ok_or(Errno::ENOMEM)?;
        let result = space.protect(&mut self.storage, address, length, protection, data_limit);
        // Some of it may have changed before the error.
        self.observer().areas_changed(address, address.saturating_add(length));
        result?;
        Ok(0)
    }
}

fn protection_of(bits: u64) -> Result<Protection, Errno> {
    // PROT_BTI and PROT_MTE are promises that cost nothing to accept.
    const PROT_ARCHITECTURE: u64 = 0x30;
    u8::try_from(bits & !PROT_ARCHITECTURE)
        .ok()
        .and_then(Protection::from_bits)
        .ok_or(Errno::EINVAL)
}
