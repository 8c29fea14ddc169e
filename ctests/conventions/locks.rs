// SPDX-License-Identifier: MIT OR Apache-2.0
//! Locks, and the forks that they survive.

use super::modules;
use std::collections::BTreeSet;

/// Every static that holds a lock is in the list of the fork handlers, and nothing else is a lock.
#[test]
fn the_fork_handlers_hold_every_lock() {
    let sources = modules();
    // What a lock is inside of: `Lock` itself, and types with a field of that type.
    let mut types = vec!["Lock".to_string()];
    for (.., text) in &sources {
        let structs = text.lines().filter(|line| line.contains("struct ") && line.contains("Lock<"));
        types.extend(structs.map(|line| {
            let name = line.split("struct ").nth(1).unwrap();
            name.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_string()
        }));
    }
    let (mut locks, mut sections) = (Vec::new(), Vec::new());
    for (shown, _, text) in &sources {
        let code = || text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if shown != "sys/sync/mutex.rs" {
            for foreign in
                ["pthread_mutex", "pthread_rwlock", "pthread_spin", "pthread_once", "SYS_futex", "sem_wait"]
            {
                let used = code().any(|line| line.contains(&format!("libc::{foreign}")));
                assert!(!used, "src/{shown}: {foreign} beside sys::lock");
            }
        }
        for line in code() {
            let declared = line.trim_start().trim_start_matches("pub(super) ").strip_prefix("static ");
            let Some((name, rest)) = declared.and_then(|line| line.split_once(": ")) else { continue };
            if types.iter().any(|kind| rest.split(['<', ' ', ';']).next() == Some(kind)) {
                let folder = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
                // The loop's lock and its fork handlers are in two files.
                let survives = sources.iter().any(|(other, _, text)| {
                    (other == shown || shown.ends_with("/mod.rs") && other.starts_with(folder))
                        && text.contains(&format!("survives_fork!(static {name} in "))
                });
                assert!(survives, "src/{shown}: no survives_fork! for {name}");
                locks.push(format!("{shown}: {name}"));
            }
        }
        sections
            .extend(code().filter_map(|line| line.split("survives_fork!(static ").nth(1)?.split('"').nth(1)));
    }
    println!("{locks:#?}");
    assert_eq!(locks.len(), sections.len());
    assert_eq!(sections.len(), sections.iter().collect::<BTreeSet<_>>().len(), "sections: {sections:?}");
    assert!(locks.len() >= 5, "{locks:?}");
}
