//! HMAC (RFC 2104).

use super::hash::{Digest, HashAlgorithm};

/// The HMAC of the concatenated `parts` under `key`.
#[must_use]
pub fn hmac(hash: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
    todo!()
}
