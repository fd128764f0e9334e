//! Floating point as DDI 0487, A1.5 and J1.3 define it: every rounding mode, flush-to-zero, NaNs, and the flags.
//!
//! A number is a sign, an integer and an exponent; an operation computes it exactly, or exactly but for a lowest bit that
//! says "and a little more", and [`Context::round`] brings it into a format. The host's arithmetic is asked only where it
//! must give the same ([`fast`]).

mod arithmetic;
mod compare;
mod convert;
pub mod estimate;
mod fast;

pub use compare::Order;

/// FPSR: the cumulative exceptions, and saturation.
pub const INVALID: u32 = 1 << 0;
/// Division by zero.
pub const DIVISION_BY_ZERO: u32 = 1 << 1;
/// Overflow.
pub const OVERFLOW: u32 = 1 << 2;
/// Underflow.
pub const UNDERFLOW: u32 = 1 << 3;
/// Inexact.
pub const INEXACT: u32 = 1 << 4;
/// An operand was a subnormal number, and was taken for zero.
pub const INPUT_DENORMAL: u32 = 1 << 7;

/// FPCR: flush to zero, default NaN, alternative half precision.
const FLUSH_TO_ZERO: u32 = 1 << 24;
const DEFAULT_NAN: u32 = 1 << 25;
const ALTERNATIVE_HALF: u32 = 1 << 26;

/// A format of A1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Bits of the exponent.
    exponent: u32,
    /// Bits of the fraction.
    fraction: u32,
}

/// Half precision: storage only, in ARMv8.0.
pub const HALF: Format = Format { exponent: 5, fraction: 10 };
/// Single precision.
pub const SINGLE: Format = Format { exponent: 8, fraction: 23 };
/// Double precision.
pub const DOUBLE: Format = Format { exponent: 11, fraction: 52 };

impl Format {
    /// Bits in all.
    pub const fn size(self) -> u32 {
        1 + self.exponent + self.fraction
    }

    const fn sign_bit(self) -> u64 {
        1 << (self.size() - 1)
    }

    const fn exponent_ones(self) -> u64 {
        (1 << self.exponent) - 1
    }

    const fn fraction_mask(self) -> u64 {
        (1 << self.fraction) - 1
    }

    const fn quiet_bit(self) -> u64 {
        1 << (self.fraction - 1)
    }

    /// The exponent of the smallest normal number.
    const fn least(self) -> i32 {
        2 - (1 << (self.exponent - 1))
    }

    const fn zero(self, sign: bool) -> u64 {
        if sign { self.sign_bit() } else { 0 }
    }

    const fn infinity(self, sign: bool) -> u64 {
        self.zero(sign) | self.exponent_ones() << self.fraction
    }

    const fn greatest(self, sign: bool) -> u64 {
        self.infinity(sign) - 1
    }

    const fn default_nan(self) -> u64 {
        self.infinity(false) | self.quiet_bit()
    }

    /// The number, its sign changed.
    pub const fn negate(self, bits: u64) -> u64 {
        bits ^ self.sign_bit()
    }

    /// The number without its sign.
    pub const fn absolute(self, bits: u64) -> u64 {
        bits & !self.sign_bit()
    }

    /// VFPExpandImm: the number that eight bits of an instruction stand for.
    pub const fn expand(self, immediate: u32) -> u64 {
        let imm = immediate as u64;
        let high = if imm & 0x40 != 0 { (1 << (self.exponent - 3)) - 1 } else { 0 };
        let exponent = (!imm >> 6 & 1) << (self.exponent - 1) | high << 2 | imm >> 4 & 3;
        (imm >> 7) << (self.size() - 1)
            | exponent << self.fraction
            | (imm & 15) << (self.fraction - 4)
    }
}

/// How a number is brought into a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To nearest, ties to even.
    Nearest,
    /// Towards plus infinity.
    Up,
    /// Towards minus infinity.
    Down,
    /// Towards zero.
    Zero,
    /// To nearest, ties away from zero.
    Away,
    /// To odd: FCVTXN's.
    Odd,
}

/// What an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Zero,
    Finite,
    Infinity,
    Quiet,
    Signalling,
}

/// An operand: FPUnpack's result. A finite one's value is `mantissa` times two to the power of `exponent`.
#[derive(Clone, Copy, Debug)]
struct Operand {
    bits: u64,
    kind: Kind,
    real: Real,
}

/// A number; the lowest bit of its mantissa may stand for anything small that is not zero.
#[derive(Clone, Copy, Debug)]
struct Real {
    sign: bool,
    exponent: i32,
    mantissa: u128,
}

/// FPCR and FPSR while an instruction is executed.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    control: u32,
    /// FPSR: flags are added.
    pub status: u32,
}

impl Context {
    /// With the registers' values.
    pub const fn new(control: u32, status: u32) -> Self {
        Context { control, status }
    }

    /// FPCR.RMode.
    pub const fn rounding(&self) -> Rounding {
        match self.control >> 22 & 3 {
            0 => Rounding::Nearest,
            1 => Rounding::Up,
            2 => Rounding::Down,
            _ => Rounding::Zero,
        }
    }

    /// FPUnpack.
    fn unpack(&mut self, format: Format, bits: u64) -> Operand {
        let sign = bits & format.sign_bit() != 0;
        let exponent = bits >> format.fraction & format.exponent_ones();
        let fraction = bits & format.fraction_mask();
        let is_half = format == HALF;
        let lowest = format.least() - format.fraction as i32;
        let finite = |mantissa: u64, exponent: i32| Operand {
            bits,
            kind: Kind::Finite,
            real: Real { sign, exponent, mantissa: mantissa.into() },
        };
        let other = |kind| Operand { bits, kind, real: Real { sign, exponent: 0, mantissa: 0 } };
        if exponent == 0 {
            if fraction == 0 {
                return other(Kind::Zero);
            }
            if self.control & FLUSH_TO_ZERO != 0 && !is_half {
                self.status |= INPUT_DENORMAL;
                return other(Kind::Zero);
            }
            return finite(fraction, lowest);
        }
        let is_alternative = is_half && self.control & ALTERNATIVE_HALF != 0;
        if exponent == format.exponent_ones() && !is_alternative {
            return other(match fraction {
                0 => Kind::Infinity,
                _ if fraction & format.quiet_bit() != 0 => Kind::Quiet,
                _ => Kind::Signalling,
            });
        }
        finite(fraction | 1 << format.fraction, lowest + exponent as i32 - 1)
    }

    /// FPProcessNaN.
    fn nan(&mut self, format: Format, operand: Operand) -> u64 {
        if operand.kind == Kind::Signalling {
            self.status |= INVALID;
        }
        match self.control & DEFAULT_NAN != 0 {
            true => format.default_nan(),
            false => operand.bits | format.quiet_bit(),
        }
    }

    /// FPProcessNaNs: signalling ones first, else the first one.
    fn nans(&mut self, format: Format, operands: &[Operand]) -> Option<u64> {
        let of = |kind| operands.iter().find(|operand| operand.kind == kind).copied();
        let nan = of(Kind::Signalling).or_else(|| of(Kind::Quiet))?;
        Some(self.nan(format, nan))
    }

    fn invalid(&mut self, format: Format) -> u64 {
        self.status |= INVALID;
        format.default_nan()
    }

    /// FPRound: `real`, which is not zero, in the format.
    fn round(&mut self, format: Format, real: Real, rounding: Rounding) -> u64 {
        let Real { sign, exponent, mantissa } = real;
        let is_half = format == HALF;
        let top = exponent + (127 - mantissa.leading_zeros() as i32);
        if self.control & FLUSH_TO_ZERO != 0 && !is_half && top < format.least() {
            self.status |= UNDERFLOW;
            return format.zero(sign);
        }
        let lowest = top.max(format.least()) - format.fraction as i32;
        let mut biased = (top - format.least() + 1).max(0) as u64;
        let (mut integer, error) = split(mantissa, lowest - exponent);
        let mut is_inexact = error != Rest::None;
        if biased == 0 && is_inexact {
            self.status |= UNDERFLOW;
        }
        if is_up(rounding, sign, integer, error) {
            integer += 1;
            if integer == 1 << format.fraction && biased == 0 {
                biased = 1;
            }
            if integer == 1 << (format.fraction + 1) {
                biased += 1;
                integer >>= 1;
            }
        }
        if rounding == Rounding::Odd && is_inexact {
            integer |= 1;
        }
        let is_alternative = is_half && self.control & ALTERNATIVE_HALF != 0;
        let sign_bit = format.zero(sign);
        let result = if is_alternative && biased > format.exponent_ones() {
            self.status |= INVALID;
            is_inexact = false;
            sign_bit | (format.sign_bit() - 1)
        } else if !is_alternative && biased >= format.exponent_ones() {
            self.status |= OVERFLOW;
            is_inexact = true;
            let to_infinity = match rounding {
                Rounding::Nearest | Rounding::Away => true,
                Rounding::Up => !sign,
                Rounding::Down => sign,
                Rounding::Zero | Rounding::Odd => false,
            };
            if to_infinity { format.infinity(sign) } else { format.greatest(sign) }
        } else {
            sign_bit | biased << format.fraction | integer as u64 & format.fraction_mask()
        };
        if is_inexact {
            self.status |= INEXACT;
        }
        result
    }

    /// A sum that is zero exactly: its sign is the rounding's.
    fn exact_zero(&self, format: Format) -> u64 {
        format.zero(self.rounding() == Rounding::Down)
    }
}

/// What is left of a number behind its integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    None,
    BelowHalf,
    Half,
    AboveHalf,
}

/// `mantissa` divided by two to the power of `shift`, as an integer and a rest.
fn split(mantissa: u128, shift: i32) -> (u128, Rest) {
    if shift <= 0 {
        return (mantissa << shift.unsigned_abs().min(127), Rest::None);
    }
    let shift = shift as u32;
    let (integer, rest) = match shift {
        0..128 => (mantissa >> shift, mantissa & ((1 << shift) - 1)),
        _ => (0, mantissa),
    };
    let rest = match shift {
        _ if rest == 0 => Rest::None,
        129.. => Rest::BelowHalf,
        _ => match rest.cmp(&(1 << (shift - 1))) {
            std::cmp::Ordering::Less => Rest::BelowHalf,
            std::cmp::Ordering::Equal => Rest::Half,
            std::cmp::Ordering::Greater => Rest::AboveHalf,
        },
    };
    (integer, rest)
}

fn is_up(rounding: Rounding, sign: bool, integer: u128, rest: Rest) -> bool {
    match rounding {
        Rounding::Nearest => rest == Rest::AboveHalf || rest == Rest::Half && integer & 1 != 0,
        Rounding::Away => rest == Rest::AboveHalf || rest == Rest::Half,
        Rounding::Up => rest != Rest::None && !sign,
        Rounding::Down => rest != Rest::None && sign,
        Rounding::Zero | Rounding::Odd => false,
    }
}
