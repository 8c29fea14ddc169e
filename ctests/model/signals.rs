// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signals during a wait: some come first, and at the last of them the peer writes.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::SeqCst};

/// How many signals come before the byte.
const FIRST: u32 = 3;

/// Between two signals, in microseconds.
const INTERVAL: libc::suseconds_t = 200;

static SEEN: AtomicU32 = AtomicU32::new(0);
static PEER: AtomicI32 = AtomicI32::new(-1);

extern "C" fn on_signal(_: libc::c_int) {
    if SEEN.fetch_add(1, SeqCst) + 1 >= FIRST && PEER.load(SeqCst) != -1 {
        // SAFETY: one byte of a constant; what was interrupted finds errno as it was.
        unsafe {
            let errno = *libc::__errno_location();
            if libc::write(PEER.load(SeqCst), c"s".as_ptr().cast(), 1) == 1 {
                PEER.store(-1, SeqCst);
            }
            *libc::__errno_location() = errno;
        }
    }
}

/// Calls `wait` while signals come. From the third on, the byte is written to `peer`, if there is one. Returns how many
/// there were when `wait` returned, and whether the byte was on its way.
pub(crate) fn during<R>(peer: Option<RawFd>, wait: impl FnOnce() -> R) -> (R, u32, bool) {
    let timer = |microseconds| {
        let time = libc::timeval { tv_sec: 0, tv_usec: microseconds };
        let timer = libc::itimerval { it_interval: time, it_value: time };
        // SAFETY: the timer is valid, and the one before is not asked for.
        assert_eq!(unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) }, 0);
    };
    SEEN.store(0, SeqCst);
    PEER.store(peer.unwrap_or(-1), SeqCst);
    // SAFETY: all-zero is a valid sigaction; the handler calls what a handler may call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as usize;
        libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut());
    }
    timer(INTERVAL);
    let result = wait();
    let seen = SEEN.load(SeqCst);
    timer(0);
    let written = peer.is_some() && PEER.swap(-1, SeqCst) == -1;
    (result, seen, written)
}
