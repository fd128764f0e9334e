//! What files are called and what there is of them: numbers, kinds, devices, the files of /proc, times.

/// The number of an inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InodeId(pub u32);

impl InodeId {
    /// The root directory.
    pub const ROOT: Self = InodeId(0);
}

/// The kind of a file, as the system calls must tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A FIFO; the open ones have a pipe.
    Fifo,
    /// A device, served by the system calls.
    Device(Device),
    /// A file of /proc, whose text the system calls make.
    Proc(ProcNode),
}

/// Where a file's contents come from: what the exec policy asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The image, unchanged.
    Image,
    /// The image, but a program has written into it: some of the image's bytes may still be there.
    Altered,
    /// Programs on this machine, every byte.
    Written,
}

/// A moment: seconds since 1970 and nanoseconds below one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: u32,
}

/// May a file that has no name get one?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkable {
    /// Made without one by O_TMPFILE.
    Yes,
    /// It has lost its last, or O_EXCL forbids it.
    No,
    /// It is in no directory's file system: memfd_create, pipe.
    Elsewhere,
}

/// What a file belongs to; the number is its st_dev.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// All that lies below the root but `/proc`, and memfd_create's files.
    Memory = 1,
    /// Pipes.
    Pipes = 2,
    /// Sockets.
    Sockets = 3,
    /// Other open files without a name: eventfd, epoll and the like.
    Anonymous = 4,
    /// `/proc`.
    Proc = 5,
}

impl FileSystem {
    /// f_type of statfs(2).
    pub const fn magic(self) -> u64 {
        match self {
            FileSystem::Memory => 0x0102_1994,    // TMPFS_MAGIC
            FileSystem::Pipes => 0x5049_5045,     // PIPEFS_MAGIC
            FileSystem::Sockets => 0x534f_434b,   // SOCKFS_MAGIC
            FileSystem::Anonymous => 0x0904_1934, // ANON_INODE_FS_MAGIC
            FileSystem::Proc => 0x9fa0,           // PROC_SUPER_MAGIC
        }
    }
}

/// The type of a file, as in the S_IFMT bits of its mode.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// S_IFIFO
    Fifo = 0o010_000,
    /// S_IFCHR
    CharacterDevice = 0o020_000,
    /// S_IFDIR
    Directory = 0o040_000,
    /// S_IFREG
    Regular = 0o100_000,
    /// S_IFLNK
    Symlink = 0o120_000,
}

impl FileType {
    /// The bits in st_mode.
    pub const fn mode_bits(self) -> u32 {
        self as u32
    }

    /// The value of d_type in a directory entry (DT_REG and so on): the same bits, shifted.
    pub const fn directory_type(self) -> u8 {
        (self as u32 >> 12) as u8
    }
}

/// A character device.
#[allow(missing_docs, reason = "the names are the documentation: null(4), tty(4), random(4)")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Null,
    Zero,
    Full,
    Random,
    Urandom,
    Tty,
    Console,
}

impl Device {
    /// The device of a number, as [`number`](Self::number) gives it.
    pub fn of_number(number: u64) -> Option<Device> {
        Self::ALL.into_iter().map(|(_, device)| device).find(|device| device.number() == number)
    }

    /// All of them, with their names in /dev.
    pub const ALL: [(&'static [u8], Device); 7] = [
        (b"null", Device::Null),
        (b"zero", Device::Zero),
        (b"full", Device::Full),
        (b"random", Device::Random),
        (b"urandom", Device::Urandom),
        (b"tty", Device::Tty),
        (b"console", Device::Console),
    ];

    /// Linux's numbers (Documentation/admin-guide/devices.txt).
    pub const fn major_minor(self) -> (u32, u32) {
        match self {
            Device::Null => (1, 3),
            Device::Zero => (1, 5),
            Device::Full => (1, 7),
            Device::Random => (1, 8),
            Device::Urandom => (1, 9),
            Device::Tty => (5, 0),
            Device::Console => (5, 1),
        }
    }
}

/// What there is of a process in /proc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcFile {
    /// A link to the program.
    Exe,
    /// A link to the current directory. Only as the last name of a path.
    Cwd,
    /// A link to the root.
    Root,
    /// fd/N: a link to what the descriptor stands for.
    Descriptor(u32),
    /// The mappings.
    Maps,
    /// One line of numbers.
    Stat,
    /// statm: pages of memory.
    Memory,
    /// The same to be read by people.
    Status,
    /// The arguments.
    Cmdline,
    /// The environment.
    Environ,
    /// The program's short name.
    Comm,
}

/// A file of /proc, as the process that opens it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcNode {
    /// A file of a process's folder; with number 0 of whichever process looks.
    Of(u32, ProcFile),
    /// /proc/self: a link to the folder of the process that looks.
    Own,
    /// /proc/thread-self: the same for its thread.
    OwnThread,
    /// A text that never changes, under /proc/sys.
    Constant(&'static str),
    /// /proc/meminfo
    MemInfo,
    /// /proc/version
    Version,
    /// /proc/self/mounts, to which /proc/mounts is a link.
    Mounts,
    /// /proc/uptime
    Uptime,
    /// /proc/loadavg
    LoadAverage,
    /// /proc/cpuinfo
    CpuInfo,
    /// /proc/stat
    Stat,
    /// /proc/filesystems
    FileSystems,
    /// /proc/cmdline: the kernel's command line.
    KernelCommandLine,
    /// /proc/firmseed/ledger: the ledger so far.
    Ledger,
    /// /proc/firmseed/head: the last link of its chain.
    LedgerHead,
    /// /proc/firmseed/counters: what each entry's process had used.
    LedgerCounters,
}

impl ProcNode {
    /// Descriptors that have a node in /proc/self/fd from the start; the others get one when somebody looks for it.
    pub const DESCRIPTORS: u32 = 64;
    /// One past the highest descriptor.
    pub const DESCRIPTORS_MAX: u32 = 1024;

    /// Does the node look like a symbolic link?
    pub const fn is_link(self) -> bool {
        matches!(
            self,
            ProcNode::Own
                | ProcNode::OwnThread
                | ProcNode::Of(
                    _,
                    ProcFile::Exe | ProcFile::Cwd | ProcFile::Root | ProcFile::Descriptor(_)
                )
        )
    }

    /// Is its text made when it is opened, and stays? All others are made again when they are read from their beginning.
    pub const fn is_made_at_opening(self) -> bool {
        matches!(self, ProcNode::Of(_, ProcFile::Maps | ProcFile::Environ))
    }

    /// Is it read from its beginning on, so that it has no end to seek from?
    pub const fn is_sequential(self) -> bool {
        !matches!(
            self,
            ProcNode::Of(_, ProcFile::Environ | ProcFile::Cmdline) | ProcNode::Constant(_)
        )
    }

    /// Can nobody write it, change its mode or give it away: a setting, or the ledger?
    pub const fn is_fixed(self) -> bool {
        use ProcNode::{Constant, Ledger, LedgerCounters, LedgerHead};
        matches!(self, Constant(_) | Ledger | LedgerHead | LedgerCounters)
    }

    /// Is it of the kernel, neither of a process nor a setting?
    pub const fn is_of_kernel(self) -> bool {
        !matches!(self, ProcNode::Of(..) | ProcNode::Constant(_) | ProcNode::Mounts)
    }

    pub(super) const fn permissions(self) -> u32 {
        match self {
            ProcNode::Of(_, ProcFile::Environ) => 0o400,
            ProcNode::Of(_, ProcFile::Comm) => 0o644,
            _ if self.is_link() => 0o777,
            _ => 0o444,
        }
    }
}

impl Device {
    /// st_rdev: major * 256 + minor, as Linux numbers its devices.
    pub const fn number(self) -> u64 {
        let (major, minor) = self.major_minor();
        (major as u64) << 8 | minor as u64
    }
}
