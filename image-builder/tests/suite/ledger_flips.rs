//! Attacks on an image: a bit flipped anywhere is found by `check`, and so by `verify`; whoever repairs all hashes of the
//! image's own index is found out by the ledger.

use crate::common;
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_verify::findings::Check;
use image_builder::check;
use image_builder::kernel::Kernel;
use image_builder::layout;
use image_builder::ledger::verdict::{Request, verify};

/// Numbers that look drawn and are the same each time (a linear congruential generator, Knuth's constants).
fn places() -> impl Iterator<Item = usize> {
    let step = |state: &u64| {
        Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    };
    std::iter::successors(Some(1), step).map(|state| (state >> 33) as usize)
}

#[test]
fn every_flipped_bit_of_the_image_is_a_doubt() {
    let chain = Chain::new();
    let (image, text) = (&chain.image, chain.text());
    let index = layout::open(image).unwrap();
    let index_at = layout::find_index(image).unwrap();
    let symbols = index.symbols.unwrap();
    let kernel_end = Kernel::from_elf(&common::kernel_elf()).unwrap().flat.len();
    let areas = [
        ("kernel", 0..kernel_end),
        ("index", index_at..index_at + index.text.len()),
        ("symbols", symbols.offset as usize..(symbols.offset + symbols.size) as usize),
        ("tar", index.tar.offset as usize..image.len()),
        ("all", 0..image.len()),
    ];
    let mut tried = 0;
    for (name, area) in areas {
        for place in places().take(80) {
            let at = area.start + place % area.len();
            let mut damaged = image.clone();
            damaged[at] ^= 1 << (place % 8);
            let found = check::check(&damaged).is_ok_and(|report| report.damage.is_empty());
            assert!(!found, "check did not see bit {} of byte {at} ({name})", place % 8);
            let verdict = verify(&Request {
                image: &damaged,
                ledger: text.as_bytes(),
                artifacts: None,
                heads: &[],
                earlier: None,
            })
            .unwrap()
            .verdict;
            let first = verdict.findings.first().map(|doubt| doubt.check);
            assert_eq!(first, Some(Check::Image), "verify, byte {at} ({name})");
            tried += 1;
        }
    }
    assert_eq!(tried, 400);
}

/// Each file changed, and the image built anew around it: whole in itself, and not the one that the ledger speaks of.
#[test]
fn an_image_built_anew_around_a_change_is_another_image() {
    let chain = Chain::new();
    for changed in 0..files().len() {
        let mut files = files();
        files[changed].1[2] ^= 1;
        let image = image_of(&files, Policy::Chain);
        assert_eq!(check::check(&image).unwrap().damage, vec![]);
        let verdict = verify(&Request {
            image: &image,
            ledger: chain.text().as_bytes(),
            artifacts: None,
            heads: &[],
            earlier: None,
        })
        .unwrap()
        .verdict;
        assert_eq!(
            verdict.findings.first().map(|doubt| doubt.check),
            Some(Check::Origin),
            "{}",
            files[changed].0
        );
        // And with a ledger that claims to be of it: what was read is another file.
        let mut other = chain.clone();
        let tar = layout::open(&image).unwrap().tar.sha256;
        (other.image, other.ledger.files) = (image, tar);
        let used = !["smuggled", "source.tar.gz"].contains(&files[changed].0);
        assert_eq!(!other.doubts().is_empty(), used, "{}: {:?}", files[changed].0, other.doubts());
    }
}
