//! Key exchange on groups that a provider adds: both ends (RFC 8446 §4.2.8). A share is what the provider makes of it.

use std::sync::Arc;

use super::{BAD_SHARE, EphemeralKey, Parts};
use crate::{
    crypto::secret::SharedSecret,
    error::{Error, Result},
    libcrypto::{agreement, evp_pkey::PKey},
};

pub use crate::libcrypto::provided_group::ProvidedGroup;

impl EphemeralKey {
    /// A new key on a provider's group; `internal_error` if the provider cannot make one.
    pub fn generate_provided(group: &Arc<ProvidedGroup>) -> Result<Self> {
        let key = group.generate().ok_or(Error::internal())?;
        let share = group.share(&key).ok_or(Error::internal())?;
        Ok(Self { group: group.id(), parts: Parts::Provided(Arc::clone(group), key), share })
    }
}

/// The initiator's end.
pub(super) fn complete(group: &ProvidedGroup, key: &PKey, peer_share: &[u8]) -> Result<SharedSecret> {
    let secret = if group.is_kem() {
        group.decapsulate(key, peer_share)
    } else {
        agreement::public_like(key, peer_share).and_then(|peer| group.agree(key, &peer))
    };
    secret.ok_or(BAD_SHARE)
}

/// The responder's end in one step: `(our key_exchange bytes, the secret)`. Errors as in [`EphemeralKey::complete`].
pub fn respond_provided(group: &ProvidedGroup, peer_share: &[u8]) -> Result<(Vec<u8>, SharedSecret)> {
    let peer = group.public_key(peer_share).ok_or(BAD_SHARE)?;
    if group.is_kem() {
        return group.encapsulate(&peer).ok_or(BAD_SHARE);
    }
    let own = group.generate().ok_or(Error::internal())?;
    let share = group.share(&own).ok_or(Error::internal())?;
    Ok((share, group.agree(&own, &peer).ok_or(BAD_SHARE)?))
}
