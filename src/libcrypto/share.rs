//! A share of a key exchange (RFC 8446 §4.2.8.2) as a libcrypto key: what `SSL_get_peer_tmp_key(3)` gives.

use super::{error_queue, evp_pkey::PKey, sys};
use crate::wire::NamedGroup;

/// 1.2.840.10045.2.1 (RFC 5480 §2.1.1).
const EC_PUBLIC_KEY: &[u8] = &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// 1.2.840.10045.3.1.7.
const PRIME256V1: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// 1.3.132.0.34.
const SECP384R1: &[u8] = &[0x06, 5, 0x2b, 0x81, 4, 0, 34];
/// 1.3.132.0.35.
const SECP521R1: &[u8] = &[0x06, 5, 0x2b, 0x81, 4, 0, 35];
/// 1.3.101.110 (RFC 8410 §3).
const X25519: &[u8] = &[0x06, 3, 0x2b, 101, 110];
/// 1.3.101.111.
const X448: &[u8] = &[0x06, 3, 0x2b, 101, 111];

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// The key that the share holds; `None` for a group that libcrypto does not know, or a share that is none of it. The
/// queue is left as it was.
#[must_use]
pub fn to_key(group: NamedGroup, share: &[u8]) -> Option<PKey> {
    let algorithm = match group {
        NamedGroup::SECP256R1 => [EC_PUBLIC_KEY, PRIME256V1].concat(),
        NamedGroup::SECP384R1 => [EC_PUBLIC_KEY, SECP384R1].concat(),
        NamedGroup::SECP521R1 => [EC_PUBLIC_KEY, SECP521R1].concat(),
        NamedGroup::X25519 => X25519.to_vec(),
        NamedGroup::X448 => X448.to_vec(),
        _ => return None,
    };
    // SubjectPublicKeyInfo (RFC 5280 §4.1): no bit of the last byte is unused.
    let key = element(BIT_STRING, &[&[0], share].concat())?;
    let info = element(SEQUENCE, &[element(SEQUENCE, &algorithm)?, key].concat())?;
    let mut input = info.as_ptr();
    let length = info.len().try_into().ok()?;
    let mark = error_queue::set_mark();
    // SAFETY: `input` points to `length` bytes, and the result is ours.
    let key = unsafe { PKey::from_owned(sys::d2i_PUBKEY(core::ptr::null_mut(), &raw mut input, length)) };
    mark.pop();
    key
}

/// A DER element whose length fits one byte: shares of these groups are not longer.
fn element(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(content.len()).ok()?;
    let header: &[u8] = if length < 0x80 { &[tag, length] } else { &[tag, 0x81, length] };
    Some([header, content].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_x25519_becomes_a_key() {
        assert_eq!(to_key(NamedGroup::X25519, &[9; 32]).unwrap().bits(), 253);
    }

    #[test]
    fn share_of_the_wrong_length_is_none() {
        assert!(to_key(NamedGroup::X25519, &[9; 31]).is_none());
        assert!(to_key(NamedGroup::SECP521R1, &[4; 133]).is_none());
        assert!(to_key(NamedGroup::SECP256R1, &[]).is_none());
    }

    #[test]
    fn share_of_a_group_that_libcrypto_lacks_is_none() {
        assert!(to_key(NamedGroup::X25519MLKEM768, &[9; 1120]).is_none());
    }
}
