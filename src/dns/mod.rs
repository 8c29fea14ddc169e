// SPDX-License-Identifier: MIT OR Apache-2.0
//! DNS: domains, packets, and questions to servers.
//!
//! From the bottom up: [`domain`] and [`packet`] read and write what goes over the wire, [`answer`] takes out of an
//! answer what a program asked for. [`transmit`] asks servers without waiting, [`resolve`] waits until they have
//! answered; which servers those are, [`servers`] finds out. [`qualify`] completes names by the rules that [`rewrite`]
//! collects.
//!
//! Packets are untrusted. Every access to one is checked, and the work is bounded by its length.

pub(crate) mod answer;
pub(crate) mod domain;
pub(crate) mod literal;
pub(crate) mod packet;
pub(crate) mod qualify;
pub(crate) mod random;
pub(crate) mod resolve;
pub(crate) mod rewrite;
pub(crate) mod servers;
pub(crate) mod transmit;

mod cache;
mod configuration;
mod reply;
mod scopes;
mod tcp;
mod udp;
