//! From a board to the status of PID 1: memory, image, files, the main loop, and what comes out at the end.

use alloc::string::{String, ToString};
use board::Board;
use board::regions::Region;
use firmseed_core::context::Trap;
use firmseed_core::kernel::Kernel;
use firmseed_core::run::Next;

use crate::arch::trap::enter_user;
use crate::arch::{self, BootState, cpu, exception, mmu};
use crate::drivers::interrupts::Interrupts;
use crate::drivers::timer::{TICKS_PER_SLICE, Timer};
use crate::drivers::virtio_block::{self, Disk};
use crate::firmware::Found;
use crate::image::Image;
use crate::machine::ThisMachine;
use crate::mem::plan::{self, Given, Memory, PlanError};
use crate::options::Options;
use crate::results::Results;
use crate::{console, println, trace};

/// The slot of a disk.
fn disk_slot(board: &Board<'_>) -> Option<Region> {
    board.virtio.as_slice().iter().copied().find(|slot| virtio_block::is_disk(*slot))
}

/// Decides who uses which part of memory. From then on there is a heap, in which texts of errors can lie.
///
/// # Errors
/// As [`plan::carry_out`].
pub fn find_memory(entry: BootState, found: &Found) -> Result<Memory, PlanError> {
    let board = &found.board;
    plan::carry_out(&Given {
        memory: &board.memory,
        reserved: &board.reserved,
        unmapped: &board.unmapped,
        image: Region::new(entry.image, arch::image_size()),
        device_tree: found.device_tree,
        dma: if disk_slot(board).is_some() { virtio_block::BUFFER_SIZE } else { 0 },
    })
}

/// Boots, runs PID 1 to its end, and brings out what it wrote. Returns PID 1's status.
///
/// # Errors
/// A text for the console: why nothing could be run, or nothing brought out.
pub fn run(entry: BootState, found: &Found, memory: Memory) -> Result<u8, String> {
    let board = &found.board;
    let timer = Timer::new().ok_or("the firmware left the timer's frequency (CNTFRQ_EL0) unset")?;
    mmu::retire_identity_map();
    let arguments = String::from(board.arguments); // the device tree's memory is among the free frames

    let image = Image::open(memory.image, entry)?;
    if let Some(symbols) = image.symbols() {
        exception::set_symbols(symbols);
    }
    let options = Options::new(&image, &arguments);
    if let Some(target) = options.trace {
        trace::start(target).map_err(|why| alloc::format!("trace={target}: {why}"))?;
    }
    let open_disk =
        disk_slot(board).map(|slot| move || Disk::open(slot, memory.dma, timer).map_err(text));
    let results = Results::open(options.results, found, timer, open_disk)?;
    let interrupts = open_interrupts(board, timer)?;
    let machine = ThisMachine::new(memory.frames, timer);
    let mut kernel = Kernel::new(machine, memory.pool, image.files, &options.boot).map_err(text)?;
    let status = main_loop(&mut kernel, &interrupts, timer);
    println!("firmseed: init ended with status {status}");
    results.write(&mut kernel)?;
    Ok(status as u8)
}

/// Sets up the interrupt controller, and sees one interrupt of the timer arrive: a program could hang all else.
fn open_interrupts(board: &Board<'_>, timer: Timer) -> Result<Interrupts, String> {
    let description = board.interrupts.ok_or(
        "the device tree names no interrupt controller of a kind that the kernel knows (GICv2, GICv3, BCM2836)",
    )?;
    let interrupts = Interrupts::open(description, board.timer_interrupt).map_err(text)?;
    timer.arm(Some(0));
    let deadline = timer.now() + 1_000_000_000;
    while timer.now() < deadline {
        if let Some(interrupt) = interrupts.acknowledge() {
            timer.arm(None);
            interrupts.end(interrupt);
            return Ok(interrupts);
        }
    }
    Err(alloc::format!(
        "the timer's interrupt, number {}, does not arrive through the board's interrupt controller",
        board.timer_interrupt
    ))
}

/// Runs programs until PID 1 has ended; returns its status.
#[optimize(speed)]
#[inline(never)]
fn main_loop(kernel: &mut Kernel<'_, ThisMachine>, interrupts: &Interrupts, timer: Timer) -> i32 {
    let mut ticks = 0;
    timer.arm(None);
    loop {
        match kernel.schedule() {
            Next::Run => match enter_user(kernel.registers()) {
                Trap::Syscall => kernel.handle(Trap::Syscall), // the short way
                Trap::Interrupt => {
                    take_interrupt(interrupts, timer);
                    ticks += 1;
                    if ticks >= TICKS_PER_SLICE {
                        ticks = 0;
                        kernel.handle(Trap::Interrupt);
                    }
                }
                trap => {
                    kernel.handle(trap);
                    cpu::publish_tables(); // a page that was mapped is found, without a second fault
                }
            },
            Next::Idle { until } => {
                timer.arm(until);
                cpu::wait_for_interrupt();
                take_interrupt(interrupts, timer);
            }
            Next::Halt { status } => return status,
        }
    }
}

/// The only interrupt is the timer's: quiets it by setting it again. None may be pending after all.
fn take_interrupt(interrupts: &Interrupts, timer: Timer) {
    if let Some(interrupt) = interrupts.acknowledge() {
        timer.arm(None);
        interrupts.end(interrupt);
    }
    console::poll();
}

fn text(error: impl core::fmt::Display) -> String {
    error.to_string()
}
