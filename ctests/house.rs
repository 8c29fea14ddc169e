// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules of the house: what may import what, and which names leave the library.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, process::Command};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The layer of each module, as the table in src/lib.rs has it: the highest one is the C interface.
fn layers() -> BTreeMap<String, u32> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let layers: BTreeMap<String, u32> = text
        .lines()
        .filter_map(|line| {
            let (layer, rest) = line.strip_prefix("//! | ")?.split_once(" | [`")?;
            Some((rest.split('`').next()?.to_string(), layer.parse().ok()?))
        })
        .collect();
    let declared = text.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        line.strip_prefix("mod ")?.strip_suffix(';').map(String::from)
    });
    let (declared, listed): (BTreeSet<String>, BTreeSet<String>) =
        (declared.collect(), layers.keys().cloned().collect());
    assert_eq!(declared, listed, "modules of src/lib.rs, and its table of layers");
    layers
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
fn imports_go_down_only() {
    let (layers, mut wrong) = (layers(), Vec::new());
    for (shown, module, text) in rooms() {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for import in imports(line) {
                if layers.get(&import).is_some_and(|layer| *layer > layers[&module]) {
                    wrong.push(format!("src/{shown}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports from a layer above:\n{}", wrong.join("\n"));
}

/// Words that the field has other terms for, or that make persons of descriptors: `ctests/retired-words.txt`.
#[test]
fn retired_words_stay_away() {
    let list = fs::read_to_string(root().join("ctests/retired-words.txt")).unwrap();
    let (mut words, mut pending) = (BTreeSet::new(), Vec::new());
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("pending: ") {
            Some(path) => pending.push(path),
            None => drop(words.insert(line)),
        }
    }
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let places = ["src/", "include/", "man/"];
    for file in
        support::tree::files().iter().filter(|file| places.iter().any(|place| file.starts_with(place)))
    {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        looked_at += 1;
        if pending.iter().any(|path| file.starts_with(path)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            // Parts of identifiers count as words.
            let mut parts = line.split(|c: char| !c.is_alphabetic() && c != '-');
            if let Some(word) = parts.find(|part| words.contains(part)) {
                found.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    assert!(words.len() > 20 && looked_at > 200, "{looked_at} files");
    assert!(found.is_empty(), "retired words (CONTRIBUTING.md says what to write):\n{}", found.join("\n"));
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

/// Every static that holds a lock is in the list of the fork handlers, and nothing else is a lock.
#[test]
fn the_fork_handlers_hold_every_lock() {
    let sources = rooms();
    // What a lock is inside of: `Lock` itself, and types with a field of that type.
    let mut types = vec!["Lock".to_string()];
    for (.., text) in &sources {
        let structs = text.lines().filter(|line| line.contains("struct ") && line.contains("Lock<"));
        types.extend(structs.map(|line| {
            let name = line.split("struct ").nth(1).unwrap();
            name.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_string()
        }));
    }
    let (mut locks, mut sections) = (Vec::new(), Vec::new());
    for (shown, _, text) in &sources {
        let code = || text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if shown != "sys/sync/lock.rs" {
            for foreign in
                ["pthread_mutex", "pthread_rwlock", "pthread_spin", "pthread_once", "SYS_futex", "sem_wait"]
            {
                let used = code().any(|line| line.contains(&format!("libc::{foreign}")));
                assert!(!used, "src/{shown}: {foreign} beside sys::lock");
            }
        }
        for line in code() {
            let declared = line.trim_start().trim_start_matches("pub(super) ").strip_prefix("static ");
            let Some((name, rest)) = declared.and_then(|line| line.split_once(": ")) else { continue };
            if types.iter().any(|kind| rest.split(['<', ' ', ';']).next() == Some(kind)) {
                let folder = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
                // The loop's lock and its fork handlers are in two files.
                let survives = sources.iter().any(|(other, _, text)| {
                    (other == shown || shown.ends_with("/mod.rs") && other.starts_with(folder))
                        && text.contains(&format!("survives_fork!(static {name} in "))
                });
                assert!(survives, "src/{shown}: no survives_fork! for {name}");
                locks.push(format!("{shown}: {name}"));
            }
        }
        sections
            .extend(code().filter_map(|line| line.split("survives_fork!(static ").nth(1)?.split('"').nth(1)));
    }
    println!("{locks:#?}");
    assert_eq!(locks.len(), sections.len());
    assert_eq!(sections.len(), sections.iter().collect::<BTreeSet<_>>().len(), "sections: {sections:?}");
    assert!(locks.len() >= 5, "{locks:?}");
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
    assert_eq!(exported, committed, "if the change is meant: OWFAT_WRITE_SYMBOLS=1 cargo test --test house");
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

/// Where there is no git, or no repository, the same files are looked at.
#[test]
fn the_tree_is_known_without_git() {
    let (known, lying) = (support::tree::files(), support::tree::lying_in(&root()));
    let lying: BTreeSet<&String> = lying.iter().collect();
    let missing: Vec<_> =
        known.iter().filter(|name| !lying.contains(name) && root().join(name).exists()).collect();
    assert!(missing.is_empty() && known.len() > 300, "{} files without {missing:?}", known.len());
}

/// Tests and benchmarks put files where TMPDIR says: `make check` removes that folder, whatever is killed.
#[test]
fn temporary_files_go_where_they_are_told() {
    // In two parts, because this file is looked at as well.
    let (folder, mut wrong) = (concat!("tm", "p/"), Vec::new());
    for name in support::tree::files() {
        let place = ["ctests/", "aio/", "benches/"].iter().any(|place| name.starts_with(place));
        if !place || ![".c", ".h", ".rs"].iter().any(|extension| name.ends_with(extension)) {
            continue;
        }
        let text = fs::read_to_string(root().join(&name)).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            // The folder alone is for where there is no TMPDIR.
            if line.contains(folder) && line.contains('"') && !line.trim_start().starts_with("//") {
                wrong.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How a file of each kind names its licence, in its first line or, after `#!`, in its second.
#[test]
fn every_source_file_names_its_licence() {
    const LICENCE: &str = "SPDX-License-Identifier: MIT OR Apache-2.0";
    let mut without = Vec::new();
    for name in &support::tree::files() {
        let path = Path::new(name);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let wanted = match extension {
            "rs" => format!("// {LICENCE}"),
            "c" | "h" | "css" => format!("/* {LICENCE} */"),
            "3" | "7" => format!(".\\\" {LICENCE}"),
            "toml" | "sh" | "in" | "py" => format!("# {LICENCE}"),
            _ if path.ends_with("Makefile") || path.parent() == Some(Path::new(".ci")) => {
                format!("# {LICENCE}")
            }
            _ => continue,
        };
        // A symbolic link leads to a file that is looked at by itself.
        if root().join(path).is_symlink() {
            continue;
        }
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        let line = text.lines().nth(usize::from(text.starts_with("#!")));
        if line != Some(&wanted) {
            without.push(format!("{name}: {wanted}"));
        }
    }
    assert!(without.is_empty(), "these files have to begin with:\n{}", without.join("\n"));
}

/// Every crate that tests or builds use has a licence that `deny.toml` allows; `cargo deny check` looks at more.
#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let config: toml::Table = fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let licences = |value: &toml::Value| -> Vec<String> {
        value["allow"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_string()).collect()
    };
    let allowed = licences(&config["licenses"]);
    let exceptions = config["licenses"]["exceptions"].as_array().unwrap();
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--workspace", "--offline", "--prefix", "none", "--edges", "normal,build,dev"]);
    let tree = tree.args(["--format", "{p}|{l}"]).current_dir(root()).output().unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).unwrap();
    let mut crates = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (name, expression) = line.trim_end_matches(" (*)").split_once('|').unwrap();
        let name = name.split(' ').next().unwrap();
        let exception = exceptions.iter().find(|exception| exception["crate"].as_str() == Some(name));
        let also = exception.map_or(Vec::new(), licences);
        let is_allowed = |licence: &str| {
            allowed.iter().chain(&also).any(|one| one == licence.trim_matches(['(', ')', ' ']))
        };
        // "A OR B", with "AND" around that; the slash is how that was written once.
        let parts = expression.split(" AND ");
        let fine = parts.map(|part| part.replace('/', " OR ")).all(|part| part.split(" OR ").any(is_allowed));
        assert!(fine, "{name}: {expression}");
        crates += 1;
    }
    assert!(crates > 20, "{text}");
}
