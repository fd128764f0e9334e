//! The partition table in a card's first sector: four entries of 16 bytes at byte 446, 55 AA at the end.
//!
//! Written by hand, 66 bytes: the crates for it bring a dozen others, one of them no longer maintained.

/// Bytes of a sector.
pub const SECTOR: u64 = 512;
/// The type of a FAT32 partition that is addressed by sectors.
pub const FAT32: u8 = 0x0c;
/// The type of a partition without a file system: the one for results.
pub const RESULTS: u8 = 0xda;

const SIGNATURE_AT: usize = 440;
const ENTRIES_AT: usize = 446;
const ENTRY: usize = 16;
/// The cylinder, head and sector that stand for "see the sector's number".
const BEYOND_CYLINDERS: [u8; 3] = [0xfe, 0xff, 0xff];

/// A partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// What it holds.
    pub kind: u8,
    /// Its first sector.
    pub first: u32,
    /// Its sectors.
    pub sectors: u32,
}

impl Partition {
    /// A partition of bytes that are whole sectors, below 2 TiB.
    pub fn new(kind: u8, start: u64, size: u64) -> Self {
        let sectors = |bytes: u64| {
            assert_eq!(bytes % SECTOR, 0, "partitions are whole sectors");
            u32::try_from(bytes / SECTOR).expect("cards are below 2 TiB")
        };
        Partition { kind, first: sectors(start), sectors: sectors(size) }
    }

    /// Its first byte on the card.
    pub fn start(&self) -> u64 {
        u64::from(self.first) * SECTOR
    }

    /// Its bytes.
    pub fn size(&self) -> u64 {
        u64::from(self.sectors) * SECTOR
    }
}

/// The first sector of a card with these partitions, four at most.
pub fn encode(signature: [u8; 4], partitions: &[Partition]) -> [u8; SECTOR as usize] {
    assert!(partitions.len() <= 4, "an MBR has four entries");
    let mut sector = [0; SECTOR as usize];
    sector[SIGNATURE_AT..SIGNATURE_AT + 4].copy_from_slice(&signature);
    for (number, partition) in partitions.iter().enumerate() {
        let entry = &mut sector[ENTRIES_AT + number * ENTRY..][..ENTRY];
        entry[1..4].copy_from_slice(&BEYOND_CYLINDERS);
        entry[4] = partition.kind;
        entry[5..8].copy_from_slice(&BEYOND_CYLINDERS);
        entry[8..12].copy_from_slice(&partition.first.to_le_bytes());
        entry[12..].copy_from_slice(&partition.sectors.to_le_bytes());
    }
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

/// The four entries; a type of 0 is an empty one. None where the sector is no partition table.
pub fn decode(sector: &[u8; SECTOR as usize]) -> Option<[Partition; 4]> {
    let word = |at: usize| {
        u32::from_le_bytes([sector[at], sector[at + 1], sector[at + 2], sector[at + 3]])
    };
    (sector[510..] == [0x55, 0xaa]).then(|| {
        std::array::from_fn(|number| {
            let at = ENTRIES_AT + number * ENTRY;
            Partition { kind: sector[at + 4], first: word(at + 8), sectors: word(at + 12) }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let partitions =
            [Partition::new(FAT32, 4 << 20, 64 << 20), Partition::new(RESULTS, 68 << 20, 1 << 40)];
        let sector = encode([1, 2, 3, 4], &partitions);
        let decoded = decode(&sector).unwrap();
        assert_eq!(decoded[..2], partitions);
        assert!(decoded[2..].iter().all(|empty| empty.kind == 0));
        assert_eq!(sector[440..444], [1, 2, 3, 4]);
        assert_eq!(decoded[1].size(), 1 << 40);
        assert_eq!(decode(&[0; 512]), None);
    }
}
