//! The keys of one direction: which form a protected record has, its nonce and its sequence number
//! (RFC 8446 §5.2, §5.3; RFC 5288 §3; RFC 7905 §2).

use crate::{crypto::aead::AeadAlgorithm, error::Result};

/// The keys of one direction with their sequence number.
pub struct RecordKeys {}

impl RecordKeys {
    /// TLS 1.3: inner content type, the sequence number mixed into `iv` (12 bytes).
    pub fn tls13(algorithm: AeadAlgorithm, key: &[u8], iv: [u8; 12]) -> Result<Self> {
        todo!()
    }

    /// TLS 1.2: GCM has a 4-byte implicit and an 8-byte explicit nonce, ChaCha20-Poly1305 a 12-byte
    /// `fixed_iv` mixed with the sequence number.
    pub fn tls12(algorithm: AeadAlgorithm, key: &[u8], fixed_iv: &[u8]) -> Result<Self> {
        todo!()
    }
}
