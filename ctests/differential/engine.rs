// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine: loads both libraries, makes the inputs, compares what comes of them.

use super::memory::Memory;
use crate::support::{Skip, libraries, needing};
use errno::{Errno, errno, set_errno};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use libtest_mimic::Trial;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::{env, mem};

/// Declares the functions of a family with their C prototypes: a struct that holds their addresses in one
/// library, with a method for each.
macro_rules! functions {
    ($family:ident {
        $(fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?;)*
    }) => {
        #[derive(Clone, Copy)]
        pub(super) struct $family {
            $($name: unsafe extern "C" fn($($type),*) $(-> $result)?,)*
        }

        impl $family {
            $(unsafe fn $name(&self, $($argument: $type),*) $(-> $result)? {
                // SAFETY: the caller keeps the function's contract.
                unsafe { (self.$name)($($argument),*) }
            })*
        }

        impl $crate::differential::engine::Functions for $family {
            const NAMES: &[&str] = &[$(stringify!($name)),*];

            unsafe fn load(library: &libloading::os::unix::Library) -> Self {
                // SAFETY: the caller vouches for the prototypes.
                unsafe { $family { $($name: *library.get(stringify!($name).as_bytes()).unwrap(),)* } }
            }
        }
    };
}
pub(crate) use functions;

/// What `functions!` makes.
pub(crate) trait Functions: Copy + 'static {
    /// Their names.
    const NAMES: &[&str];

    /// Looks them up.
    ///
    /// # Safety
    /// The library's functions have the declared prototypes.
    unsafe fn load(library: &Library) -> Self;
}

struct Pair {
    ours: Library,
    debian: Library,
}

/// Both libraries. RTLD_LOCAL keeps their names apart: each finds its own functions first.
static LIBRARIES: LazyLock<Result<Pair, Skip>> = LazyLock::new(|| {
    let open = |path| {
        // SAFETY: neither library has constructors that do more than register fork handlers.
        unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.unwrap()
    };
    let (debian, ours) = (open(libraries::debian()?), open(libraries::ours()));
    // SAFETY: the address is only looked at.
    let address = |library: &Library| *unsafe { library.get::<*const ()>(b"tai_now") }.unwrap();
    assert_ne!(address(&debian), address(&ours), "one library under two names");
    Ok(Pair { ours, debian })
});

/// Collects the comparisons of all families.
pub(crate) struct Engine {
    trials: Vec<Trial>,
    names: BTreeSet<&'static str>,
    cases: Arc<AtomicU64>,
}

impl Engine {
    pub(crate) fn new() -> Engine {
        Engine { trials: Vec::new(), names: BTreeSet::new(), cases: Arc::default() }
    }

    /// The comparisons, and the number of inputs that they will have seen.
    pub(crate) fn into_trials(self) -> (Vec<Trial>, Arc<AtomicU64>) {
        (self.trials, self.cases)
    }

    /// A new family of functions.
    pub(crate) fn family<F: Functions>(&mut self, name: &'static str) -> Family<'_, F> {
        self.names.extend(F::NAMES);
        Family { engine: self, name, functions: PhantomData }
    }

    /// The functions that some family has declared.
    pub(super) fn names(&self) -> &BTreeSet<&'static str> {
        &self.names
    }

    /// A test that is no comparison of inputs.
    pub(super) fn trial(&mut self, trial: Trial) {
        self.trials.push(trial);
    }
}

/// A family of functions, of which comparisons are made.
pub(crate) struct Family<'a, F> {
    engine: &'a mut Engine,
    name: &'static str,
    functions: PhantomData<F>,
}

impl<F: Functions> Family<'_, F> {
    /// Compares what `call` sees of both libraries for these inputs: what it returns, the memory that
    /// it asked for, and errno. It gets the functions of one library at a time.
    ///
    /// (A `prop_oneof!` of more than ten alternatives cannot change threads; two within another one can.)
    pub(crate) fn compare<S, R>(
        &mut self,
        name: &str,
        inputs: S,
        call: impl Fn(F, &mut Memory, &S::Value) -> R + Send + 'static,
    ) where
        S: Strategy + Send + 'static,
        R: PartialEq + Debug,
    {
        self.compare_costly(1, name, inputs, call);
    }

    /// As `compare`, for inputs of which each costs as much as `cost` usual ones: there are fewer.
    pub(crate) fn compare_costly<S, R>(
        &mut self,
        cost: u32,
        name: &str,
        inputs: S,
        call: impl Fn(F, &mut Memory, &S::Value) -> R + Send + 'static,
    ) where
        S: Strategy + Send + 'static,
        R: PartialEq + Debug,
    {
        let name = format!("{}::{name}", self.name);
        let cases = self.engine.cases.clone();
        let trial = Trial::test(name.clone(), move || {
            let pair = LIBRARIES.as_ref().unwrap();
            // SAFETY: the families declare what the C headers declare.
            let (ours, debian) = unsafe { (F::load(&pair.ours), F::load(&pair.debian)) };
            let state = RefCell::new((Memory::new(), Comparison::default()));
            let outcome = runner(&name, cost).run(&inputs, |input| {
                let (memory, comparison) = &mut *state.borrow_mut();
                let ours = comparison.ours.observe(memory, |memory| call(ours, memory, &input));
                let debian = comparison.debian.observe(memory, |memory| call(debian, memory, &input));
                comparison.judge(ours, debian)
            });
            cases.fetch_add(state.into_inner().1.count, Ordering::Relaxed);
            match outcome {
                Ok(()) => Ok(()),
                Err(TestError::Fail(why, input)) => Err(format!("input: {input:?}\n{why}").into()),
                Err(TestError::Abort(why)) => Err(format!("no inputs: {why}").into()),
            }
        });
        self.engine.trials.push(needing(&LIBRARIES, trial));
    }
}

/// Inputs are the same in each run, and others for each comparison.
fn runner(name: &str, cost: u32) -> TestRunner {
    let mut hasher = DefaultHasher::new();
    (name, env::var("OWFAT_SEED").ok()).hash(&mut hasher);
    let mut seed = [0x5a; 16];
    seed[..8].copy_from_slice(&hasher.finish().to_le_bytes());
    let usual = env::var("OWFAT_CASES").map(|cases| cases.parse().expect("OWFAT_CASES is a number"));
    let cases = usual.unwrap_or(20_000_u32).div_ceil(cost);
    let config = Config {
        cases,
        failure_persistence: None,
        max_local_rejects: cases.saturating_mul(10),
        max_global_rejects: cases.saturating_mul(10),
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &seed))
}

/// What one library did besides its result.
#[derive(Default)]
struct Seen {
    memory: Vec<u8>,
    errno: i32,
    errno_counts: bool,
}

impl Seen {
    fn observe<R>(&mut self, memory: &mut Memory, call: impl FnOnce(&mut Memory) -> R) -> R {
        // No function sets errno to this: what is left of it was not touched.
        const UNTOUCHED: Errno = Errno(0x0fa7);
        set_errno(UNTOUCHED);
        let result = call(memory);
        self.errno = errno().0;
        self.errno_counts = memory.take(&mut self.memory);
        result
    }
}

#[derive(Default)]
struct Comparison {
    ours: Seen,
    debian: Seen,
    count: u64,
}

impl Comparison {
    fn judge<R: PartialEq + Debug>(&mut self, ours: R, debian: R) -> Result<(), TestCaseError> {
        self.count += 1;
        let errno_counts = self.ours.errno_counts && self.debian.errno_counts;
        let errno_differs = errno_counts && self.ours.errno != self.debian.errno;
        if ours == debian && !errno_differs && self.ours.memory == self.debian.memory {
            return Ok(());
        }
        let line = |library, result: R, seen: &mut Seen| {
            let memory = mem::take(&mut seen.memory);
            format!("{library}: {result:?}, errno {}, memory{}\n", seen.errno, Memory::shown(&memory))
        };
        let text = line("ours  ", ours, &mut self.ours) + &line("debian", debian, &mut self.debian);
        Err(TestCaseError::fail(text))
    }
}
