//! What the system is and allows: uname(2), sysinfo(2), limits, prctl(2), getrandom(2), scheduling calls.

use super::Outcome;
use super::buffer::Buffer;
use super::grant::{Caller, Io, Jobs, User};
use super::layout::Layout;
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::fs::{Capabilities, RELEASE};
use crate::machine::Machine;
use crate::process::Choices;
use crate::process::descriptors::MAX_DESCRIPTORS;
use crate::process::limits::Resource;
use crate::process::signals::Signal;
use crate::process::table::Processes;

impl<M: Machine> Caller<'_, '_, M> {
    #[inline(never)]
    pub(super) fn sys_uname(&mut self, into: u64) -> Outcome {
        const FIELD: usize = 65;
        let fields = ["Linux", "firmseed", RELEASE, "#1 firmseed", "aarch64", "(none)"];
        let mut bytes = [0; FIELD * 6];
        for (slot, field) in bytes.chunks_exact_mut(FIELD).zip(fields) {
            slot[..field.len()].copy_from_slice(field.as_bytes());
        }
        self.copy_out(into, &bytes)?;
        Ok(0)
    }

    pub(super) fn sys_prctl(&mut self, option: u64, argument: u64, rest: [u64; 3]) -> Outcome {
        const PR_SET_PDEATHSIG: u64 = 1;
        const PR_GET_PDEATHSIG: u64 = 2;
        const PR_GET_DUMPABLE: u64 = 3;
        const PR_SET_DUMPABLE: u64 = 4;
        const PR_GET_KEEPCAPS: u64 = 7;
        const PR_SET_KEEPCAPS: u64 = 8;
        const PR_GET_TIMING: u64 = 13;
        const PR_SET_TIMING: u64 = 14;
        const PR_SET_NAME: u64 = 15;
        const PR_GET_NAME: u64 = 16;
        const PR_GET_SECCOMP: u64 = 21;
        const PR_CAPBSET_READ: u64 = 23;
        const PR_GET_SECUREBITS: u64 = 27;
        const PR_SET_TIMERSLACK: u64 = 29;
        const PR_GET_TIMERSLACK: u64 = 30;
        const PR_SET_CHILD_SUBREAPER: u64 = 36;
        const PR_GET_CHILD_SUBREAPER: u64 = 37;
        const PR_SET_NO_NEW_PRIVS: u64 = 38;
        const PR_GET_NO_NEW_PRIVS: u64 = 39;
        const PR_SET_THP_DISABLE: u64 = 41;
        const PR_GET_THP_DISABLE: u64 = 42;
        const PR_SET_VMA: u64 = 0x5356_4d41;
        let [second, third, fourth] = rest;
        let has_more = third != 0 || fourth != 0;
        let choices = &mut self.process.choices;
        match option as u32 as u64 {
            PR_SET_NAME => {
                let mut name = [0; 16];
                for (byte, index) in name[..15].iter_mut().zip(0..) {
                    let mut one = [0];
                    let address = argument.checked_add(index).ok_or(Errno::EFAULT)?;
                    self.copy_in(address, &mut one)?;
                    if one[0] == 0 {
                        break;
                    }
                    *byte = one[0];
                }
                self.process.thread.set_name(&name);
                Ok(0)
            }
            PR_GET_NAME => {
                let name = self.process.thread.name;
                self.copy_out(argument, &name)?;
                Ok(0)
            }
            PR_SET_PDEATHSIG => {
                self.process.credentials.death_signal = match argument {
                    0 => None,
                    number => Some(Signal::new(number).ok_or(Errno::EINVAL)?),
                };
                Ok(0)
            }
            PR_GET_PDEATHSIG => {
                let signal = self.process.credentials.death_signal;
                let number = signal.map_or(0, |signal| u32::from(signal.number()));
                self.copy_out(argument, &number.to_le_bytes())?;
                Ok(0)
            }
            PR_SET_CHILD_SUBREAPER => {
                choices.adopts = argument != 0;
                Ok(0)
            }
            PR_GET_CHILD_SUBREAPER => {
                let adopts = u32::from(choices.adopts);
                self.copy_out(argument, &adopts.to_le_bytes())?;
                Ok(0)
            }
            PR_SET_TIMERSLACK => {
                let is_chosen = argument as i64 > 0;
                choices.timer_slack = if is_chosen { argument } else { Choices::TIMER_SLACK };
                Ok(0)
            }
            PR_GET_TIMERSLACK => Ok(choices.timer_slack as usize),
            PR_SET_THP_DISABLE if second == 0 && !has_more => {
                choices.refuses_huge_pages = argument != 0;
                Ok(0)
            }
            PR_GET_THP_DISABLE if argument == 0 && second == 0 && !has_more => {
                Ok(choices.refuses_huge_pages.into())
            }
            // Time is counted by what has run, no system call is filtered, and root is root.
            PR_GET_TIMING | PR_GET_SECCOMP | PR_GET_SECUREBITS => Ok(0),
            PR_SET_TIMING if argument == 0 => Ok(0),
            PR_GET_DUMPABLE => Ok(self.process.credentials.dumpable.into()),
            PR_GET_KEEPCAPS => Ok(self.process.credentials.keeps.into()),
            PR_SET_KEEPCAPS if argument <= 1 => {
                self.process.credentials.keeps = argument == 1;
                Ok(0)
            }
            PR_CAPBSET_READ if argument <= 40 => Ok(1),
            PR_SET_NO_NEW_PRIVS if argument == 1 && second == 0 && !has_more => {
                self.process.credentials.no_new_privileges = true;
                Ok(0)
            }
            PR_GET_NO_NEW_PRIVS if argument == 0 && second == 0 && !has_more => {
                Ok(self.process.credentials.no_new_privileges.into())
            }
            PR_SET_DUMPABLE if argument <= 1 => {
                self.process.credentials.dumpable = argument == 1;
                self.tell_files();
                Ok(0)
            }
            // Names for anonymous memory: a C library sets them and goes on without.
            PR_SET_VMA => Err(Errno::EINVAL.into()),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    pub(super) fn sys_personality(&mut self, persona: u64) -> Outcome {
        const QUERY: u32 = u32::MAX;
        let old = self.process.choices.persona;
        if persona as u32 != QUERY {
            self.process.choices.persona = persona as u32;
        }
        Ok(old as usize)
    }
}

impl Processes {
    pub(super) fn sys_sched_yield(&mut self) -> Outcome {
        self.end_slice();
        Ok(0)
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_sysinfo(&mut self, into: u64) -> Outcome {
        let mut layout = Layout::<112>::new();
        layout
            .u64(self.storage.machine.now() / 1_000_000_000)
            .skip(24)
            .u64((self.storage.pool.total() * PAGE_SIZE) as u64)
            .u64((self.storage.pool.free() * PAGE_SIZE) as u64)
            .skip(32)
            .u16(self.processes.count() as u16)
            .skip(22)
            .u32(1);
        self.copy_out(into, layout.bytes())?;
        Ok(0)
    }

    pub(super) fn sys_sched_getaffinity(&mut self, pid: u64, size: u64, into: u64) -> Outcome {
        self.processes.process_or_self(pid)?;
        // Linux counts the bits of an unsigned int's bytes, in one.
        let size = size as u32;
        if size.wrapping_mul(8) == 0 || !size.is_multiple_of(8) {
            return Err(Errno::EINVAL.into());
        }
        self.write_words(into, &[1])?;
        Ok(8)
    }
}

impl<M: Machine> Io<'_, '_, M> {
    /// A limit that another sets is bytes of that one.
    pub(super) fn sys_prlimit64(&mut self, pid: u64, resource: u64, new: u64, old: u64) -> Outcome {
        let replacement = if new == 0 { None } else { Some(self.read_words::<2>(new)?) };
        let slot = self.processes.process_or_self(pid)?;
        let resource = Resource::new(resource).ok_or(Errno::EINVAL)?;
        let own = &self.processes.current().credentials;
        let target = self.processes.at(slot);
        let may_raise = own.has(Capabilities::SYS_RESOURCE);
        let is_own = target.credentials.user[..3] == [own.user[0]; 3]
            && target.credentials.group[..3] == [own.group[0]; 3];
        if slot != self.processes.current_slot() && !may_raise && !is_own {
            return Err(Errno::EPERM.into());
        }
        let before = target.limits.get(resource);
        if let Some([soft, hard]) = replacement {
            if soft > hard {
                return Err(Errno::EINVAL.into());
            }
            let is_too_high = resource == Resource::DESCRIPTORS && hard > MAX_DESCRIPTORS as u64;
            if is_too_high || hard > before[1] && !may_raise {
                return Err(Errno::EPERM.into());
            }
            self.observer().message(slot);
            let target = self.processes.at_mut(slot);
            target.limits.set(resource, [soft, hard]);
            target.limit_space();
            if resource == Resource::DESCRIPTORS {
                target.descriptors.set_limit(soft as usize);
            }
        }
        if old != 0 {
            self.write_words(old, &before)?;
        }
        Ok(0)
    }

    /// Deterministic: the same bytes in every boot (docs/syscalls.md).
    pub(super) fn sys_getrandom(&mut self, into: u64, length: u64, flags: u64) -> Outcome {
        const NONBLOCK: u64 = 1;
        const RANDOM: u64 = 2;
        const INSECURE: u64 = 4;
        let asks_both = flags & (RANDOM | INSECURE) == RANDOM | INSECURE;
        if flags & !(NONBLOCK | RANDOM | INSECURE) != 0 || asks_both {
            return Err(Errno::EINVAL.into());
        }
        self.read_random(&mut Buffer::user(into, length))
    }
}
