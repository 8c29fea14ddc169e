// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transitions against a model: one descriptor, a kernel that reports edges, and the loop's rules in plain words.
//! Whatever happens in between, a round returns the descriptor if and only if it is ready and wished for.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Arrive(u32),
    Eof,
    PeerReads(u32),
    Read(u32),
    PlainRead(u32),
    Write(u32),
    Wish(Direction, bool),
    Introduce,
    Round,
}

fn step() -> impl Strategy<Value = Step> {
    let direction = prop::sample::select(Direction::BOTH.to_vec());
    prop_oneof![
        1 => (1..9u32).prop_map(Step::Arrive),
        1 => Just(Step::Eof),
        1 => (1..9u32).prop_map(Step::PeerReads),
        3 => (1..9u32).prop_map(Step::Read),
        1 => (1..9u32).prop_map(Step::PlainRead),
        2 => (1..9u32).prop_map(Step::Write),
        5 => (direction, any::<bool>()).prop_map(|(direction, on)| Step::Wish(direction, on)),
        1 => Just(Step::Introduce),
        5 => Just(Step::Round),
    ]
}

/// A stream in the kernel, or something whose reads stop early though more is there.
struct Kernel {
    stream: bool,
    bytes: u32,
    eof: bool,
    room: u32,
    /// Something has changed since the last report.
    edge: bool,
    /// The kernel knows that somebody misses room, and tells when there is some.
    missed: bool,
    watch_mode: WatchMode,
}

impl Kernel {
    fn readable(&self) -> bool {
        self.bytes > 0 || self.eof
    }

    fn read(&mut self, length: u32) -> Outcome {
        let limit = if self.stream { length } else { length.min(3) };
        let count = self.bytes.min(limit);
        self.bytes -= count;
        match count {
            0 if self.eof => Outcome::Ended,
            0 => Outcome::Again,
            count if count == length => Outcome::Full,
            _ => Outcome::Short,
        }
    }

    fn write(&mut self, length: u32) -> Outcome {
        let count = self.room.min(length);
        self.room -= count;
        self.missed |= count < length;
        match count {
            0 => Outcome::Again,
            count if count == length => Outcome::Full,
            _ => Outcome::Short,
        }
    }

    /// What epoll reports if there was an edge: all that is ready, not only what changed.
    fn report(&mut self) -> Option<Readiness> {
        let both = self.watch_mode == WatchMode::Both;
        self.missed |= both && self.room == 0;
        let report = Readiness::NONE
            .and_if(self.readable(), Readiness::READABLE)
            .and_if(both && self.room > 0, Readiness::WRITABLE)
            .and_if(self.eof && self.watch_mode != WatchMode::ReadingLevel, Readiness::HANGUP_SEEN);
        let ready = report.has(Readiness::READABLE.and(Readiness::WRITABLE));
        let edge = std::mem::take(&mut self.edge) || self.watch_mode == WatchMode::ReadingLevel;
        (edge && ready).then_some(report)
    }
}

/// The loop, for one descriptor.
struct Machine {
    word: Word,
    kernel: Kernel,
    ready: [bool; 2],
    stale: [bool; 2],
    generation: u32,
    /// The backend knows scopes.
    watch_modes: bool,
    /// It is registered in the middle of many.
    in_a_burst: bool,
    /// A wish came back after a write that took everything: then one report is on trust.
    trusted: bool,
}

impl Machine {
    fn new(stream: bool, watch_modes: bool, in_a_burst: bool) -> Self {
        let watch_mode = WatchMode::Both;
        let kernel = Kernel { stream, bytes: 0, eof: false, room: 8, edge: false, missed: false, watch_mode };
        let mut machine = Machine {
            word: Word(0),
            kernel,
            ready: [false; 2],
            stale: [false; 2],
            generation: 0,
            watch_modes,
            in_a_burst,
            trusted: false,
        };
        machine.register();
        machine
    }

    fn register(&mut self) {
        self.generation += 1;
        let kind = if self.kernel.stream { Kind::Stream } else { Kind::Other };
        self.word = self.word.registered_anew(self.generation, true, false).with_kind(kind);
        if self.word.has_interest() {
            self.watch();
        }
    }

    fn watch(&mut self) {
        let half = self.watch_modes && self.in_a_burst && !self.word.has(interest_bit(Direction::Write));
        self.word = self.word.with(WATCHED | if half { READ_ONLY } else { 0 });
        self.tell_kernel();
    }

    fn tell_kernel(&mut self) {
        self.kernel.watch_mode = self.word.watch_mode();
        self.kernel.edge = true;
    }

    fn enqueue(&mut self, direction: Direction) {
        let word = self.word;
        if word.has(interest_bit(direction))
            && word.needs_queue(direction)
            && !word.has(queued_bit(direction))
        {
            self.word = word.with(queued_bit(direction));
            let lists = if word.has(ready_bit(direction)) { &mut self.ready } else { &mut self.stale };
            lists[direction as usize] = true;
        }
    }

    fn set_interest(&mut self, direction: Direction) {
        let (word, need) = self.word.with_interest(direction);
        self.trusted |= direction == Direction::Write && !self.word.has(interest_bit(direction));
        self.word = word;
        if need == Need::Watch {
            self.watch();
        }
        self.enqueue(direction);
    }

    /// Doubts are settled, the kernel is heard, everything fetchable is fetched: who was returned?
    fn round(&mut self) -> [bool; 2] {
        for direction in Direction::BOTH {
            let at = direction as usize;
            let listed = std::mem::take(&mut self.stale[at]) | std::mem::take(&mut self.ready[at]);
            if !listed {
                continue;
            }
            self.word = self.word.without(DRAINED | queued_bit(direction));
            if !self.word.has(interest_bit(direction)) {
                continue;
            }
            if self.word.needs_recheck(direction) {
                let before = self.word;
                self.word = self.word.rearmed(self.watch_modes);
                if !(before.has(LEVEL) && self.word.has(LEVEL)) {
                    self.tell_kernel();
                }
            }
            self.enqueue(direction);
        }
        if let (true, Some(report)) = (self.word.has(WATCHED), self.kernel.report()) {
            let before = self.word;
            self.word = before.reported(report);
            if self.word.is_spurious(before) {
                self.word = self.word.downgraded_to_edge();
                self.tell_kernel();
            }
        }
        Direction::BOTH.map(|direction| {
            self.enqueue(direction);
            let fetched = self.word.deliverable(direction);
            if fetched {
                self.word = self.word.delivered(direction);
                self.ready[direction as usize] = false;
                self.stale[direction as usize] = true;
            }
            fetched
        })
    }

    fn take(&mut self, step: Step) -> std::result::Result<(), TestCaseError> {
        match step {
            Step::Arrive(count) if !self.kernel.eof => {
                self.kernel.bytes += count;
                self.kernel.edge = true;
            }
            Step::Eof => {
                self.kernel.edge |= !self.kernel.eof;
                self.kernel.eof = true;
            }
            Step::PeerReads(count) => {
                self.kernel.room = (self.kernel.room + count).min(8);
                self.kernel.edge |= std::mem::take(&mut self.kernel.missed);
            }
            Step::Read(length) => {
                if self.word.answers_again() {
                    self.word = self.word.without(DRAINED);
                    prop_assert!(self.kernel.stream, "EAGAIN unasked where more may be there");
                } else {
                    let before = self.word;
                    let outcome = self.kernel.read(length);
                    self.word = self.word.moved(Direction::Read, before, outcome);
                }
            }
            Step::PlainRead(length) => {
                self.kernel.read(length);
            }
            Step::Write(length) => {
                let before = self.word;
                let outcome = self.kernel.write(length);
                self.word = self.word.moved(Direction::Write, before, outcome);
            }
            Step::Wish(direction, true) => self.set_interest(direction),
            Step::Wish(direction, false) => self.word = self.word.without(interest_bit(direction)),
            Step::Introduce => self.register(),
            Step::Round => {
                let ready = [self.kernel.readable(), self.kernel.room > 0];
                let wanted = Direction::BOTH.map(|direction| self.word.has(interest_bit(direction)));
                let [read, write] = self.round();
                prop_assert_eq!(read, ready[0] && wanted[0]);
                let excused = write && wanted[1] && self.trusted;
                prop_assert!(
                    write == (ready[1] && wanted[1]) || excused,
                    "write {write}, {ready:?}, {wanted:?}"
                );
                self.trusted &= !write;
            }
            Step::Arrive(_) => {}
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 20 } else { 20_000 }))]
    #[test]
    fn a_round_returns_what_is_ready_and_wished_for(kind: [bool; 3], steps in prop::collection::vec(step(), 1..60)) {
        let [stream, watch_modes, in_a_burst] = kind;
        let mut machine = Machine::new(stream, watch_modes, in_a_burst);
        for step in steps {
            machine.take(step)?;
        }
    }

    #[test]
    fn calls_of_an_earlier_registration_say_nothing(bits: u64, before: u64) {
        let (word, before) = (Word(bits), Word(before));
        prop_assume!(word.generation() != before.generation());
        for direction in Direction::BOTH {
            for outcome in [Outcome::Full, Outcome::Short, Outcome::Ended, Outcome::Again] {
                prop_assert_eq!(word.moved(direction, before, outcome), word);
            }
        }
    }

    #[test]
    fn news_outlives_an_older_answer(bits: u64) {
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
    fn wishes_are_the_program_s_alone(bits: u64, before: u64) {
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
                word.queued(direction),
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

/// What was handed out is done with; news that nobody has seen yet may be newer than the EAGAIN.
#[test]
fn eagain_of_the_program_leaves_no_doubt_but_about_news() {
    for direction in Direction::BOTH {
        let known = Word(KNOWN | WATCHED).with(interest_bit(direction));
        let news = known.with(ready_bit(direction));
        assert_eq!(news.delivered(direction).would_block(direction), known);
        assert_eq!(news.would_block(direction), known.with(stale_bit(direction)));
    }
}

#[test]
fn what_cannot_be_watched_is_always_ready() {
    let word = Word(KNOWN | ALWAYS_READY).with(ready_bit(Direction::Read));
    assert_eq!(word.would_block(Direction::Read), word);
    assert_eq!(word.moved(Direction::Read, word, Outcome::Again), word);
}

#[test]
fn a_closed_descriptor_keeps_its_place_in_the_lists_alone() {
    let word = Word(u64::MAX).forgotten();
    assert!(!word.has(KNOWN | ARMED | EXPIRED) && !word.has_interest());
    assert!(word.has(queued_bit(Direction::Read)) && word.has(queued_bit(Direction::Write)));
}
