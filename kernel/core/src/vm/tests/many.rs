//! The list of areas over many chunks, against a plain list; places above what three levels of tables reach.

use super::*;
use crate::addr::LOW_END;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::vm::area::{Area, AreaKind, Lock};
use crate::vm::areas::Areas;
use crate::vm::{MapPlace, Source};

const FLOOR: u64 = PAGE;
const CEILING: u64 = 2000 * PAGE;

fn one(page: u64, pages: u64) -> Area {
    let (start, end) = (page * PAGE, (page + pages) * PAGE);
    Area { start, end, protection: Protection::READ, kind: AreaKind::Anonymous, lock: Lock::Off }
}

/// The highest free place, by looking at every one.
fn plain_gap(plain: &[Area], pages: u64) -> Option<u64> {
    let mut starts = (1..=2000 - pages).rev().map(|page| one(page, pages));
    let is_free =
        |place: &Area| plain.iter().all(|area| area.end <= place.start || place.end <= area.start);
    starts.find(is_free).map(|place| place.start)
}

#[test]
fn many_areas_are_found_and_gaps_between_them() {
    let mut areas = Areas::default();
    let mut plain: Vec<Area> = Vec::new();
    let mut state = 1u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    for step in 0..3000 {
        let (page, pages) = (1 + next(1990), 1 + next(4));
        let wanted = one(page, pages);
        // Grows for a while, then shrinks.
        if next(3000) > step && areas.is_free(wanted.start, wanted.end) {
            areas.reserve(1, 1).unwrap();
            areas.insert(wanted);
            let index = plain.partition_point(|area| area.start < wanted.start);
            plain.insert(index, wanted);
        } else if let Some(area) = areas.next(wanted.start).copied() {
            assert_eq!(areas.take_in(area.start, area.end), Some(area));
            plain.retain(|other| *other != area);
        }
        assert_eq!(areas.len(), plain.len());
        if step % 50 == 0 {
            assert!(areas.iter().eq(&plain));
            assert!(areas.try_clone().unwrap().iter().eq(&plain));
        }
        let found = plain.iter().find(|area| area.end > wanted.start);
        assert_eq!(areas.next(wanted.start), found);
        let before = plain.iter().rfind(|area| area.end <= wanted.start);
        assert_eq!(areas.previous(wanted.start), before);
        let overlap =
            plain.iter().filter(|area| area.end > wanted.start && area.start < wanted.end);
        assert!(areas.overlapping(wanted.start, wanted.end).eq(overlap));
        let pages = 1 + next(30);
        let gap = areas.highest_gap((FLOOR, CEILING), pages * PAGE);
        assert_eq!(gap, plain_gap(&plain, pages));
    }
    while areas.take_in(0, USER_END).is_some() {}
    assert_eq!(areas.len(), 0);
}

#[test]
fn the_first_page_above_39_bits_brings_a_fourth_level_to_the_processor() {
    let mut world = World::new(64);
    let free = world.storage.pool.free();
    let mut space = world.space();
    let far = map(&mut world, &mut space, 300 * LOW_END);
    let low = space.root();
    assert_eq!(low.address_bits, 39);
    world.storage.machine.activate(low);
    assert_eq!(space.fault(world.r(), far, Access::Write), Ok(()));
    assert_eq!(space.root().address_bits, 48);
    assert_eq!(world.storage.machine.active, Some(space.root()));
    assert_eq!(space.identity(), low.frame);
    check(&world, &space);
    // A space that does not run does not get the processor.
    let mut other = world.space();
    let there = map(&mut world, &mut other, 300 * LOW_END);
    assert_eq!(other.fault(world.r(), there, Access::Write), Ok(()));
    assert_eq!(world.storage.machine.active, Some(space.root()));
    other.release(world.r());
    space.release(world.r());
    assert_eq!(world.storage.pool.free(), free);
}

fn map(world: &mut World, space: &mut AddressSpace, at: u64) -> u64 {
    space.map(world.r(), MapPlace::Fixed(at), PAGE, RW, Source::Anonymous).unwrap()
}

#[test]
fn what_does_not_fit_below_is_reserved_above_and_costs_nothing() {
    let mut world = World::new(64);
    let mut space = world.space();
    let free = world.storage.pool.free();
    let mut reserve = |length, protection| {
        space.map(world.r(), MapPlace::Hint(0), length, protection, Source::Reservation)
    };
    assert!(reserve(1 << 38, RW).unwrap() < LOW_END);
    assert_eq!(reserve(1 << 47, RW), Ok(USER_END - (1 << 47)));
    assert_eq!(reserve(1 << 48, Protection::empty()), Err(Errno::ENOMEM));
    assert_eq!(world.storage.pool.free(), free);
    space.release(world.r());
}
