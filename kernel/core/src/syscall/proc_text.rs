//! The texts of /proc, made when a file of it is opened (proc(5)).

use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::grant::Io;
use super::system::RELEASE;
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;
use crate::fs::{InodeId, ProcNode};
use crate::machine::Machine;
use crate::text::{Printable, Text, zeros};
use crate::vm::Protection;
use crate::vm::area::AreaKind;
use firmseed_formats::sha256::Hex;

impl<M: Machine> Io<'_, '_, M> {
    /// What a file of /proc says to the current process.
    #[inline(never)]
    pub(super) fn proc_text(&mut self, node: ProcNode) -> Result<Vec<u8>, Errno> {
        let mut text = Text::new();
        self.write_proc(node, &mut text).map_err(|_| Errno::ENOMEM)?;
        Ok(text.bytes)
    }

    fn write_proc(&mut self, node: ProcNode, text: &mut Text) -> fmt::Result {
        let seconds = self.storage.machine.now() / 1_000_000_000;
        let hundredths = self.storage.machine.now() / 10_000_000 % 100;
        let process = self.processes.current();
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
                writeln!(text, "0.00 0.00 0.00 1/{count} {}", process.pid.0)
            }
            ProcNode::CpuInfo => {
                writeln!(text, "processor\t: 0\nFeatures\t: fp asimd\nCPU architecture: 8\n")
            }
            ProcNode::Stat => writeln!(
                text,
                "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nbtime {}",
                self.storage.fs.realtime(0) / 1_000_000_000
            ),
            ProcNode::FileSystems => writeln!(text, "nodev\ttmpfs\nnodev\tproc"),
            ProcNode::KernelCommandLine => writeln!(text),
            ProcNode::SelfComm => writeln!(text, "{}", Printable(name_of(process.name()))),
            ProcNode::SelfCmdline => write!(text, "{}\0", Printable(&process.path)),
            ProcNode::SelfStat => writeln!(
                text,
                "{} ({}) R {} {} {} 0 -1 0 {} 0 0 0 {} 0 0 0 20 0 1 0 0",
                process.pid.0,
                Printable(name_of(process.name())),
                process.parent.0,
                process.group.0,
                process.session.0,
                process.usage.faults,
                process.usage.time / 10_000_000,
            ),
            ProcNode::SelfStatus => writeln!(
                text,
                "Name:\t{}\nState:\tR (running)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{}\nUid:\t{u}\t{u}\t{u}\t{u}\nGid:\t{g}\t{g}\t{g}\t{g}\nThreads:\t1",
                Printable(name_of(process.name())),
                process.parent.0,
                pid = process.pid.0,
                u = process.credentials.user[0],
                g = process.credentials.group[0],
            ),
            ProcNode::SelfMaps => self.write_maps(text),
            ProcNode::Ledger => self.write_contents(self.ledger.text(), text),
            ProcNode::LedgerCounters => self.write_contents(self.ledger.counters(), text),
            ProcNode::LedgerHead => match self.ledger.head() {
                Some(head) => writeln!(text, "{}", Hex(head)),
                None => Ok(()),
            },
            // Links are never opened as files.
            ProcNode::SelfExe | ProcNode::SelfCwd | ProcNode::Descriptor(_) => Ok(()),
        }
    }

    fn write_contents(&self, file: InodeId, text: &mut Text) -> fmt::Result {
        let size = usize::try_from(self.storage.fs.size(file)).map_err(|_| fmt::Error)?;
        text.bytes = zeros(size).map_err(|_| fmt::Error)?;
        self.storage.fs.read(file, 0, &mut text.bytes, &self.storage.machine);
        Ok(())
    }

    fn write_maps(&self, text: &mut Text) -> fmt::Result {
        let Some(space) = &self.processes.current().space else {
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
                    None => writeln!(text)?,
                },
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
