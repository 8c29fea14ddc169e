// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs a command in a process group of its own, under a time limit.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fmt, mem, thread};

/// What came of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Every check held.
    Passes,
    /// A check did not hold.
    Fails,
    /// It ran out of time and was killed.
    Hangs,
    /// A signal ended it.
    Crashes,
    /// The library lacks a function that the test calls.
    Missing,
    /// The machine lacks what the test needs.
    Skipped,
}

impl Outcome {
    /// The words for it in the list of known differences.
    pub(crate) const NAMES: &[(&str, Outcome)] = &[
        ("passes", Outcome::Passes),
        ("fails", Outcome::Fails),
        ("hangs", Outcome::Hangs),
        ("crashes", Outcome::Crashes),
        ("not in C", Outcome::Missing),
        ("cannot run", Outcome::Skipped),
    ];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = Self::NAMES.iter().find(|(_, outcome)| outcome == self).unwrap();
        f.write_str(name)
    }
}

/// Runs a test to its end or to its limit, and gives its outcome and what it said.
pub(crate) fn run(command: &mut Command, limit: Duration) -> (Outcome, String) {
    // A file, not a pipe: a process that survives the test cannot hold up the harness.
    let mut output = tempfile::tempfile().unwrap();
    let handle = |file: &File| Stdio::from(file.try_clone().unwrap());
    command.stdout(handle(&output)).stderr(handle(&output)).process_group(0);
    let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let ended = wait(process.id(), limit);
    kill_group(process.id());
    let status = process.wait().unwrap();
    let mut said = String::new();
    output.seek(SeekFrom::Start(0)).unwrap();
    let mut bytes = Vec::new();
    output.read_to_end(&mut bytes).unwrap();
    said.push_str(&String::from_utf8_lossy(&bytes));
    (if ended { judge(status, &said) } else { Outcome::Hangs }, said)
}

fn judge(status: ExitStatus, said: &str) -> Outcome {
    match (status.code(), status.signal()) {
        (Some(0), _) => Outcome::Passes,
        (Some(77), _) => Outcome::Skipped,
        (Some(127), _) if said.contains("symbol lookup error") => Outcome::Missing,
        (Some(_), _) => Outcome::Fails,
        _ => Outcome::Crashes,
    }
}

/// Waits until the process has ended, without collecting it; false if the time is over first, which ends it.
pub(crate) fn wait(process: u32, limit: Duration) -> bool {
    let (ended, end) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // A thread that sleeps, since looking time and again costs a short test as much time as it takes.
        let watch = scope.spawn(move || {
            let in_time = end.recv_timeout(limit) != Err(RecvTimeoutError::Timeout);
            if !in_time {
                kill_group(process);
            }
            in_time
        });
        // SAFETY: all-zero is a valid siginfo_t, and the kernel fills it in.
        let mut found: libc::siginfo_t = unsafe { mem::zeroed() };
        // SAFETY: `found` is valid for the call; the process is our child and not yet collected.
        while unsafe { libc::waitid(libc::P_PID, process, &mut found, libc::WEXITED | libc::WNOWAIT) } == -1 {
            let error = io::Error::last_os_error();
            assert_eq!(error.kind(), io::ErrorKind::Interrupted, "waitid: {error}");
        }
        drop(ended);
        watch.join().unwrap()
    })
}

/// Ends whatever the test has started. Its own process is not collected yet, so the number is still taken.
pub(crate) fn kill_group(process: u32) {
    // SAFETY: the group is the one that was made for this process.
    unsafe { libc::kill(-(process as libc::pid_t), libc::SIGKILL) };
}
