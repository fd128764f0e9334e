//! What the tests share: a small kernel ELF, a tree of files with all that is awkward, the command.

use firmseed_formats::sha256::Hex;
use image_builder::layout;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// The names under which defmt puts the kernel's texts (kernel/src/trace.rs) into the section .defmt.
const TRACE_CALL: &str = r#"{"package":"kernel","tag":"defmt_trace","data":"pid {=u32} call {=u64} ({=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}, {=u64:#x}) = {=i64}","disambiguator":"1","crate_name":"kernel"}"#;
const TRACE_START: &str = r#"{"package":"kernel","tag":"defmt_info","data":"trace starts","disambiguator":"2","crate_name":"kernel"}"#;

pub const BASE: u64 = 0xffff_ffff_8000_0000;

/// An AArch64 ELF file as linker.ld makes them: text with the Image header, data with zeros behind,
/// symbols. Written field by field (ELF-64 Object File Format 1.5), so that no linker is needed.
pub fn kernel_elf() -> Vec<u8> {
    let mut text = vec![0x1f; 4096];
    text[..64].fill(0);
    text[8..16].copy_from_slice(&0u64.to_le_bytes());
    text[24..32].copy_from_slice(&0xau64.to_le_bytes());
    text[56..60].copy_from_slice(b"ARM\x64");
    let data = vec![0xda; 100];

    // name, address, section (1 is .text, 0xfff1 absolute), type
    let symbols: [(&str, u64, u16, u8); 9] = [
        ("_start", BASE + 64, 1, 0),
        ("_RNvCs1234_6kernel4main", BASE + 128, 1, 2),
        ("$x", BASE + 64, 1, 0),
        ("alias_of_main", BASE + 128, 1, 2),
        ("__image_end", BASE + 0x3000, 0xfff1, 0),
        ("_defmt_version_ = 4", 0, 0xfff1, 0),
        ("_defmt_encoding_ = rzcobs", 0, 0xfff1, 0),
        (TRACE_CALL, 1, 5, 0),
        (TRACE_START, 2, 5, 0),
    ];
    let mut strings = vec![0];
    let mut table = vec![0; 24];
    for (name, address, section, kind) in symbols {
        table.extend((strings.len() as u32).to_le_bytes());
        table.extend([1 << 4 | kind, 0]);
        table.extend(section.to_le_bytes());
        table.extend(address.to_le_bytes());
        table.extend(0u64.to_le_bytes());
        strings.extend(name.bytes());
        strings.push(0);
    }
    let section_names = b"\0.text\0.symtab\0.strtab\0.defmt\0";

    let mut file = vec![0; 64 + 2 * 56];
    let mut place = |bytes: &[u8]| {
        let at = file.len() as u64;
        file.extend_from_slice(bytes);
        file.resize(file.len().next_multiple_of(8), 0);
        (at, bytes.len() as u64)
    };
    let (text, data, table, strings, names) =
        (place(&text), place(&data), place(&table), place(&strings), place(section_names));
    let section_headers = file.len() as u64;
    let mut section = |name: u32,
                       kind: u32,
                       flags: u64,
                       address: u64,
                       (at, size): (u64, u64),
                       link: u32,
                       info: u32,
                       entry: u64| {
        file.extend(name.to_le_bytes());
        file.extend(kind.to_le_bytes());
        [flags, address, at, size].iter().for_each(|word| file.extend(word.to_le_bytes()));
        file.extend(link.to_le_bytes());
        file.extend(info.to_le_bytes());
        [1u64, entry].iter().for_each(|word| file.extend(word.to_le_bytes()));
    };
    section(0, 0, 0, 0, (0, 0), 0, 0, 0);
    section(1, 1, 6, BASE, text, 0, 0, 0);
    section(7, 2, 0, 0, table, 3, 1, 24);
    section(15, 3, 0, 0, strings, 0, 0, 0);
    section(15, 3, 0, 0, names, 0, 0, 0);
    section(23, 1, 0, 0, (0, 64), 0, 0, 0); // .defmt: only its symbols matter

    let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    header.extend([2, 0, 183, 0, 1, 0, 0, 0]); // ET_EXEC, EM_AARCH64
    [BASE + 64, 64, section_headers].iter().for_each(|word| header.extend(word.to_le_bytes()));
    header.extend([0, 0, 0, 0, 64, 0, 56, 0, 2, 0, 64, 0, 6, 0, 4, 0]);
    for ((at, size), flags, start, memory) in
        [(text, 5u32, BASE, 4096u64), (data, 6, BASE + 4096, 0x1f00)]
    {
        header.extend(1u32.to_le_bytes());
        header.extend(flags.to_le_bytes());
        [at, start, start, size, memory, 4096]
            .iter()
            .for_each(|word| header.extend(word.to_le_bytes()));
    }
    file[..header.len()].copy_from_slice(&header);
    file
}

/// A tree with modes, links, empty folders, long and odd names.
pub fn make_tree(root: &Path) {
    let file = |path: &str, content: &[u8], mode: u32| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    file("bin/sh", b"#!/bin/tool sh\n", 0o755);
    file("bin/tool", &program_elf(), 0o755);
    file("etc/empty", b"", 0o644);
    file("seed.hex0", hex0_text(&program_elf()).as_bytes(), 0o644);
    file("etc-more", b"bytewise between etc and etc/empty", 0o644);
    file("etc/big", &(0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>(), 0o600);
    file("odd/a b%c\n\u{e9}", b"odd", 0o644);
    file(
        &format!("deep/{}/{}/{}", "d".repeat(90), "e".repeat(90), "f".repeat(120)),
        b"far down",
        0o400,
    );
    fs::create_dir_all(root.join("empty/folder")).unwrap();
    fs::create_dir(root.join("tmp")).unwrap();
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
    symlink("bin/sh", root.join("init")).unwrap();
    symlink("x".repeat(150), root.join("dangling")).unwrap();
    symlink("/etc", root.join("absolute")).unwrap();
    fs::hard_link(root.join("bin/tool"), root.join("bin/again")).unwrap();
}

/// The smallest program: headers, and one instruction that nobody runs here.
pub fn program_elf() -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend([2, 0, 183, 0, 1, 0, 0, 0]); // ET_EXEC, EM_AARCH64
    let words = |file: &mut Vec<u8>, words: &[u64]| {
        words.iter().for_each(|word| file.extend(word.to_le_bytes()));
    };
    words(&mut file, &[0x60_0078, 64, 0]);
    file.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    file.extend([1, 0, 0, 0, 7, 0, 0, 0]); // PT_LOAD; read, write, execute
    words(&mut file, &[0, 0x60_0000, 0x60_0000, 124, 124, 4096]);
    file.extend([0, 0, 0, 0x14]); // b .
    file
}

/// `bytes` as hex0.
pub fn hex0_text(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("# a text\n{}\n", pairs.join(" "))
}

/// A seed kernel's texts in `folder`: the Image header and one instruction; a few pairs. Nobody runs them here.
pub fn make_seed_kernel(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("loader.hex0"), hex0_text(&seed_loader())).unwrap();
    let text = "# kernel.hex0\n\n# 000\n00 00 00 14\t# b 0   for ever\n";
    fs::write(folder.join("kernel.hex0"), text).unwrap();
}

/// What the text of its loader stands for.
pub fn seed_loader() -> Vec<u8> {
    let mut loader = vec![0; 64];
    loader[24] = 0xa;
    loader[56..60].copy_from_slice(b"ARM\x64");
    loader.extend([0, 0, 0, 0x14]);
    loader
}

/// The command, in a folder of its own.
pub struct Bench {
    pub folder: tempfile::TempDir,
}

impl Bench {
    /// A folder with `kernel`, and `tree` full of files.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kernel"), kernel_elf()).unwrap();
        fs::create_dir(folder.path().join("tree")).unwrap();
        make_tree(&folder.path().join("tree"));
        Bench { folder }
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        assert_cmd::Command::new(env!("CARGO_BIN_EXE_image-builder"))
            .current_dir(&self.folder)
            .args(arguments)
            .assert()
    }

    /// The texts of a seed kernel beside the tree, which keeps to what that kernel reads.
    pub fn for_seed_kernel() -> Self {
        let bench = Bench::new();
        make_seed_kernel(&bench.path("seed-kernel"));
        fs::remove_dir_all(bench.path("tree/deep")).unwrap();
        fs::remove_file(bench.path("tree/dangling")).unwrap();
        fs::remove_file(bench.path("tree/bin/again")).unwrap();
        bench
    }

    /// Builds `image` with the seed kernel from `tree`.
    pub fn build_seed(&self, image: &str) -> assert_cmd::assert::Assert {
        self.run(&[
            "build",
            "--tree",
            "tree",
            "--seed-kernel",
            "seed-kernel",
            "--init",
            "/init",
            "--policy",
            "open",
            "-o",
            image,
        ])
    }

    /// Builds `image` from `tree`, whose programs are machine code, with further arguments.
    pub fn build(&self, image: &str, arguments: &[&str]) -> assert_cmd::assert::Assert {
        let fixed = [
            "build", "--tree", "tree", "--kernel", "kernel", "--init", "/init", "--policy", "open",
            "-o", image,
        ];
        self.run(&[&fixed, arguments].concat())
    }
}

/// `image` with its index changed, and sealed again as if nothing had happened.
pub fn forged(image: &[u8], change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut image = image.to_vec();
    let at = layout::find_index(&image).unwrap();
    let index = layout::open(&image).unwrap();
    let old = String::from_utf8(index.text.to_vec()).unwrap();
    let room = index.symbols.unwrap_or(index.tar).offset as usize - at;
    let text = change(&old);
    assert_ne!(text, old, "the test's own needle is gone");
    let sealed = &text[..text.rfind("end ").unwrap()];
    let seal = image_builder::sha256(sealed.as_bytes());
    let text = format!("{sealed}end {}\n", Hex(&seal));
    let padding = firmseed_formats::image::Flavour::of(&image, at).padding();
    image[at..at + room].fill(padding);
    image[at..at + text.len()].copy_from_slice(text.as_bytes());
    assert!(text.len() <= room, "the index stays in its pages");
    image
}

/// Images whose index is sealed, and says of a member what is not so; `image` has the files one and two, of one size.
pub fn lies(image: &[u8], one: &str, two: &str) -> Vec<(&'static str, Vec<u8>)> {
    let line_of = |text: &str, path: &str| {
        let end = format!(" {path}");
        let mut lines = text.lines();
        let line = lines.find(|line| line.starts_with("file ") && line.ends_with(&end));
        line.unwrap().to_owned()
    };
    // A line's fields, changed: `file SHA256 MODE SIZE OFFSET PATH`.
    let edited = |text: &str, path: &str, number: usize, value: &str| {
        let line = line_of(text, path);
        let mut fields: Vec<&str> = line.split(' ').collect();
        fields[number] = value;
        text.replace(&line, &fields.join(" "))
    };
    let lie = |change: &dyn Fn(&str, &str, &str) -> String| {
        forged(image, |text| change(text, &line_of(text, one), &line_of(text, two)))
    };
    let field = |line: &str, number: usize| line.split(' ').nth(number).unwrap().to_owned();
    let without_path = |line: &str| line.rsplit_once(' ').unwrap().0.to_owned();
    vec![
        ("another hash", lie(&|text, _, _| edited(text, one, 1, &"ab".repeat(32)))),
        (
            "swapped names",
            lie(&|text, first, second| {
                let (a, b) = (without_path(first), without_path(second));
                let text = text.replace(first, &format!("{a} {two}"));
                text.replace(second, &format!("{b} {one}"))
            }),
        ),
        (
            "swapped files",
            lie(&|text, first, second| {
                text.replace(first, "\0").replace(second, first).replace('\0', second)
            }),
        ),
        (
            "an entry too many",
            lie(&|text, first, _| text.replace(first, &format!("{first}\n{first}er"))),
        ),
        ("an entry too few", lie(&|text, first, _| text.replace(&format!("{first}\n"), ""))),
        ("another mode", lie(&|text, _, _| edited(text, one, 2, "4777"))),
        (
            "overlapping ranges",
            lie(&|text, first, _| {
                let text = edited(text, two, 1, &field(first, 1));
                edited(&text, two, 4, &field(first, 4))
            }),
        ),
        ("a huge size", lie(&|text, _, _| edited(text, one, 3, "18446744073709551615"))),
        ("another kind", lie(&|text, first, _| text.replace(first, &format!("dir 0755 {one}")))),
        ("another path", lie(&|text, _, _| edited(text, one, 5, "elsewhere"))),
    ]
}

/// What the command said on standard error.
pub fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// What the command printed.
pub fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// A device tree blob with the nodes that a board has (Devicetree Specification 0.4, chapter 5).
pub fn device_tree() -> Vec<u8> {
    let mut strings = Vec::new();
    let mut tree = Vec::new();
    let words =
        |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let mut node = |name: &str, properties: &[(&str, Vec<u8>)], ends: usize| {
        tree.extend(1u32.to_be_bytes());
        tree.extend(name.bytes().chain([0]));
        tree.resize(tree.len().next_multiple_of(4), 0);
        for (name, value) in properties {
            tree.extend(words(&[3, value.len() as u32, strings.len() as u32]));
            strings.extend(name.bytes().chain([0]));
            tree.extend(value);
            tree.resize(tree.len().next_multiple_of(4), 0);
        }
        (0..ends).for_each(|_| tree.extend(2u32.to_be_bytes()));
    };
    let text = |text: &str| text.bytes().chain([0]).collect::<Vec<u8>>();
    node(
        "",
        &[("#address-cells", words(&[2])), ("#size-cells", words(&[2])), ("model", text("test"))],
        0,
    );
    node("chosen", &[("bootargs", text("init=/x")), ("stdout-path", text("/soc/uart@9000000"))], 1);
    node(
        "memory@40000000",
        &[("device_type", text("memory")), ("reg", words(&[0, 0x4000_0000, 0, 0x800_0000]))],
        1,
    );
    node("psci", &[("compatible", text("arm,psci-1.0")), ("method", text("hvc"))], 1);
    node("reserved-memory", &[("ranges", vec![])], 0);
    node("fw@41000000", &[("reg", words(&[0, 0x4100_0000, 0, 0x1000]))], 2);
    node(
        "soc",
        &[
            ("#address-cells", words(&[1])),
            ("#size-cells", words(&[1])),
            ("ranges", words(&[0, 0, 0, 0x1000_0000])),
        ],
        0,
    );
    node(
        "uart@9000000",
        &[("compatible", text("arm,pl011")), ("reg", words(&[0x900_0000, 0x1000]))],
        1,
    );
    node(
        "intc@8000000",
        &[
            ("compatible", text("arm,gic-v3")),
            ("reg", words(&[0x800_0000, 0x1_0000, 0x80a_0000, 0xf6_0000])),
        ],
        3,
    );
    tree.extend(9u32.to_be_bytes());

    let (reservations, start) = (40u32, 40 + 32);
    let strings_at = start + tree.len() as u32;
    let size = strings_at + strings.len() as u32;
    let header = [
        0xd00d_feed,
        size,
        start,
        strings_at,
        reservations,
        17,
        16,
        0,
        strings.len() as u32,
        tree.len() as u32,
    ];
    let reserved = words(&[0, 0x4000_0000, 0, 0x1000, 0, 0, 0, 0]);
    [words(&header), reserved, tree, strings].concat()
}
