//! read(2), write(2) and their family: vectors, positions, copies from file to file. All of them are [`Io::read`] and
//! [`Io::write`] with other arguments.

use alloc::vec::Vec;

use super::buffer::{Buffer, MOST, Segment, check_range, rest};
use super::grant::{Io, User};
use super::object::Position;
use super::{Outcome, Stop};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::files::open::{O_APPEND, O_DIRECT, O_NONBLOCK, Object, OpenFile};
use crate::files::pipe::PIPE_BUF;
use crate::files::pipes::Moved;
use crate::fs::{FILE_SIZE_MAX, InodeId, ProcNode};
use crate::machine::Machine;
use crate::process::descriptors::FileId;
use crate::text::zeros;

/// UIO_MAXIOV.
pub(super) const MAX_SEGMENTS: u64 = 1024;
/// RWF_HIPRI, RWF_DSYNC and RWF_SYNC: memory is all there is.
const WITHOUT_EFFECT: u32 = 7;

impl<M: Machine> Io<'_, '_, M> {
    #[inline]
    pub(super) fn sys_read(&mut self, fd: u64, address: u64, length: u64) -> Outcome {
        let id = self.id(fd)?;
        self.read_user(id, address, length, Position::Current)
    }

    #[inline]
    pub(super) fn sys_write(&mut self, fd: u64, address: u64, length: u64) -> Outcome {
        let id = self.id(fd)?;
        self.write_piece((id, Position::Current), address, length)
    }

    #[inline]
    fn write_piece(&mut self, place: (FileId, Position), address: u64, length: u64) -> Outcome {
        // Nothing is a write too: to a full device, to an event's count and to a text of /proc.
        if let Object::Regular(_) | Object::Count(..) | Object::Text(..) | Object::Full =
            self.files.open.get(place.0).object
        {
            return self.write_user(place.0, address, length, place.1);
        }
        self.write_segments(place, &[Segment { address, length }])
    }

    /// One segment of a read.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn read_user(&mut self, id: FileId, address: u64, length: u64, position: Position) -> Outcome {
        if self.files.open.get(id).is_readable() {
            check_range(address, length)?;
            self.check_span(id, position, length)?;
        }
        self.read(id, &mut Buffer::user(address, length), position)
    }

    /// One segment of a write.
    #[inline(never)]
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn write_user(&mut self, id: FileId, address: u64, length: u64, position: Position) -> Outcome {
        if self.files.open.get(id).is_writable() {
            check_range(address, length)?;
            self.check_span(id, position, length)?;
        }
        self.write(id, &mut Buffer::user(address, length), position)
    }

    /// Bytes past the largest offset, of a regular file or where the offset is the caller's: EINVAL before one of them moves,
    /// as on Linux.
    #[inline(always)]
    fn check_span(&self, id: FileId, position: Position, length: u64) -> Result<(), Errno> {
        let file = self.files.open.get(id);
        let (offset, has_limit) = match position {
            Position::At(offset) => (offset, true),
            Position::Current => (file.offset, matches!(file.object, Object::Regular(_))),
        };
        match has_limit && offset.saturating_add(length) > FILE_SIZE_MAX {
            true => Err(Errno::EINVAL),
            false => Ok(()),
        }
    }

    /// An array of `struct iovec`, copied before any byte moves: what is read may overwrite it. A length below zero is found
    /// before any other fault, and nothing moves if all of it does not fit at `position`. None where there is nothing to move.
    fn vector(
        &mut self,
        (id, position): (FileId, Position),
        address: u64,
        count: u64,
    ) -> Result<Vec<Segment>, Errno> {
        if self.files.open.get(id).object == Object::Path {
            return Err(Errno::EBADF);
        }
        let segments = self.segments(address, count)?;
        let total = segments.iter().fold(0, |sum: u64, piece| sum.saturating_add(piece.length));
        self.check_span(id, position, total)?;
        Ok(segments)
    }

    /// The array alone.
    pub(super) fn segments(&mut self, address: u64, count: u64) -> Result<Vec<Segment>, Errno> {
        let count = u64::from(count as u32);
        if count > MAX_SEGMENTS {
            return Err(Errno::EINVAL);
        }
        let mut segments = Vec::new();
        let room = segments.try_reserve_exact(count as usize);
        room.map_err(|_| Errno::ENOMEM)?;
        let mut ranges = Ok(());
        for index in 0..count {
            let [address, length] = self.read_words(address.wrapping_add(index * 16))?;
            if length > i64::MAX as u64 {
                return Err(Errno::EINVAL);
            }
            ranges = ranges.and(check_range(address, length));
            if length > 0 {
                segments.push(Segment { address, length });
            }
        }
        ranges?;
        Ok(segments)
    }

    /// readv(2) of one packet of a pipe: what has no room is lost.
    #[inline(never)]
    fn read_packet(&mut self, pipe: u32, length: usize, segments: &[Segment]) -> Outcome {
        self.observer().pipe_read(pipe);
        let mut done = 0;
        for segment in segments {
            let wanted = (segment.length.min(MOST) as usize).min(length - done);
            let mut buffer = Buffer::user(segment.address, wanted as u64);
            done += self.take_from_pipe(pipe, done, false, &mut buffer)?;
        }
        self.files.pipes.at(pipe).skip(length);
        self.wake_pipe(pipe, Moved::Out);
        Ok(done)
    }

    /// Writes all segments. A pipe that fills up on the way blocks the call, which goes on where it was.
    fn write_segments(
        &mut self,
        (id, mut position): (FileId, Position),
        segments: &[Segment],
    ) -> Outcome {
        let file = self.files.open.get(id);
        if !file.is_writable() {
            return Err(Errno::EBADF.into());
        }
        let total = segments.iter().fold(0, |sum: u64, piece| sum.saturating_add(piece.length));
        if let Object::PipeWriter(pipe) = file.object
            && file.flags & O_DIRECT != 0
            && segments.len() > 1
            && total <= PIPE_BUF as u64
        {
            // One packet.
            let flags = file.flags;
            let mut bytes = self.gather(segments, PIPE_BUF)?;
            return self.write_pipe(pipe, flags, &mut Buffer::kernel(&mut bytes));
        }
        let waits = match file.object {
            Object::PipeWriter(pipe) if file.flags & O_NONBLOCK == 0 => Some(pipe),
            Object::Duplex(duplex) if duplex.kind.keeps_messages() => {
                let flags = file.flags;
                return self.message_vector(duplex, flags, segments, true);
            }
            Object::Duplex(duplex) if file.flags & O_NONBLOCK == 0 => Some(duplex.writes),
            _ => None,
        };
        let mut done = self.processes.current_mut().take_progress();
        for Segment { address, length } in rest(segments, done) {
            let result = match (self.write_user(id, address, length, position), waits) {
                (Ok(count), Some(pipe)) if (count as u64) < length && count > 0 => {
                    done += count;
                    Err(self.wait_for_pipe(pipe))
                }
                (result, _) => result,
            };
            match result {
                Ok(count) => {
                    done += count;
                    position = position.advance(count);
                    if (count as u64) < length {
                        break;
                    }
                }
                Err(Stop::BLOCK) => {
                    self.processes.current_mut().keep_progress(done);
                    return Err(Stop::BLOCK);
                }
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Reads into all segments until one is not filled.
    fn read_segments(
        &mut self,
        (id, mut position): (FileId, Position),
        segments: &[Segment],
    ) -> Outcome {
        let file = self.files.open.get(id);
        if !file.is_readable() {
            return Err(Errno::EBADF.into());
        }
        if let Object::Duplex(duplex) = file.object
            && duplex.kind.keeps_messages()
        {
            let flags = file.flags;
            return self.message_vector(duplex, flags, segments, false);
        }
        if let Object::PipeReader(pipe) = file.object
            && segments.len() > 1
            && let Some(length) = self.files.pipes.at(pipe).packet()
        {
            return self.read_packet(pipe, length, segments);
        }
        let mut done = 0;
        for &Segment { address, length } in segments {
            match self.read_user(id, address, length, position) {
                Ok(count) => {
                    done += count;
                    position = position.advance(count);
                    let is_terminal = self.files.open.get(id).object == Object::Terminal;
                    if (count as u64) < length || is_terminal {
                        break;
                    }
                }
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    pub(super) fn sys_readv(&mut self, fd: u64, address: u64, count: u64) -> Outcome {
        let place = (self.id(fd)?, Position::Current);
        let segments = self.vector(place, address, count)?;
        self.read_segments(place, &segments)
    }

    pub(super) fn sys_writev(&mut self, fd: u64, address: u64, count: u64) -> Outcome {
        let place = (self.id(fd)?, Position::Current);
        let segments = self.vector(place, address, count)?;
        self.write_segments(place, &segments)
    }

    pub(super) fn sys_pread(&mut self, fd: u64, address: u64, length: u64, offset: u64) -> Outcome {
        let (id, position) = self.positioned(fd, offset)?;
        self.read_user(id, address, length, position)
    }

    pub(super) fn sys_pwrite(
        &mut self,
        fd: u64,
        address: u64,
        length: u64,
        offset: u64,
    ) -> Outcome {
        let place = self.positioned_write(fd, offset)?;
        self.write_piece(place, address, length)
    }

    pub(super) fn sys_preadv(&mut self, fd: u64, address: u64, count: u64, offset: u64) -> Outcome {
        let place = self.positioned(fd, offset)?;
        let segments = self.vector(place, address, count)?;
        self.read_segments(place, &segments)
    }

    pub(super) fn sys_pwritev(
        &mut self,
        fd: u64,
        address: u64,
        count: u64,
        offset: u64,
    ) -> Outcome {
        let place = self.positioned_write(fd, offset)?;
        let segments = self.vector(place, address, count)?;
        self.write_segments(place, &segments)
    }

    pub(super) fn sys_preadv2(
        &mut self,
        fd: u64,
        address: u64,
        count: u64,
        offset: u64,
        flags: u64,
    ) -> Outcome {
        match (flags as u32 & !WITHOUT_EFFECT, offset) {
            (0, u64::MAX) => self.sys_readv(fd, address, count),
            (0, offset) => self.sys_preadv(fd, address, count, offset),
            _ => self.refuse_flags(fd, offset, OpenFile::is_readable),
        }
    }

    pub(super) fn sys_pwritev2(
        &mut self,
        fd: u64,
        address: u64,
        count: u64,
        offset: u64,
        flags: u64,
    ) -> Outcome {
        match (flags as u32 & !WITHOUT_EFFECT, offset) {
            (0, u64::MAX) => self.sys_writev(fd, address, count),
            (0, offset) => self.sys_pwritev(fd, address, count, offset),
            _ => self.refuse_flags(fd, offset, OpenFile::is_writable),
        }
    }

    /// RWF_NOWAIT and RWF_APPEND are not there, but what else is wrong is said first.
    fn refuse_flags(&mut self, fd: u64, offset: u64, may: fn(&OpenFile) -> bool) -> Outcome {
        if offset != u64::MAX {
            self.positioned(fd, offset)?;
        }
        match may(self.file(fd)?) {
            true => Err(Errno::EOPNOTSUPP.into()),
            false => Err(Errno::EBADF.into()),
        }
    }

    /// The same for a pwrite: a text that is read from its beginning on is written there too.
    fn positioned_write(&mut self, fd: u64, offset: u64) -> Result<(FileId, Position), Errno> {
        let (id, position) = self.positioned(fd, offset)?;
        match self.text_node(self.files.open.get(id)).is_some_and(ProcNode::is_sequential) {
            true => Err(Errno::ESPIPE),
            false => Ok((id, position)),
        }
    }

    /// The file and place of a pread.
    fn positioned(&mut self, fd: u64, offset: u64) -> Result<(FileId, Position), Errno> {
        if offset > i64::MAX as u64 {
            return Err(Errno::EINVAL);
        }
        match self.file(fd)?.object.is_stream() {
            true => Err(Errno::ESPIPE),
            false => Ok((self.id(fd)?, Position::At(offset))),
        }
    }

    pub(super) fn sys_sendfile(
        &mut self,
        out: u64,
        input: u64,
        offset: u64,
        count: u64,
    ) -> Outcome {
        let place = if offset == 0 { None } else { Some(self.read_words::<1>(offset)?[0]) };
        if place.is_some_and(|place| place > i64::MAX as u64) {
            return Err(Errno::EINVAL.into());
        }
        let (from, to) = (self.id(input)?, self.id(out)?);
        let open = &self.files.open;
        if !open.get(from).is_readable() || !open.get(to).is_writable() {
            return Err(Errno::EBADF.into());
        }
        let target = open.get(to);
        // Nothing can be spliced into these.
        let takes_none = matches!(target.object, Object::Zero | Object::Full | Object::Text(..));
        let appends = matches!(target.object, Object::Regular(_)) && target.flags & O_APPEND != 0;
        if place.is_some() && open.get(from).object.is_stream() {
            return Err(Errno::ESPIPE.into());
        }
        self.check_source(from)?;
        let start = place.unwrap_or(open.get(from).offset);
        if appends || takes_none || start.saturating_add(count) > FILE_SIZE_MAX {
            return Err(Errno::EINVAL.into());
        }
        // What the kernel moves into a pipe is no packet.
        let flags = target.flags;
        self.files.open.get_mut(to).flags &= !O_DIRECT;
        let outcome = self.copy(from, start, to, Position::Current, count.min(MOST));
        self.files.open.get_mut(to).flags = flags;
        let done = outcome?;
        self.set_place(offset, from, start + done as u64)?;
        Ok(done)
    }

    pub(super) fn sys_copy_file_range(
        &mut self,
        input: u64,
        input_offset: u64,
        out: u64,
        output_offset: u64,
        length: u64,
        flags: u64,
    ) -> Outcome {
        let (from, to) = (self.id(input)?, self.id(out)?);
        let is_any = |what: fn(&Object) -> bool| {
            [from, to].iter().any(|&id| what(&self.files.open.get(id).object))
        };
        if is_any(|object| *object == Object::Path) {
            return Err(Errno::EBADF.into());
        }
        if flags != 0 {
            return Err(Errno::EINVAL.into());
        }
        if is_any(|object| matches!(object, Object::Directory(_))) {
            return Err(Errno::EISDIR.into());
        }
        if is_any(|object| matches!(object, Object::Text(..)))
            && is_any(|object| matches!(object, Object::Regular(_)))
        {
            return Err(Errno::EXDEV.into());
        }
        let source = self.regular(from)?;
        let is_same = source == self.regular(to)?;
        let target = self.files.open.get(to);
        let appends = target.flags & O_APPEND != 0;
        if !self.files.open.get(from).is_readable() || !target.is_writable() || appends {
            return Err(Errno::EBADF.into());
        }
        let start = self.place(input_offset, from)?;
        let place = self.place(output_offset, to)?;
        if start.checked_add(length).is_none() || place.checked_add(length).is_none() {
            return Err(Errno::EOVERFLOW.into());
        }
        // Only what the source has can overlap.
        let available = self.storage.fs.size(source).saturating_sub(start);
        let length = length.min(MOST).min(available);
        let overlaps =
            is_same && start < place.saturating_add(length) && place < start.saturating_add(length);
        if start > FILE_SIZE_MAX || place > FILE_SIZE_MAX {
            return Err(Errno::EOVERFLOW.into());
        }
        if overlaps {
            return Err(Errno::EINVAL.into());
        }
        let done = self.copy(from, start, to, Position::At(place), length)?;
        self.set_place(input_offset, from, start + done as u64)?;
        self.set_place(output_offset, to, place + done as u64)?;
        Ok(done)
    }

    /// Can the kernel itself take bytes out of it: a regular file, or a text that is not of a process?
    ///
    /// # Errors
    /// EINVAL.
    pub(super) fn check_source(&self, id: FileId) -> Result<(), Errno> {
        match self.text_node(self.files.open.get(id)) {
            Some(node) if !matches!(node, ProcNode::Of(..)) => Ok(()),
            _ => self.regular(id).map(|_| ()),
        }
    }

    fn regular(&self, id: FileId) -> Result<InodeId, Errno> {
        match self.files.open.get(id).object {
            Object::Regular(inode) => Ok(inode),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The offset that a pointer names, or the file's own where it is NULL.
    fn place(&mut self, pointer: u64, id: FileId) -> Result<u64, Errno> {
        match pointer {
            0 => Ok(self.files.open.get(id).offset),
            _ => Ok(self.read_words::<1>(pointer)?[0]),
        }
    }

    /// Sets it.
    fn set_place(&mut self, pointer: u64, id: FileId, offset: u64) -> Result<(), Errno> {
        match pointer {
            0 => self.files.open.get_mut(id).offset = offset,
            _ => self.write_words(pointer, &[offset])?,
        }
        Ok(())
    }

    /// Copies from a regular file to an open file through the kernel, page by page.
    fn copy(
        &mut self,
        from: FileId,
        start: u64,
        to: FileId,
        mut position: Position,
        count: u64,
    ) -> Outcome {
        let mut page = zeros(PAGE_SIZE)?;
        let mut done = 0;
        while done < count as usize {
            let wanted = (count as usize - done).min(PAGE_SIZE);
            let source = Position::At(start + done as u64);
            let got = self.read(from, &mut Buffer::kernel(&mut page[..wanted]), source)?;
            if got == 0 {
                break;
            }
            match self.write(to, &mut Buffer::kernel(&mut page[..got]), position) {
                Ok(written) => {
                    done += written;
                    position = position.advance(written);
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
}
