//! What the index says and the kernel command line changes.
//!
//! Words on the command line (/chosen/bootargs), separated by blanks:
//!
//! | word                       | effect                                                            |
//! |----------------------------|-------------------------------------------------------------------|
//! | `init=PATH`                | PID 1 instead of the index's, without the index's arguments       |
//! | `-- WORD...`               | arguments of PID 1 instead of the index's                         |
//! | `console=pl011` or `mini`  | the serial port (also Linux's names: ttyAMA0, ttyS0)              |
//! | `exit=semihosting`         | the exit status goes to QEMU; QEMU must run with -semihosting     |
//! | `exit=reset`               | the machine boots again instead of being switched off             |
//! | `results=...`              | where what was written goes: the table in results/mod.rs          |
//! | `trace=semihosting[:PATH]` | the trace goes to a file on the host, `trace` where none is named |

use alloc::vec::Vec;
use board::argument;
use firmseed_core::kernel::{BootOptions, Seed};
use firmseed_formats::escape::Escaped;

use crate::image::Image;

/// CLOCK_REALTIME at power-on: 2026-01-01, 00:00:00 UTC. A constant, so that nothing depends on the day of the run.
const REALTIME_START: u64 = 1_767_225_600 * 1_000_000_000;

/// How to boot.
pub struct Options<'a> {
    /// For the core.
    pub boot: BootOptions,
    /// Where the trace goes.
    pub trace: Option<&'a str>,
    /// Where what was written goes.
    pub results: Option<&'a str>,
}

impl<'a> Options<'a> {
    /// The image's options with those of the command line over them.
    pub fn new(image: &Image, line: &'a str) -> Self {
        let index = &image.index;
        let dashes = line.as_bytes().windows(3).position(|three| three == b"-- ");
        let (words, after_dashes) = match dashes.map(|at| (&line[..at], &line[at + 3..])) {
            Some((words, rest)) if words.is_empty() || words.ends_with(' ') => (words, Some(rest)),
            _ => (line, None),
        };
        let other_init = argument(words, "init");
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
        Options {
            boot: BootOptions {
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
                kernel: image.kernel,
                realtime_start: REALTIME_START,
            },
            trace: argument(words, "trace"),
            results: argument(words, "results"),
        }
    }
}

fn bytes(field: Escaped<'_>) -> Vec<u8> {
    field.bytes().collect()
}
