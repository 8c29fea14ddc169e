// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names that the libraries export, and what they need.

use crate::build::Built;
use crate::support::libraries;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

type Check = fn(&Path) -> Result<(), Failed>;

pub(crate) fn all(built: &Arc<Built>) -> Vec<Trial> {
    const CHECKS: &[(&str, Check)] = &[
        ("symbols::every_name_has_the_version_node", every_name_has_the_version_node),
        ("symbols::preloaded_names_have_no_version", preloaded_names_have_no_version),
        ("symbols::only_the_c_library_is_needed", only_the_c_library_is_needed),
        ("symbols::dlclose_does_not_unload", dlclose_does_not_unload),
        ("symbols::the_two_libraries_do_not_meet", the_two_libraries_do_not_meet),
        ("symbols::static_library_defines_the_same_names", static_library_defines_the_same_names),
    ];
    let trial = |&(name, check): &(&str, Check)| {
        let built = built.clone();
        Trial::test(name, move || check(&built.libraries))
    };
    CHECKS.iter().map(trial).collect()
}

/// The names that an object has to have: 41, and more on machines of 32 bits, whose programs know two widths of time and offsets.
fn expected(object: &Path) -> BTreeSet<String> {
    const ELFCLASS32: u8 = 1;
    let narrow = std::fs::read(object).unwrap()[4] == ELFCLASS32;
    let more = if narrow { include_str!("../../aio/abi/names-32.txt") } else { "" };
    let names = include_str!("../../aio/abi/names.txt").lines();
    assert_eq!(names.clone().count(), 41);
    names.chain(more.lines()).map(String::from).collect()
}

/// Of these, the names that programs call that know nothing of this library.
fn plain(object: &Path) -> BTreeSet<String> {
    expected(object).into_iter().filter(|name| !name.starts_with("owfat_")).collect()
}

fn output(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} {}", file.display());
    String::from_utf8(output.stdout).unwrap()
}

/// The dynamic names that a file defines, each with its version behind an `@`.
fn exported(file: &Path) -> BTreeSet<String> {
    let listing = output("nm", &["-D", "--defined-only", "--with-symbol-versions"], file);
    let names = listing.lines().map(|line| line.split_whitespace().last().unwrap().to_string());
    names.filter(|name| !name.starts_with("OWFAT_AIO_")).collect()
}

fn every_name_has_the_version_node(libraries: &Path) -> Result<(), Failed> {
    let object = libraries.join("libowfat-aio.so");
    let found = exported(&object);
    let wanted: BTreeSet<String> =
        expected(&object).iter().map(|name| format!("{name}@@OWFAT_AIO_1")).collect();
    if found == wanted { Ok(()) } else { Err(format!("{found:?}").into()) }
}

fn preloaded_names_have_no_version(libraries: &Path) -> Result<(), Failed> {
    let object = libraries.join("libowfat-aio-preload.so");
    let found = exported(&object);
    if found == plain(&object) { Ok(()) } else { Err(format!("{found:?}").into()) }
}

fn only_the_c_library_is_needed(libraries: &Path) -> Result<(), Failed> {
    for (file, own) in [("libowfat-aio.so", ""), ("libowfat-aio-preload.so", "libowfat-aio.so.0")] {
        let listing = output("objdump", &["-p"], &libraries.join(file));
        let needed = listing.lines().filter_map(|line| line.trim().strip_prefix("NEEDED"));
        let system = |name: &&str| name.starts_with("libc.so") || name.starts_with("ld-linux");
        let strange: Vec<_> = needed.map(str::trim).filter(|name| !system(name) && *name != own).collect();
        if !strange.is_empty() {
            return Err(format!("{file} needs {strange:?}").into());
        }
    }
    Ok(())
}

/// Threads run in the library for ever, so it stays where it is.
fn dlclose_does_not_unload(libraries: &Path) -> Result<(), Failed> {
    for file in ["libowfat-aio.so", "libowfat-aio-preload.so"] {
        let listing = output("readelf", &["-W", "-d"], &libraries.join(file));
        if !listing.lines().any(|line| line.contains("FLAGS_1") && line.contains("NODELETE")) {
            return Err(format!("{file} can be unloaded").into());
        }
    }
    Ok(())
}

/// Neither library of this repository exports a name of the other, and the first none of the C library's.
fn the_two_libraries_do_not_meet(libraries: &Path) -> Result<(), Failed> {
    let first = exported(&libraries::ours());
    let second = expected(&libraries.join("libowfat-aio.so"));
    let common: Vec<_> = first.iter().filter(|name| second.contains(*name)).collect();
    if !common.is_empty() {
        return Err(format!("libowfat.so.0 exports {common:?}").into());
    }
    let system = exported(&system_library());
    let system: BTreeSet<&str> = system.iter().map(|name| name.split('@').next().unwrap()).collect();
    let taken: Vec<_> = first.iter().filter(|name| system.contains(name.as_str())).collect();
    if taken.is_empty() {
        Ok(())
    } else {
        Err(format!("libowfat.so.0 exports names of libc: {taken:?}").into())
    }
}

/// The file of the C library that this very process runs with.
fn system_library() -> PathBuf {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
    path.map(PathBuf::from)
        .find(|path| path.to_string_lossy().contains("/libc.so.6"))
        .expect("libc.so.6 is mapped")
}

fn static_library_defines_the_same_names(libraries: &Path) -> Result<(), Failed> {
    let listing = output("nm", &["--defined-only", "--extern-only"], &libraries.join("libowfat-aio.a"));
    let names = listing.lines().filter(|line| line.split_whitespace().count() == 3);
    let found: BTreeSet<String> = names.map(|line| line.split_whitespace().last().unwrap().into()).collect();
    if found == expected(&libraries.join("libowfat-aio.so")) {
        Ok(())
    } else {
        Err(format!("{found:?}").into())
    }
}
