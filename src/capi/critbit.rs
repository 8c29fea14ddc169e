// SPDX-License-Identifier: MIT OR Apache-2.0
//! `critbit.h`: sets of strings.

use crate::abi::critbit0_tree;
use crate::errno::void;
use crate::memory::critbit;
use core::ffi::{CStr, c_char, c_int, c_void};

/// Returns 1 if the string u is a member, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn critbit0_contains(t: *mut critbit0_tree, u: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid set and a string, as in all of this header.
    unsafe { (*t).contains(CStr::from_ptr(u)).into() }
}

/// Adds a copy of the string u. Returns 2, or 1 if it was a member already, or 0 with errno ENOMEM if there is no
/// memory for it; then nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn critbit0_insert(t: *mut critbit0_tree, u: *const c_char) -> c_int {
    // SAFETY: as in critbit0_contains.
    match unsafe { (*t).insert(CStr::from_ptr(u)) } {
        Ok(true) => 2,
        Ok(false) => 1,
        Err(error) => {
            void(Err(error));
            0
        }
    }
}

/// Removes the string u. Returns 1, or 0 if it was no member.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn critbit0_delete(t: *mut critbit0_tree, u: *const c_char) -> c_int {
    // SAFETY: as in critbit0_contains.
    unsafe { (*t).delete(u).into() }
}

/// Removes all members and frees their memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn critbit0_clear(t: *mut critbit0_tree) {
    // SAFETY: as in critbit0_contains.
    unsafe { (*t).clear() }
}

/// Calls handle with each member that starts with the string prefix, and with arg, in the order of their bytes,
/// for as long as it returns 1. handle must not change the set, except that it may delete the very member that
/// it got. Returns 1 when all are done, 0 if handle returned 0, -1 if it returned anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn critbit0_allprefixed(
    t: *mut critbit0_tree,
    prefix: *const c_char,
    handle: Option<unsafe extern "C" fn(*const c_char, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let mut answer = 1;
    let call = |member| {
        // SAFETY: the caller hands in a function that takes a string and arg. Without one nothing is called.
        answer = handle.map_or(0, |handle| unsafe { handle(member, arg) });
        answer == 1
    };
    // SAFETY: as in critbit0_contains; the caller's function leaves the set as it is, but for the member it got.
    unsafe { critbit::visit(t, CStr::from_ptr(prefix).to_bytes(), call) };
    if answer == 0 || answer == 1 { answer } else { -1 }
}
