//! The entries: what is pending of a process, written down with all that it depends on before it.

use core::fmt;

use super::Observer;
use super::record::{OwnCode, Record};
use crate::fs::InodeId;
use crate::machine::{Machine, say};
use crate::process;
use crate::process::table::Slot;
use crate::text::Text;
use firmseed_formats::ledger::format::{self, Ending};
use firmseed_formats::sha256::Hex;

impl<M: Machine> Observer<'_, '_, M> {
    /// Writes the entry of whoever wrote a file and has not told it.
    pub(super) fn settle_writer(&mut self, file: InodeId) {
        if let Some(writer) = self.ledger.files.writer(file)
            && let Some(slot) = self.processes.find(writer)
        {
            self.write_pending(slot);
        }
    }

    /// Writes an entry of a process that goes on, if there is anything to tell: bytes that it may have got unseen, too.
    pub fn write_pending(&mut self, slot: Slot) {
        if !self.ledger.log.is_open() {
            return;
        }
        let result = self.settle(slot).and_then(|()| self.append_pending(slot));
        self.keep(result);
    }

    /// Writes an entry with all that is pending, after those of the processes that it may have got bytes from unseen.
    #[inline(never)]
    pub fn write_entry(&mut self, slot: Slot, ending: Ending) {
        if !self.ledger.log.is_open() {
            return;
        }
        let result = self.settle(slot).and_then(|()| self.append_entry(slot, ending));
        self.keep(result);
    }

    /// A process has ended: the last entry of it, and nothing more is to be known.
    pub fn end(&mut self, slot: Slot, ending: Ending) {
        self.write_entry(slot, ending);
        *self.ledger.record_mut(slot) = Record::default();
    }

    fn append_pending(&mut self, slot: Slot) -> fmt::Result {
        match self.ledger.record(slot).is_pending() {
            true => self.append_entry(slot, Ending::GoesOn),
            false => Ok(()),
        }
    }

    fn append_entry(&mut self, slot: Slot, ending: Ending) -> fmt::Result {
        let wrote = self.lines_of_writes(slot)?;
        self.append_block(slot, ending, &wrote)
    }

    /// What has come to a process, and what came out.
    pub(super) fn append_block(&mut self, slot: Slot, ending: Ending, wrote: &Text) -> fmt::Result {
        if slot == self.processes.current_slot() {
            self.processes.account_time(self.storage.machine.now());
        }
        let process = self.processes.at_mut(slot);
        if let Some(space) = process.space.take() {
            process.note_memory(&space);
            process.space = Some(space);
        }
        let (pid, usage) = (process.pid, process.usage);
        let number = self.ledger.log.next_entry();
        let record = self.ledger.record_mut(slot);
        let mut block = Text::new();
        format::entry(&mut block, number, pid.0, record.maker)?;
        let (reads, code) = (&record.reads.bytes, &record.code.bytes);
        for part in [&record.start, reads, code] {
            block.push(part)?;
        }
        if record.own_code == OwnCode::Untold {
            fmt::Write::write_fmt(&mut block, format_args!("{}\n", format::CODE_ANONYMOUS))?;
        }
        block.push(&record.devices.bytes)?;
        for source in &record.from {
            format::from(&mut block, source.0)?;
        }
        block.push(&wrote.bytes)?;
        fmt::Write::write_fmt(&mut block, format_args!("{ending}\n"))?;
        record.tell(number);
        self.ledger.generation += 1;
        self.ledger.log.append(block, self.storage)?;
        self.ledger.log.count(pid, &usage, self.storage)?;
        self.storage.machine.mark_entry();
        Ok(())
    }

    /// The lines `wrote` of a process. Its files are nobody's then: the ledger tells of them.
    fn lines_of_writes(&mut self, slot: Slot) -> Result<Text, fmt::Error> {
        let mut lines = Text::new();
        let pid = self.processes.at(slot).pid;
        let wrote = core::mem::take(&mut self.ledger.record_mut(slot).wrote);
        for writing in &wrote {
            let file = writing.file;
            let (fs, files) = (&mut self.storage.fs, &mut self.ledger.files);
            // Not if it is gone, or another file has its number.
            if !fs.has_content(file) || files.writer(file) != Some(pid) {
                continue;
            }
            files.set_writer(fs, file, None)?;
            self.stop_map_writes(file);
            let (fs, files) = (&mut self.storage.fs, &mut self.ledger.files);
            let version = fs.version(file);
            if writing.before == Some(version) {
                continue; // the call that wanted to change it failed
            }
            let content = files.content(fs, &self.storage.machine, file);
            let path = fs.path_of(file).map_err(|_| fmt::Error)?;
            format::file(&mut lines, "wrote", &content, &path)?;
            self.ledger.record_mut(slot).see((file, version))?;
        }
        Ok(lines)
    }

    /// The machine stops: writes the last block and says what the head is.
    pub fn close(&mut self, status: i32) {
        if self.ledger.log.is_open() {
            let mut block = Text::new();
            let entries = self.ledger.log.entries();
            let result = format::end(&mut block, entries, status).and_then(|()| {
                self.ledger.log.append(block, self.storage)?;
                self.ledger.log.close(self.storage)
            });
            self.keep(result);
        }
        let Some(head) = self.ledger.log.head().copied() else {
            return;
        };
        let (entries, text) = (self.ledger.log.entries(), self.ledger.log.text());
        let bytes = self.storage.fs.size(text);
        say(
            &mut self.storage.machine,
            format_args!("ledger: {entries} entries, {bytes} bytes, head {}", Hex(&head)),
        );
    }

    /// When something could not be noted, the ledger is worth nothing: says so once.
    #[inline(never)]
    pub(super) fn keep(&mut self, result: fmt::Result) {
        if result.is_err() && self.ledger.log.give_up() {
            say(
                &mut self.storage.machine,
                format_args!(
                    "no memory for the ledger after entry {}: this run will have no head",
                    self.ledger.log.entries()
                ),
            );
        }
    }
}

impl From<process::Ending> for Ending {
    fn from(ending: process::Ending) -> Self {
        match ending {
            process::Ending::Exited(status) => Ending::Exit(status),
            process::Ending::Killed(signal) => Ending::Killed(signal.number()),
        }
    }
}
