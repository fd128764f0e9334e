//! rename(2) by hand: the rules that the comparison with Linux also meets, readable here.

use super::*;

fn tree() -> Bench {
    let mut bench = Bench::new(4);
    for path in ["/d", "/d/full", "/d/empty", "/d/full/sub"] {
        bench.mkdir(path).unwrap();
    }
    for path in ["/d/one", "/d/two"] {
        bench.create(path).unwrap();
    }
    bench
}

#[test]
fn a_file_replaces_a_file_and_nothing_leaks() {
    let mut bench = tree();
    let one = bench.at("/d/one").unwrap();
    let two = bench.at("/d/two").unwrap();
    bench.write(two, 0, b"lost").unwrap();
    bench.rename("/d/one", "/d/two", Rename::Replace).unwrap();
    assert_eq!(bench.at("/d/two"), Ok(one));
    assert_eq!(bench.at("/d/one"), Err(Errno::ENOENT));
    assert_eq!(bench.used_frames(), 0);
}

#[test]
fn two_names_of_one_file_stay_as_they_are() {
    let mut bench = tree();
    bench.link("/d/one", "/d/same").unwrap();
    bench.rename("/d/one", "/d/same", Rename::Replace).unwrap();
    assert_eq!(bench.at("/d/one"), bench.at("/d/same"));
    assert_eq!(bench.fs.stat(bench.at("/d/one").unwrap()).nlink, 2);
}

#[test]
fn directories_replace_empty_ones_only_and_never_enter_themselves() {
    let mut bench = tree();
    let cases = [
        ("/d/full", "/d/one", Errno::ENOTDIR),
        ("/d/one", "/d/empty", Errno::EISDIR),
        ("/d/empty", "/d/full", Errno::ENOTEMPTY),
        ("/d/full", "/d/full/sub/x", Errno::EINVAL),
        ("/d", "/d/x", Errno::EINVAL),
        ("/d/full/sub", "/d/full", Errno::ENOTEMPTY),
        ("/d/one/", "/d/x", Errno::ENOTDIR),
        ("/d/one", "/d/x/", Errno::ENOTDIR),
        ("/d/none", "/d/x", Errno::ENOENT),
        ("/d/full/.", "/x", Errno::EBUSY),
        ("/d/one", "/d/full/..", Errno::EBUSY),
        ("/", "/x", Errno::EBUSY),
        ("/d/one", "/", Errno::EBUSY),
    ];
    for (old, new, error) in cases {
        assert_eq!(bench.rename(old, new, Rename::Replace), Err(error), "{old} {new}");
    }
    let full = bench.at("/d/full").unwrap();
    let d = bench.at("/d").unwrap();
    assert_eq!(bench.fs.stat(d).nlink, 4);
    bench.rename("/d/full/", "/d/empty/", Rename::Replace).unwrap();
    assert_eq!(bench.at("/d/empty"), Ok(full));
    assert_eq!(bench.fs.stat(d).nlink, 3);
    bench.rename("/d/empty", "/moved", Rename::Replace).unwrap();
    assert_eq!(bench.at("/moved/sub/../.."), Ok(InodeId::ROOT));
    assert_eq!(bench.fs.stat(d).nlink, 2);
}

#[test]
fn no_replace_and_exchange() {
    let mut bench = tree();
    let one = bench.at("/d/one").unwrap();
    let full = bench.at("/d/full").unwrap();
    assert_eq!(bench.rename("/d/one", "/d/two", Rename::NoReplace), Err(Errno::EEXIST));
    assert_eq!(bench.rename("/d/one", "/d/..", Rename::NoReplace), Err(Errno::EEXIST));
    bench.rename("/d/one", "/d/1", Rename::NoReplace).unwrap();
    assert_eq!(bench.rename("/d/1", "/d/x", Rename::Exchange), Err(Errno::ENOENT));
    assert_eq!(bench.rename("/d/full/sub", "/d/full", Rename::Exchange), Err(Errno::EINVAL));
    bench.mkdir("/e").unwrap();
    let e_links = |bench: &Bench| bench.fs.stat(bench.at("/e").unwrap()).nlink;
    bench.rename("/d/1", "/e/1", Rename::Replace).unwrap();
    bench.rename("/e/1", "/d/full", Rename::Exchange).unwrap();
    assert_eq!(bench.at("/d/full"), Ok(one));
    assert_eq!(bench.at("/e/1"), Ok(full));
    assert_eq!(bench.at("/e/1/.."), bench.at("/e"));
    assert_eq!(e_links(&bench), 3);
}

/// When the rename fails for want of memory or anything else, the tree is as before: here the target
/// directory is removed but held.
#[test]
fn nothing_moves_into_a_removed_directory() {
    let mut bench = tree();
    let gone = bench.at("/d/empty").unwrap();
    bench.fs.hold(gone);
    bench.rmdir("/d/empty").unwrap();
    let d = bench.at("/d").unwrap();
    let Bench { fs, pool, .. } = &mut bench;
    let result = fs.rename(d, b"one", gone, b"one", Rename::Replace, pool);
    assert_eq!(result, Err(Errno::ENOENT));
    assert!(bench.at("/d/one").is_ok());
}
