// SPDX-License-Identifier: MIT OR Apache-2.0
//! SIGPIPE: a write to a peer that has gone must not end the process.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::sync::atomic::AtomicU8;
use core::sync::atomic::Ordering::{Acquire, Release};

extern "C" fn do_nothing(_: c_int) {}

/// What was done about SIGPIPE: [`UNSEEN`], [`HANDLED`] or [`RELEASED`].
static STATE: AtomicU8 = AtomicU8::new(UNSEEN);

const UNSEEN: u8 = 0;
/// It does not end the process, by our handler or by what the program has set.
const HANDLED: u8 = 1;
/// Our handler was replaced by SIG_IGN.
const RELEASED: u8 = 2;

/// Handles SIGPIPE with an empty handler, unless the program set its own disposition. By a handler and
/// not by SIG_IGN, because a program that is started with exec would inherit the latter. Done once; errno
/// stays as it is.
#[inline]
pub(crate) fn handle_sigpipe() {
    if !sigpipe_is_handled() {
        install();
        // Only now: another thread may not write before the handler is installed. Without release and acquire, Arm might
        // move the store before what the kernel has stored, or the other thread's load behind its write.
        STATE.store(HANDLED, Release);
    }
}

/// True once that is done.
#[inline(always)]
pub(crate) fn sigpipe_is_handled() -> bool {
    STATE.load(Acquire) == HANDLED
}

/// Replaces our handler by SIG_IGN, unless the program has set another disposition since: a write to a closed connection did
/// not end the process before, and unloading a plugin must not change that.
pub(crate) fn release_sigpipe() {
    let replaced = replace(ours(), libc::SIG_IGN);
    STATE.store(if replaced { RELEASED } else { UNSEEN }, Release);
}

#[cold]
fn install() {
    let before = if STATE.load(Acquire) == RELEASED { libc::SIG_IGN } else { libc::SIG_DFL };
    replace(before, ours());
}

fn ours() -> libc::sighandler_t {
    do_nothing as *const () as libc::sighandler_t
}

/// Replaces one handler by another, if it is the one that is installed. errno stays as it is.
fn replace(old: libc::sighandler_t, new: libc::sighandler_t) -> bool {
    crate::errno::unchanged(|| {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        if syscall!(sigaction(libc::SIGPIPE, core::ptr::null(), action.as_mut_ptr())).is_err() {
            return false;
        }
        // SAFETY: all-zero is a valid sigaction, and the kernel has filled it in.
        let mut action = unsafe { action.assume_init() };
        if action.sa_sigaction != old {
            return false;
        }
        action.sa_sigaction = new;
        action.sa_flags = libc::SA_RESTART;
        syscall!(sigaction(libc::SIGPIPE, &action, core::ptr::null_mut())).is_ok()
    })
}
