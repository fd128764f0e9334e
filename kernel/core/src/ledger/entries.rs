//! The entries: what is pending of a process, written down with all that it depends on before it.

use core::fmt;

use super::content_of;
use super::format::{self, Ending};
use super::record::OwnCode;
use crate::fs::InodeId;
use crate::image::Hex;
use crate::kernel::{Kernel, say};
use crate::machine::Machine;
use crate::process::Pid;
use crate::process::table::Slot;
use crate::text::Text;

impl<M: Machine> Kernel<'_, M> {
    /// Writes the entry of whoever wrote a file and has not told it.
    pub(super) fn settle_writer(&mut self, file: InodeId) {
        if let Some(writer) = self.storage.fs.writer(file)
            && let Some(slot) = self.processes.find(Pid(writer))
        {
            self.write_pending(slot);
        }
    }

    /// Writes an entry of a process that goes on, if there is anything to tell: bytes that it may have got unseen, too.
    pub(crate) fn write_pending(&mut self, slot: Slot) {
        if !self.ledger.is_open() {
            return;
        }
        let result = self.settle(slot).and_then(|()| self.append_pending(slot));
        self.keep(result);
    }

    /// Writes an entry with all that is pending, after those of the processes that it may have got bytes from unseen.
    #[inline(never)]
    pub(crate) fn write_entry(&mut self, slot: Slot, ending: Ending) {
        if !self.ledger.is_open() {
            return;
        }
        let result = self
            .settle(slot)
            .and_then(|()| self.append_entry(slot, ending));
        self.keep(result);
    }

    fn append_pending(&mut self, slot: Slot) -> fmt::Result {
        match self.processes.at(slot).record.is_pending() {
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
        if slot == self.current {
            self.account_time();
        }
        let process = self.processes.at_mut(slot);
        if let Some(space) = process.space.take() {
            process.note_memory(&space);
            process.space = Some(space);
        }
        let (pid, usage, record) = (process.pid, process.usage, &mut process.record);
        let number = self.ledger.next_entry();
        let mut block = Text::new();
        format::entry(&mut block, number, pid.0, record.maker)?;
        let (reads, code) = (&record.reads.bytes, &record.code.bytes);
        for part in [&record.start, reads, code] {
            append(&mut block, part)?;
        }
        if record.own_code == OwnCode::Untold {
            fmt::Write::write_fmt(&mut block, format_args!("{}\n", format::CODE_ANONYMOUS))?;
        }
        append(&mut block, &record.devices.bytes)?;
        for source in &record.from {
            format::from(&mut block, source.0)?;
        }
        append(&mut block, &wrote.bytes)?;
        fmt::Write::write_fmt(&mut block, format_args!("{ending}\n"))?;
        record.tell(number);
        self.ledger.generation += 1;
        // Windows let bytes through that nobody notes: what comes now is for another entry.
        self.epoch += 1;
        let (book, fs, pool) = (
            &mut self.ledger,
            &mut self.storage.fs,
            &mut self.storage.pool,
        );
        book.append(block, fs, pool, &mut self.storage.machine)?;
        book.count(pid, &usage, fs, pool, &mut self.storage.machine)?;
        self.storage.machine.mark_entry();
        Ok(())
    }

    /// The lines `wrote` of a process. Its files are nobody's then: the ledger tells of them.
    fn lines_of_writes(&mut self, slot: Slot) -> Result<Text, fmt::Error> {
        let mut lines = Text::new();
        let process = self.processes.at_mut(slot);
        let (pid, wrote) = (process.pid, core::mem::take(&mut process.record.wrote));
        for writing in &wrote {
            let file = writing.file;
            // Not if it is gone, or another file has its number.
            if !self.storage.fs.has_content(file) || self.storage.fs.writer(file) != Some(pid.0) {
                continue;
            }
            self.storage.fs.set_writer(file, None);
            let version = self.storage.fs.version(file);
            if writing.before == Some(version) {
                continue; // the call that wanted to change it failed
            }
            let content = content_of(&mut self.storage.fs, &self.storage.machine, file);
            let path = self.storage.fs.path_of(file).map_err(|_| fmt::Error)?;
            format::file(&mut lines, "wrote", &content, &path)?;
            self.processes.at_mut(slot).record.see((file, version))?;
        }
        Ok(lines)
    }

    /// The machine stops: writes the last block and says what the head is.
    pub(crate) fn close_ledger(&mut self, status: i32) {
        if self.ledger.is_open() {
            let mut block = Text::new();
            let entries = self.ledger.entries();
            let result = format::end(&mut block, entries, status).and_then(|()| {
                let (fs, pool) = (&mut self.storage.fs, &mut self.storage.pool);
                self.ledger
                    .append(block, fs, pool, &mut self.storage.machine)?;
                self.ledger.close(fs, pool, &mut self.storage.machine)
            });
            self.keep(result);
        }
        let Some(head) = self.ledger.head().copied() else {
            return;
        };
        let (entries, bytes) = (
            self.ledger.entries(),
            self.storage.fs.size(self.ledger.text()),
        );
        say(
            &mut self.storage.machine,
            format_args!(
                "ledger: {entries} entries, {bytes} bytes, head {}",
                Hex(&head)
            ),
        );
    }

    /// When something could not be noted, the ledger is worth nothing: says so once.
    pub(super) fn keep(&mut self, result: fmt::Result) {
        if result.is_err() && self.ledger.give_up() {
            say(
                &mut self.storage.machine,
                format_args!(
                    "no memory for the ledger after entry {}: this run will have no head",
                    self.ledger.entries()
                ),
            );
        }
    }
}

fn append(block: &mut Text, part: &[u8]) -> fmt::Result {
    block
        .bytes
        .try_reserve(part.len())
        .map_err(|_| fmt::Error)?;
    block.bytes.extend_from_slice(part);
    Ok(())
}
