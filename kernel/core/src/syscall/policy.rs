//! The policy about what may be executed, for execve(2), mmap(2) and mprotect(2). docs/ledger.md says what it promises.

use crate::errno::Errno;
use crate::fs::{Fs, InodeId, Origin};
use crate::kernel::Kernel;
use crate::machine::{Machine, say};
use crate::options::Policy;
use crate::text::Printable;
use crate::vm::Protection;

/// In an image of the chain, code runs only if it was made on this machine. Scripts are text: their interpreter counts.
///
/// # Errors
/// EACCES, and a line on the console that says what was not done. It shows the file's own path, which begins with a slash: what
/// a program calls the file could look like another line of the kernel.
pub(super) fn check_policy<M: Machine>(
    policy: Policy,
    fs: &Fs,
    machine: &mut M,
    file: InodeId,
    done: &str,
) -> Result<(), Errno> {
    let mut head = [0; 2];
    fs.read(file, 0, &mut head, machine);
    let origin = match (policy, fs.origin(file)) {
        (Policy::Open, _) | (_, Origin::Written) => return Ok(()),
        (_, Origin::Image | Origin::Altered) if head == *b"#!" && done == EXECUTED => return Ok(()),
        (_, Origin::Image) => "it is part of the image",
        (_, Origin::Altered) => "it is a file of the image that a program has written into",
    };
    say(
        machine,
        format_args!(
            "{}: not {done}: {origin}, and only programs that were made on this machine may run \
             (an image built with --policy open runs any)",
            Printable(&fs.path_of(file).unwrap_or_default())
        ),
    );
    Err(Errno::EACCES)
}

/// What execve does, for [`check_policy`].
pub(super) const EXECUTED: &str = "executed";
/// What mmap and mprotect do.
const MAPPED: &str = "mapped as code";

impl<M: Machine> Kernel<'_, M> {
    /// May the current process execute bytes of a file that it maps?
    ///
    /// # Errors
    /// EACCES.
    pub(super) fn check_mapping(
        &mut self,
        file: InodeId,
        protection: Protection,
    ) -> Result<(), Errno> {
        if self.policy == Policy::Open || !protection.executable() {
            return Ok(());
        }
        check_policy(self.policy, &self.storage.fs, &mut self.storage.machine, file, MAPPED)
    }

    /// May the current process execute what is mapped from `address` on? The ledger gets to know the files.
    ///
    /// # Errors
    /// EACCES.
    pub(super) fn check_protection(
        &mut self,
        address: u64,
        length: u64,
        protection: Protection,
    ) -> Result<(), Errno> {
        if !protection.executable() {
            return Ok(());
        }
        let end = address.saturating_add(length);
        let mut at = address;
        while let Some(space) = &self.processes.current().space
            && let Some(area) = space.next_area(at).filter(|area| area.start < end)
        {
            at = area.end;
            if let Some(view) = area.kind.view() {
                let file = view.inode;
                self.check_mapping(file, protection)?;
                self.observer().code(file);
            }
        }
        Ok(())
    }
}
