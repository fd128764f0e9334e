//! The bytes of files, against a vector of bytes.

use super::*;
use crate::addr::PAGE_SIZE;
use crate::machine::Memory;
use proptest::prelude::*;
use std::boxed::Box;
use std::vec;

const PAGE: u64 = PAGE_SIZE as u64;

/// A bench with one file of the image that holds `bytes`.
fn image_file(bytes: &[u8], frames: usize) -> (Bench, InodeId) {
    let mut bench = Bench::new(frames);
    let bytes: &'static [u8] = Box::leak(bytes.to_vec().into_boxed_slice());
    let node = Node::File(Content::new(bytes));
    let inode = Inode::new(node, 0o644, Origin::Image, InodeId::ROOT, Time::default());
    let name = name::Name::copy(b"file").unwrap();
    let file = bench.fs.attach(InodeId::ROOT, name, inode).unwrap();
    (bench, file)
}

#[test]
fn a_file_of_the_image_costs_nothing_until_it_is_written() {
    let bytes = vec![7; 10_000];
    let (mut bench, file) = image_file(&bytes, 4);
    assert!(matches!(bench.fs.chunk(file, 5, 20_000), Chunk::Bytes(all) if all.len() == 9_995));
    assert_eq!(bench.used_frames(), 0);
    assert_eq!(bench.fs.origin(file), Origin::Image);
    bench.write(file, PAGE + 1, b"new").unwrap();
    assert_eq!(bench.fs.origin(file), Origin::Altered);
    assert_eq!(bench.used_frames(), 1);
    // Before, in and after the page that was copied.
    assert!(matches!(bench.fs.chunk(file, 1, 20_000), Chunk::Bytes(all) if all.len() == 4095));
    assert!(matches!(
        bench.fs.chunk(file, PAGE, 20_000),
        Chunk::Frame { offset: 0, length: 4096, .. }
    ));
    assert!(
        matches!(bench.fs.chunk(file, 2 * PAGE, 20_000), Chunk::Bytes(all) if all.len() == 10_000 - 8192)
    );
    assert_eq!(bench.fs.chunk(file, 10_000, 1), Chunk::END);
    let mut expected = bytes;
    expected[4097..4100].copy_from_slice(b"new");
    assert_eq!(bench.read_all(file), expected);
}

#[test]
fn a_mapped_page_is_made_once_and_never_changes_under_the_mapping() {
    let (mut bench, file) = image_file(&[7; 5000], 8);
    let first = bench.map(file, 1).unwrap().unwrap();
    assert_eq!(bench.map(file, 1), Ok(Some(first)));
    assert_eq!(bench.fs.origin(file), Origin::Image);
    assert_eq!(bench.fs.version(file), 0);
    assert_eq!(&bench.memory.page(first)[..905], &[[7; 904].as_slice(), &[0]].concat());
    assert_eq!(bench.map(file, 2), Ok(None));
    bench.pool.share(first);
    bench.write(file, 4096, b"x").unwrap();
    assert_eq!(bench.memory.page(first)[0], 7);
    assert_ne!(bench.map(file, 1), Ok(Some(first)));
    let second = bench.map(file, 1).unwrap().unwrap();
    bench.pool.share(second);
    bench.set_size(file, 4097).unwrap();
    assert_eq!(bench.memory.page(second)[1], 7);
    assert_eq!(bench.read_all(file)[4096..], *b"x");
    bench.pool.release(first);
    bench.pool.release(second);
    bench.unlink("/file").unwrap();
    assert_eq!(bench.used_frames(), 0);
}

#[test]
fn truncation_forgets_what_it_cut() {
    let (mut bench, file) = image_file(&[7; 10_000], 8);
    bench.write(file, 9_000, &[8; 100]).unwrap();
    bench.set_size(file, 9_050).unwrap();
    bench.set_size(file, 100).unwrap();
    assert_eq!(bench.used_frames(), 0);
    bench.set_size(file, 10_000).unwrap();
    let mut expected = vec![0; 10_000];
    expected[..100].fill(7);
    assert_eq!(bench.read_all(file), expected);
    assert_eq!(bench.set_size(file, FILE_SIZE_MAX + 1), Err(Errno::EFBIG));
    assert_eq!(bench.fs.size(file), 10_000);
}

#[test]
fn sparse_files_take_what_they_hold() {
    let mut bench = Bench::new(8);
    let file = bench.create("/sparse").unwrap();
    let tebibyte = 1 << 40;
    bench.write(file, tebibyte, b"end").unwrap();
    bench.write(file, 3 * PAGE, b"mid").unwrap();
    assert_eq!(bench.used_frames(), 2);
    assert_eq!(bench.fs.stat(file).blocks, 16);
    assert_eq!(bench.fs.size(file), tebibyte + 3);
    assert_eq!(bench.fs.seek_data(file, 0), Ok(3 * PAGE));
    assert_eq!(bench.fs.seek_data(file, 3 * PAGE + 5), Ok(3 * PAGE + 5));
    assert_eq!(bench.fs.seek_hole(file, 3 * PAGE + 5), Ok(4 * PAGE));
    assert_eq!(bench.fs.seek_hole(file, 0), Ok(0));
    assert_eq!(bench.fs.seek_data(file, 4 * PAGE), Ok(tebibyte));
    assert_eq!(bench.fs.seek_hole(file, tebibyte), Ok(tebibyte + 3));
    assert_eq!(bench.fs.seek_data(file, tebibyte + 3), Err(Errno::ENXIO));
    assert_eq!(bench.fs.chunk(file, 0, 1 << 20), Chunk::Zero { length: 3 * 4096 });
    bench.set_size(file, FILE_SIZE_MAX).unwrap();
    assert_eq!(bench.fs.seek_data(file, tebibyte + PAGE), Err(Errno::ENXIO));
    bench.set_size(file, 0).unwrap();
    assert_eq!((bench.used_frames(), bench.fs.stat(file).blocks), (0, 0));
}

/// Leaves of slots that do not stand at the position of their number.
#[test]
fn holes_between_leaves_stay_holes() {
    let mut bench = Bench::new(8);
    let file = bench.create("/f").unwrap();
    let at = |leaf: u64| (leaf * 512 + 20) * PAGE;
    let written = [5, 2, 9, 1];
    for leaf in written {
        bench.write(file, at(leaf), &[leaf as u8]).unwrap();
    }
    for leaf in 0..9 {
        let mut byte = [0xff];
        bench.fs.read(file, at(leaf), &mut byte, &bench.memory);
        let expected = if written.contains(&leaf) { leaf } else { 0 };
        assert_eq!(u64::from(byte[0]), expected, "leaf {leaf}");
    }
    assert_eq!(bench.fs.seek_data(file, at(2) + PAGE), Ok(at(5)));
    bench.set_size(file, at(5)).unwrap();
    assert_eq!(bench.used_frames(), 2);
}

#[test]
fn the_largest_offset_is_a_limit() {
    let mut bench = Bench::new(2);
    let file = bench.create("/f").unwrap();
    assert_eq!(bench.write(file, FILE_SIZE_MAX - 2, b"abcd"), Ok(2));
    assert_eq!(bench.fs.size(file), FILE_SIZE_MAX);
    assert_eq!(bench.write(file, u64::MAX, b"a"), Err(Errno::EFBIG));
    let page = u64::MAX >> 12;
    let refused = bench.fs.page_for_write(file, page, &mut bench.pool, &mut bench.memory);
    assert_eq!(refused, Err(Errno::EFBIG));
    assert_eq!(bench.map(file, u64::MAX), Ok(None));
    assert_eq!(bench.fs.chunk(file, u64::MAX, usize::MAX), Chunk::END);
}

#[test]
fn without_frames_a_write_stops_and_nothing_is_lost() {
    let (mut bench, file) = image_file(&[7; 20_000], 2);
    assert_eq!(bench.write(file, 0, &[8; 12_000]), Ok(8192));
    assert_eq!(bench.write(file, 8192, &[8; 10]), Err(Errno::ENOMEM));
    assert_eq!(bench.map(file, 4), Err(Errno::ENOSPC));
    let mut expected = vec![7; 20_000];
    expected[..8192].fill(8);
    assert_eq!(bench.read_all(file), expected);
    let frame = bench.map(file, 1).unwrap().unwrap();
    bench.pool.share(frame);
    // The last page is shared and cannot be copied: the size stays.
    assert_eq!(bench.set_size(file, 5000), Err(Errno::ENOMEM));
    assert_eq!(bench.read_all(file), expected);
}

/// The last frames are not for what programs write, but the kernel's own files may have them.
#[test]
fn files_leave_a_reserve() {
    let mut bench = Bench::new(160);
    let file = bench.create("/file").unwrap();
    let mut page = 0;
    let full = loop {
        match bench.fs.page_for_write(file, page, &mut bench.pool, &mut bench.memory) {
            Ok(_) => page += 1,
            Err(errno) => break errno,
        }
    };
    assert_eq!((full, page, bench.pool.free()), (Errno::ENOSPC, 150, 10));
    assert_eq!(bench.map(file, 0), Ok(None), "no byte was written");
    bench.set_size(file, 1 << 20).unwrap();
    assert!(bench.map(file, 149).unwrap().is_some());
    assert_eq!(bench.map(file, 150), Err(Errno::ENOSPC));
    assert_eq!(bench.write(file, 150 * PAGE, b"the kernel's"), Ok(12));
}

#[test]
fn a_large_file_is_written_byte_by_byte_and_page_by_page() {
    let pages = 3 * 512 + 5;
    let mut bench = Bench::new(pages + 1);
    let file = bench.create("/large").unwrap();
    for page in 0..pages as u64 {
        bench.write(file, page * PAGE, &page.to_le_bytes()).unwrap();
    }
    for at in 0..5000u64 {
        bench.write(file, pages as u64 * PAGE + at % 4096, &[at as u8]).unwrap();
    }
    for page in 0..pages as u64 {
        let mut bytes = [0; 8];
        bench.fs.read(file, page * PAGE, &mut bytes, &bench.memory);
        assert_eq!(u64::from_le_bytes(bytes), page);
    }
    assert_eq!(bench.used_frames(), pages + 1);
}

#[derive(Clone, Debug)]
enum Step {
    Write { offset: usize, length: usize },
    SetSize(usize),
    Punch(usize, usize),
    Map(u64),
    Unmap,
}

/// Mostly near the start and around the borders of pages and of the first leaf of slots.
fn offset() -> impl Strategy<Value = usize> {
    let border = |page: usize| (page * PAGE_SIZE - 3)..(page * PAGE_SIZE + 3);
    prop_oneof![
        60 => 0..30_000usize,
        10 => border(1),
        10 => border(2),
        10 => border(5),
        1 => border(512),
        1 => border(513),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (offset(), prop_oneof![1usize..5, 0..9_000usize]).prop_map(|(offset, length)| Step::Write { offset, length }),
        2 => offset().prop_map(Step::SetSize),
        2 => (offset(), prop_oneof![1usize..5, 0..20_000usize]).prop_map(|(start, length)| Step::Punch(start, length)),
        2 => (0u64..10).prop_map(Step::Map),
        1 => Just(Step::Unmap),
    ]
}

/// Where the first pages of a file lie.
fn frames(bench: &Bench, file: InodeId) -> Vec<Option<Frame>> {
    let place = |page| match bench.fs.chunk(file, page * PAGE_SIZE as u64, 1) {
        Chunk::Frame { frame, .. } => Some(frame),
        _ => None,
    };
    (0..16).map(place).collect()
}

proptest! {
    #[test]
    fn a_file_behaves_like_a_vector(
        image in 0usize..20_000,
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut model: Vec<u8> = (0..image).map(|at| at as u8 | 1).collect();
        let (mut bench, file) = image_file(&model, 2000);
        let mut mapped: Vec<(Frame, Box<[u8]>)> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Write { offset, length } => {
                    let bytes = vec![number as u8 | 0x80; length];
                    // While the number stays, what was known of the places of bytes holds.
                    let generation = bench.fs.generation();
                    let before = frames(&bench, file);
                    prop_assert_eq!(bench.write(file, offset as u64, &bytes), Ok(length));
                    let moved = before.iter().zip(frames(&bench, file)).any(|(old, new)| *old != new);
                    prop_assert!(!moved || bench.fs.generation() > generation);
                    prop_assert!(length == 0 || bench.fs.version(file) > 0);
                    if length > 0 {
                        model.resize(model.len().max(offset + length), 0);
                        model[offset..offset + length].copy_from_slice(&bytes);
                    }
                }
                Step::SetSize(size) => {
                    bench.set_size(file, size as u64).unwrap();
                    model.resize(size, 0);
                }
                Step::Punch(start, length) => {
                    let bytes = start as u64..(start + length) as u64;
                    bench.fs.punch(file, bytes, &mut bench.pool, &mut bench.memory).unwrap();
                    let end = model.len();
                    model[start.min(end)..(start + length).min(end)].fill(0);
                    for page in start.div_ceil(PAGE_SIZE)..(start + length) / PAGE_SIZE {
                        let chunk = bench.fs.chunk(file, (page * PAGE_SIZE) as u64, PAGE_SIZE);
                        prop_assert!(matches!(chunk, Chunk::Zero { .. }), "page {page} is a hole");
                    }
                }
                Step::Map(page) => {
                    let frame = bench.map(file, page).unwrap();
                    let start = page as usize * PAGE_SIZE;
                    prop_assert_eq!(frame.is_some(), start < model.len());
                    if let Some(frame) = frame {
                        let end = model.len().min(start + PAGE_SIZE);
                        let mut expected = model[start..end].to_vec();
                        expected.resize(PAGE_SIZE, 0);
                        prop_assert_eq!(&bench.memory.page(frame)[..], &expected[..]);
                        bench.pool.share(frame);
                        mapped.push((frame, expected.into_boxed_slice()));
                    }
                }
                Step::Unmap => {
                    if let Some((frame, _)) = mapped.pop() {
                        bench.pool.release(frame);
                    }
                }
            }
            prop_assert!(bench.read_all(file) == model, "contents after step {}", number);
            for (frame, expected) in &mapped {
                prop_assert!(bench.memory.page(*frame)[..] == expected[..], "a mapping changed");
            }
            let holds_data = |page: &u64| {
                let chunk = bench.fs.chunk(file, page * PAGE, PAGE_SIZE);
                !matches!(chunk, Chunk::Zero { .. })
            };
            let pages = (0..700).filter(holds_data).count() as u64;
            prop_assert_eq!(bench.fs.stat(file).blocks, pages * 8);
        }
        for (frame, _) in mapped {
            bench.pool.release(frame);
        }
        bench.unlink("/file").unwrap();
        prop_assert_eq!(bench.used_frames(), 0);
    }
}
