//! Executing operations, as long as the code stays in one page: DDI 0487, C6.2, instruction by instruction.

use crate::code::{CodePage, WORDS};
use crate::exclusive;
use crate::integer::{
    add_32, add_64, crc32, extend, ones, shift_32, shift_64, sign_and_zero_32, sign_and_zero_64,
};
use crate::memory::{Memory, PAGE_SIZE, Tlb};
use crate::op::{Logic, Mode, Op, Otherwise, Sum, SystemRegister, Width};
use crate::state::{C, N, SP, State, V, Z};
use crate::stop::{Monitor, Stop};
use crate::structures;

/// Bytes that DC ZVA zeroes: DCZID_EL0.BS is 4, as a Cortex-A53 has it.
const ZERO_BLOCK: usize = 64;
/// CTR_EL0 of a Cortex-A53: lines of 64 bytes.
const CACHE_TYPE: u64 = 0x8444_8004;
/// CNTFRQ_EL0: the counter goes on by one with each instruction, which counts as a nanosecond.
const COUNTER_FREQUENCY: u64 = 1_000_000_000;

/// How the code left its page.
pub(crate) enum Leave {
    /// The state's `pc` says where it goes on.
    Onward,
    /// It stops.
    Stop(Stop),
}

/// Runs from the state's `pc`, which is aligned and in `page`, until it leaves the page or `left` is used up.
/// `clock` is CNTVCT_EL0 at the beginning.
#[inline(never)]
pub(crate) fn run_page(
    state: &mut State,
    tlb: &mut Tlb,
    monitor: &mut Option<Monitor>,
    memory: &mut impl Memory,
    page: &CodePage,
    left: &mut u64,
    clock: u64,
) -> Leave {
    let start = state.pc & !(PAGE_SIZE as u64 - 1);
    let mut index = (state.pc as usize % PAGE_SIZE) / 4;
    let budget = *left;
    let mut count = budget;

    // Leaves for `pc`; the instruction at hand counts.
    macro_rules! leave_to {
        ($pc:expr) => {{
            state.pc = $pc;
            *left = count;
            return Leave::Onward;
        }};
    }
    // The instruction at hand does not count: it stops there.
    macro_rules! stop {
        ($stop:expr) => {{
            state.pc = here!();
            *left = count + 1;
            return Leave::Stop($stop);
        }};
    }
    macro_rules! here {
        () => {
            start.wrapping_add(4 * index as u64)
        };
    }
    macro_rules! attempt {
        ($what:expr) => {
            match $what {
                Ok(value) => value,
                Err(fault) => stop!(Stop::from(fault)),
            }
        };
    }
    macro_rules! jump {
        ($target:expr) => {{
            let target: u64 = $target;
            if count == 0 || (target ^ start) & !(PAGE_SIZE as u64 - 4) != 0 {
                leave_to!(target);
            }
            index = (target as usize % PAGE_SIZE) / 4;
            continue;
        }};
    }
    // The base register's value, which must be aligned where it is SP.
    macro_rules! base {
        ($n:expr) => {{
            let base = state.x($n);
            if $n == SP && base % 16 != 0 {
                stop!(Stop::StackPointer);
            }
            base
        }};
    }
    // Where a transfer takes place, and what becomes of the base.
    macro_rules! place {
        ($n:expr, $mode:expr, $offset:expr) => {{
            let base = base!($n);
            let moved = base.wrapping_add($offset as u64);
            (if $mode == Mode::Post { base } else { moved }, moved)
        }};
    }
    macro_rules! write_back {
        ($n:expr, $mode:expr, $moved:expr) => {
            if $mode != Mode::Offset {
                state.set_x($n, $moved);
            }
        };
    }
    macro_rules! load {
        ($type:ty, $address:expr) => {
            <$type>::from_le_bytes(attempt!(tlb.load(memory, $address)))
        };
    }
    macro_rules! store {
        ($value:expr, $address:expr) => {
            attempt!(tlb.store(memory, $address, ($value).to_le_bytes()))
        };
    }
    // After a store: does it concern what is decoded?
    macro_rules! look_at_code {
        () => {
            if tlb.has_written() {
                leave_to!(here!().wrapping_add(4));
            }
        };
    }
    macro_rules! load_general {
        ($t:expr, $width:expr, $address:expr) => {
            match $width {
                Width::B => {
                    let value = load!(u8, $address);
                    state.set_x($t, value.into());
                }
                Width::H => {
                    let value = load!(u16, $address);
                    state.set_x($t, value.into());
                }
                Width::W => {
                    let value = load!(u32, $address);
                    state.set_w($t, value);
                }
                Width::X => {
                    let value = load!(u64, $address);
                    state.set_x($t, value);
                }
                Width::SignedB => {
                    let value = load!(i8, $address);
                    state.set_x($t, value as u64);
                }
                Width::SignedH => {
                    let value = load!(i16, $address);
                    state.set_x($t, value as u64);
                }
                Width::SignedW => {
                    let value = load!(i32, $address);
                    state.set_x($t, value as u64);
                }
                Width::SignedBtoW => {
                    let value = load!(i8, $address);
                    state.set_w($t, value as u32);
                }
                Width::SignedHtoW => {
                    let value = load!(i16, $address);
                    state.set_w($t, value as u32);
                }
            }
        };
    }
    macro_rules! store_general {
        ($t:expr, $log2_size:expr, $address:expr) => {
            match $log2_size {
                0 => store!(state.x($t) as u8, $address),
                1 => store!(state.x($t) as u16, $address),
                2 => store!(state.w($t), $address),
                _ => store!(state.x($t), $address),
            }
        };
    }
    macro_rules! load_vector {
        ($log2_size:expr, $address:expr) => {
            match $log2_size {
                0 => u128::from(load!(u8, $address)),
                1 => u128::from(load!(u16, $address)),
                2 => u128::from(load!(u32, $address)),
                3 => u128::from(load!(u64, $address)),
                _ => load!(u128, $address),
            }
        };
    }
    macro_rules! store_vector {
        ($value:expr, $log2_size:expr, $address:expr) => {
            match $log2_size {
                0 => store!($value as u8, $address),
                1 => store!($value as u16, $address),
                2 => store!($value as u32, $address),
                3 => store!($value as u64, $address),
                _ => store!($value, $address),
            }
        };
    }

    loop {
        if index == WORDS || count == 0 {
            leave_to!(here!());
        }
        count -= 1;
        match page[index % WORDS] {
            Op::Undecoded => {
                count += 1;
                leave_to!(here!());
            }
            Op::Undefined(word) => stop!(Stop::Undefined(word)),
            Op::Nothing => {}

            Op::Move { d, value } => state.set_x(d, value),
            Op::MoveKeepBits { d, wide, shift, value } => {
                let moved =
                    state.x(d) & !(0xffff << (shift & 63)) | u64::from(value) << (shift & 63);
                state.set_x(d, if wide { moved } else { moved & 0xffff_ffff });
            }
            Op::Address { d, offset } => state.set_x(d, here!().wrapping_add(offset as u64)),
            Op::PageAddress { d, offset } => state.set_x(d, start.wrapping_add(offset as u64)),
            Op::AddImmediate64 { d, n, value } => state.set_x(d, state.x(n).wrapping_add(value)),
            Op::AddImmediate32 { d, n, value } => state.set_w(d, state.w(n).wrapping_add(value)),
            Op::AddsImmediate { d, n, wide, value } => {
                let sum = Sum { subtract: false, set_flags: true, wide };
                add(state, d, state.x(n), value.into(), sum);
            }
            Op::SubsImmediate64 { d, n, value } => {
                let (result, flags) = add_64(state.x(n), !u64::from(value), true);
                state.set_x(d, result);
                state.nzcv = flags;
            }
            Op::SubsImmediate32 { d, n, value } => {
                let (result, flags) = add_32(state.w(n), !value, true);
                state.set_w(d, result);
                state.nzcv = flags;
            }
            Op::AndImmediate { d, n, value } => state.set_x(d, state.x(n) & value),
            Op::OrImmediate { d, n, wide, value } => {
                set(state, d, state.x(n) | value.value(), wide);
            }
            Op::XorImmediate { d, n, wide, value } => {
                set(state, d, state.x(n) ^ value.value(), wide);
            }
            Op::AndsImmediate { d, n, wide, value } => {
                and_set_flags(state, d, state.x(n), value.value(), wide);
            }
            Op::UnsignedField { d, n, from, to, width } => {
                let field = (state.x(n) >> (from & 63)) & ones(width.into());
                state.set_x(d, field << (to & 63));
            }
            Op::SignedField { d, n, from, to, width, wide } => {
                let above = (64 - u32::from(width)) & 63;
                let field = ((state.x(n) >> (from & 63) << above) as i64 >> above) as u64;
                set(state, d, field << (to & 63), wide);
            }
            Op::InsertField { d, n, from, to, width, wide } => {
                let mask = ones(width.into());
                let field = (state.x(n) >> (from & 63)) & mask;
                let kept = state.x(d) & !(mask << (to & 63));
                set(state, d, kept | field << (to & 63), wide);
            }
            Op::Extract { d, n, m, lsb, wide: true } => {
                let both = u128::from(state.x(n)) << 64 | u128::from(state.x(m));
                state.set_x(d, (both >> (lsb & 63)) as u64);
            }
            Op::Extract { d, n, m, lsb, wide: false } => {
                let both = u64::from(state.w(n)) << 32 | u64::from(state.w(m));
                state.set_w(d, (both >> (lsb & 31)) as u32);
            }

            Op::MoveRegister { d, m } => state.set_x(d, state.x(m)),
            Op::MoveRegister32 { d, m } => state.set_w(d, state.w(m)),
            Op::Logical { d, n, m, what, invert, wide, shift, amount } => {
                let shifted = shifted(state, m, shift, amount, wide);
                let (left, right) = (state.x(n), if invert { !shifted } else { shifted });
                match what {
                    Logic::And => set(state, d, left & right, wide),
                    Logic::Or => set(state, d, left | right, wide),
                    Logic::Xor => set(state, d, left ^ right, wide),
                    Logic::AndSetFlags => and_set_flags(state, d, left, right, wide),
                }
            }
            Op::Add64 { d, n, m, left } => {
                state.set_x(d, state.x(n).wrapping_add(state.x(m) << (left & 63)));
            }
            Op::Sub64 { d, n, m, left } => {
                state.set_x(d, state.x(n).wrapping_sub(state.x(m) << (left & 63)));
            }
            Op::Subs64 { d, n, m } => {
                let (result, flags) = add_64(state.x(n), !state.x(m), true);
                state.set_x(d, result);
                state.nzcv = flags;
            }
            Op::Subs32 { d, n, m } => {
                let (result, flags) = add_32(state.w(n), !state.w(m), true);
                state.set_w(d, result);
                state.nzcv = flags;
            }
            Op::SumShifted { d, n, m, sum, shift, amount } => {
                let right = shifted(state, m, shift, amount, sum.wide);
                add(state, d, state.x(n), right, sum);
            }
            Op::SumExtended { d, n, m, sum, extend: kind, left } => {
                add(state, d, state.x(n), extend(state.x(m), kind, left), sum);
            }
            Op::SumCarry { d, n, m, sum } => {
                let carry = state.nzcv & C != 0;
                add_with(state, d, state.x(n), state.x(m), carry, sum);
            }
            Op::CompareRegister { n, m, sum, condition, flags } => {
                let right = state.x(m);
                compare(state, n, right, sum, condition, flags);
            }
            Op::CompareImmediate { n, value, sum, condition, flags } => {
                compare(state, n, value.into(), sum, condition, flags);
            }
            Op::Select { d, n, m, condition, otherwise, wide } => {
                let result = if state.holds(condition) {
                    state.x(n)
                } else {
                    let other = state.x(m);
                    match otherwise {
                        Otherwise::Same => other,
                        Otherwise::Increment => other.wrapping_add(1),
                        Otherwise::Invert => !other,
                        Otherwise::Negate => other.wrapping_neg(),
                    }
                };
                set(state, d, result, wide);
            }
            Op::DivideUnsigned { d, n, m, wide: true } => {
                state.set_x(d, state.x(n).checked_div(state.x(m)).unwrap_or(0));
            }
            Op::DivideUnsigned { d, n, m, wide: false } => {
                state.set_w(d, state.w(n).checked_div(state.w(m)).unwrap_or(0));
            }
            Op::DivideSigned { d, n, m, wide: true } => {
                let (left, right) = (state.x(n) as i64, state.x(m) as i64);
                state.set_x(d, if right == 0 { 0 } else { left.wrapping_div(right) as u64 });
            }
            Op::DivideSigned { d, n, m, wide: false } => {
                let (left, right) = (state.w(n) as i32, state.w(m) as i32);
                state.set_w(d, if right == 0 { 0 } else { left.wrapping_div(right) as u32 });
            }
            Op::ShiftVariable { d, n, m, shift, wide: true } => {
                state.set_x(d, shift_64(state.x(n), shift, state.x(m) as u8));
            }
            Op::ShiftVariable { d, n, m, shift, wide: false } => {
                state.set_w(d, shift_32(state.w(n), shift, state.x(m) as u8));
            }
            Op::Crc32 { d, n, m, bytes, castagnoli } => {
                let polynomial = if castagnoli { 0x82f6_3b78 } else { 0xedb8_8320 };
                state.set_w(d, crc32(polynomial, state.w(n), state.x(m), bytes.into()));
            }
            Op::Reverse { d, n, opcode, wide } => reverse(state, d, n, opcode, wide),
            Op::MultiplyAdd64 { d, n, m, a } => {
                let product = state.x(n).wrapping_mul(state.x(m));
                state.set_x(d, state.x(a).wrapping_add(product));
            }
            Op::Multiply { d, n, m, a, opcode, wide } => {
                multiply(state, (d, n, m, a), opcode, wide)
            }

            Op::Branch { offset } => jump!(here!().wrapping_add(offset as u64)),
            Op::BranchLink { offset } => {
                let here = here!();
                state.set_x(30, here.wrapping_add(4));
                jump!(here.wrapping_add(offset as u64));
            }
            Op::BranchIf { condition, offset } => {
                if state.holds(condition) {
                    jump!(here!().wrapping_add(offset as u64));
                }
            }
            Op::CompareBranch { t, wide, if_zero, offset } => {
                let value = if wide { state.x(t) } else { state.w(t).into() };
                if (value == 0) == if_zero {
                    jump!(here!().wrapping_add(offset as u64));
                }
            }
            Op::TestBranch { t, bit, if_zero, offset } => {
                if ((state.x(t) >> (bit & 63)) & 1 == 0) == if_zero {
                    jump!(here!().wrapping_add(offset as u64));
                }
            }
            Op::BranchRegister { n, link } => {
                let target = state.x(n);
                if link {
                    state.set_x(30, here!().wrapping_add(4));
                }
                jump!(target);
            }
            Op::SupervisorCall => {
                state.pc = here!().wrapping_add(4);
                *left = count;
                return Leave::Stop(Stop::SupervisorCall);
            }
            Op::Breakpoint => stop!(Stop::Breakpoint),
            Op::ClearExclusive => *monitor = None,
            Op::SynchronizeCode => look_at_code!(),
            Op::InvalidateCode { t } => {
                attempt!(tlb.invalidate_code(memory, state.x(t)));
                look_at_code!();
            }
            Op::ZeroBlock { t } => {
                let address = state.x(t) & !(ZERO_BLOCK as u64 - 1);
                attempt!(tlb.store(memory, address, [0; ZERO_BLOCK]));
                look_at_code!();
            }
            Op::ReadSystem { t, register } => {
                let value = match register {
                    SystemRegister::Flags => state.nzcv.into(),
                    SystemRegister::Fpcr => state.fpcr.into(),
                    SystemRegister::Fpsr => state.fpsr.into(),
                    SystemRegister::ThreadPointer => state.tpidr,
                    SystemRegister::ThreadPointerReadOnly => 0,
                    SystemRegister::Counter => clock.wrapping_add(budget - count),
                    SystemRegister::CounterFrequency => COUNTER_FREQUENCY,
                    SystemRegister::CacheType => CACHE_TYPE,
                    SystemRegister::ZeroBlockSize => 4,
                };
                state.set_x(t, value);
            }
            Op::WriteSystem { t, register } => {
                let value = state.x(t);
                match register {
                    SystemRegister::Flags => state.nzcv = value as u32 & (N | Z | C | V),
                    SystemRegister::Fpcr => state.set_fpcr(value),
                    SystemRegister::Fpsr => state.set_fpsr(value),
                    SystemRegister::ThreadPointer => state.tpidr = value,
                    _ => {} // the table has no row that writes to them
                }
            }

            Op::LoadX { t, n, offset } => {
                let value = load!(u64, base!(n).wrapping_add(offset as u64));
                state.set_x(t, value);
            }
            Op::LoadW { t, n, offset } => {
                let value = load!(u32, base!(n).wrapping_add(offset as u64));
                state.set_w(t, value);
            }
            Op::LoadB { t, n, offset } => {
                let value = load!(u8, base!(n).wrapping_add(offset as u64));
                state.set_x(t, value.into());
            }
            Op::Load { t, n, width, mode, offset } => {
                let (address, moved) = place!(n, mode, offset);
                load_general!(t, width, address);
                write_back!(n, mode, moved);
            }
            Op::StoreX { t, n, offset } => {
                store!(state.x(t), base!(n).wrapping_add(offset as u64));
                look_at_code!();
            }
            Op::StoreW { t, n, offset } => {
                store!(state.w(t), base!(n).wrapping_add(offset as u64));
                look_at_code!();
            }
            Op::StoreB { t, n, offset } => {
                store!(state.x(t) as u8, base!(n).wrapping_add(offset as u64));
                look_at_code!();
            }
            Op::Store { t, n, log2_size, mode, offset } => {
                let (address, moved) = place!(n, mode, offset);
                store_general!(t, log2_size, address);
                write_back!(n, mode, moved);
                look_at_code!();
            }
            Op::LoadRegister { t, n, m, width, extend: kind, left } => {
                let address = base!(n).wrapping_add(extend(state.x(m), kind, left));
                load_general!(t, width, address);
            }
            Op::StoreRegister { t, n, m, log2_size, extend: kind, left } => {
                let address = base!(n).wrapping_add(extend(state.x(m), kind, left));
                store_general!(t, log2_size, address);
                look_at_code!();
            }
            Op::LoadLiteral { t, width, offset } => {
                let address = here!().wrapping_add(offset as u64);
                load_general!(t, width, address);
            }
            Op::LoadPair { t, t2, n, mode, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                let both = load!(u128, address);
                state.set_x(t, both as u64);
                state.set_x(t2, (both >> 64) as u64);
                write_back!(n, mode, moved);
            }
            Op::StorePair { t, t2, n, mode, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                store!(u128::from(state.x(t)) | u128::from(state.x(t2)) << 64, address);
                write_back!(n, mode, moved);
                look_at_code!();
            }
            Op::LoadPair32 { t, t2, n, mode, signed, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                let both = load!(u64, address);
                let of = |word: u32| if signed { word as i32 as u64 } else { word.into() };
                state.set_x(t, of(both as u32));
                state.set_x(t2, of((both >> 32) as u32));
                write_back!(n, mode, moved);
            }
            Op::StorePair32 { t, t2, n, mode, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                store!(u64::from(state.w(t)) | u64::from(state.w(t2)) << 32, address);
                write_back!(n, mode, moved);
                look_at_code!();
            }
            Op::Exclusive(op) => {
                let address = base!(op.n);
                match exclusive::execute(op, address, state, tlb, monitor, memory) {
                    Ok(()) => look_at_code!(),
                    Err(stop) => stop!(stop),
                }
            }
            Op::LoadV { t, n, log2_size, mode, offset } => {
                let (address, moved) = place!(n, mode, offset);
                let value = load_vector!(log2_size, address);
                state.v[usize::from(t & 31)] = value;
                write_back!(n, mode, moved);
            }
            Op::StoreV { t, n, log2_size, mode, offset } => {
                let (address, moved) = place!(n, mode, offset);
                store_vector!(state.v[usize::from(t & 31)], log2_size, address);
                write_back!(n, mode, moved);
                look_at_code!();
            }
            Op::LoadVRegister { t, n, m, log2_size, extend: kind, left } => {
                let address = base!(n).wrapping_add(extend(state.x(m), kind, left));
                state.v[usize::from(t & 31)] = load_vector!(log2_size, address);
            }
            Op::StoreVRegister { t, n, m, log2_size, extend: kind, left } => {
                let address = base!(n).wrapping_add(extend(state.x(m), kind, left));
                store_vector!(state.v[usize::from(t & 31)], log2_size, address);
                look_at_code!();
            }
            Op::LoadVLiteral { t, log2_size, offset } => {
                let address = here!().wrapping_add(offset as u64);
                state.v[usize::from(t & 31)] = load_vector!(log2_size, address);
            }
            Op::LoadVPair { t, t2, n, mode, log2_size, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                let first = load_vector!(log2_size, address);
                let second = load_vector!(log2_size, address.wrapping_add(1 << log2_size));
                state.v[usize::from(t & 31)] = first;
                state.v[usize::from(t2 & 31)] = second;
                write_back!(n, mode, moved);
            }
            Op::StoreVPair { t, t2, n, mode, log2_size, offset } => {
                let (address, moved) = place!(n, mode, i64::from(offset));
                let (first, second) = (state.v[usize::from(t & 31)], state.v[usize::from(t2 & 31)]);
                match log2_size {
                    2 => store!(u64::from(first as u32) | u64::from(second as u32) << 32, address),
                    3 => store!(first & u128::from(u64::MAX) | second << 64, address),
                    _ => {
                        let mut both = [0; 32];
                        both[..16].copy_from_slice(&first.to_le_bytes());
                        both[16..].copy_from_slice(&second.to_le_bytes());
                        attempt!(tlb.store(memory, address, both));
                    }
                }
                write_back!(n, mode, moved);
                look_at_code!();
            }
            Op::Structures(op) => {
                let address = base!(op.n);
                attempt!(structures::execute(op, address, state, tlb, memory));
                look_at_code!();
            }
            Op::Registers(execute, word) => execute(state, word),
        }
        index += 1;
    }
}

/// Writes a result of 64 or 32 bits.
#[inline(always)]
fn set(state: &mut State, d: u8, result: u64, wide: bool) {
    state.set_x(d, if wide { result } else { result & 0xffff_ffff });
}

#[inline(always)]
fn shifted(state: &State, m: u8, shift: u8, amount: u8, wide: bool) -> u64 {
    match wide {
        true => shift_64(state.x(m), shift, amount),
        false => shift_32(state.w(m), shift, amount).into(),
    }
}

#[inline(always)]
fn and_set_flags(state: &mut State, d: u8, left: u64, right: u64, wide: bool) {
    let result = left & right;
    state.nzcv = match wide {
        true => sign_and_zero_64(result),
        false => sign_and_zero_32(result as u32),
    };
    set(state, d, result, wide);
}

#[inline(always)]
fn add(state: &mut State, d: u8, left: u64, right: u64, sum: Sum) {
    add_with(state, d, left, right, sum.subtract, sum);
}

#[inline(always)]
fn add_with(state: &mut State, d: u8, left: u64, right: u64, carry: bool, sum: Sum) {
    let right = if sum.subtract { !right } else { right };
    let (result, flags) = match sum.wide {
        true => add_64(left, right, carry),
        false => {
            let (result, flags) = add_32(left as u32, right as u32, carry);
            (result.into(), flags)
        }
    };
    state.set_x(d, result);
    if sum.set_flags {
        state.nzcv = flags;
    }
}

#[inline(always)]
fn compare(state: &mut State, n: u8, right: u64, sum: Sum, condition: u8, flags: u8) {
    if state.holds(condition) {
        add(state, crate::state::SINK, state.x(n), right, sum);
    } else {
        state.nzcv = u32::from(flags) << 28;
    }
}

/// RBIT, REV16, REV32, REV, CLZ, CLS.
#[inline(never)]
fn reverse(state: &mut State, d: u8, n: u8, opcode: u8, wide: bool) {
    let (x, w) = (state.x(n), state.w(n));
    let result = match (opcode, wide) {
        (0, true) => x.reverse_bits(),
        (0, false) => w.reverse_bits().into(),
        (1, _) => (x & 0x00ff_00ff_00ff_00ff) << 8 | (x >> 8) & 0x00ff_00ff_00ff_00ff,
        (2, true) => x.swap_bytes().rotate_left(32),
        (2, false) => w.swap_bytes().into(),
        (3, _) => x.swap_bytes(),
        (4, true) => x.leading_zeros().into(),
        (4, false) => w.leading_zeros().into(),
        (_, true) => ((x ^ (x as i64 >> 63) as u64).leading_zeros() - 1).into(),
        (_, false) => ((w ^ (w as i32 >> 31) as u32).leading_zeros() - 1).into(),
    };
    set(state, d, result, wide);
}

/// MADD and its kin; `opcode` is op31 and o0.
#[inline(never)]
fn multiply(state: &mut State, (d, n, m, a): (u8, u8, u8, u8), opcode: u8, wide: bool) {
    let (left, right, sum) = (state.x(n), state.x(m), state.x(a));
    let signed = (left as i32 as i64).wrapping_mul(right as i32 as i64) as u64;
    let unsigned = (left & 0xffff_ffff).wrapping_mul(right & 0xffff_ffff);
    let result = match opcode {
        0 => sum.wrapping_add(left.wrapping_mul(right)),
        1 => sum.wrapping_sub(left.wrapping_mul(right)),
        2 => sum.wrapping_add(signed),
        3 => sum.wrapping_sub(signed),
        4 => ((i128::from(left as i64) * i128::from(right as i64)) >> 64) as u64,
        10 => sum.wrapping_add(unsigned),
        11 => sum.wrapping_sub(unsigned),
        _ => ((u128::from(left) * u128::from(right)) >> 64) as u64,
    };
    set(state, d, result, wide);
}
