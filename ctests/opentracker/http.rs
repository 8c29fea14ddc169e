// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tracker clients over TCP: a connection per request, which the tracker closes.

use crate::tracker::{self, Announce, Answer, Counts, Event, Hash};
use bt_bencode::Value;
use socket2::{Domain, SockAddr, Socket, Type};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::Duration;

/// Longer than anything here takes on a busy machine, but for time-outs; a test that waits this long fails.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Where requests to a server on loopback come from if nothing else is said.
pub(crate) const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A connection to `server` from the address `source`.
///
/// Its end is a reset: the server has closed by then, and thousands of connections a second would otherwise
/// use up the ports by waiting.
pub(crate) fn connect(server: SocketAddrV4, source: Ipv4Addr) -> TcpStream {
    connect_with(server, source, |_| ())
}

/// The same, after `prepare` has had its way with the socket.
pub(crate) fn connect_with(server: SocketAddrV4, source: Ipv4Addr, prepare: impl Fn(&Socket)) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_linger(Some(Duration::ZERO)).unwrap();
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    socket.set_write_timeout(Some(TIMEOUT)).unwrap();
    socket.set_tcp_nodelay(true).unwrap();
    prepare(&socket);
    if source != HOME {
        socket.bind(&SockAddr::from(SocketAddrV4::new(source, 0))).unwrap();
    }
    socket.connect(&SockAddr::from(server)).unwrap_or_else(|error| panic!("{server}: {error}"));
    socket.into()
}

/// Sends a request on a connection of its own, and reads until the server closes it.
pub(crate) fn exchange(server: SocketAddrV4, source: Ipv4Addr, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(server, source);
    stream.write_all(request).unwrap();
    rest(&mut stream)
}

/// Everything up to the end.
pub(crate) fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server ends the connection in order");
    answer
}

/// The request for a path.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

/// The body of a good answer, which is as long as its header says, or as its chunks say.
pub(crate) fn body(answer: &[u8]) -> Cow<'_, [u8]> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no header in {}", answer.escape_ascii()));
    let (head, body) = (str::from_utf8(&answer[..end]).unwrap(), &answer[end + 4..]);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") || head.starts_with("HTTP/1.0 200 OK\r\n"), "{head}");
    if head.lines().any(|line| line == "Transfer-Encoding: chunked") {
        return Cow::Owned(joined(body));
    }
    let mut lengths = head.lines().filter_map(|line| line.strip_prefix("Content-Length: "));
    assert_eq!(lengths.next().map(|length| length.parse()), Some(Ok(body.len())), "{head}");
    Cow::Borrowed(body)
}

/// The bytes of all chunks, each of which has its length in front. The last one has none.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n").expect("a chunk has a length");
        let length = usize::from_str_radix(str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        let (chunk, rest) = chunks[end + 2..].split_at(length);
        bytes.extend_from_slice(chunk);
        chunks = rest.strip_prefix(b"\r\n").expect("a chunk ends where it says");
        if length == 0 {
            assert!(chunks.is_empty(), "{} bytes behind the last chunk", chunks.len());
            return bytes;
        }
    }
}

/// The path that announces.
pub(crate) fn announce_path(announce: &Announce) -> String {
    let mut path = format!(
        "/announce?info_hash={}&peer_id=-OW0001-{:012}&port={}&uploaded=0&downloaded=0&left={}&compact=1",
        quoted(&announce.torrent),
        announce.port,
        announce.port,
        announce.left
    );
    if let Some(wanted) = announce.wanted {
        path.push_str(&format!("&numwant={wanted}"));
    }
    path.push_str(match announce.event {
        Event::Nothing => "",
        Event::Completed => "&event=completed",
        Event::Started => "&event=started",
        Event::Stopped => "&event=stopped",
    });
    path
}

/// Announces, and gives the answer, or the server's reason why not.
pub(crate) fn announce(
    server: SocketAddrV4,
    source: Ipv4Addr,
    announce: &Announce,
) -> Result<Answer, String> {
    let answer = exchange(server, source, &get(&announce_path(announce)));
    parse_answer(&body(&answer))
}

pub(crate) fn parse_answer(body: &[u8]) -> Result<Answer, String> {
    let answer = parse(body);
    if let Some(reason) = answer.get("failure reason") {
        return Err(String::from_utf8(reason.as_byte_str().unwrap().to_vec()).unwrap());
    }
    tracker::check_interval(number(&answer, "interval"));
    assert_eq!(number(&answer, "min interval"), number(&answer, "interval") / 2);
    Ok(Answer {
        seeds: number(&answer, "complete"),
        leeches: number(&answer, "incomplete"),
        completed: answer.get("downloaded").map(|_| number(&answer, "downloaded")),
        peers: tracker::peers(answer["peers"].as_byte_str().unwrap()),
    })
}

/// What the server knows of `torrents`; none of them is all.
pub(crate) fn scrape(server: SocketAddrV4, torrents: &[Hash]) -> Vec<(Hash, Counts)> {
    let query: Vec<String> = torrents.iter().map(|hash| format!("info_hash={}", quoted(hash))).collect();
    let path = format!("/scrape{}{}", if query.is_empty() { "" } else { "?" }, query.join("&"));
    parse_scrape(&body(&exchange(server, HOME, &get(&path))))
}

/// The torrents in the answer to a scrape, sorted.
pub(crate) fn parse_scrape(body: &[u8]) -> Vec<(Hash, Counts)> {
    let answer = parse(body);
    let files = answer["files"].as_dict().unwrap();
    let counts = |file: &Value| Counts {
        seeds: number(file, "complete"),
        completed: number(file, "downloaded"),
        leeches: number(file, "incomplete"),
    };
    files.iter().map(|(hash, file)| (hash.as_slice().try_into().unwrap(), counts(file))).collect()
}

fn parse(body: &[u8]) -> Value {
    bt_bencode::from_slice(body).unwrap_or_else(|error| {
        let start = &body[..body.len().min(1000)];
        panic!("{error}, of {} bytes: {}", body.len(), start.escape_ascii())
    })
}

fn number(answer: &Value, key: &str) -> u64 {
    answer[key].as_u64().unwrap_or_else(|| panic!("no {key} in {answer:?}"))
}

fn quoted(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("%{byte:02x}")).collect()
}
