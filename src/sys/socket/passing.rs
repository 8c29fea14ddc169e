// SPDX-License-Identifier: MIT OR Apache-2.0
//! Passing descriptors to another process, over a Unix socket.

use super::address::RawAddress;
use crate::errno::{Errno, Result};
use crate::sys::fd;
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// The kernel attaches no more than this to one message (SCM_MAX_FD on Linux; others take fewer).
const MOST: usize = 253;

const DESCRIPTOR: usize = size_of::<c_int>();

/// For the control messages that the program may have asked for besides: the sender's credentials, security label, process, time stamps.
const OTHERS: usize = 1024;

/// A process, as a descriptor of its own (SO_PASSPIDFD).
#[cfg(target_os = "linux")]
const SCM_PIDFD: c_int = 4;

/// Room for control messages, aligned as their header wants it.
#[repr(C)]
union Control {
    header: libc::cmsghdr,
    bytes: [u8; OTHERS + MOST * DESCRIPTOR],
}

struct Message {
    byte: u8,
    control: MaybeUninit<Control>,
}

impl Message {
    /// Calls `work` with a message of one byte and `length` bytes of control messages.
    fn with<R>(&mut self, length: usize, work: impl FnOnce(&mut libc::msghdr) -> R) -> R {
        let mut vector = libc::iovec { iov_base: (&raw mut self.byte).cast(), iov_len: 1 };
        // SAFETY: all-zero is an empty message.
        let mut message = unsafe { MaybeUninit::<libc::msghdr>::zeroed().assume_init() };
        message.msg_iov = &mut vector;
        message.msg_iovlen = 1;
        message.msg_control = self.control.as_mut_ptr().cast();
        message.msg_controllen = length as _;
        work(&mut message)
    }
}

/// Sends one byte with one descriptor attached. Errors: EOPNOTSUPP for a socket of another family, nothing is sent then: TCP
/// and UDP would send the byte, leave out the descriptor, and say that all is well.
pub(crate) fn send(socket: c_int, fd: c_int) -> Result<()> {
    if is_of_another_family(socket) {
        return Err(Errno(libc::EOPNOTSUPP));
    }
    let mut message = Message { byte: 0, control: MaybeUninit::zeroed() };
    // SAFETY: plain arithmetic.
    let (space, length) = unsafe { (libc::CMSG_SPACE(DESCRIPTOR as u32), libc::CMSG_LEN(DESCRIPTOR as u32)) };
    message.with(space as usize, |message| {
        // SAFETY: the control room is large and aligned enough for a header and a descriptor.
        unsafe {
            let header = libc::CMSG_FIRSTHDR(message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = length as _;
            libc::CMSG_DATA(header).cast::<c_int>().write_unaligned(fd);
        }
        match syscall!(sendmsg(socket, message, 0)) {
            Ok(1) => Ok(()),
            Ok(_) => Err(Errno(libc::EAGAIN)),
            Err(error) => Err(error),
        }
    })
}

/// True for a socket that is known to be no Unix socket. What is no socket at all, sendmsg will find fault with.
fn is_of_another_family(socket: c_int) -> bool {
    let mut own = RawAddress::room();
    let (place, length) = own.parts();
    let asked = syscall!(getsockname(socket, place, length));
    asked.is_ok() && !matches!(own.family(), libc::AF_UNIX | libc::AF_UNSPEC)
}

/// Received file descriptors are close-on-exec, where the kernel can do that at once.
#[cfg(not(any(target_vendor = "apple", target_os = "solaris", target_os = "illumos")))]
const PRIVATE: c_int = libc::MSG_CMSG_CLOEXEC;
#[cfg(any(target_vendor = "apple", target_os = "solaris", target_os = "illumos"))]
const PRIVATE: c_int = 0;

/// Takes one byte and the first of the descriptors attached to it; closes the others, so that a peer cannot fill this
/// process's table. Errors: EPROTO if none was attached; EMFILE if there was no number left for it, and then it is lost; EPIPE
/// at end of file.
pub(crate) fn receive(socket: c_int) -> Result<c_int> {
    let mut message = Message { byte: 0, control: MaybeUninit::zeroed() };
    message.with(size_of::<Control>(), |message| {
        let count = syscall!(recvmsg(socket, message, PRIVATE))?;
        let mut found = None;
        // SAFETY: the kernel has filled in the control messages, and says how long they are.
        let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
        while !header.is_null() {
            // SAFETY: the macros hand out headers inside the control room only.
            let (level, kind, length) =
                unsafe { ((*header).cmsg_level, (*header).cmsg_type, (*header).cmsg_len as usize) };
            let passed = (level, kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS);
            #[cfg(target_os = "linux")]
            let unwanted = (level, kind) == (libc::SOL_SOCKET, SCM_PIDFD);
            #[cfg(not(target_os = "linux"))]
            let unwanted = false;
            if passed || unwanted {
                // SAFETY: plain arithmetic.
                let payload = length.saturating_sub(unsafe { libc::CMSG_LEN(0) } as usize);
                for index in 0..payload / DESCRIPTOR {
                    // SAFETY: the payload holds that many descriptors.
                    let fd = unsafe { libc::CMSG_DATA(header).cast::<c_int>().add(index).read_unaligned() };
                    if passed && found.is_none() {
                        // The program's own is inherited by programs that are executed; the others never are.
                        let _ = fd::set_inherited(fd);
                        found = Some(fd);
                    } else {
                        fd::close(fd);
                    }
                }
            }
            // SAFETY: as for CMSG_FIRSTHDR.
            header = unsafe { libc::CMSG_NXTHDR(message, header) };
        }
        found.ok_or(Errno(if message.msg_flags & libc::MSG_CTRUNC != 0 {
            libc::EMFILE
        } else if count == 0 {
            libc::EPIPE
        } else {
            libc::EPROTO
        }))
    })
}
