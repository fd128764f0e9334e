//! All pipes, and whether somebody waits for one: then a transfer wakes them. What else passes from process to process has
//! a number here too: the two ways of a pair of sockets, a FIFO while it is open, the count of an eventfd, what a timerfd is
//! set to and what an epoll is told. So those
//! who wait and the ledger know them by the same numbers.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::pipe::Pipe;
use crate::errno::Errno;
use crate::fs::InodeId;

/// Does a process wait for the pipe?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    Nobody,
    Somebody,
}

/// What has happened to a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Something went in, or an end was opened or closed.
    In,
    /// Something was taken out.
    Out,
}

/// A pipe, and who waits for it.
pub struct PipeRow {
    /// Its bytes and ends.
    pub pipe: Pipe,
    watch: Watch,
    /// What is kept of it beside its bytes.
    more: More,
}

impl PipeRow {
    /// Has somebody to be woken? Asked once for each transfer.
    #[inline(always)]
    pub fn take_watch(&mut self, moved: Moved) -> bool {
        if self.watch == Watch::Nobody {
            return false;
        }
        self.watch = Watch::Nobody;
        let moves = &mut self.more.moves[moved as usize];
        *moves = moves.wrapping_add(1);
        true
    }
}

/// What is kept of a pipe beside its bytes.
#[derive(Debug, Default)]
pub struct More {
    /// The FIFO that it is, by which it is found when it is opened.
    fifo: Option<InodeId>,
    /// The count of an eventfd.
    pub count: u64,
    /// Lengths of the messages in it, where it keeps them apart.
    pub messages: VecDeque<usize>,
    /// How often a reader has been opened, and a writer: whoever waits for one sees that it was there.
    pub opened: [u32; 2],
    /// How often something has gone in and come out while somebody watched: what epoll's edges are.
    pub moves: [u32; 2],
}

/// All pipes by number.
#[derive(Default)]
pub struct Pipes {
    entries: Vec<Option<PipeRow>>,
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
        let number = self.add(pipe, None)?;
        self.more(number).opened = [1; 2];
        Ok(number)
    }

    /// A pipe is behind this FIFO from now on.
    pub fn set_fifo(&mut self, pipe: u32, fifo: InodeId) {
        self.more(pipe).fifo = Some(fifo);
    }

    /// The pipe behind a FIFO; without ends if nobody has the FIFO open. To be followed by the opening of an end.
    ///
    /// # Errors
    /// ENFILE.
    pub fn of_fifo(&mut self, fifo: InodeId) -> Result<u32, Errno> {
        let is_it =
            |entry: &Option<PipeRow>| entry.as_ref().is_some_and(|row| row.more.fifo == Some(fifo));
        match self.entries.iter().position(is_it) {
            Some(index) => Ok(index as u32),
            None => self.add(Pipe::new(), Some(fifo)),
        }
    }

    fn add(&mut self, pipe: Pipe, fifo: Option<InodeId>) -> Result<u32, Errno> {
        let more = More { fifo, ..More::default() };
        let entry = Some(PipeRow { pipe, watch: Watch::Nobody, more });
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

    /// A pipe with what is kept of it. The number came from an open file, so the pipe exists.
    #[inline(always)]
    pub fn entry(&mut self, pipe: u32) -> &mut PipeRow {
        self.entries[pipe as usize].as_mut().expect("an open file names a pipe")
    }

    /// A pipe.
    #[inline]
    pub fn at(&mut self, pipe: u32) -> &mut Pipe {
        &mut self.entry(pipe).pipe
    }

    /// What is kept of it beside its bytes.
    pub fn more(&mut self, pipe: u32) -> &mut More {
        &mut self.entry(pipe).more
    }

    /// From now on a transfer wakes those who wait for this pipe.
    pub fn watch(&mut self, pipe: u32) {
        self.entry(pipe).watch = Watch::Somebody;
    }

    /// The same as [`PipeRow::take_watch`] of a pipe that may be gone.
    pub fn take_watch(&mut self, pipe: u32, moved: Moved) -> bool {
        let row = self.entries.get_mut(pipe as usize).and_then(Option::as_mut);
        row.is_some_and(|row| row.take_watch(moved))
    }

    /// Forgets a pipe without ends. Had it none?
    pub fn remove_if_closed(&mut self, pipe: u32) -> bool {
        let is_closed = self.at(pipe).is_closed();
        if is_closed {
            self.entries[pipe as usize] = None;
        }
        is_closed
    }
}
