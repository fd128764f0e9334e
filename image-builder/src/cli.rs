//! The arguments of the command.

use crate::ledger_commands::LedgerCommand;
use crate::report_command::{self, ReportArguments};
use anyhow::bail;
use clap::{Args, Parser, Subcommand, ValueEnum};
use firmseed_formats::image::Policy;
use firmseed_formats::sha256::Digest;
use image_builder::build::{KernelSource, Ports, Request, Source};
use image_builder::layout::Settings;
use image_builder::ledger::earlier::EarlierRun;
use image_builder::sd::{self, firmware::Board};
use image_builder::simulate;
use image_builder::sources::Seeker;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Builds, lists, checks and unpacks Firmseed's firmware images.
///
/// An image is one file: the kernel with its arm64 Image header, an index in text that states the
/// SHA-256 of everything, and a plain tar with the files. docs/image.md describes it byte by byte.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, nothing wrong
  1  a problem was found, or the work could not be done
  2  the request makes no sense (unknown option, an --init that the tree has not, ...)
  3  verify without the head of each run: nothing wrong, and nothing proved";

const BUILD_EXAMPLES: &str = "\
Examples:
  A folder of static AArch64 Linux programs, a shell script as PID 1:
    image-builder build --tree rootfs --policy open --init /bin/sh --arg /job.sh -o job.img
  A tar that exists:
    image-builder build --tar rootfs.tar --policy open --init /init -o rootfs.img
  A bootstrap chain: text only, PID 1 decoded from hex0:
    image-builder build --tree chain --seed kaem.hex0=/bin/kaem --init /bin/kaem --arg /main.kaem -o chain.img
  The same around the kernel that is hex0 text too: no byte of the image comes from a compiler:
    image-builder build --seed-kernel seed-kernel --tree chain --seed kaem.hex0=/bin/kaem --init /bin/kaem ... -o seed.img
  The same with your own program (with the chain of this project: qemu/run --port my-port):
    image-builder build --tree chain --port my-port ... -o mine.img
  Further ports on what an earlier run has left, which is verified first (qemu/run --from does it):
    image-builder build --from firmseed.img out --port my-port --policy open --init /bin/kaem --arg /ports/run.kaem -o next.img

The same files always give the same bytes: times, owners and the umask leave no trace.";

const CHECK_EXAMPLES: &str = "\
Example:
  image-builder check job.img && echo whole

Exit code 1 means damage; each line names the part or file and the bytes. With --json the findings
are a list of {part, range, problem}.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Puts a kernel and a tree of files into an image.
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Box<BuildArguments>),
    /// Finds and verifies the tarballs of ports, fetches what is missing, prints where they are.
    #[command(after_help = SOURCES_EXAMPLES)]
    Sources(SourcesArguments),
    /// Lists what comes out of the tarballs of ports: writes CONTENTS.sha256 into each port's folder.
    #[command(after_help = CONTENTS_EXAMPLES)]
    Contents(SourcesArguments),
    /// Shows what is in an image: its parts, its settings, every file with its hash.
    #[command(
        after_help = "Example:\n  image-builder inspect --json job.img | jq -r '.members[].path'"
    )]
    Inspect {
        /// The image.
        image: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Unpacks the files of an image into a new or empty folder, each one verified.
    #[command(
        after_help = "Example:\n  image-builder extract job.img -C files\n\nSet-id bits are dropped: the files belong to whoever unpacks them."
    )]
    Extract {
        /// The image.
        image: PathBuf,
        /// The folder; it is made if it does not exist.
        #[arg(short = 'C', long = "directory", value_name = "DIR")]
        folder: PathBuf,
    },
    /// Proves an image against its own index: every byte, damage named by file and offset.
    #[command(after_help = CHECK_EXAMPLES)]
    Check {
        /// The image.
        image: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Puts an image onto an SD card for Raspberry Pis: a card's image, to be copied to a card.
    #[command(after_help = SD_EXAMPLES)]
    Sd(SdArguments),
    /// Shows or unpacks what a board wrote to its card.
    #[command(after_help = RESULTS_EXAMPLES)]
    Results {
        /// The card (a block device), or its image.
        card: PathBuf,
        /// Unpacks it into this folder, which is made if it does not exist.
        #[arg(short = 'C', long = "directory", value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Tells a ledger as one HTML page: the verdict, the graph from hex0 on, every entry, every text.
    #[command(after_help = report_command::EXAMPLES)]
    Report(ReportArguments),
    /// Runs an image on a processor that is a program: no QEMU, no hardware.
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(SimulateArguments),
    /// Shows the kernel's compact trace: a line for each system call.
    #[command(after_help = TRACE_EXAMPLES)]
    Trace {
        /// The file that `qemu/run --trace` wrote.
        trace: PathBuf,
        /// The kernel's ELF file [default: aarch64-unknown-none-softfloat/kernel/kernel beside this tool's folder]
        #[arg(long, value_name = "ELF")]
        kernel: Option<PathBuf>,
    },
    #[command(flatten)]
    Ledger(LedgerCommand),
}

const SIMULATE_EXAMPLES: &str = "\
Examples:
  image-builder simulate firmseed.img --out left
  image-builder simulate job.img --append 'init=/bin/sh -- /job.sh' --memory 256

The kernel in the image is not run: this tool has its rules, and the interpreter of AArch64 below them. The ledger's head
is that of a run on hardware or in QEMU. Exit code: that of the machine's process 1; 124 after --timeout, and where a
program waits for input that has ended; 125 where it did not come to process 1; 254 where --out did not get all files. docs/audit.md says what is proved.";

#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The image.
    pub image: PathBuf,
    /// Brings what the machine wrote into this folder, new or empty.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Words for the kernel's command line: init=PATH, and -- WORD... for its arguments; once for each, or quoted.
    #[arg(long, value_name = "WORDS", allow_hyphen_values = true)]
    append: Vec<String>,
    /// MiB of memory.
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    memory: usize,
    /// Seconds after which the machine is stopped.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Says at the end how many instructions programs executed, and how fast.
    #[arg(long)]
    pub count: bool,
}

impl SimulateArguments {
    /// The request.
    pub fn request(&self) -> simulate::Request {
        simulate::Request {
            memory_mib: self.memory,
            append: self.append.join(" "),
            timeout: self.timeout,
        }
    }
}

const SD_EXAMPLES: &str = "\
Examples:
  With Debian's raspi-firmware and the device trees of its kernel:
    image-builder sd card.img --image firmseed.img --firmware /usr/lib/raspi-firmware \\
        --firmware /usr/lib/linux-image-VERSION-arm64/broadcom
  With the boot partition of a Raspberry Pi OS card:
    image-builder sd card.img --image firmseed.img --firmware /media/boot

The firmware's files are not free software and no part of Firmseed. The same files always give the same
bytes. docs/boards.md says what is on the card, how to copy it, and what to expect of the board.";

const RESULTS_EXAMPLES: &str = "\
Examples:
  image-builder results /dev/sdX | sort -k 2
  image-builder results card.img -C out

Prints a line SHA256  FILE for each file. Without this tool: docs/boards.md (dd and tar do it).";

#[derive(Debug, Args)]
pub struct SdArguments {
    /// The card's image to write; replaced only when all is done.
    output: PathBuf,
    /// The image that boots.
    #[arg(long, value_name = "IMAGE")]
    image: PathBuf,
    /// A folder with files of the Raspberry Pi's firmware; once for each.
    #[arg(long, value_name = "DIR", required = true)]
    firmware: Vec<PathBuf>,
    /// A board that the card must start; once for each [default: those that the firmware's files are enough for]
    #[arg(long = "board", value_enum, value_name = "BOARD")]
    boards: Vec<BoardName>,
    /// MiB in all [default: a power of two with 128 MiB for results]
    #[arg(long, value_name = "MIB")]
    size: Option<u64>,
    /// A file with lines for the end of config.txt.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BoardName {
    Pi3,
    Pi4,
    Pi5,
}

impl SdArguments {
    /// The request, and where the card's image goes.
    pub fn into_request(self) -> (sd::Request, PathBuf) {
        let board = |name: &BoardName| match name {
            BoardName::Pi3 => Board::Pi3,
            BoardName::Pi4 => Board::Pi4,
            BoardName::Pi5 => Board::Pi5,
        };
        let request = sd::Request {
            image: self.image,
            firmware: self.firmware,
            boards: self.boards.iter().map(board).collect(),
            size_mib: self.size,
            config: self.config,
        };
        (request, self.output)
    }
}

const SOURCES_EXAMPLES: &str = "\
Examples:
  All ports of this project:      image-builder sources | sha256sum -c
  One, from files that are here:  image-builder sources --sources ~/Downloads tinycc
  Somebody's own:                 image-builder sources ./my-port

Prints a line SHA256  FILE for each tarball. A file whose hash is not the one in port.toml is refused
with both hashes. What was found or fetched is kept in the cache, so that no network is asked again.";

const CONTENTS_EXAMPLES: &str = "\
Examples:
  image-builder contents ./my-port
  image-builder contents tinycc && git diff ports/tinycc

The list goes into the image. After unpacking, the port's script proves it with `sha256sum -c`, and `verify` takes
texts that come out of a tarball only if their hashes stand there. docs/ports.md tells more.";

const TRACE_EXAMPLES: &str = "\
Example:
  qemu/run --image job.img --trace job.trace && image-builder trace job.trace | less

The kernel must be the one that wrote the trace: the trace holds numbers, their texts are in its ELF
file. Exit code 1 means that some of it made no sense.";

#[derive(Debug, Args)]
pub struct SourcesArguments {
    /// Names of ports in --ports, or folders (with a `/`) [default: all ports in --ports]
    #[arg(value_name = "PORT")]
    names: Vec<PathBuf>,
    #[command(flatten)]
    places: Places,
}

impl SourcesArguments {
    /// The ports' folders, and where to look for their files.
    pub fn into_request(self) -> anyhow::Result<(Vec<PathBuf>, Seeker)> {
        let ports = &self.places.ports_folder;
        let named = |name: &PathBuf| match name.components().count() > 1 || name.is_absolute() {
            true => name.clone(),
            false => ports.join(name),
        };
        let mut folders: Vec<PathBuf> = self.names.iter().map(named).collect();
        if folders.is_empty() {
            let read = std::fs::read_dir(ports);
            for entry in read.map_err(image_builder::Error::io("read", ports))? {
                folders.push(entry?.path());
            }
            folders.retain(|folder| folder.join("port.toml").is_file());
            folders.sort();
        }
        Ok((folders, self.places.into_seeker()))
    }
}

/// Where the tarballs of ports may be.
#[derive(Debug, Args)]
struct Places {
    /// The folder of the project's ports; the project's qemu/setup beside it fetches Debian's source packages.
    #[arg(long = "ports", value_name = "DIR", default_value = "ports")]
    ports_folder: PathBuf,
    /// A folder with tarballs; once for each.
    #[arg(long, value_name = "DIR")]
    sources: Vec<PathBuf>,
    /// Where tarballs are kept [default: $FIRMSEED_CACHE, $XDG_CACHE_HOME/firmseed or ~/.cache/firmseed]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Fetch nothing.
    #[arg(long)]
    offline: bool,
}

impl Places {
    fn into_seeker(self) -> Seeker {
        // Absolute: a command without a slash would be sought in PATH.
        let setup = std::path::absolute(&self.ports_folder).ok();
        let setup = setup.and_then(|ports| Some(ports.parent()?.join("qemu/setup")));
        Seeker {
            folders: self.sources,
            cache: self.cache,
            debian: setup.filter(|path: &PathBuf| Path::is_file(path)),
            offline: self.offline,
        }
    }
}

/// Runs that the one in question continues.
#[derive(Debug, Args)]
pub struct EarlierArguments {
    /// A run whose files the image holds: its image, and the folder that it left (or its ledger). It is verified first.
    /// Once for each, where runs continue one another, the earliest first.
    #[arg(long, num_args = 2, value_names = ["IMAGE", "LEFT"])]
    from: Vec<PathBuf>,
}

impl EarlierArguments {
    /// The runs, in the order given.
    pub fn runs(&self) -> Vec<EarlierRun> {
        let pairs = self.from.chunks_exact(2);
        let run = |pair: &[PathBuf]| EarlierRun { image: pair[0].clone(), left: pair[1].clone() };
        pairs.map(run).collect()
    }
}

/// Heads of ledgers, as consoles showed them.
#[derive(Debug, Args)]
pub struct HeadArguments {
    /// The head that the console showed, 64 hex digits. Once for each run, in any order, where it continues others.
    #[arg(long = "head", value_name = "HASH", value_parser = head)]
    pub heads: Vec<Digest>,
}

fn head(text: &str) -> Result<Digest, String> {
    let digest = firmseed_verify::image::digest_of_hex(text.as_bytes());
    digest.ok_or_else(|| "expected 64 lower-case hex digits, as the console shows them".into())
}

#[derive(Debug, Args)]
pub struct BuildArguments {
    /// A port's folder (docs/ports.md): goes to /ports/NAME with its tarball, is built after TinyCC; once for each.
    #[arg(long = "port", value_name = "DIR", conflicts_with = "tar")]
    ports: Vec<PathBuf>,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    earlier: EarlierArguments,
    /// A folder whose files go into the image.
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present_any = ["tar", "from"],
        conflicts_with_all = ["tar", "from"]
    )]
    tree: Option<PathBuf>,
    /// An uncompressed tar that goes into the image byte for byte.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    tar: Option<PathBuf>,
    /// The program of PID 1, an absolute path in the image.
    #[arg(long, value_name = "PATH")]
    init: OsString,
    /// An argument of PID 1; once for each, in order.
    #[arg(long = "arg", value_name = "ARGUMENT", allow_hyphen_values = true)]
    arguments: Vec<OsString>,
    /// A variable of PID 1's environment; once for each.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    environment: Vec<OsString>,
    /// Where PID 1 starts.
    #[arg(long, value_name = "DIR", default_value = "/")]
    cwd: OsString,
    /// Which programs the kernel runs: only those built on the machine, or the image's own too.
    #[arg(long, value_enum, default_value = "chain")]
    policy: PolicyName,
    /// A hex0 text of the image (a path from its root), and the absolute path where the kernel puts the program that
    /// it decodes from it: one that the tree has not.
    #[arg(long = "seed", value_name = "TEXT=PROGRAM")]
    seeds: Vec<OsString>,
    /// The kernel's ELF file [default: aarch64-unknown-none-softfloat/kernel/kernel beside this tool's folder]
    #[arg(long, value_name = "ELF")]
    kernel: Option<PathBuf>,
    /// The folder with the seed kernel's texts, loader.hex0 and kernel.hex0: the image gets that kernel.
    #[arg(long, value_name = "DIR", conflicts_with = "kernel")]
    seed_kernel: Option<PathBuf>,
    /// The image to write; replaced only when all is done.
    #[arg(short, long, value_name = "IMAGE")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PolicyName {
    Chain,
    Open,
}

impl BuildArguments {
    /// The request, and where its image goes.
    pub fn into_request(self) -> anyhow::Result<(Request, PathBuf)> {
        let runs = self.earlier.runs();
        let source = match (self.tree, self.tar) {
            (None, None) if !runs.is_empty() => Source::Earlier(runs),
            (Some(tree), None) => Source::Tree(tree),
            (None, Some(tar)) => Source::Tar(tar),
            _ => bail!("one of --tree, --tar and --from is needed"),
        };
        let mut seeds = Vec::new();
        for seed in self.seeds {
            let bytes = seed.into_encoded_bytes();
            let Some(at) = bytes.iter().rposition(|&byte| byte == b'=') else {
                let text =
                    format!("--seed {}: expected TEXT=PROGRAM", String::from_utf8_lossy(&bytes));
                return Err(image_builder::Error::Request(text).into());
            };
            seeds.push((bytes[..at].to_vec(), bytes[at + 1..].to_vec()));
        }
        let bytes =
            |list: Vec<OsString>| list.into_iter().map(OsString::into_encoded_bytes).collect();
        let settings = Settings {
            init: self.init.into_encoded_bytes(),
            arguments: bytes(self.arguments),
            environment: bytes(self.environment),
            cwd: self.cwd.into_encoded_bytes(),
            continues: None,
            policy: match self.policy {
                PolicyName::Chain => Policy::Chain,
                PolicyName::Open => Policy::Open,
            },
            seeds,
        };
        Ok((
            Request {
                source,
                ports: Ports { folders: self.ports, seeker: self.places.into_seeker() },
                settings,
                kernel: match (self.kernel, self.seed_kernel) {
                    (Some(elf), _) => KernelSource::Elf(elf),
                    (None, Some(folder)) => KernelSource::Seed(folder),
                    (None, None) => KernelSource::Default,
                },
            },
            self.output,
        ))
    }
}
