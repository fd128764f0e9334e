//! Data of files beyond read and write: offsets, sizes, and copies inside the kernel.

use super::Outcome;
use super::transfer::MOST;
use super::user::zeros;
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::fs::{FILE_SIZE_MAX, Follow, InodeId, Kind as FileKind};
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::files::{FileId, Kind, O_APPEND, O_NONBLOCK};
use crate::process::signals::{Info, SI_USER, Signal};

const SEEK_SET: u32 = 0;
const SEEK_CUR: u32 = 1;
const SEEK_END: u32 = 2;
const SEEK_DATA: u32 = 3;
const SEEK_HOLE: u32 = 4;

impl<M: Machine> Kernel<'_, M> {
    pub(super) fn sys_lseek(&mut self, fd: u64, offset: u64, whence: u64) -> Outcome {
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        let file = self.files.get(id);
        let size = match (&file.kind, file.inode) {
            (Kind::Regular, Some(inode)) => self.storage.fs.size(inode),
            (Kind::Text(text), _) => text.len() as u64,
            (Kind::Directory, _) => FILE_SIZE_MAX,
            (Kind::Null | Kind::Zero | Kind::Full | Kind::Random, _) => return Ok(0),
            (Kind::Path, _) => return Err(Errno::EBADF.into()),
            _ => return Err(Errno::ESPIPE.into()),
        };
        let base = match whence as u32 {
            SEEK_SET => 0,
            SEEK_CUR => file.offset,
            SEEK_END => size,
            SEEK_DATA | SEEK_HOLE => {
                let new = self.seek_hole_or_data(id, offset, whence as u32, size)?;
                self.files.get_mut(id).offset = new;
                return Ok(new as usize);
            }
            _ => return Err(Errno::EINVAL.into()),
        };
        let new = (base as i64)
            .checked_add(offset as i64)
            .ok_or(Errno::EOVERFLOW)?;
        if new < 0 {
            return Err(Errno::EINVAL.into());
        }
        self.files.get_mut(id).offset = new as u64;
        Ok(new as usize)
    }

    fn seek_hole_or_data(
        &self,
        id: FileId,
        offset: u64,
        whence: u32,
        size: u64,
    ) -> Result<u64, Errno> {
        let file = self.files.get(id);
        match (&file.kind, file.inode) {
            (Kind::Regular, Some(inode)) if whence == SEEK_DATA => {
                self.storage.fs.seek_data(inode, offset)
            }
            (Kind::Regular, Some(inode)) => self.storage.fs.seek_hole(inode, offset),
            _ if offset >= size => Err(Errno::ENXIO),
            _ if whence == SEEK_DATA => Ok(offset),
            _ => Ok(size),
        }
    }

    pub(super) fn sys_truncate(&mut self, path: u64, length: u64) -> Outcome {
        let path = self.path_name(path)?;
        let directory = self.processes.at(self.current).directory;
        let inode = self.storage.fs.resolve(directory, &path, Follow::Yes)?;
        match self.storage.fs.kind(inode) {
            FileKind::File => {}
            FileKind::Directory => return Err(Errno::EISDIR.into()),
            _ => return Err(Errno::EINVAL.into()),
        }
        self.storage.fs.refuse_if_running(inode)?;
        self.set_size(inode, length)
    }

    pub(super) fn sys_ftruncate(&mut self, fd: u64, length: u64) -> Outcome {
        let file = self
            .files
            .get(self.processes.at(self.current).descriptors.file(fd)?);
        match (&file.kind, file.inode) {
            (Kind::Path, _) => Err(Errno::EBADF.into()),
            (Kind::Regular, Some(inode)) if file.is_writable() => self.set_size(inode, length),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    fn set_size(&mut self, inode: InodeId, length: u64) -> Outcome {
        if length > FILE_SIZE_MAX {
            return Err(Errno::EINVAL.into());
        }
        self.note_write(inode, length > 0);
        self.content_moves();
        self.storage.fs.set_size(
            inode,
            length,
            &mut self.storage.pool,
            &mut self.storage.machine,
        )?;
        Ok(0)
    }

    /// Allocation in advance: the file grows by a hole, frames come with the writes.
    pub(super) fn sys_fallocate(
        &mut self,
        fd: u64,
        mode: u64,
        offset: u64,
        length: u64,
    ) -> Outcome {
        const KEEP_SIZE: u64 = 1;
        let file = self
            .files
            .get(self.processes.at(self.current).descriptors.file(fd)?);
        if !file.is_writable() {
            return Err(Errno::EBADF.into());
        }
        if (offset as i64) < 0 || (length as i64) <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let (Kind::Regular, Some(inode)) = (&file.kind, file.inode) else {
            return Err(match file.kind {
                Kind::PipeWriter(_) => Errno::ESPIPE.into(),
                _ => Errno::ENODEV.into(),
            });
        };
        let end = offset
            .checked_add(length)
            .filter(|&end| end <= FILE_SIZE_MAX)
            .ok_or(Errno::EFBIG)?;
        match mode as u32 as u64 {
            0 if end > self.storage.fs.size(inode) => self.set_size(inode, end),
            0 | KEEP_SIZE => Ok(0),
            _ => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    /// Memory is all there is: what was written is as safe as it will ever be.
    pub(super) fn sys_fsync(&mut self, fd: u64) -> Outcome {
        let file = self
            .files
            .get(self.processes.at(self.current).descriptors.file(fd)?);
        match file.kind {
            Kind::Path => Err(Errno::EBADF.into()),
            Kind::PipeReader(_) | Kind::PipeWriter(_) | Kind::Terminal => Err(Errno::EINVAL.into()),
            _ => Ok(0),
        }
    }

    pub(super) fn sys_sendfile(
        &mut self,
        out: u64,
        input: u64,
        offset: u64,
        count: u64,
    ) -> Outcome {
        let process = self.processes.at(self.current);
        let (from, to) = (
            process.descriptors.file(input)?,
            process.descriptors.file(out)?,
        );
        if !self.files.get(from).is_readable() || !self.files.get(to).is_writable() {
            return Err(Errno::EBADF.into());
        }
        let inode = self.regular(from).ok_or(Errno::EINVAL)?;
        let start = if offset == 0 {
            self.files.get(from).offset
        } else {
            self.read_words::<1>(offset)?[0]
        };
        if start > FILE_SIZE_MAX {
            return Err(Errno::EINVAL.into());
        }
        let done = self.copy_inside(inode, start, to, None, count.min(MOST))?;
        if offset == 0 {
            self.files.get_mut(from).offset = start + done as u64;
        } else {
            self.write_words(offset, &[start + done as u64])?;
        }
        Ok(done)
    }

    pub(super) fn sys_copy_file_range(&mut self, a: &[u64; 6]) -> Outcome {
        let [input, input_offset, out, output_offset, length, flags] = *a;
        let process = self.processes.at(self.current);
        let (from, to) = (
            process.descriptors.file(input)?,
            process.descriptors.file(out)?,
        );
        let target = self.files.get(to);
        if !self.files.get(from).is_readable()
            || !target.is_writable()
            || target.flags & O_APPEND != 0
        {
            return Err(Errno::EBADF.into());
        }
        let inode = self.regular(from).ok_or(Errno::EINVAL)?;
        let target = self.regular(to).ok_or(Errno::EINVAL)?;
        let start = if input_offset == 0 {
            self.files.get(from).offset
        } else {
            self.read_words::<1>(input_offset)?[0]
        };
        let place = if output_offset == 0 {
            self.files.get(to).offset
        } else {
            self.read_words::<1>(output_offset)?[0]
        };
        let length = length.min(MOST);
        let overlaps = inode == target
            && start < place.saturating_add(length)
            && place < start.saturating_add(length);
        if flags != 0 || start > FILE_SIZE_MAX || place > FILE_SIZE_MAX || overlaps {
            return Err(Errno::EINVAL.into());
        }
        let done = self.copy_inside(inode, start, to, Some(place), length)?;
        for (pointer, id, end) in [(input_offset, from, start), (output_offset, to, place)] {
            if pointer == 0 {
                self.files.get_mut(id).offset = end + done as u64;
            } else {
                self.write_words(pointer, &[end + done as u64])?;
            }
        }
        Ok(done)
    }

    fn regular(&self, id: FileId) -> Option<InodeId> {
        let file = self.files.get(id);
        file.inode.filter(|_| file.kind == Kind::Regular)
    }

    /// Copies from a regular file to an open file through the kernel, page by page.
    fn copy_inside(
        &mut self,
        from: InodeId,
        start: u64,
        to: FileId,
        place: Option<u64>,
        count: u64,
    ) -> Outcome {
        let mut bytes = zeros(PAGE_SIZE)?;
        let mut done = 0;
        self.note_read(from);
        while done < count as usize {
            let wanted = (count as usize - done).min(PAGE_SIZE);
            let got = self.storage.fs.read(
                from,
                start + done as u64,
                &mut bytes[..wanted],
                &self.storage.machine,
            );
            if got == 0 {
                break;
            }
            match self.write_bytes(to, place.map(|place| place + done as u64), &bytes[..got]) {
                Ok(written) => {
                    done += written;
                    if written < got {
                        break;
                    }
                }
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Writes the kernel's own bytes to an open file; at the file's offset when `place` is None.
    fn write_bytes(&mut self, id: FileId, place: Option<u64>, bytes: &[u8]) -> Outcome {
        let file = self.files.get(id);
        match (&file.kind, file.inode) {
            (Kind::Regular, Some(inode)) => {
                let end = if file.flags & O_APPEND != 0 {
                    self.storage.fs.size(inode)
                } else {
                    file.offset
                };
                let at = place.unwrap_or(end);
                self.note_write(inode, true);
                self.content_moves();
                let done = self.storage.fs.write(
                    inode,
                    at,
                    bytes,
                    &mut self.storage.pool,
                    &mut self.storage.machine,
                )?;
                if place.is_none() {
                    self.files.get_mut(id).offset = at + done as u64;
                }
                Ok(done)
            }
            (&Kind::PipeWriter(pipe), _) => {
                let waits = file.flags & O_NONBLOCK == 0;
                self.pipe_bytes(pipe, bytes).map_err(|errno| match errno {
                    Errno::EAGAIN if waits => self.wait_for_pipe(pipe),
                    errno => errno.into(),
                })
            }
            (Kind::Terminal, _) => {
                self.terminal.output(&mut self.storage.machine, bytes);
                Ok(bytes.len())
            }
            (Kind::Null | Kind::Zero | Kind::Random, _) => Ok(bytes.len()),
            (Kind::Full, _) => Err(Errno::ENOSPC.into()),
            _ => Err(Errno::EINVAL.into()),
        }
    }

    fn pipe_bytes(&mut self, pipe: u32, bytes: &[u8]) -> Result<usize, Errno> {
        self.note_pipe_write(pipe);
        let ready = self
            .pipes
            .at(pipe)
            .prepare_write(bytes.len(), &mut self.storage.pool)
            .inspect_err(|&errno| {
                if errno == Errno::EPIPE {
                    let own = self.processes.at(self.current);
                    let info = Info::sent_by(own.pid, own.credentials.user[0], SI_USER);
                    self.send_signal(self.current, Signal::PIPE, info);
                }
            })?;
        let machine = &mut self.storage.machine;
        let done = self.pipes.at(pipe).write(ready, |piece| {
            let target =
                &mut machine.page_mut(piece.frame)[piece.offset..piece.offset + piece.length];
            target.copy_from_slice(&bytes[piece.done..piece.done + piece.length]);
            Ok(())
        })?;
        self.wake_pipe(pipe);
        Ok(done)
    }
}
