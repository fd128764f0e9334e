//! The folders of /proc that bear the numbers of processes. The file system is told which processes there are; their folders
//! are made when somebody first looks for one, and go with the process.
//!
//! Most programs look for no more than /proc/self/exe and descriptors of their own. For these there is one folder without a
//! name, whose files are those of whichever process looks: /proc/self leads there as long as nobody has asked for a folder
//! of that process.

use super::Fs;
use super::directory::{Directory, Seal};
use super::inode::{Inode, Node};
use super::kinds::{InodeId, Origin, ProcFile, ProcNode};
use super::name::Name;
use crate::errno::Errno;
use crate::frames::FramePool;
use alloc::vec::Vec;
use firmseed_formats::number::decimal;

/// So much of the kernel's heap has to be free for another folder.
const RESERVE: usize = 512 * 1024;

/// What stands in each of them and is no folder.
const FILES: &[(&[u8], ProcFile)] = &[
    (b"exe", ProcFile::Exe),
    (b"cwd", ProcFile::Cwd),
    (b"root", ProcFile::Root),
    (b"maps", ProcFile::Maps),
    (b"stat", ProcFile::Stat),
    (b"statm", ProcFile::Memory),
    (b"status", ProcFile::Status),
    (b"cmdline", ProcFile::Cmdline),
    (b"environ", ProcFile::Environ),
    (b"comm", ProcFile::Comm),
];

/// Whose the files of a process are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessOwner {
    /// The effective user.
    pub user: u32,
    /// The effective group.
    pub group: u32,
    /// If not (PR_SET_DUMPABLE), all but the folder is root's.
    pub is_dumpable: bool,
}

/// A process, and its folder if somebody has looked for one.
pub(super) struct Shown {
    process: u32,
    owner: ProcessOwner,
    folder: Option<InodeId>,
}

/// Folders of thousands of processes and threads must not take what others need to go on.
fn check_reserve() -> Result<(), Errno> {
    let mut reserve: Vec<u8> = Vec::new();
    let outcome = reserve.try_reserve_exact(RESERVE).map_err(|_| Errno::ENOMEM);
    // Memory that nobody looks at, the compiler would not ask for.
    core::hint::black_box(&reserve);
    outcome
}

impl Fs {
    /// There is a process of this number from now on. Without memory it has no folder.
    pub fn process_begins(&mut self, process: u32, owner: ProcessOwner) {
        if self.processes.try_reserve(1).is_ok() {
            self.processes.push(Shown { process, owner, folder: None });
        }
    }

    /// It is somebody else's from now on.
    pub fn process_changes(&mut self, process: u32, owner: ProcessOwner) {
        if let Some(shown) = self.processes.iter_mut().find(|shown| shown.process == process) {
            shown.owner = owner;
        }
    }

    /// There is none any more.
    pub fn process_ends(&mut self, process: u32, pool: &mut FramePool) {
        let Some(index) = self.processes.iter().position(|shown| shown.process == process) else {
            return;
        };
        if let Some(folder) = self.processes.swap_remove(index).folder {
            self.remove_numbered(self.proc, process, folder, pool);
        }
    }

    /// Is this /proc?
    pub fn is_proc(&self, inode: InodeId) -> bool {
        inode == self.proc
    }

    /// How many processes are known.
    pub fn process_count(&self) -> usize {
        self.processes.len()
    }

    /// Forgets those that are gone.
    pub fn keep_processes(&mut self, lives: impl Fn(u32) -> bool, pool: &mut FramePool) {
        while let Some(gone) = self.processes.iter().find(|shown| !lives(shown.process)) {
            self.process_ends(gone.process, pool);
        }
    }

    /// Takes the folder of a process or of a thread away, with all below it.
    fn remove_numbered(
        &mut self,
        parent: InodeId,
        number: u32,
        folder: InodeId,
        pool: &mut FramePool,
    ) {
        let mut text = [0; 20];
        if let Ok(names) = self.directory_mut(parent) {
            names.remove(decimal(number.into(), &mut text));
        }
        self.inodes[parent].links -= 1;
        self.remove_tree(folder, pool);
    }

    /// Takes the name away from a folder of /proc and from all below it.
    fn remove_tree(&mut self, folder: InodeId, pool: &mut FramePool) {
        while let Some(inode) =
            self.directory(folder).ok().and_then(|names| names.after(0).next()).map(|name| name.2)
        {
            let name: Vec<u8> = match self.directory(folder).ok().and_then(|n| n.name_of(inode)) {
                Some(name) => name.into(),
                None => break,
            };
            if let Ok(names) = self.directory_mut(folder) {
                names.remove(&name);
            }
            match self.is_directory(inode) {
                true => self.remove_tree(inode, pool),
                false => self.drop_link(inode, pool),
            }
        }
        self.drop_directory(folder, pool);
    }

    /// Makes the folders that are missing. Were any?
    ///
    /// # Errors
    /// ENOMEM.
    pub fn show_processes(&mut self) -> Result<bool, Errno> {
        let mut any = false;
        for index in 0..self.processes.len() {
            if self.processes[index].folder.is_none() {
                check_reserve()?;
                let folder = self.make_folder(self.processes[index].process)?;
                self.processes[index].folder = Some(folder);
                any = true;
            }
        }
        Ok(any)
    }

    /// The threads of a process are these from now on, in order: their folders are made, and those of others go.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn show_threads(
        &mut self,
        process: u32,
        threads: &[u32],
        pool: &mut FramePool,
    ) -> Result<(), Errno> {
        let shown = self.processes.iter().find(|shown| shown.process == process);
        let Some(folder) = shown.and_then(|shown| shown.folder) else {
            return Ok(());
        };
        let folder = self.lookup(folder, b"task")?;
        let mut cookie = 0;
        loop {
            let next = self.directory(folder)?.after(cookie).next();
            let Some((own, _, inode)) = next else { break };
            cookie = own;
            if let Some(thread) = self.thread_of_folder(inode)
                && threads.binary_search(&thread).is_err()
            {
                self.remove_numbered(folder, thread, inode, pool);
            }
        }
        for &thread in threads {
            let mut number = [0; 20];
            let number = decimal(thread.into(), &mut number);
            if self.directory(folder)?.get(number).is_none() {
                check_reserve()?;
                let made = self.add_folder(folder, number, Seal::Thread(thread))?;
                if let Err(errno) = self.add_files(made, thread) {
                    self.remove_numbered(folder, thread, made, pool);
                    return Err(errno);
                }
            }
        }
        Ok(())
    }

    /// The thread whose folder it is.
    pub fn thread_of_folder(&self, inode: InodeId) -> Option<u32> {
        match self.directory(inode).ok()?.seal {
            Seal::Thread(thread) => Some(thread),
            _ => None,
        }
    }

    /// The process whose threads a folder shows.
    pub fn shows_threads(&self, folder: InodeId) -> Option<u32> {
        match self.directory(folder).ok()?.seal {
            Seal::Threads(process) => Some(process),
            _ => None,
        }
    }

    /// The folder of whichever process looks.
    pub(super) fn make_own_folder(&mut self) -> Result<(), Errno> {
        let node = Node::Directory(Directory::new(Seal::Process));
        self.own = self.inodes.add(Inode::new(node, 0o555, Origin::Image, self.proc, self.now))?;
        let descriptors = self.fill_folder(self.own, 0)?;
        for number in 0..ProcNode::DESCRIPTORS {
            self.show_descriptor(descriptors, number)?;
        }
        Ok(())
    }

    /// Where /proc/self or /proc/thread-self leads.
    ///
    /// # Errors
    /// ENOENT where the folder is still to be made.
    pub(super) fn own_folder(&self, link: ProcNode) -> Result<InodeId, Errno> {
        let shown = self.processes.iter().find(|shown| shown.process == self.reader);
        match (shown.and_then(|shown| shown.folder), link) {
            (Some(folder), ProcNode::OwnThread) => {
                let mut number = [0; 20];
                let threads = self.lookup(folder, b"task")?;
                self.lookup(threads, decimal(self.reader.into(), &mut number))
            }
            (Some(folder), _) => Ok(folder),
            (None, ProcNode::Own) => Ok(self.own),
            (None, _) => Err(Errno::ENOENT),
        }
    }

    /// Is it the folder without a name, or the one in it? Who sees a folder sees one that has a name.
    pub fn is_own_folder(&self, inode: InodeId) -> bool {
        inode == self.own || self.shows_descriptors(inode) == Some(0)
    }

    /// Is it the folder that shows the descriptors of the process that looks?
    pub(super) fn shows_own_descriptors(&self, folder: InodeId) -> bool {
        let process = self.shows_descriptors(folder);
        process.is_some_and(|process| process == 0 || process == self.reader)
    }

    /// The node of a descriptor of the process that looks, where a folder that shows them has none yet.
    #[inline(never)]
    pub(super) fn own_descriptor(&self, folder: InodeId, name: &[u8]) -> Option<InodeId> {
        if !self.shows_own_descriptors(folder) {
            return None;
        }
        let descriptors = self.directory(self.own).ok()?.get(b"fd")?;
        self.directory(descriptors).ok()?.get(name)
    }

    /// Is it the folder of a process or of a thread?
    pub(super) fn is_process_folder(&self, folder: InodeId) -> bool {
        self.directory(folder)
            .is_ok_and(|names| matches!(names.seal, Seal::Process | Seal::Thread(_)))
    }

    /// Is it a setting in /proc/sys, the ledger in /proc/firmseed, or a folder there?
    pub(super) fn is_fixed(&self, inode: InodeId) -> bool {
        match &self.inodes[inode].node {
            Node::Directory(names) => names.seal == Seal::Fixed,
            Node::Proc(node) => node.is_fixed(),
            _ => false,
        }
    }

    /// A directory is no folder of a process or thread that is gone.
    ///
    /// # Errors
    /// ESRCH.
    #[inline(never)]
    pub(super) fn check_process(&self, directory: InodeId) -> Result<(), Errno> {
        let is_of_process =
            |seal| matches!(seal, Seal::Process | Seal::Thread(_) | Seal::Threads(_));
        match self.directory(directory)?.seal {
            seal if is_of_process(seal) && self.inodes[directory].links == 0 => Err(Errno::ESRCH),
            _ => Ok(()),
        }
    }

    /// User and group of an inode.
    pub(super) fn owner_of(&self, id: InodeId) -> (u32, u32) {
        let inode = &self.inodes[id];
        self.owner_in_proc(id).unwrap_or((inode.uid, inode.gid))
    }

    /// Is it the folder of a process, or something in it?
    pub(super) fn is_of_process(&self, id: InodeId) -> bool {
        self.owner_in_proc(id).is_some()
    }

    /// User and group of something in the folder of a process, None elsewhere.
    fn owner_in_proc(&self, inode: InodeId) -> Option<(u32, u32)> {
        match &self.inodes[inode].node {
            Node::Proc(_) => {}
            Node::Directory(names) if names.seal != Seal::Open => {}
            _ => return None,
        }
        let mut folder = inode;
        while self.inodes[folder].home != self.proc {
            if folder == InodeId::ROOT {
                return None;
            }
            folder = self.inodes[folder].home;
        }
        let is_meant = |shown: &&Shown| match folder == self.own {
            true => shown.process == self.reader,
            false => shown.folder == Some(folder),
        };
        let ProcessOwner { user, group, is_dumpable } = self.processes.iter().find(is_meant)?.owner;
        let is_open = matches!(&self.inodes[inode].node, Node::Directory(names)
            if !matches!(names.seal, Seal::Descriptors(_)));
        Some(if is_dumpable || is_open { (user, group) } else { (0, 0) })
    }

    fn make_folder(&mut self, process: u32) -> Result<InodeId, Errno> {
        let mut number = [0; 20];
        let number = decimal(process.into(), &mut number);
        let folder = self.add_folder(self.proc, number, Seal::Process)?;
        self.fill_folder(folder, process)?;
        let threads = self.add_folder(folder, b"task", Seal::Threads(process))?;
        let thread = self.add_folder(threads, number, Seal::Thread(process))?;
        self.add_files(thread, process)?;
        Ok(folder)
    }

    /// What all folders of processes have. Returns that of the descriptors.
    fn fill_folder(&mut self, folder: InodeId, process: u32) -> Result<InodeId, Errno> {
        self.add_files(folder, process)?;
        self.add_proc_node(folder, Name::Image(b"mounts"), ProcNode::Mounts)?;
        self.add_folder(folder, b"fd", Seal::Descriptors(process))
    }

    fn add_folder(&mut self, parent: InodeId, name: &[u8], seal: Seal) -> Result<InodeId, Errno> {
        let permissions = if let Seal::Descriptors(_) = seal { 0o500 } else { 0o555 };
        let node = Node::Directory(Directory::new(seal));
        let inode = Inode::new(node, permissions, Origin::Image, parent, self.now);
        self.attach(parent, Name::copy(name)?, inode)
    }

    /// The files of a process.
    fn add_files(&mut self, folder: InodeId, process: u32) -> Result<(), Errno> {
        for &(name, file) in FILES {
            self.add_proc_node(folder, Name::Image(name), ProcNode::Of(process, file))?;
        }
        Ok(())
    }

    fn add_proc_node(&mut self, folder: InodeId, name: Name, node: ProcNode) -> Result<(), Errno> {
        let inode =
            Inode::new(Node::Proc(node), node.permissions(), Origin::Image, folder, self.now);
        self.attach(folder, name, inode)?;
        Ok(())
    }

    /// The process whose descriptors a folder shows; 0 is the one that looks.
    pub fn shows_descriptors(&self, folder: InodeId) -> Option<u32> {
        match self.directory(folder).ok()?.seal {
            Seal::Descriptors(process) => Some(process),
            _ => None,
        }
    }

    /// Makes the node of a descriptor in the folder that shows them, if it is missing.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn show_descriptor(&mut self, folder: InodeId, number: u32) -> Result<(), Errno> {
        let Some(process) = self.shows_descriptors(folder) else {
            return Ok(());
        };
        let mut text = [0; 20];
        let name = decimal(number.into(), &mut text);
        if self.directory(folder)?.get(name).is_some() {
            return Ok(());
        }
        let node = ProcNode::Of(process, ProcFile::Descriptor(number));
        self.add_proc_node(folder, Name::copy(name)?, node)
    }

    /// A path led nowhere. If it looks like one of /proc or /dev/fd (other paths may lead there by links, and find what others
    /// have looked for), what could be meant is made. Is it worth another try?
    ///
    /// # Errors
    /// ENOMEM.
    pub fn show_for(&mut self, start: InodeId, path: &[u8]) -> Result<bool, Errno> {
        let names = |part: &[u8]| path.windows(part.len()).any(|window| window == part);
        let starts_there = self.directory(start).is_ok_and(|names| names.seal != Seal::Open);
        if !starts_there && !names(b"proc") && !names(b"fd/") {
            return Ok(false);
        }
        let mut any = self.show_processes()?;
        if let Ok((folder, name)) = self.resolve_parent(start, path)
            && self.shows_descriptors(folder).is_some()
            && let Some(number) = core::str::from_utf8(name).ok().and_then(|name| name.parse().ok())
            && number < ProcNode::DESCRIPTORS_MAX
        {
            self.show_descriptor(folder, number)?;
            any = true;
        }
        Ok(any)
    }
}
