//! Waiting for children: wait4(2), waitid(2), and the resources that they report.

use super::Outcome;
use super::frame::siginfo_bytes;
use super::grant::{Jobs, User};
use super::layout::Layout;
use crate::errno::Errno;
use crate::files::open::O_NONBLOCK;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::delivery::{CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED};
use crate::process::job::StateChange;
use crate::process::signals::{Info, Signal};
use crate::process::table::Slot;
use crate::process::{Ending, Event, Pid, Process, Restart, Usage};

const WNOHANG: u64 = 1;
const WUNTRACED: u64 = 2;
const WSTOPPED: u64 = 2;
const WEXITED: u64 = 4;
const WCONTINUED: u64 = 8;
const WNOWAIT: u64 = 0x0100_0000;
/// All children, whatever they send when they end; without it, those that send SIGCHLD, or with __WCLONE the others.
const WALL: u64 = 0x4000_0000;
const WCLONE: u64 = 0x8000_0000;
/// Those, and __WNOTHREAD: there is one thread.
const OF_CLONE: u64 = 0x2000_0000 | WALL | WCLONE;

/// Which children are meant.
#[derive(Clone, Copy)]
enum Which {
    Any,
    One(Pid),
    Group(Pid),
}

impl Which {
    fn includes(self, child: &Process) -> bool {
        match self {
            Which::Any => true,
            Which::One(pid) => child.pid == pid,
            Which::Group(group) => child.group == group,
        }
    }
}

impl StateChange {
    /// The option of waitid that asks for it.
    fn option(self) -> u64 {
        match self {
            StateChange::Ended(_) => WEXITED,
            StateChange::Stopped(_) => WSTOPPED,
            StateChange::Continued => WCONTINUED,
        }
    }

    fn wait_status(self) -> u32 {
        match self {
            StateChange::Ended(ending) => ending.wait_status(),
            StateChange::Stopped(signal) => u32::from(signal.number()) << 8 | 0x7f,
            StateChange::Continued => 0xffff,
        }
    }

    fn code_and_status(self) -> (i32, u64) {
        match self {
            StateChange::Ended(Ending::Exited(status)) => (CLD_EXITED, status.into()),
            StateChange::Ended(Ending::Killed(signal)) => (CLD_KILLED, signal.number().into()),
            StateChange::Stopped(signal) => (CLD_STOPPED, signal.number().into()),
            StateChange::Continued => (CLD_CONTINUED, Signal::CONT.number().into()),
        }
    }
}

impl<M: Machine> Kernel<'_, M> {
    /// P_PIDFD names a child by a descriptor; one of those that wait does not with O_NONBLOCK.
    pub(super) fn sys_waitid(
        &mut self,
        kind: u64,
        id: u64,
        info: u64,
        options: u64,
        usage: u64,
    ) -> Outcome {
        const P_PID: u64 = 1;
        const P_PIDFD: u32 = 3;
        check_waitid_options(options)?;
        if kind as u32 != P_PIDFD {
            return self.jobs().waitid(kind, id, info, options, usage);
        }
        if (id as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        let pid = self.io().process_of(id)?;
        let waits = options & WNOHANG == 0 && self.io().file(id)?.flags & O_NONBLOCK == 0;
        let options = u64::from(options as u32);
        if !waits
            && options & WNOHANG == 0
            && self.jobs().find_change(Which::One(pid), options)?.is_none()
        {
            return Err(Errno::EAGAIN.into());
        }
        self.jobs().waitid(P_PID, pid.0.into(), info, options, usage)
    }
}

fn check_waitid_options(options: u64) -> Result<(), Errno> {
    const WANTED: u64 = WEXITED | WSTOPPED | WCONTINUED;
    let options = u64::from(options as u32);
    if options & !(WNOHANG | WNOWAIT | WANTED | OF_CLONE) != 0 || options & WANTED == 0 {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_wait4(&mut self, pid: u64, status: u64, options: u64, usage: u64) -> Outcome {
        if options as u32 as u64 & !(WNOHANG | WUNTRACED | WCONTINUED | OF_CLONE) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let which = match pid as i32 {
            i32::MIN => return Err(Errno::ESRCH.into()),
            -1 => Which::Any,
            0 => Which::Group(self.processes.current().group),
            pid @ 1.. => Which::One(Pid(pid as u32)),
            group => Which::Group(Pid(group.unsigned_abs())),
        };
        let Some((slot, change)) = self.find_change(which, options | WEXITED)? else {
            return self.no_change(options);
        };
        let child = self.processes.at(slot).pid;
        // As on Linux, the child is gone also where nobody could be told of it.
        let told = self
            .copy_out_optional(status, &change.wait_status().to_le_bytes())
            .and_then(|()| self.report_child_usage(usage, slot));
        self.take_change(slot, change);
        told?;
        Ok(child.0 as usize)
    }

    fn waitid(&mut self, kind: u64, id: u64, info: u64, options: u64, usage: u64) -> Outcome {
        let options = u64::from(options as u32);
        let which = match (kind as u32, id as i32) {
            (0, _) => Which::Any,
            (1, id @ 1..) => Which::One(Pid(id as u32)),
            (2, 0) => Which::Group(self.processes.current().group),
            (2, id @ 1..) => Which::Group(Pid(id as u32)),
            _ => return Err(Errno::EINVAL.into()),
        };
        let Some((slot, change)) = self.find_change(which, options)? else {
            let outcome = self.no_change(options);
            if outcome.is_ok() {
                // WNOHANG and nothing to tell: si_signo and si_pid are 0.
                self.copy_out_optional(info, &[0; 128])?;
            }
            return outcome;
        };
        let child = self.processes.at(slot);
        let (code, value) = change.code_and_status();
        let details = Info { code, pid: child.pid.0, user: child.credentials.user[0], value };
        let told = self
            .copy_out_optional(info, &siginfo_bytes(Signal::CHLD, details))
            .and_then(|()| self.report_child_usage(usage, slot));
        if options & WNOWAIT == 0 {
            self.take_change(slot, change);
        }
        told?;
        Ok(0)
    }

    /// The first child with something to tell. None: there are children, but they have not.
    fn find_change(
        &self,
        which: Which,
        options: u64,
    ) -> Result<Option<(Slot, StateChange)>, Errno> {
        let own = self.processes.current().pid;
        let mut has_child = false;
        for (slot, child) in self.processes.iter() {
            let sends_child = child.exit_signal() == Some(Signal::CHLD);
            let is_of_kind = options & WALL != 0 || sends_child != (options & WCLONE != 0);
            if child.parent != own || !which.includes(child) || !is_of_kind {
                continue;
            }
            // One that has ended has nothing more to tell to those who do not ask for its end.
            has_child |= !child.is_zombie();
            let Some(change) = child.state_change() else {
                continue;
            };
            if options & change.option() != 0 {
                return Ok(Some((slot, change)));
            }
        }
        if has_child { Ok(None) } else { Err(Errno::ECHILD) }
    }

    fn no_change(&mut self, options: u64) -> Outcome {
        if options & WNOHANG != 0 {
            return Ok(0);
        }
        self.deadline(None);
        Err(self.block(Event::Child, Restart::WhenAsked))
    }

    fn take_change(&mut self, slot: Slot, change: StateChange) {
        match change {
            StateChange::Ended(_) => {
                let pid = self.processes.at(slot).pid;
                self.storage.fs.process_ends(pid.0, &mut self.storage.pool);
                self.processes.reap(slot);
            }
            _ => self.processes.at_mut(slot).job.tell(),
        }
    }

    fn report_child_usage(&mut self, address: u64, slot: Slot) -> Result<(), Errno> {
        let total = self.processes.at(slot).total_usage();
        self.copy_out_optional(address, rusage(&total).bytes())
    }
}

/// `struct rusage`. All time counts as the program's own: the kernel's share is not kept apart.
pub(super) fn rusage(usage: &Usage) -> Layout<144> {
    const KIB_PER_PAGE: u64 = 4;
    let mut layout = Layout::new();
    layout
        .u64(usage.time / 1_000_000_000)
        .u64(usage.time % 1_000_000_000 / 1000)
        .skip(16)
        .u64(usage.peak_pages * KIB_PER_PAGE)
        .skip(24)
        .u64(usage.faults);
    layout
}
