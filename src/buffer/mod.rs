// SPDX-License-Identifier: MIT OR Apache-2.0
//! Buffers: bytes on their way to or from an operation like write(2) or read(2).
//!
//! A [`buffer`] is either for writing (`p` bytes wait at `x`) or for reading (bytes `p` to `n` - 1 at `x` are at hand).
//! C programs read and write its fields as they like, with macros that they have compiled in, and an operation may do
//! so while it runs. So nothing here is borrowed exclusively: the fields are cells, looked at anew after each
//! call. Programs vouch for `a` bytes of memory at `x`, of which the first `n` were filled; the SAFETY comments
//! below lean on that.

pub(crate) mod ends;
pub(crate) mod input;
pub(crate) mod message;
pub(crate) mod operation;
pub(crate) mod output;
pub(crate) mod stream;
pub(crate) mod token;

use crate::abi::buffer;
use crate::errno::{Errno, Result};
use crate::files::map;
use crate::sys::fd;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};
use core::ptr::null_mut;
use operation::Declared;

impl buffer {
    /// An empty buffer over `a` bytes at `x`.
    pub const fn new(op: Declared, fd: c_int, x: *mut c_char, a: usize) -> Self {
        buffer {
            x: Cell::new(x),
            p: Cell::new(0),
            n: Cell::new(0),
            a: Cell::new(a),
            op: Cell::new(op),
            cookie: Cell::new(null_mut()),
            deinit: Cell::new(None),
            fd: Cell::new(fd),
        }
    }

    /// The same with memory from malloc, for which `deinit` is to call [`free`](Self::free). Errors: ENOMEM.
    pub fn allocate(op: Declared, fd: c_int, a: usize) -> Result<Self> {
        // Memory of no bytes may be NULL, which would look like a failure.
        // SAFETY: malloc takes any size.
        let x = unsafe { libc::malloc(a.max(1)) };
        if x.is_null() { Err(Errno(libc::ENOMEM)) } else { Ok(buffer::new(op, fd, x.cast(), a)) }
    }

    /// Closes the descriptor unless it is a standard one, and lets `deinit` give the memory back.
    ///
    /// # Safety
    /// The caller's buffer, as everywhere.
    pub unsafe fn close(&self) {
        if self.fd.get() > 2 {
            fd::close(self.fd.get());
        }
        if let Some(deinit) = self.deinit.get() {
            // SAFETY: what the program has left here takes the buffer's address.
            unsafe { deinit(self.address()) }
        }
    }

    /// Gives memory from malloc back.
    ///
    /// # Safety
    /// It is.
    pub unsafe fn free(&self) {
        // SAFETY: the caller's promise; nothing leads there any more.
        unsafe { libc::free(self.without_memory().0.cast()) }
    }

    /// Gives memory back that is a mapping.
    ///
    /// # Safety
    /// It is, wholly.
    pub unsafe fn unmap(&self) {
        let (x, a) = self.without_memory();
        // SAFETY: the caller's promise; nothing leads there any more. An error has nowhere to go.
        let _ = unsafe { map::unmap(x, a) };
    }

    /// Takes the memory out, so that a second close finds none.
    fn without_memory(&self) -> (*mut c_char, usize) {
        self.p.set(0);
        self.n.set(0);
        (self.x.replace(null_mut()), self.a.replace(0))
    }

    /// What operations get as their fourth argument.
    fn address(&self) -> *mut c_void {
        core::ptr::from_ref(self).cast_mut().cast()
    }
}

#[cfg(test)]
mod tests;
