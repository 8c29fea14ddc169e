// SPDX-License-Identifier: MIT OR Apache-2.0
//! The functions that C programs call: each under its plain name and with the prefix `owfat_`. Cast, check, one call into
//! the core, C value out.

use crate::abi::{Aiocb, Aioinit, PlainTime, Sigevent, Timeout, Width};
use crate::cancel;
use crate::complete;
use crate::core::CORE;
use crate::errno::{Errno, Result, unchanged, zero_or_minus_one};
use crate::listio;
use crate::request::Operation;
use crate::status;
use crate::submit::{self, Order};
use core::ffi::c_int;
use core::ptr::null_mut;
use libc::ssize_t;

/// Defines a C function under two names.
macro_rules! twice {
    ($(#[$doc:meta])* fn $plain:ident, $prefixed:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $plain($($argument: $type),*) -> $result $body

        /// The same under a name of this library's own.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $prefixed($($argument: $type),*) -> $result $body
    };
}

/// aio_read and its kind.
fn submit(block: *mut Aiocb, operation: Operation, vectored: bool, width: Width) -> c_int {
    // SAFETY: the program hands in a block, or NULL.
    let Some(block) = (unsafe { block.as_ref() }) else { return refuse() };
    zero_or_minus_one(unchanged(|| submit::one(block, Order { operation, vectored, width })))
}

fn refuse() -> c_int {
    Errno(libc::EINVAL).set();
    -1
}

fn sync(operation: c_int, block: *mut Aiocb, width: Width) -> c_int {
    match operation {
        libc::O_SYNC => submit(block, Operation::Sync, false, width),
        libc::O_DSYNC => submit(block, Operation::DataSync, false, width),
        _ => refuse(),
    }
}

fn error(block: *const Aiocb) -> c_int {
    // SAFETY: as in `submit`.
    unsafe { block.as_ref() }.map_or(libc::EINVAL, status::error)
}

/// The convention "what read or write returned, or -1 with errno".
fn value_or_minus_one(outcome: Result<isize>) -> ssize_t {
    match outcome {
        Ok(value) => value,
        Err(error) => {
            error.set();
            -1
        }
    }
}

fn collect(block: *const Aiocb) -> ssize_t {
    // SAFETY: as in `submit`.
    value_or_minus_one(unsafe { block.as_ref() }.ok_or(Errno(libc::EINVAL)).and_then(status::collect))
}

fn cancel(fd: c_int, block: *const Aiocb) -> c_int {
    // SAFETY: as in `submit`.
    match unchanged(|| cancel::cancel(fd, unsafe { block.as_ref() })) {
        Ok(answer) => answer,
        Err(error) => {
            error.set();
            -1
        }
    }
}

/// An array of the program's with `n` pointers to blocks, or NULL. Errors: EINVAL.
unsafe fn entries<'a>(list: *const *const Aiocb, n: c_int) -> Result<&'a [Option<&'a Aiocb>]> {
    let length = usize::try_from(n).map_err(|_| Errno(libc::EINVAL))?;
    if length == 0 {
        return Ok(&[]);
    }
    // No array is larger than half of the address space.
    if list.is_null() || length > isize::MAX as usize / size_of::<*const Aiocb>() {
        return Err(Errno(libc::EINVAL));
    }
    // SAFETY: the program vouches for the array; a pointer that may be NULL and an optional reference are the same.
    Ok(unsafe { core::slice::from_raw_parts(list.cast(), length) })
}

/// A limit of time in one of its widths, or none.
///
/// # Safety
/// `timeout` is NULL or valid.
unsafe fn limit<'a, T: 'a>(timeout: *const T) -> Option<Timeout>
where
    Timeout: From<&'a T>,
{
    // SAFETY: the caller's promise.
    unsafe { timeout.as_ref() }.map(Timeout::from)
}

unsafe fn suspend(list: *const *const Aiocb, n: c_int, timeout: Option<Timeout>) -> c_int {
    // SAFETY: the program vouches for the array.
    let wait = || unsafe { entries(list, n) }.and_then(|list| status::suspend(list, timeout));
    zero_or_minus_one(unchanged(wait))
}

unsafe fn wait_complete(done: *mut *mut Aiocb, timeout: Option<Timeout>) -> ssize_t {
    let (block, outcome) = match unchanged(|| complete::wait_for_any(timeout)) {
        Ok((block, outcome)) => (block, outcome),
        Err(error) => (null_mut(), Err(error)),
    };
    if !done.is_null() {
        // SAFETY: the program hands in a place for the pointer.
        unsafe { done.write(block) };
    }
    value_or_minus_one(outcome)
}

unsafe fn listio(
    mode: c_int,
    list: *const *mut Aiocb,
    n: c_int,
    event: *mut Sigevent,
    width: Width,
) -> c_int {
    // SAFETY: the program vouches for array and event.
    let queue = || unsafe {
        entries(list.cast(), n).and_then(|list| listio::submit(mode, list, width, event.as_ref()))
    };
    zero_or_minus_one(unchanged(queue))
}

macro_rules! family {
    ($width:expr, $read:ident $o_read:ident, $write:ident $o_write:ident, $fsync:ident $o_fsync:ident,
     $error:ident $o_error:ident, $return:ident $o_return:ident, $cancel:ident $o_cancel:ident,
     $suspend:ident $o_suspend:ident, $listio:ident $o_listio:ident) => {
        twice! {
            /// Queues a read. Returns 0, or -1 and sets errno: EINVAL, EAGAIN.
            fn $read, $o_read(block: *mut Aiocb) -> c_int { submit(block, Operation::Read, false, $width) }
        }
        twice! {
            /// Queues a write. Returns 0, or -1 and sets errno: EINVAL, EAGAIN.
            fn $write, $o_write(block: *mut Aiocb) -> c_int { submit(block, Operation::Write, false, $width) }
        }
        twice! {
            /// Queues a flush of all that was queued on the file before: O_SYNC or O_DSYNC. Returns 0, or -1 and sets
            /// errno: EINVAL, EBADF, EAGAIN.
            fn $fsync, $o_fsync(operation: c_int, block: *mut Aiocb) -> c_int { sync(operation, block, $width) }
        }
        twice! {
            /// EINPROGRESS, 0, or the errno value of the failure. Safe in signal handlers.
            fn $error, $o_error(block: *const Aiocb) -> c_int { error(block) }
        }
        twice! {
            /// The result, or -1 and errno is the failure, or EINPROGRESS. Safe in signal handlers.
            fn $return, $o_return(block: *mut Aiocb) -> ssize_t { collect(block) }
        }
        twice! {
            /// Cancels one request, or all on a descriptor. Returns AIO_CANCELED, AIO_NOTCANCELED or AIO_ALLDONE, or -1
            /// and sets errno: EBADF, EINVAL.
            fn $cancel, $o_cancel(fd: c_int, block: *mut Aiocb) -> c_int { cancel(fd, block) }
        }
        twice! {
            /// Waits until one of the requests is complete. Returns 0, or -1 and sets errno: EAGAIN, EINTR, EINVAL.
            /// Safe in signal handlers; a cancellation point.
            fn $suspend, $o_suspend(list: *const *const Aiocb, n: c_int, timeout: *const PlainTime) -> c_int {
                // SAFETY: the caller's promises are passed on.
                unsafe { suspend(list, n, limit(timeout)) }
            }
        }
        twice! {
            /// Queues a list of requests and waits for all of them, or not. Returns 0, or -1 and sets errno: EINVAL,
            /// EAGAIN, EIO, EINTR.
            fn $listio, $o_listio(mode: c_int, list: *const *mut Aiocb, n: c_int, event: *mut Sigevent) -> c_int {
                // SAFETY: the caller's promises are passed on.
                unsafe { listio(mode, list, n, event, $width) }
            }
        }
    };
}

macro_rules! vectored {
    ($width:expr, $readv:ident $o_readv:ident, $writev:ident $o_writev:ident) => {
        twice! {
            /// Queues a read into several buffers. Returns 0, or -1 and sets errno: EINVAL, EAGAIN.
            fn $readv, $o_readv(block: *mut Aiocb) -> c_int { submit(block, Operation::Read, true, $width) }
        }
        twice! {
            /// Queues a write from several buffers. Returns 0, or -1 and sets errno: EINVAL, EAGAIN.
            fn $writev, $o_writev(block: *mut Aiocb) -> c_int { submit(block, Operation::Write, true, $width) }
        }
    };
}

family!(
    Width::Plain, aio_read owfat_aio_read, aio_write owfat_aio_write, aio_fsync owfat_aio_fsync,
    aio_error owfat_aio_error, aio_return owfat_aio_return, aio_cancel owfat_aio_cancel,
    aio_suspend owfat_aio_suspend, lio_listio owfat_lio_listio
);
vectored!(Width::Plain, aio_readv owfat_aio_readv, aio_writev owfat_aio_writev);
family!(
    Width::Wide, aio_read64 owfat_aio_read64, aio_write64 owfat_aio_write64, aio_fsync64 owfat_aio_fsync64,
    aio_error64 owfat_aio_error64, aio_return64 owfat_aio_return64, aio_cancel64 owfat_aio_cancel64,
    aio_suspend64 owfat_aio_suspend64, lio_listio64 owfat_lio_listio64
);
// On 64-bit machines the plain names are the same code, and the C library has no others.
#[cfg(target_pointer_width = "32")]
vectored!(Width::Wide, aio_readv64 owfat_aio_readv64, aio_writev64 owfat_aio_writev64);

#[cfg(target_pointer_width = "32")]
twice! {
    /// aio_suspend of a program that was compiled with `-D_TIME_BITS=64`, by the name that the C library's header gives it.
    fn __aio_suspend_time64, owfat_aio_suspend_time64(
        list: *const *const Aiocb, n: c_int, timeout: *const crate::abi::WideTime
    ) -> c_int {
        // SAFETY: the caller's promises are passed on.
        unsafe { suspend(list, n, limit(timeout)) }
    }
}
twice! {
    /// Waits for the next completion that was not collected, and stores its block.
    fn aio_waitcomplete, owfat_aio_waitcomplete(done: *mut *mut Aiocb, timeout: *mut PlainTime) -> ssize_t {
        // SAFETY: the caller's promises are passed on.
        unsafe { wait_complete(done, limit(timeout)) }
    }
}
#[cfg(target_pointer_width = "32")]
twice! {
    /// The same for a program that was compiled with `-D_TIME_BITS=64`.
    fn aio_waitcomplete_time64, owfat_aio_waitcomplete_time64(
        done: *mut *mut Aiocb, timeout: *mut crate::abi::WideTime
    ) -> ssize_t {
        // SAFETY: the caller's promises are passed on.
        unsafe { wait_complete(done, limit(timeout)) }
    }
}
twice! {
    /// Takes hints, before the first request.
    fn aio_init, owfat_aio_init(hints: *const Aioinit) -> () {
        // SAFETY: the program hands in the hints, or NULL.
        if let Some(hints) = unsafe { hints.as_ref() } {
            CORE.lock().engine.set_limit(u32::try_from(hints.threads).unwrap_or(0));
        }
    }
}

/// The completion descriptor, or -1 and sets errno: EMFILE, ENFILE, ENOMEM.
#[unsafe(no_mangle)]
pub extern "C" fn owfat_aio_fd() -> c_int {
    match unchanged(complete::descriptor) {
        Ok(fd) => fd,
        Err(error) => {
            error.set();
            -1
        }
    }
}
