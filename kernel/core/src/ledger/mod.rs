//! The ledger: what ran, what it read, what it wrote, each entry chained to the one before.
//!
//! `firmseed_formats::ledger` writes the lines (docs/ledger.md). Here it is an [`Observer`]: the system calls tell it of
//! reads, writes, names, pipes and settings (`events`), of files and code in memory (`memory`), of starts and ends. What
//! it knows stands in tables of its own: a `record` of each process and pipe, `files` and the `makers` of names in
//! directories, address `spaces`. It looks into files (`content`) and writes down what is pending (`entries`) to the
//! `log`, which has the text and its chain.

mod content;
mod entries;
mod events;
mod files;
mod log;
mod makers;
mod memory;
mod record;
mod spaces;

pub(crate) use events::SettingsUse;

use alloc::vec::Vec;
use core::fmt;

use crate::errno::Errno;
use crate::fs::{Follow, InodeId};
use crate::machine::Machine;
use crate::options::BootOptions;
use crate::process::Pid;
use crate::process::table::{Processes, Slot};
use crate::storage::Storage;
use crate::text::Text;
use files::KnownFiles;
use firmseed_formats::ledger::format::{self, Content};
use firmseed_formats::sha256::Digest;
use log::Log;
use record::{PipeRecord, Record};
use spaces::Spaces;

/// What is known and not told yet, and the text of what is told.
pub struct Ledger {
    log: Log,
    /// By the slots of processes.
    records: Vec<Record>,
    /// By the numbers of pipes.
    pipes: Vec<PipeRecord>,
    files: KnownFiles,
    spaces: Spaces,
    /// The process that changed a setting of the terminal last.
    setter: Option<Pid>,
    /// Changes whenever a process has something new to tell, or has told it.
    generation: u64,
    /// The file that the kernel itself maps into every program: no code of the program's.
    own_code: InodeId,
}

/// The ledger with all that it looks at when it is told of something.
pub(crate) struct Observer<'k, 'a, M: Machine> {
    pub ledger: &'k mut Ledger,
    pub processes: &'k mut Processes,
    pub storage: &'k mut Storage<'a, M>,
}

impl Ledger {
    /// The ledger before the first process: its text begins with the settings and the seeds, whose programs are made.
    /// Code in the file `own_code` is the kernel's own.
    ///
    /// # Errors
    /// ENOMEM.
    pub(crate) fn open<M: Machine>(
        options: &BootOptions,
        own_code: InodeId,
        storage: &mut Storage<'_, M>,
    ) -> Result<Self, Errno> {
        let mut files = KnownFiles::new();
        let block = first_block(options, &mut files, storage).map_err(|_| Errno::ENOMEM)?;
        let mut log = Log::open(options.kernel, storage)?;
        log.append(block, storage).map_err(|_| Errno::ENOMEM)?;
        Ok(Ledger {
            log,
            records: Vec::new(),
            pipes: Vec::new(),
            files,
            spaces: Spaces::default(),
            setter: None,
            generation: 0,
            own_code,
        })
    }

    /// Makes sure that one more process can be told of.
    ///
    /// # Errors
    /// ENOMEM.
    pub(crate) fn make_room(&mut self, processes: &Processes) -> Result<(), Errno> {
        let slots = processes.slots().count() + 1;
        let missing = slots.saturating_sub(self.records.len());
        self.records.try_reserve(missing).map_err(|_| Errno::ENOMEM)?;
        while self.records.len() < slots {
            self.records.push(Record::default());
        }
        Ok(())
    }

    /// The text so far.
    pub const fn text(&self) -> InodeId {
        self.log.text()
    }

    /// The counters so far.
    pub const fn counters(&self) -> InodeId {
        self.log.counters()
    }

    /// The last link of the chain; None for a ledger from which something is missing.
    pub fn head(&self) -> Option<&Digest> {
        self.log.head()
    }

    /// Hash, size and class of a file.
    pub(crate) fn content<M: Machine>(
        &mut self,
        storage: &Storage<'_, M>,
        file: InodeId,
    ) -> Content {
        self.files.content(&storage.fs, &storage.machine, file)
    }

    /// Is nothing known of any address space?
    #[cfg(test)]
    pub(crate) fn knows_no_space(&self) -> bool {
        self.spaces.is_empty()
    }

    fn record(&self, slot: Slot) -> &Record {
        &self.records[slot.0 as usize]
    }

    fn record_mut(&mut self, slot: Slot) -> &mut Record {
        &mut self.records[slot.0 as usize]
    }
}

/// Settings and seeds.
fn first_block<M: Machine>(
    options: &BootOptions,
    files: &mut KnownFiles,
    storage: &Storage<'_, M>,
) -> Result<Text, fmt::Error> {
    let mut block = Text::new();
    let settings = format::Settings {
        init: &options.init,
        arguments: options.arguments.get(1..).unwrap_or_default(),
        environment: &options.environment,
        cwd: &options.directory,
        policy: options.policy.name(),
        continues: options.continues.as_ref(),
    };
    format::head(&mut block, &options.files, &settings)?;
    for seed in &options.seeds {
        let mut look_at = |path: &[u8]| {
            let file = storage.fs.resolve(InodeId::ROOT, path, Follow::Yes);
            let file = file.map_err(|_| fmt::Error)?;
            Ok::<_, fmt::Error>(files.content(&storage.fs, &storage.machine, file))
        };
        let (program, text) = (look_at(&seed.program)?, look_at(&seed.text)?);
        format::seed(&mut block, (&program, &seed.program), (&text, &seed.text))?;
    }
    Ok(block)
}
