//! Gives the shared library the name under which compiled programs look for it, and compiles the C functions
//! that Rust cannot define.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match os.as_str() {
        "macos" | "ios" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libowfat.0.dylib");
        }
        _ => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libowfat.so.0");
            // Fork handlers and the SIGPIPE handler point into the library: it may never be unmapped.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
    variadic();
}

/// Compiles the functions with a variable number of arguments.
fn variadic() {
    let source = "src/variadic/variadic.c";
    println!("cargo:rerun-if-changed={source}");
    let compiled = cc::Build::new().file(source).extra_warnings(true).try_compile("owfat_variadic");
    let Err(error) = compiled else { return };
    // `cargo check` for another system needs no C compiler for it: only linking misses what was not compiled.
    assert!(env::var("TARGET") != env::var("HOST"), "{error}");
    println!("cargo:warning=not compiled, so this will not link: {error}");
}
