// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example web server under real clients: raw sockets, curl, ab and wrk. What it answers, that nothing
//! leads out of its folder, that it serves all clients whatever a single one does, and that it ends well.
//!
//! `so::` is the server as `make serve` builds it; `a::` is linked with the static library; `portable::` is
//! the shared one again, opening files the way it does on other systems; `aio::` reads files by libowfat-aio.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod build;
mod client;
mod cold;
mod connections;
mod ending;
mod folder;
mod limits;
mod pages;
mod paths;
mod readme;
mod server;
mod tools;

use folder::Folder;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use server::Server;
use std::path::PathBuf;
use std::sync::Arc;
use support::Skip;

/// What a test gets: the served folder, the program, and one running server that all tests share.
struct Site {
    server: Server,
    program: PathBuf,
    folder: Folder,
}

impl Site {
    fn new(program: PathBuf) -> Self {
        let folder = Folder::new();
        Self { server: Server::start(&program, &folder.root(), 10), program, folder }
    }

    /// A server for one test alone; its idle time-out is `seconds`.
    fn own_server(&self, seconds: u32) -> Server {
        Server::start(&self.program, &self.folder.root(), seconds)
    }
}

/// A test panics when it fails, and returns the reason when this machine lacks what it needs.
type Test = fn(&Site) -> Result<(), Skip>;

fn outcome(result: Result<(), Skip>) -> Result<Completion, Failed> {
    match result {
        Ok(()) => Ok(Completion::Completed),
        Err(Skip(reason)) if Skip::is_failure() => Err(Failed::from(reason)),
        Err(Skip(reason)) => Ok(Completion::ignored_with(reason)),
    }
}

/// Pieces of files that are read take memory and descriptors, and valgrind does not know a call of the program's own
/// beside them.
const OTHERWISE_WITH_AIO: [&str; 3] =
    ["slow_readers_cost_no_memory", "more_clients_than_descriptors", "valgrind_finds_nothing"];

fn main() {
    let arguments = Arguments::from_args();
    build::library();
    let programs = tempfile::tempdir().unwrap();
    let mut trials = vec![
        Trial::ignorable_test("gcc_has_no_warning", || outcome(build::without_a_warning("gcc"))),
        Trial::ignorable_test("clang_has_no_warning", || outcome(build::without_a_warning("clang"))),
        Trial::ignorable_test("the_server_of_the_readme_works", || outcome(readme::works())),
    ];
    let mut sites = Vec::new();
    for kind in build::Kind::ALL {
        let site = Arc::new(Site::new(kind.build(programs.path())));
        let mut tests = [answers::TESTS, paths::TESTS, pages::TESTS].concat();
        if kind != build::Kind::Portable {
            tests.extend([connections::TESTS, limits::TESTS, ending::TESTS].concat());
        }
        if kind == build::Kind::Shared {
            tests.extend([tools::TESTS, pages::RENDERED].concat());
        }
        if kind == build::Kind::Asynchronous {
            tests.retain(|(name, _)| !OTHERWISE_WITH_AIO.contains(name));
            tests.extend(cold::TESTS);
        }
        for (name, test) in tests {
            let site = Arc::clone(&site);
            let name = format!("{}::{name}", kind.name());
            trials.push(Trial::ignorable_test(name, move || outcome(test(&site))));
        }
        sites.push(site);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop((sites, programs)); // before exit, which runs no destructors
    conclusion.exit();
}
