//! The registers of a user program, as the trap code stores and loads them.

/// What the trap entry stores and the return to EL0 loads. The layout is shared with assembly:
/// `kernel/src/arch` asserts every offset.
#[repr(C)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// x0 to x30.
    pub x: [u64; 31],
    /// SP_EL0.
    pub sp: u64,
    /// The program counter (ELR_EL1).
    pub pc: u64,
    /// PSTATE (SPSR_EL1); only NZCV is the program's to choose.
    pub pstate: u64,
    /// TPIDR_EL0, the thread pointer.
    pub tpidr: u64,
}

/// FP/SIMD state: V0 to V31, FPSR and FPCR, in the order of Linux's `struct fpsimd_context`.
#[repr(C, align(16))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FpState {
    /// V0 to V31.
    pub v: [u128; 32],
    /// Status.
    pub fpsr: u64,
    /// Control.
    pub fpcr: u64,
}

/// Why a user program stopped running and the kernel has the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// SVC: a system call.
    Syscall,
    /// Translation or permission fault at `address`.
    Fault {
        /// The address that faulted (FAR_EL1).
        address: u64,
        /// What the program tried.
        access: Access,
    },
    /// PC or SP not aligned, or a data access that must be aligned.
    Alignment {
        /// The address, where the processor says one.
        address: u64,
    },
    /// An instruction that is undefined at EL0, or a trapped system register.
    Undefined,
    /// BRK or a debug exception.
    Breakpoint,
    /// The timer or another interrupt: time to look at the console and the run queue.
    Interrupt,
    /// Anything else from EL0, with ESR_EL1.
    Other {
        /// The syndrome.
        esr: u64,
    },
}

/// The kind of a memory access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Execute,
}
