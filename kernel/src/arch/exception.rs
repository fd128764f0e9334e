//! The end of the kernel: a trap from EL1, or a panic. Registers, syndrome, backtrace, and a failing exit code.

use core::fmt::Write;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};
use firmseed_formats::image::symbol_at;
use spin::Once;

use crate::arch;
use crate::console::Console;
use crate::{power, println};

/// Exit code of a machine whose kernel failed.
const FAILURE: u8 = 255;
/// Most callers that a backtrace prints.
const BACKTRACE_DEPTH: usize = 32;

/// What vectors.s stores before it calls [`kernel_exception`].
#[repr(C)]
pub struct CrashDump {
    x: [u64; 31],
    sp: u64,
    pc: u64,
    pstate: u64,
    syndrome: u64,
    address: u64,
}

const _: () = assert!(size_of::<CrashDump>() == 288);

static FAILING: AtomicBool = AtomicBool::new(false);
static SYMBOLS: Once<&'static [u8]> = Once::new();

/// Gives the kernel its symbols: lines `hexoffset name`, in ascending order.
pub fn set_symbols(lines: &'static [u8]) {
    SYMBOLS.call_once(|| lines);
}

/// Called by vectors.s on the emergency stack.
// SAFETY: the name is unique in the kernel; only vectors.s calls it.
#[unsafe(no_mangle)]
extern "C" fn kernel_exception(dump: &CrashDump, vector: u64) -> ! {
    stop_if_failing_already();
    println!("firmseed: kernel fault: {}", describe(dump.syndrome, vector));
    println!(
        "  pc {:016x}  sp {:016x}  pstate {:08x}  esr {:08x}  far {:016x}",
        dump.pc, dump.sp, dump.pstate, dump.syndrome, dump.address
    );
    let (stack_start, _) = arch::stack();
    if dump.address < stack_start && stack_start - dump.address <= 4096 {
        println!("  the kernel stack overflowed");
    }
    for (row, values) in dump.x.chunks(4).enumerate() {
        for (column, value) in values.iter().enumerate() {
            let _ = write!(Console, "  x{:<2} {value:016x}", row * 4 + column);
        }
        let _ = Console.write_str("\n");
    }
    // A function that calls no other may have no frame record: x30 says who called it. Else that is a place in itself.
    backtrace(&[dump.pc, dump.x[30].wrapping_sub(4)], dump.x[29]);
    power::off(FAILURE);
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    stop_if_failing_already();
    println!("firmseed: kernel panic: {}", info.message());
    if let Some(location) = info.location() {
        println!("  at {}:{}", location.file(), location.line());
    }
    backtrace(&[], frame_pointer());
    power::off(FAILURE);
}

/// A failure while a failure is reported: what is out is all there will be.
fn stop_if_failing_already() {
    if FAILING.swap(true, Ordering::Relaxed) {
        println!("firmseed: another failure while reporting the first");
        power::off(FAILURE);
    }
}

fn describe(syndrome: u64, vector: u64) -> &'static str {
    match (vector, (syndrome >> 26) & 0x3f) {
        (0..=3, _) => "exception with SP_EL0 in use",
        (5 | 6 | 10, _) => "interrupt that is masked or routed nowhere",
        (7, _) => "SError: a bus or memory error",
        (12..=15, _) => "exception from AArch32, which is never entered",
        (_, 0x00) => "undefined instruction",
        (_, 0x0e) => "illegal execution state",
        (_, 0x15) => "SVC in the kernel",
        (_, 0x21) => "instruction abort",
        (_, 0x22) => "pc not aligned",
        (_, 0x25) => "data abort",
        (_, 0x26) => "sp not aligned",
        (_, 0x3c) => "BRK: an unreachable place was reached",
        _ => "unexpected exception",
    }
}

/// Prints `places`, then follows the frame records (AAPCS64, 6.4.6) as long as they lie on the kernel stack and ascend.
fn backtrace(places: &[u64], mut frame: u64) {
    println!("  backtrace (offset in the kernel, symbol):");
    for &place in places {
        print_place(place);
    }
    let (start, end) = arch::stack();
    for _ in 0..BACKTRACE_DEPTH {
        if frame < start || frame > end - 16 || !frame.is_multiple_of(8) {
            return;
        }
        let record = frame as *const [u64; 2];
        // SAFETY: the record lies on the mapped kernel stack and is aligned; any bits are valid integers.
        let [caller, return_address] = unsafe { record.read_volatile() };
        if return_address == 0 {
            return;
        }
        print_place(return_address - 4); // the call, which may be its function's last instruction
        if caller <= frame {
            return;
        }
        frame = caller;
    }
}

fn print_place(pc: u64) {
    let offset = pc.wrapping_sub(arch::kernel_base());
    let symbol = SYMBOLS.get().and_then(|lines| symbol_at(lines, offset));
    match symbol.and_then(|(name, distance)| Some((core::str::from_utf8(name).ok()?, distance))) {
        Some((name, distance)) if offset < arch::extent().text_end => {
            println!("    {offset:#08x} {name}+{distance:#x}")
        }
        _ => println!("    {offset:#08x}"),
    }
}

fn frame_pointer() -> u64 {
    let value;
    // SAFETY: reading x29 has no effect.
    unsafe {
        core::arch::asm!("mov {}, x29", out(reg) value, options(nomem, nostack, preserves_flags))
    };
    value
}
