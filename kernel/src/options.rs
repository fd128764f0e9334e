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

use board::argument;
use firmseed_core::kernel::{BootOptions, split_line};

use crate::image::Image;

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
        let (words, _) = split_line(line);
        Options {
            boot: BootOptions::of_image(&image.index, image.kernel, line),
            trace: argument(words, "trace"),
            results: argument(words, "results"),
        }
    }
}
