//! The `image-builder` command: what its arguments mean, what it prints, and its exit codes.
#![forbid(unsafe_code)]

mod cli;
mod ledger_commands;
mod report_command;

use anyhow::Context;
use clap::Parser;
use cli::{Cli, Command, SdArguments, SimulateArguments, SourcesArguments};
use image_builder::port::Port;
use image_builder::{Error, build, check, extract, inspect, kernel, sd, simulate, trace, unpacked};
use simulator::Failure;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A problem was found, or the work could not be done.
const PROBLEM: u8 = 1;
/// The request itself makes no sense (clap exits with 2 by itself for unknown options).
const USAGE: u8 = 2;
/// `verify` found nothing wrong, and had no head to compare with.
const CONSISTENT: u8 = 3;
/// `simulate`: time was over, or a program waits for ever. As of `qemu/run`, and of timeout(1).
const NO_END: u8 = 124;
/// `simulate`: process 1 has ended, and not all that it left was brought out. As the kernel ends a machine.
const NOT_ALL: u8 = 254;
/// `simulate`: the machine did not come to process 1.
const NOT_STARTED: u8 = 125;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS, // `inspect | head` is no fault
        Err(error) => {
            eprintln!("image-builder: {error:#}");
            let usage = matches!(error.downcast_ref(), Some(Error::Request(_)));
            ExitCode::from(if usage { USAGE } else { PROBLEM })
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Build(arguments) => {
            let (request, output) = arguments.into_request()?;
            let built = build::build(&request, &output)?;
            say(&format!(
                "{}: {} bytes, {} members\n",
                output.display(),
                built.size,
                built.members
            ))?;
        }
        Command::Sources(arguments) => list_sources(arguments)?,
        Command::Contents(arguments) => list_contents(arguments)?,
        Command::Inspect { image, json } => {
            let report =
                inspect::inspect(&read(&image)?).with_context(|| image.display().to_string())?;
            say(&if json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() })?;
        }
        Command::Extract { image, folder } => {
            let extracted = extract::extract(&read(&image)?, &folder)
                .with_context(|| image.display().to_string())?;
            report_skipped(&extracted);
            say(&format!("{}: {} files\n", folder.display(), extracted.files))?;
        }
        Command::Check { image, json } => return check_image(&image, json),
        Command::Sd(arguments) => make_card(arguments)?,
        Command::Results { card, folder } => show_results(&card, folder)?,
        Command::Simulate(arguments) => return run_image(&arguments),
        Command::Trace { trace, kernel } => return decode_trace(&trace, kernel),
        Command::Ledger(command) => return ledger_commands::run(command),
        Command::Report(arguments) => return arguments.run(),
    }
    Ok(ExitCode::SUCCESS)
}

fn report_skipped(extracted: &extract::Extracted) {
    for path in &extracted.skipped {
        eprintln!("image-builder: warning: {path} is a device: passed over");
    }
}

fn make_card(arguments: SdArguments) -> anyhow::Result<()> {
    let (request, output) = arguments.into_request();
    let card = sd::build(&request, &output)?;
    for (board, missing) in &card.without {
        let files = missing.join(", ");
        eprintln!(
            "image-builder: note: no {} will start from this card: {files} missing",
            board.name()
        );
    }
    let boards: Vec<&str> = card.boards.iter().map(|board| board.name()).collect();
    say(&format!(
        "{}: {} MiB, {} of them for results; boards: {}\n",
        output.display(),
        card.size >> 20,
        card.results >> 20,
        boards.join(", ")
    ))?;
    if !card.size.is_power_of_two() {
        eprintln!("image-builder: note: QEMU takes only cards whose size is a power of two");
    }
    Ok(())
}

fn show_results(card: &Path, folder: Option<PathBuf>) -> anyhow::Result<()> {
    let tar = sd::results::read(card)?;
    if let Some(folder) = folder {
        report_skipped(&extract::extract_tar(&tar, &folder)?);
    }
    say(&sd::results::list(&tar)?)?;
    Ok(())
}

fn list_sources(arguments: SourcesArguments) -> anyhow::Result<()> {
    let (folders, seeker) = arguments.into_request()?;
    for folder in folders {
        let port = Port::read(&folder)?;
        let Some(pin) = &port.source else {
            eprintln!("image-builder: port {} needs no tarball", port.name);
            continue;
        };
        let found = seeker.find(&port, pin)?;
        say(&format!("{}  {}\n", pin.sha256, found.path.display()))?;
    }
    Ok(())
}

fn list_contents(arguments: SourcesArguments) -> anyhow::Result<()> {
    let (folders, seeker) = arguments.into_request()?;
    for folder in folders {
        let port = Port::read(&folder)?;
        match unpacked::write(&port, &seeker)? {
            Some((path, files)) => say(&format!("{}: {files} files\n", path.display()))?,
            None => eprintln!("image-builder: port {} unpacks nothing", port.name),
        }
    }
    Ok(())
}

fn check_image(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let report = check::check(&read(path)?).with_context(|| path.display().to_string())?;
    if json {
        say(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    } else {
        let lines: String =
            report.damage.iter().map(|damage| format!("{}: {damage}\n", path.display())).collect();
        say(&lines)?;
        for note in &report.notes {
            eprintln!("image-builder: note: {}: {note}", path.display());
        }
        if report.damage.is_empty() {
            say(&format!(
                "{0}: whole: {1} bytes, {2} files\n{0}: {3}: sha256 {4}\n",
                path.display(),
                report.size,
                report.files,
                report.kernel,
                report.kernel_sha256
            ))?;
        }
    }
    Ok(if report.damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEM) })
}

fn run_image(arguments: &SimulateArguments) -> anyhow::Result<ExitCode> {
    let started = std::time::Instant::now();
    let image = read(&arguments.image)?;
    match simulate::simulate(image, &arguments.request(), arguments.out.as_deref()) {
        Ok(ended) => {
            if arguments.count {
                let seconds = started.elapsed().as_secs_f64();
                eprintln!(
                    "image-builder: {} instructions of programs in {seconds:.1} s: {:.0} million a second",
                    ended.instructions,
                    ended.instructions as f64 / seconds / 1e6
                );
            }
            Ok(ExitCode::from(if ended.is_short { NOT_ALL } else { ended.status }))
        }
        Err(Error::Simulation(why)) => {
            eprintln!("image-builder: {}: {why}", arguments.image.display());
            Ok(ExitCode::from(match why {
                Failure::Limit(..) | Failure::Waits => NO_END,
                _ => NOT_STARTED,
            }))
        }
        Err(error) => Err(anyhow::Error::new(error).context(arguments.image.display().to_string())),
    }
}

fn decode_trace(path: &Path, kernel: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let kernel = kernel.map_or_else(kernel::default_path, Ok)?;
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let decoded = trace::decode(&read(&kernel)?, &kernel, &mut file, &mut out)?;
    out.flush()?;
    if decoded.malformed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let count = decoded.malformed;
    let text = "frames make no sense: damaged, or not written by the kernel";
    eprintln!("image-builder: {}: {count} {text} {}", path.display(), kernel.display());
    Ok(ExitCode::from(PROBLEM))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(Error::io("read", path))
}

/// Standard output, with its errors.
fn say(text: &str) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())
}
