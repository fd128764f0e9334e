//! A process's signals: actions, mask, and what is pending (signal(7), asm-generic/signal.h).
//!
//! A signal that comes twice before it is delivered counts once; a real-time one as often as it came, in order.
//! What delivery does to registers and stack is `syscall::frame`'s part.

use alloc::vec::Vec;

use super::{Pid, Process};

/// A signal number, 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(u8);

#[allow(missing_docs, reason = "the names are the documentation: signal(7)")]
impl Signal {
    pub const HUP: Signal = Signal(1);
    pub const INT: Signal = Signal(2);
    pub const QUIT: Signal = Signal(3);
    pub const ILL: Signal = Signal(4);
    pub const TRAP: Signal = Signal(5);
    pub const BUS: Signal = Signal(7);
    pub const FPE: Signal = Signal(8);
    pub const KILL: Signal = Signal(9);
    pub const SEGV: Signal = Signal(11);
    pub const PIPE: Signal = Signal(13);
    pub const ALRM: Signal = Signal(14);
    pub const CHLD: Signal = Signal(17);
    pub const CONT: Signal = Signal(18);
    pub const STOP: Signal = Signal(19);
    pub const TSTP: Signal = Signal(20);
    pub const TTIN: Signal = Signal(21);
    pub const TTOU: Signal = Signal(22);
    pub const URG: Signal = Signal(23);
    pub const XCPU: Signal = Signal(24);
    pub const XFSZ: Signal = Signal(25);
    pub const VTALRM: Signal = Signal(26);
    pub const PROF: Signal = Signal(27);
    pub const WINCH: Signal = Signal(28);
}

/// Names of signals 1 to 31, in order.
const NAMES: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

impl Signal {
    /// The signal with this number, if there is one.
    pub fn new(number: u64) -> Option<Signal> {
        (1..=64).contains(&number).then_some(Signal(number as u8))
    }

    /// Its number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its bit in a signal set.
    pub fn bit(self) -> u64 {
        1 << (self.0 - 1)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0) - 1).copied().unwrap_or("a real-time signal")
    }

    fn index(self) -> usize {
        usize::from(self.0) - 1
    }

    /// What it does to a process that did not say otherwise (signal(7)).
    pub fn default_effect(self) -> Effect {
        match self {
            Signal::CHLD | Signal::URG | Signal::WINCH => Effect::Ignore,
            Signal::CONT => Effect::Ignore,
            Signal::STOP | Signal::TSTP | Signal::TTIN | Signal::TTOU => Effect::Stop,
            _ => Effect::Kill,
        }
    }
}

/// The signals that stop a process by default.
pub const STOP_SET: u64 = (1 << 18) | (1 << 19) | (1 << 20) | (1 << 21);
/// The signals that nobody can block, catch or ignore.
pub const UNBLOCKABLE: u64 = (1 << 8) | (1 << 18);

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Ignore,
    /// Ends the process.
    Kill,
    /// Stops the process until SIGCONT.
    Stop,
    /// Runs the program's handler.
    Handle(Action),
}

/// `struct sigaction` of the kernel ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// SIG_DFL (0), SIG_IGN (1) or the address of the handler.
    pub handler: u64,
    /// SA_ bits.
    pub flags: u64,
    /// Where the handler returns to, with SA_RESTORER.
    pub restorer: u64,
    /// What is blocked while the handler runs.
    pub mask: u64,
}

/// SIG_DFL.
pub const DEFAULT: u64 = 0;
/// SIG_IGN.
pub const IGNORE: u64 = 1;

/// SA_NOCLDSTOP: no SIGCHLD when a child stops.
pub const SA_NOCLDSTOP: u64 = 1;
/// SA_NOCLDWAIT: children leave no zombies.
pub const SA_NOCLDWAIT: u64 = 2;
/// SA_SIGINFO: the handler takes three arguments.
pub const SA_SIGINFO: u64 = 4;
/// SA_RESTORER: `restorer` is valid.
pub const SA_RESTORER: u64 = 0x0400_0000;
/// SA_ONSTACK: the handler runs on the alternate stack.
pub const SA_ONSTACK: u64 = 0x0800_0000;
/// SA_RESTART: the interrupted call is made again.
pub const SA_RESTART: u64 = 0x1000_0000;
/// SA_NODEFER: the signal is not blocked while its handler runs.
pub const SA_NODEFER: u64 = 0x4000_0000;
/// SA_RESETHAND: the action is SIG_DFL again once the handler starts.
pub const SA_RESETHAND: u64 = 0x8000_0000;

/// What a handler learns of a signal: the fields of siginfo_t that the signal's kind uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// si_code: who sent it.
    pub code: i32,
    /// si_pid, where a process sent it or a child changed.
    pub pid: u32,
    /// si_uid.
    pub user: u32,
    /// si_addr, si_status or si_value.
    pub value: u64,
}

/// SI_USER: kill(2).
pub const SI_USER: i32 = 0;
/// SI_KERNEL: the kernel itself.
pub const SI_KERNEL: i32 = 0x80;
/// SI_TKILL: tkill(2), tgkill(2).
pub const SI_TKILL: i32 = -6;

impl Info {
    /// The kernel sent it.
    pub fn kernel() -> Info {
        Info { code: SI_KERNEL, ..Info::default() }
    }

    /// `pid` sent it by kill or tkill (`code`).
    pub fn sent_by(pid: Pid, user: u32, code: i32) -> Info {
        Info { code, pid: pid.0, user, value: 0 }
    }
}

/// sigaltstack's stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlternateStack {
    /// Lowest address.
    pub start: u64,
    /// Bytes; 0 when there is none.
    pub size: u64,
}

impl AlternateStack {
    /// Is this stack pointer on it?
    pub fn contains(&self, sp: u64) -> bool {
        self.size > 0 && sp > self.start && sp - self.start <= self.size
    }
}

/// The first of the real-time signals, and how many of them may pend at once.
const FIRST_REAL_TIME: u8 = 32;
const MOST_PENDING: usize = 4096;

/// Signals that were sent and not yet delivered.
#[derive(Debug, Default)]
pub struct Pending {
    set: u64,
    /// What is known of them. Where the kernel's memory was short, a signal comes without.
    info: Vec<(Signal, Info)>,
}

impl Pending {
    /// Which they are.
    #[inline(always)]
    pub fn set(&self) -> u64 {
        self.set
    }

    /// Adds one, if it does not pend already or is a real-time one.
    pub fn raise(&mut self, signal: Signal, info: Info) {
        let is_queued = signal.number() >= FIRST_REAL_TIME && !self.is_full();
        if self.set & signal.bit() == 0 || is_queued {
            self.set |= signal.bit();
            if self.info.try_reserve(1).is_ok() {
                self.info.push((signal, info));
            }
        }
    }

    /// Does no further real-time signal find room?
    pub fn is_full(&self) -> bool {
        self.info.len() >= MOST_PENDING
    }

    /// Takes the first of a number out.
    pub fn take(&mut self, signal: Signal) -> Info {
        let mut places = (0..self.info.len()).filter(|&place| self.info[place].0 == signal);
        let first = places.next();
        if places.next().is_none() {
            self.set &= !signal.bit();
        }
        first.map_or(Info::default(), |place| self.info.remove(place).1)
    }

    /// These do not pend any more.
    pub fn drop_set(&mut self, set: u64) {
        self.set &= !set;
        self.info.retain(|(signal, _)| set & signal.bit() == 0);
    }
}

/// What each thread has of its own.
#[derive(Debug, Default)]
pub struct ThreadSignals {
    /// Signals that were sent to it alone.
    pub pending: Pending,
    /// Those of them that it brought upon itself: not even PID 1 is spared.
    pub forced: u64,
    /// The mask.
    pub blocked: u64,
    /// The mask to go back to when the call in progress ends (sigsuspend, ppoll, pselect6).
    pub saved_mask: Option<u64>,
    /// sigaltstack.
    pub alternate: AlternateStack,
}

impl ThreadSignals {
    /// Sets the mask; SIGKILL and SIGSTOP stay out of it.
    pub fn set_blocked(&mut self, mask: u64) {
        self.blocked = mask & !UNBLOCKABLE;
    }
}

/// What all threads of a process have in common.
pub struct Signals {
    /// Signals that were sent to the process: whichever thread does not block one takes it.
    pub pending: Pending,
    /// What the program asked for.
    pub actions: [Action; 64],
}

impl Default for Signals {
    fn default() -> Self {
        Signals { pending: Pending::default(), actions: [Action::default(); 64] }
    }
}

impl Signals {
    /// The action for a signal.
    pub fn action(&self, signal: Signal) -> Action {
        self.actions[signal.index()]
    }

    /// What a signal would do now.
    pub fn effect(&self, signal: Signal) -> Effect {
        let action = self.action(signal);
        match action.handler {
            DEFAULT => signal.default_effect(),
            IGNORE => Effect::Ignore,
            _ => Effect::Handle(action),
        }
    }

    /// After execve: handlers are gone, what was ignored stays ignored.
    pub fn reset_for_exec(&mut self) {
        for action in &mut self.actions {
            let handler = if action.handler == IGNORE { IGNORE } else { DEFAULT };
            *action = Action { handler, ..Action::default() };
        }
    }
}

impl Process {
    /// Sets the action for a signal; one that is ignored from now on is no longer pending.
    pub fn set_action(&mut self, signal: Signal, action: Action) {
        self.signals.actions[signal.index()] = action;
        if self.signals.effect(signal) == Effect::Ignore {
            self.drop_pending(signal.bit());
        }
    }

    /// Signals of a set pend no more, neither for the process nor for a thread.
    pub fn drop_pending(&mut self, set: u64) {
        self.signals.pending.drop_set(set);
        for thread in self.threads_mut() {
            thread.signals.pending.drop_set(set);
        }
    }

    /// The signals that pend for the thread that runs, blocked or not.
    #[inline(always)]
    pub fn pending(&self) -> u64 {
        self.signals.pending.set | self.thread.signals.pending.set
    }

    /// Might there be a signal to deliver?
    #[inline(always)]
    pub fn may_deliver(&self) -> bool {
        self.pending() & !self.thread.signals.blocked != 0
    }

    /// Are there pending signals that are not blocked and not ignored?
    #[inline]
    pub fn has_deliverable(&self) -> bool {
        self.may_deliver() && self.next_signal().is_some()
    }

    /// The lowest signal that is pending, not blocked and not ignored. Faults and SIGKILL come first, then the thread's
    /// own, as on Linux.
    fn next_signal(&self) -> Option<Signal> {
        const FIRST: u64 = (1 << 8) | (1 << 10) | (1 << 6) | (1 << 3) | (1 << 4) | (1 << 7);
        let (all, own) = (self.pending(), self.thread.signals.pending.set);
        [all & FIRST, own, all]
            .into_iter()
            .flat_map(|set| Bits(set & !self.thread.signals.blocked))
            .find(|&signal| self.signals.effect(signal) != Effect::Ignore)
    }

    /// Takes the next signal that is not blocked.
    pub fn take_deliverable(&mut self) -> Option<(Signal, Info)> {
        let signal = self.next_signal()?;
        Some((signal, self.take_pending(signal)))
    }

    /// Takes the lowest pending signal of `set`, whether it is blocked or not (sigtimedwait).
    pub fn take_signal(&mut self, set: u64) -> Option<(Signal, Info)> {
        let own = self.thread.signals.pending.set;
        let signal = [own, self.pending()].into_iter().flat_map(|of| Bits(of & set)).next()?;
        Some((signal, self.take_pending(signal)))
    }

    fn take_pending(&mut self, signal: Signal) -> Info {
        let own = &mut self.thread.signals.pending;
        match own.set & signal.bit() {
            0 => self.signals.pending.take(signal),
            _ => own.take(signal),
        }
    }
}

/// The signals of a set, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = Signal;

    fn next(&mut self) -> Option<Signal> {
        if self.0 == 0 {
            return None;
        }
        let number = self.0.trailing_zeros() as u8 + 1;
        self.0 &= self.0 - 1;
        Some(Signal(number))
    }
}

#[cfg(test)]
mod tests;
