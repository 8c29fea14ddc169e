// SPDX-License-Identifier: MIT OR Apache-2.0
//! The end: on a signal, with answers under way finished and every descriptor closed.

use crate::client::get;
use crate::folder::{BIG, is_big};
use crate::server::Server;
use crate::support::{self, Skip};
use crate::{Site, Test};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("both_signals_end_it_at_once_when_idle", both_signals_end_it_at_once_when_idle),
    ("an_answer_under_way_is_finished", an_answer_under_way_is_finished),
    ("a_second_signal_does_not_wait", a_second_signal_does_not_wait),
    ("descriptors_return_to_where_they_were", descriptors_return_to_where_they_were),
    ("valgrind_finds_nothing", valgrind_finds_nothing),
];

fn both_signals_end_it_at_once_when_idle(site: &Site) -> Result<(), Skip> {
    for number in [libc::SIGTERM, libc::SIGINT] {
        let mut server = site.own_server(10);
        let mut idle = server.connect();
        idle.send(get("/hello.txt"));
        assert_eq!(idle.response().status, 200);
        let start = Instant::now();
        server.signal(number);
        assert_eq!(server.wait().code(), Some(0));
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        idle.expect_end();
    }
    Ok(())
}

fn an_answer_under_way_is_finished(site: &Site) -> Result<(), Skip> {
    let mut server = site.own_server(10);
    let descriptors = server.open_descriptors();
    let mut client = server.connect();
    client.send(get("/big.bin"));
    server.expect_descriptors(descriptors + 2);
    server.signal(libc::SIGTERM);
    server.expect_descriptors(descriptors + 1); // no longer listening
    assert!(TcpStream::connect(server.address).is_err(), "newcomers are refused");
    let response = client.response();
    assert!(response.body.len() as u64 == BIG && is_big(&response.body, 0));
    client.expect_end();
    drop(client);
    assert_eq!(server.wait().code(), Some(0));
    Ok(())
}

fn a_second_signal_does_not_wait(site: &Site) -> Result<(), Skip> {
    let mut server = site.own_server(10);
    let descriptors = server.open_descriptors();
    let mut client = server.connect();
    client.send(get("/big.bin"));
    server.expect_descriptors(descriptors + 2);
    server.signal(libc::SIGTERM);
    server.expect_descriptors(descriptors + 1);
    server.signal(libc::SIGINT);
    assert_eq!(server.wait().code(), Some(0));
    Ok(())
}

fn descriptors_return_to_where_they_were(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(10);
    let before = server.open_descriptors();
    for path in ["/hello.txt", "/", "/page", "/page/", "/nope", "/link-out", "/fifo", "/bad-index/", "/empty"]
    {
        for method in ["GET", "HEAD", "PUT"] {
            let mut client = server.connect();
            client.send(get(path).replace("GET", method).repeat(5));
            client.end_input();
            client.wait_for_end();
        }
    }
    let mut client = server.connect();
    client.send(get("/big.bin"));
    drop(client);
    server.expect_descriptors(before);
    server.end();
    Ok(())
}

/// No access outside of a block, nothing leaked, and no descriptor open at the end but the three it began with.
fn valgrind_finds_nothing(site: &Site) -> Result<(), Skip> {
    support::package("valgrind", "/usr/bin/valgrind")?;
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("valgrind");
    command
        .args(["--quiet", "--leak-check=full", "--show-leak-kinds=all", "--track-fds=yes"])
        .arg("--error-exitcode=99")
        .arg(format!("--log-file={}", log.path().display()))
        .arg(&site.program);
    let mut server = Server::launch(command, &site.folder.root(), 10);
    let mut client = server.connect();
    for path in ["/hello.txt", "/", "/list/", "/page", "/nope", "/%", "/link-out", "/empty"] {
        client.send(get(path));
        let response = client.response();
        if response.field("Connection") == Some("close") {
            client = server.connect();
        }
    }
    client.send(get("/hello.txt").repeat(100));
    (0..100).for_each(|_| assert_eq!(client.response().text(), "hello, world\n"));
    client.send(get("/big.bin").replace("\r\n\r\n", "\r\nRange: bytes=0-4999999\r\n\r\n"));
    assert!(is_big(&client.response().body, 0));
    let mut left_behind = server.connect();
    left_behind.send(get("/big.bin"));
    thread::sleep(Duration::from_millis(300));
    server.signal(libc::SIGTERM);
    thread::sleep(Duration::from_millis(300));
    server.signal(libc::SIGTERM);
    let status = server.wait();
    let report = fs::read_to_string(log.path()).unwrap();
    assert_eq!(status.code(), Some(0), "{report}");
    let lines = |text: &str| report.lines().filter(|line| line.contains(text)).count();
    // What this program has inherited from its own parent is not the server's to close.
    assert_eq!(lines("Open file descriptor"), lines("<inherited from parent>"), "{report}");
    assert!(!report.contains("definitely lost") && !report.contains("still reachable"), "{report}");
    Ok(())
}
