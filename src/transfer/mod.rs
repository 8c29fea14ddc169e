// SPDX-License-Identifier: MIT OR Apache-2.0
//! Moving bytes: reads and writes that do not wait, and those that do.
//!
//! - this file: io_tryread and its kin;
//! - [`file`]: regions of files to a descriptor;
//! - [`callback`]: memory and regions of files to a function of the program;
//! - [`piece`]: what of a file is in memory for that;
//! - [`passing`]: descriptors to another process.
//!
//! Every call here runs through a [`Handle`], which notes what the outcome says about readiness.

pub(crate) mod callback;
pub(crate) mod file;
pub(crate) mod passing;
pub(crate) mod piece;

use crate::errno::{Answer, Errno, IoError, Result, Transfer, unchanged_on_success};
use crate::evloop::word::Direction;
use crate::evloop::{Handle, expiry};
use crate::sys::fd::now;
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use crate::sys::file::FileKind;
use crate::sys::signal::{handle_sigpipe, sigpipe_is_handled};
use crate::sys::socket::receive::{Received, receive, receive_local};

/// Reads what is there. See `io_tryread`.
#[inline(always)]
pub(crate) fn try_read(d: i64, buffer: ReadBuf) -> Answer {
    match Handle::get(d) {
        Some(handle) if !buffer.is_empty() && handle.takes_known_eagain() => Answer::again(),
        Some(handle) => read_from(handle, buffer),
        None => unregistered(buffer.is_empty()),
    }
}

/// Writes what fits. See `io_trywrite`.
#[inline(always)]
pub(crate) fn try_write(d: i64, buffer: WriteBuf) -> Answer {
    match Handle::get(d) {
        Some(handle) => write_to(handle, buffer),
        None => unregistered(buffer.is_empty()),
    }
}

/// Reads, and says "too late" only if the kernel has nothing. See `io_tryreadtimeout`.
pub(crate) fn try_read_in_time(d: i64, buffer: ReadBuf) -> Answer {
    let answer = match Handle::get(d) {
        Some(handle) => {
            handle.takes_known_eagain();
            read_from(handle.reload(), buffer)
        }
        None => unregistered(buffer.is_empty()),
    };
    in_time(d, answer)
}

/// The same for writing. See `io_trywritetimeout`.
pub(crate) fn try_write_in_time(d: i64, buffer: WriteBuf) -> Answer {
    in_time(d, try_write(d, buffer))
}

fn in_time(d: i64, answer: Answer) -> Answer {
    if answer.is_again() && expiry::is_expired(d) { Answer::failed(IoError::TimedOut) } else { answer }
}

/// The usual case, a descriptor in nonblocking mode, stands here, so that it gets by with few instructions.
#[inline(never)]
fn read_from(handle: Handle, buffer: ReadBuf) -> Answer {
    if buffer.is_empty() || !handle.reads_plainly() {
        return read_otherwise(handle, buffer);
    }
    handle.run(Direction::Read, buffer.len(), || fd::read(handle.fd(), buffer)).into()
}

/// The next usual case, a Unix stream, and all others.
#[inline(never)]
fn read_otherwise(handle: Handle, buffer: ReadBuf) -> Answer {
    if buffer.is_empty() || handle.registered().is_err() {
        return unregistered(buffer.is_empty());
    }
    if handle.kind() == FileKind::LocalStream {
        let (length, answer) = counted(buffer, receive_local(handle.fd(), buffer));
        return handle.run(Direction::Read, length, || answer).into();
    }
    unchanged_on_success(|| read(handle, buffer)).into()
}

/// As `read_from`.
#[inline(always)]
fn write_to(handle: Handle, buffer: WriteBuf) -> Answer {
    if handle.is_nonblocking() && !buffer.is_empty() && sigpipe_is_handled() {
        return handle.run(Direction::Write, buffer.len(), || fd::write(handle.fd(), buffer)).into();
    }
    write_otherwise(handle, buffer)
}

#[inline(never)]
fn write_otherwise(handle: Handle, buffer: WriteBuf) -> Answer {
    if buffer.is_empty() || handle.registered().is_err() {
        return unregistered(buffer.is_empty());
    }
    handle_sigpipe();
    unchanged_on_success(|| write(handle, buffer)).into()
}

/// Moves nothing on a descriptor that is not registered, or nothing at all: then it is no error.
#[cold]
#[inline(never)]
fn unregistered(nothing: bool) -> Answer {
    if nothing { Answer::moved(0) } else { Answer::failed(IoError::Failed(Errno(libc::EBADF))) }
}

/// Reads, and waits for something to read if need be. See `io_waitread`.
pub(crate) fn wait_read(d: i64, buffer: ReadBuf) -> Transfer {
    if buffer.is_empty() {
        return Ok(0);
    }
    let handle = Handle::find(d)?;
    unchanged_on_success(|| {
        loop {
            match read(handle.reload(), buffer) {
                Err(IoError::Again) => fd::wait_readable(handle.fd())?,
                result => return result,
            }
        }
    })
}

/// Writes, and waits for room if need be. See `io_waitwrite`.
pub(crate) fn wait_write(d: i64, buffer: WriteBuf) -> Transfer {
    if buffer.is_empty() {
        return Ok(0);
    }
    let handle = Handle::find(d)?;
    handle_sigpipe();
    unchanged_on_success(|| {
        loop {
            match write(handle.reload(), buffer) {
                Err(IoError::Again) => fd::wait_writable(handle.fd())?,
                result => return result,
            }
        }
    })
}

fn read(handle: Handle, buffer: ReadBuf) -> Transfer {
    let (fd, nonblocking) = (handle.fd(), handle.is_nonblocking());
    if nonblocking && handle.kind() == FileKind::Unknown {
        let answer = receive(fd, buffer);
        if !matches!(answer, Err(Errno(libc::ENOTSOCK))) {
            learn(handle, buffer, answer);
            return received(handle, buffer, answer);
        }
    }
    let answer = match handle.find_kind() {
        FileKind::LocalStream => return received(handle, buffer, receive_local(fd, buffer)),
        kind if nonblocking || kind == FileKind::File => fd::read(fd, buffer),
        kind if kind.is_socket() => fd::receive_now(fd, buffer),
        _ => now::read(fd, buffer),
    };
    handle.run(Direction::Read, buffer.len(), || answer)
}

/// What the first read from a socket in nonblocking mode tells: what a short read will mean on it, as far as that costs nothing,
/// and else at the first short read.
fn learn(handle: Handle, buffer: ReadBuf, answer: Result<Received>) {
    match answer {
        Err(_) => {}
        Ok(received) if received.has_sender => {
            handle.note_kind(FileKind::Socket);
        }
        // What cuts off ancillary data may be kernel TLS, which attaches the type of each record.
        Ok(received) if handle.looks_like_tcp() && !received.cut => {
            handle.note_kind(FileKind::AssumedTcp);
        }
        // Before it is watched, a short read means nothing, whatever it is.
        Ok(received) if handle.is_watched() && received.count > 0 && received.count < buffer.len() => {
            handle.find_kind();
        }
        Ok(_) => {}
    }
}

/// Notes what came of receiving.
fn received(handle: Handle, buffer: ReadBuf, answer: Result<Received>) -> Transfer {
    let (length, answer) = counted(buffer, answer);
    handle.run(Direction::Read, length, || answer)
}

/// How many bytes were asked for, as far as they could have come (up to what was attached); and how many came.
#[inline(always)]
fn counted(buffer: ReadBuf, answer: Result<Received>) -> (usize, Result<usize>) {
    let length = match answer {
        Ok(received) if received.cut => received.count,
        _ => buffer.len(),
    };
    (length, answer.map(|received| received.count))
}

fn write(handle: Handle, buffer: WriteBuf) -> Transfer {
    let fd = handle.fd();
    let answer = match handle.is_nonblocking() {
        true => fd::write(fd, buffer),
        false => match handle.find_kind() {
            FileKind::File => fd::write(fd, buffer),
            kind if kind.is_socket() => fd::send_now(fd, buffer),
            _ => now::write(fd, buffer),
        },
    };
    handle.run(Direction::Write, buffer.len(), || answer)
}
