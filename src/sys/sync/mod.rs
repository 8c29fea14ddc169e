// SPDX-License-Identifier: MIT OR Apache-2.0
//! What threads and forks share: locks that survive a fork, and atomic numbers.
//!
//! Orderings on processors that reorder (Arm, POWER, RISC-V): taking a lock acquires and opening it releases; its other accesses only
//! decide what to try next. The loop's lists, heaps, deadlines and generations are touched under its lock alone, and atomic
//! because entries of the table are shared: relaxed. The state word of a descriptor, which threads change without the lock,
//! acquires and releases with each change, and what a thread tells a wait by it, it tells in that order. No algorithm here
//! depends on two threads' seeing each other's store, each after its own, which would need more than that: who waits is known
//! under the lock. Every other relaxed access has its reason beside it.

pub(crate) mod atomic;
pub(crate) mod fork;
#[cfg(test)]
pub(crate) mod interleave;
pub(crate) mod lock;
mod mutex;
