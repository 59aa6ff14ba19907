//! The PRF of TLS 1.2 (RFC 5246 §5) and that of TLS 1.0 and 1.1 (RFC 4346 §5). Used by `key_schedule::tls12`.

use zeroize::{Zeroize, Zeroizing};

use super::{
    hash::{Digest, HashAlgorithm},
    hmac::HmacKey,
};

/// The PRF with one secret, which its HMACs are keyed with once.
pub struct Prf {
    hash: HashAlgorithm,
    key: Box<HmacKey>,
    /// Before TLS 1.2: that of SHA-1, the other being that of MD5.
    other: Option<Box<HmacKey>>,
}

impl Prf {
    /// `hash` is `Md5Sha1` before TLS 1.2.
    #[must_use]
    pub fn new(hash: HashAlgorithm, secret: &[u8]) -> Self {
        if hash != HashAlgorithm::Md5Sha1 {
            return Self { hash, key: HmacKey::boxed(hash, secret), other: None };
        }
        // RFC 4346 §5: a half of the secret for each hash; of an odd one both have the byte in the middle.
        let half = secret.len().div_ceil(2);
        let (first, _) = secret.split_at(half);
        let (_, second) = secret.split_at(secret.len() - half);
        Self {
            hash: HashAlgorithm::Md5,
            key: HmacKey::boxed(HashAlgorithm::Md5, first),
            other: Some(HmacKey::boxed(HashAlgorithm::Sha1, second)),
        }
    }

    /// Fills `out` from `label` and the `seeds` behind each other.
    pub fn fill(&self, label: &[u8], seeds: &[&[u8]], out: &mut [u8]) {
        expand(self.hash, &self.key, label, seeds, out);
        if let Some(other) = &self.other {
            let mut theirs = Zeroizing::new(vec![0; out.len()]);
            expand(HashAlgorithm::Sha1, other, label, seeds, &mut theirs);
            out.iter_mut().zip(theirs.iter()).for_each(|(to, from)| *to ^= from);
        }
    }
}

/// Fills `out` with `PRF(secret, label, seed)`; the seed is the concatenated `seeds`. With MD5 beside SHA-1 it is the PRF of
/// TLS 1.0 and 1.1.
pub fn prf(hash: HashAlgorithm, secret: &[u8], label: &[u8], seeds: &[&[u8]], out: &mut [u8]) {
    Prf::new(hash, secret).fill(label, seeds, out);
}

/// `P_hash(secret, label + seed)`.
fn expand(hash: HashAlgorithm, key: &HmacKey, label: &[u8], seeds: &[&[u8]], out: &mut [u8]) {
    let seed = || [label].into_iter().chain(seeds.iter().copied());

    // A(0) is label and seed, A(i) = HMAC(A(i-1)), and block i = HMAC(A(i) + A(0)).
    let [mut chain, mut output] = [Digest::EMPTY; 2];
    key.sign_into(seed(), &mut chain);
    for (index, block) in out.chunks_mut(hash.output_length()).enumerate() {
        if index > 0 {
            key.sign_into([chain.as_ref()], &mut output);
            chain = output;
        }
        key.sign_into([chain.as_ref()].into_iter().chain(seed()), &mut output);
        block.iter_mut().zip(output.as_ref()).for_each(|(to, from)| *to = *from);
    }
    output.zeroize();
    chain.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    /// The vectors which the TLS working group's list has for the PRF of TLS 1.2.
    #[test]
    fn sha256_output_is_that_of_the_known_vector() {
        let mut out = [0; 100];
        prf(
            HashAlgorithm::Sha256,
            &hex("9bbe436ba940f017b17652849a71db35"),
            b"test label",
            &[&hex("a0ba9f936cda3118"), &hex("27a6f796ffd5198c")],
            &mut out,
        );
        assert_eq!(
            out.as_slice(),
            hex("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af
                 0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701
                 87347b66")
        );
    }

    #[test]
    fn sha384_output_is_that_of_the_known_vector() {
        let mut out = [0; 148];
        prf(
            HashAlgorithm::Sha384,
            &hex("b80b733d6ceefcdc71566ea48e5567df"),
            b"test label",
            &[&hex("cd665cf6a8447dd6ff8b27555edb7465")],
            &mut out,
        );
        assert_eq!(
            out.as_slice(),
            hex("7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0
                 e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425
                 9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703
                 d73e56f")
        );
    }

    /// The vector that goes round for the PRF of TLS 1.0.
    #[test]
    fn md5_and_sha1_output_is_that_of_the_known_vector() {
        let mut out = [0; 104];
        prf(HashAlgorithm::Md5Sha1, &[0xab; 48], b"PRF Testvector", &[&[0xcd; 64]], &mut out);
        assert_eq!(
            out.as_slice(),
            hex("d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4eb
                 d31e602353776c408aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f
                 1afbc655a8c9a013")
        );
    }

    /// RFC 4346 §5: made with Python's hmac.
    #[test]
    fn odd_secret_gives_its_middle_byte_to_both_hashes() {
        let secret: Vec<u8> = (0..11).collect();
        let mut out = [0; 50];
        prf(HashAlgorithm::Md5Sha1, &secret, b"l", &[b"se", b"ed"], &mut out);
        assert_eq!(
            out.as_slice(),
            hex(
                "513cdf360385902a542c1700e959f1dee3a21b9372e8babfaaa66c88761eff44b31509bb2484eb8a30473bf3ec8af3942b73"
            )
        );
    }

    #[test]
    fn shorter_output_is_a_prefix_of_a_longer_one() {
        let mut long = [0; 100];
        prf(HashAlgorithm::Sha256, b"secret", b"label", &[b"seed"], &mut long);
        for length in [0, 1, 31, 32, 33, 64, 99] {
            let mut short = vec![0; length];
            prf(HashAlgorithm::Sha256, b"secret", b"label", &[b"se", b"", b"ed"], &mut short);
            assert_eq!(short, long[..length]);
        }
    }
}
