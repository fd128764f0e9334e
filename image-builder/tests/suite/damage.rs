//! Round trips of random trees, and damage at random places: found, and named where it is.

use crate::common;
use firmseed_core::image::Policy;
use image_builder::archive::{self, Kind, Member};
use image_builder::kernel::Kernel;
use image_builder::layout::Settings;
use image_builder::progress::Progress;
use image_builder::{build, check, extract, layout};
use proptest::prelude::*;

fn settings(init: &[u8]) -> Settings {
    Settings {
        init: init.to_vec(),
        arguments: vec![b"one".to_vec(), b"".to_vec()],
        environment: vec![b"A=b c".to_vec()],
        cwd: b"/".to_vec(),
        policy: Policy::Open,
        seeds: Vec::new(),
    }
}

fn kernel() -> Kernel {
    Kernel::from_elf(&common::kernel_elf()).unwrap()
}

/// An image of a few members of every kind.
fn small_image() -> Vec<u8> {
    let file = |content: &[u8]| Kind::File {
        mode: 0o755,
        content: content.to_vec(),
    };
    let members = [
        Member {
            path: b"bin".to_vec(),
            kind: Kind::Directory { mode: 0o755 },
        },
        Member {
            path: b"bin/sh".to_vec(),
            kind: file(&[b'x'; 700]),
        },
        Member {
            path: [
                b"long/".to_vec(),
                vec![b'n'; 150],
                vec![b'/'],
                vec![b'n'; 150],
            ]
            .concat(),
            kind: file(b"text\n"),
        },
        Member {
            path: b"link".to_vec(),
            kind: Kind::Symlink {
                target: b"bin/sh".to_vec(),
            },
        },
        Member {
            path: b"same".to_vec(),
            kind: Kind::Hardlink {
                target: b"bin/sh".to_vec(),
            },
        },
        Member {
            path: b"zero".to_vec(),
            kind: file(b""),
        },
    ];
    build::image(
        kernel(),
        archive::write(&members).unwrap(),
        &settings(b"/bin/sh"),
    )
    .unwrap()
    .0
}

/// Finds the damage of the byte at `at`, or says what was reported instead.
fn named(image: &[u8], at: usize) -> Result<String, String> {
    match check::check(image) {
        Err(error) => Err(format!("no image at all: {error}")),
        Ok(report) => {
            let hit = report
                .findings
                .iter()
                .find(|finding| finding.range.contains(&at));
            hit.map(ToString::to_string)
                .ok_or(format!("{:?}", report.findings))
        }
    }
}

#[test]
fn a_whole_image_has_no_findings() {
    let report = check::check(&small_image()).unwrap();
    assert_eq!((report.findings, report.files), (vec![], 3));
}

/// All of the image but the middle of the kernel: one flipped bit in each byte is found and named.
#[test]
fn every_flipped_byte_is_named() {
    let whole = small_image();
    let index = layout::find_index(&whole).unwrap();
    let kernel_end = Kernel::from_elf(&common::kernel_elf()).unwrap().flat.len();
    let mut image = whole.clone();
    for at in (0..64).chain(kernel_end - 8..whole.len()) {
        // In the long paddings every 61st byte will do.
        if whole[at] == 0
            && at > index
            && at % 61 != 0
            && whole[at - 1] == 0
            && whole[(at + 1) % whole.len()] == 0
        {
            continue;
        }
        let bit = 1 << (at % 8);
        image[at] ^= bit;
        let found = named(&image, at);
        assert!(
            found.is_ok(),
            "byte {at} ({:#04x} -> {:#04x}): {found:?}",
            whole[at],
            image[at]
        );
        image[at] ^= bit;
    }
}

#[test]
fn the_names_are_the_right_ones() {
    let whole = small_image();
    let index = layout::open(&whole).unwrap();
    let sh = index.find(b"bin/sh").unwrap();
    let firmseed_core::image::Kind::File { content, .. } = sh.kind else {
        panic!("bin/sh is a file")
    };
    let content = content.offset as usize;
    let (tar, text_end) = (
        index.tar.offset as usize,
        layout::find_index(&whole).unwrap() + index.text.len(),
    );
    let table = [
        (4100, "kernel (bytes 0 to 12031)"),
        (index.symbols.unwrap().offset as usize, "symbols (bytes"),
        (text_end + 3, "padding after the index (byte"),
        (content, "file bin/sh (bytes"),
        (content + 700, "padding after file bin/sh (byte"),
        (
            tar + 512 + 110,
            "tar headers before the contents of bin/sh (byte",
        ),
        (
            whole.len() - 1,
            "tar headers after the last file, or the tar's end (byte",
        ),
        (text_end - 10, "index (bytes"),
    ];
    for (at, name) in table {
        let mut image = whole.clone();
        image[at] ^= 0x40;
        let found = named(&image, at).unwrap();
        assert!(found.starts_with(name), "byte {at}: {found}");
    }
}

#[test]
fn a_cut_or_longer_image_is_damaged() {
    let whole = small_image();
    for size in [whole.len() - 1, whole.len() - 512, whole.len() / 2] {
        let report = check::check(&whole[..size]).unwrap();
        assert!(!report.findings.is_empty(), "cut to {size}");
    }
    let longer = [&whole[..], b"\0"].concat();
    assert!(
        check::check(&longer).unwrap().findings[0]
            .problem
            .contains("longer than built")
    );
    assert!(check::check(&whole[..4096]).is_err());
}

/// A page of the kernel that looks like an index is not taken for it.
#[test]
fn the_index_is_the_one_behind_the_kernel() {
    let mut kernel = kernel();
    kernel.flat[4096..4096 + 17].copy_from_slice(b"firmseed-index 1\n");
    let tar = archive::write::<Vec<u8>>(&[]).unwrap();
    let hidden = Progress::hidden();
    let image = layout::assemble(kernel, &tar, &[], &settings(b"/init"), &hidden).unwrap();
    assert_eq!(layout::find_index(&image).unwrap(), 0x3000);
    assert_eq!(check::check(&image).unwrap().findings, vec![]);
}

/// The image with its index changed, and sealed again as if nothing had happened.
fn forged(mut image: Vec<u8>, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let at = layout::find_index(&image).unwrap();
    let text = String::from_utf8(layout::open(&image).unwrap().text.to_vec()).unwrap();
    let size = text.len();
    let text = change(text);
    let sealed = &text[..text.rfind("end ").unwrap()];
    let seal = image_builder::sha256(sealed.as_bytes());
    let text = format!("{sealed}end {}\n", firmseed_core::image::Hex(&seal));
    assert_eq!(text.len(), size, "the change keeps the size");
    image[at..at + size].copy_from_slice(text.as_bytes());
    image
}

/// Damage that the hashes cannot show, because the index was adapted.
#[test]
fn an_index_that_lies_is_found() {
    let only = |image: Vec<u8>| {
        let findings = check::check(&image).unwrap().findings;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].to_string()
    };
    let mode = forged(small_image(), |text| {
        text.replace(" 0755 700 ", " 0777 700 ")
    });
    let found = only(mode);
    assert!(
        found.starts_with("member bin/sh (bytes") && found.contains("disagree"),
        "{found}"
    );

    let target = forged(small_image(), |text| {
        text.replace("symlink link bin/sh", "symlink link bin/su")
    });
    let found = only(target);
    assert!(
        found.starts_with("member link (bytes") && found.contains("disagree"),
        "{found}"
    );

    let mut image = small_image();
    image[16] ^= 1;
    let kernel = layout::open(&image).unwrap().kernel;
    let hash = image_builder::sha256(kernel.slice(&image).unwrap());
    let [old, new] =
        [&kernel.sha256, &hash].map(|hash| firmseed_core::image::Hex(hash).to_string());
    let found = only(forged(image, |text| text.replace(&old, &new)));
    assert!(
        found.starts_with("kernel header (bytes 16 to 23)"),
        "{found}"
    );
}

/// An image that `build` would refuse: its files do not fit together.
fn unreviewed(members: &[Member<Vec<u8>>]) -> Vec<u8> {
    let tar = archive::write(members).unwrap();
    let entries = archive::read(&tar).unwrap();
    layout::assemble(
        kernel(),
        &tar,
        &entries,
        &settings(b"/init"),
        &Progress::hidden(),
    )
    .unwrap()
}

/// A hostile image cannot write outside the folder.
#[test]
fn extraction_stays_inside() {
    let outside = tempfile::tempdir().unwrap();
    let victim = outside
        .path()
        .join("victim")
        .into_os_string()
        .into_encoded_bytes();
    let file = |path: &[u8]| Member {
        path: path.to_vec(),
        kind: Kind::File {
            mode: 0o755,
            content: b"evil".to_vec(),
        },
    };
    let link = |path: &[u8], target: &[u8]| Member {
        path: path.to_vec(),
        kind: Kind::Symlink {
            target: target.to_vec(),
        },
    };
    let parent = outside.path().as_os_str().as_encoded_bytes();
    let attacks: [Vec<Member<Vec<u8>>>; 3] = [
        vec![file(b"init"), link(b"door", parent), file(b"door/victim")],
        vec![file(b"init"), link(b"door", &victim), file(b"door")],
        vec![
            file(b"init"),
            link(b"a", b"."),
            link(b"a/b", b".."),
            file(b"a/b/victim"),
        ],
    ];
    for members in attacks {
        let image = unreviewed(&members);
        let folder = outside.path().join("folder");
        let result = extract::extract(&image, &folder);
        assert!(
            !outside.path().join("victim").exists(),
            "escaped with {members:?}: {result:?}"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
    // `..` never gets into an index that is built; one that is made by hand is refused when unpacked.
    let mut image = unreviewed(&[file(b"init"), file(b"aa/victim")]);
    let at = image
        .windows(10)
        .position(|bytes| bytes == b" aa/victim")
        .unwrap();
    image[at..at + 10].copy_from_slice(b" ../victim");
    let error = extract::extract(&image, &outside.path().join("folder"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("climbs with `..`") && !outside.path().join("victim").exists(),
        "{error}"
    );
}

fn any_members() -> impl Strategy<Value = Vec<Member<Vec<u8>>>> {
    let content = proptest::collection::vec(any::<u8>(), 0..3000);
    let files = proptest::collection::btree_map("[a-z %]{1,9}", (content, 0u16..0o1000), 0..12);
    files.prop_map(|files| {
        let init = Member {
            path: b"init".to_vec(),
            kind: Kind::File {
                mode: 0o755,
                content: b"#!x\n".to_vec(),
            },
        };
        let file = |(name, (content, mode)): (String, (Vec<u8>, u16))| {
            let path = format!("files/{name}.txt").into_bytes();
            Member {
                path,
                kind: Kind::File {
                    mode: mode | 0o400,
                    content,
                },
            }
        };
        std::iter::once(init)
            .chain(files.into_iter().map(file))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn build_check_extract(members in any_members(), flips in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..=255), 20)) {
        let (image, _) = build::image(kernel(), archive::write(&members).unwrap(), &settings(b"/init")).unwrap();
        prop_assert_eq!(check::check(&image).unwrap().findings, vec![]);
        let folder = tempfile::tempdir().unwrap();
        extract::extract(&image, &folder.path().join("x")).unwrap();
        for member in &members {
            let Kind::File { content, .. } = &member.kind else { unreachable!() };
            let path = folder.path().join("x").join(std::str::from_utf8(&member.path).unwrap());
            prop_assert_eq!(&std::fs::read(path).unwrap(), content);
        }
        for (place, mask) in flips {
            let at = place.index(image.len());
            let mut damaged = image.clone();
            damaged[at] ^= mask;
            let found = named(&damaged, at);
            prop_assert!(found.is_ok(), "byte {}: {:?}", at, found);
        }
    }
}
