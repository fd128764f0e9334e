//! Reads of the terminal, and what happens to background jobs that read it (setpgid(2), "terminal").

use super::Outcome;
use super::buffer::Buffer;
use super::grant::{Io, User};
use crate::errno::Errno;
use crate::files::open::O_NONBLOCK;
use crate::fs::Chunk;
use crate::machine::Machine;
use crate::process::signals::{IGNORE, Info, Signal};
use crate::process::{Event, Restart};

impl<M: Machine> Io<'_, '_, M> {
    #[inline(never)]
    pub(super) fn read_terminal(&mut self, flags: u32, buffer: &mut Buffer<'_>) -> Outcome {
        if buffer.len() == 0 {
            return Ok(0);
        }
        if self.is_background() {
            return self.stop_background(Signal::TTIN);
        }
        self.files.read_console(self.processes, &mut self.storage.machine);
        if !self.files.terminal.is_ready() {
            self.files.terminal.note_reader();
            if self.files.terminal.polls() {
                let time = self.files.terminal.poll_time();
                if self.storage.machine.now() >= self.deadline(Some(time)) {
                    return Ok(0);
                }
            } else if flags & O_NONBLOCK != 0 {
                return Err(Errno::EAGAIN.into());
            } else {
                self.deadline(None);
            }
            return Err(self.block(Event::Terminal, Restart::WhenAsked));
        }
        let mut bytes = [0; 512];
        let mut done = 0;
        while done < buffer.len() && self.files.terminal.is_ready() {
            let piece = (buffer.len() - done).min(bytes.len());
            let count = self.files.terminal.read(&mut bytes[..piece]);
            buffer.put_all(&mut self.caller(), done, Chunk::Bytes(&bytes[..count]))?;
            done += count;
            if count < piece || bytes[count - 1] == b'\n' {
                break;
            }
        }
        Ok(done)
    }

    /// Is the current process in the terminal's session, but not in its foreground group?
    fn is_background(&self) -> bool {
        let process = self.processes.current();
        self.files.terminal.session() == Some(process.session)
            && self.files.terminal.foreground() != process.group
    }

    /// Is this a background job whose output the terminal's settings stop (TOSTOP)? One that ignores the signal may write.
    pub(super) fn must_not_write(&self) -> bool {
        self.files.terminal.stops_writers()
            && self.is_background()
            && !self.is_deaf_to(Signal::TTOU)
    }

    /// Would the current process not stop for this signal?
    fn is_deaf_to(&self, signal: Signal) -> bool {
        let process = self.processes.current();
        process.signals.action(signal).handler == IGNORE
            || process.thread.signals.blocked & signal.bit() != 0
    }

    /// SIGTTIN for a background job that reads the terminal, SIGTTOU for one that writes; EIO where it would not stop.
    pub(super) fn stop_background(&mut self, signal: Signal) -> Outcome {
        let process = self.processes.current();
        if self.is_deaf_to(signal) || process.parent.0 <= 1 {
            return Err(Errno::EIO.into());
        }
        let group = process.group;
        self.processes.signal_group(group, signal, Info::kernel());
        self.deadline(None);
        Err(self.block(Event::Signal, Restart::WhenAsked))
    }
}
