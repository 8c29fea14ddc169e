// SPDX-License-Identifier: MIT OR Apache-2.0
//! `packaging/gdb/owfat.py` in a live process and in a core file, and its numbers against those of the library.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{libraries, package};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script() -> PathBuf {
    root().join("packaging/gdb/owfat.py")
}

/// The flags are those that `src/evloop/word.rs` defines, and the shape of the table that of `src/evloop/table.rs`.
#[test]
fn numbers_are_those_of_the_library() {
    let python = fs::read_to_string(script()).unwrap();
    let (_, flags) = python.split_once("FLAGS = {\n").unwrap();
    let (flags, _) = flags.split_once("}\n").unwrap();
    let shown: BTreeMap<String, u32> = flags
        .lines()
        .map(|line| {
            let (name, bit) = line.trim().trim_end_matches(',').split_once(": ").unwrap();
            (name.trim_matches('"').to_string(), bit.parse().unwrap())
        })
        .collect();
    let word = fs::read_to_string(root().join("src/evloop/word.rs")).unwrap();
    let defined = word.lines().filter_map(|line| {
        let (name, bit) = line.strip_prefix("pub(crate) const ")?.split_once(": u64 = 1 << ")?;
        Some((name.to_string(), bit.trim_end_matches(';').parse().ok()?))
    });
    assert_eq!(shown, defined.collect());

    let table = fs::read_to_string(root().join("src/evloop/table.rs")).unwrap();
    let number = |text: &str, start: &str| -> u32 {
        let line =
            text.lines().find(|line| line.contains(start)).unwrap_or_else(|| panic!("no line {start}"));
        line[line.find(start).unwrap() + start.len()..].trim_end_matches(';').trim().parse().unwrap()
    };
    for (ours, theirs) in [
        ("DIRECTION_SHIFT = ", "DIRECTION_SHIFT: u32 = "),
        ("GENERATION_SHIFT = ", "GENERATION_SHIFT: u32 = "),
    ] {
        assert_eq!(number(&python, &format!("\n{ours}")[1..]), number(&word, theirs));
    }
    assert_eq!(number(&python, "DIRECTION_BITS = "), number(&word, "DIRECTION_BITS: u32 = "));
    assert_eq!(number(&python, "FIRST_CHUNK_BITS = "), number(&table, "FIRST_CHUNK_BITS: u32 = "));
    let heap = fs::read_to_string(root().join("src/evloop/heap.rs")).unwrap();
    assert_eq!(number(&python, "NANO_BITS = "), number(&heap, "NANO_BITS: u32 = "));
    assert!(table.contains("size_of::<Entry>() <= 40") && python.contains("ENTRY_SIZE = 40"));
}

/// Runs gdb with these commands; what it printed.
fn gdb(folder: &Path, commands: &[&str], files: &[&str]) -> String {
    let mut gdb = Command::new("gdb");
    gdb.args(["-batch", "-nx", "-iex", "set auto-load off", "-iex", "set debuginfod enabled off"]);
    gdb.args(["-ex", "set startup-with-shell off", "-ex"]).arg(format!("source {}", script().display()));
    for command in commands {
        gdb.args(["-ex", command]);
    }
    let library = libraries::ours();
    gdb.args(files).current_dir(folder).env("LD_LIBRARY_PATH", library.parent().unwrap());
    let output = gdb.output().expect("gdb runs");
    [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat()
}

fn row<'a>(said: &'a str, fd: &str) -> Vec<&'a str> {
    let line = said.lines().find(|line| line.split_whitespace().next() == Some(fd));
    line.unwrap_or_else(|| panic!("no row for {fd}:\n{said}")).split_whitespace().collect()
}

fn expect_state(said: &str) {
    let first = row(said, "40");
    assert_eq!(first[1], "interest", "{said}");
    assert!(first.contains(&"0x1234") && first.contains(&"NONBLOCK") && first.contains(&"WATCHED"), "{said}");
    let second = row(said, "41");
    assert!(second[2].starts_with("interest,ready"), "{said}");
    assert_eq!(second[3..8].join(" "), "before 1970 or after 2514", "{said}");
    if !said.contains("2 registered") {
        assert!(said.contains("3 registered"), "{said}");
        assert_eq!(row(said, "17000")[1], "interest", "{said}");
    }
}

#[test]
fn a_live_process_and_a_core_file() {
    if let Err(skip) = package("gdb", "/usr/bin/gdb") {
        return skip.note("a_live_process_and_a_core_file");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let library = libraries::ours();
    let place = library.parent().unwrap();
    // The run-time name beside the file, as make leaves it.
    if !place.join("libowfat.so.0").exists() {
        std::os::unix::fs::symlink("libowfat.so", place.join("libowfat.so.0")).unwrap();
    }
    let mut cc = libraries::compiler().to_command();
    cc.args(["-std=c11", "-D_GNU_SOURCE", "-g", "-o", "stopped", "-I"]).arg(root().join("include"));
    cc.arg(root().join("ctests/gdb/stopped.c")).arg("-L").arg(place).arg("-lowfat").current_dir(folder);
    assert!(cc.status().unwrap().success());

    let live = gdb(
        folder,
        &["run", "owfat fds", "owfat fd 40", "owfat fd 39", "generate-core-file core"],
        &["stopped"],
    );
    if live.contains("ptrace: Operation not permitted") {
        return support::Skip("this sandbox forbids ptrace".into()).note("a_live_process_and_a_core_file");
    }
    expect_state(&live);
    let deadline = row(&live, "40");
    let at = deadline.iter().position(|word| *word == "in").unwrap_or_else(|| panic!("{live}"));
    let seconds: f64 = deadline[at + 1].parse().unwrap();
    assert!((900.0..=1000.0).contains(&seconds), "{live}");
    assert!(live.contains("39 is not registered"), "{live}");

    let core = gdb(folder, &["owfat fds"], &["stopped", "core"]);
    expect_state(&core);
    assert!(row(&core, "40").iter().any(|word| word.ends_with('Z')), "{core}");
}

/// Without the library there is one sentence and no traceback.
#[test]
fn a_program_without_the_library() {
    if let Err(skip) = package("gdb", "/usr/bin/gdb") {
        return skip.note("a_program_without_the_library");
    }
    let said = gdb(Path::new("/"), &["owfat fds"], &["/bin/true"]);
    assert!(said.contains("libowfat is not loaded") && !said.contains("Traceback"), "{said}");
}
