//! Ports: their tarballs found, verified and kept; their files and calls in an image.

use crate::common::{Bench, stderr, stdout};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The file `source.tar` of the tests, and `sha256sum` of it.
const CONTENT: &str = "a tarball\n";
const HASH: &str = "74b2f12c9a55eb6316302eb2d99bb34c617c890b8c30661345a3c77c5b508a53";

/// A bench with the port `ports/one`, whose [source] has these further lines, and a cache of its own.
fn bench(source: &str) -> Bench {
    let bench = Bench::new();
    let port = bench.path("ports/one");
    fs::create_dir_all(port.join("src")).unwrap();
    let pin = format!("[source]\nfile = \"source.tar\"\nsha256 = \"{HASH}\"\n{source}");
    let text = format!("name = \"one\"\nversion = \"1.0\"\n{pin}");
    fs::write(port.join("port.toml"), text).unwrap();
    fs::write(port.join("build.kaem"), "echo built\n").unwrap();
    fs::write(port.join("src/a.c"), "int a;\n").unwrap();
    fs::write(bench.path("tree/chain"), "/bin/tcc\n/bin/kaem /ports/run.kaem\n").unwrap();
    bench
}

fn put(bench: &Bench, folder: &str, content: &str) {
    fs::create_dir_all(bench.path(folder)).unwrap();
    fs::write(bench.path(folder).join("source.tar"), content).unwrap();
}

fn script(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The command with a PATH that has nothing but the folder `tools`.
fn with_tools(bench: &Bench, arguments: &[&str]) -> assert_cmd::assert::Assert {
    fs::create_dir_all(bench.path("tools")).unwrap();
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_image-builder"))
        .current_dir(&bench.folder)
        .env("PATH", bench.path("tools"))
        .args(arguments)
        .assert()
}

const SOURCES: [&str; 3] = ["sources", "--cache", "cache"];

#[test]
fn a_named_folder_fills_the_cache_once() {
    let bench = bench("size = 10\n");
    let nothing = bench.run(&SOURCES).code(1);
    let text = stderr(&nothing);
    assert!(
        text.contains("not in ports/one")
            && text.contains("not in the cache")
            && text.contains("--sources DIR"),
        "{text}"
    );
    put(&bench, "downloads", CONTENT);
    let kept = format!("cache/ports/{HASH}/source.tar");
    let line = format!("{HASH}  {kept}\n");
    let run = bench.run(&[&SOURCES[..], &["--sources", "downloads"]].concat());
    assert_eq!(stdout(&run.success()), line);
    fs::remove_dir_all(bench.path("downloads")).unwrap();
    assert_eq!(stdout(&bench.run(&[&SOURCES[..], &["--offline", "one"]].concat()).success()), line);
    // By its folder, from elsewhere.
    let run = bench.run(&[&SOURCES[..], &["--ports", "none", "ports/one"]].concat());
    assert_eq!(stdout(&run.success()), line);
    // The environment names the cache too.
    let other = assert_cmd::Command::new(env!("CARGO_BIN_EXE_image-builder"))
        .current_dir(&bench.folder)
        .env("FIRMSEED_CACHE", "cache")
        .arg("sources")
        .assert();
    assert_eq!(stdout(&other.success()), line);
}

#[test]
fn a_wrong_file_is_refused_with_both_hashes() {
    for place in ["downloads", "ports/one", &format!("cache/ports/{HASH}")] {
        let bench = bench("");
        put(&bench, place, "another tarball\n");
        let other = image_builder::sha256(b"another tarball\n");
        let other = firmseed_formats::sha256::Hex(&other).to_string();
        let refused = bench.run(&[&SOURCES[..], &["--sources", "downloads"]].concat());
        let text = stderr(&refused.code(1));
        let named = text.contains(&format!("{place}/source.tar is not the file"));
        assert!(named && text.contains(HASH) && text.contains(&other), "{place}: {text}");
        // Nothing wrong gets into the cache.
        let kept = bench.path(&format!("cache/ports/{HASH}/source.tar"));
        assert_eq!(kept.exists(), place.starts_with("cache"));
    }
    let bench = bench("size = 11\n");
    put(&bench, "ports/one", CONTENT);
    assert!(stderr(&bench.run(&SOURCES).code(1)).contains("size = 11"));
}

#[test]
fn debian_is_asked_by_way_of_the_projects_setup() {
    let bench = bench("debian = \"one-source\"\n");
    let setup = bench.path("qemu/setup");
    script(
        setup.clone(),
        "[ \"$*\" = '--source one-source' ] || exit 9\n\
         echo \"fetching into $FIRMSEED_CACHE\" >&2\necho \"$PWD/downloads\"",
    );
    put(&bench, "downloads", CONTENT);
    let offline = bench.run(&[&SOURCES[..], &["--offline"]].concat()).code(1);
    assert!(stderr(&offline).contains("not fetched: --offline"));
    let fetched = bench.run(&SOURCES).success();
    assert!(stderr(&fetched).contains("fetching into cache"));
    // From now on the cache has it.
    script(setup.clone(), "exit 9");
    assert_eq!(stdout(&bench.run(&SOURCES).success()), stdout(&fetched));
    fs::remove_dir_all(bench.path("cache")).unwrap();
    assert!(stderr(&bench.run(&SOURCES).code(1)).contains("exit status: 9"));
    // A package without the file, and one with another file of that name.
    script(setup.clone(), "echo /nowhere");
    assert!(stderr(&bench.run(&SOURCES).code(1)).contains("it has no source.tar"));
    script(setup, "echo \"$PWD/downloads\"");
    put(&bench, "downloads", "changed\n");
    assert!(stderr(&bench.run(&SOURCES).code(1)).contains("found sha256"));
}

#[test]
fn upstream_is_asked_by_curl_with_https_alone() {
    let bench = bench("size = 10\nurl = \"https://upstream.example/source.tar\"\n");
    put(&bench, "downloads", CONTENT);
    let none = with_tools(&bench, &SOURCES).code(1);
    assert!(stderr(&none).contains("curl is not here"));
    // Its last argument is the address; the file comes on standard output.
    let curl = bench.path("tools/curl");
    let fetch = format!(
        "echo \"$*\" >{0}/words\nfor a; do u=$a; done\n[ \"$u\" = https://upstream.example/source.tar ] || exit 3\n/bin/cat {0}/downloads/source.tar",
        bench.folder.path().display()
    );
    script(curl.clone(), &fetch);
    with_tools(&bench, &SOURCES).success();
    let words = fs::read_to_string(bench.path("words")).unwrap();
    assert!(words.contains("--proto =https --proto-redir =https"), "{words}");
    // Braces and brackets in an address are no pattern of a million addresses.
    assert!(words.contains(" --globoff "), "{words}");
    fs::remove_dir_all(bench.path("cache")).unwrap();
    script(curl.clone(), "exit 22");
    assert!(stderr(&with_tools(&bench, &SOURCES).code(1)).contains("exit status: 22"));
    // One that never ends is not heard to its end, and leaves nothing.
    script(curl, "while echo more; do :; done");
    let refused = stderr(&with_tools(&bench, &SOURCES).code(1));
    assert!(refused.contains("more than the 10 bytes of the pin"), "{refused}");
    assert!(!bench.path("cache").exists());
}

#[test]
fn an_image_has_the_ports_and_their_calls() {
    let bench = bench("");
    put(&bench, "ports/one", CONTENT);
    let two = bench.path("ports/two");
    fs::create_dir_all(&two).unwrap();
    fs::write(two.join("port.toml"), "name = \"two-2\"\nversion = \"0\"\n").unwrap();
    fs::write(two.join("build.kaem"), "echo\n").unwrap();
    let ports = ["--port", "ports/two", "--port", "ports/one"];
    bench.build("a.img", &ports).success();
    bench.run(&["check", "a.img"]).success();
    bench.run(&["extract", "a.img", "-C", "out"]).success();
    for file in ["port.toml", "build.kaem", "src/a.c", "source.tar"] {
        assert_eq!(
            fs::read(bench.path("out/ports/one").join(file)).unwrap(),
            fs::read(bench.path("ports/one").join(file)).unwrap()
        );
    }
    let run = fs::read_to_string(bench.path("out/ports/run.kaem")).unwrap();
    let calls: Vec<&str> = run.lines().filter(|line| line.starts_with("kaem")).collect();
    assert_eq!(
        calls,
        ["kaem /ports/two-2/build.kaem", "kaem /ports/one/build.kaem"],
        "in the order of the command line"
    );
    // The tarball from the cache makes the same image as the one beside the script.
    fs::rename(bench.path("ports/one/source.tar"), bench.path("source.tar")).unwrap();
    let places = ["--sources", ".", "--cache", "cache"];
    bench.build("b.img", &[&ports[..], &places].concat()).success();
    let image = |name| fs::read(bench.path(name)).unwrap();
    assert!(image("a.img") == image("b.img"));
    // A script that the tree brings is kept; the calls come behind it.
    fs::create_dir(bench.path("tree/ports")).unwrap();
    fs::write(bench.path("tree/ports/run.kaem"), "echo mine\n").unwrap();
    bench.build("c.img", &[&ports[..], &places].concat()).success();
    bench.run(&["extract", "c.img", "-C", "c"]).success();
    let run = fs::read_to_string(bench.path("c/ports/run.kaem")).unwrap();
    assert!(run.starts_with("echo mine\n") && run.contains("kaem /ports/one/build.kaem"));
}

#[test]
fn ports_that_make_no_sense_are_refused() {
    let bench = bench("");
    put(&bench, "ports/one", CONTENT);
    let refused = bench.build("a.img", &["--port", "ports/one", "--port", "ports/one"]);
    assert!(stderr(&refused.code(2)).contains("has a /ports/one already"));
    bench.build("a.img", &["--port", "ports/none"]).code(1);
    fs::remove_file(bench.path("tree/chain")).unwrap();
    let refused = bench.build("a.img", &["--port", "ports/one"]).code(2);
    assert!(stderr(&refused).contains("no script of the tree runs /ports/run.kaem"));
    fs::remove_file(bench.path("ports/one/build.kaem")).unwrap();
    fs::write(bench.path("tree/chain"), "/bin/kaem /ports/run.kaem\n").unwrap();
    let refused = bench.build("a.img", &["--port", "ports/one"]).code(1);
    assert!(stderr(&refused).contains("ports/one/build.kaem: expected a script"));
    let good = fs::read_to_string(bench.path("ports/one/port.toml")).unwrap();
    let table = [
        ("name = \"one\"", "name = \"../one\"", "expected lower-case"),
        ("name = \"one\"", "name = \"o${ne}\"", "expected lower-case"),
        ("name = \"one\"", "", "missing field `name`"),
        ("version", "versoin", "unknown field `versoin`"),
        ("source.tar", "../source.tar", "expected a file's name"),
        (HASH, "2DE7", "expected 64 lower-case hex digits"),
        ("[source]", "[source]\nurl = \"-o/x\"", "expected https://"),
        (
            "[source]",
            "[source]\nsize = 10\nurl = \"http://upstream.example/x\"",
            "expected https://",
        ),
        ("[source]", "[source]\nurl = \"https://upstream.example/x\"", "expected `size = BYTES`"),
        ("[source]", "[source]\ndebian = \"-x\"", "debian = \"-x\""),
        ("[source]", "[source]\ndebian = \"x/\"", "debian = \"x/\""),
        ("[source]", "[source", "port.toml"),
    ];
    for (from, to, message) in table {
        fs::write(bench.path("ports/one/port.toml"), good.replacen(from, to, 1)).unwrap();
        let refused = stderr(&bench.run(&SOURCES).code(1));
        assert!(
            refused.contains(message) && refused.contains("ports/one/port.toml"),
            "{to:?}: {refused}"
        );
    }
}

/// A tar with two files and a folder, and the list of what comes out of it.
fn archive_and_list() -> (Vec<u8>, String) {
    use image_builder::archive::{Body, Member, write};
    let file = |path: &str, content: &'static [u8]| Member {
        path: path.as_bytes().to_vec(),
        kind: Body::File { mode: 0o644, content },
    };
    let folder = Member { path: b"src".to_vec(), kind: Body::Directory { mode: 0o755 } };
    let (main, notes) = (&b"int main;\n"[..], &b"notes\n"[..]);
    let tar = write(&[folder, file("src/main.c", main), file("NOTES", notes)]).unwrap();
    let line = |path, content| {
        let hash = image_builder::sha256(content);
        format!("{}  {path}\n", firmseed_formats::sha256::Hex(&hash))
    };
    (tar, line("NOTES", notes) + &line("src/main.c", main))
}

/// The port `ports/one` with these bytes as its tarball.
fn with_tarball(content: &[u8], source: &str) -> Bench {
    let bench = bench("");
    let hash = firmseed_formats::sha256::Hex(&image_builder::sha256(content)).to_string();
    let manifest = bench.path("ports/one/port.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(manifest, text.replace(HASH, &hash) + source).unwrap();
    fs::write(bench.path("ports/one/source.tar"), content).unwrap();
    bench
}

const CONTENTS: [&str; 4] = ["contents", "--cache", "cache", "one"];

#[test]
fn the_contents_of_a_tarball_are_listed() {
    use std::io::Write;
    let (tar, list) = archive_and_list();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&tar).unwrap();
    let mut bzip = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip.write_all(&tar).unwrap();
    for archive in [&tar, &gzip.finish().unwrap(), &bzip.finish().unwrap()] {
        let bench = with_tarball(archive, "");
        let said = stdout(&bench.run(&CONTENTS).success());
        assert_eq!(said, "ports/one/CONTENTS.sha256: 2 files\n");
        let written = fs::read_to_string(bench.path("ports/one/CONTENTS.sha256")).unwrap();
        assert_eq!(written, list);
        build_with_port(&bench).success();
    }
    let bench = with_tarball(&tar, "uses = [\"src/\"]\n");
    bench.run(&CONTENTS).success();
    let written = fs::read_to_string(bench.path("ports/one/CONTENTS.sha256")).unwrap();
    assert_eq!(written, list.lines().last().unwrap().to_owned() + "\n");
    for name in ["src", "sr/", "none.c"] {
        let bench = with_tarball(&tar, &format!("uses = [{name:?}]\n"));
        let text = stderr(&bench.run(&CONTENTS).code(1));
        assert!(text.contains("nothing of that name is in source.tar"), "{text}");
    }
}

#[test]
fn a_port_without_the_list_of_its_tarball_is_refused() {
    let (tar, list) = archive_and_list();
    let bench = with_tarball(&tar, "");
    let text = stderr(&build_with_port(&bench).code(1));
    assert!(
        text.contains("CONTENTS.sha256: source.tar is no text")
            && text.contains("run `image-builder contents ports/one`"),
        "{text}"
    );
    fs::write(bench.path("ports/one/CONTENTS.sha256"), list.replace('a', "b")).unwrap();
    let text = stderr(&build_with_port(&bench).code(1));
    assert!(text.contains("this is not what comes out of source.tar"), "{text}");
    // What is cut or damaged says so; what this tool cannot unpack has the list that its author made.
    let bench = with_tarball(b"BZh9\0 and so on", "");
    let text = stderr(&bench.run(&CONTENTS).code(1));
    assert!(text.contains("source.tar cannot be unpacked"), "{text}");
    let bench = with_tarball(b"\xfd7zXZ\0 and so on", "");
    let text = stderr(&bench.run(&CONTENTS).code(1));
    assert!(text.contains("xz -d"), "{text}");
    fs::write(bench.path("ports/one/CONTENTS.sha256"), list).unwrap();
    build_with_port(&bench).success();
}

/// A file that the list cannot name is no way past the list: the tarball is refused, but where the port does not use that file.
#[test]
fn a_tarball_with_a_name_that_no_list_can_have_is_refused() {
    use image_builder::archive::{Body, Member, write};
    for name in ["back\\slash", "two\nlines"] {
        let file = |path: &str| Member {
            path: path.as_bytes().to_vec(),
            kind: Body::File { mode: 0o644, content: &b"text\n"[..] },
        };
        let tar = write(&[file(name), file("plain")]).unwrap();
        let bench = with_tarball(&tar, "");
        let lie = format!("{HASH}  plain\n");
        fs::write(bench.path("ports/one/CONTENTS.sha256"), lie).unwrap();
        let text = stderr(&build_with_port(&bench).code(1));
        assert!(
            text.contains("cannot stand in a list for sha256sum") && text.contains("uses"),
            "{text}"
        );
        bench.run(&CONTENTS).code(1);
        let bench = with_tarball(&tar, "uses = [\"plain\"]\n");
        bench.run(&CONTENTS).success();
        build_with_port(&bench).success();
    }
}

fn build_with_port(bench: &Bench) -> assert_cmd::assert::Assert {
    bench.build("one.img", &["--port", "ports/one", "--cache", "cache"])
}
