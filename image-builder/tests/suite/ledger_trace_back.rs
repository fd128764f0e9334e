//! `diff` and `trace-back`: what two ledgers disagree about first, and where a file comes from.

use crate::common::{Bench, stderr, stdout};
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::Ledger;
use firmseed_verify::lineage::Lineage;
use image_builder::ledger::diff::{Difference, DifferenceKind, diff};
use image_builder::ledger::trace_back::{TraceBack, trace_back};
use image_builder::ledger::trace_back_text::Detail;
use image_builder::sha256;

fn parsed(chain: &Chain) -> Ledger {
    Ledger::parse(chain.text().as_bytes(), sha256).unwrap()
}

/// A true ledger against a changed one.
fn compare(change: impl FnOnce(&mut Chain)) -> Difference {
    let mut other = Chain::new();
    change(&mut other);
    diff(&parsed(&Chain::new()), &parsed(&other))
}

fn expect(change: impl FnOnce(&mut Chain), kind: DifferenceKind, entry: Option<u64>, line: &str) {
    let difference = compare(change);
    let first = difference.first.as_ref().unwrap();
    assert_eq!((first.kind, first.entry), (kind, entry), "{}", difference.text());
    assert!(
        !difference.equal && difference.text().contains(line),
        "expected {line:?} in\n{}",
        difference.text()
    );
}

#[test]
fn equal_ledgers_are_equal() {
    let difference = compare(|_| ());
    assert!(difference.equal && difference.first.is_none() && difference.outcome.is_empty());
    assert!(difference.text().starts_with("equal: head "));
}

/// The source of a stage is patched: another image, another run, and the cause has a name.
#[test]
fn a_patched_source_is_named() {
    let mut files = files();
    let source = b"int main(void) { return 1; }\n".to_vec();
    files.iter_mut().find(|(path, _)| *path == "hello.c").unwrap().1 = source;
    let mut other = Chain::of(&files, Policy::Chain);
    // It compiles to something else, and that runs.
    let hello = file("/bin/hello", b"\x7fELF patched");
    other.entry(3).wrote = vec![hello.clone()];
    other.entry(4).program = hello;
    let difference = diff(&parsed(&Chain::new()), &parsed(&other));
    let first = difference.first.as_ref().unwrap();
    assert_eq!((first.kind, first.entry), (DifferenceKind::Input, Some(3)));
    assert_eq!((first.files.len(), first.files[0].path.as_str()), (1, "/hello.c"));
    assert_eq!(difference.outcome, ["/bin/hello"]);
    for line in [
        "first difference: entry 3 (line 29 of A, 29 of B)",
        "process 3, /bin/cc: it read something else",
        "first cause: /hello.c in the image",
        "the runs leave 1 files different: /bin/hello",
    ] {
        assert!(difference.text().contains(line), "expected {line:?} in\n{}", difference.text());
    }
}

/// Who reads the JSON compares these words.
#[test]
fn each_kind_of_difference_has_its_word() {
    use DifferenceKind::*;
    let kinds =
        [Image, Policy, Seed, Process, Program, Arguments, Input, Output, Ending, Length, Status];
    let words = serde_json::to_string(&kinds).unwrap();
    assert_eq!(
        words,
        r#"["image","policy","seed","process","program","arguments","input","output","ending","length","status"]"#
    );
}

#[test]
fn each_difference_has_its_reason() {
    expect(
        |chain| chain.ledger.policy = "open".into(),
        DifferenceKind::Policy,
        None,
        "the policy is chain in A, open in B",
    );
    expect(
        |chain| chain.ledger.seeds[0].text.content.size = 1,
        DifferenceKind::Seed,
        None,
        "the seed /seed/hex0 differs",
    );
    expect(
        |chain| chain.entry(2).process = 9,
        DifferenceKind::Process,
        Some(2),
        "in B it is process 9 (of 1), /seed/hex0",
    );
    expect(
        |chain| chain.entry(4).program = file("/bin/cc", COMPILER),
        DifferenceKind::Program,
        Some(4),
        "written by entry 2",
    );
    expect(
        |chain| chain.entry(3).arguments.push(b"-g".to_vec()),
        DifferenceKind::Arguments,
        Some(3),
        "arguments in B: /bin/cc -g",
    );
    expect(
        |chain| chain.entry(3).wrote[0].content.sha256[0] ^= 1,
        DifferenceKind::Output,
        Some(3),
        "not deterministic",
    );
    expect(
        |chain| chain.entry(4).ending = Ending::Exit(1),
        DifferenceKind::Ending,
        Some(4),
        "`exit 0` in A, with `exit 1` in B",
    );
    expect(|chain| chain.ledger.status = 1, DifferenceKind::Status, None, "status 0 in A, 1 in B");
    expect(
        |chain| chain.ledger.files[0] ^= 1,
        DifferenceKind::Image,
        None,
        "no process read or wrote anything else",
    );
    expect(
        |chain| drop(chain.ledger.entries.pop()),
        DifferenceKind::Length,
        Some(5),
        "B ends after 4 entries with status 0; A goes on",
    );
    expect(
        |chain| chain.entry(2).devices.push(b"/dev/console".to_vec()),
        DifferenceKind::Input,
        Some(2),
        "B /dev/console",
    );
    // An input that another entry made: the files above are equal, so the process chose.
    expect(
        |chain| chain.entry(3).reads[0] = file("/hello.c", COMPILER),
        DifferenceKind::Input,
        Some(3),
        "first cause: entry 3: all above is equal, so the process chose otherwise",
    );
}

fn traced(chain: &Chain, file: &str) -> TraceBack {
    let ledger = parsed(chain);
    trace_back(&Lineage::new(&ledger), file).unwrap()
}

#[test]
fn a_trace_leads_back_to_the_seeds() {
    let trace = traced(&Chain::new(), "/bin/hello");
    let paths: Vec<&str> = trace.origins.iter().map(|origin| origin.file.path.as_str()).collect();
    assert_eq!(paths, ["/bin/hello", "/bin/cc", "/seed/hex0"]);
    let inputs = |place: usize| -> Vec<&str> {
        trace.origins[place].inputs.iter().map(|file| file.path.as_str()).collect()
    };
    assert_eq!((inputs(0), inputs(1), inputs(2)), (vec!["/hello.c"], vec!["/cc.hex0"], vec![]));
    assert_eq!(trace.origins[0].scripts[0].path, "/script");
    assert_eq!(trace.origins[2].seed_text.as_ref().unwrap().path, "/seed.hex0");
    let text = trace.text(Detail::Brief);
    for line in [
        "  by       /bin/cc (",
        "  from     1 text of the image: /hello.c",
        "  told by  1 text: /script",
        "  a seed: the kernel made it from the text /seed.hex0 (381 bytes)",
        "In all: 3 programs and 4 texts (",
    ] {
        assert!(text.contains(line), "expected {line:?} in\n{text}");
    }
}

/// What was made on the way, by which programs; copies; the same file by the beginning of its hash.
#[test]
fn files_between_and_copies_are_named() {
    let mut chain = Chain::new();
    let end = chain.ledger.entries.pop().unwrap();
    let mut assemble = chain.ledger.entries[1].clone();
    (assemble.process, assemble.wrote) = (5, vec![file("/hello.s", b"assembly\n")]);
    let mut link = chain.ledger.entries[2].clone();
    (link.process, link.reads, link.wrote) =
        (6, vec![file("/hello.s", b"assembly\n")], vec![file("/bin/linked", b"\x7fELF linked")]);
    let mut copy = link.clone();
    (copy.process, copy.reads, copy.wrote) =
        (7, link.wrote.clone(), vec![file("/bin/copy", b"\x7fELF linked")]);
    chain.ledger.entries.extend([assemble, link, copy, end]);
    let trace = traced(&chain, "/bin/copy");
    let first = &trace.origins[0];
    assert_eq!(first.writer.as_ref().unwrap().path, "/bin/linked");
    assert_eq!(
        (first.through.len(), first.through[0].runs, first.through[0].files[0].path.as_str()),
        (1, 1, "/hello.s")
    );
    assert_eq!(first.inputs[0].path, "/cc.hex0");
    assert!(
        trace.text(Detail::All).contains("as       /bin/linked (the first file with these bytes)")
    );
    assert_eq!(traced(&chain, &first.file.sha256[..8]).origins[1..], trace.origins[1..]);
    // A text of the image has a short way back.
    assert!(
        traced(&chain, "/hello.c")
            .text(Detail::Brief)
            .contains("a file of the image: nobody wrote it")
    );
}

#[test]
fn lines_of_a_trace_fit_a_screen() {
    let mut chain = Chain::new();
    chain.entry(3).reads = (0..90)
        .map(|n| {
            file(&format!("/source/{n:03}/{}", "x".repeat(n % 40)), format!("{n}\n").as_bytes())
        })
        .collect();
    for detail in [Detail::Brief, Detail::All] {
        let text = traced(&chain, "/bin/hello").text(detail);
        let widest = text.lines().map(str::len).max().unwrap();
        assert!(widest <= 96, "{widest} columns\n{text}");
        assert_eq!(text.contains("(84 more)"), detail == Detail::Brief, "{text}");
        assert_eq!(text.contains("/source/089/"), detail == Detail::All, "{text}");
    }
}

#[test]
fn the_commands_keep_their_exit_codes() {
    let bench = Bench::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(bench.path(name), bytes).unwrap();
    let chain = Chain::new();
    let mut other = chain.clone();
    other.entry(4).ending = Ending::Exit(1);
    write("a.img", &chain.image);
    write("a.ledger", chain.text().as_bytes());
    write("b.ledger", other.text().as_bytes());
    write("cut.ledger", &chain.text().as_bytes()[..300]);
    let verified = stdout(&bench.run(&["verify", "a.img", "a.ledger"]).code(3));
    assert!(verified.lines().last().unwrap().starts_with("consistent: "), "{verified}");
    let json = stdout(&bench.run(&["verify", "--json", "a.img", "cut.ledger"]).code(1));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["verdict"], &json["doubts"][0]["check"]),
        (&"doubt".into(), &"ledger".into())
    );
    let head = verified.lines().find_map(|line| line.strip_prefix("head       ")).unwrap();
    bench.run(&["verify", "a.img", "a.ledger", "--head", head]).success();
    bench
        .run(&["verify", "a.img", "a.ledger", "--head", &head.replace(['a', 'b', 'c'], "0")])
        .code(1);
    bench.run(&["verify", "a.img", "a.ledger", "--head", "abc"]).code(2);
    bench.run(&["verify", "none.img", "a.ledger"]).code(1);
    bench.run(&["diff", "a.ledger", "a.ledger"]).success();
    let difference = stdout(&bench.run(&["diff", "--json", "a.ledger", "b.ledger"]).code(1));
    let difference: serde_json::Value = serde_json::from_str(&difference).unwrap();
    assert_eq!(
        (&difference["first"]["kind"], &difference["first"]["entry"]),
        (&"ending".into(), &4.into())
    );
    assert!(
        stderr(&bench.run(&["diff", "a.ledger", "cut.ledger"]).code(2))
            .contains("cut.ledger: ledger line")
    );
    bench.run(&["diff", "a.ledger", "none"]).code(2);
    assert!(
        stdout(&bench.run(&["trace-back", "a.ledger", "/bin/cc"]).success()).contains("/cc.hex0")
    );
    assert!(
        stderr(&bench.run(&["trace-back", "a.ledger", "/none"]).code(2))
            .contains("the ledger knows no such file")
    );
    let trace = stdout(&bench.run(&["trace-back", "--json", "a.ledger", "/bin/cc"]).success());
    let trace: serde_json::Value = serde_json::from_str(&trace).unwrap();
    assert_eq!(trace["chapters"][0]["writer"]["entry"], 2);
}
