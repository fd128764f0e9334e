//! ELF64 executables for AArch64: what is to be mapped where (System V gABI chapter 4 and 5; ELF for the Arm
//! 64-bit Architecture, IHI 0056).
//!
//! Accepted: static programs (ET_EXEC), and ET_DYN without an interpreter (static-PIE), which goes to [`PIE_BASE`].
//! As permissive as Linux or more: p_align is only a wish, the section headers are not looked at, segments may
//! overlap (the later one wins, page by page), may reach past the end of the file, and may have p_offset and
//! p_vaddr that differ within the page, which Linux refuses. All that a file says is checked before anything is
//! mapped; nothing here panics on any bytes.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use crate::page::{PAGE_SIZE, page_align_up};

/// Bytes of an ELF header.
const HEADER_SIZE: usize = 64;
/// Bytes of a program header.
pub const PROGRAM_HEADER_SIZE: usize = 56;
/// The most program headers: their table is at most 64 KiB, as on Linux.
const MAX_PROGRAM_HEADERS: u16 = (65536 / PROGRAM_HEADER_SIZE) as u16;

const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_AARCH64: u16 = 183;
const PT_LOAD: u32 = 1;
const PT_INTERP: u32 = 3;
const PT_GNU_STACK: u32 = 0x6474_e551;
/// In [`Segment::flags`]: it is executed.
pub const PF_X: u32 = 1;
/// In [`Segment::flags`]: it is written.
pub const PF_W: u32 = 2;
/// In [`Segment::flags`]: it is read.
pub const PF_R: u32 = 4;

const PAGE: u64 = PAGE_SIZE as u64;

/// A program's segments lie at this address at the lowest: the null page always faults.
pub const LOWEST_ADDRESS: u64 = PAGE;
/// One past their highest byte: behind it are the stack and the room that it grows into.
pub const HIGHEST_END: u64 = 0x7f_f7ef_f000;
/// Where the lowest segment of a static-PIE goes. Fixed, so that a run can be repeated exactly.
pub const PIE_BASE: u64 = 0x1000_0000;

/// Why a file is not a program that can run here. `segment` counts program headers from 0.
#[allow(missing_docs, reason = "the messages say it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    #[error("neither an ELF file nor a #! script")]
    NotElf,
    #[error("ends inside its ELF header ({size} of 64 bytes)")]
    Truncated { size: u64 },
    #[error("ELF class {class}, need 2 (64 bit)")]
    Not64Bit { class: u8 },
    #[error("ELF data encoding {data}, need 1 (little-endian)")]
    NotLittleEndian { data: u8 },
    #[error("ELF type {found}, need 2 (program) or 3 (static-PIE)")]
    WrongType { found: u16 },
    #[error("ELF machine {found}, need 183 (AArch64)")]
    WrongMachine { found: u16 },
    #[error("program headers of {found} bytes, need 56")]
    WrongHeaderSize { found: u16 },
    #[error("{found} program headers, need 1 to {MAX_PROGRAM_HEADERS}")]
    WrongHeaderCount { found: u16 },
    #[error("program headers at {offset:#x} reach past the file's end at {size:#x}")]
    HeadersOutsideFile { offset: u64, size: u64 },
    #[error("dynamically linked (PT_INTERP); only static programs run here: link it with -static")]
    NeedsInterpreter,
    #[error("no PT_LOAD segment with memory")]
    NothingToLoad,
    #[error("program header {segment}: p_filesz is larger than p_memsz")]
    FileLargerThanMemory { segment: u16 },
    #[error("program header {segment}: p_offset + p_filesz is no file offset")]
    OffsetTooLarge { segment: u16 },
    #[error(
        "program header {segment}: {size:#x} bytes at {address:#x} are not within {LOWEST_ADDRESS:#x} to {HIGHEST_END:#x}"
    )]
    AddressOutOfRange { segment: u16, address: u64, size: u64 },
    #[error("no memory for its list of segments")]
    OutOfMemory,
}

/// A part of the file that is to be in memory. Addresses are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where its first byte goes.
    pub address: u64,
    /// Bytes in memory, at least one.
    pub memory_size: u64,
    /// Where it starts in the file.
    pub offset: u64,
    /// Bytes from the file, at most `memory_size`; the others are zeros.
    pub file_size: u64,
    /// What the program may do with it: [`PF_R`], [`PF_W`], [`PF_X`].
    pub flags: u32,
}

impl Segment {
    /// The pages that it takes. Cannot overflow: the segment lies below [`HIGHEST_END`].
    pub fn pages(&self) -> (u64, u64) {
        let end = page_align_up(self.address + self.memory_size).expect("checked by parse");
        (self.address & !(PAGE - 1), end)
    }

    /// Are address and offset equal within the page, so that pages of the file can be mapped as they are?
    pub fn is_congruent(&self) -> bool {
        self.address % PAGE == self.offset % PAGE
    }
}

/// A program as its file describes it. Addresses are final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf {
    /// The first instruction.
    pub entry: u64,
    /// What is loaded, in the file's order.
    pub segments: Vec<Segment>,
    /// Where the program headers are in memory; 0 when no segment has them.
    pub headers_address: u64,
    /// How many there are.
    pub header_count: u16,
    /// The page after the last segment: the heap starts there.
    pub end: u64,
    /// Does PT_GNU_STACK ask for a stack that is executable?
    pub executable_stack: bool,
}

impl Elf {
    /// Reads the headers of a file of `size` bytes. `read(offset, buffer)` fills a buffer that lies inside the file.
    ///
    /// # Errors
    /// [`ElfError`] says what is wrong with the file.
    pub fn parse(size: u64, mut read: impl FnMut(u64, &mut [u8])) -> Result<Self, ElfError> {
        let header = Header::read(size, &mut read)?;
        let mut loads = Vec::new();
        let mut executable_stack = false;
        for index in 0..header.count {
            let mut bytes = [0; PROGRAM_HEADER_SIZE];
            read(header.offset + u64::from(index) * PROGRAM_HEADER_SIZE as u64, &mut bytes);
            let program_header = ProgramHeader::decode(index, &bytes);
            match program_header.kind {
                PT_LOAD if program_header.memory_size > 0 => {
                    loads.try_reserve(1).map_err(|_| ElfError::OutOfMemory)?;
                    loads.push(program_header);
                }
                PT_INTERP => return Err(ElfError::NeedsInterpreter),
                PT_GNU_STACK if program_header.flags & PF_X != 0 => {
                    executable_stack = true;
                }
                _ => {}
            }
        }
        let shift = header.shift(&loads)?;
        let mut segments = Vec::new();
        segments.try_reserve_exact(loads.len()).map_err(|_| ElfError::OutOfMemory)?;
        for load in &loads {
            segments.push(load.segment(shift)?);
        }
        let end = segments.iter().map(|segment| segment.pages().1).max();
        Ok(Elf {
            entry: header.entry.wrapping_add(shift),
            headers_address: headers_address(header.offset, &segments),
            header_count: header.count,
            end: end.ok_or(ElfError::NothingToLoad)?,
            segments,
            executable_stack,
        })
    }
}

/// Where the table at file offset `offset` comes to lie in memory.
fn headers_address(offset: u64, segments: &[Segment]) -> u64 {
    let holds = |segment: &&Segment| {
        segment.offset <= offset && offset - segment.offset < segment.file_size
    };
    let segment = segments.iter().find(holds);
    segment.map_or(0, |segment| offset - segment.offset + segment.address)
}

/// What the ELF header says, as far as it matters.
struct Header {
    kind: u16,
    entry: u64,
    /// The program headers: offset in the file, number.
    offset: u64,
    count: u16,
}

impl Header {
    fn read(size: u64, read: &mut impl FnMut(u64, &mut [u8])) -> Result<Self, ElfError> {
        let mut bytes = [0; HEADER_SIZE];
        let present = size.min(HEADER_SIZE as u64) as usize;
        read(0, &mut bytes[..present]);
        if bytes[..4] != *b"\x7fELF" {
            return Err(ElfError::NotElf);
        }
        if present < HEADER_SIZE {
            return Err(ElfError::Truncated { size });
        }
        if bytes[4] != 2 {
            return Err(ElfError::Not64Bit { class: bytes[4] });
        }
        if bytes[5] != 1 {
            return Err(ElfError::NotLittleEndian { data: bytes[5] });
        }
        let header = Header {
            kind: u16_at(&bytes, 16),
            entry: u64_at(&bytes, 24),
            offset: u64_at(&bytes, 32),
            count: u16_at(&bytes, 56),
        };
        let (machine, entry_size) = (u16_at(&bytes, 18), u16_at(&bytes, 54));
        if machine != EM_AARCH64 {
            return Err(ElfError::WrongMachine { found: machine });
        }
        if header.kind != ET_EXEC && header.kind != ET_DYN {
            return Err(ElfError::WrongType { found: header.kind });
        }
        if usize::from(entry_size) != PROGRAM_HEADER_SIZE {
            return Err(ElfError::WrongHeaderSize { found: entry_size });
        }
        if header.count == 0 || header.count > MAX_PROGRAM_HEADERS {
            return Err(ElfError::WrongHeaderCount { found: header.count });
        }
        let table = u64::from(header.count) * PROGRAM_HEADER_SIZE as u64;
        if header.offset.checked_add(table).is_none_or(|end| end > size) {
            return Err(ElfError::HeadersOutsideFile { offset: header.offset, size });
        }
        Ok(header)
    }

    /// What is added to every address (wrapping): 0, or what brings the lowest segment to [`PIE_BASE`].
    fn shift(&self, loads: &[ProgramHeader]) -> Result<u64, ElfError> {
        if self.kind == ET_EXEC {
            return Ok(0);
        }
        let lowest = loads.iter().map(|load| load.address).min().ok_or(ElfError::NothingToLoad)?;
        let wish = |load: &ProgramHeader| Some(load.align).filter(|align| align.is_power_of_two());
        let align = loads.iter().filter_map(wish).max().unwrap_or(PAGE).clamp(PAGE, PIE_BASE);
        Ok(PIE_BASE.wrapping_sub(lowest & !(align - 1)))
    }
}

struct ProgramHeader {
    index: u16,
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    file_size: u64,
    memory_size: u64,
    align: u64,
}

impl ProgramHeader {
    fn decode(index: u16, bytes: &[u8; PROGRAM_HEADER_SIZE]) -> Self {
        ProgramHeader {
            index,
            kind: u32_at(bytes, 0),
            flags: u32_at(bytes, 4),
            offset: u64_at(bytes, 8),
            address: u64_at(bytes, 16),
            file_size: u64_at(bytes, 32),
            memory_size: u64_at(bytes, 40),
            align: u64_at(bytes, 48),
        }
    }

    /// The checked segment of a PT_LOAD header.
    fn segment(&self, shift: u64) -> Result<Segment, ElfError> {
        let segment = self.index;
        if self.file_size > self.memory_size {
            return Err(ElfError::FileLargerThanMemory { segment });
        }
        let file_end = self.offset.checked_add(self.file_size);
        if file_end.is_none_or(|end| end > i64::MAX as u64) {
            return Err(ElfError::OffsetTooLarge { segment });
        }
        let address = self.address.wrapping_add(shift);
        let end = address.checked_add(self.memory_size);
        if address < LOWEST_ADDRESS || end.is_none_or(|end| end > HIGHEST_END) {
            let (address, size) = (self.address, self.memory_size);
            return Err(ElfError::AddressOutOfRange { segment, address, size });
        }
        Ok(Segment {
            address,
            memory_size: self.memory_size,
            offset: self.offset,
            file_size: self.file_size,
            flags: self.flags & (PF_R | PF_W | PF_X),
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
