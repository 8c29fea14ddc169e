// SPDX-License-Identifier: MIT OR Apache-2.0
//! A pipe to oneself: it wakes a thread that waits in the kernel, where the kernel offers nothing better.

use crate::errno::{Errno, Result};
use crate::sys::{fd, file::wide};
use core::ffi::c_int;

/// Both ends are close-on-exec and in nonblocking mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SelfPipe {
    reading: End,
    writing: End,
}

/// A descriptor, and what tells whether its number still stands for our pipe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct End {
    fd: c_int,
    identity: Identity,
}

/// Device, inode, and the time of creation in nanoseconds where pipes have no inode number (OpenBSD, NetBSD). Only there is
/// the time compared: on Linux every write changes it.
type Identity = (u64, u64, i64);

#[inline(never)]
fn identity(fd: c_int) -> Result<Identity> {
    let status = wide::status(fd)?;
    if status.st_mode & libc::S_IFMT != libc::S_IFIFO {
        return Err(Errno(libc::EBADF));
    }
    #[cfg(target_os = "netbsd")]
    let fraction = status.st_ctimensec;
    #[cfg(not(target_os = "netbsd"))]
    let fraction = status.st_ctime_nsec;
    let created = (status.st_ctime as i64).wrapping_mul(1_000_000_000).wrapping_add(fraction as i64);
    Ok((status.st_dev as u64, status.st_ino as u64, if status.st_ino == 0 { created } else { 0 }))
}

impl End {
    /// False if the program has closed the number behind our back; it may belong to another file by now.
    fn is_ours(self) -> bool {
        identity(self.fd) == Ok(self.identity)
    }
}

impl SelfPipe {
    /// Errors: EMFILE, ENFILE.
    pub(super) fn new() -> Result<Self> {
        let [reading, writing] = fd::private_pipe()?;
        let end = |fd| identity(fd).map(|identity| End { fd, identity });
        let pipe = end(reading).and_then(|reading| Ok(SelfPipe { reading, writing: end(writing)? }));
        pipe.inspect_err(|_| [reading, writing].into_iter().for_each(fd::close))
    }

    /// What to wait for.
    pub(super) fn reading_end(self) -> c_int {
        self.reading.fd
    }

    /// Makes the reading end readable.
    pub(super) fn wake(self) {
        if self.writing.is_ours() {
            // EAGAIN says that the pipe is full, and then a wake-up is already pending. Without memory for a page none is.
            let write = || syscall!(write(self.writing.fd, c"!".as_ptr().cast(), 1));
            while let Err(Errno(libc::ENOMEM | libc::EINTR)) = write() {}
        }
    }

    /// Reads what [`wake`](Self::wake) has written. Errors: EBADF if the pipe is not ours any more.
    pub(super) fn drain(self) -> Result<()> {
        if !self.reading.is_ours() {
            return Err(Errno(libc::EBADF));
        }
        let mut bytes = [0u8; 128];
        // What is left after this shows at the next wait.
        let _ = syscall!(read(self.reading.fd, bytes.as_mut_ptr().cast(), bytes.len()));
        Ok(())
    }

    /// Closes what is still ours.
    pub(super) fn close_if_ours(self) {
        for end in [self.reading, self.writing] {
            if end.is_ours() {
                fd::close(end.fd);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wakes_until_drained_and_leaves_other_files_alone() {
        let pipe = SelfPipe::new().unwrap();
        let readable = |fd| {
            let mut query = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            syscall!(poll(&mut query, 1, 0)) == Ok(1)
        };
        assert!(!readable(pipe.reading_end()));
        pipe.wake();
        pipe.wake();
        assert!(readable(pipe.reading_end()));
        pipe.drain().unwrap();
        assert!(!readable(pipe.reading_end()));

        let stranger = SelfPipe::new().unwrap();
        for (from, to) in [(stranger.reading, pipe.reading), (stranger.writing, pipe.writing)] {
            syscall!(dup2(from.fd, to.fd)).unwrap();
        }
        pipe.wake();
        assert!(!readable(stranger.reading_end()));
        assert_eq!(pipe.drain(), Err(Errno(libc::EBADF)));
        pipe.close_if_ours();
        assert!(fd::status_flags(pipe.reading.fd).is_ok());
        fd::close(pipe.reading.fd);
        fd::close(pipe.writing.fd);
        stranger.close_if_ours();
    }
}
