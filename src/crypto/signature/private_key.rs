//! A private key of our own that aws-lc-rs holds: parsed once, signs many handshakes.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair},
};

use super::{
    KeyType,
    key_algorithm::{KeyAlgorithm, PssHashes},
};
use crate::{
    crypto::{
        der::{DerReader, INTEGER, OCTET_STRING},
        hash::HashAlgorithm,
        signature_scheme::{self, SignatureAlgorithm},
    },
    error::{Error, Result},
    wire::SignatureScheme,
};

/// A private key in the form that the signer wants: parsed once, when it is configured.
pub struct PrivateKey {
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    RsaPss(RsaKeyPair, PssHashes),
    /// A key pair for each hash: in TLS 1.2 a curve is not tied to one.
    Ecdsa(Vec<(HashAlgorithm, EcdsaKeyPair)>),
    Ed25519(Ed25519KeyPair),
}

/// How a key signs under one scheme.
enum Signer<'a> {
    Rsa(&'a RsaKeyPair, &'static dyn RsaEncoding),
    Ecdsa(&'a EcdsaKeyPair),
    Ed25519(&'a Ed25519KeyPair),
}

impl PrivateKey {
    /// From PKCS#8 or traditional DER as libcrypto's `i2d_PrivateKey` writes it; `None` for a key that
    /// aws-lc-rs cannot hold (that key signs through libcrypto): an RSA key of less than 2048 bits, say.
    #[must_use]
    pub fn from_der(key_type: KeyType, der: &[u8]) -> Option<Self> {
        let key = match key_type {
            KeyType::Rsa => {
                Key::Rsa(RsaKeyPair::from_der(der).or_else(|_| RsaKeyPair::from_pkcs8(der)).ok()?)
            }
            KeyType::RsaPss => rsa_pss_key(der)?,
            KeyType::EcdsaP256 => {
                ecdsa_key(der, &[(HashAlgorithm::Sha256, &signature::ECDSA_P256_SHA256_ASN1_SIGNING)])?
            }
            KeyType::EcdsaP384 => {
                ecdsa_key(der, &[(HashAlgorithm::Sha384, &signature::ECDSA_P384_SHA384_ASN1_SIGNING)])?
            }
            KeyType::EcdsaP521 => ecdsa_key(
                der,
                &[
                    (HashAlgorithm::Sha512, &signature::ECDSA_P521_SHA512_ASN1_SIGNING),
                    (HashAlgorithm::Sha384, &signature::ECDSA_P521_SHA384_ASN1_SIGNING),
                    (HashAlgorithm::Sha256, &signature::ECDSA_P521_SHA256_ASN1_SIGNING),
                    (HashAlgorithm::Sha224, &signature::ECDSA_P521_SHA224_ASN1_SIGNING),
                ],
            )?,
            KeyType::Ed25519 => Key::Ed25519(Ed25519KeyPair::from_pkcs8(der).ok()?),
            KeyType::EcdsaOther
            | KeyType::Ed448
            | KeyType::Dsa
            | KeyType::MlDsa44
            | KeyType::MlDsa65
            | KeyType::MlDsa87
            | KeyType::Other => return None,
        };
        Some(Self { key })
    }

    /// Whether it can sign under `scheme`; if not, libcrypto is asked.
    #[must_use]
    pub fn can_sign(&self, scheme: SignatureScheme) -> bool {
        self.signer(scheme).is_some()
    }

    /// The signature over `message`; an error is `internal_error`.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        let signed = match self.signer(scheme).ok_or(Error::internal())? {
            Signer::Rsa(key, encoding) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(encoding, &SystemRandom::new(), message, &mut signature).map(|()| signature)
            }
            Signer::Ecdsa(key) => {
                key.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec())
            }
            Signer::Ed25519(key) => key.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        };
        signed.map_err(|_| Error::internal())
    }

    fn signer(&self, scheme: SignatureScheme) -> Option<Signer<'_>> {
        let scheme = signature_scheme::find(scheme)?;
        match (scheme.signature, &self.key, scheme.hash) {
            (SignatureAlgorithm::RsaPkcs1, Key::Rsa(key), Some(hash)) => {
                rsa_pkcs1(hash).map(|encoding| Signer::Rsa(key, encoding))
            }
            (SignatureAlgorithm::RsaPssRsae, Key::Rsa(key), Some(hash)) => {
                rsa_pss(hash).map(|encoding| Signer::Rsa(key, encoding))
            }
            (SignatureAlgorithm::RsaPssPss, Key::RsaPss(key, hashes), Some(hash)) if hashes.contain(hash) => {
                rsa_pss(hash).map(|encoding| Signer::Rsa(key, encoding))
            }
            (SignatureAlgorithm::Ecdsa, Key::Ecdsa(keys), Some(hash)) => {
                keys.iter().find(|(of_key, _)| *of_key == hash).map(|(_, key)| Signer::Ecdsa(key))
            }
            (SignatureAlgorithm::Ed25519, Key::Ed25519(key), None) => Some(Signer::Ed25519(key)),
            _ => None,
        }
    }
}

/// A PSS key's PKCS#8 (RFC 5208 §5) says what the key is restricted to; its PKCS#1 form does not.
fn rsa_pss_key(der: &[u8]) -> Option<Key> {
    match read_pkcs8(der) {
        Some((algorithm, inner)) if algorithm.key_type == KeyType::RsaPss => {
            Some(Key::RsaPss(RsaKeyPair::from_der(inner).ok()?, algorithm.pss_hashes))
        }
        _ => Some(Key::RsaPss(RsaKeyPair::from_der(der).ok()?, PssHashes::Any)),
    }
}

/// The algorithm and the key in a PKCS#8 `PrivateKeyInfo` (RFC 5208 §5).
fn read_pkcs8(der: &[u8]) -> Option<(KeyAlgorithm, &[u8])> {
    let mut info = DerReader::new(der).sequence()?;
    info.content(INTEGER)?;
    let algorithm = KeyAlgorithm::read(&mut info)?;
    Some((algorithm, info.content(OCTET_STRING)?))
}

fn ecdsa_key(der: &[u8], algorithms: &[(HashAlgorithm, &'static EcdsaSigningAlgorithm)]) -> Option<Key> {
    let pairs = algorithms
        .iter()
        .map(|(hash, algorithm)| Some((*hash, EcdsaKeyPair::from_private_key_der(algorithm, der).ok()?)));
    pairs.collect::<Option<Vec<_>>>().map(Key::Ecdsa)
}

fn rsa_pkcs1(hash: HashAlgorithm) -> Option<&'static dyn RsaEncoding> {
    match hash {
        HashAlgorithm::Sha256 => Some(&signature::RSA_PKCS1_SHA256),
        HashAlgorithm::Sha384 => Some(&signature::RSA_PKCS1_SHA384),
        HashAlgorithm::Sha512 => Some(&signature::RSA_PKCS1_SHA512),
        HashAlgorithm::Md5 | HashAlgorithm::Md5Sha1 | HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => None,
    }
}

/// The salt is as long as the hash (RFC 8446 §4.2.3).
fn rsa_pss(hash: HashAlgorithm) -> Option<&'static dyn RsaEncoding> {
    match hash {
        HashAlgorithm::Sha256 => Some(&signature::RSA_PSS_SHA256),
        HashAlgorithm::Sha384 => Some(&signature::RSA_PSS_SHA384),
        HashAlgorithm::Sha512 => Some(&signature::RSA_PSS_SHA512),
        HashAlgorithm::Md5 | HashAlgorithm::Md5Sha1 | HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::signature::{
        PublicKey,
        test_data::{MESSAGE, openssl},
    };

    /// A key and the public key of its certificate.
    fn pair(key_type: KeyType, key: &str, name: &str) -> (PrivateKey, PublicKey) {
        (
            PrivateKey::from_der(key_type, &openssl(&format!("{key}_{name}"))).unwrap(),
            PublicKey::from_certificate(&openssl(&format!("certificate_{name}"))).unwrap(),
        )
    }

    /// The schemes under which the key signs; every one of its signatures must verify, and no other message's.
    fn checked_schemes((private, public): (PrivateKey, PublicKey)) -> Vec<SignatureScheme> {
        let all = signature_scheme::SCHEMES.iter().map(|scheme| scheme.id);
        let (can, cannot): (Vec<_>, Vec<_>) = all.partition(|scheme| private.can_sign(*scheme));
        for scheme in &can {
            let signature = private.sign(*scheme, MESSAGE).unwrap();
            assert_eq!(public.verify(*scheme, MESSAGE, &signature), Ok(()), "{scheme:?}");
            assert!(public.verify(*scheme, b"another message", &signature).is_err());
        }
        for scheme in cannot {
            assert_eq!(private.sign(scheme, MESSAGE), Err(Error::internal()));
        }
        can
    }

    const RSA: [SignatureScheme; 6] = [
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
    ];

    #[test]
    fn rsa_key_signs_with_pkcs1_and_pss() {
        assert_eq!(checked_schemes(pair(KeyType::Rsa, "traditional", "rsa2048")), RSA);
        assert_eq!(checked_schemes(pair(KeyType::Rsa, "pkcs8", "rsa2048")), RSA);
    }

    #[test]
    fn rsa_pss_key_without_parameters_signs_with_any_hash() {
        let all = [
            SignatureScheme::RSA_PSS_PSS_SHA256,
            SignatureScheme::RSA_PSS_PSS_SHA384,
            SignatureScheme::RSA_PSS_PSS_SHA512,
        ];
        assert_eq!(checked_schemes(pair(KeyType::RsaPss, "traditional", "pss")), all);
        assert_eq!(checked_schemes(pair(KeyType::RsaPss, "pkcs8", "pss")), all);
    }

    #[test]
    fn rsa_pss_key_with_parameters_signs_with_their_hash() {
        for form in ["traditional", "pkcs8"] {
            assert_eq!(
                checked_schemes(pair(KeyType::RsaPss, form, "pss_sha384")),
                [SignatureScheme::RSA_PSS_PSS_SHA384]
            );
        }
    }

    #[test]
    fn ecdsa_key_signs_with_the_hashes_of_its_curve() {
        let p256 = [SignatureScheme::ECDSA_SECP256R1_SHA256];
        assert_eq!(checked_schemes(pair(KeyType::EcdsaP256, "traditional", "p256")), p256);
        assert_eq!(checked_schemes(pair(KeyType::EcdsaP256, "pkcs8", "p256")), p256);
        assert_eq!(
            checked_schemes(pair(KeyType::EcdsaP384, "traditional", "p384")),
            [SignatureScheme::ECDSA_SECP384R1_SHA384]
        );
        assert_eq!(
            checked_schemes(pair(KeyType::EcdsaP521, "traditional", "p521")),
            [
                SignatureScheme::ECDSA_SECP256R1_SHA256,
                SignatureScheme::ECDSA_SECP384R1_SHA384,
                SignatureScheme::ECDSA_SECP521R1_SHA512,
                SignatureScheme::ECDSA_SHA224,
            ]
        );
    }

    #[test]
    fn ed25519_key_signs() {
        assert_eq!(
            checked_schemes(pair(KeyType::Ed25519, "traditional", "ed25519")),
            [SignatureScheme::ED25519]
        );
    }

    #[test]
    fn rsa_key_below_2048_bits_is_none() {
        assert!(PrivateKey::from_der(KeyType::Rsa, &openssl("traditional_rsa1024")).is_none());
    }

    #[test]
    fn key_of_another_kind_is_none() {
        let p256 = openssl("traditional_p256");
        for key_type in [KeyType::EcdsaP384, KeyType::Rsa, KeyType::RsaPss, KeyType::Ed25519, KeyType::Dsa] {
            assert!(PrivateKey::from_der(key_type, &p256).is_none(), "{key_type:?}");
        }
    }

    #[test]
    fn truncated_key_is_none() {
        for (key_type, name) in [
            (KeyType::Rsa, "traditional_rsa2048"),
            (KeyType::RsaPss, "traditional_pss_sha384"),
            (KeyType::EcdsaP256, "traditional_p256"),
            (KeyType::Ed25519, "traditional_ed25519"),
        ] {
            let key = openssl(name);
            for length in (0..key.len()).step_by(7) {
                assert!(PrivateKey::from_der(key_type, &key[..length]).is_none(), "{name} {length}");
            }
        }
    }
}
