//! The hybrids of a plain group and ML-KEM: which parts they have and in which order they stand, in the shares as in the
//! secret (draft-ietf-tls-ecdhe-mlkem §4, FIPS 203 §8).

use aws_lc_rs::kem;
use zeroize::Zeroizing;

use crate::{crypto::secret::SharedSecret, wire::NamedGroup};

/// One hybrid.
pub(super) struct Hybrid {
    group: NamedGroup,
    /// The plain part.
    pub(super) plain: NamedGroup,
    /// The part of ML-KEM.
    pub(super) kem: &'static kem::Algorithm<kem::AlgorithmId>,
    /// Whether that comes first.
    kem_first: bool,
    /// The length of an encapsulation key: ML-KEM's part of the initiator's share.
    pub(super) encapsulation_key_length: usize,
    /// The length of a ciphertext: ML-KEM's part of the responder's share.
    pub(super) ciphertext_length: usize,
}

static HYBRIDS: [Hybrid; 3] = [
    Hybrid {
        group: NamedGroup::X25519MLKEM768,
        plain: NamedGroup::X25519,
        kem: &kem::ML_KEM_768,
        kem_first: true,
        encapsulation_key_length: 1184,
        ciphertext_length: 1088,
    },
    Hybrid {
        group: NamedGroup::SECP256R1MLKEM768,
        plain: NamedGroup::SECP256R1,
        kem: &kem::ML_KEM_768,
        kem_first: false,
        encapsulation_key_length: 1184,
        ciphertext_length: 1088,
    },
    Hybrid {
        group: NamedGroup::SECP384R1MLKEM1024,
        plain: NamedGroup::SECP384R1,
        kem: &kem::ML_KEM_1024,
        kem_first: false,
        encapsulation_key_length: 1568,
        ciphertext_length: 1568,
    },
];

/// The hybrid with this number; `None`: the group is plain.
pub(super) fn find(group: NamedGroup) -> Option<&'static Hybrid> {
    HYBRIDS.iter().find(|hybrid| hybrid.group == group)
}

impl Hybrid {
    /// Both parts of a share or of the secret in their order.
    pub(super) fn join(&self, plain: &[u8], kem: &[u8]) -> SharedSecret {
        Zeroizing::new(if self.kem_first { [kem, plain].concat() } else { [plain, kem].concat() })
    }

    /// The plain part and that of ML-KEM, which is so long; `None`: the share is shorter.
    pub(super) fn split<'a>(&self, share: &'a [u8], kem_length: usize) -> Option<(&'a [u8], &'a [u8])> {
        if self.kem_first {
            let (kem, plain) = share.split_at_checked(kem_length)?;
            Some((plain, kem))
        } else {
            share.split_at_checked(share.len().checked_sub(kem_length)?)
        }
    }
}
