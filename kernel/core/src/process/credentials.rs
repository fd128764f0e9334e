//! Users, groups and privileges of a process (credentials(7), capabilities(7)): how calls and programs change them, and what
//! they let it do to others. What they let it do to files, [`fs`](crate::fs) decides.

use super::signals::Signal;
use crate::fs::{Actor, Capabilities, ProcessOwner, Stat};
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Who a process is.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Real, effective, saved user, and the one of files.
    pub user: [u32; 4],
    /// The same of groups.
    pub group: [u32; 4],
    /// The further groups, in order.
    pub groups: Rc<Vec<u32>>,
    /// What it may do now.
    pub effective: Capabilities,
    /// What it may take.
    pub permitted: Capabilities,
    /// Kept and told.
    pub inheritable: Capabilities,
    /// PR_SET_KEEPCAPS: the permitted ones stay when the last number of root's goes.
    pub keeps: bool,
    /// PR_SET_NO_NEW_PRIVS: set-id bits of programs have no effect.
    pub no_new_privileges: bool,
    /// May others of the same user look into it? PR_SET_DUMPABLE.
    pub dumpable: bool,
    /// PR_SET_PDEATHSIG: what it gets when the thread that made it ends.
    pub death_signal: Option<Signal>,
}

impl Default for Credentials {
    /// Root's.
    fn default() -> Self {
        Credentials {
            user: [0; 4],
            group: [0; 4],
            groups: Rc::default(),
            effective: Capabilities::ALL,
            permitted: Capabilities::ALL,
            inheritable: Capabilities::NONE,
            keeps: false,
            no_new_privileges: false,
            dumpable: true,
            death_signal: None,
        }
    }
}

impl Credentials {
    /// May it do this?
    pub fn has(&self, capability: u32) -> bool {
        self.effective.has(capability)
    }

    /// Whom files see.
    pub fn actor(&self) -> Actor {
        self.with_files(self.user[3], self.group[3], self.effective)
    }

    /// Whom files in /proc show as the process's owner.
    pub fn shown_owner(&self) -> ProcessOwner {
        ProcessOwner { user: self.user[1], group: self.group[1], is_dumpable: self.dumpable }
    }

    /// The same by the real numbers, as access(2) asks.
    pub fn real_actor(&self) -> Actor {
        let capabilities = if self.user[0] == 0 { self.permitted } else { Capabilities::NONE };
        self.with_files(self.user[0], self.group[0], capabilities)
    }

    fn with_files(&self, user: u32, group: u32, capabilities: Capabilities) -> Actor {
        Actor { user, group, groups: self.groups.clone(), capabilities }
    }

    /// Sets real, effective and saved user. Privileges go and come with number 0.
    pub fn set_users(&mut self, [real, effective, saved]: [u32; 3]) {
        let old = self.user;
        self.user = [real, effective, saved, effective];
        self.is_changed(old[1] != effective || old[3] != effective);
        if old[..3].contains(&0) && !self.user.contains(&0) && !self.keeps {
            self.permitted = Capabilities::NONE;
        }
        match (old[1] == 0, effective == 0) {
            (true, false) => self.effective = Capabilities::NONE,
            (false, true) => self.effective = self.permitted,
            _ => {}
        }
    }

    /// Others than before look at files: then nobody looks into it, and it hears of no parent's end.
    fn is_changed(&mut self, is_so: bool) {
        if is_so {
            self.dumpable = false;
            self.death_signal = None;
        }
    }

    /// Sets real, effective and saved group.
    pub fn set_groups(&mut self, [real, effective, saved]: [u32; 3]) {
        let old = self.group;
        self.group = [real, effective, saved, effective];
        self.is_changed(old[1] != effective || old[3] != effective);
    }

    /// setfsuid: the privileges over files go and come with number 0.
    pub fn set_file_user(&mut self, user: u32) {
        let of_files = Capabilities::OF_FILES.0;
        match (self.user[3] == 0, user == 0) {
            (true, false) => self.effective.0 &= !of_files,
            (false, true) => self.effective.0 |= self.permitted.0 & of_files,
            _ => {}
        }
        self.is_changed(self.user[3] != user);
        self.user[3] = user;
    }

    /// What they are in a program whose file has this mode and these owners, and whether it must beware of who started it
    /// (AT_SECURE).
    pub fn in_program(&self, file: &Stat) -> (Self, bool) {
        let mut new = self.clone();
        let ([mut user, mut group], [real_user, real_group]) =
            ([new.user[1], new.group[1]], [new.user[0], new.group[0]]);
        let was_plain = user == real_user && group == real_group;
        if file.mode & 0o4000 != 0 && !self.no_new_privileges {
            user = file.uid;
        }
        if file.mode & 0o2010 == 0o2010 && !self.no_new_privileges {
            group = file.gid;
        }
        let of = |is_root: bool| if is_root { Capabilities::ALL } else { Capabilities::NONE };
        new.permitted = of(real_user == 0 || user == 0);
        new.effective = of(user == 0);
        let is_secure = user != real_user || group != real_group;
        if self.no_new_privileges {
            // As on Linux after all of that.
            (user, group) = (real_user, real_group);
        }
        new.user = [real_user, user, user, user];
        new.group = [real_group, group, group, group];
        new.keeps = false;
        if is_secure {
            new.death_signal = None;
        }
        new.dumpable = was_plain && !is_secure;
        (new, is_secure)
    }

    /// Is its effective user the real or the effective one of the other?
    pub fn owns(&self, other: &Credentials) -> bool {
        other.user[..2].contains(&self.user[1])
    }

    /// Has it all privileges of the other, so that it may say when that one runs?
    pub fn may_schedule(&self, other: &Credentials) -> bool {
        other.permitted.is_within(self.permitted) || self.has(Capabilities::SYS_NICE)
    }

    /// May it send signals to the other?
    pub fn may_signal(&self, other: &Credentials) -> bool {
        let knows = |user: &u32| [other.user[0], other.user[2]].contains(user);
        self.user[..2].iter().any(knows) || self.has(Capabilities::KILL)
    }

    /// May it look into the other, as ptrace(2) says?
    pub fn may_inspect(&self, other: &Credentials) -> bool {
        let is_same =
            other.user[..3] == [self.user[3]; 3] && other.group[..3] == [self.group[3]; 3];
        is_same && other.dumpable && other.permitted.is_within(self.effective)
            || self.has(Capabilities::SYS_PTRACE)
    }
}
