// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions whose answer is waited for.

use super::answer::{self, Extract, MAPPED, append_ip6, kind};
use super::domain::Domain;
use super::{literal, servers};
use crate::abi::{dns_resolve_tx, dns_transmit, iopause_fd, stralloc, taia};
use crate::errno::{Result, unchanged};
use crate::sys::{clock, pause};
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ptr::null;
use core::slice::from_mut;

/// How many questions are under way together.
const MOST: usize = 2;

/// The longest that an attempt may take, in milliseconds.
const LONGEST: u64 = 45_000;

/// The answer for programs that want the packet, in the variable `dns_resolve_tx`. Errors: as all functions here, those
/// of [`dns_transmit::get`] and of finding the servers.
///
/// # Safety
/// No other thread uses that variable during the call.
pub(crate) unsafe fn packet(name: &[u8], kind: [u8; 2]) -> Result<()> {
    let place = &raw mut dns_resolve_tx;
    // SAFETY: the caller's promise.
    let asked = unsafe { &mut *place };
    let [outcome, _] = ask(from_mut(asked), name, &[kind]);
    outcome
}

/// What `extract` takes out of the answer for the records of a domain.
pub(crate) fn records(out: &mut stralloc, name: &[u8], kind: [u8; 2], extract: Extract) -> Result<()> {
    let mut asked = dns_transmit::new();
    let [outcome, _] = ask(from_mut(&mut asked), name, &[kind]);
    let outcome = outcome.and_then(|()| extract(out, asked.packet()));
    asked.free();
    outcome
}

/// The same for a name, which may be in the very string that the result comes to.
///
/// # Safety
/// Both are valid strings.
#[inline(never)]
pub(crate) unsafe fn of_name(
    out: *mut stralloc,
    name: *const stralloc,
    kind: [u8; 2],
    extract: Extract,
) -> Result<()> {
    // SAFETY: the caller's promise.
    let domain = of_text(unsafe { (*name).as_slice() })?;
    // SAFETY: the caller's promise; the name is not needed any more.
    records(unsafe { &mut *out }, domain.as_slice(), kind, extract)
}

/// The texts of a name, as [`of_name`].
///
/// # Safety
/// Both are valid strings.
pub(crate) unsafe fn txt(out: *mut stralloc, name: *const stralloc) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe { of_name(out, name, kind::TXT, answer::txt) }
}

/// The mail exchangers of a name, as [`of_name`].
///
/// # Safety
/// Both are valid strings.
pub(crate) unsafe fn mx(out: *mut stralloc, name: *const stralloc) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe { of_name(out, name, kind::MX, answer::mx) }
}

/// The name of an IPv4 address.
pub(crate) fn name4(out: &mut stralloc, ip: Ipv4Addr) -> Result<()> {
    records(out, Domain::of_ip4(ip).as_slice(), kind::PTR, answer::name)
}

/// The name of an IPv6 address, or of the IPv4 address that is mapped to it.
pub(crate) fn name6(out: &mut stralloc, ip: Ipv6Addr) -> Result<()> {
    match ip.to_ipv4_mapped() {
        Some(ip) => name4(out, ip),
        None => records(out, Domain::of_ip6(ip).as_slice(), kind::PTR, answer::name),
    }
}

/// The IPv4 addresses of a name, which may be addresses already.
pub(crate) fn ip4(out: &mut stralloc, name: &[u8]) -> Result<()> {
    out.len = 0;
    if literal::numeric(out, name, &[])? {
        return Ok(());
    }
    records(out, of_text(name)?.as_slice(), kind::A, answer::ip4)
}

/// The IPv6 addresses of a name, and the IPv4 addresses mapped to IPv6; or the address that it is already. That one of
/// the two questions came to nothing matters only without an address from the other. Puts a null byte behind the name.
pub(crate) fn ip6(out: &mut stralloc, name: &mut stralloc) -> Result<()> {
    name.ready_plus(1)?;
    // SAFETY: there is room for it.
    unsafe { name.s.add(name.len).write(0) };
    out.len = 0;
    let text = name.as_slice();
    if literal::ip6(out, text)? || literal::numeric(out, text, &MAPPED)? {
        return Ok(());
    }
    let mut asked = [dns_transmit::new(), dns_transmit::new()];
    let outcomes = ask(&mut asked, of_text(text)?.as_slice(), &[kind::AAAA, kind::A]);
    let mut outcome = Ok(());
    for (asked, answered) in asked.iter_mut().zip(outcomes) {
        let before = out.as_slice().len();
        if let Err(error) = answered.and_then(|()| append_ip6(out, asked.packet())) {
            out.len = before;
            outcome = Err(error);
        }
        asked.free();
    }
    if out.as_slice().is_empty() { outcome } else { Ok(()) }
}

/// Asks the system's servers for records of several kinds together, one in each place of `asked`, and waits until all
/// have been answered, or cannot be.
fn ask(asked: &mut [dns_transmit], name: &[u8], kinds: &[[u8; 2]]) -> [Result<()>; MOST] {
    let mut servers = [0; 256];
    if let Err(error) = servers::find(&mut servers) {
        return [Err(error); MOST];
    }
    let mut outcomes = [Ok(()); MOST];
    for ((one, kind), outcome) in asked.iter_mut().zip(kinds).zip(&mut outcomes) {
        // SAFETY: the list outlives the wait, behind which it is forgotten.
        *outcome = unsafe { one.start(servers.as_ptr().cast(), true, name, *kind, [0; 16]) };
    }
    let mut waits = [Wait::NONE; MOST];
    loop {
        let mut list = [iopause_fd { fd: -1, events: 0, revents: 0 }; MOST];
        let mut left = u64::MAX;
        for ((one, x), wait) in asked.iter().zip(&mut list).zip(&mut waits).filter(|((one, _), _)| one.s1 > 0)
        {
            let mut due = one.deadline;
            one.io(x, &mut due);
            left = left.min(wait.left(due));
        }
        if list.iter().all(|x| x.fd < 0) {
            break;
        }
        unchanged(|| pause::poll(&mut list, left.min(LONGEST) as i32));
        for (((one, x), outcome), wait) in asked.iter_mut().zip(list).zip(&mut outcomes).zip(&mut waits) {
            if one.s1 > 0
                && let Err(error) = one.get(x.revents != 0, &wait.moment())
            {
                *outcome = Err(error);
            }
        }
    }
    asked.iter_mut().for_each(|one| one.servers = null());
    outcomes
}

/// How long to wait for an answer that is due at a moment of the wall clock: as long as the moment was away when it was seen
/// first, whatever becomes of that clock.
#[derive(Clone, Copy)]
struct Wait {
    deadline: taia,
    /// In milliseconds of the clock that is never set.
    end: u64,
}

impl Wait {
    const NONE: Wait = Wait { deadline: taia::from_seconds(0), end: 0 };

    /// Milliseconds that are left until the deadline, which another attempt may have moved.
    fn left(&mut self, deadline: taia) -> u64 {
        let now = clock::monotonic_milliseconds();
        if self.deadline != deadline {
            // Unless the clock was set since the attempt began, it is no further away than that.
            let away = deadline.milliseconds_after(taia::now()).min(LONGEST);
            *self = Wait { deadline, end: now.saturating_add(away) };
        }
        self.end.saturating_sub(now)
    }

    /// The moment that it is now, as far as the deadline is concerned.
    fn moment(&self) -> taia {
        if clock::monotonic_milliseconds() < self.end { taia::from_seconds(0) } else { self.deadline }
    }
}

/// The domain that a text stands for.
#[inline(never)]
fn of_text(text: &[u8]) -> Result<Domain> {
    let mut domain = Domain::new();
    domain.set_text(text)?;
    Ok(domain)
}
