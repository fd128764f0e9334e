//! All processes: slots that are used again, which one runs, and the search for the next.
//!
//! Invariants: a live process or zombie has exactly one slot; a [`Slot`] stays valid until the process is removed. The state
//! of the scheduler stands here and changes in `scheduler` and `delivery` only.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Event, Pid, Process};
use crate::errno::Errno;

/// Most processes and zombies at once.
pub const MAX_PROCESSES: usize = 4096;
/// Process numbers wrap here. Those of threads lie above, so that the ledger's numbers of processes have no gaps.
const MAX_PID: u32 = 2_097_151;
/// Those of threads wrap here: the most that a 64-bit Linux gives.
const MAX_TID: u32 = 4_194_303;

/// A place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub u32);

/// All processes, and who has the processor.
pub struct Processes {
    slots: Vec<Option<Box<Process>>>,
    count: usize,
    last_pid: u32,
    last_tid: u32,
    /// The number of who began to wait for a futex last.
    pub(super) last_order: u64,
    /// The process that runs, or whose call is being answered.
    pub(super) current: Slot,
    /// False while the current process may simply go on.
    pub(super) attention: bool,
    /// Has the current process used up its slice?
    pub(super) slice_over: bool,
    /// No timer is due before this time.
    pub(super) next_timer: u64,
    /// When the current process got the processor.
    pub(super) running_since: u64,
    /// Whose FP/SIMD registers are live in the processor.
    pub(super) fp_owner: Option<Slot>,
    /// Whose address space is active.
    pub(super) space_owner: Option<Slot>,
    /// Set when the machine is to stop.
    pub(super) halt: Option<i32>,
}

impl Default for Processes {
    fn default() -> Self {
        Processes {
            slots: Vec::new(),
            count: 0,
            last_pid: 0,
            last_tid: MAX_PID,
            last_order: 0,
            current: Slot(0),
            attention: true,
            slice_over: false,
            next_timer: u64::MAX,
            running_since: 0,
            fp_owner: None,
            space_owner: None,
            halt: None,
        }
    }
}

impl Processes {
    /// The process that runs, or whose call is being answered.
    #[inline(always)]
    pub fn current(&self) -> &Process {
        self.at(self.current)
    }

    /// The same, to be changed.
    #[inline(always)]
    pub fn current_mut(&mut self) -> &mut Process {
        self.at_mut(self.current)
    }

    /// Its place.
    #[inline(always)]
    pub fn current_slot(&self) -> Slot {
        self.current
    }

    /// The number that was given last.
    pub fn last_pid(&self) -> u32 {
        self.last_pid
    }

    /// Processes and zombies.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The process in a slot that is known to be in use.
    #[inline(always)]
    pub fn at(&self, slot: Slot) -> &Process {
        match self.slots.get(slot.0 as usize) {
            Some(Some(process)) => process,
            _ => no_process(),
        }
    }

    /// The process in a slot that is known to be in use, to be changed.
    #[inline(always)]
    pub fn at_mut(&mut self, slot: Slot) -> &mut Process {
        match self.slots.get_mut(slot.0 as usize) {
            Some(Some(process)) => process,
            _ => no_process(),
        }
    }

    /// The process in a slot, if any.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut Process> {
        self.slots.get_mut(slot.0 as usize)?.as_deref_mut()
    }

    /// The slot of a process or zombie.
    #[inline(never)]
    pub fn find(&self, pid: Pid) -> Option<Slot> {
        self.iter().find(|(_, process)| process.pid == pid).map(|(slot, _)| slot)
    }

    /// The slot of the process that has this thread.
    #[inline(never)]
    pub fn find_thread(&self, tid: Pid) -> Option<Slot> {
        self.iter().find(|(_, process)| process.thread_with(tid).is_some()).map(|(slot, _)| slot)
    }

    /// A number for a thread, which nobody bears.
    pub fn next_tid(&mut self) -> Pid {
        loop {
            self.last_tid = if self.last_tid >= MAX_TID { MAX_PID } else { self.last_tid } + 1;
            let tid = Pid(self.last_tid);
            if self.find_thread(tid).is_none() {
                return tid;
            }
        }
    }

    /// All processes and zombies, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Process)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((Slot(index as u32), entry.as_deref()?)))
    }

    /// All processes and zombies, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Slot, &mut Process)> {
        self.slots
            .iter_mut()
            .enumerate()
            .filter_map(|(index, entry)| Some((Slot(index as u32), entry.as_deref_mut()?)))
    }

    /// Slots in use or free, for loops that change the table on the way.
    pub fn slots(&self) -> impl DoubleEndedIterator<Item = Slot> + use<> {
        (0..self.slots.len() as u32).map(Slot)
    }

    /// A number that no process, group or session bears, for the next one to be inserted: none is left out.
    ///
    /// # Errors
    /// EAGAIN when the table is full.
    pub fn next_pid(&self) -> Result<Pid, Errno> {
        if self.count >= MAX_PROCESSES {
            return Err(Errno::EAGAIN);
        }
        let mut number = self.last_pid;
        loop {
            number = if number >= MAX_PID { 2 } else { number + 1 };
            let pid = Pid(number);
            let taken =
                |process: &Process| [process.pid, process.group, process.session].contains(&pid);
            // Numbers are new until they wrap: the search is for the day when they do.
            if !self.iter().any(|(_, process)| taken(process)) {
                return Ok(pid);
            }
        }
    }

    /// Puts a process into a free slot.
    ///
    /// # Errors
    /// EAGAIN when the table is full, ENOMEM when it cannot grow; the process comes back.
    pub fn insert(&mut self, process: Box<Process>) -> Result<Slot, (Errno, Box<Process>)> {
        if self.count >= MAX_PROCESSES {
            return Err((Errno::EAGAIN, process));
        }
        let pid = process.pid;
        let free = self.slots.iter().position(Option::is_none);
        let index = match free {
            Some(index) => {
                self.slots[index] = Some(process);
                index
            }
            None => {
                if self.slots.try_reserve(1).is_err() {
                    return Err((Errno::ENOMEM, process));
                }
                self.slots.push(Some(process));
                self.slots.len() - 1
            }
        };
        self.count += 1;
        self.last_pid = pid.0;
        Ok(Slot(index as u32))
    }

    /// Takes a process out.
    pub fn remove(&mut self, slot: Slot) -> Box<Process> {
        self.count -= 1;
        self.slots[slot.0 as usize].take().expect("the slot is in use")
    }

    /// The next process that may run, looking behind `after` first and at `after` last.
    pub fn next_runnable(&self, after: Slot) -> Option<Slot> {
        let (head, tail) = self.slots.split_at(self.slots.len().min(after.0 as usize + 1));
        let runnable = |entry: &Option<Box<Process>>| {
            entry.as_ref().is_some_and(|process| process.is_runnable())
        };
        let index = match tail.iter().position(runnable) {
            Some(index) => head.len() + index,
            None => head.iter().position(runnable)?,
        };
        Some(Slot(index as u32))
    }

    /// Lets all who wait for `event` try their call again.
    #[inline(never)]
    pub fn wake(&mut self, event: Event) {
        for (_, process) in self.iter_mut() {
            process.wake(event);
        }
    }

    /// Lets all who wait for a pipe look at it again.
    pub fn wake_watchers(&mut self, pipe: u32) {
        self.wake(Event::Pipe(pipe));
        self.wake(Event::Poll);
    }
}

#[cold]
#[inline(never)]
fn no_process() -> ! {
    panic!("the slot is in use");
}
