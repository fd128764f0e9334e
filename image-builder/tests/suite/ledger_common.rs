//! A small chain as an image, and the true ledger of its run, for tests to falsify.

use crate::common;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::{Content, Ending};
use firmseed_formats::ledger::parse::{Entry, File, Ledger, SeedRecord};
use firmseed_verify::image::{Image, content_of};
use image_builder::archive::{self, Body, Member};
use image_builder::kernel::Kernel;
use image_builder::layout::Settings;
use image_builder::ledger::verdict::{Request, Verdict, verify};
use image_builder::{build, sha256};
use std::path::Path;

pub const SCRIPT: &[u8] = b"hex0 cc.hex0 cc; cc hello.c\n";
pub const COMPILER_TEXT: &[u8] = b"cc as hex\n";
pub const COMPILER: &[u8] = b"\x7fELF compiler";
pub const SOURCE: &[u8] = b"int main(void) { return 0; }\n";
/// Whole enough to be an init: ELF header, one segment, no code.
pub const HELLO: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0\x01\0\0\0\
    \x78\0\x60\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\x38\0\x01\0\0\0\0\0\0\0\
    \x01\0\0\0\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\x60\0\0\0\0\0\0\0\x60\0\0\0\0\0\
    \x78\0\0\0\0\0\0\0\x78\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0";
/// Machine code in the image, which nobody may run.
pub const SMUGGLED: &[u8] = b"\x7fELF smuggled";
pub const TARBALL: &[u8] = b"\x1f\x8b compressed \0";

/// The files of the image, below `/`.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let hash = |bytes| {
        String::from_utf8(firmseed_formats::sha256::to_hex(&sha256(bytes)).to_vec()).unwrap()
    };
    let sums = format!("{}  /bin/cc\n{}  /bin/hello\n", hash(COMPILER), hash(HELLO));
    vec![
        ("SHA256SUMS", sums.into_bytes()),
        ("cc.hex0", COMPILER_TEXT.to_vec()),
        ("hello.c", SOURCE.to_vec()),
        ("script", SCRIPT.to_vec()),
        ("seed.hex0", common::hex0_text(&common::program_elf()).into_bytes()),
        ("smuggled", SMUGGLED.to_vec()),
        ("source.tar.gz", TARBALL.to_vec()),
    ]
}

/// The image of these files.
pub fn image_of(files: &[(&str, Vec<u8>)], policy: Policy) -> Vec<u8> {
    image_with(files, &[], |settings| settings.policy = policy)
}

/// The image of these files and symbolic links, with changed settings.
pub fn image_with(
    files: &[(&str, Vec<u8>)],
    links: &[(&str, &[u8])],
    change: impl FnOnce(&mut Settings),
) -> Vec<u8> {
    let link = |(path, target): &(&str, &[u8])| Member {
        path: path.as_bytes().to_vec(),
        kind: Body::Symlink { target: target.to_vec() },
    };
    let members: Vec<_> = files
        .iter()
        .map(|(path, content)| Member {
            path: path.as_bytes().to_vec(),
            kind: Body::File { mode: 0o755, content: content.clone() },
        })
        .chain(links.iter().map(link))
        .collect();
    let mut settings = Settings {
        init: b"/seed/hex0".to_vec(),
        arguments: vec![b"script".to_vec()],
        environment: Vec::new(),
        cwd: b"/".to_vec(),
        policy: Policy::Chain,
        continues: None,
        seeds: vec![(b"/seed.hex0".to_vec(), b"/seed/hex0".to_vec())],
    };
    change(&mut settings);
    let kernel = Kernel::from_elf(&common::kernel_elf()).unwrap();
    build::image(kernel, archive::write(&members).unwrap(), &settings).unwrap().0
}

pub fn file(path: &str, bytes: &[u8]) -> File {
    File { content: content_of(bytes), path: path.as_bytes().to_vec() }
}

/// An entry without inputs and outputs; `number` is put right by [`Chain::ledger`].
pub fn entry(process: u32, parent: u32, program: File, ending: Ending) -> Entry {
    Entry {
        number: 0,
        process,
        parent,
        arguments: vec![program.path.clone()],
        program,
        cwd: b"/".to_vec(),
        environment: (0, sha256(b"")),
        reads: Vec::new(),
        code: Vec::new(),
        code_anonymous: false,
        devices: Vec::new(),
        from: Vec::new(),
        wrote: Vec::new(),
        ending,
        chain: [0; 32],
        line: 0,
    }
}

/// A run, to be falsified entry by entry.
#[derive(Clone)]
pub struct Chain {
    pub image: Vec<u8>,
    pub ledger: Ledger,
}

impl Chain {
    /// Process 1, the seed, reads the script. Process 2 makes the compiler, process 3 compiles with it, process 4 is
    /// what came out.
    pub fn new() -> Self {
        Self::of(&files(), Policy::Chain)
    }

    pub fn of(files: &[(&str, Vec<u8>)], policy: Policy) -> Self {
        let image = image_of(files, policy);
        let content = |name: &str| {
            let found = files.iter().find(|(path, _)| *path == name);
            file(&format!("/{name}"), &found.unwrap().1)
        };
        let seed = || file("/seed/hex0", &common::program_elf());
        let compiler = || file("/bin/cc", COMPILER);
        let with = |mut entry: Entry, reads: &[File], wrote: &[File]| {
            (entry.reads, entry.wrote) = (reads.to_vec(), wrote.to_vec());
            entry
        };
        let mut init = with(entry(1, 0, seed(), Ending::GoesOn), &[content("script")], &[]);
        init.arguments.push(b"script".to_vec());
        let last = Entry { ending: Ending::Exit(0), reads: Vec::new(), ..init.clone() };
        let entries = vec![
            init,
            with(entry(2, 1, seed(), Ending::Exit(0)), &[content("cc.hex0")], &[compiler()]),
            with(
                entry(3, 1, compiler(), Ending::Exit(0)),
                &[content("hello.c")],
                &[file("/bin/hello", HELLO)],
            ),
            entry(4, 1, file("/bin/hello", HELLO), Ending::Exit(0)),
            last,
        ];
        let index = image_builder::layout::open(&image).unwrap();
        let seeds = vec![SeedRecord { program: seed(), text: content("seed.hex0") }];
        let (files, policy) = (index.tar.sha256, index.policy.to_string());
        let ledger = Ledger {
            files,
            init: b"/seed/hex0".to_vec(),
            arguments: vec![b"script".to_vec()],
            environment: Vec::new(),
            cwd: b"/".to_vec(),
            kernel: Image::open(&image).unwrap().kernel,
            policy,
            continues: index.continues,
            seeds,
            entries,
            status: 0,
            head: [0; 32],
        };
        Chain { image, ledger }
    }

    /// The entry of this number.
    pub fn entry(&mut self, number: usize) -> &mut Entry {
        &mut self.ledger.entries[number - 1]
    }

    /// The ledger with a chain that fits: who falsifies one can compute it as well.
    pub fn text(&self) -> String {
        let mut ledger = self.ledger.clone();
        for (entry, number) in ledger.entries.iter_mut().zip(1..) {
            entry.number = number;
        }
        let mut text = String::new();
        ledger.write(&mut text, sha256).unwrap();
        text
    }

    pub fn verdict(&self) -> Verdict {
        self.verdict_with(None)
    }

    /// The verdict for somebody who has seen the head.
    pub fn verdict_of_witness(&self) -> Verdict {
        let text = self.text();
        let head = Ledger::parse(text.as_bytes(), sha256).unwrap().head;
        let request = Request {
            image: &self.image,
            ledger: text.as_bytes(),
            artifacts: None,
            heads: &[head],
            earlier: None,
        };
        verify(&request).unwrap().verdict
    }

    pub fn verdict_with(&self, artifacts: Option<&Path>) -> Verdict {
        let text = self.text();
        let request = Request {
            image: &self.image,
            ledger: text.as_bytes(),
            artifacts,
            heads: &[],
            earlier: None,
        };
        verify(&request).unwrap().verdict
    }

    /// The doubts, as lines.
    pub fn doubts(&self) -> Vec<String> {
        self.verdict().findings.iter().map(ToString::to_string).collect()
    }
}

/// There is one doubt, and it says this.
#[track_caller]
pub fn assert_only(doubts: &[String], expected: &str) {
    assert!(
        matches!(doubts, [doubt] if doubt.contains(expected)),
        "expected: {expected}\nfound: {doubts:#?}"
    );
}

/// The class, hash and size of bytes.
pub fn content(bytes: &[u8]) -> Content {
    content_of(bytes)
}

/// For tools that no test here runs: tests/86-provenance.sh.
#[test]
#[ignore = "writes chain.img and chain.ledger into the folder $FIRMSEED_TEST_OUT"]
fn the_small_chain_as_files() {
    let folder = std::env::var_os("FIRMSEED_TEST_OUT").expect("FIRMSEED_TEST_OUT names a folder");
    let chain = Chain::new();
    std::fs::write(Path::new(&folder).join("chain.img"), &chain.image).unwrap();
    std::fs::write(Path::new(&folder).join("chain.ledger"), chain.text()).unwrap();
}
