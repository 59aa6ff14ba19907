//! CertificateVerify (RFC 8446 §4.4.3, RFC 5246 §7.4.8): the same form in both versions.

use super::{Message, parse};
use crate::{
    error::Result,
    wire::{HandshakeType, SignatureScheme},
};

/// A CertificateVerify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateVerify {
    /// `algorithm`.
    pub scheme: SignatureScheme,
    /// `signature`.
    pub signature: Vec<u8>,
}

impl CertificateVerify {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| Ok(Self { scheme: reader.u16()?.into(), signature: reader.vec16()?.to_vec() }))
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::CERTIFICATE_VERIFY, |body| {
            body.u16(self.scheme);
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
        let verify = CertificateVerify { scheme: SignatureScheme::ED25519, signature: vec![7; 64] };
        let message = verify.write();
        assert_eq!(message.handshake_type(), HandshakeType::CERTIFICATE_VERIFY);
        assert_eq!(CertificateVerify::read(message.body()), Ok(verify));
        assert_strict(message.body(), &[], CertificateVerify::read);
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
