// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the shared library tells about itself: its version, its interface with all types, as debug information has it, and
//! what it needs of glibc.
//!
//! `make abi` runs this test with `OWFAT_WRITE_ABI=1`: it writes the interface anew.

mod support;

use libloading::os::unix::{Library, Symbol};
use std::ffi::{CStr, c_char};
use std::path::Path;
use std::process::Command;
use std::{env, fs};
use support::Skip;

/// A running program and a reader of the file get the version that Cargo.toml names.
#[test]
fn the_library_tells_its_version() {
    let version = env!("CARGO_PKG_VERSION");
    let path = support::libraries::ours();
    // SAFETY: the library's constructors need nothing of this program; the function takes nothing and returns a string that
    // lasts as long as the library is loaded, which is until this function returns.
    unsafe {
        let library = Library::new(&path).unwrap();
        let owfat_version: Symbol<extern "C" fn() -> *const c_char> =
            library.get(b"owfat_version\0").unwrap();
        assert_eq!(CStr::from_ptr(owfat_version()).to_str(), Ok(version));
    }
    let file = fs::read(path).unwrap();
    let wanted = format!("@(#)owfat {version}\0");
    let found = file.windows(wanted.len()).filter(|bytes| *bytes == wanted.as_bytes()).count();
    assert_eq!(found, 1, "{wanted:?} in the file");
}

/// The interface of the shared library in abidw(1)'s form: every exported name, and the types that it reaches. Of the
/// functions with a variable number of arguments it has the names alone: they are jumps into C, without types.
fn interface() -> Result<String, Skip> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        return Err(Skip("the committed interface is that of x86_64-linux-gnu".into()));
    }
    support::package("abigail-tools", "/usr/bin/abidw")?;
    // A folder of its own keeps what the other tests use as it is shipped.
    let folder = support::libraries::target().join("abi");
    let full = [("CARGO_PROFILE_RELEASE_DEBUG", "full".to_string())];
    let library = support::libraries::ours_in(&folder, &full);
    let mut abidw = Command::new("abidw");
    abidw.args(["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed"]);
    abidw.args(["--drop-undefined-syms", "--type-id-style", "hash"]).arg(library);
    let output = abidw.output().expect("abidw runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(without_places(&String::from_utf8(output.stdout).unwrap()))
}

/// Without the units of other crates, which add nothing, and the names of compiled files, which differ from build to build.
fn without_places(dump: &str) -> String {
    let mut units = dump.split("  <abi-instr ");
    let head = units.next().unwrap().to_string();
    units.filter(|unit| unit.lines().count() > 3).fold(head, |text, unit| {
        let unit = match unit.split_once("/@/") {
            Some((place, rest)) => place.to_string() + &rest[rest.find('\'').unwrap()..],
            None => unit.to_string(),
        };
        text + "  <abi-instr " + &unit
    })
}

/// A change of a type, a name or a parameter that programs could notice shows here, and in review: `make abi` writes it.
#[test]
fn the_interface_is_the_committed_one() {
    let dump = match interface() {
        Ok(dump) => dump,
        Err(reason) => return reason.note("the_interface_is_the_committed_one"),
    };
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/abi/x86_64-linux-gnu.abi");
    if env::var_os("OWFAT_WRITE_ABI").is_some() {
        fs::write(committed, dump).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.abi");
    fs::write(&fresh, dump).unwrap();
    let report = Command::new("abidiff").args([&committed, &fresh]).output().expect("abidiff runs");
    // The bits of the status: 1 and 2 for errors, 4 for any change, 8 for one that breaks programs.
    let said = String::from_utf8_lossy(&report.stdout);
    assert!(report.status.success(), "if this is meant, run `make abi`:\n{said}");
}

/// Functions that every glibc has that matters, under versions that are newer: 2.33 made fstat a function, 2.34 moved libpthread
/// into libc.
const OLD_WITH_NEW_VERSIONS: &[&str] = &[
    "__pthread_register_cancel",
    "__pthread_unregister_cancel",
    "__pthread_unwind_next",
    "fstat",
    "fstat64",
    "pthread_attr_getguardsize",
    "pthread_attr_getstack",
    "pthread_attr_getstacksize",
    "pthread_attr_setguardsize",
    "pthread_attr_setstack",
    "pthread_attr_setstacksize",
    "pthread_create",
    "pthread_getspecific",
    "pthread_key_create",
    "pthread_key_delete",
    "pthread_setspecific",
    "pthread_sigmask",
];

/// Either library needs nothing that the glibc of Debian 11, 2.31, has not: newer system calls are made by number. Compiled with
/// a newer glibc, it may still ask for newer versions of old functions.
#[test]
fn no_function_is_newer_than_glibc_2_31() {
    if !cfg!(target_env = "gnu") {
        return Skip("the versions are those of glibc".into()).note("no_function_is_newer_than_glibc_2_31");
    }
    for library in [support::libraries::ours(), support::libraries::aio().join("libowfat-aio.so")] {
        let is_newer = |version: &str| {
            let number = version.strip_prefix("GLIBC_2.").and_then(|number| number.split('.').next());
            number.is_none_or(|number| number.parse().map_or(true, |number: u32| number > 31))
        };
        let newer: Vec<String> = support::needed::by(&library, "objdump")
            .into_iter()
            .filter(|needed| !OLD_WITH_NEW_VERSIONS.contains(&&*needed.name))
            .filter(|needed| needed.version.as_deref().is_none_or(is_newer))
            .map(|needed| format!("{} {:?}", needed.name, needed.version))
            .collect();
        assert!(newer.is_empty(), "{}: {newer:?}", library.display());
    }
}
