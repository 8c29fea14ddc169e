// SPDX-License-Identifier: MIT OR Apache-2.0
//! The functions with a variable number of arguments, or a list of such, all of them strings up to a NULL.
//!
//! Stable Rust cannot define such a function, so each consists of three parts:
//!
//! 1. a trampoline here, under the name that C programs call: rustc exports from a shared library what is
//!    written in Rust and nothing else;
//! 2. the function it jumps to, in `variadic.c`, which makes a [`Walker`] out of the list of arguments;
//! 3. its other half in Rust, among the [`halves`], which gets the strings.
//!
//! Parts 2 and 3 are declared hidden in `variadic.c`. The linker gives a name the strictest visibility that
//! a program asked for, so neither leaves the library. The prototypes stand in `capi/NAME.toml`.

mod halves;

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

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
macro_rules! jump {
    () => {
        // With a landing pad for calls through a pointer, where the processor tracks these.
        concat!(landing_pad!(), "jmp {}")
    };
}
#[cfg(target_arch = "x86_64")]
macro_rules! landing_pad {
    () => {
        "endbr64\n"
    };
}
#[cfg(target_arch = "x86")]
macro_rules! landing_pad {
    () => {
        "endbr32\n"
    };
}
#[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "loongarch64"))]
macro_rules! jump {
    () => {
        "b {}"
    };
}
#[cfg(any(target_arch = "riscv64", target_arch = "riscv32"))]
macro_rules! jump {
    () => {
        "tail {}"
    };
}
#[cfg(target_arch = "s390x")]
macro_rules! jump {
    () => {
        "jg {}"
    };
}
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "x86",
    target_arch = "aarch64",
    target_arch = "arm",
    target_arch = "loongarch64",
    target_arch = "riscv64",
    target_arch = "riscv32",
    target_arch = "s390x",
)))]
compile_error!("src/variadic/mod.rs: say how to jump to another function on this architecture");

/// Trampolines: `NAME => FUNCTION` exports NAME and makes it jump to FUNCTION of `variadic.c`, which finds
/// arguments, stack and return address as the caller left them.
macro_rules! trampolines {
    ($($name:ident => $function:ident;)*) => {
        unsafe extern "C" { $(fn $function();)* }
        $(
            #[doc = concat!("`", stringify!($name), "` of the C interface.")]
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            pub(crate) unsafe extern "C" fn $name() {
                core::arch::naked_asm!(jump!(), sym $function)
            }
        )*
    };
}

trampolines! {
    buffer_putm_internal => owfat_buffer_putm_internal;
    buffer_putm_internal_flush => owfat_buffer_putm_internal_flush;
    errmsg_info => owfat_errmsg_info;
    errmsg_infosys => owfat_errmsg_infosys;
    errmsg_warn => owfat_errmsg_warn;
    errmsg_warnsys => owfat_errmsg_warnsys;
    errmsg_write => owfat_errmsg_write;
    fmt_strm_internal => owfat_fmt_strm_internal;
    stralloc_catm_internal => owfat_stralloc_catm_internal;
}
