// SPDX-License-Identifier: MIT OR Apache-2.0
//! Interest, waiting, and ready descriptors.

use crate::abi::{int64, tai6464};
use crate::errno::{count_or_minus_one, descriptor_or_minus_one};
use crate::evloop::wait::{self, Limit, Signals};
use crate::evloop::word::Direction::{Read, Write};
use crate::evloop::{expiry, interest, ready};
use core::ffi::c_int;

/// Sets read interest in d, until io_dontwantread or io_close: io_wait returns when d is readable. Does nothing if d is not
/// registered.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantread(d: int64) {
    interest::set_interest(d, Read);
}

/// Sets write interest in d, until io_dontwantwrite or io_close: io_wait returns when d is writable. Does nothing if d is not
/// registered.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantwrite(d: int64) {
    interest::set_interest(d, Write);
}

/// Clears read interest. Makes no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantread(d: int64) {
    interest::clear_interest(d, Read);
}

/// Clears write interest. Makes no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantwrite(d: int64) {
    interest::clear_interest(d, Write);
}

/// Waits until a descriptor is ready in a direction of interest, or a deadline passes. Returns
/// at once if no registered descriptor has had interest and none has a deadline. Signals do not interrupt it, unless
/// OWFAT_SIGNALS=interrupt is in the environment.
#[unsafe(no_mangle)]
pub extern "C" fn io_wait() {
    // Only a wait that reports signals can fail.
    let _ = wait::wait(Limit::Never, Signals::Endure);
}

/// Like io_wait, but waits no longer than until t, a moment of the wall clock: for as long as t is away when it is called,
/// also if the clock is set during the wait.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil(t: tai6464) {
    let _ = wait::wait(Limit::until(t), Signals::Endure);
}

/// Like io_wait, but waits no longer than so many milliseconds; without limit if they are negative. Returns how many
/// events there were that the program has interest in, 0 if there were none, or -1 with EINTR if a signal came
/// first.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil2(milliseconds: int64) -> int64 {
    let limit = match u64::try_from(milliseconds) {
        Ok(0) => Limit::Now,
        Ok(milliseconds) => Limit::after(milliseconds),
        Err(_) => Limit::Never,
    };
    count_or_minus_one(wait::wait(limit, Signals::Report))
}

/// Like io_wait, but does not wait: finds out what is ready now.
#[unsafe(no_mangle)]
pub extern "C" fn io_check() {
    let _ = wait::wait(Limit::Now, Signals::Endure);
}

/// The program's last call on d gave EAGAIN: io_eagain_read if d has read interest, io_eagain_write if it has write
/// interest.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain(d: int64) {
    interest::note_would_block_of_interest(d);
}

/// The program's last read, recv or accept on d gave EAGAIN. Saves the library from finding out by itself. Not needed
/// after io_tryread.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_read(d: int64) {
    interest::note_would_block(d, Read);
}

/// The program's last write or send on d gave EAGAIN. Saves the library from finding out by itself. Not needed after
/// io_trywrite.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_write(d: int64) {
    interest::note_would_block(d, Write);
}

/// Returns the next descriptor that is readable and has read interest, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canread() -> int64 {
    descriptor_or_minus_one(ready::next_ready(Read))
}

/// Returns the next descriptor that is writable and has write interest, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canwrite() -> int64 {
    descriptor_or_minus_one(ready::next_ready(Write))
}

/// Returns the next descriptor whose deadline has passed, the earliest first, each once until it returns -1; then all over
/// again. A descriptor that is ready in a direction of interest is left out.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeouted() -> int64 {
    descriptor_or_minus_one(expiry::next_expired())
}

/// Returns 1 if d has a deadline and it has passed, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn io_timedout(d: int64) -> c_int {
    expiry::is_expired(d).into()
}
