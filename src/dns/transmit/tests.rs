// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

#[test]
fn a_question_without_servers() {
    let mut transmit = dns_transmit::new();
    // SAFETY: the list lives until nothing is asked.
    let outcome = unsafe { transmit.start([0; 256].as_ptr(), true, b"\0", [0, 1], [0; 16]) };
    assert_eq!(outcome, Err(NO_ANSWER));
    assert!(transmit.query.is_null() && transmit.s1 == 0);
    assert_eq!(transmit.get(true, &taia::now()), Err(Errno(libc::EBADF)));
}

#[test]
fn a_name_that_fits_into_no_message() {
    let mut transmit = dns_transmit::new();
    let name = vec![1; 70_000];
    // SAFETY: as above.
    let outcome = unsafe { transmit.start([0; 256].as_ptr(), true, &name, [0, 1], [0; 16]) };
    assert_eq!(outcome, Err(Errno(libc::EMSGSIZE)));
}
