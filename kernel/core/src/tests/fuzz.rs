//! Random system calls with hostile arguments: nothing panics, nothing is lost.
//!
//! `FIRMSEED_FUZZ_CALLS` sets the number of calls; the seed is fixed, so a failure can be repeated.

use super::*;
use crate::random::Random;
use crate::syscall::table::GROUPS;

/// Values that break careless arithmetic, and some that make calls succeed.
const VALUES: [u64; 31] = [
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    16,
    17,
    64,
    100,
    0x100,
    0xfff,
    0x1000,
    0x1_0000,
    THREAD[0],
    DATA,
    DATA + 0xfff,
    PATH,
    PATH_2,
    BASE + MEMORY - 1,
    BASE + MEMORY,
    0x3f_ffff_f000,
    0x7f_ffff_ffff,
    0x7fff_ffff,
    0xffff_ffff,
    i64::MAX as u64,
    AT_FDCWD,
    u64::MAX - 4095,
    u64::MAX,
];

fn argument(random: &mut Random) -> u64 {
    let choice = random.next_u64();
    match choice % 9 {
        0 => random.next_u64(),
        8 => u64::MAX - (choice >> 32 & 31),
        1 => choice >> 32 & 31,
        2 => DATA + (choice >> 32 & 0xffff),
        3 => 1 << (choice >> 32 & 63),
        _ => VALUES[(choice >> 32) as usize % VALUES.len()],
    }
}

/// One run of a machine: random calls until PID 1 ends or the calls are used up. Returns the calls made.
fn run(seed: u64, limit: u64) -> u64 {
    let mut random = Random::new(seed);
    let mut rig = Rig::with_frames(3000);
    let mut calls = 0;
    let names = [
        "/tmp/a",
        "/tmp/d",
        "/init",
        "/proc/self/maps",
        "/dev/zero",
        "/dev/tty",
        "a",
        "/tmp/d/../b",
        "/proc/self/comm",
        "/proc/self/fd",
        "/proc/self/fd/0",
        "/proc/1/task",
        "/proc/2/cwd/../tmp",
        "/proc/2/status",
        "/proc/1/root/tmp/c",
        "/proc/thread-self/stat",
    ];
    let rows = GROUPS.iter().flat_map(|group| group.calls);
    let calls_of_table: Vec<u64> = rows.map(|call| call.number).collect();
    let mut next = Next::Run;
    while calls < limit {
        match next {
            Next::Run => {}
            Next::Halt { .. } => break,
            Next::Idle { until } => {
                // Time passes; without a timer somebody types ^C, text or ^D.
                match until {
                    Some(time) => rig.kernel.storage.machine.clock = time,
                    None => rig.type_in(["\x03", "text\n", "\x04"][random.next_u64() as usize % 3]),
                }
                calls += 1;
                next = rig.kernel.schedule();
                continue;
            }
        }
        // Somebody may have waited for the end of time.
        let clock = &mut rig.kernel.storage.machine.clock;
        *clock = clock.saturating_add(random.next_u64() % 1_000_000);
        let choice = random.next_u64();
        if choice.is_multiple_of(64) && rig.kernel.registers().pc != 0 {
            let name = names[(choice >> 8) as usize % names.len()];
            let at = if choice & 64 == 0 { PATH } else { PATH_2 };
            let kernel = &mut rig.kernel;
            let space = kernel.processes.current_mut().space.as_mut().unwrap();
            let mut bytes = name.as_bytes().to_vec();
            bytes.push(0);
            // The program may have unmapped its own memory.
            let _ = space.copy_out(&mut kernel.storage, UserAddr(at), &bytes);
        }
        let number = match choice >> 40 & 7 {
            0 => random.next_u64() % 460,
            1 => [n::OPENAT, n::PIPE2, n::CLONE, n::EXECVE, n::FUTEX, n::EXIT]
                [random.next_u64() as usize % 6],
            _ => calls_of_table[random.next_u64() as usize % calls_of_table.len()],
        };
        // An exit of PID 1 would end the run too early.
        if matches!(number, n::EXIT | n::EXIT_GROUP) && rig.pid() == 1 {
            continue;
        }
        let arguments: [u64; 6] = core::array::from_fn(|_| argument(&mut random));
        calls += 1;
        next = rig.start(number, &arguments);
        if choice >> 48 & 15 == 0 && next == Next::Run {
            next = rig.tick();
        }
        rig.kernel.storage.machine.output.clear();
        rig.kernel.storage.machine.trace.clear();
        rig.kernel.storage.machine.invalidated.clear();
        rig.kernel.storage.machine.synced.clear();
    }
    finish(rig);
    calls
}

/// Ends PID 1, whatever it is doing, and looks for what was lost.
fn finish(mut rig: Rig) {
    let init = rig.kernel.processes.find(Pid(1)).unwrap();
    if !rig.kernel.processes.at(init).is_zombie() {
        rig.kernel.end_process(init, crate::process::Ending::Exited(0));
    }
    assert_eq!(rig.kernel.processes.count(), 1, "PID 1 itself");
    assert_eq!(rig.kernel.files.open.count(), 0, "open files");
    rig.check_ledger();
    let kernel = &mut rig.kernel;
    empty_files(kernel, InodeId::ROOT, 0);
    let owned = kernel.storage.pool.total() - kernel.storage.pool.free();
    let pages =
        |(_, file)| kernel.storage.fs.size(file).div_ceil(crate::addr::PAGE_SIZE as u64) as usize;
    let ledger: usize = kernel.ledger_files().into_iter().map(pages).sum();
    assert_eq!(owned - ledger, 2, "frames: the empty tables and the trampoline");
}

/// Cuts all files below a directory to nothing.
fn empty_files(kernel: &mut Kernel<'static, FakeMachine>, directory: InodeId, depth: usize) {
    assert!(depth < 1000);
    let mut cookie = 2;
    while let Some(entry) = kernel.storage.fs.entry_after(directory, cookie) {
        cookie = entry.cookie;
        let inode = entry.inode;
        match kernel.storage.fs.kind(inode) {
            crate::fs::FileKind::Directory => empty_files(kernel, inode, depth + 1),
            crate::fs::FileKind::File => {
                kernel
                    .storage
                    .fs
                    .set_size(inode, 0, &mut kernel.storage.pool, &mut kernel.storage.machine)
                    .unwrap();
            }
            _ => {}
        }
    }
}

#[test]
fn random_calls_neither_panic_nor_leak() {
    let limit = std::env::var("FIRMSEED_FUZZ_CALLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(60_000);
    let mut calls = 0;
    let mut seed = 1;
    while calls < limit {
        calls += run(seed, 4000.min(limit - calls).max(1));
        seed += 1;
    }
}
