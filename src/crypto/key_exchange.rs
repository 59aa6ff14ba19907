//! Key exchange: ECDHE, and the hybrids with ML-KEM (RFC 8446 §4.2.8, RFC 8422 §5.10,
//! draft-ietf-tls-ecdhe-mlkem). Used by both handshakes.
//!
//! In X25519MLKEM768 the part of ML-KEM comes first, in the shares as in the secret.

use aws_lc_rs::{agreement, error::Unspecified, kem};
use zeroize::Zeroizing;

use super::secret::SharedSecret;
use crate::{
    error::{Error, Reason, Result},
    wire::NamedGroup,
};

/// The length of an encapsulation key of ML-KEM-768 (FIPS 203 §8).
const ENCAPSULATION_KEY_LENGTH: usize = 1184;
/// The length of a ciphertext of ML-KEM-768 (FIPS 203 §8).
const CIPHERTEXT_LENGTH: usize = 1088;

/// A share that cannot be used (RFC 8446 §4.2.8).
const BAD_SHARE: Error = Error::illegal(Reason::BAD_KEY_SHARE);

/// A private key that waits for the peer's share; used once.
pub struct EphemeralKey {
    group: NamedGroup,
    ecdh: EcdhKey,
    kem: Option<kem::DecapsulationKey>,
    share: Vec<u8>,
}

impl EphemeralKey {
    /// A new key on `group`; `internal_error` if the group is not one of `group::find`.
    pub fn generate(group: NamedGroup) -> Result<Self> {
        let (ecdh_group, kem) = match group {
            NamedGroup::X25519MLKEM768 => {
                let key = kem::DecapsulationKey::generate(&kem::ML_KEM_768).map_err(internal)?;
                (NamedGroup::X25519, Some(key))
            }
            plain => (plain, None),
        };
        let ecdh = EcdhKey::generate(ecdh_group)?;
        let mut share = match &kem {
            Some(key) => {
                let encapsulation_key = key.encapsulation_key().map_err(internal)?;
                encapsulation_key.key_bytes().map_err(internal)?.as_ref().to_vec()
            }
            None => Vec::new(),
        };
        share.extend_from_slice(ecdh.public_key()?.as_ref());
        Ok(Self { group, ecdh, kem, share })
    }

    /// The group it is on.
    #[must_use]
    pub fn group(&self) -> NamedGroup {
        self.group
    }

    /// Our `key_exchange` bytes: for a hybrid, the encapsulation key and the ECDH share in the draft's order.
    #[must_use]
    pub fn share(&self) -> &[u8] {
        &self.share
    }

    /// The initiator's end: the secret from the responder's `key_exchange` bytes. A share that is no
    /// valid point or ciphertext, or an all-zero X25519 result, is `illegal_parameter` with
    /// `SSL_R_BAD_KEY_SHARE` (RFC 8446 §4.2.8.2, RFC 7748 §6.1).
    pub fn complete(self, peer_share: &[u8]) -> Result<SharedSecret> {
        match &self.kem {
            None => self.ecdh.agree(&[], peer_share),
            Some(key) => {
                let (ciphertext, ecdh_share) =
                    peer_share.split_at_checked(CIPHERTEXT_LENGTH).ok_or(BAD_SHARE)?;
                let kem_secret = key.decapsulate(ciphertext.into()).map_err(|Unspecified| BAD_SHARE)?;
                self.ecdh.agree(kem_secret.as_ref(), ecdh_share)
            }
        }
    }

    /// For a client whose first share is a hybrid: the group and the share of the plain ECDH part alone,
    /// which has the same private key (both shares may be sent in one ClientHello).
    #[must_use]
    pub fn ecdh_part(&self) -> Option<(NamedGroup, &[u8])> {
        let share = self.share.get(ENCAPSULATION_KEY_LENGTH..)?;
        self.kem.as_ref().map(|_| (self.ecdh.group, share))
    }

    /// As `complete`, for a server that chose the plain ECDH part of a hybrid offer.
    pub fn complete_ecdh_part(self, peer_share: &[u8]) -> Result<SharedSecret> {
        self.ecdh.agree(&[], peer_share)
    }
}

/// The responder's end in one step: `(our key_exchange bytes, the secret)`. Errors as in
/// [`EphemeralKey::complete`].
pub fn respond(group: NamedGroup, peer_share: &[u8]) -> Result<(Vec<u8>, SharedSecret)> {
    match group {
        NamedGroup::X25519MLKEM768 => {
            let (encapsulation_key, ecdh_share) =
                peer_share.split_at_checked(ENCAPSULATION_KEY_LENGTH).ok_or(BAD_SHARE)?;
            // FIPS 203 §7.2: the encapsulation checks the key first.
            let (ciphertext, kem_secret) = kem::EncapsulationKey::new(&kem::ML_KEM_768, encapsulation_key)
                .map_err(|_| BAD_SHARE)?
                .encapsulate()
                .map_err(|Unspecified| BAD_SHARE)?;
            let ecdh = EcdhKey::generate(NamedGroup::X25519)?;
            let secret = ecdh.agree(kem_secret.as_ref(), ecdh_share)?;
            Ok(([ciphertext.as_ref(), ecdh.public_key()?.as_ref()].concat(), secret))
        }
        plain => {
            let ecdh = EcdhKey::generate(plain)?;
            let secret = ecdh.agree(&[], peer_share)?;
            Ok((ecdh.public_key()?.as_ref().to_vec(), secret))
        }
    }
}

fn internal(_: Unspecified) -> Error {
    Error::internal()
}

/// A private key of plain ECDH.
struct EcdhKey {
    group: NamedGroup,
    key: agreement::PrivateKey,
}

impl EcdhKey {
    fn generate(group: NamedGroup) -> Result<Self> {
        let algorithm = match group {
            NamedGroup::X25519 => &agreement::X25519,
            NamedGroup::SECP256R1 => &agreement::ECDH_P256,
            NamedGroup::SECP384R1 => &agreement::ECDH_P384,
            NamedGroup::SECP521R1 => &agreement::ECDH_P521,
            _ => return Err(Error::internal()),
        };
        Ok(Self { group, key: agreement::PrivateKey::generate(algorithm).map_err(internal)? })
    }

    fn public_key(&self) -> Result<agreement::PublicKey> {
        self.key.compute_public_key().map_err(internal)
    }

    /// `prefix` and then the ECDH secret. That the point is on the curve, and that X25519 gives something
    /// else than zeros, is checked below this (RFC 8446 §4.2.8.2, RFC 7748 §6.1).
    fn agree(&self, prefix: &[u8], peer_share: &[u8]) -> Result<SharedSecret> {
        if !is_standard_encoding(self.group, peer_share) {
            return Err(BAD_SHARE);
        }
        let peer = agreement::UnparsedPublicKey::new(self.key.algorithm(), peer_share);
        agreement::agree(&self.key, peer, BAD_SHARE, |secret| Ok(Zeroizing::new([prefix, secret].concat())))
    }
}

/// Whether `share` has the form that TLS wants: the 32 bytes of X25519, or an uncompressed point
/// (RFC 8446 §4.2.8.2, RFC 8422 §5.4). The back end would take other encodings as well.
fn is_standard_encoding(group: NamedGroup, share: &[u8]) -> bool {
    const UNCOMPRESSED: u8 = 4;
    let point_length = match group {
        NamedGroup::X25519 => return share.len() == 32,
        NamedGroup::SECP256R1 => 1 + 2 * 32,
        NamedGroup::SECP384R1 => 1 + 2 * 48,
        NamedGroup::SECP521R1 => 1 + 2 * 66,
        _ => return false,
    };
    share.len() == point_length && share.first() == Some(&UNCOMPRESSED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{group::GROUPS, test_data::hex};

    fn x25519(private_key: &str) -> EcdhKey {
        let key = agreement::PrivateKey::from_private_key(&agreement::X25519, &hex(private_key)).unwrap();
        EcdhKey { group: NamedGroup::X25519, key }
    }

    #[test]
    fn both_ends_of_every_group_agree() {
        for group in GROUPS {
            let initiator = EphemeralKey::generate(group.id).unwrap();
            assert_eq!(initiator.group(), group.id);
            let (share, secret) = respond(group.id, initiator.share()).unwrap();
            assert_eq!(initiator.complete(&share).unwrap(), secret, "{:?}", group.id);
        }
    }

    #[test]
    fn shares_and_secret_of_the_hybrid_have_the_lengths_of_the_draft() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768).unwrap();
        let (share, secret) = respond(NamedGroup::X25519MLKEM768, initiator.share()).unwrap();
        assert_eq!((initiator.share().len(), share.len(), secret.len()), (1216, 1120, 64));
    }

    #[test]
    fn hybrid_puts_ml_kem_first() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768).unwrap();
        let (share, secret) = respond(NamedGroup::X25519MLKEM768, initiator.share()).unwrap();
        let kem = initiator.kem.as_ref().unwrap();
        let kem_secret = kem.decapsulate(share[..CIPHERTEXT_LENGTH].into()).unwrap();
        let ecdh_secret = initiator.ecdh.agree(&[], &share[CIPHERTEXT_LENGTH..]).unwrap();
        assert_eq!(secret.as_slice(), [kem_secret.as_ref(), ecdh_secret.as_slice()].concat());
    }

    #[test]
    fn ecdh_part_of_hybrid_completes_alone() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768).unwrap();
        let (group, part) = initiator.ecdh_part().unwrap();
        assert_eq!(group, NamedGroup::X25519);
        let (share, secret) = respond(group, part).unwrap();
        assert_eq!(initiator.complete_ecdh_part(&share).unwrap(), secret);
    }

    #[test]
    fn plain_group_has_no_ecdh_part() {
        for group in [NamedGroup::X25519, NamedGroup::SECP521R1] {
            assert!(EphemeralKey::generate(group).unwrap().ecdh_part().is_none());
        }
    }

    /// RFC 7748 §6.1.
    #[test]
    fn x25519_secret_is_that_of_rfc7748() {
        let alice = x25519("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        let bob = x25519("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        let alice_share = alice.public_key().unwrap();
        let bob_share = bob.public_key().unwrap();
        assert_eq!(
            alice_share.as_ref(),
            hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        );
        assert_eq!(
            bob_share.as_ref(),
            hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        );
        let secret = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(alice.agree(&[], bob_share.as_ref()).unwrap().as_slice(), secret);
        assert_eq!(bob.agree(&[], alice_share.as_ref()).unwrap().as_slice(), secret);
    }

    #[test]
    fn unknown_group_is_internal_error() {
        for group in [NamedGroup::X448, NamedGroup::FFDHE2048, NamedGroup(0xfafa)] {
            assert_eq!(EphemeralKey::generate(group).err(), Some(Error::internal()));
            assert_eq!(respond(group, &[0; 32]).err(), Some(Error::internal()));
        }
    }

    #[test]
    fn share_of_wrong_length_is_bad_key_share() {
        for group in GROUPS {
            let initiator = EphemeralKey::generate(group.id).unwrap();
            let share = initiator.share();
            let (shorter, longer) = (&share[..share.len() - 1], [share, &[0]].concat());
            for wrong in [&[][..], shorter, &longer] {
                assert_eq!(respond(group.id, wrong).err(), Some(BAD_SHARE), "{:?}", group.id);
                let initiator = EphemeralKey::generate(group.id).unwrap();
                assert_eq!(initiator.complete(wrong).err(), Some(BAD_SHARE), "{:?}", group.id);
            }
        }
    }

    /// RFC 7748 §6.1: points of small order give zeros.
    #[test]
    fn x25519_point_of_small_order_is_bad_key_share() {
        for point in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            assert_eq!(respond(NamedGroup::X25519, &hex(point)).err(), Some(BAD_SHARE));
            let hybrid = EphemeralKey::generate(NamedGroup::X25519MLKEM768).unwrap();
            let share = [&hybrid.share()[..ENCAPSULATION_KEY_LENGTH], &hex(point)].concat();
            assert_eq!(respond(NamedGroup::X25519MLKEM768, &share).err(), Some(BAD_SHARE));
        }
    }

    #[test]
    fn point_off_the_curve_is_bad_key_share() {
        for group in [NamedGroup::SECP256R1, NamedGroup::SECP384R1, NamedGroup::SECP521R1] {
            let mut share = EphemeralKey::generate(group).unwrap().share().to_vec();
            *share.last_mut().unwrap() ^= 1;
            assert_eq!(respond(group, &share).err(), Some(BAD_SHARE));
            share[1..].fill(0);
            assert_eq!(respond(group, &share).err(), Some(BAD_SHARE));
        }
    }

    /// RFC 8446 §4.2.8.2: only the uncompressed form.
    #[test]
    fn compressed_or_hybrid_point_is_bad_key_share() {
        let share = EphemeralKey::generate(NamedGroup::SECP256R1).unwrap().share().to_vec();
        let parity = share[64] & 1;
        let compressed = [&[2 + parity], &share[1..33]].concat();
        let hybrid_form = [&[6 + parity], &share[1..]].concat();
        for wrong in [compressed, hybrid_form, vec![0]] {
            assert_eq!(respond(NamedGroup::SECP256R1, &wrong).err(), Some(BAD_SHARE));
        }
    }

    /// FIPS 203 §7.2: coefficients of the key are below the modulus.
    #[test]
    fn encapsulation_key_out_of_range_is_bad_key_share() {
        let hybrid = EphemeralKey::generate(NamedGroup::X25519MLKEM768).unwrap();
        let mut share = hybrid.share().to_vec();
        share[..3].fill(0xff);
        assert_eq!(respond(NamedGroup::X25519MLKEM768, &share).err(), Some(BAD_SHARE));
    }
}
