// SPDX-License-Identifier: MIT OR Apache-2.0
//! New sockets, and what replaces IPv6 ones where the kernel has no IPv6.

use super::noipv6;
use crate::errno::{Errno, Result, unchanged};
use crate::sys::socket::option::V6_ONLY;
use crate::sys::socket::{self, Family, Flags, Protocol};
use core::ffi::c_int;

/// A socket for IPv4.
pub(crate) fn for_v4(protocol: Protocol, nonblocking: bool) -> Result<c_int> {
    // An old kernel fails at first.
    unchanged(|| socket::open(Family::V4, protocol, Flags { nonblocking, private: false }))
}

/// A socket for IPv6 that takes IPv4 too, as mapped addresses; or where there is no IPv6, one for IPv4,
/// and `noipv6` is set.
pub(crate) fn for_v6(protocol: Protocol, nonblocking: bool) -> Result<c_int> {
    v6(protocol, Flags { nonblocking, private: false })
}

/// The same for the library itself: nonblocking, and close-on-exec.
pub(crate) fn private_v6(protocol: Protocol) -> Result<c_int> {
    v6(protocol, Flags { nonblocking: true, private: true })
}

fn v6(protocol: Protocol, flags: Flags) -> Result<c_int> {
    // On success, the errno of failed attempts is hidden.
    unchanged(|| {
        let open = |family| socket::open(family, protocol, flags);
        let (fd, family, no_ipv6) = choose(noipv6::is_set(), protocol, open)?;
        if no_ipv6 {
            noipv6::set();
        }
        if family == Family::V6 {
            // Where it cannot be switched off, the socket is for IPv6 alone, and still of use.
            let _ = V6_ONLY.set(fd, 0);
        }
        Ok(fd)
    })
}

/// Opens a socket of one family or the other: gives it, its family, and whether the kernel has no IPv6.
fn choose(
    noipv6: bool,
    protocol: Protocol,
    mut open: impl FnMut(Family) -> Result<c_int>,
) -> Result<(c_int, Family, bool)> {
    if noipv6 {
        return Ok((open(Family::V4)?, Family::V4, false));
    }
    let error = match open(Family::V6) {
        Ok(fd) => return Ok((fd, Family::V6, false)),
        Err(error) => error,
    };
    if !means_no_ipv6(error) {
        return Err(error);
    }
    // If IPv4 fails as well, it was not for lack of IPv6.
    let fd = open(Family::V4).map_err(|_| error)?;
    // A kernel without SCTP says the same as one without IPv6.
    let no_sctp = protocol == Protocol::Sctp && error == Errno(libc::EPROTONOSUPPORT);
    Ok((fd, Family::V4, !no_sctp))
}

fn means_no_ipv6(error: Errno) -> bool {
    matches!(error.0, libc::EINVAL | libc::EAFNOSUPPORT | libc::EPFNOSUPPORT | libc::EPROTONOSUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a socket on a kernel that answers as given; the numbers tell the families apart.
    fn outcome(noipv6: bool, protocol: Protocol, v6: c_int, v4: c_int) -> Result<(c_int, Family, bool)> {
        choose(noipv6, protocol, |family| {
            let (fd, error) = if family == Family::V6 { (6, v6) } else { (4, v4) };
            if error == 0 { Ok(fd) } else { Err(Errno(error)) }
        })
    }

    #[test]
    fn ipv6_where_it_is() {
        assert_eq!(outcome(false, Protocol::Tcp, 0, 0), Ok((6, Family::V6, false)));
        assert_eq!(outcome(true, Protocol::Tcp, 0, 0), Ok((4, Family::V4, false)));
        assert_eq!(outcome(true, Protocol::Tcp, 0, libc::EMFILE), Err(Errno(libc::EMFILE)));
    }

    #[test]
    fn ipv4_in_its_place() {
        for error in [libc::EINVAL, libc::EAFNOSUPPORT, libc::EPFNOSUPPORT, libc::EPROTONOSUPPORT] {
            assert_eq!(outcome(false, Protocol::Udp, error, 0), Ok((4, Family::V4, true)));
            // The first error is the one to tell.
            assert_eq!(outcome(false, Protocol::Udp, error, libc::EMFILE), Err(Errno(error)));
        }
        for error in [libc::EMFILE, libc::ENFILE, libc::EACCES, libc::ENOBUFS] {
            assert_eq!(outcome(false, Protocol::Tcp, error, 0), Err(Errno(error)));
        }
    }

    #[test]
    fn a_kernel_without_sctp_may_have_ipv6() {
        let sctp = |v6, v4| outcome(false, Protocol::Sctp, v6, v4);
        let error = libc::EPROTONOSUPPORT;
        assert_eq!(sctp(error, error), Err(Errno(error)));
        assert_eq!(sctp(error, 0), Ok((4, Family::V4, false)));
        assert_eq!(sctp(libc::EAFNOSUPPORT, 0), Ok((4, Family::V4, true)));
    }

    #[test]
    fn success_leaves_errno_alone() {
        Errno(libc::EXDEV).set();
        let fd = for_v6(Protocol::Udp, true).unwrap();
        assert_eq!(Errno::last(), Errno(libc::EXDEV));
        crate::sys::fd::close(fd);
    }
}
