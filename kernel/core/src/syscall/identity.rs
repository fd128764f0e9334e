//! Who a process is: numbers, groups, sessions, users, capabilities.

use super::Outcome;
use super::grant::{Caller, Jobs, User};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::fs::{Capabilities, Fs};
use crate::machine::Machine;
use crate::process::table::{Processes, Slot};
use crate::process::{Pid, Process};
use alloc::rc::Rc;

/// The size of `struct robust_list_head`.
const ROBUST_LIST_HEAD: u64 = 24;
/// Users or groups.
#[derive(Clone, Copy)]
enum Numbers {
    User,
    Group,
}

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

    pub(super) fn sys_umask(&mut self, mask: u64) -> Outcome {
        Ok(self.set_umask(mask as u16).into())
    }

    /// Files are used by who the process is now, and those of /proc are this one's.
    #[inline(never)]
    pub(super) fn tell_files(&self, fs: &mut Fs) {
        fs.act_for(self.credentials.actor());
        fs.process_changes(self.pid.0, self.credentials.shown_owner());
    }
}

impl Processes {
    pub(super) fn sys_setpgid(&mut self, pid: u64, group: u64) -> Outcome {
        // Without a group the process's own number is meant.
        if (group as i32) < 0 || group as i32 == 0 && (pid as i32) < 0 {
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
        self.processes.check_inspect(tid.0).map_err(|_| Errno::EPERM)?;
        let thread = self.processes.at(slot).thread_with(tid);
        let list = thread.map_or(0, |thread| thread.end.robust_list.0);
        self.write_words(size, &[ROBUST_LIST_HEAD])?;
        self.write_words(head, &[list])?;
        Ok(0)
    }
}

impl<M: Machine> Caller<'_, '_, M> {
    /// Who may not set users chooses the effective one among the real and the saved.
    pub(super) fn sys_setuid(&mut self, id: u64) -> Outcome {
        let (may, old) = self.numbers(Numbers::User);
        self.set_numbers(Numbers::User, set_id(may, old, id as u32))
    }

    pub(super) fn sys_setgid(&mut self, id: u64) -> Outcome {
        let (may, old) = self.numbers(Numbers::Group);
        self.set_numbers(Numbers::Group, set_id(may, old, id as u32))
    }

    pub(super) fn sys_setreuid(&mut self, real: u64, effective: u64) -> Outcome {
        let (may, old) = self.numbers(Numbers::User);
        self.set_numbers(Numbers::User, set_pair(may, old, real as u32, effective as u32))
    }

    pub(super) fn sys_setregid(&mut self, real: u64, effective: u64) -> Outcome {
        let (may, old) = self.numbers(Numbers::Group);
        self.set_numbers(Numbers::Group, set_pair(may, old, real as u32, effective as u32))
    }

    pub(super) fn sys_setresuid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let new = [real as u32, effective as u32, saved as u32];
        let (may, old) = self.numbers(Numbers::User);
        self.set_numbers(Numbers::User, set_ids(may, old, new))
    }

    pub(super) fn sys_setresgid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let new = [real as u32, effective as u32, saved as u32];
        let (may, old) = self.numbers(Numbers::Group);
        self.set_numbers(Numbers::Group, set_ids(may, old, new))
    }

    /// May the caller set them as it likes? With the real, the effective and the saved one.
    #[inline(never)]
    fn numbers(&self, of: Numbers) -> (bool, [u32; 3]) {
        let credentials = &self.process.credentials;
        let (capability, [real, effective, saved, _]) = match of {
            Numbers::User => (Capabilities::SETUID, credentials.user),
            Numbers::Group => (Capabilities::SETGID, credentials.group),
        };
        (credentials.has(capability), [real, effective, saved])
    }

    #[inline(never)]
    fn set_numbers(&mut self, of: Numbers, new: Result<[u32; 3], Errno>) -> Outcome {
        match of {
            Numbers::User => self.process.credentials.set_users(new?),
            Numbers::Group => self.process.credentials.set_groups(new?),
        }
        self.tell_files();
        Ok(0)
    }

    /// The user of files alone. Returns the one before, whether it is another now or not.
    #[inline(never)]
    pub(super) fn sys_setfsuid(&mut self, user: u64) -> Outcome {
        let credentials = &mut self.process.credentials;
        let (old, user) = (credentials.user[3], user as u32);
        let may = credentials.has(Capabilities::SETUID) || credentials.user.contains(&user);
        if may && user != UNCHANGED {
            credentials.set_file_user(user);
            self.tell_files();
        }
        Ok(old as usize)
    }

    pub(super) fn sys_setfsgid(&mut self, group: u64) -> Outcome {
        let credentials = &mut self.process.credentials;
        let (old, group) = (credentials.group[3], group as u32);
        let may = credentials.has(Capabilities::SETGID) || credentials.group.contains(&group);
        if may && group != UNCHANGED {
            credentials.dumpable &= old == group;
            credentials.group[3] = group;
            self.tell_files();
        }
        Ok(old as usize)
    }

    pub(super) fn tell_files(&mut self) {
        self.process.tell_files(&mut self.storage.fs);
        self.process.limit_space();
    }

    pub(super) fn sys_getresuid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let ids = self.process.credentials.user;
        self.write_ids(ids, [real, effective, saved])
    }

    pub(super) fn sys_getresgid(&mut self, real: u64, effective: u64, saved: u64) -> Outcome {
        let ids = self.process.credentials.group;
        self.write_ids(ids, [real, effective, saved])
    }

    fn write_ids(&mut self, ids: [u32; 4], into: [u64; 3]) -> Outcome {
        for (id, address) in ids.into_iter().zip(into) {
            self.copy_out(address, &id.to_le_bytes())?;
        }
        Ok(0)
    }

    pub(super) fn sys_getgroups(&mut self, count: u64, into: u64) -> Outcome {
        let groups = self.process.credentials.groups.clone();
        let length = groups.len();
        match count as i32 {
            0 => return Ok(length),
            count if usize::try_from(count).is_ok_and(|count| count >= length) => {}
            _ => return Err(Errno::EINVAL.into()),
        }
        for (index, group) in groups.iter().enumerate() {
            let at = into.checked_add(4 * index as u64).ok_or(Errno::EFAULT)?;
            self.copy_out(at, &group.to_le_bytes())?;
        }
        Ok(length)
    }

    /// They are kept in order.
    pub(super) fn sys_setgroups(&mut self, count: u64, list: u64) -> Outcome {
        const MOST: u32 = 65536;
        if !self.process.credentials.has(Capabilities::SETGID) {
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
        self.process.credentials.groups = Rc::new(groups);
        self.tell_files();
        Ok(0)
    }

    /// Takes and drops privileges among the permitted ones.
    pub(super) fn sys_capset(&mut self, header: u64, data: u64) -> Outcome {
        let Some(words) = capability_words(self, header)? else {
            return Err(Errno::EINVAL.into());
        };
        let pid = self.read_u32(header.checked_add(4).ok_or(Errno::EFAULT)?)?;
        if pid != 0 && pid != self.process.pid.0 {
            return Err(Errno::EPERM.into());
        }
        let mut bytes = [0; 24];
        self.copy_in(data, &mut bytes[..words * 12])?;
        let set = |at: usize| {
            let half = |at| u64::from(u32::from_le_bytes(core::array::from_fn(|i| bytes[at + i])));
            Capabilities((half(at) | half(at + 12) << 32) & Capabilities::ALL.0)
        };
        let (effective, permitted, inheritable) = (set(0), set(4), set(8));
        let credentials = &mut self.process.credentials;
        let may_inherit = Capabilities(credentials.inheritable.0 | credentials.permitted.0);
        let inherits_more = !credentials.effective.has(Capabilities::SETPCAP)
            && !inheritable.is_within(may_inherit);
        if !permitted.is_within(credentials.permitted)
            || !effective.is_within(permitted)
            || inherits_more
        {
            return Err(Errno::EPERM.into());
        }
        credentials.effective = effective;
        credentials.permitted = permitted;
        credentials.inheritable = inheritable;
        self.tell_files();
        Ok(0)
    }
}

impl<M: Machine> Jobs<'_, '_, M> {
    pub(super) fn sys_capget(&mut self, header: u64, data: u64) -> Outcome {
        let words = capability_words(self, header)?;
        if data == 0 {
            return Ok(0);
        }
        let words = words.ok_or(Errno::EINVAL)?;
        let pid = self.read_u32(header.checked_add(4).ok_or(Errno::EFAULT)?)?;
        if (pid as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        let own = &self.processes.at(self.processes.process_or_self(pid.into())?).credentials;
        let sets = [own.effective.0, own.permitted.0, own.inheritable.0];
        let mut bytes = [0; 24];
        for (place, half) in bytes.chunks_exact_mut(4).zip(0..) {
            let half = sets[half % 3] >> (half / 3 * 32);
            place.copy_from_slice(&(half as u32).to_le_bytes());
        }
        self.copy_out(data, &bytes[..words * 12])?;
        Ok(0)
    }
}

/// How many words a set of capabilities has in this version of the call; None, and told, where it is no version.
fn capability_words<'a, M: Machine>(
    caller: &mut impl User<'a, M>,
    header: u64,
) -> Result<Option<usize>, Errno> {
    const VERSION_1: u32 = 0x1998_0330;
    const VERSION_2: u32 = 0x2007_1026;
    const VERSION_3: u32 = 0x2008_0522;
    match caller.read_u32(header)? {
        VERSION_1 => Ok(Some(1)),
        VERSION_2 | VERSION_3 => Ok(Some(2)),
        _ => {
            caller.copy_out(header, &VERSION_3.to_le_bytes())?;
            Ok(None)
        }
    }
}

/// setresuid and setresgid: who may not set any number chooses among those that it has.
#[inline(never)]
fn set_ids(may: bool, ids: [u32; 3], new: [u32; 3]) -> Result<[u32; 3], Errno> {
    let may_have = |id: u32| may || id == UNCHANGED || ids.contains(&id);
    if !new.into_iter().all(may_have) {
        return Err(Errno::EPERM);
    }
    let chosen = |index: usize| if new[index] == UNCHANGED { ids[index] } else { new[index] };
    Ok(core::array::from_fn(chosen))
}

/// setuid and setgid: who may sets all three, others the effective one to the real or the saved.
#[inline(never)]
fn set_id(may: bool, ids: [u32; 3], new: u32) -> Result<[u32; 3], Errno> {
    let [real, _, saved] = ids;
    match new {
        UNCHANGED => Err(Errno::EINVAL),
        _ if may => Ok([new; 3]),
        _ if new == real || new == saved => Ok([real, new, saved]),
        _ => Err(Errno::EPERM),
    }
}

/// setreuid and setregid: the saved number becomes the effective one where the real one is set, or the effective one to
/// another than that.
#[inline(never)]
fn set_pair(may: bool, old: [u32; 3], real: u32, effective: u32) -> Result<[u32; 3], Errno> {
    let may_have = |id: u32, among: &[u32]| may || id == UNCHANGED || among.contains(&id);
    if !may_have(real, &old[..2]) || !may_have(effective, &old) {
        return Err(Errno::EPERM);
    }
    let mut ids = old;
    if real != UNCHANGED {
        ids[0] = real;
    }
    if effective != UNCHANGED {
        ids[1] = effective;
    }
    if real != UNCHANGED || effective != UNCHANGED && effective != old[0] {
        ids[2] = ids[1];
    }
    Ok(ids)
}
