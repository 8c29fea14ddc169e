// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions.

use crate::abi::{dns_transmit, iopause_fd, tai6464};
use crate::dns::{domain, resolve, servers};
use crate::errno::{true_false_or_minus_one, zero_or_minus_one};
use core::ffi::{c_char, c_int};

/// Asks for records of the type qtype (DNS_T_A ...) of the domain q, and returns at once. servers has 256 bytes, which
/// stay as they are while the question is under way: 16 IPv6 addresses, of which those that are all zeros are none. If
/// flagrecursive is not 0, the server is asked to ask others. localip has 16 bytes: the address to send from, all
/// zeros for any. What was under way in *d before is freed. Returns 0; or -1 with errno if no server can be asked, then
/// nothing is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_transmit_start(
    d: *mut dns_transmit,
    servers: *const c_char,
    flagrecursive: c_int,
    q: *const c_char,
    qtype: *const c_char,
    localip: *const c_char,
) -> c_int {
    // SAFETY: the caller hands in a valid dns_transmit, a domain, 2 and 16 bytes, and vouches for the servers.
    zero_or_minus_one(unsafe {
        let (kind, local) = (*qtype.cast::<[u8; 2]>(), *localip.cast::<[c_char; 16]>());
        (*d).start(servers, flagrecursive != 0, domain::bytes(q), kind, local)
    })
}

/// Ends the question, and frees the answer. *d is fit for the next one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_transmit_free(d: *mut dns_transmit) {
    // SAFETY: the caller hands in a valid dns_transmit, as in all of these functions.
    unsafe { (*d).free() }
}

/// Says what to wait for with iopause: *x becomes the descriptor and what it has to be ready for, and *deadline the
/// moment at which to stop waiting, unless that is earlier already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_transmit_io(d: *mut dns_transmit, x: *mut iopause_fd, deadline: *mut tai6464) {
    // SAFETY: as in dns_transmit_free; the caller hands in an entry for iopause and a moment.
    unsafe { (*d).io(&mut *x, &mut *deadline) }
}

/// Goes on after a wait: x is the entry that iopause has filled in, when is the current time. Returns 1 if the answer is
/// there, the packetlen bytes at packet of *d; 0 if it is not, then wait again, as dns_transmit_io says anew; or -1 with
/// errno if no server has answered: ETIMEDOUT, ECONNREFUSED and the like, EAGAIN if servers failed or refused, EIO if they
/// hung up or sent malformed answers; ENOMEM. Then nothing is under way any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_transmit_get(
    d: *mut dns_transmit,
    x: *const iopause_fd,
    when: *const tai6464,
) -> c_int {
    // SAFETY: as in dns_transmit_io.
    true_false_or_minus_one(unsafe { (*d).get((*x).revents != 0, &*when) })
}

/// Finds out which servers to ask, and writes their addresses to the 256 bytes at s: up to four from the variable
/// DNSCACHEIP, in which dots separate them, or else from the nameserver lines of /etc/resolv.conf, or else ::1. A line may
/// name the interface of a link-local address: fe80::1%eth0. The list does not hold it, but questions to the servers of the
/// list go there, unless scope_id says otherwise. What was found serves for 10 minutes or 10000 calls. Returns 0, or -1
/// with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_resolvconfip(s: *mut c_char) -> c_int {
    // SAFETY: the caller hands in 256 bytes.
    zero_or_minus_one(unsafe { servers::find(&mut *s.cast::<servers::List>()) })
}

/// Asks these servers, and waits for the answer, which then is in dns_resolve_tx. Returns 0, or -1 with the errno of
/// dns_transmit_get.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_resolve(q: *const c_char, qtype: *const c_char) -> c_int {
    // SAFETY: the caller hands in a domain and 2 bytes, and calls this in one thread at a time.
    zero_or_minus_one(unsafe { resolve::packet(domain::bytes(q), *qtype.cast::<[u8; 2]>()) })
}
