//! TLS 1.3: resumption by a PSK (RFC 8446 §4.2.11).

use std::sync::Arc;
use subtle::ConstantTimeEq;

use super::{
    State, Step, resume,
    tls13_hello::{self, Hello, Question},
};
use crate::{
    crypto::{hash::HashAlgorithm, suite},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition,
        want::{Answer, Ask, TicketOutcome},
    },
    key_schedule::tls13::EarlySecret,
    message::client_hello::binders_length,
    policy::options::option,
    session::Session,
    wire::{AlertDescription, ProtocolVersion},
};

/// How many identities are looked at: each costs a decryption.
const MAX_IDENTITIES: usize = 8;
/// The longest session id.
const MAX_SESSION_ID: usize = 32;

/// A PSK that the client offered, and that we accept.
pub struct Psk {
    /// The session that it comes from.
    pub session: Arc<Session>,
    /// Its index in the client's list.
    pub index: u16,
    /// The hash that it is bound to.
    pub hash: HashAlgorithm,
}

/// Asks for the session behind the identity with this index; after the last one a full handshake follows.
pub fn try_identity(context: &mut Context<'_>, hello: Box<Hello>, index: usize) -> Step {
    let identities = hello.psks.iter().flat_map(|psks| &psks.identities);
    if !hello.modes.is_empty() {
        for (index, (identity, _)) in identities.enumerate().take(MAX_IDENTITIES).skip(index) {
            if let Some(ask) = question(context, identity) {
                return Ok(Transition::Ask(ask, State::Tls13Hello(Question::Identity(index), hello)));
            }
        }
    }
    tls13_hello::after_psk(context, hello)
}

/// Without tickets an identity is the id of a session that we keep.
fn question(context: &Context<'_>, identity: &[u8]) -> Option<Ask> {
    if !context.settings().has_option(option::NO_TICKET) {
        return Some(Ask::OpenTicket(identity.to_vec()));
    }
    let can_find = context.hooks().find_session && identity.len() <= MAX_SESSION_ID;
    can_find.then(|| Ask::FindSession(identity.to_vec()))
}

/// The answer: the PSK is accepted if it fits and its binder is right; else the next one is tried.
pub fn read_session(context: &mut Context<'_>, mut hello: Box<Hello>, index: usize, answer: Answer) -> Step {
    let session = match answer {
        Answer::Session(session) => session,
        Answer::Ticket(TicketOutcome::Session { session, .. }) => Some(session),
        Answer::Ticket(TicketOutcome::Unusable) => None,
        _ => return Err(Error::internal()),
    };
    let fitting = match session {
        Some(session) => fitting_hash(context, &hello, &session)?.map(|hash| (session, hash)),
        None => None,
    };
    let Some((session, hash)) = fitting else { return try_identity(context, hello, index.saturating_add(1)) };

    check_binder(context, &hello, index, hash, &session)?;
    context.negotiated.resumed = true;
    context.negotiated.peer_chain = session.peer_chain.clone();
    context.negotiated.verify_result = session.verify_result;
    context.negotiated.session = Some(Arc::clone(&session));
    let index = u16::try_from(index).map_err(|_| Error::internal())?;
    hello.psk = Some(Psk { session, index, hash });
    tls13_hello::after_psk(context, hello)
}

/// The hash that the session is bound to, if it may be resumed here (RFC 8446 §4.2.11, §4.6.1).
fn fitting_hash(context: &Context<'_>, hello: &Hello, session: &Session) -> Result<Option<HashAlgorithm>> {
    if session.version != ProtocolVersion::TLS1_3 || !resume::is_current(context, session)? {
        return Ok(None);
    }
    let Some(hash) = suite::find(session.cipher_suite).map(|suite| suite.hash) else { return Ok(None) };
    let fits = match &hello.received.retry {
        Some(retry) => retry.suite.hash == hash,
        None => {
            context.settings().choose_tls13_suite(&hello.received.hello.cipher_suites, Some(hash)).is_ok()
        }
    };
    Ok(fits.then_some(hash))
}

/// RFC 8446 §4.2.11: before a PSK is accepted its binder must be checked, and a wrong one ends the handshake.
fn check_binder(
    context: &Context<'_>,
    hello: &Hello,
    index: usize,
    hash: HashAlgorithm,
    session: &Session,
) -> Result<()> {
    let message = &hello.received.message;
    let bytes = message.as_bytes();
    let partial = bytes.len().checked_sub(binders_length(message)?).and_then(|length| bytes.get(..length));
    let digest = context.transcript.with_partial(hash, partial.ok_or(Error::internal())?);
    let expected = EarlySecret::new(hash, Some(session.secret.as_ref())).binder(false, digest.as_ref());
    let binder = hello.psks.as_ref().and_then(|psks| psks.binders.get(index)).ok_or(Error::internal())?;
    if expected.as_ref().ct_eq(binder.as_slice()).into() {
        return Ok(());
    }
    Err(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BINDER_DOES_NOT_VERIFY))
}
