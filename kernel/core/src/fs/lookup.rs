//! Paths to inodes, and inodes to paths (path_resolution(7)).

use super::inode::Node;
use super::kinds::{InodeId, ProcNode};
use super::{Fs, NAME_MAX, PATH_MAX};
use crate::errno::Errno;
use alloc::vec::Vec;
use firmseed_formats::number::decimal;

/// Symbolic links that one resolution follows (MAXSYMLINKS).
const LINKS_MAX: usize = 40;

/// Is a symbolic link at the end of a path followed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Yes.
    Yes,
    /// No: the link itself is meant. A slash after it still follows it.
    No,
}

/// Where a link in the folder of a process leads that stands in the midst of a path: the processes know.
pub type Links<'l> = &'l dyn Fn(ProcNode) -> Result<InodeId, Errno>;

/// Nowhere.
pub const NO_LINKS: Links<'static> = &|_| Err(Errno::ENOTDIR);

impl Fs {
    /// The inode that `path` names, from `start` when it is relative, without [`Links`].
    ///
    /// # Errors
    /// As [`resolve_beyond`](Self::resolve_beyond).
    pub fn resolve(&self, start: InodeId, path: &[u8], follow: Follow) -> Result<InodeId, Errno> {
        self.resolve_beyond(start, path, follow, NO_LINKS)
    }

    /// The inode that `path` names, from `start` when it is relative.
    ///
    /// Another link of /proc than `self` ([`ProcNode::is_link`]) at the path's end is given as it is, followed or not: the
    /// caller knows what it stands for.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, EACCES, ELOOP (more than 40 links), ENAMETOOLONG (a name over 255 bytes, a path of
    /// 4096 or more).
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn resolve_beyond(
        &self,
        start: InodeId,
        path: &[u8],
        follow: Follow,
        beyond: Links<'_>,
    ) -> Result<InodeId, Errno> {
        check_path(path)?;
        // What is left to walk after the targets of links that are being followed.
        let mut pending: [&[u8]; LINKS_MAX] = [&[]; LINKS_MAX];
        let mut depth = 0;
        let mut links = 0;
        let mut at = start;
        let mut rest = path;
        if rest[0] == b'/' {
            at = InodeId::ROOT;
        }
        loop {
            if rest.first() == Some(&b'/') {
                self.directory(at)?;
            }
            let (name, after) = split_first(rest);
            if name.is_empty() {
                match depth {
                    0 => return Ok(at),
                    _ => depth -= 1,
                }
                rest = pending[depth];
                continue;
            }
            let next = self.lookup(at, name)?;
            let is_last = after.is_empty() && depth == 0;
            match &self.inodes[next].node {
                Node::Symlink(target) if !is_last || follow == Follow::Yes => {
                    links = one_more(links)?;
                    if depth == 0 && trim_slashes(after).is_empty() {
                        self.check_follow(at, next)?;
                    }
                    if !after.is_empty() {
                        pending[depth] = after;
                        depth += 1;
                    }
                    if target.first() == Some(&b'/') {
                        at = InodeId::ROOT;
                    }
                    rest = target;
                }
                Node::Proc(link @ (ProcNode::Own | ProcNode::OwnThread))
                    if !is_last || follow == Follow::Yes =>
                {
                    links = one_more(links)?;
                    at = self.own_folder(*link)?;
                    rest = after;
                }
                Node::Proc(link) if !is_last && link.is_link() => {
                    links = one_more(links)?;
                    at = beyond(*link)?;
                    rest = after;
                }
                _ => {
                    at = next;
                    rest = after;
                }
            }
        }
    }

    /// The directory that holds the last name of `path`, and that name, with the slashes that follow
    /// it in the path: the functions that take a name know what a slash after it means. The name is
    /// `/` for the root, and may be `.` or `..`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), for the directory.
    pub fn resolve_parent_beyond<'p>(
        &self,
        start: InodeId,
        path: &'p [u8],
        beyond: Links<'_>,
    ) -> Result<(InodeId, &'p [u8]), Errno> {
        check_path(path)?;
        let trimmed = trim_slashes(path);
        let cut = trimmed.iter().rposition(|&byte| byte == b'/');
        let (head, name) = path.split_at(cut.map_or(0, |slash| slash + 1));
        let directory = match head {
            [] if trimmed.is_empty() => InodeId::ROOT,
            [] => start,
            _ => self.resolve_beyond(start, head, Follow::Yes, beyond)?,
        };
        self.directory(directory)?;
        self.check_search(directory)?;
        Ok((directory, name))
    }

    /// The same without [`Links`].
    ///
    /// # Errors
    /// The same.
    pub fn resolve_parent<'p>(
        &self,
        start: InodeId,
        path: &'p [u8],
    ) -> Result<(InodeId, &'p [u8]), Errno> {
        self.resolve_parent_beyond(start, path, NO_LINKS)
    }

    /// What `name`, without a slash, stands for in `directory`; a link is not followed.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, EACCES, ENAMETOOLONG.
    #[cfg_attr(target_os = "none", optimize(speed))]
    pub fn lookup(&self, directory: InodeId, name: &[u8]) -> Result<InodeId, Errno> {
        let names = self.directory(directory)?;
        self.check_search(directory)?;
        if name.len() > NAME_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        match name {
            b"." => Ok(directory),
            b".." => Ok(self.inodes[directory].home),
            _ => names
                .get(name)
                .or_else(|| self.own_descriptor(directory, name))
                .ok_or(Errno::ENOENT),
        }
    }

    /// An absolute path of the inode: for getcwd, /proc/self/exe and messages. Of a file with several
    /// names, the one it got last if it is still there. Of a file without a name, the last one with
    /// " (deleted)" after it, as Linux shows it.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn path_of(&self, inode: InodeId) -> Result<Vec<u8>, Errno> {
        if self.is_pipe(inode) {
            let mut number = [0; 20];
            return concatenate(&[b"pipe:[", decimal(self.stat(inode).ino, &mut number), b"]"]);
        }
        if self.inodes[inode].links == 0 {
            let known: &[u8] = match &self.inodes[inode].last_path {
                Some(path) => path,
                None => b"?",
            };
            return concatenate(&[known, b" (deleted)"]);
        }
        let mut names: Vec<&[u8]> = Vec::new();
        let mut at = inode;
        while at != InodeId::ROOT {
            let Some((parent, name)) = self.a_name_of(at) else {
                return concatenate(&[b"? (deleted)"]);
            };
            names.try_reserve(2).map_err(|_| Errno::ENOMEM)?;
            names.push(name);
            names.push(b"/");
            at = parent;
        }
        if names.is_empty() {
            names.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            names.push(b"/");
        }
        names.reverse();
        concatenate(&names)
    }

    /// The directory whose name for the inode [`Fs::path_of`] shows; None where it has no name.
    pub fn directory_of(&self, inode: InodeId) -> Option<InodeId> {
        self.a_name_of(inode).map(|(directory, _)| directory)
    }

    /// A directory that names the inode, and the name.
    #[cfg_attr(target_os = "none", optimize(speed))]
    fn a_name_of(&self, inode: InodeId) -> Option<(InodeId, &[u8])> {
        let name_in =
            |directory: InodeId| Some((directory, self.directory(directory).ok()?.name_of(inode)?));
        if self.inodes[inode].links == 0 {
            return None;
        }
        name_in(self.inodes[inode].home)
            .or_else(|| self.inodes.iter().find_map(|(directory, _)| name_in(directory)))
    }
}

/// The count with another link that is followed.
#[inline(always)]
fn one_more(links: usize) -> Result<usize, Errno> {
    if links == LINKS_MAX { Err(Errno::ELOOP) } else { Ok(links + 1) }
}

fn check_path(path: &[u8]) -> Result<(), Errno> {
    match path.len() {
        0 => Err(Errno::ENOENT),
        PATH_MAX.. => Err(Errno::ENAMETOOLONG),
        _ => Ok(()),
    }
}

/// The first name of `path` and what follows it, from the slash on. Leading slashes are skipped.
#[cfg_attr(target_os = "none", optimize(speed))]
fn split_first(path: &[u8]) -> (&[u8], &[u8]) {
    let skip = path.iter().take_while(|&&byte| byte == b'/').count();
    let path = &path[skip..];
    let end = path.iter().position(|&byte| byte == b'/');
    path.split_at(end.unwrap_or(path.len()))
}

/// `path` without the slashes at its end.
pub(super) fn trim_slashes(path: &[u8]) -> &[u8] {
    let last = path.iter().rposition(|&byte| byte != b'/');
    &path[..last.map_or(0, |last| last + 1)]
}

/// One vector of all `parts`.
pub(super) fn concatenate(parts: &[&[u8]]) -> Result<Vec<u8>, Errno> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut whole = Vec::new();
    whole.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    for part in parts {
        whole.extend_from_slice(part);
    }
    Ok(whole)
}
