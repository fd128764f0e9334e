//! The partition that may be written: number 2 of a master boot record, and only with the type for results.
//!
//! The record is the card's first sector: four entries of 16 bytes at 446 (status, three bytes of geometry that
//! nobody uses, type, three more, first sector, count of sectors, little endian), 55 aa at 510. Strict: whatever
//! does not look like a record that `image-builder sd` or `sfdisk` wrote is refused, because the next step is to write.

use core::fmt;

/// Bytes of a sector.
pub const SECTOR: usize = 512;
/// The type of a partition for results: "non-file-system data".
pub const RESULTS_TYPE: u8 = 0xda;
/// Its place among the four entries, counted from 0.
const RESULTS_ENTRY: usize = 1;

const ENTRIES: usize = 446;
const ENTRY_SIZE: usize = 16;
const SIGNATURE: usize = 510;

/// Sectors of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Partition {
    const fn end(self) -> u64 {
        self.first as u64 + self.count as u64
    }
}

/// Why nothing may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MbrError {
    /// There is no 55 aa at the end of the first sector, or an entry's status is neither 0 nor 80 hex.
    NoRecord,
    /// There is no second partition.
    NoPartition,
    /// The second partition has another type.
    Type(u8),
    /// The partition's sectors are not all on the card.
    Outside {
        /// One past its last sector.
        end: u64,
        /// Sectors of the card.
        card: u64,
    },
    /// It holds the record, or sectors of another partition.
    Overlap,
}

impl fmt::Display for MbrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MbrError::NoRecord => write!(f, "its first sector is no master boot record"),
            MbrError::NoPartition => write!(f, "it has no second partition"),
            MbrError::Type(kind) => write!(
                f,
                "its second partition has type {kind:#04x}, not {RESULTS_TYPE:#04x} for results"
            ),
            MbrError::Outside { end, card } => {
                write!(f, "its second partition ends at sector {end}, the card at {card}")
            }
            MbrError::Overlap => {
                write!(f, "its second partition overlaps with another, or with sector 0")
            }
        }
    }
}

/// The partition for results, from the first sector of a card of `card` sectors.
///
/// # Errors
/// Why there is none.
pub fn results_partition(sector: &[u8; SECTOR], card: u64) -> Result<Partition, MbrError> {
    let entry = |index| &sector[ENTRIES + ENTRY_SIZE * index..][..ENTRY_SIZE];
    if sector[SIGNATURE..] != [0x55, 0xaa] || (0..4).any(|index| entry(index)[0] & 0x7f != 0) {
        return Err(MbrError::NoRecord);
    }
    let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let partition =
        |index| Partition { first: word(&entry(index)[8..]), count: word(&entry(index)[12..]) };
    let kind = entry(RESULTS_ENTRY)[4];
    let results = partition(RESULTS_ENTRY);
    if kind == 0 || results.count == 0 {
        return Err(MbrError::NoPartition);
    }
    if kind != RESULTS_TYPE {
        return Err(MbrError::Type(kind));
    }
    if results.end() > card {
        return Err(MbrError::Outside { end: results.end(), card });
    }
    let overlaps = |other: Partition| {
        u64::from(other.first) < results.end() && u64::from(results.first) < other.end()
    };
    let others = (0..4).filter(|index| *index != RESULTS_ENTRY && entry(*index)[4] != 0);
    if results.first == 0 || others.map(partition).any(overlaps) {
        return Err(MbrError::Overlap);
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: u64 = 131_072;

    fn record(entries: &[(u8, u8, u32, u32)]) -> [u8; SECTOR] {
        let mut sector = [0; SECTOR];
        for (index, (status, kind, first, count)) in entries.iter().enumerate() {
            let entry = &mut sector[ENTRIES + ENTRY_SIZE * index..][..ENTRY_SIZE];
            entry[0] = *status;
            entry[4] = *kind;
            entry[8..12].copy_from_slice(&first.to_le_bytes());
            entry[12..].copy_from_slice(&count.to_le_bytes());
        }
        sector[SIGNATURE..].copy_from_slice(&[0x55, 0xaa]);
        sector
    }

    fn read(entries: &[(u8, u8, u32, u32)]) -> Result<Partition, MbrError> {
        results_partition(&record(entries), CARD)
    }

    #[test]
    fn the_second_of_two() {
        assert_eq!(
            read(&[(0x80, 0x0c, 2048, 65536), (0, 0xda, 67584, 63488)]),
            Ok(Partition { first: 67584, count: 63488 })
        );
    }

    #[test]
    fn no_record() {
        let mut sector = record(&[(0, 0x0c, 2048, 100), (0, 0xda, 4096, 100)]);
        sector[511] = 0;
        assert_eq!(results_partition(&sector, CARD), Err(MbrError::NoRecord));
        assert_eq!(results_partition(&[0; SECTOR], CARD), Err(MbrError::NoRecord));
        // A boot sector of a file system ends with 55 aa too, with text where the entries would be.
        assert_eq!(read(&[(b'N', 0x0c, 2048, 100), (0, 0xda, 4096, 100)]), Err(MbrError::NoRecord));
    }

    #[test]
    fn no_second_partition() {
        assert_eq!(read(&[(0, 0xda, 2048, 100)]), Err(MbrError::NoPartition));
        assert_eq!(read(&[(0, 0x0c, 2048, 100), (0, 0xda, 4096, 0)]), Err(MbrError::NoPartition));
        assert_eq!(read(&[(0, 0x0c, 2048, 100), (0, 0, 4096, 10)]), Err(MbrError::NoPartition));
    }

    #[test]
    fn somebody_elses_partition() {
        assert_eq!(read(&[(0, 0x0c, 2048, 100), (0, 0x83, 4096, 100)]), Err(MbrError::Type(0x83)));
        assert_eq!(read(&[(0, 0xee, 1, u32::MAX), (0, 0xda, 4096, 100)]), Err(MbrError::Overlap)); // GPT
    }

    #[test]
    fn outside_of_the_card() {
        let last = CARD as u32 - 100;
        assert!(read(&[(0, 0x0c, 2048, 100), (0, 0xda, last, 100)]).is_ok());
        assert_eq!(
            read(&[(0, 0x0c, 2048, 100), (0, 0xda, last, 101)]),
            Err(MbrError::Outside { end: CARD + 1, card: CARD })
        );
        assert_eq!(
            read(&[(0, 0x0c, 2048, 100), (0, 0xda, u32::MAX, u32::MAX)]),
            Err(MbrError::Outside { end: 2 * u64::from(u32::MAX), card: CARD })
        );
    }

    #[test]
    fn whatever_is_in_the_record_nothing_else_is_written() {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u32
        };
        let mut accepted = 0;
        for _ in 0..200_000 {
            let mut entry = |kind| {
                let number = |random: u32| random % ((2 * CARD as u32) >> (random >> 28));
                (0, kind, number(random()), number(random()))
            };
            let entries = [entry(0x0c), entry(RESULTS_TYPE), entry(0x83), entry(0)];
            let Ok(partition) = read(&entries) else {
                continue;
            };
            accepted += 1;
            let end = u64::from(partition.first) + u64::from(partition.count);
            assert!(partition.first > 0 && partition.count > 0 && end <= CARD);
            for (_, kind, first, count) in entries {
                let other = u64::from(first)..u64::from(first) + u64::from(count);
                let apart = other.end <= u64::from(partition.first) || end <= other.start;
                assert!(kind == 0 || kind == RESULTS_TYPE || apart, "{entries:x?}");
            }
        }
        assert!(accepted > 1000, "{accepted}");
    }

    #[test]
    fn overlaps() {
        let first = (0, 0x0c, 2048, 100);
        assert_eq!(read(&[first, (0, 0xda, 2147, 100)]), Err(MbrError::Overlap));
        assert!(read(&[first, (0, 0xda, 2148, 100)]).is_ok());
        assert_eq!(
            read(&[first, (0, 0xda, 4096, 100), (0, 0x83, 4195, 1)]),
            Err(MbrError::Overlap)
        );
        assert_eq!(read(&[first, (0, 0xda, 0, 100)]), Err(MbrError::Overlap));
    }
}
