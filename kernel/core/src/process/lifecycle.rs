//! The end of a process, and what is left of it until its parent asks.

use crate::kernel::{Kernel, Printable, say};
use crate::ledger::format;
use crate::machine::Machine;
use crate::process::delivery::{CLD_EXITED, CLD_KILLED};
use crate::process::descriptors::Descriptor;
use crate::process::files::{Kind, OpenFile};
use crate::process::signals::{IGNORE, Info, SA_NOCLDWAIT, Signal};
use crate::process::table::Slot;
use crate::process::{Ending, Event, Pid, State};

impl<M: Machine> Kernel<'_, M> {
    /// Ends a process: its memory and files are given back, its children get a new parent, its parent is told.
    pub(crate) fn end_process(&mut self, slot: Slot, ending: Ending) {
        self.attention = true;
        if slot == self.current {
            self.account_time();
        }
        self.leave_memory(slot);
        self.give_up_space(slot);
        self.close_descriptors(slot, |_| true);
        if self.processes.at(slot).pid != Pid::INIT {
            self.write_entry(slot, ending.into());
        }
        self.report_stages(slot);
        self.fp_owner = self.fp_owner.filter(|&owner| owner != slot);
        let process = self.processes.at_mut(slot);
        let (pid, directory, program) = (process.pid, process.directory, process.program.take());
        process.state = State::Zombie(ending);
        process.alarm.next = None;
        self.storage.fs.drop_hold(directory, &mut self.storage.pool);
        if let Some(program) = program {
            self.storage.fs.end_exec(program);
            self.storage.fs.drop_hold(program, &mut self.storage.pool);
        }
        self.hang_up(slot);
        if pid == Pid::INIT {
            return self.end_machine(slot, ending);
        }
        self.orphan_children(pid);
        self.tell_of_end(slot, ending);
    }

    /// Gives the address space back: to the vfork parent that lent it, else to the pool.
    #[inline(never)]
    pub(crate) fn give_up_space(&mut self, slot: Slot) {
        if self.space_owner == Some(slot) {
            self.space_owner = None;
            if let Some(tables) = self.empty_tables {
                self.storage.machine.activate(tables);
            }
        }
        let process = self.processes.at_mut(slot);
        let (pid, lender) = (process.pid, process.lender.take());
        match process.space.take() {
            Some(space) => {
                process.note_memory(&space);
                match lender.and_then(|lender| self.processes.find(lender)) {
                    Some(parent) => {
                        self.processes.at_mut(parent).take_back(space);
                        self.note_memory_returned(slot, parent);
                    }
                    None => space.release(&mut self.storage),
                }
            }
            None => {
                // Killed while its own vfork child uses the memory: that child now owes it to the lender.
                let borrower = self
                    .processes
                    .iter_mut()
                    .find(|(_, other)| other.lender == Some(pid));
                if let Some((_, borrower)) = borrower {
                    borrower.lender = lender;
                }
            }
        }
        self.processes.at_mut(slot).vfork_parent = None;
        self.processes.wake(Event::Vfork(pid));
    }

    /// Closes the descriptors that `chosen` picks.
    pub(crate) fn close_descriptors(&mut self, slot: Slot, chosen: impl Fn(&Descriptor) -> bool) {
        while let Some(descriptor) = self.processes.at_mut(slot).descriptors.take_any(&chosen) {
            self.release_file(descriptor.file);
        }
    }

    /// A descriptor of an open file is gone.
    #[inline(never)]
    pub(crate) fn release_file(&mut self, id: crate::process::files::FileId) {
        if let Some(file) = self.files.release(id) {
            self.close_file(file);
        }
    }

    /// The last descriptor of an open file is gone.
    pub(crate) fn close_file(&mut self, file: OpenFile) {
        match file.kind {
            Kind::PipeReader(pipe) => self.pipes.close_reader(pipe, &mut self.storage.pool),
            Kind::PipeWriter(pipe) => self.pipes.close_writer(pipe, &mut self.storage.pool),
            _ => {}
        }
        if let Kind::PipeReader(pipe) | Kind::PipeWriter(pipe) = file.kind {
            self.wake_pipe(pipe);
            self.pipes.remove_if_closed(pipe);
        }
        if let Some(inode) = file.inode {
            if file.kind == Kind::Regular && file.is_writable() {
                self.storage.fs.end_write(inode);
            }
            self.storage.fs.drop_hold(inode, &mut self.storage.pool);
        }
    }

    /// A session's leader has ended: its terminal is free, its foreground jobs get SIGHUP.
    fn hang_up(&mut self, slot: Slot) {
        let process = self.processes.at(slot);
        if process.pid == process.session && self.terminal.session == Some(process.session) {
            self.terminal.session = None;
            let group = core::mem::replace(&mut self.terminal.foreground, Pid::NONE);
            self.signal_group(group, Signal::HUP, Info::kernel());
            self.signal_group(group, Signal::CONT, Info::kernel());
        }
    }

    /// PID 1 has ended: so does everything else.
    fn end_machine(&mut self, init: Slot, ending: Ending) {
        self.halt = Some(ending.shell_status());
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
                    self.write_pending(init);
                    self.end_process(slot, Ending::Killed(Signal::KILL));
                }
                if self.processes.get_mut(slot).is_some() {
                    self.processes.remove(slot);
                }
            }
        }
        self.write_entry(init, ending.into());
        self.close_ledger(ending.shell_status());
    }

    /// Children of `pid` become children of PID 1.
    fn orphan_children(&mut self, pid: Pid) {
        let Some(init) = self.processes.find(Pid::INIT) else {
            return;
        };
        for slot in self.processes.slots() {
            let Some(child) = self.processes.get_mut(slot) else {
                continue;
            };
            if child.parent != pid {
                continue;
            }
            child.parent = Pid::INIT;
            if let State::Zombie(ending) = child.state
                && !self.processes.at(init).is_zombie()
            {
                self.tell_of_end(slot, ending);
            }
        }
    }

    /// Tells the parent that a child has ended; one that does not care for its children has no zombies.
    fn tell_of_end(&mut self, slot: Slot, ending: Ending) {
        let child = self.processes.at(slot);
        let (code, value) = match ending {
            Ending::Exited(status) => (CLD_EXITED, u64::from(status)),
            Ending::Killed(signal) => (CLD_KILLED, u64::from(signal.number())),
        };
        let info = Info {
            code,
            pid: child.pid.0,
            user: child.credentials.user[0],
            value,
        };
        let (exit_signal, parent_pid) = (Signal::new(child.exit_signal.into()), child.parent);
        let Some(parent) = self
            .processes
            .find(parent_pid)
            .filter(|&parent| !self.processes.at(parent).is_zombie())
        else {
            return;
        };
        let action = self.processes.at(parent).signals.action(Signal::CHLD);
        let leaves_no_zombie = action.handler == IGNORE || action.flags & SA_NOCLDWAIT != 0;
        if let Some(signal) = exit_signal {
            self.send_signal(parent, signal, info);
        }
        if leaves_no_zombie && exit_signal == Some(Signal::CHLD) {
            self.processes.remove(slot);
        }
        self.wake_parent(parent);
    }

    /// Removes a zombie that its parent has waited for.
    pub(crate) fn reap(&mut self, slot: Slot) {
        let child = self.processes.remove(slot);
        if let Some(parent) = self.processes.find(child.parent) {
            let total = &mut self.processes.at_mut(parent).children_usage;
            total.add(&child.usage);
            total.add(&child.children_usage);
        }
    }
}

impl From<Ending> for format::Ending {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Exited(status) => format::Ending::Exit(status),
            Ending::Killed(signal) => format::Ending::Killed(signal.number()),
        }
    }
}
