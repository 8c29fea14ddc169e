// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rule of the members: a name stands in one of them, and so does everything that is written to.

use crate::support::Skip;
use crate::{ARCHIVE, Test, root, run};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("members::names_are_those_of_the_interface", names_are_those_of_the_interface),
    ("members::what_is_written_to_exists_once", what_is_written_to_exists_once),
    ("members::what_is_compared_exists_once", what_is_compared_exists_once),
    ("members::most_have_one_name", most_have_one_name),
    ("members::nothing_else_is_in_them", nothing_else_is_in_them),
];

/// A symbol of a member, as `nm --format=sysv` has it.
struct Symbol {
    member: String,
    name: String,
    class: char,
    section: String,
}

fn symbols(arguments: &[&str]) -> Vec<Symbol> {
    let listing = run(Command::new("nm").args(["--format=sysv"]).args(arguments).arg(&*ARCHIVE));
    let mut member = String::new();
    let mut found = Vec::new();
    for line in listing.lines() {
        if let Some(header) =
            line.strip_prefix("Symbols from ").or(line.strip_prefix("Undefined symbols from "))
        {
            member = header.trim_end_matches("]:").rsplit('[').next().unwrap().to_string();
        }
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [name, _, class, _, _, _, section] = fields[..]
            && name != "Name"
        {
            let class = class.chars().next().unwrap();
            found.push(Symbol { member: member.clone(), name: name.into(), class, section: section.into() });
        }
    }
    assert!(!found.is_empty(), "{listing}");
    found
}

fn names_are_those_of_the_interface() -> Result<(), Skip> {
    let mut defined: Vec<String> =
        symbols(&["--extern-only", "--defined-only"]).into_iter().map(|symbol| symbol.name).collect();
    defined.sort();
    let list = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    let mut names: Vec<String> = list.lines().map(|line| line[2..].to_string()).collect();
    names.sort();
    assert_eq!(defined, names);
    Ok(())
}

/// Two copies of a static that is written to would be two states of one thing. What the loader alone writes to, in
/// `.data.rel.ro`, may exist several times.
fn what_is_written_to_exists_once() -> Result<(), Skip> {
    let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for symbol in symbols(&["--defined-only"]) {
        let Symbol { member, section, .. } = symbol;
        let written_to = [".data", ".bss", ".tdata", ".tbss"].iter().any(|start| section.starts_with(start));
        if written_to && !section.starts_with(".data.rel.ro") {
            homes.entry(section).or_default().insert(member);
        }
    }
    assert!(homes.len() > 10, "{homes:?}");
    homes.retain(|_, members| members.len() > 1);
    assert!(homes.is_empty(), "in several members: {homes:#?}");
    Ok(())
}

/// A function whose address leaves the library has to be the one that the program sees under that name.
fn what_is_compared_exists_once() -> Result<(), Skip> {
    if !cfg!(target_arch = "x86_64") {
        return Err(Skip("knows the instructions of x86-64 alone".into()));
    }
    let local: BTreeSet<(String, String)> = symbols(&["--defined-only"])
        .into_iter()
        .filter(|symbol| symbol.class == 't')
        .map(|symbol| (symbol.member, symbol.name))
        .collect();
    let list = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    let functions: BTreeSet<&str> = list.lines().filter_map(|line| line.strip_prefix("T ")).collect();
    let listing = run(Command::new("objdump").args(["-dr", "--no-show-raw-insn"]).arg(&*ARCHIVE));
    let (mut member, mut instruction, mut wrong) = ("", "", BTreeSet::new());
    for line in listing.lines() {
        if let Some((name, _)) = line.split_once(":     file format") {
            member = name;
        } else if line.contains("R_X86_64_") {
            let target = line.split_whitespace().last().unwrap().split(['-', '+']).next().unwrap();
            let calls = ["call", "jmp"].iter().any(|word| instruction.contains(word))
                || instruction.split_whitespace().nth(1).is_some_and(|word| word.starts_with('j'));
            if !calls && functions.contains(target) && local.contains(&(member.into(), target.into())) {
                wrong.insert(format!("{member}: {target} in {instruction}"));
            }
        } else {
            instruction = line;
        }
    }
    assert!(wrong.is_empty(), "list these in build/members.sh: {wrong:#?}");
    Ok(())
}

fn most_have_one_name() -> Result<(), Skip> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for symbol in symbols(&["--extern-only", "--defined-only"]) {
        // Weak: what the program defines wins.
        assert!("WV".contains(symbol.class), "{}: {}", symbol.name, symbol.class);
        *names.entry(symbol.member).or_default() += 1;
    }
    println!(
        "members: {}, with one name: {}",
        names.len(),
        names.values().filter(|count| **count == 1).count()
    );
    assert!(names.values().filter(|count| **count == 1).count() > 350, "{names:?}");
    Ok(())
}

/// A linker that has LLVM's plugin looks at intermediate code instead of at the code, and finds no names. Relocations that
/// relocate nothing would be most of the library.
fn nothing_else_is_in_them() -> Result<(), Skip> {
    let sections = run(Command::new("readelf").arg("-SW").arg(&*ARCHIVE));
    assert!(!sections.contains(".llvmbc"));
    // A local name in a group that is thrown away would be missed: of the compiler's groups there are none.
    let groups = run(Command::new("readelf").arg("-gW").arg(&*ARCHIVE));
    let groups = groups.lines().filter(|line| line.contains("group section"));
    assert!(groups.clone().all(|line| line.contains("[owfat_loop_")), "{:?}", groups.collect::<Vec<_>>());
    let relocations = run(Command::new("readelf").arg("-rW").arg(&*ARCHIVE));
    assert!(!relocations.contains("_NONE"));
    let size = fs::metadata(&*ARCHIVE).unwrap().len();
    println!("libowfat.a: {size} bytes");
    assert!(size < 3_500_000, "{size} bytes");
    Ok(())
}
