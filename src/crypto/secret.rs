//! Secret bytes: wiped when dropped, compared in constant time, never printed. Used by the key schedule,
//! and by everything that keeps a secret of a session.

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// The most bytes that a [`Secret`] holds: the longest pre-shared key (`PSK_MAX_PSK_LEN`).
pub const MAX_SECRET_LENGTH: usize = 512;

/// A secret of at most 512 bytes. They have memory of their own: a value that is moved leaves its old bytes where it was, where
/// nobody wipes them.
#[derive(Clone)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// A copy of `bytes`; `None` for more than 512 of them.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_SECRET_LENGTH).then(|| Self(bytes.into()))
    }

    /// A secret of `length` bytes, which `fill` writes.
    pub(crate) fn filled(length: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        debug_assert!(length <= MAX_SECRET_LENGTH);
        // Memory that is asked for zeroed costs malloc more than a copy of few bytes.
        const ZEROS: [u8; MAX_SECRET_LENGTH] = [0; MAX_SECRET_LENGTH];
        let mut bytes: Box<[u8]> = ZEROS.split_at(length.min(MAX_SECRET_LENGTH)).0.into();
        fill(&mut bytes);
        Self(bytes)
    }
}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        self.0.zeroize();
        self.0 = Box::default();
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        &self.0
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
        assert!(secret.as_ref().is_empty());
        let mut secret = Secret::new(&[1; 65]).unwrap();
        secret.zeroize();
        assert!(secret.as_ref().is_empty());
    }
}
