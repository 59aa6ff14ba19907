//! `certificate_authorities` (RFC 8446 §4.2.4): DER distinguished names.

use crate::{error::Result, wire::Writer};

/// The names; at least one.
pub fn read(data: &[u8]) -> Result<Vec<Vec<u8>>> {
    todo!()
}

/// Writes the names.
pub fn write<'a>(writer: &mut Writer, names: impl IntoIterator<Item = &'a [u8]>) {
    todo!()
}
