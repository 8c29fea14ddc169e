// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example web server, which sends large files that are not in memory to some clients and a small one to another: how
//! long that one waits shows how long a turn of the loop takes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: usize = 4;
const MIB: usize = 96;
const ROUNDS: usize = 5;

/// What one run has shown.
struct Sample {
    speed: f64,
    middle: f64,
    high: f64,
    longest: f64,
}

/// The table; nothing if the server is not there.
pub(crate) fn table(root: &Path, target: &Path) -> String {
    let made = Command::new("make").arg("examples").current_dir(root).env_remove("MAKEFLAGS").output();
    let program = target.join("examples/httpd");
    if !made.is_ok_and(|output| output.status.success()) {
        return String::new();
    }
    let folder = Path::new("/var/tmp").join(format!("owfat-aio-served-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the files");
    fs::write(folder.join("small"), "small\n").expect("a small file");
    let block: Vec<u8> = (0..1 << 20).map(|index: u32| (index % 251) as u8).collect();
    for index in 0..CLIENTS {
        let mut file = File::create(folder.join(format!("large{index}"))).expect("a large file");
        (0..MIB).for_each(|_| file.write_all(&block).expect("room on the disk"));
        file.sync_all().expect("it gets to the disk");
    }
    let mut text = format!(
        "## The example server\n\n{CLIENTS} clients fetch {MIB} MiB each that are not in memory, another one asks for 6 \
         bytes again and again: medians of {ROUNDS} rounds, milliseconds from question to answer.\n\n\
         | server | MiB/s | half of the answers | 99 of 100 | the longest |\n|---|---|---|---|---|\n"
    );
    let ways: [(&str, &[&str], &str); 3] =
        [("sendfile", &[], ""), ("`-A`, ring", &["-A"], "uring"), ("`-A`, pool", &["-A"], "pool")];
    let mut samples: Vec<Vec<Sample>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for ((_, arguments, engine), found) in ways.iter().zip(&mut samples) {
            found.push(run(&program, &folder, arguments, engine));
        }
    }
    for ((name, ..), found) in ways.iter().zip(&samples) {
        let middle =
            |value: fn(&Sample) -> f64| super::median(&mut found.iter().map(value).collect::<Vec<_>>());
        text += &format!(
            "| {name} | {:.0} | {:.2} | {:.2} | {:.2} |\n",
            middle(|sample| sample.speed),
            middle(|sample| sample.middle),
            middle(|sample| sample.high),
            middle(|sample| sample.longest)
        );
    }
    let _ = fs::remove_dir_all(&folder);
    text + "\n"
}

fn start(program: &Path, folder: &Path, arguments: &[&str], engine: &str) -> (Child, String) {
    let mut command = Command::new(program);
    command.args(arguments).args(["-p", "0"]).arg(folder).env("OWFAT_AIO", engine);
    let mut server = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut greeting = String::new();
    let said = server.stdout.as_mut().expect("it is piped");
    BufReader::new(said).read_line(&mut greeting).expect("the server says where");
    let address = greeting.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    (server, address.expect("an address").into())
}

fn run(program: &Path, folder: &Path, arguments: &[&str], engine: &str) -> Sample {
    for index in 0..CLIENTS {
        let file = File::open(folder.join(format!("large{index}"))).expect("it is there");
        // SAFETY: only numbers.
        unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
    }
    let (mut server, address) = start(program, folder, arguments, engine);
    let begin = Instant::now();
    let fetchers: Vec<_> = (0..CLIENTS)
        .map(|index| {
            let address = address.clone();
            thread::spawn(move || fetch(&address, index))
        })
        .collect();
    let mut pings = Vec::new();
    let mut client = TcpStream::connect(&address).expect("the server accepts");
    client.set_nodelay(true).expect("a socket");
    let mut buffer = [0; 4096];
    while fetchers.iter().any(|fetcher| !fetcher.is_finished()) {
        let asked = Instant::now();
        client.write_all(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is sent");
        let mut got = Vec::new();
        while !got.ends_with(b"small\n") {
            let count = client.read(&mut buffer).expect("an answer");
            assert!(count > 0, "the server ends the connection");
            got.extend_from_slice(&buffer[..count]);
        }
        pings.push(asked.elapsed().as_secs_f64() * 1e3);
        thread::sleep(Duration::from_micros(500));
    }
    let took = begin.elapsed().as_secs_f64();
    fetchers.into_iter().for_each(|fetcher| fetcher.join().expect("byte for byte"));
    let _ = server.kill();
    let _ = server.wait();
    pings.sort_by(f64::total_cmp);
    let at = |part: f64| pings[((pings.len() - 1) as f64 * part) as usize];
    Sample { speed: (CLIENTS * MIB) as f64 / took, middle: at(0.5), high: at(0.99), longest: at(1.0) }
}

/// Fetches a file and looks at each byte.
fn fetch(address: &str, index: usize) {
    let mut client = TcpStream::connect(address).expect("the server accepts");
    write!(client, "GET /large{index} HTTP/1.0\r\n\r\n").expect("it is sent");
    let mut reader = BufReader::with_capacity(1 << 18, client);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).expect("a header");
    }
    let (mut at, mut buffer) = (0_usize, vec![0; 1 << 18]);
    loop {
        let count = reader.read(&mut buffer).expect("the file");
        if count == 0 {
            break;
        }
        let right = buffer[..count]
            .iter()
            .enumerate()
            .all(|(more, byte)| usize::from(*byte) == (at + more) % (1 << 20) % 251);
        assert!(right, "a byte near {at}");
        at += count;
    }
    assert_eq!(at, MIB << 20);
}
