//! Reads and writes of the terminal, and what happens to background jobs that read it (setpgid(2), "terminal").

use super::Outcome;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::files::O_NONBLOCK;
use crate::process::signals::{IGNORE, Info, Signal};
use crate::process::{Event, Restart};

impl<M: Machine> Kernel<'_, M> {
    #[inline(never)]
    pub(super) fn read_terminal(&mut self, flags: u32, address: u64, length: usize) -> Outcome {
        if length == 0 {
            return Ok(0);
        }
        if self.is_background() {
            return self.stop_background_reader();
        }
        self.read_console();
        if !self.terminal.is_ready() {
            self.terminal.was_read = true;
            if self.terminal.polls() {
                let time = self.terminal.poll_time();
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
        while done < length && self.terminal.is_ready() {
            let piece = (length - done).min(bytes.len());
            let count = self.terminal.read(&mut bytes[..piece]);
            self.copy_out(address.wrapping_add(done as u64), &bytes[..count])?;
            done += count;
            if count < piece || bytes[count - 1] == b'\n' {
                break;
            }
        }
        Ok(done)
    }

    /// Is the current process in the terminal's session, but not in its foreground group?
    fn is_background(&self) -> bool {
        let process = self.processes.at(self.current);
        self.terminal.session == Some(process.session) && self.terminal.foreground != process.group
    }

    /// SIGTTIN for a background job that reads the terminal; EIO where it would not stop.
    fn stop_background_reader(&mut self) -> Outcome {
        let process = self.processes.at(self.current);
        let is_ignored = process.signals.action(Signal::TTIN).handler == IGNORE;
        if is_ignored || process.signals.blocked & Signal::TTIN.bit() != 0 || process.parent.0 <= 1
        {
            return Err(Errno::EIO.into());
        }
        let group = process.group;
        self.signal_group(group, Signal::TTIN, Info::kernel());
        self.deadline(None);
        Err(self.block(Event::Signal, Restart::WhenAsked))
    }

    #[inline(never)]
    pub(super) fn write_terminal(&mut self, address: u64, length: usize) -> Outcome {
        let mut bytes = [0; 512];
        let mut done = 0;
        while done < length {
            let piece = &mut bytes[..(length - done).min(512)];
            match self.copy_in(address.wrapping_add(done as u64), piece) {
                Ok(()) => {}
                Err(errno) if done == 0 => return Err(errno.into()),
                Err(_) => break,
            }
            self.terminal.output(&mut self.storage.machine, piece);
            done += piece.len();
        }
        Ok(done)
    }
}
