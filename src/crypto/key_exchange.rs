//! Key exchange: ECDHE, and the hybrids with ML-KEM (RFC 8446 §4.2.8, RFC 8422 §5.10,
//! draft-ietf-tls-ecdhe-mlkem). Used by both handshakes.

use super::secret::SharedSecret;
use crate::{error::Result, wire::NamedGroup};

/// A private key that waits for the peer's share; used once.
pub struct EphemeralKey {}

impl EphemeralKey {
    /// A new key on `group`; `internal_error` if the group is not one of `group::find`.
    pub fn generate(group: NamedGroup) -> Result<Self> {
        todo!()
    }

    /// The group it is on.
    #[must_use]
    pub fn group(&self) -> NamedGroup {
        todo!()
    }

    /// Our `key_exchange` bytes: for a hybrid, the encapsulation key and the ECDH share in the draft's order.
    #[must_use]
    pub fn share(&self) -> &[u8] {
        todo!()
    }

    /// The initiator's end: the secret from the responder's `key_exchange` bytes. A share that is no
    /// valid point or ciphertext, or an all-zero X25519 result, is `illegal_parameter` with
    /// `SSL_R_BAD_KEY_SHARE` (RFC 8446 §4.2.8.2, RFC 7748 §6.1).
    pub fn complete(self, peer_share: &[u8]) -> Result<SharedSecret> {
        todo!()
    }

    /// For a client whose first share is a hybrid: an EphemeralKey for the plain ECDH part alone,
    /// which shares its private key (both shares may be sent in one ClientHello).
    #[must_use]
    pub fn ecdh_part(&self) -> Option<(NamedGroup, &[u8])> {
        todo!()
    }

    /// As `complete`, for a server that chose the plain ECDH part of a hybrid offer.
    pub fn complete_ecdh_part(self, peer_share: &[u8]) -> Result<SharedSecret> {
        todo!()
    }
}

/// The responder's end in one step: `(our key_exchange bytes, the secret)`. Errors as in
/// [`EphemeralKey::complete`].
pub fn respond(group: NamedGroup, peer_share: &[u8]) -> Result<(Vec<u8>, SharedSecret)> {
    todo!()
}
