// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same programs on our library and on the C library, of steps about which both agree: descriptors that are opened,
//! given interest once, and read until they have no more. What they return has to be the same at each step. (An end that comes
//! between the last byte and the next read is left out: ours may say EAGAIN once more, without a system call.)

use crate::kind::Kind;
use crate::library::Library;
use crate::step::Step;
use crate::world::World;
use proptest::prelude::*;

/// With more, the C library would meet the numbers that make it hang.
const SLOTS: usize = 4;

/// Programs for both.
pub(crate) fn programs() -> impl Strategy<Value = Vec<Step>> {
    let kinds = [Kind::Tcp, Kind::Unix, Kind::UnixDatagram, Kind::UnixSequence, Kind::Udp, Kind::PipeReader];
    let slot = || 0..SLOTS;
    let step = prop_oneof![
        4 => (slot(), 1..5000usize).prop_map(|(slot, size)| Step::PeerWrites(slot, size)),
        4 => slot().prop_map(Step::Drain),
        4 => Just(Step::Round),
        1 => Just(Step::Wait),
    ];
    let opened = prop::collection::vec(prop::sample::select(kinds.to_vec()), SLOTS);
    (opened, prop::collection::vec(step, 1..60)).prop_map(|(kinds, steps)| {
        let begin = kinds.into_iter().enumerate();
        let begin = begin.flat_map(|(slot, kind)| [Step::Open(slot, kind), Step::InterestRead(slot, true)]);
        begin.chain(steps).collect()
    })
}

/// Runs a program on both.
pub(crate) fn run(ours: &Library, theirs: &Library, program: &[Step]) -> Result<(), String> {
    let transcript = |library, finishes| {
        let mut world = World::new(library);
        world.finishes = finishes;
        world.run(program).map(|()| std::mem::take(&mut world.transcript))
    };
    let mine = transcript(ours, true).map_err(|error| format!("ours: {error}"))?;
    // After io_finishandshutdown the C library is of no use any more.
    let other = transcript(theirs, false).map_err(|error| format!("the C library: {error}"))?;
    if mine == other { Ok(()) } else { Err(format!("ours returns\n{mine:?}\nand the C library\n{other:?}")) }
}
