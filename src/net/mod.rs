//! Internet addresses as text and in sockets.

pub mod cursor;
pub mod format;
pub mod scan;
