// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small HTTP client that sends exactly what a test gives it, and believes nothing of what comes back.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Longer than anything here takes on a busy machine; a test that waits this long fails.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    unread: Vec<u8>,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header field, which may appear once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().filter_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        });
        let value = values.next();
        assert!(values.next().is_none(), "{name} twice in {}", self.head);
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, unread: Vec::new() }
    }

    pub(crate) fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).unwrap();
    }

    pub(crate) fn end_input(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Takes in some bytes; false at the end.
    fn more(&mut self) -> bool {
        let mut piece = [0; 65536];
        let got = self.stream.read(&mut piece).expect("the server goes on");
        self.unread.extend_from_slice(&piece[..got]);
        got > 0
    }

    fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                return String::from_utf8(self.unread.drain(..end + 4).collect()).unwrap();
            }
            assert!(self.more(), "the connection ended inside of a header: {:?}", self.unread);
        }
    }

    fn parse(head: String) -> Response {
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).expect("a status line");
        Response { status: status.parse().unwrap(), head, body: Vec::new() }
    }

    /// The next response to a HEAD request.
    pub(crate) fn head_response(&mut self) -> Response {
        Self::parse(self.head())
    }

    /// What came in behind what was asked for so far.
    pub(crate) fn take_unread(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unread)
    }

    /// The next response to any other request.
    pub(crate) fn response(&mut self) -> Response {
        let mut response = Self::parse(self.head());
        if response.status == 304 {
            return response;
        }
        let len: usize = response.field("Content-Length").expect("a length").parse().unwrap();
        while self.unread.len() < len {
            assert!(self.more(), "{} of {len} bytes", self.unread.len());
        }
        // Moved and not copied byte by byte: on a busy machine that took an unoptimised test longer than the server waits for
        // the next request of a connection, when the body was a large file.
        let rest = self.unread.split_off(len);
        response.body = std::mem::replace(&mut self.unread, rest);
        response
    }

    /// The server has closed its side, with nothing left to read, and not by a reset.
    pub(crate) fn expect_end(&mut self) {
        assert!(!self.more() && self.unread.is_empty(), "more than expected: {:?}", self.unread);
    }

    /// Waits until the server is gone, by whatever means.
    pub(crate) fn wait_for_end(&mut self) {
        let mut piece = [0; 65536];
        loop {
            match self.stream.read(&mut piece) {
                Ok(1..) => {}
                Ok(0) => return,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A request for `path` with the header fields that HTTP/1.1 asks for.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// One request on a connection of its own.
pub(crate) fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> Response {
    let mut client = Client::connect(address);
    client.send(request);
    client.response()
}

/// Has the connection end with a reset instead of in good order when it is dropped.
pub(crate) fn reset(client: &Client) {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the option's value is a linger of the size given, and the descriptor is open.
    let set = unsafe {
        libc::setsockopt(
            client.stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of_val(&linger) as libc::socklen_t,
        )
    };
    assert_eq!(set, 0);
}
