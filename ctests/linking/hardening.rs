// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the shared library is built: what the loader protects, what the linker notes, and which flags are heard.

use crate::support::{Skip, libraries};
use crate::{ARCHIVE, SHARED, Test, root, run};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("hardening::loader_protects", loader_protects),
    ("hardening::the_c_file_is_hardened", the_c_file_is_hardened),
    ("hardening::flags_are_heard", flags_are_heard),
    ("hardening::without_lto", without_lto),
    ("hardening::shadow_stack", shadow_stack),
];

fn readelf(arguments: &[&str], file: &Path) -> String {
    run(Command::new("readelf").args(arguments).arg(file))
}

fn loader_protects() -> Result<(), Skip> {
    let aio = libraries::aio();
    is_protected(&SHARED);
    is_protected(&aio.join("libowfat-aio.so"));
    is_protected(&aio.join("libowfat-aio-preload.so"));
    Ok(())
}

fn is_protected(library: &Path) {
    let segments = readelf(&["-lW"], library);
    assert!(segments.contains("GNU_RELRO"), "{segments}");
    let stack = segments.lines().find(|line| line.contains("GNU_STACK")).expect("it is there");
    assert!(stack.contains("RW ") && !stack.contains('E'), "{stack}");
    assert!(!segments.lines().any(|line| line.contains("LOAD") && line.contains("RWE")), "{segments}");
    let dynamic = readelf(&["-dW"], library);
    assert!(dynamic.contains("BIND_NOW") && !dynamic.contains("TEXTREL"), "{dynamic}");
}

/// A list of arguments lies on the stack: the compiler protects the functions that have one.
fn the_c_file_is_hardened() -> Result<(), Skip> {
    let undefined = run(Command::new("nm").args(["-A", "--undefined-only"]).arg(&*ARCHIVE));
    let protected = |name: &str| {
        let member = format!(":{name}.o:");
        undefined.lines().any(|line| line.contains(&member) && line.contains("__stack_chk_"))
    };
    assert!(protected("stralloc_catm_internal") && protected("fmt_strm_internal"), "{undefined}");
    Ok(())
}

/// CFLAGS, LDFLAGS and RUSTFLAGS come through to all that `make` builds. Those of Rust ask for landing pads, so that the processor
/// can track indirect branches: a flag that a stable compiler takes in a variable alone.
fn flags_are_heard() -> Result<(), Skip> {
    let target = libraries::target().join("linking/flags");
    let mut make = Command::new("make");
    make.args(["--quiet", "all", "aio", "LDFLAGS=-Wl,-z,interpose"]);
    make.arg("CFLAGS=-O2 -fno-stack-protector -flto -frecord-gcc-switches");
    let tracked = cfg!(target_arch = "x86_64");
    make.arg(if tracked { "RUSTFLAGS=-Zcf-protection=full" } else { "RUSTFLAGS=" });
    make.current_dir(root()).env("CARGO_TARGET_DIR", &target).env("RUSTC_BOOTSTRAP", "1");
    run(make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    let shared = ["release/libowfat.so", "aio/libowfat-aio.so", "aio/libowfat-aio-preload.so"]
        .map(|file| target.join(file));
    for file in &shared {
        assert!(readelf(&["-dW"], file).contains("INTERPOSE"), "{}", file.display());
    }
    let archive = target.join("static/libowfat.a");
    for file in [&shared[0], &shared[1], &shared[2], &archive] {
        // What the compiler was told, which the flag asks for.
        let switches = readelf(&["-p.GCC.command.line"], file);
        assert!(switches.contains("-fno-stack-protector"), "{}: {switches}", file.display());
    }
    let undefined = run(Command::new("nm").arg("--undefined-only").arg(&archive));
    assert!(!undefined.contains("__stack_chk_"), "{undefined}");
    // With link time optimisation of the C compiler there is code all the same.
    let defined = run(Command::new("nm").args(["-j", "--defined-only"]).arg(&archive));
    assert!(defined.contains("owfat_errmsg_write"));
    if tracked {
        for file in &shared {
            branches_are_tracked(file);
        }
        for archive in [archive, target.join("aio/libowfat-aio.a")] {
            let members = run(Command::new("ar").arg("t").arg(&archive)).lines().count();
            assert_eq!(readelf(&["-nW"], &archive).matches("IBT").count(), members);
        }
    }
    Ok(())
}

/// It says so, and what it exports begins with a landing pad.
fn branches_are_tracked(file: &Path) {
    assert!(readelf(&["-nW"], file).contains("IBT, SHSTK"), "{}", file.display());
    let exported = run(Command::new("nm").args(["-D", "--defined-only"]).arg(file));
    // By their addresses, because some have several names.
    let address = |line: &str| line.split(' ').next().unwrap().to_string();
    let functions: BTreeSet<String> =
        exported.lines().filter(|line| line.contains(" T ")).map(address).collect();
    let code = run(Command::new("objdump").args(["-d", "--no-show-raw-insn"]).arg(file));
    let mut lines = code.lines();
    let mut padded = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line.ends_with(">:") && functions.contains(&address(line)) {
            assert!(lines.next().unwrap().contains("endbr64"), "{}: {line}", file.display());
            padded.insert(address(line));
        }
    }
    println!("{}: {} functions with a landing pad", file.display(), padded.len());
    assert_eq!(padded, functions);
}

/// A packager's override.
fn without_lto() -> Result<(), Skip> {
    let target = libraries::target().join("linking/lto");
    let variables = [
        ("CARGO_PROFILE_RELEASE_LTO", "off".to_string()),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16".to_string()),
    ];
    let library = libraries::ours_in(&target, &variables);
    let folder = tempfile::tempdir().unwrap();
    fs::copy(&library, folder.path().join("libowfat.so.0")).unwrap();
    let executable = folder.path().join("program");
    let mut cc = Command::new("cc");
    cc.args(crate::includes()).arg("-o").arg(&executable).arg(root().join("ctests/linking/program.c"));
    // Every name has to be there when the program starts.
    run(cc.arg("-Wl,-z,now").arg(folder.path().join("libowfat.so.0")));
    let run_it = |program: &Path| {
        run(Command::new(program).env("LD_LIBRARY_PATH", folder.path()).env("LD_BIND_NOW", "1"))
    };
    assert_eq!(run_it(&executable), "it works\n");
    let exported = |library: &Path| run(Command::new("nm").args(["-Dj", "--defined-only"]).arg(library));
    assert_eq!(exported(&library), exported(&SHARED));
    // Its archive has members, too.
    let mut cc = Command::new("cc");
    cc.args(crate::includes()).arg("-o").arg(&executable).arg(root().join("ctests/linking/program.c"));
    run(cc.arg(libraries::ours_static(&library)));
    assert_eq!(run_it(&executable), "it works\n");
    Ok(())
}

/// The mark of a library in which nothing meddles with return addresses, on the processor that has it.
fn shadow_stack() -> Result<(), Skip> {
    if cfg!(target_arch = "x86_64") {
        assert!(readelf(&["-nW"], &SHARED).contains("SHSTK"));
        let members = run(Command::new("ar").arg("t").arg(&*ARCHIVE)).lines().count();
        assert_eq!(readelf(&["-nW"], &ARCHIVE).matches("SHSTK").count(), members);
        let aio = libraries::aio();
        for file in ["libowfat-aio.so", "libowfat-aio-preload.so", "libowfat-aio.a"] {
            assert!(readelf(&["-nW"], &aio.join(file)).contains("SHSTK"), "{file}");
        }
    }
    Ok(())
}
