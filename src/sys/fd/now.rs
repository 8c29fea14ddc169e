// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reads and writes that do not wait, on files in blocking mode that are no sockets: pipes, terminals, devices.
//!
//! Nonblocking mode belongs to the open file description, which other processes may share, so it is never switched for a
//! call. Instead this is tried, in this order:
//!
//! 1. preadv2(2) and pwritev2(2) with RWF_NOWAIT: pipes, since Linux 6.4. Where that is missing, poll(2) comes first.
//! 2. Of a pipe, vmsplice(2) with SPLICE_F_NONBLOCK, which copies to the caller's memory.
//! 3. An open file description of our own, by way of /proc: pipes and terminals. (Not the master of a
//!    pseudo-terminal: to open it makes another one.)
//! 4. The call. Another process that takes the bytes between poll(2) and it makes it wait.

use crate::errno::{Errno, Result};
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use core::ffi::c_int;

/// As much as any system takes without waiting of what poll(2) calls writable (_POSIX_PIPE_BUF).
const SURE: usize = 512;

/// Reads without waiting.
#[inline(never)]
pub(crate) fn read(fd: c_int, buffer: ReadBuf) -> Result<usize> {
    #[cfg(target_os = "linux")]
    {
        if let Some(result) = linux::read_nowait(fd, buffer) {
            return result;
        }
    }
    read_if_ready(fd, buffer)
}

/// The same where preadv2 does not serve.
fn read_if_ready(fd: c_int, buffer: ReadBuf) -> Result<usize> {
    // Mostly there is nothing to read. Then what follows, which could take bytes from other readers, is not needed.
    if fd::ready_now(fd, libc::POLLIN)? == 0 {
        may_be_tried(fd, libc::O_WRONLY)?;
        return Err(Errno(libc::EAGAIN));
    }
    #[cfg(target_os = "linux")]
    {
        if let Some(result) = linux::splice_out(fd, buffer) {
            return result;
        }
        if let Some(result) = linux::with_own_description(fd, libc::O_RDONLY, |own| fd::read(own, buffer)) {
            return result;
        }
    }
    fd::read(fd, buffer)
}

/// Writes without waiting.
#[inline(never)]
pub(crate) fn write(fd: c_int, buffer: WriteBuf) -> Result<usize> {
    #[cfg(target_os = "linux")]
    {
        if let Some(result) = linux::write_nowait(fd, buffer) {
            return result;
        }
    }
    write_if_ready(fd, buffer)
}

/// The same where pwritev2 does not serve.
fn write_if_ready(fd: c_int, buffer: WriteBuf) -> Result<usize> {
    may_be_tried(fd, libc::O_RDONLY)?;
    #[cfg(target_os = "linux")]
    {
        if let Some(result) = linux::with_own_description(fd, libc::O_WRONLY, |own| fd::write(own, buffer)) {
            return result;
        }
    }
    let mut written = 0;
    while written < buffer.len() {
        match fd::ready_now(fd, libc::POLLOUT) {
            Ok(0) if written == 0 => return Err(Errno(libc::EAGAIN)),
            Ok(ready) if ready != 0 => {}
            Err(error) if written == 0 => return Err(error),
            _ => break,
        }
        match fd::write(fd, buffer.part(written, SURE)) {
            Ok(count) => written += count,
            Err(error) if written == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(written)
}

/// EBADF if the open file description has no other access than `wrong`. poll(2) calls the wrong end of a pipe not ready, as
/// if that could change, and through /proc it would open as the other end.
fn may_be_tried(fd: c_int, wrong: c_int) -> Result<()> {
    let flags = syscall!(fcntl(fd, libc::F_GETFL))?;
    if flags & libc::O_ACCMODE == wrong { Err(Errno(libc::EBADF)) } else { Ok(()) }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::sys::file::wide;
    use core::ffi::{c_char, c_long, c_void};

    fn offered(result: Result<usize>) -> Option<Result<usize>> {
        match result {
            Err(error) if error.is_unsupported() => None,
            result => Some(result),
        }
    }

    fn vector(start: *const c_void, length: usize) -> libc::iovec {
        libc::iovec { iov_base: start.cast_mut(), iov_len: length }
    }

    pub(super) fn read_nowait(fd: c_int, buffer: ReadBuf) -> Option<Result<usize>> {
        nowait(libc::SYS_preadv2, fd, vector(buffer.start(), buffer.len()))
    }

    pub(super) fn write_nowait(fd: c_int, buffer: WriteBuf) -> Option<Result<usize>> {
        nowait(libc::SYS_pwritev2, fd, vector(buffer.start(), buffer.len()))
    }

    /// preadv2(2) or pwritev2(2) with RWF_NOWAIT, by its number: musl has functions for them since 1.2.5, and programs that
    /// link the static library with an older one would miss them.
    fn nowait(number: c_long, fd: c_int, piece: libc::iovec) -> Option<Result<usize>> {
        const COUNT: c_long = 1;
        // The current position, in halves as 32-bit kernels take it.
        const OFFSET: [c_long; 2] = [-1, -1];
        const FLAGS: c_long = libc::RWF_NOWAIT as c_long;
        let [low, high] = OFFSET;
        let moved = syscall!(syscall(number, c_long::from(fd), &raw const piece, COUNT, low, high, FLAGS));
        offered(moved.map(|moved| moved as usize))
    }

    /// From a pipe. (EBADF for anything else, a writing end included.)
    pub(super) fn splice_out(fd: c_int, buffer: ReadBuf) -> Option<Result<usize>> {
        let piece = vector(buffer.start(), buffer.len());
        match syscall!(vmsplice(fd, &piece, 1, libc::SPLICE_F_NONBLOCK)) {
            Err(Errno(libc::EBADF)) => None,
            result => offered(result.map(|moved| moved as usize)),
        }
    }

    /// Runs a call on an open file description of our own, in nonblocking mode. `None` where there is no way to one.
    pub(super) fn with_own_description(
        fd: c_int,
        access: c_int,
        call: impl FnOnce(c_int) -> Result<usize>,
    ) -> Option<Result<usize>> {
        let pipe = wide::status(fd).is_ok_and(|status| status.st_mode & libc::S_IFMT == libc::S_IFIFO);
        if !pipe && (!fd::is_terminal(fd) || is_pty_master(fd)) {
            return None;
        }
        let name = path_of(fd);
        let flags = access | libc::O_NONBLOCK | libc::O_CLOEXEC | libc::O_NOCTTY;
        // ENXIO of a pipe without a reader, like every other error, is left to the call itself.
        let own = syscall!(open(name.as_ptr().cast::<c_char>(), flags)).ok()?;
        let result = call(own);
        crate::errno::unchanged(|| fd::close(own));
        Some(result)
    }

    /// True unless the kernel says that it is none. A sandbox that fails the ioctl with another error has not said so, and
    /// opening a master would create another terminal, whose bytes are never read.
    fn is_pty_master(fd: c_int) -> bool {
        let mut number: c_int = 0;
        !matches!(syscall!(ioctl(fd, libc::TIOCGPTN, &mut number)), Err(Errno(libc::ENOTTY)))
    }

    /// `/proc/self/fd/NUMBER`, with a null byte behind it. (`write!` would bring `core::fmt` into every program that links the
    /// static library.)
    fn path_of(fd: c_int) -> [u8; 32] {
        const FOLDER: &[u8] = b"/proc/self/fd/";
        let mut name = [0; 32];
        name[..FOLDER.len()].copy_from_slice(FOLDER);
        // No descriptor is negative, and a number has ten digits at most.
        let mut rest = fd.unsigned_abs();
        let (mut digits, mut bound) = (1, 10u64);
        while u64::from(rest) >= bound {
            (digits, bound) = (digits + 1, bound * 10);
        }
        for place in name.iter_mut().skip(FOLDER.len()).take(digits).rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        name
    }

    #[cfg(test)]
    #[test]
    fn paths_of_descriptors() {
        for fd in [0, 9, 10, 12_345, c_int::MAX] {
            let path = format!("/proc/self/fd/{fd}\0");
            assert_eq!(&path_of(fd)[..path.len()], path.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write, pipe};
    use std::os::fd::AsRawFd;

    fn read_some(fd: c_int) -> Result<usize> {
        let mut bytes = [0u8; 100];
        // SAFETY: there are 100 bytes.
        read(fd, unsafe { ReadBuf::of_size(bytes.as_mut_ptr().cast(), bytes.len()) })
    }

    /// Kernels before 6.4, emulators and sandboxes have no preadv2 for pipes.
    #[test]
    fn the_wrong_end_of_a_pipe_is_no_matter_of_time() {
        let (reader, writer) = pipe().unwrap();
        let mut bytes = [0u8; 8];
        // SAFETY: there are 8 bytes.
        let buffer = unsafe { ReadBuf::of_size(bytes.as_mut_ptr().cast(), bytes.len()) };
        assert_eq!(read_if_ready(writer.as_raw_fd(), buffer), Err(Errno(libc::EBADF)));
        assert_eq!(read_if_ready(reader.as_raw_fd(), buffer), Err(Errno(libc::EAGAIN)));
        // SAFETY: as before.
        let buffer = unsafe { WriteBuf::of_size(bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(write_if_ready(reader.as_raw_fd(), buffer), Err(Errno(libc::EBADF)));
        assert_eq!(read_some(reader.as_raw_fd()), Err(Errno(libc::EAGAIN)));
        assert_eq!(write_if_ready(writer.as_raw_fd(), buffer), Ok(8));
    }

    #[test]
    fn pipes_are_read_and_written_as_far_as_that_goes() {
        let (mut reader, mut writer) = pipe().unwrap();
        assert_eq!(read_some(reader.as_raw_fd()), Err(Errno(libc::EAGAIN)));
        writer.write_all(b"abc").unwrap();
        assert_eq!(read_some(reader.as_raw_fd()), Ok(3));
        let large = vec![7u8; 1 << 20];
        // SAFETY: there are so many bytes.
        let buffer = unsafe { WriteBuf::of_size(large.as_ptr().cast(), large.len()) };
        let written = write(writer.as_raw_fd(), buffer).unwrap();
        assert!((4096..large.len()).contains(&written));
        assert_eq!(write(writer.as_raw_fd(), buffer), Err(Errno(libc::EAGAIN)));
        drop(writer);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), written);
        assert_eq!(read_some(reader.as_raw_fd()), Ok(0));
    }
}
