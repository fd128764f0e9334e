//! What memory tells the ledger: files in it, code in it, and who else has it.
//!
//! A mapped file is read, and shared memory read and written, without a call. So address spaces among which bytes may
//! flow that way are of one group ([`crate::vm::Traces::group`]): those that a fork has left memory in common, and who
//! changes a file with those that have it mapped. Whoever of a group tells something has first all told that has come to
//! any of them, then names them all: then it does not matter when which byte went where. Who leaves names itself to the rest.
//! All of it is state of the address space: a vfork child that has borrowed it, and its owner later, find it there.

use core::fmt;

use super::content_of;
use super::format::{self, Ending};
use super::record::OwnCode;
use crate::fs::InodeId;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::table::Slot;
use crate::text::Text;
use crate::vm::{AddressSpace, Protection};

impl<M: Machine> Kernel<'_, M> {
    /// The current process maps a file: it may read it at any time from now on.
    pub(crate) fn note_map(&mut self, file: InodeId, protection: Protection) {
        // Also its own changes: those that come from now on are noted as changes of a mapped file.
        self.settle_writer(file);
        self.note_read(file);
        if protection.executable() {
            self.note_code(file);
        }
    }

    /// The current process may execute what a file holds.
    pub(crate) fn note_code(&mut self, file: InodeId) {
        // Not what the kernel itself has mapped.
        let is_known =
            file == self.trampoline || self.processes.at(self.current).program == Some(file);
        if !self.ledger.is_open() || is_known {
            return;
        }
        self.settle_writer(file);
        let version = (file, self.storage.fs.version(file));
        let mut write = || -> fmt::Result {
            let record = &mut self.processes.at_mut(self.current).record;
            if record.meet_code(version)? {
                let content = content_of(&mut self.storage.fs, &self.storage.machine, file);
                let path = self.storage.fs.path_of(file).map_err(|_| fmt::Error)?;
                format::file(&mut record.code, "code", &content, &path)?;
                self.ledger.generation += 1;
            }
            Ok(())
        };
        let result = write();
        self.keep(result);
    }

    /// The areas of a process, or a file in them, have changed: is there code now that is not a file's?
    pub(crate) fn note_own_code(&mut self, slot: Slot) {
        let process = self.processes.at_mut(slot);
        let has = |space: &AddressSpace| space.traces.own_code;
        if process.record.own_code == OwnCode::No && process.space.as_ref().is_some_and(has) {
            process.record.own_code = OwnCode::Untold;
            self.ledger.generation += 1;
        }
    }

    /// The current process is about to change a file: who has it mapped may see that, or not.
    pub(super) fn note_change(&mut self, file: InodeId) {
        for slot in self.processes.slots() {
            let space = self
                .processes
                .get_mut(slot)
                .and_then(|process| process.space.as_mut());
            if space.is_some_and(|space| space.note_change(file)) {
                self.note_own_code(slot);
                self.join(self.current, slot);
            }
        }
    }

    /// The current process has forked `child`.
    pub(crate) fn note_forked_memory(&mut self, child: Slot) {
        let space = self.processes.at(child).space.as_ref();
        if space.is_some_and(|space| space.traces.group != 0 || space.shares_memory()) {
            self.join(self.current, child);
        }
    }

    /// Bytes may flow between two processes from now on.
    fn join(&mut self, one: Slot, other: Slot) {
        if one == other {
            return;
        }
        let groups = [one, other].map(|slot| self.group(slot));
        let group = match groups {
            [0, 0] => self.ledger.new_group(),
            [0, group] | [group, _] => group,
        };
        for slot in self.processes.slots() {
            let is_member = slot == one
                || slot == other
                || self.is_of(slot, groups[0])
                || self.is_of(slot, groups[1]);
            if let Some(process) = self.processes.get_mut(slot)
                && let Some(space) = &mut process.space
                && is_member
            {
                space.traces.group = group;
            }
        }
        self.ledger.generation += 1;
    }

    /// The group of a process's memory.
    fn group(&mut self, slot: Slot) -> u32 {
        let space = self
            .processes
            .get_mut(slot)
            .and_then(|process| process.space.as_ref());
        space.map_or(0, |space| space.traces.group)
    }

    fn is_of(&mut self, slot: Slot, group: u32) -> bool {
        group != 0 && self.group(slot) == group
    }

    /// Before a process tells anything: what has come to the others of its group, and then that it may have come to it.
    pub(super) fn settle(&mut self, slot: Slot) -> fmt::Result {
        self.note_own_code(slot);
        let group = self.group(slot);
        if group == 0 || !self.ledger.is_open() {
            return Ok(());
        }
        for other in self.processes.slots() {
            if other == slot || !self.is_of(other, group) {
                continue;
            }
            self.note_own_code(other);
            let record = &self.processes.at(other).record;
            if record.has_inputs() || !record.is_stated {
                // What it has written waits: that depends on all of them.
                self.append_block(other, Ending::GoesOn, &Text::new())?;
            }
        }
        for other in self.processes.slots() {
            if other != slot && self.is_of(other, group) {
                let (pid, entry) = (
                    self.processes.at(other).pid,
                    self.processes.at(other).record.last_entry,
                );
                let is_news = self.processes.at_mut(slot).record.receive(pid, entry)?;
                self.ledger.generation += u64::from(is_news);
            }
        }
        Ok(())
    }

    /// A process lets go of its memory: what it has put there stays with the others, or with whom it is given back to.
    pub(crate) fn leave_memory(&mut self, slot: Slot) {
        let group = self.group(slot);
        let process = self.processes.at(slot);
        let (pid, lender) = (process.pid, process.lender);
        if lender.is_some_and(|lender| self.processes.find(lender).is_some()) || group == 0 {
            let result = self.settle(slot);
            return self.keep(result);
        }
        self.write_pending(slot);
        for other in self.processes.slots() {
            if other != slot && self.is_of(other, group) {
                self.receive(other, pid);
            }
        }
        if let Some(space) = &mut self.processes.at_mut(slot).space {
            space.traces.group = 0;
        }
    }

    /// A vfork child gives memory back to its parent: what it put there is the parent's now.
    pub(crate) fn note_memory_returned(&mut self, child: Slot, parent: Slot) {
        let record = &self.processes.at(child).record;
        // What the ledger has told of is in that memory as well.
        if record.last_entry != 0 || record.has_inputs() {
            let pid = self.processes.at(child).pid;
            self.receive(parent, pid);
        }
        self.note_own_code(parent);
    }
}
