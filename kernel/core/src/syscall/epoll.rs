//! epoll(7): lists of files to be watched. A wait looks at all of a list; whatever wakes a poll wakes it.

use alloc::vec::Vec;

use super::Outcome;
use super::grant::{Io, User};
use super::layout::Layout;
use super::object::{IN, POLLERR, POLLHUP};
use super::signal::check_set_size;
use crate::errno::Errno;
use crate::files::epoll::{EDGE, FLAGS, Interest, ONE_SHOT};
use crate::files::open::{O_CLOEXEC, Object};
use crate::machine::Machine;
use crate::process::descriptors::FileId;

const EPOLL_CTL_ADD: u32 = 1;
const EPOLL_CTL_DEL: u32 = 2;
const EPOLL_CTL_MOD: u32 = 3;
const EPOLLEXCLUSIVE: u32 = 1 << 28;
/// Lists that may watch one another.
const DEPTH: usize = 5;

impl<M: Machine> Io<'_, '_, M> {
    /// epoll_create(2): its size has no meaning, but must be one.
    pub(super) fn sys_epoll_create1(&mut self, flags: u64) -> Outcome {
        if flags as u32 & !O_CLOEXEC != 0 {
            return Err(Errno::EINVAL.into());
        }
        let list = self.files.pipes.create()?;
        if let Err(errno) = self.files.epolls.insert(list, Vec::new()) {
            self.discard_pipe(list);
            return Err(errno.into());
        }
        self.add_object(Object::Epoll(list), flags as u32)
    }

    pub(super) fn sys_epoll_ctl(
        &mut self,
        epoll: u64,
        operation: u64,
        fd: u64,
        event: u64,
    ) -> Outcome {
        let operation = operation as u32;
        let mut bytes = [0; 16];
        if operation != EPOLL_CTL_DEL {
            self.copy_in(event, &mut bytes)?;
        }
        let mut events = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let data = u64::from_le_bytes(core::array::from_fn(|index| bytes[8 + index]));
        let (epoll, file) = (self.id(epoll)?, self.id(fd)?);
        match self.files.open.get(file).object {
            Object::Regular(_) | Object::Directory(_) | Object::Text(..) => {
                return Err(Errno::EPERM.into());
            }
            Object::Null | Object::Zero | Object::Full => return Err(Errno::EPERM.into()),
            Object::Path => return Err(Errno::EBADF.into()),
            _ => {}
        }
        let Object::Epoll(list) = self.files.open.get(epoll).object else {
            return Err(Errno::EINVAL.into());
        };
        if epoll == file {
            return Err(Errno::EINVAL.into());
        }
        if events & EPOLLEXCLUSIVE != 0 {
            let is_list = matches!(self.files.open.get(file).object, Object::Epoll(_));
            let allowed = u32::from(IN | super::object::OUT | POLLERR | POLLHUP);
            let others = events & !(allowed | EPOLLEXCLUSIVE | EDGE | 1 << 29);
            if operation == EPOLL_CTL_MOD || is_list || others != 0 {
                return Err(Errno::EINVAL.into());
            }
        }
        if operation == EPOLL_CTL_ADD
            && let Object::Epoll(other) = self.files.open.get(file).object
        {
            let below = self.depth(other, list, DEPTH).ok_or(Errno::ELOOP)?;
            if below + self.height(list, DEPTH) > DEPTH {
                return Err(Errno::ELOOP.into());
            }
        }
        events |= u32::from(POLLERR | POLLHUP);
        // What a program gets back is bytes of those who set it.
        let is_empty = self.files.epolls.at(list).is_empty();
        self.observer().pipe_write(list, || is_empty);
        let interests = self.files.epolls.at(list);
        let known =
            interests.iter().position(|interest| interest.fd == fd as u32 && interest.file == file);
        let fresh = Interest { fd: fd as u32, file, events, data, seen: (0, [0; 2]) };
        match (operation, known) {
            (EPOLL_CTL_ADD, Some(_)) => return Err(Errno::EEXIST.into()),
            (EPOLL_CTL_ADD, None) => {
                interests.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                interests.push(fresh);
            }
            (EPOLL_CTL_DEL | EPOLL_CTL_MOD, None) => return Err(Errno::ENOENT.into()),
            (EPOLL_CTL_DEL, Some(index)) => {
                interests.remove(index);
            }
            (EPOLL_CTL_MOD, Some(index)) if interests[index].events & EPOLLEXCLUSIVE != 0 => {
                return Err(Errno::EINVAL.into());
            }
            (EPOLL_CTL_MOD, Some(index)) => interests[index] = fresh,
            _ => return Err(Errno::EINVAL.into()),
        }
        // Who waits for the list already sees what is new in it.
        self.processes.wake(crate::process::Event::Poll);
        Ok(0)
    }

    /// How many lists stand one below the other from `list` on; None where `forbidden` is among them or there are too many.
    fn depth(&mut self, list: u32, forbidden: u32, most: usize) -> Option<usize> {
        if list == forbidden || most == 0 {
            return None;
        }
        let mut deepest = 0;
        for index in 0..self.files.epolls.at(list).len() {
            let file = self.files.epolls.at(list)[index].file;
            if let Object::Epoll(below) = self.files.open.get(file).object {
                deepest = deepest.max(self.depth(below, forbidden, most - 1)?);
            }
        }
        Some(deepest + 1)
    }

    /// How many lists stand one above the other from `list` on.
    fn height(&mut self, list: u32, most: usize) -> usize {
        if most == 0 {
            return 1;
        }
        let mut highest = 0;
        for number in 0..self.files.epolls.end() {
            let open = &self.files.open;
            let is_it = |file| open.get(file).object == Object::Epoll(list);
            if self.files.epolls.watches(number, is_it) {
                highest = highest.max(self.height(number, most - 1));
            }
        }
        highest + 1
    }

    pub(super) fn sys_epoll_pwait(
        &mut self,
        epoll: u64,
        (into, most): (u64, u64),
        timeout: u64,
        mask: u64,
        set_size: u64,
    ) -> Outcome {
        let timeout = timeout as i32;
        let timeout = u64::try_from(timeout).ok().map(|milliseconds| milliseconds * 1_000_000);
        self.epoll_wait(epoll, (into, most), timeout, (mask, set_size))
    }

    pub(super) fn sys_epoll_pwait2(
        &mut self,
        epoll: u64,
        (into, most): (u64, u64),
        timeout: u64,
        mask: u64,
        set_size: u64,
    ) -> Outcome {
        let timeout = if timeout == 0 { None } else { Some(self.timespec(timeout)?) };
        self.epoll_wait(epoll, (into, most), timeout, (mask, set_size))
    }

    fn epoll_wait(
        &mut self,
        epoll: u64,
        (into, most): (u64, u64),
        timeout: Option<u64>,
        (mask, set_size): (u64, u64),
    ) -> Outcome {
        const SIZE: u64 = 16;
        const MOST: i32 = i32::MAX / SIZE as i32;
        if mask != 0 {
            check_set_size(set_size)?;
            let [mask] = self.read_words(mask)?;
            self.processes.current_mut().use_mask(mask);
        }
        let outcome = match most as i32 {
            most @ 1..=MOST => {
                let range = super::buffer::check_range(into, most as u64 * SIZE);
                match (range, self.id(epoll).map(|id| &self.files.open.get(id).object)) {
                    (Err(errno), _) | (_, Err(errno)) => Err(errno.into()),
                    (_, Ok(&Object::Epoll(list))) => {
                        let told = self.tell_ready(list, into, most as usize);
                        told.map_err(Into::into).and_then(|told| self.poll_result(told, timeout))
                    }
                    (_, Ok(Object::Path)) => Err(Errno::EBADF.into()),
                    _ => Err(Errno::EINVAL.into()),
                }
            }
            _ => Err(Errno::EINVAL.into()),
        };
        self.end_poll(outcome)
    }

    /// Writes what is ready to the program's memory. Those that were told go behind the others.
    fn tell_ready(&mut self, list: u32, into: u64, most: usize) -> Result<usize, Errno> {
        self.observer().pipe_read(list);
        let mut told = 0;
        let mut index = 0;
        for _ in 0..self.files.epolls.at(list).len() {
            if told == most {
                break;
            }
            let (ready, seen) = self.look_at(list, index);
            let interest = self.files.epolls.at(list)[index];
            if ready == 0 {
                self.files.epolls.at(list)[index].seen = seen;
                index += 1;
                continue;
            }
            let mut layout = Layout::<16>::new();
            layout.u32(ready.into()).skip(4).u64(interest.data);
            match self.copy_out(into.wrapping_add(told as u64 * 16), layout.bytes()) {
                Ok(()) => told += 1,
                Err(errno) if told == 0 => return Err(errno),
                Err(_) => break,
            }
            let interests = self.files.epolls.at(list);
            let mut interest = interests.remove(index);
            interest.seen = seen;
            if interest.events & ONE_SHOT != 0 {
                interest.events = 0;
            }
            interests.push(interest);
        }
        Ok(told)
    }

    /// Which conditions of an interest are to be told, and what has been seen of it by then.
    fn look_at(&mut self, list: u32, index: usize) -> (u16, (u16, [u32; 2])) {
        let interest = self.files.epolls.at(list)[index];
        let state = self.poll(interest.file) & (interest.events & !FLAGS) as u16;
        let moves = self.moves(interest.file);
        let mut ready = state;
        if interest.events & EDGE != 0 {
            let (before, moved) = interest.seen;
            let came = if moved[0] == moves[0] { 0 } else { IN | POLLHUP | 0x2000 };
            let went = if moved[1] == moves[1] { 0 } else { super::object::OUT };
            let is_news = state & (!before | came | went) != 0;
            ready = if is_news { state } else { 0 };
        }
        (ready, (state, moves))
    }

    /// How often something has happened to a file.
    fn moves(&mut self, id: FileId) -> [u32; 2] {
        match self.files.open.get(id).object {
            Object::PipeReader(pipe) | Object::PipeWriter(pipe) | Object::Count(pipe, _) => {
                self.files.pipes.more(pipe).moves
            }
            Object::Duplex(duplex) => {
                let came = self.files.pipes.more(duplex.reads).moves[0];
                [came, self.files.pipes.more(duplex.writes).moves[1]]
            }
            Object::Timer(timer) => [self.files.timers.at(timer).total, 0],
            _ => [0; 2],
        }
    }

    /// A list is readable when one of its files has something to tell.
    pub(super) fn poll_epoll(&mut self, list: u32) -> u16 {
        for index in 0..self.files.epolls.at(list).len() {
            if self.look_at(list, index).0 != 0 {
                return IN;
            }
        }
        0
    }
}
