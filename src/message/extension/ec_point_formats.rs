//! `ec_point_formats` (RFC 8422 §5.1.2).

use crate::{error::Result, wire::Writer};

/// The formats; at least one.
pub fn read(data: &[u8]) -> Result<&[u8]> {
    todo!()
}

/// Writes the formats.
pub fn write(writer: &mut Writer, formats: &[u8]) {
    todo!()
}
