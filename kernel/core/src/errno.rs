//! Error numbers of the Linux ABI (asm-generic/errno-base.h, errno.h).

/// Why a system call failed. The value is Linux's; the sign flips once, in the trap path.
/// As wide as the ids that it stands beside in a `Result`: narrower ones are masked and shifted at each call, 3 KB of code.
#[repr(u32)]
#[allow(
    missing_docs,
    clippy::upper_case_acronyms,
    reason = "the names are the documentation: errno(3)"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errno {
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    E2BIG = 7,
    ENOEXEC = 8,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    ENOTTY = 25,
    ETXTBSY = 26,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EMLINK = 31,
    EPIPE = 32,
    EDOM = 33,
    ERANGE = 34,
    EDEADLK = 35,
    ENAMETOOLONG = 36,
    ENOLCK = 37,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    EOVERFLOW = 75,
    ENOTSOCK = 88,
    EMSGSIZE = 90,
    ENOPROTOOPT = 92,
    EPROTONOSUPPORT = 93,
    ESOCKTNOSUPPORT = 94,
    EOPNOTSUPP = 95,
    EAFNOSUPPORT = 97,
    ENOBUFS = 105,
    EISCONN = 106,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
}

/// Their names by number, from 1 to 40, then those of `LAST`: the kernel is built without the texts of `Debug`.
const NAMES: &str = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT - \
    EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC \
    ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP EOVERFLOW \
    ENOTSOCK EMSGSIZE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EAFNOSUPPORT ENOBUFS EISCONN ENOTCONN ETIMEDOUT \
    ECONNREFUSED";

/// The numbers above 40, in the order of their names.
const LAST: [u8; 13] = [75, 88, 90, 92, 93, 94, 95, 97, 105, 106, 107, 110, 111];

impl core::fmt::Display for Errno {
    /// Its name, as errno(3) has it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let number = *self as usize;
        let late = LAST.iter().position(|&last| usize::from(last) == number);
        let place = late.map_or(number - 1, |late| 40 + late);
        let mut names = NAMES.split_ascii_whitespace();
        f.write_str(names.nth(place).unwrap_or("?"))
    }
}

impl From<firmseed_formats::tar::OutOfMemory> for Errno {
    fn from(_: firmseed_formats::tar::OutOfMemory) -> Self {
        Errno::ENOMEM
    }
}

#[cfg(test)]
mod tests {
    use super::Errno;
    use std::format;

    #[test]
    fn names_are_those_of_the_numbers() {
        for errno in [
            Errno::EPERM,
            Errno::ENOENT,
            Errno::ESRCH,
            Errno::EINTR,
            Errno::EIO,
            Errno::ENXIO,
            Errno::E2BIG,
            Errno::ENOEXEC,
            Errno::EBADF,
            Errno::ECHILD,
            Errno::EAGAIN,
            Errno::ENOMEM,
            Errno::EACCES,
            Errno::EFAULT,
            Errno::EBUSY,
            Errno::EEXIST,
            Errno::EXDEV,
            Errno::ENODEV,
            Errno::ENOTDIR,
            Errno::EISDIR,
            Errno::EINVAL,
            Errno::ENFILE,
            Errno::EMFILE,
            Errno::ENOTTY,
            Errno::ETXTBSY,
            Errno::EFBIG,
            Errno::ENOSPC,
            Errno::ESPIPE,
            Errno::EROFS,
            Errno::EMLINK,
            Errno::EPIPE,
            Errno::EDOM,
            Errno::ERANGE,
            Errno::EDEADLK,
            Errno::ENAMETOOLONG,
            Errno::ENOLCK,
            Errno::ENOSYS,
            Errno::ENOTEMPTY,
            Errno::ELOOP,
            Errno::EOVERFLOW,
            Errno::ENOTSOCK,
            Errno::EMSGSIZE,
            Errno::ENOPROTOOPT,
            Errno::EPROTONOSUPPORT,
            Errno::ESOCKTNOSUPPORT,
            Errno::EOPNOTSUPP,
            Errno::EAFNOSUPPORT,
            Errno::ENOBUFS,
            Errno::EISCONN,
            Errno::ENOTCONN,
            Errno::ETIMEDOUT,
            Errno::ECONNREFUSED,
        ] {
            assert_eq!(format!("{errno}"), format!("{errno:?}"));
        }
    }
}
