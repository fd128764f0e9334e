//! The page of `report`: complete, the same each time, and nothing in it that the inputs could turn into markup.

use crate::common::{Bench, stderr, stdout};
use crate::ledger_common::{COMPILER, Chain, HELLO, SOURCE, entry, file, files};
use firmseed_formats::image::Policy;
use firmseed_formats::ledger::format::Ending;
use firmseed_formats::ledger::parse::{File, Ledger};
use firmseed_formats::sha256::Hex;
use image_builder::report::{Request, report};
use image_builder::sha256;
use std::collections::HashSet;
use std::fs;

/// The page of this chain.
fn page(chain: &Chain) -> String {
    page_with(chain, None, None)
}

fn page_with(chain: &Chain, counters: Option<&str>, instructions: Option<&str>) -> String {
    let ledger = chain.text();
    let request = Request {
        image: &chain.image,
        ledger: ledger.as_bytes(),
        counters,
        instructions,
        artifacts: None,
        heads: &[],
        earlier: None,
    };
    report(&request).unwrap().page
}

/// What stands between `before` and `after`, each time.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    let parts = page.split(before).skip(1);
    parts.map(|part| part.split(after).next().unwrap()).collect()
}

/// The image of [`files`] with one file more or another content.
fn with_file(path: &'static str, content: &[u8]) -> Chain {
    let mut files = files();
    files.retain(|(known, _)| *known != path);
    files.push((path, content.to_vec()));
    files.sort();
    Chain::of(&files, Policy::Chain)
}

#[test]
fn the_same_inputs_give_the_same_page() {
    let chain = Chain::new();
    // Each table of hashes has its own order: if one reached the page, two pages would differ.
    let pages: HashSet<String> = (0..8).map(|_| page(&chain)).collect();
    assert_eq!(pages.len(), 1);
}

#[test]
fn the_page_tells_everything() {
    let mut chain = Chain::new();
    chain.entry(3).cwd = b"/some where".to_vec();
    let page = page(&chain);
    assert!(page.contains("<h1>Consistent</h1>"), "{}", &page[..3000]);
    let ledger = Ledger::parse(chain.text().as_bytes(), sha256).unwrap();
    let mut facts = vec![
        Hex(&ledger.head).to_string(),
        Hex(&ledger.files).to_string(),
        Hex(&sha256(&chain.image)).to_string(),
    ];
    for entry in &ledger.entries {
        facts.push(Hex(&entry.chain).to_string());
        for file in entry.reads.iter().chain(&entry.wrote).chain([&entry.program]) {
            facts.push(Hex(&file.content.sha256).to_string());
            facts.push(String::from_utf8(file.path.clone()).unwrap());
        }
    }
    facts.push("<dd>/some where</dd>".into());
    facts.push(String::from_utf8(SOURCE.to_vec()).unwrap());
    for fact in facts {
        assert!(page.contains(&fact), "{fact} is not in the page");
    }
    // A card for the seed and for each program, a sheet for each text that made one.
    assert_eq!(page.matches(r#"<a class="card"#).count(), 3);
    assert_eq!(page.matches(r#"<a class="sheet"#).count(), 3);
    for (path, text) in [("hello.c", "hello.c"), ("cc.hex0", "cc.hex0")] {
        assert_eq!(
            page.matches(&format!("<summary><b>/{path}</b>")).count(),
            1,
            "{text} stands there once"
        );
    }
    assert!(!page.contains("<summary><b>/source.tar.gz"), "what is no text is not shown as one");
}

#[test]
fn every_link_leads_somewhere() {
    let page = page(&Chain::new());
    let ids = between(&page, " id=\"", "\"");
    let unique: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    let links = between(&page, "href=\"", "\"");
    assert!(links.len() > 20);
    for link in links {
        let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leaves the page"));
        assert!(unique.contains(target), "nothing has the id {target}");
    }
}

/// `true` in front of what would have to be escaped.
const HOSTILE: &str =
    "</pre></title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;";

#[test]
fn names_arguments_and_texts_cannot_become_markup() {
    let mut chain = with_file("hello.c", HOSTILE.as_bytes());
    chain.entry(3).arguments.push(HOSTILE.as_bytes().to_vec());
    chain.entry(3).cwd = format!("/{HOSTILE}").into_bytes();
    chain.entry(3).devices.push(format!("/dev/{HOSTILE}").into_bytes());
    let hostile = file(&format!("/{HOSTILE}"), HELLO);
    chain.entry(3).wrote.push(hostile.clone());
    chain.entry(4).program = hostile;
    let page = page(&chain);
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    assert_eq!(page.matches("<img").count(), 0);
    assert_eq!(page.matches("</style").count(), 1);
    assert_eq!(page.matches("</title").count(), page.matches("<title").count());
    assert_eq!(page.matches("</pre>").count(), page.matches("<pre ").count());
    let inside = "&lt;/pre&gt;&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&quot;'&amp;amp;";
    // The text, the argument in the command line and by itself, the directory, the device, names.
    assert!(page.matches(inside).count() >= 6, "{}", page.matches(inside).count());
}

#[test]
fn texts_cannot_hide_or_turn_around() {
    let chain = with_file(
        "hello.c",
        "int a; /* \u{202e} } \u{2066}if (b)\u{2069} */ \u{feff}\u{85}\u{200b}é\n".as_bytes(),
    );
    let mut chain = chain;
    chain.entry(3).arguments.push("x\u{202e}y".as_bytes().to_vec());
    let page = page(&chain);
    for hidden in ['\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{85}', '\u{200b}'] {
        assert!(!page.contains(hidden), "U+{:04X} is in the page", u32::from(hidden));
    }
    for shown in [
        "\u{27e8}U+202E\u{27e9} } \u{27e8}U+2066\u{27e9}if (b)",
        "\u{27e8}U+FEFF\u{27e9}",
        "é",
        "x%E2%80%AEy",
    ] {
        assert!(page.contains(shown), "{shown} is not in the page");
    }
}

#[test]
fn nothing_is_loaded_and_no_other_script_may_run() {
    let page = page(&Chain::new());
    let style = between(&page, "<style>", "</style>");
    let script = between(&page, "<script>", "</script>");
    assert_eq!((style.len(), script.len()), (1, 1));
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let allowed = |text: &str| format!("'sha256-{}'", base64(&sha256(text.as_bytes())));
    let expected = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        allowed(style[0]),
        allowed(script[0])
    );
    assert_eq!(policy, [expected]);
    for loader in [
        " src=",
        "<link",
        "@import",
        "<iframe",
        "<object",
        "<embed",
        "<base",
        " style=",
        " onclick=",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(!page.contains(loader), "{loader} is in the page");
    }
    for target in between(&page, "url(", ")") {
        assert!(target.starts_with('#'), "url({target})");
    }
    // Names of formats only.
    for address in between(&page, "http", "\"") {
        assert!(
            address == "://www.w3.org/2000/svg" || address.starts_with("-equiv"),
            "http{address}"
        );
    }
}

/// By the system's tool, so that the page's own encoder is not its own judge.
fn base64(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, bytes).unwrap();
    let output = std::process::Command::new("base64").arg("-w0").arg(file.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lines_of_code_are_counted() {
    let text = "/* a comment\n   of two lines */ int x; // and\n\n// another\n#define A \\\n  1\nchar *s = \"/* // \\\" \";\nint c = '\"'; /* and\n more */\n  /* */  \n/**/int d;";
    let page = page(&with_file("hello.c", text.as_bytes()));
    // int x, #define (with its second line), char, int c, int d.
    assert!(
        page.contains("11 lines, 5 of code"),
        "{:?}",
        between(&page, "<summary><b>/hello.c</b>", "</summary>")
    );
    let page = self::page(&with_file("cc.hex0", b"# a comment\n00 ; byte\n\n  \n01 # byte\n"));
    assert!(
        page.contains("5 lines, 2 of code"),
        "{:?}",
        between(&page, "<summary><b>/cc.hex0</b>", "</summary>")
    );
}

#[test]
fn a_text_without_end_is_named_by_its_hash() {
    let long = vec![b'\n'; 3_600_000];
    let page = page(&with_file("hello.c", &long));
    assert!(page.len() < 1_000_000);
    assert!(page.contains(&Hex(&sha256(&long)).to_string()));
    assert!(page.contains("3,600,000 lines, 0 of code"));
}

#[test]
fn costs_are_sums_over_processes() {
    let line = |entry: usize, process: usize, total: u64| {
        format!(
            "entry {entry} process {process} syscalls {total} faults 1 peak-pages {} time-ns {}\n",
            10 - entry,
            total * 1_000_000
        )
    };
    // Process 1 has two entries; its second line has the totals of both.
    let counters: String =
        [line(1, 1, 10), line(2, 2, 1000), line(3, 3, 5), line(4, 4, 7), line(5, 1, 25)].concat();
    let chain = Chain::new();
    let page = page_with(&chain, Some(&counters), None);
    let total = between(&page, "<tfoot>", "</tfoot>");
    assert!(total[0].contains(">1.04 s<") && total[0].contains(">1,037<"), "{total:?}");
    assert!(page.contains(">1,025<"), "the seed, in processes 1 and 2");
    assert!(!page.contains("<th colspan=\"2\">Instructions</th>"));
    let instructions = counters.replace("000000\n", "\n");
    let page = page_with(&chain, Some(&counters), Some(&instructions));
    assert!(page.contains("<th colspan=\"2\">Instructions</th>"));
    for (broken, message) in [
        (counters.replace("entry 3", "entry 4"), "counters line 3: expected entry N process N"),
        (
            counters.replace("entry 5 process 1 syscalls 25", "entry 5 process 1 syscalls 9"),
            "counters line 5: expected totals that do not fall",
        ),
        (line(1, 1, 10), "the counters are of another run: 1 lines for the ledger's 5 entries"),
    ] {
        let ledger = chain.text();
        let request = Request {
            image: &chain.image,
            ledger: ledger.as_bytes(),
            counters: Some(&broken),
            instructions: None,
            artifacts: None,
            heads: &[],
            earlier: None,
        };
        let error = report(&request).err().expect("a complaint").to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_copy_is_no_new_thing() {
    let mut chain = Chain::new();
    let copied = file("/bin/copy", COMPILER);
    let mut copy = entry(2, 1, file("/bin/hello", HELLO), Ending::Exit(0));
    copy.reads.push(file("/bin/cc", COMPILER));
    copy.wrote.push(copied);
    // After the compiler has compiled the program that copies it.
    copy.process = 5;
    chain.ledger.entries.insert(4, copy);
    let page = page(&chain);
    assert_eq!(page.matches(r#"<a class="card"#).count(), 3);
    assert!(page.contains("copied to /bin/copy"));
    // Made a second time from text, the same bytes are a thing of their own.
    let mut chain = Chain::new();
    let mut again = chain.entry(2).clone();
    again.process = 5;
    again.wrote[0].path = b"/bin/again".to_vec();
    chain.ledger.entries.insert(4, again);
    let page = self::page(&chain);
    assert!(page.contains("\u{2261} /bin/cc"), "the same bytes, made again");
}

#[test]
fn two_roads_to_the_same_bytes_stand_side_by_side() {
    let section = |chain: &Chain| {
        let page = page(chain);
        let mut found = between(&page, r#"<section id="roads">"#, "</section>");
        found.pop().map(str::to_owned)
    };
    assert_eq!(section(&Chain::new()), None, "one road only");
    // The compiler compiles itself, and the program again: the road goes on, it is no other one.
    let source = ("cc.c", b"int cc;\n".to_vec());
    let other = ("other.c", b"int other;\n".to_vec());
    let all: Vec<_> = files().into_iter().chain([source, other]).collect();
    let text =
        |place: usize| file(&format!("/{}", all[all.len() - place].0), &all[all.len() - place].1);
    let compiles = |process: u32, program: File, from: &[File], made: File| {
        let mut entry = entry(process, 1, program, Ending::Exit(0));
        (entry.reads, entry.wrote) = (from.to_vec(), vec![made]);
        entry
    };
    let hello = file("/hello.c", SOURCE);
    let with_itself = |chain: &mut Chain, second_reads: &[File]| {
        let first = file("/bin/cc-one", b"\x7fELF one");
        let second = file("/bin/cc-two", b"\x7fELF two");
        let entries = [
            compiles(5, file("/bin/cc", COMPILER), &[text(2)], first.clone()),
            compiles(
                6,
                first.clone(),
                std::slice::from_ref(&hello),
                file("/by-one", b"\x7fELF by"),
            ),
            compiles(7, first, second_reads, second.clone()),
            compiles(8, second, std::slice::from_ref(&hello), file("/by-two", b"\x7fELF by")),
            entry(9, 1, file("/by-one", b"\x7fELF by"), Ending::Exit(0)),
        ];
        for entry in entries.into_iter().rev() {
            chain.ledger.entries.insert(4, entry);
        }
    };
    let mut chain = Chain::of(&all, Policy::Chain);
    with_itself(&mut chain, &[text(2)]);
    assert_eq!(section(&chain), None, "the compiler built again");
    // Another compiler, of another text, makes the same bytes.
    let mut chain = Chain::of(&all, Policy::Chain);
    with_itself(&mut chain, &[text(1)]);
    let section = section(&chain).expect("two roads");
    let roads = between(&section, "<ol>", "</ol>");
    let names = |road: &str| {
        let links = between(road, "<a href=", "</a>").into_iter();
        links.map(|link| link.split('>').next_back().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roads.len(), 2, "{section}");
    assert_eq!(names(roads[0]), ["/seed/hex0", "/bin/cc", "/bin/cc-one", "/by-one"]);
    assert_eq!(names(roads[1]), ["/bin/cc-one", "/bin/cc-two", "/by-two"]);
    assert!(section.contains("with 1 file of the image"), "{section}");
}

#[test]
fn a_ledger_in_doubt_gets_a_page_that_says_so() {
    let bench = Bench::new();
    let mut chain = Chain::new();
    chain.entry(3).program = file("/smuggled", crate::ledger_common::SMUGGLED);
    fs::write(bench.path("a.img"), &chain.image).unwrap();
    fs::write(bench.path("ledger"), chain.text()).unwrap();
    let run = bench.run(&["report", "a.img", "ledger", "-o", "page.html"]).code(1);
    assert!(stderr(&run).contains("/smuggled"), "{}", stderr(&run));
    let page = fs::read_to_string(bench.path("page.html")).unwrap();
    assert!(page.contains("<h1>In doubt</h1>") && !page.contains("Verified"));
    let doubts = between(&page, "<ol class=\"doubts\">", "</ol>");
    assert!(doubts[0].contains("/smuggled"), "{doubts:?}");
}

#[test]
fn the_command_writes_a_page_or_says_why_not() {
    let bench = Bench::new();
    let chain = Chain::new();
    fs::write(bench.path("a.img"), &chain.image).unwrap();
    fs::write(bench.path("ledger"), chain.text()).unwrap();
    let done = bench.run(&["report", "a.img", "ledger"]).success();
    assert!(
        stdout(&done).starts_with("report.html: ") && stdout(&done).contains("consistent"),
        "{}",
        stdout(&done)
    );
    assert_eq!(fs::read_to_string(bench.path("report.html")).unwrap(), page(&chain));
    let head = Ledger::parse(chain.text().as_bytes(), sha256).unwrap().head;
    let head = Hex(&head).to_string();
    bench.run(&["report", "a.img", "ledger", "--head", &head, "-o", "known.html"]).success();
    assert!(
        !fs::read_to_string(bench.path("known.html"))
            .unwrap()
            .contains("compare it with your console")
    );
    let other = "0".repeat(64);
    bench.run(&["report", "a.img", "ledger", "--head", &other]).code(1);
    let refused = bench.run(&["report", "a.img", "ledger", "--head", "12"]).code(2);
    assert!(stderr(&refused).contains("64 lower-case hex digits"));

    fs::write(bench.path("cut"), &chain.text()[..400]).unwrap();
    let refused = bench.run(&["report", "a.img", "cut", "-o", "none.html"]).code(1);
    assert!(stderr(&refused).contains("cut: ledger line "), "{}", stderr(&refused));
    let refused = bench.run(&["report", "ledger", "ledger", "-o", "none.html"]).code(1);
    assert!(stderr(&refused).contains("ledger and ledger: "), "{}", stderr(&refused));
    let refused = bench.run(&["report", "a.img", "nowhere", "-o", "none.html"]).code(1);
    assert!(stderr(&refused).contains("cannot read nowhere"), "{}", stderr(&refused));
    assert!(!bench.path("none.html").exists());
}

#[test]
fn texts_that_the_run_unpacked_come_from_the_artifacts() {
    let bench = Bench::new();
    let mut chain = Chain::new();
    let unpacked = b"int unpacked(void);\n";
    let text = file("/build/unpacked.h", unpacked);
    let tarball = files().into_iter().find(|(path, _)| path.ends_with("gz")).unwrap().1;
    let mut unpack = entry(5, 1, file("/bin/hello", HELLO), Ending::Exit(0));
    unpack.reads.push(file("/source.tar.gz", &tarball));
    unpack.wrote.push(text.clone());
    let mut compile = entry(6, 1, file("/bin/cc", COMPILER), Ending::Exit(0));
    compile.reads.push(text);
    chain.ledger.entries.splice(4..4, [unpack, compile]);
    assert!(!page(&chain).contains("int unpacked"));
    fs::create_dir(bench.path("out")).unwrap();
    fs::write(bench.path("out/other-name"), unpacked).unwrap();
    fs::write(bench.path("a.img"), &chain.image).unwrap();
    fs::write(bench.path("ledger"), chain.text()).unwrap();
    bench.run(&["report", "a.img", "ledger", "--artifacts", "out"]).success();
    let page = fs::read_to_string(bench.path("report.html")).unwrap();
    assert!(page.contains("int unpacked(void);"));
}
