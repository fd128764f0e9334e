//! What descriptors lead to: open files, and the pipes, the terminal and the numbers behind them.
//!
//! `open` has the open files and what each of them is, `window` the places of bytes that small transfers use again.

pub mod epoll;
pub mod locks;
pub mod numbered;
pub mod open;
pub mod pipe;
pub mod pipes;
pub mod terminal;
pub mod timers;
pub mod window;

use crate::frames::FramePool;
use crate::fs::Fs;
use crate::machine::Machine;
use crate::process::Event;
use crate::process::signals::Info;
use crate::process::table::Processes;
use crate::random::Random;
use epoll::Epolls;
use locks::Locks;
use open::{Duplex, Object, OpenFile, OpenFiles};
use pipes::{Moved, Pipes};
use terminal::Terminal;
use timers::TimerFiles;
use window::PendingWrite;

/// Everything behind descriptors that is no inode.
pub struct Files {
    /// Open files, shared by dup and fork.
    pub open: OpenFiles,
    /// Pipes.
    pub pipes: Pipes,
    /// What epoll watches.
    pub epolls: Epolls,
    /// Timers behind descriptors.
    pub timers: TimerFiles,
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
            epolls: Epolls::default(),
            timers: TimerFiles::default(),
            terminal: Terminal::default(),
            random: Random::new(1),
            locks: Locks::default(),
            pending: PendingWrite::NONE,
        }
    }
}

impl Files {
    /// The last descriptor of an open file is gone. `gone` is told the pipes that have gone with it.
    pub fn close(
        &mut self,
        file: OpenFile,
        processes: &mut Processes,
        fs: &mut Fs,
        pool: &mut FramePool,
        mut gone: impl FnMut(u32),
    ) {
        let [reads, writes] = match file.object {
            Object::PipeReader(pipe) => [Some(pipe), None],
            Object::PipeWriter(pipe) => [None, Some(pipe)],
            Object::Duplex(Duplex { reads, writes, .. }) => [Some(reads), Some(writes)],
            Object::Count(pipe, _) => [Some(pipe), Some(pipe)],
            Object::Timer(number) => {
                self.timers.remove(number);
                [Some(number); 2]
            }
            Object::Epoll(number) => {
                self.epolls.remove(number);
                [Some(number); 2]
            }
            _ => [None; 2],
        };
        if let Some(pipe) = reads {
            self.pipes.at(pipe).close_reader(pool);
        }
        if let Some(pipe) = writes {
            self.pipes.at(pipe).close_writer(pool);
        }
        if let Object::Duplex(duplex) = file.object
            && duplex.is_socket()
        {
            // What is on its way stays; nobody can add to it.
            self.pipes.at(duplex.reads).shut();
            self.pipes.at(duplex.writes).shut();
        }
        for pipe in [reads, writes.filter(|_| writes != reads)].into_iter().flatten() {
            self.wake_pipe(pipe, Moved::In, processes);
            if self.pipes.remove_if_closed(pipe) {
                gone(pipe);
            }
        }
        if let Some(inode) = file.inode {
            if matches!(file.object, Object::Regular(_)) && file.is_writable() {
                fs.end_write(inode);
            }
            fs.drop_hold(inode, pool);
        }
    }

    /// Bytes have gone into a pipe or out of it, or an end was closed.
    #[inline]
    pub fn wake_pipe(&mut self, pipe: u32, moved: Moved, processes: &mut Processes) {
        if self.pipes.take_watch(pipe, moved) {
            processes.wake_watchers(pipe);
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
