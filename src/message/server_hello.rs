//! ServerHello and HelloRetryRequest, which have one form (RFC 8446 §4.1.3, §4.1.4, RFC 5246 §7.4.1.3).

use super::{Message, extension::Extensions};
use crate::{
    error::Result,
    wire::{CipherSuite, ProtocolVersion},
};

/// The `random` that makes a ServerHello a HelloRetryRequest (RFC 8446 §4.1.3).
pub const HELLO_RETRY_REQUEST_RANDOM: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// A ServerHello or HelloRetryRequest.
#[derive(Clone, Debug)]
pub struct ServerHello {
    /// `legacy_version`.
    pub legacy_version: ProtocolVersion,
    /// `random`.
    pub random: [u8; 32],
    /// `legacy_session_id_echo`.
    pub session_id: Vec<u8>,
    /// `cipher_suite`.
    pub cipher_suite: CipherSuite,
    /// `legacy_compression_method`.
    pub compression_method: u8,
    /// The extensions in their order.
    pub extensions: Extensions,
}

impl ServerHello {
    /// Whether it is a HelloRetryRequest.
    #[must_use]
    pub fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST_RANDOM
    }

    /// Parses a body; a TLS 1.2 hello may end after the compression method.
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message. Without any extension the extensions block is left out (TLS 1.2).
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}
