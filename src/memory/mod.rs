// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory that C programs hold: growing strings, growing arrays, arrays whose elements never move, sets of strings, and
//! checks of ranges and products.

pub mod array;
pub mod critbit;
pub mod encoded;
pub mod iarray;
pub mod product;
pub mod range;
pub mod stralloc;
