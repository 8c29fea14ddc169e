// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domains: labels with their lengths in front, and a zero behind the last one.

use crate::errno::{Errno, Result};
use crate::text::fmt_int::{hexadecimal, pair};
use core::ffi::{c_char, c_uint};
use core::mem::MaybeUninit;
use core::net::{Ipv4Addr, Ipv6Addr};

mod format;
pub(crate) use format::append_text;

/// No domain has more bytes, those of lengths and the zero included.
const MOST: usize = 255;
/// No label has more bytes.
const MOST_IN_LABEL: usize = 63;

/// What is too long.
const TOO_LONG: Errno = Errno(libc::EINVAL);

/// A domain of its own. It is filled where it is: to clear or to copy it takes longer than most names do.
pub(crate) struct Domain {
    bytes: [MaybeUninit<u8>; MOST],
    /// So many of them have been written.
    len: usize,
}

impl Domain {
    /// Without even the zero. The compiler would make a constant of a plain expression, and fill all bytes with zeros to
    /// copy it.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let mut domain = MaybeUninit::<Self>::uninit();
        // SAFETY: the length is all that a domain has to have.
        unsafe {
            (&raw mut (*domain.as_mut_ptr()).len).write(0);
            domain.assume_init()
        }
    }

    /// Its bytes, the zero included.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[u8] {
        // SAFETY: these have been written, and there are no more than the array has.
        unsafe { core::slice::from_raw_parts(self.bytes.as_ptr().cast(), self.len) }
    }

    /// Writes its bytes to `name`.
    ///
    /// # Safety
    /// There is room for them.
    #[inline(always)]
    pub(crate) unsafe fn write(&self, name: *mut c_char) {
        let bytes = self.as_slice();
        // SAFETY: the caller's promise; this domain lies elsewhere.
        unsafe { name.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
    }

    /// Appends bytes. Errors: EINVAL if that makes it too long.
    #[inline(always)]
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let room = self.bytes.get_mut(self.len..).and_then(|rest| rest.get_mut(..bytes.len()));
        let room: *mut u8 = room.ok_or(TOO_LONG)?.as_mut_ptr().cast();
        // SAFETY: there is room for them, elsewhere.
        unsafe { copy_short(bytes.as_ptr(), room, bytes.len()) };
        self.len += bytes.len();
        Ok(())
    }

    /// Makes it the domain that a text with dots stands for. Dots without a label between mean nothing; a backslash takes the
    /// special meaning from the byte behind it, or begins the number of a byte in octal. Errors: EINVAL if a label or
    /// the domain is too long.
    #[inline(always)]
    pub(crate) fn set_text(&mut self, text: &[u8]) -> Result<()> {
        // The label under way: where its length goes, and how many bytes it has.
        let (mut start, mut count) = (0, 0);
        let mut text = text.iter().copied();
        while let Some(byte) = text.next() {
            let byte = match byte {
                b'.' => {
                    self.set(start, count as u8)?;
                    start += if count == 0 { 0 } else { 1 + count };
                    count = 0;
                    continue;
                }
                b'\\' => match escaped(&mut text) {
                    Some(byte) => byte,
                    None => break,
                },
                _ => byte,
            };
            count += 1;
            if count > MOST_IN_LABEL {
                return Err(TOO_LONG);
            }
            self.set(start + count, byte)?;
        }
        self.set(start, count as u8)?;
        if count > 0 {
            start += 1 + count;
            self.set(start, 0)?;
        }
        // All of them have been written, one behind the other.
        self.len = start + 1;
        Ok(())
    }

    /// Writes one byte.
    #[inline(always)]
    fn set(&mut self, at: usize, byte: u8) -> Result<()> {
        self.bytes.get_mut(at).ok_or(TOO_LONG)?.write(byte);
        Ok(())
    }

    /// Under which PTR records have the names of an IPv4 address: `4.3.2.1.in-addr.arpa` for 1.2.3.4.
    #[inline(always)]
    pub(crate) fn of_ip4(ip: Ipv4Addr) -> Self {
        let mut domain = Self::new();
        for octet in ip.octets().into_iter().rev() {
            let [tens, ones] = pair(octet % 100);
            match octet {
                100.. => domain.append_short([3, b'0' + octet / 100, tens, ones]),
                10.. => domain.append_short([2, tens, ones]),
                _ => domain.append_short([1, ones]),
            }
        }
        domain.append_short(*b"\x07in-addr\x04arpa\0");
        domain
    }

    /// The same for an IPv6 address, with a label for each hexadecimal digit, and `ip6.arpa`.
    pub(crate) fn of_ip6(ip: Ipv6Addr) -> Self {
        let mut domain = Self::new();
        for octet in ip.octets().into_iter().rev() {
            let [high, low] = hexadecimal(octet);
            domain.append_short([1, low, 1, high]);
        }
        domain.append_short(*b"\x03ip6\x04arpa\0");
        domain
    }

    /// For what is known to fit.
    #[inline(always)]
    fn append_short<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(room) = self.bytes.get_mut(self.len..).and_then(<[_]>::first_chunk_mut::<N>) {
            // SAFETY: as many bytes, which any value may be written to.
            unsafe { room.as_mut_ptr().cast::<[u8; N]>().write(bytes) };
            self.len += N;
        }
    }
}

/// Copies bytes: most labels have fewer than 16, for which a call would take longer.
///
/// # Safety
/// `from` has `count` readable bytes, and `to` room for them elsewhere.
#[inline(always)]
unsafe fn copy_short(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: the caller's promise. Two pieces, which may overlap, reach from the first byte to the last one.
    unsafe {
        match count {
            8..=16 => copy_ends::<8>(from, to, count),
            4..=7 => copy_ends::<4>(from, to, count),
            2..=3 => copy_ends::<2>(from, to, count),
            1 => to.write(from.read()),
            _ => to.copy_from_nonoverlapping(from, count),
        }
    }
}

/// Copies the first `N` of some bytes, and the last.
///
/// # Safety
/// As in [`copy_short`], and there are `N` bytes at least.
#[inline(always)]
unsafe fn copy_ends<const N: usize>(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let last = from.add(count - N).cast::<[u8; N]>().read_unaligned();
        to.cast::<[u8; N]>().write_unaligned(from.cast::<[u8; N]>().read_unaligned());
        to.add(count - N).cast::<[u8; N]>().write_unaligned(last);
    }
}

/// The byte that is meant by what stands behind a backslash.
fn escaped(text: &mut (impl Iterator<Item = u8> + Clone)) -> Option<u8> {
    let first = text.next()?;
    let Some(mut value) = octal(first) else { return Some(first) };
    for _ in 0..2 {
        let Some(digit) = text.clone().next().and_then(octal) else { break };
        value = value.wrapping_mul(8).wrapping_add(digit);
        text.next();
    }
    Some(value)
}

fn octal(byte: u8) -> Option<u8> {
    matches!(byte, b'0'..=b'7').then(|| byte - b'0')
}

/// The bytes of a domain in a C program's memory, the zero included.
///
/// # Safety
/// `domain` is a domain, which does not change while the result is in use.
pub(crate) unsafe fn bytes<'a>(domain: *const c_char) -> &'a [u8] {
    let start = domain.cast::<u8>();
    let mut length = 0_usize;
    loop {
        // SAFETY: the caller's promise; the zero has not been met yet.
        let label = unsafe { *start.add(length) };
        length += 1 + usize::from(label);
        if label == 0 {
            // SAFETY: all of these bytes belong to the domain.
            return unsafe { core::slice::from_raw_parts(start, length) };
        }
    }
}

/// Puts a copy in memory from malloc in the place of what is in `*place`, which is freed. Errors: ENOMEM; then
/// `*place` is as before.
///
/// # Safety
/// `*place` is NULL or memory from malloc.
#[inline]
pub(crate) unsafe fn put(place: *mut *mut c_char, domain: &[u8]) -> Result<()> {
    // SAFETY: malloc takes any size.
    let copy = unsafe { libc::malloc(domain.len()) }.cast::<u8>();
    if copy.is_null() {
        return Err(Errno(libc::ENOMEM));
    }
    // SAFETY: the copy has as many bytes; the place is the caller's promise.
    unsafe {
        copy.copy_from_nonoverlapping(domain.as_ptr(), domain.len());
        free(place);
        *place = copy.cast();
    }
    Ok(())
}

/// Frees what is in `*place`, and makes that NULL.
///
/// # Safety
/// As in [`put`].
pub(crate) unsafe fn free(place: *mut *mut c_char) {
    // SAFETY: the caller's promise.
    unsafe {
        libc::free((*place).cast());
        *place = core::ptr::null_mut();
    }
}

/// The first label, and what follows it; `None` for the root, and for what is cut off in the middle.
fn split(domain: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&count, rest) = domain.split_first()?;
    if count == 0 { None } else { rest.split_at_checked(count.into()) }
}

/// Whether two are the same. Case is ignored.
#[inline(never)]
pub(crate) fn are_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Where `parent` begins in `domain`, which is 0 if both are the same; `None` if it is no parent. Case is ignored.
pub(crate) fn position(domain: &[u8], parent: &[u8]) -> Option<c_uint> {
    let mut rest = domain;
    while !are_equal(rest, parent) {
        (_, rest) = split(rest)?;
    }
    Some((domain.len() - rest.len()) as c_uint)
}

/// The domain that a text stands for, as [`Domain::set_text`], put in the place of what is in `*place`. Errors: those of
/// both.
///
/// # Safety
/// As in [`put`].
pub(crate) unsafe fn put_text(place: *mut *mut c_char, text: &[u8]) -> Result<()> {
    // Some programs look at errno also after success.
    Errno(libc::EINVAL).set();
    let mut domain = Domain::new();
    domain.set_text(text)?;
    // SAFETY: the caller's promise.
    unsafe { put(place, domain.as_slice()) }
}

#[cfg(test)]
mod tests;
