// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets: names with pointers, and the records of the answer section.

use super::domain::Domain;
use crate::errno::{Errno, Result};
use core::ffi::{c_char, c_uint};

/// Bytes before the question.
pub(super) const HEADER: usize = 12;
/// The class that all questions and answers are of.
pub(super) const CLASS_IN: [u8; 2] = [0, 1];

/// The error of a malformed packet.
pub(super) const MALFORMED: Errno = Errno(libc::EINVAL);

/// No name needs as many labels and pointers: a packet with more has pointers in a circle.
const STEPS: usize = 999;

/// `count` bytes at `at`. Errors: EINVAL if the packet ends before them.
pub(super) fn range(packet: &[u8], at: usize, count: usize) -> Result<&[u8]> {
    packet.get(at..).and_then(|rest| rest.get(..count)).ok_or(MALFORMED)
}

/// Two bytes at `at` as a number.
fn number(packet: &[u8], at: usize) -> Result<u16> {
    pair(packet, at).map(u16::from_be_bytes)
}

/// Two bytes at `at`.
pub(super) fn pair(packet: &[u8], at: usize) -> Result<[u8; 2]> {
    packet.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or(MALFORMED)
}

/// Copies `count` bytes at `at` to `out`, and says where they end. No bytes are found anywhere. Errors: EINVAL if
/// the packet ends before; then nothing is copied.
///
/// # Safety
/// There is room for `count` bytes at `out`, which are not part of the packet.
pub(crate) unsafe fn copy(packet: &[u8], at: c_uint, out: *mut c_char, count: c_uint) -> Result<c_uint> {
    if count == 0 {
        return Ok(at);
    }
    let bytes = range(packet, at as usize, count as usize)?;
    // SAFETY: the caller's promise.
    unsafe { out.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    at.checked_add(count).ok_or(MALFORMED)
}

/// Where the name at `at` ends, which may be behind the end of a packet that cuts a pointer in half. Errors: EINVAL
/// for what is no name.
#[inline]
pub(crate) fn skip_name(packet: &[u8], mut at: usize) -> Result<usize> {
    loop {
        let count = *packet.get(at).ok_or(MALFORMED)?;
        at += 1;
        if count == 0 {
            return Ok(at);
        }
        if count > 63 {
            return if count >= 192 { Ok(at + 1) } else { Err(MALFORMED) };
        }
        at += usize::from(count);
    }
}

/// The name at `at`, as [`take_name`] finds it, and where it ends at its own place.
#[inline(never)]
pub(super) fn name(packet: &[u8], at: usize) -> Result<(Domain, usize)> {
    let mut name = Domain::new();
    let end = take_name(packet, at, &mut name)?;
    Ok((name, end))
}

/// Appends the name at `at`, its pointers followed, to a domain without bytes, and says where it ends at its own place.
/// Errors: EINVAL for what is no name, for one that is too long, and for pointers in a circle.
#[inline(never)]
pub(crate) fn take_name(packet: &[u8], mut at: usize, name: &mut Domain) -> Result<usize> {
    let mut end = None;
    for _ in 0..STEPS {
        let byte = *packet.get(at).ok_or(MALFORMED)?;
        match byte {
            0..64 => {
                let label = range(packet, at, 1 + usize::from(byte))?;
                name.append(label)?;
                at += label.len();
                if byte == 0 {
                    return Ok(end.unwrap_or(at));
                }
            }
            64..192 => return Err(MALFORMED),
            192.. => {
                let target = number(packet, at)? & 0x3fff;
                end.get_or_insert(at + 2);
                at = target.into();
            }
        }
    }
    Err(MALFORMED)
}

/// A position as C programs take it. Errors: EINVAL for one that does not fit.
pub(crate) fn position(at: usize) -> Result<c_uint> {
    c_uint::try_from(at).map_err(|_| MALFORMED)
}

/// A record: what it says, and where.
pub(super) struct Record {
    kind: [u8; 2],
    class: [u8; 2],
    /// Where its data is.
    pub(super) data: usize,
    /// How many bytes of data it claims to have.
    pub(super) length: usize,
}

impl Record {
    /// Whether this is a record of that type.
    pub(super) fn is(&self, kind: [u8; 2]) -> bool {
        self.kind == kind && self.class == CLASS_IN
    }
}

/// The records of a packet's answer section, which has one question in front of it.
pub(super) struct Records<'a> {
    packet: &'a [u8],
    at: usize,
    left: u16,
}

impl<'a> Records<'a> {
    /// Errors: EINVAL without a whole header, or without a name in the question.
    #[inline(never)]
    pub(super) fn of(packet: &'a [u8]) -> Result<Self> {
        range(packet, 0, HEADER)?;
        Ok(Records { packet, at: skip_name(packet, HEADER)? + 4, left: number(packet, 6)? })
    }

    /// The next one. Errors: EINVAL if the packet announces more than it has.
    #[inline(never)]
    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let at = skip_name(self.packet, self.at)?;
        let length = number(self.packet, at + 8)?.into();
        let (kind, class) = (pair(self.packet, at)?, pair(self.packet, at + 2)?);
        self.at = at + 10 + length;
        Ok(Some(Record { kind, class, data: at + 10, length }))
    }
}

#[cfg(test)]
mod tests;
