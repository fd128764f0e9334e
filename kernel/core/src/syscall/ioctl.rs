//! ioctl(2): the terminal's settings and groups (ioctl_tty(2)), FIONREAD, FIONBIO, FIOCLEX.

use super::Outcome;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::Pid;
use crate::process::descriptors::OnExec;
use crate::process::files::{FileId, Kind, O_NONBLOCK};
use crate::process::signals::{Info, Signal};
use crate::process::terminal::Termios;

const TCGETS: u32 = 0x5401;
const TCSETS: u32 = 0x5402;
const TCSETSW: u32 = 0x5403;
const TCSETSF: u32 = 0x5404;
const TCSBRK: u32 = 0x5409;
const TCXONC: u32 = 0x540a;
const TCFLSH: u32 = 0x540b;
const TIOCSCTTY: u32 = 0x540e;
const TIOCGPGRP: u32 = 0x540f;
const TIOCSPGRP: u32 = 0x5410;
const TIOCOUTQ: u32 = 0x5411;
const TIOCGWINSZ: u32 = 0x5413;
const TIOCSWINSZ: u32 = 0x5414;
const FIONREAD: u32 = 0x541b;
const FIONBIO: u32 = 0x5421;
const TIOCNOTTY: u32 = 0x5422;
const TIOCGSID: u32 = 0x5429;
const FIONCLEX: u32 = 0x5450;
const FIOCLEX: u32 = 0x5451;

impl<M: Machine> Kernel<'_, M> {
    pub(super) fn sys_ioctl(&mut self, fd: u64, request: u64, argument: u64) -> Outcome {
        let id = self.processes.at(self.current).descriptors.file(fd)?;
        let request = request as u32;
        match request {
            _ if self.files.get(id).kind == Kind::Path => Err(Errno::EBADF.into()),
            FIOCLEX | FIONCLEX => {
                let on_exec = if request == FIOCLEX {
                    OnExec::Close
                } else {
                    OnExec::Keep
                };
                self.processes
                    .at_mut(self.current)
                    .descriptors
                    .set_on_exec(fd, on_exec)?;
                Ok(0)
            }
            FIONBIO => {
                let on = self.read_u32(argument)?;
                let flags = &mut self.files.get_mut(id).flags;
                *flags = if on != 0 {
                    *flags | O_NONBLOCK
                } else {
                    *flags & !O_NONBLOCK
                };
                Ok(0)
            }
            FIONREAD => {
                let available = self.available(id)?;
                self.copy_out(argument, &available.to_le_bytes())?;
                Ok(0)
            }
            _ if self.files.get(id).kind == Kind::Terminal => {
                self.terminal_ioctl(request, argument)
            }
            _ => Err(Errno::ENOTTY.into()),
        }
    }

    /// Bytes that a read would give now.
    fn available(&mut self, id: FileId) -> Result<u32, Errno> {
        let file = self.files.get(id);
        let bytes = match (&file.kind, file.inode) {
            (&Kind::PipeReader(pipe) | &Kind::PipeWriter(pipe), _) => {
                self.pipes.at(pipe).len() as u64
            }
            (Kind::Regular, Some(inode)) => self.storage.fs.size(inode).saturating_sub(file.offset),
            (Kind::Terminal, _) => self.terminal.available() as u64,
            _ => return Err(Errno::ENOTTY),
        };
        Ok(bytes.min(i32::MAX as u64) as u32)
    }

    fn terminal_ioctl(&mut self, request: u32, argument: u64) -> Outcome {
        self.note_settings();
        if let TCSETS | TCSETSW | TCSETSF | TIOCSWINSZ | TIOCSPGRP | TIOCSCTTY | TIOCNOTTY = request
        {
            self.terminal.setter = Some(self.processes.at(self.current).pid);
        }
        match request {
            TCGETS => self.copy_out(argument, &self.terminal.termios.to_bytes())?,
            TCSETS | TCSETSW | TCSETSF => {
                let mut bytes = [0; Termios::SIZE];
                self.copy_in(argument, &mut bytes)?;
                if request == TCSETSF {
                    self.terminal.flush_input();
                }
                self.terminal.set_termios(Termios::from_bytes(&bytes));
            }
            TCFLSH => match argument {
                0 | 2 => self.terminal.flush_input(),
                1 => {}
                _ => return Err(Errno::EINVAL.into()),
            },
            // Output is never held back, so it has always drained.
            TCSBRK | TCXONC => {}
            TIOCOUTQ => self.copy_out(argument, &[0; 4])?,
            TIOCGWINSZ => {
                let window = self.terminal.window;
                let mut bytes = [0; 8];
                for (slot, value) in bytes.chunks_exact_mut(2).zip(window) {
                    slot.copy_from_slice(&value.to_le_bytes());
                }
                self.copy_out(argument, &bytes)?;
            }
            TIOCSWINSZ => {
                let mut bytes = [0; 8];
                self.copy_in(argument, &mut bytes)?;
                let window = core::array::from_fn(|index| {
                    u16::from_le_bytes([bytes[index * 2], bytes[index * 2 + 1]])
                });
                if window != self.terminal.window {
                    self.terminal.window = window;
                    self.signal_group(self.terminal.foreground, Signal::WINCH, Info::kernel());
                }
            }
            TIOCSCTTY | TIOCNOTTY | TIOCGPGRP | TIOCSPGRP | TIOCGSID => {
                return self.control_terminal(request, argument);
            }
            _ => return Err(Errno::ENOTTY.into()),
        }
        Ok(0)
    }

    /// Whose terminal is it, and which job has it?
    fn control_terminal(&mut self, request: u32, argument: u64) -> Outcome {
        let process = self.processes.at(self.current);
        let (pid, group, session) = (process.pid, process.group, process.session);
        let is_own = self.terminal.session == Some(session);
        match request {
            TIOCSCTTY => {
                if is_own {
                    return Ok(0);
                }
                if pid != session || (self.terminal.session.is_some() && argument != 1) {
                    return Err(Errno::EPERM.into());
                }
                self.terminal.session = Some(session);
                self.terminal.foreground = group;
            }
            _ if !is_own => return Err(Errno::ENOTTY.into()),
            TIOCNOTTY => {
                // Only a leader gives the terminal away for all of its session.
                if pid == session {
                    self.terminal.session = None;
                }
            }
            TIOCGPGRP => self.copy_out(argument, &self.terminal.foreground.0.to_le_bytes())?,
            TIOCGSID => self.copy_out(argument, &session.0.to_le_bytes())?,
            _ => {
                let wanted = Pid(self.read_u32(argument)?);
                if wanted.0 as i32 <= 0 {
                    return Err(Errno::EINVAL.into());
                }
                let member = self
                    .processes
                    .iter()
                    .find(|(_, other)| other.group == wanted)
                    .map(|(_, other)| other.session);
                match member {
                    None => return Err(Errno::ESRCH.into()),
                    Some(other) if other != session => return Err(Errno::EPERM.into()),
                    Some(_) => self.terminal.foreground = wanted,
                }
            }
        }
        Ok(0)
    }
}
