//! The subcommand `report`: its arguments, and what it prints.

use crate::cli::{EarlierArguments, HeadArguments};
use anyhow::Context;
use clap::Args;
use image_builder::Error;
use image_builder::ledger::earlier;
use image_builder::report::{Request, report};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the command's help shows how to use it.
pub const EXAMPLES: &str = "\
Examples:
  qemu/run --out out
  image-builder report target/firmseed.img out/firmseed.ledger \\
      --counters out/firmseed.counters --artifacts out -o report.html

The page needs no other file, no network and no script, and prints on paper. The same files give the same
page. Exit code 1: it could not be made, or its verdict is a doubt (then the page is there all the same).";

#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The image that ran.
    image: PathBuf,
    /// The ledger of the run.
    ledger: PathBuf,
    /// The counters of the run: what each part of it cost.
    #[arg(long, value_name = "FILE")]
    counters: Option<PathBuf>,
    /// Counters of a run whose time is guest instructions (QEMU's -icount).
    #[arg(long, value_name = "FILE")]
    instructions: Option<PathBuf>,
    /// The folder with what the run left: compared with the ledger, and shown where it is source text.
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,
    #[command(flatten)]
    heads: HeadArguments,
    #[command(flatten)]
    earlier: EarlierArguments,
    /// The page to write; replaced only when all is done.
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
}

impl ReportArguments {
    /// Writes the page; says on standard error why its verdict is a doubt.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let read = |path: &PathBuf| std::fs::read(path).map_err(Error::io("read", path));
        let text = |path: Option<PathBuf>| {
            path.map(|path| std::fs::read_to_string(&path).map_err(Error::io("read", &path)))
                .transpose()
        };
        let (image, ledger) = (read(&self.image)?, read(&self.ledger)?);
        let (counters, instructions) = (text(self.counters)?, text(self.instructions)?);
        let earlier = earlier::follow(&self.earlier.runs())?;
        let made = report(&Request {
            image: &image,
            ledger: &ledger,
            counters: counters.as_deref(),
            instructions: instructions.as_deref(),
            artifacts: self.artifacts.as_deref(),
            heads: &self.heads.heads,
            earlier: earlier.as_ref(),
        });
        let made = made.with_context(|| names(&self.image, &self.ledger))?;
        image_builder::output::write_atomically(&self.output, made.page.as_bytes())?;
        for finding in &made.verdict.findings {
            eprintln!("image-builder: doubt: {finding}");
        }
        println!(
            "{}: {} bytes; {}",
            self.output.display(),
            made.page.len(),
            made.verdict.last_line()
        );
        Ok(match made.verdict.findings.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}

fn names(image: &Path, ledger: &Path) -> String {
    format!("{} and {}", image.display(), ledger.display())
}
