//! Text and bytes: formatting and scanning of numbers, strings and encodings.
//!
//! A formatter writes to an [`Out`](out::Out), which counts what it is given and stores it if there is a
//! place to store it: so the length that C programs ask for beforehand cannot differ from that of the real
//! text. A scanner of text reads from a [`Text`](input::Text), which never reads behind the end of a string;
//! one of binary data from a slice.

pub mod byte;
pub mod case;
pub mod code;
mod compare;
pub mod fmt_int;
pub mod fmt_str;
pub mod input;
pub mod out;
pub mod scan_int;
pub mod skip;
pub mod string;
