//! execve(2), the policy about what may be executed, and the start of PID 1.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::names::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, Target};
use super::{Outcome, Stop};
use crate::addr::{PAGE_SIZE, UserAddr};
use crate::context::{FpState, Registers};
use crate::errno::Errno;
use crate::exec::{self, AuxInputs, ExecError, Program, Request, Strings};
use crate::fs::{Follow, Fs, InodeId, Kind as FileKind, Origin};
use crate::hex0;
use crate::kernel::{BootError, BootOptions, Kernel, Policy, Printable, Seed, resources, say};
use crate::machine::{Machine, Memory};
use crate::process::descriptors::{Descriptor, Descriptors, OnExec};
use crate::process::files::{Kind, O_RDWR, OpenFile, Window};
use crate::process::signals::Signal;
use crate::process::{Alarm, Credentials, Motion, Pid, Process, Report, State, Usage};
use crate::stages::Stages;
use crate::syscall::frame::SIGNAL_TRAMPOLINE;
use crate::vm::{Place, Protection, Source};

/// FP and Advanced SIMD: what AT_HWCAP promises on every board.
const HWCAP_FP_ASIMD: u64 = 3;

/// `mov x8, #139` (rt_sigreturn), `svc #0`: unwinders know a signal frame by these two.
const TRAMPOLINE: [u32; 2] = [0xd280_1168, 0xd400_0001];

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
        let Target::Inode(file) = self.target_or_descriptor(fd, &path, flags)? else {
            return Err(Errno::EACCES.into());
        };
        if flags & AT_SYMLINK_NOFOLLOW != 0 && self.fs.kind(file) == FileKind::Symlink {
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
        let path = if named.is_empty() { &*path } else { &named };
        let (argv, envp) = (Strings::User(UserAddr(argv)), Strings::User(UserAddr(envp)));
        self.execute(path, file, argv, envp)?;
        Err(Stop::GONE)
    }

    /// Replaces the current process's program.
    #[inline(never)]
    fn execute(
        &mut self,
        path: &[u8],
        file: InodeId,
        argv: Strings<'_>,
        envp: Strings<'_>,
    ) -> Result<(), Errno> {
        self.check_executable(file)?;
        let program = self.build(path, file, argv, envp)?;
        if let Err(errno) = self.fs.begin_exec(program.file) {
            program.space.release(&mut resources!(self));
            return Err(errno);
        }
        self.fs.hold(program.file);
        let executed = self.fs.path_of(program.file).unwrap_or_default();

        // From here on nothing fails.
        self.give_up_space(self.current);
        self.close_descriptors(self.current, |descriptor| {
            descriptor.on_exec == OnExec::Close
        });
        self.fp_owner = self.fp_owner.filter(|&owner| owner != self.current);
        let process = self.processes.at_mut(self.current);
        let old = process.program.replace(program.file);
        process.registers = Registers {
            sp: program.stack,
            pc: program.entry,
            ..Registers::default()
        };
        process.fp = FpState::default();
        process.space = Some(program.space);
        process.signals.reset_for_exec();
        process.path = executed;
        process.set_name(path);
        process.clear_tid = UserAddr::NULL;
        process.exit_signal = Signal::CHLD.number();
        process.has_executed = true;
        if let Some(old) = old {
            self.fs.end_exec(old);
            self.fs.drop_hold(old, &mut self.pool);
        }
        Ok(())
    }

    /// Builds a program, with the page that signal handlers return to.
    #[inline(never)]
    fn build(
        &mut self,
        path: &[u8],
        file: InodeId,
        argv: Strings<'_>,
        envp: Strings<'_>,
    ) -> Result<Program, Errno> {
        let mut random = [0; 16];
        self.random.fill(&mut random);
        let (policy, trampoline) = (self.policy, self.trampoline);
        let process = self.processes.at_mut(self.current);
        let directory = process.directory;
        let aux = AuxInputs {
            uid: process.credentials.user[0],
            euid: process.credentials.user[1],
            gid: process.credentials.group[0],
            egid: process.credentials.group[1],
            hwcap: HWCAP_FP_ASIMD,
            hwcap2: 0,
            random,
        };
        let mut r = resources!(self);
        check_policy(policy, r.fs, r.machine, file, path)?;
        let request = Request {
            caller: process.space.as_mut(),
            path,
            file,
            argv,
            envp,
            aux,
        };
        let result = exec::build(&mut r, request, |r, interpreter| {
            let file = r.fs.resolve(directory, interpreter, Follow::Yes)?;
            if r.fs.kind(file) != FileKind::File || !r.fs.stat(file).is_executable() {
                return Err(Errno::EACCES);
            }
            check_policy(policy, r.fs, r.machine, file, interpreter)?;
            Ok(file)
        });
        let mut program = result.map_err(|error| {
            if let ExecError::Elf(reason) = &error
                && is_elf(&self.fs, &self.machine, file)
            {
                say(
                    &mut self.machine,
                    format_args!("{}: cannot be executed: {reason}", Printable(path)),
                );
            }
            error.errno()
        })?;
        let mut r = resources!(self);
        let protection = Protection::READ | Protection::EXECUTE;
        let source = Source::File {
            inode: trampoline,
            offset: 0,
        };
        let place = Place::Fixed(SIGNAL_TRAMPOLINE);
        if let Err(errno) = program
            .space
            .map(&mut r, place, PAGE_SIZE as u64, protection, source)
        {
            program.space.release(&mut r);
            return Err(errno);
        }
        Ok(program)
    }

    /// Decodes the seeds and makes PID 1.
    pub(crate) fn boot(&mut self, options: &BootOptions) -> Result<(), BootError> {
        self.fs.now = self.file_time();
        let nowhere = |errno| BootError {
            doing: "prepare",
            path: b"the first process".to_vec(),
            errno,
        };
        self.make_trampoline().map_err(nowhere)?;
        self.empty_tables = Some(
            self.pool
                .allocate_zeroed(&mut self.machine)
                .map_err(nowhere)?,
        );
        for seed in &options.seeds {
            self.decode_seed(seed)?;
        }
        self.stages = Stages::read(&self.fs, &self.machine).map_err(nowhere)?;
        let at = |doing, path: &Vec<u8>| {
            let path = path.clone();
            move |errno| BootError { doing, path, errno }
        };
        let directory = self
            .fs
            .resolve(InodeId::ROOT, &options.directory, Follow::Yes)
            .and_then(|inode| {
                if self.fs.is_directory(inode) {
                    Ok(inode)
                } else {
                    Err(Errno::ENOTDIR)
                }
            })
            .map_err(at("enter the directory", &options.directory))?;
        self.make_init(directory).map_err(nowhere)?;
        let file = self
            .fs
            .resolve(directory, &options.init, Follow::Yes)
            .map_err(at("find the first program", &options.init))?;
        let mut arguments: Vec<&[u8]> = options.arguments.iter().map(Vec::as_slice).collect();
        if arguments.is_empty() {
            arguments.push(&options.init);
        }
        let environment: Vec<&[u8]> = options.environment.iter().map(Vec::as_slice).collect();
        self.execute(
            &options.init,
            file,
            Strings::Kernel(&arguments),
            Strings::Kernel(&environment),
        )
        .map_err(at("start the first program", &options.init))
    }

    /// A file without a name that holds the trampoline: every process maps its one page.
    fn make_trampoline(&mut self) -> Result<(), Errno> {
        const NAME: &[u8] = b".signal-trampoline";
        let code = TRAMPOLINE.map(u32::to_le_bytes);
        let inode = self.fs.create_file(InodeId::ROOT, NAME, 0o555)?;
        self.fs.write(
            inode,
            0,
            code.as_flattened(),
            &mut self.pool,
            &mut self.machine,
        )?;
        self.fs.hold(inode);
        self.fs.unlink(InodeId::ROOT, NAME, &mut self.pool)?;
        self.trampoline = inode;
        Ok(())
    }

    fn decode_seed(&mut self, seed: &Seed) -> Result<(), BootError> {
        let fail = |doing, path: &[u8]| {
            let path = path.to_vec();
            move |errno| BootError { doing, path, errno }
        };
        let text = self
            .fs
            .resolve(InodeId::ROOT, &seed.text, Follow::Yes)
            .map_err(fail("find the seed's text", &seed.text))?;
        let size = usize::try_from(self.fs.size(text)).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(size)
            .map_err(|_| fail("hold the seed's text", &seed.text)(Errno::ENOMEM))?;
        bytes.resize(size, 0);
        self.fs.read(text, 0, &mut bytes, &self.machine);
        let code = hex0::decode(&bytes).map_err(|error| {
            say(
                &mut self.machine,
                format_args!("{}: {error}", Printable(&seed.text)),
            );
            fail("decode the seed", &seed.text)(Errno::ENOEXEC)
        })?;
        self.write_seed(&seed.program, &code)
            .map_err(fail("write the seed's program", &seed.program))
    }

    /// Writes a decoded program, with the directories that its path needs.
    fn write_seed(&mut self, path: &[u8], code: &[u8]) -> Result<(), Errno> {
        for (slash, _) in path
            .iter()
            .enumerate()
            .skip(1)
            .filter(|&(_, &byte)| byte == b'/')
        {
            let (directory, name) = self.fs.resolve_parent(InodeId::ROOT, &path[..slash])?;
            match self.fs.create_directory(directory, name, 0o755) {
                Ok(_) | Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        let (directory, name) = self.fs.resolve_parent(InodeId::ROOT, path)?;
        let inode = self.fs.create_file(directory, name, 0o755)?;
        let written = self
            .fs
            .write(inode, 0, code, &mut self.pool, &mut self.machine)?;
        if written == code.len() {
            Ok(())
        } else {
            Err(Errno::ENOMEM)
        }
    }

    /// PID 1 without a program: leader of its session, with the console as its terminal and as 0, 1 and 2.
    #[inline(never)]
    fn make_init(&mut self, directory: InodeId) -> Result<(), Errno> {
        let pid = self.processes.next_pid()?;
        let console = self
            .fs
            .resolve(InodeId::ROOT, b"/dev/console", Follow::Yes)?;
        let file = OpenFile {
            kind: Kind::Terminal,
            inode: Some(console),
            flags: O_RDWR,
            offset: 0,
            references: 3,
            window: Window::NONE,
        };
        let file = self.files.insert(file).map_err(|(errno, _)| errno)?;
        self.fs.hold(console);
        let mut descriptors = Descriptors::default();
        for fd in 0..3 {
            descriptors.put(
                fd,
                Descriptor {
                    file,
                    on_exec: OnExec::Keep,
                },
            )?;
        }
        self.fs.hold(directory);
        let process = Process {
            registers: Registers::default(),
            pid,
            state: State::Ready,
            motion: Motion::Going,
            report: Report::None,
            space: None,
            lender: None,
            vfork_parent: None,
            spawned: None,
            descriptors,
            signals: Box::default(),
            fp: FpState::default(),
            parent: Pid::NONE,
            group: pid,
            session: pid,
            directory,
            umask: 0o022,
            credentials: Credentials::default(),
            program: None,
            path: Vec::new(),
            name: [0; 16],
            alarm: Alarm::default(),
            deadline: None,
            progress: 0,
            exit_signal: 0,
            usage: Usage::default(),
            children_usage: Usage::default(),
            clear_tid: UserAddr::NULL,
            has_executed: false,
        };
        self.current = self
            .processes
            .insert(Box::new(process))
            .map_err(|(errno, _)| errno)?;
        self.terminal.session = Some(pid);
        self.terminal.foreground = pid;
        Ok(())
    }
}

/// In an image of the chain, code runs only if it was made on this machine. Scripts are text: their interpreter counts.
fn check_policy<M: Machine>(
    policy: Policy,
    fs: &Fs,
    machine: &mut M,
    file: InodeId,
    path: &[u8],
) -> Result<(), Errno> {
    let mut head = [0; 2];
    fs.read(file, 0, &mut head, machine);
    if policy == Policy::Open || fs.origin(file) != Origin::Image || head == *b"#!" {
        return Ok(());
    }
    say(
        machine,
        format_args!(
            "{}: not executed: it is part of the image, and only programs that were made on this machine may run \
             (an image built with --policy open runs any)",
            Printable(path)
        ),
    );
    Err(Errno::EACCES)
}

/// Is it at least meant to be a program?
fn is_elf(fs: &Fs, memory: &impl Memory, file: InodeId) -> bool {
    let mut head = [0; 4];
    fs.read(file, 0, &mut head, memory);
    head == *b"\x7fELF"
}
