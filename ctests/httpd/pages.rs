// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a visitor sees: the list of a folder, the page for what is not there, the message for a port that is taken.

use crate::client::{ask, get};
use crate::server::Server;
use crate::support::{self, Skip};
use crate::{Site, Test};
use std::net::TcpListener;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("a_listing_says_sizes_and_dates", a_listing_says_sizes_and_dates),
    ("breadcrumbs_lead_back", breadcrumbs_lead_back),
    ("dot_files_are_not_there", dot_files_are_not_there),
    ("dot_files_are_there_when_asked_for", dot_files_are_there_when_asked_for),
    ("a_page_for_what_is_not_there", a_page_for_what_is_not_there),
    ("a_port_that_is_taken", a_port_that_is_taken),
];

/// With a browser.
pub(crate) const RENDERED: &[(&str, Test)] =
    &[("a_browser_fits_it_on_a_phone", a_browser_fits_it_on_a_phone)];

fn page(site: &Site, path: &str) -> String {
    ask(site.server.address, get(path)).text().to_string()
}

fn a_listing_says_sizes_and_dates(site: &Site) -> Result<(), Skip> {
    let top = page(site, "/");
    for (name, size) in [("hello.txt", "13 B"), ("empty", "0 B"), ("big.bin", "64 MiB")] {
        let row = top.lines().find(|line| line.contains(&format!(">{name}</a>"))).expect(name);
        assert!(row.contains(&format!("</td><td>{size}</td><td>20")), "{row}");
        // 2026-11-29 14:40
        let date = row.rsplit("<td>").next().unwrap().replace("<span>", "");
        let shape: String = date.chars().take(16).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00", "{row}");
    }
    let folder = top.lines().find(|line| line.contains(">deep/</a>")).unwrap();
    assert!(folder.contains("</td><td></td><td>20"), "{folder}");
    // Folders come first.
    assert!(top.find(">page/</a>") < top.find(">big.bin</a>"), "{top}");
    Ok(())
}

fn breadcrumbs_lead_back(site: &Site) -> Result<(), Skip> {
    let deep = page(site, "/deep//er/");
    let way = "<nav><a href=\"/\">Top</a> / <a href=\"/deep/\">deep</a> / er</nav>";
    assert!(deep.contains(way), "{deep}");
    assert_eq!(ask(site.server.address, get("/deep/")).status, 200);
    assert!(page(site, "/").contains("<nav><a href=\"/\">Top</a></nav>"));
    Ok(())
}

const HIDDEN: &[&str] =
    &["/.hidden/file", "/list/.dot", "/.hidden/", "/.hidden", "/deep/../.hidden/file", "/%2ehidden/file"];

fn dot_files_are_not_there(site: &Site) -> Result<(), Skip> {
    for path in HIDDEN {
        let response = ask(site.server.address, get(path));
        assert!([403, 404].contains(&response.status) && !response.text().contains("of the owner"), "{path}");
    }
    assert!(!page(site, "/").contains("hidden") && !page(site, "/list/").contains(".dot"));
    // The folder itself is no such name.
    assert_eq!(ask(site.server.address, get("/./hello.txt")).status, 200);
    Ok(())
}

fn dot_files_are_there_when_asked_for(site: &Site) -> Result<(), Skip> {
    let mut command = Command::new(&site.program);
    command.arg("-d");
    let server = Server::launch(command, &site.folder.root(), 10);
    assert_eq!(ask(server.address, get("/.hidden/file")).text(), "of the owner\n");
    assert!(ask(server.address, get("/")).text().contains(">.hidden/</a>"));
    server.end();
    Ok(())
}

fn a_page_for_what_is_not_there(site: &Site) -> Result<(), Skip> {
    let response = ask(site.server.address, get("/nothing"));
    assert_eq!((response.status, response.field("Content-Type")), (404, Some("text/html; charset=utf-8")));
    let page = response.text();
    assert!(page.contains("<h1>404 Not Found</h1>") && page.contains("<a href=\"/\">"), "{page}");
    assert!(page.contains("name=\"viewport\""), "{page}");
    Ok(())
}

fn a_port_that_is_taken(site: &Site) -> Result<(), Skip> {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = Command::new(&site.program).args(["-p", &port.to_string()]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let next = if port < 65535 { port + 1 } else { 8000 };
    assert_eq!(said, format!("httpd: port {port} is taken: make serve PORT={next}\n"));
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}

/// What pages look like to a program that lays them out: Chromium, which shows them in frames as wide as a phone and a desk.
fn a_browser_fits_it_on_a_phone(site: &Site) -> Result<(), Skip> {
    support::package("chromium", "/usr/bin/chromium")?;
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = Command::new("timeout");
    chromium.args(["60", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]);
    chromium.arg(format!("--user-data-dir={}", profile.path().display())).env("HOME", profile.path());
    chromium.arg("--virtual-time-budget=20000").arg(format!("http://{}/probe.html", site.server.address));
    let output = chromium.output().unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let found = page.rsplit("found: ").next().and_then(|rest| rest.split('.').next());
    let found: Vec<&str> = found.unwrap_or_default().split("; ").collect();
    // Nothing is wider than its frame, every name has its row, and the time of day gives way to the name on a phone.
    let wanted = [
        "360 wide, 6 rows, none",
        "1200 wide, 6 rows, inline",
        "360 wide, 2 rows, none",
        "360 wide, 0 rows, no time",
    ];
    assert_eq!(found, wanted, "{page}\n{said}");
    Ok(())
}
