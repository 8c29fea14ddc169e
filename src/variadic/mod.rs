// SPDX-License-Identifier: MIT OR Apache-2.0
//! The functions with a variable number of arguments, or a list of such, all of them strings up to a NULL.
//!
//! Stable Rust cannot define such a function, so each consists of three parts:
//!
//! 1. a trampoline, under the name that C programs call: rustc exports from a shared library what is
//!    written in Rust and nothing else;
//! 2. the function it jumps to, in `variadic.c`, which makes a [`Walker`] out of the list of arguments;
//! 3. its other half in Rust, among the [`halves`], which gets the strings.
//!
//! Parts 2 and 3 are declared hidden in `variadic.c`. The linker gives a name the strictest visibility that
//! a program asked for, so neither leaves the library. The prototypes stand in `capi/NAME.toml`.
//!
//! A trampoline is written in assembly, which stable Rust has for some processors (`build/assembly.rs` lists them). For the others
//! there is none: part 2 itself has the name that C programs call, and `build/shared.sh` links the shared library again, with
//! these names among those that it exports.

mod halves;
#[cfg(owfat_assembly)]
mod trampolines;

use core::ffi::c_char;
use core::iter::once;
use core::marker::PhantomData;

/// `struct strings` of `variadic.c`, which knows what else is in it.
#[repr(C)]
pub(crate) struct Walker {
    next: unsafe extern "C" fn(*mut Walker) -> *const c_char,
}

/// The strings of a list of arguments, in order, up to the NULL.
pub(crate) struct Strings<'a> {
    walker: Option<*mut Walker>,
    list: PhantomData<&'a Walker>,
}

impl Strings<'_> {
    /// # Safety
    /// `walker` comes from `variadic.c`, nothing else walks it, and the list holds strings up to a NULL.
    unsafe fn new(walker: *mut Walker) -> Self {
        Strings { walker: Some(walker), list: PhantomData }
    }

    /// The same with a string in front of them; if that is NULL already, there is none.
    fn behind(self, first: *const c_char) -> impl Iterator<Item = *const c_char> {
        let all = (!first.is_null()).then(|| once(first).chain(self));
        all.into_iter().flatten()
    }
}

impl Iterator for Strings<'_> {
    type Item = *const c_char;

    fn next(&mut self) -> Option<*const c_char> {
        let walker = self.walker?;
        // SAFETY: the promise of `new`; the NULL has not been met yet.
        let string = unsafe { ((*walker).next)(walker) };
        if string.is_null() {
            self.walker = None;
            return None;
        }
        Some(string)
    }
}
