//! Conversions: between formats, from and to integers and fixed-point numbers, to integral numbers (FPConvert,
//! FPToFixed, FixedToFP, FPRoundInt).

use super::{
    ALTERNATIVE_HALF, Context, DEFAULT_NAN, Format, HALF, INEXACT, INVALID, Kind, Real, Rest,
    Rounding, is_up, split,
};

impl Context {
    /// A number of one format in another.
    pub fn convert(&mut self, from: Format, to: Format, bits: u64, rounding: Rounding) -> u64 {
        let a = self.unpack(from, bits);
        let sign = a.real.sign;
        let is_alternative = to == HALF && self.control & ALTERNATIVE_HALF != 0;
        match a.kind {
            Kind::Quiet | Kind::Signalling => {
                if a.kind == Kind::Signalling || is_alternative {
                    self.status |= INVALID;
                }
                if is_alternative {
                    return to.zero(sign);
                }
                if self.control & DEFAULT_NAN != 0 {
                    return to.default_nan();
                }
                let fraction = (bits & from.fraction_mask()) << (63 - from.fraction);
                to.infinity(sign) | to.quiet_bit() | fraction >> (63 - to.fraction)
            }
            Kind::Infinity if is_alternative => {
                self.status |= INVALID;
                to.zero(sign) | (to.sign_bit() - 1)
            }
            Kind::Infinity => to.infinity(sign),
            Kind::Zero => to.zero(sign),
            Kind::Finite => self.round(to, a.real, rounding),
        }
    }

    /// A fixed-point number of `width` bits, `fraction` of them behind the point; saturated.
    pub fn to_fixed(
        &mut self,
        format: Format,
        bits: u64,
        (width, fraction, signed): (u32, u32, bool),
        rounding: Rounding,
    ) -> u64 {
        let a = self.unpack(format, bits);
        let sign = a.real.sign;
        let (least, greatest) = match signed {
            true => (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1),
            false => (0, (1i128 << width) - 1),
        };
        let (value, is_exact) = match a.kind {
            Kind::Quiet | Kind::Signalling => {
                self.status |= INVALID;
                return 0;
            }
            Kind::Zero => return 0,
            Kind::Infinity => (i128::MAX, true),
            Kind::Finite => {
                let shift = -(a.real.exponent + fraction as i32);
                // 53 bits and as many before them cannot be shifted out of 128; what is as large saturates anyway.
                if shift < -70 {
                    (i128::MAX, true)
                } else {
                    let (mut integer, rest) = split(a.real.mantissa, shift);
                    if is_up(rounding, sign, integer, rest) {
                        integer += 1;
                    }
                    (integer as i128, rest == Rest::None)
                }
            }
        };
        let value = if sign { -value } else { value };
        let clamped = value.clamp(least, greatest);
        if clamped != value {
            self.status |= INVALID;
        } else if !is_exact {
            self.status |= INEXACT;
        }
        clamped as u64 & crate::integer::ones(width)
    }

    /// The number that a fixed-point number stands for.
    pub fn from_fixed(&mut self, format: Format, value: i128, fraction: u32) -> u64 {
        if value == 0 {
            return format.zero(false);
        }
        let real =
            Real { sign: value < 0, exponent: -(fraction as i32), mantissa: value.unsigned_abs() };
        self.round(format, real, self.rounding())
    }

    /// FRINT: the integral number; `exact` says that it is told where it is another one.
    pub fn integral(&mut self, format: Format, bits: u64, rounding: Rounding, exact: bool) -> u64 {
        let a = self.unpack(format, bits);
        match a.kind {
            Kind::Quiet | Kind::Signalling => self.nan(format, a),
            Kind::Infinity => bits,
            Kind::Zero => format.zero(a.real.sign),
            Kind::Finite if a.real.exponent >= 0 => bits,
            Kind::Finite => {
                let (mut integer, rest) = split(a.real.mantissa, -a.real.exponent);
                if is_up(rounding, a.real.sign, integer, rest) {
                    integer += 1;
                }
                if exact && rest != Rest::None {
                    self.status |= INEXACT;
                }
                match integer {
                    0 => format.zero(a.real.sign),
                    _ => {
                        let real = Real { exponent: 0, mantissa: integer, ..a.real };
                        self.round(format, real, rounding)
                    }
                }
            }
        }
    }
}
