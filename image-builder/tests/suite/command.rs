//! The command as a user meets it: what it makes, what it says, and its exit codes.

use crate::common::{Bench, hex0_text, program_elf, stderr, stdout};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

#[test]
fn the_same_files_give_the_same_bytes() {
    let bench = Bench::new();
    bench.build("one.img", &["--arg", "-x"]).success();
    // Another checkout: other times, another order of creation, another umask, other owners' bits.
    let other = Bench::new();
    fs::set_permissions(other.path("tree/etc/big"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(other.path("tree/bin/sh"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(other.path("tree/empty"), fs::Permissions::from_mode(0o700)).unwrap();
    let script = format!(
        "umask 077; exec {} build --tree tree --kernel kernel --init /init --policy open --arg -x -o two.img",
        env!("CARGO_BIN_EXE_image-builder")
    );
    let status =
        Command::new("sh").args(["-c", &script]).current_dir(&other.folder).status().unwrap();
    assert!(status.success());
    assert_eq!(fs::read(bench.path("one.img")).unwrap(), fs::read(other.path("two.img")).unwrap());
    assert_eq!(
        fs::metadata(other.path("two.img")).unwrap().mode() & 0o777,
        0o600,
        "the output's own mode obeys the umask"
    );
    // No file system lists a folder's contents in this order by itself.
    let report = stdout(&bench.run(&["inspect", "--json", "one.img"]).success());
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let members = report["members"].as_array().unwrap().iter();
    let paths: Vec<&str> = members.map(|member| member["path"].as_str().unwrap()).collect();
    assert!(paths.is_sorted() && paths.contains(&"etc-more"), "{paths:?}");
}

#[test]
fn what_goes_in_comes_out() {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    bench.run(&["check", "a.img"]).success();
    bench.run(&["extract", "a.img", "-C", "out"]).success();
    let diff = Command::new("diff")
        .args(["-r", "--no-dereference", "tree", "out"])
        .current_dir(&bench.folder)
        .output()
        .unwrap();
    assert!(diff.status.success(), "{}", String::from_utf8_lossy(&diff.stdout));
    let meta = |path: &str| fs::symlink_metadata(bench.path(path)).unwrap();
    assert_eq!(meta("out/bin/sh").mode() & 0o7777, 0o755);
    assert_eq!(meta("out/tmp").mode() & 0o7777, 0o1777);
    assert_eq!(
        meta("out/etc/big").mode() & 0o7777,
        0o644,
        "read bits go to all: the umask of a checkout leaves no trace"
    );
    assert_eq!(meta("out/bin/tool").ino(), meta("out/bin/again").ino(), "a hard link stays one");
    let again = bench.run(&["extract", "a.img", "-C", "out"]).code(2);
    assert!(stderr(&again).contains("not empty"));
    // And the same image again from what came out.
    bench
        .run(&[
            "build", "--tree", "out", "--kernel", "kernel", "--init", "/init", "--policy", "open",
            "-o", "b.img",
        ])
        .success();
    assert_eq!(fs::read(bench.path("a.img")).unwrap(), fs::read(bench.path("b.img")).unwrap());
}

#[test]
fn a_foreign_tar_is_taken_as_it_is() {
    let bench = Bench::new();
    let status = Command::new("tar")
        .args(["cf", "gnu.tar", "--format=gnu", "--sort=name", "-C", "tree", "."])
        .current_dir(&bench.folder)
        .status()
        .unwrap();
    assert!(status.success());
    bench
        .run(&[
            "build", "--tar", "gnu.tar", "--kernel", "kernel", "--init", "/init", "--policy",
            "open", "-o", "a.img",
        ])
        .success();
    bench.run(&["check", "a.img"]).success();
    let (image, tar) =
        (fs::read(bench.path("a.img")).unwrap(), fs::read(bench.path("gnu.tar")).unwrap());
    assert!(image.ends_with(&tar));
    bench.run(&["extract", "a.img", "-C", "out"]).success();
    let diff = Command::new("diff")
        .args(["-r", "--no-dereference", "tree", "out"])
        .current_dir(&bench.folder)
        .output()
        .unwrap();
    assert!(diff.status.success(), "{}", String::from_utf8_lossy(&diff.stdout));
    // Damage to a header that the index cannot rebuild is found by its checksum.
    let mut damaged = image.clone();
    let at = image.len() - tar.len() + 100;
    damaged[at] ^= 1;
    fs::write(bench.path("bad.img"), damaged).unwrap();
    let found = stdout(&bench.run(&["check", "bad.img"]).code(1));
    assert!(
        found.contains("tar headers before the contents of") && found.contains("checksum"),
        "{found}"
    );
    Command::new("gzip").arg("gnu.tar").current_dir(&bench.folder).status().unwrap();
    let refused = bench
        .run(&[
            "build",
            "--tar",
            "gnu.tar.gz",
            "--kernel",
            "kernel",
            "--init",
            "/init",
            "-o",
            "b.img",
        ])
        .code(1);
    assert!(stderr(&refused).contains("gzip -d") && !bench.path("b.img").exists());
}

#[test]
fn requests_that_could_not_boot_are_refused() {
    let bench = Bench::new();
    let table: [(&[&str], &str); 12] = [
        (&["--init", "/bin/shell"], "/bin/shell is not in the image; did you mean /bin/sh?"),
        (&["--init", "/sbin/init"], "did you mean /init?"),
        (&["--init", "bin/sh"], "expected an absolute path"),
        (&["--init", "/etc/empty"], "not executable (mode 0644)"),
        (&["--init", "/etc"], "is not a file"),
        (&["--init", "/dangling"], "is not in the image"),
        (&["--init", "/bin/again"], "which the policy `chain` refuses"),
        (&["--init", "/bin/sh", "--cwd", "/etc/big"], "is no folder of the image"),
        (&["--init", "/bin/sh", "--cwd", "etc"], "expected an absolute path"),
        (&["--init", "/bin/sh", "--env", "HOME"], "expected NAME=VALUE"),
        (
            &["--init", "/bin/hex0", "--seed", "no.hex0=/bin/hex0"],
            "text no.hex0 is no file of the image",
        ),
        (&["--init", "/bin/hex0", "--seed", "etc/big"], "expected TEXT=PROGRAM"),
    ];
    for (arguments, message) in table {
        let fixed = ["build", "--tree", "tree", "--kernel", "kernel", "-o", "a.img"];
        let refused = bench.run(&[&fixed, arguments].concat()).code(2);
        assert!(stderr(&refused).contains(message), "{arguments:?}: {}", stderr(&refused));
        assert!(!bench.path("a.img").exists());
    }
    let fixed = ["build", "--tree", "tree", "--kernel", "kernel", "-o", "a.img"];
    // A seed is decoded and looked at, whether it is init or an interpreter.
    let seed = |bytes: &[u8]| fs::write(bench.path("tree/odd.hex0"), hex0_text(bytes)).unwrap();
    fs::write(bench.path("tree/bin/tool"), "#!/bin/odd\n").unwrap();
    for init in ["/bin/odd", "/init"] {
        for (code, message) in [
            (&b"text"[..], "its bytes do not begin with \\x7fELF"),
            (&program_elf()[..64], "that the kernel can load: program"),
            (b"", "its bytes do not begin with \\x7fELF"),
        ] {
            seed(code);
            let arguments = ["--init", init, "--seed", "odd.hex0=/bin/odd"];
            let refused = stderr(&bench.run(&[&fixed, &arguments[..]].concat()).code(2));
            assert!(refused.contains(message), "{message:?}: {refused}");
        }
        seed(&program_elf());
        let arguments = ["--init", init, "--seed", "odd.hex0=/bin/odd"];
        bench.run(&[&fixed, &arguments[..]].concat()).success();
    }
    fs::write(bench.path("tree/bin/tool"), program_elf()).unwrap();
    let accepted: [&[&str]; 4] = [
        &["--init", "/bin/again", "--policy", "open"],
        &["--init", "/absolute/../init", "--policy", "open"],
        &["--init", "/bin/hex0", "--seed", "seed.hex0=/bin/hex0"],
        &["--init", "/init", "--cwd", "/absolute", "--env", "HOME=/", "--policy", "open"],
    ];
    for arguments in &accepted {
        bench.run(&[&fixed, *arguments].concat()).success();
    }
}

#[test]
fn what_cannot_be_kept_is_an_error_and_leaves_nothing_behind() {
    let bench = Bench::new();
    bench.build("a.img", &[]).success();
    let before = fs::read(bench.path("a.img")).unwrap();
    let status = Command::new("mkfifo").arg(bench.path("tree/pipe")).status().unwrap();
    assert!(status.success());
    let refused = bench.build("a.img", &[]).code(1);
    assert!(
        stderr(&refused).contains("tree/pipe") && stderr(&refused).contains("named pipe"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(
        fs::read(bench.path("a.img")).unwrap(),
        before,
        "the old image is still there, whole"
    );
    fs::remove_file(bench.path("tree/pipe")).unwrap();
    let refused = bench.build("no-such-folder/a.img", &[]).code(1);
    assert!(stderr(&refused).contains("no-such-folder"));
    let refused = bench.build("/dev/null", &[]).code(2);
    assert!(stderr(&refused).contains("not a regular file"));
    let refused = bench.build("a.img", &["--kernel", "tree/bin/sh"]);
    assert!(stderr(&refused.code(2)).contains("cannot be used multiple times"));
    let refused = bench
        .run(&[
            "build",
            "--tree",
            "tree",
            "--init",
            "/init",
            "--kernel",
            "tree/bin/sh",
            "-o",
            "b.img",
        ])
        .code(1);
    assert!(
        stderr(&refused).contains("expected a 64-bit little-endian ELF file"),
        "{}",
        stderr(&refused)
    );
    let left: Vec<_> =
        fs::read_dir(&bench.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "kernel, tree and a.img, no temporary file: {left:?}");
}

#[test]
fn settings_are_shown() {
    let bench = Bench::new();
    bench
        .build(
            "a.img",
            &[
                "--arg",
                "-c",
                "--arg",
                "echo a",
                "--env",
                "HOME=/",
                "--cwd",
                "/etc",
                "--seed",
                "seed.hex0=/bin/seed",
            ],
        )
        .success();
    let text = stdout(&bench.run(&["inspect", "a.img"]).success());
    for line in [
        "policy   open\n",
        "init     /init -c echo%20a\n",
        "cwd      /etc\n",
        "env      HOME=/\n",
        "seed     /seed.hex0 -> /bin/seed\n",
        "members  21\n",
    ] {
        assert!(text.contains(line), "{line:?} is not in:\n{text}");
    }
    let refused = bench.run(&["inspect", "kernel"]).code(1);
    assert!(stderr(&refused).contains("no Firmseed image"));
    bench.run(&["inspect", "no-such-file"]).code(1);
    bench.run(&["frobnicate"]).code(2);
    bench.run(&["build", "--init", "/init", "-o", "x"]).code(2);
}

#[test]
fn help_has_examples_and_exit_codes() {
    let bench = Bench::new();
    assert!(stdout(&bench.run(&["--help"]).success()).contains("Exit codes:"));
    for command in ["build", "sources", "inspect", "extract", "check"] {
        let help = stdout(&bench.run(&[command, "--help"]).success());
        assert!(help.contains("Example") && help.contains("image-builder"), "{command}: {help}");
    }
}
