//! HMAC (RFC 2104). Used by HKDF, the PRF of TLS 1.2, and the Finished messages.

use zeroize::{Zeroize, Zeroizing};

use super::hash::{Digest, HashAlgorithm, MAX_BLOCK_LENGTH, RunningHash};
use crate::libcrypto::sha::wipe;

/// The HMAC of the concatenated `parts` under `key`.
#[must_use]
pub fn hmac(hash: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
    HmacKey::new(hash, key).sign(parts.iter().copied())
}

/// A key that signs more than once: the work on the key is done once. Both hashes of RFC 2104 §2, each fed with its padded key.
pub struct HmacKey {
    /// `H(K XOR ipad, …`.
    inner: RunningHash,
    /// `H(K XOR opad, …`.
    outer: RunningHash,
}

impl HmacKey {
    /// From a key of any length.
    #[must_use]
    pub fn new(hash: HashAlgorithm, key: &[u8]) -> Self {
        let mut keyed = Self::begun(hash);
        keyed.take(hash, key);
        keyed
    }

    /// The same in memory of its own, where it comes about: a value that is moved leaves its old bytes where it was.
    #[must_use]
    pub fn boxed(hash: HashAlgorithm, key: &[u8]) -> Box<Self> {
        let mut keyed = Box::new(Self::begun(hash));
        keyed.take(hash, key);
        keyed
    }

    /// Without a key.
    fn begun(hash: HashAlgorithm) -> Self {
        Self { inner: hash.start(), outer: hash.start() }
    }

    /// Keys what [`Self::begun`] made with this hash.
    fn take(&mut self, hash: HashAlgorithm, key: &[u8]) {
        let mut memory = [0; MAX_BLOCK_LENGTH];
        let (block, _) = memory.split_at_mut(hash.block_length());
        if let Some(start) = block.get_mut(..key.len()) {
            start.copy_from_slice(key);
        } else {
            let mut shortened = hash.digest(key);
            block.iter_mut().zip(shortened.as_ref()).for_each(|(to, from)| *to = *from);
            shortened.zeroize();
        }
        // The second padding takes away the first.
        for (running, padding) in [(&mut self.inner, 0x36), (&mut self.outer, 0x36 ^ 0x5c)] {
            block.iter_mut().for_each(|byte| *byte ^= padding);
            running.update(block);
        }
        wipe(block);
    }

    /// The HMAC of the concatenated `parts`.
    #[must_use]
    pub fn sign<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut tag = Digest::EMPTY;
        self.sign_into(parts, &mut tag);
        tag
    }

    /// As [`Self::sign`], of what becomes a key: whoever has `tag` wipes it, and it is nowhere else.
    pub(super) fn sign_into<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>, tag: &mut Digest) {
        let mut inner = self.inner.clone();
        for part in parts {
            inner.update(part);
        }
        inner.finish_into(tag);
        let mut outer = self.outer.clone();
        outer.update(tag.as_ref());
        outer.finish_into(tag);
    }

    /// The HMAC of `data` that becomes a key: the only copy of it on the heap is wiped when it is dropped.
    #[must_use]
    pub fn sign_secret(&self, data: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut digest = Digest::EMPTY;
        self.sign_into([data], &mut digest);
        let secret = Zeroizing::new(digest.as_ref().to_vec());
        digest.zeroize();
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    #[test]
    fn secret_of_a_key_is_its_hmac() {
        for hash in [HashAlgorithm::Md5, HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
            let key = HmacKey::new(hash, b"key");
            assert_eq!(&key.sign_secret(b"data")[..], key.sign([&b"data"[..]]).as_ref());
        }
    }

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

    /// RFC 4231 §4.7: a key that is longer than a block.
    #[test]
    fn tags_of_a_long_key_are_those_of_rfc4231() {
        let data: [&[u8]; 1] = [b"Test Using Larger Than Block-Size Key - Hash Key First"];
        for (hash, expected) in [
            (HashAlgorithm::Sha224, "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e"),
            (HashAlgorithm::Sha256, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            (
                HashAlgorithm::Sha384,
                "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
            ),
            (
                HashAlgorithm::Sha512,
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                 6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ),
        ] {
            assert_eq!(hmac(hash, &[0xaa; 131], &data).as_ref(), hex(expected));
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
