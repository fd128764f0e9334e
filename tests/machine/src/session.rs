//! Programs that a test orders about while they run: QEMU itself, or `qemu/run` with a prompt.

use crate::command::status_of;
use crate::{Console, hang_limit};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that runs. It does not outlive its test.
pub struct Session {
    child: Child,
    answers: PathBuf,
}

impl Session {
    /// Starts the command. What it says on standard output goes to the file `answers` in `folder`.
    pub fn start(folder: &Path, mut command: Command) -> Self {
        let answers = folder.join("answers");
        println!("$ {command:?}");
        let child = command
            .stdin(Stdio::piped())
            .stdout(File::create(&answers).expect("a file for answers"))
            .spawn()
            .expect("the command starts");
        Self { child, answers }
    }

    /// QEMU without `qemu/run`, and without default devices: a network card wants a ROM that qemu/setup does not install.
    pub fn emulator(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Self {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "timeout", &hang_limit().to_string()])
            .args(["setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64"])
            .args(["-nodefaults", "-display", "none", "-no-reboot"])
            .args(arguments);
        Self::start(folder, command)
    }

    /// U-Boot, which starts an image where it likes it, with these words as the command line.
    pub fn u_boot(folder: &Path, image: &Path, words: &str) -> Self {
        let loader = format!("loader,file={},addr=0x47000000,force-raw=on", image.display());
        let mut arguments = vec!["-machine", "virt", "-cpu", "cortex-a57", "-m", "1024"];
        arguments.extend(["-serial", "stdio", "-semihosting-config", "enable=on,target=native"]);
        arguments.extend(["-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin", "-device", &loader]);
        let mut session = Self::emulator(folder, &arguments);
        // Two keys stop its countdown.
        session.tell("\n");
        session.tell(&format!("setenv bootargs {words}"));
        session.tell("booti 0x47000000 - ${fdtcontroladdr}");
        session
    }

    /// A line on its standard input.
    pub fn tell(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input is open");
        writeln!(input, "{line}").expect("it reads");
    }

    /// What it has said on standard output.
    pub fn answers(&self) -> Console {
        Console::in_file(&self.answers)
    }

    /// Waits until the condition is true, as long as the program runs that is to bring it about.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("a child");
            // Asked once more after its end: that may have been the event.
            if condition(self) {
                return;
            }
            assert!(ended.is_none(), "expected {what}; the program has ended");
            pause(start, what);
        }
    }

    /// Waits for its end with this status; what it has said. Its input stays open until then.
    #[track_caller]
    pub fn ends(mut self, status: i32) -> Console {
        let input = self.child.stdin.take();
        let got = status_of(self.child.wait().expect("a child"));
        drop(input);
        print!("{}", self.answers().text());
        assert_eq!(got, status, "the status of the program");
        self.answers()
    }
}

impl Drop for Session {
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
