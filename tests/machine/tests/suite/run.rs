//! `qemu/run` keeps its promises: statuses, time limits, nothing left running, files brought back.

use machine::{
    Console, Ended, Machine, hang_limit, image_builder, kernel_elf, once, output, probe_image,
    probe_tree, read, root, run, scratch, sha256, wait_until,
};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A program of the probe's, as process 1.
fn program(name: &str) -> Machine {
    Machine::with(probe_image("hello")).set("--append", format!("init=/{name}"))
}

/// `qemu/run` with words as they are.
fn request(words: &[&str]) -> Machine {
    let flag = |machine: Machine, word: &&str| machine.flag(word);
    words.iter().fold(Machine::default_run(), flag)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A failing status and one message, of at most two lines.
#[track_caller]
fn assert_refused(ended: Ended, status: i32, message: &str) {
    let ended = ended.expect(message, status);
    let said = ended.text() + &ended.errors;
    assert!(said.contains(message), "expected {message:?}, not {said:?}");
    assert!(said.lines().count() <= 2, "expected at most two lines: {said:?}");
}

// ---- requests that make no sense

#[test]
fn requests_that_make_no_sense_are_refused() {
    let image = probe_image("hello");
    let image = text(&image);
    let refused = |words: &[&str], message: &str| assert_refused(request(words).run(), 1, message);
    refused(&["--machine", "toaster"], "run: there is no machine 'toaster'");
    refused(
        &["--image", image, "--memory", "much"],
        "run: --memory wants MiB as a number, not 'much'",
    );
    refused(&["--frobnicate"], "run: unknown argument '--frobnicate'");
    refused(&["--image"], "run: --image wants a value");
    refused(
        &["--image", image, "--machine", "raspi3b", "--append", "init=/x"],
        "run: raspi3b passes no command line without a device tree",
    );
    refused(&["--image", image, "--system"], "run: --image is built already: leave --system out");
    refused(&["--kernel", "seed", "--system"], "run: --system was seen on the Rust kernel alone");
    let help = output(&mut request(&["--help"]).command());
    assert!(help.starts_with("qemu/run: boots a Firmseed image in QEMU."));
}

/// Files and folders that cannot be what they are given for: told before anything is built or run.
#[test]
fn files_and_folders_of_the_wrong_kind_are_refused() {
    let folder = scratch();
    let path = |name: &str| text(&folder.join(name)).to_string();
    fs::write(path("empty"), "").expect("a file");
    fs::write(path("zeros"), vec![0; 100_000]).expect("a file");
    let (own, empty, zeros, none) = (path(""), path("empty"), path("zeros"), path("none"));
    for (image, message) in [
        (&none, format!("run: there is no image {none}")),
        (&own, format!("run: the image {own} is not a regular file")),
        (&empty, format!("run: the image {empty} is empty")),
        (&zeros, format!("run: {zeros} is no image: it has no arm64 Image header")),
    ] {
        assert_refused(Machine::with(image).run(), 1, &message);
    }
    let out = path("empty/out");
    let trace = path("none/trace");
    for (option, value, message) in [
        ("--dtb", &own[..], "is not a regular file".to_string()),
        ("--out", &own, format!("run: {own} is not empty")),
        ("--out", &empty, format!("run: {empty} exists and is not a folder")),
        ("--out", &out, format!("run: {out} cannot be made: {empty} is not a folder")),
        ("--out", "/proc/self/out", "takes no new files".to_string()),
        ("--trace", &trace, format!("there is no folder {none}")),
        ("--timeout", "soon", "wants whole seconds, 1 or more, not 'soon'".to_string()),
        ("--timeout", "00", "wants whole seconds, 1 or more, not '00'".to_string()),
        (
            "--machine",
            "../machines/virt",
            "run: there is no machine '../machines/virt'".to_string(),
        ),
    ] {
        let ended = Machine::with(probe_image("hello")).set(option, value).run();
        assert_refused(ended, 1, &message);
    }
    let mut no_time = Machine::with(probe_image("hello")).command();
    let ended = run(no_time.env("FIRMSEED_TIMEOUT", "0"));
    assert_refused(ended, 1, "wants whole seconds, 1 or more, not '0'");
}

/// Here it fails at once: below a file no folder can be.
#[test]
fn a_first_build_is_told_before_the_minutes_that_it_takes() {
    let file = scratch().join("file");
    fs::write(&file, "").expect("a file");
    let mut first = Machine::default_run().command();
    let ended =
        run(first.env("CARGO_TARGET_DIR", file.join("target"))).expect("no place to build in", 1);
    Console::new(ended.errors.as_bytes())
        .says("qemu/run: building the kernel and image-builder, some minutes the first time");
}

/// Neither what is named nor what a link leads to.
#[test]
fn what_is_no_regular_file_is_never_replaced_by_one() {
    let folder = scratch();
    let image = probe_image("hello");
    let tree = once("probe.tree", probe_tree);
    fs::create_dir(folder.join("folder")).expect("a folder");
    run(Command::new("mkfifo").arg(folder.join("fifo"))).expect("mkfifo", 0);
    let link = |to: &str, name: &str| symlink(to, folder.join(name)).expect("a link");
    link("fifo", "link-to-fifo");
    link("nothing", "link-to-nothing");
    link("/dev/null", "link-to-device");
    // As root only; of the kind of /dev/null, and not that one.
    let mut device = Command::new("mknod");
    if run(device.arg(folder.join("device")).args(["c", "1", "3"])).status == 0 {
        link("device", "link-to-own-device");
    }
    let list = || output(Command::new("ls").args(["-l", "--time-style=full-iso"]).arg(&folder));
    let before = list();
    for name in fs::read_dir(&folder).expect("the folder") {
        let path = name.expect("an entry").path();
        let message = format!("{} exists and is not a regular file", path.display());
        assert_refused(Machine::with(&image).set("--trace", &path).run(), 1, &message);
        let mut build = image_builder("build");
        build.args(["--policy", "open", "--init", "/hello", "--tree"]).arg(&tree);
        build.arg("--kernel").arg(kernel_elf()).arg("-o").arg(&path);
        assert_refused(run(&mut build), 2, "is not a regular file");
        // Also when it has come there in the meantime.
        let mut put = Command::new("bash");
        put.args(["-c", r#". "$1"; put_file "$2" "$3""#, "put"]);
        put.arg(root().join("qemu/lib/common.sh")).arg(&image).arg(&path);
        assert_refused(run(&mut put), 1, &message);
    }
    assert_eq!(list(), before, "all is as it was");
}

/// Through a link too, which stays; nothing is left beside it.
#[test]
fn a_regular_file_is_replaced_through_a_link() {
    let folder = scratch();
    fs::write(folder.join("file"), "old\n").expect("a file");
    symlink("file", folder.join("link")).expect("a link");
    program("exit7").set("--trace", folder.join("link")).ends(7);
    assert_eq!(fs::read_link(folder.join("link")).expect("the link stays"), Path::new("file"));
    output(image_builder("trace").arg("--kernel").arg(kernel_elf()).arg(folder.join("file")));
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 2);
}

// ---- the end of a run, by itself and by others

/// An image of the spinning probe's own, by which its QEMU can be told from others.
fn spinner() -> PathBuf {
    let image = scratch().join("spin.img");
    fs::copy(probe_image("spin"), &image).expect("a copy");
    image
}

/// Is a QEMU running on this image?
fn is_running(image: &Path) -> bool {
    let name = image.as_os_str().as_bytes();
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    processes.map(|entry| entry.path()).any(|process| {
        let words = fs::read(process.join("cmdline")).unwrap_or_default();
        let has_image = words.split(|byte| *byte == 0).any(|word| word == name);
        let kind = fs::read_to_string(process.join("comm")).unwrap_or_default();
        has_image && kind.starts_with("qemu-system")
    })
}

fn wait_for_its_end(image: &Path) {
    wait_until("nothing left of QEMU", || !is_running(image));
}

/// Short on purpose: the machine never ends, however slow or fast it is.
#[test]
fn a_run_ends_at_its_time_limit_and_leaves_nothing() {
    let image = spinner();
    let ended = Machine::with(&image).set("--timeout", "1").run().expect("the time limit", 124);
    Console::new(ended.errors.as_bytes())
        .says("qemu/run: no end after 1 s (--timeout changes the limit)");
    assert!(!is_running(&image), "nothing is left");
}

/// `qemu/run` while its machine spins; it does not outlive its test.
struct Spinning {
    child: Child,
    image: PathBuf,
}

impl Spinning {
    fn start() -> Self {
        let image = spinner();
        // A group of its own, as a terminal's foreground has.
        // It must not end by its own limit while the test waits for its end.
        let child = Machine::with(&image)
            .set("--timeout", (2 * hang_limit()).to_string())
            .command()
            .process_group(0)
            .spawn()
            .expect("qemu/run starts");
        let mut spinning = Self { child, image };
        wait_until("QEMU runs at first", || {
            let ended = spinning.child.try_wait().expect("a child");
            assert_eq!(ended, None, "qemu/run has ended");
            is_running(&spinning.image)
        });
        spinning
    }

    /// Sends a signal to the process, or with "-" before it to its group; the status of the end.
    fn killed(&mut self, signal: &str, group: &str) -> i32 {
        let target = format!("{group}{}", self.child.id());
        run(Command::new("kill").args(["-s", signal, "--", &target])).expect("kill", 0);
        let status = self.child.wait().expect("a child");
        let status = status.code().unwrap_or(-1);
        // The kernel of the host ends QEMU, when it comes to it.
        wait_for_its_end(&self.image);
        status
    }
}

impl Drop for Spinning {
    fn drop(&mut self) {
        // An error means that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_run_that_is_terminated_takes_its_qemu_along() {
    assert_eq!(Spinning::start().killed("TERM", ""), 143);
}

#[test]
fn a_run_that_is_killed_takes_its_qemu_along() {
    const BY_A_SIGNAL: i32 = -1;
    assert_eq!(Spinning::start().killed("KILL", ""), BY_A_SIGNAL);
}

/// Ctrl-C reaches the whole foreground group of a terminal.
#[test]
fn a_run_that_is_interrupted_takes_its_qemu_along() {
    assert_eq!(Spinning::start().killed("INT", "-"), 130);
}

// ---- files brought back

#[test]
fn out_brings_back_what_the_machine_wrote() {
    let back = scratch().join("back");
    let console = program("writer").set("--out", &back).ends(3);
    assert_eq!(read(back.join("out/deep/text")), b"brought back\n");
    let link = fs::read_link(back.join("out/link")).expect("a link");
    assert_eq!(link, Path::new("deep/text"));
    assert_eq!(read(back.join("out/empty")), b"");
    let large: Vec<u8> = (0..30).flat_map(|block| [b'a' + block % 26; 100_000]).collect();
    let hash = sha256(&large);
    assert!(read(back.join("out/large")) == large, "the large file is whole");
    console.says(&format!("{hash}  out/large"));
    // sha256sum's own spelling of a name that is more than one line.
    let hash = sha256("a name of two lines\n");
    console.says(&format!("\\{hash}  out/two\\nlines"));
    assert!(!back.join("probe").exists(), "only what the machine wrote comes back");
    let again = program("writer").set("--out", &back).run();
    assert_refused(again, 1, &format!("run: {} is not empty", back.display()));
}

/// The disk of before virtio 1.0, which QEMU has where it is not told otherwise.
#[test]
fn out_brings_back_the_same_from_a_disk_of_before_virtio_1() {
    let folder = scratch();
    let (modern, legacy) = (folder.join("modern"), folder.join("legacy"));
    program("writer").set("--out", &modern).ends(3);
    program("writer")
        .set("--out", &legacy)
        .qemu(&["-global", "virtio-mmio.force-legacy=true"])
        .ends(3);
    run(Command::new("diff").args(["-r", "-x", "firmseed.counters"]).args([modern, legacy]))
        .expect("the same files", 0);
}

/// There is no room on the host: not all is brought out, and both say so.
#[test]
fn a_disk_that_cannot_be_written_is_told() {
    let drive = "driver=blkdebug,image.driver=null-co,image.size=1G,image.read-zeroes=on,\
        inject-error.0.event=pwritev,inject-error.0.iotype=write,inject-error.0.errno=28,\
        if=none,id=out,werror=report";
    let ended = program("writer")
        .qemu(&["-global", "virtio-mmio.force-legacy=false", "-drive", drive])
        .qemu(&["-device", "virtio-blk-device,drive=out"])
        .run()
        .expect("qemu/run", 125);
    Console::new(&ended.output).says(
        "firmseed: failed: results could not be written to the disk: the disk reports error 1 on a write",
    );
    let said = "qemu/run: the console says status 3, the machine says 254";
    Console::new(ended.errors.as_bytes()).says(said);
}

// ---- the console's input. Its end is the end of input, told by ^D.

/// More than a terminal keeps, without a line feed at its end.
fn long_input() -> Vec<u8> {
    let lines: String = (0..300).map(|line| format!("line {line} of the input\n")).collect();
    (lines + "no line feed").into_bytes()
}

/// What the probe says of an input.
fn sums(input: &[u8]) -> String {
    let product = |(place, byte): (usize, &u8)| usize::from(*byte) * (place + 1) % 1000;
    let sum: usize = input.iter().enumerate().map(product).sum();
    format!("input: {} bytes, sum {sum}", input.len())
}

/// The probe reads the console to its end, and says what it has read.
#[track_caller]
fn assert_read(expected: &[u8], feed: impl FnOnce(&mut Command)) {
    let mut command =
        program("input").flag("--shell").set("--timeout", hang_limit().to_string()).command();
    feed(&mut command);
    let ended = run(&mut command).expect("qemu/run", 0);
    Console::new(&ended.output).says(&sums(expected));
}

#[test]
fn the_console_reads_a_file() {
    let path = scratch().join("input");
    fs::write(&path, long_input()).expect("a file");
    let file = File::open(path).expect("a file");
    assert_read(&long_input(), |command| {
        command.stdin(file);
    });
}

#[test]
fn the_console_reads_a_pipe() {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let feeder = std::thread::spawn(move || writer.write_all(&long_input()));
    assert_read(&long_input(), |command| {
        command.stdin(reader);
    });
    feeder.join().expect("the feeder").expect("all was read");
}

#[test]
fn the_console_reads_a_socket() {
    let (mut ours, theirs) = UnixStream::pair().expect("two sockets");
    ours.write_all(&long_input()).expect("room in the socket");
    ours.shutdown(std::net::Shutdown::Write).expect("an end");
    assert_read(&long_input(), |command| {
        command.stdin(std::os::fd::OwnedFd::from(theirs));
    });
}

#[test]
fn the_console_reads_nothing() {
    assert_read(b"", |command| {
        command.stdin(Stdio::null());
    });
}

/// A shell runs the command with some streams closed.
fn with_closed(streams: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$@\" {streams}"), "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

#[test]
fn the_console_reads_nothing_where_the_input_is_closed() {
    assert_read(b"", |command| *command = with_closed("<&-", command));
}

/// Without --shell there is no input, and a closed one takes nobody's place.
#[test]
fn a_run_needs_no_standard_stream() {
    let command = program("exit7").command();
    run(&mut with_closed("<&- >&- 2>&-", &command)).expect("qemu/run", 7);
}

// ---- the trace

#[test]
fn a_trace_tells_of_calls_and_results() {
    let folder = scratch();
    let trace = folder.join("trace");
    program("exit7").set("--trace", &trace).ends(7);
    let read_trace = |kernel: &Path| {
        let mut command = image_builder("trace");
        run(command.arg("--kernel").arg(kernel).arg(&trace))
    };
    let text = read_trace(&kernel_elf()).expect("image-builder trace", 0).text();
    let calls: Vec<&str> = text.lines().map(str::trim_start).collect();
    // exit_group itself never returns, so it is not traced.
    let brk = calls.iter().find(|line| line.starts_with("1 brk(0x0, "));
    let (_, end) = brk.expect("a call of brk").rsplit_once(") = ").expect("a result");
    assert!(end.parse::<u64>().expect("a number") > 0);
    let rseq = calls.iter().find(|line| line.starts_with("1 rseq("));
    let rseq = rseq.expect("a call of rseq");
    assert!(rseq.ends_with(") = -38 (Function not implemented)"), "{rseq}");
    let other = PathBuf::from(image_builder("").get_program());
    let ended = read_trace(&other).expect("a trace of another kernel", 1);
    assert_ne!(ended.errors, "");
}
