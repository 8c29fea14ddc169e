// SPDX-License-Identifier: MIT OR Apache-2.0
//! For tests: runs a few threads through every order in which their steps can follow each other.
//!
//! One thread runs at a time. It gives up its turn before each step that others could notice: an access to a shared
//! [`atomic`](super::atomic), taking the lock, waiting in the kernel. Which thread continues is a decision; the next run decides
//! otherwise, the last open decision first, until none is left. So what runs is the code as it is shipped, on a real kernel. A
//! schedule in which every thread waits for another one, a lost wake-up, is reported as such.
//!
//! Threads run one after the other: reorderings by the processor are not explored.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What keeps a thread from its next step.
enum Obstacle {
    Nothing,
    /// The lock at this address.
    Lock(usize),
    /// None of these descriptors is ready.
    Unready(Vec<libc::pollfd>),
    /// It has ended.
    Ended,
}

/// More than any run of a few threads takes.
const MOST_STEPS: usize = 10_000;

#[derive(Clone, Debug)]
struct Decision {
    /// The threads that could continue; the one whose turn it was comes first.
    candidates: Vec<usize>,
    chosen: usize,
}

#[derive(Default)]
struct State {
    turn: usize,
    obstacles: Vec<Obstacle>,
    locks: Vec<usize>,
    decisions: Vec<Decision>,
    /// How many decisions of this run have been taken.
    taken: usize,
    steps: usize,
    /// How often a thread lost its turn that could have gone on; and how often it may.
    interruptions: usize,
    most_interruptions: usize,
    /// Every thread waits, or one has panicked.
    stuck: Option<String>,
}

#[derive(Default)]
struct Scheduler {
    state: Mutex<State>,
    changed: Condvar,
}

thread_local! {
    /// The schedule that this thread is part of, and its number there.
    static PART: RefCell<Option<(Arc<Scheduler>, usize)>> = const { RefCell::new(None) };
}

fn with_part(action: impl FnOnce(&Scheduler, usize)) {
    let part = PART.with(|part| part.try_borrow().ok().and_then(|part| part.clone()));
    if let Some((scheduler, number)) = part {
        action(&scheduler, number);
    }
}

/// Here another thread may come in between.
pub(crate) fn step() {
    with_part(|scheduler, number| scheduler.pause(number, Obstacle::Nothing));
}

/// Before the lock at this address is taken.
pub(crate) fn acquire(address: usize) {
    with_part(|scheduler, number| scheduler.pause(number, Obstacle::Lock(address)));
    taken(address);
}

/// When that lock has been taken without a wait.
pub(crate) fn taken(address: usize) {
    with_part(|scheduler, _| scheduler.state().locks.push(address));
}

/// When that lock has been opened.
pub(crate) fn release(address: usize) {
    with_part(|scheduler, _| scheduler.state().locks.retain(|lock| *lock != address));
}

/// Before a wait for these descriptors.
pub(crate) fn wait(queries: impl IntoIterator<Item = libc::pollfd>, milliseconds: Option<u64>) {
    with_part(|scheduler, number| match milliseconds {
        Some(0) => scheduler.pause(number, Obstacle::Nothing),
        _ => scheduler.pause(number, Obstacle::Unready(queries.into_iter().collect())),
    });
}

impl State {
    fn can_go_on(&mut self, number: usize) -> bool {
        match &mut self.obstacles[number] {
            Obstacle::Nothing => true,
            Obstacle::Lock(address) => !self.locks.contains(address),
            // SAFETY: a list of descriptors of its length.
            Obstacle::Unready(queries) => unsafe {
                libc::poll(queries.as_mut_ptr(), queries.len() as libc::nfds_t, 0) != 0
            },
            Obstacle::Ended => false,
        }
    }

    /// Gives the turn to a thread that can use it.
    fn decide(&mut self) {
        let previous = self.turn;
        self.steps += 1;
        if self.steps == MOST_STEPS {
            self.stuck = Some("it does not come to an end".into());
        }
        let mut candidates: Vec<usize> = (0..self.obstacles.len()).collect();
        candidates.sort_by_key(|number| *number != previous);
        candidates.retain(|number| self.can_go_on(*number));
        let interruption = candidates.first() == Some(&previous);
        if interruption && self.interruptions == self.most_interruptions {
            candidates.truncate(1);
        }
        if candidates.is_empty() {
            if self.obstacles.iter().any(|obstacle| !matches!(obstacle, Obstacle::Ended)) {
                self.stuck.get_or_insert("every thread waits for another one".into());
            }
            return;
        }
        if let [only] = candidates[..] {
            self.turn = only;
            return;
        }
        if self.taken == self.decisions.len() {
            self.decisions.push(Decision { candidates: candidates.clone(), chosen: 0 });
        }
        let decision = &self.decisions[self.taken];
        if decision.candidates != candidates {
            let before = &decision.candidates;
            self.stuck =
                Some(format!("candidates are {candidates:?}, and were {before:?} in the run before"));
            return;
        }
        self.taken += 1;
        self.turn = candidates[decision.chosen];
        self.interruptions += usize::from(interruption && self.turn != previous);
    }
}

impl Scheduler {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets others have their turn, and comes back when it is this thread's again.
    fn pause(&self, number: usize, obstacle: Obstacle) {
        let mut state = self.state();
        state.obstacles[number] = obstacle;
        state.decide();
        self.changed.notify_all();
        // A stuck thread stays where it is: the test has failed.
        while state.turn != number || state.stuck.is_some() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.obstacles[number] = Obstacle::Nothing;
    }

    fn run_thread(self: Arc<Self>, number: usize, work: impl FnOnce()) {
        PART.set(Some((self.clone(), number)));
        {
            let mut state = self.state();
            while state.turn != number {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        PART.set(None);
        let mut state = self.state();
        if outcome.is_err() {
            state.stuck = Some(format!("thread {number} panicked"));
        }
        state.obstacles[number] = Obstacle::Ended;
        state.decide();
        self.changed.notify_all();
    }
}

/// Which thread had its turn, and for how many decisions.
fn story(decisions: &[Decision]) -> String {
    let turns: Vec<usize> = decisions.iter().map(|decision| decision.candidates[decision.chosen]).collect();
    let stretches = turns.chunk_by(|a, b| a == b);
    stretches.map(|stretch| format!("thread {} {} times, ", stretch[0], stretch.len())).collect()
}

/// A thread's work.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

/// Has `scenario` make some threads' work, and lets them do it in every order with so many interruptions at most (a
/// thread that could go on, and has to let another one go first). `end` looks at what came of each run. Returns how many
/// orders there were. Panics if one of them leads nowhere.
pub(crate) fn explore<T>(
    most_interruptions: usize,
    mut scenario: impl FnMut() -> (T, Vec<Work>),
    mut end: impl FnMut(T),
) -> usize {
    let mut decisions: Vec<Decision> = Vec::new();
    for runs in 1.. {
        let (site, work) = scenario();
        let scheduler = Arc::new(Scheduler::default());
        {
            let mut state = scheduler.state();
            state.obstacles.extend(work.iter().map(|_| Obstacle::Nothing));
            state.decisions = std::mem::take(&mut decisions);
            state.most_interruptions = most_interruptions;
            state.decide();
        }
        let threads: Vec<_> = work
            .into_iter()
            .enumerate()
            .map(|(number, work)| {
                let scheduler = scheduler.clone();
                thread::spawn(move || scheduler.run_thread(number, work))
            })
            .collect();
        {
            let mut state = scheduler.state();
            let at_work = |state: &State| state.obstacles.iter().any(|o| !matches!(o, Obstacle::Ended));
            while state.stuck.is_none() && at_work(&state) {
                state = scheduler.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(reason) = &state.stuck {
                panic!("{reason}, in run {runs}: {}", story(&state.decisions));
            }
            decisions = std::mem::take(&mut state.decisions);
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        end(site);
        while decisions.last().is_some_and(|last| last.chosen + 1 == last.candidates.len()) {
            decisions.pop();
        }
        match decisions.last_mut() {
            Some(last) => last.chosen += 1,
            None => return runs,
        }
    }
    unreachable!("the orders come to an end")
}

mod tests {
    use super::*;
    use crate::sys::atomic::AtomicU64;
    use core::sync::atomic::Ordering::SeqCst;
    use std::collections::BTreeSet;

    /// Two threads that add by loading and storing lose an addition in some orders, and not in others.
    #[test]
    fn every_order_is_tried() {
        let mut sums = BTreeSet::new();
        let orders = explore(
            usize::MAX,
            || {
                let number = Arc::new(AtomicU64::new(0));
                let adds = |number: &Arc<AtomicU64>| -> Work {
                    let number = number.clone();
                    Box::new(move || number.store(number.load(SeqCst) + 1, SeqCst))
                };
                let work = vec![adds(&number), adds(&number)];
                (number, work)
            },
            |number| {
                sums.insert(number.load(SeqCst));
            },
        );
        // Which of two begins, and how two steps each can be merged.
        assert_eq!((orders, sums), (20, BTreeSet::from([1, 2])));
    }
}
