//! Program start: a new address space from an executable, its arguments and its environment.

use crate::addr::UserAddr;
use crate::errno::Errno;
use crate::machine::Machine;
use crate::vm::files::InodeId;
use crate::vm::{AddressSpace, Resources};

/// Argument or environment strings.
#[derive(Clone, Copy, Debug)]
pub enum Strings<'a> {
    /// The kernel's own: for PID 1.
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
    /// The path as the caller wrote it: AT_EXECFN and the argument of `#!`.
    pub path: &'a [u8],
    /// The executable behind `path`, already resolved, a regular file that may be executed.
    pub file: InodeId,
    /// Arguments.
    pub argv: Strings<'a>,
    /// Environment.
    pub envp: Strings<'a>,
    /// For the auxiliary vector.
    pub aux: AuxInputs,
}

/// A program that is ready to run; the caller swaps it in.
pub struct Program {
    /// Its memory, not yet active.
    pub space: AddressSpace,
    /// The first instruction.
    pub entry: u64,
    /// The stack pointer.
    pub stack: u64,
    /// The ELF file: for a script, the interpreter's (/proc/self/exe).
    pub file: InodeId,
}

/// Why there is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError {
    /// The errno alone says it.
    Errno(Errno),
}

impl From<Errno> for ExecError {
    fn from(errno: Errno) -> Self {
        ExecError::Errno(errno)
    }
}

impl ExecError {
    /// What execve returns.
    pub fn errno(self) -> Errno {
        match self {
            ExecError::Errno(errno) => errno,
        }
    }
}

/// Builds a program. `open` resolves the interpreter of a `#!` script as execve would (existence, execute
/// permission, policy). Nothing of the caller changes but pages that were filled in; on error all is given back.
pub fn build<M: Machine>(
    _r: &mut Resources<'_, '_, M>,
    _request: Request<'_>,
    _open: impl FnMut(&mut Resources<'_, '_, M>, &[u8]) -> Result<InodeId, Errno>,
) -> Result<Program, ExecError> {
    todo!()
}
