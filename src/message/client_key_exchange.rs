//! ClientKeyExchange of ECDHE suites (RFC 8422 §5.7): the client's point.

use super::Message;
use crate::error::Result;

/// Parses a body: the client's public key.
pub fn read_ecdhe(body: &[u8]) -> Result<Vec<u8>> {
    todo!()
}

/// The whole message.
#[must_use]
pub fn write_ecdhe(public: &[u8]) -> Message {
    todo!()
}
