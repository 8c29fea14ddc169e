// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the kernel reports, and what becomes of it.

use super::table::Entry;
use super::word::{Direction, ERROR_ROUNDS, FileKind, WATCHED, Word, queued_bit};
use super::{Loop, TABLE, parse_token, token};
use crate::errno::Result;
use crate::sys::lock::Guard;
use crate::sys::{Event, Events, Readiness, Watch};

/// Polls the kernel for so many milliseconds at most, and applies what it reports. The lock is open during the call. Returns
/// how many events the program has interest in.
pub(super) fn poll(state: &mut Guard<'_, Loop>, events: &mut Events, timeout: Option<u64>) -> Result<usize> {
    if state.backend.is_none() && timeout == Some(0) {
        return Ok(0);
    }
    let backend = state.backend();
    let reach = state.reach;
    state.waiting = timeout != Some(0);
    state.woken = false;
    let (mut timeout, mut total, mut calls) = (timeout, 0, usize::MAX);
    // Drain every batch now, so that no descriptor is reported twice before each ready one was reported once.
    while calls > 0 {
        let outcome = state.unlocked(|| backend.wait(events, timeout, watches(reach)));
        state.waiting = false;
        state.registrations = 0;
        let count = outcome?;
        state.asked = true;
        total += state.apply_events(events);
        calls = backend.calls_left(events, count, state.watched).min(calls - 1);
        timeout = Some(0);
    }
    if state.leftovers > state.watched || backend.is_fallback() {
        state.renew();
    }
    Ok(total)
}

/// What a backend that remembers nothing has to look at.
fn watches(reach: u32) -> impl Iterator<Item = Watch> + Clone {
    (0..reach).filter_map(watch_of)
}

#[inline(never)]
fn watch_of(fd: u32) -> Option<Watch> {
    let word = TABLE.get(fd)?.load();
    let [read, write] = Direction::BOTH.map(|direction| word.awaited(direction));
    let error_lasts = word.error_lasts();
    (read || write).then(|| Watch { token: token(fd, word), read, write, error_lasts })
}

#[cold]
#[inline(never)]
fn next_of_poll(events: &mut Option<impl Iterator<Item = Event>>) -> Option<Event> {
    events.as_mut()?.next()
}

impl Loop {
    /// Applies events to the table. Returns how many the program has interest in.
    fn apply_events(&mut self, events: &Events) -> usize {
        let (mut of_kernel, mut of_poll) = (events.of_kernel(), events.of_poll());
        let mut count = 0;
        // One loop for both, so that what it does with an event stands there once.
        while let Some(event) = of_kernel.next().or_else(|| next_of_poll(&mut of_poll)) {
            count += usize::from(self.apply_event(event));
        }
        count
    }

    /// Applies one event. True if it makes something deliverable.
    #[inline(always)]
    fn apply_event(&mut self, event: Event) -> bool {
        let (fd, generation) = parse_token(event.token);
        let Some(entry) = TABLE.get(fd) else {
            self.leftovers += 1;
            return false;
        };
        let word = entry.load();
        // What is watched is registered.
        if !word.has(WATCHED) || word.generation() != generation {
            self.leftovers += 1;
            return false;
        }
        if event.readiness.has(Readiness::CLOSED) {
            self.closed_behind_our_back(entry);
            return false;
        }
        let (before, after) =
            entry.update_from(word, |word| word.reported(event.readiness).enqueued_if_ready());
        self.enqueue_reported(fd, entry, before, after, Direction::Read);
        self.enqueue_reported(fd, entry, before, after, Direction::Write);
        if after.is_spurious(before) {
            let (_, word) = entry.update(Word::downgraded_to_edge);
            self.tell_kernel(fd, entry, word);
        }
        if after.has(ERROR_ROUNDS) {
            find_out_whose_error(fd, entry, after);
        }
        after.any_deliverable()
    }

    /// Appends a descriptor to the ready ones, if an event has made it one. (Not in a loop over both directions: each is to be
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
            self.push_ready(direction, fd, entry);
        }
    }
}

/// An error alone is reported again and again: only a socket may have an error queue.
#[cold]
#[inline(never)]
fn find_out_whose_error(fd: u32, entry: &Entry, word: Word) {
    if word.error_lasted() && word.kind() == FileKind::Unknown {
        let kind = FileKind::of(fd as i32);
        entry.update(|word| word.with_kind(kind));
    }
}
