//! Open files: what descriptors name, shared by dup and fork (open(2), "open file descriptions").

use alloc::vec::Vec;

use super::window::Window;
use crate::errno::Errno;
use crate::fs::{Fs, InodeId};
use crate::process::Pid;
use crate::process::descriptors::FileId;

/// O_ACCMODE: the two bits that say what may be done.
pub const O_ACCMODE: u32 = 3;
/// O_WRONLY.
pub const O_WRONLY: u32 = 1;
/// O_RDWR.
pub const O_RDWR: u32 = 2;
/// O_CREAT.
pub const O_CREAT: u32 = 0o100;
/// O_EXCL.
pub const O_EXCL: u32 = 0o200;
/// O_NOCTTY.
pub const O_NOCTTY: u32 = 0o400;
/// O_TRUNC.
pub const O_TRUNC: u32 = 0o1000;
/// O_APPEND.
pub const O_APPEND: u32 = 0o2000;
/// O_NONBLOCK.
pub const O_NONBLOCK: u32 = 0o4000;
/// O_DIRECTORY (AArch64 has its own values for this and the next).
pub const O_DIRECTORY: u32 = 0o40000;
/// O_NOFOLLOW.
pub const O_NOFOLLOW: u32 = 0o100000;
/// O_DIRECT: packets, of a pipe.
pub const O_DIRECT: u32 = 0o200000;
/// O_CLOEXEC.
pub const O_CLOEXEC: u32 = 0o2000000;
/// Reads leave the time of access, as they always do here; the owner's to ask.
pub const O_NOATIME: u32 = 0o1000000;
/// O_PATH.
pub const O_PATH: u32 = 0o10000000;
/// The bit that O_TMPFILE has beyond O_DIRECTORY.
pub const O_TMPFILE: u32 = 0o20000000;

/// What is behind an open file.
#[derive(Debug, PartialEq, Eq)]
pub enum Object {
    /// A regular file.
    Regular(InodeId),
    /// A directory; the offset is the place in it.
    Directory(InodeId),
    /// The reading end of a pipe.
    PipeReader(u32),
    /// The writing end of a pipe.
    PipeWriter(u32),
    /// An end of a pair of sockets; a FIFO that is open for both.
    Duplex(Duplex),
    /// eventfd(2): the count stands with the pipe of this number.
    Count(u32, Counting),
    /// timerfd_create(2), with a number among the pipes.
    Timer(u32),
    /// signalfd(2), for these signals.
    Signals(u64),
    /// pidfd_open(2).
    Process(Pid),
    /// epoll_create(2), with a number among the pipes.
    Epoll(u32),
    /// /dev/console, /dev/tty.
    Terminal,
    /// /dev/null.
    Null,
    /// /dev/zero.
    Zero,
    /// /dev/full.
    Full,
    /// /dev/random, /dev/urandom.
    Random,
    /// A text of /proc, as it was when it was last read from its beginning. The process is the one that opened the file.
    Text(Pid, Vec<u8>),
    /// O_PATH: only a place in the tree.
    Path,
}

impl Object {
    /// Has it no places that could be asked for by an offset?
    pub fn is_stream(&self) -> bool {
        matches!(
            self,
            Object::PipeReader(_)
                | Object::PipeWriter(_)
                | Object::Duplex(_)
                | Object::Count(..)
                | Object::Timer(_)
                | Object::Signals(_)
                | Object::Process(_)
                | Object::Epoll(_)
                | Object::Terminal
        )
    }
}

/// Two pipes, for both ways. Of a FIFO they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplex {
    /// What is read from.
    pub reads: u32,
    /// What is written to.
    pub writes: u32,
    /// What it is.
    pub kind: DuplexKind,
}

/// What has two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplexKind {
    /// A FIFO.
    Fifo,
    /// A socket, SOCK_STREAM.
    Stream,
    /// SOCK_DGRAM: messages, which nobody need be there for.
    Datagram,
    /// SOCK_SEQPACKET: messages.
    Packet,
}

impl Duplex {
    /// Is it a socket?
    pub fn is_socket(&self) -> bool {
        self.kind != DuplexKind::Fifo
    }
}

impl DuplexKind {
    /// Does a read give one message?
    pub fn keeps_messages(self) -> bool {
        matches!(self, DuplexKind::Datagram | DuplexKind::Packet)
    }
}

/// What a read takes from an eventfd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// All.
    Sum,
    /// One (EFD_SEMAPHORE).
    Semaphore,
}

/// An open file.
#[derive(Debug)]
pub struct OpenFile {
    /// What it is.
    pub object: Object,
    /// Its inode, held open; None for a pipe without a name.
    pub inode: Option<InodeId>,
    /// O_ACCMODE, O_APPEND, O_NONBLOCK and the like, as fcntl's F_GETFL returns them.
    pub flags: u32,
    /// Where the next read or write happens.
    pub offset: u64,
    /// Descriptors that name it.
    pub references: u32,
    /// Where the bytes around the offset lie.
    pub window: Window,
    /// Whom signals of it would be for (F_SETOWN), and which (F_SETSIG). Kept: none is sent.
    pub owner: Owner,
}

/// Whom signals of an open file are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Its number; 0 is nobody.
    pub number: u32,
    /// A thread, a process or a group: 0, 1, 2 (F_SETOWN_EX).
    pub kind: u8,
    /// Instead of SIGIO; 0.
    pub signal: u8,
}

impl Owner {
    /// Nobody.
    pub const NONE: Self = Owner { number: 0, kind: 0, signal: 0 };
}

impl OpenFile {
    /// A file that has just been opened, with one descriptor to come.
    pub fn new(object: Object, inode: Option<InodeId>, flags: u32) -> Self {
        OpenFile {
            object,
            inode,
            flags,
            offset: 0,
            references: 1,
            window: Window::NONE,
            owner: Owner::NONE,
        }
    }

    /// What a free place of the table holds.
    const CLOSED: OpenFile = OpenFile {
        object: Object::Null,
        inode: None,
        flags: O_PATH,
        offset: 0,
        references: 0,
        window: Window::NONE,
        owner: Owner::NONE,
    };

    /// After a small read: notes where the next ones will find their bytes.
    #[inline]
    pub fn note_read(&mut self, fs: &Fs) {
        if let Object::Regular(inode) = self.object {
            self.window = Window::for_reads(fs, inode, self.offset);
        }
    }

    /// After a small write: notes the page that the next ones will go to.
    #[inline]
    pub fn note_write(&mut self, fs: &Fs) {
        if let Object::Regular(inode) = self.object
            && self.flags & O_APPEND == 0
        {
            self.window = Window::for_writes(fs, inode, self.offset);
        }
    }

    /// May it be read? O_PATH files may not.
    #[inline(always)]
    pub fn is_readable(&self) -> bool {
        self.flags & (O_WRONLY | O_PATH) == 0
    }

    /// May it be written?
    #[inline(always)]
    pub fn is_writable(&self) -> bool {
        self.flags & O_ACCMODE != 0 && self.flags & O_PATH == 0
    }
}

/// All open files.
#[derive(Default)]
pub struct OpenFiles {
    /// A place that is free holds a closed file: no references, no window.
    entries: Vec<OpenFile>,
    free: Vec<u32>,
}

impl OpenFiles {
    /// Adds a file with one reference.
    ///
    /// # Errors
    /// ENFILE when there is no room for it; the file comes back, for the caller to close.
    pub fn insert(&mut self, file: OpenFile) -> Result<FileId, (Errno, OpenFile)> {
        if let Some(index) = self.free.pop() {
            self.entries[index as usize] = file;
            return Ok(FileId(index));
        }
        // Room in `free` for every entry: closing then never allocates.
        let length = self.entries.len();
        if self.entries.try_reserve(1).is_err() || self.free.try_reserve(length + 1).is_err() {
            return Err((Errno::ENFILE, file));
        }
        self.entries.push(file);
        Ok(FileId(length as u32))
    }

    /// An open file. The id came from a descriptor, so the file exists.
    #[inline(always)]
    pub fn get(&self, id: FileId) -> &OpenFile {
        self.entries.get(id.0 as usize).unwrap_or_else(|| no_file())
    }

    /// An open file, to be changed.
    #[inline(always)]
    pub fn get_mut(&mut self, id: FileId) -> &mut OpenFile {
        self.entries.get_mut(id.0 as usize).unwrap_or_else(|| no_file())
    }

    /// Counts one more descriptor.
    pub fn share(&mut self, id: FileId) {
        self.get_mut(id).references += 1;
    }

    /// Takes a descriptor away; the last one returns the file for the caller to close.
    pub fn release(&mut self, id: FileId) -> Option<OpenFile> {
        let file = self.get_mut(id);
        file.references -= 1;
        if file.references > 0 {
            return None;
        }
        let closed = core::mem::replace(file, OpenFile::CLOSED);
        self.free.push(id.0);
        Some(closed)
    }

    /// Open files, for tests and reports.
    pub fn count(&self) -> usize {
        self.entries.len() - self.free.len()
    }
}

#[cold]
#[inline(never)]
fn no_file() -> ! {
    panic!("a descriptor names an open file");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> OpenFile {
        OpenFile {
            object: Object::Null,
            inode: None,
            flags: O_RDWR,
            offset: 0,
            references: 1,
            window: Window::NONE,
            owner: Owner::NONE,
        }
    }

    #[test]
    fn the_last_reference_closes() {
        let mut files = OpenFiles::default();
        let id = files.insert(file()).unwrap();
        files.share(id);
        assert!(files.release(id).is_none());
        assert_eq!(files.release(id).map(|file| file.object), Some(Object::Null));
        assert_eq!(files.count(), 0);
        assert_eq!(files.insert(file()).unwrap(), id);
    }

    #[test]
    fn access_modes() {
        let with = |flags| OpenFile { flags, ..file() };
        assert!(with(0).is_readable() && !with(0).is_writable());
        assert!(!with(O_WRONLY).is_readable() && with(O_WRONLY).is_writable());
        assert!(with(O_RDWR).is_readable() && with(O_RDWR).is_writable());
        assert!(!with(O_PATH).is_readable() && !with(O_PATH | O_RDWR).is_writable());
    }
}
