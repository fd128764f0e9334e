//! Decoded instructions: what is known of a word before it is executed.
//!
//! `d`, `n`, `m`, `a`, `t` are places of [`State`]: which of XZR and SP the number 31 means is settled. What a chain's
//! profile shows on top has an operation of its own; the rest shares one, and looks at its fields when it is executed.

use crate::state::State;
use crate::word::Word;

/// How a load or store leaves its base register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Base plus offset, the base stays.
    Offset,
    /// Base plus offset, which becomes the base.
    Pre,
    /// The base, and then the base gets the offset.
    Post,
}

/// What a general register is loaded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// LDRB
    B,
    /// LDRH
    H,
    /// LDR Wt
    W,
    /// LDR Xt
    X,
    /// LDRSB Xt
    SignedB,
    /// LDRSH Xt
    SignedH,
    /// LDRSW
    SignedW,
    /// LDRSB Wt
    SignedBtoW,
    /// LDRSH Wt
    SignedHtoW,
}

/// AND and its kin, of register operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    /// AND, BIC
    And,
    /// ORR, ORN
    Or,
    /// EOR, EON
    Xor,
    /// ANDS, BICS
    AndSetFlags,
}

/// A sum of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The second operand is subtracted.
    pub subtract: bool,
    /// NZCV are set.
    pub set_flags: bool,
    /// 64 bits.
    pub wide: bool,
}

/// What the conditional select does where the condition does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// CSEL
    Same,
    /// CSINC
    Increment,
    /// CSINV
    Invert,
    /// CSNEG
    Negate,
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the fields are those of the encodings")]
pub enum Op {
    /// Not looked at yet.
    Undecoded,
    /// Undefined at EL0, or not known here: the program gets a trap, the embedder the word.
    Undefined(Word),
    /// Hints and barriers, cache maintenance.
    Nothing,

    // Data processing, immediate
    Move {
        d: u8,
        value: u64,
    },
    MoveKeepBits {
        d: u8,
        wide: bool,
        shift: u8,
        value: u16,
    },
    Address {
        d: u8,
        offset: i64,
    },
    PageAddress {
        d: u8,
        offset: i64,
    },
    AddImmediate64 {
        d: u8,
        n: u8,
        value: u64,
    },
    AddImmediate32 {
        d: u8,
        n: u8,
        value: u32,
    },
    AddsImmediate {
        d: u8,
        n: u8,
        wide: bool,
        value: u32,
    },
    SubsImmediate64 {
        d: u8,
        n: u8,
        value: u32,
    },
    SubsImmediate32 {
        d: u8,
        n: u8,
        value: u32,
    },
    AndImmediate {
        d: u8,
        n: u8,
        value: u64,
    },
    OrImmediate {
        d: u8,
        n: u8,
        wide: bool,
        value: Mask,
    },
    XorImmediate {
        d: u8,
        n: u8,
        wide: bool,
        value: Mask,
    },
    AndsImmediate {
        d: u8,
        n: u8,
        wide: bool,
        value: Mask,
    },
    UnsignedField {
        d: u8,
        n: u8,
        from: u8,
        to: u8,
        width: u8,
    },
    SignedField {
        d: u8,
        n: u8,
        from: u8,
        to: u8,
        width: u8,
        wide: bool,
    },
    InsertField {
        d: u8,
        n: u8,
        from: u8,
        to: u8,
        width: u8,
        wide: bool,
    },
    Extract {
        d: u8,
        n: u8,
        m: u8,
        lsb: u8,
        wide: bool,
    },

    // Data processing, register
    MoveRegister {
        d: u8,
        m: u8,
    },
    MoveRegister32 {
        d: u8,
        m: u8,
    },
    Logical {
        d: u8,
        n: u8,
        m: u8,
        what: Logic,
        invert: bool,
        wide: bool,
        shift: u8,
        amount: u8,
    },
    Add64 {
        d: u8,
        n: u8,
        m: u8,
        left: u8,
    },
    Sub64 {
        d: u8,
        n: u8,
        m: u8,
        left: u8,
    },
    Subs64 {
        d: u8,
        n: u8,
        m: u8,
    },
    Subs32 {
        d: u8,
        n: u8,
        m: u8,
    },
    SumShifted {
        d: u8,
        n: u8,
        m: u8,
        sum: Sum,
        shift: u8,
        amount: u8,
    },
    SumExtended {
        d: u8,
        n: u8,
        m: u8,
        sum: Sum,
        extend: u8,
        left: u8,
    },
    SumCarry {
        d: u8,
        n: u8,
        m: u8,
        sum: Sum,
    },
    CompareRegister {
        n: u8,
        m: u8,
        sum: Sum,
        condition: u8,
        flags: u8,
    },
    CompareImmediate {
        n: u8,
        value: u8,
        sum: Sum,
        condition: u8,
        flags: u8,
    },
    Select {
        d: u8,
        n: u8,
        m: u8,
        condition: u8,
        otherwise: Otherwise,
        wide: bool,
    },
    DivideUnsigned {
        d: u8,
        n: u8,
        m: u8,
        wide: bool,
    },
    DivideSigned {
        d: u8,
        n: u8,
        m: u8,
        wide: bool,
    },
    ShiftVariable {
        d: u8,
        n: u8,
        m: u8,
        shift: u8,
        wide: bool,
    },
    Crc32 {
        d: u8,
        n: u8,
        m: u8,
        bytes: u8,
        castagnoli: bool,
    },
    Reverse {
        d: u8,
        n: u8,
        opcode: u8,
        wide: bool,
    },
    MultiplyAdd64 {
        d: u8,
        n: u8,
        m: u8,
        a: u8,
    },
    Multiply {
        d: u8,
        n: u8,
        m: u8,
        a: u8,
        opcode: u8,
        wide: bool,
    },

    // Branches, exceptions, system
    Branch {
        offset: i64,
    },
    BranchLink {
        offset: i64,
    },
    BranchIf {
        condition: u8,
        offset: i32,
    },
    CompareBranch {
        t: u8,
        wide: bool,
        if_zero: bool,
        offset: i32,
    },
    TestBranch {
        t: u8,
        bit: u8,
        if_zero: bool,
        offset: i32,
    },
    BranchRegister {
        n: u8,
        link: bool,
    },
    SupervisorCall,
    Breakpoint,
    ClearExclusive,
    SynchronizeCode,
    InvalidateCode {
        t: u8,
    },
    ZeroBlock {
        t: u8,
    },
    ReadSystem {
        t: u8,
        register: SystemRegister,
    },
    WriteSystem {
        t: u8,
        register: SystemRegister,
    },

    // Loads and stores
    LoadX {
        t: u8,
        n: u8,
        offset: i32,
    },
    LoadW {
        t: u8,
        n: u8,
        offset: i32,
    },
    LoadB {
        t: u8,
        n: u8,
        offset: i32,
    },
    Load {
        t: u8,
        n: u8,
        width: Width,
        mode: Mode,
        offset: i32,
    },
    StoreX {
        t: u8,
        n: u8,
        offset: i32,
    },
    StoreW {
        t: u8,
        n: u8,
        offset: i32,
    },
    StoreB {
        t: u8,
        n: u8,
        offset: i32,
    },
    Store {
        t: u8,
        n: u8,
        log2_size: u8,
        mode: Mode,
        offset: i32,
    },
    LoadRegister {
        t: u8,
        n: u8,
        m: u8,
        width: Width,
        extend: u8,
        left: u8,
    },
    StoreRegister {
        t: u8,
        n: u8,
        m: u8,
        log2_size: u8,
        extend: u8,
        left: u8,
    },
    LoadLiteral {
        t: u8,
        width: Width,
        offset: i32,
    },
    LoadPair {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        offset: i16,
    },
    StorePair {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        offset: i16,
    },
    LoadPair32 {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        signed: bool,
        offset: i16,
    },
    StorePair32 {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        offset: i16,
    },
    Exclusive(Exclusive),
    LoadV {
        t: u8,
        n: u8,
        log2_size: u8,
        mode: Mode,
        offset: i32,
    },
    StoreV {
        t: u8,
        n: u8,
        log2_size: u8,
        mode: Mode,
        offset: i32,
    },
    LoadVRegister {
        t: u8,
        n: u8,
        m: u8,
        log2_size: u8,
        extend: u8,
        left: u8,
    },
    StoreVRegister {
        t: u8,
        n: u8,
        m: u8,
        log2_size: u8,
        extend: u8,
        left: u8,
    },
    LoadVLiteral {
        t: u8,
        log2_size: u8,
        offset: i32,
    },
    LoadVPair {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        log2_size: u8,
        offset: i16,
    },
    StoreVPair {
        t: u8,
        t2: u8,
        n: u8,
        mode: Mode,
        log2_size: u8,
        offset: i16,
    },
    Structures(Structures),

    /// Floating point and vectors: registers only, no memory. The word says the rest.
    Registers(fn(&mut State, Word), Word),
}

const _: () = assert!(size_of::<Op>() == 16);

/// A 64-bit mask, as words: so that an operation with it takes 16 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Mask {
    high: u32,
    low: u32,
}

impl Mask {
    /// From its bits.
    pub const fn new(value: u64) -> Self {
        Mask { high: (value >> 32) as u32, low: value as u32 }
    }

    /// Its bits.
    #[inline(always)]
    pub const fn value(self) -> u64 {
        (self.high as u64) << 32 | self.low as u64
    }
}

/// Load-exclusive, load-acquire and their stores (DDI 0487, B2.10 and B2.3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exclusive {
    pub(crate) t: u8,
    pub(crate) t2: u8,
    pub(crate) n: u8,
    /// Where the outcome of a store-exclusive goes.
    pub(crate) s: u8,
    pub(crate) log2_size: u8,
    pub(crate) kind: ExclusiveKind,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExclusiveKind {
    LoadExclusive,
    LoadExclusivePair,
    StoreExclusive,
    StoreExclusivePair,
    /// LDAR: ordered and aligned, else a load.
    Load,
    /// STLR.
    Store,
}

/// LD1 to LD4, ST1 to ST4, of whole registers or single elements (DDI 0487, C4.1, Advanced SIMD load/store).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Structures {
    pub(crate) t: u8,
    pub(crate) n: u8,
    /// What is added to the base afterwards: a place, or the bytes that were moved.
    pub(crate) step: Step,
    pub(crate) is_load: bool,
    pub(crate) log2_size: u8,
    /// 128-bit registers.
    pub(crate) full: bool,
    /// Registers a structure goes to (`selem`).
    pub(crate) registers: u8,
    pub(crate) what: Piece,
}

/// How the base goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Stays,
    Register(u8),
    Size,
}

/// What is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// All elements of each register, `repeat` times.
    All { repeat: u8 },
    /// One element.
    One { index: u8 },
    /// One element to all lanes.
    Replicate,
}

/// System registers of EL0 (DDI 0487, D19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemRegister {
    /// NZCV
    Flags,
    /// FPCR
    Fpcr,
    /// FPSR
    Fpsr,
    /// TPIDR_EL0
    ThreadPointer,
    /// TPIDRRO_EL0: zero, the kernel does not set it.
    ThreadPointerReadOnly,
    /// CNTVCT_EL0
    Counter,
    /// CNTFRQ_EL0
    CounterFrequency,
    /// CTR_EL0
    CacheType,
    /// DCZID_EL0
    ZeroBlockSize,
}
