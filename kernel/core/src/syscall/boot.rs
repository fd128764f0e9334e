//! The start: seeds are decoded, PID 1 is made and gets its program.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::user::zeros;
use crate::addr::UserAddr;
use crate::context::{FpState, Registers};
use crate::errno::Errno;
use crate::exec::Strings;
use crate::fs::{Follow, InodeId};
use crate::hex0;
use crate::kernel::{BootError, BootOptions, Kernel, Printable, Seed, say};
use crate::ledger::record::Record;
use crate::machine::Machine;
use crate::process::descriptors::{Descriptor, Descriptors, OnExec};
use crate::process::files::{Kind, O_RDWR, OpenFile, Window};
use crate::process::{Alarm, Credentials, Motion, Pid, Process, Report, State, Usage};
use crate::stages::Stages;

/// `mov x8, #139` (rt_sigreturn), `svc #0`: unwinders know a signal frame by these two.
const TRAMPOLINE: [u32; 2] = [0xd280_1168, 0xd400_0001];

impl<M: Machine> Kernel<'_, M> {
    /// Decodes the seeds and makes PID 1.
    pub(crate) fn boot(&mut self, options: &BootOptions) -> Result<(), BootError> {
        self.storage.fs.now = self.file_time();
        let nowhere = |errno| BootError {
            doing: "prepare",
            path: b"the first process".to_vec(),
            errno,
        };
        self.make_trampoline().map_err(nowhere)?;
        self.empty_tables = Some(
            self.storage
                .pool
                .allocate_zeroed(&mut self.storage.machine)
                .map_err(nowhere)?,
        );
        for seed in &options.seeds {
            self.decode_seed(seed)?;
        }
        self.open_ledger(options).map_err(nowhere)?;
        self.stages = Stages::read(&self.storage.fs, &self.storage.machine).map_err(nowhere)?;
        let at = |doing, path: &Vec<u8>| {
            let path = path.clone();
            move |errno| BootError { doing, path, errno }
        };
        let directory = self
            .storage
            .fs
            .resolve(InodeId::ROOT, &options.directory, Follow::Yes)
            .and_then(|inode| {
                if self.storage.fs.is_directory(inode) {
                    Ok(inode)
                } else {
                    Err(Errno::ENOTDIR)
                }
            })
            .map_err(at("enter the directory", &options.directory))?;
        self.make_init(directory).map_err(nowhere)?;
        let file = self
            .storage
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
        let inode = self.storage.fs.create_file(InodeId::ROOT, NAME, 0o555)?;
        self.storage.fs.write(
            inode,
            0,
            code.as_flattened(),
            &mut self.storage.pool,
            &mut self.storage.machine,
        )?;
        self.storage.fs.hold(inode);
        self.storage
            .fs
            .unlink(InodeId::ROOT, NAME, &mut self.storage.pool)?;
        self.trampoline = inode;
        Ok(())
    }

    fn decode_seed(&mut self, seed: &Seed) -> Result<(), BootError> {
        let fail = |doing, path: &[u8]| {
            let path = path.to_vec();
            move |errno| BootError { doing, path, errno }
        };
        let text = self
            .storage
            .fs
            .resolve(InodeId::ROOT, &seed.text, Follow::Yes)
            .map_err(fail("find the seed's text", &seed.text))?;
        let size = usize::try_from(self.storage.fs.size(text)).unwrap_or(usize::MAX);
        let mut bytes = zeros(size).map_err(fail("hold the seed's text", &seed.text))?;
        self.storage
            .fs
            .read(text, 0, &mut bytes, &self.storage.machine);
        let code = hex0::decode(&bytes).map_err(|error| {
            say(
                &mut self.storage.machine,
                format_args!("{}: {error}", Printable(&seed.text)),
            );
            fail("decode the seed", &seed.text)(Errno::ENOEXEC)
        })?;
        self.write_seed(&seed.program, &code)
            .map_err(fail("write the seed's program", &seed.program))
    }

    /// Writes a decoded program, with the directories that its path needs.
    fn write_seed(&mut self, path: &[u8], code: &[u8]) -> Result<(), Errno> {
        let inode = self.storage.fs.create_program(path)?;
        let written = self.storage.fs.write(
            inode,
            0,
            code,
            &mut self.storage.pool,
            &mut self.storage.machine,
        )?;
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
            .storage
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
        self.storage.fs.hold(console);
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
        self.storage.fs.hold(directory);
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
            record: Record::default(),
            has_executed: false,
        };
        self.current = self
            .processes
            .insert(Box::new(process))
            .map_err(|(errno, _)| errno)?;
        self.storage.fs.actor = pid.0;
        self.terminal.session = Some(pid);
        self.terminal.foreground = pid;
        Ok(())
    }
}
