//! HMAC (RFC 2104). Used by HKDF, the PRF of TLS 1.2, and the Finished messages.

use aws_lc_rs::hmac;

use zeroize::{Zeroize, Zeroizing};

use super::hash::{Digest, HashAlgorithm, MAX_DIGEST_LENGTH, RunningHash};

/// The length of the blocks that MD5 and SHA-1 work on (RFC 2104 §2, `B`).
const BLOCK_LENGTH: usize = 64;

/// The HMAC of the concatenated `parts` under `key`.
#[must_use]
pub fn hmac(hash: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
    HmacKey::new(hash, key).sign(parts.iter().copied())
}

/// A key that signs more than once: the work on the key is done once.
#[expect(clippy::large_enum_variant, reason = "a key lives on the stack, and not for long")]
pub enum HmacKey {
    /// In aws-lc-rs.
    AwsLc(hmac::Key),
    /// Both hashes of RFC 2104 §2, each fed with its padded key, for the hash functions that aws-lc-rs lacks.
    Padded {
        /// `H(K XOR ipad, …`.
        inner: RunningHash,
        /// `H(K XOR opad, …`.
        outer: RunningHash,
    },
}

impl HmacKey {
    /// From a key of any length.
    #[must_use]
    pub fn new(hash: HashAlgorithm, key: &[u8]) -> Self {
        let algorithm = match hash {
            HashAlgorithm::Md5 | HashAlgorithm::Md5Sha1 => return Self::padded(hash, key),
            HashAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha224 => hmac::HMAC_SHA224,
            HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            HashAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        Self::AwsLc(hmac::Key::new(algorithm, key))
    }

    fn padded(hash: HashAlgorithm, key: &[u8]) -> Self {
        let mut shortened = Digest::new(&[]);
        let key = if key.len() > BLOCK_LENGTH {
            shortened = hash.digest(key);
            shortened.as_ref()
        } else {
            key
        };
        let start = |padding: u8| {
            let mut block = [padding; BLOCK_LENGTH];
            block.iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
            let mut running = hash.start();
            running.update(&block);
            block.zeroize();
            running
        };
        let padded = Self::Padded { inner: start(0x36), outer: start(0x5c) };
        shortened.zeroize();
        padded
    }

    /// The HMAC of the concatenated `parts`.
    #[must_use]
    pub fn sign<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        match self {
            Self::AwsLc(key) => {
                let mut context = hmac::Context::with_key(key);
                for part in parts {
                    context.update(part);
                }
                Digest::new(context.sign().as_ref())
            }
            Self::Padded { inner, outer } => {
                let (mut inner, mut outer) = (inner.clone(), outer.clone());
                for part in parts {
                    inner.update(part);
                }
                outer.update(inner.current().as_ref());
                outer.current()
            }
        }
    }

    /// The HMAC of `data` that becomes a key: no copy of it stays behind.
    #[must_use]
    pub fn sign_secret(&self, data: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut tag = Zeroizing::new(vec![0; MAX_DIGEST_LENGTH]);
        // In place: a tag of aws-lc-rs cannot be wiped.
        if let Self::AwsLc(key) = self
            && let Ok(length) = hmac::sign_to_buffer(key, data, &mut tag).map(|written| written.len())
        {
            tag.truncate(length);
            return tag;
        }
        let mut digest = self.sign([data]);
        tag.clear();
        tag.extend_from_slice(digest.as_ref());
        digest.zeroize();
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    /// RFC 4231 §4.3.
    #[test]
    fn secret_of_a_key_is_its_hmac() {
        for hash in [HashAlgorithm::Md5, HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
            let key = HmacKey::new(hash, b"key");
            assert_eq!(&key.sign_secret(b"data")[..], key.sign([&b"data"[..]]).as_ref());
        }
    }

    #[test]
    fn tags_are_those_of_rfc4231() {
        let key = b"Jefe";
        let data: [&[u8]; 3] = [b"what do ya want ", b"", b"for nothing?"];
        for (hash, expected) in [
            (HashAlgorithm::Sha224, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
            (HashAlgorithm::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                HashAlgorithm::Sha384,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                HashAlgorithm::Sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                 9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            assert_eq!(hmac(hash, key, &data).as_ref(), hex(expected));
        }
    }

    /// RFC 2202 §3, test case 2.
    #[test]
    fn sha1_tag_is_that_of_rfc2202() {
        assert_eq!(
            hmac(HashAlgorithm::Sha1, b"Jefe", &[b"what do ya want for nothing?"]).as_ref(),
            hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        );
    }

    /// RFC 2202 §2, test cases 1, 2 and 6.
    #[test]
    fn md5_tags_are_those_of_rfc2202() {
        for (key, data, expected) in [
            (&[0x0b; 16][..], &b"Hi There"[..], "9294727a3638bb1c13f48ef8158bfc9d"),
            (b"Jefe", b"what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
            ),
        ] {
            assert_eq!(hmac(HashAlgorithm::Md5, key, &[data]).as_ref(), hex(expected));
        }
    }

    #[test]
    fn key_signs_twice_alike() {
        let key = HmacKey::new(HashAlgorithm::Sha256, &[7; 200]);
        let parts: [&[u8]; 2] = [b"a", b"b"];
        assert_eq!(key.sign(parts).as_ref(), key.sign([&b"ab"[..]]).as_ref());
    }
}
