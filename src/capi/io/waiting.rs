// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wishes, waits, and what came of them.

use crate::abi::{int64, tai6464};
use crate::errno::{count_or_minus_one, descriptor_or_minus_one};
use crate::evloop::wait::{self, Limit, Signals};
use crate::evloop::word::Direction::{Read, Write};
use crate::evloop::{ready, register};
use crate::sys::clock;
use core::ffi::c_int;

/// Asks io_wait to watch out for d becoming readable, until io_dontwantread or io_close. Does nothing if io_fd does not know
/// d.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantread(d: int64) {
    register::set_interest(d, Read);
}

/// Asks io_wait to watch out for d becoming writable, until io_dontwantwrite or io_close. Does nothing if io_fd does not know
/// d.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantwrite(d: int64) {
    register::set_interest(d, Write);
}

/// Takes io_wantread back. Costs no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantread(d: int64) {
    register::clear_interest(d, Read);
}

/// Takes io_wantwrite back. Costs no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantwrite(d: int64) {
    register::clear_interest(d, Write);
}

/// Waits until a descriptor is ready in a way that io_wantread or io_wantwrite asked for, or a deadline passes. Returns
/// at once if there is neither a wish nor a deadline. Signals do not interrupt it.
#[unsafe(no_mangle)]
pub extern "C" fn io_wait() {
    // Only a wait that reports signals can fail.
    let _ = wait::wait(Limit::Never, Signals::Endure);
}

/// Like io_wait, but waits no longer than until t, a moment of the wall clock.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil(t: tai6464) {
    let _ = wait::wait(Limit::Moment(t), Signals::Endure);
}

/// Like io_wait, but waits no longer than so many milliseconds; without limit if they are negative. Returns how many
/// events the kernel had (0 if the time is over, or if what was known already sufficed), or -1 with EINTR if a signal
/// came first.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil2(milliseconds: int64) -> int64 {
    let limit = match u64::try_from(milliseconds) {
        Ok(0) => Limit::Now,
        Ok(milliseconds) => Limit::Monotonic(clock::monotonic_milliseconds().saturating_add(milliseconds)),
        Err(_) => Limit::Never,
    };
    count_or_minus_one(wait::wait(limit, Signals::Readiness))
}

/// Like io_wait, but does not wait: finds out what is ready now.
#[unsafe(no_mangle)]
pub extern "C" fn io_check() {
    let _ = wait::wait(Limit::Now, Signals::Endure);
}

/// The program's last call on d gave EAGAIN: io_eagain_read if d is wished for reading, io_eagain_write if it is wished
/// for writing.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain(d: int64) {
    register::would_block_as_interested(d);
}

/// The program's last read, recv or accept on d gave EAGAIN. Saves the library from finding out by itself. Not needed
/// after io_tryread.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_read(d: int64) {
    register::would_block(d, Read);
}

/// The program's last write or send on d gave EAGAIN. Saves the library from finding out by itself. Not needed after
/// io_trywrite.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_write(d: int64) {
    register::would_block(d, Write);
}

/// Returns the next descriptor that is readable and wished for, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canread() -> int64 {
    descriptor_or_minus_one(ready::next_ready(Read))
}

/// Returns the next descriptor that is writable and wished for, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canwrite() -> int64 {
    descriptor_or_minus_one(ready::next_ready(Write))
}

/// Returns the next descriptor whose deadline has passed, the earliest first, each once until it returns -1; then all over
/// again. A descriptor on which something wished for is ready is left out.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeouted() -> int64 {
    descriptor_or_minus_one(register::next_expired())
}

/// Returns 1 if d has a deadline and it has passed, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn io_timedout(d: int64) -> c_int {
    register::is_expired(d).into()
}
