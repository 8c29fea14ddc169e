//! Memory that C programs hold: growing arrays, arrays whose elements never move, and checks of ranges and
//! products.

pub mod array;
