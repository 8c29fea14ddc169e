// SPDX-License-Identifier: MIT OR Apache-2.0
//! The interfaces of link-local servers in resolv.conf, such as eth0 in `fe80::1%eth0`.
//!
//! A list of servers as C programs have it holds addresses alone. So the interfaces are kept here, each with the place of its
//! server in the list, for the questions to these servers.

use super::servers::MOST;
use crate::sys::atomic::AtomicU64;
use core::net::Ipv6Addr;
use core::sync::atomic::Ordering::Relaxed;

/// The interface of the server in one place of the list.
///
/// The words are stored one after the other, beside questions and beside other threads that read resolv.conf, and processors
/// may reorder that. So the first one depends on both: two words that do not belong together are no server's.
struct Place {
    /// The last eight bytes of the address, mixed with the interface ([`sealed`]); the first eight are those of every
    /// link-local address.
    server: AtomicU64,
    /// The index of the interface; 0 for none.
    interface: AtomicU64,
}

static PLACES: [Place; MOST] =
    [const { Place { server: AtomicU64::new(0), interface: AtomicU64::new(0) } }; MOST];

/// The first word for a server with this interface. For one server no two interfaces give the same word, because the factor
/// is odd; for two servers they do if their addresses differ in just these 64 bits.
fn sealed(server: Ipv6Addr, interface: u64) -> u64 {
    server.to_bits() as u64 ^ interface.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Notes the interface of the server in this place; 0 for none.
pub(super) fn note(place: usize, server: Ipv6Addr, interface: u32) {
    if let Some(place) = PLACES.get(place) {
        place.server.store(sealed(server, interface.into()), Relaxed);
        place.interface.store(interface.into(), Relaxed);
    }
}

/// The index of the interface for questions to the server in this place of a list; 0 for none.
pub(super) fn of(place: usize, server: Ipv6Addr) -> u32 {
    let Some(place) = PLACES.get(place).filter(|_| server.is_unicast_link_local()) else { return 0 };
    let interface = place.interface.load(Relaxed);
    if place.server.load(Relaxed) == sealed(server, interface) { interface as u32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_place_and_address() {
        let [one, two] = [1, 2].map(|last| Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last));
        let global = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
        note(2, one, 7);
        note(3, one, 8);
        assert_eq!([of(2, one), of(3, one)], [7, 8]);
        assert_eq!([of(2, two), of(2, global), of(1, one), of(MOST, one)], [0; 4]);
        note(2, two, 0);
        note(MOST, two, 9);
        assert_eq!([of(2, one), of(2, two), of(MOST, two)], [0; 3]);
    }

    /// While a place gets another server, a question to either has its own interface or none.
    #[cfg(not(miri))]
    #[test]
    fn no_server_has_the_interface_of_another() {
        use crate::sys::interleave::{Work, explore};
        use std::sync::{Arc, Mutex};

        let [one, two] = [1, 2].map(|last| Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last));
        for (asked, own) in [(one, 7), (two, 8)] {
            let begin = || {
                note(4, one, 7);
                let answer = Arc::new(Mutex::new(0));
                let answered = answer.clone();
                let question: Work = Box::new(move || *answered.lock().unwrap() = of(4, asked));
                (answer, vec![question, Box::new(move || note(4, two, 8))])
            };
            explore(usize::MAX, begin, |answer| assert!([0, own].contains(&*answer.lock().unwrap())));
        }
    }
}
