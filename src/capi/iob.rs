// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iob.h`: batches of buffers and file regions.

use crate::abi::{int64, io_batch, io_sendfile_callback, io_write_callback, uint64};
use crate::batch::cleanup::{close_file, free_buffer, unmap_buffer};
use crate::batch::{self, Batch, Mode, Source, send, write};
use crate::errno::{Transfer, bytes_or_io_error, one_or_zero, pointer_or_null, zero_or_minus_one};
use crate::transfer::callback::{CallbackSink, RegionSink};
use core::ffi::{c_char, c_int, c_void};

/// Makes an empty batch with room for so many entries (0 or less: for as many as will come). Returns NULL with ENOMEM. To be
/// given back with iob_free.
#[unsafe(no_mangle)]
pub extern "C" fn iob_new(hint_entries: c_int) -> *mut io_batch {
    let entries = usize::try_from(hint_entries).unwrap_or(0);
    pointer_or_null(Batch::allocate(entries, Mode::Plain).map(Batch::as_ptr)).cast()
}

/// Makes an empty autofree batch with room for so many entries: each buffer and file that it owns is freed or closed as soon as its
/// last byte was sent. Returns NULL with ENOMEM. To be given back with iob_free.
#[unsafe(no_mangle)]
pub extern "C" fn iob_new_autofree(hint_entries: usize) -> *mut io_batch {
    pointer_or_null(Batch::allocate(hint_entries, Mode::Autofree).map(Batch::as_ptr)).cast()
}

/// Makes *b an empty batch with room for so many entries; what was there does not matter and is not freed. A hint of 0 takes no
/// memory. Returns 0, or -1 with errno: ENOMEM (*b is an empty batch without room), EINVAL if b is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_init(b: *mut io_batch, hint_entries: usize) -> c_int {
    // SAFETY: the caller hands in memory for a batch.
    zero_or_minus_one(
        batch::present(unsafe { Batch::initialize(b, Mode::Plain) }).and_then(|b| b.reserve(hint_entries)),
    )
}

/// Like iob_init, for an autofree batch: each buffer and file that it owns is freed or closed as soon as its last byte was sent. It
/// stays one, complete or reset, until the next iob_init or until its memory is zeroed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_init_autofree(b: *mut io_batch, hint_entries: usize) -> c_int {
    // SAFETY: the caller hands in memory for a batch.
    zero_or_minus_one(
        batch::present(unsafe { Batch::initialize(b, Mode::Autofree) }).and_then(|b| b.reserve(hint_entries)),
    )
}

/// Appends n bytes at buf, which must stay as they are until the batch is sent or reset. Returns 1; n = 0 adds nothing. Returns 0
/// with errno: ENOMEM, EOVERFLOW if the batch would hold 2^64 bytes, EINVAL if batch is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addbuf(batch: *mut io_batch, buf: *const c_void, n: uint64) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::Buffer(buf), n, None))
}

/// Like iob_addbuf, for a buffer from malloc, which is freed exactly once: when the batch is sent completely (an autofree batch: when
/// the buffer is), reset or freed; at once if n = 0 or on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addbuf_free(batch: *mut io_batch, buf: *const c_void, n: uint64) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::Buffer(buf), n, Some(free_buffer)))
}

/// Like iob_addbuf, for a mapping of n bytes from mmap(2), which is unmapped exactly once: when the batch is sent
/// completely, reset or freed; at once on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addbuf_munmap(batch: *mut io_batch, buf: *const c_void, n: uint64) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::Buffer(buf), n, Some(unmap_buffer)))
}

/// iob_addbuf for the string s, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_adds(batch: *mut io_batch, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a batch and a string.
    one_or_zero(unsafe { batch::add_string(Batch::new(batch), s, None) })
}

/// iob_addbuf_free for the string s, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_adds_free(batch: *mut io_batch, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a batch and a string.
    one_or_zero(unsafe { batch::add_string(Batch::new(batch), s, Some(free_buffer)) })
}

/// Appends n bytes of the file fd from the offset off on. The caller keeps fd open until the batch is sent or reset. Returns as
/// iob_addbuf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addfile(batch: *mut io_batch, fd: int64, off: uint64, n: uint64) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::File(fd, off), n, None))
}

/// Like iob_addfile, and io_close(fd) is called exactly once: when the batch is sent completely, reset or freed; at once if
/// n = 0 or on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addfile_close(batch: *mut io_batch, fd: int64, off: uint64, n: uint64) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::File(fd, off), n, Some(close_file)))
}

/// Sends as much of the batch to s as s takes. Returns how many bytes went out in this call; 0 if there was nothing left
/// to send; -1 with EAGAIN if s takes nothing now; -3 with errno otherwise: whatever send(2) and sendfile(2) say, EIO if a file
/// is shorter than was promised. An error that comes after some bytes have gone out is returned by the next call. When the
/// last byte has gone out the batch has been reset. s may be a socket, a pipe, a terminal or a file; it need not be registered. On a
/// descriptor in blocking mode the call waits until everything has gone out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_send(s: int64, batch: *mut io_batch) -> int64 {
    // SAFETY: the caller hands in a batch.
    bytes_or_io_error(batch::present(unsafe { Batch::new(batch) }).and_then(|batch| send::send(s, batch)))
}

/// Offers the rest of the batch to the callback, piece by piece, until it takes less than it was offered, fails, or nothing is
/// left: buffers as they are, file regions in pieces of at most 64 KiB. s is passed on to the callback, which answers as io_trywrite
/// does. What it did not take the next iob_write of the unchanged batch offers again, at the same address and no less of it. Returns
/// how many bytes it took in this call; if none, 0 if nothing was left, -1 if it answered -1 with EAGAIN, -3 with
/// errno otherwise (EPIPE if it answered 0). When the last byte is taken the batch has been reset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_write(s: int64, batch: *mut io_batch, cb: io_write_callback) -> int64 {
    // SAFETY: the caller hands in a batch and a function for this.
    unsafe { write_batch(s, batch, cb, None) }
}

/// Like iob_write, but offers each file region whole to sfcb, as sfcb(s, fd, offset, n, cb); io_mmapwritefile is such a function. sfcb
/// answers as cb does. NULL: exactly iob_write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_write2(
    s: int64,
    batch: *mut io_batch,
    cb: io_write_callback,
    sfcb: io_sendfile_callback,
) -> int64 {
    // SAFETY: the caller hands in a batch and functions for this.
    unsafe { write_batch(s, batch, cb, sfcb) }
}

unsafe fn write_batch(
    s: int64,
    batch: *mut io_batch,
    cb: io_write_callback,
    sfcb: io_sendfile_callback,
) -> int64 {
    // SAFETY: by the promises of the callers.
    let (batch, sink, regions) =
        unsafe { (batch::present(Batch::new(batch)), CallbackSink::new(cb, s), RegionSink::new(sfcb)) };
    let write = |batch| -> Transfer { write::write(&sink?, regions, batch) };
    bytes_or_io_error(batch.and_then(write))
}

/// Empties the batch; buffers and files that it owns are freed and closed. It can be used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_reset(batch: *mut io_batch) {
    // SAFETY: the caller hands in a batch.
    if let Some(batch) = unsafe { Batch::new(batch) } {
        batch.reset();
    }
}

/// Empties a batch from iob_new and gives it back. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_free(batch: *mut io_batch) {
    // SAFETY: the caller hands in a batch that came from iob_new.
    if let Some(batch) = unsafe { Batch::new(batch) } {
        batch.free();
    }
}

/// Asks the kernel to read ahead the next bytes of the file regions that are left to send. Changes nothing, and returns no
/// error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_prefetch(batch: *mut io_batch, bytes: uint64) {
    // SAFETY: the caller hands in a batch.
    if let Some(batch) = unsafe { Batch::new(batch) } {
        batch.prefetch(bytes);
    }
}

/// Returns how many bytes of the batch were not sent yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_bytesleft(batch: *const io_batch) -> uint64 {
    // SAFETY: the caller hands in a batch, which is only read.
    unsafe { Batch::new(batch.cast_mut()) }.map_or(0, Batch::bytes_left)
}
