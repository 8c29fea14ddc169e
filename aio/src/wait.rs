// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for completions: one counter for the process. Without waiters a completion costs one atomic addition.
//!
//! ```text
//! 31                                    1   0
//! +--------------------------------------+---+
//! | completions                          | w |     w: threads may sleep on this word
//! +--------------------------------------+---+
//! ```

use crate::futex::{self, Until};
use core::ffi::{c_int, c_void};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::SeqCst;

static COMPLETIONS: AtomicU32 = AtomicU32::new(0);
const WAITERS: u32 = 1;
const ONE: u32 = 2;

/// Requests are complete, and everything that tells so is written: wakes the threads that wait.
pub(crate) fn announce() {
    if COMPLETIONS.fetch_add(ONE, SeqCst) & WAITERS != 0 {
        COMPLETIONS.fetch_and(!WAITERS, SeqCst);
        futex::wake(&COMPLETIONS, c_int::MAX);
    }
}

/// Waits until `is_ready`, which is asked again after each completion; `end` is `None` for no limit. Takes no lock. The
/// error is EINTR or ETIMEDOUT. A cancellation point: `on_cancel` is called with its argument if the thread ends here.
pub(crate) fn wait(
    mut is_ready: impl FnMut() -> bool,
    end: Option<&Until>,
    on_cancel: Option<(unsafe extern "C" fn(*mut c_void), *mut c_void)>,
) -> Result<(), c_int> {
    loop {
        let before = COMPLETIONS.load(SeqCst);
        if is_ready() {
            return Ok(());
        }
        let flagged = before | WAITERS;
        if flagged != before && COMPLETIONS.compare_exchange(before, flagged, SeqCst, SeqCst).is_err() {
            continue;
        }
        let error = futex::sleep(&COMPLETIONS, flagged, end, on_cancel);
        if error == libc::EINTR || error == libc::ETIMEDOUT {
            return if is_ready() { Ok(()) } else { Err(error) };
        }
    }
}
