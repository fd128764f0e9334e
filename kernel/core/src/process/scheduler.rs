//! Who runs next: round robin with slices, timers, and the report when nobody can ever run again.

use crate::context::Trap;
use crate::kernel::{Kernel, Next, Printable, say};
use crate::machine::Machine;
use crate::process::signals::{Info, Signal};
use crate::process::table::Slot;
use crate::process::{Event, Motion, Restart, State};
use crate::vm::FaultError;

/// si_code values of faults (asm-generic/siginfo.h).
const SEGV_MAPERR: i32 = 1;
const SEGV_ACCERR: i32 = 2;
const BUS_ADRALN: i32 = 1;
const BUS_ADRERR: i32 = 2;
const ILL_ILLOPC: i32 = 1;
const TRAP_BRKPT: i32 = 1;
const FPE_FLTUNK: i32 = 14;

/// What the machine reports after a deadlock.
const DEADLOCK_STATUS: i32 = 255;

impl<M: Machine> Kernel<'_, M> {
    /// The long way through [`Kernel::schedule`].
    #[inline(never)]
    pub(crate) fn reschedule(&mut self) -> Next {
        self.account_time();
        if self.slice_over {
            self.read_console();
        }
        self.expire_timers();
        loop {
            if let Some(status) = self.halt {
                return Next::Halt { status };
            }
            let Some(slot) = self.choose() else {
                match self.idle() {
                    Some(next) => return next,
                    None => continue,
                }
            };
            if self.current != slot {
                self.current = slot;
                self.storage.fs.actor = self.processes.at(slot).pid.0;
                // What one process may read or write unnoted, the ledger must note of another.
                self.epoch += 1;
            }
            self.slice_over = false;
            if self.make_ready() {
                self.switch_to(slot);
                self.attention = false;
                return Next::Run;
            }
        }
    }

    /// The current process while its slice lasts, else the next in turn.
    fn choose(&mut self) -> Option<Slot> {
        let goes_on = !self.slice_over
            && self
                .processes
                .get_mut(self.current)
                .is_some_and(|process| process.is_runnable());
        if goes_on {
            Some(self.current)
        } else {
            self.processes.next_runnable(self.current)
        }
    }

    /// Makes the current process's call again if it was woken, and delivers signals. May it run afterwards?
    fn make_ready(&mut self) -> bool {
        if self.processes.at(self.current).state == State::Retry {
            self.retry_call();
        }
        let Some(process) = self.processes.get_mut(self.current) else {
            return false;
        };
        if process.is_runnable()
            && process.state == State::Ready
            && process.signals.has_deliverable()
        {
            self.deliver_signals(None);
        }
        let process = self.processes.get_mut(self.current);
        process
            .is_some_and(|process| process.motion == Motion::Going && process.state == State::Ready)
    }

    /// Gives the processor's FP registers and user tables to a process.
    fn switch_to(&mut self, slot: Slot) {
        self.running_since = self.storage.machine.now();
        if self.fp_owner != Some(slot) {
            self.store_fp();
            self.storage.machine.load_fp(&self.processes.at(slot).fp);
            self.fp_owner = Some(slot);
        }
        if self.space_owner != Some(slot) {
            let space = self
                .processes
                .at(slot)
                .space
                .as_ref()
                .expect("a process that runs has memory");
            self.storage.machine.activate(space.root());
            self.space_owner = Some(slot);
        }
    }

    /// Puts the live FP registers back to the process that they belong to.
    pub(crate) fn store_fp(&mut self) {
        if let Some(owner) = self.fp_owner.take() {
            self.storage
                .machine
                .save_fp(&mut self.processes.at_mut(owner).fp);
        }
    }

    /// Charges the time since it got the processor to the current process.
    pub(crate) fn account_time(&mut self) {
        let now = self.storage.machine.now();
        if let Some(process) = self.processes.get_mut(self.current)
            && process.state == State::Ready
        {
            process.usage.time += now.saturating_sub(self.running_since);
        }
        self.running_since = now;
    }

    /// A call has returned `Stop::BLOCK`: the process waits, unless a signal is there already.
    #[inline(never)]
    pub(crate) fn wait_or_interrupt(&mut self) {
        self.account_time();
        self.attention = true;
        let wait = self.wait;
        let process = self.processes.at_mut(self.current);
        let interrupted = match wait.restart {
            Restart::Uninterruptible => process.signals.pending & Signal::KILL.bit() != 0,
            _ => process.signals.has_deliverable(),
        };
        if interrupted {
            process.state = State::Ready;
            self.deliver_signals(Some(wait.restart));
        } else {
            process.state = State::Blocked(wait);
            if let Some(deadline) = wait.deadline {
                self.next_timer = self.next_timer.min(deadline);
            }
        }
    }

    /// Nobody can run. None: look again, something has come from the console or a timer.
    fn idle(&mut self) -> Option<Next> {
        self.read_console();
        self.expire_timers();
        if self
            .processes
            .iter()
            .any(|(_, process)| process.is_runnable())
        {
            return None;
        }
        if self.next_timer != u64::MAX {
            return Some(Next::Idle {
                until: Some(self.next_timer),
            });
        }
        if self.terminal.was_read {
            return Some(Next::Idle { until: None });
        }
        self.report_deadlock();
        Some(Next::Halt {
            status: DEADLOCK_STATUS,
        })
    }

    #[inline(never)]
    fn report_deadlock(&mut self) {
        self.halt = Some(DEADLOCK_STATUS);
        for slot in self.processes.slots() {
            if self
                .processes
                .get_mut(slot)
                .is_some_and(|process| !process.is_zombie())
            {
                self.write_pending(slot);
            }
        }
        self.close_ledger(DEADLOCK_STATUS);
        say(
            &mut self.storage.machine,
            format_args!("deadlock: every process waits and nothing can wake any of them; halting"),
        );
        for (_, process) in self.processes.iter() {
            let (pid, parent) = (process.pid.0, process.parent.0);
            let call = crate::syscall::numbers::name(process.registers.x[8]).unwrap_or("unknown");
            let what = match (process.motion, process.state) {
                (Motion::Stopped(_), _) => "SIGCONT, it is stopped",
                (_, State::Zombie(_)) => "its parent to wait for it, it has ended",
                (_, State::Blocked(wait)) => match wait.event {
                    Event::Pipe(_) => "a pipe",
                    Event::Terminal => "the terminal",
                    Event::Child => "a child",
                    Event::Vfork(_) => "its vfork child",
                    Event::Signal => "a signal",
                    Event::Futex(_) => "a futex",
                    Event::Poll => "one of the files it polls",
                },
                _ => "nothing",
            };
            let path = Printable(&process.path);
            let text =
                format_args!("  pid {pid} (parent {parent}) {path} waits in {call} for {what}");
            say(&mut self.storage.machine, text);
        }
    }

    /// Wakes those whose deadline has come and sends SIGALRM to those whose timer has run out.
    fn expire_timers(&mut self) {
        let now = self.storage.machine.now();
        if now < self.next_timer {
            return;
        }
        self.storage.fs.now = self.file_time();
        let mut next = u64::MAX;
        for slot in self.processes.slots() {
            let Some(process) = self.processes.get_mut(slot) else {
                continue;
            };
            if let State::Blocked(wait) = process.state
                && let Some(deadline) = wait.deadline
            {
                if deadline <= now {
                    process.state = State::Retry;
                } else {
                    next = next.min(deadline);
                }
            }
            if let Some(due) = process.alarm.next {
                if due <= now {
                    let interval = process.alarm.interval;
                    process.alarm.next = (interval > 0).then(|| now.saturating_add(interval));
                    self.send_signal(slot, Signal::ALRM, Info::kernel());
                }
                if let Some(due) = self
                    .processes
                    .get_mut(slot)
                    .and_then(|process| process.alarm.next)
                {
                    next = next.min(due);
                }
            }
        }
        self.next_timer = next;
    }

    /// Feeds the terminal with what was typed.
    pub(crate) fn read_console(&mut self) {
        let mut was_fed = false;
        while !self.terminal.is_full()
            && let Some(byte) = self.storage.machine.console_read()
        {
            was_fed = true;
            if let Some(signal) = self.terminal.input(&mut self.storage.machine, byte) {
                let group = self.terminal.foreground;
                self.signal_group(group, signal, Info::kernel());
            }
        }
        if was_fed && self.terminal.is_ready() {
            self.processes.wake(Event::Terminal);
            self.processes.wake(Event::Poll);
        }
    }

    /// All traps but system calls.
    #[inline(never)]
    pub(crate) fn other_trap(&mut self, trap: Trap) {
        self.settle_growth();
        let pc = self.processes.at(self.current).registers.pc;
        match trap {
            Trap::Syscall => self.system_call(),
            Trap::Interrupt => {
                self.storage.fs.now = self.file_time();
                self.slice_over = true;
                self.attention = true;
            }
            Trap::Fault { address, access } => {
                let process = self.processes.at_mut(self.current);
                process.usage.faults += 1;
                let space = process
                    .space
                    .as_mut()
                    .expect("a process that runs has memory");
                let (signal, code) = match space.fault(&mut self.storage, address, access) {
                    Ok(()) => return,
                    Err(FaultError::NotMapped) => (Signal::SEGV, SEGV_MAPERR),
                    Err(FaultError::Denied) => (Signal::SEGV, SEGV_ACCERR),
                    Err(FaultError::BeyondFile) => (Signal::BUS, BUS_ADRERR),
                    Err(FaultError::OutOfMemory) => return self.kill_for_memory(),
                };
                self.fault_signal(signal, code, address);
            }
            Trap::Alignment { address } => self.fault_signal(Signal::BUS, BUS_ADRALN, address),
            Trap::Undefined => self.fault_signal(Signal::ILL, ILL_ILLOPC, pc),
            Trap::Breakpoint => self.fault_signal(Signal::TRAP, TRAP_BRKPT, pc),
            Trap::Other { esr } => {
                const TRAPPED_FLOATING_POINT: u64 = 0x2c;
                if esr >> 26 & 0x3f == TRAPPED_FLOATING_POINT {
                    self.fault_signal(Signal::FPE, FPE_FLTUNK, pc);
                } else {
                    let text = format_args!(
                        "an exception of a kind that has no signal, ESR {esr:#x}: sending SIGILL"
                    );
                    say(&mut self.storage.machine, text);
                    self.fault_signal(Signal::ILL, ILL_ILLOPC, pc);
                }
            }
        }
    }
}
