//! Who may do what: one of each rule. `tests/conformance/users.c` compares them all with Linux.

use super::*;
use std::rc::Rc;

fn user(user: u32, groups: &[u32]) -> Actor {
    let groups = Rc::new(groups.to_vec());
    Actor { user, group: user, groups, capabilities: Capabilities::NONE }
}

#[test]
fn one_class_of_bits_counts_and_root_needs_none() {
    let mut bench = Bench::new(2);
    let file = bench.create("/f").unwrap();
    bench.fs.chown(file, Some(5), Some(7)).unwrap();
    bench.fs.chmod(file, 0o046).unwrap();
    assert_eq!(bench.fs.check(file, READ | WRITE), Ok(()));
    assert_eq!(bench.fs.check(file, EXECUTE), Err(Errno::EACCES));
    for (actor, may_read, may_write) in [
        (user(5, &[7]), false, false),
        (user(6, &[1, 7, 9]), true, false),
        (user(6, &[1, 9]), true, true),
    ] {
        bench.fs.act_for(actor);
        assert_eq!(bench.fs.check(file, READ).is_ok(), may_read);
        assert_eq!(bench.fs.check(file, WRITE).is_ok(), may_write);
    }
}

#[test]
fn names_of_others_stay_in_a_sticky_directory() {
    let mut bench = Bench::new(2);
    bench.create("/tmp/roots").unwrap();
    bench.fs.act_for(user(5, &[]));
    assert_eq!(bench.create("/new"), Err(Errno::EACCES));
    let own = bench.create("/tmp/own").unwrap();
    assert_eq!((bench.fs.stat(own).uid, bench.fs.stat(own).gid), (5, 5));
    assert_eq!(bench.unlink("/tmp/roots"), Err(Errno::EPERM));
    assert_eq!(bench.unlink("/tmp/own"), Ok(()));
}

#[test]
fn a_path_needs_search_permission_on_the_way() {
    let mut bench = Bench::new(2);
    let directory = bench.mkdir("/d").unwrap();
    bench.create("/d/f").unwrap();
    bench.fs.chmod(directory, 0o700).unwrap();
    assert!(bench.at("/d/f").is_ok());
    bench.fs.act_for(user(5, &[]));
    assert_eq!(bench.at("/d/f"), Err(Errno::EACCES));
    assert_eq!(bench.at("/d"), Ok(directory));
}
