// SPDX-License-Identifier: MIT OR Apache-2.0
//! `parse.h`: streams of bytes, and what binary messages consist of.

pub mod streams;

pub mod messages;
