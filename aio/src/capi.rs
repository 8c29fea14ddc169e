// SPDX-License-Identifier: MIT OR Apache-2.0
//! The functions that C programs call: each under its plain name and with the prefix `owfat_`.

use crate::abi::{Aiocb, Aioinit, Sigevent};
use crate::errno::Errno;
use core::ffi::c_int;
use libc::{ssize_t, timespec};

/// Defines a C function under two names.
macro_rules! twice {
    ($(#[$doc:meta])* $plain:ident, $prefixed:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $plain($($argument: $type),*) -> $result $body

        /// The same under a name of this library's own.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $prefixed($($argument: $type),*) -> $result $body
    };
}

fn missing() -> c_int {
    Errno(libc::ENOSYS).set();
    -1
}

macro_rules! posix {
    ($read:ident, $o_read:ident, $write:ident, $o_write:ident, $fsync:ident, $o_fsync:ident, $error:ident, $o_error:ident,
     $return:ident, $o_return:ident, $cancel:ident, $o_cancel:ident, $suspend:ident, $o_suspend:ident, $listio:ident, $o_listio:ident) => {
        twice! { /// Queues a read.
            $read, $o_read(_block: *mut Aiocb) -> c_int { missing() } }
        twice! { /// Queues a write.
            $write, $o_write(_block: *mut Aiocb) -> c_int { missing() } }
        twice! { /// Queues a flush.
            $fsync, $o_fsync(_op: c_int, _block: *mut Aiocb) -> c_int { missing() } }
        twice! { /// The status.
            $error, $o_error(_block: *const Aiocb) -> c_int { missing() } }
        twice! { /// The result.
            $return, $o_return(_block: *mut Aiocb) -> ssize_t { missing() as ssize_t } }
        twice! { /// Cancels.
            $cancel, $o_cancel(_fd: c_int, _block: *mut Aiocb) -> c_int { missing() } }
        twice! { /// Waits.
            $suspend, $o_suspend(_list: *const *const Aiocb, _n: c_int, _timeout: *const timespec) -> c_int { missing() } }
        twice! { /// Queues a list.
            $listio, $o_listio(_mode: c_int, _list: *const *mut Aiocb, _n: c_int, _sig: *mut Sigevent) -> c_int { missing() } }
    };
}

posix!(
    aio_read,
    owfat_aio_read,
    aio_write,
    owfat_aio_write,
    aio_fsync,
    owfat_aio_fsync,
    aio_error,
    owfat_aio_error,
    aio_return,
    owfat_aio_return,
    aio_cancel,
    owfat_aio_cancel,
    aio_suspend,
    owfat_aio_suspend,
    lio_listio,
    owfat_lio_listio
);
posix!(
    aio_read64,
    owfat_aio_read64,
    aio_write64,
    owfat_aio_write64,
    aio_fsync64,
    owfat_aio_fsync64,
    aio_error64,
    owfat_aio_error64,
    aio_return64,
    owfat_aio_return64,
    aio_cancel64,
    owfat_aio_cancel64,
    aio_suspend64,
    owfat_aio_suspend64,
    lio_listio64,
    owfat_lio_listio64
);
twice! { /// Queues a read into several buffers.
aio_readv, owfat_aio_readv(_block: *mut Aiocb) -> c_int { missing() } }
twice! { /// Queues a write from several buffers.
aio_writev, owfat_aio_writev(_block: *mut Aiocb) -> c_int { missing() } }
twice! { /// Waits for the next completion.
aio_waitcomplete, owfat_aio_waitcomplete(_done: *mut *mut Aiocb, _timeout: *mut timespec) -> ssize_t { missing() as ssize_t } }
twice! { /// Takes hints.
aio_init, owfat_aio_init(_hints: *const Aioinit) -> () { } }

/// The completion descriptor.
#[unsafe(no_mangle)]
pub extern "C" fn owfat_aio_fd() -> c_int {
    missing()
}
