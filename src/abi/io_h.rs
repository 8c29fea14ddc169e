//! The event loop over descriptors.

use super::uint64_h::{int64, uint64};
use core::ffi::{c_int, c_uint, c_void};

/// A function that writes up to n bytes at buf to s, or does with them what it likes. It answers as io_trywrite does: how
/// many bytes it took, -1 with EAGAIN, or -3.
pub type io_write_callback = Option<unsafe extern "C" fn(s: int64, buf: *const c_void, n: uint64) -> int64>;

/// How many places the queue of a multiplexer has.
pub(crate) const SLOTS: usize = 128;

/// A place in the queue of a multiplexer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct iomux_slot {
    fd: c_int,
    events: c_int,
}

/// A multiplexer for many threads, in memory of the program's. Its size is what programs count on; of its fields this library
/// uses three, under names that it did not choose.
#[repr(C)]
pub struct iomux_t {
    /// The kernel's queue.
    pub(crate) ctx: c_int,
    /// 1 after iom_abort; changed and read by many threads.
    pub(crate) working: c_int,
    h: c_uint,
    /// The descriptor that iom_abort makes readable.
    pub(crate) l: c_uint,
    q: [iomux_slot; SLOTS],
    sem: libc::sem_t,
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
const _: () = assert!(size_of::<iomux_t>() == 1072 && align_of::<iomux_t>() == 8);
