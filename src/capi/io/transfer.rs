// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading and writing, and deadlines.

use crate::abi::{int64, tai6464};
use crate::errno::bytes_or_io_error;
use crate::evloop::expiry;
use crate::sys::fd::{ReadBuf, WriteBuf};
use crate::transfer;
use core::ffi::c_char;

/// Reads up to len bytes from d without waiting, in blocking mode too. Returns how many bytes were read; 0 at end of
/// file, or if len is 0; -1 with EAGAIN if there is nothing to read now; -3 with errno set otherwise (EBADF if d is not
/// registered, EINVAL if len is negative, and whatever read(2) says).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { ReadBuf::new(buf.cast(), len) } {
        Ok(buffer) => transfer::try_read(d, buffer).c_value(),
        Err(error) => bytes_or_io_error(Err(error)),
    }
}

/// Writes up to len bytes to d without waiting, in blocking mode too. Returns how many bytes were written, 0 if len is 0;
/// -1 with EAGAIN if there is no room now; -3 with errno set otherwise (EPIPE or ECONNRESET if the peer does not read any more, EBADF if
/// d is not registered, EINVAL if len is negative, and whatever write(2) says). If SIGPIPE has its default
/// action, it is caught from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { WriteBuf::new(buf.cast(), len) } {
        Ok(buffer) => transfer::try_write(d, buffer).c_value(),
        Err(error) => bytes_or_io_error(Err(error)),
    }
}

/// Like io_tryread, but waits until there is something to read, in nonblocking mode too. Signals do not interrupt
/// it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_io_error(
        unsafe { ReadBuf::new(buf.cast(), len) }.and_then(|buffer| transfer::wait_read(d, buffer)),
    )
}

/// Like io_trywrite, but waits until there is room, in nonblocking mode too. It may write fewer bytes than asked for.
/// Signals do not interrupt it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitwrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_io_error(
        unsafe { WriteBuf::new(buf.cast(), len) }.and_then(|bytes| transfer::wait_write(d, bytes)),
    )
}

/// Sets, moves or (t all zero) drops the deadline of d: a moment of the wall clock, usually taia_now and some seconds. When
/// it passes, io_wait returns and io_timeouted returns d. Does nothing if d is not registered.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeout(d: int64, t: tai6464) {
    expiry::set_deadline(d, t);
}

/// Like io_tryread, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed. The call is always
/// tried first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryreadtimeout(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { ReadBuf::new(buf.cast(), len) } {
        Ok(buffer) => transfer::try_read_in_time(d, buffer).c_value(),
        Err(error) => bytes_or_io_error(Err(error)),
    }
}

/// Like io_trywrite, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed. The call is always
/// tried first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywritetimeout(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { WriteBuf::new(buf.cast(), len) } {
        Ok(buffer) => transfer::try_write_in_time(d, buffer).c_value(),
        Err(error) => bytes_or_io_error(Err(error)),
    }
}
