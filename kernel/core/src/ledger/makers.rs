//! Who has made, moved or removed names in a directory, or given a file its names: ranges of process numbers, in
//! bounded room. What does not fit makes two ranges one, with the numbers between them: too many are named, never too few.

/// So many ranges are kept apart.
const RANGES: usize = 4;

/// Ranges of process numbers, sorted, disjoint.
pub(crate) struct Makers {
    /// First and last number; one place more than stays in use.
    ranges: [(u32, u32); RANGES + 1],
    count: usize,
}

impl Makers {
    /// Nobody.
    pub const NONE: Self = Makers { ranges: [(0, 0); RANGES + 1], count: 0 };

    /// `process` changes a name; 0 is nobody.
    #[inline(never)]
    pub fn add(&mut self, process: u32) {
        let list = &mut self.ranges;
        let at = list[..self.count].partition_point(|range| range.1 < process);
        if process == 0 || (at < self.count && list[at].0 <= process) {
            return;
        }
        list.copy_within(at..self.count, at + 1);
        list[at] = (process, process);
        self.count += 1;
        if self.count > RANGES {
            let gap = |&index: &usize| list[index + 1].0 - list[index].1;
            let nearest = (0..RANGES).min_by_key(gap).unwrap_or(0);
            list[nearest].1 = list[nearest + 1].1;
            list.copy_within(nearest + 2.., nearest + 1);
            self.count = RANGES;
        }
    }

    /// The first one from `process` on.
    pub fn at_or_after(&self, process: u32) -> Option<u32> {
        let range = self.ranges[..self.count].iter().find(|range| range.1 >= process)?;
        Some(range.0.max(process))
    }
}
