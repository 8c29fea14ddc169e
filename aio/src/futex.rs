// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sleeping on a word in memory, and waking the threads that sleep there: futex(2).

use crate::abi::Timeout;
use crate::errno::unchanged;
use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};
use core::sync::atomic::AtomicU32;

/// A point in time of CLOCK_MONOTONIC, in the machine's own words, which is what the system call under this name takes.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Until {
    /// Whole seconds.
    pub(crate) seconds: core::ffi::c_long,
    /// 0…999,999,999.
    pub(crate) nanoseconds: core::ffi::c_long,
}

unsafe extern "C" {
    fn owfat_aio_sleep(
        word: *const u32,
        expected: u32,
        end: *const Until,
        drop: unsafe extern "C" fn(*mut c_void),
        argument: *mut c_void,
    ) -> c_int;
}

unsafe extern "C" fn nothing(_: *mut c_void) {}

/// Sleeps while `word` is `expected`, for an engine thread; may return early.
pub(crate) fn rest(word: &AtomicU32, expected: u32, end: Option<&Until>) {
    let end = end.map_or(null(), |end| end as *const Until);
    // SAFETY: `word` is alive during the call, and `end` is NULL or valid.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
            expected,
            end,
            null::<c_void>(),
            u32::MAX,
        );
    }
}

/// Sleeps for a moment: 50 microseconds.
pub(crate) fn pause() {
    let soon = after(Timeout { seconds: 0, nanoseconds: 50_000 });
    rest(&AtomicU32::new(0), 0, Some(&soon));
}

/// Sleeps while `word` is `expected`, for a thread of the program: a cancellation point, which does not lose what
/// `on_cancel` gives back. Returns 0, EAGAIN, EINTR or ETIMEDOUT.
pub(crate) fn sleep(
    word: &AtomicU32,
    expected: u32,
    end: Option<&Until>,
    on_cancel: Option<(unsafe extern "C" fn(*mut c_void), *mut c_void)>,
) -> c_int {
    let end = end.map_or(null(), |end| end as *const Until);
    let (drop, argument) = on_cancel.unwrap_or((nothing, null_mut()));
    // SAFETY: `word` is alive during the call, `end` is NULL or valid, and the caller's pair belongs together.
    unsafe { owfat_aio_sleep(word.as_ptr(), expected, end, drop, argument) }
}

/// Wakes up to `count` threads that sleep on `word`.
pub(crate) fn wake(word: &AtomicU32, count: c_int) {
    unchanged(|| {
        // SAFETY: the kernel reads no memory of ours here; the address is only a key.
        unsafe {
            libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count)
        };
    });
}

/// Now, on CLOCK_MONOTONIC, in seconds and nanoseconds.
pub(crate) fn now() -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid place for the result.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now
}

/// The point in time `timeout` from now; the largest one if that is beyond it.
pub(crate) fn after(timeout: Timeout) -> Until {
    let now = now();
    let nanoseconds = now.tv_nsec as i64 + timeout.nanoseconds;
    let seconds =
        (now.tv_sec as i64).saturating_add(timeout.seconds).saturating_add(nanoseconds / 1_000_000_000);
    Until {
        seconds: seconds.min(core::ffi::c_long::MAX as i64) as _,
        nanoseconds: (nanoseconds % 1_000_000_000) as _,
    }
}
