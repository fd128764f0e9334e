//! Memory as the processor sees it: page frames, and a translation that is the embedder's; and what the processor remembers of it.

/// log2 of a page's size.
pub const PAGE_SHIFT: u32 = 12;
/// Bytes of a page.
pub const PAGE_SIZE: usize = 1 << PAGE_SHIFT;
/// The bytes of a page.
pub type Page = [u8; PAGE_SIZE];

/// An address without its tag: the top byte counts for nothing where bit 55 is clear, as with TCR_EL1.TBI0 set
/// (ARM DDI 0487, D8.8.1).
pub fn untagged(address: u64) -> u64 {
    if address & 1 << 55 == 0 { address & u64::MAX >> 8 } else { address }
}

/// What an instruction does with memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Execute,
}

/// The memory beneath the processor.
pub trait Memory {
    /// The frame of the page that holds `address`, which has no tag; None where the access is not allowed: the program gets a fault.
    fn translate(&mut self, address: u64, access: Access) -> Option<u32>;
    /// A frame's bytes.
    fn page(&self, frame: u32) -> &Page;
    /// A frame's bytes, to be changed.
    fn page_mut(&mut self, frame: u32) -> &mut Page;
}

/// Translations that were asked for lately (a power of two).
const ENTRIES: usize = 256;

#[derive(Clone, Copy)]
struct Entry {
    page: u64,
    frame: u32,
}

const EMPTY: Entry = Entry { page: u64::MAX, frame: 0 };

/// What is remembered of one kind of access: a direct-mapped TLB.
struct Remembered([Entry; ENTRIES]);

impl Remembered {
    #[inline(always)]
    fn find(&self, page: u64) -> Option<u32> {
        let entry = self.0[page as usize % ENTRIES];
        (entry.page == page).then_some(entry.frame)
    }

    fn insert(&mut self, page: u64, frame: u32) {
        self.0[page as usize % ENTRIES] = Entry { page, frame };
    }

    /// Forgets a page, whatever tag it was reached by, and any other that stands in its place.
    fn forget(&mut self, page: u64) {
        self.0[page as usize % ENTRIES] = EMPTY;
    }
}

/// The translation of an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first byte that is out of reach.
    pub address: u64,
    /// What the instruction wanted.
    pub access: Access,
}

/// Translations that are remembered, and the frames that hold decoded code: those are written the long way.
pub struct Tlb {
    read: Remembered,
    write: Remembered,
    execute: Remembered,
    is_code: Vec<bool>,
    /// Code that was written over: it is to be decoded again. A store touches two pages at most.
    written: [Option<u32>; 2],
}

impl Tlb {
    /// For `frames` frames, numbered from 0.
    pub fn new(frames: usize) -> Self {
        let empty = || Remembered([EMPTY; ENTRIES]);
        Tlb {
            read: empty(),
            write: empty(),
            execute: empty(),
            is_code: vec![false; frames],
            written: [None; 2],
        }
    }

    /// Forgets all translations.
    pub fn forget_all(&mut self) {
        for remembered in [&mut self.read, &mut self.write, &mut self.execute] {
            remembered.0.fill(EMPTY);
        }
    }

    /// Forgets those of one page.
    pub fn forget(&mut self, address: u64) {
        for remembered in [&mut self.read, &mut self.write, &mut self.execute] {
            remembered.forget(address >> PAGE_SHIFT);
        }
    }

    /// From now on it matters that the frame is written to.
    pub fn mark_code(&mut self, frame: u32) {
        self.is_code[frame as usize] = true;
        for entry in &mut self.write.0 {
            if entry.frame == frame {
                *entry = EMPTY;
            }
        }
    }

    /// It matters no more.
    pub fn unmark_code(&mut self, frame: u32) {
        self.is_code[frame as usize] = false;
    }

    /// Was code written over?
    #[inline(always)]
    pub fn has_written(&self) -> bool {
        self.written[0].is_some()
    }

    /// The frames of code that were written over since this was last asked.
    pub fn take_written(&mut self) -> impl Iterator<Item = u32> + use<> {
        std::mem::take(&mut self.written).into_iter().flatten()
    }

    /// The frame to execute at `address`.
    #[inline(always)]
    pub fn execute(&mut self, memory: &mut impl Memory, address: u64) -> Result<u32, Fault> {
        let page = address >> PAGE_SHIFT;
        if let Some(frame) = self.execute.find(page) {
            return Ok(frame);
        }
        let access = Access::Execute;
        let frame = memory.translate(address, access).ok_or(Fault { address, access })?;
        self.execute.insert(page, frame);
        Ok(frame)
    }

    #[inline(always)]
    fn readable(&mut self, memory: &mut impl Memory, address: u64) -> Result<u32, Fault> {
        match self.read.find(address >> PAGE_SHIFT) {
            Some(frame) => Ok(frame),
            None => self.find_readable(memory, address),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_readable(&mut self, memory: &mut impl Memory, address: u64) -> Result<u32, Fault> {
        let access = Access::Read;
        let frame = memory.translate(untagged(address), access).ok_or(Fault { address, access })?;
        self.read.insert(address >> PAGE_SHIFT, frame);
        Ok(frame)
    }

    #[inline(always)]
    fn writable(&mut self, memory: &mut impl Memory, address: u64) -> Result<u32, Fault> {
        match self.write.find(address >> PAGE_SHIFT) {
            Some(frame) => Ok(frame),
            None => self.find_writable(memory, address),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_writable(&mut self, memory: &mut impl Memory, address: u64) -> Result<u32, Fault> {
        let access = Access::Write;
        let frame = memory.translate(untagged(address), access).ok_or(Fault { address, access })?;
        if self.is_code[frame as usize] {
            self.note_written(frame);
        } else {
            self.write.insert(address >> PAGE_SHIFT, frame);
        }
        Ok(frame)
    }

    fn note_written(&mut self, frame: u32) {
        if self.written[0] != Some(frame) {
            self.written = [Some(frame), self.written[0]];
        }
    }

    /// What is decoded of the page at `address` may be old: somebody other than the program may have written there.
    pub fn invalidate_code(&mut self, memory: &mut impl Memory, address: u64) -> Result<(), Fault> {
        let frame = self.readable(memory, address)?;
        if self.is_code[frame as usize] {
            self.note_written(frame);
        }
        Ok(())
    }

    /// Loads `SIZE` bytes, at most 64, from any address.
    #[inline(always)]
    pub fn load<const SIZE: usize>(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
    ) -> Result<[u8; SIZE], Fault> {
        let offset = address as usize % PAGE_SIZE;
        if offset > PAGE_SIZE - SIZE {
            return self.load_across(memory, address);
        }
        let frame = self.readable(memory, address)?;
        let bytes = memory.page(frame)[offset..].first_chunk();
        Ok(*bytes.expect("within the page"))
    }

    /// Stores bytes, at most 64, at any address: all, or none where it faults.
    #[inline(always)]
    pub fn store<const SIZE: usize>(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
        bytes: [u8; SIZE],
    ) -> Result<(), Fault> {
        let offset = address as usize % PAGE_SIZE;
        if offset > PAGE_SIZE - SIZE {
            return self.store_across(memory, address, &bytes);
        }
        let frame = self.writable(memory, address)?;
        let place = memory.page_mut(frame)[offset..].first_chunk_mut();
        *place.expect("within the page") = bytes;
        Ok(())
    }

    /// Loads `1 << log2_size` bytes, at most 16, as a number.
    pub fn load_number(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
        log2_size: u8,
    ) -> Result<u128, Fault> {
        Ok(match log2_size {
            0 => u8::from_le_bytes(self.load(memory, address)?).into(),
            1 => u16::from_le_bytes(self.load(memory, address)?).into(),
            2 => u32::from_le_bytes(self.load(memory, address)?).into(),
            3 => u64::from_le_bytes(self.load(memory, address)?).into(),
            _ => u128::from_le_bytes(self.load(memory, address)?),
        })
    }

    /// Stores the low `1 << log2_size` bytes, at most 16, of a number.
    pub fn store_number(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
        log2_size: u8,
        value: u128,
    ) -> Result<(), Fault> {
        match log2_size {
            0 => self.store(memory, address, (value as u8).to_le_bytes()),
            1 => self.store(memory, address, (value as u16).to_le_bytes()),
            2 => self.store(memory, address, (value as u32).to_le_bytes()),
            3 => self.store(memory, address, (value as u64).to_le_bytes()),
            _ => self.store(memory, address, value.to_le_bytes()),
        }
    }

    #[cold]
    #[inline(never)]
    fn load_across<const SIZE: usize>(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
    ) -> Result<[u8; SIZE], Fault> {
        let mut bytes = [0; SIZE];
        let offset = address as usize % PAGE_SIZE;
        let first = PAGE_SIZE - offset;
        let frame = self.readable(memory, address)?;
        let next = self.readable(memory, address.wrapping_add(first as u64))?;
        bytes[..first].copy_from_slice(&memory.page(frame)[offset..]);
        bytes[first..].copy_from_slice(&memory.page(next)[..SIZE - first]);
        Ok(bytes)
    }

    #[cold]
    #[inline(never)]
    fn store_across(
        &mut self,
        memory: &mut impl Memory,
        address: u64,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        let offset = address as usize % PAGE_SIZE;
        let (first, second) = bytes.split_at(PAGE_SIZE - offset);
        let frame = self.writable(memory, address)?;
        let next = self.writable(memory, address.wrapping_add(first.len() as u64))?;
        memory.page_mut(frame)[offset..].copy_from_slice(first);
        memory.page_mut(next)[..second.len()].copy_from_slice(second);
        Ok(())
    }
}
