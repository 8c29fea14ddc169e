// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text and bytes: formatting and scanning of numbers, strings and encodings.
//!
//! A formatter writes to an [`Out`](out::Out), which counts what it is given and stores it if there is a
//! place to store it: so the length that C programs ask for beforehand cannot differ from that of the real
//! text. A scanner of text reads from a [`Text`](input::Text), which never reads behind the end of a
//! string; one of binary data from [`Bytes`](input::Bytes). A formatter or scanner that refuses something
//! answers `None`.

pub mod asn1;
pub mod byte;
pub mod calendar;
pub mod case;
pub mod code;
mod compare;
pub mod double;
pub mod escape;
pub mod fmt_int;
pub mod fmt_str;
pub mod http_date;
pub mod human;
pub mod input;
pub mod iso8601;
pub mod netstring;
pub mod out;
pub mod protobuf;
pub mod scan_int;
pub mod skip;
pub mod string;
pub mod utf8;
pub mod varint;
