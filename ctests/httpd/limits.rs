// SPDX-License-Identifier: MIT OR Apache-2.0
//! Time, memory and descriptors: what one client can use up, and what happens when they run out.

use crate::client::{Client, get};
use crate::folder::{BIG, is_big};
use crate::server::Server;
use crate::support::Skip;
use crate::{Site, Test};
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("the_idle_are_sent_home_in_time", the_idle_are_sent_home_in_time),
    ("a_request_dribbled_without_end_is_cut_off", a_request_dribbled_without_end_is_cut_off),
    ("who_talks_on_after_the_farewell_is_cut_off", who_talks_on_after_the_farewell_is_cut_off),
    ("a_reader_that_stops_is_cut_off", a_reader_that_stops_is_cut_off),
    ("slow_readers_cost_no_memory", slow_readers_cost_no_memory),
    ("waiting_costs_no_processor_time", waiting_costs_no_processor_time),
    ("a_file_that_shrinks_ends_the_connection", a_file_that_shrinks_ends_the_connection),
    ("more_clients_than_descriptors", more_clients_than_descriptors),
    ("no_descriptor_left_for_accept", no_descriptor_left_for_accept),
];

/// With a time-out of one second: not before it, and soon after. The server's clock starts later than `since`.
fn expect_in_time(mut client: Client, since: Instant) {
    client.wait_for_end();
    let waited = since.elapsed();
    assert!(waited > Duration::from_millis(990) && waited < Duration::from_secs(5), "{waited:?}");
}

fn the_idle_are_sent_home_in_time(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(1);
    let descriptors = server.open_descriptors();
    thread::scope(|scope| {
        let since = Instant::now();
        let silent = server.connect();
        scope.spawn(move || expect_in_time(silent, since));

        let mut hesitant = server.connect();
        let since = Instant::now();
        hesitant.send("GET /hello.txt HTTP/1.1\r\nHo");
        scope.spawn(move || expect_in_time(hesitant, since));

        let mut polite = server.connect();
        let since = Instant::now();
        polite.send(get("/hello.txt"));
        assert_eq!(polite.response().status, 200);
        scope.spawn(move || expect_in_time(polite, since));

        // A client that goes on asking may stay.
        let mut busy = server.connect();
        for _ in 0..16 {
            thread::sleep(Duration::from_millis(150));
            busy.send(get("/hello.txt"));
            assert_eq!(busy.response().text(), "hello, world\n");
        }
    });
    server.expect_descriptors(descriptors);
    server.end();
    Ok(())
}

fn a_request_dribbled_without_end_is_cut_off(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(1);
    let mut client = server.connect();
    let start = Instant::now();
    client.send("GET / HTTP/1.1\r\nX: ");
    while client.stream.write_all(b"x").is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "still there");
        thread::sleep(Duration::from_millis(50));
    }
    server.end();
    Ok(())
}

/// The server listens for two seconds after an answer that ends the connection, so that it is not lost.
fn who_talks_on_after_the_farewell_is_cut_off(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    client.send("nonsense\r\n\r\n");
    assert_eq!(client.response().status, 400);
    let start = Instant::now();
    let chatter = [b'x'; 65536];
    while client.stream.write_all(&chatter).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(6), "still there");
    }
    assert!(start.elapsed() > Duration::from_millis(1500), "{:?}", start.elapsed());
    Ok(())
}

fn a_reader_that_stops_is_cut_off(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(1);
    let descriptors = server.open_descriptors();
    let mut client = server.connect();
    client.send(get("/big.bin"));
    let start = Instant::now();
    server.expect_descriptors(descriptors + 2); // the socket and the file
    server.expect_descriptors(descriptors);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    drop(client);
    server.end();
    Ok(())
}

fn slow_readers_cost_no_memory(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(10);
    server.expect_alive();
    let before = server.memory();
    let mut clients: Vec<Client> = (0..64).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send(get("/big.bin"));
    }
    let mut last = clients.pop().unwrap();
    let mut whole = Vec::new();
    let mut sip = [0; 1000];
    for _ in 0..5 {
        for client in &mut clients {
            client.stream.read_exact(&mut sip).unwrap();
        }
        last.stream.read_exact(&mut sip).unwrap();
        whole.extend_from_slice(&sip);
        thread::sleep(Duration::from_millis(50));
    }
    let grown = server.memory() - before;
    assert!(grown < 64 * 32, "{grown} KiB for 64 slow readers");
    // And one of them, slow as it was, gets all of it.
    drop(clients);
    last.end_input();
    last.stream.read_to_end(&mut whole).unwrap();
    let body = &whole[whole.len() - BIG as usize..];
    assert!(whole.len() < BIG as usize + 1000 && is_big(body, 0));
    server.end();
    Ok(())
}

/// Neither idle clients nor one that does not read make the loop spin.
fn waiting_costs_no_processor_time(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(10);
    let mut clients: Vec<Client> = (0..20).map(|_| server.connect()).collect();
    clients[0].send(get("/hello.txt"));
    clients[0].response();
    clients[1].send("GET /");
    clients[2].send(get("/big.bin"));
    thread::sleep(Duration::from_millis(300));
    let before = server.processor_time();
    thread::sleep(Duration::from_secs(1));
    let used = server.processor_time() - before;
    assert!(used <= Duration::from_millis(30), "{used:?} in a second of waiting");
    drop(clients);
    server.end();
    Ok(())
}

fn a_file_that_shrinks_ends_the_connection(site: &Site) -> Result<(), Skip> {
    let path = site.folder.root().join("shrinks.bin");
    let file = fs::File::create(&path).unwrap();
    file.set_len(BIG).unwrap();
    let mut client = site.server.connect();
    client.send(get("/shrinks.bin"));
    let mut sip = [0; 1000];
    client.stream.read_exact(&mut sip).unwrap();
    file.set_len(0).unwrap();
    client.wait_for_end();
    site.server.expect_alive();
    fs::remove_file(path).unwrap();
    Ok(())
}

/// A limit of 40 open files makes room for 12 clients; the others wait for their turn and get it.
fn more_clients_than_descriptors(site: &Site) -> Result<(), Skip> {
    let mut command = Command::new(&site.program);
    // SAFETY: between fork and exec only an async-signal-safe call is made, on a local value.
    unsafe {
        command.pre_exec(|| {
            let few = libc::rlimit { rlim_cur: 40, rlim_max: 40 };
            libc::setrlimit(libc::RLIMIT_NOFILE, &few);
            Ok(())
        });
    }
    let server = Server::launch(command, &site.folder.root(), 1);
    let descriptors = server.open_descriptors();
    let mut clients: Vec<Client> = (0..40).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send(get("/hello.txt"));
    }
    server.expect_descriptors(descriptors + 12);
    let before = server.processor_time();
    for client in &mut clients {
        assert_eq!(client.response().text(), "hello, world\n");
    }
    let used = server.processor_time() - before;
    assert!(used <= Duration::from_millis(100), "{used:?} while clients waited");
    drop(clients);
    server.expect_alive();
    server.end();
    Ok(())
}

/// Descriptors can run out although the server counts its clients: it waits, and tries again by itself.
fn no_descriptor_left_for_accept(site: &Site) -> Result<(), Skip> {
    let server = site.own_server(10);
    let limit = |soft: libc::rlim_t| {
        // SAFETY: both pointers are to values that outlive the call, or null.
        unsafe {
            let mut now = std::mem::zeroed::<libc::rlimit>();
            assert_eq!(libc::prlimit(server.id(), libc::RLIMIT_NOFILE, std::ptr::null(), &mut now), 0);
            let old = now.rlim_cur;
            now.rlim_cur = soft;
            assert_eq!(libc::prlimit(server.id(), libc::RLIMIT_NOFILE, &now, std::ptr::null_mut()), 0);
            old
        }
    };
    let many = limit(4);
    let mut client = server.connect();
    client.send(get("/hello.txt"));
    let before = server.processor_time();
    thread::sleep(Duration::from_millis(1500));
    let used = server.processor_time() - before;
    assert!(used <= Duration::from_millis(50), "{used:?} while there was nothing to do");
    limit(many);
    assert_eq!(client.response().text(), "hello, world\n");
    server.end();
    Ok(())
}
