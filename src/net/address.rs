// SPDX-License-Identifier: MIT OR Apache-2.0
//! An address as the functions for IPv4 and those for IPv6 see it.

use crate::errno::{Errno, Result};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The address as the functions for IPv6 show it: IPv4 as IPv4-mapped. Without an address, or with one of a
/// family that is neither, all is zero.
pub(crate) fn as_v6(address: Option<SocketAddr>) -> SocketAddrV6 {
    match address {
        Some(SocketAddr::V6(address)) => address,
        Some(SocketAddr::V4(address)) => {
            SocketAddrV6::new(address.ip().to_ipv6_mapped(), address.port(), 0, 0)
        }
        None => SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0),
    }
}

/// The address as the functions for IPv4 show it. `EAFNOSUPPORT` if it is an IPv6 address that is not
/// IPv4-mapped. Without an address, or with one of a family that is neither, all is zero.
pub(crate) fn as_v4(address: Option<SocketAddr>) -> Result<Ipv4Addr> {
    match address.map(|address| address.ip()) {
        Some(IpAddr::V4(ip)) => Ok(ip),
        Some(IpAddr::V6(ip)) => ip.to_ipv4_mapped().ok_or(Errno(libc::EAFNOSUPPORT)),
        None => Ok(Ipv4Addr::UNSPECIFIED),
    }
}

/// What an IPv6 address means to a process without IPv6.
fn without_ipv6(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    if ip.is_loopback() { Some(Ipv4Addr::LOCALHOST) } else { ip.to_ipv4_mapped() }
}

/// What to bind to for `address`. What IPv4 has no match for is left to the kernel to refuse.
pub(crate) fn to_bind(address: SocketAddrV6, noipv6: bool) -> SocketAddr {
    if noipv6 && address.ip().is_unspecified() {
        return (Ipv4Addr::UNSPECIFIED, address.port()).into();
    }
    to_connect(address, noipv6)
}

/// What to connect to for `address`. What IPv4 has no match for is left to the kernel to refuse.
pub(crate) fn to_connect(address: SocketAddrV6, noipv6: bool) -> SocketAddr {
    match without_ipv6(*address.ip()) {
        Some(ip) if noipv6 => (ip, address.port()).into(),
        _ => address.into(),
    }
}

/// Where to send what goes to `address`. `EPROTONOSUPPORT` if IPv4 has no match for it.
pub(crate) fn to_send(address: SocketAddrV6, noipv6: bool) -> Result<SocketAddr> {
    match to_connect(address, noipv6) {
        SocketAddr::V6(_) if noipv6 => Err(Errno(libc::EPROTONOSUPPORT)),
        target => Ok(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v6(text: &str) -> SocketAddrV6 {
        SocketAddrV6::new(text.parse().unwrap(), 80, 0, 3)
    }

    fn v4(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 80)
    }

    #[test]
    fn shown_as_ipv6() {
        assert_eq!(as_v6(Some(v6("fe80::1").into())), v6("fe80::1"));
        let mapped = as_v6(Some(v4("1.2.3.4")));
        assert_eq!(mapped, SocketAddrV6::new("::ffff:1.2.3.4".parse().unwrap(), 80, 0, 0));
        assert_eq!(as_v6(None), SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0));
    }

    #[test]
    fn shown_as_ipv4() {
        let ip = Ipv4Addr::new(1, 2, 3, 4);
        assert_eq!(as_v4(Some(v4("1.2.3.4"))), Ok(ip));
        assert_eq!(as_v4(Some(v6("::ffff:1.2.3.4").into())), Ok(ip));
        for native in ["::1", "::", "::1.2.3.4", "fe80::1"] {
            assert_eq!(as_v4(Some(v6(native).into())), Err(Errno(libc::EAFNOSUPPORT)), "{native}");
        }
        assert_eq!(as_v4(None), Ok(Ipv4Addr::UNSPECIFIED));
    }

    #[test]
    fn with_ipv6_every_address_stays() {
        for text in ["::", "::1", "::ffff:1.2.3.4", "fe80::1"] {
            let address = v6(text);
            assert_eq!(to_bind(address, false), address.into());
            assert_eq!(to_connect(address, false), address.into());
            assert_eq!(to_send(address, false), Ok(address.into()));
        }
    }

    #[test]
    fn without_ipv6_some_have_a_match() {
        for (text, bound, connected) in [
            ("::ffff:1.2.3.4", Some("1.2.3.4"), Some("1.2.3.4")),
            ("::1", Some("127.0.0.1"), Some("127.0.0.1")),
            ("::", Some("0.0.0.0"), None),
            ("fe80::1", None, None),
        ] {
            let address = v6(text);
            assert_eq!(to_bind(address, true), bound.map_or(address.into(), v4), "{text}");
            assert_eq!(to_connect(address, true), connected.map_or(address.into(), v4), "{text}");
            let sent = connected.map(v4).ok_or(Errno(libc::EPROTONOSUPPORT));
            assert_eq!(to_send(address, true), sent, "{text}");
        }
    }
}
