//! Arguments in user memory: words, structures and path names, copied in and out.

use alloc::vec::Vec;

use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::fs::PATH_MAX;
use crate::kernel::Kernel;
use crate::machine::Machine;

impl<M: Machine> Kernel<'_, M> {
    /// Fills `into` from the current process's memory.
    #[inline(never)]
    pub(crate) fn copy_in(&mut self, address: u64, into: &mut [u8]) -> Result<(), Errno> {
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        space.copy_in(&mut self.storage, UserAddr(address), into)
    }

    /// Writes `bytes` to the current process's memory.
    #[inline(never)]
    pub(crate) fn copy_out(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let space = self
            .processes
            .at_mut(self.current)
            .space
            .as_mut()
            .ok_or(Errno::EFAULT)?;
        space.copy_out(&mut self.storage, UserAddr(address), bytes)
    }

    /// Writes `bytes` unless the address is NULL.
    #[inline(never)]
    pub(crate) fn copy_out_optional(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        if address == 0 {
            Ok(())
        } else {
            self.copy_out(address, bytes)
        }
    }

    /// Little-endian 64-bit words from user memory.
    #[inline(never)]
    pub(crate) fn read_words<const N: usize>(&mut self, address: u64) -> Result<[u64; N], Errno> {
        let mut words = [0; N];
        for (index, word) in words.iter_mut().enumerate() {
            let mut bytes = [0; 8];
            let at = address.checked_add(index as u64 * 8).ok_or(Errno::EFAULT)?;
            self.copy_in(at, &mut bytes)?;
            *word = u64::from_le_bytes(bytes);
        }
        Ok(words)
    }

    /// A 32-bit word from user memory.
    #[inline(never)]
    pub(crate) fn read_u32(&mut self, address: u64) -> Result<u32, Errno> {
        let mut bytes = [0; 4];
        self.copy_in(address, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// 64-bit words to user memory.
    #[inline(never)]
    pub(crate) fn write_words<const N: usize>(
        &mut self,
        address: u64,
        words: &[u64; N],
    ) -> Result<(), Errno> {
        for (index, word) in words.iter().enumerate() {
            let at = address.checked_add(index as u64 * 8).ok_or(Errno::EFAULT)?;
            self.copy_out(at, &word.to_le_bytes())?;
        }
        Ok(())
    }

    /// A path name from user memory, without its NUL. It may be empty: what that means depends on the call.
    /// It lies in the heap: the kernel's stack is small.
    #[inline(never)]
    pub(crate) fn path_name(&mut self, address: u64) -> Result<Vec<u8>, Errno> {
        let space = self.processes.at_mut(self.current).space()?;
        let r = &mut self.storage;
        let length = space.string_length(r, UserAddr(address), PATH_MAX)?;
        let mut path = zeros(length.ok_or(Errno::ENAMETOOLONG)?)?;
        space.copy_in(r, UserAddr(address), &mut path)?;
        Ok(path)
    }
}

/// Bytes in the heap, to be filled.
pub(crate) fn zeros(length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// A structure of the ABI under construction: fields in order, little-endian, all of a fixed size.
pub(crate) struct Layout<const SIZE: usize> {
    bytes: [u8; SIZE],
    at: usize,
}

impl<const SIZE: usize> Layout<SIZE> {
    /// All zeros, at the start.
    pub(crate) fn new() -> Self {
        Layout {
            bytes: [0; SIZE],
            at: 0,
        }
    }

    /// The next field.
    pub(crate) fn put(&mut self, field: &[u8]) -> &mut Self {
        self.bytes[self.at..self.at + field.len()].copy_from_slice(field);
        self.at += field.len();
        self
    }

    /// A 16-bit field.
    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// A 32-bit field.
    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// A 64-bit field.
    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// Leaves `count` bytes zero.
    pub(crate) fn skip(&mut self, count: usize) -> &mut Self {
        self.at += count;
        self
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8; SIZE] {
        &self.bytes
    }
}
