//! The in-memory file system: one tree of inodes whose contents lie in the image's tar, in page
//! frames, or nowhere (holes).
//!
//! * `kinds`: numbers and kinds of files. `inode`: what every file has, and the table of them. `special`: the first tree.
//! * `lookup`: paths to inodes and back. `directory`: names in one directory.
//! * `permission`: who may do what; every function that a program's call comes to asks there.
//! * `names`: create, link, unlink. `rename`: rename. `attributes`: stat, chmod, times, origin.
//! * `content` and `slots`: the bytes of a file; `bytes`: the same by inode; `maps`: those that mappings share; `seals`: what may not be done to it. `load`: the tree of a tar. `export`: a tar of the tree.
//!
//! Invariants: an inode lives as long as a directory names it or somebody holds it; a directory has
//! one name; a frame in a file's slot is owned once by that file; bytes of a file's last page past its
//! end are zero unless a mapping wrote there; `/proc` changes only by the kernel's hand.

mod attributes;
mod bytes;
mod content;
mod directory;
mod export;
mod inode;
mod kinds;
mod load;
mod lookup;
mod maps;
mod name;
mod names;
mod permission;
mod processes;
mod rename;
mod seals;
mod slots;
mod special;
#[cfg(test)]
mod tests;

pub use attributes::Stat;
pub use content::Chunk;
pub use directory::DirectoryEntry;
pub use export::{HOLES_MAX, LeftOut, Selection, Sink, export_tar};
pub use kinds::{
    Device, FileKind, FileSystem, FileType, InodeId, Linkable, Origin, ProcFile, ProcNode, Time,
};
pub use lookup::{Follow, Links, NO_LINKS};
pub use maps::Sharing;
pub use names::{Create, Opened};
pub use permission::{Actor, Capabilities, EXECUTE, READ, WRITE};
pub use processes::ProcessOwner;
pub use rename::Rename;
pub use seals::Seals;
pub use special::RELEASE;

use crate::errno::Errno;
use crate::frames::FramePool;
use alloc::vec::Vec;
use content::Content;
use directory::Directory;
use inode::{Inode, Inodes, Node};
use processes::Shown;

/// Longest path with its final NUL (PATH_MAX).
pub const PATH_MAX: usize = 4096;
/// Longest name in a directory (NAME_MAX).
pub const NAME_MAX: usize = 255;
/// Largest size of a file: offsets are signed in the ABI.
pub const FILE_SIZE_MAX: u64 = i64::MAX as u64;

/// The tree of files.
pub struct Fs {
    inodes: Inodes,
    /// Changes of contents so far.
    changes: u64,
    /// The time that changes are stamped with. The caller moves it as coarsely as it likes: at each
    /// tick of the scheduler, as Linux does, or never, for outputs that do not depend on time.
    now: Time,
    /// What [`now`](Self::now) was at power-on, in nanoseconds since 1970. A constant of the image, not of the day.
    realtime_start: u64,
    /// Changes whenever bytes of a file may have got another place, or it has to be noted anew who reads or writes them.
    generation: u64,
    /// /proc.
    proc: InodeId,
    /// The folder in it that has no name.
    own: InodeId,
    /// The processes that there are.
    processes: Vec<Shown>,
    /// Areas of memory that are a file's and may be written.
    writable_maps: u32,
    /// For whom all is done.
    actor: Actor,
    /// The process that this is.
    reader: u32,
}

impl Fs {
    /// The tree before an image is loaded: /, /dev, /proc, /tmp and the kernel's nodes in them.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn new() -> Result<Self, Errno> {
        let mut fs = Fs {
            inodes: Inodes::new(),
            changes: 0,
            now: Time::default(),
            realtime_start: 0,
            generation: 1,
            proc: InodeId::ROOT,
            own: InodeId::ROOT,
            processes: Vec::new(),
            writable_maps: 0,
            actor: Actor::root(),
            reader: 0,
        };
        fs.make_first_tree()?;
        Ok(fs)
    }

    /// What was found out about the places of bytes holds while this number is the same. It changes here alone: when
    /// a page gets another frame or is shared, when a file is cut or lengthened, when another program works with the
    /// files, and where [`void_places`](Self::void_places) says so.
    #[inline(always)]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Who knows where bytes lie must ask again: another process works with the files from now on, or it has to be
    /// noted anew who writes one, or what a write does to its bits.
    pub fn void_places(&mut self) {
        self.generation += 1;
    }

    /// Another process works with the files from now on.
    pub fn change_hands(&mut self, process: u32, actor: Actor) {
        self.void_places();
        self.act_for(actor);
        self.reader = process;
    }

    /// Power-on was so many nanoseconds after 1970 by the image's calendar.
    pub fn set_calendar(&mut self, realtime_start: u64) {
        self.realtime_start = realtime_start;
    }

    /// Nanoseconds since 1970 by the image's calendar, at a time since power-on.
    pub fn realtime(&self, now: u64) -> u64 {
        self.realtime_start.saturating_add(now)
    }

    /// The same for the stamps of files.
    pub fn time(&self, now: u64) -> Time {
        const NANOSECONDS: u64 = 1_000_000_000;
        let now = self.realtime(now);
        Time { seconds: (now / NANOSECONDS) as i64, nanoseconds: (now % NANOSECONDS) as u32 }
    }

    /// Changes are stamped with this time since power-on from now on.
    pub fn set_time(&mut self, now: u64) {
        self.now = self.time(now);
    }

    /// What kind of file is this?
    pub fn kind(&self, inode: InodeId) -> FileKind {
        match &self.inodes[inode].node {
            Node::Free { .. } | Node::File(_) => FileKind::File,
            Node::Directory(_) => FileKind::Directory,
            Node::Symlink(_) => FileKind::Symlink,
            Node::Fifo => FileKind::Fifo,
            Node::Device(device) => FileKind::Device(*device),
            Node::Proc(node) => FileKind::Proc(*node),
        }
    }

    /// Is this a pipe, which has never had a name? Other FIFOs lie in a directory, or did.
    pub fn is_pipe(&self, inode: InodeId) -> bool {
        let inode = &self.inodes[inode];
        matches!(inode.node, Node::Fifo) && inode.linkable == Linkable::Elsewhere
    }

    /// Is this a directory?
    pub fn is_directory(&self, inode: InodeId) -> bool {
        matches!(self.inodes[inode].node, Node::Directory(_))
    }

    /// Keeps the inode alive without a name: an open file, a mapping, a current directory.
    pub fn hold(&mut self, inode: InodeId) {
        self.inodes[inode].holds += 1;
    }

    /// Undoes one [`hold`](Self::hold). The last one frees an inode that has no name any more.
    pub fn drop_hold(&mut self, inode: InodeId, pool: &mut FramePool) {
        self.inodes[inode].holds -= 1;
        self.free_if_unused(inode, pool);
    }

    /// A writer opens the file. Each success is followed by one [`end_write`](Self::end_write).
    ///
    /// # Errors
    /// ETXTBSY while the file is being executed.
    pub fn begin_write(&mut self, inode: InodeId) -> Result<(), Errno> {
        self.refuse_if_running(inode)?;
        self.inodes[inode].writers += 1;
        Ok(())
    }

    /// The last descriptor of a writer's open file is closed.
    pub fn end_write(&mut self, inode: InodeId) {
        self.inodes[inode].writers -= 1;
    }

    /// Has somebody the file open for writing?
    pub fn is_being_written(&self, inode: InodeId) -> bool {
        self.inodes[inode].writers > 0
    }

    /// A process starts to execute the file (exec, or fork of one that does). Each success is followed
    /// by one [`end_exec`](Self::end_exec).
    ///
    /// # Errors
    /// ETXTBSY while somebody has the file open for writing.
    pub fn begin_exec(&mut self, inode: InodeId) -> Result<(), Errno> {
        let inode = &mut self.inodes[inode];
        if inode.writers > 0 {
            return Err(Errno::ETXTBSY);
        }
        inode.runners += 1;
        self.generation += 1;
        Ok(())
    }

    /// A process that executed the file has ended, or executes another.
    pub fn end_exec(&mut self, inode: InodeId) {
        self.inodes[inode].runners -= 1;
    }

    /// For truncate(2), which writes without opening.
    ///
    /// # Errors
    /// ETXTBSY while the file is being executed.
    pub fn refuse_if_running(&self, inode: InodeId) -> Result<(), Errno> {
        match self.inodes[inode].runners {
            0 => Ok(()),
            _ => Err(Errno::ETXTBSY),
        }
    }

    #[inline(always)]
    fn directory(&self, inode: InodeId) -> Result<&Directory, Errno> {
        match &self.inodes[inode].node {
            Node::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    #[inline(always)]
    fn directory_mut(&mut self, inode: InodeId) -> Result<&mut Directory, Errno> {
        match &mut self.inodes[inode].node {
            Node::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    fn content(&self, inode: InodeId) -> Result<&Content, Errno> {
        match &self.inodes[inode].node {
            Node::File(content) => Ok(content),
            Node::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    fn content_mut(&mut self, inode: InodeId) -> Result<&mut Content, Errno> {
        match &mut self.inodes[inode].node {
            Node::File(content) => Ok(content),
            Node::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Takes one name away from the inode's count and frees it when nobody uses it.
    fn drop_link(&mut self, inode: InodeId, pool: &mut FramePool) {
        self.inodes[inode].links -= 1;
        self.inodes[inode].changed = self.now;
        self.free_if_unused(inode, pool);
    }

    /// With a directory goes what it has held since it lost its name: its parent, which may be without one too.
    fn free_if_unused(&mut self, id: InodeId, pool: &mut FramePool) {
        let mut id = id;
        loop {
            let inode = &self.inodes[id];
            if inode.links > 0 || inode.holds > 0 || matches!(inode.node, Node::Free { .. }) {
                return;
            }
            let Inode { node, home, .. } = self.inodes.free(id);
            match node {
                Node::File(mut content) => return content.clear(pool),
                Node::Directory(_) => id = home,
                _ => return,
            }
            self.inodes[id].holds -= 1;
        }
    }
}
