// SPDX-License-Identifier: MIT OR Apache-2.0
//! The clients that every system has: curl, ab and wrk.

use crate::folder::{BIG, is_big};
use crate::support::{self, Skip};
use crate::{Site, Test};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("curl_gets_what_is_there", curl_gets_what_is_there),
    ("ab_with_keep_alive", ab_with_keep_alive),
    ("ab_with_a_connection_per_request", ab_with_a_connection_per_request),
    ("wrk_sees_no_errors", wrk_sees_no_errors),
    ("wrk_on_a_file_of_many_pieces", wrk_on_a_file_of_many_pieces),
];

/// Runs a tool with time enough, and returns what it printed.
fn run(tool: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("timeout").arg("60").arg(tool).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {}\n{errors}", output.status);
    output.stdout
}

fn printed(tool: &str, arguments: &[&str]) -> String {
    String::from_utf8(run(tool, arguments)).unwrap()
}

fn url(site: &Site, path: &str) -> String {
    format!("http://{}{path}", site.server.address)
}

fn curl_gets_what_is_there(site: &Site) -> Result<(), Skip> {
    support::package("curl", "/usr/bin/curl")?;
    let curl = |path: &str, arguments: &[&str]| {
        run("curl", &[&["-sS", "--max-time", "30", &url(site, path)], arguments].concat())
    };
    assert_eq!(curl("/hello.txt", &["--fail"]), b"hello, world\n");
    assert_eq!(curl("/page", &["--fail", "-L"]), b"<p>a page</p>\n");
    assert_eq!(curl("/list/gr%C3%BCn%3F%23", &["--fail", "--http1.0"]), b"green\n");
    assert_eq!(curl("/hello.txt", &["-r", "7-11"]), b"world");
    assert_eq!(
        curl("/hello.txt", &["-o", "/dev/null", "-w", "%{http_code}", "-z", "Fri, 01 Jan 2100 00:00:00 GMT"]),
        b"304"
    );
    assert_eq!(curl("/../x", &["--path-as-is", "-o", "/dev/null", "-w", "%{http_code}"]), b"403");
    assert_eq!(curl("/hello.txt", &["-d", "a=b", "-o", "/dev/null", "-w", "%{http_code}"]), b"405");
    assert!(curl("/hello.txt", &["--head"]).starts_with(b"HTTP/1.1 200 OK\r\n"));
    let whole = curl("/big.bin", &["--fail"]);
    assert!(whole.len() as u64 == BIG && is_big(&whole, 0));
    let rest = curl("/big.bin", &["--fail", "-C", "60000000"]);
    assert!(rest.len() as u64 == BIG - 60_000_000 && is_big(&rest, 60_000_000));
    Ok(())
}

/// The number that ab prints behind `name`.
fn figure(report: &str, name: &str) -> u64 {
    let line = report.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let figure = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    figure.unwrap_or_else(|| panic!("no {name} in {report}"))
}

fn ab(site: &Site, arguments: &[&str]) -> Result<String, Skip> {
    support::package("apache2-utils", "/usr/bin/ab")?;
    let report = printed("ab", &[&["-q"], arguments, &[&url(site, "/hello.txt")]].concat());
    assert_eq!(figure(&report, "Failed requests"), 0, "{report}");
    assert!(!report.contains("Non-2xx") && !report.contains("Write errors"), "{report}");
    Ok(report)
}

fn ab_with_keep_alive(site: &Site) -> Result<(), Skip> {
    let report = ab(site, &["-k", "-n", "20000", "-c", "32"])?;
    assert_eq!(figure(&report, "Complete requests"), 20000);
    assert_eq!(figure(&report, "Keep-Alive requests"), 20000);
    assert_eq!(figure(&report, "HTML transferred"), 13 * 20000);
    Ok(())
}

fn ab_with_a_connection_per_request(site: &Site) -> Result<(), Skip> {
    let report = ab(site, &["-n", "3000", "-c", "32"])?;
    assert_eq!(figure(&report, "Complete requests"), 3000);
    Ok(())
}

fn wrk(site: &Site, path: &str) -> Result<(), Skip> {
    support::package("wrk", "/usr/bin/wrk")?;
    let report = printed("wrk", &["-t1", "-c64", "-d2s", "--timeout", "10s", &url(site, path)]);
    assert!(report.contains("Requests/sec"), "{report}");
    assert!(!report.contains("Socket errors") && !report.contains("Non-2xx"), "{report}");
    Ok(())
}

fn wrk_sees_no_errors(site: &Site) -> Result<(), Skip> {
    wrk(site, "/hello.txt")
}

fn wrk_on_a_file_of_many_pieces(site: &Site) -> Result<(), Skip> {
    let path = site.folder.root().join("pieces.bin");
    std::fs::write(path, vec![b'x'; 1_000_000]).unwrap();
    wrk(site, "/pieces.bin")
}
