//! `textcode.h`: encodings of arbitrary bytes as text.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

pub mod decoders;
pub mod encoders;
