//! Waiting for children: wait4(2), waitid(2), and the resources that they report.

use super::Outcome;
use super::frame::siginfo_bytes;
use super::grant::{Jobs, User};
use super::layout::Layout;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::delivery::{CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED};
use crate::process::signals::{Info, Signal};
use crate::process::table::Slot;
use crate::process::{Ending, Event, Motion, Pid, Process, Report, Restart, State, Usage};

const WNOHANG: u64 = 1;
const WUNTRACED: u64 = 2;
const WSTOPPED: u64 = 2;
const WEXITED: u64 = 4;
const WCONTINUED: u64 = 8;
const WNOWAIT: u64 = 0x0100_0000;
/// __WNOTHREAD, __WALL, __WCLONE: all children are the same here.
const IGNORED: u64 = 0xe000_0000;

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

/// What a child has done.
#[derive(Clone, Copy)]
enum News {
    Ended(Ending),
    Stopped(Signal),
    Continued,
}

impl News {
    fn wait_status(self) -> u32 {
        match self {
            News::Ended(ending) => ending.wait_status(),
            News::Stopped(signal) => u32::from(signal.number()) << 8 | 0x7f,
            News::Continued => 0xffff,
        }
    }

    fn code_and_status(self) -> (i32, u64) {
        match self {
            News::Ended(Ending::Exited(status)) => (CLD_EXITED, status.into()),
            News::Ended(Ending::Killed(signal)) => (CLD_KILLED, signal.number().into()),
            News::Stopped(signal) => (CLD_STOPPED, signal.number().into()),
            News::Continued => (CLD_CONTINUED, Signal::CONT.number().into()),
        }
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_wait4(&mut self, pid: u64, status: u64, options: u64, usage: u64) -> Outcome {
        if options as u32 as u64 & !(WNOHANG | WUNTRACED | WCONTINUED | IGNORED) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let which = match pid as i32 {
            i32::MIN => return Err(Errno::ESRCH.into()),
            -1 => Which::Any,
            0 => Which::Group(self.processes.current().group),
            pid @ 1.. => Which::One(Pid(pid as u32)),
            group => Which::Group(Pid(group.unsigned_abs())),
        };
        let Some((slot, news)) = self.find_news(which, options | WEXITED)? else {
            return self.no_news(options);
        };
        let child = self.processes.at(slot).pid;
        self.copy_out_optional(status, &news.wait_status().to_le_bytes())?;
        self.report_child_usage(usage, slot)?;
        self.take_news(slot, news);
        Ok(child.0 as usize)
    }

    pub(super) fn sys_waitid(
        &mut self,
        kind: u64,
        id: u64,
        info: u64,
        options: u64,
        usage: u64,
    ) -> Outcome {
        let wanted = WEXITED | WSTOPPED | WCONTINUED;
        let options = options as u32 as u64;
        if options & !(WNOHANG | WNOWAIT | wanted | IGNORED) != 0 || options & wanted == 0 {
            return Err(Errno::EINVAL.into());
        }
        let which = match (kind as u32, id as i32) {
            (0, _) => Which::Any,
            (1, id @ 1..) => Which::One(Pid(id as u32)),
            (2, 0) => Which::Group(self.processes.current().group),
            (2, id @ 1..) => Which::Group(Pid(id as u32)),
            _ => return Err(Errno::EINVAL.into()),
        };
        let Some((slot, news)) = self.find_news(which, options)? else {
            let outcome = self.no_news(options);
            if outcome.is_ok() {
                // WNOHANG and nothing to tell: si_signo and si_pid are 0.
                self.copy_out_optional(info, &[0; 128])?;
            }
            return outcome;
        };
        let child = self.processes.at(slot);
        let (code, value) = news.code_and_status();
        let details = Info {
            code,
            pid: child.pid.0,
            user: child.credentials.user[0],
            value,
        };
        self.copy_out_optional(info, &siginfo_bytes(Signal::CHLD, details))?;
        self.report_child_usage(usage, slot)?;
        if options & WNOWAIT == 0 {
            self.take_news(slot, news);
        }
        Ok(0)
    }

    /// The first child with something to tell. None: there are children, but they have not.
    fn find_news(&self, which: Which, options: u64) -> Result<Option<(Slot, News)>, Errno> {
        let own = self.processes.current().pid;
        let mut has_child = false;
        for (slot, child) in self.processes.iter() {
            if child.parent != own || !which.includes(child) {
                continue;
            }
            has_child = true;
            let news = match (child.state, child.report) {
                (State::Zombie(ending), _) if options & WEXITED != 0 => News::Ended(ending),
                (State::Zombie(_), _) => continue,
                (_, Report::Stopped(signal))
                    if options & WSTOPPED != 0 && child.motion != Motion::Going =>
                {
                    News::Stopped(signal)
                }
                (_, Report::Continued) if options & WCONTINUED != 0 => News::Continued,
                _ => continue,
            };
            return Ok(Some((slot, news)));
        }
        if has_child {
            Ok(None)
        } else {
            Err(Errno::ECHILD)
        }
    }

    fn no_news(&mut self, options: u64) -> Outcome {
        if options & WNOHANG != 0 {
            return Ok(0);
        }
        self.deadline(None);
        Err(self.block(Event::Child, Restart::WhenAsked))
    }

    fn take_news(&mut self, slot: Slot, news: News) {
        match news {
            News::Ended(_) => self.processes.reap(slot),
            _ => self.processes.at_mut(slot).report = Report::None,
        }
    }

    fn report_child_usage(&mut self, address: u64, slot: Slot) -> Result<(), Errno> {
        let child = self.processes.at(slot);
        let mut total = child.usage;
        total.add(&child.children_usage);
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
