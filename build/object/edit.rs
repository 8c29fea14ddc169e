// SPDX-License-Identifier: MIT OR Apache-2.0
//! Changes that keep an object file consistent: every number of a section or a symbol follows.

use crate::elf::{Object, RELOCATIONS, RESERVED, Relocation, SYMBOLS, Section, Symbol};

/// The type of a symbol that stands for the begin of its section.
const SECTION: u8 = 3;

impl Object {
    /// Gives every section the number that this has for it; what gets none is taken out, with the symbol that
    /// stands for it.
    pub fn renumber_sections(&mut self, number: impl Fn(usize) -> Option<usize>) {
        for section in &mut self.sections {
            section.link = number(section.link as usize).unwrap_or(0) as u32;
            if section.relocates() {
                section.info = number(section.info as usize).unwrap_or(0) as u32;
            }
        }
        let mut kept: Vec<(usize, Section)> = Vec::new();
        for (i, section) in self.sections.drain(..).enumerate() {
            kept.extend(number(i).map(|new| (new, section)));
        }
        kept.sort_by_key(|(new, _)| *new);
        self.sections = kept.into_iter().map(|(_, section)| section).collect();
        for symbol in &mut self.symbols {
            if symbol.section != 0 && symbol.section < RESERVED {
                symbol.section = number(symbol.section.into()).unwrap_or(0) as u16;
            }
        }
        let lost: Vec<bool> = self.symbols.iter().map(|symbol| symbol.info == SECTION && symbol.section == 0).collect();
        let kept: Vec<usize> = (0..lost.len()).filter(|i| !lost[*i]).collect();
        self.select_symbols(&kept);
    }

    /// Leaves these symbols, in this order. Relocations that refer to others refer to none.
    pub fn select_symbols(&mut self, order: &[usize]) {
        let mut number = vec![0; self.symbols.len()];
        order.iter().enumerate().for_each(|(new, old)| number[*old] = new);
        for one in self.sections.iter_mut().flat_map(|section| &mut section.relocations) {
            one.symbol = number[one.symbol];
        }
        self.symbols = order.iter().map(|old| self.symbols[*old].clone()).collect();
    }

    /// Adds a symbol that this file alone sees; they stand before all others. Returns its number.
    pub fn add_local(&mut self, symbol: Symbol) -> usize {
        let place = self.symbols.iter().take_while(|symbol| symbol.is_local()).count();
        for one in self.sections.iter_mut().flat_map(|section| &mut section.relocations) {
            one.symbol += usize::from(one.symbol >= place);
        }
        self.symbols.insert(place, symbol);
        place
    }

    /// The symbol that stands for the begin of a section.
    pub fn symbol_of_section(&mut self, section: usize) -> usize {
        let found = self.symbols.iter().position(|s| s.info == SECTION && usize::from(s.section) == section);
        found.unwrap_or_else(|| self.add_local(Symbol { info: SECTION, section: section as u16, ..Symbol::default() }))
    }

    /// Adds a section behind the others, and one for its relocations, which have addends. Returns the numbers of both.
    pub fn add_section(&mut self, section: Section) -> (usize, usize) {
        let number = self.sections.len();
        let name = format!(".rela{}{}", if section.name.starts_with('.') { "" } else { "." }, section.name);
        let link = self.sections.iter().position(|section| section.kind == SYMBOLS).unwrap_or(0) as u32;
        self.sections.push(section);
        let (kind, info) = (RELOCATIONS, number as u32);
        self.sections.push(Section { name, kind, link, info, align: 8, entry: 24, ..Section::default() });
        (number, number + 1)
    }

    /// Has what lies in one section lie in another, from a place in that on: its symbols, and what it relocates.
    pub fn redirect(&mut self, from: usize, (to, relocations): (usize, usize), place: u64) {
        let symbol_of_old = self.symbols.iter().position(|s| s.info == SECTION && usize::from(s.section) == from);
        if let Some(old) = symbol_of_old {
            let new = self.symbol_of_section(to);
            // A symbol that was added stands behind the old one: both are local.
            for one in self.sections.iter_mut().flat_map(|section| &mut section.relocations) {
                if one.symbol == old {
                    *one = Relocation { symbol: new, addend: one.addend + place as i64, ..*one };
                }
            }
        }
        for symbol in &mut self.symbols {
            if usize::from(symbol.section) == from && symbol.info != SECTION {
                symbol.section = to as u16;
                symbol.value += place;
            }
        }
        let mut moved = Vec::new();
        for section in &mut self.sections {
            if section.relocates() && section.info as usize == from {
                moved.append(&mut section.relocations);
            }
        }
        moved.iter_mut().for_each(|one| one.offset += place);
        self.sections[relocations].relocations.append(&mut moved);
    }
}
