// SPDX-License-Identifier: MIT OR Apache-2.0
//! What has to hold for the pages as they stand, without running anything.

use super::header::{self, Kind};
use super::page::Page;
use super::{companion, root};
use std::collections::BTreeSet;
use std::fs;

type Check = fn(&[Page]) -> Result<(), String>;

/// Every check, by name.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("every_header_has_a_page", every_header_has_a_page),
    ("exported_functions_have_a_page", exported_functions_have_a_page),
    ("helpers_of_headers_have_no_page", helpers_of_headers_have_no_page),
    ("names_are_explained_once", names_are_explained_once),
    ("pages_explain_the_name_that_they_have", pages_explain_the_name_that_they_have),
    ("parts_of_headers_are_fresh", parts_of_headers_are_fresh),
    ("prototypes_are_those_of_the_header", prototypes_are_those_of_the_header),
    ("references_resolve", references_resolve),
    ("history_is_no_list_of_faults", history_is_no_list_of_faults),
    ("sections_are_there", sections_are_there),
    ("thread_safety_is_told", thread_safety_is_told),
];

/// Pages of other packages that ours may point to.
const OUTSIDE: &[(&str, &str)] = &[
    ("accept", "2"),
    ("aio", "7"),
    ("aio_cancel", "3"),
    ("aio_error", "3"),
    ("aio_fsync", "3"),
    ("aio_read", "3"),
    ("aio_return", "3"),
    ("aio_suspend", "3"),
    ("aio_write", "3"),
    ("attributes", "7"),
    ("bind", "2"),
    ("close", "2"),
    ("close_range", "2"),
    ("connect", "2"),
    ("epoll", "7"),
    ("epoll_wait", "2"),
    ("execve", "2"),
    ("exit", "3"),
    ("fcntl", "2"),
    ("fdatasync", "2"),
    ("fork", "2"),
    ("fsync", "2"),
    ("getpeername", "2"),
    ("getrandom", "2"),
    ("getsockname", "2"),
    ("ioctl", "2"),
    ("ld.so", "8"),
    ("ldd", "1"),
    ("lio_listio", "3"),
    ("listen", "2"),
    ("lseek", "2"),
    ("malloc", "3"),
    ("mmap", "2"),
    ("munmap", "2"),
    ("open", "2"),
    ("openat", "2"),
    ("pipe", "2"),
    ("pipe2", "2"),
    ("pkg-config", "1"),
    ("poll", "2"),
    ("pread", "2"),
    ("pread64", "2"),
    ("preadv2", "2"),
    ("pthread_atfork", "3"),
    ("pwrite", "2"),
    ("pwritev2", "2"),
    ("read", "2"),
    ("readv", "2"),
    ("recv", "2"),
    ("recvfrom", "2"),
    ("recvmsg", "2"),
    ("seccomp", "2"),
    ("send", "2"),
    ("sendfile", "2"),
    ("sendmsg", "2"),
    ("sendto", "2"),
    ("shutdown", "2"),
    ("sigaction", "2"),
    ("sigevent", "7"),
    ("signal-safety", "7"),
    ("socket", "2"),
    ("socketpair", "2"),
    ("stat", "2"),
    ("time", "2"),
    ("unix", "7"),
    ("write", "2"),
    ("writev", "2"),
];

fn exported_functions_have_a_page(pages: &[Page]) -> Result<(), String> {
    let explained: BTreeSet<String> = pages.iter().flat_map(Page::names).collect();
    let declared: BTreeSet<String> = pages.iter().flat_map(Page::prototypes).map(|(name, _)| name).collect();
    let exported = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    let missing: Vec<&str> = exported
        .lines()
        .filter_map(|line| line.strip_prefix("T "))
        .filter(|name| !explained.contains(*name) || !declared.contains(*name))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("not in NAME and SYNOPSIS of any page: {missing:?}; would `make manual` help?"))
    }
}

/// What macros of a header are made of is not for programs: such names begin with an underscore, which keeps them off the page.
fn helpers_of_headers_have_no_page(pages: &[Page]) -> Result<(), String> {
    let exported = ["ctests/symbols.txt", "aio/abi/names.txt"];
    let exported = exported.map(|list| fs::read_to_string(root().join(list)).unwrap()).join("\n");
    let is_exported = |name: &String| exported.lines().any(|line| line.ends_with(name.as_str()));
    let titles: BTreeSet<String> =
        header::all().into_iter().chain(pages.iter().map(|page| page.name.clone())).collect();
    let names = pages.iter().flat_map(Page::names).filter(|name| !titles.contains(name));
    let helpers: Vec<String> =
        names.filter(|name| name.to_lowercase().contains("owfat") && !is_exported(name)).collect();
    if helpers.is_empty() { Ok(()) } else { Err(format!("in NAME, and internal: {helpers:?}")) }
}

fn names_are_explained_once(pages: &[Page]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let names =
        pages.iter().flat_map(|page| page.names().into_iter().map(|name| (name, page.section.clone())));
    let twice: Vec<_> = names.filter(|name| !seen.insert(name.clone())).collect();
    if twice.is_empty() { Ok(()) } else { Err(format!("in NAME of two pages: {twice:?}")) }
}

fn pages_explain_the_name_that_they_have(pages: &[Page]) -> Result<(), String> {
    match pages.iter().find(|page| !page.names().contains(&page.name)) {
        None => Ok(()),
        Some(page) => Err(format!("man/{}.{} explains {:?}", page.name, page.section, page.names())),
    }
}

fn prototypes_are_those_of_the_header(pages: &[Page]) -> Result<(), String> {
    let mut wrong = String::new();
    for page in pages {
        let headers = page.headers();
        let names = headers.iter().filter_map(|header| header.strip_prefix("libowfat/")?.strip_suffix(".h"));
        let items: Vec<header::Item> = names.flat_map(header::items).collect();
        // The C library's own header declares what libowfat-aio replaces.
        let system = headers.iter().any(|header| header == "aio.h");
        let ours = |name: &str| !system || items.iter().any(|item| item.name == name);
        for (name, prototype) in page.prototypes().into_iter().filter(|(name, _)| ours(name)) {
            let mut declared = items.iter().filter(|item| item.name == name);
            if !declared.any(|item| matches!(&item.kind, Kind::Function(found) if *found == prototype)) {
                wrong += &format!("{}: {prototype}: not what the header says\n", page.name);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn every_header_has_a_page(pages: &[Page]) -> Result<(), String> {
    let explained: BTreeSet<String> = pages.iter().flat_map(Page::headers).collect();
    let mut headers = header::all();
    headers.retain(|name| !explained.contains(&format!("libowfat/{name}.h")));
    if headers.is_empty() { Ok(()) } else { Err(format!("in SYNOPSIS of no page: {headers:?}")) }
}

/// The parts of pages that headers write are up to date.
fn parts_of_headers_are_fresh(pages: &[Page]) -> Result<(), String> {
    let stale = |page: &&Page| {
        companion::parts(page).iter().any(|(place, text)| page.lines[place.clone()] != text[..])
    };
    match pages.iter().find(stale) {
        None => Ok(()),
        Some(page) => Err(format!("{}: run `make manual`", page.name)),
    }
}

/// Whether a name belongs to the functions that the library is about.
fn is_of_the_loop(name: &str) -> bool {
    ["io_", "iob_", "iom_"].iter().any(|family| name.starts_with(family))
}

/// What a page has to tell, in the order of man-pages(7).
fn sections_are_there(pages: &[Page]) -> Result<(), String> {
    let mut wrong = Vec::new();
    for page in pages.iter().filter(|page| page.section == "3") {
        let required = match is_of_the_loop(&page.name) {
            true => &["DESCRIPTION", "RETURN VALUES", "THREAD SAFETY", "EXAMPLES", "SEE ALSO", "HISTORY"][..],
            false => &["DESCRIPTION", "THREAD SAFETY", "EXAMPLES", "SEE ALSO", "HISTORY"],
        };
        let optional = ["ERRORS", "RETURN VALUES", "ENVIRONMENT", "FILES", "STANDARDS", "CAVEATS", "BUGS"];
        let found: Vec<&str> = page.lines.iter().filter_map(|line| line.strip_prefix(".Sh ")).collect();
        let ordered: Vec<&str> = ORDER.iter().filter(|title| found.contains(title)).copied().collect();
        if found != ordered {
            wrong.push(format!("{}: {found:?}, and not {ordered:?}", page.name));
        }
        let known = |title: &&&str| ["NAME", "LIBRARY", "SYNOPSIS"].contains(*title);
        let missing = required.iter().filter(|title| !found.contains(*title));
        let strange = found.iter().filter(|title| !known(title) && !required.contains(*title));
        let strange = strange.filter(|title| !optional.contains(*title));
        wrong.extend(missing.chain(strange).map(|title| format!("{}: {title}", page.name)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("missing or out of order: {wrong:?}")) }
}

/// The sections of a page, in the order of man-pages(7).
const ORDER: &[&str] = &[
    "NAME",
    "LIBRARY",
    "SYNOPSIS",
    "DESCRIPTION",
    "RETURN VALUES",
    "ERRORS",
    "THREAD SAFETY",
    "ENVIRONMENT",
    "FILES",
    "EXAMPLES",
    "SEE ALSO",
    "STANDARDS",
    "HISTORY",
    "CAVEATS",
    "BUGS",
];

/// The table of thread safety of a page of the loop, the batch or the multiplexer has a row for each function.
fn thread_safety_is_told(pages: &[Page]) -> Result<(), String> {
    let mut missing = Vec::new();
    for page in pages.iter().filter(|page| page.section == "3" && is_of_the_loop(&page.name)) {
        let table = &page.lines[page.part("THREAD SAFETY")];
        let told = |name: &String| {
            let row = table.iter().find(|line| line.starts_with(&format!(".It Fn {name} Ta ")));
            row.is_some_and(|row| row.contains(" Ta MT-") && row.contains(" Ta AS-"))
        };
        missing.extend(page.names().into_iter().filter(|name| !told(name)));
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("no row in THREAD SAFETY: {missing:?}")) }
}

/// Faults of the C library belong to owfat-differences(7).
fn history_is_no_list_of_faults(pages: &[Page]) -> Result<(), String> {
    let told = |page: &&Page| {
        let text = page.lines[page.part("HISTORY")].join(" ");
        text.contains("of which") || text.contains("Up to version") || text.contains("libowfat up to version")
    };
    match pages.iter().find(told) {
        None => Ok(()),
        Some(page) => Err(format!("{}: HISTORY tells of faults; see owfat-differences(7)", page.name)),
    }
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
