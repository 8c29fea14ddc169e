// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strings and constants that linkers merge, a section for each: the compiler has one section for all, of which a function
//! that needs one would have every other one, too.

use crate::elf::{Object, Section};

const ALLOCATE: u64 = 2;
const MERGE: u64 = 0x10;
const STRINGS: u64 = 0x20;

/// Where each string or constant of a section begins.
fn starts(section: &Section) -> Vec<u64> {
    let length = section.data.len() as u64;
    if section.flags & STRINGS == 0 {
        return (0..length).step_by(section.entry.max(1) as usize).collect();
    }
    let ends = (1..).zip(&section.data).filter(|(_, byte)| **byte == 0).map(|(end, _)| end);
    std::iter::once(0).chain(ends).filter(|start| *start < length).collect()
}

/// Divides these sections. A relocation that refers to one by its begin says which string it means only if its kind is one of
/// `exact`.
pub fn split(object: &mut Object, exact: &[u32]) {
    for number in 0..object.sections.len() {
        let Section { flags, entry, .. } = object.sections[number];
        let mergeable = flags & (ALLOCATE | MERGE) == ALLOCATE | MERGE && (flags & STRINGS == 0 || entry == 1);
        if !mergeable {
            continue;
        }
        let own = object.symbol_of_section(number);
        let mut all = object.sections.iter().flat_map(|section| &section.relocations);
        if all.any(|one| one.symbol == own && !exact.contains(&one.kind)) {
            continue;
        }
        let starts = starts(&object.sections[number]);
        let whole = object.sections[number].clone();
        // The first one keeps the section.
        let mut homes = vec![number];
        for (i, start) in starts.iter().enumerate() {
            let end = starts.get(i + 1).map_or(whole.data.len(), |end| *end as usize);
            let data = whole.data[*start as usize..end].to_vec();
            if i == 0 {
                object.sections[number].data = data;
            } else {
                homes.push(object.sections.len());
                object.sections.push(Section { data, ..whole.clone() });
            }
        }
        let home = |place: u64| starts.partition_point(|start| *start <= place).saturating_sub(1);
        for symbol in object.symbols.iter_mut().filter(|symbol| usize::from(symbol.section) == number) {
            let piece = home(symbol.value);
            (symbol.section, symbol.value) = (homes[piece] as u16, symbol.value - starts[piece]);
        }
        for i in 0..object.sections.len() {
            for place in 0..object.sections[i].relocations.len() {
                let one = object.sections[i].relocations[place];
                // Symbols that are added stand behind it.
                if one.symbol == own {
                    let piece = home(one.addend as u64);
                    let symbol = object.symbol_of_section(homes[piece]);
                    let changed = &mut object.sections[i].relocations[place];
                    (changed.symbol, changed.addend) = (symbol, one.addend - starts[piece] as i64);
                }
            }
        }
    }
}
