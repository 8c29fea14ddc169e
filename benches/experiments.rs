// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was tried to make the loop faster; benches/README.md says what came of it. The programs are those of
//! benches/experiments.

use crate::works::{Contender, Work};

const fn way(title: &'static str, program: &'static str, way: &'static str) -> Contender {
    Contender { title, program, library: "ours", way, slowness: 1 }
}

/// All experiments, as works.
pub(crate) fn all() -> Vec<Work> {
    let work = |title: String, name, count, size, contenders: &[Contender]| Work {
        title,
        name,
        count,
        size,
        contenders: contenders.to_vec(),
    };
    let register = [
        way("epoll_ctl for each", "register", "epoll"),
        way("one io_uring_enter", "register", "ring"),
        way("epoll_ctl for each, a second time", "register", "epoll"),
    ];
    let setup = [
        way("epoll instance", "register", "epoll"),
        way("ring, beside the epoll instance", "register", "ring"),
    ];
    let serve = [
        way("epoll_ctl for each, epoll_wait", "serve", "epoll"),
        way("one io_uring_enter, epoll_wait", "serve", "ring"),
        way("one io_uring_enter, waiting", "serve", "ringwait"),
        way("read first, epoll_ctl after EAGAIN", "serve", "first"),
        way("epoll_ctl for each, epoll_wait, a second time", "serve", "epoll"),
    ];
    let mut works = vec![work("Made and closed".to_string(), "setup", 1000, 0, &setup)];
    for size in [1, 8, 64] {
        works.push(work(format!("New sockets, {size} per turn"), "register", 8192, size, &register));
    }
    for size in [1, 8, 64] {
        let title = format!("Connect, request at once, response, close; {size} new per turn");
        works.push(work(title, "atonce", 1600, size, &serve));
    }
    for size in [8, 64] {
        let title = format!("Connect, request 1 ms later, response, close; {size} new per turn");
        works.push(work(title, "later", 1600, size, &serve));
    }
    works
}
