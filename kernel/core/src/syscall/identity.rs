//! Who a process is: numbers, groups, sessions, users, capabilities.

use super::Outcome;
use super::grant::{Caller, Jobs, User};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::table::{Processes, Slot};
use crate::process::{Credentials, Pid, Process};

/// The size of `struct robust_list_head`.
const ROBUST_LIST_HEAD: u64 = 24;
/// An id of (uid_t)-1 leaves a number as it is.
const UNCHANGED: u32 = u32::MAX;

impl Process {
    pub(super) fn sys_getpid(&mut self) -> Outcome {
        Ok(self.pid.0 as usize)
    }

    pub(super) fn sys_getppid(&mut self) -> Outcome {
        Ok(self.parent.0 as usize)
    }

    pub(super) fn sys_gettid(&mut self) -> Outcome {
        Ok(self.thread.tid.0 as usize)
    }

    pub(super) fn sys_set_tid_address(&mut self, address: u64) -> Outcome {
        self.thread.end.clear_tid = UserAddr(address);
        self.sys_gettid()
    }

    pub(super) fn sys_set_robust_list(&mut self, head: u64, size: u64) -> Outcome {
        if size != ROBUST_LIST_HEAD {
            return Err(Errno::EINVAL.into());
        }
        self.thread.end.robust_list = UserAddr(head);
        Ok(0)
    }

    pub(super) fn sys_get_user(&mut self, which: usize) -> Outcome {
        Ok(self.credentials.user[which] as usize)
    }

    pub(super) fn sys_get_group(&mut self, which: usize) -> Outcome {
        Ok(self.credentials.group[which] as usize)
    }

    /// Who is not root chooses the effective one among the real and the saved.
    pub(super) fn sys_setuid(&mut self, id: u64) -> Outcome {
        let credentials = &mut self.credentials;
        set_id(is_root(credentials), &mut credentials.user, id as u32)
    }

    pub(super) fn sys_setgid(&mut self, id: u64) -> Outcome {
        let credentials = &mut self.credentials;
        set_id(is_root(credentials), &mut credentials.group, id as u32)
    }

    pub(super) fn sys_setreuid(&mut self, real: u64, effective: u64) -> Outcome {
        let credentials = &mut self.credentials;
        set_pair(is_root(credentials), &mut credentials.user, real as u32, effective as u32)
    }

    pub(super) fn sys_setregid(&mut self, real: u64, effective: u64) -> Outcome {
        let credentials = &mut self.credentials;
        set_pair(is_root(credentials), &mut credentials.group, real as u32, effective as u32)
    }

    pub(super) fn sys_setresuid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        self.set_user([real as u32, effective as u32, saved as u32])
    }

    pub(super) fn sys_setresgid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        self.set_group([real as u32, effective as u32, saved as u32])
    }

    fn set_user(&mut self, ids: [u32; 3]) -> Outcome {
        let credentials = &mut self.credentials;
        set_ids(is_root(credentials), &mut credentials.user, ids)
    }

    fn set_group(&mut self, ids: [u32; 3]) -> Outcome {
        let credentials = &mut self.credentials;
        set_ids(is_root(credentials), &mut credentials.group, ids)
    }

    pub(super) fn sys_umask(&mut self, mask: u64) -> Outcome {
        Ok(self.set_umask(mask as u16).into())
    }
}

impl Processes {
    pub(super) fn sys_setpgid(&mut self, pid: u64, group: u64) -> Outcome {
        if (group as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        let own = self.current();
        let (own_pid, own_session) = (own.pid, own.session);
        let pid = if pid as u32 == 0 { own_pid } else { Pid(pid as u32) };
        let group = if group as u32 == 0 { pid } else { Pid(group as u32) };
        let slot = self.process_or_self(pid.0.into())?;
        let target = self.at(slot);
        if pid != target.pid {
            return Err(Errno::EINVAL.into());
        }
        if pid != own_pid {
            if target.parent != own_pid {
                return Err(Errno::ESRCH.into());
            }
            if target.session != own_session {
                return Err(Errno::EPERM.into());
            }
            if target.has_executed() {
                return Err(Errno::EACCES.into());
            }
        }
        if target.session == target.pid {
            return Err(Errno::EPERM.into());
        }
        let exists =
            self.iter().any(|(_, other)| other.group == group && other.session == own_session);
        if group != pid && !exists {
            return Err(Errno::EPERM.into());
        }
        self.at_mut(slot).group = group;
        Ok(0)
    }

    pub(super) fn sys_getpgid(&mut self, pid: u64) -> Outcome {
        let slot = self.process_or_self(pid)?;
        Ok(self.at(slot).group.0 as usize)
    }

    pub(super) fn sys_getsid(&mut self, pid: u64) -> Outcome {
        let slot = self.process_or_self(pid)?;
        Ok(self.at(slot).session.0 as usize)
    }

    pub(super) fn sys_setsid(&mut self) -> Outcome {
        let pid = self.current().pid;
        if self.iter().any(|(_, process)| process.group == pid) {
            return Err(Errno::EPERM.into());
        }
        let process = self.current_mut();
        process.group = pid;
        process.session = pid;
        Ok(pid.0 as usize)
    }

    /// The process that a call names, by its number or that of one of its threads; 0 is the caller.
    pub(super) fn process_or_self(&self, pid: u64) -> Result<Slot, Errno> {
        match pid as i32 {
            0 => Ok(self.current_slot()),
            pid @ 1.. => {
                let pid = Pid(pid as u32);
                self.find(pid).or_else(|| self.find_thread(pid)).ok_or(Errno::ESRCH)
            }
            _ => Err(Errno::ESRCH),
        }
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_get_robust_list(&mut self, tid: u64, head: u64, size: u64) -> Outcome {
        let tid = match tid as u32 {
            0 => self.processes.current().thread.tid,
            tid => Pid(tid),
        };
        let slot = self.processes.find_thread(tid).ok_or(Errno::ESRCH)?;
        let thread = self.processes.at(slot).threads().find(|thread| thread.tid == tid);
        let list = thread.map_or(0, |thread| thread.end.robust_list.0);
        self.write_words(size, &[ROBUST_LIST_HEAD])?;
        self.write_words(head, &[list])?;
        Ok(0)
    }
}

impl<M: Machine> Caller<'_, '_, M> {
    pub(super) fn sys_getresuid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let ids = self.process.credentials.user;
        self.write_ids(ids, [real, effective, saved])
    }

    pub(super) fn sys_getresgid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let ids = self.process.credentials.group;
        self.write_ids(ids, [real, effective, saved])
    }

    fn write_ids(&mut self, ids: [u32; 3], into: [u64; 3]) -> Outcome {
        for (id, address) in ids.into_iter().zip(into) {
            self.copy_out(address, &id.to_le_bytes())?;
        }
        Ok(0)
    }

    pub(super) fn sys_getgroups(&mut self, count: u64, into: u64) -> Outcome {
        let length = self.process.groups.len();
        match count as i32 {
            0 => return Ok(length),
            count if usize::try_from(count).is_ok_and(|count| count >= length) => {}
            _ => return Err(Errno::EINVAL.into()),
        }
        for index in 0..length {
            let group = self.process.groups[index];
            let at = into.checked_add(4 * index as u64).ok_or(Errno::EFAULT)?;
            self.copy_out(at, &group.to_le_bytes())?;
        }
        Ok(length)
    }

    /// They are kept in order.
    pub(super) fn sys_setgroups(&mut self, count: u64, list: u64) -> Outcome {
        const MOST: u32 = 65536;
        if !is_root(&self.process.credentials) {
            return Err(Errno::EPERM.into());
        }
        let count = count as u32;
        if count > MOST {
            return Err(Errno::EINVAL.into());
        }
        let mut groups = alloc::vec::Vec::new();
        groups.try_reserve_exact(count as usize).map_err(|_| Errno::ENOMEM)?;
        for index in 0..u64::from(count) {
            groups.push(self.read_u32(list.checked_add(4 * index).ok_or(Errno::EFAULT)?)?);
        }
        groups.sort_unstable();
        self.process.groups = groups;
        Ok(0)
    }

    /// Root has all capabilities, others none.
    pub(super) fn sys_capget(&mut self, header: u64, data: u64) -> Outcome {
        const VERSION_1: u32 = 0x1998_0330;
        const VERSION_2: u32 = 0x2007_1026;
        const VERSION_3: u32 = 0x2008_0522;
        const ALL: u64 = (1 << 41) - 1;
        let version = self.read_u32(header)?;
        let words = match version {
            VERSION_1 => 1,
            VERSION_2 | VERSION_3 => 2,
            _ => {
                self.copy_out(header, &VERSION_3.to_le_bytes())?;
                return if data == 0 { Ok(0) } else { Err(Errno::EINVAL.into()) };
            }
        };
        if data == 0 {
            return Ok(0);
        }
        let set = if is_root(&self.process.credentials) { ALL } else { 0 };
        let mut bytes = [0; 24];
        for (word, half) in bytes.chunks_exact_mut(12).zip([set as u32, (set >> 32) as u32]) {
            word[..4].copy_from_slice(&half.to_le_bytes());
            word[4..8].copy_from_slice(&half.to_le_bytes());
        }
        self.copy_out(data, &bytes[..words * 12])?;
        Ok(0)
    }
}

fn is_root(credentials: &Credentials) -> bool {
    credentials.user[1] == 0
}

/// Sets real, effective and saved number; who is not root may only choose among those that it has.
fn set_ids(is_root: bool, ids: &mut [u32; 3], new: [u32; 3]) -> Outcome {
    let may_have = |id: u32| is_root || id == UNCHANGED || ids.contains(&id);
    if !new.into_iter().all(may_have) {
        return Err(Errno::EPERM.into());
    }
    for (id, new) in ids.iter_mut().zip(new) {
        if new != UNCHANGED {
            *id = new;
        }
    }
    Ok(0)
}

/// setuid and setgid: root sets all three, others the effective one to the real or the saved.
fn set_id(is_root: bool, ids: &mut [u32; 3], new: u32) -> Outcome {
    let [real, _, saved] = *ids;
    match new {
        UNCHANGED => return Err(Errno::EINVAL.into()),
        _ if is_root => *ids = [new; 3],
        _ if new == real || new == saved => ids[1] = new,
        _ => return Err(Errno::EPERM.into()),
    }
    Ok(0)
}

/// setreuid and setregid: the saved number becomes the effective one where the real one is set, or the effective one to
/// another than that.
fn set_pair(is_root: bool, ids: &mut [u32; 3], real: u32, effective: u32) -> Outcome {
    let old = *ids;
    let may = |id: u32, among: &[u32]| is_root || id == UNCHANGED || among.contains(&id);
    if !may(real, &old[..2]) || !may(effective, &old) {
        return Err(Errno::EPERM.into());
    }
    if real != UNCHANGED {
        ids[0] = real;
    }
    if effective != UNCHANGED {
        ids[1] = effective;
    }
    if real != UNCHANGED || effective != UNCHANGED && effective != old[0] {
        ids[2] = ids[1];
    }
    Ok(0)
}
