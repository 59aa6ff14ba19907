//! Certificate, in the forms of TLS 1.3 (RFC 8446 §4.4.2) and TLS 1.2 (RFC 5246 §7.4.2).

use super::{Message, extension::Extensions};
use crate::error::Result;

/// One certificate of a chain with its extensions (always empty in TLS 1.2).
#[derive(Clone, Debug)]
pub struct CertificateEntry {
    /// DER; at least one byte.
    pub certificate: Vec<u8>,
    /// Its extensions (OCSP response, SCTs).
    pub extensions: Extensions,
}

/// A TLS 1.3 Certificate.
#[derive(Clone, Debug)]
pub struct Certificate13 {
    /// `certificate_request_context`; empty in the handshake proper.
    pub request_context: Vec<u8>,
    /// The chain, the sender's own first; may be empty for a client.
    pub entries: Vec<CertificateEntry>,
}

impl Certificate13 {
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

/// Parses the body of a TLS 1.2 Certificate: the DER certificates, the sender's own first.
pub fn read_tls12(body: &[u8]) -> Result<Vec<Vec<u8>>> {
    todo!()
}

/// A whole TLS 1.2 Certificate message.
#[must_use]
pub fn write_tls12<'a>(chain: impl IntoIterator<Item = &'a [u8]>) -> Message {
    todo!()
}
