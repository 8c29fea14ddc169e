// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the files in C are compiled: as hardened as Debian's packages are, and the same in every folder.

use std::env;

/// The compiler. `root` is where the folder of the package lies, seen from the root of this repository. What CFLAGS says
/// comes last.
pub(crate) fn compiler(root: &str) -> cc::Build {
    let mut build = cc::Build::new();
    // With a distributor's `-flto` there has to be code beside the compiler's intermediate code.
    for flag in ["-fstack-protector-strong", "-fstack-clash-protection", "-ffat-lto-objects"] {
        build.flag_if_supported(flag);
    }
    match &*env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default() {
        "x86_64" | "x86" => build.flag_if_supported("-fcf-protection"),
        "aarch64" => build.flag_if_supported("-mbranch-protection=standard"),
        _ => &mut build,
    };
    let flags = env::var("CFLAGS").unwrap_or_default();
    if !flags.contains("_FORTIFY_SOURCE") && env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        build.flag("-U_FORTIFY_SOURCE").define("_FORTIFY_SOURCE", "2");
    }
    // Where it was compiled is not in the file.
    if let Some(folder) = env::var("CARGO_MANIFEST_DIR").ok().filter(|folder| !folder.contains(' ')) {
        build.flag_if_supported(format!("-ffile-prefix-map={folder}={root}"));
    }
    build
}
