// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names that C programs call, on the processors for which stable Rust has naked functions.

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
