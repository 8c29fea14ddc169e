//! The manual is true: every page is sound mdoc, its prototypes are those of the header, the pages it points to
//! exist, and every program in its EXAMPLES compiles, runs and prints what the page shows.
//!
//! `make manual` runs this with `OWFAT_WRITE_MANUAL=1`: the examples may then be written as plain C, and their
//! output is put into the page instead of being compared.

mod example;
mod header;
mod page;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/timed.rs"]
mod timed;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use page::Page;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::{env, fs};
use support::Skip;

/// Families of functions that are still being written; their pages come with them.
const AWAITED: &[&str] = &["iom_"];

/// Pages of other packages that ours may point to.
const OUTSIDE: &[(&str, &str)] = &[
    ("accept", "2"),
    ("close", "2"),
    ("connect", "2"),
    ("epoll", "7"),
    ("execve", "2"),
    ("fcntl", "2"),
    ("fork", "2"),
    ("ld.so", "8"),
    ("ldd", "1"),
    ("malloc", "3"),
    ("mmap", "2"),
    ("open", "2"),
    ("pipe", "2"),
    ("pkg-config", "1"),
    ("poll", "2"),
    ("read", "2"),
    ("recv", "2"),
    ("send", "2"),
    ("sendfile", "2"),
    ("sendmsg", "2"),
    ("shutdown", "2"),
    ("sigaction", "2"),
    ("signal-safety", "7"),
    ("socket", "2"),
    ("socketpair", "2"),
    ("time", "2"),
    ("unix", "7"),
    ("write", "2"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

type Check = fn(&[Page]) -> Result<(), String>;

fn main() {
    let arguments = Arguments::from_args();
    let pages = Arc::new(page::all());
    let mut trials =
        vec![Trial::ignorable_test("lint", || match support::package("mandoc", "/usr/bin/mandoc") {
            Ok(()) => lint().map(|()| Completion::Completed),
            Err(Skip(reason)) if Skip::is_failure() => Err(Failed::from(reason)),
            Err(Skip(reason)) => Ok(Completion::ignored_with(reason)),
        })];
    let checks: &[(&str, Check)] = &[
        ("exported_functions_have_a_page", exported_functions_have_a_page),
        ("names_are_explained_once", names_are_explained_once),
        ("pages_are_named_as_their_first_name", pages_are_named_as_their_first_name),
        ("prototypes_are_those_of_the_header", prototypes_are_those_of_the_header),
        ("references_resolve", references_resolve),
    ];
    for &(name, check) in checks {
        let pages = Arc::clone(&pages);
        trials.push(Trial::test(name, move || check(&pages).map_err(Failed::from)));
    }
    let library = example::library();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| needs_example(page) || has_example(page)) {
        let (pages, library) = (Arc::clone(&pages), library.clone());
        trials.push(Trial::test(format!("examples::{}", page.name), move || {
            examples(&pages[at], &library).map_err(Failed::from)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn lint() -> Result<(), Failed> {
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-T", "lint", "-W", "warning"]).current_dir(root());
    let output = mandoc.args(page::all().iter().map(|page| &page.path)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.is_empty() { Ok(()) } else { Err(Failed::from(said)) }
}

fn is_of_the_loop(name: &str) -> bool {
    ["io_", "iob_", "iom_"].iter().any(|family| name.starts_with(family))
}

fn exported_functions_have_a_page(pages: &[Page]) -> Result<(), String> {
    let explained: BTreeSet<String> = pages.iter().flat_map(Page::names).collect();
    let declared: BTreeSet<String> = pages.iter().flat_map(Page::prototypes).map(|(name, _)| name).collect();
    let exported = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    let missing: Vec<&str> = exported
        .lines()
        .filter_map(|line| line.strip_prefix("T "))
        .filter(|name| is_of_the_loop(name) && !AWAITED.iter().any(|awaited| name.starts_with(awaited)))
        .filter(|name| !explained.contains(*name) || !declared.contains(*name))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("not in NAME and SYNOPSIS of any page: {missing:?}"))
    }
}

fn names_are_explained_once(pages: &[Page]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let names =
        pages.iter().flat_map(|page| page.names().into_iter().map(|name| (name, page.section.clone())));
    let twice: Vec<_> = names.filter(|name| !seen.insert(name.clone())).collect();
    if twice.is_empty() { Ok(()) } else { Err(format!("in NAME of two pages: {twice:?}")) }
}

fn pages_are_named_as_their_first_name(pages: &[Page]) -> Result<(), String> {
    match pages.iter().find(|page| page.names().first() != Some(&page.name)) {
        None => Ok(()),
        Some(page) => Err(format!("man/{}.{} explains {:?}", page.name, page.section, page.names())),
    }
}

fn prototypes_are_those_of_the_header(pages: &[Page]) -> Result<(), String> {
    let mut wrong = String::new();
    for page in pages {
        let headers = page.headers();
        let declared: Vec<header::Prototypes> = headers
            .iter()
            .filter_map(|header| header.strip_prefix("libowfat/")?.strip_suffix(".h"))
            .map(header::prototypes)
            .collect();
        for (name, prototype) in page.prototypes() {
            let known: Vec<&String> =
                declared.iter().filter_map(|header| header.get(&name)).flatten().collect();
            if !known.contains(&&prototype) {
                wrong += &format!("{}: {prototype}\n  header: {known:?}\n", page.name);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn references_resolve(pages: &[Page]) -> Result<(), String> {
    let ours: BTreeSet<(String, String)> = pages
        .iter()
        .flat_map(|page| page.names().into_iter().map(|name| (name, page.section.clone())))
        .collect();
    let mut wrong = Vec::new();
    for page in pages {
        for (name, section) in page.references() {
            let outside = OUTSIDE.contains(&(name.as_str(), section.as_str()));
            if !outside && !ours.contains(&(name.clone(), section.clone())) {
                wrong.push(format!("{}: {name}({section})", page.name));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("no such page: {wrong:?}")) }
}

fn has_example(page: &Page) -> bool {
    !page.part("EXAMPLES").is_empty()
}

fn needs_example(page: &Page) -> bool {
    page.section == "3" && is_of_the_loop(&page.name)
}

fn examples(page: &Page, library: &std::path::Path) -> Result<(), String> {
    let examples = example::of(page);
    if examples.is_empty() {
        return Err("no example".into());
    }
    let writing = env::var_os("OWFAT_WRITE_MANUAL").is_some();
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
    if writing {
        example::rewrite(page, written);
    } else if !stale.is_empty() {
        return Err(stale);
    }
    Ok(())
}
