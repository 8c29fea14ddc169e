//! Runs the C programs of this folder against our libraries.

fn main() {}
