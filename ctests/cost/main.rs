// SPDX-License-Identifier: MIT OR Apache-2.0
//! What things may cost, as far as it can be counted: system calls, allocations, instructions, memory.
//!
//! The program next to this file does each thing N times; what one costs is how much more there is with 2 N. Instructions
//! are counted by callgrind, which leaves the kernel out. They may grow by a tenth over what stands in `instructions.txt`;
//! `OWFAT_WRITE_COST=1 cargo test --test cost` writes that file anew, and lowers what stands in `companions.txt`. It holds what the library costs in the profile
//! `release`; in another one they are not counted.

mod callgrind;
mod companions;
mod instructions;
#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::{env, fs};
use support::needing;

/// A compiled program, and a folder for what is written.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Program {
    fn build(name: &'static str) -> Program {
        let program = Program { folder: tempfile::tempdir().unwrap(), name };
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let library = program.path("libowfat.so.0");
        fs::copy(support::libraries::ours(), &library).unwrap();
        let output = Command::new(env::var("CC").unwrap_or_else(|_| "cc".into()))
            .args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-I"])
            .args([&root.join("include"), &root.join(format!("ctests/cost/{name}.c")), &library])
            .arg("-o")
            .arg(program.path(name))
            .output()
            .expect("the C compiler runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program under `tool`, which may be nothing; gives what it said.
    fn run(&self, tool: &[&str], arguments: &[&str]) -> String {
        let mut words: Vec<String> = tool.iter().map(|word| word.to_string()).collect();
        words.push(self.path(self.name).display().to_string());
        words.extend(arguments.iter().map(|word| word.to_string()));
        let Output { status, stdout, stderr } = Command::new(&words[0])
            .args(&words[1..])
            .env("LD_LIBRARY_PATH", self.folder.path())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", words[0]));
        assert!(status.success(), "{words:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    /// The number that the program said after `name`.
    fn number(&self, name: &str, arguments: &[&str]) -> i64 {
        let said = self.run(&[], arguments);
        let mut words = said.split_whitespace().skip_while(|word| *word != name);
        words.nth(1).and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{arguments:?}: {said}"))
    }

    /// The sending system calls of one batch.
    fn sending_calls(&self, case: &str) -> Vec<String> {
        let calls = |times: &str| {
            let log = self.path(&format!("strace.{case}.{times}"));
            let tool =
                ["strace", "-f", "-e", "trace=write,writev,sendto,sendmsg,sendmmsg,sendfile,splice", "-o"];
            self.run(&[&tool[..], &[log.to_str().unwrap()]].concat(), &[case, times]);
            let text = fs::read_to_string(log).unwrap();
            let names = text.lines().filter(|line| line.contains('(') && !line.contains("write(1,"));
            names
                .map(|line| line.split('(').next().unwrap().split_whitespace().last().unwrap().to_string())
                .collect::<Vec<_>>()
        };
        let (one, two) = (calls("1"), calls("2"));
        assert_eq!(two[..one.len()], one, "every run does the same");
        two[one.len()..].to_vec()
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(got: T, wanted: T) -> Result<(), Failed> {
    if got == wanted { Ok(()) } else { Err(format!("{got:?}, not {wanted:?}").into()) }
}

/// Bytes that one more idle descriptor takes, and how many it may take.
fn idle_descriptors(program: &Program) -> Result<(), Failed> {
    const MOST: i64 = 64;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for the call.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    let many = (limit.rlim_max.min(20_000) as i64 - 100) / 2 * 2;
    let bytes = |size: i64| program.number("bytes", &["idle", "0", &size.to_string()]);
    let each = (bytes(many) - bytes(many / 2)) / (many / 2);
    if each <= MOST { Ok(()) } else { Err(format!("{each} bytes for each of {many} descriptors").into()) }
}

fn main() {
    let arguments = Arguments::from_args();
    let program = Arc::new(Program::build("program"));
    let strace = support::package("strace", "/usr/bin/strace");
    let mut trials = Vec::new();
    type Check = fn(&Program) -> Result<(), Failed>;
    let traced: [(&str, Check); 2] = [
        ("a_batch_of_buffers_is_one_call", |program| equal(program.sending_calls("buffers").len(), 1)),
        ("a_batch_of_header_and_file_is_two_calls", |program| {
            let calls = program.sending_calls("file");
            equal((calls.len(), calls.last().map(String::as_str)), (2, Some("sendfile")))
        }),
    ];
    for (name, check) in traced {
        let program = program.clone();
        trials.push(needing(&strace, Trial::test(name, move || check(&program))));
    }
    let counted: [(&str, Check); 2] = [
        ("sending_a_batch_allocates_nothing", |program| {
            let found = ["buffers", "file"].map(|case| program.number("allocations", &[case, "100"]));
            equal(found, [0, 0])
        }),
        ("an_idle_descriptor_takes_64_bytes_at_most", idle_descriptors),
    ];
    for (name, check) in counted {
        let program = program.clone();
        trials.push(Trial::test(name, move || check(&program)));
    }
    trials.extend(instructions::trials(&program));
    trials.extend(companions::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
