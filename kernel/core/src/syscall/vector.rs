//! The calls around read and write: vectors, positions, and writes that take several tries.

use super::transfer::Position;
use super::{Outcome, Stop};
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::files::{FileId, Kind, O_NONBLOCK};

/// UIO_MAXIOV.
const MAX_SEGMENTS: u64 = 1024;

/// The user memory of one call.
#[derive(Clone, Copy)]
pub(super) enum Segments {
    /// One piece.
    One { address: u64, length: u64 },
    /// An array of `struct iovec`.
    Vector { address: u64, count: u64 },
}

impl Segments {
    fn count(self) -> u64 {
        match self {
            Segments::One { .. } => 1,
            Segments::Vector { count, .. } => count,
        }
    }
}

impl<M: Machine> Kernel<'_, M> {
    fn segment(&mut self, segments: Segments, index: u64) -> Result<(u64, u64), Errno> {
        match segments {
            Segments::One { address, length } => Ok((address, length)),
            Segments::Vector { address, .. } => {
                let [base, length] = self.read_words(address.wrapping_add(index * 16))?;
                Ok((base, length))
            }
        }
    }

    /// An array of segments whose lengths and sum are possible.
    fn check_vector(&mut self, address: u64, count: u64) -> Result<Segments, Errno> {
        if count > MAX_SEGMENTS {
            return Err(Errno::EINVAL);
        }
        let segments = Segments::Vector { address, count };
        let mut total = 0u64;
        for index in 0..count {
            let (_, length) = self.segment(segments, index)?;
            total = total
                .checked_add(length)
                .filter(|&total| total <= i64::MAX as u64)
                .ok_or(Errno::EINVAL)?;
        }
        Ok(segments)
    }

    /// Writes all segments. A pipe that fills up on the way blocks the call, which goes on where it was.
    pub(super) fn write_segments(
        &mut self,
        id: FileId,
        segments: Segments,
        mut position: Position,
    ) -> Outcome {
        let file = self.files.get(id);
        if !file.is_writable() {
            return Err(Errno::EBADF.into());
        }
        let waits = match file.kind {
            Kind::PipeWriter(pipe) if file.flags & O_NONBLOCK == 0 => Some(pipe),
            _ => None,
        };
        let mut done = core::mem::take(&mut self.processes.at_mut(self.current).progress);
        let mut skip = done as u64;
        for index in 0..segments.count() {
            let (address, length) = self.segment(segments, index)?;
            if length <= skip {
                skip -= length;
                continue;
            }
            let (address, length) = (address.wrapping_add(skip), length - skip);
            skip = 0;
            let result = match self.write_file(id, address, length, position) {
                Ok(count) if (count as u64) < length && waits.is_some() && count > 0 => {
                    done += count;
                    Err(self.wait_for_pipe(waits.expect("checked above")))
                }
                result => result,
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
                    self.processes.at_mut(self.current).progress = done;
                    return Err(Stop::BLOCK);
                }
                Err(stop) if done == 0 => return Err(stop),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Reads into all segments until one is not filled.
    fn read_segments(&mut self, id: FileId, segments: Segments, mut position: Position) -> Outcome {
        let mut done = 0;
        for index in 0..segments.count() {
            let (address, length) = self.segment(segments, index)?;
            if length == 0 && index > 0 {
                continue;
            }
            match self.read_file(id, address, length, position) {
                Ok(count) => {
                    done += count;
                    position = position.advance(count);
                    if (count as u64) < length || self.files.get(id).kind == Kind::Terminal {
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
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        let segments = self.check_vector(address, count)?;
        self.read_segments(id, segments, Position::Current)
    }

    pub(super) fn sys_writev(&mut self, fd: u64, address: u64, count: u64) -> Outcome {
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        let segments = self.check_vector(address, count)?;
        self.write_segments(id, segments, Position::Current)
    }

    pub(super) fn sys_pread(&mut self, fd: u64, address: u64, length: u64, offset: u64) -> Outcome {
        let (id, position) = self.positioned(fd, offset)?;
        self.read_file(id, address, length, position)
    }

    pub(super) fn sys_pwrite(
        &mut self,
        fd: u64,
        address: u64,
        length: u64,
        offset: u64,
    ) -> Outcome {
        let (id, position) = self.positioned(fd, offset)?;
        self.write_segments(id, Segments::One { address, length }, position)
    }

    pub(super) fn sys_preadv(&mut self, fd: u64, address: u64, count: u64, offset: u64) -> Outcome {
        let (id, position) = self.positioned(fd, offset)?;
        let segments = self.check_vector(address, count)?;
        self.read_segments(id, segments, position)
    }

    pub(super) fn sys_pwritev(
        &mut self,
        fd: u64,
        address: u64,
        count: u64,
        offset: u64,
    ) -> Outcome {
        let (id, position) = self.positioned(fd, offset)?;
        let segments = self.check_vector(address, count)?;
        self.write_segments(id, segments, position)
    }

    pub(super) fn sys_preadv2(&mut self, a: &[u64; 6]) -> Outcome {
        match (a[5], a[3]) {
            (0, u64::MAX) => self.sys_readv(a[0], a[1], a[2]),
            (0, offset) => self.sys_preadv(a[0], a[1], a[2], offset),
            _ => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    pub(super) fn sys_pwritev2(&mut self, a: &[u64; 6]) -> Outcome {
        match (a[5], a[3]) {
            (0, u64::MAX) => self.sys_writev(a[0], a[1], a[2]),
            (0, offset) => self.sys_pwritev(a[0], a[1], a[2], offset),
            _ => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    /// The file and place of a pread or pwrite.
    fn positioned(&mut self, fd: u64, offset: u64) -> Result<(FileId, Position), Errno> {
        if offset > i64::MAX as u64 {
            return Err(Errno::EINVAL);
        }
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        match self.files.get(id).kind {
            Kind::PipeReader(_) | Kind::PipeWriter(_) | Kind::Terminal => Err(Errno::ESPIPE),
            _ => Ok((id, Position::At(offset))),
        }
    }
}

impl Position {
    fn advance(self, count: usize) -> Self {
        match self {
            Position::Current => Position::Current,
            Position::At(offset) => Position::At(offset.saturating_add(count as u64)),
        }
    }
}
