// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIGPIPE: writing to a peer that has gone must not end the process.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

extern "C" fn do_nothing(_: c_int) {}

static SETTLED: AtomicBool = AtomicBool::new(false);

/// Catches SIGPIPE with an empty handler, unless the program has its own mind about it. By a handler and
/// not by SIG_IGN, because a program that is started with exec would inherit the latter. Done once; errno
/// stays as it is.
#[inline]
pub fn handle_sigpipe() {
    if !sigpipe_is_handled() {
        install();
        // Only now: another thread may not write before the handler stands.
        SETTLED.store(true, Relaxed);
    }
}

/// True once that is done.
#[inline(always)]
pub fn sigpipe_is_handled() -> bool {
    SETTLED.load(Relaxed)
}

#[cold]
fn install() {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    if syscall!(sigaction(libc::SIGPIPE, core::ptr::null(), action.as_mut_ptr())).is_err() {
        return;
    }
    // SAFETY: all-zero is a valid sigaction, and the kernel has filled it in.
    let mut action = unsafe { action.assume_init() };
    if action.sa_sigaction == libc::SIG_DFL {
        action.sa_sigaction = do_nothing as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        let _ = syscall!(sigaction(libc::SIGPIPE, &action, core::ptr::null_mut()));
    }
}
