//! The tree of a tar: its files' contents stay where they are.

use super::Fs;
use super::content::Content;
use super::directory::{Directory, Seal};
use super::inode::{Inode, Node};
use super::kinds::Device;
use super::kinds::{InodeId, Origin};
use super::name::Name;
use super::{NAME_MAX, PATH_MAX, Time};
use crate::errno::Errno;
use firmseed_formats::tar::{Archive, Cause, EntryKind, EntryPath, TarEntry, TarError};

impl Fs {
    /// Adds the files of a tar. Their contents are slices of it; hard links, symbolic links, modes,
    /// owners and modification times are kept. Directories that no member makes get mode 0755.
    ///
    /// A path may stand for one thing only: a member whose path is taken is an error, unless both are
    /// directories (the member's attributes are taken over) or both are the same device or the same
    /// symbolic link, as where a tar brings its own /dev.
    ///
    /// # Errors
    /// The first member that is damaged or does not fit. The members before it are in the tree.
    pub fn add_tar(&mut self, tar: &'static [u8]) -> Result<(), TarError> {
        for entry in Archive::new(tar) {
            let entry = entry?;
            self.add_entry(&entry).map_err(|cause| TarError { offset: entry.offset, cause })?;
        }
        Ok(())
    }

    /// Adds one member of a tar, as [`Fs::add_tar`] says.
    pub(crate) fn add_entry(&mut self, entry: &TarEntry<'static>) -> Result<(), Cause> {
        let (parent, name) = self.make_parents(entry.path)?;
        let Some(name) = name else {
            return match entry.kind {
                EntryKind::Directory => {
                    self.take_over(InodeId::ROOT, entry);
                    Ok(())
                }
                _ => Err(Cause::NoName),
            };
        };
        let node = match entry.kind {
            EntryKind::File(bytes) => Node::File(Content::new(bytes)),
            EntryKind::Directory => Node::Directory(Directory::new(Seal::Open)),
            EntryKind::Symlink(target) if target.len() < PATH_MAX => {
                Node::Symlink(Name::Image(target))
            }
            EntryKind::Symlink(_) => return Err(Cause::TooLong),
            EntryKind::CharacterDevice { major, minor } => {
                Node::Device(known_device(major, minor)?)
            }
            EntryKind::HardLink(target) => return self.add_hard_link(parent, name, target),
        };
        match self.lookup(parent, name) {
            Ok(existing) => {
                if !same_node(&self.inodes[existing].node, &node) {
                    return Err(Cause::PathTaken);
                }
                self.take_over(existing, entry);
            }
            Err(_) => {
                let now = Time::default();
                let inode = Inode::new(node, entry.permissions, Origin::Image, parent, now);
                let inode = self.attach_member(parent, Name::Image(name), inode)?;
                self.take_over(inode, entry);
            }
        }
        Ok(())
    }

    fn add_hard_link(
        &mut self,
        parent: InodeId,
        name: &'static [u8],
        target: EntryPath<'static>,
    ) -> Result<(), Cause> {
        let mut inode = InodeId::ROOT;
        for component in target.components() {
            inode = self.lookup(inode, component?).map_err(|_| Cause::NoTarget)?;
        }
        self.link(inode, parent, name).map_err(|error| match error {
            Errno::EEXIST => Cause::PathTaken,
            Errno::ENOMEM => Cause::NoMemory,
            Errno::ENAMETOOLONG => Cause::TooLong,
            _ => Cause::NoTarget,
        })
    }

    /// The directory that holds the last name of `path`, made if it is missing, and that name; None
    /// for the root.
    #[allow(clippy::type_complexity, reason = "an id and a name")]
    fn make_parents(
        &mut self,
        path: EntryPath<'static>,
    ) -> Result<(InodeId, Option<&'static [u8]>), Cause> {
        let mut parent = InodeId::ROOT;
        let mut components = path.components();
        let Some(mut name) = components.next().transpose()? else {
            return Ok((parent, None));
        };
        for next in components {
            check_length(name)?;
            parent = match self.lookup(parent, name) {
                Ok(directory) if self.is_directory(directory) => directory,
                Ok(_) => return Err(Cause::ParentNotDirectory),
                Err(_) => {
                    let node = Node::Directory(Directory::new(Seal::Open));
                    let inode = Inode::new(node, 0o755, Origin::Image, parent, Time::default());
                    self.attach_member(parent, Name::Image(name), inode)?
                }
            };
            name = next?;
        }
        check_length(name)?;
        Ok((parent, Some(name)))
    }

    fn attach_member(
        &mut self,
        parent: InodeId,
        name: Name,
        inode: Inode,
    ) -> Result<InodeId, Cause> {
        if self.check_removable(parent).is_err() {
            return Err(Cause::PathTaken);
        }
        let parent_times = self.inodes[parent].modified;
        let id = self.attach(parent, name, inode).map_err(|_| Cause::NoMemory)?;
        // The tar's own time of the directory counts, wherever its member stands.
        self.inodes[parent].modified = parent_times;
        Ok(id)
    }

    fn take_over(&mut self, inode: InodeId, entry: &TarEntry<'static>) {
        let time = Time { seconds: entry.modified, nanoseconds: 0 };
        let inode = &mut self.inodes[inode];
        if let Node::File(_) | Node::Symlink(_) | Node::Directory(_) = inode.node {
            inode.permissions = entry.permissions;
            inode.uid = entry.uid;
            inode.gid = entry.gid;
            inode.accessed = time;
            inode.modified = time;
            inode.changed = time;
        }
    }
}

fn check_length(name: &[u8]) -> Result<(), Cause> {
    if name.len() > NAME_MAX {
        return Err(Cause::TooLong);
    }
    Ok(())
}

/// May a member of the tar meet this node at the same path?
fn same_node(existing: &Node, member: &Node) -> bool {
    match (existing, member) {
        (Node::Directory(_), Node::Directory(_)) => true,
        (Node::Symlink(one), Node::Symlink(other)) => **one == **other,
        (Node::Device(one), Node::Device(other)) => one == other,
        _ => false,
    }
}

fn known_device(major: u32, minor: u32) -> Result<Device, Cause> {
    let mut devices = Device::ALL.iter().map(|(_, device)| *device);
    devices
        .find(|device| device.major_minor() == (major, minor))
        .ok_or(Cause::UnknownDevice { major, minor })
}
