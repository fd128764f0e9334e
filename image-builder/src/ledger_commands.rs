//! The commands that read ledgers: arguments, output, exit codes.

use crate::{PROBLEM, read, say};
use clap::Subcommand;
use image_builder::Error;
use image_builder::ledger::{facts, verify};
use std::path::PathBuf;
use std::process::ExitCode;

const VERIFY_EXAMPLES: &str = "\
Examples:
  image-builder verify firmseed.img out/firmseed.ledger out
  image-builder verify firmseed.img firmseed.ledger --head 64-DIGITS-FROM-THE-CONSOLE

Every doubt is named with its entry and line. Exit code 0 means: the ledger is of a run of this image, in itself
right, all that ran derives from text, and (with ARTIFACTS) the files are those that it speaks of. It is a statement
by the kernel: docs/ledger.md says what that is worth.";

#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Proves a ledger against its image and what the run left: processes, inputs, programs, results.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify {
        /// The image that ran.
        image: PathBuf,
        /// Its ledger.
        ledger: PathBuf,
        /// What the run left: a folder as `qemu/run --out` makes it, or a tar.
        artifacts: Option<PathBuf>,
        /// The head that the console showed.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Does what is asked.
pub fn run(command: LedgerCommand) -> anyhow::Result<ExitCode> {
    match command {
        LedgerCommand::Verify {
            image,
            ledger,
            artifacts,
            head,
            json,
        } => {
            let head = head.map(|head| {
                let digest = facts::digest(head.as_bytes());
                digest.ok_or_else(|| Error::Request(format!("--head {head}: expected 64 lower-case hex digits, as the console shows them")))
            });
            let verdict = verify::verify(&verify::Request {
                head: head.transpose()?,
                image: &read(&image)?,
                ledger: &read(&ledger)?,
                artifacts: artifacts.as_deref(),
            })?;
            say(&if json {
                serde_json::to_string_pretty(&verdict)? + "\n"
            } else {
                verdict.text()
            })?;
            Ok(code(verdict.doubts.is_empty()))
        }
    }
}

fn code(good: bool) -> ExitCode {
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(PROBLEM),
    }
}
