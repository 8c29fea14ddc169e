// SPDX-License-Identifier: MIT OR Apache-2.0
//! # libowfat-aio: POSIX asynchronous I/O

#![cfg_attr(not(test), no_std)]

pub mod abi;
pub mod capi;
#[path = "../../src/errno.rs"]
#[allow(dead_code)]
mod errno;
#[path = "../../src/rt.rs"]
#[allow(dead_code)]
mod rt;
