//! Descriptors of things that happen: eventfd(2), timerfd_create(2), signalfd(2), pidfd_open(2).

use super::Outcome;
use super::buffer::Buffer;
use super::frame::siginfo_bytes;
use super::grant::{Io, User};
use super::layout::Layout;
use super::object::{IN, OUT, POLLERR};
use super::signal::{check_set_size, signal_or_probe};
use crate::errno::Errno;
use crate::files::open::{Counting, O_CLOEXEC, O_NONBLOCK, O_RDWR, Object, OpenFile};
use crate::files::pipes::Moved;
use crate::files::timers::TimerFile;
use crate::fs::Chunk;
use crate::machine::Machine;
use crate::process::descriptors::OnExec;
use crate::process::signals::{Info, SI_USER, Signal, UNBLOCKABLE};
use crate::process::table::Slot;
use crate::process::{Alarm, Event, Pid, Restart};

/// EFD_SEMAPHORE.
const SEMAPHORE: u32 = 1;
const TFD_TIMER_ABSTIME: u64 = 1;
const TFD_TIMER_CANCEL_ON_SET: u64 = 2;

impl<M: Machine> Io<'_, '_, M> {
    /// A descriptor of an object that has no name; `flags` are O_CLOEXEC and O_NONBLOCK.
    pub(super) fn add_object(&mut self, object: Object, flags: u32) -> Outcome {
        let on_exec = if flags & O_CLOEXEC != 0 { OnExec::Close } else { OnExec::Keep };
        let file = OpenFile::new(object, None, O_RDWR | flags & O_NONBLOCK);
        Ok(self.add_file(file, on_exec)? as usize)
    }

    /// Waits for something that wakes those who poll; EAGAIN with O_NONBLOCK.
    fn wait_as_poll(&mut self, flags: u32) -> Outcome {
        if flags & O_NONBLOCK != 0 {
            return Err(Errno::EAGAIN.into());
        }
        self.deadline(None);
        Err(self.block(Event::Poll, Restart::WhenAsked))
    }

    pub(super) fn sys_eventfd2(&mut self, count: u64, flags: u64) -> Outcome {
        let flags = flags as u32;
        if flags & !(O_CLOEXEC | O_NONBLOCK | SEMAPHORE) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let pipe = self.files.pipes.create()?;
        self.files.pipes.more(pipe).count = u64::from(count as u32);
        self.observer().pipe_write(pipe, || true);
        let counting = if flags & SEMAPHORE != 0 { Counting::Semaphore } else { Counting::Sum };
        self.add_object(Object::Count(pipe, counting), flags)
    }

    pub(super) fn read_count(
        &mut self,
        (pipe, counting): (u32, Counting),
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        if buffer.len() < 8 {
            return Err(Errno::EINVAL.into());
        }
        self.observer().pipe_read(pipe);
        let count = self.files.pipes.more(pipe).count;
        if count == 0 {
            return Err(self.wait_or_again(pipe, flags & O_NONBLOCK == 0));
        }
        let taken = if counting == Counting::Semaphore { 1 } else { count };
        // As on Linux, what cannot be told is gone.
        self.files.pipes.more(pipe).count -= taken;
        self.wake_pipe(pipe, Moved::Out);
        buffer.put_all(&mut self.caller(), 0, Chunk::Bytes(&taken.to_le_bytes()))?;
        Ok(8)
    }

    pub(super) fn write_count(
        &mut self,
        pipe: u32,
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        if buffer.len() < 8 {
            return Err(Errno::EINVAL.into());
        }
        let mut bytes = [0; 8];
        self.load_buffer(buffer, &mut bytes)?;
        let added = u64::from_le_bytes(bytes);
        let count = self.files.pipes.more(pipe).count;
        if added == u64::MAX {
            return Err(Errno::EINVAL.into());
        }
        if u64::MAX - count <= added {
            return Err(self.wait_or_again(pipe, flags & O_NONBLOCK == 0));
        }
        // A read takes the sum, so whoever added to it before has a part in it until it is 0.
        self.observer().pipe_write(pipe, || count == 0);
        self.files.pipes.more(pipe).count += added;
        self.wake_pipe(pipe, Moved::In);
        Ok(8)
    }

    pub(super) fn poll_count(&mut self, pipe: u32) -> u16 {
        self.files.pipes.watch(pipe);
        match self.files.pipes.more(pipe).count {
            0 => OUT,
            u64::MAX => IN | POLLERR,
            count if count == u64::MAX - 1 => IN,
            _ => IN | OUT,
        }
    }

    /// The first bytes of what is to be written.
    pub(super) fn load_buffer(
        &mut self,
        buffer: &mut Buffer<'_>,
        into: &mut [u8],
    ) -> Result<(), Errno> {
        let mut filled = 0;
        let length = into.len();
        let done = buffer.take(&mut self.caller(), 0, length, |storage, chunk| {
            chunk.load(&storage.machine, &mut into[filled..filled + chunk.len()]);
            filled += chunk.len();
            Ok(chunk.len())
        })?;
        if done == length { Ok(()) } else { Err(Errno::EFAULT) }
    }

    pub(super) fn sys_timerfd_create(&mut self, clock: u64, flags: u64) -> Outcome {
        let is_realtime = match clock as u32 {
            0 | 8 => true,
            1 | 7 | 9 => false,
            _ => return Err(Errno::EINVAL.into()),
        };
        if flags as u32 & !(O_CLOEXEC | O_NONBLOCK) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let timer = self.files.pipes.create()?;
        if let Err(errno) = self.files.timers.insert(timer, TimerFile::new(is_realtime)) {
            self.discard_pipe(timer);
            return Err(errno.into());
        }
        self.add_object(Object::Timer(timer), flags as u32)
    }

    fn timer(&mut self, fd: u64) -> Result<u32, Errno> {
        match self.file(fd)?.object {
            Object::Timer(timer) => Ok(timer),
            Object::Path => Err(Errno::EBADF),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Lets timers run out that are due by now: the scheduler looks at them a little later.
    fn expire_timer_files(&mut self) {
        let now = self.storage.machine.now();
        let (any, next) = self.files.timers.expire(now);
        self.processes.add_timer(next);
        if any {
            self.processes.wake(Event::Poll);
        }
    }

    pub(super) fn sys_timerfd_settime(
        &mut self,
        fd: u64,
        flags: u64,
        new: u64,
        old: u64,
    ) -> Outcome {
        let interval = self.timespec(new);
        let value = self.timespec(new.wrapping_add(16));
        let (interval, value) = match (interval, value) {
            (Err(Errno::EFAULT), _) | (_, Err(Errno::EFAULT)) => return Err(Errno::EFAULT.into()),
            (interval, value) => (interval?, value?),
        };
        if flags & !(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) != 0 {
            return Err(Errno::EINVAL.into());
        }
        let number = self.timer(fd)?;
        self.expire_timer_files();
        let now = self.storage.machine.now();
        let start = self.storage.fs.realtime(0);
        let timer = self.files.timers.at(number);
        let words = timer.alarm.words(now);
        let next = match flags & TFD_TIMER_ABSTIME {
            _ if value == 0 => None,
            0 => Some(now.saturating_add(value)),
            _ if timer.is_realtime => Some(value.saturating_sub(start)),
            _ => Some(value),
        };
        timer.alarm = Alarm { next, interval };
        timer.ended = 0;
        self.expire_timer_files();
        if old != 0 {
            self.observer().pipe_read(number);
        }
        // Who set it before has no part in what it is set to now.
        self.observer().pipe_write(number, || true);
        if old != 0 {
            self.write_words(old, &words)?;
        }
        Ok(0)
    }

    pub(super) fn sys_timerfd_gettime(&mut self, fd: u64, into: u64) -> Outcome {
        let number = self.timer(fd)?;
        self.expire_timer_files();
        let now = self.storage.machine.now();
        let words = self.files.timers.at(number).alarm.words(now);
        self.observer().pipe_read(number);
        self.write_words(into, &words)?;
        Ok(0)
    }

    pub(super) fn read_timer(
        &mut self,
        number: u32,
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        if buffer.len() < 8 {
            return Err(Errno::EINVAL.into());
        }
        self.expire_timer_files();
        let ended = self.files.timers.at(number).ended;
        if ended == 0 {
            return self.wait_as_poll(flags);
        }
        self.observer().pipe_read(number);
        buffer.put_all(&mut self.caller(), 0, Chunk::Bytes(&ended.to_le_bytes()))?;
        self.files.timers.at(number).ended = 0;
        Ok(8)
    }

    pub(super) fn poll_timer(&mut self, number: u32) -> u16 {
        self.expire_timer_files();
        if self.files.timers.at(number).ended > 0 { IN } else { 0 }
    }

    pub(super) fn sys_signalfd4(&mut self, fd: u64, set: u64, size: u64, flags: u64) -> Outcome {
        check_set_size(size)?;
        let [mask] = self.read_words(set)?;
        let signals = Object::Signals(mask & !UNBLOCKABLE);
        if flags as u32 & !(O_CLOEXEC | O_NONBLOCK) != 0 {
            return Err(Errno::EINVAL.into());
        }
        if fd as i32 == -1 {
            return self.add_object(signals, flags as u32);
        }
        let id = self.id(fd)?;
        let object = &mut self.files.open.get_mut(id).object;
        match object {
            Object::Signals(_) => *object = signals,
            Object::Path => return Err(Errno::EBADF.into()),
            _ => return Err(Errno::EINVAL.into()),
        }
        self.processes.wake(Event::Poll);
        Ok(fd as u32 as usize)
    }

    pub(super) fn read_signals(
        &mut self,
        set: u64,
        flags: u32,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        const SIZE: usize = 128;
        if buffer.len() < SIZE {
            return Err(Errno::EINVAL.into());
        }
        let mut done = 0;
        while buffer.len() - done >= SIZE {
            let Some((signal, info)) = self.processes.current_mut().take_signal(set) else {
                break;
            };
            let bytes = told_signal(signal, info);
            buffer.put_all(&mut self.caller(), done, Chunk::Bytes(&bytes))?;
            done += SIZE;
        }
        match done {
            0 => self.wait_as_poll(flags),
            _ => Ok(done),
        }
    }

    pub(super) fn sys_pidfd_open(&mut self, pid: u64, flags: u64) -> Outcome {
        if flags as u32 & !O_NONBLOCK != 0 || pid as i32 <= 0 {
            return Err(Errno::EINVAL.into());
        }
        let pid = Pid(pid as u32);
        let slot = self.processes.process_or_self(pid.0.into())?;
        if self.processes.at(slot).pid != pid {
            return Err(Errno::EINVAL.into());
        }
        self.add_object(Object::Process(pid), flags as u32 & O_NONBLOCK | O_CLOEXEC)
    }

    /// The process behind a descriptor.
    pub(super) fn process_of(&self, fd: u64) -> Result<Pid, Errno> {
        match self.file(fd)?.object {
            Object::Process(pid) => Ok(pid),
            _ => Err(Errno::EBADF),
        }
    }

    pub(super) fn poll_process(&self, pid: Pid) -> u16 {
        let lives = |slot: Slot| !self.processes.at(slot).is_zombie();
        if self.processes.find(pid).is_some_and(lives) { 0 } else { IN }
    }

    pub(super) fn sys_pidfd_send_signal(
        &mut self,
        fd: u64,
        number: u64,
        info: u64,
        flags: u64,
    ) -> Outcome {
        if flags as u32 != 0 {
            return Err(Errno::EINVAL.into());
        }
        let pid = self.process_of(fd)?;
        if info != 0 {
            let signal = self.read_u32(info)?;
            if signal != number as u32 {
                return Err(Errno::EINVAL.into());
            }
            return self.sys_rt_sigqueueinfo(pid.0.into(), number, info);
        }
        let signal = signal_or_probe(number)?;
        let slot = self.processes.find(pid).ok_or(Errno::ESRCH)?;
        let own = self.processes.current();
        let info = Info::sent_by(own.pid, own.credentials.user[0], SI_USER);
        if let Some(signal) = signal {
            self.processes.send_signal(slot, signal, info);
        }
        Ok(0)
    }
}

/// `struct signalfd_siginfo`, from what a handler would get.
fn told_signal(signal: Signal, info: Info) -> [u8; 128] {
    const SIGCHLD: Signal = Signal::CHLD;
    let bytes = siginfo_bytes(signal, info);
    let word = |at: usize| u32::from_le_bytes(core::array::from_fn(|index| bytes[at + index]));
    let mut layout = Layout::<128>::new();
    layout.u32(word(0)).u32(word(4)).u32(word(8));
    // Of a timer these are its number and its overrun.
    let is_timer = info.code == -2;
    let (pid, user) = if is_timer { (0, 0) } else { (info.pid, info.user) };
    let (timer, overrun) = if is_timer { (info.pid, info.user) } else { (0, 0) };
    layout.u32(pid).u32(user).skip(4).u32(timer).skip(4).u32(overrun).skip(4);
    match signal {
        SIGCHLD => layout.u32(info.value as u32).skip(4),
        _ if info.code < 0 => layout.skip(4).u32(info.value as u32).u64(info.value),
        _ => layout.skip(8),
    };
    *layout.bytes()
}
