//! Pipes (pipe(7)): a ring of 64 KiB in page frames, between readers and writers.
//!
//! Nothing blocks here: EAGAIN tells the system call to wait, or to fail where O_NONBLOCK is set. Frames
//! come when a write first reaches them, are used again, and go when the last end is closed. An empty
//! ring starts over at its first frame, so that a pipe of small messages takes one frame.

use crate::addr::{Frame, PAGE_SIZE};
use crate::errno::Errno;
use crate::frames::FramePool;

/// Bytes that a pipe holds.
pub const PIPE_CAPACITY: usize = 64 * 1024;
/// Writes of up to so many bytes are not mixed with others, and are written whole or not at all.
pub const PIPE_BUF: usize = 4096;

const FRAMES: usize = PIPE_CAPACITY / PAGE_SIZE;

/// A piece of a pipe's ring, to be copied from or to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The frame.
    pub frame: Frame,
    /// Where in the frame.
    pub offset: usize,
    /// How many bytes; they end inside the frame.
    pub length: usize,
    /// Bytes of this call in the pieces before this one.
    pub done: usize,
}

/// A pipe. Its user calls [`close_reader`](Self::close_reader) and
/// [`close_writer`](Self::close_writer) for each end that was opened, then drops it: the last of these
/// calls gives the frames back.
#[derive(Debug, Default)]
pub struct Pipe {
    frames: [Option<Frame>; FRAMES],
    /// Where the oldest byte is.
    start: usize,
    length: usize,
    readers: u32,
    writers: u32,
}

impl Pipe {
    /// An empty pipe without ends.
    pub const fn new() -> Self {
        Pipe {
            frames: [None; FRAMES],
            start: 0,
            length: 0,
            readers: 0,
            writers: 0,
        }
    }

    /// One more open file reads.
    pub fn open_reader(&mut self) {
        self.readers += 1;
    }

    /// One more open file writes.
    pub fn open_writer(&mut self) {
        self.writers += 1;
    }

    /// An open file that read is gone.
    pub fn close_reader(&mut self, pool: &mut FramePool) {
        self.readers -= 1;
        self.release_if_closed(pool);
    }

    /// An open file that wrote is gone.
    pub fn close_writer(&mut self, pool: &mut FramePool) {
        self.writers -= 1;
        self.release_if_closed(pool);
    }

    /// Open files that read. Without any, a writer gets EPIPE and SIGPIPE.
    pub const fn readers(&self) -> u32 {
        self.readers
    }

    /// Open files that write. Without any, a reader gets what is left, then the end of the file.
    pub const fn writers(&self) -> u32 {
        self.writers
    }

    /// Bytes that wait to be read (FIONREAD).
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Does nothing wait to be read?
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Would poll(2) say POLLOUT: can [`PIPE_BUF`] bytes be written at once?
    pub const fn has_room(&self) -> bool {
        PIPE_CAPACITY - self.length >= PIPE_BUF
    }

    /// Takes up to `max` bytes: `copy` is called for each piece, in order. When `copy` fails, the
    /// pieces before it are taken and the rest stays. 0 at the end of the file.
    ///
    /// # Errors
    /// EAGAIN when the pipe is empty and has writers; what `copy` says, when nothing was taken.
    pub fn read(
        &mut self,
        max: usize,
        copy: impl FnMut(Piece) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        if max == 0 {
            return Ok(0);
        }
        if self.length == 0 {
            return match self.writers {
                0 => Ok(0),
                _ => Err(Errno::EAGAIN),
            };
        }
        let done = self.each_piece(self.start, max.min(self.length), copy)?;
        self.length -= done;
        self.start = match self.length {
            0 => 0,
            _ => (self.start + done) % PIPE_CAPACITY,
        };
        Ok(done)
    }

    /// How many of `length` bytes can be written now, with frames made ready for them. To be followed
    /// by [`write`](Self::write) of so many.
    ///
    /// # Errors
    /// EPIPE without readers; EAGAIN when there is no room, or for up to [`PIPE_BUF`] bytes not for all
    /// of them; ENOMEM.
    pub fn prepare_write(&mut self, length: usize, pool: &mut FramePool) -> Result<usize, Errno> {
        if self.readers == 0 {
            return Err(Errno::EPIPE);
        }
        let room = PIPE_CAPACITY - self.length;
        let least = if length <= PIPE_BUF { length } else { 1 };
        if room < least {
            return Err(Errno::EAGAIN);
        }
        let mut ready = 0;
        let wanted = length.min(room);
        while ready < wanted {
            let at = (self.start + self.length + ready) % PIPE_CAPACITY;
            if self.frames[at / PAGE_SIZE].is_none() {
                match pool.allocate() {
                    Ok(frame) => self.frames[at / PAGE_SIZE] = Some(frame),
                    Err(_) if ready >= least => return Ok(ready),
                    Err(error) => return Err(error),
                }
            }
            ready = wanted.min(ready + PAGE_SIZE - at % PAGE_SIZE);
        }
        Ok(ready)
    }

    /// Adds `length` bytes, as many as [`prepare_write`](Self::prepare_write) said at most: `copy` is
    /// called for each piece, in order. When `copy` fails, the pieces before it are added.
    ///
    /// # Errors
    /// What `copy` says, when nothing was added; EAGAIN for more bytes than were prepared.
    pub fn write(
        &mut self,
        length: usize,
        copy: impl FnMut(Piece) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        if length > PIPE_CAPACITY - self.length {
            return Err(Errno::EAGAIN);
        }
        let end = (self.start + self.length) % PIPE_CAPACITY;
        let done = self.each_piece(end, length, copy)?;
        self.length += done;
        Ok(done)
    }

    fn each_piece(
        &self,
        start: usize,
        length: usize,
        mut copy: impl FnMut(Piece) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while done < length {
            let at = (start + done) % PIPE_CAPACITY;
            let offset = at % PAGE_SIZE;
            let piece = Piece {
                frame: self.frames[at / PAGE_SIZE].ok_or(Errno::EAGAIN)?,
                offset,
                length: (length - done).min(PAGE_SIZE - offset),
                done,
            };
            match copy(piece) {
                Ok(()) => done += piece.length,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    fn release_if_closed(&mut self, pool: &mut FramePool) {
        if self.readers == 0 && self.writers == 0 {
            for frame in self.frames.iter_mut().filter_map(Option::take) {
                pool.release(frame);
            }
            self.start = 0;
            self.length = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Memory;
    use crate::testing::FakeMemory;
    use proptest::prelude::*;
    use std::collections::VecDeque;
    use std::vec;
    use std::vec::Vec;

    fn open_pipe() -> Pipe {
        let mut pipe = Pipe::new();
        pipe.open_reader();
        pipe.open_writer();
        pipe
    }

    fn write(
        pipe: &mut Pipe,
        bytes: &[u8],
        memory: &mut FakeMemory,
        pool: &mut FramePool,
    ) -> Result<usize, Errno> {
        let ready = pipe.prepare_write(bytes.len(), pool)?;
        pipe.write(ready, |piece| {
            let target = &mut memory.page_mut(piece.frame)[piece.offset..][..piece.length];
            target.copy_from_slice(&bytes[piece.done..][..piece.length]);
            Ok(())
        })
    }

    fn read(pipe: &mut Pipe, max: usize, memory: &FakeMemory) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::new();
        let count = pipe.read(max, |piece| {
            assert_eq!(piece.done, bytes.len());
            bytes.extend_from_slice(&memory.page(piece.frame)[piece.offset..][..piece.length]);
            Ok(())
        })?;
        assert_eq!(count, bytes.len());
        Ok(bytes)
    }

    #[test]
    fn ends_decide_what_an_empty_or_broken_pipe_says() {
        let (mut memory, mut pool) = FakeMemory::with_pool(4);
        let mut pipe = open_pipe();
        assert_eq!(read(&mut pipe, 1, &memory), Err(Errno::EAGAIN));
        assert_eq!(read(&mut pipe, 0, &memory), Ok(vec![]));
        assert_eq!(write(&mut pipe, b"left", &mut memory, &mut pool), Ok(4));
        pipe.close_writer(&mut pool);
        assert_eq!(read(&mut pipe, 9, &memory).unwrap(), b"left");
        assert_eq!(read(&mut pipe, 9, &memory), Ok(vec![]));
        pipe.close_reader(&mut pool);
        assert_eq!(pool.free(), 4);

        let mut pipe = open_pipe();
        write(&mut pipe, b"x", &mut memory, &mut pool).unwrap();
        pipe.close_reader(&mut pool);
        assert_eq!(
            write(&mut pipe, b"x", &mut memory, &mut pool),
            Err(Errno::EPIPE)
        );
        pipe.close_writer(&mut pool);
        assert_eq!(pool.free(), 4);
    }

    #[test]
    fn small_writes_are_whole_or_not_at_all() {
        let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
        let mut pipe = open_pipe();
        let most = vec![1; PIPE_CAPACITY - 100];
        assert_eq!(
            write(&mut pipe, &most, &mut memory, &mut pool),
            Ok(most.len())
        );
        assert!(!pipe.has_room());
        assert_eq!(
            write(&mut pipe, &[2; 101], &mut memory, &mut pool),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            write(&mut pipe, &[2; PIPE_BUF], &mut memory, &mut pool),
            Err(Errno::EAGAIN)
        );
        assert_eq!(
            write(&mut pipe, &[2; PIPE_BUF + 1], &mut memory, &mut pool),
            Ok(100)
        );
        assert_eq!(
            write(&mut pipe, &[3], &mut memory, &mut pool),
            Err(Errno::EAGAIN)
        );
        assert_eq!(pipe.len(), PIPE_CAPACITY);
    }

    #[test]
    fn a_full_pool_shortens_long_writes_and_refuses_small_ones() {
        let (mut memory, mut pool) = FakeMemory::with_pool(1);
        let mut pipe = open_pipe();
        assert_eq!(
            write(&mut pipe, &[1; 4000], &mut memory, &mut pool),
            Ok(4000)
        );
        assert_eq!(
            write(&mut pipe, &[2; 200], &mut memory, &mut pool),
            Err(Errno::ENOMEM)
        );
        assert_eq!(write(&mut pipe, &[2; 9000], &mut memory, &mut pool), Ok(96));
        assert_eq!(read(&mut pipe, 5000, &memory).unwrap().len(), 4096);
    }

    #[test]
    fn a_failing_copy_keeps_what_was_before_it() {
        let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
        let mut pipe = open_pipe();
        write(&mut pipe, &[7; 10_000], &mut memory, &mut pool).unwrap();
        let fault_at = |limit: usize| {
            move |piece: Piece| match piece.done {
                done if done >= limit => Err(Errno::EFAULT),
                _ => Ok(()),
            }
        };
        assert_eq!(pipe.read(10_000, fault_at(0)), Err(Errno::EFAULT));
        assert_eq!(pipe.len(), 10_000);
        assert_eq!(pipe.read(10_000, fault_at(4096)), Ok(4096));
        assert_eq!(pipe.len(), 10_000 - 4096);
        let ready = pipe.prepare_write(8192, &mut pool).unwrap();
        assert_eq!(pipe.write(ready, fault_at(0)), Err(Errno::EFAULT));
        assert_eq!(pipe.len(), 10_000 - 4096);
    }

    #[test]
    fn small_messages_take_one_frame() {
        let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
        let mut pipe = open_pipe();
        for _ in 0..100 {
            write(&mut pipe, &[1; 3000], &mut memory, &mut pool).unwrap();
            read(&mut pipe, 3000, &memory).unwrap();
        }
        assert_eq!(pool.free(), FRAMES - 1);
    }

    proptest! {
        #[test]
        fn behaves_like_a_queue(steps in proptest::collection::vec((any::<bool>(), 0usize..40_000), 1..40)) {
            let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
            let mut pipe = open_pipe();
            let mut model = VecDeque::new();
            let mut next = 0u8;
            for (is_write, length) in steps {
                if is_write {
                    let bytes: Vec<u8> = (0..length).map(|_| { next = next.wrapping_mul(5).wrapping_add(3); next }).collect();
                    let room = PIPE_CAPACITY - model.len();
                    let expected = match length {
                        length if length <= PIPE_BUF && length > room => Err(Errno::EAGAIN),
                        length if length > PIPE_BUF && room == 0 => Err(Errno::EAGAIN),
                        length => Ok(length.min(room)),
                    };
                    prop_assert_eq!(write(&mut pipe, &bytes, &mut memory, &mut pool), expected);
                    model.extend(&bytes[..expected.unwrap_or(0)]);
                } else if model.is_empty() {
                    let expected = if length == 0 { Ok(vec![]) } else { Err(Errno::EAGAIN) };
                    prop_assert_eq!(read(&mut pipe, length, &memory), expected);
                } else {
                    let expected: Vec<u8> = model.drain(..length.min(model.len())).collect();
                    prop_assert_eq!(read(&mut pipe, length, &memory), Ok(expected));
                }
                prop_assert_eq!(pipe.len(), model.len());
            }
            pipe.close_reader(&mut pool);
            pipe.close_writer(&mut pool);
            prop_assert_eq!(pool.free(), FRAMES);
        }
    }
}
