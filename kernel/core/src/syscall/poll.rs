//! poll(2) and select(2): which of these files are ready? A blocked poll looks again after any event that
//! concerns pipes or the terminal.

use super::grant::{Io, User};
use super::object::{IN, OUT, POLLERR, POLLHUP, POLLNVAL};
use super::signal::check_set_size;
use super::{Outcome, Stop};
use crate::errno::Errno;
use crate::machine::Machine;
use crate::process::descriptors::MAX_DESCRIPTORS;
use crate::process::{Event, Restart};

impl<M: Machine> Io<'_, '_, M> {
    pub(super) fn sys_ppoll(
        &mut self,
        fds: u64,
        count: u64,
        timeout: u64,
        mask: u64,
        set_size: u64,
    ) -> Outcome {
        let count = u64::from(count as u32);
        if count > self.processes.current().descriptors.limit() as u64 {
            return Err(Errno::EINVAL.into());
        }
        let timeout = if timeout == 0 { None } else { Some(self.timespec(timeout)?) };
        if mask != 0 {
            check_set_size(set_size)?;
            let [mask] = self.read_words(mask)?;
            self.processes.current_mut().use_mask(mask);
        }
        let outcome = self.poll_files(fds, count, timeout);
        self.end_poll(outcome)
    }

    fn poll_files(&mut self, fds: u64, count: u64, timeout: Option<u64>) -> Outcome {
        let mut ready = 0;
        for index in 0..count {
            let at = fds.wrapping_add(index * 8);
            let [word] = self.read_words(at)?;
            let (fd, events) = (word as u32, (word >> 32) as u16);
            let result = if (fd as i32) < 0 {
                0
            } else {
                match self.processes.current().descriptors.file(fd.into()) {
                    Ok(id) => self.poll(id) & (events | POLLERR | POLLHUP),
                    Err(_) => POLLNVAL,
                }
            };
            self.copy_out(at.wrapping_add(6), &result.to_le_bytes())?;
            ready += usize::from(result != 0);
        }
        self.poll_result(ready, timeout)
    }

    /// The count of ready files, 0 after the timeout, or a reason to wait.
    pub(super) fn poll_result(&mut self, ready: usize, timeout: Option<u64>) -> Outcome {
        if ready > 0 {
            return Ok(ready);
        }
        if self.storage.machine.now() >= self.deadline(timeout) {
            return Ok(0);
        }
        Err(self.block(Event::Poll, Restart::Never))
    }

    /// The mask that held during the call goes, unless a handler is about to run under it.
    pub(super) fn end_poll(&mut self, outcome: Outcome) -> Outcome {
        if outcome != Err(Stop::BLOCK) {
            self.processes.current_mut().restore_mask();
        }
        outcome
    }

    pub(super) fn sys_pselect6(
        &mut self,
        count: u64,
        sets: [u64; 3],
        timeout: u64,
        mask: u64,
    ) -> Outcome {
        if (count as i32) < 0 {
            return Err(Errno::EINVAL.into());
        }
        let timeout = if timeout == 0 { None } else { Some(self.timespec(timeout)?) };
        if mask != 0 {
            let [set, set_size] = self.read_words(mask)?;
            if set != 0 {
                check_set_size(set_size)?;
                let [mask] = self.read_words(set)?;
                self.processes.current_mut().use_mask(mask);
            }
        }
        let size = self.processes.current().descriptors.table_size();
        let count = usize::try_from(count).unwrap_or(size).min(size);
        let outcome = self.select_files(count, sets, timeout);
        self.end_poll(outcome)
    }

    #[inline(never)]
    fn select_files(&mut self, count: usize, sets: [u64; 3], timeout: Option<u64>) -> Outcome {
        const WORDS: usize = MAX_DESCRIPTORS / 64;
        let words = count.div_ceil(64);
        let mut wanted = [[0u64; WORDS]; 3];
        for (set, address) in wanted.iter_mut().zip(sets) {
            if address != 0 {
                for (index, word) in set[..words].iter_mut().enumerate() {
                    *word = self.read_words::<1>(address.wrapping_add(index as u64 * 8))?[0];
                }
            }
        }
        let mut found = [[0u64; WORDS]; 3];
        let mut ready = 0;
        for fd in 0..count {
            let (word, bit) = (fd / 64, 1u64 << (fd % 64));
            if wanted.iter().all(|set| set[word] & bit == 0) {
                continue;
            }
            let id = self.processes.current().descriptors.file(fd as u64)?;
            let state = self.poll(id);
            let conditions =
                [state & (IN | POLLHUP | POLLERR) != 0, state & (OUT | POLLERR) != 0, false];
            for ((found, wanted), condition) in found.iter_mut().zip(&wanted).zip(conditions) {
                if wanted[word] & bit != 0 && condition {
                    found[word] |= bit;
                    ready += 1;
                }
            }
        }
        let result = self.poll_result(ready, timeout)?;
        for (set, address) in found.iter().zip(sets) {
            if address != 0 {
                for (index, word) in set[..words].iter().enumerate() {
                    self.write_words(address.wrapping_add(index as u64 * 8), &[*word])?;
                }
            }
        }
        Ok(result)
    }
}
