//! EncryptedExtensions (RFC 8446 §4.3.1).

use super::{Message, extension::Extensions};
use crate::error::Result;

/// Parses a body.
pub fn read(body: &[u8]) -> Result<Extensions> {
    todo!()
}

/// The whole message.
#[must_use]
pub fn write(extensions: &Extensions) -> Message {
    todo!()
}
