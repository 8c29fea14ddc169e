// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which time_t C programs have.

use std::path::PathBuf;
use std::{env, fs};

/// "32" or "64" where Linux has both, "libc" elsewhere. The compiler is asked, with CPPFLAGS and CFLAGS: Debian 12 has 32
/// bits unless `-D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64` is said, the compilers of Debian 13 say so themselves.
pub(crate) fn width(os: &str) -> &'static str {
    let is =
        |variable: &str, values: &[&str]| env::var(variable).is_ok_and(|value| values.contains(&&*value));
    // Ports to 32-bit processors that are newer than these have had 64 bits from the beginning.
    let older = &["x86", "arm", "mips", "mips32r6", "powerpc", "m68k", "sparc"];
    if os != "linux"
        || !is("CARGO_CFG_TARGET_POINTER_WIDTH", &["32"])
        || !is("CARGO_CFG_TARGET_ARCH", older)
        || !is("CARGO_CFG_TARGET_ENV", &["gnu", "musl"])
    {
        return "libc";
    }
    println!("cargo:rerun-if-env-changed=CPPFLAGS");
    if ask(8) {
        "64"
    } else if ask(4) {
        "32"
    } else {
        // `cargo check` for another system needs no C compiler for it.
        assert!(env::var("TARGET") != env::var("HOST"), "the C compiler does not say how wide time_t is");
        if is("CARGO_CFG_TARGET_ENV", &["musl"]) { "64" } else { "32" }
    }
}

/// Whether the compiler finds a time_t of so many bytes.
fn ask(bytes: usize) -> bool {
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let source = folder.join(format!("time{bytes}.c"));
    let text = format!("#include <time.h>\nchar answer[sizeof(time_t) == {bytes} ? 1 : -1];\n");
    fs::write(&source, text).expect("OUT_DIR can be written to");
    let mut build = cc::Build::new();
    for flag in env::var("CPPFLAGS").unwrap_or_default().split_whitespace() {
        build.flag(flag);
    }
    build.cargo_warnings(false).cargo_metadata(true).file(&source).try_compile_intermediates().is_ok()
}
