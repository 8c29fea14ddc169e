// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions of functions beside the loop, for one call, without those of libc. A number in `companions.txt` may only
//! shrink: `OWFAT_WRITE_COST` writes lower ones and new ones. One that has to grow is taken out by hand before.

use super::instructions::needs;
use super::{Program, callgrind, support};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::{env, fs};
use support::needing;

/// How often the program calls each function.
const TIMES: u64 = 100;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ctests/cost/companions.txt")
}

fn read() -> BTreeMap<String, u64> {
    let text = fs::read_to_string(file()).unwrap_or_default();
    let pair =
        |line: &str| Some((line.split_once(' ')?.0.to_string(), line.split_once(' ')?.1.parse().ok()?));
    text.lines().filter_map(pair).collect()
}

/// What one run of the program counts.
fn count() -> BTreeMap<String, u64> {
    let parts = callgrind::parts(&Program::build("companions"));
    parts.into_iter().map(|(name, profile)| (name, profile.own() / TIMES)).collect()
}

pub(crate) fn trials() -> Vec<Trial> {
    let needs = needs();
    if needs.is_ok() && env::var_os("OWFAT_WRITE_COST").is_some() {
        let mut numbers = count();
        for (name, before) in read() {
            numbers.entry(name).and_modify(|found| *found = before.min(*found));
        }
        let lines: Vec<String> = numbers.iter().map(|(name, number)| format!("{name} {number}\n")).collect();
        fs::write(file(), lines.concat()).expect("companions.txt can be written");
    }
    type Counted = LazyLock<BTreeMap<String, u64>, fn() -> BTreeMap<String, u64>>;
    let counted: Arc<Counted> = Arc::new(LazyLock::new(count));
    let make = |(name, committed): (String, u64)| {
        let counted = counted.clone();
        let title = format!("companions::{name}");
        needing(&needs, Trial::test(title, move || check(&counted, &name, committed)))
    };
    read().into_iter().map(make).collect()
}

/// A tenth is for other versions of the compiler, as for the loop.
fn check(counted: &BTreeMap<String, u64>, name: &str, committed: u64) -> Result<(), Failed> {
    let found = *counted.get(name).ok_or_else(|| format!("the program does not call {name}"))?;
    if found > committed + committed / 10 {
        return Err(format!("{found} instructions, a tenth more than {committed}").into());
    }
    Ok(())
}
