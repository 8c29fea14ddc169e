// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading and writing, and deadlines.

use crate::abi::{int64, tai6464};
use crate::errno::bytes_or_refusal;
use crate::evloop::register;
use crate::sys::fd::{ReadBuf, WriteBuf};
use crate::transfer;
use core::ffi::c_char;

/// -2 with ETIMEDOUT instead of -1, if it is time.
fn or_timed_out(d: int64, moved: int64) -> int64 {
    if moved == -1 { bytes_or_refusal(Err(transfer::again_or_timed_out(d))) } else { moved }
}

/// Reads up to len bytes from d without waiting, in blocking mode too. Returns how many bytes were read; 0 at end of
/// file, or if len is 0; -1 with EAGAIN if there is nothing to read now; -3 with errno set otherwise (EBADF if io_fd
/// does not know d, EINVAL if len is negative, and whatever read(2) says).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { ReadBuf::new(buf.cast(), len) } {
        Ok(room) => transfer::try_read(d, room).c_value(),
        Err(refusal) => bytes_or_refusal(Err(refusal)),
    }
}

/// Writes up to len bytes to d without waiting, in blocking mode too. Returns how many bytes were written, 0 if len is 0;
/// -1 with EAGAIN if there is no room now; -3 with errno set otherwise (EPIPE or ECONNRESET if nobody will read it, EBADF if
/// io_fd does not know d, EINVAL if len is negative, and whatever write(2) says). If SIGPIPE has its default
/// action, it is caught from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { WriteBuf::new(buf.cast(), len) } {
        Ok(bytes) => transfer::try_write(d, bytes).c_value(),
        Err(refusal) => bytes_or_refusal(Err(refusal)),
    }
}

/// Like io_tryread, but waits until there is something to read, in non-blocking mode too. Signals do not interrupt
/// it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_refusal(unsafe { ReadBuf::new(buf.cast(), len) }.and_then(|room| transfer::wait_read(d, room)))
}

/// Like io_trywrite, but waits until there is room, in non-blocking mode too. It may write fewer bytes than asked for.
/// Signals do not interrupt it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitwrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_refusal(
        unsafe { WriteBuf::new(buf.cast(), len) }.and_then(|bytes| transfer::wait_write(d, bytes)),
    )
}

/// Sets, moves or (t all zero) drops the deadline of d: a moment of the wall clock, usually taia_now and some seconds. When
/// it passes, io_wait returns and io_timeouted tells of d. Does nothing if io_fd does not know d.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeout(d: int64, t: tai6464) {
    register::set_deadline(d, t);
}

/// Like io_tryread, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryreadtimeout(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    or_timed_out(d, unsafe { io_tryread(d, buf, len) })
}

/// Like io_trywrite, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywritetimeout(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    or_timed_out(d, unsafe { io_trywrite(d, buf, len) })
}
