//! The only place that talks to the kernel.

pub mod clock;
pub mod interface;
pub mod pages;
