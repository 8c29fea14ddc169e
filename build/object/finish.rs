// SPDX-License-Identifier: MIT OR Apache-2.0
//! The last step of a member.
//!
//! Its names become weak: the definition of a program wins, even where a member that it needs has others besides. All else that it
//! defines becomes local. Functions keep their names, for debuggers and profilers; numbered constants do not. Names of libc that
//! are not needed go, because each would bring a part of libc into a static program.
//!
//! Relocations that relocate nothing go: `ld -r --gc-sections` leaves one for each unwind table that it drops, nine tenths of a
//! library of small members. The sections that gather.rs has made become a group, of which linkers keep one of each name, and
//! everything else refers to them by the symbols that linkers make for sections.

use crate::elf::{GROUP, Object, RESERVED, Relocation, Section, Symbol};
use crate::gather::SHARED;
use std::collections::{BTreeMap, BTreeSet};

/// In the group's first word: of the groups with one name, one is kept.
const ONE_OF_EACH: u32 = 1;
const IN_GROUP: u64 = 0x200;
const ALLOCATE: u64 = 2;
/// The binding and the visibility of a name that the linker finds, and that no dynamic linker sees.
const GLOBAL: u8 = 1 << 4;
const HIDDEN: u8 = 2;
const WEAK: u8 = 2 << 4;
/// The type of a symbol without one, and of one for a section, in the low bits.
const TYPE: u8 = 0xf;
const SECTION: u8 = 3;
const FILE: u8 = 4;
const CONSTRUCTORS: u32 = 14;

pub fn finish(object: &mut Object, names: &[&str]) {
    for section in &mut object.sections {
        section.relocations.retain(|one| one.kind != 0);
    }
    bind(object, names);
    let is_shared = |section: &Section| section.name.starts_with(SHARED);
    if !object.sections.iter().any(is_shared) {
        return;
    }
    // The group's header stands before those of its sections.
    object.renumber_sections(|i| Some(if i == 0 { 0 } else { i + 1 }));
    object.sections.insert(1, Section::default());
    refer_by_name(object);

    let mut members = vec![ONE_OF_EACH];
    for i in 1..object.sections.len() {
        let section = &object.sections[i];
        if is_shared(section) || section.relocates() && is_shared(&object.sections[section.info as usize]) {
            members.push(i as u32);
        }
    }
    for member in &members[1..] {
        let section = &mut object.sections[*member as usize];
        section.flags |= IN_GROUP;
        if let Some((_, constructors)) = section.name.split_once(".init_array").filter(|_| !section.relocates()) {
            section.name = format!(".init_array{constructors}");
            section.kind = CONSTRUCTORS;
        }
    }
    let names: Vec<String> = object.sections.iter().filter(|one| is_shared(one)).map(|one| one.name.clone()).collect();
    let name = names.first().cloned().unwrap_or_default();
    assert!(names.iter().all(|other| other.starts_with(&name)), "two sets of shared sections: {names:?}");
    let signature = Symbol { name, section: 1, ..Symbol::default() };
    let info = object.add_local(signature) as u32;
    let link = object.sections.iter().position(|section| section.kind == crate::elf::SYMBOLS).unwrap_or(0) as u32;
    let data = object.words(&members);
    object.sections[1] =
        Section { name: ".group".into(), kind: GROUP, link, info, align: 4, entry: 4, data, ..Section::default() };
}

/// Gives every symbol its binding, and leaves those that are needed or tell something.
fn bind(object: &mut Object, names: &[&str]) {
    let relocations = object.sections.iter().flat_map(|section| &section.relocations);
    let used: BTreeSet<usize> = relocations.map(|one| one.symbol).collect();
    for symbol in &mut object.symbols {
        if symbol.section != 0 && !symbol.is_local() {
            let binding = if names.contains(&&*symbol.name) { WEAK } else { 0 };
            symbol.info = symbol.info & TYPE | binding;
        }
    }
    let tells = |symbol: &Symbol| {
        let is_defined = symbol.section != 0 && symbol.section < RESERVED;
        is_defined && ![SECTION, FILE].contains(&(symbol.info & TYPE)) && !symbol.name.starts_with(".L")
    };
    let kept = |i: &usize| *i == 0 || used.contains(i) || tells(&object.symbols[*i]);
    let (local, others): (Vec<_>, Vec<_>) =
        (0..object.symbols.len()).filter(kept).partition(|i| object.symbols[*i].is_local());
    object.select_symbols(&[local, others].concat());
}

/// What lies in no shared section refers to these by `__start_SECTION` and a distance. Unwind tables do not: linkers drop
/// them with the code that they are about.
fn refer_by_name(object: &mut Object) {
    let shared: BTreeMap<u16, String> = (0u16..)
        .zip(&object.sections)
        .filter(|(_, section)| section.name.starts_with(SHARED))
        .map(|(i, section)| (i, section.name.clone()))
        .collect();
    let mut starts: BTreeMap<u16, usize> = BTreeMap::new();
    for i in 0..object.sections.len() {
        if !object.sections[i].relocates() {
            continue;
        }
        let about = &object.sections[object.sections[i].info as usize];
        if about.flags & ALLOCATE == 0 || about.name.starts_with(SHARED) || about.name.starts_with(".eh_frame") {
            continue;
        }
        for place in 0..object.sections[i].relocations.len() {
            let one = object.sections[i].relocations[place];
            let Symbol { section, value, .. } = object.symbols[one.symbol];
            let Some(name) = shared.get(&section) else { continue };
            let symbol = *starts.entry(section).or_insert_with(|| {
                let name = format!("__start_{name}");
                object.symbols.push(Symbol { name, info: GLOBAL, other: HIDDEN, ..Symbol::default() });
                object.symbols.len() - 1
            });
            let addend = one.addend + value as i64;
            object.sections[i].relocations[place] = Relocation { symbol, addend, ..one };
        }
    }
}
