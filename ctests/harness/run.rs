//! Runs one test in a process of its own, under a time limit.

use super::build::{Libraries, Library, Program};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
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
}

impl Outcome {
    /// The words for it in the list of known differences.
    pub(crate) const NAMES: &[(&str, Outcome)] = &[
        ("passes", Outcome::Passes),
        ("fails", Outcome::Fails),
        ("hangs", Outcome::Hangs),
        ("crashes", Outcome::Crashes),
        ("not in C", Outcome::Missing),
    ];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = Self::NAMES.iter().find(|(_, outcome)| outcome == self).unwrap();
        f.write_str(name)
    }
}

/// A test of a program, as the program's `--list` describes it.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is one of those for valgrind.
    pub(crate) valgrind: bool,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// The usual time limit: far more than any test needs that does not hang.
const LIMIT: Duration = Duration::from_secs(20);

/// The tests of a program.
///
/// Panics if the program did not come by the library that it was meant to use.
pub(crate) fn list(program: &Program, library: Library, libraries: &Libraries) -> Vec<Test> {
    let output = command(program, library, libraries).arg("--list").output().unwrap();
    assert!(output.status.success(), "{program:?} --list: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = match library {
        Library::Static => "static".to_string(),
        _ => libraries.folder_of(library).join("libowfat.so.0").display().to_string(),
    };
    let mut tests = Vec::new();
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["library", found] => assert_eq!(found, expected, "{}", program.name),
            ["test", name, valgrind, seconds] => {
                let limit = match seconds.parse().unwrap() {
                    0 => LIMIT,
                    seconds => Duration::from_secs(seconds),
                };
                tests.push(Test { name: name.to_string(), valgrind: valgrind == "1", limit });
            }
            _ => panic!("{} --list: {line}", program.name),
        }
    }
    tests
}

/// The command that starts `program` with `library`.
pub(crate) fn command(program: &Program, library: Library, libraries: &Libraries) -> Command {
    let mut command = Command::new(program.executable(library));
    command.env("LD_LIBRARY_PATH", libraries.folder_of(library)).stdin(Stdio::null());
    command
}

/// Runs a test to its end or to its limit, and gives its outcome and what it said.
pub(crate) fn run(command: &mut Command, limit: Duration) -> (Outcome, String) {
    // A file, not a pipe: whoever survives the test cannot hold up the harness.
    let mut output = tempfile::tempfile().unwrap();
    let handle = |file: &File| Stdio::from(file.try_clone().unwrap());
    command.stdout(handle(&output)).stderr(handle(&output)).process_group(0);
    let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let ended = wait(&process, limit);
    kill_group(&process);
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
        (Some(127), _) if said.contains("symbol lookup error") => Outcome::Missing,
        (Some(_), _) => Outcome::Fails,
        _ => Outcome::Crashes,
    }
}

/// Waits until the process has ended, without collecting it; false if the time is over first.
fn wait(process: &Child, limit: Duration) -> bool {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    while Instant::now() < end {
        // SAFETY: all-zero is a valid siginfo_t, and the kernel fills it in.
        let mut found: libc::siginfo_t = unsafe { mem::zeroed() };
        let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: `found` is valid for the call; the process is our child and not yet collected.
        let answer = unsafe { libc::waitid(libc::P_PID, process.id(), &mut found, flags) };
        assert_eq!(answer, 0, "waitid: {}", std::io::Error::last_os_error());
        if found.si_signo != 0 {
            return true;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    false
}

/// Ends whatever the test has started. Its own process is not collected yet, so the number is still taken.
fn kill_group(process: &Child) {
    // SAFETY: the group is the one that was made for this process.
    unsafe { libc::kill(-(process.id() as libc::pid_t), libc::SIGKILL) };
}
