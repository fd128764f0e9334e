//! Names and attributes: open, stat, directories, links, /proc.

use super::*;

const AT_EMPTY_PATH: u64 = 0x1000;
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
const AT_REMOVEDIR: u64 = 0x200;

fn mode_of(rig: &mut Rig, path: &str, flags: u64) -> i64 {
    let path = rig.path(path);
    match rig.call(n::NEWFSTATAT, &[AT_FDCWD, path, DATA, flags]) {
        0 => rig.peek_u32(DATA + 16).into(),
        error => error,
    }
}

#[test]
fn open_says_why_it_fails() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"");
    assert_eq!(rig.open("/tmp/none", 0), fail(Errno::ENOENT));
    assert_eq!(rig.open("", 0), fail(Errno::ENOENT));
    assert_eq!(rig.open("/tmp/a/b", 0), fail(Errno::ENOTDIR));
    assert_eq!(rig.open("/tmp/a", O_DIRECTORY), fail(Errno::ENOTDIR));
    assert_eq!(rig.open("/tmp", O_WRONLY), fail(Errno::EISDIR));
    assert_eq!(rig.open("/tmp/a", O_CREAT | O_EXCL), fail(Errno::EEXIST));
    assert_eq!(rig.call(n::OPENAT, &[AT_FDCWD, 8, 0, 0]), fail(Errno::EFAULT));
    let long = "x".repeat(300);
    assert_eq!(rig.open(&long, 0), fail(Errno::ENAMETOOLONG));
    assert_eq!(rig.open(&"y/".repeat(2048), 0), fail(Errno::ENAMETOOLONG));
    rig.path("a");
    assert_eq!(rig.call(n::OPENAT, &[77, PATH, 0, 0]), fail(Errno::EBADF));
}

#[test]
fn the_umask_and_the_lowest_descriptor() {
    let mut rig = Rig::new();
    assert_eq!(rig.call(n::UMASK, &[0o077]), 0o022);
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    assert_eq!(fd, 3);
    assert_eq!(mode_of(&mut rig, "/tmp/a", 0), 0o100_600);
    rig.done(n::CLOSE, &[0]);
    assert_eq!(rig.open("/tmp/a", 0), 0);
    rig.done(n::FCHMOD, &[fd, 0o4755]);
    assert_eq!(mode_of(&mut rig, "/tmp/a", 0), 0o104_755);
}

#[test]
fn links_are_followed_or_not() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"text");
    let (target, link) = (rig.path_at(PATH, "a"), rig.path_at(PATH_2, "/tmp/link"));
    rig.done(n::SYMLINKAT, &[target, AT_FDCWD, link]);
    assert_eq!(mode_of(&mut rig, "/tmp/link", 0), 0o100_644);
    assert_eq!(mode_of(&mut rig, "/tmp/link", AT_SYMLINK_NOFOLLOW), 0o120_777);
    assert_eq!(rig.open("/tmp/link", O_NOFOLLOW), fail(Errno::ELOOP));
    let fd = rig.opened("/tmp/link", O_NOFOLLOW | O_PATH);
    assert_eq!(rig.call(n::READ, &[fd, DATA, 1]), fail(Errno::EBADF));
    let path = rig.path("/tmp/link");
    assert_eq!(rig.call(n::READLINKAT, &[AT_FDCWD, path, DATA, 100]), 1);
    assert_eq!(rig.call(n::READLINKAT, &[AT_FDCWD, path, DATA, 0]), fail(Errno::EINVAL));
    let path = rig.path("/tmp/a");
    assert_eq!(rig.call(n::READLINKAT, &[AT_FDCWD, path, DATA, 100]), fail(Errno::EINVAL));
    let new = rig.path_at(PATH_2, "/tmp/hard");
    rig.done(n::LINKAT, &[AT_FDCWD, path, AT_FDCWD, new, 0]);
    mode_of(&mut rig, "/tmp/hard", 0);
    assert_eq!(rig.peek_u32(DATA + 20), 2);
}

#[test]
fn names_come_and_go() {
    let mut rig = Rig::new();
    let path = rig.path("/tmp/d");
    rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o777]);
    assert_eq!(rig.call(n::MKDIRAT, &[AT_FDCWD, path, 0o777]), fail(Errno::EEXIST));
    assert_eq!(mode_of(&mut rig, "/tmp/d", 0), 0o040_755);
    rig.file("/tmp/d/f", b"x");
    let path = rig.path("/tmp/d");
    assert_eq!(rig.call(n::UNLINKAT, &[AT_FDCWD, path, 0]), fail(Errno::EISDIR));
    assert_eq!(rig.call(n::UNLINKAT, &[AT_FDCWD, path, AT_REMOVEDIR]), fail(Errno::ENOTEMPTY));
    let (old, new) = (rig.path_at(PATH, "/tmp/d/f"), rig.path_at(PATH_2, "/tmp/g"));
    rig.done(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]);
    assert_eq!(rig.call(n::RENAMEAT2, &[AT_FDCWD, old, AT_FDCWD, new, 0]), fail(Errno::ENOENT));
    let path = rig.path("/tmp/d");
    rig.done(n::UNLINKAT, &[AT_FDCWD, path, AT_REMOVEDIR]);
    // An open file lives on without its name.
    let fd = rig.opened("/tmp/g", 0);
    let path = rig.path("/tmp/g");
    rig.done(n::UNLINKAT, &[AT_FDCWD, path, 0]);
    assert_eq!(rig.read(fd, 9), b"x");
    assert_eq!(rig.open("/tmp/g", 0), fail(Errno::ENOENT));
    let path = rig.path("/tmp/fifo");
    assert_eq!(rig.call(n::MKNODAT, &[AT_FDCWD, path, 0o060_644, 0]), fail(Errno::EPERM));
    assert_eq!(rig.call(n::MKNODAT, &[AT_FDCWD, path, 0o010_644, 0]), 0);
    assert_eq!(rig.call(n::MKNODAT, &[AT_FDCWD, path, 0o100_644, 0]), fail(Errno::EEXIST));
}

#[test]
fn the_working_directory() {
    let mut rig = Rig::new();
    let path = rig.path("/tmp/d");
    rig.done(n::MKDIRAT, &[AT_FDCWD, path, 0o777]);
    rig.done(n::CHDIR, &[path]);
    assert_eq!(rig.call(n::GETCWD, &[DATA, 100]), 7);
    assert_eq!(rig.peek(DATA, 7), b"/tmp/d\0");
    assert_eq!(rig.call(n::GETCWD, &[DATA, 6]), fail(Errno::ERANGE));
    rig.file("f", b"here");
    assert_eq!(mode_of(&mut rig, "/tmp/d/f", 0), 0o100_644);
    let directory = rig.opened("..", O_DIRECTORY);
    rig.done(n::FCHDIR, &[directory]);
    rig.path("d/f");
    assert_eq!(rig.call(n::OPENAT, &[directory, PATH, 0, 0]), 4);
    assert_eq!(rig.call(n::FCHDIR, &[4]), fail(Errno::ENOTDIR));
    let path = rig.path("d/f");
    assert_eq!(rig.call(n::CHDIR, &[path]), fail(Errno::ENOTDIR));
}

#[test]
fn directories_are_listed_in_pieces() {
    let mut rig = Rig::new();
    for name in ["one", "two", "three"] {
        rig.file(&std::format!("/tmp/{name}"), b"");
    }
    let fd = rig.opened("/tmp", O_DIRECTORY);
    let mut names = Vec::new();
    assert_eq!(rig.call(n::GETDENTS64, &[fd, DATA, 8]), fail(Errno::EINVAL));
    loop {
        let count = rig.done(n::GETDENTS64, &[fd, DATA, 60]) as usize;
        if count == 0 {
            break;
        }
        let bytes = rig.peek(DATA, count);
        let mut at = 0;
        while at < count {
            let length = usize::from(bytes[at + 16]);
            let name = &bytes[at + 19..at + length];
            let end = name.iter().position(|&byte| byte == 0).unwrap();
            names.push((String::from_utf8_lossy(&name[..end]).into_owned(), bytes[at + 18]));
            at += length;
        }
    }
    let expected = [(".", 4), ("..", 4), ("one", 8), ("two", 8), ("three", 8)];
    assert_eq!(names, expected.map(|(name, kind)| (String::from(name), kind)));
    let file = rig.opened("/tmp/one", 0);
    assert_eq!(rig.call(n::GETDENTS64, &[file, DATA, 60]), fail(Errno::ENOTDIR));
}

#[test]
fn stat_and_statx_agree() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", &[1; 5000]);
    let fd = rig.opened("/tmp/a", 0);
    rig.done(n::FSTAT, &[fd, DATA]);
    let (inode, size, blocks) =
        (rig.peek_word(DATA + 8), rig.peek_word(DATA + 48), rig.peek_word(DATA + 64));
    assert_eq!((size, blocks), (5000, 16));
    let empty = rig.path("");
    rig.done(n::STATX, &[fd, empty, AT_EMPTY_PATH, 0x7ff, DATA]);
    assert_eq!(rig.peek_word(DATA + 32), inode);
    assert_eq!(rig.peek_word(DATA + 40), size);
    assert_eq!(rig.call(n::STATX, &[fd, empty, 0, 0x7ff, DATA]), fail(Errno::ENOENT));
    let path = rig.path("/dev/null");
    rig.done(n::NEWFSTATAT, &[AT_FDCWD, path, DATA, 0]);
    assert_eq!((rig.peek_u32(DATA + 16), rig.peek_word(DATA + 32)), (0o020_666, 0x103));
    let (reader, _) = rig.pipe();
    rig.done(n::FSTAT, &[reader, DATA]);
    assert_eq!(rig.peek_u32(DATA + 16), 0o010_600);
}

#[test]
fn times_are_set() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"");
    let path = rig.path("/tmp/a");
    rig.poke_words(DATA, &[11, 22, 33, (1 << 30) - 2]);
    rig.done(n::UTIMENSAT, &[AT_FDCWD, path, DATA, 0]);
    mode_of(&mut rig, "/tmp/a", 0);
    assert_eq!((rig.peek_word(DATA + 72), rig.peek_word(DATA + 80)), (11, 22));
    assert_eq!(rig.peek_word(DATA + 88), 1_000_000_000);
    rig.poke_words(DATA, &[11, 1_000_000_000, 33, 0]);
    assert_eq!(rig.call(n::UTIMENSAT, &[AT_FDCWD, path, DATA, 0]), fail(Errno::EINVAL));
}

#[test]
fn access_asks_for_execute_permission_only() {
    let mut rig = Rig::new();
    rig.file("/tmp/a", b"");
    let path = rig.path("/tmp/a");
    assert_eq!(rig.call(n::FACCESSAT, &[AT_FDCWD, path, 6]), 0);
    assert_eq!(rig.call(n::FACCESSAT2, &[AT_FDCWD, path, 1, 0]), fail(Errno::EACCES));
    assert_eq!(rig.call(n::FACCESSAT, &[AT_FDCWD, path, 8]), fail(Errno::EINVAL));
    let path = rig.path("/init");
    assert_eq!(rig.call(n::FACCESSAT, &[AT_FDCWD, path, 1]), 0);
}

#[test]
fn proc_knows_the_first_process_before_there_is_another() {
    let mut rig = Rig::new();
    let fd = rig.opened("/proc/thread-self/stat", 0);
    assert_eq!(rig.read(fd, 2), b"1 ");
    let fd = rig.opened("/proc/self/task/1/stat", 0);
    assert_eq!(rig.read(fd, 2), b"1 ");
    let path = rig.path("/proc/self");
    rig.done(n::CHDIR, &[path]);
    assert_eq!(rig.call(n::GETCWD, &[DATA, 100]), 8);
    assert_eq!(rig.peek(DATA, 8), b"/proc/1\0");
}

#[test]
fn proc_shows_the_process() {
    let mut rig = Rig::new();
    let path = rig.path("/proc/self/exe");
    assert_eq!(rig.call(n::READLINKAT, &[AT_FDCWD, path, DATA, 100]), 5);
    assert_eq!(rig.peek(DATA, 5), b"/init");
    let fd = rig.opened("/proc/self/exe", 0);
    assert_eq!(rig.read(fd, 4), b"\x7fELF");
    let fd = rig.opened("/proc/meminfo", 0);
    let text = String::from_utf8(rig.read(fd, 4000)).unwrap();
    assert!(text.starts_with("MemTotal:          16384 kB\nMemFree:"), "{text}");
    let fd = rig.opened("/proc/self/maps", 0);
    let text = String::from_utf8(rig.read(fd, 4000)).unwrap();
    assert!(text.starts_with("00400000-00460000 rwxp 00000000 00:01 "), "{text}");
    assert!(text.contains(" /init\n") && text.contains("[stack]"), "{text}");
    assert_eq!(rig.open("/proc/sys/kernel/ostype", O_WRONLY), fail(Errno::EACCES));
    // /dev/stdin of a pipe is the pipe.
    let (reader, writer) = rig.pipe();
    rig.done(n::DUP3, &[reader, 0, 0]);
    let again = rig.opened("/dev/stdin", 0);
    rig.write(writer, b"through");
    assert_eq!(rig.read(again, 9), b"through");
    rig.done(n::FSTAT, &[reader, DATA]);
    let number = u64::from_le_bytes(rig.peek(DATA + 8, 8).try_into().unwrap());
    let path = rig.path("/proc/self/fd/0");
    let name = std::format!("pipe:[{number}]");
    assert_eq!(rig.call(n::READLINKAT, &[AT_FDCWD, path, DATA, 100]), name.len() as i64);
    assert_eq!(rig.peek(DATA, name.len()), name.as_bytes());
}
