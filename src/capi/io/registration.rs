// SPDX-License-Identifier: MIT OR Apache-2.0
//! Descriptors are registered, change, and are closed.

use crate::abi::int64;
use crate::descriptor;
use crate::errno::one_or_zero;
use crate::evloop::register::{self, Mode};
use crate::evloop::word::Direction::{Read, Write};
use crate::evloop::{Handle, interest, process};
use core::ffi::{c_int, c_void};

/// For io_fd_flags: the descriptor is known to be writable, as a TCP connection is when accept returned it.
const IO_FD_CANWRITE: c_int = 1;
const IO_FD_BLOCK: c_int = 2;
const IO_FD_NONBLOCK: c_int = 4;

/// Registers the open file descriptor d with the library. It notes whether d is in nonblocking mode. Returns 1, or 0 with
/// errno: EBADF if d is no open descriptor, ENOMEM. Registering a descriptor again is allowed, and needed when the
/// number was closed with plain close() and has come back, or after setsockopt(2) has put an upper layer (TLS) on a socket.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd(d: int64) -> c_int {
    one_or_zero(register::register(d, Mode::Ask, false))
}

/// Like io_fd, for a descriptor that is known to be writable, such as a connection that was just accepted.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd_canwrite(d: int64) -> c_int {
    one_or_zero(register::register(d, Mode::Ask, true))
}

/// Like io_fd, with what the caller knows already: IO_FD_CANWRITE, and one of IO_FD_BLOCK and IO_FD_NONBLOCK, which saves a
/// system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd_flags(d: int64, flags: c_int) -> c_int {
    let mode = match flags & (IO_FD_BLOCK | IO_FD_NONBLOCK) {
        IO_FD_BLOCK => Mode::Blocking,
        IO_FD_NONBLOCK => Mode::Nonblocking,
        _ => Mode::Ask,
    };
    one_or_zero(register::register(d, mode, flags & IO_FD_CANWRITE != 0))
}

/// Stores a pointer with d for the program, until io_close; the library does not look at it. Does nothing if d is not
/// registered.
#[unsafe(no_mangle)]
pub extern "C" fn io_setcookie(d: int64, cookie: *mut c_void) {
    if let Ok(handle) = Handle::find(d) {
        handle.set_cookie(cookie);
    }
}

/// Returns the pointer stored by io_setcookie; NULL if there is none, or if d is not registered.
#[unsafe(no_mangle)]
pub extern "C" fn io_getcookie(d: int64) -> *mut c_void {
    Handle::get(d).map_or(core::ptr::null_mut(), Handle::cookie)
}

/// Puts any open descriptor into nonblocking mode.
#[unsafe(no_mangle)]
pub extern "C" fn io_nonblock(d: int64) {
    descriptor::set_nonblocking(d, true);
}

/// Puts any open descriptor into blocking mode.
#[unsafe(no_mangle)]
pub extern "C" fn io_block(d: int64) {
    descriptor::set_nonblocking(d, false);
}

/// Has any open descriptor closed when the process executes another program.
#[unsafe(no_mangle)]
pub extern "C" fn io_closeonexec(d: int64) {
    descriptor::set_close_on_exec(d);
}

/// Forgets everything about d, the cookie included, and closes it. Nothing returns d any more until io_fd is called with it
/// again, even if it was ready. For a descriptor that is not registered it is plain close(2).
#[unsafe(no_mangle)]
pub extern "C" fn io_close(d: int64) {
    register::close(d);
}

/// Forgets all descriptors and gives back all memory and descriptors of the library's own; closes none of the program's. A
/// later io_fd starts afresh. No other thread may be inside the library during the call.
#[unsafe(no_mangle)]
pub extern "C" fn io_finishandshutdown() {
    process::shut_down();
}

/// Puts the registered descriptor d in the queue as if it had become readable: the next round of io_canread returns it once, if
/// it has interest. Returns 1, or 0 with EBADF.
#[unsafe(no_mangle)]
pub extern "C" fn io_queueforread(d: int64) -> c_int {
    one_or_zero(interest::force(d, Read))
}

/// Puts the registered descriptor d in the queue as if it had become writable: the next round of io_canwrite returns it once, if
/// it has interest. Returns 1, or 0 with EBADF.
#[unsafe(no_mangle)]
pub extern "C" fn io_queueforwrite(d: int64) -> c_int {
    one_or_zero(interest::force(d, Write))
}
