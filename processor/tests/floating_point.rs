//! Floating point at its corners, against values that follow from DDI 0487, A1.5: NaNs, the rounding modes, flush-to-zero,
//! default NaN, and the flags of FPSR. The comparison with QEMU draws FPCR at random and finds more; this says what is right.

use processor::memory::{Access, Memory, PAGE_SIZE, Page};
use processor::{Processor, Stop};

/// One page, at 0, of code.
struct Code(Page);

impl Memory for Code {
    fn translate(&mut self, address: u64, access: Access) -> Option<u32> {
        (address < PAGE_SIZE as u64 && access != Access::Write).then_some(0)
    }

    fn page(&self, _: u32) -> &Page {
        &self.0
    }

    fn page_mut(&mut self, _: u32) -> &mut Page {
        &mut self.0
    }
}

const ADD: u32 = 0x1e62_2820; // FADD D0, D1, D2
const MUL: u32 = 0x1e62_0820; // FMUL D0, D1, D2
const DIV: u32 = 0x1e62_1820; // FDIV D0, D1, D2
const MAX: u32 = 0x1e62_4820; // FMAX D0, D1, D2
const MINNM: u32 = 0x1e62_7820; // FMINNM D0, D1, D2
const SQRT: u32 = 0x1e61_c020; // FSQRT D0, D1
const MADD: u32 = 0x1f42_0c20; // FMADD D0, D1, D2, D3
const TO_SINGLE: u32 = 0x1e62_4020; // FCVT S0, D1
const ROUND: u32 = 0x1e67_4020; // FRINTX D0, D1

const NEAREST: u64 = 0;
const UP: u64 = 1 << 22;
const DOWN: u64 = 2 << 22;
const TO_ZERO: u64 = 3 << 22;
const FLUSH: u64 = 1 << 24;
const DEFAULT_NAN: u64 = 1 << 25;

const INVALID: u32 = 1;
const BY_ZERO: u32 = 2;
const OVERFLOW: u32 = 4;
const UNDERFLOW: u32 = 8;
const INEXACT: u32 = 16;
const DENORMAL: u32 = 128;

const ONE: u64 = 0x3ff0_0000_0000_0000;
const MINUS: u64 = 1 << 63;
const INFINITY: u64 = 0x7ff0_0000_0000_0000;
const GREATEST: u64 = INFINITY - 1;
const LEAST: u64 = 0x0010_0000_0000_0000; // the least normal number
const TINY: u64 = 1; // the least number
const NAN: u64 = 0x7ff8_0000_0000_0000;
const QUIET: u64 = 0x7ff8_0000_0000_0abc;
const SIGNALLING: u64 = 0x7ff0_0000_0000_0123;
/// Half of the distance from 1 to the next number: 2 to the power of -53.
const HALF_STEP: u64 = 0x3ca0_0000_0000_0000;

/// D0 and FPSR after the word with these operands in D1, D2, D3.
fn run(word: u32, control: u64, operands: [u64; 3], status: u64) -> (u64, u32) {
    let mut code = Code([0; PAGE_SIZE]);
    code.0[..4].copy_from_slice(&word.to_le_bytes());
    code.0[4..8].copy_from_slice(&0xd400_0001_u32.to_le_bytes());
    let mut processor = Processor::new(1);
    processor.state.set_fpcr(control);
    processor.state.set_fpsr(status);
    processor.state.v[0] = u128::MAX;
    for (to, operand) in processor.state.v[1..].iter_mut().zip(operands) {
        *to = operand.into();
    }
    assert_eq!(processor.run(&mut code, 10), Stop::SupervisorCall);
    let result = processor.state.v[0];
    assert_eq!(result >> 64, 0, "the upper half of V0");
    (result as u64, processor.state.fpsr)
}

#[test]
fn corners() {
    let d = f64::to_bits;
    for (number, (word, control, operands, result, flags)) in [
        // NaNs: a signalling one first, else the first; made quiet, its payload kept; the default one where nothing was one.
        (ADD, NEAREST, [QUIET, SIGNALLING, 0], SIGNALLING | 1 << 51, INVALID),
        (ADD, NEAREST, [QUIET, QUIET + 1, 0], QUIET, 0),
        (ADD, NEAREST, [ONE, MINUS | QUIET, 0], MINUS | QUIET, 0),
        (ADD, DEFAULT_NAN, [ONE, MINUS | QUIET, 0], NAN, 0),
        (ADD, NEAREST, [INFINITY, MINUS | INFINITY, 0], NAN, INVALID),
        (MUL, NEAREST, [INFINITY, 0, 0], NAN, INVALID),
        (DIV, NEAREST, [0, MINUS, 0], NAN, INVALID),
        (SQRT, NEAREST, [MINUS | ONE, 0, 0], NAN, INVALID),
        // FMADD: infinity times zero is invalid even if the addend is a quiet NaN, whose payload then is lost.
        (MADD, NEAREST, [INFINITY, 0, QUIET], NAN, INVALID),
        (MADD, NEAREST, [ONE, ONE, SIGNALLING], SIGNALLING | 1 << 51, INVALID),
        // Zeros and their signs.
        (ADD, NEAREST, [ONE, MINUS | ONE, 0], 0, 0),
        (ADD, DOWN, [ONE, MINUS | ONE, 0], MINUS, 0),
        (SQRT, NEAREST, [MINUS, 0, 0], MINUS, 0),
        (MAX, NEAREST, [MINUS, 0, 0], 0, 0),
        (DIV, NEAREST, [MINUS | ONE, 0, 0], MINUS | INFINITY, BY_ZERO),
        // A number rather than a quiet NaN, but not rather than a signalling one.
        (MINNM, NEAREST, [QUIET, ONE, 0], ONE, 0),
        (MINNM, NEAREST, [SIGNALLING, ONE, 0], SIGNALLING | 1 << 51, INVALID),
        // 1 plus half a step: to even, up, down, to zero; the same below zero.
        (ADD, NEAREST, [ONE, HALF_STEP, 0], ONE, INEXACT),
        (ADD, NEAREST, [ONE + 1, HALF_STEP, 0], ONE + 2, INEXACT),
        (ADD, UP, [ONE, HALF_STEP, 0], ONE + 1, INEXACT),
        (ADD, DOWN, [ONE, HALF_STEP, 0], ONE, INEXACT),
        (ADD, TO_ZERO, [ONE + 1, HALF_STEP, 0], ONE + 1, INEXACT),
        (ADD, UP, [MINUS | ONE, MINUS | HALF_STEP, 0], MINUS | ONE, INEXACT),
        (ADD, DOWN, [MINUS | ONE, MINUS | HALF_STEP, 0], MINUS | (ONE + 1), INEXACT),
        // FMADD rounds once: (1 + 2^-52)^2 - 1 - 2^-51 is 2^-104, which FMUL loses.
        (MADD, NEAREST, [ONE + 1, ONE + 1, MINUS | (ONE + 2)], 0x3970_0000_0000_0000, 0),
        (MUL, NEAREST, [ONE + 1, ONE + 1, 0], ONE + 2, INEXACT),
        // Too great: infinity or the greatest number, as the mode says.
        (MUL, NEAREST, [GREATEST, d(2.0), 0], INFINITY, OVERFLOW | INEXACT),
        (MUL, TO_ZERO, [GREATEST, d(2.0), 0], GREATEST, OVERFLOW | INEXACT),
        (MUL, UP, [MINUS | GREATEST, d(2.0), 0], MINUS | GREATEST, OVERFLOW | INEXACT),
        // Too small: tininess is detected before rounding; an exact subnormal result raises nothing.
        (MUL, NEAREST, [LEAST, d(0.5), 0], LEAST >> 1, 0),
        (MUL, NEAREST, [TINY, d(0.5), 0], 0, UNDERFLOW | INEXACT),
        (MUL, UP, [TINY, d(0.5), 0], TINY, UNDERFLOW | INEXACT),
        (MUL, NEAREST, [LEAST + 1, d(0.5), 0], LEAST >> 1, UNDERFLOW | INEXACT),
        (MUL, NEAREST, [LEAST, ONE - 1, 0], LEAST, UNDERFLOW | INEXACT),
        // Flush to zero: of results, with UFC alone; of operands, with IDC; and FMAX looks at flushed ones.
        (MUL, FLUSH, [LEAST, d(0.5), 0], 0, UNDERFLOW),
        (MUL, FLUSH, [MINUS | TINY, ONE, 0], MINUS, DENORMAL),
        (DIV, FLUSH, [ONE, TINY, 0], INFINITY, BY_ZERO | DENORMAL),
        (MAX, FLUSH, [TINY, MINUS | ONE, 0], 0, DENORMAL),
        // To single precision and to an integral number.
        (TO_SINGLE, NEAREST, [d(0.1), 0, 0], 0x3dcc_cccd, INEXACT),
        (TO_SINGLE, DOWN, [d(0.1), 0, 0], 0x3dcc_cccc, INEXACT),
        (TO_SINGLE, NEAREST, [SIGNALLING | 1 << 50, 0, 0], 0x7fe0_0000, INVALID),
        (TO_SINGLE, NEAREST, [d(1e300), 0, 0], 0x7f80_0000, OVERFLOW | INEXACT),
        (ROUND, NEAREST, [d(2.5), 0, 0], d(2.0), INEXACT),
        (ROUND, UP, [d(-0.5), 0, 0], MINUS, INEXACT),
    ]
    .into_iter()
    .enumerate()
    {
        // With "inexact" set already the host's arithmetic is asked where it can be: the same result.
        for before in [0, INEXACT] {
            let (found, status) = run(word, control, operands, before.into());
            assert_eq!(
                (found, status),
                (result, flags | before),
                "case {number}: {word:#010x}, FPCR {control:#x}, {operands:x?}: {found:#x}, not {result:#x}"
            );
        }
    }
}

#[test]
fn to_integers_with_saturation() {
    const SIGNED: u32 = 0x9e78_0020; // FCVTZS X0, D1
    const UNSIGNED_32: u32 = 0x1e79_0020; // FCVTZU W0, D1
    for (word, operand, result, flags) in [
        (SIGNED, 2.9_f64.to_bits(), 2, INEXACT),
        (SIGNED, (-2.9_f64).to_bits(), -2_i64 as u64, INEXACT),
        (SIGNED, 9.3e18_f64.to_bits(), i64::MAX as u64, INVALID),
        (SIGNED, (i64::MIN as f64).to_bits(), i64::MIN as u64, 0),
        (SIGNED, MINUS | INFINITY, i64::MIN as u64, INVALID),
        (SIGNED, NAN, 0, INVALID),
        (UNSIGNED_32, 4294967295.5_f64.to_bits(), 0xffff_ffff, INEXACT),
        (UNSIGNED_32, 4294967296.0_f64.to_bits(), 0xffff_ffff, INVALID),
        (UNSIGNED_32, (-0.5_f64).to_bits(), 0, INEXACT),
        (UNSIGNED_32, (-1.0_f64).to_bits(), 0, INVALID),
    ] {
        let mut code = Code([0; PAGE_SIZE]);
        code.0[..4].copy_from_slice(&word.to_le_bytes());
        let mut processor = Processor::new(1);
        processor.state.v[1] = operand.into();
        assert_eq!(processor.run(&mut code, 10), Stop::Undefined(0));
        let found = (processor.state.all_x()[0], processor.state.fpsr);
        assert_eq!(found, (result, flags), "{word:#010x} of {operand:#x}");
    }
}
