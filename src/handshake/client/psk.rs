//! The PSKs that a client of TLS 1.3 offers: that of the session to resume, then that of the program (RFC 8446 §4.2.11).

use std::sync::Arc;

use super::{client_hello::Offer, resume};
use crate::{
    crypto::{hash::HashAlgorithm, suite},
    error::{Error, Reason, Result},
    handshake::{Environment, Transcript, want::ExternalPsk},
    key_schedule::tls13::EarlySecret,
    message::{Message, client_hello::binders_length, extension::pre_shared_key::OfferedPsks},
    session::Session,
    wire::{AlertDescription, ProtocolVersion, Writer},
};

/// The longest identity that leaves room for a ticket in the extension.
const MAX_IDENTITY: usize = 32_767;

/// The program's PSK, if it can be offered. As in OpenSSL that is not beside a session of TLS 1.2. One that does not go with
/// TLS 1.3, or after a HelloRetryRequest with its hash, is the program's mistake: `SSL_R_BAD_PSK`.
pub fn usable(
    external: Option<ExternalPsk>,
    session: Option<&Session>,
    required_hash: Option<HashAlgorithm>,
) -> Result<Option<ExternalPsk>> {
    let Some(external) = external else { return Ok(None) };
    let hash = hash_of(&external.session);
    let is_long_enough = !external.identity.is_empty() && !external.session.secret.as_ref().is_empty();
    if external.session.version != ProtocolVersion::TLS1_3
        || hash.is_none()
        || required_hash.is_some_and(|required| hash != Some(required))
        || !is_long_enough
        || external.identity.len() > MAX_IDENTITY
    {
        return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_PSK));
    }
    let beside_tls12 = session.is_some_and(|session| session.version != ProtocolVersion::TLS1_3);
    Ok((!beside_tls12).then_some(external))
}

/// The hash that the PSK of this session is bound to; `None` if its suite is none of TLS 1.3.
fn hash_of(session: &Session) -> Option<HashAlgorithm> {
    suite::find(session.cipher_suite).filter(|suite| suite.is_tls13()).map(|suite| suite.hash)
}

/// The identities with room for their binders; `None` if there is nothing to offer.
pub fn offered(
    environment: &Environment,
    session: Option<&Session>,
    external: Option<&ExternalPsk>,
) -> Option<OfferedPsks> {
    let mut psks = OfferedPsks { identities: Vec::new(), binders: Vec::new() };
    let mut add = |identity: &[u8], age, session: &Session| {
        if let Some(hash) = hash_of(session) {
            psks.identities.push((identity.to_vec(), age));
            psks.binders.push(vec![0; hash.output_length()]);
        }
    };
    if let Some(session) = session.filter(|session| session.version == ProtocolVersion::TLS1_3) {
        add(&session.ticket, obfuscated_age(environment, session), session);
    }
    if let Some(external) = external {
        // RFC 8446 §4.2.11: 0 for an identity that was established by other means.
        add(&external.identity, 0, &external.session);
    }
    (!psks.identities.is_empty()).then_some(psks)
}

/// `obfuscated_ticket_age` (RFC 8446 §4.2.11.1): milliseconds since the ticket came, plus a number of the server's.
fn obfuscated_age(environment: &Environment, session: &Session) -> u32 {
    let now = milliseconds(environment.now, environment.now_milliseconds());
    let age = now.saturating_sub(milliseconds(session.time, session.time_milliseconds)).max(0);
    // Both are taken modulo 2^32.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let age = age as u32;
    age.wrapping_add(session.ticket_age_add)
}

fn milliseconds(seconds: i64, milliseconds: u16) -> i64 {
    seconds.saturating_mul(1000).saturating_add(milliseconds.into())
}

/// Replaces the zeros at the end of a ClientHello by the binders over all that stands before the binders list
/// (RFC 8446 §4.2.11.2).
pub fn fill_in_binders(message: Message, offer: &Offer, transcript: &Transcript) -> Result<Message> {
    let psks = psks_of(offer);
    if psks.is_empty() {
        return Ok(message);
    }
    if message.is_oversized() {
        return Err(Error::internal());
    }
    let length = binders_length(&message)?;
    let mut bytes = message.into_bytes();
    bytes.truncate(bytes.len().checked_sub(length).ok_or(Error::internal())?);
    let mut binders = Vec::new();
    for (session, external) in psks {
        if let Some(hash) = hash_of(session) {
            let partial = transcript.with_partial(hash, &bytes)?;
            let early = EarlySecret::new(hash, Some(session.secret.as_ref()));
            binders.push(early.binder(external, partial.as_ref()));
        }
    }
    let mut writer = Writer::new();
    writer.vec16(|list| binders.iter().for_each(|binder| list.vec8(|item| item.bytes(binder.as_ref()))));
    bytes.extend_from_slice(&writer.into_bytes());
    Message::from_bytes(bytes).ok_or(Error::internal())
}

/// The session behind the first identity: the one that early data goes with (RFC 8446 §4.2.10).
pub fn first<'a>(
    session: Option<&'a Arc<Session>>,
    external: Option<&'a ExternalPsk>,
) -> Option<&'a Session> {
    session
        .filter(|session| session.version == ProtocolVersion::TLS1_3)
        .or_else(|| external.map(|external| &external.session))
        .map(Arc::as_ref)
}

/// The sessions behind the identities, in their order, and whether they are the program's.
fn psks_of(offer: &Offer) -> Vec<(&Arc<Session>, bool)> {
    let resumption = offer.session_of(ProtocolVersion::TLS1_3).map(|session| (session, false));
    let external = offer.external.as_ref().map(|external| (&external.session, true));
    resumption.into_iter().chain(external).collect()
}

/// The session behind the identity that the server selected, and whether it is the program's (RFC 8446 §4.2.11: one of those that
/// we offered, with the hash of the suite).
pub fn selected(offer: &Offer, index: u16, hash: HashAlgorithm) -> Result<(&Arc<Session>, bool)> {
    let psks = psks_of(offer);
    let (session, external) =
        *psks.get(usize::from(index)).ok_or(Error::illegal(Reason::BAD_PSK_IDENTITY))?;
    if !resume::has_hash(session, hash) {
        return Err(Error::illegal(Reason::CIPHERSUITE_DIGEST_HAS_CHANGED));
    }
    Ok((session, external))
}
