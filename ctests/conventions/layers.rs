// SPDX-License-Identifier: MIT OR Apache-2.0
//! Layers: imports go down, and the C interface is thin.

use super::{modules, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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
    for (shown, module, text) in modules() {
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

#[test]
fn the_c_interface_is_thin() {
    for (shown, module, text) in modules() {
        if module != "capi" {
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

/// What a descriptor's state means is evloop's business: nothing else names a bit of it, or the word.
#[test]
fn no_bit_of_a_state_leaves_the_loop() {
    let mut wrong = Vec::new();
    for (shown, module, text) in modules() {
        if module == "evloop" {
            continue;
        }
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let mut words = line.split("evloop::word").skip(1);
            if !words.all(|rest| rest.starts_with("::Direction")) {
                wrong.push(format!("src/{shown}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "the state of a descriptor is behind evloop::Handle:\n{}", wrong.join("\n"));
}
