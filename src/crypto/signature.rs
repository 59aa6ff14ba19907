//! Signatures of the handshake: verification with a certificate's public key, signing with a private
//! key that aws-lc-rs can hold (RFC 8446 §4.2.3, §4.4.3; RFC 5246 §7.4.3, §7.4.8).

use crate::{error::Result, wire::SignatureScheme};

/// What kind of key a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// `rsaEncryption`.
    Rsa,
    /// `id-RSASSA-PSS`.
    RsaPss,
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// ECDSA on P-521.
    EcdsaP521,
    /// ECDSA on another curve, by libcrypto only.
    EcdsaOther,
    /// Ed25519.
    Ed25519,
    /// Ed448, by libcrypto only.
    Ed448,
    /// DSA, by libcrypto only.
    Dsa,
    /// Anything else.
    Other,
}

/// A peer's public key as it stands in its certificate.
pub struct PublicKey {}

impl PublicKey {
    /// The SubjectPublicKeyInfo of a DER certificate. A certificate that cannot be walked that far is
    /// `bad_certificate` with `SSL_R_BAD_LENGTH`… (RFC 8446 §4.4.2.4).
    pub fn from_certificate(der: &[u8]) -> Result<Self> {
        todo!()
    }

    /// From a DER SubjectPublicKeyInfo.
    pub fn from_subject_public_key_info(der: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The kind of key.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        todo!()
    }

    /// The size of the key in bits (RSA modulus, EC field).
    #[must_use]
    pub fn bits(&self) -> u32 {
        todo!()
    }

    /// Whether [`Self::verify`] can check this key's signatures under `scheme`; if not, libcrypto is asked.
    #[must_use]
    pub fn can_verify(&self, scheme: SignatureScheme) -> bool {
        todo!()
    }

    /// Checks `signature` over `message`. A bad signature is `decrypt_error` with `SSL_R_BAD_SIGNATURE`.
    pub fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> Result<()> {
        todo!()
    }
}

/// A private key in the form that the signer wants: parsed once, when it is configured.
pub struct PrivateKey {}

impl PrivateKey {
    /// From PKCS#8 or traditional DER as libcrypto's `i2d_PrivateKey` writes it; `None` for a key that
    /// aws-lc-rs cannot hold (that key signs through libcrypto).
    #[must_use]
    pub fn from_der(key_type: KeyType, der: &[u8]) -> Option<Self> {
        todo!()
    }

    /// Whether it can sign under `scheme`.
    #[must_use]
    pub fn can_sign(&self, scheme: SignatureScheme) -> bool {
        todo!()
    }

    /// The signature over `message`; an error is `internal_error`.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        todo!()
    }
}
