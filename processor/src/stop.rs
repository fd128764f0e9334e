//! Why a processor stops, and what it has marked.

use crate::memory::Fault;
use crate::word::Word;

/// Why the processor stopped. But for [`Stop::Budget`], `pc` is what ELR_EL1 would be (DDI 0487, D1.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// SVC; `pc` is behind it.
    SupervisorCall,
    /// BRK.
    Breakpoint,
    /// A word that is no instruction at EL0.
    Undefined(Word),
    /// A translation was refused.
    Fault(Fault),
    /// A data access that must be aligned.
    Alignment(u64),
    /// The program counter is no multiple of 4.
    ProgramCounter,
    /// SP as a base is no multiple of 16.
    StackPointer,
    /// As many instructions as were asked for.
    Budget,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

/// An address that a load-exclusive has marked, and what it found there (DDI 0487, B2.10).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Monitor {
    pub(crate) address: u64,
    pub(crate) log2_size: u8,
    pub(crate) value: u128,
}
