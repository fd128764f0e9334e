//! New processes: clone(2) as fork and vfork.

use alloc::boxed::Box;

use super::Outcome;
use super::grant::User;
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::signals::Signal;
use crate::process::table::Slot;
use crate::process::{Event, Pid, Process, Restart};

const CSIGNAL: u64 = 0xff;
const CLONE_VM: u64 = 0x100;
const CLONE_VFORK: u64 = 0x4000;
const CLONE_PARENT_SETTID: u64 = 0x10_0000;
const CLONE_SETTLS: u64 = 0x8_0000;
const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
const CLONE_DETACHED: u64 = 0x40_0000;
const CLONE_UNTRACED: u64 = 0x80_0000;
const CLONE_CHILD_SETTID: u64 = 0x100_0000;
/// What a fork, a vfork and a posix_spawn ask for.
const SUPPORTED: u64 = CSIGNAL
    | CLONE_VM
    | CLONE_VFORK
    | CLONE_PARENT_SETTID
    | CLONE_SETTLS
    | CLONE_CHILD_CLEARTID
    | CLONE_DETACHED
    | CLONE_UNTRACED
    | CLONE_CHILD_SETTID;

impl<M: Machine> Kernel<'_, M> {
    #[inline(never)]
    pub(super) fn sys_clone(
        &mut self,
        flags: u64,
        stack: u64,
        parent_tid: u64,
        tls: u64,
        child_tid: u64,
    ) -> Outcome {
        if let Some(child) = self.processes.current_mut().spawned.take() {
            // Made again because the vfork child has let go of the address space.
            return self.vfork_parent(child);
        }
        let borrows = flags & CLONE_VM != 0;
        if flags & !SUPPORTED != 0 || (borrows && flags & CLONE_VFORK == 0) {
            // Threads and namespaces.
            return Err(Errno::EINVAL.into());
        }
        if Signal::new(flags & CSIGNAL).is_none() && flags & CSIGNAL != 0 {
            return Err(Errno::EINVAL.into());
        }
        self.observer().fork();
        let pid = self.processes.next_pid()?;
        self.ledger.make_room(&self.processes)?;
        if flags & CLONE_PARENT_SETTID != 0 {
            self.copy_out(parent_tid, &pid.0.to_le_bytes())?;
        }
        let mut child = self.copy_process(pid, flags)?;
        child.started = self.storage.machine.now();
        if stack != 0 {
            child.registers.sp = stack;
        }
        if flags & CLONE_SETTLS != 0 {
            child.registers.tpidr = tls;
        }
        if flags & CLONE_CHILD_CLEARTID != 0 {
            child.set_clear_tid(UserAddr(child_tid));
        }
        if borrows {
            child.space = self.processes.current_mut().space.take();
            child.lender = Some(self.processes.current().pid);
            self.processes.drop_space(self.processes.current_slot());
        } else {
            let parent = self.processes.current_mut();
            let space = parent.space.as_mut().ok_or(Errno::EFAULT)?;
            match space.fork(&mut self.storage) {
                Ok(space) => child.space = Some(space),
                Err(errno) => {
                    self.undo_copy(child);
                    return Err(errno.into());
                }
            }
        }
        let slot = self.insert_child(child)?;
        self.storage.fs.process_begins(pid.0);
        self.observer().forked(slot);
        if borrows {
            self.observer().memory_lent(slot);
        }
        if !borrows {
            self.observer().forked_memory(slot);
        }
        if flags & CLONE_CHILD_SETTID != 0 {
            let child = self.processes.at_mut(slot);
            let space = child.space.as_mut().expect("the child was given memory");
            // As on Linux, a bad address is the child's own loss.
            let _ = space.copy_out(&mut self.storage, UserAddr(child_tid), &pid.0.to_le_bytes());
        }
        if flags & CLONE_VFORK != 0 {
            return self.vfork_parent(pid);
        }
        Ok(pid.0 as usize)
    }

    /// Waits until the vfork child has called execve or ended.
    fn vfork_parent(&mut self, child: Pid) -> Outcome {
        let runs = |process: &Process| !process.is_zombie() && process.vfork_parent.is_some();
        let is_running =
            self.processes.find(child).is_some_and(|slot| runs(self.processes.at(slot)));
        if !is_running && self.processes.current().space.is_some() {
            return Ok(child.0 as usize);
        }
        self.processes.current_mut().spawned = Some(child);
        self.deadline(None);
        Err(self.block(Event::Vfork(child), Restart::Uninterruptible))
    }

    /// The child as a copy of the current process, without memory; its references are counted.
    #[inline(never)]
    fn copy_process(&mut self, pid: Pid, flags: u64) -> Result<Box<Process>, Errno> {
        self.processes.store_fp(&mut self.storage.machine);
        let parent = self.processes.current_mut();
        let descriptors = parent.descriptors.duplicate()?;
        let exit_signal = (flags & CSIGNAL) as u8;
        let mut child = parent.fork(pid, descriptors, exit_signal);
        child.vfork_parent = (flags & CLONE_VFORK != 0).then_some(parent.pid);
        if let Some(program) = child.program {
            // Cannot fail: the parent executes it, so nobody has it open for writing.
            self.storage.fs.begin_exec(program)?;
            self.storage.fs.hold(program);
        }
        self.storage.fs.hold(child.directory);
        for (_, descriptor) in child.descriptors.iter() {
            self.files.open.share(descriptor.file);
        }
        Ok(child)
    }

    /// Gives back what [`Self::copy_process`] counted, and the memory.
    fn undo_copy(&mut self, mut child: Box<Process>) {
        while let Some(descriptor) = child.descriptors.take_any(|_| true) {
            self.io().release_file(descriptor.file);
        }
        self.storage.fs.drop_hold(child.directory, &mut self.storage.pool);
        if let Some(program) = child.program {
            self.storage.fs.end_exec(program);
            self.storage.fs.drop_hold(program, &mut self.storage.pool);
        }
        if let Some(space) = child.space.take() {
            if child.lender.is_some() {
                self.processes.current_mut().space = Some(space);
            } else {
                space.release(&mut self.storage);
            }
        }
    }

    fn insert_child(&mut self, child: Box<Process>) -> Result<Slot, Errno> {
        match self.processes.insert(child) {
            Ok(slot) => {
                self.processes.ask_attention();
                Ok(slot)
            }
            Err((errno, child)) => {
                self.undo_copy(child);
                Err(errno)
            }
        }
    }
}
