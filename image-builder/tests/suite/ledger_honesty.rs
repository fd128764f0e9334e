//! What `verify` may say without a head; what it sees of processes, settings and code; and that each fact is told once.

use crate::common::{Bench, program_elf, stderr, stdout};
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::Ending;
use image_builder::ledger::verdict::NOT_SHOWN;

fn sees(chain: &Chain, expected: &str) {
    let doubts = chain.doubts();
    assert!(
        doubts.iter().any(|doubt| doubt.contains(expected)),
        "expected: {expected}\nfound: {doubts:#?}"
    );
}

#[track_caller]
fn sees_only(chain: &Chain, expected: &str) {
    assert_only(&chain.doubts(), expected);
}

/// A ledger that somebody wrote anew: another argument, one read less. Nothing in it contradicts anything.
fn a_lie() -> Chain {
    let mut chain = Chain::new();
    chain.entry(3).arguments.push(b"-O2".to_vec());
    chain.entry(2).reads.clear();
    chain
}

#[test]
fn without_a_head_nothing_is_verified() {
    let bench = Bench::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(bench.path(name), bytes).unwrap();
    let (truth, lie) = (Chain::new(), a_lie());
    write("a.img", &truth.image);
    write("true.ledger", truth.text().as_bytes());
    write("lie.ledger", lie.text().as_bytes());
    for ledger in ["true.ledger", "lie.ledger"] {
        let text = stdout(&bench.run(&["verify", "a.img", ledger]).code(3));
        assert!(!text.contains("\nverified"), "{text}");
        assert!(text.contains(NOT_SHOWN), "{text}");
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("consistent: ") && last.contains("; NOT verified: no --head"));
        let json = stdout(&bench.run(&["verify", "--json", "a.img", ledger]).code(3));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&json["verdict"], &json["not_shown"], &json["head_compared"]),
            (&"consistent".into(), &NOT_SHOWN.into(), &false.into())
        );
        let page = bench.run(&["report", "a.img", ledger]).success();
        assert!(stdout(&page).contains("; consistent: "), "{}", stdout(&page));
        let page = std::fs::read_to_string(bench.path("report.html")).unwrap();
        assert!(page.contains("<h1>Consistent</h1>") && !page.contains("Verified"));
        let json = stdout(&bench.run(&["provenance", "a.img", ledger]).success());
        assert!(json.contains("\"headCompared\": false"), "{json}");
    }
    let head = truth.verdict().head.unwrap();
    let with_head = |command: &str, ledger| {
        let ledger = format!("{ledger}.ledger");
        bench.run(&[command, "a.img", &ledger, "--head", &head])
    };
    with_head("verify", "true").success();
    with_head("verify", "lie").code(1);
    let json = stdout(&with_head("provenance", "true").success());
    assert!(json.contains("\"headCompared\": true"), "{json}");
    with_head("provenance", "lie").code(1);
}

#[test]
fn process_numbers_have_no_gaps() {
    for (dropped, missing) in [(2, "process 2: no entry"), (3, "process 3: no entry")] {
        let mut chain = Chain::new();
        chain.ledger.entries.remove(dropped - 1);
        sees(&chain, missing);
    }
    let mut chain = Chain::new();
    chain.entry(4).process = 4_000_000_000;
    sees_only(
        &chain,
        "processes: processes 4 to 3999999999: no entry, though there is a process 4000000000",
    );
}

#[test]
fn process_1_is_what_the_index_says() {
    let started = "started with other words on the kernel's command line";
    let change = |change: fn(&mut Chain), what: &str| {
        let mut chain = Chain::new();
        change(&mut chain);
        let what = format!("the {what} of process 1 is another one");
        sees(&chain, &what);
        sees(&chain, started);
    };
    change(
        |chain| {
            for entry in [1, 5] {
                chain.entry(entry).arguments.push(b"more".to_vec());
            }
        },
        "arguments",
    );
    change(|chain| chain.entry(1).cwd = b"/tmp".to_vec(), "directory");
    change(|chain| chain.entry(1).environment.0 = 1, "environment");
    change(|chain| chain.entry(1).environment.1[0] ^= 1, "environment");
    change(|chain| chain.entry(1).program = file("/script", SCRIPT), "program");
    // Another name of the same program: it was renamed before the line was written.
    let mut chain = Chain::new();
    for entry in [1, 5] {
        chain.entry(entry).program.path = b"/renamed".to_vec();
    }
    assert_eq!(chain.doubts(), Vec::<String>::new());
}

/// The ledger's head has init and cwd as the index spells them; its entry has what they lead to: the ELF file, the words of
/// the `#!` lines before the arguments, the folder without links and dots.
#[test]
fn process_1_may_be_a_script_a_link_or_spelled_otherwise() {
    let script = |line: &str| [line.as_bytes(), b"\ntext\n"].concat();
    let mut files = files();
    files.push(("dir/scr", script("#! //seed/hex0 -x  y ")));
    files.push(("again", script("#!dir/scr")));
    let links: [(&str, &[u8]); 2] = [("lnk", b"seed/hex0"), ("folder", b"dir")];
    let table: [(&str, &str, &[&str], &str); 6] = [
        ("/dir/scr", "/", &["//seed/hex0", "-x  y", "/dir/scr"], "/"),
        ("/again", "/", &["//seed/hex0", "-x  y", "dir/scr", "/again"], "/"),
        ("/lnk", "/folder", &["/lnk"], "/dir"),
        ("//seed/hex0", "//dir/.", &["//seed/hex0"], "/dir"),
        ("/seed/../seed/hex0", "/", &["/seed/../seed/hex0"], "/"),
        ("/folder/../lnk", "/dir/..", &["/folder/../lnk"], "/"),
    ];
    for (init, cwd, words, canonical) in table {
        let mut chain = Chain::new();
        chain.image = image_with(&files, &links, |settings| {
            settings.init = init.into();
            settings.cwd = cwd.into();
        });
        let opened = firmseed_verify::image::Image::open(&chain.image).unwrap();
        let ledger = &mut chain.ledger;
        (ledger.files, ledger.kernel) = (opened.index.tar.sha256, opened.kernel);
        (ledger.init, ledger.cwd) = (init.into(), cwd.into());
        let words: Vec<Vec<u8>> = words.iter().chain(&["script"]).map(|&w| w.into()).collect();
        for entry in [1, 5] {
            chain.entry(entry).arguments = words.clone();
            chain.entry(entry).cwd = canonical.into();
        }
        assert_eq!(chain.doubts(), Vec::<String>::new(), "{init}");
        // What the index says to the letter is not what runs.
        if words.len() > 2 {
            let mut chain = chain.clone();
            chain.entry(1).arguments = vec![init.into(), b"script".to_vec()];
            sees(&chain, "the arguments of process 1 is another one");
        }
        if cwd != canonical {
            let mut chain = chain.clone();
            chain.entry(1).cwd = cwd.into();
            sees(&chain, "the directory of process 1 is another one");
        }
        // Another program under the right name.
        chain.entry(1).program = file(init, SCRIPT);
        sees(&chain, "the program of process 1 is another one");
    }
}

#[test]
fn the_settings_and_the_kernel_are_those_of_the_image() {
    let change = |change: fn(&mut firmseed_formats::ledger::parse::Ledger), expected: &str| {
        let mut chain = Chain::new();
        change(&mut chain.ledger);
        sees_only(&chain, expected);
    };
    change(
        |ledger| ledger.init = b"/other".to_vec(),
        "origin: the ledger's init is `/other`, the image's is `/seed/hex0`",
    );
    change(
        |ledger| ledger.arguments.clear(),
        "the ledger's list of arguments is ``, the image's is `script`",
    );
    change(
        |ledger| ledger.environment.push(b"A=b".to_vec()),
        "the ledger's environment is `A=b`, the image's is ``",
    );
    change(
        |ledger| ledger.cwd = b"/tmp".to_vec(),
        "the ledger's cwd is `/tmp`, the image's is `/`",
    );
    change(
        |ledger| ledger.kernel[0] ^= 1,
        "origin: the kernel that kept the ledger measured itself as",
    );
}

/// The kernel's hash does not depend on what else is in the image: the size of the whole stands in the kernel's header.
#[test]
fn one_kernel_has_one_hash_in_all_images() {
    use firmseed_verify::image::Image;
    let mut more = files();
    more.push(("large", vec![b'x'; 100_000]));
    let (one, other) = (Chain::new(), Chain::of(&more, Policy::Chain));
    let kernel = |chain: &Chain| Image::open(&chain.image).unwrap().kernel;
    assert_eq!(kernel(&one), kernel(&other));
    assert_ne!(one.image[16..24], other.image[16..24]);
}

#[test]
fn what_is_mapped_as_code_must_derive_from_text() {
    let mut chain = Chain::new();
    chain.entry(4).code.push(file("/bin/cc", COMPILER));
    assert_eq!(chain.doubts(), Vec::<String>::new());
    assert!(chain.verdict().text().contains("\ncode       1 line"));
    // A file of the image, and one that was copied from there.
    chain.entry(4).code[0] = file("/smuggled", SMUGGLED);
    sees(&chain, "it runs /smuggled (");
    sees(&chain, "derivation: entry 4");
    chain.entry(3).reads.push(file("/smuggled", SMUGGLED));
    chain.entry(3).wrote.push(file("/copy", SMUGGLED));
    sees(&chain, "/smuggled (");
    chain.entry(4).code[0] = file("/nowhere", b"\x7fELF nowhere");
    sees(&chain, "contents: entry 4");
    sees(&chain, "code /nowhere (");
    // Whoever runs such code is not clean: what it writes is foreign.
    let mut chain = Chain::new();
    chain.entry(3).code.push(file("/smuggled", SMUGGLED));
    sees(&chain, "was written by process 3 (/bin/cc, entry 3), which mapped /smuggled (");
}

#[test]
fn other_executable_memory_is_a_doubt_where_foreign_bytes_can_be() {
    let mut chain = Chain::new();
    chain.entry(4).code_anonymous = true;
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // The bytes may come before, in the same entry, or in a later one of the same program.
    chain.entry(4).reads.push(file("/smuggled", SMUGGLED));
    sees_only(&chain, "derivation: entry 4 (line 39): /bin/hello (");
    sees(
        &chain,
        "makes memory executable that is not only a file's, and what stands there may not derive from text: \
         it is process 4 which read /smuggled (",
    );
    chain.entry(4).reads.clear();
    let mut later = chain.ledger.entries[3].clone();
    chain.entry(4).ending = Ending::GoesOn;
    (later.code_anonymous, later.reads) = (false, vec![file("/smuggled", SMUGGLED)]);
    chain.ledger.entries.insert(4, later);
    sees_only(&chain, "makes memory executable");
    // Execve clears the memory: what the next program reads does not matter.
    chain.entry(4).ending = Ending::Exec;
    chain.entry(5).program = file("/bin/cc", COMPILER);
    assert_eq!(chain.doubts(), Vec::<String>::new());
    // A child of a process that is not clean: its memory was copied.
    let mut chain = Chain::new();
    chain.entry(1).reads.push(file("/smuggled", SMUGGLED));
    chain.entry(4).code_anonymous = true;
    sees(&chain, "it is process 4 which was started by process 1");
}

/// The target of a symbolic link is contents like a file's: a machine program can be spelled in it.
#[test]
fn the_targets_of_links_are_contents_of_the_image() {
    let target = b"\x01\x02binary";
    let mut chain = Chain::new();
    // The kernel refuses such a link under the policy chain.
    chain.image = image_with(&files(), &[("link", target)], |settings| {
        settings.policy = Policy::Open;
    });
    chain.ledger.policy = "open".into();
    let index = image_builder::layout::open(&chain.image).unwrap();
    chain.ledger.files = index.tar.sha256;
    assert_eq!(chain.doubts(), Vec::<String>::new());
    assert_eq!(chain.verdict().notes, Vec::<String>::new());
    chain.entry(3).reads.push(file("/link", target));
    let verdict = chain.verdict();
    assert_eq!(verdict.findings, vec![]);
    let told = "is neither text nor ELF and comes from the image (/link)";
    assert!(verdict.notes[0].contains(told), "{:?}", verdict.notes);
}

/// PID 1 is a program of the image, and the run makes the same bytes later: it was the image's when it ran.
#[test]
fn a_program_is_counted_by_what_it_was_first() {
    let mut files = files();
    files.push(("hello", HELLO.to_vec()));
    let mut chain = Chain::of(&files, Policy::Open);
    chain.image = image_with(&files, &[], |settings| {
        (settings.init, settings.policy) = (b"/hello".to_vec(), Policy::Open);
    });
    chain.ledger.init = b"/hello".to_vec();
    for entry in [1, 5] {
        chain.entry(entry).arguments[0] = b"/hello".to_vec();
        chain.entry(entry).program = file("/hello", HELLO);
    }
    let text = chain.verdict().text();
    assert!(text.contains("programs   3: 1 seed, 1 built in the run, 1 of the image"), "{text}");
    assert!(text.contains("the policy was open, 1 of the image ran"), "{text}");
}

#[test]
fn a_fact_is_told_once() {
    let mut chain = Chain::of(&files(), Policy::Open);
    chain.entry(3).reads.push(file("/smuggled", SMUGGLED));
    chain.entry(3).wrote.push(file("/bin/again", HELLO));
    let folder = tempfile::tempdir().unwrap();
    for name in ["hello", "again", "third"] {
        std::fs::create_dir_all(folder.path().join("bin")).unwrap();
        std::fs::write(folder.path().join("bin").join(name), HELLO).unwrap();
    }
    let verdict = chain.verdict_with(Some(folder.path()));
    assert_eq!(verdict.findings, vec![]);
    assert_eq!(verdict.notes.len(), 1, "{:#?}", verdict.notes);
}

#[test]
fn an_image_without_a_list_has_no_results() {
    let mut files = files();
    files.retain(|(path, _)| *path != "SHA256SUMS");
    let chain = Chain::of(&files, Policy::Chain);
    let verdict = chain.verdict();
    assert_eq!((verdict.findings.len(), verdict.results.is_none()), (0, true));
    assert!(!verdict.text().contains("SHA256SUMS"));
}

#[test]
fn a_seed_left_in_place_is_no_doubt() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("seed")).unwrap();
    let seed = folder.path().join("seed/hex0");
    std::fs::write(&seed, program_elf()).unwrap();
    let verdict = Chain::new().verdict_with(Some(folder.path()));
    assert_eq!(verdict.findings, vec![]);
    std::fs::write(&seed, b"\x7fELF other").unwrap();
    let verdict = Chain::new().verdict_with(Some(folder.path()));
    assert!(verdict.findings[0].to_string().contains("/seed/hex0: its hash is"));
}

/// The kernel takes a seed's paths from the root; so does who compares its ledger with the index.
#[test]
fn relative_paths_of_seeds_are_the_same_files() {
    let mut chain = Chain::new();
    chain.image = image_with(&files(), &[], |settings| {
        settings.seeds = vec![(b"seed.hex0".to_vec(), b"/seed/hex0".to_vec())];
    });
    assert_eq!(chain.doubts(), Vec::<String>::new());
}

#[test]
fn an_answer_of_the_host_is_said_once() {
    let bench = Bench::new();
    let text = stderr(&bench.run(&["verify", "none.img", "none.ledger"]).code(1));
    assert_eq!(text.matches("No such file").count(), 1, "{text}");
    assert!(text.contains("none.img"), "{text}");
}
