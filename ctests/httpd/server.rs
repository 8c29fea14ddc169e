//! A running server: started on a port that the system picks, watched through /proc, ended by a signal.

use crate::client::{Client, PATIENCE, get};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) struct Server {
    process: Child,
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
        // SAFETY: between fork and exec only an async-signal-safe call is made, on numbers.
        unsafe {
            // Should this program be killed, nothing stays behind.
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let mut process = command.spawn().expect("the server starts");
        let mut greeting = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
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
        self.process.id().try_into().unwrap()
    }

    pub(crate) fn signal(&self, number: i32) {
        // SAFETY: kill takes any numbers; the process is a child that nobody has waited for yet.
        assert_eq!(unsafe { libc::kill(self.id(), number) }, 0);
    }

    pub(crate) fn open_descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.id())).unwrap().count()
    }

    /// Waits until so many descriptors are open, and no more.
    pub(crate) fn expect_descriptors(&self, count: usize) {
        let start = Instant::now();
        while self.open_descriptors() != count {
            assert!(start.elapsed() < PATIENCE, "{} descriptors, not {count}", self.open_descriptors());
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
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        // The fields after the program's name, of which the 12th and 13th count ticks of 10 ms.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM, and a good end.
    pub(crate) fn end(mut self) {
        self.signal(libc::SIGTERM);
        let status = self.wait();
        assert_eq!((status.code(), status.signal()), (Some(0), None));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
