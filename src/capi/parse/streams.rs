// SPDX-License-Identifier: MIT OR Apache-2.0
//! Streams. All of these functions take a valid stream, or a place for one.

use crate::abi::{buffer, bytestream};
use core::ffi::{c_int, c_uchar};

/// Makes *bs a stream over the len bytes at membuf, which have to stay there. In error at once if memory ends before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_init_membuf(bs: *mut bytestream, membuf: *const c_uchar, len: usize) {
    // SAFETY: the caller hands in a place for a stream.
    unsafe { bs.write(bytestream::over_memory(membuf, len)) }
}

/// Makes *bs a stream over a buffer that reads. The stream takes no byte from it before it is asked for that byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_init_iobuf(bs: *mut bytestream, b: *mut buffer) {
    // SAFETY: as above.
    unsafe { bs.write(bytestream::over_buffer(b, usize::MAX)) }
}

/// The same for at most maxlen bytes of the buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_init_iobuf_size(bs: *mut bytestream, b: *mut buffer, maxlen: usize) {
    // SAFETY: as above.
    unsafe { bs.write(bytestream::over_buffer(b, maxlen)) }
}

/// Makes *bs a stream over the next maxlen bytes of *parent, which takes them from there. If *parent does not have so many
/// left, both are in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_init_bstream_size(bs: *mut bytestream, parent: *mut bytestream, maxlen: usize) {
    // SAFETY: as above, and a valid stream.
    unsafe { bs.write(bytestream::within(&*parent, maxlen)) }
}

/// Returns the next byte. Returns 0, and *bs is in error, at the limit, at the end of the input, or if a read fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_get(bs: *mut bytestream) -> c_uchar {
    // SAFETY: a valid stream.
    unsafe { (*bs).get() }.unwrap_or(0)
}

/// Does what bs_get does, but the byte is the next one still.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_peek(bs: *mut bytestream) -> c_uchar {
    // SAFETY: a valid stream.
    unsafe { (*bs).peek() }.unwrap_or(0)
}

/// Returns 1 if *bs is in error, else 0. To have reached the end is no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_err(bs: *const bytestream) -> c_int {
    // SAFETY: a valid stream.
    unsafe { (*bs).is_in_error() }.into()
}

/// Puts *bs in error, and all streams around it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_seterrorstate(bs: *mut bytestream) {
    // SAFETY: a valid stream.
    unsafe { (*bs).fail_all() }
}

/// Returns 1 if n bytes are left up to the limit, else 0; 0 in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_capacitycheck(bs: *mut bytestream, n: usize) -> c_int {
    // SAFETY: a valid stream.
    unsafe { (*bs).has(n) }.into()
}

/// The same, and if it returns 0, *bs is in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_capacityassert(bs: *mut bytestream, n: usize) -> c_int {
    // SAFETY: a valid stream.
    unsafe { (*bs).demand((*bs).has(n)) }.into()
}

/// Returns how many bytes are left up to the limit: SIZE_MAX for a stream without limit, 0 in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_capacityleft(bs: *const bytestream) -> usize {
    // SAFETY: a valid stream.
    unsafe { (*bs).left() }
}

/// Returns 1 if *bs is exactly at its limit. Else returns 0, and *bs is in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_nomoredataassert(bs: *mut bytestream) -> c_int {
    // SAFETY: a valid stream.
    unsafe { (*bs).demand((*bs).has(0) && (*bs).left() == 0) }.into()
}

/// Passes over n bytes and returns n. Returns 0, and *bs is in error, if there are not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_skip(bs: *mut bytestream, n: usize) -> usize {
    // SAFETY: a valid stream.
    unsafe { (*bs).take(n, &mut |_, _| ()) }.map_or(0, |()| n)
}

/// Passes over all bytes up to the limit, or without one up to the end of the input, and returns how many; 0 in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bs_consumeleftovers(bs: *mut bytestream) -> usize {
    // SAFETY: a valid stream.
    unsafe { (*bs).take_rest() }.unwrap_or(0)
}
