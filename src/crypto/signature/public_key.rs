//! A peer's public key: found in its certificate (RFC 5280 §4.1), checks its signatures.

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::{KeyType, key_algorithm::KeyAlgorithm};
use crate::{
    crypto::{
        der::{BIT_STRING, DerReader, INTEGER, SEQUENCE, context},
        hash::HashAlgorithm,
        signature_scheme::{self, SignatureAlgorithm},
    },
    error::{Error, Reason, Result},
    wire::{AlertDescription, NamedGroup, SignatureScheme},
};

/// A certificate that cannot be walked up to its key (RFC 8446 §4.4.2.4).
const BAD_CERTIFICATE: Error = Error::fatal(AlertDescription::BAD_CERTIFICATE, Reason::BAD_LENGTH);

/// The longest public exponent of RSA, in bytes, that aws-lc-rs takes for sure; beyond it libcrypto is asked.
const MAX_EXPONENT_LENGTH: usize = 4;

/// A peer's public key as it stands in its certificate.
#[derive(Clone, Debug)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    bits: u32,
    /// An `RSAPublicKey`, an uncompressed point, or the 32 bytes of Ed25519; `None` for a key that only
    /// libcrypto may understand.
    key: Option<Box<[u8]>>,
}

impl PublicKey {
    /// The SubjectPublicKeyInfo of a DER certificate. A certificate that cannot be walked that far is
    /// `bad_certificate` with `SSL_R_BAD_LENGTH` (RFC 8446 §4.4.2.4).
    pub fn from_certificate(der: &[u8]) -> Result<Self> {
        let info = find_subject_public_key_info(der).ok_or(BAD_CERTIFICATE)?;
        Self::from_subject_public_key_info(info)
    }

    /// From a DER SubjectPublicKeyInfo; errors as in [`Self::from_certificate`].
    pub fn from_subject_public_key_info(der: &[u8]) -> Result<Self> {
        let (algorithm, key) = read_subject_public_key_info(der).ok_or(BAD_CERTIFICATE)?;
        let (bits, is_ours) = match algorithm.key_type {
            KeyType::Rsa | KeyType::RsaPss => {
                let bits = rsa_modulus_bits(key);
                (bits.unwrap_or(0), bits.is_some())
            }
            KeyType::EcdsaP256 => (256, is_uncompressed_point(key, 32)),
            KeyType::EcdsaP384 => (384, is_uncompressed_point(key, 48)),
            KeyType::EcdsaP521 => (521, is_uncompressed_point(key, 66)),
            KeyType::EcdsaOther => (coordinate_bits(key), false),
            KeyType::Ed25519 => (256, key.len() == 32),
            KeyType::Ed448 => (456, false),
            KeyType::Dsa | KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87 | KeyType::Other => {
                (0, false)
            }
        };
        Ok(Self { algorithm, bits, key: is_ours.then(|| key.into()) })
    }

    /// The kind of key.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.algorithm.key_type
    }

    /// The curve of an ECDSA key, if TLS has a number for it.
    #[must_use]
    pub fn curve(&self) -> Option<NamedGroup> {
        self.algorithm.curve
    }

    /// Whether the key's own parameters let it be used with this scheme: an RSA-PSS key may be bound to a hash
    /// (RFC 8446 §4.2.3).
    #[must_use]
    pub fn permits(&self, scheme: SignatureScheme) -> bool {
        match signature_scheme::find(scheme) {
            Some(scheme) if scheme.signature == SignatureAlgorithm::RsaPssPss => {
                scheme.hash.is_some_and(|hash| self.algorithm.pss_hashes.contain(hash))
            }
            _ => true,
        }
    }

    /// The size of the key in bits (RSA modulus, EC field), as libcrypto counts it; 0 for a DSA key or an
    /// unknown kind. On a curve that is not ours it is rounded up to bytes.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Whether [`Self::verify`] can check this key's signatures under `scheme`; if not, libcrypto is asked.
    #[must_use]
    pub fn can_verify(&self, scheme: SignatureScheme) -> bool {
        self.key.is_some() && self.verification_algorithm(scheme).is_some()
    }

    /// Checks `signature` over `message`. A bad signature is `decrypt_error` with `SSL_R_BAD_SIGNATURE`
    /// (RFC 8446 §4.4.3); what [`Self::can_verify`] denies is `internal_error`.
    pub fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> Result<()> {
        let algorithm = self.verification_algorithm(scheme).ok_or(Error::internal())?;
        let key = self.key.as_ref().ok_or(Error::internal())?;
        #[cfg(fuzzing)]
        if crate::crypto::unprotected::is_on() {
            return Ok(());
        }
        UnparsedPublicKey::new(algorithm, key)
            .verify(message, signature)
            .map_err(|_| Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE))
    }

    fn verification_algorithm(&self, scheme: SignatureScheme) -> Option<&'static dyn VerificationAlgorithm> {
        let scheme = signature_scheme::find(scheme)?;
        match (scheme.signature, self.key_type(), scheme.hash) {
            (SignatureAlgorithm::RsaPkcs1, KeyType::Rsa, Some(hash)) => rsa_pkcs1(self.bits, hash),
            (SignatureAlgorithm::RsaPssRsae, KeyType::Rsa, Some(hash)) => rsa_pss(self.bits, hash),
            (SignatureAlgorithm::RsaPssPss, KeyType::RsaPss, Some(hash)) => {
                self.algorithm.pss_hashes.contain(hash).then(|| rsa_pss(self.bits, hash))?
            }
            (SignatureAlgorithm::Ecdsa, key_type, Some(hash)) => ecdsa(key_type, hash),
            (SignatureAlgorithm::Ed25519, KeyType::Ed25519, None) => Some(&signature::ED25519),
            _ => None,
        }
    }
}

fn rsa_pkcs1(bits: u32, hash: HashAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (bits, hash) {
        (1024..=8192, HashAlgorithm::Sha1) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (1024..=8192, HashAlgorithm::Sha256) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (2048..=8192, HashAlgorithm::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (1024..=8192, HashAlgorithm::Sha512) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ => return None,
    })
}

fn rsa_pss(bits: u32, hash: HashAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (bits, hash) {
        (2048..=8192, HashAlgorithm::Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
        (2048..=8192, HashAlgorithm::Sha384) => &signature::RSA_PSS_2048_8192_SHA384,
        (2048..=8192, HashAlgorithm::Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn ecdsa(key_type: KeyType, hash: HashAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (key_type, hash) {
        (KeyType::EcdsaP256, HashAlgorithm::Sha1) => &signature::ECDSA_P256_SHA1_ASN1,
        (KeyType::EcdsaP256, HashAlgorithm::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
        (KeyType::EcdsaP256, HashAlgorithm::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
        (KeyType::EcdsaP256, HashAlgorithm::Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
        (KeyType::EcdsaP384, HashAlgorithm::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
        (KeyType::EcdsaP384, HashAlgorithm::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
        (KeyType::EcdsaP384, HashAlgorithm::Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
        (KeyType::EcdsaP521, HashAlgorithm::Sha1) => &signature::ECDSA_P521_SHA1_ASN1,
        (KeyType::EcdsaP521, HashAlgorithm::Sha224) => &signature::ECDSA_P521_SHA224_ASN1,
        (KeyType::EcdsaP521, HashAlgorithm::Sha256) => &signature::ECDSA_P521_SHA256_ASN1,
        (KeyType::EcdsaP521, HashAlgorithm::Sha384) => &signature::ECDSA_P521_SHA384_ASN1,
        (KeyType::EcdsaP521, HashAlgorithm::Sha512) => &signature::ECDSA_P521_SHA512_ASN1,
        _ => return None,
    })
}

/// RFC 5280 §4.1: the key stands behind version, serial number, signature algorithm, issuer, validity and
/// subject. What follows it is not looked at.
fn find_subject_public_key_info(certificate: &[u8]) -> Option<&[u8]> {
    let mut outer = DerReader::new(certificate);
    let mut to_be_signed = outer.sequence()?.sequence()?;
    outer.finish()?;
    to_be_signed.optional(context(0))?;
    to_be_signed.content(INTEGER)?;
    for _signature_issuer_validity_subject in 0..4 {
        to_be_signed.content(SEQUENCE)?;
    }
    to_be_signed.element(SEQUENCE)
}

/// RFC 5280 §4.1.2.7: the algorithm, and the key in a bit string of whole bytes.
fn read_subject_public_key_info(der: &[u8]) -> Option<(KeyAlgorithm, &[u8])> {
    let mut outer = DerReader::new(der);
    let mut info = outer.sequence()?;
    outer.finish()?;
    let algorithm = KeyAlgorithm::read(&mut info)?;
    let key = info.content(BIT_STRING)?.strip_prefix(&[0])?;
    info.finish()?;
    Some((algorithm, key))
}

/// The size of the modulus in an `RSAPublicKey` (RFC 8017 §A.1.1) that aws-lc-rs will take.
fn rsa_modulus_bits(key: &[u8]) -> Option<u32> {
    let mut outer = DerReader::new(key);
    let mut components = outer.sequence()?;
    outer.finish()?;
    let modulus = components.unsigned_integer()?;
    let exponent = components.unsigned_integer()?;
    components.finish()?;
    (exponent.len() <= MAX_EXPONENT_LENGTH).then_some(())?;
    let leading_zeros = modulus.first()?.leading_zeros();
    Some(u32::try_from(modulus.len()).ok()?.checked_mul(8)?.saturating_sub(leading_zeros))
}

/// SEC 1 §2.3.3.
fn is_uncompressed_point(point: &[u8], coordinate_length: usize) -> bool {
    point.len() == 1 + 2 * coordinate_length && point.first() == Some(&4)
}

/// The size of a coordinate, of a point in any form (SEC 1 §2.3.3).
fn coordinate_bits(point: &[u8]) -> u32 {
    let coordinates = match point.first() {
        Some(2 | 3) => 1,
        _ => 2,
    };
    u32::try_from(point.len().saturating_sub(1) / coordinates).map_or(0, |length| length.saturating_mul(8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::signature::test_data::{MESSAGE, openssl};

    fn public_key(name: &str) -> PublicKey {
        PublicKey::from_certificate(&openssl(&format!("certificate_{name}"))).unwrap()
    }

    const BAD_SIGNATURE: Result<()> =
        Err(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE));

    /// The signature that OpenSSL made verifies, and stops to when a bit changes.
    fn check(key: &str, scheme: SignatureScheme, signature: &str) {
        let key = public_key(key);
        let mut bytes = openssl(signature);
        assert!(key.can_verify(scheme), "{signature}");
        assert_eq!(key.verify(scheme, MESSAGE, &bytes), Ok(()), "{signature}");
        assert_eq!(key.verify(scheme, b"another message", &bytes), BAD_SIGNATURE);
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(key.verify(scheme, MESSAGE, &bytes), BAD_SIGNATURE);
        assert_eq!(key.verify(scheme, MESSAGE, &[]), BAD_SIGNATURE);
    }

    #[test]
    fn kind_and_size_are_read_from_the_certificate() {
        for (name, key_type, bits) in [
            ("rsa2048", KeyType::Rsa, 2048),
            ("rsa1024", KeyType::Rsa, 1024),
            ("pss", KeyType::RsaPss, 2048),
            ("pss_sha384", KeyType::RsaPss, 2048),
            ("p256", KeyType::EcdsaP256, 256),
            ("p384", KeyType::EcdsaP384, 384),
            ("p521", KeyType::EcdsaP521, 521),
            ("k256", KeyType::EcdsaOther, 256),
            ("ed25519", KeyType::Ed25519, 256),
            ("ed448", KeyType::Ed448, 456),
        ] {
            let key = public_key(name);
            assert_eq!((key.key_type(), key.bits()), (key_type, bits), "{name}");
        }
    }

    #[test]
    fn rsa_pkcs1_signatures_verify() {
        check("rsa2048", SignatureScheme::RSA_PKCS1_SHA1, "pkcs1_sha1_rsa2048");
        check("rsa2048", SignatureScheme::RSA_PKCS1_SHA256, "pkcs1_sha256_rsa2048");
        check("rsa2048", SignatureScheme::RSA_PKCS1_SHA384, "pkcs1_sha384_rsa2048");
        check("rsa2048", SignatureScheme::RSA_PKCS1_SHA512, "pkcs1_sha512_rsa2048");
    }

    #[test]
    fn short_rsa_key_verifies_pkcs1_where_it_can() {
        check("rsa1024", SignatureScheme::RSA_PKCS1_SHA1, "pkcs1_sha1_rsa1024");
        check("rsa1024", SignatureScheme::RSA_PKCS1_SHA256, "pkcs1_sha256_rsa1024");
        check("rsa1024", SignatureScheme::RSA_PKCS1_SHA512, "pkcs1_sha512_rsa1024");
        let key = public_key("rsa1024");
        assert!(!key.can_verify(SignatureScheme::RSA_PKCS1_SHA384));
        assert!(!key.can_verify(SignatureScheme::RSA_PSS_RSAE_SHA256));
    }

    #[test]
    fn rsa_pss_signatures_verify() {
        check("rsa2048", SignatureScheme::RSA_PSS_RSAE_SHA256, "pss_sha256_rsa2048");
        check("rsa2048", SignatureScheme::RSA_PSS_RSAE_SHA384, "pss_sha384_rsa2048");
        check("rsa2048", SignatureScheme::RSA_PSS_RSAE_SHA512, "pss_sha512_rsa2048");
        check("pss", SignatureScheme::RSA_PSS_PSS_SHA256, "pss_sha256_pss");
        check("pss", SignatureScheme::RSA_PSS_PSS_SHA384, "pss_sha384_pss");
        check("pss", SignatureScheme::RSA_PSS_PSS_SHA512, "pss_sha512_pss");
        check("pss_sha384", SignatureScheme::RSA_PSS_PSS_SHA384, "pss_sha384_pss_sha384");
    }

    /// RFC 8446 §4.2.3: the salt is as long as the hash.
    #[test]
    fn rsa_pss_signature_with_another_salt_length_is_bad() {
        let signature = openssl("pss_salt20_rsa2048");
        let key = public_key("rsa2048");
        assert_eq!(key.verify(SignatureScheme::RSA_PSS_RSAE_SHA256, MESSAGE, &signature), BAD_SIGNATURE);
    }

    #[test]
    fn rsa_pss_key_keeps_to_its_parameters() {
        let key = public_key("pss_sha384");
        assert!(!key.can_verify(SignatureScheme::RSA_PSS_PSS_SHA256));
        assert!(!key.can_verify(SignatureScheme::RSA_PSS_PSS_SHA512));
        let key = public_key("pss_odd");
        assert_eq!(key.key_type(), KeyType::RsaPss);
        assert!(!key.can_verify(SignatureScheme::RSA_PSS_PSS_SHA256));
    }

    #[test]
    fn ecdsa_signatures_verify_with_any_hash_we_have() {
        check("p256", SignatureScheme::ECDSA_SHA1, "ecdsa_sha1_p256");
        check("p256", SignatureScheme::ECDSA_SECP256R1_SHA256, "ecdsa_sha256_p256");
        check("p256", SignatureScheme::ECDSA_SECP384R1_SHA384, "ecdsa_sha384_p256");
        check("p256", SignatureScheme::ECDSA_SECP521R1_SHA512, "ecdsa_sha512_p256");
        check("p384", SignatureScheme::ECDSA_SECP256R1_SHA256, "ecdsa_sha256_p384");
        check("p384", SignatureScheme::ECDSA_SECP384R1_SHA384, "ecdsa_sha384_p384");
        check("p384", SignatureScheme::ECDSA_SECP521R1_SHA512, "ecdsa_sha512_p384");
        check("p521", SignatureScheme::ECDSA_SHA1, "ecdsa_sha1_p521");
        check("p521", SignatureScheme::ECDSA_SHA224, "ecdsa_sha224_p521");
        check("p521", SignatureScheme::ECDSA_SECP256R1_SHA256, "ecdsa_sha256_p521");
        check("p521", SignatureScheme::ECDSA_SECP384R1_SHA384, "ecdsa_sha384_p521");
        check("p521", SignatureScheme::ECDSA_SECP521R1_SHA512, "ecdsa_sha512_p521");
        assert!(!public_key("p256").can_verify(SignatureScheme::ECDSA_SHA224));
        assert!(!public_key("p384").can_verify(SignatureScheme::ECDSA_SHA1));
    }

    #[test]
    fn ed25519_signature_verifies() {
        check("ed25519", SignatureScheme::ED25519, "ed25519_ed25519");
    }

    #[test]
    fn scheme_of_another_kind_of_key_cannot_be_verified() {
        for (name, scheme) in [
            ("rsa2048", SignatureScheme::RSA_PSS_PSS_SHA256),
            ("rsa2048", SignatureScheme::ECDSA_SECP256R1_SHA256),
            ("pss", SignatureScheme::RSA_PSS_RSAE_SHA256),
            ("pss", SignatureScheme::RSA_PKCS1_SHA256),
            ("p256", SignatureScheme::RSA_PKCS1_SHA256),
            ("p256", SignatureScheme::ED25519),
            ("ed25519", SignatureScheme::ECDSA_SECP256R1_SHA256),
            ("ed448", SignatureScheme::ED448),
            ("k256", SignatureScheme::ECDSA_SECP256R1_SHA256),
        ] {
            let key = public_key(name);
            assert!(!key.can_verify(scheme), "{name} {scheme:?}");
            assert_eq!(key.verify(scheme, MESSAGE, &[0; 64]), Err(Error::internal()));
        }
    }

    #[test]
    fn compressed_point_or_spelled_out_curve_is_left_to_libcrypto() {
        for (name, key_type) in
            [("public_p256_compressed", KeyType::EcdsaP256), ("public_p256_explicit", KeyType::EcdsaOther)]
        {
            let key = PublicKey::from_subject_public_key_info(&openssl(name)).unwrap();
            assert_eq!((key.key_type(), key.bits()), (key_type, 256));
            assert!(!key.can_verify(SignatureScheme::ECDSA_SECP256R1_SHA256));
        }
    }

    #[test]
    fn truncated_certificate_is_bad_certificate() {
        for name in ["certificate_rsa2048", "certificate_p256", "certificate_pss_sha384"] {
            let certificate = openssl(name);
            for length in 0..certificate.len() {
                assert_eq!(PublicKey::from_certificate(&certificate[..length]).err(), Some(BAD_CERTIFICATE));
            }
            let longer = [&certificate[..], &[0]].concat();
            assert_eq!(PublicKey::from_certificate(&longer).err(), Some(BAD_CERTIFICATE));
        }
    }

    /// No byte of a certificate may do worse than an error, whatever it is.
    #[test]
    fn changed_certificate_is_a_key_or_an_error() {
        let certificate = openssl("certificate_pss_sha384");
        for position in 0..certificate.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut changed = certificate.clone();
                changed[position] = value;
                match PublicKey::from_certificate(&changed) {
                    Ok(key) => _ = key.verify(SignatureScheme::RSA_PSS_PSS_SHA384, MESSAGE, &[1; 256]),
                    Err(error) => assert_eq!(error, BAD_CERTIFICATE),
                }
            }
        }
    }
}
