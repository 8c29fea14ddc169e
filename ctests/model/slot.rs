// SPDX-License-Identifier: MIT OR Apache-2.0
//! One descriptor, and what the contract says of it so far.

use crate::kind::Kind;
use std::os::fd::RawFd;

/// A descriptor of the program, and the peer at its other end.
pub(crate) struct Slot {
    pub(crate) fd: RawFd,
    pub(crate) peer: Option<RawFd>,
    pub(crate) kind: Kind,
    /// In blocking mode whatever is returned is ready.
    pub(crate) blocking: bool,
    /// An urgent byte came, and no round has shown that yet.
    pub(crate) urgent_unseen: bool,
    pub(crate) want_read: bool,
    pub(crate) want_write: bool,
    /// Put into the queue by hand: may be reported without being ready, once.
    pub(crate) queued: bool,
    /// The same for writing.
    pub(crate) queued_write: bool,
    /// Left over when the program broke a round off: what it does by plain calls then shows in the next round only.
    pub(crate) left_over: bool,
    /// A write took everything before the interest was turned off and on: may be reported once although there is no room.
    pub(crate) assumed_writable: bool,
    pub(crate) deadline: Option<i64>,
    /// The peer has said that it will not write any more.
    pub(crate) silent: bool,
}

impl Slot {
    /// An error is there that need not be reported, and may be.
    pub(crate) fn has_an_error(&self) -> bool {
        let mut query = libc::pollfd { fd: self.fd, events: 0, revents: 0 };
        // SAFETY: one descriptor.
        unsafe { libc::poll(&mut query, 1, 0) };
        query.revents & libc::POLLERR != 0
    }
}
