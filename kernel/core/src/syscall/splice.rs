//! splice(2), tee(2), vmsplice(2): bytes from and to pipes without a stop in the program's memory. They are copied.

use super::Outcome;
use super::buffer::{Buffer, MOST};
use super::grant::{Io, User};
use super::object::Position;
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::files::open::{DuplexKind, O_APPEND, O_DIRECT, O_NONBLOCK, Object};
use crate::files::pipe::Writes;
use crate::files::pipes::Moved;
use crate::machine::Machine;
use crate::process::descriptors::FileId;
use crate::text::zeros;

const SPLICE_F_NONBLOCK: u64 = 2;
/// MOVE, NONBLOCK, MORE, GIFT.
const FLAGS: u64 = 15;

impl<M: Machine> Io<'_, '_, M> {
    /// The pipe that an open file reads from, and the one that it writes to.
    fn pipes_of(&self, id: FileId) -> (Option<u32>, Option<u32>) {
        match self.files.open.get(id).object {
            Object::PipeReader(pipe) => (Some(pipe), None),
            Object::PipeWriter(pipe) => (None, Some(pipe)),
            Object::Duplex(duplex) if !duplex.is_socket() => {
                (Some(duplex.reads), Some(duplex.writes))
            }
            _ => (None, None),
        }
    }

    fn is_pipe(&self, id: FileId) -> bool {
        self.pipes_of(id) != (None, None)
    }

    pub(super) fn sys_splice(
        &mut self,
        (input, input_offset): (u64, u64),
        (output, output_offset): (u64, u64),
        length: u64,
        flags: u64,
    ) -> Outcome {
        if length == 0 {
            return Ok(0);
        }
        if flags & !FLAGS != 0 {
            return Err(Errno::EINVAL.into());
        }
        let (from, to) = (self.id(input)?, self.id(output)?);
        let open = &self.files.open;
        if !open.get(from).is_readable() || !open.get(to).is_writable() {
            return Err(Errno::EBADF.into());
        }
        let (source, target) = (self.is_pipe(from), self.is_pipe(to));
        if (source && input_offset != 0) || (target && output_offset != 0) {
            return Err(Errno::ESPIPE.into());
        }
        let length = length.min(MOST) as usize;
        let nonblocking = |io: &Self, id| {
            flags & SPLICE_F_NONBLOCK != 0 || io.files.open.get(id).flags & O_NONBLOCK != 0
        };
        match (self.pipes_of(from).0, self.pipes_of(to).1) {
            (Some(source), Some(target)) if source == target => Err(Errno::EINVAL.into()),
            (Some(source), Some(target)) => {
                let waits = !nonblocking(self, from) && !nonblocking(self, to);
                self.pipe_to_pipe(source, target, length, waits, true)
            }
            (Some(source), None) => {
                let waits = !nonblocking(self, from);
                self.pipe_to_file(source, (to, output_offset), length, waits)
            }
            (None, Some(target)) => {
                let waits = !nonblocking(self, to);
                self.file_to_pipe((from, input_offset), target, length, waits)
            }
            (None, None) => Err(Errno::EINVAL.into()),
        }
    }

    pub(super) fn sys_tee(&mut self, input: u64, output: u64, length: u64, flags: u64) -> Outcome {
        if flags & !FLAGS != 0 {
            return Err(Errno::EINVAL.into());
        }
        if length == 0 {
            return Ok(0);
        }
        let (from, to) = (self.id(input)?, self.id(output)?);
        let open = &self.files.open;
        if !open.get(from).is_readable() || !open.get(to).is_writable() {
            return Err(Errno::EBADF.into());
        }
        let is_nonblocking = flags & SPLICE_F_NONBLOCK != 0
            || (open.get(from).flags | open.get(to).flags) & O_NONBLOCK != 0;
        match (self.pipes_of(from).0, self.pipes_of(to).1) {
            (Some(source), Some(target)) if source != target => {
                let length = length.min(MOST) as usize;
                self.pipe_to_pipe(source, target, length, !is_nonblocking, false)
            }
            _ => Err(Errno::EINVAL.into()),
        }
    }

    /// Waits until a pipe has something: None when it has, else what the call returns.
    fn await_bytes(&mut self, pipe: u32, waits: bool) -> Option<Outcome> {
        let ends = self.files.pipes.at(pipe);
        if !ends.is_empty() {
            return None;
        }
        Some(match ends.writers() {
            0 => Ok(0),
            _ => Err(self.wait_or_again(pipe, waits)),
        })
    }

    /// Moves bytes from pipe to pipe, or with `takes` false copies them.
    fn pipe_to_pipe(
        &mut self,
        source: u32,
        target: u32,
        length: usize,
        waits: bool,
        takes: bool,
    ) -> Outcome {
        if self.files.pipes.at(target).readers() == 0 {
            return Err(self.broken_pipe());
        }
        if let Some(outcome) = self.await_bytes(source, waits) {
            return outcome;
        }
        if !self.files.pipes.at(target).has_room() {
            return Err(self.wait_or_again(target, waits));
        }
        self.observer().pipe_read(source);
        let mut page = zeros(PAGE_SIZE)?;
        let mut done = 0;
        while done < length {
            let skip = if takes { 0 } else { done };
            // What was a packet is one there too.
            let Some((run, writes)) = self.files.pipes.at(source).run_at(skip) else {
                break;
            };
            let wanted = (length - done).min(run);
            let mut buffer = Buffer::kernel(&mut page[..wanted]);
            let got = self.take_from_pipe(source, skip, false, &mut buffer)?;
            let put = self.put_into_pipe(target, writes, &mut Buffer::kernel(&mut page[..got]));
            let Ok(put) = put else {
                break;
            };
            if takes {
                self.files.pipes.at(source).skip(put);
            }
            done += put;
            if put < got {
                break;
            }
        }
        if takes {
            self.wake_pipe(source, Moved::Out);
        }
        Ok(done)
    }

    fn pipe_to_file(
        &mut self,
        source: u32,
        (to, offset): (FileId, u64),
        length: usize,
        waits: bool,
    ) -> Outcome {
        let target = self.files.open.get(to);
        let takes_none = match target.object {
            Object::Regular(_) => target.flags & O_APPEND != 0,
            Object::Text(..) => true,
            _ => false,
        };
        if takes_none {
            return Err(Errno::EINVAL.into());
        }
        let position = self.splice_position(to, offset)?;
        if let Some(outcome) = self.await_bytes(source, waits) {
            return outcome;
        }
        self.observer().pipe_read(source);
        let mut page = zeros(PAGE_SIZE)?;
        let mut done = 0;
        while done < length {
            let wanted = (length - done).min(PAGE_SIZE);
            let mut buffer = Buffer::kernel(&mut page[..wanted]);
            let got = self.take_from_pipe(source, 0, false, &mut buffer)?;
            if got == 0 {
                break;
            }
            let mut buffer = Buffer::kernel(&mut page[..got]);
            match self.write(to, &mut buffer, position.advance(done)) {
                Ok(put) => {
                    self.files.pipes.at(source).skip(put);
                    done += put;
                    if put < got {
                        break;
                    }
                }
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            }
        }
        self.wake_pipe(source, Moved::Out);
        self.keep_position(offset, position, done)?;
        Ok(done)
    }

    fn file_to_pipe(
        &mut self,
        (from, offset): (FileId, u64),
        target: u32,
        length: usize,
        waits: bool,
    ) -> Outcome {
        let is_stream = matches!(self.files.open.get(from).object,
            Object::Duplex(duplex) if duplex.kind == DuplexKind::Stream);
        if !is_stream {
            self.check_source(from)?;
        }
        let position = self.splice_position(from, offset)?;
        if self.files.pipes.at(target).readers() == 0 {
            return Err(self.broken_pipe());
        }
        let mut page = zeros(PAGE_SIZE)?;
        let mut done = 0;
        while done < length && self.files.pipes.at(target).has_room() {
            let wanted = (length - done).min(PAGE_SIZE);
            let mut buffer = Buffer::kernel(&mut page[..wanted]);
            let got = match self.read(from, &mut buffer, position.advance(done)) {
                Ok(0) => break,
                Ok(got) => got,
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            };
            // There is room for a page.
            done +=
                self.put_into_pipe(target, Writes::Bytes, &mut Buffer::kernel(&mut page[..got]))?;
            if got < wanted {
                break;
            }
        }
        if done == 0 && !self.files.pipes.at(target).has_room() {
            return Err(self.wait_or_again(target, waits));
        }
        self.keep_position(offset, position, done)?;
        Ok(done)
    }

    /// Where in a file, by a pointer that may be NULL.
    fn splice_position(&mut self, id: FileId, pointer: u64) -> Result<Position, Errno> {
        if pointer == 0 {
            return Ok(Position::Current);
        }
        match self.files.open.get(id).object {
            Object::Regular(_) | Object::Null | Object::Zero | Object::Full | Object::Random => {}
            _ => return Err(Errno::EINVAL),
        }
        let [offset] = self.read_words(pointer)?;
        match offset as i64 {
            0.. => Ok(Position::At(offset)),
            _ => Err(Errno::EINVAL),
        }
    }

    fn keep_position(
        &mut self,
        pointer: u64,
        position: Position,
        done: usize,
    ) -> Result<(), Errno> {
        match position.advance(done) {
            Position::At(offset) => self.write_words(pointer, &[offset]),
            Position::Current => Ok(()),
        }
    }

    /// The program's memory to a pipe, or from one.
    pub(super) fn sys_vmsplice(&mut self, fd: u64, vector: u64, count: u64, flags: u64) -> Outcome {
        if flags & !FLAGS != 0 {
            return Err(Errno::EINVAL.into());
        }
        let id = self.id(fd)?;
        if !self.is_pipe(id) {
            return Err(Errno::EBADF.into());
        }
        let file = self.files.open.get(id);
        let before = file.flags;
        let writes = file.is_writable();
        let file = self.files.open.get_mut(id);
        if flags & SPLICE_F_NONBLOCK != 0 {
            file.flags |= O_NONBLOCK;
        }
        // Pages that are spliced are no packets.
        file.flags &= !O_DIRECT;
        let outcome = match writes {
            true => self.sys_writev(fd, vector, count),
            false => self.sys_readv(fd, vector, count),
        };
        self.files.open.get_mut(id).flags = before;
        outcome
    }
}
