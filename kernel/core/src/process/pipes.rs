//! All pipes, and whether somebody waits for one: then a transfer wakes them.

use alloc::vec::Vec;

use crate::errno::Errno;
use crate::frames::FramePool;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::pipe::Pipe;
use crate::process::{Event, Pid};

/// Does a process wait for the pipe?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    Nobody,
    Somebody,
}

struct Entry {
    pipe: Pipe,
    watch: Watch,
    /// Whose bytes may be in it, the last writer last.
    writers: Vec<Pid>,
    /// The last reader, and the ledger's generation when it was told of the writers.
    known_to: Option<(Pid, u64)>,
}

/// All pipes by number.
#[derive(Default)]
pub struct Pipes {
    entries: Vec<Option<Entry>>,
}

impl Pipes {
    /// A new pipe with one reader and one writer.
    ///
    /// # Errors
    /// ENFILE.
    pub fn create(&mut self) -> Result<u32, Errno> {
        let mut pipe = Pipe::new();
        pipe.open_reader();
        pipe.open_writer();
        let entry = Some(Entry {
            pipe,
            watch: Watch::Nobody,
            writers: Vec::new(),
            known_to: None,
        });
        let index = match self.entries.iter().position(Option::is_none) {
            Some(index) => {
                self.entries[index] = entry;
                index
            }
            None => {
                self.entries.try_reserve(1).map_err(|_| Errno::ENFILE)?;
                self.entries.push(entry);
                self.entries.len() - 1
            }
        };
        Ok(index as u32)
    }

    fn entry(&mut self, pipe: u32) -> &mut Entry {
        self.entries[pipe as usize]
            .as_mut()
            .expect("an open file names a pipe")
    }

    /// A pipe. The number came from an open file, so the pipe exists.
    #[inline]
    pub fn at(&mut self, pipe: u32) -> &mut Pipe {
        &mut self.entry(pipe).pipe
    }

    /// From now on a transfer wakes those who wait for this pipe.
    pub fn watch(&mut self, pipe: u32) {
        self.entry(pipe).watch = Watch::Somebody;
    }

    /// Has somebody to be woken? Asked once for each transfer.
    #[inline]
    fn take_watch(&mut self, pipe: u32) -> bool {
        match self.entries.get_mut(pipe as usize) {
            Some(Some(entry)) => {
                core::mem::replace(&mut entry.watch, Watch::Nobody) == Watch::Somebody
            }
            _ => false,
        }
    }

    /// Who wrote to a pipe last.
    #[inline]
    pub fn last_writer(&mut self, pipe: u32) -> Option<Pid> {
        self.entry(pipe).writers.last().copied()
    }

    /// A process is about to write to a pipe.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn add_writer(&mut self, pipe: u32, writer: Pid) -> Result<(), Errno> {
        let entry = self.entry(pipe);
        if entry.pipe.is_empty() {
            entry.writers.clear();
        }
        entry.writers.retain(|&other| other != writer);
        entry.writers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        entry.writers.push(writer);
        entry.known_to = None;
        Ok(())
    }

    /// One of those whose bytes may be in a pipe.
    pub fn writer(&mut self, pipe: u32, index: usize) -> Option<Pid> {
        self.entry(pipe).writers.get(index).copied()
    }

    /// Was the last one to be told of the writers this reader, at this generation of the ledger?
    #[inline]
    pub fn is_known_to(&mut self, pipe: u32, reader: (Pid, u64)) -> bool {
        self.entry(pipe).known_to == Some(reader)
    }

    /// A reader has been told of the writers.
    pub fn make_known_to(&mut self, pipe: u32, reader: (Pid, u64)) {
        self.entry(pipe).known_to = Some(reader);
    }

    /// A reading end is gone.
    pub fn close_reader(&mut self, pipe: u32, pool: &mut FramePool) {
        self.at(pipe).close_reader(pool);
    }

    /// A writing end is gone.
    pub fn close_writer(&mut self, pipe: u32, pool: &mut FramePool) {
        self.at(pipe).close_writer(pool);
    }

    /// Forgets a pipe without ends.
    pub fn remove_if_closed(&mut self, pipe: u32) {
        let ends = self.at(pipe);
        if ends.readers() == 0 && ends.writers() == 0 {
            self.entries[pipe as usize] = None;
        }
    }
}

impl<M: Machine> Kernel<'_, M> {
    /// Bytes have gone into a pipe or out of it, or an end was closed.
    #[inline]
    pub(crate) fn wake_pipe(&mut self, pipe: u32) {
        if self.pipes.take_watch(pipe) {
            self.processes.wake(Event::Pipe(pipe));
            self.processes.wake(Event::Poll);
        }
    }
}
