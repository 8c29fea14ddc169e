// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a random program consists of.

use crate::kind::Kind;
use crate::rare::Rare;

/// One call, or a few that belong together.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Open(usize, Kind),
    InterestRead(usize, bool),
    InterestWrite(usize, bool),
    PeerWrites(usize, usize),
    PeerReads(usize, usize),
    PeerShutsDown(usize),
    PeerCloses(usize),
    TryRead(usize, usize),
    /// io_tryread until it says EAGAIN, or that it is the end.
    Drain(usize),
    PlainRead(usize, usize),
    TryWrite(usize, usize),
    PlainWrite(usize, usize),
    Close(usize),
    PlainCloseAndReopen(usize),
    CloseButKeepADuplicate(usize),
    RegisterAgain(usize),
    QueueForRead(usize),
    /// What is about one descriptor and a rule that few programs need.
    Rare(usize, Rare),
    Deadline(usize, i64),
    Sweep,
    /// io_check, and everything that io_canread and io_canwrite have to say.
    Round,
    /// io_check, and so many of them only: the program breaks off.
    PartOfARound(usize),
    /// io_wait, where it cannot block; then as `Round`.
    Wait,
    /// io_wait, where it has to block: signals come, and at last a byte for this descriptor.
    WaitThroughSignals(usize),
    /// io_waituntil2, where it has to block: a signal ends it.
    WaitUntilASignal,
    /// A child goes on with these steps while the parent waits for it.
    Fork(Vec<Step>),
    /// A child keeps everything open that is open now, and does nothing.
    ForkAKeeper,
}
