// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random programs of API calls on real descriptors, against a model of the contract.
//!
//! The model is the kernel's own word: after every io_check, io_canread and io_canwrite must return exactly the descriptors
//! that have interest and that poll(2) finds ready, each once. What the program did before (read partly, read by plain
//! calls, closed and reopened, turned interest on and off) must not matter. Where the contract allows more, the model says so.
//!
//! Then, of steps about which both agree, on the C library beside ours.
//!
//! It runs on each backend of the loop, in a process of its own, because the choice is made once in a process.
//! `OWFAT_SEED` repeats a run, `OWFAT_STEPS` says how many steps it takes. A failing program is shrunk and printed.

mod compare;
mod kind;
mod library;
mod process;
mod rare;
mod rounds;
mod signals;
mod slot;
mod step;
#[path = "../support/mod.rs"]
mod support;
mod world;

use kind::Kind;
use library::Library;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::io::Write;
use std::process::{Command, ExitCode};
use step::Step;
use support::{Skip, kqueue, libraries};
use world::{SLOTS, World};

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        400 => simple_step(),
        1 => prop::collection::vec(simple_step(), 1..20).prop_map(Step::Fork),
        40 => (0..SLOTS, rare::rare()).prop_map(|(slot, rare)| Step::Rare(slot, rare)),
        1 => Just(Step::ForkAKeeper),
        4 => (0..SLOTS).prop_map(Step::WaitThroughSignals),
        2 => Just(Step::WaitUntilASignal),
    ]
}

/// A step that takes no other process, and no time.
fn simple_step() -> impl Strategy<Value = Step> {
    let slot = 0..SLOTS;
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let size = prop_oneof![Just(1usize), 1..20usize, 1..5000usize, Just(300_000usize)];
    prop_oneof![
        3 => (slot.clone(), kind).prop_map(|(slot, kind)| Step::Open(slot, kind)),
        6 => (slot.clone(), any::<bool>()).prop_map(|(slot, on)| Step::InterestRead(slot, on)),
        6 => (slot.clone(), any::<bool>()).prop_map(|(slot, on)| Step::InterestWrite(slot, on)),
        6 => (slot.clone(), size.clone()).prop_map(|(slot, size)| Step::PeerWrites(slot, size)),
        3 => (slot.clone(), size.clone()).prop_map(|(slot, size)| Step::PeerReads(slot, size)),
        1 => slot.clone().prop_map(Step::PeerShutsDown),
        1 => slot.clone().prop_map(Step::PeerCloses),
        6 => (slot.clone(), size.clone()).prop_map(|(slot, size)| Step::TryRead(slot, size)),
        4 => (slot.clone(), size.clone()).prop_map(|(slot, size)| Step::PlainRead(slot, size)),
        4 => (slot.clone(), size.clone()).prop_map(|(slot, size)| Step::TryWrite(slot, size)),
        3 => (slot.clone(), size).prop_map(|(slot, size)| Step::PlainWrite(slot, size)),
        1 => slot.clone().prop_map(Step::Close),
        1 => slot.clone().prop_map(Step::PlainCloseAndReopen),
        1 => slot.clone().prop_map(Step::CloseButKeepADuplicate),
        1 => slot.clone().prop_map(Step::RegisterAgain),
        1 => slot.clone().prop_map(Step::QueueForRead),
        8 => Just(Step::Round),
        2 => (0..4usize).prop_map(Step::PartOfARound),
        1 => Just(Step::Wait),
        1 => (slot, -3i64..3).prop_map(|(slot, seconds)| Step::Deadline(slot, seconds)),
        1 => Just(Step::Sweep),
    ]
}

/// Names the library to a process that is to run on it.
const LIBRARY: &str = "OWFAT_MODEL_LIBRARY";

/// Names the C library to a process that is to compare.
const OTHER: &str = "OWFAT_MODEL_OTHER";

fn main() -> ExitCode {
    let load = |name| std::env::var_os(name).map(|path| Library::load(path.into()));
    match (load(LIBRARY), load(OTHER)) {
        (Some(ours), Some(theirs)) => run(compare::programs(), 60, steps_beside_the_c_library(), |program| {
            compare::run(&ours, &theirs, program)
        }),
        (Some(ours), None) => {
            let programs = prop::collection::vec(step(), 1..240);
            run(programs, 120, u64::MAX, |program| World::new(&ours).run(program))
        }
        (None, _) => run_on_every_backend(),
    }
}

fn run_on_every_backend() -> ExitCode {
    let ours = libraries::ours();
    let over_kevent = kqueue::build(kqueue::Ways::Bsd);
    let mut passed = 0;
    for backend in ["epoll", "poll", "kqueue"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("OWFAT_BACKEND", backend).env(LIBRARY, &ours);
        if backend == "kqueue" {
            kqueue::apply(&mut command, &over_kevent);
            command.env(LIBRARY, over_kevent.join("libowfat.so.0"));
        }
        print!("{backend}: ");
        std::io::stdout().flush().unwrap();
        passed += u32::from(command.status().unwrap().success());
    }
    let mut wanted = 3;
    match libraries::debian() {
        Ok(theirs) => {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.env(LIBRARY, &ours).env(OTHER, theirs);
            print!("beside the C library: ");
            std::io::stdout().flush().unwrap();
            passed += u32::from(command.status().unwrap().success());
            wanted += 1;
        }
        Err(Skip(reason)) => {
            println!("test beside_the_c_library ... ignored ({reason})");
            wanted += u32::from(Skip::is_failure());
        }
    }
    let outcome = if passed == wanted { "ok" } else { "FAILED" };
    println!(
        "test result: {outcome}. {passed} passed; {} failed; {} ignored; 0 measured; 0 filtered out",
        wanted - passed,
        4 - wanted
    );
    ExitCode::from(u8::from(passed != wanted))
}

/// The C library keeps descriptors open that were closed while their events were queued, one in some fourteen steps.
fn steps_beside_the_c_library() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is there for the whole of the call.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur.saturating_mul(8)
}

/// Takes random programs, of so many steps on average, and so many at most all together.
fn run(
    programs: impl Strategy<Value = Vec<Step>>,
    length: u64,
    limit: u64,
    work: impl Fn(&[Step]) -> Result<(), String>,
) -> ExitCode {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("OWFAT_SEED").unwrap_or_else(|| std::process::id().into());
    let steps = number("OWFAT_STEPS").unwrap_or(300_000).min(limit);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: (steps / length) as u32,
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let mut taken = 0u64;
    let counter = std::cell::Cell::new(0u64);
    let outcome = runner.run(&programs, |program| {
        counter.set(counter.get() + program.len() as u64);
        work(&program).map_err(TestCaseError::fail)
    });
    taken += counter.get();
    println!("model: seed {seed}, {taken} steps");
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(TestError::Fail(reason, program)) => {
            println!("{reason}\nsmallest failing program (OWFAT_SEED={seed}):\n{program:#?}");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
