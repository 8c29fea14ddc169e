// SPDX-License-Identifier: MIT OR Apache-2.0
//! The loop with one descriptor, over a model of the kernel: what the properties run.

use super::super::*;
use super::kernel::Kernel;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Arrive(u32),
    /// The last byte that has arrived is urgent; what follows stands behind a mark.
    Urgent,
    /// The program takes the urgent byte by a call of its own, which leaves the mark.
    TakeUrgent,
    /// Something comes into the error queue, which makes no read fail.
    Error,
    Eof,
    PeerReads(u32),
    Read(u32),
    PlainRead(u32),
    Write(u32),
    Interest(Direction, bool),
    Register,
    Round,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let direction = prop::sample::select(Direction::BOTH.to_vec());
    prop_oneof![
        1 => (1..9u32).prop_map(Step::Arrive),
        1 => Just(Step::Urgent),
        1 => Just(Step::TakeUrgent),
        1 => Just(Step::Error),
        1 => Just(Step::Eof),
        1 => (1..9u32).prop_map(Step::PeerReads),
        3 => (1..9u32).prop_map(Step::Read),
        1 => (1..9u32).prop_map(Step::PlainRead),
        2 => (1..9u32).prop_map(Step::Write),
        5 => (direction, any::<bool>()).prop_map(|(direction, on)| Step::Interest(direction, on)),
        1 => Just(Step::Register),
        5 => Just(Step::Round),
    ]
}

/// The loop, for one descriptor.
pub(super) struct Machine {
    word: Word,
    kernel: Kernel,
    ready: [bool; 2],
    stale: [bool; 2],
    generation: u32,
    /// Its kind is not proved: it looks like TCP, and may be something else.
    assumed: bool,
    /// The backend has watch modes.
    watch_modes: bool,
    /// It is registered in the middle of many.
    in_a_burst: bool,
    /// Interest came back after a write that took everything: then one report is on trust.
    trusted: bool,
    /// How often an error alone was reported since something else happened.
    error_reports: [u32; 2],
}

impl Machine {
    pub(super) fn new(stream: bool, assumed: bool, watch_modes: bool, in_a_burst: bool) -> Self {
        let watch_mode = WatchMode::Both;
        let kernel = Kernel {
            stream,
            bytes: 0,
            mark: None,
            urgent: false,
            error: false,
            eof: false,
            room: 8,
            edge: false,
            missed: false,
            watch_mode,
        };
        let mut machine = Machine {
            word: Word(0),
            kernel,
            ready: [false; 2],
            stale: [false; 2],
            generation: 0,
            assumed,
            watch_modes,
            in_a_burst,
            trusted: false,
            error_reports: [0; 2],
        };
        machine.register();
        machine
    }

    fn register(&mut self) {
        self.generation += 1;
        let kind = match (self.assumed, self.kernel.stream) {
            (true, _) => FileKind::AssumedTcp,
            (false, true) => FileKind::Tcp,
            (false, false) => FileKind::Socket,
        };
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

    /// What is stale is rechecked, the kernel is polled, everything deliverable is delivered: in which directions?
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
            if self.word.has(SHORT_READ) && self.word.kind() == FileKind::AssumedTcp {
                self.word =
                    self.word.proved(if self.kernel.stream { FileKind::Tcp } else { FileKind::Socket });
            }
            if self.word.has(stale_bit(direction)) && self.word.waits_out_an_error(direction) {
                self.word = self.word.would_block(direction);
            }
            if self.word.needs_recheck(direction) {
                let before = self.word;
                self.word = self.word.rearmed(self.watch_modes);
                if !(before.has(LEVEL_TRIGGERED) && self.word.has(LEVEL_TRIGGERED)) {
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

    pub(super) fn apply(&mut self, step: Step) -> std::result::Result<(), TestCaseError> {
        match step {
            Step::Arrive(count) if !self.kernel.eof => {
                self.kernel.bytes += count;
                self.kernel.edge = true;
                self.error_reports = [0; 2];
            }
            Step::Urgent if self.kernel.stream && !self.kernel.eof && self.kernel.mark.is_none() => {
                self.kernel.mark = Some(self.kernel.bytes);
                self.kernel.urgent = true;
                self.kernel.edge = true;
            }
            // Taken before any event has shown it, no other call sees it.
            Step::TakeUrgent if self.word.has(URGENT_SEEN) => self.kernel.urgent = false,
            Step::Error => {
                self.kernel.error = true;
                self.kernel.edge = true;
                self.error_reports = [0; 2];
            }
            Step::Urgent | Step::TakeUrgent => {}
            Step::Eof => {
                self.kernel.edge |= !self.kernel.eof;
                self.kernel.eof = true;
            }
            Step::PeerReads(count) => {
                self.kernel.room = (self.kernel.room + count).min(8);
                self.kernel.edge |= std::mem::take(&mut self.kernel.missed);
                self.error_reports = [0; 2];
            }
            Step::Read(length) => {
                if self.word.has(DRAINED) {
                    self.word = self.word.without(DRAINED);
                    prop_assert!(
                        self.kernel.stream || self.word.kind() == FileKind::AssumedTcp,
                        "EAGAIN unasked where more may be there"
                    );
                } else {
                    let before = self.word;
                    if let Some(outcome) = self.kernel.read(length) {
                        self.word = self.word.moved(Direction::Read, before, outcome);
                    }
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
            Step::Interest(direction, true) => self.set_interest(direction),
            Step::Interest(direction, false) => self.word = self.word.without(interest_bit(direction)),
            Step::Register => {
                self.register();
                // A new registration knows nothing of what an old one has found out.
                self.error_reports = [0; 2];
            }
            Step::Round => {
                let ready = [self.kernel.readable(), self.kernel.room > 0];
                let wanted = Direction::BOTH.map(|direction| self.word.has(interest_bit(direction)));
                let got = self.round();
                for at in 0..2 {
                    let failed = self.kernel.error && wanted[at];
                    let trusted = at == 1 && wanted[1] && self.trusted;
                    prop_assert!(
                        got[at] == (ready[at] && wanted[at]) || got[at] && (failed || trusted),
                        "{got:?}, {ready:?}, {wanted:?}"
                    );
                    // A round that has something else to return is no part of a spin.
                    let genuine = (0..2).any(|at| ready[at] && wanted[at]);
                    self.error_reports[at] += u32::from(got[at] && !trusted && !genuine);
                    prop_assert!(self.error_reports[at] <= 8, "it spins on an error");
                }
                self.trusted &= !got[1];
            }
            Step::Arrive(_) => {}
        }
        Ok(())
    }
}
