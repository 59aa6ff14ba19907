//! Secret bytes: wiped when dropped, compared in constant time, never printed.

/// A secret of at most 64 bytes: anything as long as a hash output, and TLS 1.2's master secret.
#[derive(Clone)]
pub struct Secret {}

impl Secret {
    /// A copy of `bytes`; longer than 64 bytes is a bug of the caller and gives `None`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        todo!()
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        todo!()
    }
}

/// The output of a key exchange, of any length.
pub type SharedSecret = zeroize::Zeroizing<Vec<u8>>;
