// SPDX-License-Identifier: MIT OR Apache-2.0
//! Internet addresses as text and in sockets.

pub mod address;
pub mod connect;
pub mod create;
pub mod format;
pub mod interface;
pub mod noipv6;
pub mod options;
pub mod scan;
