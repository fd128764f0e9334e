//! The areas of an address space, in order: found, added and taken out in near logarithmic time.
//!
//! They lie in chunks of at most [`CHUNK`] areas, so that a change moves the areas of one chunk at most; a search for free
//! space passes by the chunks that have too little of it. A program with few areas has one chunk.
//!
//! Invariant: sorted by address, not empty, page aligned, disjoint, below `USER_END`; neighbours that could be one area are
//! one, once the caller has merged, but for those that fork has unlocked. Each area of a file holds its inode once: who adds
//! or drops an area here holds or releases it. No chunk is empty but the only one, and lists have room for [`CHUNK`] areas
//! where there are several.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::area::{Area, Lock};
use crate::addr::{PAGE_SIZE, USER_END};
use crate::errno::Errno;

/// The most areas that a process may have (Linux: vm.max_map_count).
pub const MAX_AREAS: usize = 65_530;
/// The most areas of a chunk. Changes cost up to so many moves, searches up to `MAX_AREAS / CHUNK * 2` looks at chunks.
/// Tests have chunks that are full soon.
const CHUNK: usize = if cfg!(test) { 8 } else { 256 };

/// Areas that follow each other.
#[derive(Debug, Default)]
struct Chunk {
    list: Vec<Area>,
    /// No free place between two of them has more bytes. None: not known since the last change.
    widest_gap: Option<u64>,
}

impl Chunk {
    fn new(list: Vec<Area>) -> Self {
        Chunk { list, widest_gap: None }
    }

    /// No area of it reaches over this address.
    fn end(&self) -> u64 {
        self.list.last().map_or(0, |area| area.end)
    }

    fn measure_gaps(&mut self) {
        let gaps = self.list.windows(2).map(|pair| pair[1].start - pair[0].end);
        self.widest_gap = gaps.max().or(Some(0));
    }
}

/// Where an area stands. The index may be the chunk's length in the last chunk.
#[derive(Clone, Copy)]
struct Place {
    chunk: usize,
    index: usize,
}

/// The areas of an address space.
#[derive(Debug, Default)]
pub struct Areas {
    chunks: Vec<Chunk>,
    count: usize,
    /// Empty lists for chunks to come, so that what was reserved cannot fail.
    spares: Vec<Vec<Area>>,
}

impl Areas {
    /// How many there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.count
    }

    /// All, lowest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Area> {
        self.chunks.iter().flat_map(|chunk| &chunk.list)
    }

    /// The first area that ends after `address`.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn next(&self, address: u64) -> Option<&Area> {
        self.get(self.place(address))
    }

    /// The last area that ends at or before `address`.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn previous(&self, address: u64) -> Option<&Area> {
        self.get(self.before(self.place(address))?)
    }

    /// The area that holds `address`.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn find(&self, address: u64) -> Option<&Area> {
        self.next(address).filter(|area| area.start <= address)
    }

    /// Those that overlap a range.
    pub fn overlapping(&self, start: u64, end: u64) -> impl Iterator<Item = &Area> {
        let Place { chunk, index } = self.place(start);
        let first = self.chunks.get(chunk).map_or(&[][..], |chunk| &chunk.list[index..]);
        let later = self.chunks.iter().skip(chunk + 1).flat_map(|chunk| &chunk.list);
        first.iter().chain(later).take_while(move |area| area.start < end)
    }

    /// Is there no area in a range?
    pub fn is_free(&self, start: u64, end: u64) -> bool {
        self.next(start).is_none_or(|area| area.start >= end)
    }

    /// Does every page of a range belong to an area?
    pub fn cover(&self, start: u64, end: u64) -> bool {
        let mut at = start;
        for area in self.overlapping(start, end) {
            if area.start > at {
                return false;
            }
            at = area.end;
        }
        at >= end
    }

    /// The free range around `start..end`, which no area overlaps.
    pub fn hole_around(&self, start: u64, end: u64) -> (u64, u64) {
        let floor = self.previous(start).map_or(0, |area| area.end);
        let ceiling = self.next(start).map_or(USER_END, |area| area.start);
        debug_assert!(floor <= start && end <= ceiling);
        (floor, ceiling)
    }

    /// The highest free place of `length` bytes between two addresses.
    pub fn highest_gap(&mut self, (floor, ceiling): (u64, u64), length: u64) -> Option<u64> {
        let last = self.place(ceiling).chunk.saturating_add(1).min(self.chunks.len());
        // Nothing fits between it and the ceiling.
        let mut top = ceiling;
        for chunk in self.chunks[..last].iter_mut().rev() {
            let fits = |below: u64, top: u64| below <= top && top - below >= length;
            if fits(chunk.end(), top) || top <= floor {
                break;
            }
            if chunk.widest_gap.is_none_or(|widest| widest >= length) {
                for area in chunk.list.iter().rev() {
                    if fits(area.end, top) {
                        return top.checked_sub(length).filter(|start| *start >= floor);
                    }
                    top = top.min(area.start);
                }
                chunk.measure_gaps();
            }
            top = top.min(chunk.list.first().map_or(top, |area| area.start));
        }
        top.checked_sub(length).filter(|start| *start >= floor)
    }

    /// Makes room for `insertions` areas of which `growth` will stay, so that what follows cannot fail.
    ///
    /// # Errors
    /// ENOMEM past [`MAX_AREAS`] or when the kernel's heap is full.
    pub fn reserve(&mut self, insertions: usize, growth: usize) -> Result<(), Errno> {
        if growth > 0 && self.count + growth > MAX_AREAS {
            return Err(Errno::ENOMEM);
        }
        self.make_room(insertions).map_err(|_| Errno::ENOMEM)
    }

    fn make_room(&mut self, insertions: usize) -> Result<(), TryReserveError> {
        if self.chunks.is_empty() {
            self.chunks.try_reserve_exact(1)?;
            self.chunks.push(Chunk::default());
        }
        if let [Chunk { list, .. }] = &mut self.chunks[..] {
            if list.len() + insertions <= CHUNK {
                return list.try_reserve(insertions);
            }
            list.try_reserve_exact(CHUNK - list.len())?;
        }
        self.chunks.try_reserve(insertions)?;
        self.spares.try_reserve(insertions)?;
        while self.spares.len() < insertions {
            self.spares.push(empty_list(CHUNK)?);
        }
        Ok(())
    }

    /// Bytes of memory that a copy takes.
    pub fn size(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<Area>()
    }

    /// A copy, for fork: every file has one more area, and nothing is locked. As on Linux, areas that only a lock told apart
    /// stay apart.
    ///
    /// # Errors
    /// When the kernel's heap is full.
    pub fn try_clone(&self) -> Result<Self, TryReserveError> {
        let mut copy = Areas { count: self.count, ..Areas::default() };
        copy.chunks.try_reserve_exact(self.chunks.len())?;
        for chunk in &self.chunks {
            let room = if self.chunks.len() == 1 { chunk.list.len() } else { CHUNK };
            let mut list = empty_list(room)?;
            list.extend_from_slice(&chunk.list);
            list.iter_mut().for_each(|area| area.lock = Lock::Off);
            copy.chunks.push(Chunk { list, widest_gap: chunk.widest_gap });
        }
        Ok(copy)
    }

    /// Adds an area where none is, after `reserve`. Does not merge.
    pub fn insert(&mut self, area: Area) {
        debug_assert!(
            area.start < area.end
                && area.start.is_multiple_of(PAGE_SIZE as u64)
                && area.end.is_multiple_of(PAGE_SIZE as u64)
        );
        debug_assert!(self.is_free(area.start, area.end));
        self.insert_at(self.place(area.start), area);
    }

    /// Makes `address` the start of an area if one reaches over it, after `reserve`. Returns the upper half:
    /// one more area of its file.
    pub fn split(&mut self, address: u64) -> Option<Area> {
        let place = self.place(address);
        let mut upper = *self.get(place).filter(|area| area.start < address)?;
        upper.start = address;
        self.list_mut(place.chunk)[place.index].end = address;
        self.insert_at(Place { index: place.index + 1, ..place }, upper);
        Some(upper)
    }

    /// Takes out the first area of a range, which lies within it.
    pub fn take_in(&mut self, start: u64, end: u64) -> Option<Area> {
        let place = self.place(start);
        let area = self.get(place).filter(|area| area.start < end)?;
        debug_assert!(start <= area.start && area.end <= end);
        Some(self.remove_at(place))
    }

    /// Changes the first area that ends after `address`. Its range may only move into free space.
    pub fn update(&mut self, address: u64, change: impl FnOnce(&mut Area)) {
        let place = self.place(address);
        change(&mut self.list_mut(place.chunk)[place.index]);
    }

    /// Joins the area that starts at `address` with the one before it if they continue each other. Returns the one that
    /// is no more: one area less of its file.
    pub fn merge_with_previous(&mut self, address: u64) -> Option<Area> {
        let place = self.place(address);
        let previous = self.before(place)?;
        let area = self.get(place)?;
        if !self.get(previous)?.continues(area) {
            return None;
        }
        let end = area.end;
        self.list_mut(previous.chunk)[previous.index].end = end;
        Some(self.remove_at(place))
    }

    /// The place of the first area that ends after `address`.
    #[inline(always)]
    fn place(&self, address: u64) -> Place {
        let chunk = match &self.chunks[..] {
            [] => return Place { chunk: 0, index: 0 },
            [_] => 0,
            chunks => Self::chunk_of(chunks, address),
        };
        let index = self.chunks[chunk].list.partition_point(|area| area.end <= address);
        Place { chunk, index }
    }

    /// The first chunk that ends after `address`, or the last.
    #[inline(never)]
    fn chunk_of(chunks: &[Chunk], address: u64) -> usize {
        chunks.partition_point(|chunk| chunk.end() <= address).min(chunks.len() - 1)
    }

    /// The place before one.
    fn before(&self, Place { chunk, index }: Place) -> Option<Place> {
        match index.checked_sub(1) {
            Some(index) => Some(Place { chunk, index }),
            None => {
                let chunk = chunk.checked_sub(1)?;
                Some(Place { chunk, index: self.chunks[chunk].list.len() - 1 })
            }
        }
    }

    #[inline(always)]
    fn get(&self, Place { chunk, index }: Place) -> Option<&Area> {
        self.chunks.get(chunk)?.list.get(index)
    }

    /// A chunk's areas, to be changed.
    fn list_mut(&mut self, chunk: usize) -> &mut Vec<Area> {
        let chunk = &mut self.chunks[chunk];
        chunk.widest_gap = None;
        &mut chunk.list
    }

    fn insert_at(&mut self, Place { mut chunk, mut index }: Place, area: Area) {
        if self.chunks[chunk].list.len() == CHUNK {
            let mut upper = self.spares.pop().expect("room was reserved");
            upper.extend(self.list_mut(chunk).drain(CHUNK / 2..));
            self.chunks.insert(chunk + 1, Chunk::new(upper));
            if index > CHUNK / 2 {
                (chunk, index) = (chunk + 1, index - CHUNK / 2);
            }
        }
        self.list_mut(chunk).insert(index, area);
        self.count += 1;
    }

    fn remove_at(&mut self, Place { chunk, index }: Place) -> Area {
        let area = self.list_mut(chunk).remove(index);
        self.count -= 1;
        let left = self.chunks[chunk].list.len();
        let next = self.chunks.get(chunk + 1).map(|next| next.list.len());
        if next.is_some_and(|next| left + next <= CHUNK / 2) {
            let next = self.chunks.remove(chunk + 1);
            self.list_mut(chunk).extend_from_slice(&next.list);
        } else if left == 0 && self.chunks.len() > 1 {
            self.chunks.remove(chunk);
        }
        area
    }
}

fn empty_list(room: usize) -> Result<Vec<Area>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve_exact(room)?;
    Ok(list)
}
