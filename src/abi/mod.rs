// SPDX-License-Identifier: MIT OR Apache-2.0
//! Types whose layout C programs know and variables that they share, one file per header that defines them.
//!
//! cbindgen puts `abi/NAME_h.rs` in front of `capi/NAME.rs` when it writes `NAME.h`. Sizes and offsets are
//! held by `const` assertions, because compiled programs have them built in.
#![allow(non_camel_case_types)]

mod array_h;
mod buffer_h;
mod cdb_h;
mod cdb_make_h;
mod critbit_h;
mod dns_h;
mod errmsg_h;
mod iarray_h;
mod io_h;
mod iob_h;
mod parse_h;
mod socket_h;
mod stralloc_h;
mod tai_h;
mod taia_h;
mod time;
mod uint16_h;
mod uint32_h;
mod uint64_h;

/// The C library's own, which headers mention.
pub use libc::{pollfd as iopause_fd, ssize_t};

pub use array_h::*;
pub use buffer_h::*;
pub use cdb_h::*;
pub use cdb_make_h::*;
pub use critbit_h::*;
pub use dns_h::*;
pub use errmsg_h::*;
pub use iarray_h::*;
pub use io_h::*;
pub use iob_h::*;
pub use parse_h::*;
pub use socket_h::*;
pub use stralloc_h::*;
pub use tai_h::*;
pub use taia_h::*;
pub use time::*;
pub use uint16_h::*;
pub use uint32_h::*;
pub use uint64_h::*;
