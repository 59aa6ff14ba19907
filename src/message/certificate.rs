//! Certificate, in the forms of TLS 1.3 (RFC 8446 §4.4.2) and TLS 1.2 (RFC 5246 §7.4.2).

use super::{Message, extension::Extensions, items, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{CertificateFormat, HandshakeType, Reader},
};

/// One certificate of a chain with its extensions (always empty in TLS 1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEntry {
    /// DER; at least one byte.
    pub certificate: Vec<u8>,
    /// Its extensions (OCSP response, SCTs).
    pub extensions: Extensions,
}

/// A TLS 1.3 Certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate13 {
    /// `certificate_request_context`; empty in the handshake proper.
    pub request_context: Vec<u8>,
    /// The chain, the sender's own first; may be empty for a client.
    pub entries: Vec<CertificateEntry>,
}

impl Certificate13 {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| {
            let request_context = reader.vec8()?.to_vec();
            let entries = items(reader.vec24()?, |reader| {
                let certificate = read_one(reader)?;
                Ok(CertificateEntry { certificate, extensions: Extensions::read(reader)? })
            })?;
            Ok(Self { request_context, entries })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CERTIFICATE, |body| {
            body.vec8(|context| context.bytes(&self.request_context));
            body.vec24(|list| {
                for entry in &self.entries {
                    list.vec24(|certificate| certificate.bytes(&entry.certificate));
                    entry.extensions.write(list);
                }
            });
        })
    }
}

/// Parses the body of a TLS 1.2 Certificate: the DER certificates, the sender's own first.
pub fn read_tls12(body: &[u8]) -> Result<Vec<Vec<u8>>> {
    parse(body, |reader| items(reader.vec24()?, read_one))
}

/// A whole TLS 1.2 Certificate message.
#[must_use]
pub fn write_tls12<'a>(chain: impl IntoIterator<Item = &'a [u8]>) -> Message {
    Message::build(HandshakeType::CERTIFICATE, |body| {
        body.vec24(|list| {
            for der in chain {
                list.vec24(|certificate| certificate.bytes(der));
            }
        });
    })
}

/// As [`read_tls12`], of what is in this format: a raw public key stands alone (RFC 7250 §3).
pub fn read_tls12_as(body: &[u8], format: CertificateFormat) -> Result<Vec<Vec<u8>>> {
    if format != CertificateFormat::RAW_PUBLIC_KEY {
        return read_tls12(body);
    }
    let key = parse(body, |reader| Ok(reader.vec24()?.to_vec()))?;
    Ok(if key.is_empty() { Vec::new() } else { vec![key] })
}

/// As [`write_tls12`], of what is in this format.
#[must_use]
pub fn write_tls12_as<'a>(mut chain: impl Iterator<Item = &'a [u8]>, format: CertificateFormat) -> Message {
    if format != CertificateFormat::RAW_PUBLIC_KEY {
        return write_tls12(chain);
    }
    let key = chain.next().unwrap_or_default();
    Message::build(HandshakeType::CERTIFICATE, |body| body.vec24(|info| info.bytes(key)))
}

/// An `ASN1Cert<1..2^24-1>`.
fn read_one(reader: &mut Reader<'_>) -> Result<Vec<u8>> {
    match reader.vec24() {
        Ok(certificate) if !certificate.is_empty() => Ok(certificate.to_vec()),
        _ => Err(Error::decode(Reason::CERT_LENGTH_MISMATCH)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};
    use crate::wire::ExtensionType;

    fn sample() -> Certificate13 {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType::STATUS_REQUEST, |data| data.bytes(b"staple"));
        Certificate13 {
            request_context: b"context".to_vec(),
            entries: vec![
                CertificateEntry { certificate: b"leaf".to_vec(), extensions },
                CertificateEntry { certificate: b"issuer".to_vec(), extensions: Extensions::new() },
            ],
        }
    }

    #[test]
    fn tls13_chain_survives_a_round_trip() {
        let message = sample().write();
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE);
        assert_eq!(Certificate13::read(message.body()), Ok(sample()));
        assert_strict(message.body(), &[], Certificate13::read);
        let empty = Certificate13 { request_context: vec![], entries: vec![] };
        assert_eq!(Certificate13::read(empty.write().body()).as_ref(), Ok(&empty));
    }

    #[test]
    fn tls12_chain_survives_a_round_trip() {
        let message = write_tls12([&b"leaf"[..], b"issuer"]);
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE);
        assert_eq!(read_tls12(message.body()), Ok(vec![b"leaf".to_vec(), b"issuer".to_vec()]));
        assert_strict(message.body(), &[], read_tls12);
        assert_eq!(read_tls12(write_tls12([]).body()), Ok(vec![]));
    }

    #[test]
    fn empty_certificate_is_decode_error() {
        let mismatch = Error::decode(Reason::CERT_LENGTH_MISMATCH);
        assert_eq!(read_tls12(&[0, 0, 3, 0, 0, 0]), Err(mismatch));
        assert_eq!(Certificate13::read(&[0, 0, 0, 5, 0, 0, 0, 0, 0]), Err(mismatch));
    }
}
