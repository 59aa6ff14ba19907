//! The PRF of TLS 1.2 (RFC 5246 §5).

use super::hash::HashAlgorithm;

/// Fills `out` with `PRF(secret, label, seed)`; the seed is the concatenated `seeds`.
pub fn prf(hash: HashAlgorithm, secret: &[u8], label: &[u8], seeds: &[&[u8]], out: &mut [u8]) {
    todo!()
}
