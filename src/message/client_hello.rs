//! ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).

use super::{Message, extension::Extensions};
use crate::{
    error::Result,
    wire::{CipherSuite, ProtocolVersion},
};

/// A ClientHello.
#[derive(Clone, Debug)]
pub struct ClientHello {
    /// `legacy_version`.
    pub legacy_version: ProtocolVersion,
    /// `random`.
    pub random: [u8; 32],
    /// `legacy_session_id`, at most 32 bytes.
    pub session_id: Vec<u8>,
    /// `cipher_suites`, signalling values included; at least one.
    pub cipher_suites: Vec<CipherSuite>,
    /// `legacy_compression_methods`; at least one.
    pub compression_methods: Vec<u8>,
    /// The extensions in their order.
    pub extensions: Extensions,
}

impl ClientHello {
    /// Parses a body. A TLS 1.2 hello may end after the compression methods (RFC 5246 §7.4.1.2).
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message. Extensions are written in their order; a `pre_shared_key` must be the last.
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}

/// How many bytes at the end of a ClientHello message the binders list takes, its own length included:
/// what is cut off before the binder is computed (RFC 8446 §4.2.11.2). `message` is a whole ClientHello
/// whose last extension is `pre_shared_key`.
pub fn binders_length(message: &Message) -> Result<usize> {
    todo!()
}
