//! rename(2) and renameat2(2).

use super::Fs;
use super::directory::Seal;
use super::kinds::InodeId;
use super::lookup::trim_slashes;
use super::name::Name;
use super::permission::WRITE;
use crate::errno::Errno;
use crate::frames::FramePool;

/// What happens to a file that has the new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rename {
    /// It is replaced.
    Replace,
    /// RENAME_NOREPLACE: it must not be there.
    NoReplace,
    /// RENAME_EXCHANGE: it gets the old name.
    Exchange,
}

/// A name in a directory.
#[derive(Clone, Copy)]
struct NameAt<'a> {
    directory: InodeId,
    /// Without slashes.
    name: &'a [u8],
    /// Slashes followed it.
    slash: bool,
}

impl<'a> NameAt<'a> {
    fn new(directory: InodeId, name: &'a [u8]) -> Self {
        let bare = trim_slashes(name);
        NameAt { directory, name: bare, slash: bare.len() < name.len() }
    }

    /// Is it a name that no rename may touch?
    fn is_special(&self) -> bool {
        matches!(self.name, b"" | b"." | b"..")
    }
}

impl Fs {
    /// Gives what `old_name` names in `old_directory` the name `new_name` in `new_directory`.
    ///
    /// # Errors
    /// As rename(2): EBUSY (`.`, `..`, the root), EEXIST (NoReplace), ENOENT, ENOTDIR, EISDIR,
    /// ENOTEMPTY, EINVAL (into its own subtree), EACCES, EPERM in /proc and in a sticky directory, ENAMETOOLONG, ENOMEM.
    pub fn rename(
        &mut self,
        old_directory: InodeId,
        old_name: &[u8],
        new_directory: InodeId,
        new_name: &[u8],
        how: Rename,
        pool: &mut FramePool,
    ) -> Result<(), Errno> {
        let old = NameAt::new(old_directory, old_name);
        let new = NameAt::new(new_directory, new_name);
        let (source, target) = self.check_rename(old, new, how)?;
        match target {
            Some(target) if target == source => Ok(()),
            Some(target) if how == Rename::Exchange => {
                self.exchange(old, source, new, target);
                Ok(())
            }
            Some(target) => {
                self.rename_onto(old, source, new, target, pool);
                Ok(())
            }
            None => {
                let name = Name::copy(new.name)?;
                self.directory_mut(new.directory)?.reserve()?;
                self.rename_to(old, source, new, name);
                Ok(())
            }
        }
    }

    /// The inode with the old name and the one with the new name, if the rename is allowed. The order
    /// of the checks is Linux's: it decides which error is seen when several apply.
    fn check_rename(
        &self,
        old: NameAt,
        new: NameAt,
        how: Rename,
    ) -> Result<(InodeId, Option<InodeId>), Errno> {
        let is_old_sealed = self.directory(old.directory)?.seal != Seal::Open;
        let is_new_sealed = self.directory(new.directory)?.seal != Seal::Open;
        if is_old_sealed != is_new_sealed {
            return Err(Errno::EXDEV);
        }
        if old.is_special() {
            return Err(Errno::EBUSY);
        }
        if new.is_special() {
            return Err(match how {
                Rename::NoReplace => Errno::EEXIST,
                _ => Errno::EBUSY,
            });
        }
        let source = self.lookup(old.directory, old.name)?;
        let target = match self.lookup(new.directory, new.name) {
            Ok(target) => Some(target),
            Err(Errno::ENOENT) => None,
            Err(error) => return Err(error),
        };
        match (how, target) {
            (Rename::NoReplace, Some(_)) => return Err(Errno::EEXIST),
            (Rename::Exchange, None) => return Err(Errno::ENOENT),
            (_, None) if is_new_sealed => return Err(Errno::ENOENT),
            _ => {}
        }
        if how == Rename::Exchange
            && new.slash
            && !target.is_some_and(|target| self.is_directory(target))
        {
            return Err(Errno::ENOTDIR);
        }
        if source == self.proc || target == Some(self.proc) {
            return Err(Errno::EBUSY); // something is mounted there
        }
        let is_directory = self.is_directory(source);
        if !is_directory && (old.slash || (new.slash && how != Rename::Exchange)) {
            return Err(Errno::ENOTDIR);
        }
        if is_directory && self.is_within(new.directory, source) {
            return Err(Errno::EINVAL);
        }
        if let Some(target) = target
            && self.is_directory(target)
            && self.is_within(old.directory, target)
        {
            return Err(match how {
                Rename::Exchange => Errno::EINVAL,
                _ => Errno::ENOTEMPTY,
            });
        }
        if target == Some(source) {
            return Ok((source, target));
        }
        self.check_removable(old.directory)?;
        self.check_removable(new.directory)?;
        if self.inodes[new.directory].links == 0 {
            return Err(Errno::ENOENT);
        }
        self.check_remove(old.directory, source)?;
        match target {
            Some(target) => self.check_remove(new.directory, target)?,
            None => self.check_add(new.directory)?,
        }
        let replaced = target.filter(|_| how != Rename::Exchange);
        match (is_directory, replaced.map(|target| self.is_directory(target))) {
            (true, Some(false)) => return Err(Errno::ENOTDIR),
            (false, Some(true)) => return Err(Errno::EISDIR),
            _ => {}
        }
        if old.directory != new.directory {
            let exchanged = target.filter(|_| how == Rename::Exchange);
            for moved in [Some(source), exchanged].into_iter().flatten() {
                // It gets another `..`.
                if self.is_directory(moved) {
                    self.check(moved, WRITE)?;
                }
            }
        }
        if let Some(names) = replaced.and_then(|target| self.directory(target).ok())
            && !names.is_empty()
        {
            return Err(Errno::ENOTEMPTY);
        }
        Ok((source, target))
    }

    /// Is `inode` the directory `ancestor` or somewhere below it?
    fn is_within(&self, inode: InodeId, ancestor: InodeId) -> bool {
        let mut at = inode;
        loop {
            if at == ancestor {
                return true;
            }
            if at == InodeId::ROOT || self.inodes[at].links == 0 {
                return false;
            }
            at = self.inodes[at].home;
        }
    }

    fn rename_to(&mut self, old: NameAt, source: InodeId, new: NameAt, name: Name) {
        self.names(old).remove(old.name);
        self.names(new).insert(name, source);
        self.moved(old, source, new);
    }

    fn rename_onto(
        &mut self,
        old: NameAt,
        source: InodeId,
        new: NameAt,
        target: InodeId,
        pool: &mut FramePool,
    ) {
        self.remember_path(target, new.directory, new.name);
        self.names(new).replace(new.name, source);
        self.names(old).remove(old.name);
        if self.is_directory(target) {
            self.inodes[new.directory].links -= 1;
            self.drop_directory(target, pool);
        } else {
            self.drop_link(target, pool);
        }
        self.moved(old, source, new);
    }

    fn exchange(&mut self, old: NameAt, source: InodeId, new: NameAt, target: InodeId) {
        self.names(old).replace(old.name, target);
        self.names(new).replace(new.name, source);
        self.moved(old, source, new);
        self.moved(new, target, old);
    }

    /// Links, parents and times after `inode` went from one directory to another.
    fn moved(&mut self, from: NameAt, inode: InodeId, to: NameAt) {
        if self.is_directory(inode) {
            self.inodes[from.directory].links -= 1;
            self.inodes[to.directory].links += 1;
        }
        self.inodes[inode].home = to.directory;
        self.inodes[inode].changed = self.now;
        self.touch_directory(from.directory);
        self.touch_directory(to.directory);
    }

    fn names(&mut self, place: NameAt) -> &mut super::Directory {
        self.directory_mut(place.directory).expect("check_rename saw a directory")
    }
}
