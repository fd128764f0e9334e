//! Commands that run to their end. All that they say is in the test's log.

use crate::{root, setting};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// A command that has ended.
pub struct Ended {
    /// Its exit status; 128 + N where signal N ended it.
    pub status: i32,
    /// Standard output.
    pub output: Vec<u8>,
    /// Standard error, as text.
    pub errors: String,
}

impl Ended {
    /// Standard output, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// It ended with this status.
    #[track_caller]
    pub fn expect(self, what: &str, status: i32) -> Self {
        let got = self.status;
        assert_eq!(got, status, "{what}: expected status {status}, got {got}");
        self
    }
}

/// Runs the command, without input where the caller gave none.
#[track_caller]
pub fn run(command: &mut Command) -> Ended {
    println!("$ {command:?}");
    let done = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let done = done.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let ended = Ended {
        status: status_of(done.status),
        output: done.stdout,
        errors: String::from_utf8_lossy(&done.stderr).into_owned(),
    };
    print!("{}", ended.errors);
    println!("{}", ended.text());
    ended
}

/// Runs the command, which must succeed; what it prints.
#[track_caller]
pub fn output(command: &mut Command) -> String {
    let what = format!("{command:?}");
    run(command.stdin(Stdio::null())).expect(&what, 0).text()
}

/// Calls a function of the shell's: one of qemu/lib, which `qemu/run` and other tests use as well.
#[track_caller]
pub fn shell(function: &str, arguments: &[&str]) -> String {
    output(&mut shell_command(function, arguments))
}

/// The same for a function that may find nothing.
pub fn try_shell(function: &str, arguments: &[&str]) -> Option<String> {
    let ended = run(&mut shell_command(function, arguments));
    (ended.status == 0).then(|| ended.text())
}

/// A command of the system's, which a user's PATH may lack.
pub fn system_command(name: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(name);
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

fn shell_command(function: &str, arguments: &[&str]) -> Command {
    const SCRIPT: &str = r#"for file in common rust apt image chain boards testing probe costs; do . "$0/$file.sh"; done; "$@""#;
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", SCRIPT])
        .arg(root().join("qemu/lib"))
        .arg(function)
        .args(arguments)
        .env("test_scratch", setting("FIRMSEED_TEST_SCRATCH"));
    command
}

pub(crate) fn status_of(status: std::process::ExitStatus) -> i32 {
    status
        .code()
        .or(status.signal().map(|number| 128 + number))
        .expect("an end by exit or by a signal")
}
