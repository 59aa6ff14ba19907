//! Handshake messages out of record fragments (RFC 8446 §5.1): a message may span records and a record
//! may hold several. Memory is taken as data arrives, never because a length field says so.

use crate::{error::Result, wire::HandshakeType};

/// Joins fragments into messages.
#[derive(Default)]
pub struct MessageJoiner {}

impl MessageJoiner {
    /// Adds a fragment. A message whose header announces more than `limit(type)` bytes is
    /// `illegal_parameter` with `SSL_R_EXCESSIVE_MESSAGE_SIZE`, at once.
    pub fn push(&mut self, fragment: &[u8], limit: impl Fn(HandshakeType) -> usize) -> Result<()> {
        todo!()
    }

    /// The next whole message (header and body), if there is one.
    pub fn pop(&mut self) -> Option<Vec<u8>> {
        todo!()
    }

    /// Whether nothing is left over: keys may only change then (RFC 8446 §5.1).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        todo!()
    }
}
