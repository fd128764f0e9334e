//! The stack of a new program (ELF for the Arm 64-bit Architecture; Linux's binfmt_elf is the reference).
//!
//! ```text
//! STACK_TOP  eight bytes of zeros
//!            path NUL
//!            environment strings, argument strings (argv[0] lowest), each with its NUL, without gaps
//!            16 random bytes, "aarch64" NUL
//!            auxiliary vector, ends with AT_NULL
//!            pointers to the environment strings, NULL
//!            pointers to the argument strings, NULL
//! sp         argc                                          (sp is a multiple of 16)
//! ```

use core::ops::RangeInclusive;

use super::{AuxInputs, ExecError, Request, Strings};
use crate::addr::{PAGE_SIZE, UserAddr};
use crate::context::Access;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::storage::Storage;
use crate::vm::{AddressSpace, STACK_LIMIT, STACK_TOP};
use firmseed_formats::elf::{Elf, PROGRAM_HEADER_SIZE};

/// The most that all strings and the pointers to them may take is a quarter of what the stack may; within these.
const TOTAL_LIMIT: RangeInclusive<u64> = 128 << 10..=STACK_LIMIT / 4 * 3;
/// The longest string, with its NUL (MAX_ARG_STRLEN).
const STRING_LIMIT: usize = 32 * PAGE_SIZE;
/// AT_CLKTCK: ticks in a second that times(2) counts.
const CLOCK_TICKS: u64 = 100;

/// The strings of a program on its new stack.
#[derive(Debug)]
pub struct Arguments {
    /// Address of the path string (AT_EXECFN): the end of the others.
    path: u64,
    /// Address of `argv[0]`'s string; the others follow, then those of the environment, each with its NUL.
    pub first: u64,
    /// Address of the first string of the environment.
    environment: u64,
    /// How many arguments there are.
    pub argument_count: u64,
    /// How many environment strings.
    pub environment_count: u64,
}

impl Arguments {
    /// Bytes of the arguments, with their NULs.
    pub const fn size(&self) -> usize {
        (self.environment - self.first) as usize
    }

    /// The same with the environment's.
    pub const fn size_of_all(&self) -> usize {
        (self.path - self.first) as usize
    }
}

/// Copies the strings to the top of the stack. `prefix` takes the place of `argv[0]` when it is not empty: the
/// interpreter's arguments of a script.
pub fn push_arguments<M: Machine>(
    storage: &mut Storage<'_, M>,
    space: &mut AddressSpace,
    request: Request<'_>,
    prefix: &[&[u8]],
) -> Result<Arguments, ExecError> {
    let Request { mut caller, path, argv, envp, stack_limits, .. } = request;
    let argc = count(storage, &mut caller, argv)?;
    let envc = count(storage, &mut caller, envp)?;
    let pointers = (argc.max(1) + envc) * 8;
    let total = (stack_limits[0] / 4).clamp(*TOTAL_LIMIT.start(), *TOTAL_LIMIT.end());
    let room = total.checked_sub(pointers).ok_or(Errno::E2BIG)?;
    let mut strings = StringStack { space, position: STACK_TOP - 8, room };
    strings.push_kernel(storage, path)?;
    let path = strings.position;
    strings.room = room;
    strings.push_all(storage, &mut caller, envp, 0..envc)?;
    let environment = strings.position;
    let skipped = if prefix.is_empty() { 0 } else { argc.min(1) };
    strings.push_all(storage, &mut caller, argv, skipped..argc)?;
    for string in prefix.iter().rev() {
        strings.push_kernel(storage, string)?;
    }
    let mut argument_count = prefix.len() as u64 + argc - skipped;
    if argument_count == 0 {
        // A program without argv[0] would take its first environment string for it (Linux 5.18 does the same).
        strings.push_kernel(storage, b"")?;
        argument_count = 1;
    }
    let first = strings.position;
    Ok(Arguments { path, first, environment, argument_count, environment_count: envc })
}

/// Writes all that lies below the strings. Returns the stack pointer.
pub fn push_vectors<M: Machine>(
    storage: &mut Storage<'_, M>,
    space: &mut AddressSpace,
    arguments: &Arguments,
    elf: &Elf,
    aux: &AuxInputs,
) -> Result<u64, ExecError> {
    let random = (arguments.first - 16) & !15;
    space.copy_out(storage, UserAddr(random), &aux.random)?;
    let platform = random - 16;
    space.copy_out(storage, UserAddr(platform), b"aarch64\0")?;
    let vector = auxiliary_vector(arguments, elf, aux, random, platform);
    let words = 1
        + arguments.argument_count
        + 1
        + arguments.environment_count
        + 1
        + 2 * vector.len() as u64;
    let stack = (platform - words * 8) & !15;
    let mut writer = WordWriter::new(stack);
    writer.push(storage, space, arguments.argument_count)?;
    let mut string = arguments.first;
    for count in [arguments.argument_count, arguments.environment_count] {
        for _ in 0..count {
            writer.push(storage, space, string)?;
            let length = space.string_length(storage, UserAddr(string), STRING_LIMIT)?;
            string += length.expect("pushed with a NUL") as u64 + 1;
        }
        writer.push(storage, space, 0)?;
    }
    for (kind, value) in vector {
        writer.push(storage, space, kind)?;
        writer.push(storage, space, value)?;
    }
    writer.flush(storage, space)?;
    Ok(stack)
}

/// getauxval(3) tells what each means.
fn auxiliary_vector(
    arguments: &Arguments,
    elf: &Elf,
    aux: &AuxInputs,
    random: u64,
    platform: u64,
) -> [(u64, u64); 20] {
    const AT_NULL: u64 = 0;
    const AT_PHDR: u64 = 3;
    const AT_PHENT: u64 = 4;
    const AT_PHNUM: u64 = 5;
    const AT_PAGESZ: u64 = 6;
    const AT_BASE: u64 = 7;
    const AT_FLAGS: u64 = 8;
    const AT_ENTRY: u64 = 9;
    const AT_UID: u64 = 11;
    const AT_EUID: u64 = 12;
    const AT_GID: u64 = 13;
    const AT_EGID: u64 = 14;
    const AT_PLATFORM: u64 = 15;
    const AT_HWCAP: u64 = 16;
    const AT_CLKTCK: u64 = 17;
    const AT_SECURE: u64 = 23;
    const AT_RANDOM: u64 = 25;
    const AT_HWCAP2: u64 = 26;
    const AT_EXECFN: u64 = 31;
    const AT_MINSIGSTKSZ: u64 = 51;
    /// What the kernel may store on a signal stack: the frame with FP/SIMD state.
    const SIGNAL_STACK: u64 = 4720;
    [
        (AT_HWCAP, aux.hwcap),
        (AT_PAGESZ, PAGE_SIZE as u64),
        (AT_CLKTCK, CLOCK_TICKS),
        (AT_PHDR, elf.headers_address),
        (AT_PHENT, PROGRAM_HEADER_SIZE as u64),
        (AT_PHNUM, u64::from(elf.header_count)),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, elf.entry),
        (AT_UID, u64::from(aux.uid)),
        (AT_EUID, u64::from(aux.euid)),
        (AT_GID, u64::from(aux.gid)),
        (AT_EGID, u64::from(aux.egid)),
        (AT_SECURE, aux.secure.into()),
        (AT_RANDOM, random),
        (AT_HWCAP2, aux.hwcap2),
        (AT_EXECFN, arguments.path),
        (AT_PLATFORM, platform),
        (AT_MINSIGSTKSZ, SIGNAL_STACK),
        (AT_NULL, 0),
    ]
}

/// Writes words upwards, many in one copy.
struct WordWriter {
    at: u64,
    words: [[u8; 8]; 64],
    used: usize,
}

impl WordWriter {
    fn new(at: u64) -> Self {
        WordWriter { at, words: [[0; 8]; 64], used: 0 }
    }

    fn push<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        space: &mut AddressSpace,
        word: u64,
    ) -> Result<(), Errno> {
        self.words[self.used] = word.to_le_bytes();
        self.used += 1;
        if self.used == self.words.len() {
            self.flush(storage, space)?;
        }
        Ok(())
    }

    fn flush<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        space: &mut AddressSpace,
    ) -> Result<(), Errno> {
        let bytes = self.words[..self.used].as_flattened();
        space.copy_out(storage, UserAddr(self.at), bytes)?;
        self.at += bytes.len() as u64;
        self.used = 0;
        Ok(())
    }
}

/// Strings that are pushed from the top of a stack downwards.
struct StringStack<'a> {
    space: &'a mut AddressSpace,
    position: u64,
    room: u64,
}

impl StringStack<'_> {
    /// Pushes strings, the last one first.
    fn push_all<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        caller: &mut Option<&mut AddressSpace>,
        strings: Strings<'_>,
        indexes: core::ops::Range<u64>,
    ) -> Result<(), Errno> {
        for index in indexes.rev() {
            match strings {
                Strings::Kernel(list) => self.push_kernel(storage, list[index as usize])?,
                Strings::User(array) => {
                    let caller = caller.as_deref_mut().ok_or(Errno::EFAULT)?;
                    let string = pointer(storage, caller, array, index)?;
                    self.push_user(storage, caller, string)?;
                }
            }
        }
        Ok(())
    }

    fn push_kernel<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        string: &[u8],
    ) -> Result<(), Errno> {
        self.take_room(string.len())?;
        self.space.copy_out(storage, UserAddr(self.position), string)?;
        let end = self.position + string.len() as u64;
        self.space.copy_out(storage, UserAddr(end), &[0])
    }

    /// One copy, from the caller's pages to the new ones. Nobody runs in between, so a string keeps its length.
    fn push_user<M: Machine>(
        &mut self,
        storage: &mut Storage<'_, M>,
        caller: &mut AddressSpace,
        string: UserAddr,
    ) -> Result<(), Errno> {
        let length = caller.string_length(storage, string, STRING_LIMIT)?.ok_or(Errno::E2BIG)?;
        self.take_room(length)?;
        let (space, target) = (&mut *self.space, self.position);
        let mut done = 0;
        while done < length + 1 {
            let from = UserAddr(string.0 + done as u64);
            let to = UserAddr(target + done as u64);
            let in_page = PAGE_SIZE - from.page_offset().max(to.page_offset());
            let part = in_page.min(length + 1 - done);
            let source = caller.translate(storage, from, Access::Read)?;
            let frame = space.translate(storage, to, Access::Write)?;
            storage.machine.copy(source, from.page_offset(), frame, to.page_offset(), part);
            done += part;
        }
        Ok(())
    }

    /// Moves the position down for a string of `length` bytes and its NUL.
    fn take_room(&mut self, length: usize) -> Result<(), Errno> {
        let size = length as u64 + 1;
        if size > STRING_LIMIT as u64 || size > self.room {
            return Err(Errno::E2BIG);
        }
        self.room -= size;
        self.position -= size;
        Ok(())
    }
}

/// How many strings there are.
fn count<M: Machine>(
    storage: &mut Storage<'_, M>,
    caller: &mut Option<&mut AddressSpace>,
    strings: Strings<'_>,
) -> Result<u64, Errno> {
    let array = match strings {
        Strings::Kernel(list) => return Ok(list.len() as u64),
        Strings::User(array) if array.is_null() => return Ok(0),
        Strings::User(array) => array,
    };
    let caller = caller.as_deref_mut().ok_or(Errno::EFAULT)?;
    for index in 0..*TOTAL_LIMIT.end() / 8 {
        if pointer(storage, caller, array, index)?.is_null() {
            return Ok(index);
        }
    }
    Err(Errno::E2BIG)
}

/// `array[index]` of the caller.
fn pointer<M: Machine>(
    storage: &mut Storage<'_, M>,
    caller: &mut AddressSpace,
    array: UserAddr,
    index: u64,
) -> Result<UserAddr, Errno> {
    let mut bytes = [0; 8];
    let address = array.checked_add(index * 8).ok_or(Errno::EFAULT)?;
    caller.copy_in(storage, address, &mut bytes)?;
    Ok(UserAddr(u64::from_le_bytes(bytes)))
}
