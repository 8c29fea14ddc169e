// SPDX-License-Identifier: MIT OR Apache-2.0
//! Buffers over operations that follow a script, against the simplest model there is: a vector.

mod input;
mod output;
mod streams;

use super::operation::declare;
use super::*;
use crate::abi::{ssize_t, stralloc};
use crate::errno::{Errno, Result, size_or_minus_one};
use proptest::prelude::*;
use std::collections::VecDeque;

/// What an operation does when it is called.
#[derive(Clone, Debug)]
enum Act {
    /// Moves everything, or up to so many bytes.
    Move(usize),
    /// A signal comes first.
    Signal,
    /// It fails.
    Fail(c_int),
}

/// What the operation of a buffer does, one call after the other, and then everything it is asked for.
#[derive(Default)]
struct Script {
    acts: VecDeque<Act>,
    /// What was written, or is to be read.
    bytes: Vec<u8>,
    /// How much was asked for in each call.
    calls: Vec<usize>,
}

impl Script {
    /// How many bytes the next call moves.
    fn act(&mut self, len: usize) -> Result<usize> {
        self.calls.push(len);
        match self.acts.pop_front() {
            None => Ok(len),
            Some(Act::Move(most)) => Ok(len.min(most)),
            Some(Act::Signal) => Err(Errno(libc::EINTR)),
            Some(Act::Fail(errno)) => Err(Errno(errno)),
        }
    }
}

unsafe extern "C" fn write(_: c_int, from: *mut c_char, len: usize, b: *mut c_void) -> ssize_t {
    // SAFETY: called for a buffer of `Scripted`, with bytes to write.
    let (script, bytes) = unsafe {
        (
            script_of(b),
            std::slice::from_raw_parts(if len == 0 { [].as_ptr() } else { from.cast::<u8>() }, len),
        )
    };
    size_or_minus_one(script.act(len).inspect(|moved| script.bytes.extend(&bytes[..*moved])))
}

unsafe extern "C" fn read(_: c_int, to: *mut c_char, len: usize, b: *mut c_void) -> ssize_t {
    // SAFETY: called for a buffer of `Scripted`.
    let script = unsafe { script_of(b) };
    let most = len.min(script.bytes.len());
    size_or_minus_one(script.act(len).map(|moved| moved.min(most)).inspect(|moved| {
        // SAFETY: there is room for `len` bytes.
        unsafe { to.cast::<u8>().copy_from(script.bytes.as_ptr(), *moved) };
        script.bytes.drain(..*moved);
    }))
}

unsafe fn script_of<'a>(b: *mut c_void) -> &'a mut Script {
    // SAFETY: the caller's promise.
    unsafe { &mut *(*b.cast::<buffer>()).cookie.get().cast() }
}

/// A buffer of so many bytes over a script. They are exactly as many, so that a memory checker sees one too many.
struct Scripted {
    buffer: Box<buffer>,
    script: *mut Script,
    memory: Box<[c_char]>,
}

impl Scripted {
    fn new(op: operation::Called, size: usize, acts: Vec<Act>, bytes: &[u8]) -> Self {
        let mut memory = vec![0; size].into_boxed_slice();
        let buffer = Box::new(buffer::new(declare(op), 7, memory.as_mut_ptr(), size));
        let script = Script { acts: acts.into(), bytes: bytes.into(), calls: Vec::new() };
        let script = Box::into_raw(Box::new(script));
        buffer.cookie.set(script.cast());
        Scripted { buffer, script, memory }
    }

    fn script(&self) -> &Script {
        // SAFETY: it lives as long as this value, and no operation runs.
        unsafe { &*self.script }
    }

    /// What was written, and behind it what waits.
    fn all(&self) -> Vec<u8> {
        let waiting = self.memory[..self.buffer.p.get()].iter().map(|byte| *byte as u8);
        self.script().bytes.iter().copied().chain(waiting).collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        // SAFETY: from `new`, once.
        drop(unsafe { Box::from_raw(self.script) });
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1_usize..40).prop_map(Act::Move),
        3 => Just(Act::Move(usize::MAX)),
        1 => Just(Act::Signal),
        1 => prop_oneof![Just(libc::EAGAIN), Just(libc::EPIPE)].prop_map(Act::Fail),
    ];
    prop::collection::vec(act, 0..40)
}

#[test]
fn close_gives_memory_back_once() {
    unsafe extern "C" fn free(b: *mut c_void) {
        // SAFETY: called for the buffer below.
        unsafe { (*b.cast::<buffer>()).free() }
    }
    // SAFETY: a block from malloc of that size.
    unsafe {
        let b = buffer::new(None, -1, libc::malloc(10).cast(), 10);
        b.deinit.set(Some(free));
        b.close();
        assert!(b.x.get().is_null() && b.a.get() == 0);
        b.close();
    }
}
