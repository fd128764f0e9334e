//! Running a user program until it traps, and saying why it did.

use aarch64_cpu::registers::{FAR_EL1, Readable};
use core::arch::asm;
use core::mem::offset_of;
use firmseed_core::context::{Access, Registers, Trap};

// vectors.s loads and stores pairs at these offsets.
const _: () = {
    assert!(offset_of!(Registers, x) == 0);
    assert!(offset_of!(Registers, sp) == 248);
    assert!(offset_of!(Registers, pc) == 256);
    assert!(offset_of!(Registers, pstate) == 264);
    assert!(offset_of!(Registers, tpidr) == 272);
};

/// What `enter_user_assembly` returns for an interrupt, and for an SError: no syndrome has these values.
const SUPERVISOR_CALL: u64 = 0x15;
const INTERRUPT: u64 = u64::MAX;
const SYSTEM_ERROR: u64 = u64::MAX - 1;

/// Runs the program with these registers in the current user tables until it traps.
#[inline(always)]
pub fn enter_user(registers: &mut Registers) -> Trap {
    let syndrome: u64;
    // SAFETY: vectors.s enters EL0 whatever the registers say, reaches kernel memory only through `registers` and
    // its own stack frame, and keeps x19, x29 and sp; all other general registers are listed here.
    unsafe {
        asm!(
            "bl enter_user_assembly",
            inout("x0") registers => syndrome,
            out("x20") _, out("x21") _, out("x22") _, out("x23") _, out("x24") _,
            out("x25") _, out("x26") _, out("x27") _, out("x28") _,
            clobber_abi("C"),
        );
    }
    if exception_class(syndrome) == SUPERVISOR_CALL {
        return Trap::Syscall;
    }
    decode(syndrome)
}

fn exception_class(syndrome: u64) -> u64 {
    syndrome >> 26
}

/// ESR_EL1 (ARM DDI 0487, D17.2.37): exception class in bits 31:26, status in the low six bits.
#[cold]
fn decode(syndrome: u64) -> Trap {
    match syndrome {
        INTERRUPT => return Trap::Interrupt,
        SYSTEM_ERROR => return Trap::Other { esr: syndrome },
        _ => {}
    }
    let address = FAR_EL1.get(); // still this trap's: the kernel takes no other
    match exception_class(syndrome) & 0x3f {
        0x00 | 0x01 | 0x07 | 0x0e | 0x18 | 0x19 | 0x0d | 0x1c => Trap::Undefined,
        0x20 => memory_fault(syndrome, address, Access::Execute),
        0x24 if syndrome & (1 << 6) != 0 && syndrome & (1 << 8) == 0 => {
            memory_fault(syndrome, address, Access::Write)
        }
        0x24 => memory_fault(syndrome, address, Access::Read),
        0x22 => Trap::Alignment { address },
        0x26 => Trap::Alignment { address: 0 },
        0x30 | 0x32 | 0x34 | 0x38 | 0x3c => Trap::Breakpoint,
        _ => Trap::Other { esr: syndrome },
    }
}

/// Address size, translation, access flag and permission faults are the program's memory; the rest is not.
fn memory_fault(syndrome: u64, address: u64, access: Access) -> Trap {
    match syndrome & 0x3f {
        0x00..=0x0f => Trap::Fault { address, access },
        0x21 => Trap::Alignment { address },
        _ => Trap::Other { esr: syndrome },
    }
}
