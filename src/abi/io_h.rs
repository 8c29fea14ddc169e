// SPDX-License-Identifier: MIT OR Apache-2.0
//! The event loop over descriptors.

use super::uint64_h::{int64, uint64};
use core::ffi::{c_int, c_uint, c_void};

/// A function that writes up to n bytes at buf to s, or does with them what it likes. It answers as io_trywrite does: how
/// many bytes it took, -1 with EAGAIN, or -3.
pub type io_write_callback = Option<unsafe extern "C" fn(s: int64, buf: *const c_void, n: uint64) -> int64>;

/// A function that takes up to bytes bytes of the file in, from the offset off on, for out; io_mmapwritefile is one. It answers as
/// an io_write_callback does.
pub type io_sendfile_callback = Option<
    unsafe extern "C" fn(
        out: int64,
        r#in: int64,
        off: uint64,
        bytes: uint64,
        writecb: io_write_callback,
    ) -> int64,
>;

/// How many places the queue of a multiplexer has.
pub(crate) const SLOTS: usize = 128;

/// A place in the queue of a multiplexer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct iomux_slot {
    pub(crate) fd: c_int,
    pub(crate) events: c_int,
}

/// A multiplexer for many threads, in memory of the program's. Its size is what programs count on; its fields
/// this library uses under names that it did not choose.
#[repr(C)]
pub struct iomux_t {
    /// The kernel's queue, or a socket.
    pub(crate) ctx: c_int,
    /// 1 after iom_abort; changed and read by many threads.
    pub(crate) working: c_int,
    /// 1 if it runs on poll.
    pub(crate) h: c_uint,
    /// What iom_abort uses.
    pub(crate) l: c_uint,
    /// The descriptors, if it runs on poll.
    pub(crate) q: [iomux_slot; SLOTS],
    sem: libc::sem_t,
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
const _: () = assert!(size_of::<iomux_t>() == 1072 && align_of::<iomux_t>() == 8);
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86"))]
const _: () = assert!(size_of::<iomux_t>() == 1056 && align_of::<iomux_t>() == 4);
