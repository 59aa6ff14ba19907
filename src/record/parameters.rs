//! What a handshake of TLS 1.2 or below settles about records (RFC 5246 §6.1), and the keys that follow from it
//! (§6.3). Used by `key_schedule::tls12`, which makes the keys, and by [`super::RecordKeys`].

use crate::{
    crypto::{
        aead::{AeadAlgorithm, NONCE_LENGTH},
        cbc::BLOCK_LENGTH,
        secret::Secret,
        suite::{BulkCipher, MacAlgorithm, Suite},
    },
    wire::ProtocolVersion,
};

/// The implicit part of the nonce of GCM and CCM in TLS 1.2 (RFC 5288 §3, RFC 6655 §3).
pub(super) const SALT_LENGTH: usize = 4;

/// How records are protected.
#[derive(Clone, Copy, Debug)]
pub struct SecurityParameters {
    /// What encrypts.
    pub bulk: BulkCipher,
    /// What authenticates; `None`: the AEAD.
    pub mac: Option<MacAlgorithm>,
    /// The version that was negotiated.
    pub version: ProtocolVersion,
    /// Whether CBC records are encrypted before they are authenticated (RFC 7366).
    pub encrypt_then_mac: bool,
    /// Whether an empty record goes before application data where the vector of the next record is known to whoever
    /// looks on: in CBC mode up to TLS 1.0.
    pub empty_fragments: bool,
}

/// What one side writes with.
pub struct WriteKeys {
    /// The key of the MAC; empty for an AEAD.
    pub mac_key: Secret,
    /// The key of the cipher.
    pub key: Secret,
    /// The fixed part of nonces, or the first initialization vector of TLS 1.0; may be empty.
    pub iv: Secret,
}

impl SecurityParameters {
    /// Those of a suite.
    #[must_use]
    pub const fn new(suite: &Suite, version: ProtocolVersion, encrypt_then_mac: bool) -> Self {
        Self { bulk: suite.bulk, mac: suite.mac, version, encrypt_then_mac, empty_fragments: false }
    }

    /// The length of the MAC key in bytes.
    #[must_use]
    pub const fn mac_key_length(&self) -> usize {
        match self.mac {
            Some(mac) => mac.length(),
            None => 0,
        }
    }

    /// The length of [`WriteKeys::iv`] in bytes.
    #[must_use]
    pub fn iv_length(&self) -> usize {
        match self.bulk {
            // RFC 7905 §2.
            BulkCipher::Aead(AeadAlgorithm::ChaCha20Poly1305) => NONCE_LENGTH,
            BulkCipher::Aead(_) => SALT_LENGTH,
            // RFC 4346 §6.2.3.2: from TLS 1.1 on each record brings its own.
            BulkCipher::Cbc(_) if self.version <= ProtocolVersion::TLS1_0 => BLOCK_LENGTH,
            BulkCipher::Cbc(_) | BulkCipher::Null => 0,
        }
    }
}

#[cfg(test)]
impl WriteKeys {
    /// Keys of these lengths, for tests.
    pub fn filled(mac_key: usize, key: usize, iv: usize) -> Self {
        let secret = |byte: u8, length: usize| Secret::filled(length, |out| out.fill(byte));
        Self { mac_key: secret(3, mac_key), key: secret(1, key), iv: secret(2, iv) }
    }
}
