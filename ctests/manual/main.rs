// SPDX-License-Identifier: MIT OR Apache-2.0
//! The manual is true: every page is sound mdoc, its prototypes are those of the header, the pages it points to
//! exist, and every program in its EXAMPLES compiles, runs and prints what the page shows.
//!
//! `make manual` runs this with `OWFAT_WRITE_MANUAL=1`: the examples may then be written as plain C, and their
//! output, and what headers say of themselves, is put into the page instead of being compared.

mod checks;
mod companion;
mod example;
mod header;
mod page;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/timed.rs"]
mod timed;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use page::Page;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use support::Skip;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn main() {
    let arguments = Arguments::from_args();
    if is_writing() {
        for page in page::all() {
            page.rewrite(companion::parts(&page));
        }
    }
    let pages = Arc::new(page::all());
    let mut trials =
        vec![Trial::ignorable_test("lint", || match support::package("mandoc", "/usr/bin/mandoc") {
            Ok(()) => lint().map(|()| Completion::Completed),
            Err(Skip(reason)) if Skip::is_failure() => Err(Failed::from(reason)),
            Err(Skip(reason)) => Ok(Completion::ignored_with(reason)),
        })];
    for &(name, check) in checks::ALL {
        let pages = Arc::clone(&pages);
        trials.push(Trial::test(name, move || check(&pages).map_err(Failed::from)));
    }
    let library = Arc::new(tempfile::tempdir().unwrap());
    example::library(library.path());
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| needs_example(page) || has_example(page)) {
        let (pages, library) = (Arc::clone(&pages), Arc::clone(&library));
        trials.push(Trial::test(format!("examples::{}", page.name), move || {
            examples(&pages[at], library.path()).map_err(Failed::from)
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(library); // before exit, which runs no destructors
    conclusion.exit();
}

fn lint() -> Result<(), Failed> {
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-T", "lint", "-W", "warning"]).current_dir(root());
    let output = mandoc.args(page::all().iter().map(|page| &page.path)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // ERRORS stands behind RETURN VALUES, as man-pages(7) has it, and not behind EXAMPLES, as mdoc(7) does.
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("conventional order")).collect();
    if said.is_empty() { Ok(()) } else { Err(Failed::from(said.join("\n"))) }
}

fn has_example(page: &Page) -> bool {
    !page.part("EXAMPLES").is_empty()
}

/// Pages about functions show them at work.
fn needs_example(page: &Page) -> bool {
    page.section == "3"
}

/// Whether pages are to be written instead of compared.
fn is_writing() -> bool {
    std::env::var_os("OWFAT_WRITE_MANUAL").is_some()
}

fn examples(page: &Page, library: &std::path::Path) -> Result<(), String> {
    let examples = example::of(page);
    if examples.is_empty() {
        return Err("no example".into());
    }
    let mut written = Vec::new();
    let mut stale = String::new();
    for example in &examples {
        let folder = tempfile::tempdir().unwrap();
        let printed = example.run(page, folder.path(), library)?;
        let shown = example.shown(page);
        if shown != printed {
            stale += &format!("prints\n{printed}and the page shows\n{shown}");
        }
        for (place, text) in example.written(page, &printed) {
            if text != page.lines[place.clone()] && stale.is_empty() {
                stale += "`make manual` would escape characters";
            }
            written.push((place, text));
        }
    }
    if is_writing() {
        page.rewrite(written);
    } else if !stale.is_empty() {
        return Err(stale);
    }
    Ok(())
}
