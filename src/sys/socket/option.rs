// SPDX-License-Identifier: MIT OR Apache-2.0
//! Socket options: each with the type of its value, so that an option cannot be set to one of the wrong size.

use crate::errno::{Errno, Result};
use core::ffi::c_int;
use core::marker::PhantomData;
use core::net::{Ipv4Addr, Ipv6Addr};

/// An option whose value is a `T`, as the kernel wants to see it.
pub(crate) struct SocketOption<T> {
    /// Level and name, if this system has the option.
    name: Option<(c_int, c_int)>,
    value: PhantomData<fn(T)>,
}

impl<T> SocketOption<T> {
    const fn new(level: c_int, name: c_int) -> Self {
        Self { name: Some((level, name)), value: PhantomData }
    }

    const fn perhaps(level: c_int, name: Option<c_int>) -> Self {
        match name {
            Some(name) => Self::new(level, name),
            None => Self { name: None, value: PhantomData },
        }
    }

    /// Sets the option. `ENOPROTOOPT` if this system has none such.
    pub(crate) fn set(&self, fd: c_int, value: T) -> Result<()> {
        let (level, name) = self.name.ok_or(Errno(libc::ENOPROTOOPT))?;
        let size = size_of::<T>() as libc::socklen_t;
        syscall!(setsockopt(fd, level, name, (&raw const value).cast(), size)).map(drop)
    }
}

/// Datagrams may go to the broadcast address.
pub(crate) const BROADCAST: SocketOption<c_int> = SocketOption::new(libc::SOL_SOCKET, libc::SO_BROADCAST);
/// A port may be bound while connections of an earlier listener linger.
pub(crate) const REUSE_ADDRESS: SocketOption<c_int> = SocketOption::new(libc::SOL_SOCKET, libc::SO_REUSEADDR);
/// Several sockets may be bound to one port.
pub(crate) const REUSE_PORT: SocketOption<c_int> =
    SocketOption::perhaps(libc::SOL_SOCKET, system::REUSE_PORT);
/// Size of the receive buffer.
pub(crate) const RECEIVE_BUFFER: SocketOption<c_int> = SocketOption::new(libc::SOL_SOCKET, libc::SO_RCVBUF);

/// An IPv6 socket does not speak IPv4.
pub(crate) const V6_ONLY: SocketOption<c_int> = SocketOption::new(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY);

/// Member of an IPv4 multicast group.
pub(crate) const JOIN4: SocketOption<Membership4> =
    SocketOption::new(libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP);
/// No longer one.
pub(crate) const LEAVE4: SocketOption<Membership4> =
    SocketOption::new(libc::IPPROTO_IP, libc::IP_DROP_MEMBERSHIP);
/// How many routers an IPv4 multicast packet may pass.
pub(crate) const MULTICAST_TTL4: SocketOption<u8> =
    SocketOption::new(libc::IPPROTO_IP, libc::IP_MULTICAST_TTL);
/// IPv4 multicast packets come back to this machine.
pub(crate) const MULTICAST_LOOP4: SocketOption<u8> =
    SocketOption::new(libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP);

/// Member of an IPv6 multicast group.
pub(crate) const JOIN6: SocketOption<Membership6> = SocketOption::new(libc::IPPROTO_IPV6, system::JOIN6);
/// No longer one.
pub(crate) const LEAVE6: SocketOption<Membership6> = SocketOption::new(libc::IPPROTO_IPV6, system::LEAVE6);
/// How many routers an IPv6 multicast packet may pass.
pub(crate) const MULTICAST_HOPS6: SocketOption<c_int> =
    SocketOption::new(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS);
/// IPv6 multicast packets come back to this machine.
pub(crate) const MULTICAST_LOOP6: SocketOption<c_int> =
    SocketOption::new(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP);

/// How many connections a listener may have that came with data and are not acknowledged yet.
pub(crate) const FAST_OPEN: SocketOption<c_int> = SocketOption::perhaps(libc::IPPROTO_TCP, system::FAST_OPEN);
/// Received data is acknowledged at once.
pub(crate) const QUICK_ACK: SocketOption<c_int> = SocketOption::perhaps(libc::IPPROTO_TCP, system::QUICK_ACK);

/// For how many seconds at most a listener keeps back a connection without data.
#[cfg(target_os = "linux")]
pub(super) const DEFER_ACCEPT: SocketOption<c_int> =
    SocketOption::perhaps(libc::IPPROTO_TCP, Some(libc::TCP_DEFER_ACCEPT));
/// What a listener keeps connections back for.
#[cfg(owfat_accept_filter)]
pub(super) const ACCEPT_FILTER: SocketOption<libc::accept_filter_arg> =
    SocketOption::new(libc::SOL_SOCKET, libc::SO_ACCEPTFILTER);

/// Names that differ between systems, or do not exist everywhere.
#[cfg(target_os = "linux")]
mod system {
    pub(super) use libc::{IPV6_ADD_MEMBERSHIP as JOIN6, IPV6_DROP_MEMBERSHIP as LEAVE6};
    pub(super) const FAST_OPEN: Option<i32> = Some(libc::TCP_FASTOPEN);
    pub(super) const QUICK_ACK: Option<i32> = Some(libc::TCP_QUICKACK);
    pub(super) const REUSE_PORT: Option<i32> = Some(libc::SO_REUSEPORT);
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) use libc::{IPV6_JOIN_GROUP as JOIN6, IPV6_LEAVE_GROUP as LEAVE6};
    #[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
    pub(super) const FAST_OPEN: Option<i32> = Some(libc::TCP_FASTOPEN);
    #[cfg(not(any(target_os = "freebsd", target_vendor = "apple")))]
    pub(super) const FAST_OPEN: Option<i32> = None;
    pub(super) const QUICK_ACK: Option<i32> = None;
    #[cfg(not(any(target_os = "solaris", target_os = "illumos")))]
    pub(super) const REUSE_PORT: Option<i32> = Some(libc::SO_REUSEPORT);
    #[cfg(any(target_os = "solaris", target_os = "illumos"))]
    pub(super) const REUSE_PORT: Option<i32> = None;
}

/// An IPv4 multicast group on an interface.
#[repr(transparent)]
pub(crate) struct Membership4(libc::ip_mreq);

impl Membership4 {
    /// The interface is known by its address; 0.0.0.0 leaves the choice to the kernel.
    pub(crate) fn new(group: Ipv4Addr, interface: Ipv4Addr) -> Self {
        let raw = |ip: Ipv4Addr| libc::in_addr { s_addr: u32::from_ne_bytes(ip.octets()) };
        Self(libc::ip_mreq { imr_multiaddr: raw(group), imr_interface: raw(interface) })
    }
}

/// An IPv6 multicast group on an interface.
#[repr(transparent)]
pub(crate) struct Membership6(libc::ipv6_mreq);

impl Membership6 {
    /// The interface is known by its index; 0 leaves the choice to the kernel.
    pub(crate) fn new(group: Ipv6Addr, interface: u32) -> Self {
        let group = libc::in6_addr { s6_addr: group.octets() };
        Self(libc::ipv6_mreq { ipv6mr_multiaddr: group, ipv6mr_interface: interface as _ })
    }
}
