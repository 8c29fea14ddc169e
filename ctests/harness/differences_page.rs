// SPDX-License-Identifier: MIT OR Apache-2.0
//! The entries of owfat-differences(7): the descriptions of `known-differences.txt`, sorted by the page of the manual
//! that they belong to.

use super::differences::Differences;
use super::root;
use std::collections::{BTreeMap, HashMap};
use std::fs;

/// Pages for descriptions that name no function, by the start of the test program's name.
const BY_PROGRAM: &[(&str, &str)] = &[
    ("accepting", "socket_tcp4"),
    ("allocations", "libowfat"),
    ("api", "libowfat"),
    ("api33", "fmt"),
    ("api34", "byte"),
    ("array", "array"),
    ("atfork", "libowfat"),
    ("autofree", "iob_new"),
    ("backends", "io_wait"),
    ("badinput", "io_fd"),
    ("batch", "iob_addbuf"),
    ("blocking", "io_trywrite"),
    ("buffer", "buffer"),
    ("cdb", "cdb"),
    ("changed", "libowfat"),
    ("clock", "io_wait"),
    ("coming_back", "iob_new"),
    ("cloexec", "libowfat"),
    ("clock", "io_timeout"),
    ("closing", "io_close"),
    ("conditions", "io_wait"),
    ("conditions", "io_wait"),
    ("connecting", "io_wait"),
    ("critbit", "critbit"),
    ("deadlines", "io_timeout"),
    ("debug", "io_debugstring"),
    ("descriptors", "io_fd"),
    ("dns", "dns"),
    ("dns_clock", "dns"),
    ("endless", "iob_new"),
    ("errmsg", "errmsg"),
    ("errno", "libowfat"),
    ("errno_loop", "iob_send"),
    ("fairness", "io_canread"),
    ("files", "open_read"),
    ("filters", "iom_add"),
    ("fmt", "fmt"),
    ("fresh", "io_wait"),
    ("iarray", "iarray"),
    ("idle", "io_wait"),
    ("iofiles", "io_fd"),
    ("ip", "ip6"),
    ("leftovers", "io_close"),
    ("limits", "io_wait"),
    ("moved", "iob_new"),
    ("mux", "iom_add"),
    ("newer", "libowfat"),
    ("passing", "io_passfd"),
    ("plugin", "io_finishandshutdown"),
    ("pool", "io_wait"),
    ("prefork", "libowfat"),
    ("processes", "libowfat"),
    ("queue", "io_queueforread"),
    ("random_batches", "iob_send"),
    ("range", "rangecheck"),
    ("readwrite", "io_tryread"),
    ("rearm", "io_wait"),
    ("refused", "io_wait"),
    ("registrations", "io_wantread"),
    ("reports", "io_wait"),
    ("retry", "iob_write"),
    ("sandbox", "libowfat"),
    ("scan", "scan"),
    ("sharing", "io_tryread"),
    ("sendfile", "io_sendfile"),
    ("sending", "iob_send"),
    ("short_reads", "io_tryread"),
    ("signals", "io_wait"),
    ("sigpipe", "io_trywrite"),
    ("socket", "socket_tcp4"),
    ("stack", "libowfat"),
    ("stack_use", "iob_send"),
    ("stralloc", "stralloc"),
    ("streams", "parse"),
    ("tai", "taia"),
    ("textcode", "textcode"),
    ("threads", "libowfat"),
    ("tracker", "iob_new"),
    ("waiting", "io_wait"),
    ("workers", "libowfat"),
    ("write2", "iob_write"),
    ("writing", "iob_write"),
];

/// The part of the page that the list makes: an item for each page of the manual, in it one for each difference.
pub(crate) fn entries(differences: &Differences) -> String {
    let pages = Pages::read();
    let mut sorted: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for (program, description) in differences.descriptions() {
        sorted.entry(pages.page_for(program, description)).or_default().push(description);
    }
    let mut text = String::from(".Bl -tag -width Ds\n");
    for ((page, section), descriptions) in sorted {
        text.push_str(&format!(".It Xr {page} {section}\n.Bl -bullet -compact\n"));
        for description in descriptions {
            text.push_str(&format!(".It\n{}\n", escaped(description)));
        }
        text.push_str(".El\n");
    }
    text + ".El\n"
}

/// The pages of the manual, by the names that they document.
struct Pages {
    by_name: HashMap<String, (String, String)>,
}

impl Pages {
    fn read() -> Self {
        let mut by_name = HashMap::new();
        for entry in fs::read_dir(root().join("man")).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap();
            let Some((page, section)) = file.rsplit_once('.') else { continue };
            for line in fs::read_to_string(&path).unwrap().lines() {
                let name =
                    line.strip_prefix(".Nm ").or_else(|| line.strip_prefix(".Fn ")).unwrap_or_default();
                if let Some(name) = name.split_whitespace().next().filter(|_| section == "3") {
                    by_name.entry(name.to_string()).or_insert((page.to_string(), section.to_string()));
                }
            }
            by_name.insert(page.to_string(), (page.to_string(), section.to_string()));
        }
        Self { by_name }
    }

    /// The page of the first function that the description names; else that of the test program's subject.
    fn page_for(&self, program: &str, description: &str) -> (String, String) {
        let word = |character: char| !character.is_ascii_alphanumeric() && character != '_';
        let named = description.split(word).filter(|name| name.contains('_'));
        let subject = BY_PROGRAM
            .iter()
            .filter(|(start, _)| program.starts_with(start))
            .max_by_key(|(start, _)| start.len())
            .map(|(_, page)| *page);
        named
            .chain(subject)
            .find_map(|name| self.by_name.get(name))
            .unwrap_or_else(|| panic!("no page for {program}: {description}; see BY_PROGRAM in {}", file!()))
            .clone()
    }
}

/// A description as text of a manual page.
fn escaped(description: &str) -> String {
    let mut text = description.replace('\\', "\\e");
    for quote in ["\\(lq", "\\(rq"].iter().cycle().take(text.matches('`').count()) {
        text = text.replacen('`', quote, 1);
    }
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}
