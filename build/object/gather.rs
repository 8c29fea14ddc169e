// SPDX-License-Identifier: MIT OR Apache-2.0
//! The shared part of the library: what some of its functions need together, in sections of its own.
//!
//! Data that is written to may exist only once in a program, so all members that need it must mean the same copy; and code
//! that many of them need should not be there many times. Global names would do, but may clash with names of a program.
//! What they share is instead gathered here into a few sections, the same in every member that needs them:
//!
//! ```text
//! owfat_loop_HASH                    code
//! owfat_loop_HASH_constants          constants
//! owfat_loop_HASH_state              what is written to
//! owfat_loop_HASH.init_array.NUMBER  constructors
//! ```
//!
//! finish.rs has the linker keep one copy, and refer to it by `__start_SECTION`: linkers define that symbol for each section
//! whose name is one of C's. HASH is of the contents, because places in the sections are numbers in the members.

use crate::elf::{NO_BITS, Object, RESERVED, Relocation, Section, Symbol};
use crate::split::split;
use std::collections::BTreeSet;

/// What the names of the shared sections begin with.
pub const SHARED: &str = "owfat_loop_";

const PROGRAM_BITS: u32 = 1;
pub const CONSTRUCTORS: u32 = 14;
const WRITE: u64 = 1;
const ALLOCATE: u64 = 2;
const EXECUTE: u64 = 4;
const MERGE: u64 = 0x10;
const THREAD_LOCAL: u64 = 0x400;

/// What is to be known of a machine.
struct Machine {
    number: u16,
    /// Relocations that speak of an entry of the global offset table, which knows no distance.
    in_table: &'static [u32],
    /// Relocations of which the addend is the place in a section, and nothing else.
    exact: &'static [u32],
}

/// Machines whose relocations have an addend of their own, and whose linkers do not shorten code that they have placed. On
/// other machines nothing is gathered, and the names that need the same data share a member.
const MACHINES: &[Machine] = &[
    // x86-64: GOTPCREL, GOTPCRELX, REX_GOTPCRELX; 64
    Machine { number: 62, in_table: &[9, 41, 42], exact: &[1] },
    // aarch64: LD_PREL_GOT to LD64_GOTPAGE_LO15; ABS64
    Machine { number: 183, in_table: &[309, 310, 311, 312, 313], exact: &[257] },
    // s390x: GOT12, GOT16, GOT64, GOTENT, GOT20; 64
    Machine { number: 22, in_table: &[6, 15, 24, 26, 58], exact: &[22] },
];

/// For each section, those that it needs.
type Needs = [Vec<u16>];

pub fn needs(object: &Object) -> Vec<Vec<u16>> {
    let mut needs = vec![Vec::new(); object.sections.len()];
    for section in object.sections.iter().filter(|section| section.relocates()) {
        for one in &section.relocations {
            needs[section.info as usize].push(object.symbols[one.symbol].section);
        }
    }
    needs
}

/// The sections that these need, and theirs, and so on.
pub fn closure(needs: &Needs, roots: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    let (mut found, mut open) = (BTreeSet::new(), roots.collect::<Vec<_>>());
    while let Some(section) = open.pop() {
        if section != 0 && section < usize::from(RESERVED) && found.insert(section) {
            open.extend(needs[section].iter().map(|target| usize::from(*target)));
        }
    }
    found
}

/// Not what Rust's core knows of aarch64's instructions: Rust's std alone writes to that, and as it is, zero, it stands for those
/// that every such processor has. So each member may have a copy.
pub fn is_written_to(section: &Section) -> bool {
    let is_ours = |name: &str| !name.starts_with(".data.rel.ro") && !name.ends_with("HAVE_LSE_ATOMICS");
    section.flags & WRITE != 0 && section.kind != CONSTRUCTORS && is_ours(&section.name)
}

/// What is gathered: all that these names need, and with it the constructors of what they write to. Not the functions of the
/// interface themselves, which a program may replace; nor what linkers merge; nor what functions need that have nothing to do
/// with that data.
fn shared_sections(object: &Object, names: &[&str]) -> BTreeSet<usize> {
    let needs = needs(object);
    let global = |symbol: &&Symbol| !symbol.is_local() && symbol.section != 0 && symbol.section < RESERVED;
    let exported: Vec<(&str, usize)> =
        object.symbols.iter().filter(global).map(|symbol| (&*symbol.name, usize::from(symbol.section))).collect();
    let named = exported.iter().filter(|(name, _)| names.contains(name)).map(|(_, section)| *section);
    let mut found = closure(&needs, named);
    let writes = |found: &BTreeSet<usize>| -> BTreeSet<usize> {
        found.iter().copied().filter(|i| is_written_to(&object.sections[*i])).collect()
    };
    // What is written to by any function that writes to one of these, and so on, belongs together.
    let mut written = writes(&found);
    let all: Vec<_> = exported.iter().map(|(_, section)| writes(&closure(&needs, [*section].into_iter()))).collect();
    loop {
        let before = written.len();
        for own in &all {
            if !own.is_disjoint(&written) {
                written.extend(own);
            }
        }
        if written.len() == before {
            break;
        }
    }
    found.extend(&written);
    // The handler of SIGPIPE is told from a program's by its address, so there is one of it.
    let handler = |symbol: &&Symbol| symbol.name.contains("6signal10do_nothing");
    found.extend(object.symbols.iter().filter(handler).map(|symbol| usize::from(symbol.section)));
    let constructors = (0..object.sections.len()).filter(|i| object.sections[*i].kind == CONSTRUCTORS);
    let roots = exported.iter().map(|(_, section)| *section).chain(constructors.clone());
    let others = roots.filter(|root| closure(&needs, [*root].into_iter()).is_disjoint(&written));
    let others = closure(&needs, others);
    found.append(&mut closure(&needs, constructors.filter(|i| !others.contains(i))));
    found.retain(|i| {
        let Section { name, flags, .. } = &object.sections[*i];
        let ours = flags & ALLOCATE != 0 && flags & MERGE == 0 && !name.starts_with(".eh_frame");
        ours && !others.contains(i) && !exported.iter().any(|(_, section)| section == i)
    });
    found
}

/// Whether the rest of the library can speak of what is shared by a symbol and a distance.
fn is_possible(object: &Object, shared: &BTreeSet<usize>, table_entries: &[u32]) -> bool {
    let thread_local = shared.iter().any(|i| object.sections[*i].flags & THREAD_LOCAL != 0);
    let mut relocations = object.sections.iter().flat_map(|section| &section.relocations);
    let in_table = |one: &Relocation| {
        let section = usize::from(object.symbols[one.symbol].section);
        table_entries.contains(&one.kind) && shared.contains(&section)
    };
    !thread_local && !relocations.any(in_table)
}

pub fn gather(object: &mut Object, names: &[&str]) {
    let Some(machine) = MACHINES.iter().find(|machine| machine.number == object.machine) else {
        return;
    };
    split(object, machine.exact);
    let shared = shared_sections(object, names);
    if shared.is_empty() || !is_possible(object, &shared, machine.in_table) {
        return;
    }
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in shared.iter().flat_map(|i| &object.sections[*i].data) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let prefix = format!("{SHARED}{:08x}", hash >> 32);

    let mut gathered = Vec::new();
    for class in 0..4 {
        let belongs = |section: &Section| match (section.kind, section.flags) {
            (CONSTRUCTORS, _) => class == 3,
            (_, flags) if flags & EXECUTE != 0 => class == 0,
            (_, flags) => class == if flags & WRITE == 0 { 1 } else { 2 },
        };
        let parts: Vec<usize> = shared.iter().copied().filter(|i| belongs(&object.sections[*i])).collect();
        let Some(first) = parts.first() else { continue };
        let suffix = ["", "_constants", "_state", &object.sections[*first].name][class];
        let flags = [ALLOCATE | EXECUTE, ALLOCATE, ALLOCATE | WRITE, ALLOCATE | WRITE][class];
        let name = format!("{prefix}{suffix}");
        let align = parts.iter().map(|part| object.sections[*part].align).max().unwrap_or(1);
        let section = Section { name, kind: PROGRAM_BITS, flags, align, ..Section::default() };
        let to = object.add_section(section);
        for part in parts {
            let Section { align, kind, size, ref data, .. } = object.sections[part];
            let data = if kind == NO_BITS { vec![0; size as usize] } else { data.clone() };
            let whole = &mut object.sections[to.0].data;
            let place = whole.len().next_multiple_of(align.max(1) as usize);
            whole.resize(place, 0);
            whole.extend_from_slice(&data);
            object.redirect(part, to, place as u64);
        }
        gathered.push(to);
    }
    // All of them or none: relocations that relocate nothing have linkers keep each with the next.
    for (i, (_, relocations)) in gathered.iter().enumerate() {
        let (next, _) = gathered[(i + 1) % gathered.len()];
        let symbol = object.symbol_of_section(next);
        object.sections[*relocations].relocations.push(Relocation { offset: 0, symbol, kind: 0, addend: 0 });
    }
    let about = |i: &usize| object.sections[*i].relocates() && shared.contains(&(object.sections[*i].info as usize));
    let gone: BTreeSet<usize> = (0..object.sections.len()).filter(|i| shared.contains(i) || about(i)).collect();
    object.renumber_sections(|i| (!gone.contains(&i)).then(|| i - gone.range(..i).count()));
}
