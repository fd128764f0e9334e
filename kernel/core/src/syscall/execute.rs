//! execve(2).

use alloc::vec::Vec;

use super::frame::SIGNAL_TRAMPOLINE;
use super::grant::User;
use super::names::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, Target};
use super::policy::{EXECUTED, check_policy};
use super::{Outcome, Stop};
use crate::addr::{PAGE_SIZE, UserAddr};
use crate::errno::Errno;
use crate::exec::{self, AuxInputs, ExecError, Program, Request, Strings};
use crate::fs::{EXECUTE, FileKind, Follow, Fs, InodeId, READ};
use crate::kernel::Kernel;
use crate::machine::{Machine, Memory, say};
use crate::process::Credentials;
use crate::process::descriptors::OnExec;
use crate::process::limits::Resource;
use crate::text::Printable;
use crate::vm::{MapPlace, Protection, Source};

/// FP and Advanced SIMD: what AT_HWCAP promises on every board.
const HWCAP_FP_ASIMD: u64 = 3;

impl<M: Machine> Kernel<'_, M> {
    pub(super) fn sys_execve(&mut self, path: u64, argv: u64, envp: u64) -> Outcome {
        self.sys_execveat(AT_FDCWD as u64, path, argv, envp, 0)
    }

    pub(super) fn sys_execveat(
        &mut self,
        fd: u64,
        path: u64,
        argv: u64,
        envp: u64,
        flags: u64,
    ) -> Outcome {
        if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let path = self.path_name(path)?;
        let Target::Inode(file) = self.names().target_or_descriptor(fd, &path, flags)? else {
            return Err(Errno::EACCES.into());
        };
        if flags & AT_SYMLINK_NOFOLLOW != 0 && self.storage.fs.kind(file) == FileKind::Symlink {
            return Err(Errno::ELOOP.into());
        }
        let mut named = Vec::new();
        if path.is_empty() || (fd as i32 != AT_FDCWD && path[0] != b'/') {
            // What a script's interpreter can open again.
            named = alloc::format!("/dev/fd/{}", fd as u32).into_bytes();
            if !path.is_empty() {
                named.push(b'/');
                named.extend_from_slice(&path);
            }
        }
        if !named.is_empty()
            && self.processes.current().descriptors.get(fd)?.on_exec == OnExec::Close
            && self.is_script(file)
        {
            return Err(Errno::ENOENT.into()); // its interpreter would find no descriptor
        }
        let path = if named.is_empty() { &*path } else { &named };
        let (argv, envp) = (Strings::User(UserAddr(argv)), Strings::User(UserAddr(envp)));
        self.execute(path, file, argv, envp)?;
        Err(Stop::GONE)
    }

    /// Is it a program that an interpreter reads?
    fn is_script(&self, file: InodeId) -> bool {
        let mut magic = [0; 2];
        is_executable(&self.storage.fs, file)
            && self.storage.fs.read(file, 0, &mut magic, &self.storage.machine) == magic.len()
            && magic == *b"#!"
    }

    /// Replaces the current process's program.
    #[inline(never)]
    pub(crate) fn execute(
        &mut self,
        path: &[u8],
        file: InodeId,
        argv: Strings<'_>,
        envp: Strings<'_>,
    ) -> Result<(), Errno> {
        if !is_executable(&self.storage.fs, file) {
            return Err(Errno::EACCES);
        }
        if self.storage.fs.is_being_written(file) {
            return Err(Errno::ETXTBSY);
        }
        let mut scripts = Vec::new();
        let mut program = self.build(path, file, argv, envp, &mut scripts)?;
        if let Err(errno) = self.storage.fs.begin_exec(program.file) {
            program.space.release(&mut self.storage);
            return Err(errno);
        }
        self.storage.fs.hold(program.file);
        let executed = self.storage.fs.path_of(program.file).unwrap_or_default();

        // From here on nothing fails.
        let slot = self.processes.current_slot();
        self.end_threads(slot);
        let start = (&mut program.space, &program.arguments);
        self.observer().exec(program.file, &scripts, start);
        self.give_up_space(slot);
        self.close_descriptors(slot, |descriptor| descriptor.on_exec == OnExec::Close);
        self.processes.drop_fp(slot);
        let process = self.processes.current_mut();
        let fs = &mut self.storage.fs;
        (process.credentials, _) = process.credentials.in_program(&fs.stat(program.file));
        // Who may not read a program may not look into it while it runs.
        process.credentials.dumpable &= fs.check(program.file, READ).is_ok();
        process.tell_files(fs);
        let old = process.program.replace(program.file);
        process.start_program(program.entry, program.stack, path);
        let arguments = &program.arguments;
        process.choices.barriers = 0;
        process.strings = (arguments.first, arguments.size(), arguments.size_of_all());
        process.space = Some(program.space);
        process.limit_space();
        process.path = executed;
        if let Some(old) = old {
            self.storage.fs.end_exec(old);
            self.storage.fs.drop_hold(old, &mut self.storage.pool);
        }
        Ok(())
    }

    /// Builds a program, with the page that signal handlers return to. `scripts` gets the files that led to it.
    #[inline(never)]
    fn build(
        &mut self,
        path: &[u8],
        file: InodeId,
        argv: Strings<'_>,
        envp: Strings<'_>,
        scripts: &mut Vec<InodeId>,
    ) -> Result<Program, Errno> {
        let mut random = [0; 16];
        self.files.random.fill(&mut random);
        let (policy, trampoline) = (self.policy, self.trampoline);
        let process = self.processes.current_mut();
        let directory = process.directory;
        let old = process.credentials.clone();
        let aux = |fs: &Fs, file| {
            let (Credentials { user, group, .. }, secure) = old.in_program(&fs.stat(file));
            AuxInputs {
                uid: user[0],
                euid: user[1],
                gid: group[0],
                egid: group[1],
                secure,
                hwcap: HWCAP_FP_ASIMD,
                hwcap2: 0,
                random,
            }
        };
        let r = &mut self.storage;
        check_policy(policy, &r.fs, &mut r.machine, file, EXECUTED)?;
        let stack_limits =
            [Resource::STACK, Resource::ADDRESSES].map(|what| process.limits.soft(what));
        let request = Request {
            caller: process.space.as_mut(),
            path,
            file,
            argv,
            envp,
            aux: &aux,
            stack_limits,
        };
        let mut last = file;
        let result = exec::build(r, request, |r, interpreter| {
            scripts.push(last);
            let file = r.fs.resolve(directory, interpreter, Follow::Yes)?;
            if !is_executable(&r.fs, file) {
                return Err(Errno::EACCES);
            }
            check_policy(policy, &r.fs, &mut r.machine, file, EXECUTED)?;
            last = file;
            Ok(file)
        });
        let mut program = result.map_err(|error| {
            if let ExecError::Elf(reason) = &error
                && is_elf(&self.storage.fs, &self.storage.machine, file)
            {
                say(
                    &mut self.storage.machine,
                    format_args!(
                        "{}: cannot be executed: {reason}",
                        Printable(&self.storage.fs.path_of(file).unwrap_or_default())
                    ),
                );
            }
            error.errno()
        })?;
        let r = &mut self.storage;
        let protection = Protection::READ | Protection::EXECUTE;
        let source = Source::File { inode: trampoline, offset: 0 };
        let place = MapPlace::Fixed(SIGNAL_TRAMPOLINE);
        if let Err(errno) = program.space.map(r, place, PAGE_SIZE as u64, protection, source) {
            program.space.release(r);
            return Err(errno);
        }
        Ok(program)
    }
}

/// Is it at least meant to be a program?
fn is_elf(fs: &Fs, memory: &impl Memory, file: InodeId) -> bool {
    let mut head = [0; 4];
    fs.read(file, 0, &mut head, memory);
    head == *b"\x7fELF"
}

/// Is this a regular file that the caller may execute?
fn is_executable(fs: &Fs, file: InodeId) -> bool {
    fs.kind(file) == FileKind::File && fs.check(file, EXECUTE).is_ok()
}
