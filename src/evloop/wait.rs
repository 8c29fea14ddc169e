// SPDX-License-Identifier: MIT OR Apache-2.0
//! The wait: questions to the kernel, and what it answers.

use super::list::List;
use super::table::Entry;
use super::word::{Direction, WATCHED, Word, queued_bit};
use super::{INTERESTED, Loop, TABLE, lock, parse_token, token};
use crate::abi::taia;
use crate::errno::{Errno, Result};
use crate::sys::lock::Guard;
use crate::sys::{Backend, Event, Events, Readiness, Watch, clock};
use core::sync::atomic::Ordering::Relaxed;

/// How long to wait when the kernel refuses to watch what the program waits for, in milliseconds. The program
/// finds out by trying, without taking a whole processor for it.
const RETRY_INTERVAL: u64 = 10;

/// How long an unserved deadline keeps quiet, in milliseconds.
const REMINDER_INTERVAL: u64 = 1000;

/// When a wait gives up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Never.
    Never,
    /// At once.
    Now,
    /// At a moment of the wall clock.
    Moment(taia),
    /// At a monotonic time, in milliseconds.
    Monotonic(u64),
}

/// How a wait answers a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signals {
    /// The handler runs, and the wait goes on.
    Endure,
    /// The wait ends with EINTR.
    Readiness,
}

/// Waits until something wished for is there to be fetched, or a deadline passes, or the limit is reached. Returns
/// how many events the kernel handed over. Errors: EINTR, if signals are to be reported.
pub fn wait(limit: Limit, signals: Signals) -> Result<usize> {
    let mut state = lock();
    let mut refused = [List::new(), List::new()];
    let mut events = Events::new();
    let mut taken = 0;
    let mut polled = false;
    let mut throttled = false;
    let mut expired = false;
    loop {
        // Again after every question to the kernel: another thread may have raised doubts meanwhile.
        let mut questions = state.recheck(&mut refused);
        let mut ready = state.anything_deliverable();
        while state.anything_stale() {
            questions |= state.recheck(&mut refused);
            ready = state.anything_deliverable();
        }
        throttled |= state.make_ready(&mut refused);
        // It is news once; what was new before the question to the kernel is still to be told after it.
        expired |= state.newly_expired();
        let over = limit.left() == Some(0);
        if polled && (ready || throttled || expired || over) && !questions {
            return Ok(taken);
        }
        // Every second wait may live on what is known already, if the program waits at all: a request answered
        // at once costs one wait, not two.
        if ready && !expired && !questions && state.asked && !matches!(limit, Limit::Now) {
            state.asked = false;
            return Ok(taken);
        }
        if !ready && !throttled && INTERESTED.load(Relaxed) == 0 && state.deadlines.is_empty() {
            return Ok(taken);
        }
        let timeout = if ready || expired { Some(0) } else { state.timeout(limit, throttled) };
        match poll(&mut state, &mut events, timeout) {
            Ok(count) => {
                taken += count;
                polled = true;
            }
            Err(Errno(libc::EINTR)) if signals == Signals::Endure => polled = false,
            Err(Errno(libc::EINTR)) => return Err(Errno(libc::EINTR)),
            // Somebody closed our descriptor, or the kernel has no memory for it: start over.
            Err(_) => {
                state.renew();
                polled = true;
            }
        }
    }
}

impl Limit {
    /// Milliseconds that are left, rounded up.
    fn left(self) -> Option<u64> {
        match self {
            Limit::Never => None,
            Limit::Now => Some(0),
            Limit::Moment(moment) => Some(moment.milliseconds_after(clock::now())),
            Limit::Monotonic(moment) => Some(moment.saturating_sub(clock::monotonic_milliseconds())),
        }
    }
}

/// One question to the kernel, and what it answers taken into the table. The lock is open meanwhile.
fn poll(state: &mut Guard<'_, Loop>, events: &mut Events, timeout: Option<u64>) -> Result<usize> {
    if state.backend.is_none() && timeout == Some(0) {
        return Ok(0);
    }
    let backend = state.backend();
    let reach = state.reach;
    state.waiting = timeout != Some(0);
    let outcome = state.unlocked(|| backend.wait(events, timeout, watches(reach)));
    state.waiting = false;
    state.registrations = 0;
    let count = outcome?;
    state.asked = true;
    let mut total = state.apply_events(events);
    // More than one call can carry: take them all, so that nobody is reported twice before another's first time.
    let mut calls = backend.calls_left(events, count, state.watched);
    while calls > 0 {
        let count = state.unlocked(|| backend.wait(events, Some(0), watches(reach)))?;
        total += state.apply_events(events);
        calls = backend.calls_left(events, count, state.watched).min(calls - 1);
    }
    if state.leftovers > state.watched || backend.is_fallback() {
        state.renew();
    }
    Ok(total)
}

/// What a backend that remembers nothing has to look at.
fn watches(reach: u32) -> impl Iterator<Item = Watch> + Clone {
    (0..reach).filter_map(|fd| {
        let word = TABLE.get(fd)?.load();
        let [read, write] = Direction::BOTH.map(|direction| word.awaited(direction));
        (read || write).then(|| Watch { token: token(fd, word), read, write })
    })
}

impl Loop {
    /// True if a deadline has passed of which the program has not heard, or not for a while.
    fn newly_expired(&mut self) -> bool {
        if self.deadlines.is_empty() {
            return false;
        }
        let news = self.deadlines.collect(&TABLE, clock::now());
        let again = self.deadlines.unacknowledged() && clock::monotonic_milliseconds() >= self.remind_at;
        if news || again {
            self.put_off_reminder();
        }
        news || again
    }

    /// The program hears of its late descriptors now: no need to say so again for a while.
    pub(super) fn put_off_reminder(&mut self) {
        self.remind_at = clock::monotonic_milliseconds().saturating_add(REMINDER_INTERVAL);
    }

    /// How long the kernel may let us wait, in milliseconds; `None` without limit.
    fn timeout(&self, limit: Limit, throttled: bool) -> Option<u64> {
        let deadline = self.deadlines.next().map(|moment| moment.milliseconds_after(clock::now()));
        let reminder = self
            .deadlines
            .unacknowledged()
            .then(|| self.remind_at.saturating_sub(clock::monotonic_milliseconds()));
        let refused = throttled.then_some(RETRY_INTERVAL);
        [limit.left(), deadline, reminder, refused].into_iter().flatten().min()
    }

    /// Takes events into the table. Returns how many were meant for a present registration.
    fn apply_events(&mut self, events: &Events) -> usize {
        let mut count = 0;
        for event in events.of_kernel() {
            count += usize::from(self.take(event));
        }
        // Apart, so that the kernel's events have a loop of their own.
        if let Some(events) = events.of_poll() {
            count += self.apply_poll_events(events);
        }
        count
    }

    #[cold]
    #[inline(never)]
    fn apply_poll_events(&mut self, events: impl Iterator<Item = Event>) -> usize {
        events.map(|event| usize::from(self.take(event))).sum()
    }

    /// Takes an event into the table. False if its registration is none of the present ones.
    #[inline(always)]
    fn take(&mut self, event: Event) -> bool {
        let (fd, generation) = parse_token(event.token);
        let Some(entry) = TABLE.get(fd) else {
            self.leftovers += 1;
            return false;
        };
        let word = entry.load();
        // Whoever is watched is known.
        if !word.has(WATCHED) || word.generation() != generation {
            self.leftovers += 1;
            return false;
        }
        if event.report.has(Readiness::CLOSED) {
            self.closed_behind_our_back(entry);
            return true;
        }
        let (before, after) = entry.update_from(word, |word| word.reported(event.report).enqueued_if_ready());
        self.enqueue_reported(fd, entry, before, after, Direction::Read);
        self.enqueue_reported(fd, entry, before, after, Direction::Write);
        if after.is_spurious(before) {
            let (_, word) = entry.update(Word::downgraded_to_edge);
            self.tell_kernel(fd, entry, word);
        }
        true
    }

    /// Appends a descriptor to the ready ones, if a report has made it one. (Not in a loop over both directions: each is to be
    /// compiled for itself.)
    #[inline(always)]
    fn enqueue_reported(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        before: Word,
        after: Word,
        direction: Direction,
    ) {
        if (after.0 & !before.0) & queued_bit(direction) != 0 {
            self.ready[direction as usize].push(direction, fd, entry);
        }
    }

    /// Replaces the backend, and with it all registrations: those that outlived their number are gone for good.
    pub(super) fn renew(&mut self) {
        self.leftovers = 0;
        if let Some(old) = self.backend.replace(Backend::new()) {
            old.close_if_ours();
        }
        for fd in 0..self.reach {
            if let Some(entry) = TABLE.get(fd).filter(|entry| entry.load().has(WATCHED)) {
                self.watch(fd, entry);
                self.enqueue(fd, entry);
            }
        }
    }
}
