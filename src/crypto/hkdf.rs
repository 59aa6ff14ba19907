//! HKDF (RFC 5869) and the labelled expansion of TLS 1.3 (RFC 8446 §7.1). Used by `key_schedule::tls13`.
//!
//! Nothing is allocated: a connection expands some twenty labels.

use zeroize::Zeroize;

use super::{
    hash::{Digest, HashAlgorithm},
    hmac::HmacKey,
    secret::Secret,
};

/// The longest label without its prefix (RFC 8446 §7.1: `opaque label<7..255> = "tls13 " + Label`).
pub const MAX_LABEL_LENGTH: usize = 249;

/// The prefix of all labels.
const LABEL_PREFIX: &[u8] = b"tls13 ";

/// The longest output of an expansion in bytes (RFC 5869 §2.3).
#[must_use]
pub const fn max_output_length(hash: HashAlgorithm) -> usize {
    255 * hash.output_length()
}

/// `HKDF-Extract(salt, ikm)`.
#[must_use]
pub fn extract(hash: HashAlgorithm, salt: &[u8], input_key_material: &[u8]) -> Secret {
    let mut key = Digest::EMPTY;
    HmacKey::new(hash, salt).sign_into([input_key_material], &mut key);
    let secret = Secret::filled(hash.output_length(), |out| out.copy_from_slice(key.as_ref()));
    key.zeroize();
    secret
}

/// `HKDF-Expand-Label(secret, label, context, out.len())`, with the prefix "tls13 " added here.
///
/// The caller keeps to the limits: a label of at most [`MAX_LABEL_LENGTH`] bytes, a context of at most
/// 255, an output of at most [`max_output_length`]. All but an exporter's label and length are our own.
pub fn expand_label(hash: HashAlgorithm, secret: &[u8], label: &[u8], context: &[u8], out: &mut [u8]) {
    debug_assert!(label.len() <= MAX_LABEL_LENGTH && context.len() <= 255);
    let length = (out.len() as u16).to_be_bytes();
    let label_length = [(LABEL_PREFIX.len() + label.len()) as u8];
    let context_length = [context.len() as u8];
    // In one piece: the hash has much to do for each.
    let mut memory = [0; 2 + 1 + 255 + 1 + 255];
    let mut filled = 0;
    for part in [&length[..], &label_length, LABEL_PREFIX, label, &context_length, context] {
        let end = filled + part.len();
        if let Some(place) = memory.get_mut(filled..end) {
            place.copy_from_slice(part);
            filled = end;
        }
    }
    expand(hash, secret, memory.split_at(filled).0, out);
}

/// `HKDF-Expand-Label` to a secret as long as the hash's output.
#[must_use]
pub fn expand_label_secret(hash: HashAlgorithm, secret: &[u8], label: &[u8], context: &[u8]) -> Secret {
    Secret::filled(hash.output_length(), |out| expand_label(hash, secret, label, context, out))
}

/// `HKDF-Expand` (RFC 5869 §2.3).
fn expand(hash: HashAlgorithm, pseudorandom_key: &[u8], info: &[u8], out: &mut [u8]) {
    // What is not filled would be a secret of zeros.
    assert!(out.len() <= max_output_length(hash), "more than HKDF gives");
    let key = HmacKey::new(hash, pseudorandom_key);
    // T(0) is empty, T(i) = HMAC(T(i-1) + info + i).
    let mut before: &[u8] = &[];
    let mut output = Digest::EMPTY;
    for (block, counter) in out.chunks_mut(hash.output_length()).zip(1..=u8::MAX) {
        key.sign_into([before, info, &[counter]], &mut output);
        block.iter_mut().zip(output.as_ref()).for_each(|(to, from)| *to = *from);
        before = block;
    }
    output.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    /// RFC 5869 appendix A.1.
    #[test]
    fn sha256_output_is_that_of_rfc5869_case_1() {
        let key = extract(HashAlgorithm::Sha256, &hex("000102030405060708090a0b0c"), &[0x0b; 22]);
        assert_eq!(key.as_ref(), hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
        let mut out = [0; 42];
        expand(HashAlgorithm::Sha256, key.as_ref(), &hex("f0f1f2f3f4f5f6f7f8f9"), &mut out);
        assert_eq!(
            out.as_slice(),
            hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        );
    }

    /// RFC 5869 appendix A.2.
    #[test]
    fn sha256_output_is_that_of_rfc5869_case_2() {
        let bytes: Vec<u8> = (0..=255).collect();
        let key = extract(HashAlgorithm::Sha256, &bytes[0x60..0xb0], &bytes[..0x50]);
        assert_eq!(key.as_ref(), hex("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244"));
        let mut out = [0; 82];
        expand(HashAlgorithm::Sha256, key.as_ref(), &bytes[0xb0..], &mut out);
        assert_eq!(
            out.as_slice(),
            hex("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09
                 da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87")
        );
    }

    /// RFC 5869 appendix A.3.
    #[test]
    fn sha256_output_is_that_of_rfc5869_case_3() {
        let key = extract(HashAlgorithm::Sha256, b"", &[0x0b; 22]);
        assert_eq!(key.as_ref(), hex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"));
        let mut out = [0; 42];
        expand(HashAlgorithm::Sha256, key.as_ref(), b"", &mut out);
        assert_eq!(
            out.as_slice(),
            hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
        );
    }

    #[test]
    fn label_is_expanded_over_its_structure() {
        let mut labelled = [0; 40];
        expand_label(HashAlgorithm::Sha384, &[3; 48], b"key", b"context", &mut labelled);
        let mut plain = [0; 40];
        expand(HashAlgorithm::Sha384, &[3; 48], b"\x00\x28\x09tls13 key\x07context", &mut plain);
        assert_eq!(labelled, plain);
    }

    #[test]
    fn longest_output_is_full() {
        let mut out = vec![0; max_output_length(HashAlgorithm::Sha256)];
        expand(HashAlgorithm::Sha256, &[1; 32], b"info", &mut out);
        let (blocks, []) = out.as_chunks::<32>() else { panic!("whole blocks") };
        assert_eq!(blocks.len(), 255);
        assert!(blocks.windows(2).all(|pair| pair[0] != pair[1] && pair[1] != [0; 32]));
    }

    #[test]
    #[should_panic(expected = "more than HKDF gives")]
    fn longer_output_is_refused() {
        let mut out = vec![0; max_output_length(HashAlgorithm::Sha256) + 1];
        expand(HashAlgorithm::Sha256, &[1; 32], b"info", &mut out);
    }
}
