//! Memory that C programs hold: growing strings, growing arrays, arrays whose elements never move, and checks of ranges and
//! products.

pub mod array;
pub mod iarray;
pub mod product;
pub mod range;
pub mod stralloc;
