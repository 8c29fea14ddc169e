// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example echo server under real clients: each gets back what it sent, whatever others do, and the log tells
//! of each connection, or says how many lines it lost.

mod support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use support::process::Process;
use support::{libraries, package};

const TIMEOUT: Duration = Duration::from_secs(20);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program as `make examples` builds it.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut make = Command::new("make");
    make.args(["--quiet", "examples"]).current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    assert!(make.status().expect("make runs").success(), "make examples");
    root().join(libraries::target()).join("examples/logecho")
});

struct Server {
    process: Process,
    address: SocketAddr,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(seconds: u32) -> Server {
        Server::launch(Command::new(&*PROGRAM), seconds, |_| {})
    }

    /// Starts `command`, having prepared the log's place.
    fn launch(mut command: Command, seconds: u32, prepare: impl FnOnce(&Path)) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        prepare(&log);
        command.args(["-p", "0", "-t", &seconds.to_string(), "-l"]).arg(&log);
        let mut process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::piped()));
        let mut greeting = String::new();
        BufReader::new(process.child().stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.strip_prefix("Echoing at ").unwrap_or_else(|| panic!("{greeting:?}"));
        Server { process, address: address.trim().parse().unwrap(), log, _folder: folder }
    }

    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.address).unwrap();
        client.set_read_timeout(Some(TIMEOUT)).unwrap();
        client.set_write_timeout(Some(TIMEOUT)).unwrap();
        client
    }

    /// Sends these bytes and gets them back, and nothing else before the end.
    fn echo(&self, bytes: &[u8]) -> SocketAddr {
        let mut client = self.connect();
        let mut writer = client.try_clone().unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                writer.write_all(bytes).unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            let mut got = Vec::new();
            client.read_to_end(&mut got).unwrap();
            assert!(got == bytes, "{} bytes came back of {}", got.len(), bytes.len());
        });
        client.local_addr().unwrap()
    }

    /// The log, as soon as it has so many lines.
    fn log(&self, lines: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let text = fs::read_to_string(&self.log).unwrap();
            if text.lines().count() >= lines {
                return text.lines().map(checked).collect();
            }
            assert!(start.elapsed() < TIMEOUT, "{lines} lines do not come:\n{text}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGTERM, and a good end.
    fn end(&mut self) {
        self.process.signal(libc::SIGTERM);
        let status = self.process.wait(TIMEOUT);
        assert!(status.success(), "{status}");
    }
}

/// A line without its time, which has to be one of the last minute.
fn checked(line: &str) -> String {
    let (label, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
    assert!(label.len() == 25 && label.starts_with('@'), "{line}");
    // Label 2^62 + 10 is the beginning of 1970.
    let seconds = u64::from_str_radix(&label[1..17], 16).unwrap() - (1 << 62) - 10;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&seconds), "{line}");
    assert!(u64::from_str_radix(&label[17..], 16).unwrap() < 1_000_000_000, "{line}");
    rest.to_string()
}

fn random_bytes(len: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(len as u64);
    (0..len).map(|_| random.u8(..)).collect()
}

#[test]
fn compilers_have_no_warning() {
    for compiler in ["gcc", "clang"] {
        match package(compiler, &format!("/usr/bin/{compiler}")) {
            Ok(()) => {
                let mut command = Command::new(compiler);
                command.args(["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2", "-Iinclude"]);
                command.args(["-fsyntax-only", "examples/logecho.c"]).current_dir(root());
                assert!(command.status().unwrap().success(), "{compiler}");
            }
            Err(reason) => reason.note(&format!("compilers_have_no_warning with {compiler}")),
        }
    }
}

#[test]
fn each_client_gets_back_what_it_sent() {
    let mut server = Server::start(20);
    let lengths = [0, 1, 16383, 16384, 16385, 1 << 20, 5 << 20];
    thread::scope(|scope| {
        for client in 0..50 {
            let server = &server;
            scope.spawn(move || server.echo(&random_bytes(lengths[client % lengths.len()])));
        }
    });
    let last = server.echo(b"the last one");
    let log = server.log(102);
    assert_eq!(log[100], format!("open {last}"));
    let close =
        log[101].strip_prefix(&format!("close {last} 12 bytes ")).unwrap_or_else(|| panic!("{log:?}"));
    let seconds: f64 = close.strip_suffix(" seconds").unwrap().parse().unwrap();
    assert!((0.0..20.0).contains(&seconds));
    for len in lengths {
        let there = log.iter().filter(|line| line.contains(&format!(" {len} bytes "))).count();
        assert_eq!(there, (0..50).filter(|client| lengths[client % lengths.len()] == len).count(), "{len}");
    }
    server.end();
    assert_eq!(server.log(102).len(), 102);
}

#[test]
fn who_does_not_read_is_not_listened_to() {
    let server = Server::start(20);
    let bytes = random_bytes(1 << 20);
    let mut slow = server.connect();
    slow.set_nonblocking(true).unwrap();
    let mut sent = 0;
    let mut since = Instant::now();
    // Until neither side's buffers take any more.
    while since.elapsed() < Duration::from_millis(300) {
        match slow.write(&bytes[sent % bytes.len()..]) {
            Ok(more) => (sent, since) = (sent + more, Instant::now()),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
    server.echo(b"others are served");
    slow.set_nonblocking(false).unwrap();
    slow.shutdown(Shutdown::Write).unwrap();
    let mut got = Vec::new();
    slow.read_to_end(&mut got).unwrap();
    assert!(got.len() == sent && got.chunks(bytes.len()).all(|chunk| bytes.starts_with(chunk)));
}

#[test]
fn who_says_nothing_is_sent_away() {
    let server = Server::start(1);
    if let Err(reason) = package("curl", "/usr/bin/curl") {
        return reason.note("who_says_nothing_is_sent_away");
    }
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--max-time", "20", &format!("telnet://{}", server.address)]);
    let mut curl = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // With its own input open, curl would not notice the end.
    curl.stdin.take().unwrap().write_all(b"are you there?\n").unwrap();
    let start = Instant::now();
    let mut said = String::new();
    curl.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "are you there?\n");
    assert!(start.elapsed() < TIMEOUT / 2);
    curl.wait().unwrap();
    assert!(server.log(2)[1].contains(" 15 bytes "));
}

#[test]
fn a_signal_ends_it_and_nothing_is_lost() {
    let mut server = Server::start(20);
    let mut client = server.connect();
    client.write_all(b"hello").unwrap();
    client.read_exact(&mut [0; 5]).unwrap();
    server.end();
    assert_eq!(client.read(&mut [0; 5]).unwrap(), 0);
    let log = server.log(2);
    assert!(log.len() == 2 && log[1].contains(" 5 bytes "), "{log:?}");
}

/// The log is written by aio_write: its lines stand in order, and all of them are there after SIGTERM in the midst of it.
#[test]
fn no_line_is_lost_or_moved_when_it_ends_amid_many() {
    const CLIENTS: usize = 300;
    let mut server = Server::start(20);
    for _ in 0..CLIENTS {
        server.echo(b"x");
    }
    let open: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| {
            let mut client = server.connect();
            client.write_all(b"y").unwrap();
            client.read_exact(&mut [0]).unwrap();
            client
        })
        .collect();
    server.end();
    drop(open);
    let text = fs::read_to_string(&server.log).unwrap();
    let labels: Vec<&str> = text.lines().map(|line| &line[..25]).collect();
    assert!(labels.is_sorted(), "{text}");
    let lines: Vec<String> = text.lines().map(checked).collect();
    let mut here = std::collections::HashSet::new();
    for line in &lines {
        let mut words = line.split(' ');
        let (what, peer) = (words.next().unwrap(), words.next().unwrap());
        assert!(if what == "open" { here.insert(peer) } else { here.remove(peer) }, "{line}:\n{text}");
    }
    assert!(here.is_empty() && lines.len() == 4 * CLIENTS, "{} lines, {here:?} open", lines.len());
}

/// The log is a pipe that is full, and the server's own buffer too: it goes on, and tells how much is missing.
#[test]
fn a_log_without_a_reader_stops_nothing() {
    let mut reader = None;
    let server = Server::launch(Command::new(&*PROGRAM), 20, |log| {
        assert!(Command::new("mkfifo").arg(log).status().unwrap().success());
        reader = Some(File::options().read(true).custom_flags(libc::O_NONBLOCK).open(log).unwrap());
    });
    const CLIENTS: usize = 2000;
    for _ in 0..CLIENTS {
        server.echo(b"x");
    }
    let (mut text, mut reader) = (String::new(), reader.unwrap());
    let (mut whole, mut lost) = (0, 0);
    let start = Instant::now();
    while whole + lost < 2 * CLIENTS {
        assert!(start.elapsed() < TIMEOUT, "{whole} lines and {lost} lost");
        thread::sleep(Duration::from_millis(20));
        let mut bytes = [0; 65536];
        if let Ok(got @ 1..) = reader.read(&mut bytes) {
            text.push_str(std::str::from_utf8(&bytes[..got]).unwrap());
        }
        let lines: Vec<String> = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|l| checked(l.trim()))
            .collect();
        let losses = lines.iter().filter_map(|line| line.strip_prefix("lost ")?.strip_suffix(" lines"));
        lost = losses.clone().map(|count| count.parse::<usize>().unwrap()).sum();
        whole = lines.len() - losses.count();
    }
    assert!(lost > 0 && whole + lost == 2 * CLIENTS, "{whole} lines and {lost} lost");
}

#[test]
fn valgrind_finds_nothing() {
    if let Err(reason) = package("valgrind", "/usr/bin/valgrind") {
        return reason.note("valgrind_finds_nothing");
    }
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=99", "--leak-check=full"]);
    // Records of requests and the threads that serve them stay to the end.
    command.arg("--errors-for-leak-kinds=definite,indirect").arg(&*PROGRAM);
    let mut server = Server::launch(command, 20, |_| {});
    server.echo(&random_bytes(100_000));
    let _idle = server.connect();
    server.log(3);
    server.end();
}
