// SPDX-License-Identifier: MIT OR Apache-2.0
//! Descriptors to and from another process, over a Unix socket.

use crate::errno::{Errno, Result};
use crate::evloop::Handle;
use crate::sys::socket::passing;

fn descriptor(d: i64) -> Result<i32> {
    i32::try_from(d).map_err(|_| Errno(libc::EBADF))
}

/// Sends one byte with a descriptor attached. See `io_passfd`.
pub(crate) fn pass(socket: i64, d: i64) -> Result<()> {
    passing::send(descriptor(socket)?, descriptor(d)?)?;
    if let Ok(handle) = Handle::find(d) {
        handle.note_shared();
    }
    Ok(())
}

/// Takes one byte and the descriptor attached to it. See `io_receivefd`.
pub(crate) fn receive(socket: i64) -> Result<u32> {
    passing::receive(descriptor(socket)?).map(|fd| fd as u32)
}
