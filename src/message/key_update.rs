//! KeyUpdate (RFC 8446 §4.6.3).

use super::Message;
use crate::error::Result;

/// Parses a body: whether an update is requested in return. Another value is `illegal_parameter`.
pub fn read(body: &[u8]) -> Result<bool> {
    todo!()
}

/// The whole message.
#[must_use]
pub fn write(update_requested: bool) -> Message {
    todo!()
}
