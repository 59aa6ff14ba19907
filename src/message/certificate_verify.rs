//! CertificateVerify (RFC 8446 §4.4.3, RFC 5246 §7.4.8): the same form in both versions, and in earlier ones without the
//! scheme (RFC 4346 §7.4.8).

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{HandshakeType, ProtocolVersion, SignatureScheme},
};

/// A CertificateVerify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateVerify {
    /// `algorithm`; `None` before TLS 1.2, where the key decides.
    pub scheme: Option<SignatureScheme>,
    /// `signature`.
    pub signature: Vec<u8>,
}

impl CertificateVerify {
    /// Parses a body of this version.
    pub fn read(body: &[u8], version: ProtocolVersion) -> Result<Self> {
        parse(body, |reader| {
            let too_short = |_| Error::decode(Reason::BAD_PACKET);
            let scheme = version.has_signature_schemes().then(|| reader.u16().map_err(too_short));
            let scheme = scheme.transpose()?;
            Ok(Self { scheme: scheme.map(Into::into), signature: reader.vec16()?.to_vec() })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CERTIFICATE_VERIFY, |body| {
            if let Some(scheme) = self.scheme {
                body.u16(scheme);
            }
            body.vec16(|signature| signature.bytes(&self.signature));
        })
    }
}

/// What a TLS 1.3 CertificateVerify signs: 64 spaces, the context string of the side, a zero byte, the
/// transcript hash (RFC 8446 §4.4.3).
#[must_use]
pub fn signed_content(server: bool, transcript: &[u8]) -> Vec<u8> {
    let context: &[u8] =
        if server { b"TLS 1.3, server CertificateVerify" } else { b"TLS 1.3, client CertificateVerify" };
    [&[b' '; 64], context, &[0], transcript].concat()
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn message_survives_a_round_trip() {
        for (scheme, version) in [
            (Some(SignatureScheme::ED25519), ProtocolVersion::TLS1_3),
            (Some(SignatureScheme::ED25519), ProtocolVersion::TLS1_2),
            (None, ProtocolVersion::TLS1_1),
            (None, ProtocolVersion::TLS1_0),
        ] {
            let read = |body: &[u8]| CertificateVerify::read(body, version);
            let verify = CertificateVerify { scheme, signature: vec![7; 64] };
            let message = verify.write();
            assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE_VERIFY);
            assert_eq!(read(message.body()), Ok(verify));
            assert_strict(message.body(), &[], read);
        }
    }

    #[test]
    fn signed_content_is_that_of_the_rfcs_example() {
        // RFC 8446 §4.4.3: the transcript hash is 32 bytes of 01.
        let expected = [" ".repeat(64).as_bytes(), b"TLS 1.3, server CertificateVerify\0", &[1; 32]].concat();
        assert_eq!(signed_content(true, &[1; 32]), expected);
        assert_ne!(signed_content(false, &[1; 32]), expected);
        assert_eq!(signed_content(false, &[1; 32]).len(), 130);
    }
}
