//! Signatures of the handshake: verification with a certificate's public key, signing with a private
//! key that aws-lc-rs can hold (RFC 8446 §4.2.3, §4.4.3; RFC 5246 §7.4.3, §7.4.8).
//!
//! What aws-lc-rs cannot do with a key is said beforehand (`can_verify`, `can_sign`): libcrypto does it then.

mod certificate;
mod curve;
mod key_algorithm;
mod key_parts;
mod private_key;
mod public_key;

pub use certificate::is_signed_by;
pub(crate) use key_parts::KeyParts;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;

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
    /// ML-DSA-44, by libcrypto only.
    MlDsa44,
    /// ML-DSA-65, by libcrypto only.
    MlDsa65,
    /// ML-DSA-87, by libcrypto only.
    MlDsa87,
    /// DSA, by libcrypto only.
    Dsa,
    /// Anything else.
    Other,
}

/// Keys and signatures that OpenSSL made, for the tests.
#[cfg(test)]
mod test_data {
    use crate::crypto::test_data::hex;

    /// What the signatures are over.
    pub(super) const MESSAGE: &[u8] = b"signed by OpenSSL";

    /// The bytes with this name.
    pub(super) fn openssl(name: &str) -> Vec<u8> {
        let mut entries =
            include_str!("testdata/openssl.txt").lines().filter_map(|line| line.split_once(" = "));
        entries.find(|(key, _)| *key == name).map(|(_, value)| hex(value)).unwrap()
    }
}
