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

struct PipeRow {
    pipe: Pipe,
    watch: Watch,
    /// What is kept of it beside its bytes.
    more: More,
}

/// What pipes without a name do not have.
#[derive(Debug, Default)]
pub struct More {
    /// The FIFO that it is.
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

    fn entry(&mut self, pipe: u32) -> &mut PipeRow {
        self.entries[pipe as usize].as_mut().expect("an open file names a pipe")
    }

    /// A pipe. The number came from an open file, so the pipe exists.
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

    /// Has somebody to be woken? Asked once for each transfer.
    #[inline]
    pub fn take_watch(&mut self, pipe: u32, moved: Moved) -> bool {
        match self.entries.get_mut(pipe as usize) {
            Some(Some(entry)) if entry.watch == Watch::Somebody => {
                entry.watch = Watch::Nobody;
                let moves = &mut entry.more.moves[moved as usize];
                *moves = moves.wrapping_add(1);
                true
            }
            _ => false,
        }
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
