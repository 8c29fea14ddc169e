// SPDX-License-Identifier: MIT OR Apache-2.0
//! # owfat: libowfat's C interface, written in Rust
//!
//! This crate builds `libowfat.so.0` and `libowfat.a`. A C program sees the headers in `include/libowfat/`
//! and nothing else; everything here exists to serve them.
//!
//! The modules and their layers. A module imports from its own layer and from those below it, and nothing imports [`capi`];
//! a test reads this table and holds it.
//!
//! | layer | module | holds |
//! |---|---|---|
//! | 10 | [`capi`] | one file per C header: cast, check, one call into the core, C value out |
//! | 10 | [`variadic`] | the functions with a variable number of arguments, half in C |
//! | 9 | [`batch`] | queues of buffers and file regions that go out together |
//! | 8 | [`transfer`] | reads and writes that do not wait, files, passed descriptors |
//! | 8 | [`descriptor`] | opening files, pipes and socket pairs |
//! | 8 | [`mux`] | one multiplexer for many threads |
//! | 8 | [`dns`] | questions to DNS servers, and what is in their answers |
//! | 7 | [`evloop`] | the descriptor table, readiness, interest, deadlines, the wait |
//! | 6 | [`cdb`] | constant databases |
//! | 5 | [`buffer`] | buffers in front of reads and writes |
//! | 5 | [`files`] | whole files, read and mapped, and messages to the standard descriptors |
//! | 4 | [`memory`] | arrays and checks of ranges |
//! | 4 | [`net`] | Internet addresses, as text and in sockets |
//! | 4 | [`text`] | bytes and strings: searching, comparing, formatting, scanning, encodings |
//! | 4 | [`time`] | TAI64 time stamps |
//! | 3 | [`sys`] | the only place that talks to the kernel |
//! | 2 | [`errno`] | errno, and one small type per return convention of the C interface |
//! | 1 | [`abi`] | types whose layout C programs know |
//! | 1 | [`rt`] | what a library without Rust's standard library has to bring along |

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod abi;
mod batch;
mod buffer;
pub mod capi;
mod cdb;
mod descriptor;
mod dns;
mod errno;
mod evloop;
mod files;
mod memory;
mod mux;
mod net;
mod rt;
mod sys;
mod text;
mod time;
mod transfer;
mod variadic;
