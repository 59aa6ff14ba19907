//! The premaster secret of suites with a pre-shared key (RFC 4279 §2). Used by both sides of TLS 1.2.

use crate::crypto::secret::SharedSecret;

/// `other` is what was exchanged besides; without that it is as many zeros as the PSK has bytes.
pub fn join(psk: &[u8], other: Option<&[u8]>) -> SharedSecret {
    let other_length = other.map_or(psk.len(), <[u8]>::len);
    // Room for all of it: no copy is left behind in memory that was outgrown.
    let room = psk.len().saturating_add(other_length).saturating_add(4);
    let mut premaster = SharedSecret::new(Vec::with_capacity(room));
    premaster.extend_from_slice(&prefix(other_length));
    match other {
        Some(other) => premaster.extend_from_slice(other),
        None => premaster.extend(core::iter::repeat_n(0, other_length)),
    }
    premaster.extend_from_slice(&prefix(psk.len()));
    premaster.extend_from_slice(psk);
    premaster
}

/// Both are bounded far below this: a PSK by 512 bytes, a shared secret by its group.
fn prefix(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn psk_alone_goes_with_as_many_zeros() {
        assert_eq!(*join(b"abc", None), [0, 3, 0, 0, 0, 0, 3, b'a', b'b', b'c']);
    }

    #[test]
    fn other_secret_stands_first() {
        assert_eq!(*join(b"abc", Some(&[9, 8])), [0, 2, 9, 8, 0, 3, b'a', b'b', b'c']);
    }
}
