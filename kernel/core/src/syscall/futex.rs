//! futex(2): waiting for a word in memory and waking, and what the end of a thread does with the locks that it holds.
//!
//! Nobody has a priority here, so there is no inheritance of it either: those operations are ENOSYS and a line.

use super::Outcome;
use super::grant::{Jobs, User};
use crate::addr::{USER_END, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::table::Slot;
use crate::process::thread::{FutexKey, ThreadEnd};
use crate::process::{Event, Pid, Restart};

const WAIT: u32 = 0;
const WAKE: u32 = 1;
const REQUEUE: u32 = 3;
const CMP_REQUEUE: u32 = 4;
const WAKE_OP: u32 = 5;
const LOCK_PI: u32 = 6;
const UNLOCK_PI: u32 = 7;
const TRYLOCK_PI: u32 = 8;
const WAIT_BITSET: u32 = 9;
const WAKE_BITSET: u32 = 10;
const WAIT_REQUEUE_PI: u32 = 11;
const CMP_REQUEUE_PI: u32 = 12;
const LOCK_PI2: u32 = 13;
const PRIVATE: u32 = 128;
const CLOCK_REALTIME: u32 = 256;

/// Of a robust futex's word: somebody waits; its owner has ended; the owner's number.
const WAITERS: u32 = 0x8000_0000;
const OWNER_DIED: u32 = 0x4000_0000;
const TID_MASK: u32 = 0x3fff_ffff;
/// Locks in a list beyond these are left as they are: it could be a circle.
const ROBUST_LIST_LIMIT: usize = 2048;

/// What a timeout is.
#[derive(Clone, Copy)]
enum Limit {
    Duration,
    Monotonic,
    Realtime,
}

/// How the operations for priority inheritance are called.
fn pi_name(operation: u32) -> Option<&'static str> {
    Some(match operation {
        LOCK_PI => "FUTEX_LOCK_PI",
        UNLOCK_PI => "FUTEX_UNLOCK_PI",
        TRYLOCK_PI => "FUTEX_TRYLOCK_PI",
        WAIT_REQUEUE_PI => "FUTEX_WAIT_REQUEUE_PI",
        CMP_REQUEUE_PI => "FUTEX_CMP_REQUEUE_PI",
        LOCK_PI2 => "FUTEX_LOCK_PI2",
        _ => return None,
    })
}

impl<M: Machine> Kernel<'_, M> {
    /// `second` is a timeout or a number, `other` the second futex, `third` bits, a value or an operation.
    pub(super) fn sys_futex(
        &mut self,
        address: u64,
        operation: u64,
        value: u64,
        second: u64,
        other: u64,
        third: u64,
    ) -> Outcome {
        if let Some(name) = pi_name(operation as u32 & !(PRIVATE | CLOCK_REALTIME)) {
            self.report_unsupported(name, Errno::ENOSYS);
            return Err(Errno::ENOSYS.into());
        }
        self.jobs().futex((address, other), operation as u32, value as u32, second, third as u32)
    }

    /// The end of a thread in its memory. Where that is a file that is mapped, the ledger is told first.
    pub(super) fn leave_thread(&mut self, slot: Slot, end: ThreadEnd, is_shared: bool) {
        const MOST_FILES: usize = 64;
        for _ in 0..MOST_FILES {
            self.jobs().leave_thread(slot, end, is_shared);
            let space = self.processes.at_mut(slot).space.as_mut();
            match space.and_then(|space| space.take_untold()) {
                Some(file) if slot == self.processes.current_slot() => self.tell_map_write(file),
                _ => break,
            }
        }
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    fn futex(
        &mut self,
        (address, other): (u64, u64),
        operation: u32,
        value: u32,
        second: u64,
        third: u32,
    ) -> Outcome {
        let is_private = operation & PRIVATE != 0;
        let is_realtime = operation & CLOCK_REALTIME != 0;
        let operation = operation & !(PRIVATE | CLOCK_REALTIME);
        let limit = match (operation, is_realtime) {
            (WAIT, false) => Some((Limit::Duration, u32::MAX)),
            (WAIT_BITSET, false) => Some((Limit::Monotonic, third)),
            (WAIT_BITSET, true) => Some((Limit::Realtime, third)),
            _ => None,
        };
        if let Some((limit, bits)) = limit {
            return self.futex_wait((address, is_private), value, (second, limit), bits);
        }
        let counts = [value as i32, second as i32];
        if is_realtime || !matches!(operation, WAKE | WAKE_BITSET | REQUEUE | CMP_REQUEUE | WAKE_OP)
        {
            return Err(Errno::ENOSYS.into());
        }
        let is_requeue = matches!(operation, REQUEUE | CMP_REQUEUE);
        if is_requeue && counts.iter().any(|&count| count < 0)
            || operation == WAKE_BITSET && third == 0
        {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.processes.current_slot();
        let key = self.futex_key(slot, address, is_private)?;
        // As Linux: who is to wake none wakes one.
        let limits = counts.map(|count| count.max(1) as usize);
        match operation {
            WAKE => Ok(self.processes.wake_futex(key, u32::MAX, limits[0])),
            WAKE_BITSET => Ok(self.processes.wake_futex(key, third, limits[0])),
            WAKE_OP => {
                let other_key = self.futex_key(slot, other, is_private)?;
                let holds = self.change_word(other, third)?;
                let mut woken = self.processes.wake_futex(key, u32::MAX, limits[0]);
                if holds {
                    woken += self.processes.wake_futex(other_key, u32::MAX, limits[1]);
                }
                Ok(woken)
            }
            _ => {
                let to = self.futex_key(slot, other, is_private)?;
                if operation == CMP_REQUEUE && self.read_u32(address)? != third {
                    return Err(Errno::EAGAIN.into());
                }
                let [wake, move_on] = counts.map(|count| count as usize);
                let woken = self.processes.wake_futex(key, u32::MAX, wake);
                Ok(woken + self.processes.requeue_futex(key, to, move_on))
            }
        }
    }

    /// Waits while the word is `value`, from one look at it until a wake: that one is not lost whatever the word is then.
    fn futex_wait(
        &mut self,
        (address, is_private): (u64, bool),
        value: u32,
        (timeout, limit): (u64, Limit),
        bits: u32,
    ) -> Outcome {
        let thread = &self.processes.current().thread;
        let restart = if thread.has_waited() {
            if thread.futex.is_woken {
                return Ok(0);
            }
            thread.wait().restart
        } else {
            let time = if timeout == 0 { None } else { Some(self.timespec(timeout)?) };
            if bits == 0 {
                return Err(Errno::EINVAL.into());
            }
            let now = match limit {
                Limit::Duration => 0,
                Limit::Monotonic => self.storage.machine.now(),
                Limit::Realtime => self.realtime(),
            };
            let key = self.futex_key(self.processes.current_slot(), address, is_private)?;
            if self.read_u32(address)? != value {
                return Err(Errno::EAGAIN.into());
            }
            self.deadline(time.map(|time| time.saturating_sub(now)));
            self.processes.enqueue(key, bits);
            // A handler ends a wait with a timeout, SA_RESTART or not.
            if time.is_some() { Restart::Never } else { Restart::WhenAsked }
        };
        if self.storage.machine.now() >= self.deadline(None) {
            return Err(Errno::ETIMEDOUT.into());
        }
        Err(self.block(Event::Futex, restart))
    }

    /// Which futex an address of a process means.
    fn futex_key(&mut self, slot: Slot, address: u64, is_private: bool) -> Result<FutexKey, Errno> {
        if !address.is_multiple_of(4) {
            return Err(Errno::EINVAL);
        }
        if address >= USER_END {
            return Err(Errno::EFAULT);
        }
        let space = self.processes.at_mut(slot).space()?;
        let own = FutexKey { place: space.identity(), address, is_private };
        if is_private {
            return Ok(own);
        }
        let frame = space.translate(self.storage, UserAddr(address), Access::Read)?;
        if space.is_shared(address) {
            let address = UserAddr(address).page_offset() as u64;
            return Ok(FutexKey { place: frame, address, is_private });
        }
        Ok(own)
    }

    /// FUTEX_WAKE_OP's change of the second word. Returns whether the word before was as the comparison wants it.
    fn change_word(&mut self, address: u64, encoded: u32) -> Result<bool, Errno> {
        const SHIFT_ARGUMENT: u32 = 8;
        // Both arguments have 12 bits and a sign.
        let signed = |at: u32| (encoded << at) as i32 >> 20;
        let (operation, comparison) = (encoded >> 28, encoded >> 24 & 15);
        let (mut argument, wanted) = (signed(8), signed(20));
        if operation & SHIFT_ARGUMENT != 0 {
            argument = 1i32.wrapping_shl(argument as u32);
        }
        let old = self.read_u32(address)?;
        let argument = argument as u32;
        let new = match operation & 7 {
            0 => argument,
            1 => old.wrapping_add(argument),
            2 => old | argument,
            3 => old & !argument,
            4 => old ^ argument,
            _ => return Err(Errno::ENOSYS),
        };
        self.copy_out(address, &new.to_le_bytes())?;
        let old = old as i32;
        Ok(match comparison {
            0 => old == wanted,
            1 => old != wanted,
            2 => old < wanted,
            3 => old <= wanted,
            4 => old > wanted,
            5 => old >= wanted,
            _ => return Err(Errno::ENOSYS),
        })
    }

    /// What the end of a thread does in its memory: locks of its robust list are free, and where others have the memory too
    /// (`is_shared`), the word that tells of its end becomes 0. A bad address is the program's own loss.
    #[inline(never)]
    fn leave_thread(&mut self, slot: Slot, end: ThreadEnd, is_shared: bool) {
        if end.robust_list != UserAddr::NULL {
            // What can be read of the list counts.
            let _ = self.free_locks(slot, end);
        }
        if is_shared && end.clear_tid != UserAddr::NULL {
            let _ = self.store_word(slot, end.clear_tid.0, 0);
            self.wake_word(slot, end.clear_tid.0);
        }
    }

    /// Follows a robust list: `struct robust_list_head` is the first entry, the offset of a lock's word from its entry, and the
    /// entry of a lock that is just taken or given back.
    fn free_locks(&mut self, slot: Slot, end: ThreadEnd) -> Result<(), Errno> {
        let head = end.robust_list.0;
        let mut entry = self.load_entry(slot, head)?;
        let offset = self.load_entry(slot, head.wrapping_add(8))?;
        let pending = self.load_entry(slot, head.wrapping_add(16))?;
        // The lowest bit says that a lock inherits priorities.
        for _ in 0..ROBUST_LIST_LIMIT {
            let at = entry & !1;
            if at == head {
                break;
            }
            let next = self.load_entry(slot, at);
            if at != pending & !1 {
                self.owner_died(slot, at.wrapping_add(offset), end.tid, false)?;
            }
            entry = next?;
        }
        match pending & !1 {
            0 => Ok(()),
            at => self.owner_died(slot, at.wrapping_add(offset), end.tid, true),
        }
    }

    /// A lock's owner has ended, if it was `tid`. One that it was just giving back may be free with its waiter not woken.
    fn owner_died(
        &mut self,
        slot: Slot,
        address: u64,
        tid: Pid,
        is_pending: bool,
    ) -> Result<(), Errno> {
        if !address.is_multiple_of(4) {
            return Err(Errno::EINVAL);
        }
        let word = u32::from_le_bytes(self.load_of(slot, address)?);
        if is_pending && word == 0 {
            self.wake_word(slot, address);
        }
        if word & TID_MASK == tid.0 {
            self.store_word(slot, address, word & WAITERS | OWNER_DIED)?;
            if word & WAITERS != 0 {
                self.wake_word(slot, address);
            }
        }
        Ok(())
    }

    fn load_entry(&mut self, slot: Slot, address: u64) -> Result<u64, Errno> {
        self.load_of(slot, address).map(u64::from_le_bytes)
    }

    fn load_of<const N: usize>(&mut self, slot: Slot, address: u64) -> Result<[u8; N], Errno> {
        let mut bytes = [0; N];
        let space = self.processes.at_mut(slot).space()?;
        space.copy_in(self.storage, UserAddr(address), &mut bytes)?;
        Ok(bytes)
    }

    fn store_word(&mut self, slot: Slot, address: u64, word: u32) -> Result<(), Errno> {
        let space = self.processes.at_mut(slot).space()?;
        space.copy_out(self.storage, UserAddr(address), &word.to_le_bytes())
    }

    fn wake_word(&mut self, slot: Slot, address: u64) {
        if let Ok(key) = self.futex_key(slot, address, false) {
            self.processes.wake_futex(key, u32::MAX, 1);
        }
    }
}
