//! What memory tells the ledger: files in it, code in it, and who else has it.
//!
//! A mapped file is read, and shared memory read and written, without a call. So address spaces among which bytes may
//! flow that way are of one group ([`crate::vm::Traces::group`]): those that a fork has left memory in common, and who
//! changes a file with those that have it mapped. Whoever of a group tells something has first all told that has come to
//! any of them, then names them all: then it does not matter when which byte went where. Who leaves names itself to the rest.
//! All of it is state of the address space: a vfork child that has borrowed it, and its owner later, find it there.

use core::fmt;

use super::record::OwnCode;
use super::{Observer, content_of};
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::process::table::Slot;
use crate::text::Text;
use crate::vm::Protection;
use firmseed_formats::ledger::format::{self, Ending};

impl<M: Machine> Observer<'_, '_, M> {
    /// The current process maps a file: it may read it at any time from now on.
    pub fn map(&mut self, file: InodeId, protection: Protection) {
        // Also its own changes: those that come from now on are noted as changes of a mapped file.
        self.settle_writer(file);
        self.read(file);
        if protection.executable() {
            self.code(file);
        }
    }

    /// The current process may execute what a file holds.
    pub fn code(&mut self, file: InodeId) {
        // Not what the kernel itself has mapped.
        let is_known =
            file == self.ledger.own_code || self.processes.current().program == Some(file);
        if !self.ledger.log.is_open() || is_known {
            return;
        }
        self.settle_writer(file);
        let result = self.first_code(file);
        self.keep(result);
    }

    fn first_code(&mut self, file: InodeId) -> fmt::Result {
        let fs = &mut self.storage.fs;
        let record = self.ledger.record_mut(self.processes.current_slot());
        if record.meet_code((file, fs.version(file)))? {
            let content = content_of(fs, &self.storage.machine, file);
            let path = fs.path_of(file).map_err(|_| fmt::Error)?;
            format::file(&mut record.code, "code", &content, &path)?;
            self.ledger.generation += 1;
        }
        Ok(())
    }

    /// The areas of a process, or a file in them, have changed: is there code now that is not a file's?
    pub fn own_code(&mut self, slot: Slot) {
        let space = self.processes.at(slot).space.as_ref();
        let has = space.is_some_and(|space| space.traces.own_code);
        let record = self.ledger.record_mut(slot);
        if has && record.own_code == OwnCode::No {
            record.own_code = OwnCode::Untold;
            self.ledger.generation += 1;
        }
    }

    /// The current process is about to change a file: who has it mapped may see that, or not.
    pub(super) fn mapped_file_changes(&mut self, file: InodeId) {
        for slot in self.processes.slots() {
            let space = self
                .processes
                .get_mut(slot)
                .and_then(|process| process.space.as_mut());
            if space.is_some_and(|space| space.note_change(file)) {
                self.own_code(slot);
                self.join(self.processes.current_slot(), slot);
            }
        }
    }

    /// The current process has forked `child`.
    pub fn forked_memory(&mut self, child: Slot) {
        let space = self.processes.at(child).space.as_ref();
        if space.is_some_and(|space| space.traces.group != 0 || space.shares_memory()) {
            self.join(self.processes.current_slot(), child);
        }
    }

    /// Bytes may flow between two processes from now on.
    fn join(&mut self, one: Slot, other: Slot) {
        if one == other {
            return;
        }
        let groups = [one, other].map(|slot| self.group(slot));
        let group = match groups {
            [0, 0] => self.ledger.log.new_group(),
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
        self.own_code(slot);
        let group = self.group(slot);
        if group == 0 || !self.ledger.log.is_open() {
            return Ok(());
        }
        for other in self.processes.slots() {
            if other == slot || !self.is_of(other, group) {
                continue;
            }
            self.own_code(other);
            let record = self.ledger.record(other);
            if record.has_inputs() || !record.is_stated {
                // What it has written waits: that depends on all of them.
                self.append_block(other, Ending::GoesOn, &Text::new())?;
            }
        }
        for other in self.processes.slots() {
            if other != slot && self.is_of(other, group) {
                let (pid, entry) = (
                    self.processes.at(other).pid,
                    self.ledger.record(other).last_entry,
                );
                let is_news = self.ledger.record_mut(slot).receive(pid, entry)?;
                self.ledger.generation += u64::from(is_news);
            }
        }
        Ok(())
    }

    /// A process lets go of its memory: what it has put there stays with the others, or with whom it is given back to.
    pub fn leave_memory(&mut self, slot: Slot) {
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
    pub fn memory_returned(&mut self, child: Slot, parent: Slot) {
        let record = self.ledger.record(child);
        // What the ledger has told of is in that memory as well.
        if record.last_entry != 0 || record.has_inputs() {
            let pid = self.processes.at(child).pid;
            self.receive(parent, pid);
        }
        self.own_code(parent);
    }
}
