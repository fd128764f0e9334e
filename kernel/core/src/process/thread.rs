//! A thread: what of a process there is once for each of its threads. All else the threads have in common.
//!
//! [`Process::thread`] is the one that runs, or has run last; the others stand in a queue ([`Process::turn`]), so that a
//! process with one thread takes no more steps than if there were none.

use alloc::boxed::Box;

use super::signals::ThreadSignals;
use super::{Event, Opening, Pid, Process, Scheduling, State, Wait};
use crate::addr::{Frame, UserAddr};
use crate::context::{FpState, Registers};
use crate::errno::Errno;

/// Threads that a process may have besides the one that runs.
const MAX_OTHERS: usize = 4096;

/// One thread.
pub struct Thread {
    /// The registers while it does not run.
    pub registers: Registers,
    /// Its number: that of the process for the first one.
    pub tid: Pid,
    /// What it is about to do.
    pub state: State,
    /// Mask, and the signals that were sent to it alone.
    pub signals: ThreadSignals,
    /// FP/SIMD registers while they are not live in the processor.
    pub fp: FpState,
    /// The child that its own vfork waits for.
    pub spawned: Option<Pid>,
    /// What it waits for in a futex call.
    pub futex: Waiting,
    /// What its end does in memory.
    pub end: ThreadEnd,
    /// Processor time, in nanoseconds.
    pub time: u64,
    /// Nice value, policy, priority.
    pub scheduling: Scheduling,
    /// Its name, NUL padded: the last part of its program's path, or what prctl has made of it.
    pub name: [u8; 16],
    /// What the call in progress waits for, once it has blocked.
    pub(super) wait: Wait,
    /// When the call in progress gives up, once it has blocked: kept from try to try.
    pub(super) deadline: Option<u64>,
    /// The FIFO that the call in progress opens.
    pub opening: Option<Opening>,
    /// Bytes that the call in progress has transferred before it blocked.
    pub(super) progress: usize,
}

/// Which futex an address means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FutexKey {
    /// Of shared memory the page's frame, which is the object's while it is mapped; else the frame of the address space's
    /// top table.
    pub place: Frame,
    /// The offset in that page, or the address.
    pub address: u64,
    /// FUTEX_PRIVATE_FLAG: Linux does not let private and other calls meet.
    pub is_private: bool,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The futex: another one after FUTEX_REQUEUE.
    pub key: FutexKey,
    /// FUTEX_WAIT_BITSET's bits.
    pub bits: u32,
    /// Who came first has the lowest.
    pub order: u64,
    /// It was woken.
    pub is_woken: bool,
}

impl Waiting {
    /// For nothing.
    pub const NONE: Waiting = Waiting {
        key: FutexKey { place: Frame(0), address: 0, is_private: false },
        bits: 0,
        order: 0,
        is_woken: false,
    };
}

/// What the end of a thread does in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadEnd {
    /// The thread.
    pub tid: Pid,
    /// A word that becomes 0, for those who wait for the end (CLONE_CHILD_CLEARTID, set_tid_address).
    pub clear_tid: UserAddr,
    /// The list of the locks that it holds (set_robust_list).
    pub robust_list: UserAddr,
}

impl ThreadEnd {
    /// Nothing.
    pub fn of(tid: Pid) -> Self {
        ThreadEnd { tid, clear_tid: UserAddr::NULL, robust_list: UserAddr::NULL }
    }
}

impl Thread {
    /// One that starts with nothing.
    pub fn new(tid: Pid) -> Self {
        Thread {
            registers: Registers::default(),
            tid,
            state: State::Ready,
            signals: ThreadSignals::default(),
            fp: FpState::default(),
            spawned: None,
            futex: Waiting::NONE,
            end: ThreadEnd::of(tid),
            time: 0,
            scheduling: Scheduling::default(),
            name: [0; 16],
            wait: Wait::NONE,
            deadline: None,
            opening: None,
            progress: 0,
        }
    }

    /// Makes it a copy of `parent` as clone does: the same registers but for the result, the same mask.
    pub fn copy(&mut self, parent: &Thread) {
        self.registers.clone_from(&parent.registers);
        self.registers.x[0] = 0;
        self.fp.clone_from(&parent.fp);
        self.signals.blocked = parent.signals.blocked;
        self.name = parent.name;
        self.scheduling = parent.scheduling.fork();
    }

    /// PR_SET_NAME: at most 15 bytes.
    pub fn set_name(&mut self, name: &[u8]) {
        let length = name.len().min(15);
        self.name = [0; 16];
        self.name[..length].copy_from_slice(&name[..length]);
    }

    /// May it run when its turn comes?
    pub fn is_runnable(&self) -> bool {
        matches!(self.state, State::Ready | State::Retry)
    }

    /// Has the call in progress blocked before?
    pub fn has_waited(&self) -> bool {
        self.deadline.is_some()
    }

    /// What the call in progress waits for.
    pub fn wait(&self) -> Wait {
        self.wait
    }

    /// Does it wait for a futex with one of these bits, and has not been woken?
    pub(super) fn waits_for(&self, key: FutexKey, bits: u32) -> bool {
        matches!(self.state, State::Blocked(_) | State::Retry)
            && self.wait().event == Event::Futex
            && self.has_waited()
            && !self.futex.is_woken
            && self.futex.key == key
            && self.futex.bits & bits != 0
    }
}

impl Process {
    /// Has it more than one thread?
    #[inline(always)]
    pub fn has_threads(&self) -> bool {
        !self.others.is_empty()
    }

    /// All its threads; the one that runs comes first.
    pub fn threads(&self) -> impl Iterator<Item = &Thread> {
        core::iter::once(&self.thread).chain(self.others.iter().map(|thread| &**thread))
    }

    /// The one with this number.
    pub fn thread_with(&self, tid: Pid) -> Option<&Thread> {
        self.threads().find(|thread| thread.tid == tid)
    }

    /// All its threads, to be changed.
    pub fn threads_mut(&mut self) -> impl Iterator<Item = &mut Thread> {
        let others = self.others.iter_mut().map(|thread| &mut **thread);
        core::iter::once(&mut self.thread).chain(others)
    }

    /// Lets its threads that wait for `event` try their call again.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn wake(&mut self, event: Event) {
        for thread in self.threads_mut() {
            if matches!(thread.state, State::Blocked(wait) if wait.event == event) {
                thread.state = State::Retry;
            }
        }
    }

    /// Adds a thread: its turn comes after those of the others.
    ///
    /// # Errors
    /// EAGAIN when there are too many, ENOMEM.
    pub fn add_thread(&mut self, thread: Box<Thread>) -> Result<(), Errno> {
        if self.others.len() >= MAX_OTHERS {
            return Err(Errno::EAGAIN);
        }
        self.others.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.others.push_back(thread);
        Ok(())
    }

    /// The next thread that can run has the processor. Those whose memory a vfork child uses stand still.
    pub fn turn(&mut self) {
        if self.space.is_some()
            && let Some(place) = self.others.iter().position(|thread| thread.is_runnable())
            && let Some(mut next) = self.others.remove(place)
        {
            core::mem::swap(&mut self.thread, &mut next);
            self.others.push_back(next);
        }
    }

    /// The thread that runs has ended; another one takes its place.
    pub fn drop_thread(&mut self) {
        if let Some(next) = self.others.pop_front() {
            self.thread = *next;
        }
    }

    /// Takes away any thread but the one that runs.
    pub fn take_other(&mut self) -> Option<Box<Thread>> {
        self.others.pop_front()
    }
}
