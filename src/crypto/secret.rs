//! Secret bytes: wiped when dropped, compared in constant time, never printed. Used by the key schedule,
//! and by everything that keeps a secret of a session.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most bytes that a [`Secret`] holds: the longest pre-shared key (`PSK_MAX_PSK_LEN`).
pub const MAX_SECRET_LENGTH: usize = 512;
/// What is kept without memory of its own: anything as long as a hash output, and TLS 1.2's master secret.
const SHORT_LENGTH: usize = 64;

/// A secret of at most 512 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Bytes);

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
enum Bytes {
    Short([u8; SHORT_LENGTH], u8),
    Long(Vec<u8>),
}

impl Secret {
    /// A copy of `bytes`; `None` for more than 512 of them.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            0..=SHORT_LENGTH => Some(Self::filled(bytes.len(), |out| out.copy_from_slice(bytes))),
            length if length <= MAX_SECRET_LENGTH => Some(Self(Bytes::Long(bytes.to_vec()))),
            _ => None,
        }
    }

    /// A secret of `length` bytes, at most 64, which `fill` writes.
    pub(crate) fn filled(length: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        debug_assert!(length <= SHORT_LENGTH);
        let length = length.min(SHORT_LENGTH);
        let mut bytes = [0; SHORT_LENGTH];
        fill(bytes.split_at_mut(length).0);
        let secret = Self(Bytes::Short(bytes, length as u8));
        bytes.zeroize();
        secret
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short(bytes, length) => bytes.split_at(usize::from(*length)).0,
            Bytes::Long(bytes) => bytes,
        }
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
    fn secret_longer_than_512_bytes_is_none() {
        for length in [64, 65, 512] {
            assert_eq!(Secret::new(&vec![1; length]).unwrap().as_ref(), vec![1; length]);
        }
        assert!(Secret::new(&[1; 513]).is_none());
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
        assert!(matches!(secret.0, Bytes::Short(bytes, 0) if bytes == [0; SHORT_LENGTH]));
        let mut secret = Secret::new(&[1; 65]).unwrap();
        secret.zeroize();
        assert!(secret.as_ref().is_empty());
    }
}
