//! Private keys of one group alone: on `aws-lc-rs` where it has the group, else on libcrypto (RFC 8446 §4.2.8.1,
//! §4.2.8.2, RFC 8422 §5.10, RFC 7919).

use aws_lc_rs::agreement;
use zeroize::Zeroizing;

use super::{BAD_SHARE, internal};
use crate::{
    crypto::secret::SharedSecret,
    error::{Error, Result},
    libcrypto::{agreement as libcrypto, evp_pkey::PKey, library::Library},
    wire::NamedGroup,
};

/// The first byte of a point in the only form that TLS allows (RFC 8446 §4.2.8.2, RFC 8422 §5.4).
const UNCOMPRESSED: u8 = 4;

/// A private key of a group that is no hybrid.
pub(super) struct PlainKey {
    /// The group.
    pub(super) group: NamedGroup,
    key: Key,
    /// Our public key.
    pub(super) public: Vec<u8>,
}

enum Key {
    Native(agreement::PrivateKey),
    Libcrypto(PKey, Library),
}

impl PlainKey {
    /// A new key; `internal_error` for a group that neither back end has. `library`: where libcrypto works.
    pub(super) fn generate(group: NamedGroup, library: &Library) -> Result<Self> {
        let algorithm = match group {
            NamedGroup::X25519 => &agreement::X25519,
            NamedGroup::SECP256R1 => &agreement::ECDH_P256,
            NamedGroup::SECP384R1 => &agreement::ECDH_P384,
            NamedGroup::SECP521R1 => &agreement::ECDH_P521,
            other => return Self::generate_in_libcrypto(other, library),
        };
        Self::from_native(group, agreement::PrivateKey::generate(algorithm).map_err(internal)?)
    }

    pub(super) fn from_native(group: NamedGroup, key: agreement::PrivateKey) -> Result<Self> {
        let public = key.compute_public_key().map_err(internal)?.as_ref().to_vec();
        Ok(Self { group, key: Key::Native(key), public })
    }

    fn generate_in_libcrypto(group: NamedGroup, library: &Library) -> Result<Self> {
        let name = libcrypto::name(group).ok_or(Error::internal())?;
        let key = libcrypto::generate(name, library).ok_or(Error::internal())?;
        let public = libcrypto::public(&key).ok_or(Error::internal())?;
        Ok(Self { group, key: Key::Libcrypto(key, library.clone()), public })
    }

    /// The shared secret. That a point is on the curve, that a number is in its range, and that X25519 and X448 give
    /// something else than zeros, is checked below this (RFC 8446 §4.2.8.1, §4.2.8.2, RFC 7748 §6).
    pub(super) fn agree(&self, peer_share: &[u8]) -> Result<SharedSecret> {
        if !self.has_standard_form(peer_share) {
            return Err(BAD_SHARE);
        }
        match &self.key {
            Key::Native(key) => {
                let peer = agreement::UnparsedPublicKey::new(key.algorithm(), peer_share);
                agreement::agree(key, peer, BAD_SHARE, |secret| Ok(Zeroizing::new(secret.to_vec())))
            }
            Key::Libcrypto(key, library) => libcrypto::name(self.group)
                .and_then(|name| name.public_key(peer_share, library))
                .and_then(|peer| libcrypto::derive(key, &peer, true, library))
                .ok_or(BAD_SHARE),
        }
    }

    /// Whether `share` has the form that TLS wants, which our own has: of one length, and a point uncompressed. The back ends
    /// would take other encodings as well.
    fn has_standard_form(&self, share: &[u8]) -> bool {
        let is_point = !matches!(
            self.group,
            NamedGroup::X25519
                | NamedGroup::X448
                | NamedGroup::FFDHE2048
                | NamedGroup::FFDHE3072
                | NamedGroup::FFDHE4096
                | NamedGroup::FFDHE6144
                | NamedGroup::FFDHE8192
        );
        share.len() == self.public.len() && (!is_point || share.first() == Some(&UNCOMPRESSED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_data::hex;

    fn x25519(private_key: &str) -> PlainKey {
        let key = agreement::PrivateKey::from_private_key(&agreement::X25519, &hex(private_key)).unwrap();
        PlainKey::from_native(NamedGroup::X25519, key).unwrap()
    }

    /// RFC 7748 §6.1.
    #[test]
    fn x25519_secret_is_that_of_rfc7748() {
        let alice = x25519("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        let bob = x25519("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assert_eq!(alice.public, hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
        assert_eq!(bob.public, hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        let secret = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(alice.agree(&bob.public).unwrap().as_slice(), secret);
        assert_eq!(bob.agree(&alice.public).unwrap().as_slice(), secret);
    }

    #[test]
    fn finite_field_share_out_of_range_is_bad_key_share() {
        let key = PlainKey::generate(NamedGroup::FFDHE2048, &Library::default()).unwrap();
        let mut one = vec![0; 256];
        assert_eq!(key.agree(&one).err(), Some(BAD_SHARE));
        one[255] = 1;
        assert_eq!(key.agree(&one).err(), Some(BAD_SHARE));
        assert_eq!(key.agree(&[0xff; 256]).err(), Some(BAD_SHARE));
    }

    /// RFC 7748 §6.2: points of small order give zeros.
    #[test]
    fn x448_point_of_small_order_is_bad_key_share() {
        let key = PlainKey::generate(NamedGroup::X448, &Library::default()).unwrap();
        assert_eq!(key.agree(&[0; 56]).err(), Some(BAD_SHARE));
    }
}
