//! ioctl(2): the terminal's settings and groups (ioctl_tty(2)), FIONREAD, FIONBIO, FIOCLEX.

use super::Outcome;
use super::grant::{Io, User};
use crate::errno::Errno;
use crate::files::open::{O_NONBLOCK, Object};
use crate::files::terminal::Termios;
use crate::ledger::SettingsUse;
use crate::machine::Machine;
use crate::process::Pid;
use crate::process::descriptors::OnExec;
use crate::process::signals::{Info, Signal};

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

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_ioctl(&mut self, fd: u64, request: u64, argument: u64) -> Outcome {
        let id = self.processes.current_mut().descriptors.file(fd)?;
        let request = request as u32;
        match request {
            _ if self.files.open.get(id).object == Object::Path => Err(Errno::EBADF.into()),
            FIOCLEX | FIONCLEX => {
                let on_exec = if request == FIOCLEX { OnExec::Close } else { OnExec::Keep };
                self.processes.current_mut().descriptors.set_on_exec(fd, on_exec)?;
                Ok(0)
            }
            FIONBIO => {
                let on = self.read_u32(argument)?;
                let flags = &mut self.files.open.get_mut(id).flags;
                *flags = if on != 0 { *flags | O_NONBLOCK } else { *flags & !O_NONBLOCK };
                Ok(0)
            }
            FIONREAD => {
                let available = self.available(id)?;
                self.copy_out(argument, &available.to_le_bytes())?;
                Ok(0)
            }
            _ if self.files.open.get(id).object == Object::Terminal => {
                self.terminal_ioctl(request, argument)
            }
            _ => Err(Errno::ENOTTY.into()),
        }
    }

    fn terminal_ioctl(&mut self, request: u32, argument: u64) -> Outcome {
        self.observer().settings(match request {
            TCSETS | TCSETSW | TCSETSF | TIOCSWINSZ | TIOCSPGRP | TIOCSCTTY | TIOCNOTTY => {
                SettingsUse::Change
            }
            _ => SettingsUse::Ask,
        });
        match request {
            TCGETS => self.copy_out(argument, &self.files.terminal.termios().to_bytes())?,
            TCSETS | TCSETSW | TCSETSF => {
                let mut bytes = [0; Termios::SIZE];
                self.copy_in(argument, &mut bytes)?;
                if request == TCSETSF {
                    self.files.terminal.flush_input();
                }
                self.files.terminal.set_termios(Termios::from_bytes(&bytes));
            }
            TCFLSH => match argument {
                0 | 2 => self.files.terminal.flush_input(),
                1 => {}
                _ => return Err(Errno::EINVAL.into()),
            },
            // Output is never held back, so it has always drained.
            TCXONC if argument > 3 => return Err(Errno::EINVAL.into()),
            TCSBRK | TCXONC => {}
            TIOCOUTQ => self.copy_out(argument, &[0; 4])?,
            TIOCGWINSZ => {
                let window = self.files.terminal.window();
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
                if self.files.terminal.resize(window) {
                    let group = self.files.terminal.foreground();
                    self.processes.signal_group(group, Signal::WINCH, Info::kernel());
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
        let process = self.processes.current();
        let (pid, group, session) = (process.pid, process.group, process.session);
        let is_own = self.files.terminal.session() == Some(session);
        match request {
            TIOCSCTTY => {
                if is_own {
                    return Ok(0);
                }
                if pid != session || (self.files.terminal.session().is_some() && argument != 1) {
                    return Err(Errno::EPERM.into());
                }
                self.files.terminal.give(session, group);
            }
            _ if !is_own => return Err(Errno::ENOTTY.into()),
            TIOCNOTTY => {
                // Only a leader gives the terminal away for all of its session.
                if pid == session {
                    self.files.terminal.release();
                }
            }
            TIOCGPGRP => {
                self.copy_out(argument, &self.files.terminal.foreground().0.to_le_bytes())?
            }
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
                    Some(_) => self.files.terminal.give(session, wanted),
                }
            }
        }
        Ok(0)
    }
}
