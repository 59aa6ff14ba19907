//! `signature_algorithms` and `signature_algorithms_cert` (RFC 8446 §4.2.3).

use crate::{
    error::Result,
    wire::{SignatureScheme, Writer},
};

/// The schemes; at least one.
pub fn read(data: &[u8]) -> Result<Vec<SignatureScheme>> {
    todo!()
}

/// Writes the schemes.
pub fn write(writer: &mut Writer, schemes: &[SignatureScheme]) {
    todo!()
}
