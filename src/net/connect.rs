// SPDX-License-Identifier: MIT OR Apache-2.0
//! Binding and connecting.

use crate::errno::{Errno, Result, unchanged};
use crate::sys::fd::{self, WriteBuf};
use crate::sys::socket;
use crate::sys::socket::option::{REUSE_ADDRESS, REUSE_PORT};
use core::ffi::c_int;
use core::net::SocketAddr;

/// Binds, even while the port is in use by sockets that were bound this way, or by old connections.
pub(crate) fn bind_reuse(fd: c_int, address: SocketAddr) -> Result<()> {
    // If one of them fails, bind may still succeed; and if not, its error says why.
    unchanged(|| {
        let _ = REUSE_ADDRESS.set(fd, 1);
        let _ = REUSE_PORT.set(fd, 1);
    });
    socket::bind(fd, address)
}

/// Listens. No system queues more than some thousands of connections.
pub(crate) fn listen(fd: c_int, backlog: u32) -> Result<()> {
    socket::listen(fd, c_int::try_from(backlog).unwrap_or(c_int::MAX))
}

/// Whether the socket has a peer; if not, the error is why connecting in the background failed.
pub(crate) fn connected(fd: c_int) -> Result<()> {
    match socket::peer(fd) {
        Ok(_) => Ok(()),
        Err(Errno(libc::ENOTCONN)) => Err(socket::pending_error(fd).unwrap_or(Errno(libc::ENOTCONN))),
        Err(error) => Err(error),
    }
}

/// Connects and sends, together where the system can; gives how many bytes were sent.
pub(crate) fn connect_with(fd: c_int, bytes: WriteBuf, address: SocketAddr) -> Result<usize> {
    if bytes.is_empty() {
        return socket::connect(fd, address).map(|()| 0);
    }
    // On success the errno of the first attempt is hidden.
    unchanged(|| {
        match socket::connect_with(fd, bytes, address) {
            Err(Errno(libc::ENOTCONN | libc::EPIPE | libc::EOPNOTSUPP | libc::ENOPROTOOPT)) => {}
            outcome => return outcome,
        }
        socket::connect(fd, address)?;
        fd::write(fd, bytes)
    })
}

/// Accepts a connection, and has `show` make something of the peer's address. If it cannot, the connection is
/// closed.
pub(crate) fn accept(fd: c_int, show: impl FnOnce(Option<SocketAddr>) -> Result<()>) -> Result<c_int> {
    let (connection, peer) = socket::accept(fd)?;
    show(peer).inspect_err(|_| fd::close(connection))?;
    Ok(connection)
}

/// The same, and the connection is as `modes` say.
pub(crate) fn accept_with(
    fd: c_int,
    modes: socket::Modes,
    show: impl FnOnce(Option<SocketAddr>) -> Result<()>,
) -> Result<c_int> {
    unchanged(|| {
        let (connection, peer) = socket::accept_with(fd, modes)?;
        show(peer).inspect_err(|_| fd::close(connection))?;
        Ok(connection)
    })
}
