//! CertificateVerify (RFC 8446 §4.4.3, RFC 5246 §7.4.8): the same form in both versions.

use super::Message;
use crate::{error::Result, wire::SignatureScheme};

/// A CertificateVerify.
#[derive(Clone, Debug)]
pub struct CertificateVerify {
    /// `algorithm`.
    pub scheme: SignatureScheme,
    /// `signature`.
    pub signature: Vec<u8>,
}

impl CertificateVerify {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}

/// What a TLS 1.3 CertificateVerify signs: 64 spaces, the context string of the side, a zero byte, the
/// transcript hash (RFC 8446 §4.4.3).
#[must_use]
pub fn signed_content(server: bool, transcript: &[u8]) -> Vec<u8> {
    todo!()
}
