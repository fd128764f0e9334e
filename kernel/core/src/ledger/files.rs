//! What the ledger knows of files: whose changes of one it has not told yet, what is in one, whose its names are, and
//! whose those in a directory.
//!
//! By the numbers of inodes, which come again: what makes a file or a directory says so ([`KnownFiles::begin`]). Contents
//! need no such care, as no two have the same version.

use super::content::look_at;
use super::makers::Makers;
use super::record::NoMemory;
use crate::fs::{Fs, InodeId};
use crate::machine::Machine;
use crate::pieces::Pieces;
use crate::process::Pid;
use firmseed_formats::ledger::format::Content;

/// What is known of a regular file or a symbolic link.
#[derive(Default)]
struct FileRecord {
    /// The process whose changes no entry tells yet.
    writer: Option<Pid>,
    /// The contents of a version, once they have been looked at.
    content: Option<(u64, Content)>,
}

/// What is known of what has a number, by its kind.
enum Known {
    /// Nothing; or it is gone.
    Nothing,
    File(FileRecord),
    /// Who has changed names in it.
    Directory(Makers),
}

/// All that is known of what has a number.
struct Row {
    /// Who has given it a name.
    namers: Makers,
    known: Known,
}

/// What is known of files and directories.
pub(crate) struct KnownFiles {
    /// By the numbers of inodes. Those of /proc have numbers too, and nothing is known of them.
    table: Pieces<Row>,
}

impl Row {
    const NOTHING: Self = Row { namers: Makers::NONE, known: Known::Nothing };
}

impl KnownFiles {
    /// Nothing is known.
    pub const fn new() -> Self {
        KnownFiles { table: Pieces::new() }
    }

    /// The process whose changes of the contents no entry tells yet.
    #[inline(always)]
    pub fn writer(&self, file: InodeId) -> Option<Pid> {
        match &self.table.get(file.0 as usize)?.known {
            Known::File(record) => record.writer,
            _ => None,
        }
    }

    /// Sets that process; None once an entry tells its changes. From then on each first write is to be noted anew, so
    /// places that were found before are void.
    pub fn set_writer(
        &mut self,
        fs: &mut Fs,
        file: InodeId,
        writer: Option<Pid>,
    ) -> Result<(), NoMemory> {
        fs.void_places();
        self.file(file)?.writer = writer;
        Ok(())
    }

    /// Hash, size and class of a regular file, or of the target of a symbolic link: computed once for each version.
    #[inline(never)]
    pub fn content(&mut self, fs: &Fs, machine: &impl Machine, file: InodeId) -> Content {
        let version = fs.version(file);
        let Ok(record) = self.file(file) else {
            return look_at(fs, machine, file); // and again the next time
        };
        match record.content {
            Some((known, content)) if known == version => content,
            _ => {
                let content = look_at(fs, machine, file);
                record.content = Some((version, content));
                content
            }
        }
    }

    /// A process changes a name in a directory.
    #[inline(never)]
    pub fn add_maker(&mut self, directory: InodeId, maker: Pid) -> Result<(), NoMemory> {
        let known = &mut self.row(directory)?.known;
        if !matches!(known, Known::Directory(_)) {
            *known = Known::Directory(Makers::NONE);
        }
        if let Known::Directory(makers) = known {
            makers.add(maker.0);
        }
        Ok(())
    }

    /// A process gives a file or directory a name.
    pub fn add_namer(&mut self, file: InodeId, namer: Pid) -> Result<(), NoMemory> {
        self.row(file)?.namers.add(namer.0);
        Ok(())
    }

    /// The first process from `process` on that may have given a file or directory its name.
    pub fn namer_from(&self, file: InodeId, process: u32) -> Option<u32> {
        self.table.get(file.0 as usize)?.namers.at_or_after(process)
    }

    /// The first process from `process` on that may have changed the names in a directory.
    pub fn maker_from(&self, directory: InodeId, process: u32) -> Option<u32> {
        match &self.table.get(directory.0 as usize)?.known {
            Known::Directory(makers) => makers.at_or_after(process),
            _ => None,
        }
    }

    /// A file or directory has come to be: what is known by its number is of another, which is gone.
    pub fn begin(&mut self, file: InodeId) {
        if let Some(row) = self.table.get_mut(file.0 as usize) {
            *row = Row::NOTHING;
        }
    }

    #[inline(never)]
    fn file(&mut self, file: InodeId) -> Result<&mut FileRecord, NoMemory> {
        let known = &mut self.row(file)?.known;
        if let Known::Nothing | Known::Directory(_) = known {
            *known = Known::File(FileRecord::default());
        }
        match known {
            Known::File(record) => Ok(record),
            _ => unreachable!("it has just become one"),
        }
    }

    #[inline(never)]
    fn row(&mut self, number: InodeId) -> Result<&mut Row, NoMemory> {
        self.table.make(number.0 as usize, || Row::NOTHING).map_err(|_| NoMemory)
    }
}
