//! What memory tells the ledger: files in it, code in it, and who else has it.
//!
//! A mapped file is read, and shared memory read and written, without a call. So address spaces among which bytes may
//! flow that way are of one group ([`super::spaces`]): those that a fork has left memory in common, and who
//! changes a file with those that have it mapped. Whoever of a group tells something has first all told that has come to
//! any of them, then names them all: then it does not matter when which byte went where. Who leaves names itself to the rest.
//! All of it is state of the address space: a vfork child that has borrowed it, and its owner later, find it there.

use core::fmt;

use super::Observer;
use super::record::OwnCode;
use super::spaces::SpaceRecord;
use crate::addr::Frame;
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::process::table::Slot;
use crate::text::Text;
use crate::vm::area::Area;
use crate::vm::{AddressSpace, Protection};
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
        let slot = self.processes.current_slot();
        let fs = &self.storage.fs;
        let version = (file, fs.version(file));
        if self.ledger.record_mut(slot).meet_code(version)? {
            let content = self.ledger.content(self.storage, file);
            let record = self.ledger.record_mut(slot);
            let path = fs.path_of(file).map_err(|_| fmt::Error)?;
            format::file(&mut record.code, "code", &content, &path)?;
            self.ledger.generation += 1;
        }
        Ok(())
    }

    /// Areas of the current process between two addresses are new, or have another protection.
    #[inline(never)]
    pub fn areas_changed(&mut self, start: u64, end: u64) {
        let slot = self.processes.current_slot();
        if let Some(space) = &self.processes.at(slot).space {
            let root = space.root();
            let mut record = self.ledger.spaces.get(root);
            record.own_code |= space
                .areas_in(start, end)
                .iter()
                .any(|area| record.stale && area.protection.executable() || area.holds_own_code());
            self.note_space(root, record);
        }
        self.own_code(slot);
    }

    /// The current process starts a program in this address space.
    pub(super) fn new_memory(&mut self, space: &AddressSpace) {
        let record = SpaceRecord {
            own_code: space.areas().iter().any(Area::holds_own_code),
            ..SpaceRecord::default()
        };
        self.note_space(space.root(), record);
    }

    /// If the memory of a process holds code that is not a file's, it has that to tell, once.
    fn own_code(&mut self, slot: Slot) {
        let has = self.space(slot).own_code;
        let record = self.ledger.record_mut(slot);
        if has && record.own_code == OwnCode::No {
            record.own_code = OwnCode::Untold;
            self.ledger.generation += 1;
        }
    }

    /// The current process is about to change a file: who has it mapped may see that, or not.
    pub(super) fn mapped_file_changes(&mut self, file: InodeId) {
        for slot in self.processes.slots() {
            let process = self.processes.get_mut(slot);
            let Some(space) = process.and_then(|process| process.space.as_ref()) else {
                continue;
            };
            let executable = |area: &Area| area.protection.executable();
            let mappings = space.mappings_of(file).map(executable);
            let Some(is_code) = mappings.reduce(|one, other| one || other) else {
                continue;
            };
            let root = space.root();
            let mut record = self.ledger.spaces.get(root);
            record.stale = true;
            record.own_code |= is_code;
            self.note_space(root, record);
            self.own_code(slot);
            self.join(self.processes.current_slot(), slot);
        }
    }

    /// The current process is about to store into a file that it has mapped: it writes it, from now until somebody needs
    /// to know what is in it.
    pub fn map_write(&mut self, file: InodeId) {
        let space = self.processes.current().space.as_ref();
        if let Some(root) = space.map(AddressSpace::root) {
            self.write(file, true);
            if self.storage.fs.map_writer(file) != Some(root) {
                self.stop_map_writes(file);
            }
            self.storage.fs.begin_map_write(file, root);
        }
    }

    /// The next store into a file by memory is to be told.
    pub(super) fn stop_map_writes(&mut self, file: InodeId) {
        let Some(root) = self.storage.fs.end_map_write(file) else {
            return;
        };
        for slot in self.processes.slots() {
            let process = self.processes.get_mut(slot);
            let space = process.and_then(|process| process.space.as_mut());
            if let Some(space) = space.filter(|space| space.root() == root) {
                space.stop_writes(self.storage, file);
            }
        }
    }

    /// The current process has forked `child`, whose memory is a copy.
    pub fn forked_memory(&mut self, child: Slot) {
        let parent = self.processes.current_slot();
        let record = self.space(parent);
        let Some(space) = &self.processes.at(child).space else {
            return;
        };
        let shares = record.group != 0 || space.shares_memory();
        self.note_space(space.root(), record);
        if shares {
            self.join(parent, child);
        }
    }

    /// Bytes may flow between two processes from now on.
    fn join(&mut self, one: Slot, other: Slot) {
        if one == other {
            return;
        }
        let groups = [one, other].map(|slot| self.space(slot).group);
        let group = match groups {
            [0, 0] => self.ledger.log.new_group(),
            [0, group] | [group, _] => group,
        };
        for from in groups {
            self.ledger.spaces.regroup(from, group);
        }
        for slot in [one, other] {
            if let Some(space) = &self.processes.at(slot).space {
                let root = space.root();
                let record = self.ledger.spaces.get(root);
                self.note_space(root, SpaceRecord { group, ..record });
            }
        }
        self.ledger.generation += 1;
    }

    /// Something is known of an address space.
    fn note_space(&mut self, root: Frame, record: SpaceRecord) {
        let result = self.ledger.spaces.set(root, record);
        self.keep(result.map_err(fmt::Error::from));
    }

    /// What is known of the memory of a process; nothing of one that has none.
    fn space(&mut self, slot: Slot) -> SpaceRecord {
        let process = self.processes.get_mut(slot);
        let space = process.and_then(|process| process.space.as_ref());
        space.map_or(SpaceRecord::default(), |space| self.ledger.spaces.get(space.root()))
    }

    fn is_of(&mut self, slot: Slot, group: u32) -> bool {
        group != 0 && self.space(slot).group == group
    }

    /// Before a process tells anything: what has come to the others of its group, and then that it may have come to it.
    pub(super) fn settle(&mut self, slot: Slot) -> fmt::Result {
        self.own_code(slot);
        let group = self.space(slot).group;
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
                let (pid, entry) =
                    (self.processes.at(other).pid, self.ledger.record(other).last_entry);
                let is_new = self.ledger.record_mut(slot).receive(pid, entry)?;
                self.ledger.generation += u64::from(is_new);
            }
        }
        Ok(())
    }

    /// A process lets go of its memory: what it has put there stays with the others, or with whom it is given back to.
    pub fn leave_memory(&mut self, slot: Slot) {
        let group = self.space(slot).group;
        let process = self.processes.at(slot);
        let (pid, lender) = (process.pid, process.lender);
        let is_lent = lender.is_some_and(|lender| self.processes.find(lender).is_some());
        if is_lent || group == 0 {
            let result = self.settle(slot);
            self.keep(result);
        } else {
            self.write_pending(slot);
            for other in self.processes.slots() {
                if other != slot && self.is_of(other, group) {
                    self.receive(other, pid);
                }
            }
        }
        if let Some(space) = &self.processes.at(slot).space
            && !is_lent
        {
            self.ledger.spaces.forget(space.root());
        }
    }

    /// A vfork child gives memory back to its parent: what it put there is the parent's now. Stores into mapped files need
    /// no care here, nor where the memory was lent: who lends it, and who lets go of it, has just told what it wrote, and
    /// that makes the pages read-only.
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
