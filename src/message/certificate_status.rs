//! CertificateStatus of TLS 1.2 (RFC 6066 §8), and its body as it stands in a TLS 1.3 certificate entry
//! (RFC 8446 §4.4.2.1).

use super::Message;
use crate::error::Result;

/// Parses a body: the DER OCSP response.
pub fn read(body: &[u8]) -> Result<Vec<u8>> {
    todo!()
}

/// The body, for a TLS 1.3 certificate entry's extension.
#[must_use]
pub fn body(response: &[u8]) -> Vec<u8> {
    todo!()
}

/// The whole message.
#[must_use]
pub fn write(response: &[u8]) -> Message {
    todo!()
}
