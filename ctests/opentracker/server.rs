// SPDX-License-Identifier: MIT OR Apache-2.0
//! A running opentracker: its configuration, its start, its signals.

use crate::http::{self, HOME, TIMEOUT};
use crate::site::{self, Library};
use crate::support::process::Process;
use crate::tracker::{Announce, Event, Hash};
use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The user and the group without rights. Started by root, opentracker would lock itself into a folder and then lack what
/// the C library loads to end its threads; Debian starts it without root's rights as well.
const UNPRIVILEGED: u32 = 65534;

/// A torrent that every whitelist here names, to see when it is read.
const FIRST: Hash = *b"the first torrent...";

pub(crate) struct Server {
    process: Process,
    pub(crate) address: SocketAddrV4,
    folder: TempDir,
}

impl Server {
    /// Starts it with the torrents that it may serve, and waits until it does.
    pub(crate) fn start(library: &Library, torrents: &[Hash]) -> Server {
        Server::start_with(library, "", torrents)
    }

    /// The same, with more lines in front of the configuration.
    pub(crate) fn start_with(library: &Library, options: &str, torrents: &[Hash]) -> Server {
        // Another program may be faster to use the port.
        for _ in 0..5 {
            let started = Server::start_on(library, free_address(), options, torrents);
            if let Ok(server) = started {
                return server;
            }
        }
        panic!("{}: the server does not start", library.name);
    }

    /// Starts it on an address that is known to be free, or gives what it said when it ended at once.
    pub(crate) fn start_on(
        library: &Library,
        address: SocketAddrV4,
        options: &str,
        torrents: &[Hash],
    ) -> Result<Server, String> {
        Server::launch(Command::new(&library.program), library, address, options, torrents)
    }

    /// Starts `command`, to which the server's own arguments are added.
    pub(crate) fn launch(
        command: Command,
        library: &Library,
        address: SocketAddrV4,
        options: &str,
        torrents: &[Hash],
    ) -> Result<Server, String> {
        let folder = site::public_folder();
        write_whitelist(folder.path(), torrents);
        let configuration = format!(
            "{options}\n\
             tracker.rootdir {}\n\
             access.whitelist whitelist\n\
             access.stats {HOME}\n\
             access.stats_path stats\n\
             tracker.redirect_url http://example.org/\n\
             listen.tcp_udp {address}\n",
            folder.path().display()
        );
        let process = spawn(command, library, folder.path(), &configuration);
        let mut server = Server { process, address, folder };
        server.wait_until_it_listens()?;
        server.wait_until_served(FIRST);
        server.expect_library(library);
        Ok(server)
    }

    fn wait_until_it_listens(&mut self) -> Result<(), String> {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if self.process.ended().is_some() {
                return Err(self.said());
            }
            assert!(start.elapsed() < TIMEOUT, "no server listens on {}", self.address);
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Nothing but the one library that it was started with is mapped, and that waits as it was told to.
    fn expect_library(&self, library: &Library) {
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.process.id())).unwrap();
        let mut mapped: Vec<&str> = maps
            .lines()
            .filter_map(|line| line.split_whitespace().nth(5))
            .filter(|path| path.contains("libowfat"))
            .collect();
        mapped.dedup();
        assert_eq!(mapped, [library.folder.join("libowfat.so.0").to_str().unwrap()]);
        let mut open = fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap();
        // A connection may be closed while we look.
        let is_epoll =
            |path: &Path| fs::read_link(path).is_ok_and(|file| file.ends_with("anon_inode:[eventpoll]"));
        assert_eq!(open.any(|file| is_epoll(&file.unwrap().path())), library.backend != "poll");
    }

    /// Puts other torrents on the whitelist; the server does not know yet.
    pub(crate) fn set_whitelist(&self, torrents: &[Hash]) {
        write_whitelist(self.folder.path(), torrents);
    }

    pub(crate) fn remove_whitelist(&self) {
        fs::remove_file(self.folder.path().join("whitelist")).unwrap();
    }

    /// Waits until the server, which reads its list in the background, serves a torrent.
    pub(crate) fn wait_until_served(&self, torrent: Hash) {
        self.wait_until("the whitelist is read", || self.serves(torrent));
    }

    /// Waits until the server no longer serves a torrent.
    pub(crate) fn wait_until_refused(&self, torrent: Hash) {
        self.wait_until("the whitelist is read", || !self.serves(torrent));
    }

    /// Waits until it has said something.
    pub(crate) fn wait_for_words(&self, words: &str) {
        self.wait_until(words, || self.said().contains(words));
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < TIMEOUT, "no end of waiting until {what}: {:?}", self.said());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn serves(&self, torrent: Hash) -> bool {
        let announce = |event| http::announce(self.address, HOME, &Announce::new(torrent, 9, 1, event));
        // A peer that stops leaves the counts as they were, and is never refused.
        announce(Event::Started).is_ok() && announce(Event::Stopped).is_ok()
    }

    /// Whether a torrent that a scrape of everything shows comes from the start of the server.
    pub(crate) fn is_from_start(torrent: &Hash) -> bool {
        *torrent == FIRST
    }

    /// What it has written so far, messages of errors included.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    pub(crate) fn signal(&self, number: i32) {
        self.process.signal(number);
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait(TIMEOUT)
    }

    pub(crate) fn processor_time(&self) -> Duration {
        self.process.processor_time()
    }
}

/// Runs the server on a configuration that it refuses: how it ends, and what it says.
pub(crate) fn rejected(library: &Library, configuration: &str) -> (ExitStatus, String) {
    let folder = site::public_folder();
    let status = spawn(Command::new(&library.program), library, folder.path(), configuration).wait(TIMEOUT);
    (status, fs::read_to_string(folder.path().join("said")).unwrap())
}

fn spawn(mut command: Command, library: &Library, folder: &Path, configuration: &str) -> Process {
    fs::write(folder.join("configuration"), configuration).unwrap();
    let said = File::create(folder.join("said")).unwrap();
    command.args(["-f", "configuration"]).current_dir(folder);
    command.env("LD_LIBRARY_PATH", &library.folder).env("OWFAT_BACKEND", library.backend);
    command.stdin(std::process::Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    // SAFETY: geteuid has no preconditions.
    if unsafe { libc::geteuid() } == 0 {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    Process::start(&mut command)
}

/// Replaces the file in one step: the server may be about to read it.
fn write_whitelist(folder: &Path, torrents: &[Hash]) {
    let mut list = File::create(folder.join("whitelist.new")).unwrap();
    let mut lines = String::from("# the torrents that are served\n");
    for torrent in [&[FIRST], torrents].concat() {
        lines.extend(torrent.iter().map(|byte| format!("{byte:02x}")));
        lines.push('\n');
    }
    list.write_all(lines.as_bytes()).unwrap();
    fs::rename(folder.join("whitelist.new"), folder.join("whitelist")).unwrap();
}

/// An address of loopback that no other server of this kind uses, and a port that is free for both protocols.
pub(crate) fn free_address() -> SocketAddrV4 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id() * 64 + TAKEN.fetch_add(1, Ordering::Relaxed);
    let [_, a, b, c] = number.to_be_bytes();
    let address = Ipv4Addr::new(127, 128 | a, b, c.clamp(1, 254));
    loop {
        let tcp = TcpListener::bind((address, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        if UdpSocket::bind((address, port)).is_ok() {
            return SocketAddrV4::new(address, port);
        }
    }
}
