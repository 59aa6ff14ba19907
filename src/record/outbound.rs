//! Bytes to be sent: records sealed straight into one buffer.

use super::RecordKeys;
use crate::{
    error::Result,
    wire::{ContentType, ProtocolVersion},
};

/// Sealed records that wait to be written, and the keys to seal with.
pub struct Outbound {}

impl Outbound {
    /// Empty, without keys.
    #[must_use]
    pub fn new() -> Self {
        todo!()
    }

    /// Seals `data` into as many records as `max_fragment` (bytes of plaintext a record) demands and
    /// appends them. Empty data is one empty record for application data, none for the rest. An exhausted
    /// sequence number is `internal_error` (RFC 8446 §5.3).
    pub fn seal(&mut self, content_type: ContentType, data: &[u8], max_fragment: usize) -> Result<()> {
        todo!()
    }

    /// Bytes that wait.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        todo!()
    }

    /// Takes the waiting bytes out, so that nothing is borrowed while they are written.
    #[must_use]
    pub fn take(&mut self) -> (Vec<u8>, usize) {
        todo!()
    }

    /// Puts the buffer back with how many of its bytes were written in all; what was sealed meanwhile stays behind it.
    pub fn put_back(&mut self, buffer: Vec<u8>, written: usize) {
        todo!()
    }

    /// From the next record on, these keys.
    pub fn set_keys(&mut self, keys: RecordKeys) {
        todo!()
    }

    /// The version in record headers: 1.0 for a first ClientHello, else 1.2 (RFC 8446 §5.1).
    pub fn set_version(&mut self, version: ProtocolVersion) {
        todo!()
    }

    /// How many records may still be sealed under these keys before they should be updated
    /// (RFC 8446 §5.5).
    #[must_use]
    pub fn records_left(&self) -> u64 {
        todo!()
    }

    /// Block padding: TLS 1.3 records are padded to a multiple of this many bytes (0 or 1: not at all).
    pub fn set_padding(&mut self, block: usize) {
        todo!()
    }

    /// Gives memory back when nothing waits.
    pub fn release(&mut self) {
        todo!()
    }
}
