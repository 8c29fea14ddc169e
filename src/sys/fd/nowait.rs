// SPDX-License-Identifier: MIT OR Apache-2.0
//! preadv2(2) and pwritev2(2) without their functions in libc, which musl has since 1.2.5: programs that link the static
//! library with an older one would miss them.

use core::ffi::{c_int, c_long};
use libc::{iovec, off_t};

/// The halves of an offset as the kernel takes them; 64-bit kernels ignore the second.
fn halves(offset: off_t) -> (c_long, c_long) {
    (offset as c_long, (offset as i64 >> 32) as c_long)
}

/// preadv2(2): -1 with errno. An offset of -1 is the current one.
///
/// # Safety
/// `vectors` are `count` vectors.
pub(super) unsafe fn preadv2(
    d: c_int,
    vectors: *const iovec,
    count: c_int,
    offset: off_t,
    flags: c_int,
) -> isize {
    let (low, high) = halves(offset);
    // SAFETY: these are the call's arguments, each as wide as a register; the kernel checks the memory behind the vectors.
    unsafe {
        libc::syscall(
            libc::SYS_preadv2,
            c_long::from(d),
            vectors,
            c_long::from(count),
            low,
            high,
            c_long::from(flags),
        ) as isize
    }
}

/// pwritev2(2), likewise.
///
/// # Safety
/// `vectors` are `count` vectors.
pub(super) unsafe fn pwritev2(
    d: c_int,
    vectors: *const iovec,
    count: c_int,
    offset: off_t,
    flags: c_int,
) -> isize {
    let (low, high) = halves(offset);
    // SAFETY: as in preadv2.
    unsafe {
        libc::syscall(
            libc::SYS_pwritev2,
            c_long::from(d),
            vectors,
            c_long::from(count),
            low,
            high,
            c_long::from(flags),
        ) as isize
    }
}
