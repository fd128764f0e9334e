//! Load-exclusive and store-exclusive, load-acquire and store-release (DDI 0487, B2.10 and B2.3.11).
//!
//! One processor: the monitor is an address and what was found there. A store-exclusive succeeds where the memory still
//! holds that, as in QEMU; nobody but the program itself can have changed it in between. Another size than the load's is
//! CONSTRAINED UNPREDICTABLE, and fails.

use crate::memory::{Memory, Tlb, untagged};
use crate::op::{Exclusive, ExclusiveKind};
use crate::state::State;
use crate::stop::{Monitor, Stop};

/// Does it, at the base register's `address`.
#[inline(never)]
pub(crate) fn execute(
    op: Exclusive,
    address: u64,
    state: &mut State,
    tlb: &mut Tlb,
    monitor: &mut Option<Monitor>,
    memory: &mut impl Memory,
) -> Result<(), Stop> {
    let is_pair =
        matches!(op.kind, ExclusiveKind::LoadExclusivePair | ExclusiveKind::StoreExclusivePair);
    let log2_size = op.log2_size + u8::from(is_pair);
    if address & ((1 << log2_size) - 1) != 0 {
        return Err(Stop::Alignment(address));
    }
    // The two halves of a pair, of 32 or 64 bits each.
    let half = 8 << op.log2_size;
    match op.kind {
        ExclusiveKind::Load | ExclusiveKind::LoadExclusive | ExclusiveKind::LoadExclusivePair => {
            let value = tlb.load_number(memory, address, log2_size)?;
            if op.kind != ExclusiveKind::Load {
                *monitor = Some(Monitor { address: untagged(address), log2_size, value });
            }
            if is_pair {
                let mask = u128::from(crate::integer::ones(half));
                state.set_x(op.t, (value & mask) as u64);
                state.set_x(op.t2, (value >> half & mask) as u64);
            } else {
                state.set_x(op.t, value as u64);
            }
        }
        ExclusiveKind::Store => {
            tlb.store_number(memory, address, log2_size, state.x(op.t).into())?;
        }
        ExclusiveKind::StoreExclusive | ExclusiveKind::StoreExclusivePair => {
            let mask = u128::from(crate::integer::ones(half));
            let value = match is_pair {
                true => {
                    u128::from(state.x(op.t)) & mask | (u128::from(state.x(op.t2)) & mask) << half
                }
                false => state.x(op.t).into(),
            };
            let marked = monitor.take().filter(|monitor| {
                (monitor.address, monitor.log2_size) == (untagged(address), log2_size)
            });
            let succeeds = match marked {
                Some(found) => tlb.load_number(memory, address, log2_size)? == found.value,
                None => false,
            };
            if succeeds {
                tlb.store_number(memory, address, log2_size, value)?;
            }
            state.set_x(op.s, u64::from(!succeeds));
        }
    }
    Ok(())
}
