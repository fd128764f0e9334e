//! The registers of a program: what DDI 0487, B1.2 calls registers in AArch64 Execution state, as far as EL0 has them.

/// The place of XZR among the general registers, when it is read: always zero.
pub const ZERO: u8 = 31;
/// The place of SP.
pub const SP: u8 = 32;
/// Where what is written to XZR goes.
pub const SINK: u8 = 33;

/// PSTATE.N and its neighbours, where SPSR_EL1 has them.
pub const N: u32 = 1 << 31;
/// Zero.
pub const Z: u32 = 1 << 30;
/// Carry, and no borrow.
pub const C: u32 = 1 << 29;
/// Overflow.
pub const V: u32 = 1 << 28;

/// The bits of FPCR that a Cortex-A53 has: AHP, DN, FZ, RMode; Stride and Len, which only AArch32 looks at.
const FPCR_BITS: u64 = 0x07f7_0000;
/// The bits of FPSR: QC, and the cumulative exceptions; the flags of AArch32.
const FPSR_BITS: u64 = 0xf800_009f;

/// The registers.
#[derive(Clone, Debug)]
pub struct State {
    /// X0 to X30, zero, SP, and a sink. Sixty-four, so that an index of six bits needs no check.
    general: [u64; 64],
    /// V0 to V31.
    pub v: [u128; 32],
    /// The program counter.
    pub pc: u64,
    /// PSTATE.{N, Z, C, V}, in bits 31 to 28.
    pub nzcv: u32,
    /// FPCR; set it by [`State::set_fpcr`].
    pub fpcr: u32,
    /// FPSR; set it by [`State::set_fpsr`].
    pub fpsr: u32,
    /// TPIDR_EL0, the thread pointer.
    pub tpidr: u64,
}

impl Default for State {
    fn default() -> Self {
        State { general: [0; 64], v: [0; 32], pc: 0, nzcv: 0, fpcr: 0, fpsr: 0, tpidr: 0 }
    }
}

impl State {
    /// A register by its place: 0 to 30, [`ZERO`] or [`SP`].
    #[inline(always)]
    pub fn x(&self, place: u8) -> u64 {
        self.general[usize::from(place & 63)]
    }

    /// The lower half of a register.
    #[inline(always)]
    pub fn w(&self, place: u8) -> u32 {
        self.x(place) as u32
    }

    /// Writes to a place: 0 to 30, [`SP`] or [`SINK`].
    #[inline(always)]
    pub fn set_x(&mut self, place: u8, value: u64) {
        self.general[usize::from(place & 63)] = value;
    }

    /// Writes a W register: the upper half becomes zero (DDI 0487, B1.2.1).
    #[inline(always)]
    pub fn set_w(&mut self, place: u8, value: u32) {
        self.set_x(place, u64::from(value));
    }

    /// X0 to X30.
    pub fn all_x(&self) -> &[u64; 31] {
        self.general.first_chunk().expect("64 places")
    }

    /// The same, to be changed.
    pub fn all_x_mut(&mut self) -> &mut [u64; 31] {
        self.general.first_chunk_mut().expect("64 places")
    }

    /// The stack pointer.
    pub fn sp(&self) -> u64 {
        self.x(SP)
    }

    /// Sets the stack pointer.
    pub fn set_sp(&mut self, value: u64) {
        self.set_x(SP, value);
    }

    /// Sets FPCR; bits that are not there stay zero.
    pub fn set_fpcr(&mut self, value: u64) {
        self.fpcr = (value & FPCR_BITS) as u32;
    }

    /// Sets FPSR; bits that are not there stay zero.
    pub fn set_fpsr(&mut self, value: u64) {
        self.fpsr = (value & FPSR_BITS) as u32;
    }

    /// Does the condition hold (DDI 0487, C1.2.4)?
    #[inline(always)]
    pub fn holds(&self, condition: u8) -> bool {
        // Bit F of row C: with the flags F, bits NZCV, the condition C holds.
        const HOLDS: [u16; 16] = conditions();
        (HOLDS[usize::from(condition & 15)] >> (self.nzcv >> 28)) & 1 != 0
    }
}

const fn conditions() -> [u16; 16] {
    let mut table = [0; 16];
    let mut condition = 0;
    while condition < 16 {
        let mut flags = 0;
        while flags < 16 {
            let (n, z, c, v) = (flags & 8 != 0, flags & 4 != 0, flags & 2 != 0, flags & 1 != 0);
            let base = match condition >> 1 {
                0 => z,
                1 => c,
                2 => n,
                3 => v,
                4 => c && !z,
                5 => n == v,
                6 => n == v && !z,
                _ => true,
            };
            if base != (condition & 1 != 0 && condition != 15) {
                table[condition] |= 1 << flags;
            }
            flags += 1;
        }
        condition += 1;
    }
    table
}
