//! System calls on a machine of vectors: each test plays the user programs. It puts arguments into
//! registers, traps, and looks at what came back in registers and memory.

mod execute;
mod fast_path;
mod files;
mod fuzz;
mod identity;
mod ledger;
mod memory;
mod names;
mod pipes;
mod policy;
mod poll;
mod processes;
mod signals;
mod stages;
mod table;
mod terminal;
mod threads;
mod time;
mod waiting;

use std::string::String;
use std::vec;
use std::vec::Vec;

use crate::addr::UserAddr;
use crate::context::Trap;
use crate::errno::Errno;
use crate::fs::{Fs, InodeId};
use crate::kernel::{BootOptions, Kernel, Policy};
use crate::process::Pid;
use crate::run::Next;
use crate::syscall::table as n;
use crate::testing::FakeMachine;

/// Where the test program's memory starts; it is readable, writable and executable.
const BASE: u64 = 0x40_0000;
/// Room for arguments: 256 KiB from here.
const DATA: u64 = 0x41_0000;
/// Where path names are put.
const PATH: u64 = 0x44_0000;
const PATH_2: u64 = 0x44_2000;
const MEMORY: u64 = 0x6_0000;

const AT_FDCWD: u64 = -100i64 as u64;
const O_WRONLY: u64 = 1;
const O_RDWR: u64 = 2;
const O_CREAT: u64 = 0o100;
const O_EXCL: u64 = 0o200;
const O_TRUNC: u64 = 0o1000;
const O_APPEND: u64 = 0o2000;
const O_NONBLOCK: u64 = 0o4000;
const O_DIRECTORY: u64 = 0o40000;
const O_NOFOLLOW: u64 = 0o100000;
const O_CLOEXEC: u64 = 0o2000000;
const O_PATH: u64 = 0o10000000;
/// Arguments of clone for fork and for vfork.
const FORK: [u64; 1] = [17];
const VFORK: [u64; 1] = [0x4111];
/// For a thread.
const THREAD: [u64; 1] = [0x1_0f00];

/// What a failed call returns.
fn fail(errno: Errno) -> i64 {
    -i64::from(errno as u16)
}

/// A static program of one segment: enough for exec. Its instructions are never run.
fn program() -> Vec<u8> {
    let mut elf = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
    elf.extend([0; 8]);
    elf.extend([2u16, 183].map(u16::to_le_bytes).as_flattened());
    elf.extend(1u32.to_le_bytes());
    elf.extend([BASE + 120, 64, 0].map(u64::to_le_bytes).as_flattened());
    elf.extend(0u32.to_le_bytes());
    elf.extend([64u16, 56, 1, 64, 0, 0].map(u16::to_le_bytes).as_flattened());
    elf.extend([1u32, 7].map(u32::to_le_bytes).as_flattened());
    elf.extend([0, BASE, BASE, 124, MEMORY, 4096].map(u64::to_le_bytes).as_flattened());
    elf.extend(0xd400_0001u32.to_le_bytes());
    elf
}

fn options() -> BootOptions {
    BootOptions {
        init: b"/init".to_vec(),
        arguments: vec![],
        environment: vec![b"HOME=/".to_vec()],
        directory: b"/".to_vec(),
        policy: Policy::Open,
        continues: None,
        seeds: vec![],
        files: [0; 32],
        kernel: [7; 32],
        realtime_start: 1_000_000_000_000_000_000,
    }
}

/// A kernel whose PID 1 the test plays.
struct Rig {
    kernel: Kernel<'static, FakeMachine>,
}

impl Rig {
    fn new() -> Self {
        Self::with_frames(4096)
    }

    fn with_frames(frames: usize) -> Self {
        Self::with_options(frames, &options(), |_, _, _| {})
    }

    /// `prepare` adds files before the start.
    fn with_options(
        frames: usize,
        options: &BootOptions,
        prepare: impl FnOnce(&mut Fs, &mut crate::frames::FramePool<'static>, &mut FakeMachine),
    ) -> Self {
        let (mut machine, mut pool) = FakeMachine::with_pool(frames);
        let mut fs = Fs::new().unwrap();
        let init = fs.create_file(InodeId::ROOT, b"init", 0o755).unwrap();
        fs.write(init, 0, &program(), &mut pool, &mut machine).unwrap();
        prepare(&mut fs, &mut pool, &mut machine);
        let kernel = Kernel::new(machine, pool, fs, options).unwrap();
        let mut rig = Rig { kernel };
        assert_eq!(rig.kernel.schedule(), Next::Run);
        rig
    }

    /// Makes a system call as the current process; the next process is chosen afterwards.
    fn start(&mut self, number: u64, arguments: &[u64]) -> Next {
        let registers = self.kernel.registers();
        registers.x[8] = number;
        registers.x[..6].fill(0);
        registers.x[..arguments.len()].copy_from_slice(arguments);
        self.kernel.handle(Trap::Syscall);
        self.kernel.schedule()
    }

    /// Makes a call that does not block, and returns its result.
    fn call(&mut self, number: u64, arguments: &[u64]) -> i64 {
        let pid = self.pid();
        assert_eq!(self.start(number, arguments), Next::Run);
        assert_eq!(self.pid(), pid, "call {number} lost the processor");
        self.kernel.registers().x[0] as i64
    }

    /// A call that must succeed.
    fn done(&mut self, number: u64, arguments: &[u64]) -> u64 {
        let result = self.call(number, arguments);
        assert!(result >= 0, "call {number} {arguments:x?} failed with {result}");
        result as u64
    }

    /// The current process.
    fn pid(&self) -> u32 {
        self.kernel.processes.current().pid.0
    }

    /// Gives the processor to the next process in turn.
    fn tick(&mut self) -> Next {
        self.kernel.handle(Trap::Interrupt);
        self.kernel.schedule()
    }

    /// Goes round until `pid` is the current process.
    fn switch_to(&mut self, pid: u32) {
        for _ in 0..100 {
            if self.pid() == pid {
                return;
            }
            assert_eq!(self.tick(), Next::Run);
        }
        panic!("process {pid} never runs");
    }

    /// x0 of the current process: the result of the call that it blocked in.
    fn result(&mut self) -> i64 {
        self.kernel.registers().x[0] as i64
    }

    /// Forks; the parent goes on.
    fn fork(&mut self) -> u32 {
        self.done(n::CLONE, &FORK) as u32
    }

    fn poke(&mut self, address: u64, bytes: &[u8]) {
        let kernel = &mut self.kernel;
        let space = kernel.processes.current_mut().space.as_mut().unwrap();
        space.copy_out(&mut kernel.storage, UserAddr(address), bytes).unwrap();
    }

    fn peek(&mut self, address: u64, length: usize) -> Vec<u8> {
        let kernel = &mut self.kernel;
        let mut bytes = vec![0; length];
        let space = kernel.processes.current_mut().space.as_mut().unwrap();
        space.copy_in(&mut kernel.storage, UserAddr(address), &mut bytes).unwrap();
        bytes
    }

    fn poke_words(&mut self, address: u64, words: &[u64]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.poke(address, &bytes);
    }

    fn peek_word(&mut self, address: u64) -> u64 {
        u64::from_le_bytes(self.peek(address, 8).try_into().unwrap())
    }

    fn peek_u32(&mut self, address: u64) -> u32 {
        u32::from_le_bytes(self.peek(address, 4).try_into().unwrap())
    }

    /// Puts a path name where the calls of these tests look for it.
    fn path(&mut self, path: &str) -> u64 {
        self.path_at(PATH, path)
    }

    fn path_at(&mut self, address: u64, path: &str) -> u64 {
        self.poke(address, path.as_bytes());
        self.poke(address + path.len() as u64, &[0]);
        address
    }

    fn open(&mut self, path: &str, flags: u64) -> i64 {
        let path = self.path(path);
        self.call(n::OPENAT, &[AT_FDCWD, path, flags, 0o666])
    }

    /// Opens a file that must open.
    fn opened(&mut self, path: &str, flags: u64) -> u64 {
        let fd = self.open(path, flags);
        assert!(fd >= 0, "{path}: {fd}");
        fd as u64
    }

    /// Makes a file with these contents.
    fn file(&mut self, path: &str, contents: &[u8]) {
        let fd = self.opened(path, O_CREAT | O_WRONLY | O_TRUNC);
        assert_eq!(self.write(fd, contents), contents.len() as i64);
        self.done(n::CLOSE, &[fd]);
    }

    fn write(&mut self, fd: u64, bytes: &[u8]) -> i64 {
        self.poke(DATA, bytes);
        self.call(n::WRITE, &[fd, DATA, bytes.len() as u64])
    }

    /// Reads at most `length` bytes; the read must succeed.
    fn read(&mut self, fd: u64, length: usize) -> Vec<u8> {
        let count = self.done(n::READ, &[fd, DATA, length as u64]);
        self.peek(DATA, count as usize)
    }

    fn pipe(&mut self) -> (u64, u64) {
        self.done(n::PIPE2, &[DATA, 0]);
        (self.peek_u32(DATA).into(), self.peek_u32(DATA + 4).into())
    }

    /// What stands on the console.
    fn output(&mut self) -> String {
        String::from_utf8_lossy(&self.kernel.storage.machine.output).into_owned()
    }

    fn type_in(&mut self, text: &str) {
        self.kernel.storage.machine.input.extend(text.bytes());
    }
}
