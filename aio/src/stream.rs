// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading and writing streams without waiting, whatever O_NONBLOCK says: try first, and only then wait for readiness.

use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::pin;
use crate::request::Request;
use core::ffi::{c_int, c_long, c_void};
use core::ptr::null_mut;
use libc::iovec;

/// One system call moves at most this many bytes.
pub(crate) const LARGEST: usize = 0x7fff_f000;

/// The offset of what has no positions.
const NO_OFFSET: i64 = -1;

/// At most this much goes to something that cannot be asked not to wait, each time that it has said it has room: a pipe
/// that is writable takes so much.
const SMALL: usize = 256;

/// After so many bytes of one request others have their turn, however fast the other side is.
const SHARE: usize = 1 << 20;

/// Tries a request. `None` if it has to wait; what was moved by then is counted in it.
pub(crate) fn attempt(file: &File, request: &Request) -> Option<Result<usize>> {
    let fd = file.pin.get();
    let flags = pin::flags(fd);
    let nonblocking = flags != -1 && flags & libc::O_NONBLOCK != 0;
    // poll(2) calls the wrong end of a pipe not ready, as if that could change; the call says EBADF.
    let wrong_way = if request.is_read() { libc::O_WRONLY } else { libc::O_RDONLY };
    let returns_at_once = nonblocking || flags != -1 && flags & libc::O_ACCMODE == wrong_way;
    let total = request.length.get().min(LARGEST);
    let begin = request.progress.get() as usize;
    loop {
        match step(file.kind.get(), fd, request, returns_at_once) {
            Ok(moved) => {
                let progress = request.progress.get() as usize + moved;
                request.progress.set(progress as u32);
                if request.is_read() || progress >= total || moved == 0 {
                    return Some(Ok(progress));
                }
                advance(request, moved);
                if progress - begin >= SHARE {
                    return if nonblocking { Some(Ok(progress)) } else { None };
                }
            }
            Err(Errno(libc::EINTR)) => {}
            Err(error) if error.would_block() && !nonblocking => return None,
            Err(error) => {
                let progress = request.progress.get() as usize;
                return Some(if progress > 0 { Ok(progress) } else { Err(error) });
            }
        }
    }
}

/// The rest of the buffers, as an array; `single` is the place for one.
fn rest(request: &Request, single: &mut iovec) -> (*mut iovec, c_int) {
    if request.vectors.get() >= 0 {
        return (request.buffer.get().cast(), request.vectors.get());
    }
    let progress = request.progress.get() as usize;
    *single = iovec {
        iov_base: request.buffer.get().cast::<u8>().wrapping_add(progress).cast(),
        iov_len: request.length.get().min(LARGEST) - progress,
    };
    (single, 1)
}

/// Takes what was written off the array of our own.
fn advance(request: &Request, mut moved: usize) {
    let vectors: *mut iovec = request.buffer.get().cast();
    for index in 0..request.vectors.get().max(0) as usize {
        // SAFETY: the copy of the array has so many entries, and only the thread that runs the request uses it.
        let entry = unsafe { &mut *vectors.add(index) };
        let part = moved.min(entry.iov_len);
        entry.iov_base = entry.iov_base.cast::<u8>().wrapping_add(part).cast();
        entry.iov_len -= part;
        moved -= part;
    }
}

/// One system call that does not wait, or need not be kept from it if it `returns_at_once`. Errors: EAGAIN, EINTR, and whatever the call says.
fn step(kind: Kind, fd: c_int, request: &Request, returns_at_once: bool) -> Result<usize> {
    let mut single = iovec { iov_base: null_mut(), iov_len: 0 };
    let (vectors, count) = rest(request, &mut single);
    let is_read = request.is_read();
    // Nothing to move: only what is wrong with the descriptor counts, and recvmsg(2) would wait.
    if request.length.get() == 0 && (is_read || kind != Kind::Socket) {
        return plain(fd, is_read, vectors, count);
    }
    if kind == Kind::Socket {
        return message(fd, is_read, vectors, count);
    }
    match no_wait(fd, is_read, vectors, count, NO_OFFSET) {
        Err(Errno(libc::EOPNOTSUPP | libc::ENOSYS)) => {}
        outcome => return outcome,
    }
    if returns_at_once {
        return plain(fd, is_read, vectors, count);
    }
    if !is_ready(fd, is_read)? {
        return Err(Errno(libc::EAGAIN));
    }
    if is_read {
        return plain(fd, is_read, vectors, count);
    }
    // SAFETY: the first entry with bytes, which exists because the length is not 0 and not everything is written.
    let mut part = unsafe {
        let mut at = vectors;
        for _ in 1..count {
            if (*at).iov_len > 0 {
                break;
            }
            at = at.add(1);
        }
        *at
    };
    part.iov_len = part.iov_len.min(SMALL);
    plain(fd, is_read, &part, 1)
}

fn counted(result: isize) -> Result<usize> {
    usize::try_from(result).map_err(|_| Errno::last())
}

fn plain(fd: c_int, is_read: bool, vectors: *const iovec, count: c_int) -> Result<usize> {
    // SAFETY: the array is alive; the kernel checks the buffers that the program names.
    counted(unsafe {
        if is_read { libc::readv(fd, vectors, count) } else { libc::writev(fd, vectors, count) }
    })
}

fn message(fd: c_int, is_read: bool, vectors: *mut iovec, count: c_int) -> Result<usize> {
    // SAFETY: msghdr is made of numbers and pointers that may be NULL.
    let mut header: libc::msghdr = unsafe { core::mem::zeroed() };
    header.msg_iov = vectors;
    header.msg_iovlen = count as _;
    // SAFETY: as in `plain`.
    counted(unsafe {
        if is_read {
            libc::recvmsg(fd, &mut header, libc::MSG_DONTWAIT)
        } else {
            libc::sendmsg(fd, &header, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL)
        }
    })
}

/// preadv2(2) or pwritev2(2) with RWF_NOWAIT, by its number: musl has functions for them since 1.2.5.
pub(crate) fn no_wait(
    fd: c_int,
    is_read: bool,
    vectors: *const iovec,
    count: c_int,
    offset: i64,
) -> Result<usize> {
    let number = if is_read { libc::SYS_preadv2 } else { libc::SYS_pwritev2 };
    // SAFETY: as in `plain`. Each argument is as wide as a register, the offset in two halves of which 64-bit kernels ignore
    // the second.
    counted(unsafe {
        libc::syscall(
            number,
            c_long::from(fd),
            vectors,
            c_long::from(count),
            offset as c_long,
            (offset >> 32) as c_long,
            c_long::from(libc::RWF_NOWAIT),
        ) as isize
    })
}

/// Errors: those of poll(2). A request ends with one: tried again at the next event, it would find the same.
fn is_ready(fd: c_int, is_read: bool) -> Result<bool> {
    let events = if is_read { libc::POLLIN } else { libc::POLLOUT };
    let mut asked = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one entry; no time.
    match unsafe { libc::poll(&mut asked, 1, 0) } {
        -1 => Err(Errno::last()),
        count => Ok(count == 1),
    }
}

/// One system call that may wait, for what cannot be polled.
pub(crate) fn wait_in_call(fd: c_int, request: &Request) -> Result<usize> {
    let mut single = iovec { iov_base: null_mut::<c_void>(), iov_len: 0 };
    let (vectors, count) = rest(request, &mut single);
    plain(fd, request.is_read(), vectors, count)
}
