//! Tests of the ELF reader.

use super::*;
use proptest::prelude::*;
use std::string::ToString;
use std::vec::Vec;

/// Program headers as a test names them: type, flags, offset, address, file size, memory size, alignment.
type Row = (u32, u32, u64, u64, u64, u64, u64);

/// An ELF file of at least `size` bytes with these program headers.
fn file(kind: u16, entry: u64, rows: &[Row], size: usize) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    bytes.extend(kind.to_le_bytes());
    bytes.extend(183u16.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    for word in [entry, 64, 0] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(0u32.to_le_bytes());
    for half in [64u16, 56, rows.len() as u16, 0, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    assert_eq!(bytes.len(), 64);
    for (kind, flags, offset, address, file_size, memory_size, align) in rows {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        for word in [offset, address, address, file_size, memory_size, align] {
            bytes.extend(word.to_le_bytes());
        }
    }
    let size = size.max(bytes.len());
    bytes.resize(size, 0);
    bytes
}

fn parse(bytes: &[u8]) -> Result<Elf, ElfError> {
    Elf::parse(bytes.len() as u64, |offset, buffer| {
        let offset = offset as usize;
        buffer.copy_from_slice(&bytes[offset..offset + buffer.len()]);
    })
}

fn parse_rows(kind: u16, rows: &[Row]) -> Result<Elf, ElfError> {
    parse(&file(kind, 0x40_0078, rows, 0x1000))
}

/// One segment that is well.
const GOOD: Row = (1, 7, 0, 0x60_0000, 0x300, 0x300, 1);

#[test]
fn a_hand_written_program_is_one_segment() {
    // As stage0 programs are: one RWX segment, alignment 1, longer in memory and even in its headers than the file.
    let elf =
        parse(&file(2, 0x60_0078, &[(1, 7, 0, 0x60_0000, 0x2345, 0x10_0000, 1)], 200)).unwrap();
    assert_eq!(elf.entry, 0x60_0078);
    assert_eq!(elf.headers_address, 0x60_0040);
    assert_eq!(elf.header_count, 1);
    assert_eq!(elf.end, 0x70_0000);
    assert!(!elf.executable_stack);
    let segment = elf.segments[0];
    assert_eq!(segment.flags, PF_R | PF_W | PF_X);
    assert_eq!((segment.address, segment.memory_size), (0x60_0000, 0x10_0000));
    assert_eq!((segment.offset, segment.file_size), (0, 0x2345));
    assert!(segment.is_congruent());
    assert_eq!(segment.pages(), (0x60_0000, 0x70_0000));
}

#[test]
fn segments_keep_their_order_and_rights_and_empty_ones_are_left_out() {
    let rows = [
        (4, 4, 0, 0, 0, 0, 4),
        (1, 5, 0, 0x40_0000, 0x800, 0x800, 0x1_0000),
        (1, 6, 0x800, 0x41_0800, 0, 0, 0x1_0000),
        (1, 6, 0x800, 0x41_0800, 0x100, 0x2001, 0x1_0000),
        (0x6474_e551, 6, 0, 0, 0, 0, 16),
    ];
    let elf = parse_rows(2, &rows).unwrap();
    assert_eq!(elf.segments.len(), 2);
    assert_eq!(elf.segments[0].flags, PF_R | PF_X);
    assert_eq!(elf.segments[1].flags, PF_R | PF_W);
    assert_eq!(elf.segments[1].pages(), (0x41_0000, 0x41_3000));
    assert_eq!(elf.end, 0x41_3000);
    assert!(!elf.executable_stack);
}

#[test]
fn an_executable_stack_is_had_for_the_asking() {
    let elf = parse_rows(2, &[GOOD, (0x6474_e551, 7, 0, 0, 0, 0, 16)]).unwrap();
    assert!(elf.executable_stack);
}

#[test]
fn a_pie_goes_to_its_place_whatever_its_addresses_are() {
    for base in [0, 0x1_0000, 0x4000_0000_0000_0000, 0xffff_ffff_0000_0000] {
        let rows = [
            (1, 5, 0, base, 0x500, 0x500, 0x1_0000),
            (1, 6, 0x500, base + 0x1_0500, 0x100, 0x200, 0x1_0000),
        ];
        let elf = parse(&file(3, base + 0x78, &rows, 0x1000)).unwrap();
        assert_eq!(elf.entry, PIE_BASE + 0x78);
        assert_eq!(elf.segments[0].address, PIE_BASE);
        assert_eq!(elf.segments[1].address, PIE_BASE + 0x1_0500);
        assert_eq!(elf.headers_address, PIE_BASE + 0x40);
    }
    // The remainder by the largest alignment is kept.
    let elf = parse_rows(3, &[(1, 5, 0, 0x21_3000, 0x500, 0x500, 0x20_0000)]).unwrap();
    assert_eq!(elf.segments[0].address, PIE_BASE + 0x1_3000);
}

#[test]
fn each_flaw_has_its_reason() {
    let good = file(2, 0x60_0078, &[GOOD], 0x1000);
    assert!(parse(&good).is_ok());
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        parse(&bad).unwrap_err()
    };
    assert_eq!(parse(b""), Err(ElfError::NotElf));
    assert_eq!(parse(b"echo hello"), Err(ElfError::NotElf));
    assert_eq!(parse(&good[..63]), Err(ElfError::Truncated { size: 63 }));
    assert_eq!(with(0, b"\x7fEXE"), ElfError::NotElf);
    assert_eq!(with(4, &[1]), ElfError::Not64Bit { class: 1 });
    assert_eq!(with(5, &[2]), ElfError::NotLittleEndian { data: 2 });
    assert_eq!(with(16, &[1]), ElfError::WrongType { found: 1 });
    assert_eq!(with(18, &[62]), ElfError::WrongMachine { found: 62 });
    assert_eq!(with(54, &[32]), ElfError::WrongHeaderSize { found: 32 });
    assert_eq!(with(56, &[0]), ElfError::WrongHeaderCount { found: 0 });
    assert_eq!(with(56, &[0xff, 0xff]), ElfError::WrongHeaderCount { found: 0xffff });
    let outside = |offset| ElfError::HeadersOutsideFile { offset, size: 0x1000 };
    assert_eq!(with(32, &0xfc9u64.to_le_bytes()), outside(0xfc9));
    assert_eq!(with(32, &u64::MAX.to_le_bytes()), outside(u64::MAX));
}

#[test]
fn each_flawed_segment_has_its_reason() {
    let flaw = |row| parse_rows(2, &[GOOD, row]).unwrap_err();
    let segment = 1;
    assert_eq!(flaw((3, 4, 0x100, 0, 0x1b, 0x1b, 1)), ElfError::NeedsInterpreter);
    assert_eq!(flaw((1, 5, 0, 0x50_0000, 2, 1, 1)), ElfError::FileLargerThanMemory { segment });
    assert_eq!(flaw((1, 5, u64::MAX, 0x50_0000, 1, 1, 1)), ElfError::OffsetTooLarge { segment });
    assert_eq!(flaw((1, 5, 1 << 63, 0x50_0000, 0, 1, 1)), ElfError::OffsetTooLarge { segment });
    for (address, size) in [
        (0, 0x1000),
        (LOWEST_ADDRESS - 1, 1),
        (HIGHEST_END, 1),
        (HIGHEST_END - 1, 2),
        (0x50_0000, u64::MAX),
        (u64::MAX, 1),
        (u64::MAX, 2),
        (0xffff_ff80_0000_0000, 0x1000),
    ] {
        assert_eq!(
            flaw((1, 5, 0, address, 0, size, 1)),
            ElfError::AddressOutOfRange { segment, address, size }
        );
    }
    assert_eq!(parse_rows(2, &[(1, 5, 0, 0x50_0000, 0, 0, 1)]), Err(ElfError::NothingToLoad));
    assert_eq!(parse_rows(3, &[(4, 4, 0, 0, 0, 0, 1)]), Err(ElfError::NothingToLoad));
    assert!(parse_rows(2, &[(1, 5, 0, HIGHEST_END - 1, 0, 1, 1)]).is_ok());
}

#[test]
fn reasons_are_sentences_that_say_what_to_do() {
    let message = ElfError::NeedsInterpreter.to_string();
    assert!(message.contains("-static"), "{message}");
    let message = ElfError::AddressOutOfRange { segment: 3, address: 0x10, size: 0x20 }.to_string();
    assert_eq!(
        message,
        "program header 3: 0x20 bytes at 0x10 are not within 0x1000 to 0x7ff7eff000"
    );
}

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        0..0x2000u64,
        0x3f_f000..0x41_0000u64,
        (0..0x2000u64).prop_map(|low| u64::MAX - low),
        (0..0x2000u64).prop_map(|low| HIGHEST_END.wrapping_add(low).wrapping_sub(0x1000)),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let kind =
        prop_oneof![5 => Just(1u32), 1 => Just(0x6474_e551), 1 => Just(6), 1 => any::<u32>()];
    (kind, 0..8u32, word(), word(), word(), word(), word())
}

/// What holds for everything that is accepted.
fn check(elf: &Elf) {
    assert!(!elf.segments.is_empty());
    for segment in &elf.segments {
        let (start, end) = segment.pages();
        assert!(start >= LOWEST_ADDRESS && start < end && end <= HIGHEST_END && end <= elf.end);
        assert!(segment.file_size <= segment.memory_size);
        assert!(segment.offset.checked_add(segment.file_size).is_some());
    }
    assert_eq!(elf.end % PAGE, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = bytes;
        if let Ok(elf) = parse(&bytes) {
            check(&elf);
        }
        // Most random bytes end at the magic: so also with a header that is right so far.
        let header = file(2, 0, &[], 64);
        let kept = [0..8, 16..20, 54..56];
        for range in kept {
            if range.end <= bytes.len() {
                bytes[range.clone()].copy_from_slice(&header[range]);
            }
        }
        if let Ok(elf) = parse(&bytes) {
            check(&elf);
        }
    }

    #[test]
    fn any_program_headers_are_taken_or_refused(
        rows in proptest::collection::vec(row(), 1..6),
        kind in 2..4u16,
        entry in any::<u64>(),
    ) {
        if let Ok(elf) = parse(&file(kind, entry, &rows, 0)) {
            check(&elf);
        }
    }

    #[test]
    fn any_damage_of_a_good_program_is_taken_or_refused(at in 0..176usize, value in any::<u8>(), pie in any::<bool>()) {
        let mut bytes = file(if pie { 3 } else { 2 }, 0x60_0078, &[GOOD, GOOD], 0x400);
        bytes[at] = value;
        if let Ok(elf) = parse(&bytes) {
            check(&elf);
        }
    }
}
