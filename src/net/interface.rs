// SPDX-License-Identifier: MIT OR Apache-2.0
//! Names of interfaces as C strings that stay.

use super::format::UNKNOWN_INTERFACE;
use crate::sys::socket::interface::{Name, name_of};
use crate::sys::thread_memory::ThreadMemory;
use core::ffi::c_char;

static NAME: ThreadMemory<Name> = ThreadMemory::new();

/// The name of the interface with this index, or `[unknown]`. It is the calling thread's until that asks for
/// another.
pub(crate) fn shown_name(index: u32) -> *const c_char {
    let stored = name_of(index).and_then(|name| NAME.store(name).ok());
    // SAFETY: the place was just written, and only this thread writes there.
    stored.map_or(UNKNOWN_INTERFACE, |name| unsafe { &*name }.as_c_str()).as_ptr()
}
