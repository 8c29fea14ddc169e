// SPDX-License-Identifier: MIT OR Apache-2.0
//! What programs take out of an answer. The names of its records are ignored: a server that was asked for a name also
//! returns the records that its aliases lead to.

use super::random::shuffle;
use super::{domain, packet};
use crate::errno::Result;
use packet::{Records, range};

/// The types of records, as they stand in questions and answers.
pub(super) mod kind {
    pub(in crate::dns) const A: [u8; 2] = [0, 1];
    pub(in crate::dns) const PTR: [u8; 2] = [0, 12];
    pub(in crate::dns) const MX: [u8; 2] = [0, 15];
    pub(in crate::dns) const TXT: [u8; 2] = [0, 16];
    pub(in crate::dns) const AAAA: [u8; 2] = [0, 28];
}

use crate::abi::stralloc;

/// What an IPv4 address as an IPv6 address begins with.
pub(super) const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// Takes something out of a packet, and puts it into the string in place of what was there.
pub(crate) type Extract = fn(out: &mut stralloc, packet: &[u8]) -> Result<()>;

/// The IPv4 addresses, 4 bytes each, in any order.
pub(crate) fn ip4(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    out.len = 0;
    let mut records = Records::of(packet)?;
    while let Some(record) = records.next()? {
        if record.is(kind::A) && record.length == 4 {
            append(out, range(packet, record.data, 4)?)?;
        }
    }
    shuffle::<4>(out.as_mut_slice());
    Ok(())
}

/// The IPv6 addresses, 16 bytes each, in any order, and the IPv4 addresses as such.
pub(crate) fn ip6(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    out.len = 0;
    append_ip6(out, packet)
}

/// As [`ip6`], behind what is in the string.
pub(super) fn append_ip6(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    let before = out.as_slice().len();
    let mut records = Records::of(packet)?;
    while let Some(record) = records.next()? {
        if record.is(kind::AAAA) && record.length == 16 {
            append(out, range(packet, record.data, 16)?)?;
        } else if record.is(kind::A) && record.length == 4 {
            append(out, &MAPPED)?;
            append(out, range(packet, record.data, 4)?)?;
        }
    }
    shuffle::<16>(out.as_mut_slice().get_mut(before..).unwrap_or_default());
    Ok(())
}

/// The first name, as text.
pub(crate) fn name(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    out.len = 0;
    let mut records = Records::of(packet)?;
    while let Some(record) = records.next()? {
        if record.is(kind::PTR) {
            let (name, _) = packet::name(packet, record.data)?;
            return domain::append_text(out, name.as_slice());
        }
    }
    Ok(())
}

/// All texts, with question marks for what is not printable ASCII.
pub(crate) fn txt(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    out.len = 0;
    let mut records = Records::of(packet)?;
    while let Some(record) = records.next()? {
        if record.is(kind::TXT) {
            let mut rest = range(packet, record.data, record.length)?;
            while let Some((&count, behind)) = rest.split_first() {
                // One that claims to be longer than its record ends there.
                let (text, behind) = behind.split_at_checked(count.into()).unwrap_or((behind, &[]));
                for &byte in text {
                    append(out, &[if matches!(byte, 32..127) { byte } else { b'?' }])?;
                }
                rest = behind;
            }
        }
    }
    Ok(())
}

/// How much of names may come out of a packet: pointers let each of its records, of 16 bytes at least, have a name of 255 of
/// printable characters, and no honest packet has more. Escapes would make four times as much.
const fn most_for(packet: &[u8]) -> usize {
    1024 + 17 * packet.len()
}

/// The mail exchangers: each two bytes of preference, most significant first, its name as text, and a null byte. Errors:
/// EINVAL, too, for a packet that makes more of names than 17 times its length.
pub(crate) fn mx(out: &mut stralloc, packet: &[u8]) -> Result<()> {
    out.len = 0;
    let mut records = Records::of(packet)?;
    while let Some(record) = records.next()? {
        if record.is(kind::MX) {
            let preference = range(packet, record.data, 2)?;
            let (name, _) = packet::name(packet, record.data + 2)?;
            append(out, preference)?;
            domain::append_text(out, name.as_slice())?;
            append(out, &[0])?;
            if out.len > most_for(packet) {
                return Err(packet::MALFORMED);
            }
        }
    }
    Ok(())
}

/// Appends bytes that lie elsewhere. (Not inlined into each of its many callers, which are not on a hot path.)
#[inline(never)]
pub(super) fn append(out: &mut stralloc, bytes: &[u8]) -> Result<()> {
    // SAFETY: the bytes of a slice are readable.
    unsafe { out.append(bytes.as_ptr().cast(), bytes.len()) }
}

#[cfg(test)]
mod tests;
