// SPDX-License-Identifier: MIT OR Apache-2.0
//! TAI64 time stamps: seconds since a fixed epoch in 64 bits, with fractions down to 10^-18 s.

pub mod pause;
pub mod tai;
pub mod taia;
