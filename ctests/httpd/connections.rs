// SPDX-License-Identifier: MIT OR Apache-2.0
//! Connections: kept alive, pipelined, cut into pieces, half closed, reset, slow.

use crate::client::{Client, Response, get};
use crate::folder::{BIG, is_big};
use crate::support::Skip;
use crate::{Site, Test};
use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("keep_alive_by_version_and_header", keep_alive_by_version_and_header),
    ("a_thousand_requests_in_one_write", a_thousand_requests_in_one_write),
    ("a_thousand_requests_byte_by_byte", a_thousand_requests_byte_by_byte),
    ("requests_before_a_half_close_are_answered", requests_before_a_half_close_are_answered),
    ("half_a_request_and_the_end", half_a_request_and_the_end),
    ("the_answer_arrives_although_more_was_sent", the_answer_arrives_although_more_was_sent),
    ("a_large_file_to_the_last_byte", a_large_file_to_the_last_byte),
    ("two_large_files_in_a_row", two_large_files_in_a_row),
    ("a_pipeline_does_not_starve_others", a_pipeline_does_not_starve_others),
    ("resets_harm_no_other_client", resets_harm_no_other_client),
    ("three_hundred_clients_at_once", three_hundred_clients_at_once),
];

fn keep_alive_by_version_and_header(site: &Site) -> Result<(), Skip> {
    for (version, field, stays) in [
        ("1.1", "X: y", true),
        ("1.1", "Connection: close", false),
        ("1.1", "Connection: Upgrade,  CLOSE", false),
        ("1.1", "Connection: keep-alive\r\nConnection: close", false),
        ("1.0", "X: y", false),
        ("1.0", "Connection: Keep-Alive", true),
        ("1.0", "Connection: close", false),
    ] {
        let mut client = site.server.connect();
        let request = format!("GET /hello.txt HTTP/{version}\r\nHost: x\r\n{field}\r\n\r\n");
        client.send(&request);
        let response = client.response();
        let said = response.field("Connection");
        assert_eq!(said, Some(if stays { "keep-alive" } else { "close" }), "{request:?}");
        if stays {
            client.send(&request);
            assert_eq!(client.response().status, 200, "{request:?}");
        } else {
            client.expect_end();
        }
    }
    Ok(())
}

/// A thousand requests of all kinds, and a check of the answer to the one with a given number.
fn mixture() -> (String, fn(&mut Client, usize)) {
    fn request(number: usize) -> String {
        match number % 5 {
            0 => get("/hello.txt"),
            1 => get("/hello.txt").replace("GET", "HEAD"),
            2 => get("/nope"),
            3 => get("/deep/er/file.css").replace("\r\n\r\n", "\r\nRange: bytes=0-0\r\n\r\n"),
            _ => get("/page"),
        }
    }
    fn check(client: &mut Client, number: usize) {
        if number % 5 == 1 {
            assert_eq!(client.head_response().field("Content-Length"), Some("13"));
            return;
        }
        let Response { status, body, .. } = client.response();
        if number % 5 == 2 {
            let page = String::from_utf8(body).unwrap();
            assert!(status == 404 && page.contains("<h1>404 Not Found</h1>"), "request {number}: {page}");
            return;
        }
        let (expected, text) = match number % 5 {
            0 => (200, "hello, world\n"),
            3 => (206, "p"),
            _ => (301, ""),
        };
        assert_eq!((status, body.as_slice()), (expected, text.as_bytes()), "request {number}");
    }
    ((0..1000).map(request).collect(), check)
}

fn a_thousand_requests_in_one_write(site: &Site) -> Result<(), Skip> {
    let (requests, check) = mixture();
    let mut client = site.server.connect();
    client.send(&requests);
    (0..1000).for_each(|number| check(&mut client, number));
    Ok(())
}

fn a_thousand_requests_byte_by_byte(site: &Site) -> Result<(), Skip> {
    let (requests, check) = mixture();
    let mut client = site.server.connect();
    let mut out = client.stream.try_clone().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || requests.bytes().for_each(|byte| out.write_all(&[byte]).unwrap()));
        (0..1000).for_each(|number| check(&mut client, number));
    });
    Ok(())
}

fn requests_before_a_half_close_are_answered(site: &Site) -> Result<(), Skip> {
    for count in [1, 3, 100] {
        let mut client = site.server.connect();
        client.send(get("/hello.txt").repeat(count));
        client.end_input();
        for _ in 0..count {
            assert_eq!(client.response().text(), "hello, world\n");
        }
        client.expect_end();
    }
    let mut client = site.server.connect();
    client.send(get("/big.bin"));
    client.end_input();
    assert_eq!(client.response().body.len() as u64, BIG);
    client.expect_end();
    Ok(())
}

fn half_a_request_and_the_end(site: &Site) -> Result<(), Skip> {
    for text in ["", "G", "GET /hello.txt HTTP/1.1\r\nHost: x\r\n", "\r\n"] {
        let mut client = site.server.connect();
        client.send(text);
        client.end_input();
        client.expect_end();
    }
    Ok(())
}

/// To close a socket with something unread in it is to reset the connection, and the client may lose the
/// answer on its way.
fn the_answer_arrives_although_more_was_sent(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    let close = get("/hello.txt").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    client.send(close + &"x".repeat(300_000));
    thread::sleep(Duration::from_millis(100));
    assert_eq!(client.response().text(), "hello, world\n");
    client.expect_end();
    Ok(())
}

fn a_large_file_to_the_last_byte(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    client.send(get("/big.bin"));
    let response = client.response();
    assert!(response.body.len() as u64 == BIG && is_big(&response.body, 0));
    client.send(get("/hello.txt"));
    assert_eq!(client.response().text(), "hello, world\n");
    Ok(())
}

fn two_large_files_in_a_row(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    let (first, second) = (BIG - 5_000_000, BIG - 3_000_001);
    for offset in [first, second] {
        client.send(get("/big.bin").replace("\r\n\r\n", &format!("\r\nRange: bytes={offset}-\r\n\r\n")));
    }
    for offset in [first, second] {
        let response = client.response();
        assert!(response.body.len() as u64 == BIG - offset && is_big(&response.body, offset));
    }
    Ok(())
}

/// A client that asks without end, and takes every answer, does not keep a new connection waiting.
fn a_pipeline_does_not_starve_others(site: &Site) -> Result<(), Skip> {
    let greedy = site.server.connect();
    let (mut out, mut input) = (greedy.stream.try_clone().unwrap(), greedy.stream.try_clone().unwrap());
    thread::scope(|scope| {
        scope.spawn(move || {
            let requests = get("/hello.txt").repeat(100);
            while out.write_all(requests.as_bytes()).is_ok() {}
        });
        scope.spawn(move || {
            let mut piece = [0; 65536];
            while matches!(input.read(&mut piece), Ok(1..)) {}
        });
        for _ in 0..50 {
            site.server.expect_alive();
        }
        greedy.stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    Ok(())
}

fn resets_harm_no_other_client(site: &Site) -> Result<(), Skip> {
    for request in
        [String::new(), "GET ".into(), get("/hello.txt"), get("/big.bin"), get("/nope").repeat(500)]
    {
        for _ in 0..10 {
            let mut client = site.server.connect();
            client.send(&request);
            crate::client::reset(&client);
        }
    }
    site.server.expect_alive();
    Ok(())
}

fn three_hundred_clients_at_once(site: &Site) -> Result<(), Skip> {
    let mut clients: Vec<Client> = (0..300).map(|_| site.server.connect()).collect();
    for _ in 0..3 {
        for client in &mut clients {
            client.send(get("/hello.txt"));
        }
        for client in &mut clients {
            assert_eq!(client.response().text(), "hello, world\n");
        }
    }
    Ok(())
}
