// SPDX-License-Identifier: MIT OR Apache-2.0
//! Licences: of each file here, and of each crate that tests or builds use.

use super::{root, support};
use std::path::Path;
use std::{fs, process::Command};

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
