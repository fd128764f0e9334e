//! Names that come and go: open with O_CREAT, mkdir, symlink, link, unlink, rmdir.
//!
//! A name is the last one of a path as [`Fs::resolve_parent`] gives it: slashes after it demand a
//! directory. Each function checks all and reserves memory before it changes anything.

use super::content::Content;
use super::directory::{Directory, Seal};
use super::inode::{Inode, Node};
use super::kinds::{Device, InodeId, Linkable, Origin};
use super::lookup::{Follow, Links, concatenate, trim_slashes};
use super::name::Name;
use super::permission::Capabilities;
use super::{Fs, NAME_MAX, PATH_MAX};
use crate::errno::Errno;
use crate::frames::FramePool;
use alloc::vec::Vec;

/// When open creates a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Create {
    /// O_CREAT: if there is none.
    IfMissing,
    /// O_CREAT and O_EXCL: there must be none.
    Exclusive,
}

/// What open with O_CREAT found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It was there; of any kind but a directory.
    Existing(InodeId),
    /// It is new.
    Created {
        /// The file.
        inode: InodeId,
        /// Where its name is.
        directory: InodeId,
        /// The symbolic link that said its name.
        link: Option<InodeId>,
    },
}

impl Fs {
    /// open(2) with O_CREAT: the file at `path`, made if it is missing. With `Follow::Yes` a link at
    /// the path's end is followed, and the file is made where a dangling one points.
    ///
    /// # Errors
    /// Those of [`resolve`](Self::resolve) and [`create_file`](Self::create_file); EISDIR for a
    /// directory.
    pub fn open_or_create(
        &mut self,
        start: InodeId,
        path: &[u8],
        follow: Follow,
        create: Create,
        permissions: u32,
        beyond: Links<'_>,
    ) -> Result<Opened, Errno> {
        let mut start = start;
        let mut target = Vec::new();
        let mut last = None;
        for _ in 0..=40 {
            let path = if target.is_empty() { path } else { &target };
            let (directory, name) = self.resolve_parent_beyond(start, path, beyond)?;
            let found = match trim_slashes(name) {
                [] => Ok(InodeId::ROOT),
                bare @ (b"." | b"..") => self.lookup(directory, bare),
                bare if bare.len() < name.len() => return Err(Errno::EISDIR),
                bare => self.lookup(directory, bare),
            };
            let inode = match found {
                Err(Errno::ENOENT) => {
                    let inode = self.create_file(directory, name, permissions)?;
                    return Ok(Opened::Created { inode, directory, link: last });
                }
                found => found?,
            };
            if create == Create::Exclusive {
                return Err(Errno::EEXIST);
            }
            if self.is_directory(inode) {
                return Err(Errno::EISDIR);
            }
            match &self.inodes[inode].node {
                Node::Symlink(link) if follow == Follow::Yes => {
                    self.check_follow(directory, inode)?;
                    target = concatenate(&[link])?;
                    start = directory;
                    last = Some(inode);
                }
                _ => return Ok(Opened::Existing(inode)),
            }
        }
        Err(Errno::ELOOP)
    }

    /// Makes an empty regular file.
    ///
    /// # Errors
    /// EEXIST, EACCES, EISDIR (a slash follows the name), ENOENT (the directory is removed, or of /proc),
    /// ENOTDIR, ENAMETOOLONG, ENOMEM.
    pub fn create_file(
        &mut self,
        directory: InodeId,
        name: &[u8],
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        if name.ends_with(b"/") {
            return Err(Errno::EISDIR);
        }
        self.create(directory, name, Node::File(Content::new(&[])), permissions)
    }

    /// Makes an empty file at `path` for a program, mode 0755, with the directories that its path needs. The
    /// host's tool puts seeds in place with it too, so that both find the same paths impossible.
    ///
    /// # Errors
    /// As [`create_file`](Self::create_file).
    pub fn create_program(&mut self, path: &[u8]) -> Result<InodeId, Errno> {
        let slashes = path.iter().enumerate().skip(1).filter(|&(_, &byte)| byte == b'/');
        for (slash, _) in slashes {
            let (directory, name) = self.resolve_parent(InodeId::ROOT, &path[..slash])?;
            match self.create_directory(directory, name, 0o755) {
                Ok(_) | Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        let (directory, name) = self.resolve_parent(InodeId::ROOT, path)?;
        self.create_file(directory, name, 0o755)
    }

    /// Makes an empty regular file without a name, in a directory: O_TMPFILE. The caller holds it, and it lives as long.
    ///
    /// # Errors
    /// ENOENT for a directory that is removed, EOPNOTSUPP in /proc, ENOTDIR, ENOMEM.
    pub fn create_unnamed(
        &mut self,
        directory: InodeId,
        permissions: u32,
        link: Linkable,
    ) -> Result<InodeId, Errno> {
        let is_sealed = self.directory(directory)?.seal != Seal::Open;
        if !is_sealed && self.inodes[directory].links == 0 {
            return Err(Errno::ENOENT);
        }
        self.check_add(directory)?;
        if is_sealed {
            return Err(Errno::EOPNOTSUPP);
        }
        let parent = self.path_of(directory)?;
        let path = concatenate(&[trim_slashes(&parent), b"/#"])?;
        let node = Node::File(Content::new(&[]));
        self.add_unnamed(node, directory, permissions, Some(path), link)
    }

    /// Makes an empty regular file in no directory, which shows itself as `/memfd:` and a name: memfd_create.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn create_in_memory(&mut self, name: &[u8]) -> Result<InodeId, Errno> {
        let path = concatenate(&[b"/memfd:", name])?;
        let node = Node::File(Content::new(&[]));
        self.add_unnamed(node, InodeId::ROOT, 0o777, Some(path), Linkable::Elsewhere)
    }

    /// Makes a pipe: a FIFO in no directory. The caller holds it for each end.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn create_pipe(&mut self) -> Result<InodeId, Errno> {
        self.add_unnamed(Node::Fifo, InodeId::ROOT, 0o600, None, Linkable::Elsewhere)
    }

    fn add_unnamed(
        &mut self,
        node: Node,
        home: InodeId,
        permissions: u32,
        path: Option<Vec<u8>>,
        link: Linkable,
    ) -> Result<InodeId, Errno> {
        let mut inode = Inode::new(node, permissions, Origin::Written, home, self.now);
        self.own(&mut inode, home);
        self.changes += 1;
        inode.version = self.changes;
        inode.links = 0;
        inode.linkable = link;
        inode.last_path = path;
        self.inodes.add(inode)
    }

    /// mkdir.
    ///
    /// # Errors
    /// As [`create_file`](Self::create_file), but slashes may follow the name.
    pub fn create_directory(
        &mut self,
        directory: InodeId,
        name: &[u8],
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        let node = Node::Directory(Directory::new(Seal::Open));
        self.create(directory, trim_slashes(name), node, permissions)
    }

    /// mknod: makes a FIFO, or with a device a node of that.
    ///
    /// # Errors
    /// As [`create_file`](Self::create_file); ENOENT for a slash after the name.
    pub fn create_special(
        &mut self,
        directory: InodeId,
        name: &[u8],
        device: Option<Device>,
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        self.check_new(directory, name)?;
        self.create(directory, name, device.map_or(Node::Fifo, Node::Device), permissions)
    }

    /// The actor may make a node of a device of this name.
    ///
    /// # Errors
    /// As [`create_special`](Self::create_special); EPERM.
    pub fn check_new_device(&self, directory: InodeId, name: &[u8]) -> Result<(), Errno> {
        self.check_new(directory, name)?;
        self.check_add(directory)?;
        if self.is_capable(Capabilities::MKNOD) { Ok(()) } else { Err(Errno::EPERM) }
    }

    /// Makes a symbolic link to `target`.
    ///
    /// # Errors
    /// As [`create_file`](Self::create_file); ENOENT for an empty target or a slash after the name,
    /// ENAMETOOLONG for a target of 4096 bytes or more.
    pub fn symlink(
        &mut self,
        directory: InodeId,
        name: &[u8],
        target: &[u8],
    ) -> Result<InodeId, Errno> {
        match target.len() {
            0 => return Err(Errno::ENOENT),
            PATH_MAX.. => return Err(Errno::ENAMETOOLONG),
            _ => {}
        }
        self.check_new(directory, name)?;
        self.create(directory, name, Node::Symlink(Name::copy(target)?), 0o777)
    }

    /// Gives a file one more name.
    ///
    /// # Errors
    /// As [`create_file`](Self::create_file); EPERM for a directory, EXDEV for a file of /proc, ENOENT
    /// for one without any name or a slash after the name.
    pub fn link(&mut self, inode: InodeId, directory: InodeId, name: &[u8]) -> Result<(), Errno> {
        self.check_new(directory, name)?;
        self.check_link(inode)?;
        self.check_add(directory)?;
        match self.inodes[inode].node {
            Node::Directory(_) => return Err(Errno::EPERM),
            Node::Proc(_) => return Err(Errno::EXDEV),
            _ if self.inodes[inode].links == 0 => match self.inodes[inode].linkable {
                Linkable::Yes => {}
                Linkable::No => return Err(Errno::ENOENT),
                Linkable::Elsewhere => return Err(Errno::EXDEV),
            },
            _ if self.inodes[inode].links == u32::MAX => return Err(Errno::EMLINK),
            _ => {}
        }
        let name = Name::copy(name)?;
        let names = self.directory_mut(directory)?;
        names.reserve()?;
        names.insert(name, inode);
        let now = self.now;
        let inode = &mut self.inodes[inode];
        inode.links += 1;
        inode.linkable = Linkable::No;
        inode.changed = now;
        inode.home = directory;
        self.touch_directory(directory);
        Ok(())
    }

    /// Takes a name away from a file that is no directory.
    ///
    /// # Errors
    /// ENOENT, EISDIR, ENOTDIR (a slash follows the name of a file), EACCES, EPERM in /proc and of another's in a sticky
    /// directory, ENAMETOOLONG.
    pub fn unlink(
        &mut self,
        directory: InodeId,
        name: &[u8],
        pool: &mut FramePool,
    ) -> Result<(), Errno> {
        let bare = trim_slashes(name);
        if matches!(bare, b"" | b"." | b"..") {
            return Err(Errno::EISDIR);
        }
        let inode = self.lookup(directory, bare)?;
        let is_directory = self.is_directory(inode);
        if bare.len() < name.len() {
            return Err(if is_directory { Errno::EISDIR } else { Errno::ENOTDIR });
        }
        self.check_remove(directory, inode)?;
        if is_directory {
            return Err(Errno::EISDIR);
        }
        self.check_removable(directory)?;
        self.remember_path(inode, directory, bare);
        self.directory_mut(directory)?.remove(bare);
        self.touch_directory(directory);
        self.drop_link(inode, pool);
        Ok(())
    }

    /// rmdir.
    ///
    /// # Errors
    /// As [`unlink`](Self::unlink); ENOTEMPTY, EINVAL (`.`), EBUSY (the root).
    pub fn remove_directory(
        &mut self,
        directory: InodeId,
        name: &[u8],
        pool: &mut FramePool,
    ) -> Result<(), Errno> {
        let name = trim_slashes(name);
        match name {
            b"" => return Err(Errno::EBUSY),
            b"." => return Err(Errno::EINVAL),
            b".." => return Err(Errno::ENOTEMPTY),
            _ => {}
        }
        let inode = self.lookup(directory, name)?;
        self.check_remove(directory, inode)?;
        let empty = self.directory(inode)?.is_empty();
        if inode == self.proc {
            return Err(Errno::EBUSY);
        }
        self.check_removable(directory)?;
        if !empty {
            return Err(Errno::ENOTEMPTY);
        }
        self.remember_path(inode, directory, name);
        self.directory_mut(directory)?.remove(name);
        self.inodes[directory].links -= 1;
        self.touch_directory(directory);
        self.drop_directory(inode, pool);
        Ok(())
    }

    /// An empty directory has lost its name. As long as it is there, its parent is.
    pub(super) fn drop_directory(&mut self, inode: InodeId, pool: &mut FramePool) {
        self.hold(self.inodes[inode].home);
        self.inodes[inode].links = 1;
        self.drop_link(inode, pool);
    }

    /// May a new `name` be made in `directory`?
    ///
    /// # Errors
    /// EEXIST; ENOENT where the directory is removed or of /proc, or a slash follows the name.
    pub fn check_new(&self, directory: InodeId, name: &[u8]) -> Result<(), Errno> {
        let bare = trim_slashes(name);
        if bare.is_empty() {
            return Err(Errno::EEXIST);
        }
        match self.lookup(directory, bare) {
            Ok(_) => return Err(Errno::EEXIST),
            Err(Errno::ENOENT) => {}
            Err(error) => return Err(error),
        }
        let dead = self.inodes[directory].links == 0;
        let sealed = self.directory(directory)?.seal != Seal::Open;
        if dead || sealed || bare.len() < name.len() {
            return Err(Errno::ENOENT);
        }
        Ok(())
    }

    /// May names of `directory` be taken away?
    pub(super) fn check_removable(&self, directory: InodeId) -> Result<(), Errno> {
        match self.directory(directory)?.seal {
            Seal::Open => Ok(()),
            _ => Err(Errno::EPERM),
        }
    }

    fn create(
        &mut self,
        directory: InodeId,
        name: &[u8],
        node: Node,
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        self.check_new(directory, name)?;
        self.check_add(directory)?;
        let mut inode = Inode::new(node, permissions, Origin::Written, directory, self.now);
        self.own(&mut inode, directory);
        self.changes += 1;
        inode.version = self.changes;
        self.attach(directory, Name::copy(name)?, inode)
    }

    /// Puts a new inode under a name that is not there yet.
    pub(super) fn attach(
        &mut self,
        directory: InodeId,
        name: Name,
        inode: Inode,
    ) -> Result<InodeId, Errno> {
        if name.is_empty() || name.len() > NAME_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let is_directory = matches!(inode.node, Node::Directory(_));
        self.directory_mut(directory)?.reserve()?;
        let id = self.inodes.add(inode)?;
        self.directory_mut(directory)?.insert(name, id);
        if is_directory {
            self.inodes[directory].links += 1;
        }
        self.touch_directory(directory);
        Ok(id)
    }

    pub(super) fn touch_directory(&mut self, directory: InodeId) {
        let now = self.now;
        let inode = &mut self.inodes[directory];
        inode.modified = now;
        inode.changed = now;
    }

    /// Keeps the path of a held inode whose last name is about to go. Without memory it is just not
    /// known: it only serves messages.
    pub(super) fn remember_path(&mut self, inode: InodeId, directory: InodeId, name: &[u8]) {
        let held = self.inodes[inode].holds > 0;
        let last_name = self.is_directory(inode) || self.inodes[inode].links == 1;
        if held && last_name {
            let parent = self.path_of(directory).unwrap_or_default();
            let path = concatenate(&[trim_slashes(&parent), b"/", name]);
            self.inodes[inode].last_path = path.ok();
        }
    }
}
