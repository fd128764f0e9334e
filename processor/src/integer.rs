//! Integer arithmetic as DDI 0487, J1.3 (shared pseudocode functions) defines it: sums with flags, shifts, immediates.

use crate::state::{C, N, V, Z};

/// AddWithCarry for 64 bits: the sum and N, Z, C, V.
#[inline(always)]
pub fn add_64(left: u64, right: u64, carry: bool) -> (u64, u32) {
    let (sum, over_1) = left.overflowing_add(right);
    let (sum, over_2) = sum.overflowing_add(u64::from(carry));
    let overflow = ((left ^ sum) & (right ^ sum)) >> 63;
    let flags = sign_and_zero_64(sum) | (u32::from(over_1 | over_2) * C) | (overflow as u32 * V);
    (sum, flags)
}

/// AddWithCarry for 32 bits.
#[inline(always)]
pub fn add_32(left: u32, right: u32, carry: bool) -> (u32, u32) {
    let wide = u64::from(left) + u64::from(right) + u64::from(carry);
    let sum = wide as u32;
    let overflow = ((left ^ sum) & (right ^ sum)) >> 31;
    let flags = sign_and_zero_32(sum) | ((wide >> 32) as u32 * C) | (overflow * V);
    (sum, flags)
}

/// N and Z of a result.
#[inline(always)]
pub fn sign_and_zero_64(result: u64) -> u32 {
    (result >> 32) as u32 & N | (u32::from(result == 0) * Z)
}

/// N and Z of a result.
#[inline(always)]
pub fn sign_and_zero_32(result: u32) -> u32 {
    result & N | (u32::from(result == 0) * Z)
}

/// ShiftReg for 64 bits: LSL, LSR, ASR, ROR.
#[inline(always)]
pub fn shift_64(value: u64, kind: u8, amount: u8) -> u64 {
    let amount = u32::from(amount) & 63;
    match kind & 3 {
        0 => value << amount,
        1 => value >> amount,
        2 => ((value as i64) >> amount) as u64,
        _ => value.rotate_right(amount),
    }
}

/// ShiftReg for 32 bits.
#[inline(always)]
pub fn shift_32(value: u32, kind: u8, amount: u8) -> u32 {
    let amount = u32::from(amount) & 31;
    match kind & 3 {
        0 => value << amount,
        1 => value >> amount,
        2 => ((value as i32) >> amount) as u32,
        _ => value.rotate_right(amount),
    }
}

/// ExtendReg: UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX, then a shift to the left.
#[inline(always)]
pub fn extend(value: u64, kind: u8, shift: u8) -> u64 {
    let extended = match kind & 7 {
        0 => value & 0xff,
        1 => value & 0xffff,
        2 => value & 0xffff_ffff,
        3 | 7 => value,
        4 => value as i8 as u64,
        5 => value as i16 as u64,
        _ => value as i32 as u64,
    };
    extended << (shift & 7)
}

/// `count` ones, 0 to 64.
#[inline(always)]
pub const fn ones(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// DecodeBitMasks for logical immediates; None where the fields are reserved.
pub fn bit_mask(n: u32, imms: u32, immr: u32, is_64: bool) -> Option<u64> {
    let length = 31 - ((n << 6) | (!imms & 0x3f)).leading_zeros().min(31);
    if (n << 6) | (!imms & 0x3f) == 0 || length == 0 || (n != 0 && !is_64) {
        return None;
    }
    let size = 1 << length;
    let levels = size - 1;
    let (s, r) = (imms & levels, immr & levels);
    if s == levels {
        return None;
    }
    let run = ones(s + 1);
    let turned = if r == 0 { run } else { (run >> r) | (run << (size - r)) } & ones(size);
    let mut mask = turned;
    let mut width = size;
    while width < 64 {
        mask |= mask << width;
        width *= 2;
    }
    Some(if is_64 { mask } else { mask & 0xffff_ffff })
}

/// CRC-32 (polynomial 0x04C11DB7) or CRC-32C (0x1EDC6F41), bit-reversed as the instructions have it.
pub fn crc32(polynomial: u32, accumulator: u32, value: u64, bytes: u32) -> u32 {
    let mut crc = accumulator;
    for index in 0..bytes {
        crc ^= (value >> (8 * index)) as u32 & 0xff;
        for _ in 0..8 {
            crc = (crc >> 1) ^ (polynomial & (crc & 1).wrapping_neg());
        }
    }
    crc
}
