// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files, memory and descriptors on their way out; and a description for people.

use crate::abi::{int64, io_write_callback, uint64};
use crate::errno::{IoError, bytes_or_io_error, count_or_minus_one, zero_or_minus_one};
use crate::evloop::debug;
use crate::transfer;
use crate::transfer::callback::CallbackSink;
use core::ffi::{c_char, c_int, c_uint};

/// io_debugstring wants at least this much room.
const DEBUG_ROOM: c_uint = 100;

/// Sends n bytes of the file fd, from the offset off on, to s, without copying them where the kernel can. Returns how many bytes
/// were sent, less than n if s takes no more now or the file ends (0 if it ends before off); -1 with EAGAIN; -3 with errno as
/// set by sendfile(2), read(2) and write(2). Neither s nor fd need be registered. On a descriptor in blocking mode it waits.
#[unsafe(no_mangle)]
pub extern "C" fn io_sendfile(s: int64, fd: int64, off: uint64, n: uint64) -> int64 {
    bytes_or_io_error(transfer::file::send_file(s, fd, off, n))
}

/// Offers the bytes from off on of the file `in` to the callback, in pieces of at most 64 KiB, until it takes less than it was
/// offered. out is passed on to the callback, which answers as io_trywrite does. Returns how many bytes it took; if
/// none, -1 if it answered -1 with EAGAIN, -3 with errno otherwise: EIO if the file ends before off, EPIPE if the callback
/// answered 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_mmapwritefile(
    out: int64,
    r#in: int64,
    off: uint64,
    bytes: uint64,
    writecb: io_write_callback,
) -> int64 {
    // SAFETY: the caller hands in a function for this.
    let sink = unsafe { CallbackSink::new(writecb, out) };
    bytes_or_io_error(sink.map_err(IoError::Failed).and_then(|sink| sink.offer_region(r#in, off, bytes)))
}

/// Sends one byte, with the descriptor fd attached, over the Unix socket sock. Returns 0, or -1 with errno: EOPNOTSUPP if
/// sock is a socket of another family, over which nothing is sent, and whatever sendmsg(2) says.
#[unsafe(no_mangle)]
pub extern "C" fn io_passfd(sock: int64, fd: int64) -> c_int {
    zero_or_minus_one(transfer::passing::pass(sock, fd))
}

/// Takes one byte, and the descriptor attached to it, from the Unix socket sock. Returns the descriptor, which is not
/// close-on-exec; if several were attached, the first, and the others are closed. Returns -1 with errno: EPROTO if none
/// was attached to the byte, EMFILE if the process has no number left for the descriptor, which is then lost with its byte,
/// EPIPE if the peer has closed, EAGAIN, and whatever recvmsg(2) says.
#[unsafe(no_mangle)]
pub extern "C" fn io_receivefd(sock: int64) -> int64 {
    count_or_minus_one(transfer::passing::receive(sock).map(|fd| fd as usize))
}

/// Describes what the library knows of s, for people: at most bufsize bytes with the null byte at the end; 600 are always
/// enough. Returns the length without the null byte; 0 if s is not registered or bufsize is under 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_debugstring(s: int64, buf: *mut c_char, bufsize: c_uint) -> c_uint {
    if bufsize < DEBUG_ROOM || buf.is_null() {
        return 0;
    }
    // SAFETY: the caller hands in room for bufsize bytes; they are overwritten before they are read.
    let room = unsafe { core::slice::from_raw_parts_mut(buf.cast::<u8>(), bufsize as usize) };
    debug::describe_with_nul(s, room) as c_uint
}
