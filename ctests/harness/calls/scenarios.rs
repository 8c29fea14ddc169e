// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows of the table of system calls.

use super::client::Script;

/// A row of the table.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) script: Script,
    pub(super) turns: usize,
    /// What a turn may cost: exactly these calls, besides waits if they are not among them.
    pub(super) expected: &'static [(&'static str, i64)],
    /// How many of what the title names are in a turn.
    pub(super) per_turn: i64,
}

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "request",
        title: "a request and its response on a TCP connection that stays",
        script: Script::OneConnection,
        turns: 20,
        expected: &[("read", 1), ("write", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "deadline",
        title: "the same with io_timeout at each request and a sweep of io_timeouted at each turn",
        script: Script::OneConnection,
        turns: 20,
        expected: &[("read", 1), ("write", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "round",
        title: "eight requests that are ready in one round, one on each of eight connections",
        script: Script::EightConnections,
        turns: 10,
        expected: &[("read", 8), ("write", 8), ("wait", 1)],
        per_turn: 1,
    },
    // Of nine accepts, eight take a connection and the last says that there is none left.
    Scenario {
        name: "life",
        title: "a connection's whole life: accept, io_fd, io_nonblock, a request, a response, io_close; waits aside",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("mode", 16), ("epoll_ctl", 8), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "life_flags",
        title: "the same with accept4 and io_fd_flags(IO_FD_NONBLOCK\\|IO_FD_CANWRITE)",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("epoll_ctl", 8), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "life_first",
        title: "the same, with io_tryread before io_wantread, which a request that is there already makes needless",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "datagram",
        title: "a UDP datagram that arrives and is taken by recv, one per event",
        script: Script::Watch,
        turns: 20,
        expected: &[("read", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "buffers",
        title: "a batch of three buffers",
        script: Script::Watch,
        turns: 20,
        expected: &[("write", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "file",
        title: "a batch of a 200-byte header and 64 KiB of a file",
        script: Script::Watch,
        turns: 20,
        expected: &[("write", 1), ("sendfile", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "sweep",
        title: "a turn in which 100 of 20,000 deadlines are moved, and io_timeouted is asked until -1",
        script: Script::Watch,
        turns: 50,
        expected: &[],
        per_turn: 1,
    },
];
