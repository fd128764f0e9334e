//! Runs that continue others: what an earlier run made of text may run, nothing else that its image holds.

use crate::common::{self, Bench};
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::{Entry, File, Ledger, SeedRecord};
use firmseed_verify::image::{Earlier, Image};
use image_builder::ledger::diff::{DifferenceKind, diff};
use image_builder::ledger::provenance::provenance;
use image_builder::ledger::verdict::{Request, verify};
use image_builder::sha256;

/// A text that a program of the image wrote in the earlier run: hex digits are as good as machine code.
const TAINTED: &[u8] = b"7f 45 4c 46 # whoever wrote this\n";
/// What hex0 makes of it.
const POISON: &[u8] = b"\x7fELF poison";

fn outcome(chain: &Chain, earlier: Option<&Earlier>) -> Earlier {
    let text = chain.text();
    let request = Request {
        image: &chain.image,
        ledger: text.as_bytes(),
        artifacts: None,
        heads: &[],
        earlier,
    };
    verify(&request).unwrap().outcome.unwrap()
}

/// A run of an image with `files`, in which the first of them is process 1, and does what the entry says.
fn next(head: [u8; 32], files: &[(&str, Vec<u8>)], reads: &[File], wrote: &[File]) -> Chain {
    let image = image_with(files, &[], |settings| {
        settings.init = format!("/{}", files[0].0).into_bytes();
        settings.arguments = Vec::new();
        settings.policy = Policy::Open;
        settings.continues = Some(head);
        settings.seeds = Vec::new();
    });
    let init = file(&format!("/{}", files[0].0), &files[0].1);
    let index = image_builder::layout::open(&image).unwrap();
    let ledger = Ledger {
        files: index.tar.sha256,
        init: init.path.clone(),
        arguments: Vec::new(),
        environment: Vec::new(),
        cwd: b"/".to_vec(),
        policy: "open".into(),
        continues: Some(head),
        seeds: Vec::new(),
        entries: vec![Entry {
            reads: reads.to_vec(),
            wrote: wrote.to_vec(),
            ..entry(1, 0, init, Ending::Exit(0))
        }],
        status: 0,
        head: [0; 32],
        kernel: Image::open(&image).unwrap().kernel,
    };
    Chain { image, ledger }
}

fn verdict(chain: &Chain, earlier: Option<&Earlier>) -> (Vec<String>, String) {
    let text = chain.text();
    let request = Request {
        image: &chain.image,
        ledger: text.as_bytes(),
        artifacts: None,
        heads: &[],
        earlier,
    };
    let verdict = verify(&request).unwrap().verdict;
    let doubts = verdict.findings.iter().map(ToString::to_string);
    (doubts.collect(), verdict.last_line())
}

/// The example run, `hello` of which the image of the next run holds.
fn continued() -> (Earlier, Chain) {
    let earlier = outcome(&Chain::new(), None);
    let chain = next(earlier.head, &[("bin/hello", HELLO.to_vec())], &[], &[]);
    (earlier, chain)
}

#[test]
fn what_an_earlier_run_made_of_text_derives_from_text() {
    let (earlier, chain) = continued();
    let (doubts, text) = verdict(&chain, Some(&earlier));
    assert_eq!(doubts, [""; 0]);
    let head = firmseed_formats::sha256::Hex(&earlier.head).to_string();
    let expected = format!(
        "consistent: 1 entry; all 1 program derive from text, 1 of them made in the run with the head {}; ",
        &head[..16]
    );
    assert!(text.starts_with(&expected), "{text}");
}

/// Whoever makes up an earlier ledger has its head in the image, and the new machine shows a head of its own all the
/// same: `verified` is said when the head of each run is known.
#[test]
fn a_run_is_verified_by_the_heads_of_all_that_it_continues() {
    let (earlier, second) = continued();
    let then = outcome(&second, Some(&earlier));
    let third = next(then.head, &[("bin/hello", HELLO.to_vec())], &[], &[]);
    let text = third.text();
    let own = Ledger::parse(text.as_bytes(), sha256).unwrap().head;
    let told = |heads: &[[u8; 32]]| {
        let (image, ledger) = (&third.image[..], text.as_bytes());
        let request = Request { image, ledger, artifacts: None, heads, earlier: Some(&then) };
        let verdict = verify(&request).unwrap().verdict;
        let last = verdict.last_line();
        (verdict.verdict, last.rsplit("; ").next().unwrap().to_owned(), verdict.heads_not_compared)
    };
    let hex = |head: &[u8; 32]| firmseed_formats::sha256::Hex(head).to_string();
    let all = [earlier.head, then.head, own];
    assert_eq!(told(&all), ("verified", "the heads are those that you gave".into(), vec![]));
    for missing in 0..3 {
        let mut given = all.to_vec();
        let missing = given.remove(missing);
        let why = match missing == own {
            true => "NOT verified: no --head was given to compare with the console's",
            false => "NOT verified: no --head was given of each run that it continues",
        };
        assert_eq!(told(&given), ("consistent", why.into(), vec![hex(&missing)]));
    }
    let stranger = [earlier.head, then.head, own, [7; 32]];
    assert_eq!(told(&stranger).0, "doubt");
}

#[test]
fn without_the_earlier_run_nothing_is_believed() {
    let (_, chain) = continued();
    let (doubts, _) = verdict(&chain, None);
    assert!(doubts[0].contains("and no run was given to be continued (--from)"), "{doubts:#?}");
    assert!(doubts[1].contains("does not derive from text"), "{doubts:#?}");
}

#[test]
fn another_earlier_run_is_refused() {
    let (_, chain) = continued();
    let mut other = Chain::new();
    other.entry(4).arguments.push(b"-v".to_vec());
    let (doubts, _) = verdict(&chain, Some(&outcome(&other, None)));
    assert_only(&doubts, "was given to be continued (--from)");
}

#[test]
fn a_ledger_must_name_the_run_that_its_image_continues() {
    let (earlier, mut chain) = continued();
    chain.ledger.continues = None;
    let (doubts, _) = verdict(&chain, Some(&earlier));
    assert_only(&doubts, "the ledger continues no run");
}

#[test]
fn machine_code_that_no_earlier_run_made_is_a_doubt_though_the_policy_is_open() {
    let earlier = outcome(&Chain::new(), None);
    let chain = next(earlier.head, &[("bin/hello", program("other"))], &[], &[]);
    let (doubts, _) = verdict(&chain, Some(&earlier));
    assert_only(&doubts, "does not derive from text");
}

#[test]
fn a_text_that_a_tainted_process_wrote_is_no_text_of_the_next_image() {
    let mut first = Chain::of(&files(), Policy::Open);
    let smuggled = file("/smuggled", SMUGGLED);
    let tainted = file("/tainted.hex0", TAINTED);
    first.ledger.entries.insert(
        4,
        Entry { wrote: vec![tainted.clone()], ..entry(5, 1, smuggled, Ending::Exit(0)) },
    );
    let earlier = outcome(&first, None);
    let files = [("bin/hello", HELLO.to_vec()), ("tainted.hex0", TAINTED.to_vec())];
    let poison = file("/bin/poison", POISON);
    let mut second = next(earlier.head, &files, &[tainted], std::slice::from_ref(&poison));
    second.ledger.entries[0].ending = Ending::GoesOn;
    let last = second.ledger.entries[0].clone();
    second.ledger.entries.extend([
        entry(2, 1, poison, Ending::Exit(0)),
        Entry { reads: Vec::new(), wrote: Vec::new(), ending: Ending::Exit(0), ..last },
    ]);
    let (doubts, _) = verdict(&second, Some(&earlier));
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.contains("/bin/poison")
                && doubt.contains("does not derive from text")),
        "{doubts:#?}"
    );
}

/// The kernel decodes a seed's text itself: no process reads it, so no line `read` taints anybody.
#[test]
fn a_seed_whose_text_a_tainted_process_wrote_does_not_derive_from_text() {
    let seed = file("/bin/poison", &program("other"));
    let text = common::hex0_text(&program("other")) + "# whoever wrote this\n";
    let tainted = file("/tainted.hex0", text.as_bytes());
    let run = |writer: File| {
        let mut first = Chain::of(&files(), Policy::Open);
        let wrote = vec![tainted.clone()];
        first.ledger.entries.insert(4, Entry { wrote, ..entry(5, 1, writer, Ending::Exit(0)) });
        let earlier = outcome(&first, None);
        let image = image_with(&[("tainted.hex0", text.clone().into_bytes())], &[], |settings| {
            settings.init = seed.path.clone();
            settings.arguments = Vec::new();
            settings.continues = Some(earlier.head);
            settings.seeds = vec![(tainted.path.clone(), seed.path.clone())];
        });
        let index = image_builder::layout::open(&image).unwrap();
        let ledger = Ledger {
            files: index.tar.sha256,
            init: seed.path.clone(),
            arguments: Vec::new(),
            continues: Some(earlier.head),
            seeds: vec![SeedRecord { program: seed.clone(), text: tainted.clone() }],
            entries: vec![entry(1, 0, seed.clone(), Ending::Exit(0))],
            kernel: Image::open(&image).unwrap().kernel,
            ..Chain::new().ledger
        };
        verdict(&Chain { image, ledger }, Some(&earlier)).0
    };
    assert_eq!(run(file("/bin/cc", COMPILER)), [""; 0]);
    let doubts = run(file("/smuggled", SMUGGLED));
    assert!(
        matches!(&doubts[..], [doubt] if doubt.contains("/bin/poison")
            && doubt.contains("does not derive from text")),
        "{doubts:#?}"
    );
}

/// The same through files and commands: what a third run may use of the first.
#[test]
fn build_takes_the_files_of_a_verified_run_and_refuses_those_of_another() {
    let bench = Bench::new();
    let first = Chain::new();
    let write = |name: &str, bytes: &[u8]| {
        let path = bench.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("first.img", &first.image);
    write("out/firmseed.ledger", first.text().as_bytes());
    write("out/bin/cc", COMPILER);
    write("out/bin/hello", HELLO);
    for name in ["out/bin/cc", "out/bin/hello"] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(bench.path(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let arguments = [
        "build",
        "--from",
        "first.img",
        "out",
        "--policy",
        "open",
        "--init",
        "/bin/hello",
        "--kernel",
        "kernel",
        "-o",
        "next.img",
    ];
    bench.run(&arguments).success();
    let image = std::fs::read(bench.path("next.img")).unwrap();
    let opened = Image::open(&image).unwrap();
    let head = Ledger::parse(first.text().as_bytes(), sha256).unwrap().head;
    assert_eq!(opened.index.continues, Some(head));
    for (path, bytes) in [("/bin/hello", HELLO), ("/cc.hex0", COMPILER_TEXT)] {
        assert_eq!(opened.at(path.as_bytes()).unwrap().1, bytes);
    }
    for gone in ["/SHA256SUMS", "/firmseed.ledger"] {
        assert!(opened.at(gone.as_bytes()).is_none(), "{gone}");
    }
    let mut alone = arguments;
    alone[3] = "out/firmseed.ledger";
    let text = common::stderr(&bench.run(&alone).failure());
    assert!(text.contains("a ledger alone: to be continued, a run needs the folder"), "{text}");
    write("out/bin/hello", COMPILER);
    let refused = bench.run(&arguments).failure();
    let text = common::stderr(&refused);
    assert!(text.contains("such a run cannot be continued: artifacts: /bin/hello"), "{text}");
}

/// The image's folder `old` has become a link in the run: what was below it is gone.
#[test]
fn what_is_another_kind_of_thing_after_the_run_is_that_in_the_next_image() {
    let bench = Bench::new();
    let mut files = files();
    files.push(("old/below", b"text\n".to_vec()));
    let first = Chain::of(&files, Policy::Chain);
    std::fs::write(bench.path("first.img"), &first.image).unwrap();
    std::fs::create_dir_all(bench.path("out/bin")).unwrap();
    std::fs::write(bench.path("out/firmseed.ledger"), first.text()).unwrap();
    std::fs::write(bench.path("out/bin/hello"), HELLO).unwrap();
    use std::os::unix::fs::PermissionsExt;
    let executable = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bench.path("out/bin/hello"), executable).unwrap();
    std::os::unix::fs::symlink("bin", bench.path("out/old")).unwrap();
    let next = ["--policy", "open", "--init", "/bin/hello", "--kernel", "kernel", "-o", "next.img"];
    bench.run(&[&["build", "--from", "first.img", "out"][..], &next].concat()).success();
    let image = std::fs::read(bench.path("next.img")).unwrap();
    assert!(Image::open(&image).unwrap().at(b"/old/below").is_none());
}

/// A program that no run has made.
fn program(name: &str) -> Vec<u8> {
    [HELLO, name.as_bytes()].concat()
}

/// What is made in a run that continues another rests on that one too.
#[test]
fn the_provenance_names_the_earlier_run() {
    let earlier = outcome(&Chain::new(), None);
    let out = file("/out", b"made\n");
    let files = [("bin/hello", HELLO.to_vec())];
    let chain = next(earlier.head, &files, &[], std::slice::from_ref(&out));
    let (text, names) = (chain.text(), ["next.img", "firmseed.ledger"]);
    let of = ["/out".to_owned()];
    let statement =
        provenance(&chain.image, text.as_bytes(), names, &of, &[], Some(&earlier)).unwrap();
    let statement = serde_json::to_value(&statement).unwrap();
    let named = &statement["predicate"]["buildDefinition"]["externalParameters"]["continues"];
    assert_eq!(*named, firmseed_formats::sha256::Hex(&earlier.head).to_string());
}

/// The same files, left by two runs: nothing else differs in the ledgers.
#[test]
fn ledgers_of_runs_that_continue_others_differ_there() {
    let (_, chain) = continued();
    let mut other = chain.ledger.clone();
    other.continues = Some([7; 32]);
    other.head = [1; 32];
    let difference = diff(&chain.ledger, &other).first.unwrap();
    assert_eq!(difference.kind, DifferenceKind::Continues);
    assert!(difference.text[0].ends_with("B the run with the head 070707070707"), "{difference:?}");
}
