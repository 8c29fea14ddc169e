// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example web server, which sends large files that are not in memory to some clients and a small one to another: how
//! long that one waits, and how long each turn of the loop takes.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::plot::{self, Line};

const CLIENTS: usize = 4;
const MIB: usize = 96;
const ROUNDS: usize = 5;
/// A client that checks bytes would else take the server's turn, and what is measured would be the scheduler.
const SERVERS_PROCESSOR: usize = 0;
const CLIENTS_PROCESSOR: usize = 1;
/// The size of `struct turns` in turns.c.
const TURNS_SIZE: u64 = 4 * (1 + (1 << 20));

/// A way to read files: its name, the server's options, the engine, whether sendfile is there, its colour in the plot.
type Way = (&'static str, &'static [&'static str], &'static str, bool, &'static str);

const WAYS: [Way; 4] = [
    ("pread", &[], "", false, "#888888"),
    ("sendfile", &[], "", true, "#d95f02"),
    ("`-A`, ring", &["-A"], "uring", true, "#1b9e77"),
    ("`-A`, pool", &["-A"], "pool", true, "#7570b3"),
];

/// What one run has shown. Times in milliseconds, sorted.
struct Sample {
    /// MiB a second.
    speed: f64,
    /// Processor time of the server per MiB.
    cpu: f64,
    /// From each question to its answer.
    pings: Vec<f64>,
    /// From the return of each wait to the next wait.
    turns: Vec<f64>,
}

/// The value that this part of all values does not exceed.
fn at(values: &[f64], part: f64) -> f64 {
    values[((values.len() - 1) as f64 * part) as usize]
}

/// The table, and beside it in `served.svg` a plot; nothing if the server is not there.
pub(crate) fn table(root: &Path, target: &Path) -> String {
    let made = Command::new("make").arg("examples").current_dir(root).env_remove("MAKEFLAGS").output();
    let program = target.join("examples/httpd");
    if !made.is_ok_and(|output| output.status.success()) {
        return String::new();
    }
    let folder = Path::new("/var/tmp").join(format!("owfat-aio-served-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the files");
    fs::write(folder.join("small"), "small\n").expect("a small file");
    let block = block();
    for index in 0..CLIENTS {
        let mut file = File::create(folder.join(format!("large{index}"))).expect("a large file");
        (0..MIB).for_each(|_| file.write_all(&block).expect("room on the disk"));
        file.sync_all().expect("it gets to the disk");
    }
    let probe = probe(root);
    let mut text = format!(
        "## The example server\n\n{CLIENTS} clients fetch {MIB} MiB each that are not in memory, another one asks for 6 \
         bytes again and again: medians of {ROUNDS} rounds. A ping is the time from question to answer, a turn that from the \
         return of io_wait(3) to the next io_wait; milliseconds. The server has one processor with all that works for it, the \
         clients have another. \"pread\" is the server where the kernel has no sendfile.\n\n\
         | server | MiB/s | processor time per MiB | ping, half | ping, 99 of 100 | longest ping | turn, 99 of 100 | \
         longest turn |\n|---|---|---|---|---|---|---|---|\n"
    );
    let mut samples: Vec<Vec<Sample>> = WAYS.iter().map(|_| Vec::new()).collect();
    for round in 1..=ROUNDS {
        eprintln!("server {round}");
        for (way, found) in WAYS.iter().zip(&mut samples) {
            // In a thread of its own, which stays on the clients' processor.
            let run = || run(&program, &probe, &folder, way);
            found.push(thread::scope(|scope| scope.spawn(run).join().expect("a whole run")));
        }
    }
    let mut lines = Vec::new();
    for ((name, _, _, _, colour), found) in WAYS.iter().zip(&samples) {
        let middle =
            |value: &dyn Fn(&Sample) -> f64| super::median(&mut found.iter().map(value).collect::<Vec<_>>());
        text += &format!("| {name} | {:.0} | {:.2} |", middle(&|s| s.speed), middle(&|s| s.cpu));
        for part in [0.5, 0.99, 1.0] {
            text += &format!(" {:.2} |", middle(&|s| at(&s.pings, part)));
        }
        for part in [0.99, 1.0] {
            text += &format!(" {:.2} |", middle(&|s| at(&s.turns, part)));
        }
        text += "\n";
        for (what, dashed, values) in
            [("ping", false, (|s| &s.pings) as fn(&Sample) -> &Vec<f64>), ("turn", true, |s| &s.turns)]
        {
            let points = [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0]
                .into_iter()
                .filter(|one_of| found.iter().all(|sample| values(sample).len() as f64 >= *one_of))
                .map(|one_of| (one_of, middle(&|s| at(values(s), 1.0 - 1.0 / one_of)) * 1e6))
                .collect();
            lines.push(Line { name: format!("{}, {what}", name.replace('`', "")), colour, dashed, points });
        }
    }
    let title = "Cold files to four clients: how long pings and the loop's turns take";
    let below = "so many of them take no longer (a logarithmic scale)";
    let tick = |one_of: f64| {
        if one_of == 1.0 { "the shortest".into() } else { format!("{} of {one_of}", one_of - 1.0) }
    };
    fs::write(root.join("benches/served.svg"), plot::svg(title, below, tick, &lines))
        .expect("the plot can be written");
    let _ = fs::remove_dir_all(&folder);
    text + "\n![The same as a plot](served.svg)\n"
}

/// What is preloaded to measure turns.
fn probe(root: &Path) -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("turns.so");
    let mut command = Command::new("cc");
    command.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root.join("include")).arg("-o").arg(&library);
    super::output(command.arg(root.join("aio/benches/turns.c"))).expect("turns.c compiles");
    library
}

fn start(program: &Path, probe: &Path, folder: &Path, way: &Way) -> (Child, String) {
    let (_, arguments, engine, sendfile, _) = way;
    let mut command = Command::new(program);
    command.args(*arguments).args(["-p", "0"]).arg(folder).env("OWFAT_AIO", engine);
    command.env("LD_PRELOAD", probe).env("TURNS", folder.join(".turns"));
    if !sendfile {
        command.env("NO_SENDFILE", "1");
    }
    // SAFETY: between fork and exec only a system call is made, on memory of its own.
    unsafe { command.pre_exec(|| run_on(SERVERS_PROCESSOR)) };
    let mut server = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut greeting = String::new();
    let said = server.stdout.as_mut().expect("it is piped");
    BufReader::new(said).read_line(&mut greeting).expect("the server says where");
    let address = greeting.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    (server, address.expect("an address").into())
}

/// Has this thread, and what it starts from now on, run on one processor.
fn run_on(processor: usize) -> io::Result<()> {
    // SAFETY: all zeros is an empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set is ours, and has room for the number.
    unsafe { libc::CPU_SET(processor, &mut set) };
    // SAFETY: the kernel reads the set, which has this size.
    match unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Ends the server. Its processor time, in milliseconds: of all its threads, those of the kernel that worked for it included.
fn end(server: &Child) -> f64 {
    let pid = server.id() as libc::pid_t;
    let mut status = 0;
    // SAFETY: all zeros is a value of this type, which has nothing but numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: it is our child, which nothing else waits for; both places outlive the call.
    let ended =
        unsafe { libc::kill(pid, libc::SIGKILL) == 0 && libc::wait4(pid, &mut status, 0, &mut usage) == pid };
    assert!(ended, "the server was there to the end");
    [usage.ru_utime, usage.ru_stime]
        .iter()
        .map(|time| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3)
        .sum()
}

fn run(program: &Path, probe: &Path, folder: &Path, way: &Way) -> Sample {
    run_on(CLIENTS_PROCESSOR).expect("there are two processors");
    for index in 0..CLIENTS {
        let file = File::open(folder.join(format!("large{index}"))).expect("it is there");
        // SAFETY: only numbers.
        unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
    }
    let turns = folder.join(".turns");
    File::create(&turns).and_then(|file| file.set_len(TURNS_SIZE)).expect("a file for the turns");
    let (server, address) = start(program, probe, folder, way);
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
    let cpu = end(&server);
    pings.sort_by(f64::total_cmp);
    Sample {
        speed: (CLIENTS * MIB) as f64 / took,
        cpu: cpu / (CLIENTS * MIB) as f64,
        pings,
        turns: read_turns(&turns),
    }
}

fn read_turns(file: &Path) -> Vec<f64> {
    let bytes = fs::read(file).expect("the server has written it");
    let mut numbers =
        bytes.chunks_exact(4).map(|four| u32::from_ne_bytes(four.try_into().expect("four bytes")));
    let count = numbers.next().expect("a count");
    let mut turns: Vec<f64> = numbers.take(count as usize).map(|value| f64::from(value) / 1e6).collect();
    turns.sort_by(f64::total_cmp);
    turns
}

/// What the large files consist of: a MiB, over and over.
fn block() -> Vec<u8> {
    (0..1 << 20).map(|index: u32| (index % 251) as u8).collect()
}

/// Fetches a file and looks at each byte, in whole stretches: a client that takes its time for that would be what is measured.
fn fetch(address: &str, index: usize) {
    let block = block();
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
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            let expected = &block[at % block.len()..];
            let (stretch, more) = rest.split_at(rest.len().min(expected.len()));
            assert!(stretch == &expected[..stretch.len()], "a byte near {at}");
            at += stretch.len();
            rest = more;
        }
    }
    assert_eq!(at, MIB << 20);
}
