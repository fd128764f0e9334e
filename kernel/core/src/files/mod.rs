//! What descriptors lead to: open files, and the pipes, the terminal and the numbers behind them.
//!
//! `open` has the open files and what each of them is, `window` the places of bytes that small transfers use again.

pub mod locks;
pub mod open;
pub mod pipe;
pub mod pipes;
pub mod terminal;
pub mod window;

use crate::frames::FramePool;
use crate::fs::Fs;
use crate::machine::Machine;
use crate::process::Event;
use crate::process::signals::Info;
use crate::process::table::Processes;
use crate::random::Random;
use locks::Locks;
use open::{Object, OpenFile, OpenFiles};
use pipes::Pipes;
use terminal::Terminal;
use window::PendingWrite;

/// Everything behind descriptors that is no inode.
pub struct Files {
    /// Open files, shared by dup and fork.
    pub open: OpenFiles,
    /// Pipes.
    pub pipes: Pipes,
    /// The terminal behind /dev/console.
    pub terminal: Terminal,
    /// The numbers behind /dev/urandom.
    pub random: Random,
    /// Locks on files.
    pub locks: Locks,
    /// What the fast path has written.
    pub pending: PendingWrite,
}

impl Default for Files {
    fn default() -> Self {
        Files {
            open: OpenFiles::default(),
            pipes: Pipes::default(),
            terminal: Terminal::default(),
            random: Random::new(1),
            locks: Locks::default(),
            pending: PendingWrite::NONE,
        }
    }
}

impl Files {
    /// The last descriptor of an open file is gone. Returns the pipe that has gone with it, if any.
    pub fn close(
        &mut self,
        file: OpenFile,
        processes: &mut Processes,
        fs: &mut Fs,
        pool: &mut FramePool,
    ) -> Option<u32> {
        let mut gone = None;
        if let Object::PipeReader(pipe) | Object::PipeWriter(pipe) = file.object {
            match file.object {
                Object::PipeReader(_) => self.pipes.at(pipe).close_reader(pool),
                _ => self.pipes.at(pipe).close_writer(pool),
            }
            self.wake_pipe(pipe, processes);
            gone = self.pipes.remove_if_closed(pipe).then_some(pipe);
        }
        if let Some(inode) = file.inode {
            if matches!(file.object, Object::Regular(_)) && file.is_writable() {
                fs.end_write(inode);
            }
            fs.drop_hold(inode, pool);
        }
        gone
    }

    /// Bytes have gone into a pipe or out of it, or an end was closed.
    #[inline]
    pub fn wake_pipe(&mut self, pipe: u32, processes: &mut Processes) {
        if self.pipes.take_watch(pipe) {
            processes.wake(Event::Pipe(pipe));
            processes.wake(Event::Poll);
        }
    }

    /// Feeds the terminal with what was typed.
    pub fn read_console(&mut self, processes: &mut Processes, machine: &mut impl Machine) {
        let mut was_fed = false;
        while !self.terminal.is_full()
            && let Some(byte) = machine.console_read()
        {
            was_fed = true;
            if let Some(signal) = self.terminal.input(machine, byte) {
                processes.signal_group(self.terminal.foreground(), signal, Info::kernel());
            }
        }
        if was_fed && self.terminal.is_ready() {
            processes.wake(Event::Terminal);
            processes.wake(Event::Poll);
        }
    }
}
