// SPDX-License-Identifier: MIT OR Apache-2.0
//! Holding a file open for as long as requests are pending on it: a number of the library's own, high up and few of them.

use crate::errno::{Errno, Result, unchanged};
use core::ffi::c_int;

/// Asks whether two numbers mean the same open file description (Linux 6.10); the libc crate does not know it yet.
const F_DUPFD_QUERY: c_int = 1027;
/// Names a lock that is in the way of one that belongs to the open file description.
const F_OFD_GETLK: c_int = 36;

/// How many numbers the library has, and may have.
pub(crate) struct Pins {
    held: u32,
    limit: u32,
    lowest: c_int,
}

impl Pins {
    /// None; the limits are asked for with the first.
    pub(crate) const fn new() -> Pins {
        Pins { held: 0, limit: 0, lowest: 0 }
    }

    fn ask_limits(&mut self) {
        let mut limits = libc::rlimit { rlim_cur: 1024, rlim_max: 1024 };
        // SAFETY: `limits` is a valid place for the result.
        unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limits) };
        let open = u32::try_from(limits.rlim_cur).unwrap_or(u32::MAX / 2);
        self.limit = (open / 8).max(16);
        self.lowest = 512.min(open / 2) as c_int;
    }

    /// A number of the library's own for the file that `fd` means now; `None` if it may not have one, and then `fd` itself
    /// has to do. Errors: EBADF.
    pub(crate) fn take(&mut self, fd: c_int) -> Result<Option<c_int>> {
        if self.held >= self.limit {
            self.ask_limits();
            if self.held >= self.limit {
                return is_open(fd).map(|()| None);
            }
        }
        let mut pin = self.duplicate(fd);
        if pin == Err(Errno(libc::EINVAL)) || pin == Err(Errno(libc::EMFILE)) {
            // The limit may have been lowered.
            self.ask_limits();
            pin = self.duplicate(fd);
        }
        match pin {
            Ok(pin) => {
                self.held += 1;
                Ok(Some(pin))
            }
            Err(Errno(libc::EBADF)) => Err(Errno(libc::EBADF)),
            Err(_) => is_open(fd).map(|()| None),
        }
    }

    fn duplicate(&self, fd: c_int) -> Result<c_int> {
        // SAFETY: only numbers.
        match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, self.lowest) } {
            -1 => Err(Errno::last()),
            pin => Ok(pin),
        }
    }

    /// A number is about to be closed with [`close`].
    pub(crate) fn give(&mut self) {
        self.held -= 1;
    }

    /// Moves a descriptor of the library's own up to where it leaves low numbers to the program; where that is not
    /// possible it stays.
    pub(crate) fn lift(&mut self, fd: c_int) -> c_int {
        self.ask_limits();
        match self.duplicate(fd) {
            Ok(high) => {
                close(fd);
                high
            }
            Err(_) => fd,
        }
    }
}

/// EBADF unless `fd` is open.
pub(crate) fn is_open(fd: c_int) -> Result<()> {
    // SAFETY: only numbers.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 { Err(Errno(libc::EBADF)) } else { Ok(()) }
}

/// Closes a number of the library's own.
pub(crate) fn close(fd: c_int) {
    // SAFETY: only a number.
    unchanged(|| unsafe { libc::close(fd) });
}

/// True if a lock of fcntl(2) on the file of `pin` may be the process's own. Closing any number of a file gives up all
/// of them, so such a pin has to stay. The kernel names one lock that is in the way, which may hide ours.
pub(crate) fn may_be_locked(pin: c_int) -> bool {
    // SAFETY: flock is made of numbers.
    let mut lock: libc::flock64 = unsafe { core::mem::zeroed() };
    lock.l_type = libc::F_WRLCK as _;
    // The C library's function takes a structure of another width where a word has 32 bits.
    #[cfg(target_pointer_width = "32")]
    const NUMBER: core::ffi::c_long = libc::SYS_fcntl64;
    #[cfg(target_pointer_width = "64")]
    const NUMBER: core::ffi::c_long = libc::SYS_fcntl;
    // SAFETY: the structure is valid; asking takes no lock.
    let asked = unsafe { libc::syscall(NUMBER, pin, F_OFD_GETLK, &mut lock) };
    asked == 0 && i32::from(lock.l_type) != libc::F_UNLCK as i32
}

const F_SETSIG: c_int = 10;
const F_GETSIG: c_int = 11;

/// The signal for O_ASYNC, which is never on for a file that the library has made for itself: it tells such a file from what
/// has its number since the program has closed it.
const MARK: c_int = libc::SIGSYS;

/// Marks a file that the library has made for itself. False if the kernel or a sandbox has no marks.
pub(crate) fn mark(fd: c_int) -> bool {
    // SAFETY: only numbers.
    unsafe { libc::fcntl(fd, F_SETSIG, MARK) };
    is_marked(fd)
}

/// True if a number means a file that was marked.
pub(crate) fn is_marked(fd: c_int) -> bool {
    // SAFETY: only numbers.
    unchanged(|| unsafe { libc::fcntl(fd, F_GETSIG) }) == MARK
}

/// What a file is: its identity and its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) mode: u32,
}

/// What `fd` means. Asks the kernel, not a server behind it. Errors: EBADF and what statx(2) lists.
pub(crate) fn identity(fd: c_int) -> Result<Identity> {
    // SAFETY: statx and stat are made of numbers.
    let (mut extended, mut plain): (libc::statx, libc::stat) = unsafe { core::mem::zeroed() };
    const DONT_SYNC: c_int = 0x4000;
    // SAFETY: the path is empty and ends with a null byte; `extended` is a valid place for the result.
    let result = unsafe {
        libc::syscall(
            libc::SYS_statx,
            fd,
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | DONT_SYNC,
            libc::STATX_TYPE | libc::STATX_INO,
            &mut extended,
        )
    };
    if result == 0 {
        return Ok(Identity {
            device: u64::from(extended.stx_dev_major) << 32 | u64::from(extended.stx_dev_minor),
            inode: extended.stx_ino,
            mode: u32::from(extended.stx_mode),
        });
    }
    // SAFETY: `plain` is a valid place for the result.
    if unsafe { libc::fstat(fd, &mut plain) } == -1 {
        return Err(Errno::last());
    }
    // In the words of statx(2), of which a sandbox may allow some calls and not others.
    let device = u64::from(libc::major(plain.st_dev)) << 32 | u64::from(libc::minor(plain.st_dev));
    Ok(Identity { device, inode: plain.st_ino as u64, mode: plain.st_mode })
}

/// True if two numbers mean the same open file description; the files are known to be the same.
pub(crate) fn is_same(fd: c_int, pin: c_int) -> bool {
    // SAFETY: only numbers.
    match unsafe { libc::fcntl(fd, F_DUPFD_QUERY, pin) } {
        1 => return true,
        0 => return false,
        _ if Errno::last().0 == libc::EBADF => return false,
        _ => {}
    }
    const KCMP_FILE: c_int = 0;
    // SAFETY: only numbers.
    let compared = unsafe {
        let pid = libc::getpid();
        libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_FILE, fd, pin)
    };
    if compared >= 0 {
        return compared == 0;
    }
    // The kernel will not tell. Two descriptions of one file with the same flags differ in nothing that a request sees.
    let (mine, theirs) = (identity(fd), identity(pin));
    matches!((mine, theirs), (Ok(mine), Ok(theirs)) if mine == theirs) && flags(fd) == flags(pin)
}

/// The flags of an open file description; -1 if `fd` is not open.
pub(crate) fn flags(fd: c_int) -> c_int {
    // SAFETY: only numbers.
    unsafe { libc::fcntl(fd, libc::F_GETFL) }
}

/// True if a file of this type has positions that pread(2) uses.
pub(crate) fn is_seekable(fd: c_int, mode: u32) -> bool {
    match mode & libc::S_IFMT {
        libc::S_IFDIR => true,
        // Some of the kernel's own files, such as trace_pipe, say that they are regular ones and have no positions.
        // SAFETY: only numbers; asking for the position moves nothing.
        libc::S_IFREG | libc::S_IFBLK | libc::S_IFCHR => unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) != -1 },
        _ => false,
    }
}
