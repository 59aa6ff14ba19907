//! The signature on a certificate (RFC 5280 §4.1.1): whether another certificate's key made it. Used by
//! `libcrypto::known_signatures`.

use super::PublicKey;
use crate::{
    crypto::der::{BIT_STRING, DerReader, INTEGER, SEQUENCE, context},
    wire::SignatureScheme,
};

/// The AlgorithmIdentifiers (RFC 4055 §5, RFC 5758 §3.2) that are looked into, and schemes with the same hash and padding. The
/// curve of an ECDSA key is its own affair.
const ALGORITHMS: [(&[u8], SignatureScheme); 6] = [
    (b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", SignatureScheme::ECDSA_SECP256R1_SHA256),
    (b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03", SignatureScheme::ECDSA_SECP384R1_SHA384),
    (b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04", SignatureScheme::ECDSA_SECP521R1_SHA512),
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00", SignatureScheme::RSA_PKCS1_SHA256),
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00", SignatureScheme::RSA_PKCS1_SHA384),
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00", SignatureScheme::RSA_PKCS1_SHA512),
];

/// Whether the key in the certificate `issuer` made the signature on `certificate`, both in DER. `false` says that it did not, or
/// that only libcrypto can tell. Names, dates and extensions are not looked at.
#[must_use]
pub fn is_signed_by(certificate: &[u8], issuer: &[u8]) -> bool {
    let Some(signed) = Signed::read(certificate) else { return false };
    let Ok(key) = PublicKey::from_certificate(issuer) else { return false };
    key.can_verify(signed.scheme) && key.verify(signed.scheme, signed.content, signed.signature).is_ok()
}

/// A certificate as its signature sees it.
struct Signed<'a> {
    content: &'a [u8],
    scheme: SignatureScheme,
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(certificate: &'a [u8]) -> Option<Self> {
        let mut outer = DerReader::new(certificate);
        let mut parts = outer.sequence()?;
        outer.finish()?;
        let content = parts.element(SEQUENCE)?;
        let algorithm = parts.element(SEQUENCE)?;
        let signature = parts.content(BIT_STRING)?.strip_prefix(&[0])?;
        parts.finish()?;
        // RFC 5280 §4.1.1.2: what is signed says the same.
        let mut inner = DerReader::new(content).sequence()?;
        inner.optional(context(0))?;
        inner.content(INTEGER)?;
        if inner.element(SEQUENCE)? != algorithm {
            return None;
        }
        let (_, scheme) = ALGORITHMS.iter().find(|(identifier, _)| *identifier == algorithm)?;
        Some(Self { content, scheme: *scheme, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::signature::test_data::openssl;

    #[test]
    fn certificate_is_signed_by_itself_and_nobody_else() {
        for name in ["certificate_rsa2048", "certificate_p256", "certificate_p384"] {
            let certificate = openssl(name);
            assert!(is_signed_by(&certificate, &certificate), "{name}");
            assert!(!is_signed_by(&certificate, &openssl("certificate_ed25519")), "{name}");
            assert!(!is_signed_by(&certificate, &openssl("certificate_p521")), "{name}");
        }
    }

    #[test]
    fn certificate_with_any_changed_bit_is_not_signed() {
        let issuer = openssl("certificate_p256");
        for position in 0..issuer.len() {
            let mut changed = issuer.clone();
            changed[position] ^= 1;
            assert!(!is_signed_by(&changed, &issuer), "{position}");
        }
        for length in 0..issuer.len() {
            assert!(!is_signed_by(&issuer[..length], &issuer), "{length}");
        }
    }

    #[test]
    fn signature_of_a_kind_that_is_not_looked_into_is_left_to_libcrypto() {
        for name in ["certificate_ed25519", "certificate_pss", "certificate_ed448"] {
            let certificate = openssl(name);
            assert!(!is_signed_by(&certificate, &certificate), "{name}");
        }
    }
}
