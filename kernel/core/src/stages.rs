//! The line on the console for each step of the chain: what is done, by which program, its size, hash and time.
//!
//! An image that holds [`LIST`], lines as sha256sum writes them, names the files that its programs are to make, in
//! the order in which they will be made. When a process ends, the files that are next in the list and exist now
//! get their lines. The list only tells: what to do about a wrong hash is the chain's own affair.

use alloc::vec::Vec;

use crate::errno::Errno;
use crate::fs::{FileType, Follow, Fs, InodeId, Origin};
use crate::ledger::Ledger;
use crate::machine::{Machine, say};
use crate::storage::Storage;
use crate::text::Printable;
use firmseed_formats::sha256::to_hex;

/// The list of the files to come.
pub const LIST: &[u8] = b"/SHA256SUMS";

/// Hex digits of a hash that a line shows.
const SHOWN_DIGITS: usize = 16;

/// Columns that a path fills at least.
const PATH_WIDTH: usize = 24;

/// A file to come.
struct Stage {
    path: Vec<u8>,
    expected: [u8; 64],
}

/// The files to come, and how many of them are done.
#[derive(Default)]
pub struct Stages {
    list: Vec<Stage>,
    done: usize,
}

impl Stages {
    /// Reads the list, where the image has one. Lines that are no hash and absolute path are passed over.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn read(fs: &Fs, memory: &impl Machine) -> Result<Self, Errno> {
        let mut list = Vec::new();
        let Ok(file) = fs.resolve(InodeId::ROOT, LIST, Follow::Yes) else {
            return Ok(Self::default());
        };
        let mut text = Vec::new();
        let size = usize::try_from(fs.size(file)).map_err(|_| Errno::ENOMEM)?;
        text.try_reserve_exact(size).map_err(|_| Errno::ENOMEM)?;
        text.resize(size, 0);
        fs.read(file, 0, &mut text, memory);
        for line in text.split(|&byte| byte == b'\n') {
            let Some((expected, rest)) = line.split_first_chunk::<64>() else {
                continue;
            };
            let Some(path) = rest.strip_prefix(b"  ").filter(|path| path.starts_with(b"/")) else {
                continue;
            };
            list.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            list.push(Stage { path: path.to_vec(), expected: *expected });
        }
        Ok(Stages { list, done: 0 })
    }

    /// Shows the stages that the end of a process, which ran `program`, has completed.
    pub fn report<M: Machine>(
        &mut self,
        program: &[u8],
        ledger: &mut Ledger,
        storage: &mut Storage<'_, M>,
    ) {
        while let Some(stage) = self.list.get(self.done) {
            let Some(file) = finished(&storage.fs, &stage.path) else {
                return;
            };
            let hex = to_hex(&ledger.content(storage, file).sha256);
            self.done += 1;
            let padding = PATH_WIDTH.saturating_sub(stage.path.len());
            let milliseconds = storage.machine.now() / 1_000_000;
            say(
                &mut storage.machine,
                format_args!(
                    "[{:2}/{}] {:3}.{:03} s  {}{:padding$} {:7} bytes  sha256 {}  {} {}",
                    self.done,
                    self.list.len(),
                    milliseconds / 1000,
                    milliseconds % 1000,
                    Printable(&stage.path),
                    "",
                    storage.fs.size(file),
                    Printable(&hex[..SHOWN_DIGITS]),
                    if hex == stage.expected { "as expected, by" } else { "NOT AS EXPECTED, by" },
                    Printable(program),
                ),
            );
        }
    }
}

/// The file at `path`, if a program has made it and none is writing it any more.
fn finished(fs: &Fs, path: &[u8]) -> Option<InodeId> {
    let file = fs.resolve(InodeId::ROOT, path, Follow::Yes).ok()?;
    let made = fs.file_type(file) == FileType::Regular && fs.origin(file) != Origin::Image;
    (made && !fs.is_being_written(file)).then_some(file)
}
