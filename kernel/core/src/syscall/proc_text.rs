//! The texts of /proc, made when a file of it is read from its beginning (proc(5)), and what may be written there.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::Outcome;
use super::buffer::Buffer;
use super::grant::Io;
use crate::addr::{PAGE_SIZE, UserAddr};
use crate::errno::Errno;
use crate::files::open::{Object, OpenFile};
use crate::fs::{Capabilities, FileKind, InodeId, ProcFile, ProcNode, RELEASE};
use crate::machine::Machine;
use crate::process::descriptors::FileId;
use crate::process::signals::{DEFAULT, IGNORE};
use crate::process::table::{Processes, Slot};
use crate::process::thread::Thread;
use crate::process::{Pid, Process, State};
use crate::text::{Printable, Text, zeros};
use crate::vm::area::AreaKind;
use crate::vm::{AddressSpace, Protection};
use firmseed_formats::sha256::Hex;

/// Nanoseconds of a clock tick (AT_CLKTCK).
const TICK: u64 = 10_000_000;

impl<M: Machine> Io<'_, '_, M> {
    /// Makes the text of an open file of /proc, as it is now; those of `maps` and `environ` stay as they were opened.
    ///
    /// # Errors
    /// ESRCH where its process is no more, ENOMEM.
    #[inline(never)]
    pub(super) fn make_text(&mut self, id: FileId) -> Result<(), Errno> {
        let file = self.files.open.get(id);
        let (Some(node), &Object::Text(opener, _)) = (self.text_node(file), &file.object) else {
            return Ok(());
        };
        if node.is_made_at_opening() {
            return Ok(());
        }
        let text = self.text_of(node, opener)?;
        self.files.open.get_mut(id).object = Object::Text(opener, text);
        Ok(())
    }

    /// The file of /proc whose text an open file is.
    pub(super) fn text_node(&self, file: &OpenFile) -> Option<ProcNode> {
        if !matches!(file.object, Object::Text(..)) {
            return None;
        }
        match self.storage.fs.kind(file.inode?) {
            FileKind::Proc(node) => Some(node),
            _ => None,
        }
    }

    /// What a file of /proc says to the one that has opened it.
    pub(super) fn text_of(&mut self, node: ProcNode, opener: Pid) -> Result<Vec<u8>, Errno> {
        let mut text = Text::new();
        if let ProcNode::Of(number, file) = node {
            self.processes.account_time(self.storage.machine.now());
            let (slot, tid) = self.processes.shown_in(number, opener)?;
            self.write_process(slot, tid, file, &mut text).map_err(|_| Errno::ENOMEM)?;
        } else {
            self.write_proc(node, &mut text).map_err(|_| Errno::ENOMEM)?;
        }
        Ok(text.bytes)
    }

    /// Writes to a file of /proc: `comm` takes the name of a thread of the caller's process.
    pub(super) fn write_text(
        &mut self,
        opener: Pid,
        inode: Option<InodeId>,
        buffer: &mut Buffer<'_>,
    ) -> Outcome {
        let number = match inode.map(|inode| self.storage.fs.kind(inode)) {
            Some(FileKind::Proc(ProcNode::Of(number, ProcFile::Comm))) => number,
            Some(FileKind::Proc(node)) if node.is_of_kernel() => return Err(Errno::EIO.into()),
            _ => return Err(Errno::EINVAL.into()),
        };
        let mut bytes = [0; 15];
        let length = buffer.len().min(bytes.len());
        self.load_buffer(buffer, &mut bytes[..length])?;
        let (slot, tid) = self.processes.shown_in(number, opener)?;
        if slot != self.processes.current_slot() {
            return Err(Errno::EINVAL.into());
        }
        let thread = self.processes.current_mut().threads_mut().find(|thread| thread.tid == tid);
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        thread.ok_or(Errno::ESRCH)?.set_name(&bytes[..end]);
        Ok(buffer.len())
    }

    fn write_proc(&mut self, node: ProcNode, text: &mut Text) -> fmt::Result {
        let seconds = self.storage.machine.now() / 1_000_000_000;
        let hundredths = self.storage.machine.now() / 10_000_000 % 100;
        match node {
            ProcNode::MemInfo => {
                const KIB_PER_PAGE: usize = PAGE_SIZE / 1024;
                let (total, free) = (
                    self.storage.pool.total() * KIB_PER_PAGE,
                    self.storage.pool.free() * KIB_PER_PAGE,
                );
                for (name, kib) in [
                    ("MemTotal", total),
                    ("MemFree", free),
                    ("MemAvailable", free),
                    ("Buffers", 0),
                    ("Cached", 0),
                    ("SwapTotal", 0),
                    ("SwapFree", 0),
                ] {
                    let label = name.len() + 1;
                    writeln!(text, "{name}:{kib:>width$} kB", width = 24 - label)?;
                }
                Ok(())
            }
            ProcNode::Version => writeln!(text, "Linux version {RELEASE} (firmseed) #1"),
            ProcNode::Mounts => writeln!(text, "firmseed / tmpfs rw 0 0\nproc /proc proc rw 0 0"),
            ProcNode::Uptime => writeln!(text, "{seconds}.{hundredths:02} 0.00"),
            ProcNode::LoadAverage => {
                let count = self.processes.count();
                let running = self.count_of('R');
                writeln!(text, "0.00 0.00 0.00 {running}/{count} {}", self.processes.last_pid())
            }
            ProcNode::CpuInfo => {
                writeln!(text, "processor\t: 0\nFeatures\t: fp asimd\nCPU architecture: 8\n")
            }
            ProcNode::Stat => {
                let used: u64 =
                    self.processes.iter().map(|(_, process)| process.total_usage().time).sum();
                let idle = self.storage.machine.now().saturating_sub(used) / TICK;
                let (used, running) = (used / TICK, self.count_of('R'));
                writeln!(
                    text,
                    "cpu  {used} 0 0 {idle} 0 0 0 0 0 0\ncpu0 {used} 0 0 {idle} 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime {}\nprocesses {}\nprocs_running {running}\nprocs_blocked 0",
                    self.storage.fs.realtime(0) / 1_000_000_000,
                    self.processes.last_pid(),
                )
            }
            ProcNode::FileSystems => writeln!(text, "nodev\ttmpfs\nnodev\tproc"),
            ProcNode::KernelCommandLine => writeln!(text),
            ProcNode::Constant(constant) => writeln!(text, "{constant}"),
            ProcNode::Ledger => self.write_contents(self.ledger.text(), text),
            ProcNode::LedgerCounters => self.write_contents(self.ledger.counters(), text),
            ProcNode::LedgerHead => match self.ledger.head() {
                Some(head) => writeln!(text, "{}", Hex(head)),
                None => Ok(()),
            },
            // Links are never opened as files, and those of processes are not written here.
            ProcNode::Own | ProcNode::OwnThread | ProcNode::Of(..) => Ok(()),
        }
    }

    /// How many processes are in this state.
    fn count_of(&self, state: char) -> usize {
        self.processes
            .iter()
            .filter(|(_, process)| state_of(process, &process.thread) == state)
            .count()
    }

    /// The text of a file in the folder of a process.
    #[inline(never)]
    fn write_process(
        &mut self,
        slot: Slot,
        tid: Pid,
        file: ProcFile,
        text: &mut Text,
    ) -> fmt::Result {
        let process = self.processes.at(slot);
        match file {
            ProcFile::Comm => {
                // As it is: no more than the name and its end.
                let name = name_of(&thread_of(process, tid).name);
                text.push(name)?;
                text.write_char('\n')
            }
            ProcFile::Cmdline | ProcFile::Environ => self.write_strings(slot, file, text),
            ProcFile::Stat => self.write_stat(slot, tid, text),
            ProcFile::Memory => {
                let (size, resident) = memory_of(process);
                writeln!(text, "{size} {resident} 0 0 0 {resident} 0")
            }
            ProcFile::Status => self.write_status(slot, tid, text),
            ProcFile::Maps => self.write_maps(slot, text),
            // Links are never opened as files.
            ProcFile::Exe | ProcFile::Cwd | ProcFile::Root | ProcFile::Descriptor(_) => Ok(()),
        }
    }

    /// The arguments of a process as its memory has them, or its environment. A zombie has none. Who has written over the
    /// end of its arguments has a title, up to the first NUL, and be it in the environment.
    fn write_strings(&mut self, slot: Slot, file: ProcFile, text: &mut Text) -> fmt::Result {
        let process = self.processes.at_mut(slot);
        let (first, arguments, size) = process.strings;
        let Some(space) = process.space.as_mut() else {
            return Ok(());
        };
        let mut bytes = zeros(size).map_err(|_| fmt::Error)?;
        if space.copy_in(self.storage, UserAddr(first), &mut bytes).is_err() {
            return Ok(());
        }
        if file == ProcFile::Environ {
            bytes.drain(..arguments);
        } else if arguments > 0 && bytes[arguments - 1] == 0 {
            bytes.truncate(arguments);
        } else {
            let end = bytes.iter().position(|&byte| byte == 0).map_or(size, |nul| nul + 1);
            bytes.truncate(end);
        }
        text.bytes = bytes;
        Ok(())
    }

    /// proc(5), /proc/[pid]/stat: 52 fields.
    fn write_stat(&self, slot: Slot, tid: Pid, text: &mut Text) -> fmt::Result {
        const CONSOLE: u32 = 5 << 8 | 1;
        let process = self.processes.at(slot);
        let terminal = &self.files.terminal;
        let (tty, foreground) = match terminal.session() == Some(process.session) {
            true => (CONSOLE, i64::from(terminal.foreground().0)),
            false => (0, -1),
        };
        let (size, resident) = memory_of(process);
        let thread = thread_of(process, tid);
        let scheduling = thread.scheduling;
        let nice = i32::from(scheduling.nice);
        let priority = match scheduling.priority {
            0 => 20 + nice,
            priority => -1 - i32::from(priority),
        };
        let (ignored, caught) = dispositions(process);
        write!(
            text,
            "{pid} ({name}) {state} {parent} {group} {session} {tty} {foreground} 0 {faults} {children_faults} 0 0 {time} 0 {children_time} 0 {priority} {nice} {threads} 0 {started} {bytes} {resident} 18446744073709551615",
            pid = tid.0,
            name = Escaped(name_of(&thread.name)),
            state = state_of(process, thread),
            parent = process.parent.0,
            group = process.group.0,
            session = process.session.0,
            faults = process.usage.faults,
            children_faults = process.children_usage().faults,
            time = process.usage.time / TICK,
            children_time = process.children_usage().time / TICK,
            started = process.started / TICK,
            threads = process.threads().count(),
            bytes = size * PAGE_SIZE as u64,
        )?;
        // Addresses of code and stack, kesp, keip; then the signals; then what is not kept.
        writeln!(
            text,
            " 0 0 0 0 0 {} {} {ignored} {caught} 0 0 0 17 0 {} {} 0 0 0 0 0 0 0 0 0 0 0",
            (thread.signals.pending.set() | process.signals.pending.set()) & 0x7fff_ffff,
            thread.signals.blocked & 0x7fff_ffff,
            scheduling.priority,
            scheduling.policy,
        )
    }

    fn write_status(&self, slot: Slot, tid: Pid, text: &mut Text) -> fmt::Result {
        let process = self.processes.at(slot);
        let thread = thread_of(process, tid);
        let state = match state_of(process, thread) {
            'R' => "R (running)",
            'T' => "T (stopped)",
            'Z' => "Z (zombie)",
            _ => "S (sleeping)",
        };
        writeln!(
            text,
            "Name:\t{}\nUmask:\t{:04o}\nState:\t{state}\nTgid:\t{}\nNgid:\t0\nPid:\t{}\nPPid:\t{}\nTracerPid:\t0",
            Escaped(name_of(&thread.name)),
            process.umask(),
            process.pid.0,
            tid.0,
            process.parent.0,
        )?;
        for (label, [real, effective, saved, of_files]) in
            [("Uid", process.credentials.user), ("Gid", process.credentials.group)]
        {
            writeln!(text, "{label}:\t{real}\t{effective}\t{saved}\t{of_files}")?;
        }
        let (size, resident) = memory_of(process);
        let peak = process.usage.peak_pages.max(resident);
        writeln!(text, "FDSize:\t{}\nGroups:\t ", process.descriptors.table_size())?;
        if !process.is_zombie() {
            const KIB_PER_PAGE: u64 = PAGE_SIZE as u64 / 1024;
            let locked =
                process.space.as_ref().map_or(0, AddressSpace::locked_bytes) / PAGE_SIZE as u64;
            let rows = [("VmSize", size), ("VmLck", locked), ("VmHWM", peak), ("VmRSS", resident)];
            for (label, pages) in rows {
                writeln!(text, "{label}:\t{:>8} kB", pages * KIB_PER_PAGE)?;
            }
        }
        let own = &thread.signals;
        let (ignored, caught) = dispositions(process);
        writeln!(text, "Threads:\t{}\nSigQ:\t0/4096", process.threads().count())?;
        for (label, set) in [
            ("SigPnd", own.pending.set()),
            ("ShdPnd", process.signals.pending.set()),
            ("SigBlk", own.blocked),
            ("SigIgn", ignored),
            ("SigCgt", caught),
        ] {
            writeln!(text, "{label}:\t{set:016x}")?;
        }
        let credentials = &process.credentials;
        for (label, Capabilities(set)) in [
            ("CapInh", credentials.inheritable),
            ("CapPrm", credentials.permitted),
            ("CapEff", credentials.effective),
            ("CapBnd", Capabilities::ALL),
            ("CapAmb", Capabilities(0)),
        ] {
            writeln!(text, "{label}:\t{set:016x}")?;
        }
        let alone = u8::from(credentials.no_new_privileges);
        writeln!(text, "NoNewPrivs:\t{alone}\nSeccomp:\t0\nCpus_allowed:\t1\nCpus_allowed_list:\t0")
    }

    fn write_contents(&self, file: InodeId, text: &mut Text) -> fmt::Result {
        let size = usize::try_from(self.storage.fs.size(file)).map_err(|_| fmt::Error)?;
        text.bytes = zeros(size).map_err(|_| fmt::Error)?;
        self.storage.fs.read(file, 0, &mut text.bytes, &self.storage.machine);
        Ok(())
    }

    fn write_maps(&self, slot: Slot, text: &mut Text) -> fmt::Result {
        let Some(space) = &self.processes.at(slot).space else {
            return Ok(());
        };
        for area in space.areas() {
            let letter = |right, letter| {
                if area.protection.contains(right) { letter } else { '-' }
            };
            let shared = if area.kind == AreaKind::SharedAnonymous || area.kind.sharing().is_some()
            {
                's'
            } else {
                'p'
            };
            let (inode, offset) =
                area.kind.view().map_or((0, 0), |view| (u64::from(view.inode.0) + 1, view.offset));
            write!(
                text,
                "{:08x}-{:08x} {}{}{}{shared} {offset:08x} 00:01 {inode}",
                area.start,
                area.end,
                letter(Protection::READ, 'r'),
                letter(Protection::WRITE, 'w'),
                letter(Protection::EXECUTE, 'x'),
            )?;
            match &area.kind {
                AreaKind::Stack => writeln!(text, " [stack]")?,
                kind => match kind.view() {
                    Some(view) => {
                        let path = self.storage.fs.path_of(view.inode).map_err(|_| fmt::Error)?;
                        writeln!(text, " {}", Printable(&path))?;
                    }
                    None if space.is_heap(area) => writeln!(text, " [heap]")?,
                    None => writeln!(text)?,
                },
            }
        }
        Ok(())
    }
}

impl Processes {
    /// What a folder of /proc is for: the process, and the thread. Number 0 is the process that has opened a file.
    fn shown_in(&self, number: u32, opener: Pid) -> Result<(Slot, Pid), Errno> {
        let number = if number == 0 { opener } else { Pid(number) };
        Ok((self.process_or_self(number.0.into())?, number))
    }
}

/// The thread of this number, or if it has ended before the others the one that has run last.
fn thread_of(process: &Process, tid: Pid) -> &Thread {
    process.thread_with(tid).unwrap_or(&process.thread)
}

/// The letter of /proc for what a thread does.
fn state_of(process: &Process, thread: &Thread) -> char {
    match process.thread.state {
        State::Zombie(_) => 'Z',
        _ if process.job.is_stopped() => 'T',
        _ if thread.is_runnable() => 'R',
        _ => 'S',
    }
}

/// Pages of addresses, and pages of memory.
fn memory_of(process: &Process) -> (u64, u64) {
    let Some(space) = &process.space else {
        return (0, 0);
    };
    let usage = space.usage();
    (usage.virtual_bytes / PAGE_SIZE as u64, usage.resident_pages as u64)
}

/// The signals that a process ignores, and those that it handles.
fn dispositions(process: &Process) -> (u64, u64) {
    let mut sets = (0, 0);
    for (action, bit) in process.signals.actions.iter().zip(0..) {
        match action.handler {
            DEFAULT => {}
            IGNORE => sets.0 |= 1 << bit,
            _ => sets.1 |= 1u64 << bit,
        }
    }
    sets
}

/// A name in a line: what would end the line is shown as in C.
struct Escaped<'n>(&'n [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            match byte {
                b'\n' => f.write_str("\\n")?,
                b'\\' => f.write_str("\\\\")?,
                byte => Printable(&[byte]).fmt(f)?,
            }
        }
        Ok(())
    }
}

/// A process's name without its padding.
fn name_of(name: &[u8; 16]) -> &[u8] {
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    &name[..end]
}
