//! From an image to the status of PID 1.

use crate::console::{Console, Typed};
use crate::machine::Simulated;
use firmseed_core::addr::{Frame, PAGE_SIZE};
use firmseed_core::context::Trap;
use firmseed_core::frames::FramePool;
use firmseed_core::fs::{Selection, export_tar};
use firmseed_core::image;
use firmseed_core::kernel::{BootOptions, Kernel};
use firmseed_core::machine::Machine;
use firmseed_core::run::Next;
use firmseed_formats::image::KernelName;
use firmseed_formats::sha256::{Digest, Hex};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Instructions of a time slice: 10 ms of the machine's own time.
const SLICE: u64 = 10_000_000;
/// Bytes of input that the end of a slice takes, as many as a PL011 holds.
const FIFO: u32 = 16;
/// So often a program may be told that the console's input has ended, and ask again without doing anything.
const PATIENCE: u32 = 1000;

/// What the machine is, and how long it may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of memory.
    pub memory: usize,
    /// The kernel command line: `init=PATH`, `-- WORD...`.
    pub line: String,
    /// The host's time after which it is stopped.
    pub limit: Duration,
    /// What comes out of it.
    pub results: Results,
}

/// Is what programs write wanted?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// No.
    None,
    /// All, as a tar.
    Tar,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Ended {
    /// PID 1's status.
    pub status: u8,
    /// What programs wrote, the ledger and its counters: a tar. Empty where it was not asked for.
    pub files: Vec<u8>,
    /// Was something left out of it? The console says what.
    pub is_short: bool,
    /// Instructions that programs executed.
    pub instructions: u64,
}

/// Why a run did not come to PID 1's end.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Failure {
    /// The image is not what its index says.
    #[error("image damaged: {0}")]
    Damaged(String),
    /// The host has no such memory.
    #[error("the host gives no {0} MiB of memory (--memory changes it)")]
    Memory(usize),
    /// PID 1 does not start.
    #[error("{0}")]
    Start(String),
    /// What was written could not be brought out.
    #[error("the tar of what was written cannot be made: {0}")]
    Files(String),
    /// The time is over.
    #[error("no end after {0} s, {1} instructions of programs (--timeout changes the limit)")]
    Limit(u64, u64),
    /// A program asks for input for ever.
    #[error("a program waits for the console, whose input has ended")]
    Waits,
}

/// Runs an image, whose index begins at `offset` and whose kernel has the hash `kernel`, to its end. The kernel in it is not
/// used: this program stands in its place.
///
/// # Errors
/// It did not come to its end.
pub fn run<C: Console>(
    image: &'static [u8],
    offset: usize,
    kernel: &Digest,
    sha256: fn(&[u8]) -> Digest,
    settings: &Settings,
    console: C,
) -> Result<Ended, Failure> {
    let started = Instant::now();
    // What the processor keeps of each frame comes on top: an eighth is more than that.
    let wanted = settings.memory + settings.memory / 8;
    let room = Vec::<u8>::new().try_reserve_exact(wanted);
    room.map_err(|_| Failure::Memory(settings.memory >> 20))?;
    let frames = settings.memory / PAGE_SIZE;
    let mut machine = Simulated::new(frames, console);
    machine.console_say(format_args!(
        "firmseed: a simulated processor, {} MiB",
        settings.memory >> 20
    ));
    let (index, files) = image::load(image, offset, kernel, sha256)
        .map_err(|fault| Failure::Damaged(fault.to_string()))?;
    if index.kernel_name == KernelName::Other {
        machine.console_say(format_args!(
            "firmseed: the kernel is not a published one: sha256 {}",
            Hex(kernel)
        ));
    }
    let options = BootOptions::of_image(&index, *kernel, &settings.line);
    let mut counts = vec![0; frames];
    let pool = FramePool::new(Frame(0), &mut counts);
    let mut kernel = Kernel::new(machine, pool, files, &options)
        .map_err(|error| Failure::Start(error.to_string()))?;
    let status = main_loop(&mut kernel, started, settings.limit)?;
    kernel.machine().console_say(format_args!("firmseed: init ended with status {status}"));
    let instructions = kernel.machine().instructions();
    let ledger = kernel.ledger_files();
    let (machine, _, files) = kernel.parts();
    let mut ended =
        Ended { status: status as u8, files: Vec::new(), is_short: false, instructions };
    if settings.results == Results::Tar {
        let left_out = export_tar(files, machine, Selection::Written, &ledger, &mut |bytes| {
            ended.files.extend_from_slice(bytes);
            Ok(())
        })
        .map_err(|errno| Failure::Files(errno.to_string()))?;
        if !left_out.is_empty() {
            machine.console_say(format_args!("firmseed: failed: {left_out}"));
            ended.is_short = true;
        }
    }
    Ok(ended)
}

/// Runs programs until PID 1 has ended; returns its status.
fn main_loop<C: Console>(
    kernel: &mut Kernel<'_, Simulated<C>>,
    started: Instant,
    limit: Duration,
) -> Result<i32, Failure> {
    let over = |kernel: &mut Kernel<'_, Simulated<C>>| {
        Failure::Limit(limit.as_secs(), kernel.machine().instructions())
    };
    let mut left = SLICE;
    let mut ended = 0;
    loop {
        // Calls may take the host long, and timers may expire where no program runs: asked in each turn.
        if started.elapsed() >= limit {
            return Err(over(kernel));
        }
        match kernel.schedule() {
            Next::Run => {
                let mut registers = kernel.registers().clone();
                let before = kernel.machine().instructions();
                let trap = kernel.machine().enter_user(&mut registers, left);
                *kernel.registers() = registers;
                let spent = kernel.machine().instructions() - before;
                left = left.saturating_sub(spent.max(1));
                if left == 0 {
                    left = SLICE;
                    let machine = kernel.machine();
                    (0..FIFO).all(|_| matches!(machine.listen(Duration::ZERO), Typed::Byte(_)));
                    if trap != Trap::Interrupt {
                        kernel.handle(trap);
                        kernel.handle(Trap::Interrupt);
                        continue;
                    }
                }
                if trap == Trap::Undefined
                    && let Some((pc, word)) = kernel.machine().take_undefined()
                {
                    kernel.machine().console_say(format_args!(
                        "firmseed: processor: {word:#010x} at {pc:#x} is no instruction at EL0 that it knows"
                    ));
                }
                kernel.handle(trap);
            }
            Next::Idle { until } => {
                let (machine, began) = (kernel.machine(), Instant::now());
                let asleep = until.map(|until| until.saturating_sub(machine.now()));
                let asleep = asleep.map_or(Duration::MAX, Duration::from_nanos);
                match (machine.listen(asleep.min(limit.saturating_sub(started.elapsed()))), until) {
                    (Typed::Byte(_), _) => machine.let_pass(began.elapsed()),
                    (Typed::End, Some(until)) if ended > 0 => machine.sleep_until(until),
                    (Typed::End, None) if ended == PATIENCE => return Err(Failure::Waits),
                    (Typed::End, _) => {
                        ended += 1;
                        machine.end_input();
                    }
                    (Typed::Nothing, Some(until)) => machine.sleep_until(until),
                    (Typed::Nothing, None) => {} // the limit is reached
                }
            }
            Next::Halt { status } => return Ok(status),
        }
    }
}
