//! What is made of a kernel's ELF file, what is refused, and its trace.

use crate::common::{BASE, Bench, kernel_elf};
use image_builder::kernel::Kernel;
use std::fs;

#[test]
fn the_flat_binary_is_what_lies_in_memory() {
    let kernel = Kernel::from_elf(&kernel_elf()).unwrap();
    assert_eq!(kernel.flat.len(), 0x3000, "whole pages");
    assert_eq!(kernel.flat[56..60], *b"ARM\x64");
    assert!(kernel.flat[4096..4196].iter().all(|&byte| byte == 0xda));
    assert!(
        kernel.flat[4196..].iter().all(|&byte| byte == 0),
        "what the file does not hold is zero"
    );
    // Mapping symbols, absolute symbols and trace texts are no functions; of two names one stays.
    assert_eq!(
        String::from_utf8(kernel.symbols).unwrap(),
        "00000040 _start\n00000080 alias_of_main\n"
    );
}

#[test]
fn the_header_states_the_size_of_the_image() {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    let image = fs::read(bench.path("a.img")).unwrap();
    assert_eq!(image[16..24], (image.len() as u64).to_le_bytes());
}

#[test]
fn other_files_are_refused_with_the_reason() {
    type Change<'a> = &'a dyn Fn(&mut Vec<u8>);
    let elf = kernel_elf();
    let refused = |change: Change| {
        let mut elf = elf.clone();
        change(&mut elf);
        Kernel::from_elf(&elf).unwrap_err()
    };
    let find = |needle: &[u8]| elf.windows(needle.len()).position(|bytes| bytes == needle).unwrap();
    let end = find(&(BASE + 0x3000).to_le_bytes());
    let name = find(b"__image_end\0");
    let table: [(Change, &str); 8] = [
        (&|elf| elf.clear(), "expected a 64-bit little-endian ELF file"),
        (&|elf| elf[4] = 1, "expected a 64-bit little-endian ELF file"),
        (&|elf| elf[18] = 62, "expected an AArch64 ELF file"),
        (&|elf| elf[64 + 112 + 56] = 0, "does not begin with an arm64 Image header"),
        (
            &|elf| elf[end + 1] = 0x40,
            "is where the kernel will look for the index, but its load segments end at byte 0x2f00",
        ),
        (&|elf| elf[name] = b'x', "has no symbol __image_end"),
        (&|elf| elf[64 + 40 + 4] = 1, "more than 16 MiB"),
        (&|elf| (elf[64], elf[120]) = (0, 0), "no load segments"),
    ];
    for (change, reason) in table {
        let found = refused(change);
        assert!(found.contains(reason), "{reason:?}: {found}");
    }
}

/// The default kernel is looked for beside the tool, and named where it is not found.
#[test]
fn a_missing_kernel_is_named() {
    let bench = Bench::new();
    let tool = bench.path("release/image-builder");
    fs::create_dir(bench.path("release")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_image-builder"), &tool).unwrap();
    let build = || {
        let arguments =
            ["build", "--tree", "tree", "--init", "/init", "--policy", "open", "-o", "a.img"];
        assert_cmd::Command::new(&tool).current_dir(&bench.folder).args(arguments).assert()
    };
    let refused = build().code(2);
    let message = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(message.contains("no kernel found; build it with qemu/build"), "{message}");
    let folder = bench.path("aarch64-unknown-none-softfloat/kernel");
    fs::create_dir_all(&folder).unwrap();
    fs::rename(bench.path("kernel"), folder.join("kernel")).unwrap();
    build().success();
}

/// A frame as the kernel's defmt sends it: rzCOBS, then a zero byte.
fn frame(number: u16, values: &[u8]) -> Vec<u8> {
    let mut bytes = [&number.to_le_bytes(), values].concat();
    bytes.resize(bytes.len().next_multiple_of(7), 0);
    let mut frame = Vec::new();
    for group in bytes.chunks_exact(7) {
        let zeros = group
            .iter()
            .enumerate()
            .fold(0u8, |mask, (at, &byte)| mask | u8::from(byte == 0) << at);
        assert_ne!(zeros, 0, "this small encoder wants a zero in each seven bytes");
        frame.extend(group.iter().filter(|&&byte| byte != 0));
        frame.push(zeros);
    }
    frame.push(0);
    frame
}

fn call(pid: u32, number: u64, first: u64, result: i64) -> Vec<u8> {
    let words = [number, first, 0, 3, 0, 0, 0].into_iter().flat_map(u64::to_le_bytes);
    frame(
        1,
        &pid.to_le_bytes().into_iter().chain(words).chain(result.to_le_bytes()).collect::<Vec<_>>(),
    )
}

#[test]
fn a_trace_is_decoded_with_names() {
    let bench = Bench::new();
    let trace = [frame(2, &[]), call(1, 64, 0x40_1000, 5), call(12, 56, 0, 0x7f00)].concat();
    fs::write(bench.path("trace"), &trace).unwrap();
    let assert = bench.run(&["trace", "trace", "--kernel", "kernel"]).success();
    let expected = "trace starts\n    \
                    1 write(0x401000, 0x0, 0x3, 0x0, 0x0, 0x0) = 5\n   \
                    12 openat(0x0, 0x0, 0x3, 0x0, 0x0, 0x0) = 32512\n";
    assert_eq!(String::from_utf8_lossy(&assert.get_output().stdout), expected);

    // Damage costs its frame, is told, and the frames after it are still read.
    let damaged = [frame(2, &[]), vec![7, 1, 0], frame(999, &[]), call(1, 64, 0, 5)].concat();
    fs::write(bench.path("trace"), damaged).unwrap();
    let assert = bench.run(&["trace", "trace", "--kernel", "kernel"]).code(1);
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(
        output.ends_with("= 5\n") && output.contains("(a frame that makes no sense)\n"),
        "{output}"
    );
    assert!(
        String::from_utf8_lossy(&assert.get_output().stderr).contains("2 frames make no sense")
    );

    let refused = bench.run(&["trace", "trace", "--kernel", "tree/bin/sh"]).code(1);
    assert!(
        String::from_utf8_lossy(&refused.get_output().stderr)
            .contains("cannot serve as the kernel")
    );
}
