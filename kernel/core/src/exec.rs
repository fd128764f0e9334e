//! Program start: a new address space from an executable, its arguments and its environment (execve(2)).
//!
//! The caller's memory is only read, until the whole program is there: every failure leaves it as it was, and there
//! is no point of no return. Neighbours: [`elf`] says what is to be mapped, [`vm`](crate::vm) maps it;
//! `stack` lays out the stack, `script` reads the `#!` line.

pub mod script;
mod stack;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::fs::{Fs, InodeId};
use crate::machine::Machine;
use crate::paging::Protection;
use crate::storage::Storage;
use crate::vm::area::{Area, AreaKind, FileView, Lock};
use crate::vm::{AddressSpace, LOWEST_ADDRESS, MMAP_TOP, PIE_BASE, STACK_TOP};
use firmseed_formats::elf::{self, Elf, ElfError, PF_R, PF_W, PF_X, Segment};
use script::{HEAD_SIZE, Head};
pub use stack::Arguments;

/// How many scripts may stand in a row, each the interpreter of the one before.
pub const SCRIPT_DEPTH: usize = 5;

// Where programs lie is a matter of their format; what else lies around them, of this kernel.
const _: () = assert!(
    elf::LOWEST_ADDRESS == LOWEST_ADDRESS
        && elf::HIGHEST_END == MMAP_TOP
        && elf::PIE_BASE == PIE_BASE
);

/// Argument or environment strings.
#[derive(Clone, Copy, Debug)]
pub enum Strings<'a> {
    /// The kernel's own: for PID 1. Without NUL bytes.
    Kernel(&'a [&'a [u8]]),
    /// A NULL-terminated array of pointers in the caller's memory (execve's argv, envp; NULL counts as empty).
    User(UserAddr),
}

/// What the auxiliary vector says about the process and the processor.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuxInputs {
    /// AT_UID.
    pub uid: u32,
    /// AT_EUID.
    pub euid: u32,
    /// AT_GID.
    pub gid: u32,
    /// AT_EGID.
    pub egid: u32,
    /// AT_SECURE.
    pub secure: bool,
    /// AT_HWCAP.
    pub hwcap: u64,
    /// AT_HWCAP2.
    pub hwcap2: u64,
    /// The bytes at AT_RANDOM.
    pub random: [u8; 16],
}

/// What execve asks for.
pub struct Request<'a> {
    /// The memory of the caller; needed for [`Strings::User`].
    pub caller: Option<&'a mut AddressSpace>,
    /// The path as the caller wrote it, without NUL: AT_EXECFN and the argument of `#!`.
    pub path: &'a [u8],
    /// The executable behind `path`, already resolved, a regular file that may be executed.
    pub file: InodeId,
    /// Arguments.
    pub argv: Strings<'a>,
    /// Environment.
    pub envp: Strings<'a>,
    /// For the auxiliary vector, by the file that is to run in the end.
    pub aux: &'a dyn Fn(&Fs, InodeId) -> AuxInputs,
    /// RLIMIT_STACK and RLIMIT_AS: how far the stack may grow.
    pub stack_limits: [u64; 2],
}

/// A program that is ready to run; the caller swaps it in.
#[derive(Debug)]
pub struct Program {
    /// Its memory, not yet active.
    pub space: AddressSpace,
    /// The first instruction.
    pub entry: u64,
    /// The stack pointer.
    pub stack: u64,
    /// Where its strings are.
    pub arguments: Arguments,
    /// The ELF file: for a script, the interpreter's (/proc/self/exe).
    pub file: InodeId,
}

/// Why there is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// The errno alone says it.
    #[error("{0}")]
    Errno(Errno),
    /// The file is not a program that can run here.
    #[error("{0}")]
    Elf(#[from] ElfError),
    /// A `#!` line without a path, or with one that is too long.
    #[error("its #! line names no interpreter within 256 bytes")]
    BadScript,
    /// Scripts that are interpreted by scripts.
    #[error("more than {SCRIPT_DEPTH} scripts that interpret each other")]
    ScriptDepth,
}

impl From<Errno> for ExecError {
    fn from(errno: Errno) -> Self {
        ExecError::Errno(errno)
    }
}

impl ExecError {
    /// What execve returns. A program that needs an interpreter gets ENOENT, as on a Linux without one.
    pub fn errno(self) -> Errno {
        match self {
            ExecError::Errno(errno) => errno,
            ExecError::Elf(ElfError::OutOfMemory) => Errno::ENOMEM,
            ExecError::Elf(ElfError::NeedsInterpreter) => Errno::ENOENT,
            ExecError::Elf(_) | ExecError::BadScript => Errno::ENOEXEC,
            ExecError::ScriptDepth => Errno::ELOOP,
        }
    }
}

/// Builds a program. `open` resolves the interpreter of a `#!` script as execve would (existence, execute
/// permission, policy).
///
/// # Errors
/// [`ExecError`]; nothing is left behind but pages of the caller that were filled in.
pub fn build<M: Machine>(
    storage: &mut Storage<'_, M>,
    request: Request<'_>,
    open: impl FnMut(&mut Storage<'_, M>, &[u8]) -> Result<InodeId, Errno>,
) -> Result<Program, ExecError> {
    let (file, prefix) = follow_scripts(storage, request.file, request.path, open)?;
    let elf = {
        let (fs, memory) = (&storage.fs, &storage.machine);
        Elf::parse(fs.size(file), |offset, buffer| {
            fs.read(file, offset, buffer, memory);
        })?
    };
    let mut space = AddressSpace::new(storage)?;
    match populate(storage, &mut space, &elf, file, &prefix, request) {
        Ok((stack, arguments)) => Ok(Program { space, entry: elf.entry, stack, arguments, file }),
        Err(error) => {
            space.release(storage);
            Err(error)
        }
    }
}

/// The ELF file that is to run in the end, and the arguments that come before the caller's `argv[1]`.
fn follow_scripts<M: Machine>(
    storage: &mut Storage<'_, M>,
    mut file: InodeId,
    path: &[u8],
    mut open: impl FnMut(&mut Storage<'_, M>, &[u8]) -> Result<InodeId, Errno>,
) -> Result<(InodeId, Vec<Vec<u8>>), ExecError> {
    let mut prefix = Vec::new();
    for _ in 0..=SCRIPT_DEPTH {
        let mut head = [0; HEAD_SIZE];
        let length = storage.fs.read(file, 0, &mut head, &storage.machine);
        let interpreter = match script::parse(&head[..length]) {
            Head::Other => return Ok((file, prefix)),
            Head::BadScript => return Err(ExecError::BadScript),
            Head::Script(interpreter) => interpreter,
        };
        file = open(storage, interpreter.path)?;
        if prefix.is_empty() {
            prefix.push(path.to_vec());
        }
        if let Some(argument) = interpreter.argument {
            prefix.insert(0, argument.to_vec());
        }
        prefix.insert(0, interpreter.path.to_vec());
    }
    Err(ExecError::ScriptDepth)
}

/// Fills a new address space. Returns the stack pointer, and where the strings are.
fn populate<M: Machine>(
    storage: &mut Storage<'_, M>,
    space: &mut AddressSpace,
    elf: &Elf,
    file: InodeId,
    prefix: &[Vec<u8>],
    request: Request<'_>,
) -> Result<(u64, Arguments), ExecError> {
    for segment in &elf.segments {
        map_segment(storage, space, segment, file)?;
    }
    space.start_heap(elf.end);
    let mut stack_protection = Protection::READ | Protection::WRITE;
    stack_protection.set(Protection::EXECUTE, elf.executable_stack);
    space.start_stack(storage, stack_protection, request.stack_limits)?;
    let prefix: Vec<&[u8]> = prefix.iter().map(Vec::as_slice).collect();
    let aux = (request.aux)(&storage.fs, file);
    let arguments = stack::push_arguments(storage, space, request, &prefix)?;
    let stack = stack::push_vectors(storage, space, &arguments, elf, &aux)?;
    Ok((stack, arguments))
}

/// Maps a segment over whatever was mapped there before.
fn map_segment<M: Machine>(
    storage: &mut Storage<'_, M>,
    space: &mut AddressSpace,
    segment: &Segment,
    file: InodeId,
) -> Result<(), Errno> {
    let (start, end) = segment.pages();
    // When the file's pages fit, they are mapped from their starts, as Linux does: then they can be shared.
    let before = if segment.is_congruent() { segment.address - start } else { 0 };
    let view = FileView {
        inode: file,
        offset: segment.offset - before,
        data_start: segment.address - before,
        data_end: segment.address + segment.file_size,
    };
    let kind = if segment.file_size == 0 { AreaKind::Anonymous } else { AreaKind::File(view) };
    let protection = protection(segment.flags);
    space.replace_area(storage, Area { start, end, protection, kind, lock: Lock::Off })
}

const _: () = assert!(STACK_TOP.is_multiple_of(16));

/// What `flags` of a program header let a program do.
fn protection(flags: u32) -> Protection {
    let mut protection = Protection::empty();
    protection.set(Protection::READ, flags & PF_R != 0);
    protection.set(Protection::WRITE, flags & PF_W != 0);
    protection.set(Protection::EXECUTE, flags & PF_X != 0);
    protection
}
