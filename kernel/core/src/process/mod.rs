//! Processes: what the kernel knows of each, and the table of all.
//!
//! A process owns its address space, its descriptors, what signals do and its threads. The open files behind the
//! descriptors belong to [`files`](crate::files), as they are shared by fork and dup. `thread` is what each thread has of its
//! own, `job` says whether the process is stopped, `table` has all processes, `scheduler`, `delivery` and `futexes` choose
//! among them, send them signals and wake them.

mod credentials;
pub(crate) mod delivery;
pub mod descriptors;
mod futexes;
pub mod job;
pub mod limits;
mod scheduler;
pub mod signals;
pub mod table;
pub mod thread;
pub mod timers;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::context::{FpState, Registers};
use crate::errno::Errno;
use crate::fs::{Capabilities, InodeId};
use crate::vm::AddressSpace;
pub use credentials::Credentials;
use descriptors::Descriptors;
use job::{Job, StateChange};
use limits::{INFINITY, Limits, Resource};
use signals::{AlternateStack, Pending, Signal, Signals};
use thread::{Thread, ThreadEnd};
use timers::Timers;

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
    pub const NONE: Wait = Wait { event: Event::Signal, deadline: None, restart: Restart::Never };
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
    /// FUTEX_WAKE: which one, the thread knows.
    Futex,
    /// Any of the files of a poll.
    Poll,
    /// A lock on a file was given up.
    Lock,
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

/// A FIFO that open(2) waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The descriptor that is there already.
    pub fd: u32,
    /// The FIFO's pipe.
    pub pipe: u32,
    /// The end that is to be opened: 0 for a reader, 1 for a writer.
    pub other: usize,
    /// How often it had been opened before.
    pub seen: u32,
}

/// What a thread has asked for by nice(2) and sched(7): kept and told, without effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scheduling {
    /// From -20 to 19.
    pub nice: i8,
    /// SCHED_OTHER (0), SCHED_FIFO and the like.
    pub policy: u32,
    /// Of SCHED_FIFO and SCHED_RR.
    pub priority: u8,
    /// SCHED_RESET_ON_FORK: children have none of it.
    pub resets_on_fork: bool,
}

impl Scheduling {
    /// A child's, or that of one more thread.
    pub(super) fn fork(&self) -> Self {
        match self.resets_on_fork {
            true if self.policy != 0 || self.nice < 0 => Scheduling::default(),
            true => Scheduling { resets_on_fork: false, ..*self },
            false => *self,
        }
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

/// What a program has chosen for its process by prctl(2), personality(2) and membarrier(2).
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// The commands of membarrier that it may use, by their bits.
    pub barriers: u32,
    /// PR_SET_CHILD_SUBREAPER: who below it loses its parent becomes its child.
    pub adopts: bool,
    /// PR_SET_THP_DISABLE, kept.
    pub refuses_huge_pages: bool,
    /// PR_SET_TIMERSLACK, in nanoseconds, kept.
    pub timer_slack: u64,
    /// personality(2), kept.
    pub persona: u32,
}

impl Choices {
    /// Linux's own, in nanoseconds.
    pub const TIMER_SLACK: u64 = 50_000;
    /// Nothing has been chosen.
    pub const NONE: Self = Choices {
        barriers: 0,
        adopts: false,
        refuses_huge_pages: false,
        timer_slack: Self::TIMER_SLACK,
        persona: 0,
    };
}

/// One process.
pub struct Process {
    /// The thread that runs, or has run last.
    pub thread: Thread,
    /// The others, in the order of their turns.
    others: VecDeque<Box<Thread>>,
    /// Its number.
    pub pid: Pid,
    /// Stopped or not.
    pub job: Job,
    /// Its address space; None while a vfork child uses it, and for a zombie.
    pub space: Option<AddressSpace>,
    /// Whose address space it uses after vfork, until execve or exit.
    pub lender: Option<Pid>,
    /// The parent that a vfork holds up until execve or exit, whether it lent its memory or not.
    pub vfork_parent: Option<Pid>,
    /// Its descriptors.
    pub descriptors: Descriptors,
    /// Actions, and the signals that were sent to all of it.
    pub signals: Box<Signals>,
    /// Who waits for it.
    pub parent: Pid,
    /// The thread of the parent's that has made it, or one that stands for it.
    pub maker: Pid,
    /// When it was forked, since power-on.
    pub started: u64,
    /// Where its arguments are, with the environment behind them: the address, bytes of the arguments, bytes of all.
    pub strings: (u64, usize, usize),
    /// What its program has chosen.
    pub choices: Choices,
    /// Its process group.
    pub group: Pid,
    /// Its session.
    pub session: Pid,
    /// Working directory.
    pub directory: InodeId,
    /// Mode bits that new files do not get.
    umask: u16,
    /// Users, groups, privileges.
    pub credentials: Credentials,
    /// What it may use at most.
    pub limits: Box<Limits>,
    /// The file that it executes: held, and marked as being executed.
    pub program: Option<InodeId>,
    /// Absolute path of the program.
    pub path: Vec<u8>,
    /// ITIMER_REAL.
    pub alarm: Alarm,
    /// The other timers.
    pub timers: Timers,
    /// The signal its parent gets when it ends (0: none), as clone asked.
    pub exit_signal: u8,
    /// What it has used.
    pub usage: Usage,
    /// What its children that were waited for have used.
    children_usage: Usage,
    /// Has it called execve? Its parent may move it to another group only before.
    has_executed: bool,
}

impl Process {
    /// PID 1, in `directory`, before its program starts.
    pub fn init(pid: Pid, directory: InodeId, descriptors: Descriptors) -> Box<Self> {
        let mut init = Process::new(pid, directory, descriptors, Box::default(), Box::default());
        init.umask = 0o022;
        init
    }

    /// Its child, without memory, as clone makes it: the parent gets `exit_signal` when it ends.
    pub fn fork(&self, pid: Pid, descriptors: Descriptors, exit_signal: u8) -> Box<Self> {
        let (pending, actions) = (Pending::default(), self.signals.actions);
        let signals = Box::new(Signals { pending, actions });
        let mut child =
            Process::new(pid, self.directory, descriptors, signals, self.limits.clone());
        child.thread.copy(&self.thread);
        child.thread.signals.alternate = self.thread.signals.alternate;
        child.parent = self.pid;
        child.group = self.group;
        child.session = self.session;
        child.umask = self.umask;
        child.credentials = self.credentials.clone();
        child.program = self.program;
        child.path.clone_from(&self.path);
        child.strings = self.strings;
        child.credentials.death_signal = None;
        child.maker = self.thread.tid;
        child.choices = Choices { adopts: false, ..self.choices };
        child.exit_signal = exit_signal;
        child
    }

    /// One that has inherited nothing: its own group and session.
    fn new(
        pid: Pid,
        directory: InodeId,
        descriptors: Descriptors,
        signals: Box<Signals>,
        limits: Box<Limits>,
    ) -> Box<Self> {
        Box::new(Process {
            thread: Thread::new(pid),
            others: VecDeque::new(),
            pid,
            job: Job::default(),
            space: None,
            lender: None,
            vfork_parent: None,
            descriptors,
            signals,
            parent: Pid::NONE,
            maker: Pid::NONE,
            started: 0,
            strings: (0, 0, 0),
            choices: Choices::NONE,
            group: pid,
            session: pid,
            directory,
            umask: 0,
            credentials: Credentials::default(),
            limits,
            program: None,
            path: Vec::new(),
            alarm: Alarm::default(),
            timers: Timers::default(),
            exit_signal: 0,
            usage: Usage::default(),
            children_usage: Usage::default(),
            has_executed: false,
        })
    }

    /// Starts at `entry` as a new program, which `path` names, with the thread that runs as its first.
    pub fn start_program(&mut self, entry: u64, stack: u64, path: &[u8]) {
        let thread = &mut self.thread;
        thread.registers = Registers { sp: stack, pc: entry, ..Registers::default() };
        thread.fp = FpState::default();
        thread.tid = self.pid;
        thread.end = ThreadEnd::of(self.pid);
        thread.signals.alternate = AlternateStack::default();
        thread.signals.saved_mask = None;
        self.signals.reset_for_exec();
        self.timers.reset_for_exec();
        let last = path.rsplit(|&byte| byte == b'/').next();
        self.thread.set_name(last.unwrap_or(path));
        self.exit_signal = Signal::CHLD.number();
        self.has_executed = true;
    }

    /// Has it called execve? Its parent may move it to another group only before.
    pub fn has_executed(&self) -> bool {
        self.has_executed
    }

    /// What its parent has to be told by wait4 and its like.
    pub fn state_change(&self) -> Option<StateChange> {
        match self.thread.state {
            State::Zombie(ending) => Some(StateChange::Ended(ending)),
            _ => self.job.change(),
        }
    }

    /// The signal its parent gets when it ends, as clone asked.
    pub fn exit_signal(&self) -> Option<Signal> {
        Signal::new(self.exit_signal.into())
    }

    /// Mode bits that new files get: not those of the umask.
    pub fn masked(&self, mode: u64) -> u32 {
        mode as u32 & 0o7777 & !u32::from(self.umask)
    }

    /// The umask.
    pub fn umask(&self) -> u16 {
        self.umask
    }

    /// Sets the umask; the one before.
    pub fn set_umask(&mut self, mask: u16) -> u16 {
        core::mem::replace(&mut self.umask, mask & 0o777)
    }

    /// Adds what a child that was waited for has used.
    pub fn add_child(&mut self, child: &Process) {
        self.children_usage.add(&child.total_usage());
    }

    /// What its children that were waited for have used.
    pub fn children_usage(&self) -> Usage {
        self.children_usage
    }

    /// What it has used with those.
    pub fn total_usage(&self) -> Usage {
        let mut total = self.usage;
        total.add(&self.children_usage);
        total
    }

    /// The arguments of its system call: x0 to x5.
    #[inline(always)]
    pub fn arguments(&self) -> [u64; 6] {
        let x = &self.thread.registers.x;
        [x[0], x[1], x[2], x[3], x[4], x[5]]
    }

    /// May one of its threads run when its turn comes?
    pub fn is_runnable(&self) -> bool {
        !self.job.is_stopped()
            && (self.thread.is_runnable()
                || self.space.is_some() && self.others.iter().any(|other| other.is_runnable()))
    }

    /// May the thread that has run last go on?
    pub fn can_go_on(&self) -> bool {
        !self.job.is_stopped() && self.thread.is_runnable()
    }

    /// Has it ended?
    pub fn is_zombie(&self) -> bool {
        matches!(self.thread.state, State::Zombie(_))
    }

    /// The address space.
    ///
    /// # Errors
    /// EFAULT when it has none: its vfork child uses it.
    pub fn space(&mut self) -> Result<&mut AddressSpace, Errno> {
        self.space.as_mut().ok_or(Errno::EFAULT)
    }

    /// Tells the address space what limits and privileges allow, as faults cannot ask. For whatever changes them.
    pub fn limit_space(&mut self) {
        let soft = |what| self.limits.soft(what);
        let locks = match self.credentials.has(Capabilities::IPC_LOCK) {
            true => INFINITY,
            false => soft(Resource::MEMORY_LOCK),
        };
        if let Some(space) = &mut self.space {
            space.limit_stack([Resource::STACK, Resource::ADDRESSES].map(soft));
            space.limit_locks(locks);
        }
    }

    /// Notes what the call in progress waits for; its deadline is `deadline`.
    pub fn block(&mut self, event: Event, restart: Restart) {
        self.thread.wait = Wait {
            event,
            deadline: self.thread.deadline.filter(|&deadline| deadline != u64::MAX),
            restart,
        };
    }

    /// The absolute time at which the call in progress gives up. It is computed at the first try and kept for the
    /// others; `timeout` None waits for ever.
    #[inline(never)]
    pub fn deadline(&mut self, now: u64, timeout: Option<u64>) -> u64 {
        let first = timeout.map_or(u64::MAX, |timeout| now.saturating_add(timeout));
        *self.thread.deadline.get_or_insert(first)
    }

    /// Has the call in progress blocked before?
    pub fn has_waited(&self) -> bool {
        self.thread.has_waited()
    }

    /// What the call in progress waits for.
    pub fn wait(&self) -> Wait {
        self.thread.wait
    }

    /// The call in progress is over: the next one has its own deadline.
    pub fn end_call(&mut self) {
        self.thread.deadline = None;
    }

    /// The call in progress blocks after so many bytes.
    pub fn keep_progress(&mut self, bytes: usize) {
        self.thread.progress = bytes;
    }

    /// Bytes that the call in progress has transferred before it blocked.
    pub fn take_progress(&mut self) -> usize {
        core::mem::take(&mut self.thread.progress)
    }

    /// A vfork child has given the memory back.
    pub fn take_back(&mut self, space: AddressSpace) {
        self.space = Some(space);
        if matches!(self.thread.state, State::Blocked(wait) if matches!(wait.event, Event::Vfork(_)))
        {
            self.thread.state = State::Retry;
        }
    }

    /// Keeps the most memory that a space has held.
    pub fn note_memory(&mut self, space: &AddressSpace) {
        self.usage.peak_pages = self.usage.peak_pages.max(space.usage().peak_pages as u64);
    }
}
