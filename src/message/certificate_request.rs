//! CertificateRequest, in the forms of TLS 1.3 (RFC 8446 §4.3.2) and TLS 1.2 (RFC 5246 §7.4.4).

use super::{Message, extension::Extensions};
use crate::{
    error::Result,
    wire::{CertificateType, SignatureScheme},
};

/// A TLS 1.3 CertificateRequest.
#[derive(Clone, Debug)]
pub struct CertificateRequest13 {
    /// `certificate_request_context`; empty in the handshake proper.
    pub request_context: Vec<u8>,
    /// Its extensions; `signature_algorithms` must be among them.
    pub extensions: Extensions,
}

impl CertificateRequest13 {
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

/// A TLS 1.2 CertificateRequest.
#[derive(Clone, Debug)]
pub struct CertificateRequest12 {
    /// `certificate_types`; at least one.
    pub certificate_types: Vec<CertificateType>,
    /// `supported_signature_algorithms`; at least one.
    pub signature_schemes: Vec<SignatureScheme>,
    /// `certificate_authorities`: DER distinguished names.
    pub authorities: Vec<Vec<u8>>,
}

impl CertificateRequest12 {
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
