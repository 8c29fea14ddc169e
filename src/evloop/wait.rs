// SPDX-License-Identifier: MIT OR Apache-2.0
//! The wait: when the kernel is polled, for how long, and when there is something to return for.

use super::recheck::Aside;
use super::{Loop, TABLE, lock};
use crate::abi::taia;
use crate::errno::{Errno, Result, unchanged_on_success};
use crate::sys::{Events, clock, environment};

/// How long to wait when the kernel has no memory or quota to watch what the program waits for, in milliseconds. The program
/// finds out by trying, without taking a whole processor for it.
const RETRY_INTERVAL: u64 = 10;
const _: () = assert!(RETRY_INTERVAL < TERMINAL_INTERVAL);

/// How often a terminal is looked at that is not writable, in milliseconds.
const TERMINAL_INTERVAL: u64 = 20;

/// How long a deadline keeps quiet that the program does not answer, in nanoseconds.
const REMINDER_INTERVAL: u64 = 1_000_000_000;

/// When a wait gives up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Limit {
    /// Never.
    Never,
    /// At once.
    Now,
    /// At a time of the clock that is never set, in nanoseconds.
    Monotonic(u64),
}

/// How a wait answers a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signals {
    /// The handler runs, and the wait goes on, unless `OWFAT_SIGNALS=interrupt` says otherwise.
    Endure,
    /// The wait ends with EINTR.
    Report,
}

impl Limit {
    /// As far away as a moment of the wall clock is now, whatever becomes of that clock.
    pub(crate) fn until(moment: taia) -> Limit {
        Limit::after(moment.milliseconds_after(taia::now()))
    }

    /// So many milliseconds away.
    pub(crate) fn after(milliseconds: u64) -> Limit {
        Limit::Monotonic(clock::monotonic().saturating_add(milliseconds.saturating_mul(1_000_000)))
    }

    /// Milliseconds that are left, rounded up.
    fn left(self, clocks: &mut Clocks) -> Option<u64> {
        match self {
            Limit::Never => None,
            Limit::Now => Some(0),
            Limit::Monotonic(time) => Some(clocks.milliseconds_until(time)),
        }
    }
}

/// What the clocks say, asked once between two polls: not every machine answers without a system call.
pub(super) struct Clocks {
    wall: Option<taia>,
    monotonic: Option<u64>,
}

impl Clocks {
    pub(super) const fn new() -> Self {
        Clocks { wall: None, monotonic: None }
    }

    fn wall(&mut self) -> taia {
        *self.wall.get_or_insert_with(taia::now)
    }

    fn monotonic(&mut self) -> u64 {
        *self.monotonic.get_or_insert_with(clock::monotonic)
    }

    /// Milliseconds until a time of the clock that is never set, rounded up.
    #[inline(never)]
    fn milliseconds_until(&mut self, time: u64) -> u64 {
        time.saturating_sub(self.monotonic()).div_ceil(1_000_000)
    }
}

/// Waits until something with interest is there to be delivered, or a deadline passes, or the limit is reached. Returns
/// how many events the kernel reported that the program has interest in. Errors: EINTR, if signals are to be reported.
pub(crate) fn wait(limit: Limit, signals: Signals) -> Result<usize> {
    unchanged_on_success(|| wait_and_apply(limit, signals))
}

fn wait_and_apply(limit: Limit, signals: Signals) -> Result<usize> {
    let mut state = lock();
    let mut aside = Aside::new();
    let mut events = Events::new();
    let mut count = 0;
    let mut polled = false;
    let mut retrying = false;
    let mut expired = false;
    loop {
        let mut clocks = Clocks::new();
        // Again after every poll: another thread may have made something stale during it.
        let mut asked = state.recheck(&mut aside);
        let mut ready = state.anything_deliverable();
        while state.anything_stale() {
            asked |= state.recheck(&mut aside);
            ready = state.anything_deliverable();
        }
        let terminals = state.keep_terminals(&mut aside);
        retrying |= state.assume_unregistered_ready(&mut aside);
        let over = limit.left(&mut clocks) == Some(0);
        // An expiry is new only once; remember it across the poll.
        if polled || !over {
            expired |= state.newly_expired(&mut clocks);
        }
        if polled && (ready || retrying || expired || over) && !asked {
            return Ok(count.max(ready.into()));
        }
        // Every other wait may return without polling, if the program waits at all: a request that is answered at once costs
        // one wait, not two.
        if ready && !expired && !asked && state.asked && !matches!(limit, Limit::Now) {
            state.asked = false;
            return Ok(count.max(1));
        }
        // Where there never was interest, nothing can end the wait. Interest that was withdrawn may come back.
        if !ready && !retrying && state.had_interest == 0 && state.deadlines.is_empty() {
            return Ok(count);
        }
        let timeout = if ready || expired || over {
            Some(0)
        } else {
            let interval = match (retrying, terminals) {
                (true, _) => Some(RETRY_INTERVAL),
                (false, true) => Some(TERMINAL_INTERVAL),
                (false, false) => None,
            };
            state.timeout(limit, interval, &mut clocks)
        };
        match super::events::poll(&mut state, &mut events, timeout) {
            Ok(more) => {
                count += more;
                polled = true;
            }
            Err(Errno(libc::EINTR)) if signals == Signals::Report => return Err(Errno(libc::EINTR)),
            Err(Errno(libc::EINTR)) if environment::signals_interrupt() => return Ok(count),
            Err(Errno(libc::EINTR)) => polled = false,
            // The program closed our descriptor, or the kernel has no memory for it: start over.
            Err(_) => {
                state.renew();
                polled = true;
            }
        }
    }
}

/// The earliest deadline, as a time of the clock that is never set: so far away as it was when it was seen first. If the wall
/// clock is set back, the wait ends nevertheless, and the program compares its deadlines anew.
#[derive(Clone, Copy)]
pub(super) struct Look {
    moment: Option<taia>,
    /// In nanoseconds.
    at: u64,
    /// How far away it was, in nanoseconds.
    distance: u64,
}

impl Look {
    pub(super) const NONE: Look = Look { moment: None, at: u64::MAX, distance: 0 };

    /// Milliseconds until this moment is to be looked at.
    fn left(&mut self, moment: taia, clocks: &mut Clocks) -> u64 {
        let away = moment.milliseconds_after(clocks.wall());
        if self.moment != Some(moment) {
            let distance = away.saturating_mul(1_000_000);
            *self = Look { moment: Some(moment), at: clocks.monotonic().saturating_add(distance), distance };
        }
        away.min(clocks.milliseconds_until(self.at))
    }

    /// True if the time is over though the wall clock says otherwise; not again for as long a time, and a second at least.
    fn is_over(&mut self, clocks: &mut Clocks) -> bool {
        let now = clocks.monotonic();
        if now < self.at {
            return false;
        }
        self.at = now.saturating_add(self.distance.max(REMINDER_INTERVAL));
        true
    }
}

/// What a wait and a close do about deadlines. The loop knows these functions once a deadline has been set, so that a program
/// without deadlines need not link them.
pub(super) struct Timers {
    newly_expired: fn(&mut Loop, &mut Clocks) -> bool,
    left: fn(&mut Loop, &mut Clocks) -> Option<u64>,
    drop: fn(&mut Loop, u32),
}

pub(super) static TIMERS: Timers = Timers {
    newly_expired: Loop::find_newly_expired,
    left: Loop::time_left,
    drop: |state, fd| state.deadlines.drop(&TABLE, fd),
};

/// The earlier of two times, if there is one.
fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Loop {
    /// True if a deadline has passed of which the program has not heard, or not for a while.
    #[inline(always)]
    fn newly_expired(&mut self, clocks: &mut Clocks) -> bool {
        match self.timers {
            Some(timers) if !self.deadlines.is_empty() => (timers.newly_expired)(self, clocks),
            _ => false,
        }
    }

    fn find_newly_expired(&mut self, clocks: &mut Clocks) -> bool {
        let news = self.deadlines.collect(&TABLE, clocks.wall());
        let again = self.deadlines.unacknowledged() && clocks.monotonic() >= self.remind_at;
        if news || again {
            self.put_off_reminder(clocks);
        }
        let set_back = self.deadlines.next().is_some() && self.deadlines.next() == self.next_look.moment;
        news || again || set_back && self.next_look.is_over(clocks)
    }

    /// The program hears of its expired deadlines now: no need to say so again for a while.
    pub(super) fn put_off_reminder(&mut self, clocks: &mut Clocks) {
        self.remind_at = clocks.monotonic().saturating_add(REMINDER_INTERVAL);
    }

    /// How long the kernel may let us wait, in milliseconds; `None` without limit.
    fn timeout(&mut self, limit: Limit, interval: Option<u64>, clocks: &mut Clocks) -> Option<u64> {
        let deadline = self.timers.and_then(|timers| (timers.left)(self, clocks));
        earlier(earlier(limit.left(clocks), interval), deadline)
    }

    /// How long deadlines let a wait last.
    fn time_left(&mut self, clocks: &mut Clocks) -> Option<u64> {
        let deadline = self.deadlines.next().map(|moment| self.next_look.left(moment, clocks));
        let reminder = self.deadlines.unacknowledged().then(|| clocks.milliseconds_until(self.remind_at));
        earlier(deadline, reminder)
    }

    /// Drops the deadline of a descriptor, if it has one.
    pub(super) fn drop_deadline(&mut self, fd: u32) {
        if let Some(timers) = self.timers {
            (timers.drop)(self, fd);
        }
    }
}
