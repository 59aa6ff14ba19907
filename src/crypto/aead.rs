//! The AEADs of the record layer (RFC 8446 §5.2, RFC 5288, RFC 7905), without an allocation or a copy.

use crate::error::Result;

/// Which AEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AeadAlgorithm {
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305,
}

/// The tag length in bytes of all of them.
pub const TAG_LENGTH: usize = 16;
/// The nonce length in bytes of all of them.
pub const NONCE_LENGTH: usize = 12;

impl AeadAlgorithm {
    /// The key length in bytes.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 => 32,
        }
    }
}

/// A key for either direction.
pub struct AeadKey {}

impl AeadKey {
    /// From exactly `key_length` bytes; anything else is `internal_error`.
    pub fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self> {
        todo!()
    }

    /// Encrypts `plaintext` followed by `extra` (a TLS 1.3 content type and padding): the ciphertext of
    /// `plaintext` goes to `out` (same length), that of `extra` and the tag to `out_extra_and_tag`.
    pub fn seal(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        plaintext: &[u8],
        out: &mut [u8],
        extra: &[u8],
        out_extra_and_tag: &mut [u8],
    ) -> Result<()> {
        todo!()
    }

    /// Decrypts in place; `ciphertext_and_tag` then starts with the plaintext, whose length is
    /// returned. A wrong tag is `bad_record_mac`, and nothing of the plaintext is left to see.
    pub fn open_in_place(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext_and_tag: &mut [u8],
    ) -> Result<usize> {
        todo!()
    }

    /// Decrypts into `out`, which is as long as the ciphertext without the tag.
    pub fn open_into(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
    ) -> Result<()> {
        todo!()
    }
}
