// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sending many pieces of memory with one call.

use crate::errno::Result;
use alloc::vec::Vec;
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;

/// How many pieces one call takes: IOV_MAX on every system that this library runs on. On a socket of messages, what one call
/// takes is one message, so there fewer will not do.
const LIMIT: usize = 1024;

/// How many of them stand on the stack, of which threads may have little. Most batches have fewer, and for a stream a further
/// call costs no more than that many pieces.
const ON_STACK: usize = 224;

/// How many bytes one call moves at most.
const BYTES_LIMIT: u64 = 0x7fff_f000;

/// Pieces of memory that go out together.
pub(crate) struct Gather {
    few: [MaybeUninit<libc::iovec>; ON_STACK],
    /// All of them, once there are too many for the stack: see `grow`.
    many: Vec<libc::iovec>,
    count: usize,
    bytes: u64,
}

impl Gather {
    /// No pieces.
    pub(crate) fn new() -> Self {
        Gather { few: [const { MaybeUninit::uninit() }; ON_STACK], many: Vec::new(), count: 0, bytes: 0 }
    }

    /// Adds a piece, or as much of it as one call can take. False if that was not all of it.
    ///
    /// # Safety
    /// The memory can be read while the value is in use; what cannot be, the kernel will find fault with.
    pub(crate) unsafe fn push(&mut self, start: *const c_void, length: u64) -> bool {
        let fits = length.min(BYTES_LIMIT - self.bytes);
        let piece = libc::iovec { iov_base: start.cast_mut(), iov_len: fits as usize };
        if fits == 0 || !self.place(piece) {
            return false;
        }
        self.count += 1;
        self.bytes += fits;
        fits == length
    }

    fn place(&mut self, piece: libc::iovec) -> bool {
        match self.few.get_mut(self.count) {
            Some(place) => {
                place.write(piece);
                true
            }
            None if self.many.len() == self.count && self.count < LIMIT => {
                self.many.push(piece);
                true
            }
            None => false,
        }
    }

    /// True if there are as many pieces as the stack holds, and one call takes more.
    pub(crate) const fn can_grow(&self) -> bool {
        self.count == ON_STACK && self.many.is_empty()
    }

    /// Makes room for as many as one call takes. False without memory; then one call takes fewer.
    #[cold]
    pub(crate) fn grow(&mut self) -> bool {
        if !self.can_grow() || self.many.try_reserve_exact(LIMIT).is_err() {
            return false;
        }
        // SAFETY: as many vectors are written as there are places on the stack.
        self.many.extend(self.few.iter().map(|piece| unsafe { piece.assume_init() }));
        true
    }

    /// Where they stand.
    fn start(&self) -> *const libc::iovec {
        if self.count <= ON_STACK { self.few.as_ptr().cast() } else { self.many.as_ptr() }
    }

    /// How many bytes all pieces have.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The pieces as sendfile(2) takes headers.
    #[cfg(any(owfat_sendfile = "freebsd", owfat_sendfile = "apple"))]
    pub(in crate::sys) fn vectors(&self) -> (*mut libc::iovec, c_int) {
        (self.start().cast_mut(), self.count as c_int)
    }

    /// Sends on a socket, or writes to it where send and sendmsg are not allowed; `more` holds a last packet that is not full until more follows. Errors: ENOTSOCK for anything
    /// but a socket.
    pub(crate) fn send(&mut self, fd: c_int, more: bool) -> Result<usize> {
        match self.send_message(fd, more) {
            // Any other error comes again.
            Err(error) if error.is_unsupported() => self.write(fd),
            outcome => outcome,
        }
    }

    fn send_message(&mut self, fd: c_int, more: bool) -> Result<usize> {
        let flags = if more { MORE } else { 0 };
        if let Some(one) = self.only() {
            return syscall!(send(fd, one.iov_base, one.iov_len, flags)).map(|sent| sent as usize);
        }
        // SAFETY: all-zero is an empty message.
        let mut message = unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() };
        message.msg_iov = self.start().cast_mut();
        message.msg_iovlen = self.count as _;
        syscall!(sendmsg(fd, &message, flags)).map(|sent| sent as usize)
    }

    /// Writes to anything.
    pub(crate) fn write(&mut self, fd: c_int) -> Result<usize> {
        syscall!(writev(fd, self.start(), self.count as c_int)).map(|sent| sent as usize)
    }

    /// The piece, if there is only one: the kernel has less to do then.
    fn only(&self) -> Option<libc::iovec> {
        // SAFETY: the first `count` vectors are written.
        (self.count == 1).then(|| unsafe { self.few[0].assume_init() })
    }
}

#[cfg(target_os = "linux")]
const MORE: c_int = libc::MSG_MORE;
/// Where there is no such flag, packets go out as the calls come.
#[cfg(not(target_os = "linux"))]
const MORE: c_int = 0;

/// Sends what an earlier call held back for more to follow. Harmless on anything but such a TCP or UDP socket.
#[cfg(target_os = "linux")]
pub(crate) fn flush(fd: c_int) {
    let off: c_int = 0;
    let size = size_of::<c_int>() as libc::socklen_t;
    for (level, option) in [(libc::IPPROTO_TCP, libc::TCP_CORK), (libc::IPPROTO_UDP, libc::UDP_CORK)] {
        if syscall!(setsockopt(fd, level, option, (&raw const off).cast(), size)).is_ok() {
            return;
        }
    }
}

/// Nothing is ever held back.
#[cfg(not(target_os = "linux"))]
pub(crate) fn flush(_: c_int) {}
