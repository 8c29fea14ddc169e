// SPDX-License-Identifier: MIT OR Apache-2.0
//! Starts the tests of a program, each in a process of its own.

use super::build::{Libraries, Library, Program};
use crate::support::kqueue;
pub(crate) use crate::timed::{Outcome, run};
use crate::timed::{kill_group, wait};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

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
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// The tests of a program.
///
/// Panics if the program did not come by the library that it was meant to use.
pub(crate) fn list(program: &Program, library: Library, libraries: &Libraries) -> Vec<Test> {
    list_by(command(program, library, libraries), program, library, libraries)
}

/// The same, with another command that starts the program.
pub(crate) fn list_by(
    mut command: Command,
    program: &Program,
    library: Library,
    libraries: &Libraries,
) -> Vec<Test> {
    let output = command.arg("--list").output().unwrap();
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
    command.env("LD_LIBRARY_PATH", libraries.folder_of(library)).env_remove("OWFAT_BACKEND");
    if matches!(library, Library::Kqueue | Library::Libkqueue) {
        kqueue::apply(&mut command, &libraries.folder_of(library));
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command for at most `limit` while `client` talks to it. Both have to succeed.
pub(crate) fn run_while(
    command: &mut Command,
    limit: Duration,
    client: impl FnOnce(&mut Child) -> Result<(), String>,
) -> Result<(), String> {
    let mut process = command.process_group(0).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let id = process.id();
    let (ended, talk) = thread::scope(|scope| {
        // The talk may block on a process that hangs; ending that process ends the talk.
        let watcher = scope.spawn(move || {
            let ended = wait(id, limit);
            kill_group(id);
            ended
        });
        let talk = client(&mut process);
        (watcher.join().unwrap(), talk)
    });
    let status = process.wait().map_err(|error| error.to_string())?;
    talk?;
    if ended && status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}
