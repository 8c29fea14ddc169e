//! The event loop over descriptors.

use super::uint64_h::{int64, uint64};
use core::ffi::c_void;

/// A function that writes up to n bytes at buf to s, or does with them what it likes. It answers as io_trywrite does: how
/// many bytes it took, -1 with EAGAIN, or -3.
pub type io_write_callback = Option<unsafe extern "C" fn(s: int64, buf: *const c_void, n: uint64) -> int64>;
