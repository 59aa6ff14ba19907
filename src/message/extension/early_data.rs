//! `early_data` (RFC 8446 §4.2.10).

use crate::error::Result;

/// In a ClientHello or EncryptedExtensions: nothing.
pub fn read_empty(data: &[u8]) -> Result<()> {
    todo!()
}

/// In a NewSessionTicket: `max_early_data_size`.
pub fn read_max_size(data: &[u8]) -> Result<u32> {
    todo!()
}
