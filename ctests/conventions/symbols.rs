// SPDX-License-Identifier: MIT OR Apache-2.0
//! The shared library: its names, its size, and what it needs.

use super::{root, support};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, process::Command};

/// The names that a library exports, sorted, each behind its kind: `T io_fd`.
fn exported_by(library: &Path) -> Vec<String> {
    let nm = Command::new("nm").args(["-D", "--defined-only"]).arg(library).output().expect("nm runs");
    let listing = String::from_utf8(nm.stdout).unwrap();
    let mut exported: Vec<String> =
        listing.lines().map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")).collect();
    exported.sort_by(|a, b| a[2..].cmp(&b[2..]));
    exported
}

/// The shared library exports exactly the names in `ctests/symbols.txt`, of exactly that kind.
#[test]
fn exported_symbols_are_the_committed_ones() {
    let exported = exported_by(&support::libraries::ours());
    let path = root().join("ctests/symbols.txt");
    if std::env::var_os("OWFAT_WRITE_SYMBOLS").is_some() {
        fs::write(&path, exported.join("\n") + "\n").unwrap();
    }
    let committed: Vec<String> = fs::read_to_string(path).unwrap().lines().map(str::to_string).collect();
    assert_eq!(
        exported, committed,
        "if the change is meant: OWFAT_WRITE_SYMBOLS=1 cargo test --test conventions"
    );
}

/// `ctests/debian-symbols.txt`: kind, name, and `present` or `left out: why`.
fn debian_symbols() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("ctests/debian-symbols.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let parted = lines.map(|line| {
        let at = line[2..].find(' ').unwrap_or_else(|| panic!("debian-symbols.txt: {line}")) + 2;
        (line[..at].to_string(), line[at + 1..].to_string())
    });
    parted.collect()
}

/// Every name of the C library is in ours, or left out for a reason.
#[test]
fn symbols_of_the_c_library_are_there_or_left_out() {
    let committed = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    let ours: BTreeSet<&str> = committed.lines().map(|line| &line[2..]).collect();
    let (mut missing, mut superfluous) = (Vec::new(), Vec::new());
    for (symbol, word) in debian_symbols() {
        let name = symbol[2..].to_string();
        match word.as_str() {
            "present" if !ours.contains(&*name) => missing.push(name),
            "present" => {}
            word if !word.starts_with("left out: ") => panic!("debian-symbols.txt: {symbol}: {word}?"),
            _ if ours.contains(&*name) => superfluous.push(name),
            _ => {}
        }
    }
    assert!(superfluous.is_empty(), "on the list as left out, and there: {superfluous:?}");
    assert!(missing.is_empty(), "on the list as present, and not there yet: {missing:?}");
}

/// Programs for libowfat 0.33 and 0.34 find every name that these have added.
#[test]
fn symbols_of_newer_c_libraries_are_there() {
    let read = |file: &str| fs::read_to_string(root().join("ctests").join(file)).unwrap();
    let (committed, newer) = (read("symbols.txt"), read("newer-symbols.txt"));
    let ours: BTreeSet<&str> = committed.lines().map(|line| &line[2..]).collect();
    let newer: Vec<&str> = newer.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(newer.len(), 46);
    let missing: Vec<_> = newer.into_iter().filter(|name| !ours.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_list_of_the_c_librarys_symbols_is_complete() {
    let library = match support::libraries::debian() {
        Ok(library) => library,
        Err(reason) => return reason.note("the_list_of_the_c_librarys_symbols_is_complete"),
    };
    let listed: Vec<String> = debian_symbols().into_iter().map(|(symbol, _)| symbol).collect();
    assert_eq!(exported_by(&library), listed, "Debian's library, and ctests/debian-symbols.txt");
    assert_eq!(listed.iter().filter(|symbol| symbol.starts_with("T ")).count(), 494);
}

/// Bytes that the loader maps, in kinds: `(name of the section, size)`.
fn loaded_sections(library: &Path) -> Vec<(String, u64)> {
    let size = Command::new("size").args(["-A", "-d"]).arg(library).output().expect("size runs");
    let table = String::from_utf8(size.stdout).unwrap();
    let rows = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let row = (words.next()?, words.next()?.parse::<u64>().ok()?, words.next()?.parse::<u64>().ok()?);
        // What has no address is not loaded, and .bss has no bytes in the file.
        (row.0.starts_with('.') && row.2 != 0 && row.0 != ".bss").then(|| (row.0.to_string(), row.1))
    });
    rows.collect()
}

/// What the library consists of may take 345 KiB. Linkers add padding between segments and a table of hashes, each as large
/// as it likes (GNU ld 13 KB, lld 7 KB); with lld, which rustup's toolchains bring, the stripped file may have 352 KiB.
#[test]
fn the_shared_library_is_small() {
    const OF_THE_LINKER: [&str; 2] = [".gnu.hash", ".relro_padding"];
    let ours = support::libraries::ours();
    let sections = loaded_sections(&ours);
    let own: u64 = sections
        .iter()
        .filter(|(name, _)| !OF_THE_LINKER.contains(&name.as_str()))
        .map(|(_, size)| size)
        .sum();
    assert!(sections.iter().any(|(name, _)| name == ".text") && own <= 345 * 1024, "{own}: {sections:?}");

    let folder = tempfile::tempdir().unwrap();
    let stripped = folder.path().join("libowfat.so");
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(&ours).status();
    assert!(strip.expect("strip runs").success());
    let size = stripped.metadata().unwrap().len();
    let comment = Command::new("readelf").args(["-p", ".comment"]).arg(&ours).output().expect("readelf runs");
    let lld = String::from_utf8_lossy(&comment.stdout).contains("Linker: LLD");
    println!("{own} bytes in sections, {size} in the file");
    assert!(!lld || size <= 352 * 1024, "{size} bytes");
}

/// Compiled programs look for this name, and the library needs libc alone.
#[test]
fn soname_and_dependencies() {
    let readelf =
        Command::new("readelf").arg("-d").arg(support::libraries::ours()).output().expect("readelf runs");
    let listing = String::from_utf8(readelf.stdout).unwrap();
    assert!(listing.contains("Library soname: [libowfat.so.0]"), "{listing}");
    let needed: Vec<&str> = listing.lines().filter(|line| line.contains("(NEEDED)")).collect();
    assert!(needed.len() == 1 && needed[0].contains("[libc.so"), "{needed:?}");
}
