//! What stat(2) tells, and the calls that change it.

use super::Fs;
use super::directory::Seal;
use super::inode::Node;
use super::kinds::{FileSystem, FileType, InodeId, Origin, Time};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;

/// What stat(2) tells of a file. The fields are Linux's, with their widths left to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The file system: the same for all files.
    pub dev: u64,
    /// The inode's number, from 1.
    pub ino: u64,
    /// Type and permission bits.
    pub mode: u32,
    /// Names.
    pub nlink: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// The device that a device file stands for: major * 256 + minor.
    pub rdev: u64,
    /// Bytes; of a symbolic link its target's length.
    pub size: u64,
    /// Best size of reads and writes.
    pub blksize: u32,
    /// Units of 512 bytes that hold data.
    pub blocks: u64,
    /// Last access: set at creation and by utimensat only, as if mounted noatime.
    pub atime: Time,
    /// Last change of contents.
    pub mtime: Time,
    /// Last change of anything.
    pub ctime: Time,
}

impl Fs {
    /// The type of a file.
    pub fn file_type(&self, inode: InodeId) -> FileType {
        match &self.inodes[inode].node {
            Node::Free { .. } | Node::File(_) => FileType::Regular,
            Node::Directory(_) => FileType::Directory,
            Node::Symlink(_) => FileType::Symlink,
            Node::Fifo => FileType::Fifo,
            Node::Device(_) => FileType::CharacterDevice,
            Node::Proc(node) if node.is_link() => FileType::Symlink,
            Node::Proc(_) => FileType::Regular,
        }
    }

    /// What a file belongs to.
    pub fn file_system(&self, id: InodeId) -> FileSystem {
        match &self.inodes[id].node {
            Node::Fifo if self.is_pipe(id) => FileSystem::Pipes,
            Node::Proc(_) => FileSystem::Proc,
            Node::Directory(names) if names.seal != Seal::Open => FileSystem::Proc,
            _ => FileSystem::Memory,
        }
    }

    /// What stat(2) tells.
    pub fn stat(&self, id: InodeId) -> Stat {
        let inode = &self.inodes[id];
        let (size, data_pages) = match &inode.node {
            Node::File(content) => (content.size(), content.data_pages()),
            Node::Symlink(target) => (target.len() as u64, 0),
            _ => (0, 0),
        };
        let rdev = match inode.node {
            Node::Device(device) => device.number(),
            _ => 0,
        };
        let (uid, gid) = self.owner_of(id);
        let nlink = if self.is_pipe(id) { 1 } else { inode.links };
        Stat {
            dev: self.file_system(id) as u64,
            ino: u64::from(id.0) + 1,
            mode: self.file_type(id).mode_bits() | inode.permissions,
            nlink,
            uid,
            gid,
            rdev,
            size,
            blksize: PAGE_SIZE as u32,
            blocks: data_pages * (PAGE_SIZE as u64 / 512),
            atime: inode.accessed,
            mtime: inode.modified,
            ctime: inode.changed,
        }
    }

    /// Sets the permission bits (07777).
    ///
    /// # Errors
    /// EPERM for who is not the owner, for what is of a process and in /proc/sys and /proc/firmseed; EOPNOTSUPP for a symbolic link.
    pub fn chmod(&mut self, inode: InodeId, permissions: u32) -> Result<(), Errno> {
        if let Node::Symlink(_) = self.inodes[inode].node {
            return Err(Errno::EOPNOTSUPP);
        }
        self.check_owner(inode)?;
        if self.is_of_process(inode) || self.is_process_folder(inode) || self.is_fixed(inode) {
            return Err(Errno::EPERM);
        }
        let permissions = self.chosen_mode(inode, permissions);
        self.change(inode, |inode| inode.permissions = permissions);
        // A writer may have to take set-id bits away.
        self.void_places();
        Ok(())
    }

    /// Sets owner and group; None leaves one as it is. Clears set-id bits of a regular file, as Linux
    /// does.
    ///
    /// # Errors
    /// EPERM for who may not, for the folder of a process and in /proc/sys and /proc/firmseed.
    pub fn chown(
        &mut self,
        inode: InodeId,
        uid: Option<u32>,
        gid: Option<u32>,
    ) -> Result<(), Errno> {
        self.check_give(inode, uid, gid)?;
        let is_asked = uid.is_some() || gid.is_some();
        if is_asked && (self.is_process_folder(inode) || self.is_fixed(inode)) {
            return Err(Errno::EPERM);
        }
        let permissions = self.without_set_ids(inode);
        self.change(inode, |inode| {
            inode.uid = uid.unwrap_or(inode.uid);
            inode.gid = gid.unwrap_or(inode.gid);
            inode.permissions = permissions;
        });
        Ok(())
    }

    /// Sets the times of access and modification; None leaves one as it is. The caller has asked whether that may be.
    ///
    /// # Errors
    /// EPERM for the folder of a process.
    pub fn set_times(
        &mut self,
        inode: InodeId,
        accessed: Option<Time>,
        modified: Option<Time>,
    ) -> Result<(), Errno> {
        if self.is_process_folder(inode) {
            return Err(Errno::EPERM);
        }
        self.change(inode, |inode| {
            inode.accessed = accessed.unwrap_or(inode.accessed);
            inode.modified = modified.unwrap_or(inode.modified);
        });
        Ok(())
    }

    /// Where the contents come from.
    pub fn origin(&self, inode: InodeId) -> Origin {
        self.inodes[inode].origin
    }

    /// A number that rises with each change of the contents, and that no other contents of this file or of one
    /// that had its inode before have; 0 for a file of the image.
    #[inline]
    pub fn version(&self, inode: InodeId) -> u64 {
        self.inodes[inode].version
    }

    /// Is it a file that has contents, a regular one or a symbolic link, and one that exists?
    pub fn has_content(&self, inode: InodeId) -> bool {
        matches!(self.inodes[inode].node, Node::File(_) | Node::Symlink(_))
    }

    /// Has the file still a name?
    pub fn is_linked(&self, inode: InodeId) -> bool {
        self.inodes[inode].links > 0
    }

    /// The target of a symbolic link. The links of /proc ([`ProcNode`](super::ProcNode)) are the
    /// caller's to answer.
    ///
    /// # Errors
    /// EINVAL if it is none.
    pub fn readlink(&self, inode: InodeId) -> Result<&[u8], Errno> {
        match &self.inodes[inode].node {
            Node::Symlink(target) => Ok(target),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Changes an inode. What is of a process is looked at anew each time: there nothing is kept.
    fn change(&mut self, id: InodeId, change: impl FnOnce(&mut super::Inode)) {
        if !self.is_of_process(id) {
            let now = self.now;
            let inode = &mut self.inodes[id];
            change(inode);
            inode.changed = now;
        }
    }
}
