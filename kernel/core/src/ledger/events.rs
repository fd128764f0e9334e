//! What the system calls tell the ledger.
//!
//! The rule that keeps the ledger in order: before a process can depend on what another one did, that one's
//! entry is written. So it is known of a file who wrote it while no entry says so ([`super::files`]), and a reader first
//! has the writer's entry written; a fork, a pipe and a mapping do the same.
//!
//! Nothing here fails a system call. When there is no memory for an entry, the console says so once, and the run
//! ends without a head.

use alloc::vec::Vec;
use core::fmt;

use super::Observer;
use super::files::KnownFiles;
use super::record::PipeRecord;
use crate::addr::UserAddr;
use crate::exec::Arguments;
use crate::fs::InodeId;
use crate::machine::Machine;
use crate::process::Pid;
use crate::process::table::Slot;
use crate::text::{Text, zeros};
use crate::vm::AddressSpace;
use firmseed_formats::ledger::format::{self, Ending};
use firmseed_formats::sha256::Sha256;

impl<M: Machine> Observer<'_, '_, M> {
    fn own_pid(&self) -> Pid {
        self.processes.current().pid
    }

    /// The current process is about to read contents of a file.
    #[inline(always)]
    pub fn read(&mut self, file: InodeId) {
        let slot = self.processes.current_slot();
        let version = self.storage.fs.version(file);
        if self.ledger.record(slot).last_seen != Some((file, version)) {
            self.first_read(file);
        }
    }

    #[inline(never)]
    fn first_read(&mut self, file: InodeId) {
        let fs = &self.storage.fs;
        if !self.ledger.log.is_open() || !fs.has_content(file) {
            return;
        }
        let slot = self.processes.current_slot();
        if self.ledger.files.writer(file) == Some(self.own_pid()) {
            self.ledger.record_mut(slot).last_seen = Some((file, fs.version(file)));
            return;
        }
        self.settle_writer(file);
        let result = self.see(slot, file);
        self.keep(result);
    }

    /// Adds a line `read`, unless the process has seen this version.
    fn see(&mut self, slot: Slot, file: InodeId) -> fmt::Result {
        let fs = &self.storage.fs;
        let version = (file, fs.version(file));
        let record = self.ledger.record_mut(slot);
        if record.has_seen(version) {
            record.last_seen = Some(version);
            return Ok(());
        }
        let content = self.ledger.content(self.storage, file);
        let record = self.ledger.record_mut(slot);
        let path = fs.path_of(file).map_err(|_| fmt::Error)?;
        record.see(version)?;
        format::file(&mut record.reads, "read", &content, &path)?;
        self.ledger.generation += 1;
        Ok(())
    }

    /// The current process is about to change a file. `keeps` says whether some of its bytes stay: then they went in.
    #[inline(always)]
    pub fn write(&mut self, file: InodeId, keeps: bool) {
        if self.ledger.files.writer(file) != Some(self.own_pid()) {
            let before = Some(self.storage.fs.version(file));
            self.first_write(file, before, keeps);
        }
    }

    /// The current process has made an empty file, a link or a directory, with a name in `directory`.
    pub fn made(&mut self, file: InodeId, directory: InodeId) {
        self.ledger.files.begin(file);
        self.named(file, directory);
        self.first_write(file, None, false);
    }

    /// The current process has made an empty file that has no name.
    pub fn made_unnamed(&mut self, file: InodeId) {
        self.ledger.files.begin(file);
        self.first_write(file, None, false);
    }

    /// The current process has given a name in a directory to a file.
    pub fn named(&mut self, file: InodeId, directory: InodeId) {
        let result = self.ledger.files.add_namer(file, self.own_pid());
        self.keep(result.map_err(fmt::Error::from));
        self.names_changed(directory);
    }

    /// The current process has made, moved or removed a name in a directory.
    #[inline(never)]
    pub fn names_changed(&mut self, directory: InodeId) {
        let result = self.ledger.files.add_maker(directory, self.own_pid());
        self.keep(result.map_err(fmt::Error::from));
    }

    #[inline(never)]
    fn first_write(&mut self, file: InodeId, before: Option<u64>, keeps: bool) {
        if !self.ledger.log.is_open() || !self.storage.fs.has_content(file) {
            return;
        }
        self.settle_writer(file);
        self.mapped_file_changes(file);
        let slot = self.processes.current_slot();
        let mut result = Ok(());
        if keeps && self.storage.fs.size(file) > 0 {
            result = result.and(self.see(slot, file));
        }
        let written = self.ledger.record_mut(slot).write(file, before);
        result = result.and(written.map_err(fmt::Error::from));
        let own = Some(self.own_pid());
        let (fs, files) = (&mut self.storage.fs, &mut self.ledger.files);
        let noted = files.set_writer(fs, file, own);
        result = result.and(noted.map_err(fmt::Error::from));
        self.ledger.generation += 1;
        self.keep(result);
    }

    /// The current process reads a device or a file of /proc.
    #[inline(never)]
    pub fn device(&mut self, device: InodeId) {
        let result = self.first_device_read(device);
        self.keep(result);
    }

    fn first_device_read(&mut self, device: InodeId) -> fmt::Result {
        let record = self.ledger.record_mut(self.processes.current_slot());
        if record.meet_device(device)? {
            let path = self.storage.fs.path_of(device).map_err(|_| fmt::Error)?;
            format::text(&mut record.devices, "device", &path)?;
            self.ledger.generation += 1;
        }
        Ok(())
    }

    /// The current process is about to put bytes into a pipe, which holds none or some.
    #[inline(always)]
    pub fn pipe_write(&mut self, pipe: u32, is_empty: impl FnOnce() -> bool) {
        let own = self.processes.current().pid;
        let known = self.ledger.pipes.get(pipe as usize);
        if known.and_then(|record| record.writers.last()) != Some(&own) {
            self.first_pipe_write(pipe, is_empty());
        }
    }

    #[inline(never)]
    fn first_pipe_write(&mut self, pipe: u32, is_empty: bool) {
        let own = self.own_pid();
        let pipes = &mut self.ledger.pipes;
        let mut result = Ok(());
        while pipes.len() <= pipe as usize && result.is_ok() {
            result = pipes.try_reserve(1).map_err(|_| fmt::Error);
            if result.is_ok() {
                pipes.push(PipeRecord::default());
            }
        }
        if let Some(record) = pipes.get_mut(pipe as usize) {
            if is_empty {
                record.writers.clear();
            }
            result = record.add_writer(own).map_err(fmt::Error::from);
        }
        self.keep(result);
    }

    /// The current process is about to take bytes from a pipe.
    #[inline(always)]
    pub fn pipe_read(&mut self, pipe: u32) {
        let reader = (self.processes.current().pid, self.ledger.generation);
        let known = self.ledger.pipes.get(pipe as usize);
        if known.is_some_and(|record| record.known_to != Some(reader)) {
            self.first_pipe_read(pipe);
        }
    }

    #[inline(never)]
    fn first_pipe_read(&mut self, pipe: u32) {
        let own = self.own_pid();
        let mut index = 0;
        while let Some(&writer) = self.ledger.pipes[pipe as usize].writers.get(index) {
            index += 1;
            if writer != own {
                self.receive(self.processes.current_slot(), writer);
            }
        }
        self.ledger.pipes[pipe as usize].known_to = Some((own, self.ledger.generation));
    }

    /// A pipe is gone; its number may come again.
    pub fn pipe_end(&mut self, pipe: u32) {
        if let Some(record) = self.ledger.pipes.get_mut(pipe as usize) {
            *record = PipeRecord::default();
        }
    }

    /// A process gets bytes of another one, whose entry is written first.
    #[inline(never)]
    pub(super) fn receive(&mut self, slot: Slot, source: Pid) {
        let entry = match self.processes.find(source) {
            Some(other) if !self.processes.at(other).is_zombie() => {
                self.write_pending(other);
                self.ledger.record(other).last_entry
            }
            // It has told everything.
            _ => u64::MAX,
        };
        let result = self.ledger.record_mut(slot).receive(source, entry);
        let result = result.map(|is_new| {
            // What it has put into a pipe before is known, what it puts there from now on is not.
            self.ledger.generation += u64::from(is_new);
        });
        self.keep(result.map_err(fmt::Error::from));
    }

    /// The current process gets something that `source` has set.
    pub fn told_by(&mut self, source: Pid) {
        if source != self.own_pid() {
            self.receive(self.processes.current_slot(), source);
        }
    }

    /// The current process sets something that `target` can ask for.
    pub fn message(&mut self, target: Slot) {
        if target != self.processes.current_slot() {
            self.receive(target, self.own_pid());
        }
    }

    /// The current process gets the path of a file: the names on it are bytes of those who gave them. Other names in the
    /// same directories have no part in it.
    #[inline(never)]
    pub fn path(&mut self, mut file: InodeId) {
        while file != InodeId::ROOT
            && let Some(directory) = self.storage.fs.directory_of(file)
        {
            self.names_by(|files, process| files.namer_from(file, process));
            file = directory;
        }
    }

    /// The current process lists a directory: the names are bytes of those who made them.
    pub fn names(&mut self, directory: InodeId) {
        self.names_by(|files, process| files.maker_from(directory, process));
    }

    /// The current process gets names of these others.
    #[inline(never)]
    fn names_by(&mut self, by: impl Fn(&KnownFiles, u32) -> Option<u32>) {
        let mut next = 0;
        while let Some(maker) = by(&self.ledger.files, next) {
            next = maker + 1;
            if maker != self.own_pid().0 {
                self.receive(self.processes.current_slot(), Pid(maker));
            }
        }
    }

    /// The current process asks for settings of the terminal, or changes them: they are bytes of who did so last. Who
    /// changes a part gets to know the rest.
    pub fn settings(&mut self, use_of: SettingsUse) {
        let own = self.own_pid();
        if let Some(setter) = self.ledger.setter
            && setter != own
        {
            self.receive(self.processes.current_slot(), setter);
        }
        if use_of == SettingsUse::Change {
            self.ledger.setter = Some(own);
        }
    }

    /// The current process forks: what the child knows from birth is written first.
    pub fn fork(&mut self) {
        self.write_pending(self.processes.current_slot());
    }

    /// The child of the current process is there.
    pub fn forked(&mut self, child: Slot) {
        let record = self.ledger.record(self.processes.current_slot());
        let record = record.fork(self.own_pid());
        *self.ledger.record_mut(child) = record;
    }

    /// The current process starts a program. Its address space is `space`; `scripts` led to it.
    pub fn exec(
        &mut self,
        program: InodeId,
        scripts: &[InodeId],
        (space, arguments): (&mut AddressSpace, &Arguments),
    ) {
        if !self.ledger.log.is_open() {
            return;
        }
        let slot = self.processes.current_slot();
        let is_first = !self.processes.current().has_executed();
        self.leave_memory(slot);
        self.new_memory(space);
        self.settle_writer(program);
        if !is_first {
            self.write_entry(slot, Ending::Exec);
        }
        let result = self.start_lines(program, space, arguments).map(|start| {
            let record = self.ledger.record_mut(slot);
            record.start_program(start, is_first);
        });
        self.keep(result);
        for script in scripts {
            self.first_read(*script);
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
        let content = self.ledger.content(self.storage, program);
        let fs = &self.storage.fs;
        let path = fs.path_of(program).map_err(|_| fmt::Error)?;
        format::file(&mut lines, "program", &content, &path)?;
        let directory = self.processes.current().directory;
        let path = fs.path_of(directory).map_err(|_| fmt::Error)?;
        format::text(&mut lines, "cwd", &path)?;
        let mut strings = zeros(arguments.size_of_all()).map_err(|_| fmt::Error)?;
        space
            .copy_in(self.storage, UserAddr(arguments.first), &mut strings)
            .map_err(|_| fmt::Error)?;
        let mut rest = &*strings;
        for _ in 0..arguments.argument_count {
            let end = rest.iter().position(|&byte| byte == 0).ok_or(fmt::Error)?;
            format::text(&mut lines, "arg", &rest[..end])?;
            rest = &rest[end + 1..];
        }
        let mut hasher = Sha256::new();
        let compress = self.storage.machine.sha256();
        hasher.update(rest, compress);
        format::environment(&mut lines, arguments.environment_count, &hasher.finish(compress))?;
        Ok(lines.bytes)
    }
}

/// What a process does with the settings of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingsUse {
    /// It asks for them.
    Ask,
    /// It changes some.
    Change,
}
