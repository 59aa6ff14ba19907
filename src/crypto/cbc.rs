//! The block ciphers that TLS uses in CBC mode (RFC 5246 §6.2.3.2). Used by the table of suites.

/// The length of a block of all of them in bytes.
pub const BLOCK_LENGTH: usize = 16;

/// Which block cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CbcAlgorithm {
    /// AES with a key of 128 bits (RFC 3268).
    Aes128,
    /// AES with a key of 256 bits.
    Aes256,
    /// Camellia with a key of 128 bits (RFC 5932).
    Camellia128,
    /// Camellia with a key of 256 bits.
    Camellia256,
}

impl CbcAlgorithm {
    /// The key length in bytes.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Camellia128 => 16,
            Self::Aes256 | Self::Camellia256 => 32,
        }
    }
}
