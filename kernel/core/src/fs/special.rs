//! The nodes that the kernel makes itself: devices, /proc, /tmp.
//!
//! The file system only says what they are; the system calls read and write them.

use super::Fs;
use super::directory::{Directory, Seal};
use super::inode::{Inode, Node};
use super::kinds::{Device, InodeId, Origin, ProcNode};
use super::name::Name;
use crate::errno::Errno;

type Nodes = &'static [(&'static [u8], ProcNode)];

/// /proc.
static PROC: Nodes = &[
    (b"meminfo", ProcNode::MemInfo),
    (b"version", ProcNode::Version),
    (b"uptime", ProcNode::Uptime),
    (b"loadavg", ProcNode::LoadAverage),
    (b"cpuinfo", ProcNode::CpuInfo),
    (b"stat", ProcNode::Stat),
    (b"filesystems", ProcNode::FileSystems),
    (b"cmdline", ProcNode::KernelCommandLine),
    (b"self", ProcNode::Own),
    (b"thread-self", ProcNode::OwnThread),
];
/// /proc/firmseed.
static LEDGER: Nodes = &[
    (b"ledger", ProcNode::Ledger),
    (b"head", ProcNode::LedgerHead),
    (b"counters", ProcNode::LedgerCounters),
];

/// /proc/sys/kernel.
static KERNEL: Nodes = &[
    (b"ostype", ProcNode::Constant("Linux")),
    (b"osrelease", ProcNode::Constant(RELEASE)),
    (b"version", ProcNode::Constant("#1 firmseed")),
    (b"hostname", ProcNode::Constant("firmseed")),
    (b"domainname", ProcNode::Constant("(none)")),
    (b"pid_max", ProcNode::Constant("4194304")),
    (b"threads-max", ProcNode::Constant("4096")),
    (b"ngroups_max", ProcNode::Constant("65536")),
    (b"cap_last_cap", ProcNode::Constant("40")),
    (b"core_pattern", ProcNode::Constant("core")),
    (b"tainted", ProcNode::Constant("0")),
];
/// /proc/sys/vm.
static MEMORY: Nodes = &[
    (b"overcommit_memory", ProcNode::Constant("0")),
    (b"max_map_count", ProcNode::Constant("65530")),
    (b"mmap_min_addr", ProcNode::Constant("4096")),
];
/// /proc/sys/fs.
static FILES: Nodes = &[
    (b"file-max", ProcNode::Constant("9223372036854775807")),
    (b"nr_open", ProcNode::Constant("1024")),
    (b"pipe-max-size", ProcNode::Constant("65536")),
    (b"protected_hardlinks", ProcNode::Constant("1")),
    (b"protected_symlinks", ProcNode::Constant("1")),
];

/// The release that programs see: they check for features of a Linux of that age.
pub const RELEASE: &str = "6.1.0-firmseed";

impl Fs {
    /// Builds the first tree.
    pub(super) fn make_first_tree(&mut self) -> Result<(), Errno> {
        let root = self.add_node(
            None,
            Name::Image(b"/"),
            Node::Directory(Directory::new(Seal::Open)),
            0o755,
        )?;
        let dev = self.add_directory_node(root, b"dev", Seal::Open, 0o755)?;
        for (name, device) in Device::ALL {
            let permissions = if device == Device::Console { 0o600 } else { 0o666 };
            self.add_node(Some(dev), Name::Image(name), Node::Device(device), permissions)?;
        }
        self.add_link_node(dev, b"fd", b"/proc/self/fd")?;
        self.add_link_node(dev, b"stdin", b"/proc/self/fd/0")?;
        self.add_link_node(dev, b"stdout", b"/proc/self/fd/1")?;
        self.add_link_node(dev, b"stderr", b"/proc/self/fd/2")?;
        self.add_directory_node(dev, b"shm", Seal::Open, 0o1777)?;
        self.add_directory_node(root, b"tmp", Seal::Open, 0o1777)?;
        self.make_proc(root)
    }

    fn make_proc(&mut self, root: InodeId) -> Result<(), Errno> {
        let proc = self.add_directory_node(root, b"proc", Seal::Sealed, 0o555)?;
        let ledger = self.add_directory_node(proc, b"firmseed", Seal::Fixed, 0o555)?;
        let settings = self.add_directory_node(proc, b"sys", Seal::Fixed, 0o555)?;
        let kernel = self.add_directory_node(settings, b"kernel", Seal::Fixed, 0o555)?;
        let memory = self.add_directory_node(settings, b"vm", Seal::Fixed, 0o555)?;
        let files = self.add_directory_node(settings, b"fs", Seal::Fixed, 0o555)?;
        self.proc = proc;
        self.make_own_folder()?;
        for (parent, nodes) in
            [(proc, PROC), (ledger, LEDGER), (kernel, KERNEL), (memory, MEMORY), (files, FILES)]
        {
            for &(name, node) in nodes {
                self.add_node(
                    Some(parent),
                    Name::Image(name),
                    Node::Proc(node),
                    node.permissions(),
                )?;
            }
        }
        self.add_link_node(proc, b"mounts", b"self/mounts")?;
        Ok(())
    }

    fn add_directory_node(
        &mut self,
        parent: InodeId,
        name: &'static [u8],
        seal: Seal,
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        self.add_node(
            Some(parent),
            Name::Image(name),
            Node::Directory(Directory::new(seal)),
            permissions,
        )
    }

    pub(super) fn add_link_node(
        &mut self,
        parent: InodeId,
        name: &'static [u8],
        target: &'static [u8],
    ) -> Result<InodeId, Errno> {
        self.add_node(Some(parent), Name::Image(name), Node::Symlink(Name::Image(target)), 0o777)
    }

    /// Adds a node; without a parent it is the root. Seals bind programs, not this function.
    fn add_node(
        &mut self,
        parent: Option<InodeId>,
        name: Name,
        node: Node,
        permissions: u32,
    ) -> Result<InodeId, Errno> {
        let home = parent.unwrap_or(InodeId::ROOT);
        let inode = Inode::new(node, permissions, Origin::Image, home, self.now);
        match parent {
            None => self.inodes.add(inode),
            Some(parent) => self.attach(parent, name, inode),
        }
    }
}
