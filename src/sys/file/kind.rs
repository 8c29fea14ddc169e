// SPDX-License-Identifier: MIT OR Apache-2.0
//! What kind of file stands behind a descriptor, as far as reads and writes care.
//!
//! The question that matters is what a short read proves. It proves "drained" for two kinds only: a TCP socket without an
//! upper layer, and (with recvmsg's flags) a Unix stream. Multipath TCP, kernel TLS, AF_VSOCK, SCTP, terminals and
//! whatever comes next may stop a read in front of more bytes, and are polled again.

#[cfg(target_os = "linux")]
use crate::errno::Errno;
use crate::errno::{Result, unchanged};
use crate::sys::fd::{is_file, is_terminal};
use core::ffi::{c_int, c_void};

/// What stands behind a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum FileKind {
    /// Not asked yet.
    Unknown = 0,
    /// A Unix stream socket: a read that brings less than asked for has emptied it, unless descriptors were attached
    /// or the sender is told, which stops a read. recvmsg(2) says so.
    LocalStream = 1,
    /// A terminal: it may become writable without a wake-up.
    Terminal = 2,
    /// A TCP socket, by hints that cost no system call. A short read leaves it stale until [`FileKind::of`] has proved that.
    AssumedTcp = 3,
    /// A TCP socket without an upper layer: a read that brings less than asked for has emptied it.
    Tcp = 4,
    /// Any other socket.
    Socket = 5,
    /// A regular file, a directory or a disk: never waits.
    File = 6,
    /// Anything else.
    Other = 7,
}

impl FileKind {
    /// The kinds with this bit are read from by read(2).
    pub(crate) const PLAIN: u8 = 4;

    /// The kind with this number, of which three bits count.
    pub(crate) const fn of_bits(bits: u8) -> FileKind {
        match bits & 7 {
            1 => FileKind::LocalStream,
            2 => FileKind::Terminal,
            3 => FileKind::AssumedTcp,
            4 => FileKind::Tcp,
            5 => FileKind::Socket,
            6 => FileKind::File,
            7 => FileKind::Other,
            _ => FileKind::Unknown,
        }
    }

    /// Asks the kernel: one to four system calls. errno stays as it was.
    pub(crate) fn of(fd: c_int) -> FileKind {
        unchanged(|| match option(fd, libc::SOL_SOCKET, libc::SO_TYPE) {
            Ok(libc::SOCK_STREAM) if is_bare_tcp(fd) && has_no_owner(fd) => FileKind::Tcp,
            Ok(libc::SOCK_STREAM) if is_local(fd) && has_no_owner(fd) => FileKind::LocalStream,
            Ok(_) => FileKind::Socket,
            Err(_) if is_file(fd) == Ok(true) => FileKind::File,
            Err(_) if is_terminal(fd) => FileKind::Terminal,
            Err(_) => FileKind::Other,
        })
    }

    /// True for every socket.
    pub(crate) const fn is_socket(self) -> bool {
        matches!(self, FileKind::LocalStream | FileKind::AssumedTcp | FileKind::Tcp | FileKind::Socket)
    }
}

#[inline(never)]
fn option(fd: c_int, level: c_int, name: c_int) -> Result<c_int> {
    let mut value: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    syscall!(getsockopt(fd, level, name, (&raw mut value).cast::<c_void>(), &mut size))?;
    Ok(value)
}

/// True if no process is to be sent SIGURG: its handler takes the urgent byte before any event shows it, and reads stop at the
/// mark all the same.
fn has_no_owner(fd: c_int) -> bool {
    syscall!(fcntl(fd, libc::F_GETOWN)) == Ok(0)
}

/// True for TCP itself, with nothing above it that cuts the stream into records (kernel TLS, Multipath TCP).
#[cfg(target_os = "linux")]
fn is_bare_tcp(fd: c_int) -> bool {
    // The same number is a protocol of other families too, but those know no option of TCP's.
    if option(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL) != Ok(libc::IPPROTO_TCP) {
        return false;
    }
    let mut name = [0u8; 16];
    let mut size = name.len() as libc::socklen_t;
    let asked = syscall!(getsockopt(
        fd,
        libc::IPPROTO_TCP,
        libc::TCP_ULP,
        name.as_mut_ptr().cast::<c_void>(),
        &mut size
    ));
    match asked {
        Ok(_) if size != 0 && name[0] != 0 => false,
        // Before Linux 4.13 nothing could be above TCP.
        Err(error) if error != Errno(libc::ENOPROTOOPT) || !is_internet(fd) => false,
        _ => true,
    }
}

#[cfg(target_os = "linux")]
fn is_internet(fd: c_int) -> bool {
    matches!(option(fd, libc::SOL_SOCKET, libc::SO_DOMAIN), Ok(libc::AF_INET | libc::AF_INET6))
}

/// Elsewhere the kernel does not say what is above TCP. Its events say that a short read proves nothing (kqueue), or the
/// next wait looks again (poll).
#[cfg(not(target_os = "linux"))]
fn is_bare_tcp(_: c_int) -> bool {
    false
}

/// A Unix socket, where recvmsg tells what has cut a read short.
#[cfg(target_os = "linux")]
fn is_local(fd: c_int) -> bool {
    option(fd, libc::SOL_SOCKET, libc::SO_DOMAIN) == Ok(libc::AF_UNIX)
}

#[cfg(not(target_os = "linux"))]
fn is_local(_: c_int) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    fn kind(file: &impl AsRawFd) -> FileKind {
        FileKind::of(file.as_raw_fd())
    }

    #[test]
    fn only_tcp_itself_is_tcp() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert_eq!(kind(&stream), FileKind::Tcp);
        assert_eq!(kind(&UdpSocket::bind("127.0.0.1:0").unwrap()), FileKind::Socket);
        assert_eq!(kind(&UnixStream::pair().unwrap().0), FileKind::LocalStream);
        assert_eq!(kind(&UnixDatagram::pair().unwrap().0), FileKind::Socket);
        assert_eq!(kind(&std::io::pipe().unwrap().0), FileKind::Other);
        assert_eq!(kind(&std::fs::File::open("/").unwrap()), FileKind::File);
        for (family, kind, protocol) in
            [(libc::AF_INET, libc::SOCK_STREAM, 262), (libc::AF_VSOCK, libc::SOCK_STREAM, 0)]
        {
            // SAFETY: numbers only.
            let fd = unsafe { libc::socket(family, kind, protocol) };
            if fd != -1 {
                assert_eq!(FileKind::of(fd), FileKind::Socket, "family {family}, protocol {protocol}");
                crate::sys::fd::close(fd);
            }
        }
    }

    #[test]
    fn a_socket_with_an_owner_for_sigurg_is_not_trusted() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let local = UnixStream::pair().unwrap().0;
        for d in [stream.as_raw_fd(), local.as_raw_fd()] {
            // SAFETY: numbers only.
            unsafe { libc::fcntl(d, libc::F_SETOWN, std::process::id()) };
            assert_eq!(FileKind::of(d), FileKind::Socket);
        }
    }

    #[test]
    fn the_numbers_come_back() {
        for bits in 0..8 {
            assert_eq!(FileKind::of_bits(bits) as u8, bits);
        }
    }
}
