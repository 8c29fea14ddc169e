// SPDX-License-Identifier: MIT OR Apache-2.0
//! The manual as web pages: nothing leads nowhere.

use crate::support::{self, Skip};
use crate::{Test, make, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

pub(crate) const TESTS: &[(&str, Test)] = &[("html::every_link_leads_somewhere", every_link_leads_somewhere)];

/// The values of an attribute in a page.
fn values(page: &str, attribute: &str) -> Vec<String> {
    let begin = format!(" {attribute}=\"");
    let found = page.split(&begin).skip(1).map(|rest| rest.split('"').next().unwrap().to_string());
    found.collect()
}

/// Each link leads to a page that is there, to a place that is on it; each function is in the index.
fn every_link_leads_somewhere() -> Result<(), Skip> {
    support::package("mandoc", "/usr/bin/mandoc")?;
    let folder = tempfile::tempdir().unwrap();
    make(&["html", &format!("HTMLDIR={}", folder.path().display())]);
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        pages.insert(name, fs::read_to_string(&path).unwrap());
    }
    let sources = fs::read_dir(root().join("man")).unwrap().count();
    assert_eq!(pages.len(), sources + 2, "each page, the index and the style: {:?}", pages.keys());
    let mut links = 0;
    for (name, page) in &pages {
        for link in values(page, "href") {
            let (to, place) = link.split_once('#').unwrap_or((&link, ""));
            let to = if to.is_empty() { name } else { to };
            let page = pages.get(to).unwrap_or_else(|| panic!("{name}: {link}"));
            let is_there = place.is_empty() || values(page, "id").iter().any(|id| id == place);
            assert!(is_there, "{name}: {link}");
            links += 1;
        }
        assert!(!page.contains(" src="), "{name} loads something");
    }
    assert!(links > 1000, "{links} links");
    let index = &pages["index.html"];
    for page in ["owfat-porting.7.html", "owfat-differences.7.html"] {
        assert!(index.contains(page), "{page}");
    }
    let listed: BTreeSet<String> = values(index, "href").into_iter().collect();
    let missing: Vec<&String> =
        pages.keys().filter(|name| name.ends_with(".html") && !listed.contains(*name)).collect();
    assert_eq!(missing, ["index.html"]);
    assert!(pages["io_fd.3.html"].contains("<a class=\"Xr\" href=\"io_close.3.html\">io_close(3)</a>"));
    Ok(())
}
