//! The same random calls on our file system and on the Linux that runs the tests: the same results.

use super::*;
use crate::fs::NO_LINKS;
use proptest::prelude::*;
use rustix::fs::{
    AtFlags, Mode, OFlags, RenameFlags, linkat, mkdirat, open, openat, renameat_with, statat,
    symlinkat, unlinkat,
};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::string::ToString;

#[derive(Clone, Debug)]
enum Call {
    Open { path: String, follow: bool, exclusive: bool },
    Mkdir(String),
    Symlink { target: String, path: String },
    Link { old: String, new: String },
    Unlink(String),
    Rmdir(String),
    Rename { old: String, new: String, how: u8 },
    Stat { path: String, follow: bool },
}

/// The folder that the calls work in, some levels below the root so that `..` cannot leave the test.
const BASE: [&str; 3] = ["x", "y", "z"];

/// Short paths over few names, so that calls meet each other; at most two `..`.
fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![8 => "[abc]", 1 => Just(".".to_string()), 1 => Just("..".to_string())];
    let names = proptest::collection::vec(name, 1..4);
    let slash = prop_oneof![6 => Just(""), 1 => Just("/"), 1 => Just("//")];
    let plenty = |names: &Vec<String>| names.iter().filter(|name| *name == "..").count() <= 2;
    (names.prop_filter("too many ..", plenty), slash)
        .prop_map(|(names, slash)| names.join("/") + slash)
}

fn target() -> impl Strategy<Value = String> {
    proptest::collection::vec("[abc]", 1..3).prop_map(|names| names.join("/"))
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        3 => (path(), any::<bool>(), any::<bool>()).prop_map(|(path, follow, exclusive)| Call::Open { path, follow, exclusive }),
        4 => path().prop_map(Call::Mkdir),
        2 => (target(), path()).prop_map(|(target, path)| Call::Symlink { target, path }),
        2 => (path(), path()).prop_map(|(old, new)| Call::Link { old, new }),
        1 => path().prop_map(Call::Unlink),
        1 => path().prop_map(Call::Rmdir),
        5 => (path(), path(), 0u8..3).prop_map(|(old, new, how)| Call::Rename { old, new, how }),
        2 => (path(), any::<bool>()).prop_map(|(path, follow)| Call::Stat { path, follow }),
    ]
}

fn on_linux(base: &OwnedFd, call: &Call) -> Result<(), i32> {
    let mode = Mode::from_raw_mode(0o755);
    let result = match call {
        Call::Open { path, follow, exclusive } => {
            let mut flags = OFlags::CREATE | OFlags::WRONLY;
            flags.set(OFlags::NOFOLLOW, !follow);
            flags.set(OFlags::EXCL, *exclusive);
            openat(base, path, flags, mode).map(drop)
        }
        Call::Mkdir(path) => mkdirat(base, path, mode),
        Call::Symlink { target, path } => symlinkat(target, base, path),
        Call::Link { old, new } => linkat(base, old, base, new, AtFlags::empty()),
        Call::Unlink(path) => unlinkat(base, path, AtFlags::empty()),
        Call::Rmdir(path) => unlinkat(base, path, AtFlags::REMOVEDIR),
        Call::Rename { old, new, how } => {
            let flags = [RenameFlags::empty(), RenameFlags::NOREPLACE, RenameFlags::EXCHANGE];
            renameat_with(base, old, base, new, flags[usize::from(*how)])
        }
        Call::Stat { path, follow } => {
            let flags = if *follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            statat(base, path, flags).map(drop)
        }
    };
    result.map_err(rustix::io::Errno::raw_os_error)
}

fn on_ours(bench: &mut Bench, base: InodeId, call: &Call) -> Result<(), i32> {
    let result = ours(bench, base, call);
    result.map_err(|error| error as i32)
}

fn follow_if(follow: bool) -> Follow {
    if follow { Follow::Yes } else { Follow::No }
}

fn ours(bench: &mut Bench, base: InodeId, call: &Call) -> Result<(), Errno> {
    let Bench { fs, pool, .. } = bench;
    match call {
        Call::Open { path, follow, exclusive } => {
            let create = if *exclusive { Create::Exclusive } else { Create::IfMissing };
            let opened = fs.open_or_create(
                base,
                path.as_bytes(),
                follow_if(*follow),
                create,
                0o644,
                NO_LINKS,
            )?;
            match opened {
                Opened::Existing(inode) if fs.kind(inode) == FileKind::Symlink => Err(Errno::ELOOP),
                _ => Ok(()),
            }
        }
        Call::Mkdir(path) => {
            let (directory, name) = fs.resolve_parent(base, path.as_bytes())?;
            fs.create_directory(directory, name, 0o755).map(drop)
        }
        Call::Symlink { target, path } => {
            let (directory, name) = fs.resolve_parent(base, path.as_bytes())?;
            fs.symlink(directory, name, target.as_bytes()).map(drop)
        }
        Call::Link { old, new } => {
            let inode = fs.resolve(base, old.as_bytes(), Follow::No)?;
            let (directory, name) = fs.resolve_parent(base, new.as_bytes())?;
            fs.link(inode, directory, name)
        }
        Call::Unlink(path) => {
            let (directory, name) = fs.resolve_parent(base, path.as_bytes())?;
            fs.unlink(directory, name, pool)
        }
        Call::Rmdir(path) => {
            let (directory, name) = fs.resolve_parent(base, path.as_bytes())?;
            fs.remove_directory(directory, name, pool)
        }
        Call::Rename { old, new, how } => {
            let how = [Rename::Replace, Rename::NoReplace, Rename::Exchange][usize::from(*how)];
            let (old_directory, old_name) = fs.resolve_parent(base, old.as_bytes())?;
            let (new_directory, new_name) = fs.resolve_parent(base, new.as_bytes())?;
            fs.rename(old_directory, old_name, new_directory, new_name, how, pool)
        }
        Call::Stat { path, follow } => {
            fs.resolve(base, path.as_bytes(), follow_if(*follow)).map(drop)
        }
    }
}

/// Type, links and target of everything below `folder`, in the order of names. Some of Linux's file
/// systems do not count the links of directories: then they are left out.
fn linux_tree(folder: &Path, prefix: &str, counts: bool, lines: &mut Vec<String>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let name = std::format!("{prefix}/{}", entry.file_name().unwrap().to_str().unwrap());
        let metadata = std::fs::symlink_metadata(&entry).unwrap();
        let target = std::fs::read_link(&entry).unwrap_or_default();
        let kind = metadata.mode() & 0o170_000;
        let links = if metadata.is_dir() && !counts { 0 } else { metadata.nlink() };
        lines.push(std::format!("{name} {kind:o} {links} {}", target.display()));
        if metadata.is_dir() {
            linux_tree(&entry, &name, counts, lines);
        }
    }
}

fn our_tree(bench: &Bench, folder: InodeId, prefix: &str, counts: bool, lines: &mut Vec<String>) {
    let mut names = bench.names(folder).split_off(2);
    names.sort();
    for name in names {
        let inode = bench.fs.lookup(folder, name.as_bytes()).unwrap();
        let name = std::format!("{prefix}/{name}");
        let stat = bench.fs.stat(inode);
        let kind = stat.mode & 0o170_000;
        let target =
            String::from_utf8(bench.fs.readlink(inode).unwrap_or_default().to_vec()).unwrap();
        let is_directory = bench.fs.is_directory(inode);
        let links = if is_directory && !counts { 0 } else { stat.nlink };
        lines.push(std::format!("{name} {kind:o} {links} {target}"));
        if is_directory {
            our_tree(bench, inode, &name, counts, lines);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_same_calls_give_the_same_results(calls in proptest::collection::vec(call(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join(BASE.join("/"));
        std::fs::create_dir_all(&real).unwrap();
        let counts = std::fs::metadata(folder.path()).unwrap().nlink() == 3;
        let fd = open(&real, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
        let mut bench = Bench::new(1);
        let mut base = InodeId::ROOT;
        for name in BASE {
            base = bench.fs.create_directory(base, name.as_bytes(), 0o755).unwrap();
        }
        bench.fs.hold(base);
        for call in &calls {
            let expected = on_linux(&fd, call);
            let found = on_ours(&mut bench, base, call);
            prop_assert_eq!(found, expected, "{:?} in {:?}", call, calls);
        }
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        linux_tree(&folder.path().join("x"), "", counts, &mut expected);
        let x = bench.at("/x").unwrap();
        our_tree(&bench, x, "", counts, &mut found);
        prop_assert_eq!(found, expected, "{:?}", calls);
    }
}
