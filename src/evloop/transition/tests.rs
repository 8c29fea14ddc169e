// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transitions against a model: one descriptor, a kernel that reports edges, and the loop's rules in plain words.
//! Whatever happens in between, a round returns the descriptor if and only if it is ready and of interest.

mod kernel;
mod machine;

use super::*;
use machine::{Machine, step};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 20 } else { 20_000 }))]
    #[test]
    fn a_round_returns_what_is_ready_and_of_interest(kind: [bool; 4], steps in prop::collection::vec(step(), 1..60)) {
        let [stream, assumed, watch_modes, in_a_burst] = kind;
        let mut machine = Machine::new(stream, assumed, watch_modes, in_a_burst);
        for step in steps {
            machine.apply(step)?;
        }
    }

    #[test]
    fn calls_of_an_earlier_registration_say_nothing(bits: u64, before: u64) {
        let (word, before) = (Word(bits), Word(before));
        prop_assume!(word.generation() != before.generation());
        for direction in Direction::BOTH {
            for outcome in [Outcome::Full, Outcome::Short, Outcome::Again] {
                prop_assert_eq!(word.moved(direction, before, outcome), word);
            }
        }
    }

    #[test]
    fn an_event_outlives_an_older_answer(bits: u64) {
        let before = Word(bits).without(ALWAYS_READY);
        let now = before.reported(Readiness::READABLE.and(Readiness::WRITABLE));
        for direction in Direction::BOTH {
            for outcome in [Outcome::Short, Outcome::Again] {
                let after = now.moved(direction, before, outcome);
                prop_assert!(after.has(ready_bit(direction) | stale_bit(direction)));
            }
        }
    }

    #[test]
    fn interest_is_the_program_s_alone(bits: u64, before: u64) {
        let (word, before) = (Word(bits), Word(before));
        let report = Readiness::of_bits(15);
        for direction in Direction::BOTH {
            let results = [
                word.reported(report),
                word.delivered(direction),
                word.rearmed(true),
                word.rearmed(false),
                word.downgraded_to_edge(),
                word.blank(),
                word.would_block(direction),
                word.forced(direction),
                word.moved(direction, before, Outcome::Again),
                word.registered_anew(7, true, true),
            ];
            for other in Direction::BOTH {
                for result in results {
                    prop_assert_eq!(result.has(interest_bit(other)), word.has(interest_bit(other)));
                }
            }
        }
    }
}

/// What was delivered is not stale any more; an event that was not delivered yet may be newer than the EAGAIN.
#[test]
fn eagain_of_the_program_leaves_stale_only_what_was_not_delivered() {
    for direction in Direction::BOTH {
        let known = Word(REGISTERED | WATCHED).with(interest_bit(direction));
        let news = known.with(ready_bit(direction));
        assert_eq!(news.delivered(direction).would_block(direction), known);
        assert_eq!(news.would_block(direction), known.with(stale_bit(direction)));
    }
}

#[test]
fn what_cannot_be_watched_is_always_ready() {
    let word = Word(REGISTERED | ALWAYS_READY).with(ready_bit(Direction::Read));
    assert_eq!(word.would_block(Direction::Read), word);
    assert_eq!(word.moved(Direction::Read, word, Outcome::Again), word);
}

#[test]
fn a_closed_descriptor_keeps_its_place_in_the_lists_alone() {
    let word = Word(u64::MAX).forgotten();
    assert!(!word.has(REGISTERED | ARMED | EXPIRED) && !word.has_interest());
    assert!(word.has(queued_bit(Direction::Read)) && word.has(queued_bit(Direction::Write)));
}

/// However many events there are during one call, its answer does not count; and the next recheck counts from zero again.
#[test]
fn no_number_of_events_hides_one() {
    let before = Word(REGISTERED | WATCHED).with(interest_bit(Direction::Read) | stale_bit(Direction::Read));
    let mut now = before;
    for _ in 0..5000 {
        now = now.reported(Readiness::READABLE);
        let after = now.delivered(Direction::Read).moved(Direction::Read, before, Outcome::Again);
        assert!(after.has(stale_bit(Direction::Read)));
    }
    assert!(now.lost_count());
    assert!(!now.with_generation(7).lost_count());
}

#[test]
fn a_short_read_counts_once_the_kind_is_proved() {
    const READ: Direction = Direction::Read;
    let known = Word(REGISTERED | WATCHED | interest_bit(READ) | queued_bit(READ) | stale_bit(READ));
    let assumed = known.with_kind(FileKind::AssumedTcp);
    let after = assumed.moved(READ, assumed, Outcome::Short);
    assert!(after.has(stale_bit(READ)) && after.has(SHORT_READ) && after.has(DRAINED));
    assert!(!after.proved(FileKind::Tcp).has(stale_bit(READ)));
    assert!(after.proved(FileKind::Socket).has(stale_bit(READ)));
    for seen in [URGENT_SEEN, HANGUP_SEEN] {
        assert!(after.with(seen).proved(FileKind::Tcp).has(stale_bit(READ)), "seen since");
    }
    let urgent = assumed.with(URGENT_SEEN);
    assert!(urgent.moved(READ, urgent, Outcome::Short).has(stale_bit(READ)));
}

/// It was not worth it, and would be told the kernel anew at every recheck.
#[test]
fn what_was_downgraded_stays_edge_triggered() {
    const READ: Direction = Direction::Read;
    let pipe = Word(REGISTERED | WATCHED | interest_bit(READ) | stale_bit(READ)).with_kind(FileKind::Other);
    let level = pipe.rearmed(true);
    assert!(level.has(LEVEL_TRIGGERED));
    let edge = level.downgraded_to_edge().with(stale_bit(READ));
    assert!(!edge.rearmed(true).has(LEVEL_TRIGGERED));
    // Without interest, or once it is known to be readable, one more report would be one too many.
    let event = |word: Word| word.reported(Readiness::READABLE);
    assert!(!event(level).is_spurious(level));
    let known = event(level);
    assert!(event(known).is_spurious(known));
    let paused = level.without(interest_bit(READ));
    assert!(event(paused).is_spurious(paused));
}

/// What io_fd keeps of a number that it knows, and what it does not.
#[test]
fn a_new_registration_keeps_what_the_program_asked_for() {
    let kept = [INTEREST, QUEUED, ARMED, EXPIRED, SHARED, HAD_INTEREST, URGENT_SEEN];
    let all = kept.iter().fold(REGISTERED, |all, bits| all | bits);
    let known = |bits: u64| Word(bits).registered_anew(7, false, false).with_generation(0).0;
    assert_eq!(known(u64::MAX), all);
    assert_eq!(known(0), REGISTERED);
    for bits in kept {
        assert_eq!(known(bits), REGISTERED | bits);
    }
    assert_eq!(Word(0).registered_anew(7, true, true).generation(), 7);
    let writable = REGISTERED | NONBLOCK | ready_bit(Direction::Write);
    assert_eq!(Word(writable).registered_anew(0, true, true).0, writable);
}

proptest! {
    /// The short forms for the usual cases say what the long ones say.
    #[test]
    fn short_forms_agree_with_the_rules(bits: u64) {
        let word = Word(bits);
        for direction in Direction::BOTH {
            let stale = [ready_bit(direction), stale_bit(direction), RETRY_REGISTRATION];
            let write = direction == Direction::Write;
            let terminal = write && word.kind() == FileKind::Terminal;
            let needs = stale.iter().any(|bit| word.has(*bit)) || write && word.has(READ_ONLY) || terminal;
            prop_assert_eq!(word.needs_queue(direction), needs);
            prop_assert_eq!(word.left_to_kernel(direction), word.has(WATCHED) && !needs);
            let belongs = word.has(interest_bit(direction)) && needs;
            prop_assert_eq!(word.needs_no_queue(direction), !belongs);
            let queued = word.has(queued_bit(direction));
            prop_assert_eq!(word.enqueued().has(queued_bit(direction)), queued || belongs);
            prop_assert_eq!(word.dequeued(direction).has(queued_bit(direction)), queued && belongs);
            prop_assert_eq!(
                word.enqueued_if_ready().has(queued_bit(direction)),
                queued || word.deliverable(direction)
            );
        }
        prop_assert_eq!(word.enqueued().0 & !QUEUED, word.0 & !QUEUED);
        prop_assert_eq!(word.enqueued_if_ready().0 & !QUEUED, word.0 & !QUEUED);
    }
}
