//! The secrets of TLS 1.2.

use crate::crypto::{aead::AeadAlgorithm, hash::HashAlgorithm, secret::Secret};

/// Which side of the connection a value belongs to.
pub use crate::record::Side;

/// The master secret (48 bytes) with the hash of its PRF.
#[derive(Clone)]
pub struct MasterSecret {}

/// The record keys of both directions: key and implicit part of the nonce (4 bytes for GCM, 12 for
/// ChaCha20-Poly1305).
pub struct KeyBlock {
    /// What the client writes with.
    pub client: (Secret, Secret),
    /// What the server writes with.
    pub server: (Secret, Secret),
}

impl MasterSecret {
    /// From the premaster secret and the randoms (RFC 5246 §8.1).
    #[must_use]
    pub fn new(
        hash: HashAlgorithm,
        premaster: &[u8],
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> Self {
        todo!()
    }

    /// From the premaster secret and the session hash (RFC 7627 §4).
    #[must_use]
    pub fn extended(hash: HashAlgorithm, premaster: &[u8], session_hash: &[u8]) -> Self {
        todo!()
    }

    /// That of a session that is resumed.
    #[must_use]
    pub fn resumed(hash: HashAlgorithm, master_secret: Secret) -> Self {
        todo!()
    }

    /// The record keys (RFC 5246 §6.3).
    #[must_use]
    pub fn key_block(
        &self,
        algorithm: AeadAlgorithm,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> KeyBlock {
        todo!()
    }

    /// The `verify_data` of the Finished that `side` sends (RFC 5246 §7.4.9).
    #[must_use]
    pub fn verify_data(&self, side: Side, handshake_hash: &[u8]) -> [u8; 12] {
        todo!()
    }

    /// Keying material (RFC 5705 §4): without a context the seed has none, not an empty one.
    pub fn export(
        &self,
        label: &[u8],
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) {
        todo!()
    }

    /// The 48 bytes, for the session and the key log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        todo!()
    }
}
