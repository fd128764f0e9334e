//! All pipes, and whether somebody waits for one: then a transfer wakes them.

use alloc::vec::Vec;

use super::pipe::Pipe;
use crate::errno::Errno;

/// Does a process wait for the pipe?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    Nobody,
    Somebody,
}

struct PipeRow {
    pipe: Pipe,
    watch: Watch,
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
        let entry = Some(PipeRow { pipe, watch: Watch::Nobody });
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

    /// From now on a transfer wakes those who wait for this pipe.
    pub fn watch(&mut self, pipe: u32) {
        self.entry(pipe).watch = Watch::Somebody;
    }

    /// Has somebody to be woken? Asked once for each transfer.
    #[inline]
    pub fn take_watch(&mut self, pipe: u32) -> bool {
        match self.entries.get_mut(pipe as usize) {
            Some(Some(entry)) => {
                core::mem::replace(&mut entry.watch, Watch::Nobody) == Watch::Somebody
            }
            _ => false,
        }
    }

    /// Forgets a pipe without ends. Had it none?
    pub fn remove_if_closed(&mut self, pipe: u32) -> bool {
        let ends = self.at(pipe);
        let is_closed = ends.readers() == 0 && ends.writers() == 0;
        if is_closed {
            self.entries[pipe as usize] = None;
        }
        is_closed
    }
}
