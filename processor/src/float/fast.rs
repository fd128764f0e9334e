//! Where the host's arithmetic gives the same: numbers rounded to nearest even, results that are normal and not at the
//! edge of it. IEEE 754 defines their bits; of the flags only "inexact" could be raised, and it is set already.

use super::{Context, DOUBLE, FLUSH_TO_ZERO, Format, INEXACT, Rounding};

/// Is `result` one that no flag but "inexact" goes with?
trait Plain: Sized {
    fn plain(self) -> Option<u64>;
}

impl Plain for f64 {
    #[inline(always)]
    fn plain(self) -> Option<u64> {
        let size = self.abs();
        (2.0 * f64::MIN_POSITIVE..=f64::MAX).contains(&size).then_some(self.to_bits())
    }
}

impl Plain for f32 {
    #[inline(always)]
    fn plain(self) -> Option<u64> {
        let size = self.abs();
        (2.0 * f32::MIN_POSITIVE..=f32::MAX).contains(&size).then_some(self.to_bits().into())
    }
}

#[inline(always)]
fn is_plain(context: &Context) -> bool {
    context.control & FLUSH_TO_ZERO == 0
        && context.status & INEXACT != 0
        && context.rounding() == Rounding::Nearest
}

#[inline(always)]
fn double(bits: u64) -> f64 {
    f64::from_bits(bits)
}

#[inline(always)]
fn single(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

/// Addition.
#[inline(always)]
pub(super) fn add(context: &Context, format: Format, left: u64, right: u64) -> Option<u64> {
    match format {
        _ if !is_plain(context) => None,
        DOUBLE => (double(left) + double(right)).plain(),
        _ => (single(left) + single(right)).plain(),
    }
}

/// Multiplication.
#[inline(always)]
pub(super) fn multiply(context: &Context, format: Format, left: u64, right: u64) -> Option<u64> {
    match format {
        _ if !is_plain(context) => None,
        DOUBLE => (double(left) * double(right)).plain(),
        _ => (single(left) * single(right)).plain(),
    }
}

/// Division.
#[inline(always)]
pub(super) fn divide(context: &Context, format: Format, left: u64, right: u64) -> Option<u64> {
    match format {
        _ if !is_plain(context) => None,
        DOUBLE => (double(left) / double(right)).plain(),
        _ => (single(left) / single(right)).plain(),
    }
}

/// The square root.
#[inline(always)]
pub(super) fn square_root(context: &Context, format: Format, bits: u64) -> Option<u64> {
    match format {
        _ if !is_plain(context) => None,
        DOUBLE => double(bits).sqrt().plain(),
        _ => single(bits).sqrt().plain(),
    }
}

/// The fused sum of a product.
#[inline(always)]
pub(super) fn multiply_add(
    context: &Context,
    format: Format,
    addend: u64,
    left: u64,
    right: u64,
) -> Option<u64> {
    match format {
        _ if !is_plain(context) => None,
        // mingw-w64's fma rounds twice (its bug 848).
        _ if cfg!(all(windows, target_env = "gnu")) => None,
        DOUBLE => double(left).mul_add(double(right), double(addend)).plain(),
        _ => single(left).mul_add(single(right), single(addend)).plain(),
    }
}
