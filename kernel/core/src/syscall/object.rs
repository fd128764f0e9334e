//! What can be done with an open file: a function for each operation, an arm for each kind of object behind it.

use super::buffer::Buffer;
use super::grant::{Caller, Io, User};
use super::{Outcome, Stop};
use crate::addr::{PAGE_SHIFT, PAGE_SIZE};
use crate::errno::Errno;
use crate::files::open::{DuplexKind, O_APPEND, O_DIRECT, O_NONBLOCK, Object, OpenFile};
use crate::files::pipe::Writes;
use crate::files::pipes::Moved;
use crate::files::window::SMALL;
use crate::fs::{Chunk, FILE_SIZE_MAX, FileSystem, InodeId, ProcFile, ProcNode};
use crate::machine::Machine;
use crate::process::descriptors::FileId;
use crate::process::limits::{INFINITY, Resource};
use crate::process::signals::{Info, Signal};
use crate::process::{Event, Restart};

pub(super) const POLLERR: u16 = 8;
pub(super) const POLLHUP: u16 = 16;
pub(super) const POLLNVAL: u16 = 32;
pub(super) const POLLRDHUP: u16 = 0x2000;
/// POLLIN, POLLRDNORM.
pub(super) const IN: u16 = 1 | 64;
/// POLLOUT, POLLWRNORM.
pub(super) const OUT: u16 = 4 | 256;

const SEEK_SET: u32 = 0;
const SEEK_CUR: u32 = 1;
const SEEK_END: u32 = 2;
const SEEK_DATA: u32 = 3;
const SEEK_HOLE: u32 = 4;

/// Where in the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// At the file's offset, which moves.
    Current,
    /// Here; the file's offset stays.
    At(u64),
}

impl Position {
    /// After `count` more bytes.
    pub fn advance(self, count: usize) -> Self {
        match self {
            Position::Current => Position::Current,
            Position::At(offset) => Position::At(offset.saturating_add(count as u64)),
        }
    }
}

impl<M: Machine> Io<'_, '_, M> {
    /// The open file behind a descriptor.
    #[inline(always)]
    pub(super) fn id(&self, fd: u64) -> Result<FileId, Errno> {
        self.processes.current().descriptors.file(fd)
    }

    /// The same, to look at.
    #[inline]
    pub(super) fn file(&self, fd: u64) -> Result<&OpenFile, Errno> {
        Ok(self.files.open.get(self.id(fd)?))
    }

    /// Fills a buffer from an open file.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub(super) fn read(
        &mut self,
        id: FileId,
        buffer: &mut Buffer<'_>,
        position: Position,
    ) -> Outcome {
        let file = self.files.open.get(id);
        if !file.is_readable() {
            return Err(Errno::EBADF.into());
        }
        let offset = match position {
            Position::At(offset) => offset,
            Position::Current => file.offset,
        };
        let done = match file.object {
            Object::Regular(inode) => self.read_regular(inode, offset, buffer)?,
            _ => self.read_special(id, offset, buffer)?,
        };
        if position == Position::Current {
            let file = self.files.open.get_mut(id);
            file.offset = offset.saturating_add(done as u64);
            if buffer.len() < SMALL {
                file.note_read(&self.storage.fs);
            }
        }
        Ok(done)
    }

    #[inline]
    fn read_regular(
        &mut self,
        inode: InodeId,
        offset: u64,
        buffer: &mut Buffer<'_>,
    ) -> Result<usize, Errno> {
        self.observer().read(inode);
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            let chunk = self.storage.fs.chunk(inode, at, buffer.len() - done);
            if chunk.is_empty() {
                break;
            }
            match buffer.put(&mut self.caller(), done, chunk) {
                Ok(count) => {
                    done += count;
                    if count < chunk.len() {
                        break;
                    }
                }
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    #[inline(never)]
    fn read_special(&mut self, id: FileId, offset: u64, buffer: &mut Buffer<'_>) -> Outcome {
        let file = self.files.open.get(id);
        if let (Object::Terminal | Object::Text(..) | Object::Random, Some(device)) =
            (&file.object, file.inode)
        {
            let makes =
                matches!(&file.object, Object::Text(_, text) if offset == 0 || text.is_empty());
            self.observer().device(device);
            if makes {
                self.make_text(id)?;
            }
        }
        let file = self.files.open.get(id);
        let is_environment =
            matches!(self.text_node(file), Some(ProcNode::Of(_, ProcFile::Environ)));
        let mut caller = Caller { process: self.processes.current_mut(), storage: self.storage };
        match &file.object {
            &Object::PipeReader(pipe) => self.read_pipe(pipe, file.flags, buffer),
            &Object::Duplex(duplex) if duplex.kind.keeps_messages() => {
                self.read_message(duplex, file.flags, buffer)
            }
            &Object::Duplex(duplex) => self.read_pipe(duplex.reads, file.flags, buffer),
            &Object::Count(pipe, counting) => self.read_count((pipe, counting), file.flags, buffer),
            &Object::Timer(timer) => self.read_timer(timer, file.flags, buffer),
            &Object::Signals(set) => self.read_signals(set, file.flags, buffer),
            Object::Process(_) | Object::Epoll(_) => Err(Errno::EINVAL.into()),
            Object::Terminal => self.read_terminal(file.flags, buffer),
            Object::Null => Ok(0),
            Object::Zero | Object::Full => {
                let length = buffer.len();
                Ok(buffer.put(&mut caller, 0, Chunk::Zero { length })?)
            }
            Object::Random => self.read_random(buffer),
            Object::Text(_, text) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
                let end = start.saturating_add(buffer.len()).min(text.len());
                let chunk = Chunk::Bytes(&text[start..end]);
                if is_environment {
                    buffer.put_all(&mut caller, 0, chunk)?;
                    return Ok(end - start);
                }
                Ok(buffer.put(&mut caller, 0, chunk)?)
            }
            Object::Directory(_) => Err(Errno::EISDIR.into()),
            Object::Regular(_) | Object::PipeWriter(_) | Object::Path => Err(Errno::EBADF.into()),
        }
    }

    fn read_pipe(&mut self, pipe: u32, flags: u32, buffer: &mut Buffer<'_>) -> Outcome {
        self.observer().pipe_read(pipe);
        let mut caller = Caller { process: self.processes.current_mut(), storage: self.storage };
        let ring = self.files.pipes.at(pipe);
        let result = ring.read(buffer.len(), |piece| {
            let chunk =
                Chunk::Frame { frame: piece.frame, offset: piece.offset, length: piece.length };
            buffer.put_all(&mut caller, piece.done, chunk)
        });
        match result {
            Ok(done) => {
                self.wake_pipe(pipe, Moved::Out);
                Ok(done)
            }
            Err(Errno::EAGAIN) if flags & O_NONBLOCK == 0 => Err(self.wait_for_pipe(pipe)),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Random bytes, the same in every boot.
    #[inline(never)]
    pub(super) fn read_random(&mut self, buffer: &mut Buffer<'_>) -> Outcome {
        let mut done = 0;
        while done < buffer.len() {
            let mut bytes = [0; 256];
            let piece = &mut bytes[..(buffer.len() - done).min(256)];
            self.files.random.fill(piece);
            match buffer.put_all(&mut self.caller(), done, Chunk::Bytes(piece)) {
                Ok(()) => done += piece.len(),
                Err(errno) if done == 0 => return Err(errno.into()),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Blocks until something happens to a pipe, or where the call must not wait EAGAIN.
    pub(super) fn wait_or_again(&mut self, pipe: u32, waits: bool) -> Stop {
        match waits {
            true => self.wait_for_pipe(pipe),
            false => Errno::EAGAIN.into(),
        }
    }

    /// Blocks until something happens to a pipe.
    pub(super) fn wait_for_pipe(&mut self, pipe: u32) -> Stop {
        self.files.pipes.watch(pipe);
        self.deadline(None);
        self.block(Event::Pipe(pipe), Restart::WhenAsked)
    }

    /// Writes a buffer to an open file.
    #[inline]
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub(super) fn write(
        &mut self,
        id: FileId,
        buffer: &mut Buffer<'_>,
        position: Position,
    ) -> Outcome {
        let file = self.files.open.get(id);
        if !file.is_writable() {
            return Err(Errno::EBADF.into());
        }
        let Object::Regular(inode) = file.object else {
            return self.write_special(id, buffer);
        };
        // At any position, as on Linux: pwrite appends too.
        let offset = match position {
            _ if file.flags & O_APPEND != 0 => self.storage.fs.size(inode),
            Position::At(offset) => offset,
            Position::Current => file.offset,
        };
        let done = self.write_regular(inode, offset, buffer)?;
        if position == Position::Current {
            let file = self.files.open.get_mut(id);
            file.offset = offset + done as u64;
            // Small writes that find their place by themselves ask for no limit.
            let limits = &self.processes.current().limits;
            if buffer.len() < SMALL && limits.soft(Resource::FILE_SIZE) == INFINITY {
                file.note_write(&self.storage.fs);
            }
        }
        Ok(done)
    }

    /// Bytes that the caller may write to a file from `offset` on (RLIMIT_FSIZE).
    ///
    /// # Errors
    /// EFBIG when that is none, and SIGXFSZ.
    #[inline]
    pub(super) fn room_for_file(&mut self, offset: u64) -> Result<u64, Errno> {
        let limit = self.processes.current().limits.soft(Resource::FILE_SIZE);
        if offset < limit {
            return Ok(limit - offset);
        }
        let slot = self.processes.current_slot();
        self.processes.send_signal(slot, Signal::XFSZ, Info::kernel());
        Err(Errno::EFBIG)
    }

    #[inline]
    fn write_regular(
        &mut self,
        inode: InodeId,
        offset: u64,
        buffer: &mut Buffer<'_>,
    ) -> Result<usize, Errno> {
        if buffer.len() == 0 {
            return Ok(0);
        }
        let room = FILE_SIZE_MAX.saturating_sub(offset);
        if room == 0 {
            return Err(Errno::EFBIG);
        }
        let room = room.min(self.room_for_file(offset)?);
        let room =
            self.storage.fs.room_under_seals(inode, offset, room.min(buffer.len() as u64))?;
        let length = usize::try_from(room).unwrap_or(usize::MAX);
        self.observer().write(inode, true);
        let mut at = offset;
        let done = buffer.take(&mut self.caller(), 0, length, |storage, chunk| {
            let mut done = 0;
            while done < chunk.len() {
                let in_page = at as usize % PAGE_SIZE;
                let piece = (chunk.len() - done).min(PAGE_SIZE - in_page);
                let (fs, pool) = (&mut storage.fs, &mut storage.pool);
                match fs.page_for_write(inode, at >> PAGE_SHIFT, pool, &mut storage.machine) {
                    Ok(frame) => chunk.store(done, &mut storage.machine, frame, in_page, piece),
                    Err(errno) if done == 0 => return Err(errno),
                    Err(_) => break,
                }
                done += piece;
                at += piece as u64;
            }
            Ok(done)
        });
        if at > offset {
            self.storage.fs.wrote(inode, at);
        }
        // A file that cannot grow is a full device.
        done.map_err(|errno| match errno {
            Errno::ENOMEM => Errno::ENOSPC,
            errno => errno,
        })
    }

    #[inline(never)]
    fn write_special(&mut self, id: FileId, buffer: &mut Buffer<'_>) -> Outcome {
        let file = self.files.open.get(id);
        match file.object {
            Object::PipeWriter(pipe) => self.write_pipe(pipe, file.flags, buffer),
            Object::Duplex(duplex) if duplex.kind.keeps_messages() => {
                self.write_message(duplex, file.flags, buffer)
            }
            Object::Duplex(duplex) => self.write_pipe(duplex.writes, file.flags, buffer),
            Object::Count(pipe, _) => self.write_count(pipe, file.flags, buffer),
            Object::Timer(_) | Object::Signals(_) | Object::Process(_) | Object::Epoll(_) => {
                Err(Errno::EINVAL.into())
            }
            Object::Terminal if self.must_not_write() => self.stop_background(Signal::TTOU),
            Object::Terminal => self.write_terminal(buffer),
            Object::Null | Object::Zero | Object::Random => Ok(buffer.len()),
            Object::Full => Err(Errno::ENOSPC.into()),
            Object::Text(opener, _) => self.write_text(opener, file.inode, buffer),
            _ => Err(Errno::EBADF.into()),
        }
    }

    pub(super) fn write_pipe(&mut self, pipe: u32, flags: u32, buffer: &mut Buffer<'_>) -> Outcome {
        let writes = if flags & O_DIRECT == 0 { Writes::Bytes } else { Writes::Packets };
        match self.put_into_pipe(pipe, writes, buffer) {
            Ok(done) => Ok(done),
            Err(Errno::EAGAIN) if flags & O_NONBLOCK == 0 => Err(self.wait_for_pipe(pipe)),
            Err(Errno::EPIPE) => Err(self.broken_pipe()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Puts bytes into a pipe, as many as there is room for: EAGAIN for none.
    pub(super) fn put_into_pipe(
        &mut self,
        pipe: u32,
        writes: Writes,
        buffer: &mut Buffer<'_>,
    ) -> Result<usize, Errno> {
        if buffer.len() == 0 {
            return Ok(0);
        }
        let is_empty = self.files.pipes.at(pipe).is_empty();
        self.observer().pipe_write(pipe, || is_empty);
        let ring = self.files.pipes.at(pipe);
        let ready = ring.prepare_write(buffer.len(), &mut self.storage.pool)?;
        let mut caller = Caller { process: self.processes.current_mut(), storage: self.storage };
        let done = ring.write(ready, writes, |piece| {
            let mut at = piece.offset;
            let copy = |storage: &mut crate::storage::Storage<'_, M>, chunk: Chunk<'_>| {
                let length = chunk.len();
                chunk.store(0, &mut storage.machine, piece.frame, at, length);
                at += length;
                Ok(length)
            };
            match buffer.take(&mut caller, piece.done, piece.length, copy)? {
                count if count == piece.length => Ok(()),
                _ => Err(Errno::EFAULT),
            }
        })?;
        self.wake_pipe(pipe, Moved::In);
        Ok(done)
    }

    #[inline(never)]
    fn write_terminal(&mut self, buffer: &mut Buffer<'_>) -> Outcome {
        let terminal = &self.files.terminal;
        let mut caller = Caller { process: self.processes.current_mut(), storage: self.storage };
        let mut done = 0;
        while done < buffer.len() {
            let mut bytes = [0; 512];
            let piece = &mut bytes[..(buffer.len() - done).min(512)];
            let mut filled = 0;
            let result = buffer.take(&mut caller, done, piece.len(), |storage, chunk| {
                let target = &mut piece[filled..filled + chunk.len()];
                chunk.load(&storage.machine, target);
                filled += chunk.len();
                Ok(chunk.len())
            });
            match result {
                Ok(count) if count == piece.len() => {}
                Err(errno) if done == 0 => return Err(errno.into()),
                Ok(_) if done == 0 => return Err(Errno::EFAULT.into()),
                _ => break,
            }
            terminal.output(&mut caller.storage.machine, piece);
            done += piece.len();
        }
        Ok(done)
    }

    /// Moves the offset of an open file. Returns the new one.
    pub(super) fn seek(&mut self, id: FileId, offset: u64, whence: u32) -> Result<u64, Errno> {
        let file = self.files.open.get(id);
        if whence > SEEK_HOLE && file.object != Object::Path {
            return Err(Errno::EINVAL);
        }
        let node = self.text_node(file);
        let is_sequential = node.is_some_and(ProcNode::is_sequential);
        let is_proc = matches!(file.object, Object::Directory(inode)
            if self.storage.fs.file_system(inode) == FileSystem::Proc);
        let size = match &file.object {
            Object::Regular(inode) => self.storage.fs.size(*inode),
            Object::Text(..) if whence > SEEK_CUR && is_sequential => return Err(Errno::EINVAL),
            Object::Text(..) => 0,
            Object::Directory(_) if whence > SEEK_CUR && !is_proc => return Err(Errno::EINVAL),
            Object::Directory(_) => 0,
            Object::Null | Object::Zero | Object::Full | Object::Random => return Ok(0),
            Object::Path => return Err(Errno::EBADF),
            Object::Count(..) | Object::Timer(_) | Object::Signals(_) | Object::Epoll(_) => {
                return Ok(0);
            }
            Object::PipeReader(_)
            | Object::PipeWriter(_)
            | Object::Duplex(_)
            | Object::Process(_)
            | Object::Terminal => return Err(Errno::ESPIPE),
        };
        let from = |base: u64| {
            let new = (base as i64).checked_add(offset as i64);
            new.and_then(|new| u64::try_from(new).ok()).ok_or(Errno::EINVAL)
        };
        let new = match (whence, &file.object) {
            (SEEK_SET, _) => from(0)?,
            (SEEK_CUR, _) => from(file.offset)?,
            (SEEK_END, _) => from(size)?,
            (SEEK_DATA, Object::Regular(inode)) => self.storage.fs.seek_data(*inode, offset)?,
            (SEEK_HOLE, Object::Regular(inode)) => self.storage.fs.seek_hole(*inode, offset)?,
            (SEEK_DATA | SEEK_HOLE, _) if offset >= size => return Err(Errno::ENXIO),
            (SEEK_DATA, _) => offset,
            (SEEK_HOLE, _) => size,
            _ => return Err(Errno::EINVAL),
        };
        // Linux's MAX_NON_LFS.
        let is_short = is_proc || !is_sequential && matches!(node, Some(ProcNode::Of(..)));
        if is_short && new > i32::MAX as u64 {
            return Err(Errno::EINVAL);
        }
        self.files.open.get_mut(id).offset = new;
        Ok(new)
    }

    /// What could be done with an open file now, as POLL bits. Whoever asks is woken when that changes.
    pub(super) fn poll(&mut self, id: FileId) -> u16 {
        match self.files.open.get(id).object {
            Object::PipeReader(pipe) => {
                self.files.pipes.watch(pipe);
                // Of a FIFO: not before there was a writer.
                let had_writer = self.files.pipes.more(pipe).opened[1] > 0;
                let pipe = self.files.pipes.at(pipe);
                let hang_up = if pipe.writers() == 0 && had_writer { POLLHUP } else { 0 };
                if pipe.is_empty() { hang_up } else { hang_up | IN }
            }
            Object::PipeWriter(pipe) => {
                self.files.pipes.watch(pipe);
                let pipe = self.files.pipes.at(pipe);
                let error = if pipe.readers() == 0 { POLLERR } else { 0 };
                if pipe.has_room() { error | OUT } else { error }
            }
            Object::Duplex(duplex) => self.poll_duplex(duplex),
            Object::Count(pipe, _) => self.poll_count(pipe),
            Object::Timer(timer) => self.poll_timer(timer),
            Object::Signals(set) => {
                let has_one = self.processes.current().pending() & set != 0;
                if has_one { IN } else { 0 }
            }
            Object::Process(pid) => self.poll_process(pid),
            Object::Epoll(list) => self.poll_epoll(list),
            Object::Terminal => {
                self.files.read_console(self.processes, &mut self.storage.machine);
                self.files.terminal.note_reader();
                if self.files.terminal.is_ready() { IN | OUT } else { OUT }
            }
            Object::Path => POLLNVAL,
            _ => IN | OUT,
        }
    }

    /// Bytes that a read would give now (FIONREAD).
    pub(super) fn available(&mut self, id: FileId) -> Result<u32, Errno> {
        let file = self.files.open.get(id);
        let bytes = match file.object {
            Object::PipeReader(pipe) | Object::PipeWriter(pipe) => {
                self.files.pipes.at(pipe).len() as u64
            }
            Object::Duplex(duplex) if duplex.kind == DuplexKind::Datagram => {
                let messages = &self.files.pipes.more(duplex.reads).messages;
                messages.front().map_or(0, |&length| length as u64)
            }
            Object::Duplex(duplex) => self.files.pipes.at(duplex.reads).len() as u64,
            Object::Regular(inode) => {
                // Below 0 past the end, as on Linux.
                let left = self.storage.fs.size(inode).wrapping_sub(file.offset);
                return Ok(left as u32);
            }
            Object::Terminal => self.files.terminal.available() as u64,
            _ => return Err(Errno::ENOTTY),
        };
        Ok(bytes.min(i32::MAX as u64) as u32)
    }
}
