//! Processes: what the kernel knows of each, and the table of all.
//!
//! A process owns its address space, its descriptors and its signal state. The open files behind the
//! descriptors belong to [`files`](crate::files), as they are shared by fork and dup. `table` has all processes,
//! `scheduler` and `delivery` choose among them and send them signals.

pub(crate) mod delivery;
pub mod descriptors;
mod scheduler;
pub mod signals;
pub mod table;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::addr::UserAddr;
use crate::context::{FpState, Registers};
use crate::errno::Errno;
use crate::fs::InodeId;
use crate::vm::AddressSpace;
use descriptors::Descriptors;
use signals::{Signal, Signals};

/// A process number; never 0 for a process that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pid(pub u32);

impl Pid {
    /// The first process: when it ends, the machine stops.
    pub const INIT: Pid = Pid(1);
    /// The parent of those whose parent is no process: PID 1, and what it left behind.
    pub const NONE: Pid = Pid(0);
}

/// What a process is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Runs, or waits for its turn.
    Ready,
    /// Something that its system call waited for has happened: the call is made again.
    Retry,
    /// Its system call waits.
    Blocked(Wait),
    /// It has ended; the parent has not asked for the status yet.
    Zombie(Ending),
}

/// What a blocked system call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The event that wakes it.
    pub event: Event,
    /// The time (since power-on, in nanoseconds) that wakes it too.
    pub deadline: Option<u64>,
    /// What becomes of the call when a signal handler runs first.
    pub restart: Restart,
}

impl Wait {
    /// Nothing yet.
    pub const NONE: Wait = Wait {
        event: Event::Signal,
        deadline: None,
        restart: Restart::Never,
    };
}

/// An event that blocked processes can be woken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A pipe was written, read or closed.
    Pipe(u32),
    /// The terminal has input.
    Terminal,
    /// A child has changed its state.
    Child,
    /// The child of a vfork has called execve or ended.
    Vfork(Pid),
    /// Nothing but a signal or the deadline.
    Signal,
    /// FUTEX_WAKE on this address.
    Futex(u64),
    /// Any of the files of a poll.
    Poll,
}

/// What becomes of a blocked call when a signal handler is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// EINTR, or made again when the handler has SA_RESTART.
    WhenAsked,
    /// EINTR always (signal(7), "never restarted").
    Never,
    /// Signals other than SIGKILL wait until the call is over.
    Uninterruptible,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It called exit with this status.
    Exited(u8),
    /// This signal killed it.
    Killed(Signal),
}

impl Ending {
    /// The status as wait4 stores it.
    pub fn wait_status(self) -> u32 {
        match self {
            Ending::Exited(status) => u32::from(status) << 8,
            Ending::Killed(signal) => u32::from(signal.number()),
        }
    }

    /// The status as a shell shows it.
    pub fn shell_status(self) -> i32 {
        match self {
            Ending::Exited(status) => i32::from(status),
            Ending::Killed(signal) => 128 + i32::from(signal.number()),
        }
    }
}

/// Does a process run or does it stand still after SIGSTOP and its like?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// It may run.
    Going,
    /// Stopped by this signal until SIGCONT.
    Stopped(Signal),
}

/// A change of motion that the parent has not been told of yet (waitid's WSTOPPED, WCONTINUED).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Nothing to tell.
    None,
    /// It has stopped.
    Stopped(Signal),
    /// It goes on.
    Continued,
}

/// User and group numbers. They are kept and returned; files are not protected by them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Real, effective, saved user.
    pub user: [u32; 3],
    /// Real, effective, saved group.
    pub group: [u32; 3],
}

/// ITIMER_REAL: when SIGALRM comes next, and every how many nanoseconds after that (0: once).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Nanoseconds since power-on; None when the timer is not armed.
    pub next: Option<u64>,
    /// Period in nanoseconds.
    pub interval: u64,
}

impl Alarm {
    /// Sets the timer anew when it has run out, or stops it. Has it run out?
    pub fn expire(&mut self, now: u64) -> bool {
        let has_expired = self.next.is_some_and(|due| due <= now);
        if has_expired {
            self.next = (self.interval > 0).then(|| now.saturating_add(self.interval));
        }
        has_expired
    }
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// System calls made.
    pub syscalls: u64,
    /// Processor time, in nanoseconds.
    pub time: u64,
    /// Page faults that were answered.
    pub faults: u64,
    /// Most pages of memory held at once.
    pub peak_pages: u64,
}

impl Usage {
    /// Adds a child's use, as RUSAGE_CHILDREN does.
    pub fn add(&mut self, other: &Usage) {
        self.syscalls += other.syscalls;
        self.time += other.time;
        self.faults += other.faults;
        self.peak_pages = self.peak_pages.max(other.peak_pages);
    }
}

/// One process.
pub struct Process {
    /// The registers while it does not run.
    pub registers: Registers,
    /// Its number.
    pub pid: Pid,
    /// What it is about to do.
    pub state: State,
    /// Stopped or going.
    pub motion: Motion,
    /// What the parent has still to hear of `motion`.
    pub report: Report,
    /// Its address space; None while a vfork child uses it, and for a zombie.
    pub space: Option<AddressSpace>,
    /// Whose address space it uses after vfork, until execve or exit.
    pub lender: Option<Pid>,
    /// The parent that a vfork holds up until execve or exit, whether it lent its memory or not.
    pub vfork_parent: Option<Pid>,
    /// The child that its own vfork waits for.
    pub spawned: Option<Pid>,
    /// Its descriptors.
    pub descriptors: Descriptors,
    /// Actions, mask, pending signals.
    pub signals: Box<Signals>,
    /// FP/SIMD registers while they are not live in the processor.
    pub fp: FpState,
    /// Who waits for it.
    pub parent: Pid,
    /// Its process group.
    pub group: Pid,
    /// Its session.
    pub session: Pid,
    /// Working directory.
    pub directory: InodeId,
    /// Mode bits that new files do not get.
    pub umask: u16,
    /// Users and groups.
    pub credentials: Credentials,
    /// The file that it executes: held, and marked as being executed.
    pub program: Option<InodeId>,
    /// Absolute path of the program.
    pub path: Vec<u8>,
    /// PR_SET_NAME's name, NUL padded.
    pub name: [u8; 16],
    /// ITIMER_REAL.
    pub alarm: Alarm,
    /// What the call in progress waits for, once it has blocked.
    pub wait: Wait,
    /// When the call in progress gives up, once it has blocked: kept from try to try.
    pub deadline: Option<u64>,
    /// Bytes that the call in progress has transferred before it blocked.
    pub progress: usize,
    /// The signal its parent gets when it ends (0: none), as clone asked.
    pub exit_signal: u8,
    /// What it has used.
    pub usage: Usage,
    /// What its children that were waited for have used.
    pub children_usage: Usage,
    /// set_tid_address and set_robust_list, kept for their readers.
    pub clear_tid: UserAddr,
    /// Has it called execve? Its parent may move it to another group only before.
    pub has_executed: bool,
}

impl Process {
    /// The arguments of its system call: x0 to x5.
    #[inline(always)]
    pub fn arguments(&self) -> [u64; 6] {
        let x = &self.registers.x;
        [x[0], x[1], x[2], x[3], x[4], x[5]]
    }

    /// May it run when its turn comes?
    pub fn is_runnable(&self) -> bool {
        self.motion == Motion::Going && matches!(self.state, State::Ready | State::Retry)
    }

    /// Has it ended?
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, State::Zombie(_))
    }

    /// The address space.
    ///
    /// # Errors
    /// EFAULT when it has none: its vfork child uses it.
    pub fn space(&mut self) -> Result<&mut AddressSpace, Errno> {
        self.space.as_mut().ok_or(Errno::EFAULT)
    }

    /// Notes what the call in progress waits for; its deadline is `deadline`.
    pub fn block(&mut self, event: Event, restart: Restart) {
        self.wait = Wait {
            event,
            deadline: self.deadline.filter(|&deadline| deadline != u64::MAX),
            restart,
        };
    }

    /// The absolute time at which the call in progress gives up. It is computed at the first try and kept for the
    /// others; `timeout` None waits for ever.
    #[inline(never)]
    pub fn deadline(&mut self, now: u64, timeout: Option<u64>) -> u64 {
        let first = timeout.map_or(u64::MAX, |timeout| now.saturating_add(timeout));
        *self.deadline.get_or_insert(first)
    }

    /// A vfork child has given the memory back.
    pub fn take_back(&mut self, space: AddressSpace) {
        self.space = Some(space);
        if matches!(self.state, State::Blocked(wait) if matches!(wait.event, Event::Vfork(_))) {
            self.state = State::Retry;
        }
    }

    /// Keeps the most memory that a space has held.
    pub fn note_memory(&mut self, space: &AddressSpace) {
        self.usage.peak_pages = self.usage.peak_pages.max(space.usage().peak_pages as u64);
    }

    /// Sets the name as execve does: the last part of `path`, at most 15 bytes.
    pub fn set_name(&mut self, path: &[u8]) {
        let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
        let length = last.len().min(15);
        self.name = [0; 16];
        self.name[..length].copy_from_slice(&last[..length]);
    }
}
