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
struct Place {
    /// The last eight bytes of the address; the first eight are those of every link-local address.
    server: AtomicU64,
    /// The index of the interface; 0 for none.
    interface: AtomicU64,
}

static PLACES: [Place; MOST] =
    [const { Place { server: AtomicU64::new(0), interface: AtomicU64::new(0) } }; MOST];

/// Notes the interface of the server in this place; 0 for none.
pub(super) fn note(place: usize, server: Ipv6Addr, interface: u32) {
    if let Some(place) = PLACES.get(place) {
        // A question that comes in between finds an address that is not its server's, or no interface.
        place.interface.store(0, Relaxed);
        place.server.store(server.to_bits() as u64, Relaxed);
        place.interface.store(interface.into(), Relaxed);
    }
}

/// The index of the interface for questions to the server in this place of a list; 0 for none.
pub(super) fn of(place: usize, server: Ipv6Addr) -> u32 {
    let known = server.is_unicast_link_local();
    match PLACES.get(place).filter(|place| known && place.server.load(Relaxed) == server.to_bits() as u64) {
        Some(place) => place.interface.load(Relaxed) as u32,
        None => 0,
    }
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
}
