//! `cookie` (RFC 8446 §4.2.2).

use crate::{error::Result, wire::Writer};

/// The cookie; at least one byte.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// Writes the cookie.
pub fn write(writer: &mut Writer, cookie: &[u8]) {
    todo!()
}
