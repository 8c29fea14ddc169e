// SPDX-License-Identifier: MIT OR Apache-2.0
//! The functions under test, out of the shared library as it is shipped.

use libloading::os::unix::{Library as Handle, RTLD_LOCAL, RTLD_NOW};
use std::path::PathBuf;

/// `tai6464`, by value.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct Moment {
    pub(crate) sec: u64,
    pub(crate) nano: u32,
    pub(crate) atto: u32,
}

macro_rules! functions {
    ($($name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        pub(crate) struct Library {
            $(pub(crate) $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            /// Which the C library lacks.
            pub(crate) io_queueforread: Option<unsafe extern "C" fn(i64) -> i32>,
            /// The same.
            pub(crate) io_queueforwrite: Option<unsafe extern "C" fn(i64) -> i32>,
            _handle: Handle,
        }

        impl Library {
            fn resolve(handle: Handle) -> Self {
                // SAFETY: the library exports these functions with these types: its headers say so.
                unsafe {
                    Library {
                        $($name: *handle.get(stringify!($name).as_bytes()).unwrap(),)*
                        io_queueforread: handle.get(b"io_queueforread").ok().map(|function| *function),
                        io_queueforwrite: handle.get(b"io_queueforwrite").ok().map(|function| *function),
                        _handle: handle,
                    }
                }
            }
        }
    };
}

functions! {
    io_fd: fn(i64) -> i32;
    io_nonblock: fn(i64);
    io_block: fn(i64);
    io_eagain_read: fn(i64);
    io_eagain_write: fn(i64);
    io_wantread: fn(i64);
    io_wantwrite: fn(i64);
    io_dontwantread: fn(i64);
    io_dontwantwrite: fn(i64);
    io_tryread: fn(i64, *mut u8, i64) -> i64;
    io_trywrite: fn(i64, *const u8, i64) -> i64;
    io_check: fn();
    io_wait: fn();
    io_waituntil2: fn(i64) -> i64;
    io_canread: fn() -> i64;
    io_canwrite: fn() -> i64;
    io_close: fn(i64);
    io_timeout: fn(i64, Moment);
    io_timeouted: fn() -> i64;
    io_timedout: fn(i64) -> i32;
    io_finishandshutdown: fn();
    taia_now: fn(*mut Moment);
}

impl Library {
    /// Loads the library from this file.
    pub(crate) fn load(path: PathBuf) -> Self {
        // SAFETY: the library does nothing when it is loaded.
        Self::resolve(unsafe { Handle::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.expect("the library loads"))
    }
}
