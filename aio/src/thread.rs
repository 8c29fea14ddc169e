// SPDX-License-Identifier: MIT OR Apache-2.0
//! Threads of the library: named, detached, and with all signals blocked.

use crate::errno::{Errno, Result, unchanged};
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// What a thread of the library runs.
pub(crate) type Main = extern "C" fn(*mut c_void) -> *mut c_void;

/// Starts a thread. Errors: what pthread_create(3) lists.
pub(crate) fn start(main: Main, argument: *mut c_void) -> Result<()> {
    unchanged(|| {
        let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
        let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
        let (mut all, mut before) =
            (MaybeUninit::<libc::sigset_t>::uninit(), MaybeUninit::<libc::sigset_t>::uninit());
        // SAFETY: each object is initialised by the call that comes first; `main` has the signature of a thread's function.
        let error = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            let error = libc::pthread_attr_init(attributes.as_mut_ptr());
            if error != 0 {
                return Err(Errno(error));
            }
            libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
            // Without this the thread begins with the signals of its creator.
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            let error = libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), main, argument);
            libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), null_mut());
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            error
        };
        if error == 0 { Ok(()) } else { Err(Errno(error)) }
    })
}

/// Names the calling thread.
pub(crate) fn name_self() {
    // SAFETY: the name ends with a null byte and is short enough.
    unsafe { libc::prctl(libc::PR_SET_NAME, c"owfat-aio".as_ptr()) };
}
