//! What the image's index and the kernel command line decide, and why a start failed.

use alloc::vec::Vec;
use core::fmt;

use crate::errno::Errno;
use crate::text::Printable;
use firmseed_formats::escape::Escaped;
use firmseed_formats::image::Index;
pub use firmseed_formats::image::Policy;
use firmseed_formats::sha256::Digest;

/// CLOCK_REALTIME at power-on: 2026-01-01, 00:00:00 UTC. A constant, so that nothing depends on the day of the run.
const REALTIME_START: u64 = 1_767_225_600 * 1_000_000_000;

/// A program that the kernel decodes from hex0 text before the first process starts.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Path of the hex0 text in the image.
    pub text: Vec<u8>,
    /// Path of the program to make; mode 0755.
    pub program: Vec<u8>,
}

/// What the image's index and the kernel command line decide.
#[derive(Clone, Debug)]
pub struct BootOptions {
    /// Path of PID 1.
    pub init: Vec<u8>,
    /// Its arguments, `argv[0]` first; empty means just `init`.
    pub arguments: Vec<Vec<u8>>,
    /// Its environment, `NAME=value` each.
    pub environment: Vec<Vec<u8>>,
    /// Its working directory.
    pub directory: Vec<u8>,
    /// Which files may be executed.
    pub policy: Policy,
    /// The head of the run that left the image's files, for the ledger.
    pub continues: Option<Digest>,
    /// Programs to decode first.
    pub seeds: Vec<Seed>,
    /// The hash of the tar that the files came from, for the ledger.
    pub files: Digest,
    /// The hash of the kernel that runs, as it measured it ([`firmseed_formats::image::kernel_hash`]), for the ledger.
    pub kernel: Digest,
    /// CLOCK_REALTIME at power-on, in nanoseconds since 1970. A constant of the image, not of the day.
    pub realtime_start: u64,
}

impl BootOptions {
    /// The options of an image, with those of the kernel command line over them: `init=PATH` is PID 1 instead of the
    /// index's, without its arguments, and what follows `--` are the arguments of PID 1 in either case. `kernel` is the
    /// hash of the kernel, as measured.
    pub fn of_image(index: &Index<'_>, kernel: Digest, line: &str) -> Self {
        let (words, after_dashes) = split_line(line);
        let other_init = words
            .split_ascii_whitespace()
            .filter_map(|word| word.strip_prefix("init="))
            .next_back();
        let init: Vec<u8> =
            other_init.map_or_else(|| bytes(index.init), |path| path.as_bytes().to_vec());
        let mut arguments = Vec::from([init.clone()]);
        match (after_dashes, other_init) {
            (Some(rest), _) => {
                arguments.extend(rest.split_ascii_whitespace().map(|word| word.as_bytes().to_vec()))
            }
            (None, Some(_)) => {}
            (None, None) => arguments.extend(index.arguments().map(bytes)),
        }
        BootOptions {
            init,
            arguments,
            environment: index.environment().map(bytes).collect(),
            directory: bytes(index.cwd),
            policy: index.policy,
            continues: index.continues,
            seeds: index
                .seeds()
                .map(|seed| Seed { text: bytes(seed.source), program: bytes(seed.program) })
                .collect(),
            files: index.tar.sha256,
            kernel,
            realtime_start: REALTIME_START,
        }
    }
}

/// A kernel command line: its words, and the arguments of PID 1 where a word `--` is before them.
pub fn split_line(line: &str) -> (&str, Option<&str>) {
    let dashes = line.as_bytes().windows(3).position(|three| three == b"-- ");
    match dashes.map(|at| (&line[..at], &line[at + 3..])) {
        Some((words, rest)) if words.is_empty() || words.ends_with(' ') => (words, Some(rest)),
        _ => (line, None),
    }
}

fn bytes(field: Escaped<'_>) -> Vec<u8> {
    field.bytes().collect()
}

/// Why PID 1 could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootError {
    /// What was being done.
    pub doing: &'static str,
    /// To which file.
    pub path: Vec<u8>,
    /// Why it failed.
    pub errno: Errno,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.doing, Printable(&self.path), self.errno)
    }
}
