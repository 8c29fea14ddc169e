// SPDX-License-Identifier: MIT OR Apache-2.0
//! Internet addresses as text and in sockets.

pub(crate) mod address;
pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod format;
pub(crate) mod interface;
pub(crate) mod noipv6;
pub(crate) mod options;
pub(crate) mod scan;
