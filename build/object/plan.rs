// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which names have to share a member, and why.
//!
//! Data that is written to may exist only once, so all names that need it are in the member that has it. The same goes for functions
//! whose address programs get to see and compare.

use crate::elf::{Object, RESERVED};
use crate::gather::{CONSTRUCTORS, SHARED, closure, is_written_to, needs};
use std::collections::{BTreeMap, BTreeSet};

/// Names that share a member, the constructors that belong to them, and what else holds them together.
#[derive(Default)]
pub struct Group {
    pub names: Vec<String>,
    pub constructors: Vec<String>,
    reasons: BTreeSet<String>,
}

/// The members. `compared` are functions, `together` lists of names that share a member although they need not.
///
/// The linker keeps constructors, and what they need, in everything that it makes. Each of ours registers the fork handlers of one
/// lock, and belongs to the names that use that lock; one of what no name needs goes.
pub fn plan(object: &Object, names: &[&str], compared: &[&str], together: &[Vec<&str>]) -> Vec<Group> {
    let needs = needs(object);
    let home = |name: &&str| {
        let is_it = |symbol: &&crate::elf::Symbol| {
            symbol.name == **name && !symbol.is_local() && symbol.section != 0 && symbol.section < RESERVED
        };
        object.symbols.iter().find(is_it).map(|symbol| usize::from(symbol.section))
    };
    let compared: Vec<usize> = compared.iter().filter_map(home).collect();
    let constructors = (0..object.sections.len()).filter(|i| {
        let section = &object.sections[*i];
        section.kind == CONSTRUCTORS && !section.name.starts_with(SHARED)
    });
    let roots = constructors
        .map(|i| (object.sections[i].name.clone(), Some(i)))
        .chain(names.iter().map(|name| (name.to_string(), home(name))));
    let mut reasons: Vec<(String, BTreeSet<String>)> = roots
        .map(|(name, root)| {
            let single = |i: &usize| {
                let section = &object.sections[*i];
                let size = section.size.max(section.data.len() as u64);
                let is_state = is_written_to(section) && size != 0 && !section.name.starts_with(SHARED);
                is_state || compared.contains(i)
            };
            let needed = closure(&needs, root.into_iter()).into_iter().filter(single);
            (name, needed.map(|i| object.sections[i].name.clone()).collect())
        })
        .collect();
    for (name, reasons) in &mut reasons {
        let lists = together.iter().filter(|list| list.contains(&&**name));
        reasons.extend(lists.map(|list| format!("together with {}", list[0])));
    }
    join(reasons)
}

/// Those that have a reason in common are one, and so on.
fn join(roots: Vec<(String, BTreeSet<String>)>) -> Vec<Group> {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut to: Vec<usize> = (0..roots.len()).collect();
    let find = |to: &[usize], mut i: usize| {
        while to[i] != i {
            i = to[i];
        }
        i
    };
    for (i, (_, reasons)) in roots.iter().enumerate() {
        for reason in reasons {
            let other = *first.entry(reason.clone()).or_insert(i);
            let (a, b) = (find(&to, i), find(&to, other));
            to[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (i, (name, reasons)) in roots.into_iter().enumerate() {
        let group = groups.entry(find(&to, i)).or_default();
        if name.starts_with('.') { &mut group.constructors } else { &mut group.names }.push(name);
        group.reasons.extend(reasons);
    }
    groups.into_values().filter(|group| !group.names.is_empty()).collect()
}

impl Group {
    /// A line: constructors and names, and behind a bar the reasons, if there are any.
    pub fn line(&self) -> String {
        let words: Vec<&str> = self.constructors.iter().chain(&self.names).map(|word| &**word).collect();
        let reasons: Vec<&str> = self.reasons.iter().map(|reason| &**reason).collect();
        let bar = if reasons.is_empty() { "" } else { " | " };
        format!("{}{bar}{}", words.join(" "), reasons.join(", "))
    }
}
