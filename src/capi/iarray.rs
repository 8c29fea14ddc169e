// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iarray.h`: arrays whose elements never move.

use crate::abi::iarray;
use crate::errno;
use crate::memory::iarray::Shared;
use core::ffi::c_void;

/// Makes *ia an array without elements, whose elements will have elemsize bytes each. Takes no memory yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iarray_init(ia: *mut iarray, elemsize: usize) {
    // SAFETY: the caller hands in room for an array; what it holds now does not matter.
    unsafe { ia.cast::<Shared>().write(Shared::new(elemsize)) }
}

/// Returns the address of element number pos, or NULL if it is not there. Elements that were never asked for
/// may be there, full of zeros, because others of their page were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iarray_get(ia: *mut iarray, pos: usize) -> *mut c_void {
    // SAFETY: the caller hands in a valid array; what threads share of it is atomic.
    unsafe { (*ia.cast::<Shared>()).get(pos) }.cast()
}

/// Returns the address of element number pos, which is made, full of zeros, if it is not there. It stays
/// valid until iarray_free. Any number of threads may call this at the same time. Returns NULL if memory is
/// lacking (ENOMEM) or the elements have no size (EINVAL); the array is unchanged then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iarray_allocate(ia: *mut iarray, pos: usize) -> *mut c_void {
    // SAFETY: as in iarray_get.
    errno::pointer_or_null(unsafe { (*ia.cast::<Shared>()).allocate(pos) })
}

/// Returns the number of the last element that was ever allocated, plus one; 0 if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iarray_length(ia: *mut iarray) -> usize {
    // SAFETY: as in iarray_get.
    unsafe { (*ia.cast::<Shared>()).length() }
}

/// Frees all elements; the array is as after iarray_init. No other thread may use it during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iarray_free(ia: *mut iarray) {
    // SAFETY: the caller hands in a valid array that no other thread uses.
    unsafe { (*ia.cast::<Shared>()).free() }
}
