// SPDX-License-Identifier: MIT OR Apache-2.0
//! Descriptors: modes, and reads and writes that do not wait.

use crate::errno::{Errno, Result};
use crate::sys::file::wide;
use crate::sys::pause::poll_once;
use core::ffi::{CStr, c_int};
use core::slice::from_mut;

mod buffer;
pub(crate) mod gather;
pub(crate) mod now;

pub(crate) use buffer::{ReadBuf, WriteBuf};

/// Closes a descriptor. On EINTR it is closed all the same, and may not be closed again.
pub(crate) fn close(fd: c_int) {
    let _ = syscall!(close(fd));
}

/// The status flags (O_NONBLOCK and others). Errors: EBADF.
pub(crate) fn status_flags(fd: c_int) -> Result<c_int> {
    syscall!(fcntl(fd, libc::F_GETFL))
}

/// True if the descriptor is in nonblocking mode. Errors: EBADF.
pub(crate) fn is_nonblocking(fd: c_int) -> Result<bool> {
    Ok(status_flags(fd)? & libc::O_NONBLOCK != 0)
}

/// Switches nonblocking mode on or off, in one call that leaves all other flags alone.
pub(crate) fn set_nonblocking(fd: c_int, on: bool) -> Result<()> {
    let mut value: c_int = on.into();
    match syscall!(ioctl(fd, libc::FIONBIO, &mut value)) {
        Err(error) if error.is_unsupported() => {}
        outcome => return outcome.map(drop),
    }
    let flags = status_flags(fd)? & !libc::O_NONBLOCK;
    let flags = if on { flags | libc::O_NONBLOCK } else { flags };
    syscall!(fcntl(fd, libc::F_SETFL, flags)).map(drop)
}

/// Sets FD_CLOEXEC.
pub(crate) fn set_close_on_exec(fd: c_int) -> Result<()> {
    let flags = syscall!(fcntl(fd, libc::F_GETFD))?;
    syscall!(fcntl(fd, libc::F_SETFD, flags | libc::FD_CLOEXEC)).map(drop)
}

/// Clears the flags of a new file descriptor: programs that are executed inherit it.
pub(crate) fn set_inherited(fd: c_int) -> Result<()> {
    syscall!(fcntl(fd, libc::F_SETFD, 0)).map(drop)
}

/// An option of the socket itself.
pub(super) fn socket_option(fd: c_int, option: c_int) -> Result<c_int> {
    let mut value: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    syscall!(getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut value).cast(), &mut size))?;
    Ok(value)
}

/// True for a socket of messages, each of which is sent by one call.
pub(crate) fn carries_messages(fd: c_int) -> bool {
    matches!(socket_option(fd, libc::SO_TYPE), Ok(kind) if kind != libc::SOCK_STREAM)
}

/// True for a regular file, a directory or a disk, on which no read or write waits. Errors: EBADF.
pub(crate) fn is_file(fd: c_int) -> Result<bool> {
    let mode = wide::status(fd)?.st_mode;
    Ok(matches!(mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK))
}

/// True for a terminal, either end of a pseudo-terminal included. errno stays as it was.
pub(crate) fn is_terminal(fd: c_int) -> bool {
    // SAFETY: isatty takes any number.
    crate::errno::unchanged(|| unsafe { libc::isatty(fd) } == 1)
}

/// read(2).
pub(crate) fn read(fd: c_int, buffer: ReadBuf) -> Result<usize> {
    syscall!(read(fd, buffer.start(), buffer.len())).map(|moved| moved as usize)
}

/// write(2).
pub(crate) fn write(fd: c_int, buffer: WriteBuf) -> Result<usize> {
    syscall!(write(fd, buffer.start(), buffer.len())).map(|moved| moved as usize)
}

/// Receives from a socket without waiting, in whatever mode it is.
pub(crate) fn receive_now(fd: c_int, buffer: ReadBuf) -> Result<usize> {
    syscall!(recv(fd, buffer.start(), buffer.len(), libc::MSG_DONTWAIT)).map(|moved| moved as usize)
}

/// Sends on a socket without waiting, in whatever mode it is.
pub(crate) fn send_now(fd: c_int, buffer: WriteBuf) -> Result<usize> {
    syscall!(send(fd, buffer.start(), buffer.len(), libc::MSG_DONTWAIT)).map(|moved| moved as usize)
}

/// Sends on a connected socket in nonblocking mode. Errors: EPIPE, without the signal, if the peer has hung up.
pub(crate) fn send_quietly(fd: c_int, buffer: WriteBuf) -> Result<usize> {
    syscall!(send(fd, buffer.start(), buffer.len(), libc::MSG_NOSIGNAL)).map(|moved| moved as usize)
}

/// Waits until a descriptor is readable (POLLIN) or writable (POLLOUT), or hung up, however long that takes.
pub(crate) fn wait_ready(fd: c_int, events: libc::c_short) -> Result<()> {
    let mut query = libc::pollfd { fd, events, revents: 0 };
    loop {
        match poll_once(from_mut(&mut query), -1) {
            Err(Errno(libc::EINTR)) => {}
            Err(error) => return Err(error),
            Ok(_) if query.revents & libc::POLLNVAL != 0 => return Err(Errno(libc::EBADF)),
            Ok(_) => return Ok(()),
        }
    }
}

/// Which of these events, or a hang-up or an error, poll(2) finds now.
pub(crate) fn ready_now(fd: c_int, events: libc::c_short) -> Result<libc::c_short> {
    let mut query = libc::pollfd { fd, events, revents: 0 };
    poll_once(from_mut(&mut query), 0).map(|_| query.revents)
}

/// True if a write would not wait now: there is room, or an error to report.
pub(crate) fn is_writable(fd: c_int) -> Result<bool> {
    ready_now(fd, libc::POLLOUT).map(|found| found != 0)
}

/// [`wait_ready`] for reading.
pub(crate) fn wait_readable(fd: c_int) -> Result<()> {
    wait_ready(fd, libc::POLLIN)
}

/// [`wait_ready`] for writing.
pub(crate) fn wait_writable(fd: c_int) -> Result<()> {
    wait_ready(fd, libc::POLLOUT)
}

/// What to open a file for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// Reading.
    Read,
    /// Writing; created with mode 0600 if need be, cut to nothing if not.
    Create,
    /// Reading and writing; must exist.
    ReadWrite,
    /// Writing at the end; created with mode 0600 if need be.
    Append,
}

/// open(2). The descriptor is inherited by programs that are executed, as C programs expect.
pub(crate) fn open(name: &CStr, access: Access) -> Result<c_int> {
    let flags = match access {
        Access::Read => libc::O_RDONLY,
        Access::Create => libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC,
        Access::ReadWrite => libc::O_RDWR,
        Access::Append => libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT,
    };
    syscall!(open(name.as_ptr(), flags | LARGE, 0o600 as libc::c_uint))
}

/// Files of 2 GiB and more on 32-bit Linux; everywhere else they are no special case.
#[cfg(target_os = "linux")]
pub(super) const LARGE: c_int = libc::O_LARGEFILE;
#[cfg(not(target_os = "linux"))]
pub(super) const LARGE: c_int = 0;

/// pipe(2): the reading end first.
pub(crate) fn pipe() -> Result<[c_int; 2]> {
    let mut pair = [-1; 2];
    syscall!(pipe(pair.as_mut_ptr()))?;
    Ok(pair)
}

/// A pipe for the library itself: close-on-exec, in nonblocking mode.
pub(crate) fn private_pipe() -> Result<[c_int; 2]> {
    #[cfg(not(target_vendor = "apple"))]
    {
        let mut pair = [-1; 2];
        match syscall!(pipe2(pair.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK)) {
            Err(error) if error.is_unsupported() => {}
            outcome => return outcome.map(|_| pair),
        }
    }
    // A program that another thread executes between these calls inherits the pipe.
    let pair = pipe()?;
    let prepare = |fd| set_close_on_exec(fd).and_then(|()| set_nonblocking(fd, true));
    let prepared = pair.into_iter().try_for_each(prepare);
    prepared.map(|()| pair).inspect_err(|_| pair.into_iter().for_each(close))
}

/// A connected pair of Unix stream sockets for the library itself: close-on-exec.
pub(crate) fn private_socket_pair() -> Result<[c_int; 2]> {
    #[cfg(not(target_vendor = "apple"))]
    {
        let mut pair = [-1; 2];
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
        match syscall!(socketpair(libc::AF_UNIX, kind, 0, pair.as_mut_ptr())) {
            // An old kernel, which does not know the flag.
            Err(Errno(libc::EINVAL)) => {}
            outcome => return outcome.map(|_| pair),
        }
    }
    let pair = socket_pair()?;
    let prepared = pair.into_iter().try_for_each(set_close_on_exec);
    prepared.map(|()| pair).inspect_err(|_| pair.into_iter().for_each(close))
}

/// A connected pair of Unix stream sockets.
pub(crate) fn socket_pair() -> Result<[c_int; 2]> {
    let mut pair = [-1; 2];
    syscall!(socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0, pair.as_mut_ptr()))?;
    Ok(pair)
}
