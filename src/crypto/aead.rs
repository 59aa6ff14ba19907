//! The AEADs of the record layer (RFC 8446 §5.2, RFC 5288, RFC 7905), without an allocation or a copy.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::{
    error::{Error, Reason, Result},
    wire::AlertDescription,
};

/// Which AEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AeadAlgorithm {
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305,
    /// AES-128-CCM (RFC 6655).
    Aes128Ccm,
    /// AES-256-CCM.
    Aes256Ccm,
    /// AES-128-CCM with a tag of 8 bytes.
    Aes128Ccm8,
    /// AES-256-CCM with a tag of 8 bytes.
    Aes256Ccm8,
    /// ARIA-128-GCM (RFC 6209).
    Aria128Gcm,
    /// ARIA-256-GCM.
    Aria256Gcm,
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
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 | Self::Aria128Gcm => 16,
            Self::Aes256Gcm
            | Self::ChaCha20Poly1305
            | Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::Aria256Gcm => 32,
        }
    }

    fn primitive(self) -> Option<&'static aead::Algorithm> {
        match self {
            Self::Aes128Gcm => Some(&aead::AES_128_GCM),
            Self::Aes256Gcm => Some(&aead::AES_256_GCM),
            Self::ChaCha20Poly1305 => Some(&aead::CHACHA20_POLY1305),
            _ => None,
        }
    }
}

/// A key for either direction.
pub struct AeadKey(LessSafeKey);

impl AeadKey {
    /// From exactly `key_length` bytes; anything else is `internal_error`.
    pub fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self> {
        let primitive = algorithm.primitive().ok_or(Error::internal())?;
        UnboundKey::new(primitive, key)
            .map(|unbound| Self(LessSafeKey::new(unbound)))
            .map_err(|_| Error::internal())
    }

    /// Encrypts `plaintext` followed by `extra` (a TLS 1.3 content type and padding): the ciphertext of
    /// `plaintext` goes to `out` (same length), that of `extra` and the tag to `out_extra_and_tag`.
    /// Lengths that do not match are `internal_error`.
    pub fn seal(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        plaintext: &[u8],
        out: &mut [u8],
        extra: &[u8],
        out_extra_and_tag: &mut [u8],
    ) -> Result<()> {
        self.0
            .seal_out_of_place_scatter(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated_data),
                plaintext,
                out,
                extra,
                out_extra_and_tag,
            )
            .map_err(|_| Error::internal())
    }

    /// Decrypts in place; `ciphertext_and_tag` then starts with the plaintext, whose length is
    /// returned. A wrong tag is `bad_record_mac`, and nothing of the plaintext is left to see.
    pub fn open_in_place(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext_and_tag: &mut [u8],
    ) -> Result<usize> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(associated_data), ciphertext_and_tag);
        if let Ok(plaintext) = opened {
            return Ok(plaintext.len());
        }
        ciphertext_and_tag.fill(0);
        Err(bad_record_mac())
    }

    /// Decrypts into `out`, which is as long as the ciphertext without the tag. A wrong tag is
    /// `bad_record_mac`, and `out` is then all zeros.
    pub fn open_into(
        &self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
    ) -> Result<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_separate_gather(nonce, Aad::from(associated_data), ciphertext, tag, out);
        opened.map_err(|_| {
            out.fill(0);
            bad_record_mac()
        })
    }
}

/// One answer to everything that fails to open (RFC 8446 §5.2).
fn bad_record_mac() -> Error {
    Error::fatal(AlertDescription::BAD_RECORD_MAC, Reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [AeadAlgorithm; 3] =
        [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305];

    fn key(algorithm: AeadAlgorithm) -> AeadKey {
        AeadKey::new(algorithm, &[7; 32][..algorithm.key_length()]).unwrap()
    }

    fn sealed(key: &AeadKey, plaintext: &[u8], extra: &[u8]) -> Vec<u8> {
        let mut out = vec![0; plaintext.len() + extra.len() + TAG_LENGTH];
        let (body, rest) = out.split_at_mut(plaintext.len());
        key.seal([1; 12], b"header", plaintext, body, extra, rest).unwrap();
        out
    }

    /// The example of RFC 8439 §2.8.2.
    #[test]
    fn chacha20_poly1305_gives_the_bytes_of_rfc_8439() {
        let secret: Vec<u8> = (0x80..0xa0).collect();
        let key = AeadKey::new(AeadAlgorithm::ChaCha20Poly1305, &secret).unwrap();
        let nonce = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47];
        let associated = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
            the future, sunscreen would be it.";
        let mut out = vec![0; plaintext.len()];
        let mut tag = [0; TAG_LENGTH];
        key.seal(nonce, &associated, plaintext, &mut out, &[], &mut tag).unwrap();
        assert_eq!(out[..4], [0xd3, 0x1a, 0x8d, 0x34]);
        let expected =
            [0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a, 0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91];
        assert_eq!(tag, expected);
    }

    /// Case 4 of the GCM specification (McGrew and Viega), and case 16 for 256 bits.
    #[test]
    fn aes_gcm_gives_the_bytes_of_its_specification() {
        let half = 0xfeff_e992_8665_731c_6d6a_8f94_6730_8308_u128.to_be_bytes();
        let whole = [half, half].concat();
        let nonce = [0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88];
        let associated =
            [&0xfeed_face_dead_beef_feed_face_dead_beef_u128.to_be_bytes()[..], &[0xab, 0xad, 0xda, 0xd2]]
                .concat();
        let plaintext = [
            0xd931_3225_f884_06e5_a559_09c5_aff5_269a_u128.to_be_bytes(),
            0x86a7_a953_1534_f7da_2e4c_303d_8a31_8a72_u128.to_be_bytes(),
            0x1c3c_0c95_9568_0953_2fcf_0e24_49a6_b525_u128.to_be_bytes(),
            0xb16a_edf5_aa0d_e657_ba63_7b39_1aaf_d255_u128.to_be_bytes(),
        ]
        .concat();
        for (algorithm, first, tag) in [
            (AeadAlgorithm::Aes128Gcm, 0x4283_1ec2, 0x5bc9_4fbc_3221_a5db_94fa_e95a_e712_1a47_u128),
            (AeadAlgorithm::Aes256Gcm, 0x522d_c1f0_u32, 0x76fc_6ece_0f4e_1768_cddf_8853_bb2d_551b),
        ] {
            let key = AeadKey::new(algorithm, &whole[..algorithm.key_length()]).unwrap();
            let mut out = [0; 60];
            let mut out_tag = [0; TAG_LENGTH];
            key.seal(nonce, &associated, &plaintext[..60], &mut out, &[], &mut out_tag).unwrap();
            assert_eq!(out[..4], first.to_be_bytes(), "{algorithm:?}");
            assert_eq!(out_tag, tag.to_be_bytes(), "{algorithm:?}");
        }
    }

    #[test]
    fn sealed_opens_in_place_and_elsewhere() {
        for algorithm in ALL {
            let key = key(algorithm);
            for length in [0, 1, 15, 16, 17, 1000, 16_384] {
                let plaintext: Vec<u8> = (0..length).map(|index| index as u8).collect();
                let whole = [&plaintext[..], &[23, 0, 0]].concat();
                let mut record = sealed(&key, &plaintext, &[23, 0, 0]);
                let (ciphertext, tag) = record.split_at(whole.len());
                let mut out = vec![0; whole.len()];
                assert_eq!(key.open_into([1; 12], b"header", ciphertext, tag, &mut out), Ok(()));
                assert_eq!(out, whole);
                assert_eq!(key.open_in_place([1; 12], b"header", &mut record), Ok(whole.len()));
                assert_eq!(record[..whole.len()], whole);
            }
        }
    }

    #[test]
    fn tampering_is_bad_record_mac_and_shows_nothing() {
        for algorithm in ALL {
            let key = key(algorithm);
            let record = sealed(&key, b"attack at dawn", &[23]);
            for index in 0..record.len() {
                let mut tampered = record.clone();
                tampered[index] ^= 1;
                let mut out = [9; 15];
                let (ciphertext, tag) = tampered.split_at(15);
                assert_eq!(
                    key.open_into([1; 12], b"header", ciphertext, tag, &mut out),
                    Err(bad_record_mac())
                );
                assert_eq!(out, [0; 15]);
                assert_eq!(key.open_in_place([1; 12], b"header", &mut tampered), Err(bad_record_mac()));
                assert!(tampered.iter().all(|byte| *byte == 0));
            }
            assert_eq!(key.open_in_place([2; 12], b"header", &mut record.clone()), Err(bad_record_mac()));
            assert_eq!(key.open_in_place([1; 12], b"other", &mut record.clone()), Err(bad_record_mac()));
            assert_eq!(key.open_in_place([1; 12], b"header", &mut [0; 15]), Err(bad_record_mac()));
        }
    }

    #[test]
    fn key_of_wrong_length_is_internal_error() {
        for algorithm in ALL {
            for length in [0, algorithm.key_length() - 1, algorithm.key_length() + 1] {
                assert_eq!(AeadKey::new(algorithm, &vec![0; length]).err(), Some(Error::internal()));
            }
        }
    }

    #[test]
    fn output_of_wrong_length_is_internal_error() {
        let key = key(AeadAlgorithm::Aes128Gcm);
        let mut tag = [0; TAG_LENGTH];
        assert_eq!(key.seal([0; 12], b"", b"ab", &mut [0; 1], &[], &mut tag), Err(Error::internal()));
        assert_eq!(key.seal([0; 12], b"", b"ab", &mut [0; 2], &[1], &mut tag), Err(Error::internal()));
    }
}
