//! The folders of /proc that bear the numbers of processes. The file system is told which processes there are; their folders
//! are made when somebody first looks for one, and go with the process.

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
    (b"maps", ProcFile::Maps),
    (b"stat", ProcFile::Stat),
    (b"statm", ProcFile::Memory),
    (b"status", ProcFile::Status),
    (b"cmdline", ProcFile::Cmdline),
    (b"environ", ProcFile::Environ),
    (b"comm", ProcFile::Comm),
];

/// A process, and its folder if somebody has looked for one.
pub(super) struct Shown {
    process: u32,
    folder: Option<InodeId>,
}

impl Fs {
    /// There is a process of this number from now on. Without memory it has no folder.
    pub fn process_begins(&mut self, process: u32) {
        if self.processes.try_reserve(1).is_ok() {
            self.processes.push(Shown { process, folder: None });
        }
    }

    /// There is none any more.
    pub fn process_ends(&mut self, process: u32, pool: &mut FramePool) {
        let Some(index) = self.processes.iter().position(|shown| shown.process == process) else {
            return;
        };
        if let Some(folder) = self.processes.swap_remove(index).folder {
            let mut number = [0; 20];
            if let Ok(proc) = self.directory_mut(self.proc) {
                proc.remove(decimal(process.into(), &mut number));
            }
            self.inodes[self.proc].links -= 1;
            self.remove_tree(folder, pool);
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
        self.inodes[folder].links = 0;
        self.free_if_unused(folder, pool);
    }

    /// Makes the folders that are missing. Were any?
    ///
    /// # Errors
    /// ENOMEM.
    pub fn show_processes(&mut self) -> Result<bool, Errno> {
        let mut any = false;
        for index in 0..self.processes.len() {
            if self.processes[index].folder.is_none() {
                // Folders of thousands of processes must not take what others need to go on.
                let mut reserve: Vec<u8> = Vec::new();
                reserve.try_reserve_exact(RESERVE).map_err(|_| Errno::ENOMEM)?;
                drop(reserve);
                let folder = self.make_folder(self.processes[index].process)?;
                self.processes[index].folder = Some(folder);
                any = true;
            }
        }
        Ok(any)
    }

    fn make_folder(&mut self, process: u32) -> Result<InodeId, Errno> {
        let mut number = [0; 20];
        let number = decimal(process.into(), &mut number);
        let folder = self.add_folder(self.proc, number, Seal::Sealed)?;
        self.add_files(folder, process)?;
        self.add_link_node(folder, b"root", b"/")?;
        self.add_link_node(folder, b"mounts", b"/proc/self/mounts")?;
        self.add_folder(folder, b"fd", Seal::Descriptors(process))?;
        let threads = self.add_folder(folder, b"task", Seal::Sealed)?;
        let thread = self.add_folder(threads, number, Seal::Sealed)?;
        self.add_files(thread, process)?;
        Ok(folder)
    }

    fn add_folder(&mut self, parent: InodeId, name: &[u8], seal: Seal) -> Result<InodeId, Errno> {
        let node = Node::Directory(Directory::new(seal));
        let inode = Inode::new(node, 0o555, Origin::Image, parent, self.now);
        self.attach(parent, Name::copy(name)?, inode)
    }

    /// The files of a process.
    pub(super) fn add_files(&mut self, folder: InodeId, process: u32) -> Result<(), Errno> {
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

    /// The process whose descriptors a folder shows; 0 for the one that looks.
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
