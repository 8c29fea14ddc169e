// SPDX-License-Identifier: MIT OR Apache-2.0
//! The clocks: wall-clock time for deadlines, because their values come from the program's own clock
//! readings, and monotonic time for counted waits.

use super::times;
use crate::abi::timespec;

fn read(clock: libc::clockid_t) -> timespec {
    // SAFETY: a timespec is made of numbers.
    let mut now: timespec = unsafe { core::mem::zeroed() };
    // SAFETY: `now` is a valid place for the result. The two clocks used here always exist.
    unsafe { times::clock_gettime(clock, &mut now) };
    now
}

/// The wall clock: seconds of Unix time, and nanoseconds.
pub(crate) fn realtime() -> (i64, u32) {
    let now = read(libc::CLOCK_REALTIME);
    (now.tv_sec as i64, now.tv_nsec as u32)
}

/// The wall clock in seconds of Unix time.
pub(crate) fn unix_seconds() -> i64 {
    // SAFETY: NULL is allowed. It is cheaper than clock_gettime, and differs from it in the first milliseconds of a second only.
    (unsafe { times::time(core::ptr::null_mut()) }) as i64
}

/// Nanoseconds of a clock that is never set, counted from some moment in the past.
pub(crate) fn monotonic() -> u64 {
    let now = read(libc::CLOCK_MONOTONIC);
    (now.tv_sec as u64).saturating_mul(1_000_000_000).saturating_add(now.tv_nsec as u64)
}

/// Milliseconds of a clock that never jumps, counted from some moment in the past.
pub(crate) fn monotonic_milliseconds() -> u64 {
    let now = read(libc::CLOCK_MONOTONIC);
    (now.tv_sec as u64).saturating_mul(1000).saturating_add(now.tv_nsec as u64 / 1_000_000)
}
