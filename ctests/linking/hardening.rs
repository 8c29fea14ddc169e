// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the shared library is built: what the loader protects, what the linker notes, and which flags are heard.

use crate::support::{Skip, libraries};
use crate::{ARCHIVE, SHARED, Test, root, run};
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
    let segments = readelf(&["-lW"], &SHARED);
    assert!(segments.contains("GNU_RELRO"), "{segments}");
    let stack = segments.lines().find(|line| line.contains("GNU_STACK")).expect("it is there");
    assert!(stack.contains("RW ") && !stack.contains('E'), "{stack}");
    assert!(!segments.lines().any(|line| line.contains("LOAD") && line.contains("RWE")), "{segments}");
    let dynamic = readelf(&["-dW"], &SHARED);
    assert!(dynamic.contains("BIND_NOW") && !dynamic.contains("TEXTREL"), "{dynamic}");
    Ok(())
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

fn flags_are_heard() -> Result<(), Skip> {
    let target = libraries::target().join("linking/flags");
    let map = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let flags = |name: &'static str, value: &str| (name, value.to_string());
    let variables = [
        flags("LDFLAGS", &format!("-Wl,-Map={} -Wl,-z,interpose", map.display())),
        flags("CFLAGS", "-O2 -fno-stack-protector -flto"),
    ];
    let library = libraries::ours_in(&target, &variables);
    assert!(readelf(&["-dW"], &library).contains("INTERPOSE") && fs::metadata(&map).unwrap().len() > 0);
    let archive = libraries::ours_static(&library);
    let undefined = run(Command::new("nm").arg("--undefined-only").arg(&archive));
    assert!(!undefined.contains("__stack_chk_"), "{undefined}");
    // With link time optimisation of the C compiler there is code all the same.
    assert!(
        run(Command::new("nm").args(["-j", "--defined-only"]).arg(&archive)).contains("owfat_errmsg_write")
    );
    Ok(())
}

/// A packager's override, or the profile for development.
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
    }
    Ok(())
}
