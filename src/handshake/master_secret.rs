//! From the premaster secret to the master secret (RFC 5246 §8.1, RFC 7627 §4), once the ClientKeyExchange is in the
//! transcript. Used by both sides of TLS 1.2 and below.

use super::Context;
use crate::{crypto::secret::SharedSecret, error::Result, key_schedule::tls12::MasterSecret};

/// The master secret of a full handshake. `internal_error` if the transcript is hashed by another hash.
pub fn derive(context: &Context<'_>, premaster: &SharedSecret) -> Result<MasterSecret> {
    let hash = context.handshake_hash()?;
    let negotiated = &context.negotiated;
    Ok(if negotiated.extended_master_secret {
        // RFC 7627 §3: the session hash reaches up to and includes the ClientKeyExchange.
        let session_hash = context.transcript.with_partial(hash, &[])?;
        MasterSecret::extended(hash, premaster, session_hash.as_ref())
    } else {
        MasterSecret::new(hash, premaster, &negotiated.client_random, &negotiated.server_random)
    })
}
