// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text and bytes: formatting and scanning of numbers, strings and encodings.
//!
//! A formatter writes to an [`Out`](out::Out), which counts what it is given and stores it if there is a
//! place to store it: so the length that C programs ask for beforehand cannot differ from that of the real
//! text. A scanner of text reads from a [`Text`](input::Text), which never reads behind the end of a
//! string; one of binary data from [`Bytes`](input::Bytes). A formatter or scanner that refuses something
//! answers `None`.

pub(crate) mod asn1;
pub(crate) mod byte;
pub(crate) mod calendar;
pub(crate) mod case;
pub(crate) mod code;
mod compare;
mod decimal;
pub(crate) mod double;
pub(crate) mod escape;
pub(crate) mod fmt_int;
pub(crate) mod fmt_str;
pub(crate) mod http_date;
pub(crate) mod human;
pub(crate) mod input;
pub(crate) mod iso8601;
pub(crate) mod netstring;
pub(crate) mod out;
pub(crate) mod protobuf;
pub(crate) mod scan_int;
pub(crate) mod skip;
pub(crate) mod string;
pub(crate) mod utf8;
pub(crate) mod varint;
