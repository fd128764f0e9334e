//! The same image file boots on every machine that is promised, and says clearly why where it cannot go on.

use machine::{
    Console, Machine, Session, build_image, output, pi3_tree, probe_image, root, scratch, shell,
};
use std::fs;
use std::process::Command;

const HELLO: &str = "hello from EL0! child 5 third 0.333";
const WHOLE_MEMORY: &str = "memory: every page kept its word";

/// The image runs to a good end, and its program says this line.
#[track_caller]
fn boots(line: &str, options: &[(&str, &str)]) {
    let machine = Machine::with(probe_image("hello")).set_all(options);
    machine.ends(0).says(line);
}

// ---- machines: a short list here, every combination in --full

#[test]
fn a_virt_with_a_cortex_a53_boots() {
    boots(HELLO, &[("--cpu", "cortex-a53")]);
}

#[test]
fn a_virt_with_a_cortex_a72_boots_at_el2() {
    let options = "virtualization=on";
    boots(HELLO, &[("--cpu", "cortex-a72"), ("--machine-options", options)]);
}

#[test]
fn a_virt_with_all_that_qemu_has_boots_with_a_gic_3() {
    let options = "secure=on,virtualization=on,gic-version=3";
    boots(HELLO, &[("--cpu", "max"), ("--machine-options", options)]);
}

#[test]
fn a_virt_with_128_mib_boots() {
    let options = "gic-version=3";
    boots(HELLO, &[("--cpu", "cortex-a57"), ("--memory", "128"), ("--machine-options", options)]);
}

#[test]
fn a_virt_with_8_gib_boots() {
    boots(HELLO, &[("--memory", "8192")]);
}

#[test]
fn a_raspi3b_boots() {
    boots(HELLO, &[("--machine", "raspi3b")]);
}

#[test]
fn a_raspi3b_boots_with_a_device_tree() {
    let tree = pi3_tree();
    let tree = tree.to_str().expect("a path in UTF-8");
    boots(HELLO, &[("--machine", "raspi3b"), ("--dtb", tree)]);
}

/// Each level that the machine may be entered at, each interrupt controller.
fn boots_in_every_mode(cpu: &str) {
    for mode in ["", ",virtualization=on", ",secure=on", ",secure=on,virtualization=on"] {
        for gic in [2, 3] {
            let options = format!("gic-version={gic}{mode}");
            boots(HELLO, &[("--cpu", cpu), ("--machine-options", &options)]);
        }
    }
}

#[test]
#[ignore = "slow: --full"]
fn a_cortex_a53_boots_in_every_mode() {
    boots_in_every_mode("cortex-a53");
}

#[test]
#[ignore = "slow: --full"]
fn a_cortex_a57_boots_in_every_mode() {
    boots_in_every_mode("cortex-a57");
}

#[test]
#[ignore = "slow: --full"]
fn a_cortex_a72_boots_in_every_mode() {
    boots_in_every_mode("cortex-a72");
}

#[test]
#[ignore = "slow: --full"]
fn a_cpu_with_all_that_qemu_has_boots_in_every_mode() {
    boots_in_every_mode("max");
}

#[test]
fn every_page_of_128_mib_keeps_its_word() {
    boots(WHOLE_MEMORY, &[("--memory", "128"), ("--append", "init=/memory")]);
}

#[test]
#[ignore = "slow: --full"]
fn every_page_of_each_size_of_memory_keeps_its_word() {
    for mib in ["256", "1024", "2048", "4096", "8192"] {
        boots(WHOLE_MEMORY, &[("--memory", mib), ("--append", "init=/memory")]);
    }
}

#[test]
fn the_timer_takes_the_processor_from_the_busy() {
    boots("a third gets its turn: exit 0", &[("--append", "init=/preempt")]);
}

/// tests/bench/recycle.c: at most ten times the CPU time. The least of two runs counts.
#[test]
fn page_frames_that_held_code_take_stores_as_fast_as_others() {
    let folder = scratch();
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_string();
    shell("build_plugin", &[&path(".")]);
    fs::create_dir(folder.join("tree")).expect("a new folder");
    output(
        Command::new("aarch64-linux-gnu-gcc")
            .args(["-static", "-O1", "-Wall", "-I", "tests/common", "-o"])
            .args([&path("tree/init"), "tests/bench/recycle.c"])
            .current_dir(root()),
    );
    build_image(&folder.join("tree"), &folder.join("image"), "/init");
    let plugin = format!("file={},out={}", path("count.so"), path("marks"));
    let is_even = || {
        Machine::with(path("image")).set("--memory", "64").qemu(&["-plugin", &plugin]).ends(0);
        let marks = fs::read_to_string(path("marks")).expect("the plugin's marks");
        let at = |number: &str| nanoseconds_at(&marks, number);
        let (before, after) = (at("2") - at("1"), at("4") - at("3"));
        println!(
            "CPU time of the stores: {before} ns before the frames held code, {after} ns after"
        );
        assert!(before > 0 && after > 0, "the plugin has measured both");
        after <= 10 * before
    };
    assert!(is_even() || is_even(), "more than ten times as long on frames that held code");
}

/// CPU time up to a mark, by qemu/plugin/count.c's line.
fn nanoseconds_at(marks: &str, number: &str) -> i64 {
    let mut lines = marks.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let words = lines.find(|words| words[..2] == ["mark", number]).expect("the mark");
    words[7].parse().expect("nanoseconds")
}

/// Where U-Boot likes it, started with booti.
#[test]
fn u_boot_starts_the_image() {
    Session::u_boot(&scratch(), &probe_image("hello"), "exit=semihosting init=/exit7")
        .ends(7)
        .says("firmseed: init ended with status 7");
}

// ---- how a machine ends

/// A program of the probe's, as process 1 on virt.
fn program(name: &str) -> Machine {
    Machine::with(probe_image("hello")).set("--append", format!("init=/{name}"))
}

#[test]
fn the_status_of_process_1_is_that_of_the_run() {
    program("exit7").ends(7).says("firmseed: init ended with status 7");
}

#[test]
fn a_status_has_8_bits() {
    program("exit256").ends(5).says("firmseed: init ended with status 5");
}

#[test]
fn a_signal_that_ends_process_1_is_its_status() {
    let console = program("segv").ends(139);
    console.says("firmseed: PID 1, /probe, was killed by SIGSEGV");
    console.says("firmseed: init ended with status 139");
}

#[test]
fn the_status_comes_from_a_raspi3b_too() {
    let machine = program("exit7").set("--machine", "raspi3b");
    let console = machine.set("--dtb", pi3_tree()).ends(7);
    console.says("firmseed: init ended with status 7");
}

/// A program prints the kernel's lines, and ends without a line feed: whoever reads the lines that begin with the mark
/// reads the kernel's only, each whole, whether he drops carriage returns and zero bytes or takes them for ends of lines.
#[test]
fn a_program_cannot_forge_the_kernel_s_lines() {
    let bytes = program("forge").run().expect("qemu/run", 9).output;
    let dropped = bytes.iter().copied().filter(|byte| !b"\r\0".contains(byte));
    let ends = bytes.iter().map(|byte| if b"\r\0".contains(byte) { b'\n' } else { *byte });
    for text in [dropped.collect::<Vec<_>>(), ends.collect()] {
        let text = Console::new(&text);
        assert_eq!(text.between("firmseed: init", ""), " ended with status 9");
        assert!(!text.head().contains("0123456789abcdef"), "a head of a program's");
    }
    let console = Console::new(&bytes);
    console.says("firmseed? init ended with status 0");
    console.says("end of a line that firmseed: goes on");
}

#[test]
fn a_first_program_that_is_not_there_is_told() {
    let console = program("none").ends(125);
    console.says("firmseed: failed: cannot find the first program /none: ENOENT");
}

#[test]
fn a_first_program_that_cannot_be_executed_is_told() {
    let console = program("tmp").ends(125);
    console.says("firmseed: failed: cannot start the first program /tmp: EACCES");
}

#[test]
fn a_deadlock_ends_the_machine_and_is_told() {
    let console = program("deadlock").ends(255);
    console
        .says("firmseed: deadlock: every process waits and nothing can wake any of them; halting");
    console.says("firmseed:   pid 1 (parent 0) /probe waits in READ for a pipe");
}

/// Files take all memory that they can get, and nobody is killed for it.
#[test]
fn a_machine_full_of_files_can_remove_them() {
    let console = program("full").set("--memory", "128").ends(0);
    for line in [
        "write(fd, page, sizeof page): ENOSPC",
        "remove: exit 0",
        "access(\"/tmp/big\", F_OK): ENOENT",
    ] {
        console.says(line);
    }
    assert!(console.between("firmseed: ledger: ", "").contains(", head "));
}

/// The kernel names program, signal, place and address.
#[test]
fn programs_that_go_wrong_are_told_of() {
    let console = program("trouble").ends(0);
    // Once, of a call that was made a hundred times.
    let unknown = console.between("firmseed: /probe: system call 1111", "");
    assert_eq!(unknown, " (unknown) is not supported: ENOSYS (pid 1)");
    for line in [
        "write to null: killed by SEGV",
        "run the stack: killed by SEGV",
        "undefined: killed by ILL",
        "kernel memory: killed by SEGV",
        "privileged: killed by ILL",
        "wait for interrupts: exit 0",
    ] {
        console.says(line);
    }
    console.between("firmseed: /probe: SIGSEGV at pc 0x", ", address 0x0 (pid 2)");
    let stack = console.between("firmseed: /probe: SIGSEGV at pc 0x7f", " (pid 3)");
    assert_same_place(stack);
    assert_same_place(console.between("firmseed: /probe: SIGILL at pc 0x", " (pid 4)"));
    console.between("firmseed: /probe: SIGSEGV at pc 0x", ", address 0xffffffff80000000 (pid 5)");
    assert_same_place(console.between("firmseed: /probe: SIGILL at pc 0x", " (pid 6)"));
}

/// Of "PC, address 0xADDRESS": what cannot be executed is what could not be reached.
#[track_caller]
fn assert_same_place(text: &str) {
    let (pc, address) = text.split_once(", address 0x").expect("two addresses");
    assert!(address.ends_with(pc), "pc {pc}, but address {address}");
}
