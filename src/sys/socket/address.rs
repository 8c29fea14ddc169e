// SPDX-License-Identifier: MIT OR Apache-2.0
//! Internet addresses as the kernel takes and gives them.

use core::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use libc::{sockaddr, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t};

/// An address in the kernel's terms, or room for one.
pub(super) struct RawAddress {
    storage: sockaddr_storage,
    length: socklen_t,
}

impl RawAddress {
    /// Room for any address. It counts as none before the kernel has filled it in.
    pub(super) fn room() -> Self {
        // SAFETY: all zeros is a valid address structure, of the family AF_UNSPEC.
        Self { storage: unsafe { core::mem::zeroed() }, length: size_of::<sockaddr_storage>() as socklen_t }
    }

    pub(super) fn pointer(&self) -> *const sockaddr {
        (&raw const self.storage).cast()
    }

    pub(super) fn length(&self) -> socklen_t {
        self.length
    }

    /// For a call that stores an address and its length.
    pub(super) fn parts(&mut self) -> (*mut sockaddr, *mut socklen_t) {
        ((&raw mut self.storage).cast(), &raw mut self.length)
    }

    /// The family of the address; AF_UNSPEC if the kernel gave none.
    pub(super) fn family(&self) -> i32 {
        i32::from(self.storage.ss_family)
    }

    /// The address, if the kernel gave one and it is an Internet address.
    pub(super) fn get(&self) -> Option<SocketAddr> {
        let holds = |size: usize| self.length as usize >= size;
        match self.family() {
            libc::AF_INET if holds(size_of::<sockaddr_in>()) => {
                // SAFETY: a sockaddr_storage has room and alignment for it, and any bytes are valid.
                let raw = unsafe { self.pointer().cast::<sockaddr_in>().read() };
                let ip = raw.sin_addr.s_addr.to_ne_bytes();
                Some(SocketAddrV4::new(ip.into(), u16::from_be(raw.sin_port)).into())
            }
            libc::AF_INET6 if holds(size_of::<sockaddr_in6>()) => {
                // SAFETY: as above.
                let raw = unsafe { self.pointer().cast::<sockaddr_in6>().read() };
                let (ip, port) = (raw.sin6_addr.s6_addr.into(), u16::from_be(raw.sin6_port));
                Some(SocketAddrV6::new(ip, port, 0, raw.sin6_scope_id).into())
            }
            _ => None,
        }
    }
}

impl From<SocketAddr> for RawAddress {
    #[inline(never)]
    fn from(address: SocketAddr) -> Self {
        let mut raw = Self::room();
        let (place, _) = raw.parts();
        match address {
            SocketAddr::V4(address) => {
                let place = place.cast::<sockaddr_in>();
                // SAFETY: a sockaddr_storage has room and alignment for it, and it was cleared.
                let place = unsafe { &mut *place };
                place.sin_family = libc::AF_INET as libc::sa_family_t;
                place.sin_port = address.port().to_be();
                place.sin_addr.s_addr = u32::from_ne_bytes(address.ip().octets());
                raw.length = size_of::<sockaddr_in>() as socklen_t;
            }
            SocketAddr::V6(address) => {
                let place = place.cast::<sockaddr_in6>();
                // SAFETY: as above.
                let place = unsafe { &mut *place };
                place.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                place.sin6_port = address.port().to_be();
                place.sin6_addr.s6_addr = address.ip().octets();
                place.sin6_scope_id = address.scope_id();
                raw.length = size_of::<sockaddr_in6>() as socklen_t;
            }
        }
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn addresses_survive_the_kernels_form(ip in any::<[u8; 16]>(), port in any::<u16>(), scope in any::<u32>()) {
            let v6 = SocketAddrV6::new(ip.into(), port, 0, scope).into();
            prop_assert_eq!(RawAddress::from(v6).get(), Some(v6));
            let [.., a, b, c, d] = ip;
            let v4 = SocketAddrV4::new([a, b, c, d].into(), port).into();
            prop_assert_eq!(RawAddress::from(v4).get(), Some(v4));
        }
    }

    #[test]
    fn no_address_and_other_families_give_none() {
        assert_eq!(RawAddress::room().get(), None);
        let mut raw = RawAddress::room();
        raw.storage.ss_family = libc::AF_UNIX as libc::sa_family_t;
        assert_eq!(raw.get(), None);
        let mut short = RawAddress::from(SocketAddr::from(([1, 2, 3, 4], 80)));
        short.length = 2;
        assert_eq!(short.get(), None);
    }
}
