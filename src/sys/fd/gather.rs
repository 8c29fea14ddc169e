// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sending many pieces of memory with one call.

use crate::errno::Result;
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;

/// How many pieces one call takes. IOV_MAX is 1024 on every system that this library runs on, but the pieces stand on the stack, of
/// which threads may have little; that many more pieces cost more than a further call.
pub(crate) const LIMIT: usize = 224;

/// How many bytes one call moves at most.
const BYTES_LIMIT: u64 = 0x7fff_f000;

/// Pieces of memory that go out together.
pub(crate) struct Gather {
    vectors: [MaybeUninit<libc::iovec>; LIMIT],
    count: usize,
    bytes: u64,
}

impl Gather {
    /// No pieces.
    pub(crate) fn new() -> Self {
        Gather { vectors: [const { MaybeUninit::uninit() }; LIMIT], count: 0, bytes: 0 }
    }

    /// Adds a piece, or as much of it as one call can take. False if that was not all of it.
    ///
    /// # Safety
    /// The memory can be read while the value is in use; what cannot be, the kernel will find fault with.
    pub(crate) unsafe fn push(&mut self, start: *const c_void, length: u64) -> bool {
        let fits = length.min(BYTES_LIMIT - self.bytes);
        if self.count == LIMIT || fits == 0 {
            return false;
        }
        self.vectors[self.count].write(libc::iovec { iov_base: start.cast_mut(), iov_len: fits as usize });
        self.count += 1;
        self.bytes += fits;
        fits == length
    }

    /// How many bytes all pieces have.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The pieces as sendfile(2) takes headers.
    #[cfg(any(owfat_sendfile = "freebsd", owfat_sendfile = "apple"))]
    pub(in crate::sys) fn vectors(&mut self) -> (*mut libc::iovec, c_int) {
        (self.vectors.as_mut_ptr().cast(), self.count as c_int)
    }

    /// Sends on a socket, or writes to it where send and sendmsg are not allowed; `more` holds a last packet that is not full until more follows. Errors: ENOTSOCK for anything
    /// but a socket.
    pub(crate) fn send(&mut self, fd: c_int, more: bool) -> Result<usize> {
        match self.send_message(fd, more) {
            // What is not about the call comes again.
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
        message.msg_iov = self.vectors.as_mut_ptr().cast();
        message.msg_iovlen = self.count as _;
        syscall!(sendmsg(fd, &message, flags)).map(|sent| sent as usize)
    }

    /// Writes to anything.
    pub(crate) fn write(&mut self, fd: c_int) -> Result<usize> {
        syscall!(writev(fd, self.vectors.as_ptr().cast(), self.count as c_int)).map(|sent| sent as usize)
    }

    /// The piece, if there is only one: the kernel has less to do then.
    fn only(&self) -> Option<libc::iovec> {
        // SAFETY: the first `count` vectors are written.
        (self.count == 1).then(|| unsafe { self.vectors[0].assume_init() })
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
