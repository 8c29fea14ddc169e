// SPDX-License-Identifier: MIT OR Apache-2.0
//! The members of the static library with several names, and what holds these together: a static that is written to, a function whose
//! address programs compare, or a line of `build/members.sh`. It is found anew here, in the members themselves.

use crate::support::Skip;
use crate::{ARCHIVE, Test, root, run};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] =
    &[("several_names::each_needs_what_another_needs", each_needs_what_another_needs)];

/// What the sections of a member refer to, and where its names are.
struct Member {
    needs: BTreeMap<String, BTreeSet<String>>,
    /// The section of each name of the interface.
    names: BTreeMap<String, String>,
    /// Of what there may be one only.
    single: BTreeSet<String>,
}

fn read(member: &Path) -> Member {
    let mut sections = BTreeMap::new();
    let mut names = BTreeMap::new();
    for line in run(Command::new("nm").arg("--format=sysv").arg(member)).lines() {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [name, _, class, _, _, _, section] = fields[..] else { continue };
        sections.insert(name.to_string(), section.to_string());
        if matches!(class, "W" | "V") {
            names.insert(name.to_string(), section.to_string());
        }
    }
    let mut single = BTreeSet::new();
    for line in run(Command::new("readelf").arg("-SW").arg(member)).lines() {
        let fields: Vec<&str> =
            line.split_once(']').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        let [name, kind, _, _, size, _, flags, ..] = fields[..] else { continue };
        let of_the_loader = name.starts_with(".data.rel.ro") || kind == "INIT_ARRAY";
        let state = flags.contains("WA") && !size.trim_matches('0').is_empty() && !of_the_loader;
        let compared = [".text.buffer_free", ".text.buffer_munmap"].contains(&name);
        // What Rust's std alone writes to may exist several times; what is shared is no reason.
        if (state || compared) && !name.starts_with("owfat_loop_") && !name.ends_with("HAVE_LSE_ATOMICS") {
            single.insert(name.to_string());
        }
    }
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut from = String::new();
    for line in run(Command::new("readelf").arg("-rW").arg(member)).lines() {
        if let Some((_, rest)) = line.split_once("Relocation section '") {
            let section = rest.split('\'').next().unwrap();
            from = section.trim_start_matches(".rela").trim_start_matches(".rel").to_string();
        } else if let Some(to) = line.split_whitespace().nth(4) {
            let to = sections.get(to).cloned().unwrap_or(to.to_string());
            needs.entry(from.clone()).or_default().insert(to);
        }
    }
    Member { needs, names, single }
}

impl Member {
    /// The single sections that this section needs, and so does what it needs.
    fn singles(&self, start: &str) -> BTreeSet<String> {
        let (mut found, mut open) = (BTreeSet::new(), vec![start.to_string()]);
        while let Some(section) = open.pop() {
            if found.insert(section.clone()) {
                open.extend(self.needs.get(&section).into_iter().flatten().cloned());
            }
        }
        found.intersection(&self.single).cloned().collect()
    }
}

/// Lines of names that share a member although they need not.
fn together() -> Vec<Vec<String>> {
    let script = fs::read_to_string(root().join("build/members.sh")).unwrap();
    let line = |line: &str| line.split_whitespace().map(String::from).collect();
    let list = script.split("<<TOGETHER\n").nth(1).unwrap().split("\nTOGETHER\n").next().unwrap();
    let the_loop = script.split("\nloop='").nth(1).unwrap().split('\'').next().unwrap();
    list.lines().chain([the_loop]).map(line).collect()
}

fn each_needs_what_another_needs() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    run(Command::new("ar").arg("x").arg(&*ARCHIVE).current_dir(folder.path()));
    let together = together();
    let (mut several, mut wrong) = (0, Vec::new());
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let member = read(&file);
        if member.names.len() < 2 {
            continue;
        }
        several += 1;
        let reasons: Vec<(&String, BTreeSet<String>)> = member
            .names
            .iter()
            .map(|(name, section)| {
                let mut reasons = member.singles(section);
                let lists = together.iter().filter(|list| list.contains(name));
                reasons.extend(lists.map(|list| format!("together with {}", list[0])));
                (name, reasons)
            })
            .collect();
        let names: Vec<&str> = member.names.keys().map(|name| &**name).collect();
        let all: BTreeSet<&String> = reasons.iter().flat_map(|(_, reasons)| reasons).collect();
        println!("{}: {all:?}", names.join(" "));
        // From the first name on, by what two of them need, to all others.
        let mut reached = reasons[0].1.clone();
        let mut left: Vec<_> = reasons[1..].to_vec();
        while let Some(i) = left.iter().position(|(_, reasons)| !reasons.is_disjoint(&reached)) {
            reached.extend(left.remove(i).1);
        }
        wrong.extend(left.into_iter().map(|(name, _)| format!("{name} in {}", file.display())));
    }
    println!("members with several names: {several}");
    assert!(several > 10, "{several}");
    assert!(wrong.is_empty(), "nothing keeps these in a member with others: {wrong:#?}");
    Ok(())
}
