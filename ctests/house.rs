//! The rules of the house: what may import what, and which names leave the library.

mod support;

use std::path::{Path, PathBuf};
use std::{fs, process::Command};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Rooms from the street to the cellar. A room may import from its own level and from those below it.
const LEVELS: &[&[&str]] = &[
    &["capi", "variadic"],
    &["batch"],
    &["transfer", "descriptor", "mux"],
    &["evloop"],
    &["buffer", "files"],
    &["memory", "net", "text", "time"],
    &["sys"],
    &["errno"],
    &["abi", "rt"],
];

fn level_of(room: &str) -> usize {
    LEVELS
        .iter()
        .position(|level| level.contains(&room))
        .unwrap_or_else(|| panic!("room {room} has no level in {}", file!()))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `(shown path, room, text)` of every source file but lib.rs.
fn rooms() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let shown = path.strip_prefix(root().join("src")).unwrap().display().to_string();
            let room = shown.split(['/', '.']).next().unwrap().to_string();
            (shown, room, fs::read_to_string(path).unwrap())
        })
        .filter(|(shown, ..)| shown != "lib.rs")
        .collect()
}

/// Names that follow `crate::` in a line of code, also in `use crate::{a, b}`.
fn imports(line: &str) -> Vec<String> {
    let name =
        |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_string();
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split(',').map(|part| name(part.trim()))),
            None => found.push(name(rest)),
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn arrows_go_down_only() {
    let mut wrong = Vec::new();
    for (shown, room, text) in rooms() {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for import in imports(line) {
                if level_of(&import) < level_of(&room) {
                    wrong.push(format!("src/{shown}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports from a room above:\n{}", wrong.join("\n"));
}

#[test]
fn the_c_interface_is_thin() {
    for (shown, room, text) in rooms() {
        if room != "capi" {
            continue;
        }
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for word in ["libc::", "for ", "while ", "loop {"] {
                assert!(
                    !line.contains(word),
                    "src/{shown}:{}: `{word}` belongs in the core: {line}",
                    number + 1
                );
            }
        }
    }
}

/// A test binary with a `main` of its own, and without `harness = false`, would pass without running anything.
#[test]
fn every_test_runs() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    for test in manifest["test"].as_array().unwrap() {
        let path = test["path"].as_str().unwrap();
        let own_main = fs::read_to_string(root().join(path)).unwrap().contains("\nfn main()");
        let harness = test.get("harness").is_none_or(|harness| harness.as_bool() == Some(true));
        assert!(own_main != harness, "{path}: `harness = false` in Cargo.toml, or no `fn main`");
    }
}

/// The shared library exports exactly the names in `ctests/symbols.txt`, of exactly that kind.
#[test]
fn exported_symbols_are_the_committed_ones() {
    let library = support::libraries::ours();
    let nm = Command::new("nm").args(["-D", "--defined-only"]).arg(&library).output().expect("nm runs");
    let listing = String::from_utf8(nm.stdout).unwrap();
    let mut exported: Vec<String> =
        listing.lines().map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")).collect();
    exported.sort_by(|a, b| a[2..].cmp(&b[2..]));
    let path = root().join("ctests/symbols.txt");
    if std::env::var_os("OWFAT_WRITE_SYMBOLS").is_some() {
        fs::write(&path, exported.join("\n") + "\n").unwrap();
    }
    let committed: Vec<String> = fs::read_to_string(path).unwrap().lines().map(str::to_string).collect();
    assert_eq!(exported, committed, "if the change is meant: OWFAT_WRITE_SYMBOLS=1 cargo test --test house");
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
