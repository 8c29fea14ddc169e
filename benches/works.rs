// SPDX-License-Identifier: MIT OR Apache-2.0
//! The works, and the programs that do them.

/// One way to do a work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contender {
    /// What the table calls it.
    pub(crate) title: &'static str,
    /// The program.
    pub(crate) program: &'static str,
    /// The library that a program on libowfat finds.
    pub(crate) library: &'static str,
    /// How a program on libowfat sends its answers; what an experiment does.
    pub(crate) way: &'static str,
    /// The count is divided by this: it would take too long.
    pub(crate) slowness: u64,
}

const fn peer(title: &'static str, program: &'static str) -> Contender {
    Contender { title, program, library: "ours", way: "", slowness: 1 }
}

const fn owfat(title: &'static str, library: &'static str, way: &'static str) -> Contender {
    Contender { title, program: "owfat", library, way, slowness: 1 }
}

const fn slow(contender: Contender, slowness: u64) -> Contender {
    Contender { slowness, ..contender }
}

/// A work.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// The heading of its table.
    pub(crate) title: String,
    /// What the programs call it.
    pub(crate) name: &'static str,
    /// How many requests, events or turns one run has.
    pub(crate) count: u64,
    /// How many socket pairs, deadlines or descriptors.
    pub(crate) size: u64,
    /// Each does it once per round, in this order; the first is what the others are compared with.
    pub(crate) contenders: Vec<Contender>,
}

impl Work {
    /// Whether there is a client.
    pub(crate) fn has_client(&self) -> bool {
        ["request", "connect", "file"].contains(&self.name)
    }

    /// How many socket pairs there are on the ring, if it is one.
    pub(crate) fn ring_size(&self) -> u64 {
        if self.name == "ring" { self.size } else { 0 }
    }

    /// Whether its programs count their own system calls.
    pub(crate) fn counts_itself(&self) -> bool {
        ["register", "setup", "atonce", "later"].contains(&self.name)
    }

    /// What is counted.
    pub(crate) fn unit(&self) -> &'static str {
        match self.name {
            "request" | "file" => "request",
            "connect" | "atonce" | "later" => "connection",
            "ring" => "event",
            "deadlines" => "turn",
            "register" => "socket",
            "setup" => "set-up",
            _ => "descriptor",
        }
    }

    /// How many of them one run of this contender has.
    pub(crate) fn count_of(&self, contender: &Contender) -> u64 {
        if self.name == "idle" { self.size } else { (self.count / contender.slowness).max(2) }
    }
}

/// All works.
pub(crate) fn all() -> Vec<Work> {
    let peers = [
        peer("epoll by hand, edge-triggered", "edge"),
        peer("epoll by hand, level-triggered", "level"),
        peer("libev", "libev"),
        peer("libevent", "libevent"),
        peer("libuv", "libuv"),
    ];
    let with = |more: &[Contender]| [&peers, more].concat();
    let plain = [
        owfat("C libowfat", "c", "now"),
        owfat("owfat", "ours", "now"),
        owfat("owfat, a second time", "ours", "now"),
    ];
    let work = |title: &str, name, count, size, contenders| Work {
        title: title.to_string(),
        name,
        count,
        size,
        contenders,
    };
    let mut works = vec![
        work(
            "Request and response on 64 kept-alive connections",
            "request",
            30_000,
            0,
            with(&[
                owfat("C libowfat, io_trywrite", "c", "try"),
                slow(owfat("C libowfat, iob_send", "c", "iob"), 94),
                owfat("C libowfat, io_trywrite at once", "c", "now"),
                owfat("owfat, io_trywrite", "ours", "try"),
                owfat("owfat, iob_send", "ours", "iob"),
                owfat("owfat, io_trywrite at once", "ours", "now"),
                owfat("owfat, io_trywrite at once, a second time", "ours", "now"),
            ]),
        ),
        work("Connect, request, response, close", "connect", 8_000, 0, with(&plain)),
        work(
            "200-byte header and a file of 64 KiB, on 64 connections",
            "file",
            5_000,
            0,
            with(&[
                owfat("C libowfat", "c", "iob"),
                owfat("owfat", "ours", "iob"),
                owfat("owfat, a second time", "ours", "iob"),
            ]),
        ),
    ];
    for size in [100, 1000, 9900] {
        let title = format!("Ring of {size} socket pairs, 100 of them active");
        works.push(work(&title, "ring", 200_000, size, with(&plain)));
    }
    works.push(work(
        "A turn with 19900 deadlines, 100 of them moved",
        "deadlines",
        2_000,
        19_900,
        with(&[slow(plain[0], 20), plain[1], plain[2]]),
    ));
    works.push(work("19900 idle descriptors are registered", "idle", 0, 19_900, with(&plain)));
    works
}
