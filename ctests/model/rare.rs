// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps about rules that few programs need: blocking mode, urgent bytes, error queues, resets, a registration among many, what the
//! program says itself.

use crate::kind::Kind;
use crate::slot::Slot;
use crate::world::World;
use proptest::prelude::*;
use std::os::fd::RawFd;

/// What happens to one descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rare {
    /// From now on in blocking mode, or not.
    Blocking(bool),
    /// The peer sends a few bytes and an urgent one.
    PeerSendsUrgent,
    /// The program takes it, once a round has shown that there is one, and the peer sends a few more.
    TakeUrgent,
    /// Errors of UDP go to a queue from now on, which is never read.
    QueueErrors,
    /// The peer breaks a TCP connection off.
    PeerResets,
    /// Registered anew, with read interest, among so many others that the kernel is asked for reading alone.
    AmongMany,
    /// io_queueforwrite.
    QueueForWrite,
    /// A plain read, and io_eagain_read if it said EAGAIN.
    ReadAndTell,
    /// A plain write, and io_eagain_write if it said EAGAIN.
    WriteAndTell,
    /// As much as fits.
    Fill,
    /// The peer reads all there is.
    PeerDrains,
}

/// Any of them.
pub(crate) fn rare() -> impl Strategy<Value = Rare> {
    prop_oneof![
        2 => any::<bool>().prop_map(Rare::Blocking),
        3 => Just(Rare::PeerSendsUrgent),
        6 => Just(Rare::TakeUrgent),
        1 => Just(Rare::QueueErrors),
        1 => Just(Rare::PeerResets),
        1 => Just(Rare::AmongMany),
        1 => Just(Rare::QueueForWrite),
        2 => Just(Rare::ReadAndTell),
        2 => Just(Rare::WriteAndTell),
        2 => Just(Rare::Fill),
        2 => Just(Rare::PeerDrains),
    ]
}

/// More than the library registers for both directions without a wait in between.
const MANY: usize = 140;

impl Slot {
    /// Which of these events, or of those that come unasked, poll(2) finds.
    fn events(&self, events: libc::c_short) -> libc::c_short {
        let mut query = libc::pollfd { fd: self.fd, events, revents: 0 };
        // SAFETY: one descriptor.
        unsafe { libc::poll(&mut query, 1, 0) };
        query.revents
    }

    /// True if a call in this direction would not wait now. An error may be in a queue of its own, while a read waits.
    pub(crate) fn is_ready(&self, events: libc::c_short) -> bool {
        let found = self.events(events);
        let queue = events == libc::POLLIN && found == libc::POLLERR && self.kind.has_an_error_queue();
        found != 0 && !queue
    }

    const fn is_pipe(&self) -> bool {
        matches!(self.kind, Kind::PipeReader | Kind::PipeWriter)
    }

    /// read(2), unless it would wait.
    pub(crate) fn read_plainly(&self, room: *mut u8, size: usize) -> isize {
        // SAFETY: a descriptor of this program, and a length within the buffer.
        unsafe {
            match self.is_pipe() {
                true if self.blocking && !self.is_ready(libc::POLLIN) => 0,
                true => libc::read(self.fd, room.cast(), size),
                false => libc::recv(self.fd, room.cast(), size, libc::MSG_DONTWAIT),
            }
        }
    }

    /// write(2), unless it would wait.
    pub(crate) fn write_plainly(&self, room: *const u8, size: usize) -> isize {
        // SAFETY: as above.
        unsafe {
            match self.is_pipe() {
                true if self.blocking && !self.is_ready(libc::POLLOUT) => 0,
                true if self.blocking => libc::write(self.fd, room.cast(), size.min(libc::PIPE_BUF)),
                true => libc::write(self.fd, room.cast(), size),
                false => libc::send(self.fd, room.cast(), size, libc::MSG_DONTWAIT),
            }
        }
    }

    fn is_stream(&self) -> bool {
        matches!(self.kind, Kind::Tcp | Kind::Unix)
    }
}

fn would_block(result: isize) -> bool {
    result == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EAGAIN)
}

impl World<'_> {
    pub(crate) fn take_rare(&mut self, rare: Rare, slot: &mut Slot) -> Result<(), String> {
        let (library, d, room) = (self.library, i64::from(slot.fd), self.buffer.as_mut_ptr());
        // SAFETY: descriptors of this program, and lengths within the buffer.
        unsafe {
            match rare {
                Rare::Blocking(on) => {
                    if on {
                        (library.io_block)(d)
                    } else {
                        (library.io_nonblock)(d)
                    }
                    slot.blocking = on;
                }
                Rare::PeerSendsUrgent => {
                    if let (true, Some(peer)) = (slot.is_stream(), slot.peer) {
                        libc::send(peer, room.cast(), 3, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL);
                        let flags = libc::MSG_OOB | libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
                        let sent = libc::send(peer, room.cast(), 1, flags);
                        slot.urgent_unseen |= sent == 1;
                    }
                }
                Rare::TakeUrgent => {
                    if slot.is_stream() && !slot.urgent_unseen {
                        let taken = libc::recv(slot.fd, room.cast(), 1, libc::MSG_OOB | libc::MSG_DONTWAIT);
                        if let (1, Some(peer)) = (taken, slot.peer) {
                            libc::send(peer, room.cast(), 3, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL);
                        }
                    }
                }
                Rare::QueueErrors => {
                    if slot.kind == Kind::Udp {
                        let (on, size) = (1i32, size_of::<i32>() as libc::socklen_t);
                        let on = (&raw const on).cast();
                        libc::setsockopt(slot.fd, libc::IPPROTO_IP, libc::IP_RECVERR, on, size);
                    }
                }
                Rare::PeerResets => {
                    if let (Kind::Tcp, Some(peer)) = (slot.kind, slot.peer) {
                        let now = libc::linger { l_onoff: 1, l_linger: 0 };
                        let size = size_of_val(&now) as libc::socklen_t;
                        let now = (&raw const now).cast();
                        libc::setsockopt(peer, libc::SOL_SOCKET, libc::SO_LINGER, now, size);
                        libc::close(peer);
                        slot.peer = None;
                    }
                }
                Rare::AmongMany => self.register_among_many(slot)?,
                Rare::QueueForWrite => {
                    slot.queued_write = library.io_queueforwrite.is_some_and(|queue| queue(d) == 1);
                }
                Rare::ReadAndTell => {
                    if would_block(slot.read_plainly(room, 5000)) {
                        (library.io_eagain_read)(d);
                    }
                }
                Rare::WriteAndTell => {
                    if would_block(slot.write_plainly(room, 300_000)) {
                        (library.io_eagain_write)(d);
                    }
                }
                Rare::Fill => {
                    // Datagrams of the Internet always fit: what the peer has no room for is lost.
                    for size in [60_000, 4096, 1] {
                        let mut tries = 300;
                        while tries > 0 && slot.write_plainly(room, size) > 0 {
                            tries -= 1;
                        }
                    }
                }
                Rare::PeerDrains => {
                    if let Some(peer) = slot.peer {
                        while libc::read(peer, room.cast(), 1 << 20) > 0 {}
                    }
                }
            }
        }
        Ok(())
    }

    /// The others are closed again before the next wait.
    fn register_among_many(&mut self, slot: &mut Slot) -> Result<(), String> {
        let library = self.library;
        let others: Vec<RawFd> = (0..MANY)
            // SAFETY: numbers only.
            .map(|_| unsafe { libc::eventfd(0, libc::EFD_NONBLOCK) })
            .filter(|fd| *fd != -1)
            .collect();
        // SAFETY: descriptors of this program.
        unsafe {
            for other in &others {
                (library.io_fd)((*other).into());
                (library.io_wantread)((*other).into());
            }
            (library.io_wantread)(slot.fd.into());
            let registered = (library.io_fd)(slot.fd.into());
            others.iter().for_each(|other| (library.io_close)((*other).into()));
            slot.want_read = true;
            if registered == 1 { Ok(()) } else { Err("io_fd fails".into()) }
        }
    }
}
