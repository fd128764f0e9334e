//! `verify`: a true ledger is verified, and each way to falsify one is refused for its reason.
//!
//! The attacker recomputes the chain each time: it only shows that nobody cut or changed the file by accident.

use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::{Class, Ending};
use firmseed_formats::ledger::parse::Entry;
use image_builder::archive::{self, Body, Member};
use image_builder::ledger::verdict::{Request, verify};

fn one_doubt(chain: &Chain, expected: &str) {
    let doubts = chain.doubts();
    assert!(
        doubts.iter().any(|doubt| doubt.contains(expected)),
        "expected: {expected}\nfound: {doubts:#?}"
    );
}

#[track_caller]
fn only_doubt(chain: &Chain, expected: &str) {
    assert_only(&chain.doubts(), expected);
}

/// A change of a true ledger, and the doubt that it raises.
fn attack(change: impl FnOnce(&mut Chain), expected: &str) {
    let mut chain = Chain::new();
    change(&mut chain);
    one_doubt(&chain, expected);
}

#[test]
fn a_true_ledger_is_verified() {
    let verdict = Chain::new().verdict_of_witness();
    assert_eq!((verdict.verdict, verdict.not_shown), ("verified", None));
    assert_eq!(verdict.findings, vec![]);
    let text = verdict.text();
    for line in [
        "processes  4; the machine stopped with status 0",
        "programs   3: 1 seed, 2 built in the run, 0 of the image",
        "inputs     3: 3 of the image (3 texts), 0 made in the run",
        "results    2 of 2 in /SHA256SUMS as expected",
        "from text  3 of 3 programs",
        "verified: 5 entries; all 3 programs derive from text; the head is the one that you gave",
    ] {
        assert!(text.lines().any(|found| found == line), "expected {line:?} in\n{text}");
    }
}

#[test]
fn a_ledger_of_another_image_is_refused() {
    let mut chain = Chain::new();
    chain.ledger.files[0] ^= 1;
    only_doubt(&chain, "origin: `files` is");
    let mut chain = Chain::new();
    chain.ledger.policy = "open".into();
    only_doubt(&chain, "origin: the ledger's policy is `open`, the image's is `chain`");
    attack(|chain| chain.ledger.seeds.clear(), "origin: the ledger has 0 seeds, the image 1");
    attack(
        |chain| chain.ledger.seeds[0].program.path = b"/seed/other".to_vec(),
        "origin: the ledger's seed /seed/other from /seed.hex0 is /seed/hex0 from /seed.hex0 in the image",
    );
    // A seed that its text does not stand for.
    attack(
        |chain| chain.ledger.seeds[0].program.content = content(SMUGGLED),
        "origin: seed /seed/hex0: its text stands for /seed/hex0 (",
    );
    attack(
        |chain| chain.ledger.seeds[0].text.content = content(SCRIPT),
        "origin: seed /seed/hex0: its text in the image is",
    );
}

#[test]
fn processes_must_live_as_processes_do() {
    let gone =
        |number: usize| move |chain: &mut Chain| drop(chain.ledger.entries.remove(number - 1));
    attack(gone(5), "processes: entry 1 (line 9): process 1, /seed/hex0, never ends");
    attack(gone(5), "the last entry is of process 4, expected the end of process 1");
    attack(gone(1), "process 2 was started by process 1, which has no entry above");
    attack(|chain| chain.entry(3).ending = Ending::GoesOn, "process 3, /bin/cc, never ends");
    attack(|chain| chain.entry(3).ending = Ending::Exec, "process 3, /bin/cc, never ends");
    attack(|chain| chain.entry(4).process = 3, "process 3 goes on after its end in entry 3");
    attack(|chain| chain.entry(2).parent = 7, "process 2 is older than its parent 7");
    attack(|chain| chain.entry(2).parent = 0, "process 2 has no parent");
    attack(|chain| chain.entry(1).parent = 3, "process 1 has the parent 3, expected 0");
    attack(|chain| chain.entry(5).parent = 1, "process 1 has the parent 1, in entry 1 it was 0");
    attack(
        |chain| chain.entry(3).from = vec![9],
        "got bytes of process 9, which has no entry above",
    );
    attack(
        |chain| chain.ledger.status = 3,
        "the machine stopped with status 3, but process 1 says exit 0",
    );
    attack(
        |chain| chain.entry(5).ending = Ending::Killed(9),
        "stopped with status 0, but process 1 says killed 9",
    );
    attack(
        |chain| chain.entry(5).program = file("/bin/cc", COMPILER),
        "process 1 executes something else than in entry 1",
    );
    attack(|chain| chain.ledger.entries.clear(), "nothing ran");
}

/// A fork that has not executed anything yet shows its parent's program, and then its own without a line `exec`.
#[test]
fn a_forked_process_is_no_doubt() {
    let mut chain = Chain::new();
    let mut fork = chain.ledger.entries[0].clone();
    (fork.process, fork.parent) = (3, 1);
    chain.ledger.entries.insert(2, fork);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // But only once.
    let mut second = chain.ledger.entries[1].clone();
    (second.process, second.ending) = (3, Ending::GoesOn);
    second.wrote.clear();
    chain.ledger.entries.insert(3, second);
    only_doubt(
        &chain,
        "process 3 executes something else than in entry 4, which does not end with `exec`",
    );
    chain.entry(4).ending = Ending::Exec;
    assert_eq!(chain.doubts(), Vec::<String>::new());
}

#[test]
fn what_nobody_wrote_can_be_neither_read_nor_run() {
    let unknown = file("/bin/cc", b"\x7fELF from elsewhere");
    attack(|chain| chain.entry(3).program = unknown.clone(), "contents: entry 3");
    attack(|chain| chain.entry(3).program = unknown.clone(), "no entry above wrote these contents");
    attack(
        |chain| chain.entry(3).reads = vec![file("/hello.c", b"another text\n")],
        "entry 3 (line 29): read /hello.c (",
    );
    // Written, but only later.
    attack(
        |chain| chain.ledger.entries.swap(1, 2),
        "contents: entry 2 (line 19): program /bin/cc (",
    );
    // The image's own machine code.
    attack(
        |chain| chain.entry(4).program = file("/smuggled", SMUGGLED),
        "a file of the image; the policy is chain",
    );
    attack(|chain| chain.entry(4).program = file("/script", SCRIPT), "a text cannot be executed");
    // The right hash with another size or class.
    attack(
        |chain| chain.entry(3).reads[0].content.size += 1,
        "calls these contents a text of 30 bytes, but they are a text of 29",
    );
    attack(|chain| chain.entry(2).wrote[0].content.class = Class::Text, "but they are");
    // The empty file is known.
    let mut chain = Chain::new();
    chain.entry(3).reads.push(file("/dev/nothing", b""));
    assert_eq!(chain.doubts(), Vec::<String>::new());
}

/// A copy of machine code that the image holds as data: for the kernel a file like any other.
#[test]
fn a_copied_program_does_not_derive_from_text() {
    let mut chain = Chain::new();
    chain.entry(3).reads = vec![file("/smuggled", SMUGGLED)];
    chain.entry(3).wrote = vec![file("/bin/tool", SMUGGLED)];
    chain.entry(4).program = file("/bin/tool", SMUGGLED);
    one_doubt(&chain, "derivation: entry 4 (line 39): /bin/tool (");
    one_doubt(&chain, "was written by process 3 (/bin/cc, entry 3), which read /smuggled (");
    one_doubt(&chain, "is an ELF file and comes from the image (/smuggled)");
}

/// The same through a compressed file, a pipe, shared memory, a child's memory, another program's output.
#[test]
fn what_is_no_text_is_followed_on_every_way() {
    let reader = |chain: &mut Chain| chain.entry(2).reads.push(file("/source.tar.gz", TARBALL));
    let mut chain = Chain::new();
    reader(&mut chain);
    one_doubt(&chain, "/bin/cc (");
    one_doubt(&chain, "which read /source.tar.gz (");
    // What the compiler made does not derive from text either.
    one_doubt(&chain, "derivation: entry 4");
    // By a pipe.
    let mut chain = Chain::new();
    let mut other = chain.ledger.entries[1].clone();
    (other.process, other.reads, other.wrote) = (5, vec![file("/source.tar.gz", TARBALL)], vec![]);
    other.ending = Ending::GoesOn;
    let end = Entry { reads: vec![], ending: Ending::Exit(0), ..other.clone() };
    chain.ledger.entries.insert(1, other);
    chain.ledger.entries.insert(5, end);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    chain.entry(3).from.push(5);
    one_doubt(&chain, "which got bytes of process 5 (entry 3), which read /source.tar.gz (");
    // By birth: process 5 forked process 2.
    chain.entry(3).from.clear();
    chain.entry(3).process = 6;
    chain.entry(3).parent = 5;
    one_doubt(&chain, "which was started by process 5 (entry 3), which read /source.tar.gz (");
    // Before an execve, in the same process: arguments may carry bytes.
    let mut chain = Chain::new();
    let mut before = chain.ledger.entries[0].clone();
    (before.process, before.parent, before.ending) = (2, 1, Ending::Exec);
    before.reads = vec![file("/source.tar.gz", TARBALL)];
    chain.ledger.entries.insert(1, before);
    one_doubt(&chain, "derivation: entry 4");
    // What a person typed.
    let mut chain = Chain::new();
    chain.entry(2).devices = vec![b"/dev/console".to_vec()];
    one_doubt(&chain, "which read the device /dev/console (entry 2)");
    // The kernel notes no reads of /dev/null and /dev/zero: what bears such a name was given it, by a program.
    for renamed in ["/dev/null", "/dev/zero"] {
        chain.entry(2).devices = vec![renamed.into()];
        one_doubt(&chain, &format!("which read the device {renamed} (entry 2)"));
        let verdict = chain.verdict().text();
        assert!(verdict.contains("devices    read 1 time"), "{verdict}");
    }
}

/// A tarball may be unpacked, and its texts compiled, if a text of the image names them by their hashes. What else comes out
/// of it is no better than the tarball, text or not: hex digits are machine code for hex0.
#[test]
fn texts_of_a_tarball_may_be_compiled_where_the_image_names_them() {
    let named = |word: &str| {
        let mut files = files();
        files.push(("list", format!("{word}  x.c\n").into_bytes()));
        unpacked(Chain::of(&files, Policy::Chain))
    };
    let hash = firmseed_formats::sha256::to_hex(&content(b"int x;\n").sha256);
    let hash = String::from_utf8(hash.to_vec()).unwrap();
    assert_eq!(named(&hash).doubts(), Vec::<String>::new());
    for other in [&hash[1..], &format!("{hash}0"), &hash.to_uppercase()] {
        let chain = named(other);
        one_doubt(&chain, "derivation: entry 5");
        one_doubt(&chain, "/bin/hello (");
        one_doubt(&chain, "which read /x.c (");
        one_doubt(
            &chain,
            "was written by process 5 (/seed/hex0, entry 2), which read /source.tar.gz (",
        );
    }
    // A text that the image holds itself, an empty one, and one that somebody clean had written before.
    let mut chain = unpacked(Chain::new());
    for text in [SOURCE, b""] {
        chain.entry(2).wrote[0] = file("/x.c", text);
        chain.entry(4).reads[1] = file("/x.c", text);
        assert_eq!(chain.doubts(), Vec::<String>::new());
    }
    let mut chain = unpacked(Chain::new());
    let unpack = chain.ledger.entries.remove(1);
    chain.entry(2).wrote.push(file("/made.c", b"int x;\n"));
    chain.ledger.entries.insert(2, unpack);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // A list that the run itself wrote vouches for nothing.
    let mut chain = unpacked(Chain::new());
    let list = format!("{hash}  x.c\n");
    chain.entry(3).wrote.push(file("/list", list.as_bytes()));
    one_doubt(&chain, "derivation: entry 5");
}

/// Process 5 unpacks the tarball, and the compiler reads a text that came out of it.
fn unpacked(mut chain: Chain) -> Chain {
    let mut unpack = chain.ledger.entries[1].clone();
    (unpack.process, unpack.reads, unpack.wrote) =
        (5, vec![file("/source.tar.gz", TARBALL)], vec![file("/x.c", b"int x;\n")]);
    chain.ledger.entries.insert(1, unpack);
    chain.entry(4).reads.push(file("/x.c", b"int x;\n"));
    chain
}

/// A copy is no fault if the same bytes were built before; if they are built only after the copy ran, it is.
#[test]
fn bytes_that_were_built_may_be_copied() {
    let mut files = files();
    files.push(("old-cc", COMPILER.to_vec()));
    let mut chain = Chain::of(&files, Policy::Chain);
    let mut copy = chain.ledger.entries[1].clone();
    (copy.process, copy.reads) = (5, vec![file("/old-cc", COMPILER)]);
    chain.ledger.entries.insert(2, copy);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // Copied first, and the copy builds itself: the chain that the rule is about.
    let mut first = chain.ledger.entries[2].clone();
    (first.process, first.reads) = (2, vec![file("/old-cc", COMPILER)]);
    chain.ledger.entries[1] = first;
    chain.entry(3).program = file("/bin/cc", COMPILER);
    chain.entry(3).reads = vec![file("/hello.c", SOURCE)];
    one_doubt(&chain, "derivation: entry 3");
    one_doubt(&chain, "comes from the image (/old-cc)");
    // Built from text at last, too late for what ran before.
    let mut late = chain.ledger.entries[1].clone();
    (late.process, late.reads) = (6, vec![file("/cc.hex0", COMPILER_TEXT)]);
    chain.ledger.entries.insert(5, late);
    one_doubt(&chain, "derivation: entry 3");
}

#[test]
fn results_must_be_those_of_the_list() {
    let other = || file("/bin/hello", b"\x7fELF other");
    attack(
        |chain| chain.entry(3).wrote.push(other()),
        "results: /bin/hello: SHA256SUMS of the image expects",
    );
    attack(
        |chain| {
            chain.entry(3).wrote.clear();
            chain.ledger.entries.remove(3);
        },
        "results: /bin/hello: SHA256SUMS of the image names it, but nobody wrote it",
    );
    // Renamed after the line was written.
    let mut chain = Chain::new();
    chain.entry(3).wrote[0].path = b"/build/hello".to_vec();
    let verdict = chain.verdict();
    assert_eq!(verdict.findings, vec![]);
    assert!(
        verdict.text().contains("2 of 2 in /SHA256SUMS as expected (1 under another name)"),
        "{}",
        verdict.text()
    );
}

#[test]
fn artifacts_must_be_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let chain = Chain::new();
    write("bin/cc", COMPILER);
    write("bin/hello", HELLO);
    write("elsewhere/hello", HELLO);
    write("hello.c", SOURCE);
    write("firmseed.ledger", chain.text().as_bytes());
    write("firmseed.counters", b"beside");
    let verdict = chain.verdict_with(Some(folder.path()));
    assert_eq!(verdict.findings, vec![]);
    let line = "artifacts  4 files: 2 as last written, 1 under another name, 1 of the image; 3 ELF files from text";
    assert!(verdict.text().contains(line), "{}", verdict.text());

    let refuse = |expected: &str| {
        let doubts = chain.verdict_with(Some(folder.path())).findings;
        assert!(
            matches!(&doubts[..], [doubt] if doubt.to_string().contains(expected)),
            "{expected}: {doubts:#?}"
        );
    };
    write("bin/hello", b"\x7fELF changed");
    refuse("artifacts: /bin/hello: its hash is");
    write("bin/hello", HELLO);
    write("new", b"new");
    refuse("artifacts: /new (");
    std::fs::remove_file(folder.path().join("new")).unwrap();
    write("firmseed.ledger", b"another");
    refuse("artifacts: firmseed.ledger among the artifacts is another ledger");

    // The same from a tar.
    let member = |path: &str, content: &[u8]| Member {
        path: path.as_bytes().to_vec(),
        kind: Body::File { mode: 0o644, content: content.to_vec() },
    };
    let tar = folder.path().join("out.tar");
    std::fs::write(
        &tar,
        archive::write(&[member("bin/cc", COMPILER), member("bin/hello", HELLO)]).unwrap(),
    )
    .unwrap();
    assert_eq!(chain.verdict_with(Some(&tar)).findings, vec![]);
    std::fs::write(&tar, archive::write(&[member("bin/cc", HELLO)]).unwrap()).unwrap();
    assert_eq!(chain.verdict_with(Some(&tar)).findings.len(), 1);
}

/// With the policy open, the image's programs run; the verdict says so and names what does not derive from text.
#[test]
fn an_open_policy_is_said_plainly() {
    let mut chain = Chain::of(&files(), Policy::Open);
    chain.entry(4).program = file("/smuggled", SMUGGLED);
    let verdict = chain.verdict();
    assert_eq!(verdict.findings, vec![]);
    let text = verdict.text();
    for part in [
        "policy     open: programs of the image were allowed to run",
        "programs   3: 1 seed, 1 built in the run, 1 of the image",
        "note       /smuggled (",
        "from text  2 of 3 programs",
        "consistent: 5 entries, 3 programs; the policy was open, 1 of the image ran",
    ] {
        assert!(text.contains(part), "expected {part:?} in\n{text}");
    }
}

#[test]
fn damaged_images_ledgers_and_heads_are_doubts() {
    let chain = Chain::new();
    let text = chain.text();
    let verdict = |image: &[u8], ledger: &str, head: Option<[u8; 32]>| {
        let (ledger, heads) = (ledger.as_bytes(), head.as_slice());
        verify(&Request { image, ledger, artifacts: None, heads, earlier: None }).unwrap().verdict
    };
    let first = |verdict: image_builder::ledger::verdict::Verdict| verdict.findings[0].to_string();
    assert!(first(verdict(b"no image", &text, None)).contains("image: no Firmseed image"));
    let mut damaged = chain.image.clone();
    let at = damaged.len() - 1024 - 512;
    damaged[at] ^= 1;
    assert!(first(verdict(&damaged, &text, None)).starts_with("image: "));
    // Cut and reordered ledgers, without their chain computed anew.
    let cut = &text[..text.len() - 10];
    assert!(first(verdict(&chain.image, cut, None)).contains("cut short"));
    let last_block = text.rfind("end ").unwrap();
    assert!(first(verdict(&chain.image, &text[..last_block], None)).starts_with("ledger: line "));
    let swapped = text.replacen("exit 0", "exit 1", 1);
    assert!(
        first(verdict(&chain.image, &swapped, None))
            .contains("expected the hash of the lines above")
    );
    // The head that the console showed.
    let head = verdict(&chain.image, &text, None).head.unwrap();
    let digest = firmseed_verify::image::digest_of_hex(head.as_bytes()).unwrap();
    let good = verdict(&chain.image, &text, Some(digest));
    assert!(good.last_line().ends_with("the head is the one that you gave"));
    assert!(first(verdict(&chain.image, &text, Some([7; 32]))).starts_with("head: expected 0707"));
}

/// Ten thousand entries, each process reading what the one before wrote: seconds would mean a square.
#[test]
fn long_ledgers_are_verified() {
    let mut chain = Chain::new();
    let last = chain.ledger.entries.pop().unwrap();
    for process in 5..10_005u32 {
        let mut step = chain.ledger.entries[2].clone();
        step.process = process;
        let input = if process == 5 { SOURCE.to_vec() } else { object(process - 1) };
        step.reads = vec![file("/x", &input)];
        step.wrote = vec![file("/x", &object(process))];
        chain.ledger.entries.push(step);
    }
    chain.ledger.entries.push(last);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // The first one read the image's machine code: the last one's file does not derive from text.
    chain.entry(5).reads = vec![file("/smuggled", SMUGGLED)];
    let at = chain.ledger.entries.len() - 2;
    chain.ledger.entries[at].program = file("/x", &object(10_003));
    let doubts = chain.doubts();
    assert!(
        matches!(&doubts[..], [doubt] if doubt.contains("comes from the image (/smuggled)")),
        "{} doubts",
        doubts.len()
    );
}

fn object(number: u32) -> Vec<u8> {
    [b"\x7fELF", &number.to_le_bytes()[..]].concat()
}
