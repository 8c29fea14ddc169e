// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example web server under a thousand clients at once, for as long as `OWFAT_SOAK_SECONDS` says (20; `make soak` says
//! 600). They ask one thing after the other, pipeline, close one half, stall while they ask and while they are answered,
//! and reset the connection in the middle. Every byte that comes is looked at. Twice, half-way and at the end, all
//! leave: then the server has to have no more descriptors than at first, no more memory than the first time, and to sleep.

// Each of these has more for the other tests of the server.
#[allow(dead_code)]
mod build;
#[allow(dead_code)]
mod client;
#[allow(dead_code)]
mod folder;
#[allow(dead_code)]
mod server;
#[path = "../support/mod.rs"]
mod support;

use client::{Client, get, reset};
use fastrand::Rng;
use folder::{BIG, Folder, is_big};
use server::Server;
use std::io::{ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: u64 = 1000;

/// The server's idle time-out in seconds: what a client that stalls has to wait for, and longer than one that does not is
/// kept from its turn here.
const IDLE: u32 = 4;

/// How much more resident memory than the first time there may be, in KiB: what the allocator keeps in other places.
const MEMORY_SLACK: u64 = 1024;

/// What a client does with a connection.
type Way = fn(&mut Client, &mut Rng) -> Result<(), String>;

/// The ways: how often of thirty times each is chosen, and how many connections it came to. (A stalled one stays so for long.)
static WAYS: [(&str, usize, Way, AtomicU64); 7] = [
    ("one request after the other", 8, one_after_the_other, AtomicU64::new(0)),
    ("pipelines", 8, pipeline, AtomicU64::new(0)),
    ("half-closed", 5, half_close, AtomicU64::new(0)),
    ("reset in the middle", 4, reset_in_the_middle, AtomicU64::new(0)),
    ("slow readers", 3, read_slowly, AtomicU64::new(0)),
    ("stalled requests", 1, stall_the_request, AtomicU64::new(0)),
    ("stalled answers", 1, stall_the_answer, AtomicU64::new(0)),
];

static BYTES: AtomicU64 = AtomicU64::new(0);

fn main() {
    let seconds =
        std::env::var("OWFAT_SOAK_SECONDS").map_or(20, |text| text.parse().expect("a number of seconds"));
    let seed =
        std::env::var("OWFAT_SEED").map_or_else(|_| fastrand::u64(..), |text| text.parse().expect("a seed"));
    println!("soak: {seconds} seconds, seed {seed}");
    allow_descriptors();
    build::library();
    let folder = Folder::new();
    let mut server = Server::start(&build::target().join("examples/httpd"), &folder.root(), IDLE);
    server.expect_alive();
    thread::sleep(Duration::from_millis(300));
    let descriptors = server.open_descriptors();

    let half = Duration::from_secs(seconds) / 2;
    crowd(&server, seed, half);
    let first = at_rest(&server, descriptors);
    crowd(&server, seed.wrapping_add(1 << 32), half);
    let second = at_rest(&server, descriptors);
    assert!(second <= first + MEMORY_SLACK, "{first} KiB of memory have become {second}");
    server.expect_alive();

    for (name, .., connections) in &WAYS {
        let connections = connections.load(Relaxed);
        println!("{name}: {connections} connections");
        assert!(connections > 0, "{name}");
    }
    let mebibytes = BYTES.load(Relaxed) >> 20;
    println!("{mebibytes} MiB looked at; {descriptors} descriptors; {first} KiB of memory, then {second}");
    server.signal(libc::SIGTERM);
    assert!(server.wait().success());
    println!("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
}

/// As many as the system lets us have: the server inherits that, and takes two for a client.
fn allow_descriptors() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is valid.
    unsafe {
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit), 0);
        limit.rlim_cur = limit.rlim_max;
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &limit), 0);
    }
    assert!(limit.rlim_max >= 2 * CLIENTS + 100, "the limit of open files is too low: {}", limit.rlim_max);
}

/// All clients at once, each a thread, each with one connection after the other.
fn crowd(server: &Server, seed: u64, time: Duration) {
    let end = Instant::now() + time;
    let failures: Vec<String> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let mut random = Rng::with_seed(seed.wrapping_add(number));
                let life = move || -> Result<(), String> {
                    while Instant::now() < end {
                        let (name, _, way, connections) = any_way(&mut random);
                        way(&mut server.connect(), &mut random).map_err(|why| format!("{name}: {why}"))?;
                        connections.fetch_add(1, Relaxed);
                    }
                    Ok(())
                };
                thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, life).unwrap()
            })
            .collect();
        clients
            .into_iter()
            .filter_map(|client| client.join().unwrap_or_else(|_| Err("a client panicked".into())).err())
            .collect()
    });
    assert!(failures.is_empty(), "{} clients failed, the first: {}", failures.len(), failures[0]);
}

fn any_way(random: &mut Rng) -> &'static (&'static str, usize, Way, AtomicU64) {
    let lots: Vec<_> = WAYS.iter().flat_map(|way| std::iter::repeat_n(way, way.1)).collect();
    lots[random.usize(..lots.len())]
}

/// How often the server has gone to sleep.
fn wake_ups(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    count.trim().parse().unwrap()
}

/// All clients have left. Returns resident memory in KiB.
fn at_rest(server: &Server, descriptors: usize) -> u64 {
    server.expect_descriptors(descriptors);
    thread::sleep(Duration::from_millis(500));
    let (before, used) = (wake_ups(server), server.processor_time());
    thread::sleep(Duration::from_secs(2));
    let woken = wake_ups(server) - before;
    assert!(woken <= 1, "the server wakes {woken} times for nothing");
    assert!(server.processor_time() - used <= Duration::from_millis(10), "the server is busy with nothing");
    server.memory()
}

/// A request, and what its answer has to be.
#[derive(Clone, Copy)]
enum Ask {
    Text,
    Nothing,
    /// So many bytes of the large file from there on.
    Range(u64, u64),
}

impl Ask {
    fn any(random: &mut Rng) -> Ask {
        match random.u8(..4) {
            0 | 1 => Ask::Text,
            2 => Ask::Nothing,
            _ => Ask::range(random, 200_000),
        }
    }

    fn range(random: &mut Rng, most: u64) -> Ask {
        let length = random.u64(1..=most);
        Ask::Range(random.u64(..BIG - length), length)
    }

    fn request(self) -> String {
        match self {
            Ask::Text => get("/hello.txt"),
            Ask::Nothing => get("/nope"),
            Ask::Range(offset, length) => {
                let field = format!("\r\nRange: bytes={offset}-{}\r\n\r\n", offset + length - 1);
                get("/big.bin").replace("\r\n\r\n", &field)
            }
        }
    }

    fn expect(self, client: &mut Client) -> Result<(), String> {
        let response = client.response();
        BYTES.fetch_add(response.body.len() as u64, Relaxed);
        let right = match self {
            Ask::Text => response.status == 200 && response.body == b"hello, world\n",
            Ask::Nothing => response.status == 404 && response.text().contains("<h1>404 Not Found</h1>"),
            Ask::Range(offset, length) => {
                response.status == 206
                    && response.body.len() as u64 == length
                    && is_big(&response.body, offset)
            }
        };
        if right { Ok(()) } else { Err(format!("a wrong answer to {:?}", self.request())) }
    }
}

fn one_after_the_other(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    for _ in 0..random.u32(1..20) {
        let ask = Ask::any(random);
        client.send(ask.request());
        ask.expect(client)?;
    }
    Ok(())
}

fn send_pipeline(client: &mut Client, random: &mut Rng) -> Vec<Ask> {
    let asks: Vec<Ask> = (0..random.u32(1..40)).map(|_| Ask::any(random)).collect();
    client.send(asks.iter().map(|ask| ask.request()).collect::<String>());
    asks
}

fn pipeline(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    send_pipeline(client, random).into_iter().try_for_each(|ask| ask.expect(client))
}

fn half_close(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    let asks = send_pipeline(client, random);
    client.end_input();
    asks.into_iter().try_for_each(|ask| ask.expect(client))?;
    client.expect_end();
    Ok(())
}

fn reset_in_the_middle(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    let asks = send_pipeline(client, random);
    let answered = random.usize(..=asks.len());
    asks[..answered].iter().try_for_each(|ask| ask.expect(client))?;
    reset(client);
    Ok(())
}

/// Nothing, or half a request, until the server has had enough.
fn stall_the_request(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    let text = get("/hello.txt");
    client.send(&text[..random.usize(..text.len())]);
    client.expect_end();
    Ok(())
}

/// More than sockets hold is asked for, and nothing read until the server has given up. What did come is right.
fn stall_the_answer(client: &mut Client, _: &mut Rng) -> Result<(), String> {
    client.send(get("/big.bin"));
    thread::sleep(Duration::from_secs(u64::from(IDLE) + 2));
    let mut bytes = Vec::new();
    match client.stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => return Err(error.to_string()),
    }
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or("no answer")?;
    let body = &bytes[head + 4..];
    BYTES.fetch_add(body.len() as u64, Relaxed);
    // A server that is too busy to give up in time may deliver all of it.
    let right = body.len() as u64 <= BIG && is_big(body, 0);
    if right { Ok(()) } else { Err(format!("{} bytes, and wrong ones", body.len())) }
}

/// A little now and then; the server waits for a client that goes on.
fn read_slowly(client: &mut Client, random: &mut Rng) -> Result<(), String> {
    let (offset, length) = (random.u64(..BIG / 2), 20 << 10);
    client.send(Ask::Range(offset, length).request());
    let mut bytes = Vec::new();
    loop {
        thread::sleep(Duration::from_millis(random.u64(1..200)));
        let mut piece = [0; 5 << 10];
        match client.stream.read(&mut piece).map_err(|error| error.to_string())? {
            0 => return Err("the end comes too early".into()),
            got => bytes.extend_from_slice(&piece[..got]),
        }
        let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let body = head.map_or(&[][..], |head| &bytes[head + 4..]);
        if body.len() as u64 >= length {
            BYTES.fetch_add(length, Relaxed);
            let right = body.len() as u64 == length && is_big(body, offset);
            return if right { Ok(()) } else { Err("wrong bytes".into()) };
        }
    }
}
