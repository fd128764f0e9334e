//! The short way for reads and writes gives what the long way gives, whatever happens to the file in between.

use super::execute::image_with;
use super::*;
use crate::fs::Follow;
use crate::random::Random;

const LARGEST: usize = 20_000;

/// Two descriptors of one file, and what they should see.
struct Model {
    bytes: Vec<u8>,
    offsets: [usize; 2],
}

#[test]
fn random_work_on_a_file_equals_a_vector_of_bytes() {
    for seed in 0..40 {
        let image: Vec<u8> = (0..9000u32).map(|index| (index % 241) as u8).collect();
        let contents: &'static [u8] = image_with("file", &image);
        let mut rig = Rig::with_options(4096, &options(), |fs, _, _| fs.add_tar(contents).unwrap());
        let fds = [0; 2].map(|_| rig.opened("/file", O_RDWR));
        let mut random = Random::new(seed);
        let mut model = Model { bytes: image, offsets: [0; 2] };
        for step in 0..400 {
            let which = (random.next_u64() % 2) as usize;
            let what = random.next_u64();
            check_step(&mut rig, &mut model, fds[which], which, what);
            if what.is_multiple_of(97) {
                let mapped = rig.done(n::MMAP, &[0, 8192, 3, 2, fds[0], 4096]);
                // Touched, so that the file's page is shared.
                let end = model.bytes.len().min(4097);
                if end > 4096 {
                    assert_eq!(
                        rig.peek(mapped, 1),
                        model.bytes[4096..end],
                        "seed {seed} step {step}"
                    );
                }
            }
        }
        rig.done(n::LSEEK, &[fds[0], 0, 0]);
        assert_eq!(rig.read(fds[0], LARGEST * 2), model.bytes, "seed {seed}");
    }
}

fn check_step(rig: &mut Rig, model: &mut Model, fd: u64, which: usize, what: u64) {
    let offset = model.offsets[which];
    let length = [1, 1, 1, 1, 7, 100, 600][(what >> 8) as usize % 7];
    match what % 16 {
        0..7 => {
            let start = offset.min(model.bytes.len());
            let expected = &model.bytes[start..(start + length).min(model.bytes.len())];
            assert_eq!(rig.read(fd, length), expected);
            model.offsets[which] += expected.len();
        }
        7..13 if offset + length <= LARGEST => {
            let bytes: Vec<u8> =
                (0..length).map(|index| (what >> 16) as u8 ^ index as u8).collect();
            assert_eq!(rig.write(fd, &bytes), length as i64);
            if model.bytes.len() < offset + length {
                model.bytes.resize(offset + length, 0);
            }
            model.bytes[offset..offset + length].copy_from_slice(&bytes);
            model.offsets[which] += length;
        }
        13 => {
            let size = (what >> 20) as usize % LARGEST;
            rig.done(n::FTRUNCATE, &[fd, size as u64]);
            model.bytes.resize(size, 0);
        }
        _ => {
            let to = (what >> 20) as usize % LARGEST;
            rig.done(n::LSEEK, &[fd, to as u64, 0]);
            model.offsets[which] = to;
        }
    }
}

#[test]
fn small_transfers_take_the_short_way() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    rig.write(fd, b"x");
    // The file system is told of a write at once where it goes the long way.
    let version = |rig: &Rig| {
        let fs = &rig.kernel.storage.fs;
        let file = fs.resolve(InodeId::ROOT, b"/tmp/a", Follow::Yes);
        fs.version(file.unwrap())
    };
    let before = version(&rig);
    for _ in 0..4000 {
        rig.write(fd, b"x");
    }
    assert_eq!(version(&rig), before, "no write went the long way");
    let other = rig.opened("/tmp/a", O_WRONLY | O_APPEND);
    rig.write(other, b"end");
    assert_eq!(version(&rig), before + 2, "what came before was told first");
    rig.done(n::LSEEK, &[fd, 4001, 0]);
    assert_eq!(rig.read(fd, 1), b"e");
    assert_eq!(rig.read(fd, 1), b"n");
    // A window does not outlive a change to appending.
    rig.done(n::LSEEK, &[fd, 0, 0]);
    rig.write(fd, b"a");
    rig.done(n::FCNTL, &[fd, 4, O_APPEND]);
    rig.write(fd, b"!");
    rig.done(n::LSEEK, &[fd, 0, 0]);
    assert_eq!(rig.read(fd, 5000)[4000..], *b"xend!");
}

#[test]
fn a_page_that_was_mapped_does_not_follow_small_writes() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    rig.write(fd, b"ab");
    rig.write(fd, b"c");
    let mapped = rig.done(n::MMAP, &[0, 4096, 1, 2, fd, 0]);
    assert_eq!(rig.peek(mapped, 4), b"abc\0");
    rig.write(fd, b"d");
    rig.write(fd, b"e");
    assert_eq!(rig.peek(mapped, 5), b"abc\0\0");
    rig.done(n::LSEEK, &[fd, 0, 0]);
    assert_eq!(rig.read(fd, 10), b"abcde");
}
