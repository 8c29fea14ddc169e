// SPDX-License-Identifier: MIT OR Apache-2.0
use super::super::{EventList, descriptor_of};
use super::questions::question;
use super::*;

fn watch(fd: c_int, read: bool, write: bool) -> Watch {
    Watch { token: 7 << 32 | fd as u64, read, write, error_lasts: false }
}

fn found(events: &Events) -> Vec<(c_int, bool, bool, bool)> {
    events
        .iter()
        .map(|event| {
            let has = |what| event.readiness.has(what);
            (
                descriptor_of(event.token),
                has(Readiness::READABLE),
                has(Readiness::WRITABLE),
                has(Readiness::CLOSED),
            )
        })
        .collect()
}

#[test]
fn looks_at_what_it_is_told_to_and_wakes_up() {
    let (poll, mut events) = (Poll::new(), Events::new());
    let [left, right] = fd::socket_pair().unwrap();
    let read_only = [watch(left, true, false)];
    assert_eq!(poll.wait(&mut events, Some(0), read_only.into_iter()), Ok(0));
    let both = [watch(left, true, true)];
    assert_eq!(poll.wait(&mut events, None, both.into_iter()), Ok(1));
    assert_eq!(found(&events), [(left, false, true, false)]);
    poll.wake();
    assert_eq!(poll.wait(&mut events, None, read_only.into_iter()), Ok(0));
    assert_eq!(found(&events), []);
    fd::close(right);
    assert_eq!(poll.wait(&mut events, None, read_only.into_iter()), Ok(1));
    assert_eq!(found(&events), [(left, true, true, false)]);
    fd::close(left);
    // A number that is certainly not open, whatever other tests do at the same time.
    let closed = [watch(c_int::MAX, true, false)];
    assert_eq!(poll.wait(&mut events, None, closed.into_iter()), Ok(1));
    assert_eq!(found(&events), [(c_int::MAX, false, false, true)]);
    poll.close_if_ours();
}

#[test]
fn does_without_a_pipe() {
    let (poll, mut events) = (Poll { pipe: None }, Events::new());
    let [left, right] = fd::socket_pair().unwrap();
    // No thread could wake it, so it comes back by itself.
    assert_eq!(poll.wait(&mut events, None, [watch(left, true, false)].into_iter()), Ok(0));
    poll.wake();
    fd::close(right);
    assert_eq!(poll.wait(&mut events, None, [watch(left, true, false)].into_iter()), Ok(1));
    fd::close(left);
}

#[test]
fn does_without_memory() {
    let [left, right] = fd::socket_pair().unwrap();
    let watches = |ready: usize| {
        (0..50).map(move |index| watch(if index == ready { right } else { left }, true, false))
    };
    assert_eq!(syscall!(write(left, c"x".as_ptr().cast(), 1)), Ok(1));
    let mut events = Events::new();
    for ready in [0, 15, 16, 49] {
        assert_eq!(events.few_by_few(None, watches(ready)), 1);
        assert_eq!(found(&events), [(right, true, false, false)]);
        assert_eq!(Poll::calls_left(&events, 16, 50), 4);
    }
    assert_eq!(events.few_by_few(None, watches(50)), 0);
    assert_eq!(found(&events), []);
    let mut listed: Vec<libc::pollfd> = watches(20).map(|watch| question(watch).0).collect();
    assert_eq!(in_slices(&mut listed), 1);
    assert_eq!(listed.iter().position(|query| query.revents != 0), Some(20));
    fd::close(left);
    fd::close(right);
}
