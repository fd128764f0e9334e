//! exit(2): the end of a process, and what is left of it until its parent asks.

use super::{Outcome, Stop};
use crate::addr::Root;
use crate::fs::ProcessOwner;
use crate::kernel::Kernel;
use crate::machine::{Machine, say};
use crate::process::delivery::{CLD_EXITED, CLD_KILLED};
use crate::process::descriptors::Descriptor;
use crate::process::signals::{IGNORE, Info, SA_NOCLDWAIT, Signal};
use crate::process::table::{Processes, Slot};
use crate::process::timers::Timers;
use crate::process::{Ending, Event, Pid, State};
use crate::storage::Storage;
use crate::text::Printable;

impl<M: Machine> Kernel<'_, M> {
    /// Ends the thread, and the process with its last one, whose status counts.
    pub(super) fn sys_exit(&mut self, status: u64) -> Outcome {
        let process = self.processes.current();
        if !process.has_threads() {
            return self.sys_exit_group(status);
        }
        let slot = self.processes.current_slot();
        let end = process.thread.end;
        self.processes.account_time(self.storage.machine.now());
        self.leave_thread(slot, end, true);
        self.processes.drop_fp(slot);
        let process = self.processes.current_mut();
        let (pid, tid) = (process.pid, process.thread.tid);
        process.drop_thread();
        self.processes.maker_ends(pid, tid);
        self.processes.ask_attention();
        Err(Stop::GONE)
    }

    pub(super) fn sys_exit_group(&mut self, status: u64) -> Outcome {
        self.end_process(self.processes.current_slot(), Ending::Exited(status as u8));
        Err(Stop::GONE)
    }

    /// Ends all threads of a process; the one that runs has still its registers, for execve.
    pub(super) fn end_threads(&mut self, slot: Slot) {
        while let Some(other) = self.processes.at_mut(slot).take_other() {
            self.leave_thread(slot, other.end, true);
        }
        let process = self.processes.at(slot);
        let (end, is_lent) = (process.thread.end, process.lender.is_some());
        self.leave_thread(slot, end, is_lent);
    }

    /// Ends a process: its memory and files are given back, its children get a new parent, its parent is told.
    pub(crate) fn end_process(&mut self, slot: Slot, ending: Ending) {
        self.processes.ask_attention();
        if slot == self.processes.current_slot() {
            self.processes.account_time(self.storage.machine.now());
        }
        self.end_threads(slot);
        self.observer().leave_memory(slot);
        self.give_up_space(slot);
        self.close_descriptors(slot, |_| true);
        if self.processes.at(slot).pid != Pid::INIT {
            self.observer().end(slot, ending.into());
        }
        let path = &self.processes.at(slot).path;
        self.stages.report(path, &mut self.ledger, &mut self.storage);
        self.processes.drop_fp(slot);
        let process = self.processes.at_mut(slot);
        let (pid, directory, program) = (process.pid, process.directory, process.program.take());
        process.thread.state = State::Zombie(ending);
        // What is shown of it is root's from now on.
        let owner = ProcessOwner { is_dumpable: false, ..process.credentials.shown_owner() };
        process.alarm.next = None;
        process.timers = Timers::default();
        let (fs, pool) = (&mut self.storage.fs, &mut self.storage.pool);
        fs.process_changes(pid.0, owner);
        fs.drop_hold(directory, pool);
        if let Some(program) = program {
            fs.end_exec(program);
            fs.drop_hold(program, pool);
        }
        self.hang_up(slot);
        if pid == Pid::INIT {
            return self.end_machine(slot, ending);
        }
        self.processes.orphan_children(pid);
        self.processes.tell_of_end(slot, ending);
        let Storage { fs, pool, .. } = &mut self.storage;
        if fs.process_count() != self.processes.count() {
            // One that nobody waits for is gone at once.
            fs.keep_processes(|pid| self.processes.find(Pid(pid)).is_some(), pool);
        }
        // A pidfd of it may be polled.
        self.processes.wake(Event::Poll);
    }

    /// Gives the address space back: to the vfork parent that lent it, else to the pool.
    #[inline(never)]
    pub(super) fn give_up_space(&mut self, slot: Slot) {
        if self.processes.drop_space(slot) {
            self.storage.machine.activate(Root::low(self.empty_tables));
        }
        let process = self.processes.at_mut(slot);
        let (pid, lender) = (process.pid, process.lender.take());
        match process.space.take() {
            Some(space) => {
                process.note_memory(&space);
                match lender.and_then(|lender| self.processes.find(lender)) {
                    Some(parent) => {
                        self.processes.at_mut(parent).take_back(space);
                        self.observer().memory_returned(slot, parent);
                    }
                    None => space.release(&mut self.storage),
                }
            }
            None => {
                // Killed while its own vfork child uses the memory: that child now owes it to the lender.
                let borrower =
                    self.processes.iter_mut().find(|(_, other)| other.lender == Some(pid));
                if let Some((_, borrower)) = borrower {
                    borrower.lender = lender;
                }
            }
        }
        self.processes.at_mut(slot).vfork_parent = None;
        self.processes.wake(Event::Vfork(pid));
    }

    /// Closes the descriptors that `chosen` picks.
    pub(super) fn close_descriptors(&mut self, slot: Slot, chosen: impl Fn(&Descriptor) -> bool) {
        let pid = self.processes.at(slot).pid;
        while let Some(descriptor) = self.processes.at_mut(slot).descriptors.take_any(&chosen) {
            self.io().close_descriptor(pid, descriptor.file);
        }
    }

    /// A session's leader has ended: its terminal is free, its foreground jobs get SIGHUP.
    fn hang_up(&mut self, slot: Slot) {
        let process = self.processes.at(slot);
        if process.pid == process.session
            && let Some(group) = self.files.terminal.hang_up(process.session)
        {
            self.processes.signal_group(group, Signal::HUP, Info::kernel());
            self.processes.signal_group(group, Signal::CONT, Info::kernel());
        }
    }

    /// PID 1 has ended: so does everything else.
    fn end_machine(&mut self, init: Slot, ending: Ending) {
        self.processes.halt(ending.shell_status());
        if let Ending::Killed(signal) = ending {
            let path = Printable(&self.processes.at(init).path);
            say(
                &mut self.storage.machine,
                format_args!("PID 1, {path}, was killed by {}", signal.name()),
            );
        }
        for slot in self.processes.slots() {
            if slot != init && self.processes.get_mut(slot).is_some() {
                if !self.processes.at(slot).is_zombie() {
                    // What it may have from PID 1 is told before its own entry.
                    self.observer().write_pending(init);
                    self.end_process(slot, Ending::Killed(Signal::KILL));
                }
                if self.processes.get_mut(slot).is_some() {
                    self.processes.remove(slot);
                }
            }
        }
        self.observer().end(init, ending.into());
        self.observer().close(ending.shell_status());
    }
}

impl Processes {
    /// Children of `pid` become children of the nearest process above it that adopts some, or of PID 1; those that want to
    /// hear of that get a signal.
    fn orphan_children(&mut self, pid: Pid) {
        let Some(parent) = self.adopter_of(pid) else {
            return;
        };
        let adopter = self.at(parent).pid;
        for slot in self.slots() {
            let Some(child) = self.get_mut(slot) else {
                continue;
            };
            if child.parent != pid {
                continue;
            }
            child.parent = adopter;
            let (state, death_signal) = (child.thread.state, child.credentials.death_signal);
            if let Some(signal) = death_signal {
                self.send_signal(slot, signal, Info::kernel());
            }
            if let State::Zombie(ending) = state
                && !self.at(parent).is_zombie()
            {
                self.tell_of_end(slot, ending);
            }
        }
    }

    /// A thread has ended before its process: children that it has made hear of it, and are another thread's.
    fn maker_ends(&mut self, pid: Pid, tid: Pid) {
        let Some(next) = self.find(pid).map(|slot| self.at(slot).thread.tid) else {
            return;
        };
        for slot in self.slots() {
            let Some(child) = self.get_mut(slot) else {
                continue;
            };
            if child.parent == pid && child.maker == tid {
                child.maker = next;
                if let Some(signal) = child.credentials.death_signal {
                    self.send_signal(slot, signal, Info::kernel());
                }
            }
        }
    }

    /// Who takes the children of a process that ends.
    fn adopter_of(&self, pid: Pid) -> Option<Slot> {
        let init = self.find(Pid::INIT)?;
        let mut at = self.find(pid)?;
        // Each step leads to an older process.
        while at != init {
            at = self.find(self.at(at).parent).unwrap_or(init);
            let process = self.at(at);
            if process.choices.adopts && !process.is_zombie() {
                return Some(at);
            }
        }
        Some(init)
    }

    /// Tells the parent that a child has ended; one that does not care for its children has no zombies.
    fn tell_of_end(&mut self, slot: Slot, ending: Ending) {
        let child = self.at(slot);
        let (code, value) = match ending {
            Ending::Exited(status) => (CLD_EXITED, u64::from(status)),
            Ending::Killed(signal) => (CLD_KILLED, u64::from(signal.number())),
        };
        let info = Info { code, pid: child.pid.0, user: child.credentials.user[0], value };
        let (exit_signal, parent_pid) = (child.exit_signal(), child.parent);
        let Some(parent) = self.find(parent_pid).filter(|&parent| !self.at(parent).is_zombie())
        else {
            return;
        };
        let action = self.at(parent).signals.action(Signal::CHLD);
        let leaves_no_zombie = action.handler == IGNORE || action.flags & SA_NOCLDWAIT != 0;
        if let Some(signal) = exit_signal {
            self.send_signal(parent, signal, info);
        }
        if leaves_no_zombie && exit_signal == Some(Signal::CHLD) {
            self.remove(slot);
        }
        self.wake_parent(parent);
    }

    /// Removes a zombie that its parent has waited for.
    pub(crate) fn reap(&mut self, slot: Slot) {
        let child = self.remove(slot);
        if let Some(parent) = self.find(child.parent) {
            self.at_mut(parent).add_child(&child);
        }
    }
}
