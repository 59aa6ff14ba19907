//! Hash functions: one-shot and running (RFC 8446 §4.4.1 needs a running hash that can be forked).

/// The hash functions that TLS names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
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

impl HashAlgorithm {
    /// The output length in bytes.
    #[must_use]
    pub const fn output_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// libcrypto's NID.
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
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
        todo!()
    }

    /// A running hash.
    #[must_use]
    pub fn start(self) -> RunningHash {
        todo!()
    }
}

/// A running hash; a clone forks it.
#[derive(Clone)]
pub struct RunningHash {}

impl RunningHash {
    /// Adds `data`.
    pub fn update(&mut self, data: &[u8]) {
        todo!()
    }

    /// The hash of all that was added so far; the running hash goes on.
    #[must_use]
    pub fn current(&self) -> Digest {
        todo!()
    }
}

/// A hash value (or a MAC tag). Not secret; compare tags with `subtle`.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; MAX_DIGEST_LENGTH],
    length: u8,
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        todo!()
    }
}
