// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether assembly can be written in Rust.

use std::env;

/// Tells the library whether Rust 1.88 has assembly and naked functions for the processor: `cfg(owfat_assembly)`. For the
/// others C has to do.
pub(crate) fn is_known() -> bool {
    const KNOWN: &[&str] = &["x86_64", "x86", "aarch64", "arm", "loongarch64", "riscv64", "riscv32", "s390x"];
    println!("cargo:rustc-check-cfg=cfg(owfat_assembly)");
    let known = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| KNOWN.contains(&&*arch));
    let is_known = known && env::var_os("CARGO_CFG_OWFAT_NO_ASSEMBLY").is_none();
    if is_known {
        println!("cargo:rustc-cfg=owfat_assembly");
    }
    is_known
}
