//! Sums, products, quotients, roots (FPAdd, FPMul, FPDiv, FPSqrt, FPMulAdd and their kin).

use super::{Context, DIVISION_BY_ZERO, Format, Kind, Operand, Real, fast};

/// The highest bit that a normalised mantissa has: one above it is free for a carry.
const TOP: u32 = 125;

impl Context {
    /// FADD.
    pub fn add(&mut self, format: Format, left: u64, right: u64) -> u64 {
        match fast::add(self, format, left, right) {
            Some(result) => result,
            None => self.add_slowly(format, left, right, false),
        }
    }

    /// FSUB: a NaN keeps its sign.
    pub fn subtract(&mut self, format: Format, left: u64, right: u64) -> u64 {
        match fast::add(self, format, left, format.negate(right)) {
            Some(result) => result,
            None => self.add_slowly(format, left, right, true),
        }
    }

    fn add_slowly(&mut self, format: Format, left: u64, right: u64, subtract: bool) -> u64 {
        let (a, mut b) = (self.unpack(format, left), self.unpack(format, right));
        if let Some(nan) = self.nans(format, &[a, b]) {
            return nan;
        }
        b.real.sign ^= subtract;
        match (a.kind, b.kind) {
            (Kind::Infinity, Kind::Infinity) if a.real.sign != b.real.sign => self.invalid(format),
            (Kind::Infinity, _) => format.infinity(a.real.sign),
            (_, Kind::Infinity) => format.infinity(b.real.sign),
            (Kind::Zero, Kind::Zero) if a.real.sign == b.real.sign => format.zero(a.real.sign),
            _ => self.finish(format, sum(a.real, b.real)),
        }
    }

    fn finish(&mut self, format: Format, real: Real) -> u64 {
        match real.mantissa {
            0 => self.exact_zero(format),
            _ => self.round(format, real, self.rounding()),
        }
    }

    /// FMUL.
    pub fn multiply(&mut self, format: Format, left: u64, right: u64) -> u64 {
        match fast::multiply(self, format, left, right) {
            Some(result) => result,
            None => self.multiply_slowly(format, left, right, None),
        }
    }

    /// FMULX: infinity times zero is two.
    pub fn multiply_extended(&mut self, format: Format, left: u64, right: u64) -> u64 {
        self.multiply_slowly(format, left, right, Some(format.expand(0)))
    }

    fn multiply_slowly(
        &mut self,
        format: Format,
        left: u64,
        right: u64,
        infinity_by_zero: Option<u64>,
    ) -> u64 {
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        if let Some(nan) = self.nans(format, &[a, b]) {
            return nan;
        }
        let sign = a.real.sign ^ b.real.sign;
        match (a.kind, b.kind) {
            (Kind::Infinity, Kind::Zero) | (Kind::Zero, Kind::Infinity) => match infinity_by_zero {
                Some(two) => two | format.zero(sign),
                None => self.invalid(format),
            },
            (Kind::Infinity, _) | (_, Kind::Infinity) => format.infinity(sign),
            (Kind::Zero, _) | (_, Kind::Zero) => format.zero(sign),
            _ => self.round(format, product(a.real, b.real), self.rounding()),
        }
    }

    /// FDIV.
    pub fn divide(&mut self, format: Format, left: u64, right: u64) -> u64 {
        if let Some(result) = fast::divide(self, format, left, right) {
            return result;
        }
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        if let Some(nan) = self.nans(format, &[a, b]) {
            return nan;
        }
        let sign = a.real.sign ^ b.real.sign;
        match (a.kind, b.kind) {
            (Kind::Infinity, Kind::Infinity) | (Kind::Zero, Kind::Zero) => self.invalid(format),
            (Kind::Infinity, _) => format.infinity(sign),
            (_, Kind::Zero) => {
                self.status |= DIVISION_BY_ZERO;
                format.infinity(sign)
            }
            (Kind::Zero, _) | (_, Kind::Infinity) => format.zero(sign),
            _ => {
                let shift = a.real.mantissa.leading_zeros();
                let dividend = a.real.mantissa << shift;
                let rest = u128::from(dividend % b.real.mantissa != 0);
                let quotient = Real {
                    sign,
                    exponent: a.real.exponent - shift as i32 - b.real.exponent,
                    mantissa: (dividend / b.real.mantissa) | rest,
                };
                self.round(format, quotient, self.rounding())
            }
        }
    }

    /// FSQRT.
    pub fn square_root(&mut self, format: Format, bits: u64) -> u64 {
        if let Some(result) = fast::square_root(self, format, bits) {
            return result;
        }
        let a = self.unpack(format, bits);
        match a.kind {
            Kind::Quiet | Kind::Signalling => self.nan(format, a),
            Kind::Zero => format.zero(a.real.sign),
            _ if a.real.sign => self.invalid(format),
            Kind::Infinity => format.infinity(false),
            Kind::Finite => {
                let mut shift = a.real.mantissa.leading_zeros();
                if (a.real.exponent - shift as i32) & 1 != 0 {
                    shift -= 1;
                }
                let square = a.real.mantissa << shift;
                let root = square.isqrt();
                let rest = u128::from(root * root != square);
                // Room below for the bit that says "more".
                let exponent = (a.real.exponent - shift as i32) / 2 - 1;
                let real = Real { sign: false, exponent, mantissa: root << 1 | rest };
                self.round(format, real, self.rounding())
            }
        }
    }

    /// FMADD: `addend` plus the product, rounded once.
    pub fn multiply_add(&mut self, format: Format, addend: u64, left: u64, right: u64) -> u64 {
        if let Some(result) = fast::multiply_add(self, format, addend, left, right) {
            return result;
        }
        let c = self.unpack(format, addend);
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        let is_invalid = is_infinity_by_zero(a, b);
        if let Some(nan) = self.nans(format, &[c, a, b]) {
            return match c.kind == Kind::Quiet && is_invalid {
                true => self.invalid(format),
                false => nan,
            };
        }
        let sign = a.real.sign ^ b.real.sign;
        let is_infinite = a.kind == Kind::Infinity || b.kind == Kind::Infinity;
        let is_zero = a.kind == Kind::Zero || b.kind == Kind::Zero;
        match c.kind {
            _ if is_invalid => self.invalid(format),
            Kind::Infinity if is_infinite && sign != c.real.sign => self.invalid(format),
            Kind::Infinity => format.infinity(c.real.sign),
            _ if is_infinite => format.infinity(sign),
            Kind::Zero if is_zero && sign == c.real.sign => format.zero(sign),
            _ => self.finish(format, sum(c.real, product(a.real, b.real))),
        }
    }

    /// FRECPS: 2 minus the product.
    pub fn reciprocal_step(&mut self, format: Format, left: u64, right: u64) -> u64 {
        let two = Real { sign: false, exponent: 1, mantissa: 1 };
        self.step(format, left, right, two, 0, format.expand(0))
    }

    /// FRSQRTS: 3 minus the product, by two.
    pub fn root_step(&mut self, format: Format, left: u64, right: u64) -> u64 {
        let three = Real { sign: false, exponent: 0, mantissa: 3 };
        self.step(format, left, right, three, -1, format.expand(0x78))
    }

    /// `constant` minus the product, times two to the power of `scale`; `special` where it is infinity times zero.
    fn step(
        &mut self,
        format: Format,
        left: u64,
        right: u64,
        constant: Real,
        scale: i32,
        special: u64,
    ) -> u64 {
        let left = format.negate(left);
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        if let Some(nan) = self.nans(format, &[a, b]) {
            return nan;
        }
        if is_infinity_by_zero(a, b) {
            return special;
        }
        if a.kind == Kind::Infinity || b.kind == Kind::Infinity {
            return format.infinity(a.real.sign ^ b.real.sign);
        }
        let mut real = sum(constant, product(a.real, b.real));
        real.exponent += scale;
        self.finish(format, real)
    }
}

fn is_infinity_by_zero(a: Operand, b: Operand) -> bool {
    matches!((a.kind, b.kind), (Kind::Infinity, Kind::Zero) | (Kind::Zero, Kind::Infinity))
}

/// Exact: mantissas of operands have at most 53 bits.
fn product(a: Real, b: Real) -> Real {
    Real {
        sign: a.sign ^ b.sign,
        exponent: a.exponent + b.exponent,
        mantissa: a.mantissa * b.mantissa,
    }
}

/// Either may be zero. Two bits less than 128 are enough for what is lost to be one bit that says "more": where leading
/// bits cancel, the smaller number was shifted by one at most, and lost nothing.
fn sum(a: Real, b: Real) -> Real {
    let (a, b) = (normalise(a), normalise(b));
    let (large, small) = match (a.mantissa, b.mantissa) {
        (_, 0) => return a,
        (0, _) => return b,
        _ if (a.exponent, a.mantissa) >= (b.exponent, b.mantissa) => (a, b),
        _ => (b, a),
    };
    let distance = (large.exponent - small.exponent) as u32;
    let aligned = match distance {
        0..128 => {
            let lost = small.mantissa & ((1 << distance) - 1);
            small.mantissa >> distance | u128::from(lost != 0)
        }
        _ => 1,
    };
    let mantissa = match large.sign == small.sign {
        true => large.mantissa + aligned,
        false => large.mantissa - aligned,
    };
    Real { mantissa, ..large }
}

fn normalise(real: Real) -> Real {
    if real.mantissa == 0 {
        return real;
    }
    let shift = real.mantissa.leading_zeros() - (127 - TOP);
    Real { exponent: real.exponent - shift as i32, mantissa: real.mantissa << shift, ..real }
}
