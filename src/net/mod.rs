//! Internet addresses as text and in sockets.

pub mod format;
pub mod scan;
