// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a member asks for by its name, as a program does, and need not have: variables of the interface that functions share, and
//! functions that every C compiler brings along.

use crate::elf::{Object, RESERVED, Section, Symbol};
use std::collections::BTreeSet;

/// Binding alone: what kind of thing the name stands for, says its definition.
const GLOBAL: u8 = 1 << 4;

/// Makes these global names undefined, and takes out the sections of what they stood for. If anything is in such a
/// section besides, or is referred to by another name, all stays: the members that need it are then one.
pub fn forget(object: &mut Object, names: &[&str]) {
    let is_one = |symbol: &Symbol| {
        let is_defined = symbol.section != 0 && symbol.section < RESERVED;
        is_defined && !symbol.is_local() && names.contains(&&*symbol.name)
    };
    let gone: BTreeSet<usize> =
        object.symbols.iter().filter(|symbol| is_one(symbol)).map(|symbol| symbol.section.into()).collect();
    let refers = |number: usize| {
        let symbol = &object.symbols[number];
        gone.contains(&symbol.section.into()) && !is_one(symbol)
    };
    let unwinds = |section: &Section| {
        section.relocates() && object.sections[section.info as usize].name.starts_with(".eh_frame")
    };
    let mut others = object.sections.iter().filter(|section| !unwinds(section));
    if others.any(|section| section.relocations.iter().any(|one| refers(one.symbol))) {
        return;
    }
    // As linkers leave unwind tables whose code they drop.
    let nothing: Vec<(usize, usize)> = (0..object.sections.len())
        .filter(|i| unwinds(&object.sections[*i]))
        .flat_map(|i| (0..object.sections[i].relocations.len()).map(move |place| (i, place)))
        .filter(|(i, place)| refers(object.sections[*i].relocations[*place].symbol))
        .collect();
    for (i, place) in nothing {
        let one = &mut object.sections[i].relocations[place];
        (one.symbol, one.kind, one.addend) = (0, 0, 0);
    }
    for symbol in object.symbols.iter_mut().filter(|symbol| is_one(symbol)) {
        *symbol = Symbol { name: std::mem::take(&mut symbol.name), info: GLOBAL, ..Symbol::default() };
    }
    // With what relocates in them.
    let is_gone = |i: &usize| {
        let section = &object.sections[*i];
        gone.contains(i) || section.relocates() && gone.contains(&(section.info as usize))
    };
    let gone: BTreeSet<usize> = (0..object.sections.len()).filter(is_gone).collect();
    object.renumber_sections(|i| (!gone.contains(&i)).then(|| i - gone.range(..i).count()));
}
