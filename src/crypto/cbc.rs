//! The block ciphers that TLS uses in CBC mode (RFC 5246 §6.2.3.2), by libcrypto. Used by the table of suites and by
//! `record`.

pub use crate::libcrypto::cipher::Direction;
use crate::{
    error::{Error, Result},
    libcrypto::cipher::{self, CbcContext},
};

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

    /// Whether it can be used: libcrypto's providers may lack it.
    #[must_use]
    pub fn is_available(self) -> bool {
        self.in_libcrypto().is_available()
    }

    const fn in_libcrypto(self) -> &'static cipher::Cipher {
        match self {
            Self::Aes128 => &cipher::AES_128_CBC,
            Self::Aes256 => &cipher::AES_256_CBC,
            Self::Camellia128 => &cipher::CAMELLIA_128_CBC,
            Self::Camellia256 => &cipher::CAMELLIA_256_CBC,
        }
    }
}

/// A key for one direction. Each call is chained to the one before: its first block follows the last ciphertext block
/// of that one.
pub struct CbcKey(CbcContext);

impl CbcKey {
    /// With the vector that the first block of all is chained to. Wrong lengths are `internal_error`, and so is an
    /// algorithm that libcrypto's providers lack.
    pub fn new(algorithm: CbcAlgorithm, key: &[u8], iv: &[u8], direction: Direction) -> Result<Self> {
        CbcContext::new(algorithm.in_libcrypto(), key, iv, direction).map(Self).ok_or(Error::internal())
    }

    /// Encrypts or decrypts in place. Anything but whole blocks is `internal_error`.
    pub fn run_in_place(&mut self, blocks: &mut [u8]) -> Result<()> {
        self.0.run_in_place(blocks).ok_or(Error::internal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    /// NIST SP 800-38A §F.2 for AES, the first block; RFC 3713 appendix A for Camellia, whose one block has a vector of zeros.
    #[test]
    fn blocks_are_those_of_the_specifications() {
        let plaintext = "6bc1bee22e409f96e93d7e117393172a";
        let iv = "000102030405060708090a0b0c0d0e0f";
        let zeros = "00000000000000000000000000000000";
        let camellia = "0123456789abcdeffedcba9876543210";
        for (algorithm, key, iv, plaintext, ciphertext) in [
            (
                CbcAlgorithm::Aes128,
                "2b7e151628aed2a6abf7158809cf4f3c",
                iv,
                plaintext,
                "7649abac8119b246cee98e9b12e9197d",
            ),
            (
                CbcAlgorithm::Aes256,
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                iv,
                plaintext,
                "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
            ),
            (CbcAlgorithm::Camellia128, camellia, zeros, camellia, "67673138549669730857065648eabe43"),
            (
                CbcAlgorithm::Camellia256,
                "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
                zeros,
                camellia,
                "9acc237dff16d76c20ef7c919e3a7509",
            ),
        ] {
            let key = |direction| CbcKey::new(algorithm, &hex(key), &hex(iv), direction).unwrap();
            let mut block = hex(plaintext);
            key(Direction::Encrypt).run_in_place(&mut block).unwrap();
            assert_eq!(block, hex(ciphertext), "{algorithm:?}");
            key(Direction::Decrypt).run_in_place(&mut block).unwrap();
            assert_eq!(block, hex(plaintext), "{algorithm:?}");
        }
    }

    #[test]
    fn calls_are_chained() {
        let key = |direction| CbcKey::new(CbcAlgorithm::Aes128, &[1; 16], &[2; 16], direction).unwrap();
        let mut whole = [7; 64];
        key(Direction::Encrypt).run_in_place(&mut whole).unwrap();
        let mut parts = [7; 64];
        let (mut encrypt, mut decrypt) = (key(Direction::Encrypt), key(Direction::Decrypt));
        for part in parts.chunks_mut(32) {
            encrypt.run_in_place(part).unwrap();
        }
        assert_eq!(parts, whole);
        for part in parts.chunks_mut(16) {
            decrypt.run_in_place(part).unwrap();
        }
        assert_eq!(parts, [7; 64]);
    }

    #[test]
    fn wrong_lengths_are_internal_error() {
        for (key, iv) in [(15, 16), (17, 16), (32, 16), (0, 16), (16, 15), (16, 0)] {
            let made = CbcKey::new(CbcAlgorithm::Aes128, &vec![0; key], &vec![0; iv], Direction::Encrypt);
            assert_eq!(made.err(), Some(Error::internal()), "{key} {iv}");
        }
        for direction in [Direction::Encrypt, Direction::Decrypt] {
            let mut key = CbcKey::new(CbcAlgorithm::Aes256, &[0; 32], &[0; 16], direction).unwrap();
            for length in [1, 15, 17, 31] {
                assert_eq!(key.run_in_place(&mut vec![0; length]), Err(Error::internal()));
            }
            assert_eq!(key.run_in_place(&mut []), Ok(()));
        }
    }
}
