// SPDX-License-Identifier: MIT OR Apache-2.0
//! TAI64 time stamps: seconds since a fixed epoch in 64 bits, with fractions down to 10^-18 s.

pub(crate) mod pause;
pub(crate) mod tai;
pub(crate) mod taia;
