// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files as memory.

use crate::errno::{Result, unchanged};
use crate::sys::fd;
use crate::sys::file::{self, Mapping, Purpose};
use core::ffi::{c_char, c_int};

/// A file in memory: where it starts and how long it is.
pub(crate) type Mapped = (*mut c_char, usize);

/// Maps the file `name`. `None` for an empty file: there is no mapping of no bytes.
///
/// # Safety
/// `name` is a string, or an address for which the kernel answers EFAULT.
pub(crate) unsafe fn map(name: *const c_char, mapping: Mapping) -> Result<Option<Mapped>> {
    let purpose = match mapping {
        Mapping::Read | Mapping::Private => Purpose::READ,
        Mapping::Shared => Purpose::READ_WRITE.existing(),
    };
    // SAFETY: the caller's promise.
    map_and_close(unsafe { file::open(name, purpose.private()) }?, mapping)
}

/// Maps the file `name`, which if relative is looked for in the folder `folder`, for reading.
///
/// # Safety
/// As in [`map`].
pub(crate) unsafe fn map_at(folder: c_int, name: *const c_char) -> Result<Option<Mapped>> {
    // SAFETY: the caller's promise.
    map_and_close(unsafe { file::open_at(folder, name, Purpose::READ.waiting().private()) }?, Mapping::Read)
}

/// Unmaps a mapping. For no bytes there is none, so nothing happens.
///
/// # Safety
/// It is not used any more.
pub(crate) unsafe fn unmap(start: *mut c_char, length: usize) -> Result<()> {
    // SAFETY: the caller's promise.
    if length == 0 { Ok(()) } else { unsafe { file::unmap(start, length) } }
}

fn map_and_close(d: c_int, mapping: Mapping) -> Result<Option<Mapped>> {
    unchanged(|| {
        let mapped = whole(d, mapping);
        fd::close(d);
        mapped
    })
}

fn whole(d: c_int, mapping: Mapping) -> Result<Option<Mapped>> {
    match usize::try_from(file::size(d)?) {
        Ok(0) => Ok(None),
        // A file that is bigger than the address space gets the kernel's answer for that.
        size => {
            let size = size.unwrap_or(usize::MAX);
            file::map(d, size, mapping).map(|start| Some((start, size)))
        }
    }
}
