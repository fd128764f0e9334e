//! Pairs of sockets (socketpair(2), unix(7)): two pipes, one for each way. There is no other socket.

use alloc::vec::Vec;

use super::buffer::{Buffer, MOST, Segment, rest};
use super::grant::{Io, User};
use super::object::{IN, OUT, POLLHUP, POLLRDHUP};
use super::{Outcome, Stop};
use crate::errno::Errno;
use crate::files::open::{Duplex, DuplexKind, O_CLOEXEC, O_NONBLOCK, O_RDWR, Object, OpenFile};
use crate::files::pipe::{PIPE_CAPACITY, Writes};
use crate::files::pipes::Moved;
use crate::fs::Chunk;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::descriptors::{FileId, OnExec};
use crate::process::signals::{Info, SI_USER, Signal};
use crate::text::zeros;

const AF_UNIX: u32 = 1;
const AF_INET: u32 = 2;
const AF_INET6: u32 = 10;
const SOCK_STREAM: u32 = 1;
const SOCK_DGRAM: u32 = 2;
const SOCK_RAW: u32 = 3;
const SOCK_SEQPACKET: u32 = 5;

const MSG_OOB: u32 = 1;
const MSG_PEEK: u32 = 2;
const MSG_TRUNC: u32 = 0x20;
const MSG_DONTWAIT: u32 = 0x40;
const MSG_WAITALL: u32 = 0x100;
const MSG_NOSIGNAL: u32 = 0x4000;

/// Messages that may wait at a socket, however short: about as many as Linux has room for.
const MESSAGES: usize = 256;

/// What a call of the family may say about its transfer: the socket's O_NONBLOCK, and MSG_ bits.
#[derive(Clone, Copy)]
pub(super) struct How {
    waits: bool,
    flags: u32,
}

impl How {
    /// As read and write do it on a file with these flags.
    pub fn plain(flags: u32) -> Self {
        How { waits: flags & O_NONBLOCK == 0, flags: 0 }
    }

    fn with(self, flags: u64) -> Self {
        let flags = flags as u32;
        How { waits: self.waits && flags & MSG_DONTWAIT == 0, flags }
    }
}

impl<M: Machine> Kernel<'_, M> {
    /// Descriptors and credentials do not travel in messages: who wants that is told.
    pub(super) fn sys_sendmsg(&mut self, fd: u64, message: u64, flags: u64) -> Outcome {
        let mut io = self.io();
        let (_, duplex, how) = io.socket(fd)?;
        let (segments, [name, name_length, .., control, control_length, _]) =
            io.message(message)?;
        if io.control_travels(control, control_length)? {
            let wanted = "a descriptor or credentials in a message (SCM_RIGHTS, SCM_CREDENTIALS)";
            self.report_unsupported(wanted, Errno::EINVAL);
            return Err(Errno::EINVAL.into());
        }
        let has_name = name != 0 && name_length as u32 != 0;
        self.io().send(duplex, how.with(flags), has_name, &segments)
    }
}

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_socketpair(
        &mut self,
        domain: u64,
        kind: u64,
        protocol: u64,
        into: u64,
    ) -> Outcome {
        const TYPES: u32 = 0xf;
        let flags = kind as u32 & !TYPES;
        if flags & !(O_CLOEXEC | O_NONBLOCK) != 0 || kind as u32 & TYPES >= 11 {
            return Err(Errno::EINVAL.into());
        }
        match domain as u32 {
            AF_UNIX => {}
            AF_INET | AF_INET6 => {
                return Err(no_pair(domain as u32, kind as u32 & TYPES, protocol as u32).into());
            }
            16 => return Err(Errno::EOPNOTSUPP.into()),
            _ => return Err(Errno::EAFNOSUPPORT.into()),
        }
        if protocol as u32 != 0 && protocol as u32 != AF_UNIX {
            return Err(Errno::EPROTONOSUPPORT.into());
        }
        let kind = match kind as u32 & TYPES {
            SOCK_STREAM => DuplexKind::Stream,
            SOCK_DGRAM | SOCK_RAW => DuplexKind::Datagram,
            SOCK_SEQPACKET => DuplexKind::Packet,
            _ => return Err(Errno::ESOCKTNOSUPPORT.into()),
        };
        let there = self.files.pipes.create()?;
        let back = match self.files.pipes.create() {
            Ok(back) => back,
            Err(errno) => {
                self.discard_pipe(there);
                return Err(errno.into());
            }
        };
        let end = |reads, writes| {
            let object = Object::Duplex(Duplex { reads, writes, kind });
            OpenFile::new(object, None, O_RDWR | flags & O_NONBLOCK)
        };
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        self.add_pair([end(back, there), end(there, back)], on_exec, into)
    }

    /// A pipe that no open file came to have.
    pub(super) fn discard_pipe(&mut self, pipe: u32) {
        let ends = self.files.pipes.at(pipe);
        ends.close_reader(&mut self.storage.pool);
        ends.close_writer(&mut self.storage.pool);
        self.files.pipes.remove_if_closed(pipe);
    }

    /// The socket behind a descriptor.
    fn socket(&self, fd: u64) -> Result<(FileId, Duplex, How), Errno> {
        let id = self.id(fd)?;
        let file = self.files.open.get(id);
        match file.object {
            Object::Duplex(duplex) if duplex.is_socket() => {
                Ok((id, duplex, How::plain(file.flags)))
            }
            Object::Path => Err(Errno::EBADF),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    pub(super) fn sys_sendto(
        &mut self,
        fd: u64,
        address: u64,
        length: u64,
        flags: u64,
        (name, name_length): (u64, u64),
    ) -> Outcome {
        super::buffer::check_range(address, length)?;
        let (_, duplex, how) = self.socket(fd)?;
        let has_name = name != 0 && name_length != 0;
        self.send(duplex, how.with(flags), has_name, &[Segment { address, length }])
    }

    pub(super) fn sys_recvfrom(
        &mut self,
        fd: u64,
        address: u64,
        length: u64,
        flags: u64,
        (name, name_length): (u64, u64),
    ) -> Outcome {
        super::buffer::check_range(address, length)?;
        let (_, duplex, how) = self.socket(fd)?;
        let (done, _) = self.receive(duplex, how.with(flags), &[Segment { address, length }])?;
        if name != 0 {
            // Who sent it has no name.
            self.copy_out(name_length, &[0; 4])?;
        }
        Ok(done)
    }

    /// `struct msghdr`: name, its length, vector, its length, control data, its length, flags.
    fn message(&mut self, address: u64) -> Result<(Vec<Segment>, [u64; 7]), Errno> {
        let words: [u64; 7] = self.read_words(address)?;
        if words[3] > super::transfer::MAX_SEGMENTS {
            return Err(Errno::EMSGSIZE);
        }
        Ok((self.segments(words[2], words[3])?, words))
    }

    /// Is there something in the control data of a message that would travel with it? (cmsg(3))
    ///
    /// # Errors
    /// ENOBUFS for more than a socket takes, EFAULT, EINVAL for what is no header, EBADF for a descriptor that is closed.
    fn control_travels(&mut self, address: u64, length: u64) -> Result<bool, Errno> {
        const SOL_SOCKET: u32 = 1;
        const SCM_RIGHTS: u32 = 1;
        const SCM_CREDENTIALS: u32 = 2;
        const CREDENTIALS: usize = 12;
        /// SCM_MAX_FD.
        const DESCRIPTORS_MAX: usize = 253;
        /// `struct cmsghdr`: a length with the header, level, type.
        const HEADER: usize = 16;
        /// Linux's net.core.optmem_max.
        const CONTROL_MAX: u64 = 20480;
        if length >= CONTROL_MAX {
            return Err(Errno::ENOBUFS);
        }
        let mut control = zeros(length as usize)?;
        self.copy_in(address, &mut control)?;
        let mut travels = false;
        let mut rest = &control[..];
        while let Some((header, _)) = rest.split_first_chunk::<HEADER>() {
            let [size_low, size_high, level, kind] = words_of(header);
            let size = size_low as usize | (size_high as usize) << 32;
            let data = rest.get(HEADER..size).ok_or(Errno::EINVAL)?;
            match (level, kind) {
                (SOL_SOCKET, SCM_RIGHTS) if data.len() / 4 > DESCRIPTORS_MAX => {
                    return Err(Errno::EINVAL);
                }
                (SOL_SOCKET, SCM_RIGHTS) => {
                    for descriptor in data.as_chunks::<4>().0 {
                        self.id(u64::from(u32::from_le_bytes(*descriptor)))?;
                        travels = true;
                    }
                }
                (SOL_SOCKET, SCM_CREDENTIALS) if data.len() == CREDENTIALS => travels = true,
                (SOL_SOCKET, _) => return Err(Errno::EINVAL),
                _ => {}
            }
            rest = rest.get(size.next_multiple_of(8)..).unwrap_or_default();
        }
        Ok(travels)
    }

    pub(super) fn sys_recvmsg(&mut self, fd: u64, message: u64, flags: u64) -> Outcome {
        let (_, duplex, how) = self.socket(fd)?;
        let (segments, words) = self.message(message)?;
        let (done, told) = self.receive(duplex, how.with(flags), &segments)?;
        if words[0] != 0 {
            self.copy_out(message.wrapping_add(8), &[0; 4])?;
        }
        self.copy_out(message.wrapping_add(40), &[0; 8])?;
        self.copy_out(message.wrapping_add(48), &told.to_le_bytes())?;
        Ok(done)
    }

    /// The bytes of the segments, in the kernel's memory.
    pub(super) fn gather(&mut self, segments: &[Segment], most: usize) -> Result<Vec<u8>, Errno> {
        let total: u64 = segments.iter().map(|segment| segment.length).sum();
        if total > most as u64 {
            return Err(Errno::EMSGSIZE);
        }
        let mut bytes = zeros(total as usize)?;
        let mut at = 0;
        for segment in segments {
            let end = at + segment.length as usize;
            self.copy_in(segment.address, &mut bytes[at..end])?;
            at = end;
        }
        Ok(bytes)
    }

    fn send(&mut self, duplex: Duplex, how: How, has_name: bool, segments: &[Segment]) -> Outcome {
        if how.flags & MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP.into());
        }
        if has_name {
            return Err(match duplex.kind {
                DuplexKind::Stream => Errno::EISCONN.into(),
                _ => Errno::EOPNOTSUPP.into(),
            });
        }
        let outcome = if duplex.kind.keeps_messages() {
            let bytes = self.gather(segments, PIPE_CAPACITY)?;
            self.send_message(duplex, how, &bytes)
        } else {
            self.send_stream(duplex, how, segments)
        };
        match outcome {
            Err(stop) if stop == Errno::EPIPE.into() && how.flags & MSG_NOSIGNAL == 0 => {
                Err(self.broken_pipe())
            }
            outcome => outcome,
        }
    }

    /// SIGPIPE for who writes where nobody can read, and EPIPE.
    pub(super) fn broken_pipe(&mut self) -> Stop {
        let own = self.processes.current();
        let info = Info::sent_by(own.pid, own.credentials.user[0], SI_USER);
        let slot = self.processes.current_slot();
        self.processes.send_signal(slot, Signal::PIPE, info);
        Errno::EPIPE.into()
    }

    /// All bytes, as far as there is room; waits for more room where it may.
    fn send_stream(&mut self, duplex: Duplex, how: How, segments: &[Segment]) -> Outcome {
        let mut done = self.processes.current_mut().take_progress();
        for Segment { address, length } in rest(segments, done) {
            let mut buffer = Buffer::user(address, length);
            let stop = match self.put_into_pipe(duplex.writes, Writes::Bytes, &mut buffer) {
                Ok(count) => {
                    done += count;
                    if count as u64 == length {
                        continue;
                    }
                    Errno::EAGAIN
                }
                Err(errno) => errno,
            };
            if stop == Errno::EAGAIN && how.waits {
                self.processes.current_mut().keep_progress(done);
                return Err(self.wait_for_pipe(duplex.writes));
            }
            return if done > 0 { Ok(done) } else { Err(stop.into()) };
        }
        Ok(done)
    }

    /// One message, whole or not at all.
    pub(super) fn send_message(&mut self, duplex: Duplex, how: How, bytes: &[u8]) -> Outcome {
        let pipe = duplex.writes;
        let ends = self.files.pipes.at(pipe);
        if ends.readers() == 0 {
            return Err(match (duplex.kind, ends.is_half_closed()) {
                (DuplexKind::Datagram, true) => Errno::ECONNREFUSED.into(),
                _ => Errno::EPIPE.into(),
            });
        }
        let waiting = self.files.pipes.more(pipe).messages.len();
        let is_full = waiting >= MESSAGES;
        let ends = self.files.pipes.at(pipe);
        let ready = match bytes.len() {
            _ if is_full => Err(Errno::EAGAIN),
            length => ends.prepare_write(length, &mut self.storage.pool),
        };
        match ready {
            Ok(ready) if ready == bytes.len() => {}
            Ok(_) | Err(Errno::EAGAIN) => return Err(self.wait_or_again(pipe, how.waits)),
            Err(errno) => return Err(errno.into()),
        }
        let messages = &mut self.files.pipes.more(pipe).messages;
        messages.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        messages.push_back(bytes.len());
        let is_empty = waiting == 0;
        self.observer().pipe_write(pipe, || is_empty);
        let machine = &mut self.storage.machine;
        let put = |piece: crate::files::pipe::Piece| {
            let to = &mut machine.page_mut(piece.frame)[piece.offset..][..piece.length];
            to.copy_from_slice(&bytes[piece.done..][..piece.length]);
            Ok(())
        };
        self.files.pipes.at(pipe).write(bytes.len(), Writes::Bytes, put)?;
        self.wake_pipe(pipe, Moved::In);
        Ok(bytes.len())
    }

    /// What is received, and the flags that recvmsg tells.
    fn receive(
        &mut self,
        duplex: Duplex,
        how: How,
        segments: &[Segment],
    ) -> Result<(usize, u32), Stop> {
        if how.flags & MSG_OOB != 0 {
            let is_stream = duplex.kind == DuplexKind::Stream;
            return Err((if is_stream { Errno::EINVAL } else { Errno::EOPNOTSUPP }).into());
        }
        let total: u64 = segments.iter().map(|segment| segment.length).sum();
        let room = total.min(MOST) as usize;
        if duplex.kind.keeps_messages() {
            return self.receive_message(duplex, how, segments);
        }
        let pipe = self.files.pipes.at(duplex.reads);
        let (available, ends) = (pipe.len(), pipe.writers() == 0);
        let wanted =
            if how.flags & MSG_WAITALL != 0 { room.min(PIPE_CAPACITY) } else { room.min(1) };
        if available < wanted && !ends && (available == 0 || how.waits) {
            return Err(self.wait_or_again(duplex.reads, how.waits));
        }
        self.take_bytes(duplex.reads, how, segments)
    }

    /// Bytes of a stream, as many as there are.
    fn take_bytes(
        &mut self,
        pipe: u32,
        how: How,
        segments: &[Segment],
    ) -> Result<(usize, u32), Stop> {
        self.observer().pipe_read(pipe);
        let length = self.files.pipes.at(pipe).len();
        let mut done = 0;
        for segment in segments {
            let wanted = (segment.length.min(MOST) as usize).min(length - done);
            let mut buffer = Buffer::user(segment.address, wanted as u64);
            // Those before it are still in the pipe while they are only looked at.
            let skip = if how.flags & MSG_PEEK != 0 { done } else { 0 };
            match self.take_from_pipe(pipe, skip, how.flags & MSG_PEEK == 0, &mut buffer) {
                Ok(count) => done += count,
                Err(errno) if done == 0 => return Err(errno.into()),
                Err(_) => break,
            }
        }
        self.wake_pipe(pipe, Moved::Out);
        Ok((done, 0))
    }

    /// One message; what does not fit is lost.
    pub(super) fn receive_message(
        &mut self,
        duplex: Duplex,
        how: How,
        segments: &[Segment],
    ) -> Result<(usize, u32), Stop> {
        let pipe = duplex.reads;
        let Some(&length) = self.files.pipes.more(pipe).messages.front() else {
            let ends = self.files.pipes.at(pipe);
            // Datagrams could still come from others.
            let is_over = ends.writers() == 0 && duplex.kind == DuplexKind::Packet;
            return match is_over {
                true => Ok((0, 0)),
                false => Err(self.wait_or_again(pipe, how.waits)),
            };
        };
        self.observer().pipe_read(pipe);
        let mut done = 0;
        let mut result = Ok(());
        for segment in segments {
            let wanted = (segment.length.min(MOST) as usize).min(length - done);
            let mut buffer = Buffer::user(segment.address, wanted as u64);
            match self.take_from_pipe(pipe, done, false, &mut buffer) {
                Ok(count) => done += count,
                Err(errno) => {
                    result = Err(errno);
                    break;
                }
            }
        }
        if how.flags & MSG_PEEK == 0 {
            self.files.pipes.at(pipe).skip(length);
            self.files.pipes.more(pipe).messages.pop_front();
            self.wake_pipe(pipe, Moved::Out);
        }
        result?;
        let told = if done < length { MSG_TRUNC } else { 0 };
        match how.flags & MSG_TRUNC {
            0 => Ok((done, told)),
            _ => Ok((length, told)),
        }
    }

    /// read(2) of a socket with messages, into any buffer.
    pub(super) fn read_message(
        &mut self,
        duplex: Duplex,
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        let (done, _) = match buffer.segment() {
            Some(segment) => self.receive_message(duplex, How::plain(flags), &[segment])?,
            // splice is the one that reads into the kernel's memory.
            None => return Err(Errno::EINVAL.into()),
        };
        Ok(done)
    }

    /// write(2) of a message.
    pub(super) fn write_message(
        &mut self,
        duplex: Duplex,
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        if buffer.len() > PIPE_CAPACITY {
            return Err(Errno::EMSGSIZE.into());
        }
        let mut bytes = zeros(buffer.len())?;
        self.load_buffer(buffer, &mut bytes)?;
        match self.send_message(duplex, How::plain(flags), &bytes) {
            Err(stop) if stop == Errno::EPIPE.into() => Err(self.broken_pipe()),
            outcome => outcome,
        }
    }

    /// readv(2) and writev(2) of one message.
    pub(super) fn message_vector(
        &mut self,
        duplex: Duplex,
        flags: u32,
        segments: &[Segment],
        writes: bool,
    ) -> Outcome {
        match writes {
            true => self.send(duplex, How::plain(flags), false, segments),
            false => Ok(self.receive_message(duplex, How::plain(flags), segments)?.0),
        }
    }

    /// Bytes of a pipe from the one after `skip` others on, taken or only looked at.
    pub(super) fn take_from_pipe(
        &mut self,
        pipe: u32,
        skip: usize,
        takes: bool,
        buffer: &mut Buffer<'_>,
    ) -> Result<usize, Errno> {
        let mut caller =
            super::grant::Caller { process: self.processes.current_mut(), storage: self.storage };
        let ring = self.files.pipes.at(pipe);
        let done = ring.peek(skip, buffer.len(), |piece| {
            let chunk =
                Chunk::Frame { frame: piece.frame, offset: piece.offset, length: piece.length };
            buffer.put_all(&mut caller, piece.done, chunk)
        })?;
        if takes {
            ring.skip(done);
        }
        Ok(done)
    }

    pub(super) fn poll_duplex(&mut self, duplex: Duplex) -> u16 {
        let Duplex { reads, writes, kind } = duplex;
        self.files.pipes.watch(reads);
        self.files.pipes.watch(writes);
        let has_message = !self.files.pipes.more(reads).messages.is_empty();
        let waiting = self.files.pipes.more(writes).messages.len();
        let to = self.files.pipes.at(writes);
        let is_closed_to = to.readers() == 0;
        let is_full = waiting >= MESSAGES && !is_closed_to;
        let mut state = if to.has_room() && !is_full { OUT } else { 0 };
        let from = self.files.pipes.at(reads);
        if !from.is_empty() || has_message {
            state |= IN;
        }
        let is_over = from.writers() == 0 && kind != DuplexKind::Datagram;
        if is_over && duplex.is_socket() {
            state |= IN | POLLRDHUP;
            if is_closed_to {
                state |= POLLHUP;
            }
        }
        state
    }

    pub(super) fn sys_shutdown(&mut self, fd: u64, how: u64) -> Outcome {
        let (_, duplex, _) = self.socket(fd)?;
        let (reads, writes) = match how as u32 {
            0 => (true, false),
            1 => (false, true),
            2 => (true, true),
            _ => return Err(Errno::EINVAL.into()),
        };
        for (pipe, chosen) in [(duplex.reads, reads), (duplex.writes, writes)] {
            if chosen {
                self.files.pipes.at(pipe).shut();
                self.wake_pipe(pipe, Moved::In);
            }
        }
        Ok(0)
    }

    /// getsockname and getpeername: only the family, as a socket of a pair has no name.
    pub(super) fn sys_getsockname(&mut self, fd: u64, into: u64, length: u64) -> Outcome {
        self.socket(fd)?;
        let room = self.read_u32(length)?;
        if (room as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        let family = (AF_UNIX as u16).to_le_bytes();
        self.copy_out(into, &family[..(room as usize).min(2)])?;
        self.copy_out(length, &2u32.to_le_bytes())?;
        Ok(0)
    }

    pub(super) fn sys_getsockopt(
        &mut self,
        fd: u64,
        level: u64,
        option: u64,
        into: u64,
        length: u64,
    ) -> Outcome {
        const SO_TYPE: u32 = 3;
        const SO_ERROR: u32 = 4;
        const SO_SNDBUF: u32 = 7;
        const SO_RCVBUF: u32 = 8;
        const SO_ACCEPTCONN: u32 = 30;
        const SO_PROTOCOL: u32 = 38;
        const SO_DOMAIN: u32 = 39;
        let (_, duplex, _) = self.socket(fd)?;
        let room = self.read_u32(length)?;
        if (room as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        if level as u32 != 1 {
            return Err(Errno::EOPNOTSUPP.into());
        }
        let value = match (option as u32, duplex.kind) {
            (SO_TYPE, DuplexKind::Datagram) => SOCK_DGRAM,
            (SO_TYPE, DuplexKind::Packet) => SOCK_SEQPACKET,
            (SO_TYPE, _) => SOCK_STREAM,
            (SO_ERROR | SO_ACCEPTCONN | SO_PROTOCOL, _) => 0,
            (SO_DOMAIN, _) => AF_UNIX,
            (SO_SNDBUF | SO_RCVBUF, _) => PIPE_CAPACITY as u32,
            _ => return Err(Errno::ENOPROTOOPT.into()),
        };
        let count = (room as usize).min(4);
        self.copy_out(into, &value.to_le_bytes()[..count])?;
        self.copy_out(length, &(count as u32).to_le_bytes())?;
        Ok(0)
    }

    /// What changes nothing here is accepted: the sizes of buffers.
    pub(super) fn sys_setsockopt(&mut self, fd: u64, level: u64, option: u64) -> Outcome {
        self.socket(fd)?;
        match (level as u32, option as u32) {
            (1, 7 | 8) => Ok(0),
            _ => Err(Errno::ENOPROTOOPT.into()),
        }
    }
}

/// Why there is no pair of sockets of a network: as Linux says it, which knows these protocols.
fn no_pair(domain: u32, kind: u32, protocol: u32) -> Errno {
    const PROTOCOLS: u32 = 256;
    const ICMP: u32 = 1;
    const TCP: u32 = 6;
    const UDP: u32 = 17;
    match (kind, protocol) {
        (_, PROTOCOLS..) => Errno::EINVAL,
        (SOCK_STREAM, 0 | TCP) | (SOCK_DGRAM, 0 | UDP) => Errno::EOPNOTSUPP,
        (SOCK_RAW, 1..) => Errno::EOPNOTSUPP,
        (SOCK_DGRAM, ICMP) if domain == AF_INET => Errno::EACCES,
        (SOCK_STREAM | SOCK_DGRAM | SOCK_RAW, _) => Errno::EPROTONOSUPPORT,
        _ => Errno::ESOCKTNOSUPPORT,
    }
}

/// A header's 32-bit words.
fn words_of(header: &[u8; 16]) -> [u32; 4] {
    let words = header.as_chunks::<4>().0;
    core::array::from_fn(|index| u32::from_le_bytes(words[index]))
}
