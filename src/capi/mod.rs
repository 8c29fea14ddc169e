// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C interface: one file per header, named after it.
//!
//! A function here casts, checks, makes one call into the core and turns the answer into C's terms.
//! cbindgen makes `include/libowfat/NAME.h` out of `NAME.rs`; what a header needs besides its prototypes
//! (includes, macros, inline functions) stands in `NAME.toml` beside it. A long header has its parts in a
//! folder of its name.
//!
//! Pointers are the caller's promise: each must point to what the prototype says, for as long as the call
//! lasts, unless the documentation allows NULL. Numbers are never trusted.
#![allow(non_camel_case_types)]

pub mod array;
pub mod buffer;
pub mod byte;
pub mod case;
pub mod cdb;
pub mod cdb_make;
pub mod critbit;
pub mod dns;
pub mod errmsg;
pub mod errmsg_int;
pub mod fmt;
pub mod iarray;
pub mod io;
pub mod iob;
pub mod iob_internal;
pub mod iopause;
pub mod ip4;
pub mod ip6;
pub mod mmap;
pub mod ndelay;
pub mod open;
pub mod openreadclose;
pub mod owfat;
pub mod parse;
pub mod rangecheck;
pub mod readclose;
pub mod safemult;
pub mod scan;
pub mod socket;
pub mod str;
pub mod stralloc;
pub mod tai;
pub mod taia;
pub mod textcode;
pub mod uint16;
pub mod uint32;
pub mod uint64;
