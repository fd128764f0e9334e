//! Estimates of reciprocals and of their square roots, eight bits wide (FPRecipEstimate, FPRSqrtEstimate, FPRecpX,
//! UnsignedRecipEstimate, UnsignedRSqrtEstimate).

use super::{
    Context, DIVISION_BY_ZERO, DOUBLE, FLUSH_TO_ZERO, Format, INEXACT, Kind, OVERFLOW, Rounding,
    UNDERFLOW,
};

/// RecipEstimate: of 256 to 511, to 256 to 511.
fn reciprocal(scaled: u64) -> u64 {
    ((1 << 19) / (2 * scaled + 1)).div_ceil(2)
}

/// RecipSqrtEstimate: of 128 to 511, to 256 to 511.
fn reciprocal_root(scaled: u64) -> u64 {
    let a = if scaled < 256 { 2 * scaled + 1 } else { ((scaled >> 1 << 1) + 1) * 2 };
    let mut b = 512;
    while a * (b + 1) * (b + 1) < 1 << 28 {
        b += 1;
    }
    u64::div_ceil(b, 2)
}

/// URECPE.
pub fn unsigned_reciprocal(operand: u32) -> u32 {
    match operand >> 31 {
        0 => u32::MAX,
        _ => (reciprocal((operand >> 23).into()) << 23) as u32,
    }
}

/// URSQRTE.
pub fn unsigned_reciprocal_root(operand: u32) -> u32 {
    match operand >> 30 {
        0 => u32::MAX,
        _ => (reciprocal_root((operand >> 23).into()) << 23) as u32,
    }
}

impl Context {
    /// FRECPE.
    pub fn reciprocal_estimate(&mut self, format: Format, bits: u64) -> u64 {
        let a = self.unpack(format, bits);
        let sign = a.real.sign;
        let mut exponent = (bits >> format.fraction & format.exponent_ones()) as i64;
        // The fraction in 52 bits.
        let mut fraction = (bits & format.fraction_mask()) << (52 - format.fraction);
        let greatest = if format == DOUBLE { 2045 } else { 253 };
        match a.kind {
            Kind::Quiet | Kind::Signalling => return self.nan(format, a),
            Kind::Infinity => return format.zero(sign),
            Kind::Zero => {
                self.status |= DIVISION_BY_ZERO;
                return format.infinity(sign);
            }
            Kind::Finite if exponent == 0 && fraction >> 50 == 0 => {
                self.status |= OVERFLOW | INEXACT;
                let to_infinity = match self.rounding() {
                    Rounding::Up => !sign,
                    Rounding::Down => sign,
                    Rounding::Zero => false,
                    _ => true,
                };
                return if to_infinity { format.infinity(sign) } else { format.greatest(sign) };
            }
            Kind::Finite if self.control & FLUSH_TO_ZERO != 0 && exponent >= greatest => {
                self.status |= UNDERFLOW;
                return format.zero(sign);
            }
            Kind::Finite => {}
        }
        if exponent == 0 {
            match fraction >> 51 {
                0 => {
                    exponent = -1;
                    fraction <<= 2;
                }
                _ => fraction <<= 1,
            }
            fraction &= DOUBLE.fraction_mask();
        }
        let mut result = greatest - exponent;
        let mut fraction = (reciprocal(256 | fraction >> 44) & 255) << 44;
        if result == 0 {
            fraction = 1 << 51 | fraction >> 1;
        } else if result == -1 {
            fraction = 1 << 50 | fraction >> 2;
            result = 0;
        }
        format.zero(sign) | (result as u64) << format.fraction | fraction >> (52 - format.fraction)
    }

    /// FRSQRTE.
    pub fn reciprocal_root_estimate(&mut self, format: Format, bits: u64) -> u64 {
        let a = self.unpack(format, bits);
        match a.kind {
            Kind::Quiet | Kind::Signalling => return self.nan(format, a),
            Kind::Zero => {
                self.status |= DIVISION_BY_ZERO;
                return format.infinity(a.real.sign);
            }
            _ if a.real.sign => return self.invalid(format),
            Kind::Infinity => return format.zero(false),
            Kind::Finite => {}
        }
        let mut exponent = (bits >> format.fraction & format.exponent_ones()) as i64;
        let mut fraction = (bits & format.fraction_mask()) << (52 - format.fraction);
        if exponent == 0 {
            while fraction >> 51 == 0 {
                fraction <<= 1;
                exponent -= 1;
            }
            fraction = fraction << 1 & DOUBLE.fraction_mask();
        }
        let scaled = match exponent & 1 {
            0 => 256 | fraction >> 44,
            _ => 128 | fraction >> 45,
        };
        let sum = if format == DOUBLE { 3068 } else { 380 };
        let result = (sum - exponent) >> 1;
        (result as u64) << format.fraction
            | (reciprocal_root(scaled) & 255) << (format.fraction - 8)
    }

    /// FRECPX.
    pub fn reciprocal_exponent(&mut self, format: Format, bits: u64) -> u64 {
        let a = self.unpack(format, bits);
        if matches!(a.kind, Kind::Quiet | Kind::Signalling) {
            return self.nan(format, a);
        }
        let exponent = bits >> format.fraction & format.exponent_ones();
        let result = match exponent {
            0 => format.exponent_ones() - 1,
            _ => !exponent & format.exponent_ones(),
        };
        format.zero(a.real.sign) | result << format.fraction
    }
}
