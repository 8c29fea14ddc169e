// SPDX-License-Identifier: MIT OR Apache-2.0
//! `examples/cdb.c`, which makes databases and looks into them, as `make examples` builds it.

use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut make = Command::new("make");
    make.args(["--quiet", "examples"]).current_dir(root).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    assert!(make.status().expect("make runs").success());
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root.join(target).join("examples/cdb")
});

const LINES: &str = "# services\ndomain 53/udp\nhttp 80/tcp\n\ndomain\t53/tcp\nnothing \n";

/// Runs the program in a folder: its status, what it printed, and what it said about errors.
fn run(folder: &TempDir, arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut command = Command::new(&*PROGRAM);
    command.args(arguments).current_dir(folder.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

fn prints(folder: &TempDir, arguments: &[&str], status: i32, wanted: &str) {
    let (code, printed, said) = run(folder, arguments, b"");
    assert_eq!(
        (code, &*String::from_utf8_lossy(&printed), &*said),
        (Some(status), wanted, ""),
        "{arguments:?}"
    );
}

fn with_services() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&folder, &["make", "services"], LINES.as_bytes()), (Some(0), vec![], String::new()));
    folder
}

fn files(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn what_was_put_in_comes_out() {
    let folder = with_services();
    prints(&folder, &["get", "services", "http"], 0, "80/tcp\n");
    prints(&folder, &["get", "services", "domain"], 0, "53/udp\n53/tcp\n");
    prints(&folder, &["get", "services", "nothing"], 0, "\n");
    prints(&folder, &["get", "services", "gopher"], 100, "");
    prints(&folder, &["list", "services"], 0, "domain 53/udp\nhttp 80/tcp\ndomain 53/tcp\nnothing \n");
    assert_eq!(files(&folder), ["services"]);
}

#[test]
fn a_list_makes_the_same_database() {
    let folder = with_services();
    let (_, listed, _) = run(&folder, &["list", "services"], b"");
    assert_eq!(run(&folder, &["make", "again"], &listed).0, Some(0));
    let read = |name| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("again"), read("services"));
}

#[test]
fn long_lines_and_many() {
    let folder = tempfile::tempdir().unwrap();
    let line = |n: usize| format!("key{n} {}\n", "x".repeat(n % 50 * 1000));
    let lines: String = (0..2000).map(line).collect();
    assert_eq!(run(&folder, &["make", "many"], lines.as_bytes()).0, Some(0));
    let (status, listed, _) = run(&folder, &["list", "many"], b"");
    assert!(status == Some(0) && listed == lines.as_bytes());
    prints(&folder, &["get", "many", "key1049"], 0, &format!("{}\n", "x".repeat(49_000)));
}

#[test]
fn a_bad_line_leaves_the_old_database() {
    let folder = with_services();
    let (status, _, said) = run(&folder, &["make", "services"], b"one 1\n\ntwo\nthree 3\n");
    assert_eq!((status, &*said), (Some(111), "cdb: line 3: no data behind the key\n"));
    assert_eq!(files(&folder), ["services"]);
    prints(&folder, &["get", "services", "http"], 0, "80/tcp\n");
}

#[test]
fn errors_are_told() {
    let folder = with_services();
    let said = |arguments: &[&str], status| {
        let (code, printed, said) = run(&folder, arguments, b"");
        assert!(code == Some(status) && printed.is_empty(), "{arguments:?}: {code:?} {printed:?}");
        said
    };
    assert_eq!(said(&["get", "absent", "key"], 111), "cdb: absent: No such file or directory\n");
    assert_eq!(said(&["make", "absent/file"], 111), "cdb: absent/file.new: No such file or directory\n");
    fs::write(folder.path().join("short"), b"no database").unwrap();
    assert_eq!(said(&["get", "short", "key"], 111), "cdb: short: Protocol error\n");
    assert_eq!(said(&["list", "short"], 111), "cdb: short: Protocol error\n");
    for arguments in [&[][..], &["get", "services"], &["list", "services", "key"], &["drop", "services"]] {
        assert!(said(arguments, 100).starts_with("cdb: usage: "), "{arguments:?}");
    }
    let full = Command::new(&*PROGRAM)
        .args(["list", "services"])
        .current_dir(folder.path())
        .stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(full.status.code(), Some(111));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is damaged, the program ends by itself.
    #[test]
    fn damaged_files_are_survived(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9)) {
        let folder = with_services();
        let file = folder.path().join("services");
        let mut contents = fs::read(&file).unwrap();
        for (place, byte) in damage {
            let at = place.index(contents.len());
            contents[at] = byte;
        }
        fs::write(&file, contents).unwrap();
        for arguments in [&["list", "services"][..], &["get", "services", "domain"]] {
            let (status, ..) = run(&folder, arguments, b"");
            prop_assert!(matches!(status, Some(0 | 100 | 111)), "{status:?}");
        }
    }
}
