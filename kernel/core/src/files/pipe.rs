//! Pipes (pipe(7)): a ring of 16 buffers of a page each, between readers and writers.
//!
//! As Linux fills them: what a write has beyond whole pages goes behind the bytes of the last buffer if it fits there
//! whole, all else begins a new one. So small writes are never torn, and 65 writes of 1000 bytes do not fit into 64 KiB.
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

/// One page of a pipe.
#[derive(Clone, Copy, Debug)]
struct Buffer {
    frame: Option<Frame>,
    /// The bytes that wait to be read: from `start` to `end` in the frame.
    start: usize,
    end: usize,
    writes: Writes,
}

/// What a write gives: O_DIRECT of pipe2(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Bytes, which readers take as they like.
    Bytes,
    /// Packets of a page at most: a read takes one, and what it has no room for is lost.
    Packets,
}

/// A pipe. Its user calls [`close_reader`](Self::close_reader) and
/// [`close_writer`](Self::close_writer) for each end that was opened, then drops it: the last of these
/// calls gives the frames back.
#[derive(Debug)]
pub struct Pipe {
    buffers: [Buffer; FRAMES],
    /// The buffer with the oldest byte, and how many hold bytes.
    first: usize,
    used: usize,
    /// Bytes in all of them.
    length: usize,
    readers: u32,
    writers: u32,
    /// Ends that were opened and not closed: more than the two above once it is shut.
    ends: u32,
    /// Buffers that may be in use at once (F_SETPIPE_SZ).
    limit: usize,
}

impl Default for Pipe {
    fn default() -> Self {
        Pipe::new()
    }
}

impl Pipe {
    /// An empty pipe without ends.
    pub const fn new() -> Self {
        const EMPTY: Buffer = Buffer { frame: None, start: 0, end: 0, writes: Writes::Bytes };
        Pipe {
            buffers: [EMPTY; FRAMES],
            first: 0,
            used: 0,
            length: 0,
            readers: 0,
            writers: 0,
            ends: 0,
            limit: FRAMES,
        }
    }

    /// One more open file reads.
    pub fn open_reader(&mut self) {
        self.readers += 1;
        self.ends += 1;
    }

    /// One more open file writes.
    pub fn open_writer(&mut self) {
        self.writers += 1;
        self.ends += 1;
    }

    /// An open file that read is gone.
    pub fn close_reader(&mut self, pool: &mut FramePool) {
        self.readers = self.readers.saturating_sub(1);
        self.close_end(pool);
    }

    /// An open file that wrote is gone.
    pub fn close_writer(&mut self, pool: &mut FramePool) {
        self.writers = self.writers.saturating_sub(1);
        self.close_end(pool);
    }

    /// Nothing more is written: what is in it can be read, then it ends (shutdown(2)). Its ends are still to be closed.
    pub fn shut(&mut self) {
        (self.readers, self.writers) = (0, 0);
    }

    /// Are all ends closed?
    pub const fn is_closed(&self) -> bool {
        self.ends == 0
    }

    /// Bytes that it holds at most.
    pub const fn capacity(&self) -> usize {
        self.limit * PAGE_SIZE
    }

    /// Makes it hold at least so many bytes, a power of two of pages. What it has been made to hold.
    ///
    /// # Errors
    /// EPERM for more than [`PIPE_CAPACITY`]; EBUSY when there is more in it.
    pub fn set_capacity(&mut self, bytes: usize) -> Result<usize, Errno> {
        let pages = bytes.div_ceil(PAGE_SIZE).max(1).next_power_of_two();
        match pages {
            _ if pages > FRAMES => Err(Errno::EPERM),
            _ if pages < self.used => Err(Errno::EBUSY),
            _ => {
                self.limit = pages;
                Ok(self.capacity())
            }
        }
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

    /// Would poll(2) say POLLOUT: is there an empty buffer, so that [`PIPE_BUF`] bytes can be written at once?
    pub const fn has_room(&self) -> bool {
        self.used < self.limit
    }

    /// Takes up to `max` bytes, of one packet at most: `copy` is called for each piece, in order. When `copy` fails, the
    /// pieces before it are taken and the rest stays. 0 at the end of the file.
    ///
    /// # Errors
    /// EAGAIN when the pipe is empty and has writers; what `copy` says, when nothing was taken.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn read(
        &mut self,
        max: usize,
        mut copy: impl FnMut(Piece) -> Result<(), Errno>,
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
        let mut done = 0;
        while done < max && self.used > 0 {
            let buffer = &mut self.buffers[self.first];
            let piece = Piece {
                frame: buffer.frame.ok_or(Errno::EAGAIN)?,
                offset: buffer.start,
                length: (max - done).min(buffer.end - buffer.start),
                done,
            };
            match copy(piece) {
                Ok(()) => done += piece.length,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
            let is_packet = buffer.writes == Writes::Packets;
            let taken = if is_packet { buffer.end - buffer.start } else { piece.length };
            self.drop_bytes(taken);
            if is_packet {
                break;
            }
        }
        Ok(done)
    }

    /// The next bytes, which lie in one buffer, are gone.
    #[inline(always)]
    fn drop_bytes(&mut self, length: usize) {
        let buffer = &mut self.buffers[self.first];
        buffer.start += length;
        self.length -= length;
        if buffer.start == buffer.end {
            self.used -= 1;
            self.first = if self.used == 0 { 0 } else { (self.first + 1) % FRAMES };
        }
    }

    /// How many of `length` bytes can be written now, with frames made ready for them. To be followed
    /// by [`write`](Self::write) of so many.
    ///
    /// # Errors
    /// EPIPE without readers; EAGAIN when there is no room, or for up to [`PIPE_BUF`] bytes not for all
    /// of them; ENOMEM.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn prepare_write(&mut self, length: usize, pool: &mut FramePool) -> Result<usize, Errno> {
        if self.readers == 0 {
            return Err(Errno::EPIPE);
        }
        let mut ready = self.fits_behind(length);
        for index in self.used..self.limit {
            if ready == length {
                break;
            }
            let buffer = &mut self.buffers[(self.first + index) % FRAMES];
            if buffer.frame.is_none() {
                match pool.allocate() {
                    Ok(frame) => buffer.frame = Some(frame),
                    Err(_) if ready > 0 => break,
                    Err(error) => return Err(error),
                }
            }
            ready = length.min(ready + PAGE_SIZE);
        }
        match ready {
            0 if length > 0 => Err(Errno::EAGAIN),
            _ => Ok(ready),
        }
    }

    /// Adds `length` bytes, as many as [`prepare_write`](Self::prepare_write) said: `copy` is called for each piece,
    /// in order. When `copy` fails, the pieces before it are added.
    ///
    /// # Errors
    /// What `copy` says, when nothing was added; EAGAIN for more bytes than were prepared.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn write(
        &mut self,
        length: usize,
        writes: Writes,
        mut copy: impl FnMut(Piece) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let mut behind = self.fits_behind(length);
        let mut done = 0;
        while done < length {
            let index = if behind > 0 { self.used - 1 } else { self.used };
            if index == self.limit {
                return Err(Errno::EAGAIN);
            }
            let buffer = &mut self.buffers[(self.first + index) % FRAMES];
            let offset = if behind > 0 { buffer.end } else { 0 };
            let piece = Piece {
                frame: buffer.frame.ok_or(Errno::EAGAIN)?,
                offset,
                length: (length - done).min(if behind > 0 { behind } else { PAGE_SIZE }),
                done,
            };
            match copy(piece) {
                Ok(()) => done += piece.length,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
            if behind == 0 {
                buffer.start = 0;
                buffer.writes = writes;
                self.used += 1;
            }
            buffer.end = offset + piece.length;
            self.length += piece.length;
            behind = 0;
        }
        Ok(done)
    }

    /// Takes up to `max` bytes that lie in one frame: where. None where a read has to do more than copy them.
    #[inline(always)]
    pub fn take_piece(&mut self, max: usize) -> Option<Piece> {
        let buffer = self.buffers.get(self.first).filter(|_| self.used > 0)?;
        let waits = buffer.end - buffer.start;
        if max == 0 || (max > waits && self.used > 1) || buffer.writes == Writes::Packets {
            return None;
        }
        let length = max.min(waits);
        let piece = Piece { frame: buffer.frame?, offset: buffer.start, length, done: 0 };
        self.drop_bytes(length);
        Some(piece)
    }

    /// Adds `length` bytes, a page at most, to one frame: the caller puts them there. None where a write has to do more.
    #[inline(always)]
    pub fn add_piece(&mut self, length: usize) -> Option<Piece> {
        if length == 0 || self.readers == 0 {
            return None;
        }
        let behind = self.fits_behind(length);
        let index = if behind > 0 { self.used - 1 } else { self.used };
        if index == self.limit {
            return None;
        }
        let buffer = &mut self.buffers[(self.first + index) % FRAMES];
        let offset = if behind > 0 { buffer.end } else { 0 };
        let piece = Piece { frame: buffer.frame?, offset, length, done: 0 };
        if behind == 0 {
            buffer.start = 0;
            buffer.writes = Writes::Bytes;
            self.used += 1;
        }
        buffer.end = offset + length;
        self.length += length;
        Some(piece)
    }

    /// How many bytes of a write go behind those of the last buffer: what it has beyond whole pages, if that fits.
    #[inline(always)]
    fn fits_behind(&self, length: usize) -> usize {
        let rest = length % PAGE_SIZE;
        if self.used == 0 {
            return 0;
        }
        let last = self.buffers[(self.first + self.used - 1) % FRAMES];
        match last.writes {
            Writes::Bytes if last.end + rest <= PAGE_SIZE => rest,
            _ => 0, // a packet is complete
        }
    }

    /// Shows up to `max` of the bytes that come after the next `skip` and leaves them there; stops where `copy` fails.
    ///
    /// # Errors
    /// What `copy` says, when nothing was shown.
    pub fn peek(
        &self,
        skip: usize,
        max: usize,
        mut copy: impl FnMut(Piece) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let (mut done, mut skipped) = (0, 0);
        for index in 0..self.used {
            let buffer = self.buffers[(self.first + index) % FRAMES];
            let passed = (skip - skipped).min(buffer.end - buffer.start);
            skipped += passed;
            let offset = buffer.start + passed;
            let length = (max - done).min(buffer.end - offset);
            let Some(frame) = buffer.frame.filter(|_| length > 0) else {
                continue;
            };
            match copy(Piece { frame, offset, length, done }) {
                Ok(()) => done += length,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// How many bytes lie in one buffer behind the next `skip`, and how they were written; None where there are none.
    pub fn run_at(&self, skip: usize) -> Option<(usize, Writes)> {
        let mut left = skip;
        for index in 0..self.used {
            let buffer = self.buffers[(self.first + index) % FRAMES];
            let length = buffer.end - buffer.start;
            if left < length {
                return Some((length - left, buffer.writes));
            }
            left -= length;
        }
        None
    }

    /// The length of the packet that the next read takes.
    pub fn packet(&self) -> Option<usize> {
        match self.run_at(0)? {
            (length, Writes::Packets) => Some(length),
            _ => None,
        }
    }

    /// Takes `length` bytes away unread; there are so many.
    pub fn skip(&mut self, length: usize) {
        let mut left = length;
        while left > 0 && self.used > 0 {
            let buffer = &self.buffers[self.first];
            let taken = left.min(buffer.end - buffer.start);
            self.drop_bytes(taken);
            left -= taken;
        }
        debug_assert_eq!(left, 0);
    }

    /// Is one of its ends closed, rather than shut?
    pub const fn is_half_closed(&self) -> bool {
        self.ends < 2
    }

    fn close_end(&mut self, pool: &mut FramePool) {
        self.ends -= 1;
        if self.ends == 0 {
            let frames = self.buffers.iter_mut().map(|buffer| buffer.frame.take());
            for frame in frames.flatten() {
                pool.release(frame);
            }
            (self.first, self.used, self.length) = (0, 0, 0);
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
        pipe.write(ready, Writes::Bytes, |piece| {
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
        assert_eq!(write(&mut pipe, b"x", &mut memory, &mut pool), Err(Errno::EPIPE));
        pipe.close_writer(&mut pool);
        assert_eq!(pool.free(), 4);
    }

    #[test]
    fn small_writes_are_whole_or_not_at_all() {
        let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
        let mut pipe = open_pipe();
        let most = vec![1; PIPE_CAPACITY - 100];
        assert_eq!(write(&mut pipe, &most, &mut memory, &mut pool), Ok(most.len()));
        assert!(!pipe.has_room());
        assert_eq!(pipe.len(), PIPE_CAPACITY - 100);
        assert_eq!(write(&mut pipe, &[2; 101], &mut memory, &mut pool), Err(Errno::EAGAIN));
        assert_eq!(write(&mut pipe, &[2; PIPE_BUF], &mut memory, &mut pool), Err(Errno::EAGAIN));
        // What is beyond a whole page fits, the page does not.
        assert_eq!(write(&mut pipe, &[2; PIPE_BUF + 60], &mut memory, &mut pool), Ok(60));
        assert_eq!(write(&mut pipe, &[3; 40], &mut memory, &mut pool), Ok(40));
        assert_eq!(write(&mut pipe, &[3], &mut memory, &mut pool), Err(Errno::EAGAIN));
        assert_eq!(pipe.len(), PIPE_CAPACITY);
    }

    /// What Linux 6.1 takes, as tests/conformance/limits.c shows.
    #[test]
    fn pipes_fill_up_as_those_of_linux() {
        for (size, total) in [(1000, 64_000), (4000, 64_000), (5000, 54_096), (3, 65_520)] {
            let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
            let mut pipe = open_pipe();
            let bytes = vec![1; size];
            while write(&mut pipe, &bytes, &mut memory, &mut pool).is_ok() {}
            assert_eq!(pipe.len(), total, "writes of {size}");
        }
    }

    #[test]
    fn a_read_takes_one_packet_and_loses_its_rest() {
        let (mut memory, mut pool) = FakeMemory::with_pool(FRAMES);
        let mut pipe = open_pipe();
        let mut put = |pipe: &mut Pipe, bytes: &[u8], writes| {
            let ready = pipe.prepare_write(bytes.len(), &mut pool).unwrap();
            pipe.write(ready, writes, |piece| {
                let target = &mut memory.page_mut(piece.frame)[piece.offset..][..piece.length];
                target.copy_from_slice(&bytes[piece.done..][..piece.length]);
                Ok(())
            })
        };
        for (bytes, writes) in [
            (&b"first"[..], Writes::Packets),
            (b"second", Writes::Packets),
            (b"by", Writes::Bytes),
            (b"tes", Writes::Bytes),
        ] {
            assert_eq!(put(&mut pipe, bytes, writes), Ok(bytes.len()));
        }
        assert_eq!(pipe.take_piece(9), None);
        assert_eq!(read(&mut pipe, 2, &memory).unwrap(), b"fi");
        assert_eq!(pipe.len(), 11);
        assert_eq!(read(&mut pipe, 100, &memory).unwrap(), b"second");
        assert_eq!(read(&mut pipe, 100, &memory).unwrap(), b"bytes");
        assert_eq!((pipe.len(), pipe.has_room()), (0, true));
    }

    #[test]
    fn a_full_pool_shortens_long_writes_and_refuses_small_ones() {
        let (mut memory, mut pool) = FakeMemory::with_pool(1);
        let mut pipe = open_pipe();
        assert_eq!(write(&mut pipe, &[1; 4000], &mut memory, &mut pool), Ok(4000));
        assert_eq!(write(&mut pipe, &[2; 200], &mut memory, &mut pool), Err(Errno::ENOMEM));
        // 8240 bytes are two pages and 48 bytes.
        assert_eq!(write(&mut pipe, &[2; 8240], &mut memory, &mut pool), Ok(48));
        assert_eq!(read(&mut pipe, 5000, &memory).unwrap().len(), 4048);
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
        assert_eq!(pipe.write(ready, Writes::Bytes, fault_at(0)), Err(Errno::EFAULT));
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
                    let written = write(&mut pipe, &bytes, &mut memory, &mut pool);
                    match written {
                        Ok(count) => prop_assert!(count == length || (length > PIPE_BUF && count > 0)),
                        Err(errno) => prop_assert!(errno == Errno::EAGAIN && !pipe.has_room()),
                    }
                    model.extend(&bytes[..written.unwrap_or(0)]);
                } else if model.is_empty() {
                    let expected = if length == 0 { Ok(vec![]) } else { Err(Errno::EAGAIN) };
                    prop_assert_eq!(read(&mut pipe, length, &memory), expected);
                } else {
                    let expected: Vec<u8> = model.drain(..length.min(model.len())).collect();
                    prop_assert_eq!(read(&mut pipe, length, &memory), Ok(expected));
                }
                prop_assert!(model.len() <= PIPE_CAPACITY);
                prop_assert_eq!(pipe.len(), model.len());
            }
            pipe.close_reader(&mut pool);
            pipe.close_writer(&mut pool);
            prop_assert_eq!(pool.free(), FRAMES);
        }
    }
}
