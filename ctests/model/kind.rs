// SPDX-License-Identifier: MIT OR Apache-2.0
//! Kinds of connected descriptors.

use std::os::fd::RawFd;

/// Kinds of connected descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tcp,
    Unix,
    UnixDatagram,
    UnixSequence,
    Udp,
    PipeReader,
    PipeWriter,
}

impl Kind {
    pub(crate) const ALL: [Kind; 7] = [
        Kind::Tcp,
        Kind::Unix,
        Kind::UnixDatagram,
        Kind::UnixSequence,
        Kind::Udp,
        Kind::PipeReader,
        Kind::PipeWriter,
    ];

    /// Whether poll(2) may report an error while reads and writes do not fail.
    pub(crate) fn has_an_error_queue(self) -> bool {
        !matches!(self, Kind::PipeReader | Kind::PipeWriter)
    }

    /// A descriptor of this kind, and its peer.
    pub(crate) fn open(self) -> (RawFd, RawFd) {
        match self {
            Kind::Tcp => internet_pair(libc::SOCK_STREAM),
            Kind::Udp => internet_pair(libc::SOCK_DGRAM),
            Kind::Unix => unix_pair(libc::SOCK_STREAM),
            Kind::UnixDatagram => unix_pair(libc::SOCK_DGRAM),
            Kind::UnixSequence => unix_pair(libc::SOCK_SEQPACKET),
            Kind::PipeReader => pipe(),
            Kind::PipeWriter => {
                let (reader, writer) = pipe();
                (writer, reader)
            }
        }
    }
}

pub(crate) fn check(result: i32) -> i32 {
    assert!(result >= 0, "{}", std::io::Error::last_os_error());
    result
}

fn pipe() -> (RawFd, RawFd) {
    let mut pair = [0; 2];
    // SAFETY: there is room for two descriptors.
    check(unsafe { libc::pipe(pair.as_mut_ptr()) });
    (pair[0], pair[1])
}

fn unix_pair(kind: i32) -> (RawFd, RawFd) {
    let mut pair = [0; 2];
    // SAFETY: there is room for two descriptors.
    check(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, pair.as_mut_ptr()) });
    (pair[0], pair[1])
}

fn internet_pair(kind: i32) -> (RawFd, RawFd) {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::IntoRawFd;
    if kind == libc::SOCK_STREAM {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let far = listener.accept().unwrap().0;
        far.set_nodelay(true).unwrap();
        near.set_nodelay(true).unwrap();
        return (near.into_raw_fd(), far.into_raw_fd());
    }
    let sockets = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    sockets[0].connect(sockets[1].local_addr().unwrap()).unwrap();
    sockets[1].connect(sockets[0].local_addr().unwrap()).unwrap();
    let [near, far] = sockets.map(IntoRawFd::into_raw_fd);
    (near, far)
}
