//! The start: seeds are decoded, PID 1 is made and gets its program.

use alloc::vec::Vec;

use crate::errno::Errno;
use crate::exec::Strings;
use crate::files::Files;
use crate::files::open::{O_RDWR, Object, OpenFile};
use crate::frames::FramePool;
use crate::fs::{Follow, Fs, InodeId};
use crate::kernel::Kernel;
use crate::ledger::Ledger;
use crate::machine::{Machine, say};
use crate::options::{BootError, BootOptions, Seed};
use crate::process::descriptors::{Descriptor, Descriptors, OnExec};
use crate::process::table::Processes;
use crate::process::{Credentials, Process};
use crate::stages::Stages;
use crate::storage::Storage;
use crate::text::{Printable, zeros};
use firmseed_formats::hex0;

/// `mov x8, #139` (rt_sigreturn), `svc #0`: unwinders know a signal frame by these two.
const TRAMPOLINE: [u32; 2] = [0xd280_1168, 0xd400_0001];

impl<'a, M: Machine> Kernel<'a, M> {
    /// Decodes the seeds and makes PID 1. `fs` holds the unpacked image.
    ///
    /// # Errors
    /// What could not be started and why, for the console.
    pub fn new(
        machine: M,
        pool: FramePool<'a>,
        fs: Fs,
        options: &BootOptions,
    ) -> Result<Self, BootError> {
        let nowhere =
            |errno| BootError { doing: "prepare", path: b"the first process".to_vec(), errno };
        let mut storage = Storage { fs, pool, machine };
        storage.fs.set_calendar(options.realtime_start);
        storage.fs.set_time(storage.machine.now());
        let trampoline = make_trampoline(&mut storage).map_err(nowhere)?;
        let tables = storage.pool.allocate_zeroed(&mut storage.machine);
        let empty_tables = tables.map_err(nowhere)?;
        for seed in &options.seeds {
            decode_seed(seed, &mut storage)?;
        }
        let ledger = Ledger::open(options, trampoline, &mut storage).map_err(nowhere)?;
        let stages = Stages::read(&storage.fs, &storage.machine).map_err(nowhere)?;
        let mut kernel = Kernel {
            storage,
            files: Files::default(),
            processes: Processes::default(),
            ledger,
            policy: options.policy,
            empty_tables,
            trampoline,
            stages,
            reported: Vec::new(),
        };
        kernel.start_init(options)?;
        Ok(kernel)
    }

    fn start_init(&mut self, options: &BootOptions) -> Result<(), BootError> {
        let at = |doing, path: &Vec<u8>| {
            let path = path.clone();
            move |errno| BootError { doing, path, errno }
        };
        let fs = &self.storage.fs;
        let directory = fs
            .resolve(InodeId::ROOT, &options.directory, Follow::Yes)
            .and_then(|inode| match fs.is_directory(inode) {
                true => Ok(inode),
                false => Err(Errno::ENOTDIR),
            })
            .map_err(at("enter the directory", &options.directory))?;
        self.make_init(directory).map_err(|errno| BootError {
            doing: "prepare",
            path: b"the first process".to_vec(),
            errno,
        })?;
        let file = self.storage.fs.resolve(directory, &options.init, Follow::Yes);
        let file = file.map_err(at("find the first program", &options.init))?;
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

    /// PID 1 without a program: leader of its session, with the console as its terminal and as 0, 1 and 2.
    #[inline(never)]
    fn make_init(&mut self, directory: InodeId) -> Result<(), Errno> {
        let pid = self.processes.next_pid()?;
        let console = self.storage.fs.resolve(InodeId::ROOT, b"/dev/console", Follow::Yes)?;
        let file =
            OpenFile { references: 3, ..OpenFile::new(Object::Terminal, Some(console), O_RDWR) };
        let file = self.files.open.insert(file).map_err(|(errno, _)| errno)?;
        self.storage.fs.hold(console);
        let mut descriptors = Descriptors::default();
        for fd in 0..3 {
            descriptors.put(fd, Descriptor { file, on_exec: OnExec::Keep })?;
        }
        self.storage.fs.hold(directory);
        let process = Process::init(pid, directory, descriptors);
        self.ledger.make_room(&self.processes)?;
        let slot = self.processes.insert(process);
        self.processes.start(slot.map_err(|(errno, _)| errno)?);
        let credentials = Credentials::default();
        self.storage.fs.process_begins(pid.0, credentials.shown_owner());
        self.storage.fs.change_hands(pid.0, credentials.actor());
        self.files.terminal.give(pid, pid);
        Ok(())
    }
}

/// A file without a name that holds the trampoline: every process maps its one page.
fn make_trampoline<M: Machine>(storage: &mut Storage<'_, M>) -> Result<InodeId, Errno> {
    const NAME: &[u8] = b".signal-trampoline";
    let Storage { fs, pool, machine } = storage;
    let code = TRAMPOLINE.map(u32::to_le_bytes);
    let inode = fs.create_file(InodeId::ROOT, NAME, 0o555)?;
    fs.write(inode, 0, code.as_flattened(), pool, machine)?;
    fs.hold(inode);
    fs.unlink(InodeId::ROOT, NAME, pool)?;
    Ok(inode)
}

fn decode_seed<M: Machine>(seed: &Seed, storage: &mut Storage<'_, M>) -> Result<(), BootError> {
    let fail = |doing, path: &[u8]| {
        let path = path.to_vec();
        move |errno| BootError { doing, path, errno }
    };
    let Storage { fs, pool, machine } = storage;
    let text = fs
        .resolve(InodeId::ROOT, &seed.text, Follow::Yes)
        .map_err(fail("find the seed's text", &seed.text))?;
    let size = usize::try_from(fs.size(text)).unwrap_or(usize::MAX);
    let mut bytes = zeros(size).map_err(fail("hold the seed's text", &seed.text))?;
    fs.read(text, 0, &mut bytes, machine);
    let code = hex0::decode(&bytes).map_err(|error| {
        say(machine, format_args!("{}: {error}", Printable(&seed.text)));
        fail("decode the seed", &seed.text)(Errno::ENOEXEC)
    })?;
    let written =
        fs.create_program(&seed.program).and_then(|inode| fs.write(inode, 0, &code, pool, machine));
    match written {
        Ok(written) if written == code.len() => Ok(()),
        Ok(_) => Err(Errno::ENOMEM),
        Err(errno) => Err(errno),
    }
    .map_err(fail("write the seed's program", &seed.program))
}
