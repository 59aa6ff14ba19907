//! Hash functions: one-shot and running (RFC 8446 §4.4.1 needs a running hash that can be forked).
//! Used by the transcript of both handshakes and by everything in `crypto` that is built on a hash.

use zeroize::Zeroize;

use crate::libcrypto::{
    digest::{MD5, MD5_SHA1, RunningDigest},
    sha::{Sha, wipe},
};

/// The hash functions that TLS names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// MD5, in the PRF of TLS 1.0 and 1.1 and in MACs of old suites only; by libcrypto.
    Md5,
    /// MD5 and then SHA-1 of the same bytes: the transcript of TLS 1.0 and 1.1, and what their RSA signatures are over
    /// (RFC 4346 §7.4.3, §7.4.9); by libcrypto. As the hash of a PRF it stands for that of RFC 4346 §5.
    Md5Sha1,
    /// SHA-1, in signatures of old peers only.
    Sha1,
    /// SHA-224, in signatures of old peers only.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, in signatures only.
    Sha512,
}

/// The longest output, in bytes.
pub const MAX_DIGEST_LENGTH: usize = 64;
/// The longest block, in bytes.
pub const MAX_BLOCK_LENGTH: usize = 128;

impl HashAlgorithm {
    /// The output length in bytes.
    #[must_use]
    pub const fn output_length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Md5Sha1 => 36,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The length of the blocks that it works on in bytes (RFC 2104 §2, `B`).
    #[must_use]
    pub const fn block_length(self) -> usize {
        match self {
            Self::Sha384 | Self::Sha512 => MAX_BLOCK_LENGTH,
            _ => 64,
        }
    }

    /// libcrypto's NID.
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Md5 => 4,
            Self::Md5Sha1 => 114,
            Self::Sha1 => 64,
            Self::Sha224 => 675,
            Self::Sha256 => 672,
            Self::Sha384 => 673,
            Self::Sha512 => 674,
        }
    }

    /// The hash of `data`.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Digest {
        let mut running = self.start();
        running.update(data);
        running.into_digest()
    }

    /// A running hash.
    #[must_use]
    pub fn start(self) -> RunningHash {
        RunningHash::AwsLc(match self {
            Self::Md5 => return RunningHash::Libcrypto(RunningDigest::start(&MD5)),
            Self::Md5Sha1 => return RunningHash::Libcrypto(RunningDigest::start(&MD5_SHA1)),
            Self::Sha1 => Sha::sha1(),
            Self::Sha224 => Sha::sha224(),
            Self::Sha256 => Sha::sha256(),
            Self::Sha384 => Sha::sha384(),
            Self::Sha512 => Sha::sha512(),
        })
    }

    /// Whether it is there: MD5 may not be (in FIPS mode).
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Md5 => MD5.is_available(),
            Self::Md5Sha1 => MD5_SHA1.is_available(),
            _ => true,
        }
    }
}

/// A running hash; a clone forks it.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "it is copied often, and not kept for long")]
pub enum RunningHash {
    /// In AWS-LC.
    AwsLc(Sha),
    /// In libcrypto.
    Libcrypto(RunningDigest),
}

impl RunningHash {
    /// Adds `data`.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Self::AwsLc(running) => running.update(data),
            Self::Libcrypto(running) => running.update(data),
        }
    }

    /// The hash of all that was added so far; the running hash goes on.
    #[must_use]
    pub fn current(&self) -> Digest {
        self.clone().into_digest()
    }

    /// The hash of all that was added.
    fn into_digest(self) -> Digest {
        let mut digest = Digest::EMPTY;
        self.finish_into(&mut digest);
        digest
    }

    /// As [`Self::into_digest`], where the hash is to be: a value that is moved leaves its old bytes where it was.
    pub(super) fn finish_into(self, digest: &mut Digest) {
        digest.length = self.finish(&mut digest.bytes) as u8;
    }

    /// Ends, and writes the hash into the beginning of `out`; returns its length.
    pub(super) fn finish(self, out: &mut [u8; MAX_DIGEST_LENGTH]) -> usize {
        match self {
            Self::AwsLc(running) => running.finish(out),
            Self::Libcrypto(running) => running.finish(out).min(MAX_DIGEST_LENGTH),
        }
    }
}

/// A hash value (or a MAC tag). Not secret as such: whoever uses a MAC to derive a secret wipes it. Compare
/// tags with `subtle`.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; MAX_DIGEST_LENGTH],
    length: u8,
}

impl Digest {
    /// None yet.
    pub(super) const EMPTY: Self = Self { bytes: [0; MAX_DIGEST_LENGTH], length: 0 };
}

impl Zeroize for Digest {
    fn zeroize(&mut self) {
        wipe(&mut self.bytes);
        self.length = 0;
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    const ALL: [HashAlgorithm; 7] = [
        HashAlgorithm::Md5,
        HashAlgorithm::Md5Sha1,
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha224,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ];

    #[test]
    fn digest_of_abc_is_that_of_fips_180() {
        let expected = [
            // RFC 1321 §A.5.
            "900150983cd24fb0d6963f7d28e17f72",
            "900150983cd24fb0d6963f7d28e17f72a9993e364706816aba3e25717850c26c9cd0d89d",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ];
        for (hash, expected) in ALL.into_iter().zip(expected) {
            assert_eq!(hash.digest(b"abc").as_ref(), hex(expected));
        }
    }

    #[test]
    fn digest_is_as_long_as_the_algorithm_says() {
        for hash in ALL {
            assert_eq!(hash.digest(b"").as_ref().len(), hash.output_length());
        }
    }

    #[test]
    fn running_hash_goes_on_after_current() {
        let mut running = HashAlgorithm::Sha256.start();
        running.update(b"a");
        assert_eq!(running.current().as_ref(), HashAlgorithm::Sha256.digest(b"a").as_ref());
        running.update(b"bc");
        assert_eq!(running.current().as_ref(), HashAlgorithm::Sha256.digest(b"abc").as_ref());
    }

    #[test]
    fn fork_of_running_hash_is_independent() {
        for hash in ALL {
            let mut running = hash.start();
            running.update(b"ab");
            let mut fork = running.clone();
            fork.update(b"c");
            running.update(b"d");
            assert_eq!(fork.current().as_ref(), hash.digest(b"abc").as_ref());
            assert_eq!(running.current().as_ref(), hash.digest(b"abd").as_ref());
        }
    }
}
