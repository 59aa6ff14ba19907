//! The AEADs of the record layer (RFC 8446 §5.2, RFC 5288, RFC 6209, RFC 6655, RFC 7905), without an allocation. Used by
//! `record`.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::{
    crypto::secret::Secret,
    error::{Error, Reason, Result},
    libcrypto::{
        cipher::{self, AeadContext},
        gcm_in_pieces::GcmInPieces,
    },
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
    /// AES-128-CCM.
    Aes128Ccm,
    /// AES-256-CCM.
    Aes256Ccm,
    /// AES-128-CCM with a tag of 8 bytes.
    Aes128Ccm8,
    /// AES-256-CCM with a tag of 8 bytes.
    Aes256Ccm8,
    /// ARIA-128-GCM.
    Aria128Gcm,
    /// ARIA-256-GCM.
    Aria256Gcm,
}

/// The longest tag in bytes.
pub const MAX_TAG_LENGTH: usize = 16;
/// The nonce length in bytes of all of them.
pub const NONCE_LENGTH: usize = 12;

impl AeadAlgorithm {
    /// Whether it can be used: libcrypto's providers may lack what aws-lc-rs does.
    #[must_use]
    pub fn is_available(self) -> bool {
        self.in_libcrypto().is_none_or(cipher::Cipher::is_available)
    }

    /// What aws-lc-rs lacks.
    const fn in_libcrypto(self) -> Option<&'static cipher::Cipher> {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm | Self::ChaCha20Poly1305 => None,
            Self::Aes128Ccm | Self::Aes128Ccm8 => Some(&cipher::AES_128_CCM),
            Self::Aes256Ccm | Self::Aes256Ccm8 => Some(&cipher::AES_256_CCM),
            Self::Aria128Gcm => Some(&cipher::ARIA_128_GCM),
            Self::Aria256Gcm => Some(&cipher::ARIA_256_GCM),
        }
    }

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

    /// The tag length in bytes.
    #[must_use]
    pub const fn tag_length(self) -> usize {
        match self {
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => 8,
            _ => MAX_TAG_LENGTH,
        }
    }
}

/// A key for either direction.
pub struct AeadKey {
    backend: Backend,
    tag_length: usize,
}

enum Backend {
    AesGcm(AesGcm),
    /// What aws-lc-rs lacks.
    Libcrypto(AeadContext),
    ChaCha20Poly1305(ChaCha20Poly1305),
}

impl AeadKey {
    /// From exactly `key_length` bytes; anything else is `internal_error`, and so is an algorithm that libcrypto's
    /// providers lack.
    pub fn new(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Self> {
        let tag_length = algorithm.tag_length();
        let backend = match algorithm {
            AeadAlgorithm::Aes128Gcm => AesGcm::new(&aead::AES_128_GCM, key).map(Backend::AesGcm),
            AeadAlgorithm::Aes256Gcm => AesGcm::new(&aead::AES_256_GCM, key).map(Backend::AesGcm),
            AeadAlgorithm::ChaCha20Poly1305 => ChaCha20Poly1305::new(key).map(Backend::ChaCha20Poly1305),
            AeadAlgorithm::Aes128Ccm
            | AeadAlgorithm::Aes128Ccm8
            | AeadAlgorithm::Aes256Ccm
            | AeadAlgorithm::Aes256Ccm8 => algorithm
                .in_libcrypto()
                .and_then(|cipher| AeadContext::ccm(cipher, key, tag_length))
                .map(Backend::Libcrypto),
            AeadAlgorithm::Aria128Gcm | AeadAlgorithm::Aria256Gcm => algorithm
                .in_libcrypto()
                .and_then(|cipher| AeadContext::streaming(cipher, key))
                .map(Backend::Libcrypto),
        };
        Ok(Self { backend: backend.ok_or(Error::internal())?, tag_length })
    }

    /// The tag length in bytes.
    #[must_use]
    pub const fn tag_length(&self) -> usize {
        self.tag_length
    }

    /// Encrypts `plaintext` followed by `extra` (a TLS 1.3 content type and padding) into `out`, and the tag after them.
    /// An `out` of another length is `internal_error`.
    pub fn seal(
        &mut self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        plaintext: &[u8],
        extra: &[u8],
        out: &mut [u8],
    ) -> Result<()> {
        let Some((text, extra_and_tag)) = out.split_at_mut_checked(plaintext.len()) else {
            return Err(Error::internal());
        };
        if extra_and_tag.len() != extra.len() + self.tag_length {
            return Err(Error::internal());
        }
        #[cfg(fuzzing)]
        if super::unprotected::is_on() {
            super::unprotected::seal(plaintext, extra, out);
            return Ok(());
        }
        let sealed = match self.backend.for_length(plaintext.len()) {
            For::AwsLc(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let associated_data = Aad::from(associated_data);
                key.seal_out_of_place_scatter(nonce, associated_data, plaintext, text, extra, extra_and_tag)
                    .ok()
            }
            For::Libcrypto(context) => context.seal(&nonce, associated_data, plaintext, extra, out),
        };
        sealed.ok_or(Error::internal())
    }

    /// Decrypts in place; `ciphertext_and_tag` then starts with the plaintext, whose length is
    /// returned. A wrong tag is `bad_record_mac`, and nothing of the plaintext is left to see.
    pub fn open_in_place(
        &mut self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext_and_tag: &mut [u8],
    ) -> Result<usize> {
        #[cfg(fuzzing)]
        if super::unprotected::is_on() {
            return ciphertext_and_tag.len().checked_sub(self.tag_length).ok_or_else(bad_record_mac);
        }
        let opened = match self.backend.for_length(ciphertext_and_tag.len()) {
            For::AwsLc(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let plaintext = key.open_in_place(nonce, Aad::from(associated_data), ciphertext_and_tag);
                plaintext.ok().map(|plaintext| plaintext.len())
            }
            For::Libcrypto(context) => context.open_in_place(&nonce, associated_data, ciphertext_and_tag),
        };
        opened.ok_or_else(|| {
            ciphertext_and_tag.fill(0);
            bad_record_mac()
        })
    }

    /// Decrypts into `out`, which is as long as the ciphertext without the tag. A wrong tag is
    /// `bad_record_mac`, and `out` is then all zeros.
    pub fn open_into(
        &mut self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
    ) -> Result<()> {
        #[cfg(fuzzing)]
        if super::unprotected::is_on() {
            out.copy_from_slice(ciphertext);
            return Ok(());
        }
        let opened = match self.backend.for_length(ciphertext.len()) {
            For::AwsLc(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.open_separate_gather(nonce, Aad::from(associated_data), ciphertext, tag, out).ok()
            }
            For::Libcrypto(context) => context.open_into(&nonce, associated_data, ciphertext, tag, out),
        };
        opened.ok_or_else(|| {
            out.fill(0);
            bad_record_mac()
        })
    }

    /// Decrypts as [`Self::open_into`] does, but for the last byte, for which `out` is too short. `None` if that cannot be
    /// done, or is not worth it: nothing happened then.
    pub fn open_apart(
        &mut self,
        nonce: [u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
    ) -> Option<Result<u8>> {
        if out.len() < LONG || ciphertext.len() != out.len() + 1 {
            return None;
        }
        let mut last = 0;
        let opened = match &mut self.backend {
            Backend::AesGcm(key) => {
                let rest = core::slice::from_mut(&mut last);
                key.in_pieces()?.open(&nonce, associated_data, ciphertext, tag.try_into().ok()?, out, rest)
            }
            Backend::ChaCha20Poly1305(key) => match key.for_length(ciphertext.len()) {
                For::AwsLc(_) => return None,
                For::Libcrypto(context) => {
                    context.open_apart(&nonce, associated_data, ciphertext, tag, out, &mut last)
                }
            },
            Backend::Libcrypto(_) => return None,
        };
        if opened.is_none() {
            out.fill(0);
        }
        Some(opened.map(|()| last).ok_or_else(bad_record_mac))
    }
}

/// The bytes of a record from which on it is worth much not to copy it, and from which on libcrypto's ChaCha20-Poly1305 is the
/// faster one.
const LONG: usize = 4096;

/// AES-GCM by AWS-LC.
struct AesGcm {
    aws_lc: LessSafeKey,
    /// Made with the first record that needs it.
    in_pieces: Option<GcmInPieces>,
    /// On the heap: connections move their keys, and would leave copies behind.
    key: Secret,
}

impl AesGcm {
    fn new(algorithm: &'static aead::Algorithm, key: &[u8]) -> Option<Self> {
        let aws_lc = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
        Some(Self { aws_lc, in_pieces: None, key: Secret::new(key)? })
    }

    fn in_pieces(&mut self) -> Option<&mut GcmInPieces> {
        if self.in_pieces.is_none() {
            self.in_pieces = GcmInPieces::new(self.key.as_ref());
        }
        self.in_pieces.as_mut()
    }
}

/// Which of the two computes.
enum For<'a> {
    AwsLc(&'a LessSafeKey),
    Libcrypto(&'a mut AeadContext),
}

impl Backend {
    /// The one for a record of this length.
    fn for_length(&mut self, length: usize) -> For<'_> {
        match self {
            Self::AesGcm(key) => For::AwsLc(&key.aws_lc),
            Self::Libcrypto(context) => For::Libcrypto(context),
            Self::ChaCha20Poly1305(key) => key.for_length(length),
        }
    }
}

/// AWS-LC has no code for AVX-512, with which libcrypto takes two thirds of the time for a long record; a short one costs less
/// without libcrypto's preparations.
struct ChaCha20Poly1305 {
    aws_lc: LessSafeKey,
    /// Made with the first long record.
    libcrypto: Option<AeadContext>,
    /// Where libcrypto is never worth it there is none to keep.
    key: Option<Secret>,
}

impl ChaCha20Poly1305 {
    fn new(key: &[u8]) -> Option<Self> {
        let aws_lc = LessSafeKey::new(UnboundKey::new(&aead::CHACHA20_POLY1305, key).ok()?);
        let key = if has_avx512() { Some(Secret::new(key)?) } else { None };
        Some(Self { aws_lc, libcrypto: None, key })
    }

    fn for_length(&mut self, length: usize) -> For<'_> {
        if length >= LONG
            && let Some(key) = self.key.take()
        {
            // If libcrypto's providers lack it, AWS-LC does it all.
            self.libcrypto = AeadContext::streaming(&cipher::CHACHA20_POLY1305, key.as_ref());
        }
        match &mut self.libcrypto {
            Some(context) if length >= LONG => For::Libcrypto(context),
            _ => For::AwsLc(&self.aws_lc),
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_avx512() -> bool {
    false
}

/// One answer to everything that fails to open (RFC 8446 §5.2).
fn bad_record_mac() -> Error {
    Error::fatal(AlertDescription::BAD_RECORD_MAC, Reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    const ALL: [AeadAlgorithm; 9] = [
        AeadAlgorithm::Aes128Gcm,
        AeadAlgorithm::Aes256Gcm,
        AeadAlgorithm::ChaCha20Poly1305,
        AeadAlgorithm::Aes128Ccm,
        AeadAlgorithm::Aes256Ccm,
        AeadAlgorithm::Aes128Ccm8,
        AeadAlgorithm::Aes256Ccm8,
        AeadAlgorithm::Aria128Gcm,
        AeadAlgorithm::Aria256Gcm,
    ];

    const KNOWN: &[(AeadAlgorithm, &str)] = &[
        (
            AeadAlgorithm::Aes128Ccm,
            "3314f164d885c2b6791ac3eb0ee78b8f7c470b2144a815519c163b2fb776b62396aceb27",
        ),
        (
            AeadAlgorithm::Aes256Ccm,
            "8ad4ba153a2acf90a4c0bb28013d524b2d6504663636c45e5a9df7a604b44c3477af750c",
        ),
        (AeadAlgorithm::Aes128Ccm8, "3314f164d885c2b6791ac3eb0ee78b8f7c470b21165a2c3a7b287a26"),
        (AeadAlgorithm::Aes256Ccm8, "8ad4ba153a2acf90a4c0bb28013d524b2d65046639d61321a0ff07c1"),
        (
            AeadAlgorithm::Aria128Gcm,
            "dbd490ece48bab6cb757cd3a2c49304b66b19e9064403765cebe5bd42b500f49ef5f0e89",
        ),
        (
            AeadAlgorithm::Aria256Gcm,
            "990a0bd2fd15626d6e559e03552d5e3578b218bbaeb22a197a321d106c94c1f1dfd04bab",
        ),
    ];

    fn key(algorithm: AeadAlgorithm) -> AeadKey {
        AeadKey::new(algorithm, &[7; 32][..algorithm.key_length()]).unwrap()
    }

    fn sealed(key: &mut AeadKey, plaintext: &[u8], extra: &[u8]) -> Vec<u8> {
        let mut out = vec![0; plaintext.len() + extra.len() + key.tag_length()];
        key.seal([1; 12], b"header", plaintext, extra, &mut out).unwrap();
        out
    }

    /// The example of RFC 8439 §2.8.2.
    #[test]
    fn chacha20_poly1305_gives_the_bytes_of_rfc_8439() {
        let secret: Vec<u8> = (0x80..0xa0).collect();
        let mut key = AeadKey::new(AeadAlgorithm::ChaCha20Poly1305, &secret).unwrap();
        let nonce = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47];
        let associated = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
            the future, sunscreen would be it.";
        let mut out = vec![0; plaintext.len() + MAX_TAG_LENGTH];
        key.seal(nonce, &associated, plaintext, &[], &mut out).unwrap();
        assert_eq!(out[..4], [0xd3, 0x1a, 0x8d, 0x34]);
        let expected =
            [0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a, 0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91];
        assert_eq!(out[plaintext.len()..], expected);
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
            let mut key = AeadKey::new(algorithm, &whole[..algorithm.key_length()]).unwrap();
            let mut out = [0; 60 + MAX_TAG_LENGTH];
            key.seal(nonce, &associated, &plaintext[..60], &[], &mut out).unwrap();
            assert_eq!(out[..4], first.to_be_bytes(), "{algorithm:?}");
            assert_eq!(out[60..], tag.to_be_bytes(), "{algorithm:?}");
        }
    }

    #[test]
    fn sealed_opens_in_place_and_elsewhere() {
        for algorithm in ALL {
            let mut key = key(algorithm);
            for length in [0, 1, 15, 16, 17, 1000, 16_384] {
                let plaintext: Vec<u8> = (0..length).map(|index| index as u8).collect();
                let whole = [&plaintext[..], &[23, 0, 0]].concat();
                let mut record = sealed(&mut key, &plaintext, &[23, 0, 0]);
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
            let mut key = key(algorithm);
            let record = sealed(&mut key, b"attack at dawn", &[23]);
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
            let short = key.tag_length() - 1;
            assert_eq!(key.open_in_place([1; 12], b"header", &mut vec![0; short]), Err(bad_record_mac()));
        }
    }

    #[test]
    fn last_byte_opens_into_its_own_place() {
        for algorithm in ALL {
            let mut key = key(algorithm);
            let plaintext: Vec<u8> = (0..LONG).map(|index| index as u8).collect();
            let record = sealed(&mut key, &plaintext, &[23]);
            let (ciphertext, tag) = record.split_at(LONG + 1);
            let mut out = vec![9; LONG];
            let opened = key.open_apart([1; 12], b"header", ciphertext, tag, &mut out);
            let gcm = [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm].contains(&algorithm);
            if gcm || (algorithm == AeadAlgorithm::ChaCha20Poly1305 && has_avx512()) {
                assert_eq!(opened, Some(Ok(23)), "{algorithm:?}");
                assert_eq!(out, plaintext);
            } else {
                assert_eq!((opened, out), (None, vec![9; LONG]), "{algorithm:?}");
                continue;
            }
            for index in [0, 1, LONG - 1, LONG, LONG + 1, record.len() - 1] {
                let mut tampered = record.clone();
                tampered[index] ^= 1;
                let (ciphertext, tag) = tampered.split_at(LONG + 1);
                let mut out = vec![9; LONG];
                let opened = key.open_apart([1; 12], b"header", ciphertext, tag, &mut out);
                assert_eq!((opened, out), (Some(Err(bad_record_mac())), vec![0; LONG]));
            }
            let mut out = vec![9; LONG];
            let other = key.open_apart([2; 12], b"header", ciphertext, tag, &mut out);
            assert_eq!(other, Some(Err(bad_record_mac())));
            assert_eq!(key.open_apart([1; 12], b"header", ciphertext, tag, &mut out[1..]), None);
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
        for algorithm in ALL {
            let mut key = key(algorithm);
            let length = 2 + key.tag_length();
            for wrong in [0, 1, length - 1, length + 1] {
                assert_eq!(key.seal([0; 12], b"", b"ab", &[], &mut vec![0; wrong]), Err(Error::internal()));
            }
            assert_eq!(key.seal([0; 12], b"", b"a", &[1], &mut vec![0; length]), Ok(()));
        }
    }

    #[test]
    fn nothing_is_authenticated_too() {
        for algorithm in ALL {
            let mut key = key(algorithm);
            let mut record = sealed(&mut key, b"", b"");
            assert_eq!(key.open_in_place([1; 12], b"header", &mut record.clone()), Ok(0), "{algorithm:?}");
            let (_, tag) = record.split_at(0);
            assert_eq!(key.open_into([1; 12], b"header", &[], tag, &mut []), Ok(()));
            record[0] ^= 1;
            assert_eq!(key.open_in_place([1; 12], b"header", &mut record), Err(bad_record_mac()));
        }
    }

    /// Made with OpenSSL: key, nonce, associated data and plaintext are 0, 1, 2 and so on.
    #[test]
    fn ciphers_of_libcrypto_give_the_bytes_of_openssl() {
        for (algorithm, expected) in KNOWN {
            let secret: Vec<u8> = (0..32).collect();
            let mut key = AeadKey::new(*algorithm, &secret[..algorithm.key_length()]).unwrap();
            let nonce = core::array::from_fn(|index| index as u8);
            let plaintext: Vec<u8> = (0..20).collect();
            let mut out = vec![0; 20 + key.tag_length()];
            key.seal(nonce, &[0, 1, 2, 3, 4], &plaintext[..19], &plaintext[19..], &mut out).unwrap();
            assert_eq!(out, hex(expected), "{algorithm:?}");
        }
    }
}
