// SPDX-License-Identifier: MIT OR Apache-2.0
//! Network interfaces, which programs know by name and the kernel by index.

use crate::errno::unchanged;
use core::ffi::CStr;

/// Room for the longest name and a null byte.
pub(crate) const NAME_ROOM: usize = libc::IF_NAMESIZE;

/// The name of an interface, with a null byte behind it.
#[derive(Clone, Copy)]
pub(crate) struct Name([u8; NAME_ROOM]);

impl Name {
    /// The name that these bytes spell, unless they are too many for any interface.
    pub(crate) fn from_bytes(bytes: impl Iterator<Item = u8>) -> Option<Self> {
        let mut name = [0; NAME_ROOM];
        for (index, byte) in bytes.enumerate() {
            *name[..NAME_ROOM - 1].get_mut(index)? = byte;
        }
        Some(Self(name))
    }

    /// The name as a C string.
    pub(crate) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

/// The index of the interface called `name`, or 0 with errno.
pub(crate) fn index_of(name: &CStr) -> u32 {
    // SAFETY: a C string is what the function wants.
    unsafe { libc::if_nametoindex(name.as_ptr()) }
}

/// The name of the interface with this index. errno stays as it was.
pub(crate) fn name_of(index: u32) -> Option<Name> {
    let mut name = Name([0; NAME_ROOM]);
    // SAFETY: the buffer has the size that the function wants.
    let found = unchanged(|| unsafe { libc::if_indextoname(index, name.0.as_mut_ptr().cast()) });
    (!found.is_null()).then_some(name)
}
