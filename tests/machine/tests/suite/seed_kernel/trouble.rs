//! Programs that end the machine, and its reason on the console.

use super::{build_seed_image, compile};
use machine::{Console, Machine, scratch};
use std::fs;

/// The body of a C program's main, on a machine with this memory, which ends with this status.
#[track_caller]
fn runs(body: &str, status: i32, mib: &str) -> Console {
    let folder = scratch();
    let (source, tree) = (folder.join("init.c"), folder.join("tree"));
    fs::create_dir(&tree).expect("a new folder");
    let text = format!(
        "#include \"check.h\"\n#include <sys/mman.h>\nint main(void)\n{{\n{body}\nreturn 0;\n}}\n"
    );
    fs::write(&source, text).expect("a file");
    compile(&source, &tree.join("init"));
    let image = folder.join("image");
    build_seed_image(&tree, &image, "/init");
    Machine::with(&image).set("--memory", mib).ends(status)
}

#[track_caller]
fn stops(body: &str) -> Console {
    runs(body, 125, "128")
}

#[test]
fn a_load_from_nowhere_stops_the_machine() {
    let console = stops("*(volatile long *)8 = 1;");
    console.between("firmseed: /init: failed: fault, ESR 92000046, pc 4", ", address 8");
}

#[test]
fn an_undefined_instruction_stops_the_machine() {
    let console = stops("asm(\"udf #0\");");
    console.between("firmseed: /init: failed: fault, ESR 2000000, pc 4", "");
}

#[test]
fn a_stack_without_an_end_stops_the_machine() {
    let console =
        stops("volatile char *p = __builtin_frame_address(0); for (;;) p -= 4096, (void)*p;");
    let place = console.between("firmseed: /init: failed: fault, ESR 92000006, pc 4", "");
    assert!(place.contains(", address 3f7"), "{place}");
}

#[test]
fn a_child_that_faults_stops_the_machine() {
    let console = stops("if (!fork()) *(volatile long *)8 = 1;");
    console.between("firmseed: /init: failed: fault, ESR 92000046, pc 4", ", address 8");
}

#[test]
fn an_unknown_call_is_told() {
    let console = runs("SHOW(syscall(1111)); return errno != ENOSYS;", 0, "128");
    console.says("firmseed: /init: system call 1111 is unknown");
}

#[test]
fn a_program_for_which_there_is_no_memory_stops_the_machine() {
    let console = stops(
        "char *heap = sbrk(100 << 20), *mapped = mmap(0, 100 << 20, 3, 0x22, -1, 0);
         if (heap == (void *)-1 || mapped == (void *)-1) return 0;
         memset(heap, 1, 100 << 20); memset(mapped, 1, 100 << 20);",
    );
    console.says("firmseed: /init: failed: no memory");
}

#[test]
fn an_address_of_the_kernel_s_stops_the_machine() {
    let console = stops("write(1, (void *)-4096, 1);");
    let start = "firmseed: failed: fault in the kernel, ESR 960000";
    let place = console.between(start, ", address fffffffffffff000");
    assert!(place.contains(", pc ffffff80"), "{place}");
}

const NESTED_FORKS: &str = r#"for (int i = 0; i < 60; i++) { int status; pid_t child = fork();
    if (child < 0) { say("%s%s\n", i == 48 ? "48 processes wait: " : "", strerrorname_np(errno)); return 0; }
    if (child) { wait(&status); return WEXITSTATUS(status); } }"#;

#[test]
fn forty_eight_processes_may_wait_for_their_children() {
    runs(NESTED_FORKS, 0, "512").says("48 processes wait: EAGAIN");
}

#[test]
fn forks_end_where_memory_does() {
    runs(NESTED_FORKS, 0, "64").says("ENOMEM");
}
