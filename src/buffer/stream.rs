// SPDX-License-Identifier: MIT OR Apache-2.0
//! Streams of bytes: what messages are read from, every byte checked against a limit.
//!
//! A stream takes its bytes from memory, from a buffer, or from another stream: from the inside out, streams form a chain. A
//! take is checked against the limit of each stream of the chain, and reaches the source only if all agree. The stream whose
//! limit or source refuses is in error from then on, and so are the streams inside it; those around it are not.
//!
//! C programs hold the [`bytestream`]s, and vouch for what they lead to: memory of `max` bytes, a valid buffer, a valid stream.
//! The SAFETY comments here lean on that. A chain may be long, so nothing here is recursive.

use crate::abi::{BSTREAM, IOBUF, MEMBUF, buffer, bytestream, bytestream_source};
use core::cell::Cell;
use core::ffi::c_uchar;

/// The bytes are not there, and the stream is in error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused;

/// What comes of a take.
pub(crate) type Taken<T> = core::result::Result<T, Refused>;

impl bytestream {
    /// `max` bytes of memory.
    pub fn over_memory(base: *const c_uchar, max: usize) -> Self {
        let stream = Self::of(MEMBUF, max, bytestream_source { base });
        if !stream.is_possible() {
            stream.fail();
        }
        stream
    }

    /// Up to `max` bytes of a buffer, `usize::MAX` for any number.
    pub fn over_buffer(b: *const buffer, max: usize) -> Self {
        Self::of(IOBUF, max, bytestream_source { b })
    }

    /// The next `max` bytes of another stream. If it does not have so many, both are in error.
    pub fn within(bs: &bytestream, max: usize) -> Self {
        let stream = Self::of(BSTREAM, max, bytestream_source { bs });
        if bs.left() < max || bs.is_in_error() {
            stream.fail();
            bs.fail();
        }
        stream
    }

    fn of(kind: i32, max: usize, u: bytestream_source) -> Self {
        bytestream { kind: Cell::new(kind), cur: Cell::new(0), max: Cell::new(max), u }
    }

    /// Whether memory has so many bytes from there on.
    fn is_possible(&self) -> bool {
        // SAFETY: addresses all.
        let base = unsafe { self.u.base };
        base.addr().checked_add(self.max.get()).is_some() && (!base.is_null() || self.max.get() == 0)
    }

    /// Whether a take has failed.
    pub fn is_in_error(&self) -> bool {
        self.cur.get() > self.max.get()
    }

    /// Makes all takes from now on fail.
    pub(super) fn fail(&self) {
        self.cur.set(1);
        self.max.set(0);
    }

    fn is_unlimited(&self) -> bool {
        self.max.get() == usize::MAX
    }

    /// Bytes up to the limit; `usize::MAX` if there is none, 0 in error.
    pub fn left(&self) -> usize {
        if self.is_unlimited() { usize::MAX } else { self.max.get().saturating_sub(self.cur.get()) }
    }

    /// Whether `count` bytes are left up to the limit. In error not even 0 are.
    pub fn has(&self, count: usize) -> bool {
        !self.is_in_error() && count <= self.left()
    }

    /// Puts the stream in error unless that holds; gives it back.
    pub fn demand(&self, holds: bool) -> bool {
        if !holds {
            self.fail();
        }
        holds
    }

    /// The streams from this one to the outermost.
    fn chain(&self) -> impl Iterator<Item = &bytestream> {
        core::iter::successors(Some(self), |stream| {
            // SAFETY: NULL, or the address of a stream, as `kind` says.
            if stream.kind.get() == BSTREAM { unsafe { stream.u.bs.as_ref() } } else { None }
        })
    }

    /// Makes all takes from now on fail, those of the streams around it, too.
    pub fn fail_all(&self) {
        self.chain().for_each(Self::fail);
    }

    /// Makes the takes of this stream and those inside of `outer`, and of `outer` itself, fail.
    #[cold]
    #[inline(never)]
    fn fail_up_to(&self, outer: &bytestream) -> Refused {
        for stream in self.chain() {
            stream.fail();
            if core::ptr::eq(stream, outer) {
                break;
            }
        }
        Refused
    }

    /// The outermost stream, if no limit stands against taking `count` bytes more.
    #[inline(never)]
    fn source(&self, count: usize) -> Taken<&bytestream> {
        let mut outermost = self;
        for stream in self.chain() {
            if stream.is_in_error() || stream.left() < count {
                return Err(self.fail_up_to(stream));
            }
            outermost = stream;
        }
        match outermost.kind.get() {
            MEMBUF if outermost.is_possible() => Ok(outermost),
            // SAFETY: an address.
            IOBUF if !unsafe { outermost.u.b }.is_null() => Ok(outermost),
            _ => Err(self.fail_up_to(outermost)),
        }
    }

    /// Counts bytes as taken. Without a limit the count stays below that value which means none.
    fn count(&self, taken: usize) {
        for stream in self.chain() {
            stream.cur.set(stream.cur.get().saturating_add(taken));
        }
    }

    /// Takes `count` bytes, and hands them to `see` in pieces, in order.
    ///
    /// # Safety
    /// The caller's streams, as everywhere in this file.
    #[inline(never)]
    pub unsafe fn take(&self, count: usize, see: &mut dyn FnMut(*const c_uchar, usize)) -> Taken<()> {
        let source = self.source(count)?;
        if source.kind.get() == MEMBUF {
            // SAFETY: `source` has found so many bytes to be left.
            see(unsafe { source.u.base }.wrapping_add(source.cur.get()), count);
            self.count(count);
            return Ok(());
        }
        // SAFETY: the caller's buffer.
        let b = unsafe { &*source.u.b };
        let mut missing = count;
        while missing > 0 {
            // SAFETY: the caller's buffer.
            let part = match unsafe { b.feed() } {
                Ok(at_hand @ 1..) => at_hand.min(missing),
                Ok(0) | Err(_) => return Err(self.fail_up_to(source)),
            };
            see(b.next().cast(), part);
            b.seek(part);
            missing -= part;
        }
        self.count(count);
        Ok(())
    }

    /// The next byte, which stays.
    ///
    /// # Safety
    /// The caller's streams.
    pub unsafe fn peek(&self) -> Taken<c_uchar> {
        let source = self.source(1)?;
        if source.kind.get() == MEMBUF {
            // SAFETY: `source` has found a byte to be left.
            return Ok(unsafe { source.u.base.wrapping_add(source.cur.get()).read() });
        }
        // SAFETY: the caller's buffer.
        let b = unsafe { &*source.u.b };
        // SAFETY: as above.
        match unsafe { b.peek() } {
            Ok(Some(byte)) => Ok(byte as c_uchar),
            _ => Err(self.fail_up_to(source)),
        }
    }

    /// Takes the next byte.
    ///
    /// # Safety
    /// The caller's streams.
    #[inline(never)]
    pub unsafe fn get(&self) -> Taken<c_uchar> {
        let mut byte = 0;
        // SAFETY: the caller's promise; a piece of one byte is readable.
        unsafe { self.take(1, &mut |start, _| byte = start.read()) }.map(|()| byte)
    }

    /// Takes all bytes up to the limit, or without one up to the end of the input, and says how many.
    ///
    /// # Safety
    /// The caller's streams.
    pub unsafe fn take_rest(&self) -> Taken<usize> {
        if !self.is_unlimited() {
            if self.is_in_error() {
                return Err(Refused);
            }
            let left = self.left();
            // SAFETY: the caller's promise.
            return unsafe { self.take(left, &mut |_, _| ()) }.map(|()| left);
        }
        let source = self.source(0)?;
        if source.kind.get() == MEMBUF {
            return Err(self.fail_up_to(source));
        }
        // SAFETY: the caller's buffer.
        let b = unsafe { &*source.u.b };
        let mut rest: usize = 0;
        loop {
            // SAFETY: the caller's buffer.
            let part = match unsafe { b.feed() } {
                Ok(0) => return Ok(rest),
                Ok(at_hand) => at_hand,
                Err(_) => return Err(self.fail_up_to(source)),
            };
            b.seek(part);
            self.count(part);
            rest = rest.saturating_add(part);
        }
    }
}
