//! Who may do what with a file: the one place that decides (path_resolution(7), inode(7), capabilities(7)).
//!
//! Everything that the tree is asked to do is done for an [`Actor`], the process that asks. A privileged one is told apart by
//! one bit. As on Debian's Linux, links in a sticky folder that all may write are followed only for their owner or the
//! folder's, also for root (protected_symlinks), and only who may write a file gives it further names (protected_hardlinks).

use super::Fs;
use super::inode::{Inode, Node};
use super::kinds::InodeId;
use crate::errno::Errno;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// To read: the bits of one class in a mode, and of access(2).
pub const READ: u32 = 4;
/// To write.
pub const WRITE: u32 = 2;
/// To execute; of a directory, to search it.
pub const EXECUTE: u32 = 1;

/// Set-group-ID, and the same with the group's execute bit: a program's.
const SET_GROUP: u32 = 0o2000;
const SET_GROUP_PROGRAM: u32 = 0o2010;
const SET_USER: u32 = 0o4000;
const STICKY: u32 = 0o1000;

/// Privileges, by their numbers in capabilities(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(pub u64);

#[allow(missing_docs, reason = "the names are the documentation: capabilities(7)")]
impl Capabilities {
    pub const CHOWN: u32 = 0;
    pub const DAC_OVERRIDE: u32 = 1;
    pub const DAC_READ_SEARCH: u32 = 2;
    pub const FOWNER: u32 = 3;
    pub const FSETID: u32 = 4;
    pub const KILL: u32 = 5;
    pub const SETGID: u32 = 6;
    pub const SETUID: u32 = 7;
    pub const SETPCAP: u32 = 8;
    pub const IPC_LOCK: u32 = 14;
    pub const SYS_PTRACE: u32 = 19;
    pub const SYS_ADMIN: u32 = 21;
    pub const SYS_NICE: u32 = 23;
    pub const SYS_RESOURCE: u32 = 24;
    pub const MKNOD: u32 = 27;

    /// All that there are.
    pub const ALL: Self = Capabilities((1 << 41) - 1);
    /// None.
    pub const NONE: Self = Capabilities(0);
    /// Those over files, which setfsuid takes and gives.
    pub const OF_FILES: Self = Capabilities(0x1f | 1 << 9 | 1 << Self::MKNOD | 1 << 32);

    /// Is this one among them?
    #[inline(always)]
    pub const fn has(self, capability: u32) -> bool {
        self.0 >> capability & 1 != 0
    }

    /// Are all of them among `others`?
    pub const fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }
}

/// For whom the tree is walked and changed.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user that owns what is made.
    pub user: u32,
    /// Its group.
    pub group: u32,
    /// Its further groups, in order.
    pub groups: Rc<Vec<u32>>,
    /// What it may do in spite of all bits.
    pub capabilities: Capabilities,
}

impl Actor {
    /// The kernel, and a process of root's.
    pub fn root() -> Self {
        Actor { user: 0, group: 0, groups: Rc::default(), capabilities: Capabilities::ALL }
    }

    fn is_in(&self, group: u32) -> bool {
        self.group == group || self.groups.binary_search(&group).is_ok()
    }

    /// May it set the set-group-ID bit of a file of this group, or leave it?
    fn keeps_set_group(&self, group: u32) -> bool {
        self.is_in(group) || self.capabilities.has(Capabilities::FSETID)
    }
}

impl Fs {
    /// What is asked for from now on is asked for by this one. Returns who it was before.
    pub fn act_for(&mut self, actor: Actor) -> Actor {
        core::mem::replace(&mut self.actor, actor)
    }

    /// Has the actor this privilege?
    pub fn is_capable(&self, capability: u32) -> bool {
        self.actor.capabilities.has(capability)
    }

    /// Names in the directory may be looked for.
    #[inline(always)]
    pub(super) fn check_search(&self, directory: InodeId) -> Result<(), Errno> {
        if self.actor.capabilities.has(Capabilities::DAC_OVERRIDE)
            && self.inodes[directory].links > 0
        {
            return Ok(());
        }
        self.check(directory, EXECUTE)
    }

    /// The actor may do all of `wanted`: [`READ`], [`WRITE`], [`EXECUTE`].
    ///
    /// # Errors
    /// EACCES; EPERM to write in the folder of a process, ESRCH where that is gone.
    #[inline(never)]
    pub fn check(&self, id: InodeId, wanted: u32) -> Result<(), Errno> {
        let (inode, actor) = (&self.inodes[id], &self.actor);
        let (user, group) = self.owner_of(id);
        let class = match () {
            () if actor.user == user => 6,
            () if actor.is_in(group) => 3,
            () => 0,
        };
        let is_directory = matches!(inode.node, Node::Directory(_));
        if wanted & WRITE != 0 && self.is_process_folder(id) {
            return Err(Errno::EPERM);
        }
        if is_directory && inode.links == 0 {
            self.check_process(id)?;
        }
        if wanted & WRITE != 0 && self.is_fixed(id) {
            return Err(Errno::EACCES);
        }
        // Nobody executes what nobody may execute.
        let may_override = is_directory || wanted & EXECUTE == 0 || inode.permissions & 0o111 != 0;
        let only_reads = wanted == READ || is_directory && wanted & WRITE == 0;
        if inode.permissions >> class & wanted == wanted
            || may_override && self.is_capable(Capabilities::DAC_OVERRIDE)
            || only_reads && self.is_capable(Capabilities::DAC_READ_SEARCH)
            || self.shows_own_descriptors(id)
        {
            return Ok(());
        }
        Err(Errno::EACCES)
    }

    /// The actor is the owner, or may do what an owner may.
    ///
    /// # Errors
    /// EPERM.
    pub fn check_owner(&self, inode: InodeId) -> Result<(), Errno> {
        if self.actor.user == self.inodes[inode].uid || self.is_capable(Capabilities::FOWNER) {
            return Ok(());
        }
        Err(Errno::EPERM)
    }

    /// The actor may set a file's times to the present.
    ///
    /// # Errors
    /// EACCES.
    pub fn check_touch(&self, inode: InodeId) -> Result<(), Errno> {
        self.check_owner(inode).or_else(|_| self.check(inode, WRITE))
    }

    /// Names may come to the directory.
    pub(super) fn check_add(&self, directory: InodeId) -> Result<(), Errno> {
        self.check(directory, WRITE | EXECUTE)
    }

    /// The directory's name for `inode` may go. In a sticky one that is for the owner of either.
    pub(super) fn check_remove(&self, directory: InodeId, inode: InodeId) -> Result<(), Errno> {
        self.check_add(directory)?;
        let is_sticky = self.inodes[directory].permissions & STICKY != 0;
        if is_sticky && self.actor.user != self.inodes[directory].uid {
            return self.check_owner(inode);
        }
        Ok(())
    }

    /// The link at a path's end, in `directory`, may be followed.
    pub(super) fn check_follow(&self, directory: InodeId, link: InodeId) -> Result<(), Errno> {
        const OPEN_TO_ALL: u32 = STICKY | 0o002;
        let (directory, owner) = (&self.inodes[directory], self.inodes[link].uid);
        if owner != self.actor.user
            && directory.permissions & OPEN_TO_ALL == OPEN_TO_ALL
            && directory.uid != owner
        {
            return Err(Errno::EACCES);
        }
        Ok(())
    }

    /// The file may get a further name.
    pub(super) fn check_link(&self, id: InodeId) -> Result<(), Errno> {
        let inode = &self.inodes[id];
        let is_harmless = matches!(inode.node, Node::File(_))
            && inode.permissions & SET_USER == 0
            && inode.permissions & SET_GROUP_PROGRAM != SET_GROUP_PROGRAM
            && self.check(id, READ | WRITE).is_ok();
        if is_harmless { Ok(()) } else { self.check_owner(id) }
    }

    /// A new inode belongs to the actor; in a set-group-ID directory to that one's group, and directories hand the bit on.
    pub(super) fn own(&self, inode: &mut Inode, directory: InodeId) {
        let (parent, actor) = (&self.inodes[directory], &self.actor);
        inode.uid = actor.user;
        inode.gid = actor.group;
        if parent.permissions & SET_GROUP != 0 {
            inode.gid = parent.gid;
            if let Node::Directory(_) = inode.node {
                inode.permissions |= SET_GROUP;
            } else if inode.permissions & SET_GROUP_PROGRAM == SET_GROUP_PROGRAM
                && !actor.keeps_set_group(parent.gid)
            {
                inode.permissions &= !SET_GROUP;
            }
        }
    }

    /// The bits that a chmod of the actor's gives a file of this group.
    pub(super) fn chosen_mode(&self, inode: InodeId, permissions: u32) -> u32 {
        match self.actor.keeps_set_group(self.inodes[inode].gid) {
            true => permissions & 0o7777,
            false => permissions & 0o7777 & !SET_GROUP,
        }
    }

    /// The actor may give the file to this user and group; None leaves one as it is.
    pub(super) fn check_give(
        &self,
        id: InodeId,
        uid: Option<u32>,
        gid: Option<u32>,
    ) -> Result<(), Errno> {
        let (inode, actor) = (&self.inodes[id], &self.actor);
        let is_owner = actor.user == inode.uid;
        let user_stays = uid.is_none_or(|uid| is_owner && uid == inode.uid);
        let group_fits = gid.is_none_or(|gid| is_owner && (gid == inode.gid || actor.is_in(gid)));
        if !(user_stays && group_fits || self.is_capable(Capabilities::CHOWN)) {
            return Err(Errno::EPERM);
        }
        // Its bits change with that, which is the owner's to do.
        match self.without_set_ids(id) == inode.permissions {
            true => Ok(()),
            false => self.check_owner(id),
        }
    }

    /// The bits of a file that is given away: a program gets no other user's rights by that.
    pub(super) fn without_set_ids(&self, id: InodeId) -> u32 {
        let inode = &self.inodes[id];
        let mut permissions = inode.permissions;
        if !matches!(inode.node, Node::Directory(_)) {
            permissions &= !SET_USER;
            let is_program = permissions & SET_GROUP_PROGRAM == SET_GROUP_PROGRAM;
            if is_program || !self.actor.keeps_set_group(inode.gid) {
                permissions &= !SET_GROUP;
            }
        }
        permissions
    }

    /// The bits of a file that the actor has written: only who may set them leaves set-id bits.
    #[inline]
    pub(super) fn after_write(&self, id: InodeId) -> u32 {
        let permissions = self.inodes[id].permissions;
        match permissions & (SET_USER | SET_GROUP) != 0 && !self.is_capable(Capabilities::FSETID) {
            true => self.without_set_ids(id),
            false => permissions,
        }
    }
}
