//! read(2) and write(2), from the system call down to the bytes. Regular files and pipes are the fast way:
//! from where the bytes lie to the user's page in one copy.

use super::quick::QUICK;
use super::vector::Segments;
use super::{Outcome, Stop};
use crate::addr::{PAGE_SHIFT, PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::fs::{Chunk, FILE_SIZE_MAX, InodeId};
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::files::{FileId, Kind, O_APPEND, O_NONBLOCK};
use crate::process::signals::{Info, SI_USER, Signal};
use crate::process::{Event, Restart};

/// Most bytes that one call transfers (MAX_RW_COUNT).
pub(super) const MOST: u64 = 0x7fff_f000;

/// Where in the file.
#[derive(Clone, Copy)]
pub(super) enum Position {
    /// At the file's offset, which moves.
    Current,
    /// Here; the file's offset stays.
    At(u64),
}

impl<M: Machine> Kernel<'_, M> {
    #[inline]
    pub(super) fn sys_read(&mut self, fd: u64, address: u64, length: u64) -> Outcome {
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        self.read_file(id, address, length, Position::Current)
    }

    #[inline]
    pub(super) fn sys_write(&mut self, fd: u64, address: u64, length: u64) -> Outcome {
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        let file = self.files.get(id);
        if file.kind == Kind::Regular && file.is_writable() {
            return self.write_file(id, address, length, Position::Current);
        }
        self.write_segments(id, Segments::One { address, length }, Position::Current)
    }

    /// Reads from an open file to user memory.
    #[inline(never)]
    pub(super) fn read_file(
        &mut self,
        id: FileId,
        address: u64,
        length: u64,
        position: Position,
    ) -> Outcome {
        let file = self.files.get_mut(id);
        if !file.is_readable() {
            return Err(Errno::EBADF.into());
        }
        let length = length.min(MOST) as usize;
        if let (Kind::Regular, Some(inode)) = (&file.kind, file.inode) {
            return match position {
                Position::At(offset) => Ok(self.read_regular(inode, offset, address, length)?),
                Position::Current => {
                    let offset = file.offset;
                    let done = self.read_regular(inode, offset, address, length)?;
                    self.files.get_mut(id).offset = offset + done as u64;
                    if length < QUICK {
                        self.note_read_window(id);
                    }
                    Ok(done)
                }
            };
        }
        self.read_special(id, address, length, position)
    }

    #[inline]
    fn read_regular(
        &mut self,
        inode: InodeId,
        offset: u64,
        address: u64,
        length: usize,
    ) -> Result<usize, Errno> {
        self.note_read(inode);
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        let mut done = 0;
        while done < length {
            let chunk = self
                .storage
                .fs
                .chunk(inode, offset + done as u64, length - done);
            if chunk.is_empty() {
                break;
            }
            let to = UserAddr(address.wrapping_add(done as u64));
            match space.copy_out_chunk(&mut self.storage, to, chunk) {
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

    /// Reads from what is no regular file.
    #[inline(never)]
    fn read_special(
        &mut self,
        id: FileId,
        address: u64,
        length: usize,
        position: Position,
    ) -> Outcome {
        let file = self.files.get(id);
        if let (Kind::Terminal | Kind::Text(_) | Kind::Random, Some(device)) =
            (&file.kind, file.inode)
        {
            self.note_device(device);
        }
        let file = self.files.get(id);
        let offset = match position {
            Position::At(offset) => offset,
            Position::Current => file.offset,
        };
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        match &file.kind {
            Kind::PipeReader(pipe) => {
                let pipe = *pipe;
                self.read_pipe(pipe, self.files.get(id).flags, address, length)
            }
            Kind::Terminal => {
                let flags = file.flags;
                self.read_terminal(flags, address, length)
            }
            Kind::Null => Ok(0),
            Kind::Zero | Kind::Full => Ok(space.copy_out_chunk(
                &mut self.storage,
                UserAddr(address),
                Chunk::Zero { length },
            )?),
            Kind::Random => self.random_out(address, length),
            Kind::Text(text) => {
                let start = text
                    .len()
                    .min(usize::try_from(offset).unwrap_or(usize::MAX));
                let piece = &text[start..text.len().min(start.saturating_add(length))];
                space.copy_out(&mut self.storage, UserAddr(address), piece)?;
                let done = piece.len();
                if let Position::Current = position {
                    self.files.get_mut(id).offset += done as u64;
                }
                Ok(done)
            }
            Kind::Directory => Err(Errno::EISDIR.into()),
            Kind::Regular | Kind::PipeWriter(_) | Kind::Path => Err(Errno::EBADF.into()),
        }
    }

    fn read_pipe(&mut self, pipe: u32, flags: u32, address: u64, length: usize) -> Outcome {
        self.note_pipe_read(pipe);
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        let r = &mut self.storage;
        let result = self.pipes.at(pipe).read(length, |piece| {
            let to = UserAddr(address.wrapping_add(piece.done as u64));
            let chunk = Chunk::Frame {
                frame: piece.frame,
                offset: piece.offset,
                length: piece.length,
            };
            let count = space.copy_out_chunk(r, to, chunk)?;
            if count == piece.length {
                Ok(())
            } else {
                Err(Errno::EFAULT)
            }
        });
        match result {
            Ok(done) => {
                self.wake_pipe(pipe);
                Ok(done)
            }
            Err(Errno::EAGAIN) if flags & O_NONBLOCK == 0 => Err(self.wait_for_pipe(pipe)),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Blocks until something happens to a pipe.
    pub(super) fn wait_for_pipe(&mut self, pipe: u32) -> Stop {
        self.pipes.watch(pipe);
        self.deadline(None);
        self.block(Event::Pipe(pipe), Restart::WhenAsked)
    }

    /// Writes user memory to an open file: one segment of the call.
    #[inline(never)]
    pub(super) fn write_file(
        &mut self,
        id: FileId,
        address: u64,
        length: u64,
        position: Position,
    ) -> Outcome {
        let file = self.files.get(id);
        let length = length.min(MOST) as usize;
        let (Kind::Regular, Some(inode)) = (&file.kind, file.inode) else {
            return self.write_special(id, address, length);
        };
        let offset = match position {
            Position::At(offset) => offset,
            Position::Current if file.flags & O_APPEND != 0 => self.storage.fs.size(inode),
            Position::Current => file.offset,
        };
        let done = self.write_regular(inode, offset, address, length)?;
        if let Position::Current = position {
            self.files.get_mut(id).offset = offset + done as u64;
            if length < QUICK {
                self.note_write_window(id);
            }
        }
        Ok(done)
    }

    #[inline]
    fn write_regular(
        &mut self,
        inode: InodeId,
        offset: u64,
        address: u64,
        length: usize,
    ) -> Result<usize, Errno> {
        if length == 0 {
            return Ok(0);
        }
        let room = FILE_SIZE_MAX.saturating_sub(offset);
        if room == 0 {
            return Err(Errno::EFBIG);
        }
        let length = length.min(usize::try_from(room).unwrap_or(usize::MAX));
        self.note_write(inode, true);
        self.content_moves();
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        let mut at = offset;
        let done = space.for_each_page(
            &mut self.storage,
            UserAddr(address),
            length,
            Access::Read,
            |r, frame, start, count| {
                let mut done = 0;
                while done < count {
                    let in_page = at as usize % PAGE_SIZE;
                    let piece = (count - done).min(PAGE_SIZE - in_page);
                    let target = match r.fs.page_for_write(
                        inode,
                        at >> PAGE_SHIFT,
                        &mut r.pool,
                        &mut r.machine,
                    ) {
                        Ok(target) => target,
                        Err(errno) if done == 0 => return Err(errno),
                        Err(_) => break,
                    };
                    r.machine.copy(frame, start + done, target, in_page, piece);
                    done += piece;
                    at += piece as u64;
                }
                Ok(done)
            },
        );
        if at > offset {
            self.storage.fs.wrote(inode, at);
        }
        // A file that cannot grow is a full device.
        done.map_err(|errno| {
            if errno == Errno::ENOMEM {
                Errno::ENOSPC
            } else {
                errno
            }
        })
    }

    /// Writes to what is no regular file.
    #[inline(never)]
    fn write_special(&mut self, id: FileId, address: u64, length: usize) -> Outcome {
        let file = self.files.get(id);
        match file.kind {
            Kind::PipeWriter(pipe) => self.write_pipe(pipe, file.flags, address, length),
            Kind::Terminal => self.write_terminal(address, length),
            Kind::Null | Kind::Zero | Kind::Random => Ok(length),
            Kind::Full => Err(Errno::ENOSPC.into()),
            _ => Err(Errno::EBADF.into()),
        }
    }

    fn write_pipe(&mut self, pipe: u32, flags: u32, address: u64, length: usize) -> Outcome {
        if length == 0 {
            return Ok(0);
        }
        self.note_pipe_write(pipe);
        let ready = match self
            .pipes
            .at(pipe)
            .prepare_write(length, &mut self.storage.pool)
        {
            Ok(ready) => ready,
            Err(Errno::EAGAIN) if flags & O_NONBLOCK == 0 => return Err(self.wait_for_pipe(pipe)),
            Err(Errno::EPIPE) => {
                let own = self.processes.at(self.current);
                let info = Info::sent_by(own.pid, own.credentials.user[0], SI_USER);
                self.send_signal(self.current, Signal::PIPE, info);
                return Err(Errno::EPIPE.into());
            }
            Err(errno) => return Err(errno.into()),
        };
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        let r = &mut self.storage;
        let done = self.pipes.at(pipe).write(ready, |piece| {
            let from = UserAddr(address.wrapping_add(piece.done as u64));
            let mut at = piece.offset;
            let count = space.for_each_page(
                r,
                from,
                piece.length,
                Access::Read,
                |r, frame, start, count| {
                    r.machine.copy(frame, start, piece.frame, at, count);
                    at += count;
                    Ok(count)
                },
            )?;
            if count == piece.length {
                Ok(())
            } else {
                Err(Errno::EFAULT)
            }
        })?;
        self.wake_pipe(pipe);
        Ok(done)
    }
}
