// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example proxy that compresses: gzip(1) makes of what clients get, fast and slow and eight at once, what the server sent.

mod support;

use libtest_mimic::{Arguments, Trial};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};
use support::process::Process;
use support::{needing, package};

const TIMEOUT: Duration = Duration::from_secs(60);

struct Site {
    _proxy: Process,
    port: u16,
    data: Arc<Vec<u8>>,
}

/// Text that shrinks and bytes that do not.
fn data() -> Vec<u8> {
    let mut data: Vec<u8> =
        (0..100_000).flat_map(|line| format!("line {line} of a text\n").into_bytes()).collect();
    let mut noise = vec![0; 2_000_000];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    data.extend(noise);
    data
}

/// Sends the data to each client, in pieces of `size` bytes, where the request is that number.
fn serve(listener: TcpListener, data: Arc<Vec<u8>>) {
    for client in listener.incoming() {
        let (mut client, data) = (client.unwrap(), data.clone());
        thread::spawn(move || {
            let mut request = [0; 16];
            let count = client.read(&mut request).unwrap_or(0);
            let size: usize = std::str::from_utf8(&request[..count]).unwrap_or("1").parse().unwrap_or(1);
            client.set_nodelay(true).unwrap();
            let _ = data.chunks(size).try_for_each(|piece| client.write_all(piece));
        });
    }
}

impl Site {
    fn new() -> Site {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut make = Command::new("make");
        make.args(["--quiet", "deflate"]).current_dir(root).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
        assert!(make.status().expect("make runs").success(), "make deflate");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = listener.local_addr().unwrap().port().to_string();
        let data = Arc::new(data());
        let served = data.clone();
        thread::spawn(move || serve(listener, served));
        let program = root.join(support::libraries::target()).join("examples/deflate");
        let mut proxy = Process::start(
            Command::new(program).args(["-p", "0", &server]).stdin(Stdio::null()).stdout(Stdio::piped()),
        );
        let mut greeting = String::new();
        BufReader::new(proxy.child().stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let port = greeting.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Site { _proxy: proxy, port: port.unwrap_or_else(|| panic!("{greeting:?}")), data }
    }

    /// Everything comes, if the server sends so many bytes at a time and the client pauses behind each read.
    fn get(&self, sent: usize, pause: Option<Duration>) {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        client.set_read_timeout(Some(TIMEOUT)).unwrap();
        client.write_all(sent.to_string().as_bytes()).unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut piece = vec![0; 20_000];
        while let count @ 1.. = client.read(&mut piece).unwrap() {
            file.write_all(&piece[..count]).unwrap();
            if let Some(pause) = pause {
                thread::sleep(pause);
            }
        }
        let compressed = fs::metadata(file.path()).unwrap().len();
        assert!(compressed < self.data.len() as u64, "{compressed} bytes");
        let gzip = Command::new("gzip")
            .args(["-dc"])
            .stdin(fs::File::open(file.path()).unwrap())
            .output()
            .expect("gzip runs");
        assert!(gzip.status.success(), "{}", String::from_utf8_lossy(&gzip.stderr));
        assert!(gzip.stdout == *self.data, "{} bytes of {}", gzip.stdout.len(), self.data.len());
    }
}

const TESTS: &[(&str, fn(&Site))] = &[
    ("large_pieces", |site| site.get(100_003, None)),
    ("small_pieces", |site| site.get(700, None)),
    ("a_slow_client", |site| site.get(50_000, Some(Duration::from_millis(5)))),
    ("eight_at_once", |site| {
        thread::scope(|scope| {
            for number in 1..9 {
                scope.spawn(move || site.get(number * 9000, None));
            }
        });
    }),
];

fn main() {
    let arguments = Arguments::from_args();
    let needs = package("zlib1g-dev", "/usr/include/zlib.h").and_then(|()| package("gzip", "/usr/bin/gzip"));
    let site = needs.is_ok().then(|| Arc::new(Site::new()));
    let trial = |&(name, test): &(&'static str, fn(&Site))| {
        let site = site.clone();
        let run = move || site.as_deref().map(test).ok_or_else(|| "the proxy does not run".into());
        needing(&needs, Trial::test(name, run))
    };
    let trials = TESTS.iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(site); // before exit, which runs no destructors
    conclusion.exit();
}
