//! Comparison, the greater and the lesser (FPCompare, FPMax and their kin).

use super::{Context, Format, INVALID, Kind, Operand};
use std::cmp::Ordering;

/// What a comparison finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first is less.
    Less,
    /// They are equal.
    Equal,
    /// The first is greater.
    Greater,
    /// One is no number.
    Unordered,
}

fn order(format: Format, a: Operand, b: Operand) -> Ordering {
    // As integers, numbers of a format have the order of their sizes; a flushed one is a zero.
    let place = |operand: Operand| match operand.kind {
        Kind::Zero => 0,
        _ if operand.real.sign => -(format.absolute(operand.bits) as i64),
        _ => operand.bits as i64,
    };
    place(a).cmp(&place(b))
}

fn is_nan(operand: Operand) -> bool {
    matches!(operand.kind, Kind::Quiet | Kind::Signalling)
}

impl Context {
    /// Compares; a quiet NaN is invalid where `signals` says so, a signalling one always.
    pub fn compare(&mut self, format: Format, left: u64, right: u64, signals: bool) -> Order {
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        if is_nan(a) || is_nan(b) {
            if signals || a.kind == Kind::Signalling || b.kind == Kind::Signalling {
                self.status |= INVALID;
            }
            return Order::Unordered;
        }
        match order(format, a, b) {
            Ordering::Less => Order::Less,
            Ordering::Equal => Order::Equal,
            Ordering::Greater => Order::Greater,
        }
    }

    /// FMAX, or FMIN.
    pub fn extreme(&mut self, format: Format, left: u64, right: u64, wanted: Ordering) -> u64 {
        let (a, b) = (self.unpack(format, left), self.unpack(format, right));
        if let Some(nan) = self.nans(format, &[a, b]) {
            return nan;
        }
        let chosen = if order(format, a, b) == wanted { a } else { b };
        if a.kind == Kind::Zero && b.kind == Kind::Zero {
            // Of two zeros the greater is plus, unless both are minus.
            let (one, other) = (a.real.sign, b.real.sign);
            return format.zero(if wanted == Ordering::Greater {
                one & other
            } else {
                one | other
            });
        }
        match chosen.kind {
            Kind::Zero => format.zero(chosen.real.sign),
            _ => chosen.bits,
        }
    }

    /// FMAXNM, or FMINNM: a number rather than a quiet NaN.
    pub fn extreme_number(
        &mut self,
        format: Format,
        left: u64,
        right: u64,
        wanted: Ordering,
    ) -> u64 {
        let quiet = |context: &mut Self, bits| context.unpack(format, bits).kind == Kind::Quiet;
        let (left_quiet, right_quiet) = (quiet(self, left), quiet(self, right));
        let worst = format.infinity(wanted == Ordering::Greater);
        match (left_quiet, right_quiet) {
            (true, false) => self.extreme(format, worst, right, wanted),
            (false, true) => self.extreme(format, left, worst, wanted),
            _ => self.extreme(format, left, right, wanted),
        }
    }
}
