//! Scheduling: what a process asks for is kept and told; round robin in slices is all there is.

use super::Outcome;
use super::grant::{Caller, Jobs, User};
use super::layout::Layout;
use crate::errno::Errno;
use crate::fs::Capabilities;
use crate::machine::Machine;
use crate::process::table::{Processes, Slot};
use crate::process::{Pid, Process, Scheduling};

const SCHED_FIFO: u32 = 1;
const SCHED_RR: u32 = 2;
const SCHED_RESET_ON_FORK: u32 = 0x4000_0000;
/// The slices of SCHED_RR and of the others, as Linux tells them.
const RR_INTERVAL: u64 = 100_000_000;
const SLICE: u64 = 10_000_000;

impl Processes {
    /// sched_get_priority_max, or with 0 in place of 98 the least.
    pub(super) fn sys_priority_limit(&mut self, policy: u64, range: usize) -> Outcome {
        match policy as u32 {
            SCHED_FIFO | SCHED_RR => Ok(1 + range),
            0 | 3 | 5 | 6 => Ok(0),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    pub(super) fn sys_sched_getscheduler(&mut self, pid: u64) -> Outcome {
        let scheduling = self.at(self.scheduled(pid)?).scheduling;
        let reset = if scheduling.resets_on_fork { SCHED_RESET_ON_FORK } else { 0 };
        Ok((scheduling.policy | reset) as usize)
    }

    /// The process that a call of scheduling means.
    fn scheduled(&self, pid: u64) -> Result<Slot, Errno> {
        if (pid as i32) < 0 {
            return Err(Errno::EINVAL);
        }
        self.process_or_self(pid)
    }

    pub(super) fn sys_setpriority(&mut self, which: u64, who: u64, nice: u64) -> Outcome {
        let nice = (nice as i32).clamp(-20, 19) as i8;
        let chosen = self.chosen(which, who)?;
        let mut found = Err(Errno::ESRCH.into());
        let own = self.current().credentials.clone();
        let may_raise = own.has(Capabilities::SYS_NICE);
        for slot in self.slots() {
            let Some(process) = self.get_mut(slot).filter(|process| chosen(process)) else {
                continue;
            };
            if !own.owns(&process.credentials) && !may_raise {
                found = Err(Errno::EPERM.into());
            } else if nice < process.scheduling.nice && !may_raise {
                found = Err(Errno::EACCES.into());
            } else if !own.may_schedule(&process.credentials) {
                found = Err(Errno::EPERM.into());
            } else {
                process.scheduling.nice = nice;
                if found == Err(Errno::ESRCH.into()) {
                    found = Ok(0);
                }
            }
        }
        found
    }

    /// Is the process the caller's to schedule?
    fn owns(&self, slot: Slot) -> bool {
        let (own, other) = (&self.current().credentials, &self.at(slot).credentials);
        own.owns(other) && own.may_schedule(other) || own.has(Capabilities::SYS_NICE)
    }

    /// The caller may change how the process is scheduled: its own, and not to more.
    fn check_scheduling(&self, slot: Slot, new: &Scheduling) -> Result<(), Errno> {
        const SCHED_IDLE: u32 = 5;
        let (own, other) = (&self.current().credentials, self.at(slot));
        let old = other.scheduling;
        let is_real_time = matches!(new.policy, SCHED_FIFO | SCHED_RR);
        let is_more = new.nice < old.nice
            || is_real_time && (new.policy != old.policy || new.priority > old.priority)
            || old.policy == SCHED_IDLE && new.policy != SCHED_IDLE
            || old.resets_on_fork && !new.resets_on_fork;
        let is_more = is_more && !own.has(Capabilities::SYS_NICE);
        if is_more || !self.owns(slot) {
            return Err(Errno::EPERM);
        }
        Ok(())
    }

    /// The highest priority of those that are meant, as 20 less its nice value.
    pub(super) fn sys_getpriority(&mut self, which: u64, who: u64) -> Outcome {
        let chosen = self.chosen(which, who)?;
        let lowest = self.iter().filter(|(_, process)| chosen(process));
        let lowest = lowest.map(|(_, process)| process.scheduling.nice).min();
        Ok((20 - i32::from(lowest.ok_or(Errno::ESRCH)?)) as usize)
    }

    /// Whom setpriority and its like mean.
    fn chosen(&self, which: u64, who: u64) -> Result<impl Fn(&Process) -> bool + use<>, Errno> {
        const PRIO_USER: u32 = 2;
        let (which, own) = (which as u32, self.current());
        let who = match (which, who as u32) {
            (0, 0) => own.pid.0,
            (1, 0) => own.group.0,
            (PRIO_USER, 0) => own.credentials.user[0],
            (0..=PRIO_USER, who) => who,
            _ => return Err(Errno::EINVAL),
        };
        Ok(move |process: &Process| match which {
            0 => process.pid == Pid(who),
            1 => process.group == Pid(who),
            _ => process.credentials.user[0] == who,
        })
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_sched_setscheduler(
        &mut self,
        pid: u64,
        policy: u64,
        parameters: u64,
    ) -> Outcome {
        if (policy as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        self.set_scheduling(pid, Some(policy as u32), parameters)
    }

    pub(super) fn sys_sched_setparam(&mut self, pid: u64, parameters: u64) -> Outcome {
        self.set_scheduling(pid, None, parameters)
    }

    fn set_scheduling(&mut self, pid: u64, policy: Option<u32>, parameters: u64) -> Outcome {
        if (pid as i32) < 0 || parameters == 0 {
            return Err(Errno::EINVAL.into());
        }
        let priority = self.read_u32(parameters)?;
        let slot = self.processes.scheduled(pid)?;
        let mut scheduling = self.processes.at(slot).scheduling;
        let resets = match policy {
            Some(policy) => policy & SCHED_RESET_ON_FORK != 0,
            None => scheduling.resets_on_fork,
        };
        let policy = policy.map_or(scheduling.policy, |policy| policy & !SCHED_RESET_ON_FORK);
        scheduling.set(policy, priority)?;
        scheduling.resets_on_fork = resets;
        self.processes.check_scheduling(slot, &scheduling)?;
        self.processes.at_mut(slot).scheduling = scheduling;
        Ok(0)
    }

    pub(super) fn sys_sched_getparam(&mut self, pid: u64, into: u64) -> Outcome {
        if into == 0 {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.processes.scheduled(pid)?;
        let priority = u32::from(self.processes.at(slot).scheduling.priority);
        self.copy_out(into, &priority.to_le_bytes())?;
        Ok(0)
    }

    pub(super) fn sys_sched_rr_get_interval(&mut self, pid: u64, into: u64) -> Outcome {
        let slot = self.processes.scheduled(pid)?;
        let interval = match self.processes.at(slot).scheduling.policy {
            SCHED_FIFO => 0,
            SCHED_RR => RR_INTERVAL,
            _ => SLICE,
        };
        self.write_words(into, &[0, interval])?;
        Ok(0)
    }

    /// One processor: a mask without it is no mask.
    pub(super) fn sys_sched_setaffinity(&mut self, pid: u64, size: u64, mask: u64) -> Outcome {
        let mut first = [0];
        if size > 0 {
            self.copy_in(mask, &mut first)?;
        }
        let slot = self.processes.process_or_self(pid)?;
        if !self.processes.owns(slot) {
            return Err(Errno::EPERM.into());
        }
        match first[0] & 1 {
            0 => Err(Errno::EINVAL.into()),
            _ => Ok(0),
        }
    }

    /// `struct sched_attr` in its first size, 48 bytes.
    pub(super) fn sys_sched_getattr(
        &mut self,
        pid: u64,
        into: u64,
        size: u64,
        flags: u64,
    ) -> Outcome {
        const SIZE: u64 = 48;
        if into == 0 || flags as u32 != 0 || !(SIZE..=4096).contains(&u64::from(size as u32)) {
            return Err(Errno::EINVAL.into());
        }
        let scheduling = self.processes.at(self.processes.scheduled(pid)?).scheduling;
        let mut layout = Layout::<48>::new();
        let is_normal = matches!(scheduling.policy, 0 | 3);
        layout
            .u32(SIZE as u32)
            .u32(scheduling.policy)
            .u64(scheduling.resets_on_fork.into())
            .u32(if is_normal { i32::from(scheduling.nice) as u32 } else { 0 })
            .u32(scheduling.priority.into());
        self.copy_out(into, layout.bytes())?;
        Ok(0)
    }

    pub(super) fn sys_sched_setattr(&mut self, pid: u64, from: u64, flags: u64) -> Outcome {
        if from == 0 || (pid as i32) < 0 || flags as u32 != 0 {
            return Err(Errno::EINVAL.into());
        }
        let mut bytes = [0; 48];
        self.copy_in(from, &mut bytes)?;
        let word = |at: usize| u32::from_le_bytes(core::array::from_fn(|index| bytes[at + index]));
        if word(0) != 0 && word(0) < 48 {
            return Err(Errno::E2BIG.into());
        }
        let (policy, nice, priority) = (word(4), word(16) as i32, word(20));
        if policy as i32 <= -1 || word(8) & !1 != 0 || word(12) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let slot = self.processes.scheduled(pid)?;
        let mut scheduling = self.processes.at(slot).scheduling;
        scheduling.set(policy, priority)?;
        scheduling.resets_on_fork = word(8) != 0;
        if matches!(policy, 0 | 3) {
            scheduling.nice = nice.clamp(-20, 19) as i8;
        }
        self.processes.check_scheduling(slot, &scheduling)?;
        self.processes.at_mut(slot).scheduling = scheduling;
        Ok(0)
    }
}

impl Scheduling {
    /// Takes a policy and a priority that go together.
    fn set(&mut self, policy: u32, priority: u32) -> Result<(), Errno> {
        let fits = match policy {
            SCHED_FIFO | SCHED_RR => (1..=99).contains(&priority),
            0 | 3 | 5 => priority == 0,
            _ => false,
        };
        if !fits {
            return Err(Errno::EINVAL);
        }
        self.policy = policy;
        self.priority = priority as u8;
        Ok(())
    }
}

impl<M: Machine> Caller<'_, '_, M> {
    pub(super) fn sys_getcpu(&mut self, processor: u64, node: u64) -> Outcome {
        self.copy_out_optional(processor, &[0; 4])?;
        self.copy_out_optional(node, &[0; 4])?;
        Ok(0)
    }
}
