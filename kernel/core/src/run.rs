//! The machine's main loop: [`Kernel::schedule`] says what to do, the machine runs the program whose registers
//! [`Kernel::registers`] names until it traps, [`Kernel::handle`] answers the trap.
//!
//! There is one kernel stack: a call that must wait leaves its process blocked and is made again later.

use crate::addr::UserAddr;
use crate::context::{Registers, Trap};
use crate::errno::Errno;
use crate::fast_path::Fast;
use crate::kernel::Kernel;
use crate::machine::{Machine, say};
use crate::process::delivery::CLD_STOPPED;
use crate::process::signals::{Action, Effect, SA_RESTART, SI_KERNEL, Signal};
use crate::process::{Ending, Event, Pid, Restart, State};
use crate::syscall::{Outcome, Stop, table};
use crate::text::Printable;
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

/// What the machine does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Run the program of [`Kernel::registers`] until it traps.
    Run,
    /// Nothing can run: wait for an interrupt, or until this time ([`Machine::now`]) at the latest, then ask again.
    Idle {
        /// When the next timer of a process is due, in nanoseconds since power-on.
        until: Option<u64>,
    },
    /// PID 1 has ended, or no process can ever run again: power off.
    Halt {
        /// The exit status to report: PID 1's, 128 + N after signal N, 255 after a deadlock.
        status: i32,
    },
}

impl<M: Machine> Kernel<'_, M> {
    /// Chooses who runs next.
    #[inline]
    pub fn schedule(&mut self) -> Next {
        if !self.processes.needs_attention() {
            return Next::Run;
        }
        self.reschedule()
    }

    /// The registers of the chosen process. Call only after [`Next::Run`].
    #[inline]
    pub fn registers(&mut self) -> &mut Registers {
        &mut self.processes.current_mut().thread.registers
    }

    /// Answers a trap of the chosen process.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn handle(&mut self, trap: Trap) {
        match trap {
            Trap::Syscall => {
                if self.fast_path() == Fast::No {
                    self.make_call();
                }
            }
            _ => self.other_trap(trap),
        }
    }

    /// A call that takes more than a copy between two pages.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn make_call(&mut self) {
        let process = self.processes.current();
        let (number, arguments) = (process.thread.registers.x[8], process.arguments());
        let outcome = self.call(number, &arguments);
        self.finish_call(number, &arguments, outcome);
    }

    /// Makes the call of a woken process again.
    fn retry_call(&mut self) {
        let process = self.processes.current();
        let (number, arguments) = (process.thread.registers.x[8], process.arguments());
        let outcome = self.call(number, &arguments);
        if !matches!(outcome, Err(Stop::BLOCK | Stop::GONE)) {
            let process = self.processes.current_mut();
            process.thread.state = State::Ready;
            process.end_call();
        }
        self.finish_call(number, &arguments, outcome);
    }

    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn finish_call(&mut self, number: u64, arguments: &[u64; 6], outcome: Outcome) {
        let result = match outcome {
            Ok(value) => value as i64,
            Err(Stop::BLOCK) => return self.wait_or_interrupt(),
            Err(Stop::GONE) => return self.processes.ask_attention(),
            Err(stop) => stop.errno().wrapping_neg(),
        };
        let process = self.processes.current_mut();
        process.thread.registers.x[0] = result as u64;
        if self.storage.machine.is_tracing() {
            let pid = process.pid.0;
            self.storage.machine.trace_syscall(pid, number, arguments, result);
        }
    }

    /// A call has returned `Stop::BLOCK`: the process waits, unless a signal is there already.
    #[inline(never)]
    fn wait_or_interrupt(&mut self) {
        self.processes.account_time(self.storage.machine.now());
        self.processes.ask_attention();
        let process = self.processes.current_mut();
        let wait = process.wait();
        let interrupted = match wait.restart {
            Restart::Uninterruptible => process.pending() & Signal::KILL.bit() != 0,
            _ => process.has_deliverable(),
        };
        if interrupted {
            process.thread.state = State::Ready;
            self.deliver_signals(Some(wait.restart));
        } else {
            process.thread.state = State::Blocked(wait);
            if let Some(deadline) = wait.deadline {
                self.processes.add_timer(deadline);
            }
        }
    }

    /// The long way through [`Kernel::schedule`].
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn reschedule(&mut self) -> Next {
        self.processes.account_time(self.storage.machine.now());
        if self.processes.is_slice_over() {
            self.files.read_console(&mut self.processes, &mut self.storage.machine);
            self.processes.expire_current(self.storage.machine.now());
        }
        self.expire_timers();
        loop {
            if let Some(status) = self.processes.halted() {
                return Next::Halt { status };
            }
            let Some(switched) = self.processes.choose(&mut self.storage.machine) else {
                match self.idle() {
                    Some(next) => return next,
                    None => continue,
                }
            };
            if switched {
                let process = self.processes.current();
                self.storage.fs.change_hands(process.pid.0, process.credentials.actor());
            }
            if self.make_ready() {
                self.processes.switch_to_current(&mut self.storage.machine);
                return Next::Run;
            }
        }
    }

    /// Makes the current process's call again if it was woken, and delivers signals. May it run afterwards?
    fn make_ready(&mut self) -> bool {
        let slot = self.processes.current_slot();
        if self.processes.current().thread.state == State::Retry {
            self.retry_call();
        }
        let Some(process) = self.processes.get_mut(slot) else {
            return false;
        };
        if process.can_go_on() && process.thread.state == State::Ready && process.has_deliverable()
        {
            self.deliver_signals(None);
        }
        let process = self.processes.get_mut(slot);
        process.is_some_and(|process| process.can_go_on() && process.thread.state == State::Ready)
    }

    fn expire_timers(&mut self) {
        let now = self.storage.machine.now();
        if self.processes.has_expired(now) {
            self.storage.fs.set_time(now);
            self.processes.expire_timers(now);
            let (any, next) = self.files.timers.expire(now);
            self.processes.add_timer(next);
            if any {
                self.processes.wake(Event::Poll);
            }
        }
    }

    /// Nobody can run. None: look again, something has come from the console or a timer.
    fn idle(&mut self) -> Option<Next> {
        self.files.read_console(&mut self.processes, &mut self.storage.machine);
        self.expire_timers();
        if self.processes.any_runnable() {
            return None;
        }
        let until = self.processes.next_timer();
        if until.is_some() || self.files.terminal.was_read() {
            return Some(Next::Idle { until });
        }
        self.report_deadlock();
        Some(Next::Halt { status: DEADLOCK_STATUS })
    }

    #[inline(never)]
    fn report_deadlock(&mut self) {
        self.processes.halt(DEADLOCK_STATUS);
        for slot in self.processes.slots() {
            let process = self.processes.get_mut(slot);
            if process.is_some_and(|process| !process.is_zombie()) {
                self.observer().write_pending(slot);
            }
        }
        self.observer().close(DEADLOCK_STATUS);
        let machine = &mut self.storage.machine;
        say(
            machine,
            format_args!("deadlock: every process waits and nothing can wake any of them; halting"),
        );
        for (_, process) in self.processes.iter() {
            let (pid, parent) = (process.pid.0, process.parent.0);
            let path = Printable(&process.path);
            for thread in process.threads() {
                let call = table::name(thread.registers.x[8]).unwrap_or("unknown");
                let what = match thread.state {
                    _ if process.job.is_stopped() => "SIGCONT, it is stopped",
                    State::Zombie(_) => "its parent to wait for it, it has ended",
                    State::Blocked(wait) => match wait.event {
                        Event::Pipe(_) => "a pipe",
                        Event::Terminal => "the terminal",
                        Event::Child => "a child",
                        Event::Vfork(_) => "its vfork child",
                        Event::Signal => "a signal",
                        Event::Futex => "a futex",
                        Event::Poll => "one of the files it polls",
                        Event::Lock => "a lock on a file",
                    },
                    _ => "nothing",
                };
                let text =
                    format_args!("  pid {pid} (parent {parent}) {path} waits in {call} for {what}");
                say(machine, text);
            }
        }
    }

    /// All traps but system calls.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn other_trap(&mut self, trap: Trap) {
        const TRAPPED_FLOATING_POINT: u64 = 0x2c;
        self.tell_writes();
        let pc = self.processes.current().thread.registers.pc;
        let (signal, code, address) = match trap {
            Trap::Syscall => return self.make_call(),
            Trap::Interrupt => {
                self.storage.fs.set_time(self.storage.machine.now());
                return self.processes.end_slice();
            }
            Trap::Fault { address, access } => {
                let address = UserAddr(address).untagged().0;
                let process = self.processes.current_mut();
                process.usage.faults += 1;
                let space = process.space.as_mut();
                let space = space.expect("a process that runs has memory");
                match space.fault(&mut self.storage, address, access) {
                    Ok(()) => return,
                    // It faults again, and may then.
                    Err(FaultError::Untold(file)) => return self.tell_map_write(file),
                    Err(FaultError::NotMapped) => (Signal::SEGV, SEGV_MAPERR, address),
                    Err(FaultError::Denied) => (Signal::SEGV, SEGV_ACCERR, address),
                    Err(FaultError::BeyondFile) => (Signal::BUS, BUS_ADRERR, address),
                    Err(FaultError::OutOfMemory) => return self.kill_for_memory(),
                }
            }
            Trap::Alignment { address } => {
                (Signal::BUS, BUS_ADRALN, UserAddr(address).untagged().0)
            }
            Trap::Undefined => (Signal::ILL, ILL_ILLOPC, pc),
            Trap::Breakpoint => (Signal::TRAP, TRAP_BRKPT, pc),
            Trap::Other { esr } if esr >> 26 & 0x3f == TRAPPED_FLOATING_POINT => {
                (Signal::FPE, FPE_FLTUNK, pc)
            }
            Trap::Other { esr } => {
                let text = format_args!(
                    "an exception of a kind that has no signal, ESR {esr:#x}: sending SIGILL"
                );
                say(&mut self.storage.machine, text);
                (Signal::ILL, ILL_ILLOPC, pc)
            }
        };
        self.fault_signal(signal, code, address);
    }

    fn fault_signal(&mut self, signal: Signal, code: i32, address: u64) {
        let machine = &mut self.storage.machine;
        self.processes.fault_signal(machine, signal, code, address);
    }

    /// A page could not be filled: the process that wanted it is killed.
    fn kill_for_memory(&mut self) {
        let process = self.processes.current();
        let (path, pid, free) = (Printable(&process.path), process.pid.0, self.storage.pool.free());
        let text =
            format_args!("{path}: killed, memory is used up: {free} pages are free (pid {pid})");
        say(&mut self.storage.machine, text);
        self.end_process(self.processes.current_slot(), Ending::Killed(Signal::KILL));
    }

    /// Delivers the current process's signals. `interrupted` says that a blocked call is to be ended or made again.
    #[inline(never)]
    fn deliver_signals(&mut self, mut interrupted: Option<Restart>) {
        loop {
            let process = self.processes.current_mut();
            let Some((signal, info)) = process.take_deliverable() else {
                if interrupted.is_some() {
                    // Nothing came of it: the call waits on.
                    process.thread.state = State::Retry;
                }
                return;
            };
            let is_forced = process.thread.signals.forced & signal.bit() != 0;
            process.thread.signals.forced &= !signal.bit();
            match process.signals.effect(signal) {
                Effect::Ignore => {}
                Effect::Kill | Effect::Stop if process.pid == Pid::INIT && !is_forced => {}
                Effect::Kill => {
                    return self.end_process(self.processes.current_slot(), Ending::Killed(signal));
                }
                Effect::Stop => {
                    process.job.stop(signal);
                    if interrupted.is_some() {
                        process.thread.state = State::Retry;
                    }
                    let slot = self.processes.current_slot();
                    return self.processes.tell_parent(slot, CLD_STOPPED, signal);
                }
                Effect::Handle(action) => {
                    if let Some(restart) = interrupted.take() {
                        self.io().give_up_open();
                        let process = self.processes.current_mut();
                        process.end_call();
                        let progress = process.take_progress();
                        if progress > 0 {
                            process.thread.registers.x[0] = progress as u64;
                        } else if restart == Restart::WhenAsked && action.flags & SA_RESTART != 0 {
                            process.thread.registers.pc =
                                process.thread.registers.pc.wrapping_sub(4);
                        } else {
                            process.thread.registers.x[0] =
                                (-i64::from(Errno::EINTR as u16)) as u64;
                        }
                    }
                    if self.jobs().enter_handler(signal, info, action).is_err() {
                        // As Linux: no room for the frame is a SIGSEGV that cannot be handled either.
                        let sp = self.processes.current().thread.registers.sp;
                        self.processes.current_mut().set_action(Signal::SEGV, Action::default());
                        self.fault_signal(Signal::SEGV, SI_KERNEL, sp);
                        return self.end_process(
                            self.processes.current_slot(),
                            Ending::Killed(Signal::SEGV),
                        );
                    }
                }
            }
        }
    }
}
