// SPDX-License-Identifier: MIT OR Apache-2.0
//! # owfat: libowfat's C interface, written in Rust
//!
//! This crate builds `libowfat.so.0` and `libowfat.a`. A C program sees the headers in `include/libowfat/`
//! and nothing else; everything here exists to serve them.
//!
//! A tour of the house, from the street to the cellar. Arrows go down only: a room never imports one
//! above it, and nothing imports [`capi`].
//!
//! | room | holds |
//! |---|---|
//! | [`capi`] | one file per C header: cast, check, one call into the core, C value out |
//! | [`variadic`] | the functions with a variable number of arguments, half in C |
//! | [`batch`] | queues of buffers and file regions that go out together |
//! | [`mux`] | one multiplexer for many threads |
//! | [`transfer`] | reads and writes that do not wait, files, passed descriptors |
//! | [`descriptor`] | opening files, pipes and socket pairs |
//! | [`dns`] | questions to DNS servers, and what is in their answers |
//! | [`evloop`] | the descriptor table, readiness, wishes, deadlines, the wait |
//! | [`buffer`] | buffers in front of reads and writes |
//! | [`cdb`] | constant databases |
//! | [`files`] | whole files, read and mapped, and messages to the standard descriptors |
//! | [`memory`] | arrays and checks of ranges |
//! | [`net`] | Internet addresses, as text and in sockets |
//! | [`text`] | bytes and strings: searching, comparing, formatting, scanning, encodings |
//! | [`time`] | TAI64 time stamps |
//! | [`errno`] | errno, and one small type per return convention of the C interface |
//! | [`abi`] | types whose layout C programs know |
//! | [`sys`] | the only place that talks to the kernel |
//! | [`rt`] | what a library without Rust's standard library has to bring along |

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod abi;
pub mod batch;
pub mod buffer;
pub mod capi;
pub mod cdb;
pub mod descriptor;
pub mod dns;
pub mod errno;
pub mod evloop;
pub mod files;
pub mod memory;
pub mod mux;
pub mod net;
pub mod rt;
pub mod sys;
pub mod text;
pub mod time;
pub mod transfer;
pub mod variadic;
