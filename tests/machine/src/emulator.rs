//! QEMU without `qemu/run`: for machines that a test orders about while they run.

use crate::command::status_of;
use crate::{Console, hang_limit};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A QEMU that runs. It does not outlive its test.
pub struct Emulator {
    child: Child,
    answers: PathBuf,
}

impl Emulator {
    /// Starts it without default devices: a network card wants a ROM that qemu/setup does not install. What it says on
    /// standard output goes to the file `answers` in `folder`.
    pub fn start(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Self {
        let answers = folder.join("answers");
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "timeout", &hang_limit().to_string()])
            .args(["setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64"])
            .args(["-nodefaults", "-display", "none", "-no-reboot"])
            .args(arguments);
        println!("$ {command:?}");
        let child = command
            .stdin(Stdio::piped())
            .stdout(File::create(&answers).expect("a file for answers"))
            .spawn()
            .expect("QEMU starts");
        Self { child, answers }
    }

    /// A line on its standard input.
    pub fn tell(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input is open");
        writeln!(input, "{line}").expect("QEMU reads");
    }

    /// What it has said on standard output.
    pub fn answers(&self) -> Console {
        Console::in_file(&self.answers)
    }

    /// Waits until the condition is true, as long as QEMU runs that is to bring it about.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("a child");
            // Asked once more after its end: that may have been the event.
            if condition(self) {
                return;
            }
            assert!(ended.is_none(), "expected {what}; QEMU has ended");
            pause(start, what);
        }
    }

    /// Waits for its end; its status. Its input stays open until then.
    pub fn end(mut self) -> i32 {
        let input = self.child.stdin.take();
        let status = status_of(self.child.wait().expect("a child"));
        drop(input);
        print!("{}", self.answers().text());
        status
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // An error means that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that nobody here is asked to bring about.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        pause(start, what);
    }
}

#[track_caller]
fn pause(start: Instant, what: &str) {
    assert!(start.elapsed().as_secs() < hang_limit(), "expected {what}");
    thread::sleep(Duration::from_millis(50));
}
