//! New processes and threads: clone(2).

use alloc::boxed::Box;

use super::grant::User;
use super::{Outcome, Stop};
use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::files::open::{O_CLOEXEC, Object};
use crate::fs::Capabilities;
use crate::kernel::Kernel;
use crate::machine::Machine;
use crate::process::limits::Resource;
use crate::process::table::{Processes, Slot};
use crate::process::thread::Thread;
use crate::process::{Event, Pid, Process, Restart};

const CSIGNAL: u64 = 0xff;
const CLONE_VM: u64 = 0x100;
const CLONE_FS: u64 = 0x200;
const CLONE_FILES: u64 = 0x400;
const CLONE_SIGHAND: u64 = 0x800;
const CLONE_PIDFD: u64 = 0x1000;
const CLONE_VFORK: u64 = 0x4000;
const CLONE_PARENT: u64 = 0x8000;
const CLONE_THREAD: u64 = 0x1_0000;
const CLONE_NEWNS: u64 = 0x2_0000;
const CLONE_SYSVSEM: u64 = 0x4_0000;
const CLONE_SETTLS: u64 = 0x8_0000;
const CLONE_PARENT_SETTID: u64 = 0x10_0000;
const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
const CLONE_DETACHED: u64 = 0x40_0000;
const CLONE_CHILD_SETTID: u64 = 0x100_0000;
const CLONE_NEWCGROUP: u64 = 0x200_0000;
const CLONE_NEWUTS: u64 = 0x400_0000;
const CLONE_NEWIPC: u64 = 0x800_0000;
const CLONE_NEWUSER: u64 = 0x1000_0000;
const CLONE_NEWPID: u64 = 0x2000_0000;
const CLONE_NEWNET: u64 = 0x4000_0000;

/// What all threads of a process have in common.
const IN_COMMON: u64 = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND;

/// What Linux refuses: clone(2), "EINVAL".
fn is_contradiction(flags: u64) -> bool {
    let has = |wanted| flags & wanted == wanted;
    has(CLONE_SIGHAND) && !has(CLONE_VM)
        || has(CLONE_THREAD) && !has(CLONE_SIGHAND)
        || has(CLONE_NEWNS | CLONE_FS)
        || has(CLONE_NEWUSER | CLONE_FS)
        || has(CLONE_THREAD) && flags & (CLONE_NEWUSER | CLONE_NEWPID) != 0
        || has(CLONE_PIDFD) && flags & (CLONE_DETACHED | CLONE_THREAD | CLONE_PARENT_SETTID) != 0
        || has(CLONE_NEWIPC | CLONE_SYSVSEM)
}

/// What this kernel has not, by name.
fn unsupported(flags: u64) -> Option<&'static str> {
    const NEVER: [(u64, &str); 7] = [
        (CLONE_NEWNS, "CLONE_NEWNS"),
        (CLONE_NEWCGROUP, "CLONE_NEWCGROUP"),
        (CLONE_NEWUTS, "CLONE_NEWUTS"),
        (CLONE_NEWIPC, "CLONE_NEWIPC"),
        (CLONE_NEWUSER, "CLONE_NEWUSER"),
        (CLONE_NEWPID, "CLONE_NEWPID"),
        (CLONE_NEWNET, "CLONE_NEWNET"),
    ];
    let named = NEVER.into_iter().find(|(flag, _)| flags & flag != 0).map(|(_, name)| name);
    let is_thread = flags & CLONE_THREAD != 0;
    named.or(match flags & IN_COMMON {
        _ if is_thread && flags & CLONE_VFORK != 0 => Some("CLONE_THREAD with CLONE_VFORK"),
        IN_COMMON if is_thread => None,
        _ if is_thread => Some("CLONE_THREAD without CLONE_FS and CLONE_FILES"),
        0 => None,
        CLONE_VM if flags & CLONE_VFORK != 0 => None,
        CLONE_VM => Some("CLONE_VM without CLONE_THREAD or CLONE_VFORK"),
        _ => Some("CLONE_FS, CLONE_FILES or CLONE_SIGHAND without CLONE_THREAD"),
    })
}

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
        if let Some(child) = self.processes.current_mut().thread.spawned.take() {
            // Made again because the vfork child has let go of the address space.
            return self.vfork_parent(child);
        }
        let flags = u64::from(flags as u32);
        let is_init = self.processes.current().pid == Pid::INIT;
        if is_contradiction(flags) || flags & CLONE_PARENT != 0 && is_init {
            return Err(Errno::EINVAL.into());
        }
        if let Some(name) = unsupported(flags) {
            self.report_unsupported(name, Errno::EINVAL);
            return Err(Errno::EINVAL.into());
        }
        if self.processes.has_its_share() {
            return Err(Errno::EAGAIN.into());
        }
        if flags & CLONE_THREAD != 0 {
            return self.add_thread(flags, stack, parent_tid, tls, child_tid);
        }
        let borrows = flags & CLONE_VM != 0;
        self.observer().fork();
        let pid = self.processes.next_pid()?;
        self.ledger.make_room(&self.processes)?;
        if flags & CLONE_PARENT_SETTID != 0 {
            // As on Linux, a bad address is the program's own loss.
            let _ = self.copy_out(parent_tid, &pid.0.to_le_bytes());
        }
        let pidfd = match flags & CLONE_PIDFD {
            0 => None,
            _ => Some(self.add_pidfd(pid, parent_tid)?),
        };
        let slot = match self.add_child(pid, flags, stack, tls, child_tid, pidfd) {
            Ok(slot) => slot,
            Err(errno) => {
                if let Some(fd) = pidfd {
                    self.io().sys_close(fd)?;
                }
                return Err(errno.into());
            }
        };
        let owner = self.processes.at(slot).credentials.shown_owner();
        self.storage.fs.process_begins(pid.0, owner);
        self.observer().forked(slot);
        if !borrows {
            self.observer().forked_memory(slot);
        }
        if flags & CLONE_CHILD_SETTID != 0 {
            let child = self.processes.at_mut(slot);
            let space = child.space.as_mut().expect("the child was given memory");
            let _ = space.copy_out(&mut self.storage, UserAddr(child_tid), &pid.0.to_le_bytes());
        }
        if flags & CLONE_VFORK != 0 {
            return self.vfork_parent(pid);
        }
        Ok(pid.0 as usize)
    }

    /// A descriptor of the child to come, whose number the parent finds at `into`.
    #[inline(never)]
    fn add_pidfd(&mut self, child: Pid, into: u64) -> Result<u64, Stop> {
        let fd = self.io().add_object(Object::Process(child), O_CLOEXEC)? as u64;
        if let Err(errno) = self.copy_out(into, &(fd as u32).to_le_bytes()) {
            self.io().sys_close(fd)?;
            return Err(errno.into());
        }
        Ok(fd)
    }

    /// The child, in the table, with memory of its own or its parent's, and without the descriptor of itself.
    fn add_child(
        &mut self,
        pid: Pid,
        flags: u64,
        stack: u64,
        tls: u64,
        child_tid: u64,
        pidfd: Option<u64>,
    ) -> Result<Slot, Errno> {
        let mut child = self.copy_process(pid, flags)?;
        if let Some(fd) = pidfd {
            let descriptor = child.descriptors.take(fd)?;
            self.io().release_file(descriptor.file);
        }
        child.started = self.storage.machine.now();
        set_up(&mut child.thread, flags, stack, tls, child_tid);
        if flags & CLONE_VM != 0 {
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
                    return Err(errno);
                }
            }
        }
        self.insert_child(child)
    }

    /// One more thread of the current process. What it does is the process's: the ledger has nothing to be told.
    #[inline(never)]
    fn add_thread(
        &mut self,
        flags: u64,
        stack: u64,
        parent_tid: u64,
        tls: u64,
        child_tid: u64,
    ) -> Outcome {
        let tid = self.processes.next_tid();
        self.processes.store_fp(&mut self.storage.machine);
        self.processes.ask_attention();
        let process = self.processes.current_mut();
        let mut thread = Box::new(Thread::new(tid));
        thread.copy(&process.thread);
        set_up(&mut thread, flags, stack, tls, child_tid);
        process.add_thread(thread)?;
        for (flag, address) in [(CLONE_PARENT_SETTID, parent_tid), (CLONE_CHILD_SETTID, child_tid)]
        {
            if flags & flag != 0 {
                let _ = self.copy_out(address, &tid.0.to_le_bytes());
            }
        }
        Ok(tid.0 as usize)
    }

    /// Waits until the vfork child has called execve or ended.
    fn vfork_parent(&mut self, child: Pid) -> Outcome {
        let runs = |process: &Process| !process.is_zombie() && process.vfork_parent.is_some();
        let is_running =
            self.processes.find(child).is_some_and(|slot| runs(self.processes.at(slot)));
        if !is_running && self.processes.current().space.is_some() {
            return Ok(child.0 as usize);
        }
        self.processes.current_mut().thread.spawned = Some(child);
        self.deadline(None);
        Err(self.block(Event::Vfork(child), Restart::Uninterruptible))
    }

    /// The child as a copy of the current process, without memory; its references are counted.
    #[inline(never)]
    fn copy_process(&mut self, pid: Pid, flags: u64) -> Result<Box<Process>, Errno> {
        self.processes.store_fp(&mut self.storage.machine);
        let parent = self.processes.current_mut();
        let descriptors = parent.descriptors.duplicate()?;
        let is_sibling = flags & CLONE_PARENT != 0;
        let exit_signal = if is_sibling { parent.exit_signal } else { (flags & CSIGNAL) as u8 };
        let mut child = parent.fork(pid, descriptors, exit_signal);
        if is_sibling {
            child.parent = parent.parent;
        }
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

/// What clone gives a new thread, or the first one of a process.
fn set_up(thread: &mut Thread, flags: u64, stack: u64, tls: u64, child_tid: u64) {
    if stack != 0 {
        thread.registers.sp = stack;
    }
    if flags & CLONE_SETTLS != 0 {
        thread.registers.tpidr = tls;
    }
    if flags & CLONE_CHILD_CLEARTID != 0 {
        thread.end.clear_tid = UserAddr(child_tid);
    }
}

impl Processes {
    /// RLIMIT_NPROC: has the real user as many processes and threads as it may? Root and those that may exceed limits have
    /// none.
    fn has_its_share(&self) -> bool {
        let process = self.current();
        let (user, most) = (process.credentials.user[0], process.limits.soft(Resource::PROCESSES));
        let is_free = [Capabilities::SYS_RESOURCE, Capabilities::SYS_ADMIN];
        if user == 0 || is_free.iter().any(|&one| process.credentials.effective.has(one)) {
            return false;
        }
        let own = self.iter().filter(|(_, process)| process.credentials.user[0] == user);
        own.map(|(_, process)| process.threads().count() as u64).sum::<u64>() >= most
    }
}
