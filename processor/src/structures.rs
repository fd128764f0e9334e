//! LD1 to LD4 and ST1 to ST4: structures of elements, spread over registers (DDI 0487, C7.2, LD1 and its kin).

use crate::memory::{Fault, Memory, Tlb};
use crate::op::{Piece, Step, Structures};
use crate::state::State;

/// Does it, at the base register's `address`. Where a load faults, no register has changed.
#[inline(never)]
pub(crate) fn execute(
    op: Structures,
    address: u64,
    state: &mut State,
    tlb: &mut Tlb,
    memory: &mut impl Memory,
) -> Result<(), Fault> {
    let mut v = state.v;
    let size = 1u64 << op.log2_size;
    let mut at = address;
    match op.what {
        Piece::All { repeat } => {
            let elements = (if op.full { 16 } else { 8 }) >> op.log2_size;
            if op.is_load {
                for register in 0..op.registers * repeat {
                    v[usize::from((op.t + register) & 31)] = 0;
                }
            }
            for round in 0..repeat {
                for element in 0..elements {
                    for register in 0..op.registers {
                        let register = usize::from((op.t + round + register) & 31);
                        transfer(op, &mut v[register], element, at, tlb, memory)?;
                        at = at.wrapping_add(size);
                    }
                }
            }
        }
        Piece::One { index } => {
            for register in 0..op.registers {
                let register = usize::from((op.t + register) & 31);
                transfer(op, &mut v[register], index, at, tlb, memory)?;
                at = at.wrapping_add(size);
            }
        }
        Piece::Replicate => {
            for register in 0..op.registers {
                let value = tlb.load_number(memory, at, op.log2_size)?;
                let lanes = (if op.full { 16 } else { 8 }) >> op.log2_size;
                v[usize::from((op.t + register) & 31)] =
                    (0..lanes).fold(0, |all, lane| all | value << (lane * 8 * size as u32));
                at = at.wrapping_add(size);
            }
        }
    }
    state.v = v;
    match op.step {
        Step::Stays => {}
        Step::Size => state.set_x(op.n, at),
        Step::Register(m) => state.set_x(op.n, address.wrapping_add(state.x(m))),
    }
    Ok(())
}

/// Moves one element.
fn transfer(
    op: Structures,
    v: &mut u128,
    index: u8,
    address: u64,
    tlb: &mut Tlb,
    memory: &mut impl Memory,
) -> Result<(), Fault> {
    let width = 8u32 << op.log2_size;
    let shift = u32::from(index) * width;
    if op.is_load {
        let mask = u128::from(crate::integer::ones(width)) << shift;
        *v = *v & !mask | tlb.load_number(memory, address, op.log2_size)? << shift;
        return Ok(());
    }
    tlb.store_number(memory, address, op.log2_size, *v >> shift)
}
