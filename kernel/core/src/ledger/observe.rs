//! What the system calls tell the ledger.
//!
//! The rule that keeps the ledger in order: before a process can depend on what another one did, that one's
//! entry is written. So files remember who wrote them while no entry says so ([`crate::fs::Fs::writer`]), and a reader
//! first has the writer's entry written; a fork, a pipe and a mapping do the same.
//!
//! Nothing here fails a system call. When there is no memory for an entry, the console says so once, and the run
//! ends without a head.

use alloc::vec::Vec;
use core::fmt;

use super::book::Book;
use super::content_of;
use super::format::{self, Ending};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::exec::Arguments;
use crate::fs::InodeId;
use crate::kernel::{BootOptions, Kernel};
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
        self.ledger = Book::open(options.kernel, &mut self.storage.fs, &mut self.storage.pool)?;
        let mut block = Text::new();
        let mut write = || -> fmt::Result {
            let settings = format::Settings {
                init: &options.init,
                arguments: options.arguments.get(1..).unwrap_or_default(),
                environment: &options.environment,
                cwd: &options.directory,
                policy: self.policy.name(),
            };
            format::head(&mut block, &options.files, &settings)?;
            for seed in &options.seeds {
                let find = |path: &[u8]| {
                    self.storage
                        .fs
                        .resolve(InodeId::ROOT, path, crate::fs::Follow::Yes)
                        .map_err(|_| fmt::Error)
                };
                let (program, text) = (find(&seed.program)?, find(&seed.text)?);
                let program = content_of(&mut self.storage.fs, &self.storage.machine, program);
                let text = content_of(&mut self.storage.fs, &self.storage.machine, text);
                format::seed(&mut block, (&program, &seed.program), (&text, &seed.text))?;
            }
            Ok(())
        };
        write().map_err(|_| Errno::ENOMEM)?;
        self.ledger
            .append(
                block,
                &mut self.storage.fs,
                &mut self.storage.pool,
                &mut self.storage.machine,
            )
            .map_err(|_| Errno::ENOMEM)
    }

    /// The current process is about to read contents of a file.
    #[inline(always)]
    pub(crate) fn note_read(&mut self, file: InodeId) {
        let record = &self.processes.at(self.current).record;
        if record.last_seen != Some((file, self.storage.fs.version(file))) {
            self.note_first_read(self.current, file);
        }
    }

    #[inline(never)]
    fn note_first_read(&mut self, slot: Slot, file: InodeId) {
        if !self.ledger.is_open() || !self.storage.fs.has_content(file) {
            return;
        }
        let own = self.processes.at(slot).pid;
        let version = (file, self.storage.fs.version(file));
        if self.storage.fs.writer(file) == Some(own.0) {
            self.processes.at_mut(slot).record.last_seen = Some(version);
            return;
        }
        self.settle_writer(file);
        let result = self.see(slot, file);
        self.keep(result);
    }

    /// Adds a line `read`, unless the process has seen this version.
    pub(super) fn see(&mut self, slot: Slot, file: InodeId) -> fmt::Result {
        let version = (file, self.storage.fs.version(file));
        let record = &mut self.processes.at_mut(slot).record;
        if record.has_seen(version) {
            record.last_seen = Some(version);
            return Ok(());
        }
        let content = content_of(&mut self.storage.fs, &self.storage.machine, file);
        let path = self.storage.fs.path_of(file).map_err(|_| fmt::Error)?;
        let record = &mut self.processes.at_mut(slot).record;
        record.see(version)?;
        format::file(&mut record.reads, "read", &content, &path)?;
        self.ledger.generation += 1;
        Ok(())
    }

    /// The current process is about to change a file. `keeps` says whether some of its bytes stay: then they went in.
    #[inline(always)]
    pub(crate) fn note_write(&mut self, file: InodeId, keeps: bool) {
        if self.storage.fs.writer(file) != Some(self.processes.at(self.current).pid.0) {
            let before = Some(self.storage.fs.version(file));
            self.note_first_write(file, before, keeps);
        }
    }

    /// The current process has made an empty file.
    pub(crate) fn note_creation(&mut self, file: InodeId) {
        self.note_first_write(file, None, false);
    }

    #[inline(never)]
    fn note_first_write(&mut self, file: InodeId, before: Option<u64>, keeps: bool) {
        if !self.ledger.is_open() || !self.storage.fs.has_content(file) {
            return;
        }
        self.settle_writer(file);
        self.note_change(file);
        let mut result = Ok(());
        if keeps && self.storage.fs.size(file) > 0 {
            result = result.and(self.see(self.current, file));
        }
        let process = self.processes.at_mut(self.current);
        result = result.and(process.record.write(file, before).map_err(fmt::Error::from));
        self.storage.fs.set_writer(file, Some(process.pid.0));
        self.ledger.generation += 1;
        self.keep(result);
    }

    /// The current process reads a device or a file of /proc.
    #[inline(never)]
    pub(crate) fn note_device(&mut self, device: InodeId) {
        let record = &mut self.processes.at_mut(self.current).record;
        let result = record.meet_device(device);
        let write = || -> fmt::Result {
            if result? {
                let path = self.storage.fs.path_of(device).map_err(|_| fmt::Error)?;
                format::text(&mut record.devices, "device", &path)?;
                self.ledger.generation += 1;
            }
            Ok(())
        };
        let result = write();
        self.keep(result);
    }

    /// The current process is about to put bytes into a pipe.
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
    #[inline(never)]
    pub(super) fn receive(&mut self, slot: Slot, source: Pid) {
        let entry = match self.processes.find(source) {
            Some(other) if !self.processes.at(other).is_zombie() => {
                self.write_pending(other);
                self.processes.at(other).record.last_entry
            }
            // It has told everything.
            _ => u64::MAX,
        };
        let record = &mut self.processes.at_mut(slot).record;
        let result = record.receive(source, entry).map(|is_news| {
            // What it has put into a pipe before is known, what it puts there from now on is not.
            self.ledger.generation += u64::from(is_news);
        });
        self.keep(result.map_err(fmt::Error::from));
    }

    /// The current process sets something that `target` can ask for.
    pub(crate) fn note_message(&mut self, target: Slot) {
        if target != self.current {
            self.receive(target, self.processes.at(self.current).pid);
        }
    }

    /// The current process gets the path of a file: names in directories.
    #[inline(never)]
    pub(crate) fn note_path(&mut self, mut file: InodeId) {
        while file != InodeId::ROOT {
            file = self.storage.fs.directory_of(file);
            self.note_names(file);
        }
    }

    /// The current process lists a directory: the names are bytes of those who made them.
    #[inline(never)]
    pub(crate) fn note_names(&mut self, directory: InodeId) {
        let own = self.processes.at(self.current).pid.0;
        let mut next = 0;
        while let Some(maker) = self.storage.fs.maker_from(directory, next) {
            next = maker + 1;
            if maker != own {
                self.receive(self.current, Pid(maker));
            }
        }
    }

    /// The current process asks for settings of the terminal, or changes them: they are bytes of who did so last. Who
    /// changes a part gets to know the rest.
    pub(crate) fn note_settings(&mut self) {
        let own = self.processes.at(self.current).pid;
        if let Some(setter) = self.terminal.setter
            && setter != own
        {
            self.receive(self.current, setter);
        }
    }

    /// The current process forks: what the child knows from birth is written first.
    pub(crate) fn note_fork(&mut self) {
        self.write_pending(self.current);
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
        self.leave_memory(self.current);
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
        let content = content_of(&mut self.storage.fs, &self.storage.machine, program);
        let path = self.storage.fs.path_of(program).map_err(|_| fmt::Error)?;
        format::file(&mut lines, "program", &content, &path)?;
        let directory = self.processes.at(self.current).directory;
        let path = self.storage.fs.path_of(directory).map_err(|_| fmt::Error)?;
        format::text(&mut lines, "cwd", &path)?;
        let mut strings = zeros(arguments.size()).map_err(|_| fmt::Error)?;
        space
            .copy_in(&mut self.storage, UserAddr(arguments.first), &mut strings)
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
        format::environment(
            &mut lines,
            arguments.environment_count,
            &hasher.finish(compress),
        )?;
        Ok(lines.bytes)
    }
}
