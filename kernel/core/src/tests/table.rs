//! The table of calls: one row a number, and what docs/syscalls.md says is what the table says.

use super::*;
use crate::syscall::table::{GROUPS, name};
use std::collections::BTreeSet;
use std::format;
use std::fs;
use std::path::Path;

/// A section's table, as the page has it.
fn table_of(section: &str) -> String {
    let mut text = String::from("| call | state | left out, remarks |\n|---|---|---|\n");
    for group in GROUPS.iter().filter(|group| group.section == section) {
        let names: Vec<String> = group.calls.iter().map(|call| call.name.to_lowercase()).collect();
        let remarks = match group.remarks {
            "" => String::new(),
            remarks => format!("{remarks} "),
        };
        text += &format!("| {} | {} | {remarks}|\n", names.join(", "), group.state);
    }
    text
}

#[test]
fn the_page_says_what_the_table_says() {
    const END: &str = "<!-- end of calls -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/syscalls.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut made = String::new();
    let mut rest = &*page;
    let mut sections = BTreeSet::new();
    while let Some((before, after)) = rest.split_once("<!-- calls: ") {
        let (section, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once(END).unwrap();
        made += &format!("{before}<!-- calls: {section} -->\n{}{END}", table_of(section));
        sections.insert(section);
        rest = after;
    }
    made += rest;
    let stated: BTreeSet<&str> = GROUPS.iter().map(|group| group.section).collect();
    assert_eq!(sections, stated, "the page has a place for each section");
    if std::env::var_os("FIRMSEED_RENEW").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), made, "docs/syscalls.md: FIRMSEED_RENEW=1");
}

#[test]
fn each_call_has_one_row_and_its_name() {
    let mut seen = BTreeSet::new();
    for call in GROUPS.iter().flat_map(|group| group.calls) {
        assert!(seen.insert(call.number), "{}: its number has two rows", call.name);
        assert_eq!(name(call.number), Some(call.name));
        assert!(call.arguments.len() <= 6);
    }
    // Names that stand in no section are for the line on the console.
    assert_eq!(name(n::INOTIFY_INIT1), Some("INOTIFY_INIT1"));
    assert!(!seen.contains(&n::INOTIFY_INIT1));
    assert_eq!(name(n::FUTEX_WAITV), Some("FUTEX_WAITV"), "the last row");
    assert_eq!(name(9999), None);
}

/// A program whose heap is nearly used up can still end in order, and what needs memory is refused.
#[test]
fn without_heap_only_some_calls_work() {
    let mut rig = Rig::new();
    let fd = rig.opened("/tmp/a", O_CREAT | O_RDWR);
    rig.kernel.storage.machine.heap_free = crate::storage::HEAP_RESERVE - 1;
    assert_eq!(rig.call(n::DUP, &[fd]), fail(Errno::ENOMEM));
    assert_eq!(rig.call(n::GETPID, &[]), 1);
    assert_eq!(rig.write(fd, b"still"), 5);
    assert_eq!(rig.call(n::CLOSE, &[fd]), 0);
}
