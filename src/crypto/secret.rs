//! Secret bytes: wiped when dropped, compared in constant time, never printed. Used by the key schedule,
//! and by everything that keeps a secret of a session.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most bytes that a [`Secret`] holds.
pub const MAX_SECRET_LENGTH: usize = 64;

/// A secret of at most 64 bytes: anything as long as a hash output, and TLS 1.2's master secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret {
    bytes: [u8; MAX_SECRET_LENGTH],
    length: u8,
}

impl Secret {
    /// A copy of `bytes`; longer than 64 bytes is a bug of the caller and gives `None`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_SECRET_LENGTH)
            .then(|| Self::filled(bytes.len(), |out| out.copy_from_slice(bytes)))
    }

    /// A secret of `length` bytes, at most 64, which `fill` writes.
    pub(crate) fn filled(length: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        debug_assert!(length <= MAX_SECRET_LENGTH);
        let length = length.min(MAX_SECRET_LENGTH);
        let mut secret = Self { bytes: [0; MAX_SECRET_LENGTH], length: length as u8 };
        fill(secret.bytes.split_at_mut(length).0);
        secret
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.bytes.split_at(usize::from(self.length)).0
    }
}

impl PartialEq for Secret {
    /// In constant time for secrets of one length; the length is not secret.
    fn eq(&self, other: &Self) -> bool {
        self.as_ref().ct_eq(other.as_ref()).into()
    }
}

impl Eq for Secret {}

impl core::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// The output of a key exchange, of any length.
pub type SharedSecret = zeroize::Zeroizing<Vec<u8>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_longer_than_64_bytes_is_none() {
        assert_eq!(Secret::new(&[1; 64]).unwrap().as_ref(), [1; 64]);
        assert!(Secret::new(&[1; 65]).is_none());
        assert_eq!(Secret::new(&[]).unwrap().as_ref(), []);
    }

    #[test]
    fn secrets_are_equal_when_bytes_and_length_are() {
        assert_eq!(Secret::new(b"abc"), Secret::new(b"abc"));
        assert_ne!(Secret::new(b"abc"), Secret::new(b"abd"));
        assert_ne!(Secret::new(b"ab"), Secret::new(b"ab\0"));
    }

    #[test]
    fn debug_shows_no_bytes() {
        assert_eq!(format!("{:?}", Secret::new(b"abc").unwrap()), "Secret");
    }

    #[test]
    fn zeroized_secret_has_no_bytes() {
        let mut secret = Secret::new(b"abc").unwrap();
        secret.zeroize();
        assert_eq!(secret.bytes, [0; MAX_SECRET_LENGTH]);
    }
}
