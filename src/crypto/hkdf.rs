//! HKDF (RFC 5869) and the labelled expansion of TLS 1.3 (RFC 8446 §7.1).

use super::{hash::HashAlgorithm, secret::Secret};

/// `HKDF-Extract(salt, ikm)`.
#[must_use]
pub fn extract(hash: HashAlgorithm, salt: &[u8], input_key_material: &[u8]) -> Secret {
    todo!()
}

/// `HKDF-Expand-Label(secret, label, context, out.len())`, with the prefix "tls13 " added here.
pub fn expand_label(hash: HashAlgorithm, secret: &[u8], label: &[u8], context: &[u8], out: &mut [u8]) {
    todo!()
}

/// `HKDF-Expand-Label` to a secret as long as the hash's output.
#[must_use]
pub fn expand_label_secret(hash: HashAlgorithm, secret: &[u8], label: &[u8], context: &[u8]) -> Secret {
    todo!()
}
