//! Key exchange on named groups: ECDHE, finite fields, and the hybrids with ML-KEM (RFC 8446 §4.2.8, RFC 8422 §5.10, RFC 7919,
//! draft-ietf-tls-ecdhe-mlkem). Used by both handshakes.
//!
//! `plain` has the keys of one group alone, `hybrid` says how the two parts of a hybrid stand, `provided` has the groups of
//! libcrypto's providers.

mod hybrid;
mod plain;
mod provided;

pub use provided::{ProvidedGroup, respond_provided};

use super::secret::SharedSecret;
use crate::{
    error::{Error, Reason, Result},
    libcrypto::{evp_pkey::PKey, library::Library},
    wire::NamedGroup,
};
use aws_lc_rs::{error::Unspecified, kem};
use hybrid::Hybrid;
use plain::PlainKey;
use std::sync::Arc;

/// A share that cannot be used (RFC 8446 §4.2.8).
const BAD_SHARE: Error = Error::illegal(Reason::BAD_KEY_SHARE);

/// What OpenSSL calls a bad share before TLS 1.3, and a server of TLS 1.3 a client's.
#[must_use]
pub const fn as_point(error: Error) -> Error {
    match error.reason() {
        Reason::BAD_KEY_SHARE => Error::illegal(Reason::BAD_ECPOINT),
        _ => error,
    }
}

/// A private key that waits for the peer's share; used once.
pub struct EphemeralKey {
    group: NamedGroup,
    parts: Parts,
    share: Vec<u8>,
}

enum Parts {
    Plain(PlainKey),
    Hybrid(Box<HybridKey>),
    Provided(Arc<ProvidedGroup>, PKey),
}

struct HybridKey {
    hybrid: &'static Hybrid,
    plain: PlainKey,
    kem: kem::DecapsulationKey,
}

impl EphemeralKey {
    /// A new key on `group`; `internal_error` if the group is not one of `group::find`. `library`: where libcrypto does its
    /// part.
    pub fn generate(group: NamedGroup, library: &Library) -> Result<Self> {
        let Some(hybrid) = hybrid::find(group) else {
            let plain = PlainKey::generate(group, library)?;
            let share = plain.public.clone();
            return Ok(Self { group, parts: Parts::Plain(plain), share });
        };
        let kem = kem::DecapsulationKey::generate(hybrid.kem).map_err(internal)?;
        let plain = PlainKey::generate(hybrid.plain, library)?;
        let encapsulation_key = kem.encapsulation_key().map_err(internal)?;
        let share =
            hybrid.join(&plain.public, encapsulation_key.key_bytes().map_err(internal)?.as_ref()).to_vec();
        Ok(Self { group, parts: Parts::Hybrid(Box::new(HybridKey { hybrid, plain, kem })), share })
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
    /// valid point, number or ciphertext, or an all-zero X25519 or X448 result, is `illegal_parameter` with
    /// `SSL_R_BAD_KEY_SHARE` (RFC 8446 §4.2.8.1, §4.2.8.2, RFC 7748 §6).
    pub fn complete(self, peer_share: &[u8]) -> Result<SharedSecret> {
        let HybridKey { hybrid, plain, kem } = match &self.parts {
            Parts::Plain(plain) => return plain.agree(peer_share),
            Parts::Provided(group, key) => return provided::complete(group, key, peer_share),
            Parts::Hybrid(key) => &**key,
        };
        let (plain_share, ciphertext) =
            hybrid.split(peer_share, hybrid.ciphertext_length).ok_or(BAD_SHARE)?;
        let kem_secret = kem.decapsulate(ciphertext.into()).map_err(|Unspecified| BAD_SHARE)?;
        Ok(hybrid.join(&plain.agree(plain_share)?, kem_secret.as_ref()))
    }

    /// For a client whose first share is a hybrid: the group and the share of the plain ECDH part alone,
    /// which has the same private key (both shares may be sent in one ClientHello).
    #[must_use]
    pub fn ecdh_part(&self) -> Option<(NamedGroup, &[u8])> {
        match &self.parts {
            Parts::Hybrid(key) => Some((key.plain.group, &key.plain.public)),
            Parts::Plain(_) | Parts::Provided(..) => None,
        }
    }

    /// Our share on this group: the key's own, or that of its plain part.
    #[must_use]
    pub fn share_on(&self, group: NamedGroup) -> &[u8] {
        self.ecdh_part().filter(|_| group != self.group).map_or(&self.share, |(_, share)| share)
    }

    /// As `complete`, for a server that chose the plain ECDH part of a hybrid offer.
    pub fn complete_ecdh_part(self, peer_share: &[u8]) -> Result<SharedSecret> {
        match &self.parts {
            Parts::Plain(plain) => plain.agree(peer_share),
            Parts::Hybrid(key) => key.plain.agree(peer_share),
            Parts::Provided(..) => Err(BAD_SHARE),
        }
    }
}

/// The responder's end in one step: `(our key_exchange bytes, the secret)`. Errors as in
/// [`EphemeralKey::complete`].
pub fn respond(group: NamedGroup, peer_share: &[u8], library: &Library) -> Result<(Vec<u8>, SharedSecret)> {
    let Some(hybrid) = hybrid::find(group) else {
        let plain = PlainKey::generate(group, library)?;
        let secret = plain.agree(peer_share)?;
        return Ok((plain.public, secret));
    };
    let (plain_share, encapsulation_key) =
        hybrid.split(peer_share, hybrid.encapsulation_key_length).ok_or(BAD_SHARE)?;
    // FIPS 203 §7.2: the encapsulation checks the key first.
    let (ciphertext, kem_secret) = kem::EncapsulationKey::new(hybrid.kem, encapsulation_key)
        .map_err(|_| BAD_SHARE)?
        .encapsulate()
        .map_err(|Unspecified| BAD_SHARE)?;
    let plain = PlainKey::generate(hybrid.plain, library)?;
    let secret = hybrid.join(&plain.agree(plain_share)?, kem_secret.as_ref());
    Ok((hybrid.join(&plain.public, ciphertext.as_ref()).to_vec(), secret))
}

fn internal(_: Unspecified) -> Error {
    Error::internal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{group::GROUPS, test_data::hex};

    #[test]
    fn both_ends_of_every_group_agree() {
        for group in GROUPS {
            let initiator = EphemeralKey::generate(group.id, &Library::default()).unwrap();
            assert_eq!(initiator.group(), group.id);
            let (share, secret) = respond(group.id, initiator.share(), &Library::default()).unwrap();
            assert_eq!(initiator.complete(&share).unwrap(), secret, "{:?}", group.id);
        }
    }

    #[test]
    fn shares_and_secret_of_the_hybrid_have_the_lengths_of_the_draft() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768, &Library::default()).unwrap();
        let (share, secret) =
            respond(NamedGroup::X25519MLKEM768, initiator.share(), &Library::default()).unwrap();
        assert_eq!((initiator.share().len(), share.len(), secret.len()), (1216, 1120, 64));
        for (group, lengths) in [
            (NamedGroup::SECP256R1MLKEM768, (1249, 1153, 64)),
            (NamedGroup::SECP384R1MLKEM1024, (1665, 1665, 80)),
        ] {
            let initiator = EphemeralKey::generate(group, &Library::default()).unwrap();
            let (share, secret) = respond(group, initiator.share(), &Library::default()).unwrap();
            assert_eq!((initiator.share().len(), share.len(), secret.len()), lengths);
            assert_eq!((initiator.share()[0], share[0]), (4, 4));
        }
    }

    #[test]
    fn x25519_hybrid_puts_ml_kem_first() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768, &Library::default()).unwrap();
        let (share, secret) =
            respond(NamedGroup::X25519MLKEM768, initiator.share(), &Library::default()).unwrap();
        let Parts::Hybrid(key) = &initiator.parts else { panic!() };
        let HybridKey { plain, kem, .. } = &**key;
        let kem_secret = kem.decapsulate(share[..1088].into()).unwrap();
        let ecdh_secret = plain.agree(&share[1088..]).unwrap();
        assert_eq!(secret.as_slice(), [kem_secret.as_ref(), ecdh_secret.as_slice()].concat());
    }

    #[test]
    fn ecdh_part_of_hybrid_completes_alone() {
        let initiator = EphemeralKey::generate(NamedGroup::X25519MLKEM768, &Library::default()).unwrap();
        let (group, part) = initiator.ecdh_part().unwrap();
        assert_eq!(group, NamedGroup::X25519);
        let (share, secret) = respond(group, part, &Library::default()).unwrap();
        assert_eq!(initiator.complete_ecdh_part(&share).unwrap(), secret);
    }

    #[test]
    fn plain_group_has_no_ecdh_part() {
        for group in [NamedGroup::X25519, NamedGroup::SECP521R1] {
            assert!(EphemeralKey::generate(group, &Library::default()).unwrap().ecdh_part().is_none());
        }
    }

    #[test]
    fn unknown_group_is_internal_error() {
        for group in [NamedGroup(34), NamedGroup(0xfafa)] {
            assert_eq!(EphemeralKey::generate(group, &Library::default()).err(), Some(Error::internal()));
            assert_eq!(respond(group, &[0; 32], &Library::default()).err(), Some(Error::internal()));
        }
    }

    #[test]
    fn share_of_wrong_length_is_bad_key_share() {
        for group in GROUPS {
            let initiator = EphemeralKey::generate(group.id, &Library::default()).unwrap();
            let share = initiator.share();
            let (shorter, longer) = (&share[..share.len() - 1], [share, &[0]].concat());
            for wrong in [&[][..], shorter, &longer] {
                assert_eq!(
                    respond(group.id, wrong, &Library::default()).err(),
                    Some(BAD_SHARE),
                    "{:?}",
                    group.id
                );
                let initiator = EphemeralKey::generate(group.id, &Library::default()).unwrap();
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
            assert_eq!(respond(NamedGroup::X25519, &hex(point), &Library::default()).err(), Some(BAD_SHARE));
            let hybrid = EphemeralKey::generate(NamedGroup::X25519MLKEM768, &Library::default()).unwrap();
            let share = [&hybrid.share()[..1184], &hex(point)].concat();
            assert_eq!(
                respond(NamedGroup::X25519MLKEM768, &share, &Library::default()).err(),
                Some(BAD_SHARE)
            );
        }
    }

    #[test]
    fn point_off_the_curve_is_bad_key_share() {
        for group in
            [NamedGroup::SECP256R1, NamedGroup::SECP384R1, NamedGroup::SECP521R1, NamedGroup::BRAINPOOLP256R1]
        {
            let mut share = EphemeralKey::generate(group, &Library::default()).unwrap().share().to_vec();
            *share.last_mut().unwrap() ^= 1;
            assert_eq!(respond(group, &share, &Library::default()).err(), Some(BAD_SHARE));
            share[1..].fill(0);
            assert_eq!(respond(group, &share, &Library::default()).err(), Some(BAD_SHARE));
        }
    }

    /// RFC 8446 §4.2.8.2: only the uncompressed form.
    #[test]
    fn compressed_or_hybrid_point_is_bad_key_share() {
        let share =
            EphemeralKey::generate(NamedGroup::SECP256R1, &Library::default()).unwrap().share().to_vec();
        let parity = share[64] & 1;
        let compressed = [&[2 + parity], &share[1..33]].concat();
        let hybrid_form = [&[6 + parity], &share[1..]].concat();
        for wrong in [compressed, hybrid_form, vec![0]] {
            assert_eq!(respond(NamedGroup::SECP256R1, &wrong, &Library::default()).err(), Some(BAD_SHARE));
        }
    }

    /// FIPS 203 §7.2: coefficients of the key are below the modulus.
    #[test]
    fn encapsulation_key_out_of_range_is_bad_key_share() {
        let hybrid = EphemeralKey::generate(NamedGroup::X25519MLKEM768, &Library::default()).unwrap();
        let mut share = hybrid.share().to_vec();
        share[..3].fill(0xff);
        assert_eq!(respond(NamedGroup::X25519MLKEM768, &share, &Library::default()).err(), Some(BAD_SHARE));
    }
}
