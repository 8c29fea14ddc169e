// SPDX-License-Identifier: MIT OR Apache-2.0
//! A running server: started on a port that the system picks, watched through /proc, ended by a signal.

use crate::client::{Client, TIMEOUT, get};
use crate::support::process::Process;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) struct Server {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(program: &Path, root: &Path, idle_seconds: u32) -> Self {
        Self::launch(Command::new(program), root, idle_seconds)
    }

    /// Starts `command`, to which the server's own arguments are added.
    pub(crate) fn launch(mut command: Command, root: &Path, idle_seconds: u32) -> Self {
        command.args(["-p", "0", "-t", &idle_seconds.to_string()]).arg(root);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = Process::start(&mut command);
        let mut greeting = String::new();
        BufReader::new(process.child().stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.unwrap_or_else(|| panic!("no address in {greeting:?}")).parse().unwrap();
        Self { process, address }
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// It answers a plain request.
    pub(crate) fn expect_alive(&self) {
        let response = crate::client::ask(self.address, get("/hello.txt"));
        assert_eq!((response.status, response.text()), (200, "hello, world\n"));
    }

    pub(crate) fn id(&self) -> libc::pid_t {
        self.process.id()
    }

    pub(crate) fn signal(&self, number: i32) {
        self.process.signal(number);
    }

    pub(crate) fn open_descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.id())).unwrap().count()
    }

    /// Waits until so many descriptors are open, and no more.
    pub(crate) fn expect_descriptors(&self, count: usize) {
        let start = Instant::now();
        while self.open_descriptors() != count {
            assert!(start.elapsed() < TIMEOUT, "{} descriptors, not {count}", self.open_descriptors());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Processor time used so far.
    pub(crate) fn processor_time(&self) -> Duration {
        self.process.processor_time()
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait(TIMEOUT)
    }

    /// SIGTERM, and a good end.
    pub(crate) fn end(mut self) {
        self.signal(libc::SIGTERM);
        let status = self.wait();
        assert_eq!((status.code(), status.signal()), (Some(0), None));
    }
}
