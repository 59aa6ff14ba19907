//! HMAC (RFC 2104). Used by HKDF, the PRF of TLS 1.2, and the Finished messages.

use aws_lc_rs::hmac;

use super::hash::{Digest, HashAlgorithm};

/// The HMAC of the concatenated `parts` under `key`.
#[must_use]
pub fn hmac(hash: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
    HmacKey::new(hash, key).sign(parts.iter().copied())
}

/// A key that signs more than once: the work on the key is done once.
pub struct HmacKey {
    key: hmac::Key,
}

impl HmacKey {
    /// From a key of any length.
    #[must_use]
    pub fn new(hash: HashAlgorithm, key: &[u8]) -> Self {
        let algorithm = match hash {
            HashAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha224 => hmac::HMAC_SHA224,
            HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            HashAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        Self { key: hmac::Key::new(algorithm, key) }
    }

    /// The HMAC of the concatenated `parts`.
    #[must_use]
    pub fn sign<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(part);
        }
        Digest::new(context.sign().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    /// RFC 4231 §4.3.
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

    #[test]
    fn key_signs_twice_alike() {
        let key = HmacKey::new(HashAlgorithm::Sha256, &[7; 200]);
        let parts: [&[u8]; 2] = [b"a", b"b"];
        assert_eq!(key.sign(parts).as_ref(), key.sign([&b"ab"[..]]).as_ref());
    }
}
