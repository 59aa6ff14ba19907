//! CertificateRequest, in the forms of TLS 1.3 (RFC 8446 §4.3.2), TLS 1.2 (RFC 5246 §7.4.4), and earlier versions
//! (RFC 4346 §7.4.4).

use super::{
    Message,
    extension::{Extensions, signature_algorithms::MAX_SCHEMES},
    items, parse,
};
use crate::{
    error::{Error, Reason, Result},
    wire::{
        AlertDescription, CertificateType, ExtensionType, HandshakeType, ProtocolVersion, Reader,
        SignatureScheme,
    },
};

/// A TLS 1.3 CertificateRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest13 {
    /// `certificate_request_context`; empty in the handshake proper.
    pub request_context: Vec<u8>,
    /// Its extensions; `signature_algorithms` must be among them.
    pub extensions: Extensions,
}

impl CertificateRequest13 {
    /// Parses a body. Without `signature_algorithms` it is `missing_extension` with
    /// `SSL_R_MISSING_SIGALGS_EXTENSION`.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| {
            let request_context = reader.vec8()?.to_vec();
            if reader.clone().vec16().is_err() {
                return Err(Error::decode(Reason::BAD_LENGTH));
            }
            let extensions = Extensions::read(reader)?;
            // RFC 8446 §4.3.2: signature_algorithms must be specified.
            if !extensions.contains(ExtensionType::SIGNATURE_ALGORITHMS) {
                return Err(Error::fatal(
                    AlertDescription::MISSING_EXTENSION,
                    Reason::MISSING_SIGALGS_EXTENSION,
                ));
            }
            Ok(Self { request_context, extensions })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CERTIFICATE_REQUEST, |body| {
            body.vec8(|context| context.bytes(&self.request_context));
            self.extensions.write(body);
        })
    }
}

/// A CertificateRequest of TLS 1.2 or below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest12 {
    /// `certificate_types`; at least one.
    pub certificate_types: Vec<CertificateType>,
    /// `supported_signature_algorithms`; at least one. `None` before TLS 1.2.
    pub signature_schemes: Option<Vec<SignatureScheme>>,
    /// `certificate_authorities`: DER distinguished names.
    pub authorities: Vec<Vec<u8>>,
}

impl CertificateRequest12 {
    /// Parses a body of this version.
    pub fn read(body: &[u8], version: ProtocolVersion) -> Result<Self> {
        parse(body, |reader| {
            let certificate_types = non_empty(reader.vec8()?)?;
            let signature_schemes = if version.has_signature_schemes() {
                let mut schemes: Vec<_> = Reader::code_points(non_empty(reader.vec16()?)?)?;
                schemes.truncate(MAX_SCHEMES);
                Some(schemes)
            } else {
                None
            };
            let authorities = reader.vec16()?;
            Ok(Self {
                certificate_types: certificate_types.iter().map(|one| CertificateType(*one)).collect(),
                signature_schemes,
                authorities: items(authorities, |reader| Ok(non_empty(reader.vec16()?)?.to_vec()))?,
            })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CERTIFICATE_REQUEST, |body| {
            body.vec8(|types| self.certificate_types.iter().for_each(|one| types.u8(one.0)));
            if let Some(signature_schemes) = &self.signature_schemes {
                body.vec16(|schemes| signature_schemes.iter().for_each(|scheme| schemes.u16(*scheme)));
            }
            body.vec16(|authorities| {
                for name in &self.authorities {
                    authorities.vec16(|item| item.bytes(name));
                }
            });
        })
    }
}

/// The vector, which must hold something.
fn non_empty(vector: &[u8]) -> Result<&[u8]> {
    if vector.is_empty() { Err(Error::decode(Reason::LENGTH_MISMATCH)) } else { Ok(vector) }
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    fn read12(body: &[u8]) -> Result<CertificateRequest12> {
        CertificateRequest12::read(body, ProtocolVersion::TLS1_2)
    }

    fn sample12() -> CertificateRequest12 {
        CertificateRequest12 {
            certificate_types: vec![CertificateType::RSA_SIGN, CertificateType(99)],
            signature_schemes: Some(vec![SignatureScheme::ED25519, SignatureScheme(0x1a1a)]),
            authorities: vec![b"one".to_vec(), b"other".to_vec()],
        }
    }

    #[test]
    fn tls13_request_survives_a_round_trip() {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType::SIGNATURE_ALGORITHMS, |data| data.bytes(&[0, 2, 8, 4]));
        let request = CertificateRequest13 { request_context: b"context".to_vec(), extensions };
        let message = request.write();
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE_REQUEST);
        assert_eq!(CertificateRequest13::read(message.body()), Ok(request));
        assert_strict(message.body(), &[], CertificateRequest13::read);
    }

    #[test]
    fn tls13_request_without_signature_algorithms_is_missing_extension() {
        let request = CertificateRequest13 { request_context: vec![], extensions: Extensions::new() };
        assert_eq!(
            CertificateRequest13::read(request.write().body()).unwrap_err().alert(),
            Some(AlertDescription::MISSING_EXTENSION)
        );
    }

    #[test]
    fn tls12_request_survives_a_round_trip() {
        let message = sample12().write();
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE_REQUEST);
        assert_eq!(read12(message.body()), Ok(sample12()));
        assert_strict(message.body(), &[], read12);
        let anyone = CertificateRequest12 { authorities: vec![], ..sample12() };
        assert_eq!(read12(anyone.write().body()).as_ref(), Ok(&anyone));
    }

    #[test]
    fn request_before_tls12_has_no_schemes() {
        let read = |body: &[u8]| CertificateRequest12::read(body, ProtocolVersion::TLS1_1);
        let request = CertificateRequest12 { signature_schemes: None, ..sample12() };
        let message = request.write();
        assert_eq!(read(message.body()), Ok(request));
        assert_strict(message.body(), &[], read);
    }

    #[test]
    fn tls12_request_outside_the_bounds_is_decode_error() {
        for request in [
            CertificateRequest12 { certificate_types: vec![], ..sample12() },
            CertificateRequest12 { signature_schemes: Some(vec![]), ..sample12() },
            CertificateRequest12 { authorities: vec![vec![]], ..sample12() },
        ] {
            assert_eq!(read12(request.write().body()), Err(Error::decode(Reason::LENGTH_MISMATCH)));
        }
    }
}
