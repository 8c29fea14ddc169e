// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iarray.h`.

use super::engine::{Engine, functions};
use super::inputs::numbers;
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::c_void;
use std::ptr::null_mut;

/// `iarray` of iarray.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Iarray {
    pages: [*mut c_void; 16],
    elemsize: usize,
    elemperpage: usize,
    bytesperpage: usize,
    len: usize,
}

functions! {
    Iarrays {
        fn iarray_init(ia: *mut Iarray, elemsize: usize);
        fn iarray_get(ia: *mut Iarray, pos: usize) -> *mut c_void;
        fn iarray_allocate(ia: *mut Iarray, pos: usize) -> *mut c_void;
        fn iarray_length(ia: *mut Iarray) -> usize;
        fn iarray_free(ia: *mut Iarray);
    }
}

impl Iarray {
    /// Cleared, because the C library leaves `len` as it is.
    fn of_size(c: Iarrays, elemsize: usize) -> Iarray {
        let mut x = Iarray { pages: [null_mut(); 16], elemsize: 0, elemperpage: 0, bytesperpage: 0, len: 0 };
        // SAFETY: room for an array.
        unsafe { c.iarray_init(&mut x, elemsize) };
        x
    }
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Iarrays>("iarray");
    // The C library divides by an element size of 0, and adds 8 to sizes that leave no room for it.
    let sizes = numbers().prop_filter("sizes that no page holds", |size| (1..1 << 62).contains(size));
    family.compare("iarray_init", sizes, |c, _, size| {
        let x = Iarray::of_size(c, *size as usize);
        (x.pages.map(|page| page.is_null()), x.elemsize, x.elemperpage, x.bytesperpage)
    });
    let small = prop_oneof![1..100_usize, 1000..1050_usize, 8150..8250_usize];
    let steps = vec((any::<bool>(), prop_oneof![0..40_usize, 0..3000_usize]), 0..12);
    family.compare_costly(20, "sequences", (small, steps), |c, _, (size, steps)| {
        let mut x = Iarray::of_size(c, *size);
        let mut allocated = Vec::new();
        let mut seen = Vec::new();
        for (allocate, position) in steps {
            // SAFETY: a valid array, and elements of the given size.
            unsafe {
                let element = if *allocate {
                    let element = c.iarray_allocate(&mut x, *position).cast::<u8>();
                    allocated.push((*position, element));
                    element
                } else {
                    c.iarray_get(&mut x, *position).cast::<u8>()
                };
                if element.is_null() {
                    seen.push(None);
                } else {
                    // What was written before, to this element or to none.
                    seen.push(Some((element.read(), element.add(size - 1).read())));
                    element.add(size - 1).write(*position as u8);
                    element.write(*position as u8 ^ 1);
                }
            }
        }
        // The length of the C library is the last index that was asked for: it falls, and is 0 for one
        // element. Ours is a count, and 0 only for an array without elements.
        // SAFETY: a valid array.
        let length = unsafe { c.iarray_length(&mut x) };
        let highest = allocated.iter().map(|(position, _)| position + 1).max().unwrap_or(0);
        let plausible = length <= highest;
        // SAFETY: a valid array.
        let moved =
            allocated.iter().any(|(at, element)| unsafe { c.iarray_get(&mut x, *at) } != element.cast());
        // SAFETY: a valid array that nothing else uses.
        unsafe { c.iarray_free(&mut x) };
        (seen, plausible, moved, x.pages.map(|page| page.is_null()))
    });
}
