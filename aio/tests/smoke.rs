// SPDX-License-Identifier: MIT OR Apache-2.0
//! `smoke.c` in each form of the library, with each engine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the member lies in the workspace").into()
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{said}{complained}", output.status);
}

/// Where `make aio` puts the libraries.
fn libraries() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        run(Command::new("make").arg("aio").current_dir(root()).env_remove("MAKEFLAGS"));
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
        root().join(target).join("aio")
    })
}

fn compile(source: &str, form: &str, arguments: &[String]) -> PathBuf {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{source}-{form}"));
    run(Command::new("cc")
        .args(["-O1", "-g", "-Wall", "-Wextra", "-pthread", "-o"])
        .arg(&program)
        .arg(root().join("aio/tests").join(source).with_extension("c"))
        .arg("-I")
        .arg(root().join("aio/include"))
        .args(arguments));
    program
}

fn shared(engine: &str) {
    let place = libraries().display();
    let program = compile(
        "smoke",
        &format!("shared-{engine}"),
        &[format!("-L{place}"), "-lowfat-aio".into(), format!("-Wl,-rpath,{place}")],
    );
    run(Command::new(program).env("OWFAT_AIO", engine));
}

#[test]
fn on_the_ring() {
    shared("uring");
}

#[test]
fn on_the_pool() {
    shared("pool");
}

#[test]
fn in_the_program() {
    let archive = libraries().join("libowfat-aio.a").display().to_string();
    run(&mut Command::new(compile(
        "smoke",
        "static",
        &[archive, "-Wl,--exclude-libs,libowfat-aio.a".into()],
    )));
}

/// Each call that the library makes fails in turn, alone and with all after it: `faults.c`.
#[test]
fn every_call_may_fail() {
    const WRAPPED: &str = "pthread_create pthread_attr_init pthread_setspecific malloc realloc mmap64 epoll_create1 epoll_ctl eventfd fcntl \
        fstat getrlimit poll lseek madvise read write close epoll_wait fsync fdatasync pread64 pwrite64 preadv64 pwritev64 recvmsg sendmsg readv writev syscall";
    const NO_MORE_CALLS: i32 = 3;
    /// Which error it is of those that a call may have, and whether all later calls fail, too.
    const WAYS: [(&str, Option<&str>); 6] =
        [("0", None), ("0", Some("all")), ("1", None), ("1", Some("all")), ("2", None), ("2", Some("all"))];
    let mut arguments = vec![libraries().join("libowfat-aio.a").display().to_string()];
    arguments.extend(WRAPPED.split_whitespace().map(|name| format!("-Wl,--wrap={name}")));
    let program = compile("faults", "static", &arguments);
    for engine in ["uring", "pool"] {
        for (way, more) in WAYS {
            let mut calls = 0;
            loop {
                calls += 1;
                let mut command = Command::new(&program);
                command.arg(calls.to_string()).args(more).env("OWFAT_AIO", engine).env("FAULT_WAY", way);
                let output = command.output().expect("the program starts");
                if output.status.code() == Some(NO_MORE_CALLS) {
                    break;
                }
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
            }
            assert!(calls > 20, "{engine}: only {calls} calls could fail");
        }
    }
}

/// The names are in our version node, all of them and no others, and the C library's are not taken over.
#[test]
fn names_are_in_their_node() {
    let object = libraries().join("libowfat-aio.so");
    let listing = Command::new("objdump").arg("-T").arg(object).output().expect("objdump runs");
    let listing = String::from_utf8(listing.stdout).unwrap();
    let mut ours: Vec<&str> = listing
        .lines()
        .filter(|line| line.contains(" DF .text"))
        .map(|line| {
            assert!(line.contains(" OWFAT_AIO_1 "), "{line}");
            line.split_whitespace().last().unwrap()
        })
        .collect();
    ours.sort_unstable();
    let more = if cfg!(target_pointer_width = "32") { include_str!("../abi/names-32.txt") } else { "" };
    let mut names: Vec<&str> = include_str!("../abi/names.txt").lines().chain(more.lines()).collect();
    names.sort_unstable();
    assert_eq!(ours, names);
}
