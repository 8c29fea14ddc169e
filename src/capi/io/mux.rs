// SPDX-License-Identifier: MIT OR Apache-2.0
//! iom: one multiplexer for many threads.

use crate::abi::{int64, iomux_t};
use crate::errno::{Result, one_or_minus_one, zero_or_minus_one};
use crate::mux::{Mux, Outcome};
use core::ffi::{c_int, c_uint, c_ulong};

/// Makes the multiplexer c ready for use by any number of threads. Returns 1, or -1 with errno: EMFILE, ENFILE, ENOMEM. It holds
/// two descriptors, close-on-exec, until the process ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iom_init(c: *mut iomux_t) -> c_int {
    // SAFETY: the caller hands in a multiplexer that no thread uses yet.
    one_or_minus_one(unsafe { Mux::new(c) }.and_then(Mux::init))
}

/// Has one event of s delivered to one of the threads in iom_wait: IOM_READ, IOM_WRITE or both. After its delivery s is asleep until
/// it is added again. Closing s discards it. Returns 0, or -1 with errno: EBADF, EINVAL for other events, EPERM for files that
/// cannot be waited for, ENOMEM, ENOSPC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iom_add(c: *mut iomux_t, s: int64, events: c_uint) -> c_int {
    // SAFETY: the caller hands in a multiplexer that iom_init has made ready.
    zero_or_minus_one(unsafe { Mux::new(c) }.and_then(|mux| mux.add(s, events)))
}

/// Like iom_add, for a descriptor that was added before and whose event was delivered. Returns 0, or -1 with errno; ENOENT if s
/// was not added before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iom_requeue(c: *mut iomux_t, s: int64, events: c_uint) -> c_int {
    // SAFETY: the caller hands in a multiplexer that iom_init has made ready.
    zero_or_minus_one(unsafe { Mux::new(c) }.and_then(|mux| mux.requeue(s, events)))
}

/// Waits for one event, for so many milliseconds at most, without limit for (unsigned long)-1. Any number of threads may wait
/// at once; each event goes to exactly one. Returns 1 and stores the descriptor in *s and what it is ready for in *revents
/// (hang-up and error count as what was asked for; IOM_ERROR is added for an error); 0 when the time is over; -2 after iom_abort; -1
/// with errno. Signals do not interrupt it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iom_wait(
    c: *mut iomux_t,
    s: *mut int64,
    revents: *mut c_uint,
    timeout: c_ulong,
) -> c_int {
    // SAFETY: the caller hands in a multiplexer that iom_init has made ready.
    event_or_reason(unsafe { Mux::new(c) }.and_then(|mux| mux.wait(timeout)), |fd, events| {
        // SAFETY: the caller hands in valid pointers.
        unsafe { (*s, *revents) = (fd, events) }
    })
}

/// Has every iom_wait of every thread, running or to come, return -2. Returns 0, or -1 with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iom_abort(c: *mut iomux_t) -> c_int {
    // SAFETY: the caller hands in a multiplexer that iom_init has made ready.
    zero_or_minus_one(unsafe { Mux::new(c) }.and_then(Mux::abort))
}

/// The convention of iom_wait: "1 and an event; 0, the time is over; -2, aborted; -1 with errno".
fn event_or_reason(outcome: Result<Outcome>, store: impl FnOnce(int64, c_uint)) -> c_int {
    match outcome {
        Ok(Outcome::Event(fd, events)) => {
            store(fd, events);
            1
        }
        Ok(Outcome::TimedOut) => 0,
        Ok(Outcome::Aborted) => -2,
        Err(error) => zero_or_minus_one(Err(error)),
    }
}
