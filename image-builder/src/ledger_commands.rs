//! The commands that read ledgers: arguments, output, exit codes.

use crate::cli::{EarlierArguments, HeadArguments};
use crate::{CONSISTENT, PROBLEM, read, say};
use anyhow::Context;
use clap::Subcommand;
use firmseed_formats::ledger::parse::Ledger;
use firmseed_verify::image::Image;
use firmseed_verify::lineage::Lineage;
use image_builder::Error;
use image_builder::ledger::diff;
use image_builder::ledger::earlier::follow;
use image_builder::ledger::provenance::provenance;
use image_builder::ledger::trace_back::trace_back;
use image_builder::ledger::trace_back_text::Detail;
use image_builder::ledger::verdict::{Request, verify};
use image_builder::sbom;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const VERIFY_EXAMPLES: &str = "\
Examples:
  image-builder verify firmseed.img out/firmseed.ledger out --head 64-DIGITS-FROM-THE-CONSOLE
  image-builder verify next.img next/firmseed.ledger next --from firmseed.img out --head 64-DIGITS --head 64-DIGITS

Every doubt is named with its entry and line. Exit codes:
  0  verified: the ledger is of a run of this image, in itself right, has the head that the console showed, all that
     ran derives from text, and (with ARTIFACTS) the files are those that it speaks of
  1  doubt: something of that is not so
  3  consistent: no doubt, but not a --head for the run and each that it continues; any ledger whose chain was computed anew passes like that
It is a statement by the kernel: docs/ledger.md says what that is worth.";

const PROVENANCE_EXAMPLES: &str = "\
Examples:
  image-builder provenance firmseed.img firmseed.ledger > provenance.json
  image-builder provenance firmseed.img firmseed.ledger /bin/tcc | jq '.predicate.buildDefinition.resolvedDependencies'

Subjects are the files of the image's SHA256SUMS, or those that are named. There is no statement about a ledger that
`verify` doubts. It says whether the head was compared (--head) with the console's. It is not signed.";

const SBOM_EXAMPLES: &str = "\
Example:
  image-builder sbom firmseed.img --kernel-lock Cargo.lock > firmseed.cdx.json

With --kernel-lock cargo is asked, offline, which crates the kernel links.";

const DIFF_EXAMPLES: &str = "\
Example:
  image-builder diff mine/firmseed.ledger theirs/firmseed.ledger

Exit codes: 0 they are equal, 1 they differ, 2 one of them cannot be read.";

const TRACE_BACK_EXAMPLES: &str = "\
Examples:
  image-builder trace-back firmseed.ledger /bin/tcc
  image-builder trace-back firmseed.ledger 4f0a345d5a93 --all

The latest first: who wrote the file, from which files of the image, through which other files; then the same for
each program that took part, down to the seeds. `told by` names what the processes read that gave the orders.";

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
        #[command(flatten)]
        heads: HeadArguments,
        #[command(flatten)]
        earlier: EarlierArguments,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Says where two ledgers part ways first, and why.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff {
        /// A ledger.
        a: PathBuf,
        /// Another one.
        b: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tells the story of a file: by which programs, from which texts, back to the seeds.
    #[command(after_help = TRACE_BACK_EXAMPLES)]
    TraceBack {
        /// The ledger.
        ledger: PathBuf,
        /// A path as in the ledger, or at least 8 digits of a SHA-256.
        file: String,
        /// Show every name of long lists.
        #[arg(long)]
        all: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Writes the provenance of what the run made: SLSA v1 in an in-toto statement.
    #[command(after_help = PROVENANCE_EXAMPLES)]
    Provenance {
        /// The image that ran.
        image: PathBuf,
        /// Its ledger.
        ledger: PathBuf,
        /// Paths as in the ledger [default: those of the image's SHA256SUMS]
        files: Vec<String>,
        #[command(flatten)]
        heads: HeadArguments,
        #[command(flatten)]
        earlier: EarlierArguments,
    },
    /// Lists what is in an image, and in its kernel: a software bill of materials, CycloneDX 1.6.
    #[command(after_help = SBOM_EXAMPLES)]
    Sbom {
        /// The image.
        image: PathBuf,
        /// The project's Cargo.lock: adds the crates that the kernel links.
        #[arg(long, value_name = "FILE")]
        kernel_lock: Option<PathBuf>,
    },
}

/// Does what is asked.
pub fn run(command: LedgerCommand) -> anyhow::Result<ExitCode> {
    match command {
        LedgerCommand::Verify { image, ledger, artifacts, heads, earlier, json } => {
            let earlier = follow(&earlier.runs())?;
            let verdict = verify(&Request {
                heads: &heads.heads,
                image: &read(&image)?,
                ledger: &read(&ledger)?,
                artifacts: artifacts.as_deref(),
                earlier: earlier.as_ref(),
            })?
            .verdict;
            show(json, &verdict, || verdict.text())?;
            Ok(match (verdict.findings.is_empty(), verdict.head_compared) {
                (true, false) => ExitCode::from(CONSISTENT),
                (good, _) => code(good),
            })
        }
        LedgerCommand::Diff { a, b, json } => {
            let difference = diff::diff(&parse(&a)?, &parse(&b)?);
            show(json, &difference, || difference.text())?;
            Ok(code(difference.equal))
        }
        LedgerCommand::TraceBack { ledger, file, all, json } => {
            let ledger = parse(&ledger)?;
            let traced = trace_back(&Lineage::new(&ledger), &file)?;
            let detail = if all { Detail::All } else { Detail::Brief };
            show(json, &traced, || traced.text(detail))?;
            Ok(ExitCode::SUCCESS)
        }
        LedgerCommand::Provenance { image, ledger, files, heads, earlier } => {
            let earlier = follow(&earlier.runs())?;
            let names = [&image, &ledger].map(|path| file_name(path));
            let statement = provenance(
                &read(&image)?,
                &read(&ledger)?,
                [&names[0], &names[1]],
                &files,
                &heads.heads,
                earlier.as_ref(),
            )?;
            say(&(serde_json::to_string_pretty(&statement)? + "\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        LedgerCommand::Sbom { image, kernel_lock } => {
            let crates = kernel_lock.map(|lock| sbom::kernel_crates(&lock)).transpose()?;
            let bytes = read(&image)?;
            let name = file_name(&image);
            let document = Image::open(&bytes)
                .map_err(Error::Image)
                .and_then(|opened| sbom::sbom(&opened, &name, &crates.unwrap_or_default()))
                .with_context(|| image.display().to_string())?;
            say(&(serde_json::to_string_pretty(&document)? + "\n"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A ledger to be compared or told from: one that makes no sense is no request.
fn parse(path: &Path) -> anyhow::Result<Ledger> {
    let bytes = std::fs::read(path)
        .map_err(|error| Error::Request(format!("cannot read {}: {error}", path.display())))?;
    let parsed = Ledger::parse(&bytes, image_builder::sha256);
    Ok(parsed.map_err(|error| Error::Request(format!("{}: {error}", path.display())))?)
}

/// How a document calls a file: without the folders that it lies in here.
fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn show<T: Serialize>(json: bool, value: &T, text: impl FnOnce() -> String) -> anyhow::Result<()> {
    say(&if json { serde_json::to_string_pretty(value)? + "\n" } else { text() })?;
    Ok(())
}

fn code(good: bool) -> ExitCode {
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(PROBLEM),
    }
}
