//! Tests of the file system: by hand, against models, and against Linux.

mod contents;
mod directories;
#[cfg(target_os = "linux")]
mod linux;
mod paths;
mod permissions;
mod renames;
mod trees;

use super::*;
use crate::testing::FakeMemory;
use std::string::String;
use std::vec::Vec;

/// A file system with memory below it, and calls that take paths.
struct Bench {
    fs: Fs,
    memory: FakeMemory,
    pool: FramePool<'static>,
}

impl Bench {
    fn new(frames: usize) -> Self {
        let (memory, pool) = FakeMemory::with_pool(frames);
        let fs = Fs::new().unwrap();
        Bench { fs, memory, pool }
    }

    fn used_frames(&self) -> usize {
        self.pool.total() - self.pool.free()
    }

    fn at(&self, path: &str) -> Result<InodeId, Errno> {
        self.fs.resolve(InodeId::ROOT, path.as_bytes(), Follow::Yes)
    }

    fn link_at(&self, path: &str) -> Result<InodeId, Errno> {
        self.fs.resolve(InodeId::ROOT, path.as_bytes(), Follow::No)
    }

    fn parent<'p>(&self, path: &'p str) -> Result<(InodeId, &'p [u8]), Errno> {
        self.fs.resolve_parent(InodeId::ROOT, path.as_bytes())
    }

    fn create(&mut self, path: &str) -> Result<InodeId, Errno> {
        let (directory, name) = self.parent(path)?;
        self.fs.create_file(directory, name, 0o644)
    }

    fn mkdir(&mut self, path: &str) -> Result<InodeId, Errno> {
        let (directory, name) = self.parent(path)?;
        self.fs.create_directory(directory, name, 0o755)
    }

    fn symlink(&mut self, target: &str, path: &str) -> Result<InodeId, Errno> {
        let (directory, name) = self.parent(path)?;
        self.fs.symlink(directory, name, target.as_bytes())
    }

    fn link(&mut self, old: &str, new: &str) -> Result<(), Errno> {
        let inode = self.link_at(old)?;
        let (directory, name) = self.parent(new)?;
        self.fs.link(inode, directory, name)
    }

    fn unlink(&mut self, path: &str) -> Result<(), Errno> {
        let (directory, name) = self.parent(path)?;
        self.fs.unlink(directory, name, &mut self.pool)
    }

    fn rmdir(&mut self, path: &str) -> Result<(), Errno> {
        let (directory, name) = self.parent(path)?;
        self.fs.remove_directory(directory, name, &mut self.pool)
    }

    fn rename(&mut self, old: &str, new: &str, how: Rename) -> Result<(), Errno> {
        let (old_directory, old_name) = self.parent(old)?;
        let (new_directory, new_name) = self.parent(new)?;
        let Bench { fs, pool, .. } = self;
        fs.rename(old_directory, old_name, new_directory, new_name, how, pool)
    }

    fn write(&mut self, inode: InodeId, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        self.fs.write(inode, offset, bytes, &mut self.pool, &mut self.memory)
    }

    fn set_size(&mut self, inode: InodeId, size: u64) -> Result<(), Errno> {
        self.fs.set_size(inode, size, &mut self.pool, &mut self.memory)
    }

    fn map(&mut self, inode: InodeId, page: u64) -> Result<Option<Frame>, Errno> {
        self.fs.page_for_map(inode, page, &mut self.pool, &mut self.memory)
    }

    fn read_all(&self, inode: InodeId) -> Vec<u8> {
        let mut bytes = std::vec![0; self.fs.size(inode) as usize];
        let count = self.fs.read(inode, 0, &mut bytes, &self.memory);
        assert_eq!(count, bytes.len());
        bytes
    }

    fn path_of(&self, inode: InodeId) -> String {
        String::from_utf8(self.fs.path_of(inode).unwrap()).unwrap()
    }

    fn names(&self, inode: InodeId) -> Vec<String> {
        let mut names = Vec::new();
        let mut cookie = 0;
        while let Some(entry) = self.fs.entry_after(inode, cookie) {
            assert!(entry.cookie > cookie);
            cookie = entry.cookie;
            names.push(String::from_utf8(entry.name.to_vec()).unwrap());
        }
        names
    }
}

use crate::addr::Frame;

#[test]
fn a_running_program_is_not_written_and_a_written_file_does_not_run() {
    let mut bench = Bench::new(1);
    let file = bench.create("/program").unwrap();
    bench.fs.begin_write(file).unwrap();
    assert_eq!(bench.fs.begin_exec(file), Err(Errno::ETXTBSY));
    bench.fs.end_write(file);
    bench.fs.begin_exec(file).unwrap();
    bench.fs.begin_exec(file).unwrap();
    bench.fs.end_exec(file);
    assert_eq!(bench.fs.begin_write(file), Err(Errno::ETXTBSY));
    assert_eq!(bench.fs.refuse_if_running(file), Err(Errno::ETXTBSY));
    bench.fs.end_exec(file);
    assert_eq!(bench.fs.begin_write(file), Ok(()));
}

#[test]
fn an_unlinked_file_lives_until_its_last_holder_goes() {
    let mut bench = Bench::new(8);
    let file = bench.create("/tmp/log").unwrap();
    bench.write(file, 0, b"still here").unwrap();
    bench.fs.hold(file);
    bench.fs.hold(file);
    bench.unlink("/tmp/log").unwrap();
    assert_eq!(bench.at("/tmp/log"), Err(Errno::ENOENT));
    assert_eq!(bench.path_of(file), "/tmp/log (deleted)");
    assert_eq!(bench.fs.stat(file).nlink, 0);
    assert!(!bench.fs.is_linked(file));
    bench.fs.drop_hold(file, &mut bench.pool);
    bench.write(file, 5000, b"more").unwrap();
    assert_eq!(&bench.read_all(file)[..10], b"still here");
    assert_eq!(bench.used_frames(), 2);
    bench.fs.drop_hold(file, &mut bench.pool);
    assert_eq!(bench.used_frames(), 0);
    // The inode is used again.
    assert_eq!(bench.create("/tmp/new"), Ok(file));
    assert_eq!(bench.path_of(file), "/tmp/new");
}

#[test]
fn proc_is_sealed_and_devices_are_named() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.create("/proc/x"), Err(Errno::ENOENT));
    assert_eq!(bench.mkdir("/proc/self/x"), Err(Errno::ENOENT));
    assert_eq!(bench.unlink("/proc/meminfo"), Err(Errno::EPERM));
    assert_eq!(bench.rmdir("/proc/self"), Err(Errno::ENOTDIR));
    assert_eq!(bench.unlink("/proc/self"), Err(Errno::EPERM));
    assert_eq!(bench.rename("/proc/meminfo", "/m", Rename::Replace), Err(Errno::EXDEV));
    assert_eq!(bench.rename("/proc/meminfo", "/proc/m", Rename::Replace), Err(Errno::ENOENT));
    assert_eq!(bench.rename("/proc/meminfo", "/proc/stat", Rename::Replace), Err(Errno::EPERM));
    assert_eq!(bench.link("/proc/meminfo", "/m"), Err(Errno::EXDEV));
    let meminfo = bench.at("/proc/meminfo").unwrap();
    assert_eq!(bench.fs.chmod(meminfo, 0o400), Ok(()));
    let setting = bench.at("/proc/sys/kernel/ostype").unwrap();
    assert_eq!(bench.fs.chmod(setting, 0o400), Err(Errno::EPERM));
    assert_eq!(bench.rename("/proc", "/m", Rename::Replace), Err(Errno::EBUSY));
    assert_eq!(bench.rmdir("/proc"), Err(Errno::EBUSY));
    assert_eq!(bench.fs.kind(meminfo), FileKind::Proc(ProcNode::MemInfo));
    let mounts = bench.at("/proc/mounts").unwrap();
    assert_eq!(bench.fs.kind(mounts), FileKind::Proc(ProcNode::Mounts));
    let exe = bench.at("/proc/self/exe").unwrap();
    assert_eq!(bench.fs.kind(exe), FileKind::Proc(ProcNode::Of(0, ProcFile::Exe)));
    assert_eq!(bench.fs.stat(exe).mode, 0o120_777);
    assert_eq!(bench.at("/proc/self/exe/x"), Err(Errno::ENOTDIR));
    for (path, number) in [("/dev/stdin", 0), ("/dev/stderr", 2), ("/dev/fd/31", 31)] {
        let node = bench.at(path).unwrap();
        assert_eq!(
            bench.fs.kind(node),
            FileKind::Proc(ProcNode::Of(0, ProcFile::Descriptor(number)))
        );
    }
    let null = bench.at("/dev/null").unwrap();
    assert_eq!(bench.fs.kind(null), FileKind::Device(Device::Null));
    let stat = bench.fs.stat(null);
    assert_eq!((stat.mode, stat.rdev), (0o020_666, 0x103));
    assert_eq!(bench.fs.chunk(null, 0, 100), Chunk::END);
    assert_eq!(bench.write(null, 0, b"x"), Err(Errno::EINVAL));
    assert_eq!(bench.write(InodeId::ROOT, 0, b"x"), Err(Errno::EISDIR));
}

#[test]
fn attributes_are_kept() {
    let mut bench = Bench::new(2);
    bench.fs.now = Time { seconds: 7, nanoseconds: 8 };
    let file = bench.create("/f").unwrap();
    let born = bench.fs.stat(file);
    assert_eq!((born.mode, born.nlink, born.size), (0o100_644, 1, 0));
    assert_eq!((born.atime, born.mtime, born.ctime), (bench.fs.now, bench.fs.now, bench.fs.now));
    bench.fs.now = Time { seconds: 9, nanoseconds: 0 };
    bench.fs.chmod(file, 0o106_755).unwrap();
    bench.fs.chown(file, Some(5), None).unwrap();
    let stat = bench.fs.stat(file);
    assert_eq!((stat.mode, stat.uid, stat.gid), (0o100_755, 5, 0));
    let executes = |stat: Stat| stat.mode & 0o111 != 0;
    assert!(executes(stat) && !executes(born));
    assert_eq!((stat.mtime, stat.ctime), (born.mtime, bench.fs.now));
    let past = Time { seconds: -1, nanoseconds: 3 };
    bench.fs.set_times(file, None, Some(past)).unwrap();
    assert_eq!(bench.fs.stat(file).mtime, past);
    assert_eq!(bench.fs.stat(file).atime, born.atime);
    let version = bench.fs.version(file);
    bench.write(file, 0, b"x").unwrap();
    assert!(bench.fs.version(file) > version);
    assert_eq!(bench.fs.stat(file).mtime, bench.fs.now);
    let link = bench.symlink("f", "/l").unwrap();
    assert_eq!(bench.fs.chmod(link, 0), Err(Errno::EOPNOTSUPP));
    assert_eq!(bench.fs.readlink(link), Ok(&b"f"[..]));
    assert_eq!(bench.fs.readlink(file), Err(Errno::EINVAL));
    assert_eq!(bench.fs.stat(link).size, 1);
}
