// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory that C programs hold: growing strings, growing arrays, arrays whose elements never move, sets of strings, and
//! checks of ranges and products.

pub(crate) mod array;
pub(crate) mod critbit;
pub(crate) mod encoded;
pub(crate) mod iarray;
pub(crate) mod product;
pub(crate) mod range;
pub(crate) mod stralloc;
