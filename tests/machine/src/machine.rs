//! The machine as a user starts it: by `qemu/run`.

use crate::{Console, Ended, root, run};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A run that is being described.
pub struct Machine {
    command: Command,
}

impl Machine {
    /// `qemu/run`, as it is.
    pub fn default_run() -> Self {
        // Who ends the test ends the run. A shell's background, where tests may run, ignores the key for interrupts.
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "TERM", "env", "--default-signal=INT"])
            .arg(root().join("qemu/run"))
            .stdin(std::process::Stdio::null());
        Self { command }
    }

    /// `qemu/run --image IMAGE`; without QEMU where the tests are asked for that (`tests/30-machine.sh`).
    pub fn with(image: impl AsRef<OsStr>) -> Self {
        let machine = Self::default_run().set("--image", image);
        match std::env::var_os("FIRMSEED_TEST_SIMULATE") {
            Some(_) => machine.flag("--simulate"),
            None => machine,
        }
    }

    /// An option and its value.
    pub fn set(mut self, option: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.arg(option).arg(value);
        self
    }

    /// An option without a value.
    pub fn flag(mut self, option: &str) -> Self {
        self.command.arg(option);
        self
    }

    /// Options and values.
    pub fn set_all(self, options: &[(&str, &str)]) -> Self {
        let set = |machine: Self, (option, value): &(&str, &str)| machine.set(option, value);
        options.iter().fold(self, set)
    }

    /// Arguments for QEMU.
    pub fn qemu(self, arguments: &[&str]) -> Self {
        let set = |machine: Self, argument| machine.set("--qemu", argument);
        arguments.iter().fold(self, set)
    }

    /// A file in the board's slot for SD cards.
    pub fn card(self, card: &Path) -> Self {
        let drive = format!("if=sd,format=raw,file={}", card.display());
        self.qemu(&["-drive", &drive])
    }

    /// The command, for what else a test does with it.
    pub fn command(self) -> Command {
        self.command
    }

    /// Runs to its end.
    #[track_caller]
    pub fn run(mut self) -> Ended {
        run(&mut self.command)
    }

    /// Runs to its end, with this status of `qemu/run`; what the console said.
    #[track_caller]
    pub fn ends(self, status: i32) -> Console {
        Console::new(&self.run().expect("qemu/run", status).output)
    }
}
