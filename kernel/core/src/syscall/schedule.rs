//! Scheduling: what a process asks for is kept and told; round robin in slices is all there is.

use super::Outcome;
use super::grant::{Caller, Jobs, User};
use super::layout::Layout;
use crate::errno::Errno;
use crate::fs::Capabilities;
use crate::machine::Machine;
use crate::process::limits::Resource;
use crate::process::table::{Processes, Slot};
use crate::process::{Pid, Scheduling};

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
        let scheduling = *self.scheduled(pid)?;
        let reset = if scheduling.resets_on_fork { SCHED_RESET_ON_FORK } else { 0 };
        Ok((scheduling.policy | reset) as usize)
    }

    /// What the thread has set that a call means; 0 is the caller.
    fn scheduled(&mut self, tid: u64) -> Result<&mut Scheduling, Errno> {
        let tid = match tid as i32 {
            0 => self.current().thread.tid,
            tid @ 1.. => Pid(tid as u32),
            _ => return Err(Errno::EINVAL),
        };
        let slot = self.process_or_self(tid.0.into())?;
        let thread = self.at_mut(slot).threads_mut().find(|thread| thread.tid == tid);
        Ok(&mut thread.ok_or(Errno::ESRCH)?.scheduling)
    }

    pub(super) fn sys_setpriority(&mut self, which: u64, who: u64, nice: u64) -> Outcome {
        let nice = (nice as i32).clamp(-20, 19) as i8;
        let chosen = self.chosen(which, who)?;
        let mut found = Err(Errno::ESRCH);
        let own = self.current().credentials.clone();
        let may_raise = own.has(Capabilities::SYS_NICE);
        // Of a group's errors the last is that of its first process, of a user's that of the last one, as on Linux.
        let mut slots = self.slots();
        let is_group = which as u32 == 1;
        while let Some(slot) = if is_group { slots.next_back() } else { slots.next() } {
            let Some(process) = self.get_mut(slot) else { continue };
            let (group, user) = (process.group, process.credentials.user[0]);
            let is_own = own.owns(&process.credentials);
            let may_schedule = own.may_schedule(&process.credentials);
            let may_have = may_raise || process.limits.allow_nice(nice);
            for thread in process.threads_mut().filter(|thread| chosen(thread.tid, group, user)) {
                let outcome = if !is_own && !may_raise {
                    Err(Errno::EPERM)
                } else if nice < thread.scheduling.nice && !may_have {
                    Err(Errno::EACCES)
                } else if !may_schedule {
                    Err(Errno::EPERM)
                } else {
                    thread.scheduling.nice = nice;
                    Ok(0)
                };
                if outcome.is_err() || found == Err(Errno::ESRCH) {
                    found = outcome;
                }
            }
        }
        Ok(found?)
    }

    /// Is the process the caller's to schedule?
    fn owns(&self, slot: Slot) -> bool {
        let (own, other) = (&self.current().credentials, &self.at(slot).credentials);
        own.owns(other) && own.may_schedule(other) || own.has(Capabilities::SYS_NICE)
    }

    /// Changes how a thread is scheduled, where the caller may: its own, and not to more. 0 is the caller.
    fn reschedule(
        &mut self,
        tid: u64,
        change: impl FnOnce(&mut Scheduling) -> Result<(), Errno>,
    ) -> Outcome {
        const SCHED_IDLE: u32 = 5;
        let old = *self.scheduled(tid)?;
        let mut new = old;
        change(&mut new)?;
        let slot = self.process_or_self(tid)?;
        let limits = &self.at(slot).limits;
        let most = limits.soft(Resource::PRIORITY);
        let is_real_time = matches!(new.policy, SCHED_FIFO | SCHED_RR);
        // sched(7), "Privileges and resource limits".
        let is_too_much = new.nice < old.nice && !limits.allow_nice(new.nice)
            || is_real_time && new.policy != old.policy && most == 0
            || is_real_time && new.priority > old.priority && u64::from(new.priority) > most
            || old.policy == SCHED_IDLE && new.policy != SCHED_IDLE && !limits.allow_nice(old.nice)
            || old.resets_on_fork && !new.resets_on_fork;
        let is_privileged = self.current().credentials.has(Capabilities::SYS_NICE);
        if is_too_much && !is_privileged || !self.owns(slot) {
            return Err(Errno::EPERM.into());
        }
        *self.scheduled(tid)? = new;
        Ok(0)
    }

    /// The highest priority of those that are meant, as 20 less its nice value.
    pub(super) fn sys_getpriority(&mut self, which: u64, who: u64) -> Outcome {
        let chosen = self.chosen(which, who)?;
        let lowest = self.iter().flat_map(|(_, process)| {
            let (group, user) = (process.group, process.credentials.user[0]);
            let meant = process.threads().filter(move |thread| chosen(thread.tid, group, user));
            meant.map(|thread| thread.scheduling.nice)
        });
        let lowest = lowest.min();
        Ok((20 - i32::from(lowest.ok_or(Errno::ESRCH)?)) as usize)
    }

    /// Whom setpriority and its like mean, by thread, group and user.
    fn chosen(
        &self,
        which: u64,
        who: u64,
    ) -> Result<impl Fn(Pid, Pid, u32) -> bool + Copy + use<>, Errno> {
        const PRIO_USER: u32 = 2;
        let (which, own) = (which as u32, self.current());
        let who = match (which, who as u32) {
            (0, 0) => own.thread.tid.0,
            (1, 0) => own.group.0,
            (PRIO_USER, 0) => own.credentials.user[0],
            (0..=PRIO_USER, who) => who,
            _ => return Err(Errno::EINVAL),
        };
        Ok(move |tid, group, user| match which {
            0 => tid == Pid(who),
            1 => group == Pid(who),
            _ => user == who,
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
        self.processes.reschedule(pid, |scheduling| {
            scheduling.resets_on_fork = match policy {
                Some(policy) => policy & SCHED_RESET_ON_FORK != 0,
                None => scheduling.resets_on_fork,
            };
            let policy = policy.map_or(scheduling.policy, |policy| policy & !SCHED_RESET_ON_FORK);
            scheduling.set(policy, priority)
        })
    }

    pub(super) fn sys_sched_getparam(&mut self, pid: u64, into: u64) -> Outcome {
        if into == 0 {
            return Err(Errno::EINVAL.into());
        }
        let priority = u32::from(self.processes.scheduled(pid)?.priority);
        self.copy_out(into, &priority.to_le_bytes())?;
        Ok(0)
    }

    pub(super) fn sys_sched_rr_get_interval(&mut self, pid: u64, into: u64) -> Outcome {
        let interval = match self.processes.scheduled(pid)?.policy {
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
        let scheduling = *self.processes.scheduled(pid)?;
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
        self.processes.reschedule(pid, |scheduling| {
            scheduling.set(policy, priority)?;
            scheduling.resets_on_fork = word(8) != 0;
            if matches!(policy, 0 | 3) {
                scheduling.nice = nice.clamp(-20, 19) as i8;
            }
            Ok(())
        })
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

/// Whom ioprio_get and ioprio_set mean: a thread, a group, a user.
const IOPRIO_WHO: core::ops::RangeInclusive<u32> = 1..=3;

impl Processes {
    /// All have the class of their nice value: nothing waits for a disk here.
    pub(super) fn sys_ioprio_get(&mut self, which: u64, who: u64) -> Outcome {
        if !IOPRIO_WHO.contains(&(which as u32)) {
            return Err(Errno::EINVAL.into());
        }
        let chosen = self.chosen(u64::from(which as u32 - 1), who)?;
        let exists = self.iter().any(|(_, process)| {
            let (group, user) = (process.group, process.credentials.user[0]);
            process.threads().any(|thread| chosen(thread.tid, group, user))
        });
        if exists { Ok(0) } else { Err(Errno::ESRCH.into()) }
    }

    /// Class and level are looked at, and no more.
    pub(super) fn sys_ioprio_set(&mut self, which: u64, who: u64, priority: u64) -> Outcome {
        let is_class = match (priority as u32 >> 13 & 7, priority as u32 & 7) {
            (0, level) => level == 0,
            (1..=3, _) => true,
            _ => false,
        };
        if !is_class {
            return Err(Errno::EINVAL.into());
        }
        self.sys_ioprio_get(which, who)
    }
}

impl<M: Machine> Caller<'_, '_, M> {
    pub(super) fn sys_getcpu(&mut self, processor: u64, node: u64) -> Outcome {
        self.copy_out_optional(processor, &[0; 4])?;
        self.copy_out_optional(node, &[0; 4])?;
        Ok(0)
    }
}
