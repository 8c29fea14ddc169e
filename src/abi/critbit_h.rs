// SPDX-License-Identifier: MIT OR Apache-2.0
//! The set of strings.

use core::ffi::c_void;

/// A set of strings. All zeros is an empty one.
#[repr(C)]
pub struct critbit0_tree {
    /// What the set is made of; NULL if it is empty. Programs leave it alone.
    pub root: *mut c_void,
}

const WORD: usize = size_of::<usize>();
const _: () = assert!(size_of::<critbit0_tree>() == WORD && align_of::<critbit0_tree>() == WORD);
