//! Security levels (`SSL_CTX_set_security_level(3)`).

use super::Settings;
use crate::crypto::signature::KeyType;

/// The least strength in bits that a level accepts.
#[must_use]
pub const fn minimum_bits(level: u8) -> u16 {
    match level {
        0 => 0,
        1 => 80,
        2 => 112,
        3 => 128,
        4 => 192,
        _ => 256,
    }
}

impl Settings {
    /// Whether a key of this kind and size is strong enough for our level.
    #[must_use]
    pub fn allows_key(&self, key_type: KeyType, bits: u32) -> bool {
        todo!()
    }
}
