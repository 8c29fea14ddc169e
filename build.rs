// SPDX-License-Identifier: MIT OR Apache-2.0
//! Gives the shared library the name under which compiled programs look for it, chooses the kernel's event queue,
//! compiles the C functions that Rust cannot define, and packs the table of HTML's character names.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/assembly.rs"]
mod assembly;
#[path = "build/c.rs"]
mod c;
#[path = "build/hardened.rs"]
mod hardened;
#[path = "build/names.rs"]
mod names;
#[path = "build/time.rs"]
mod time;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    // Fuzz targets are linked with a library for Rust: fuzz/owfat.
    println!("cargo:rustc-check-cfg=cfg(fuzzing)");
    if env::var_os("CARGO_CFG_FUZZING").is_none() {
        shared_library(&os);
        linker_flags();
    }
    event_queue(&os);
    sendfile(&os);
    functions(&os);
    println!("cargo:rustc-check-cfg=cfg(owfat_time, values(\"libc\", \"32\", \"64\"))");
    println!("cargo:rustc-cfg=owfat_time=\"{}\"", time::width(&os));
    variadic(assembly::is_known());
    names::compress("src/text/code/html/names.txt");
    if env::var_os("CARGO_FEATURE_CAPI").is_some() {
        further_names();
    }
}

/// The name under which compiled programs look for it.
fn shared_library(os: &str) {
    match os {
        "macos" | "ios" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libowfat.0.dylib");
        }
        _ => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libowfat.so.0");
            // Fork handlers and the SIGPIPE handler point into the library: it may never be unmapped.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
            // Nothing here meddles with return addresses, which is all that a shadow stack asks for. Indirect branch
            // tracking takes landing pads, for which rustc has an unstable flag; and the mark has to be asked for, because not
            // every system's start files have it.
            // Only Linux reads these marks, and other systems' linkers need not know the option.
            if os == "linux" && env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64") {
                println!("cargo:rustc-cdylib-link-arg=-Wl,-z,shstk");
                let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
                if ["full", "branch"].iter().any(|kind| flags.contains(&format!("cf-protection={kind}"))) {
                    // In bfd's word, and in lld's.
                    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,ibt,-z,force-ibt");
                }
            }
        }
    }
}

/// For cargo-c, which installs what it finds in OUT_DIR: a page for every further name that a page of the manual
/// explains, as packaging/install.sh makes them.
fn further_names() {
    println!("cargo:rerun-if-changed=man");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("man");
    fs::create_dir_all(&folder).expect("OUT_DIR can be written to");
    for entry in fs::read_dir("man").into_iter().flatten().flatten() {
        let page = entry.file_name().into_string().unwrap_or_default();
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        let Some((_, section)) = page.rsplit_once('.') else { continue };
        let names =
            text.lines().skip_while(|line| *line != ".Sh NAME").take_while(|line| !line.starts_with(".Nd "));
        for name in names.filter_map(|line| line.strip_prefix(".Nm ")?.split(' ').next()) {
            let further = format!("{name}.{section}");
            if !Path::new("man").join(&further).exists() {
                let link = format!(".so man{section}/{page}\n");
                fs::write(folder.join(further), link).expect("OUT_DIR can be written to");
            }
        }
    }
}

/// Tells the library which event queue the target's kernel has: `cfg(owfat_kernel = "…")`.
fn event_queue(os: &str) {
    let kernel = match os {
        "linux" if env::var_os("CARGO_CFG_OWFAT_LIBKQUEUE").is_none() => "epoll",
        "linux" | "macos" | "ios" | "freebsd" | "dragonfly" | "netbsd" | "openbsd" => "kqueue",
        _ => "none",
    };
    println!("cargo:rustc-check-cfg=cfg(owfat_kernel, values(\"epoll\", \"kqueue\", \"none\"))");
    println!("cargo:rustc-cfg=owfat_kernel=\"{kernel}\"");
}

/// Tells the library whose sendfile(2) the target has, and hence whether headers go with it: `cfg(owfat_sendfile = "…")`.
fn sendfile(os: &str) {
    let kind = match os {
        "linux" if env::var_os("CARGO_CFG_OWFAT_FREEBSD_SENDFILE").is_none() => "linux",
        "linux" | "freebsd" | "dragonfly" => "freebsd",
        "macos" | "ios" => "apple",
        _ => "none",
    };
    println!(
        "cargo:rustc-check-cfg=cfg(owfat_sendfile, values(\"linux\", \"freebsd\", \"apple\", \"none\"))"
    );
    println!("cargo:rustc-cfg=owfat_sendfile=\"{kind}\"");
}

/// Tells the library which functions of libc the target has: `cfg(owfat_accept4)` and others.
fn functions(os: &str) {
    let lists: [(&str, &[&str]); 4] = [
        ("accept4", &["linux", "android", "freebsd", "dragonfly", "openbsd"]),
        ("accept_filter", &["freebsd", "dragonfly", "netbsd"]),
        ("issetugid", &["macos", "ios", "freebsd", "dragonfly", "netbsd", "openbsd"]),
        ("arc4random", &["macos", "ios", "freebsd", "dragonfly", "netbsd", "openbsd", "illumos", "solaris"]),
    ];
    for (name, systems) in lists {
        println!("cargo:rustc-check-cfg=cfg(owfat_{name})");
        if systems.contains(&os) {
            println!("cargo:rustc-cfg=owfat_{name}");
        }
    }
}

/// Compiles the functions with a variable number of arguments. What CFLAGS says comes last.
fn variadic(has_assembly: bool) {
    let sources = ["src/variadic/variadic.c", "src/personality.c"];
    let sources = if has_assembly { &sources[..1] } else { &sources[..] };
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
    }
    let mut build = hardened::compiler(".");
    if !has_assembly {
        build.define("OWFAT_NO_TRAMPOLINES", None);
    }
    c::compile(build.files(sources).extra_warnings(true), "owfat_variadic");
}

/// What LDFLAGS says goes to the linker of the shared library, as it does in a C project.
fn linker_flags() {
    println!("cargo:rerun-if-env-changed=LDFLAGS");
    for flag in env::var("LDFLAGS").unwrap_or_default().split_whitespace() {
        println!("cargo:rustc-cdylib-link-arg={flag}");
    }
}
