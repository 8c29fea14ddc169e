// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that are not in memory, read by libowfat-aio: the thread of the loop reads nothing that it would have to wait for, sends
//! a bounded number of bytes between two looks at the kernel's queue, and every byte is right.
//!
//! Times say little on a busy machine, so strace tells what the threads did.

use crate::client::{Client, get};
use crate::server::Server;
use crate::support::{self, Skip};
use crate::{Site, Test};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("cold_files_hold_nothing_up_with_a_ring", with_a_ring),
    ("cold_files_hold_nothing_up_with_a_pool", with_a_pool),
];

fn with_a_ring(site: &Site) -> Result<(), Skip> {
    cold_files(site, "uring")
}

fn with_a_pool(site: &Site) -> Result<(), Skip> {
    cold_files(site, "pool")
}

/// Clients that fetch a file each; every fourth one reads slowly.
const CLIENTS: usize = 24;
const LENGTH: usize = (2 << 20) + 12345;

/// What the server sends in a part of a turn before it goes on to the next part, and the longest piece of a file: TURN and PIECE_MAX
/// in the server's sources.
const TURN: u64 = 512 << 10;
const PIECE: u64 = 256 << 10;
/// Twice, because each second wait need not ask the kernel; two parts, that of what was read and that of what can be written; and what
/// small answers and headers take.
const LIMIT: u64 = 2 * 2 * (TURN + PIECE) + (64 << 10);

const READS: &str = "read,readv,pread64,preadv,preadv2,sendfile,splice,copy_file_range,mmap";
const WRITES: &str = "write,writev,sendto,sendmsg";
const WAITS: &str = "epoll_wait,epoll_pwait,epoll_pwait2";

fn byte(file: usize, at: usize) -> u8 {
    ((at + file * 7) % 251) as u8
}

/// The names tell no type, so the header waits for the first bytes, too. Not in memory, unless the folder lies there.
fn write_files(folder: &Path) {
    fs::write(folder.join("small"), "small\n").unwrap();
    for index in 0..CLIENTS {
        let bytes: Vec<u8> = (0..LENGTH).map(|at| byte(index, at)).collect();
        let mut file = File::create(folder.join(format!("large{index}"))).unwrap();
        file.write_all(&bytes).unwrap();
        file.sync_all().unwrap();
        // SAFETY: only numbers.
        unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
    }
}

fn fetch(address: SocketAddr, index: usize) {
    let mut client = Client::connect(address);
    client.send(get(&format!("/large{index}")));
    if index.is_multiple_of(4) {
        // The server finds the socket full again and again.
        let mut some = vec![0; 16 << 10];
        client.head_response();
        let mut got = client.take_unread();
        while got.len() < LENGTH {
            let more = client.stream.read(&mut some).expect("the server goes on");
            assert!(more > 0, "{} of {LENGTH} bytes", got.len());
            got.extend_from_slice(&some[..more]);
            thread::sleep(Duration::from_millis(2));
        }
        return check(index, &got);
    }
    check(index, &client.response().body);
}

fn check(index: usize, got: &[u8]) {
    assert_eq!(got.len(), LENGTH, "/large{index}");
    let wrong = got.iter().enumerate().find(|(at, found)| **found != byte(index, *at));
    assert_eq!(wrong, None, "/large{index}");
}

fn cold_files(site: &Site, engine: &str) -> Result<(), Skip> {
    support::package("strace", "/usr/bin/strace")?;
    let place = tempfile::tempdir_in("/var/tmp").unwrap();
    let folder = place.path().join("served");
    fs::create_dir(&folder).unwrap();
    write_files(&folder);
    let log = place.path().join("log");
    let mut strace = Command::new("strace");
    // -D: the server stays our child.
    strace.args(["-D", "-f", "-qq", "-y", "-s", "0", "-o"]).arg(&log);
    strace.arg("-e").arg(format!("trace={READS},{WRITES},{WAITS},io_uring_enter"));
    strace.arg(&site.program).env("OWFAT_AIO", engine);
    let server = Server::launch(strace, &folder, 20);
    let loop_thread = server.id().to_string();
    let done = AtomicBool::new(false);
    let pings = thread::scope(|scope| {
        let ping = scope.spawn(|| {
            let mut client = server.connect();
            let mut count = 0;
            while !done.load(Relaxed) {
                client.send(get("/small"));
                assert_eq!(client.response().text(), "small\n");
                count += 1;
            }
            count
        });
        let address = server.address;
        let fetching: Vec<_> = (0..CLIENTS).map(|index| scope.spawn(move || fetch(address, index))).collect();
        let fetched: Vec<_> = fetching.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Relaxed);
        fetched.into_iter().for_each(|outcome| outcome.expect("byte for byte"));
        ping.join().expect("small answers")
    });
    assert!(pings > CLIENTS, "{pings} small answers beside {CLIENTS} large ones");
    server.end();
    judge(&fs::read_to_string(&log).unwrap(), &loop_thread, folder.to_str().unwrap(), engine);
    Ok(())
}

/// The calls of strace's log in the order of their ends, each with its thread. "<unfinished ...>" ends the first half of a line, and
/// "<... resumed>" begins the second.
fn calls(log: &str) -> Vec<(&str, String)> {
    let (mut calls, mut halves) = (Vec::new(), HashMap::new());
    for (thread, line) in log.lines().filter_map(|line| line.split_once(' ')) {
        let line = line.trim_start();
        if let Some(half) = line.strip_suffix("<unfinished ...>") {
            halves.insert(thread, half);
        } else if let Some((_, rest)) =
            line.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            calls.push((thread, halves.remove(thread).unwrap_or_default().to_string() + rest));
        } else {
            calls.push((thread, line.to_string()));
        }
    }
    calls
}

fn judge(log: &str, loop_thread: &str, folder: &str, engine: &str) {
    let (mut turn, mut longest, mut elsewhere) = (0, 0, 0);
    for (thread, call) in calls(log) {
        let name = call.split('(').next().unwrap_or_default();
        let is_one_of = |names: &str| names.split(',').any(|one| one == name);
        if thread != loop_thread {
            elsewhere += usize::from(call.contains(folder) || engine == "uring" && name == "io_uring_enter");
        } else if is_one_of(WAITS) {
            turn = 0;
        } else if is_one_of(WRITES) {
            turn += call.rsplit("= ").next().and_then(|result| result.trim().parse().ok()).unwrap_or(0);
            longest = longest.max(turn);
        } else {
            let may_wait = call.contains(folder) && !call.contains("RWF_NOWAIT");
            assert!(!may_wait, "the thread of the loop may wait for the disk: {call}");
        }
    }
    assert!(elsewhere > CLIENTS, "{elsewhere} reads in other threads");
    assert!((PIECE / 2..=LIMIT).contains(&longest), "{longest} bytes sent in a turn");
}
