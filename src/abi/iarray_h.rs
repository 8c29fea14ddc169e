// SPDX-License-Identifier: MIT OR Apache-2.0
//! The array whose elements never move.

/// A page of elements, and the way to the next one of its chain. C's definition stands in `capi/iarray.toml`,
/// because the elements are a flexible array member there.
#[repr(C)]
pub struct _iarray_page {
    /// The next page of the chain, NULL at its end.
    pub(crate) next: *mut _iarray_page,
}

/// The same type under its other name.
pub type iarray_page = _iarray_page;

/// An array whose elements never move: element n is in chain n % 16, at place n / 16 of it.
#[repr(C)]
pub struct iarray {
    /// The first page of each chain; NULL before the first element of that chain.
    pub(crate) pages: [*mut iarray_page; 16],
    /// Bytes per element.
    pub(crate) elemsize: usize,
    /// Elements per page.
    pub(crate) elemperpage: usize,
    /// Bytes per page, the pointer to the next page included.
    pub(crate) bytesperpage: usize,
    /// The number of the last element that was ever allocated, plus one.
    pub(crate) len: usize,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<iarray_page>() == 8);
    assert!(size_of::<iarray>() == 160 && align_of::<iarray>() == 8);
    assert!(offset_of!(iarray, pages) == 0 && offset_of!(iarray, elemsize) == 128);
    assert!(offset_of!(iarray, elemperpage) == 136 && offset_of!(iarray, bytesperpage) == 144);
    assert!(offset_of!(iarray, len) == 152);
};
#[cfg(target_arch = "x86")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<iarray_page>() == 4);
    assert!(size_of::<iarray>() == 80 && align_of::<iarray>() == 4);
    assert!(offset_of!(iarray, elemsize) == 64 && offset_of!(iarray, elemperpage) == 68);
    assert!(offset_of!(iarray, bytesperpage) == 72 && offset_of!(iarray, len) == 76);
};
