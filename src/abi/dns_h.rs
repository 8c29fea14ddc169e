// SPDX-License-Identifier: MIT OR Apache-2.0
//! A question under way, and the one that dns_resolve asks.

use super::tai_h::tai64;
use super::taia_h::tai6464;
use core::ffi::{c_char, c_int, c_uint};
#[cfg(any(target_pointer_width = "64", target_arch = "x86"))]
use core::mem::offset_of;
use core::ptr::{null, null_mut};

/// A question to DNS servers, from dns_transmit_start to the answer. It has to be all zeros before its first use.
#[repr(C)]
pub struct dns_transmit {
    /// NULL, or what is sent: from malloc, two bytes of its length in front.
    pub query: *mut c_char,
    /// How many bytes that is, with those two.
    pub querylen: c_uint,
    /// NULL, or the answer, from malloc.
    pub packet: *mut c_char,
    /// How many bytes the answer has.
    pub packetlen: c_uint,
    /// 0, or 1 + the descriptor of the socket.
    pub s1: c_int,
    /// 0 for UDP; 1 connecting, 2 writing, 3 and 4 reading the length, 5 reading the answer.
    pub tcpstate: c_int,
    /// The round over UDP, from 0.
    pub udploop: c_uint,
    /// Which of the servers is asked, from 0.
    pub curserver: c_uint,
    /// How long it may take.
    pub deadline: tai6464,
    /// How much has been written or read over TCP.
    pub pos: c_uint,
    /// 16 IPv6 addresses of servers; those that are all zeros are none.
    pub servers: *const c_char,
    /// The address to send from, all zeros for any.
    pub localip: [c_char; 16],
    /// The interface that link-local addresses belong to.
    pub scope_id: c_uint,
    /// The type that is asked for.
    pub qtype: [c_char; 2],
}

impl dns_transmit {
    /// No question.
    pub(crate) const fn new() -> Self {
        dns_transmit {
            query: null_mut(),
            querylen: 0,
            packet: null_mut(),
            packetlen: 0,
            s1: 0,
            tcpstate: 0,
            udploop: 0,
            curserver: 0,
            deadline: tai6464 { sec: tai64 { x: 0 }, nano: 0, atto: 0 },
            pos: 0,
            servers: null(),
            localip: [0; 16],
            scope_id: 0,
            qtype: [0; 2],
        }
    }
}

/// What dns_resolve asks, and is answered. Every call of dns_resolve changes it, in whatever thread.
#[unsafe(no_mangle)]
pub static mut dns_resolve_tx: dns_transmit = dns_transmit::new();

#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<dns_transmit>() == 104
        && align_of::<dns_transmit>() == 8
        && offset_of!(dns_transmit, query) == 0
        && offset_of!(dns_transmit, querylen) == 8
        && offset_of!(dns_transmit, packet) == 16
        && offset_of!(dns_transmit, packetlen) == 24
        && offset_of!(dns_transmit, s1) == 28
        && offset_of!(dns_transmit, tcpstate) == 32
        && offset_of!(dns_transmit, udploop) == 36
        && offset_of!(dns_transmit, curserver) == 40
        && offset_of!(dns_transmit, deadline) == 48
        && offset_of!(dns_transmit, pos) == 64
        && offset_of!(dns_transmit, servers) == 72
        && offset_of!(dns_transmit, localip) == 80
        && offset_of!(dns_transmit, scope_id) == 96
        && offset_of!(dns_transmit, qtype) == 100
);
#[cfg(target_arch = "x86")]
const _: () = assert!(
    size_of::<dns_transmit>() == 80
        && align_of::<dns_transmit>() == 4
        && offset_of!(dns_transmit, packet) == 8
        && offset_of!(dns_transmit, s1) == 16
        && offset_of!(dns_transmit, curserver) == 28
        && offset_of!(dns_transmit, deadline) == 32
        && offset_of!(dns_transmit, pos) == 48
        && offset_of!(dns_transmit, servers) == 52
        && offset_of!(dns_transmit, localip) == 56
        && offset_of!(dns_transmit, scope_id) == 72
        && offset_of!(dns_transmit, qtype) == 76
);
