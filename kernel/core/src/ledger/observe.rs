//! The recorder: what the system calls tell it, and the entries that come of it.
//!
//! The rule that keeps the ledger in order: before a process can depend on what another one did, that one's
//! entry is written. So files remember who wrote them while no entry says so ([`Fs::writer`]), and a reader
//! first has the writer's entry written; a fork, a pipe and a mapping do the same.
//!
//! Nothing here fails a system call. When there is no memory for an entry, the console says so once, and the run
//! ends without a head.

use alloc::vec::Vec;
use core::fmt;

use super::book::Book;
use super::format::{self, Content, ContentHasher, Ending};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::exec::Arguments;
use crate::fs::{Chunk, FileType, Fs, InodeId, ZEROS};
use crate::image::Hex;
use crate::kernel::{BootOptions, Kernel, resources, say};
use crate::machine::Machine;
use crate::process::Pid;
use crate::process::table::Slot;
use crate::sha256::Sha256;
use crate::syscall::user::zeros;
use crate::text::Text;
use crate::vm::AddressSpace;

impl<M: Machine> Kernel<'_, M> {
    /// Begins the ledger. The seeds are there, no process is.
    ///
    /// # Errors
    /// ENOMEM.
    pub(crate) fn open_ledger(&mut self, options: &BootOptions) -> Result<(), Errno> {
        self.ledger = Book::open(&mut self.fs, &mut self.pool)?;
        let mut block = Text::new();
        let mut write = || -> fmt::Result {
            format::head(&mut block, &options.files, self.policy.name())?;
            for seed in &options.seeds {
                let find = |path: &[u8]| {
                    self.fs
                        .resolve(InodeId::ROOT, path, crate::fs::Follow::Yes)
                        .map_err(|_| fmt::Error)
                };
                let (program, text) = (find(&seed.program)?, find(&seed.text)?);
                let program = content_of(&mut self.fs, &self.machine, program);
                let text = content_of(&mut self.fs, &self.machine, text);
                format::seed(&mut block, (&program, &seed.program), (&text, &seed.text))?;
            }
            Ok(())
        };
        write().map_err(|_| Errno::ENOMEM)?;
        self.ledger
            .append(block, &mut self.fs, &mut self.pool, &mut self.machine)
            .map_err(|_| Errno::ENOMEM)
    }

    /// The current process is about to read contents of a file.
    #[inline(always)]
    pub(crate) fn note_read(&mut self, file: InodeId) {
        let record = &self.processes.at(self.current).record;
        if record.last_seen != Some((file, self.fs.version(file))) {
            self.note_first_read(self.current, file);
        }
    }

    #[inline(never)]
    fn note_first_read(&mut self, slot: Slot, file: InodeId) {
        if !self.ledger.is_open() || self.fs.file_type(file) != FileType::Regular {
            return;
        }
        let own = self.processes.at(slot).pid;
        let version = (file, self.fs.version(file));
        if self.fs.writer(file) == Some(own.0) {
            self.processes.at_mut(slot).record.last_seen = Some(version);
            return;
        }
        self.settle_writer(file);
        let result = self.see(slot, file);
        self.keep(result);
    }

    /// Adds a line `read`, unless the process has seen this version.
    fn see(&mut self, slot: Slot, file: InodeId) -> fmt::Result {
        let version = (file, self.fs.version(file));
        let record = &mut self.processes.at_mut(slot).record;
        if record.has_seen(version) {
            record.last_seen = Some(version);
            return Ok(());
        }
        let content = content_of(&mut self.fs, &self.machine, file);
        let path = self.fs.path_of(file).map_err(|_| fmt::Error)?;
        let record = &mut self.processes.at_mut(slot).record;
        record.see(version)?;
        format::file(&mut record.reads, "read", &content, &path)?;
        self.ledger.generation += 1;
        Ok(())
    }

    /// The current process is about to change a file. `keeps` says whether some of its bytes stay: then they went in.
    #[inline(always)]
    pub(crate) fn note_write(&mut self, file: InodeId, keeps: bool) {
        if self.fs.writer(file) != Some(self.processes.at(self.current).pid.0) {
            let before = Some(self.fs.version(file));
            self.note_first_write(file, before, keeps);
        }
    }

    /// The current process has made an empty file.
    pub(crate) fn note_creation(&mut self, file: InodeId) {
        self.note_first_write(file, None, false);
    }

    #[inline(never)]
    fn note_first_write(&mut self, file: InodeId, before: Option<u64>, keeps: bool) {
        if !self.ledger.is_open() || self.fs.file_type(file) != FileType::Regular {
            return;
        }
        self.settle_writer(file);
        let mut result = Ok(());
        for slot in self.processes.slots() {
            let maps =
                |process: &mut crate::process::Process| process.record.mapped.contains(&file);
            if self.processes.get_mut(slot).is_some_and(maps) {
                result = result.and(self.see(slot, file));
            }
        }
        if keeps && self.fs.size(file) > 0 {
            result = result.and(self.see(self.current, file));
        }
        let process = self.processes.at_mut(self.current);
        result = result.and(process.record.write(file, before).map_err(fmt::Error::from));
        self.fs.set_writer(file, Some(process.pid.0));
        self.ledger.generation += 1;
        self.keep(result);
    }

    /// The current process maps a file: it may read it at any time from now on.
    pub(crate) fn note_map(&mut self, file: InodeId) {
        self.note_read(file);
        let result = self.processes.at_mut(self.current).record.map(file);
        self.keep(result.map_err(fmt::Error::from));
    }

    /// The current process reads a device or a file of /proc.
    #[inline(never)]
    pub(crate) fn note_device(&mut self, device: InodeId) {
        let record = &mut self.processes.at_mut(self.current).record;
        let result = record.meet_device(device);
        let write = || -> fmt::Result {
            if result? {
                let path = self.fs.path_of(device).map_err(|_| fmt::Error)?;
                format::text(&mut record.devices, "device", &path)?;
                self.ledger.generation += 1;
            }
            Ok(())
        };
        let result = write();
        self.keep(result);
    }

    /// The current process has put bytes into a pipe.
    #[inline(always)]
    pub(crate) fn note_pipe_write(&mut self, pipe: u32) {
        let pid = self.processes.at(self.current).pid;
        if self.pipes.last_writer(pipe) != Some(pid) {
            let result = self.pipes.add_writer(pipe, pid);
            self.keep(result.map_err(|_| fmt::Error));
        }
    }

    /// The current process is about to take bytes from a pipe.
    #[inline(always)]
    pub(crate) fn note_pipe_read(&mut self, pipe: u32) {
        let reader = (self.processes.at(self.current).pid, self.ledger.generation);
        if !self.pipes.is_known_to(pipe, reader) {
            self.note_first_pipe_read(pipe);
        }
    }

    #[inline(never)]
    fn note_first_pipe_read(&mut self, pipe: u32) {
        let own = self.processes.at(self.current).pid;
        let mut index = 0;
        while let Some(writer) = self.pipes.writer(pipe, index) {
            index += 1;
            if writer != own {
                self.receive(self.current, writer);
            }
        }
        self.pipes
            .make_known_to(pipe, (own, self.ledger.generation));
    }

    /// A process gets bytes of another one, whose entry is written first.
    fn receive(&mut self, slot: Slot, source: Pid) {
        let entry = match self.processes.find(source) {
            Some(other) if !self.processes.at(other).is_zombie() => {
                self.write_pending(other);
                self.processes.at(other).record.last_entry
            }
            // It has told everything.
            _ => u64::MAX,
        };
        let record = &mut self.processes.at_mut(slot).record;
        let result = record.receive(source, entry);
        self.keep(result.map_err(fmt::Error::from));
    }

    /// The current process forks: what the child knows from birth is written first.
    pub(crate) fn note_fork(&mut self) {
        self.write_pending(self.current);
    }

    /// Parent and child share memory from now on.
    pub(crate) fn note_shared_memory(&mut self, parent: Slot, child: Slot) {
        for (slot, other) in [(parent, child), (child, parent)] {
            let pid = self.processes.at(other).pid;
            let partners = &mut self.processes.at_mut(slot).record.partners;
            let result = super::record::push(partners, pid);
            self.keep(result.map_err(fmt::Error::from));
        }
    }

    /// A vfork child gives memory back to its parent: what it put there is the parent's now.
    pub(crate) fn note_memory_returned(&mut self, child: Slot, parent: Slot) {
        let record = &self.processes.at(child).record;
        // What the ledger has told of is in that memory as well.
        let has_told = record.last_entry != 0;
        if has_told
            || !record.reads.bytes.is_empty()
            || !record.from.is_empty()
            || !record.devices.bytes.is_empty()
        {
            let pid = self.processes.at(child).pid;
            self.receive(parent, pid);
        }
    }

    /// The current process starts a program. Its address space is `space`; `scripts` led to it.
    pub(crate) fn note_exec(
        &mut self,
        program: InodeId,
        scripts: &[InodeId],
        (space, arguments): (&mut AddressSpace, &Arguments),
    ) {
        if !self.ledger.is_open() {
            return;
        }
        let process = self.processes.at(self.current);
        let is_first = !process.has_executed;
        self.settle_writer(program);
        if !is_first {
            self.write_entry(self.current, Ending::Exec);
        }
        let result = self.start_lines(program, space, arguments).map(|start| {
            let process = self.processes.at_mut(self.current);
            process.record.start_program(start, is_first);
        });
        self.keep(result);
        for script in scripts {
            self.note_first_read(self.current, *script);
        }
        self.ledger.generation += 1;
    }

    /// The lines from `program` to `environment`.
    fn start_lines(
        &mut self,
        program: InodeId,
        space: &mut AddressSpace,
        arguments: &Arguments,
    ) -> Result<Vec<u8>, fmt::Error> {
        let mut lines = Text::new();
        let content = content_of(&mut self.fs, &self.machine, program);
        let path = self.fs.path_of(program).map_err(|_| fmt::Error)?;
        format::file(&mut lines, "program", &content, &path)?;
        let directory = self.processes.at(self.current).directory;
        let path = self.fs.path_of(directory).map_err(|_| fmt::Error)?;
        format::text(&mut lines, "cwd", &path)?;
        let mut strings = zeros(arguments.size()).map_err(|_| fmt::Error)?;
        space
            .copy_in(
                &mut resources!(self),
                UserAddr(arguments.first),
                &mut strings,
            )
            .map_err(|_| fmt::Error)?;
        let mut rest = &*strings;
        for _ in 0..arguments.argument_count {
            let end = rest.iter().position(|&byte| byte == 0).ok_or(fmt::Error)?;
            format::text(&mut lines, "arg", &rest[..end])?;
            rest = &rest[end + 1..];
        }
        let mut hasher = Sha256::new();
        let compress = self.machine.sha256();
        hasher.update(rest, compress);
        format::environment(
            &mut lines,
            arguments.environment_count,
            &hasher.finish(compress),
        )?;
        Ok(lines.bytes)
    }

    /// Writes the entry of whoever wrote a file and has not told it.
    fn settle_writer(&mut self, file: InodeId) {
        if let Some(writer) = self.fs.writer(file)
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
        let result = self
            .settle_partners(slot)
            .and_then(|()| self.settle_mapped(slot))
            .and_then(|()| self.append_pending(slot));
        self.keep(result);
    }

    /// Writes an entry with all that is pending, after those of the processes that it may have got bytes from unseen.
    #[inline(never)]
    pub(crate) fn write_entry(&mut self, slot: Slot, ending: Ending) {
        if !self.ledger.is_open() {
            return;
        }
        let result = self
            .settle_partners(slot)
            .and_then(|()| self.settle_mapped(slot))
            .and_then(|()| self.append_entry(slot, ending));
        self.keep(result);
    }

    /// Shared memory: what a partner has put there may be in here.
    fn settle_partners(&mut self, slot: Slot) -> fmt::Result {
        let partners = core::mem::take(&mut self.processes.at_mut(slot).record.partners);
        let mut result = Ok(());
        for &partner in &partners {
            let last_entry = match self.processes.find(partner) {
                Some(other) if !self.processes.at(other).is_zombie() => {
                    result = result.and(self.append_pending(other));
                    self.processes.at(other).record.last_entry
                }
                // It has told everything.
                _ => u64::MAX,
            };
            let record = &mut self.processes.at_mut(slot).record;
            result = result.and(
                record
                    .receive(partner, last_entry)
                    .map_err(fmt::Error::from),
            );
        }
        self.processes.at_mut(slot).record.partners = partners;
        result
    }

    /// A mapped file may have been read since it changed.
    fn settle_mapped(&mut self, slot: Slot) -> fmt::Result {
        let own = self.processes.at(slot).pid;
        let mapped = core::mem::take(&mut self.processes.at_mut(slot).record.mapped);
        let mut result = Ok(());
        for &file in &mapped {
            let writer = self.fs.writer(file).map(Pid);
            if !self.fs.is_regular(file) || writer == Some(own) {
                continue;
            }
            if let Some(other) = writer.and_then(|writer| self.processes.find(writer)) {
                result = result.and(self.append_pending(other));
            }
            result = result.and(self.see(slot, file));
        }
        self.processes.at_mut(slot).record.mapped = mapped;
        result
    }

    fn append_pending(&mut self, slot: Slot) -> fmt::Result {
        match self.processes.at(slot).record.is_pending() {
            true => self.append_entry(slot, Ending::GoesOn),
            false => Ok(()),
        }
    }

    fn append_entry(&mut self, slot: Slot, ending: Ending) -> fmt::Result {
        let wrote = self.lines_of_writes(slot)?;
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
        for part in [&record.start, &record.reads.bytes, &record.devices.bytes] {
            append(&mut block, part)?;
        }
        for source in &record.from {
            format::from(&mut block, source.0)?;
        }
        append(&mut block, &wrote.bytes)?;
        fmt::Write::write_fmt(&mut block, format_args!("{ending}\n"))?;
        record.tell(number);
        self.ledger.generation += 1;
        // Windows let bytes through that nobody notes: what comes now is for another entry.
        self.epoch += 1;
        let (book, fs, pool) = (&mut self.ledger, &mut self.fs, &mut self.pool);
        book.append(block, fs, pool, &mut self.machine)?;
        book.count(pid, &usage, fs, pool, &mut self.machine)
    }

    /// The lines `wrote` of a process. Its files are nobody's then: the ledger tells of them.
    fn lines_of_writes(&mut self, slot: Slot) -> Result<Text, fmt::Error> {
        let mut lines = Text::new();
        let process = self.processes.at_mut(slot);
        let (pid, wrote) = (process.pid, core::mem::take(&mut process.record.wrote));
        for writing in &wrote {
            let file = writing.file;
            // Not if it is gone, or another file has its number.
            if !self.fs.is_regular(file) || self.fs.writer(file) != Some(pid.0) {
                continue;
            }
            self.fs.set_writer(file, None);
            let version = self.fs.version(file);
            if writing.before == Some(version) {
                continue; // the call that wanted to change it failed
            }
            let content = content_of(&mut self.fs, &self.machine, file);
            let path = self.fs.path_of(file).map_err(|_| fmt::Error)?;
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
                self.ledger
                    .append(block, &mut self.fs, &mut self.pool, &mut self.machine)
            });
            self.keep(result);
        }
        let Some(head) = self.ledger.head().copied() else {
            return;
        };
        self.ledger.close();
        let (entries, bytes) = (self.ledger.entries(), self.fs.size(self.ledger.text()));
        say(
            &mut self.machine,
            format_args!(
                "ledger: {entries} entries, {bytes} bytes, head {}",
                Hex(&head)
            ),
        );
    }

    /// When something could not be noted, the ledger is worth nothing: says so once.
    fn keep(&mut self, result: fmt::Result) {
        if result.is_err() && self.ledger.give_up() {
            say(
                &mut self.machine,
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

/// Hash, size and class of a regular file: computed once for each version.
pub(crate) fn content_of(fs: &mut Fs, machine: &impl Machine, file: InodeId) -> Content {
    if let Some(content) = fs.known_content(file) {
        return content;
    }
    let compress = machine.sha256();
    let mut hasher = ContentHasher::new();
    let mut offset = 0;
    loop {
        let bytes = match fs.chunk(file, offset, ZEROS.len()) {
            Chunk::END => break,
            Chunk::Bytes(bytes) => bytes,
            Chunk::Zero { length } => &ZEROS[..length],
            Chunk::Frame {
                frame,
                offset,
                length,
            } => &machine.page(frame)[offset..offset + length],
        };
        hasher.update(bytes, compress);
        offset += bytes.len() as u64;
    }
    let content = hasher.finish(compress);
    fs.know_content(file, content);
    content
}
