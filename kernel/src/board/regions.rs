//! Regions of physical memory, and short lists of them: enough arithmetic to plan the use of memory.

/// Most regions in a list. Boards have few; one that has more loses the rest, with a message.
pub const CAPACITY: usize = 48;

/// The bytes from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Region {
    /// `size` bytes from `start` on; cut at the end of the address space.
    pub const fn new(start: u64, size: u64) -> Self {
        Region { start, end: start.saturating_add(size) }
    }

    /// Bytes.
    pub const fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Does it hold no byte?
    pub const fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// The largest region of whole pages inside.
    pub const fn shrink_to_pages(&self) -> Self {
        Region { start: self.start.saturating_add(4095) & !4095, end: self.end & !4095 }
    }

    /// The smallest region of whole pages around.
    pub const fn grow_to_pages(&self) -> Self {
        Region { start: self.start & !4095, end: self.end.saturating_add(4095) & !4095 }
    }
}

/// Disjoint regions in ascending order.
#[derive(Clone, Copy, Debug)]
pub struct RegionList {
    regions: [Region; CAPACITY],
    count: usize,
    overflowed: bool,
}

impl Default for RegionList {
    fn default() -> Self {
        Self::new()
    }
}

impl RegionList {
    /// No region.
    pub const fn new() -> Self {
        RegionList { regions: [Region { start: 0, end: 0 }; CAPACITY], count: 0, overflowed: false }
    }

    /// The regions.
    pub fn as_slice(&self) -> &[Region] {
        &self.regions[..self.count]
    }

    /// Were there more regions than the list can hold?
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Bytes in all regions.
    pub fn size(&self) -> u64 {
        self.as_slice().iter().map(Region::size).fold(0, u64::saturating_add)
    }

    /// Adds a region. What overlaps or touches becomes one.
    pub fn add(&mut self, mut region: Region) {
        if region.is_empty() {
            return;
        }
        let mut kept = 0;
        for index in 0..self.count {
            let other = self.regions[index];
            if other.end < region.start || region.end < other.start {
                self.regions[kept] = other;
                kept += 1;
            } else {
                region.start = region.start.min(other.start);
                region.end = region.end.max(other.end);
            }
        }
        self.count = kept;
        let place = self.as_slice().partition_point(|other| other.start < region.start);
        self.insert(place, region);
    }

    /// Adds a region beside the others, not joined with a neighbour that it touches.
    pub fn add_separate(&mut self, region: Region) {
        let place = self.as_slice().partition_point(|other| other.start < region.start);
        self.insert(place, region);
    }

    /// Takes a region away.
    pub fn remove(&mut self, region: Region) {
        if region.is_empty() {
            return;
        }
        let before = *self;
        self.count = 0;
        for other in before.as_slice() {
            let left = Region { start: other.start, end: other.end.min(region.start) };
            let right = Region { start: other.start.max(region.end), end: other.end };
            for part in [left, right] {
                if !part.is_empty() {
                    self.insert(self.count, part);
                }
            }
        }
    }

    /// This list without the regions of another.
    pub fn without(&self, other: &RegionList) -> RegionList {
        let mut result = *self;
        for region in other.as_slice() {
            result.remove(*region);
        }
        result
    }

    /// The first `size` bytes that are in one region and start on a multiple of `alignment` (a power of two).
    pub fn find(&self, size: u64, alignment: u64) -> Option<Region> {
        self.as_slice().iter().find_map(|region| {
            let start = region.start.checked_add(alignment - 1)? & !(alignment - 1);
            (start.checked_add(size)? <= region.end).then(|| Region::new(start, size))
        })
    }

    /// Does one region hold all of `region`?
    pub fn contains(&self, region: Region) -> bool {
        self.as_slice().iter().any(|other| other.start <= region.start && region.end <= other.end)
    }

    fn insert(&mut self, place: usize, region: Region) {
        if self.count == CAPACITY {
            self.overflowed = true;
            return;
        }
        self.regions.copy_within(place..self.count, place + 1);
        self.regions[place] = region;
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ranges: &[(u64, u64)]) -> RegionList {
        let mut list = RegionList::new();
        for (start, end) in ranges {
            list.add(Region { start: *start, end: *end });
        }
        list
    }

    fn ranges(list: &RegionList) -> Vec<(u64, u64)> {
        list.as_slice().iter().map(|region| (region.start, region.end)).collect()
    }

    #[test]
    fn adding_sorts_and_joins() {
        assert_eq!(ranges(&list(&[(10, 20), (0, 5), (20, 30)])), [(0, 5), (10, 30)]);
        assert_eq!(ranges(&list(&[(0, 5), (10, 20), (4, 11)])), [(0, 20)]);
        assert_eq!(ranges(&list(&[(7, 7)])), []);
    }

    #[test]
    fn removing_splits() {
        let mut regions = list(&[(0, 100), (200, 300)]);
        regions.remove(Region { start: 50, end: 60 });
        regions.remove(Region { start: 90, end: 210 });
        assert_eq!(ranges(&regions), [(0, 50), (60, 90), (210, 300)]);
        regions.remove(Region { start: 0, end: 1000 });
        assert_eq!(ranges(&regions), []);
    }

    #[test]
    fn finding_respects_alignment_and_size() {
        let regions = list(&[(1, 9), (17, 64)]);
        assert_eq!(regions.find(8, 8), Some(Region { start: 24, end: 32 }));
        assert_eq!(regions.find(48, 1), None);
        assert_eq!(list(&[(u64::MAX - 4, u64::MAX)]).find(8, 4096), None);
    }

    #[test]
    fn a_full_list_says_so() {
        let mut regions = RegionList::new();
        for index in 0..CAPACITY as u64 + 1 {
            regions.add(Region::new(index * 10, 1));
        }
        assert!(regions.overflowed());
        assert_eq!(regions.as_slice().len(), CAPACITY);
    }

    #[test]
    fn the_ends_of_the_address_space_do_not_overflow() {
        let last = Region::new(u64::MAX - 10, 100);
        assert_eq!(last.size(), 10);
        assert!(last.shrink_to_pages().is_empty());
        assert_eq!(last.grow_to_pages().end, !4095);
    }
}
