//! TLS 1.3: PSKs, of sessions to resume and of the program (RFC 8446 §4.2.11).

use std::sync::Arc;
use subtle::ConstantTimeEq;

use super::{
    State, Step, early_data, resume,
    tls13_hello::{self, Hello, Question},
};
use crate::{
    crypto::suite,
    error::{Error, Reason, Result},
    handshake::{
        Context, Event, Transition,
        want::{Answer, Ask, TicketOutcome},
    },
    key_schedule::tls13::EarlySecret,
    message::client_hello::binders_length,
    policy::options::option,
    session::{Id, Session},
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
    /// Whether it is the program's.
    pub external: bool,
    /// Whether the client thinks it as old as we do.
    pub is_fresh: bool,
    /// Whether another suite than the session's was chosen.
    pub suite_changed: bool,
}

impl Psk {
    /// Whether it may still be used after the servername callback: a session is of one host.
    pub fn fits_host(&self, context: &Context<'_>) -> bool {
        self.external || resume::fits_host(context, &self.session)
    }
}

/// Asks for the PSK of the identity with this index: the program first, which may know any identity, then the tickets and the
/// cache; after the last one a full handshake follows.
pub fn try_identity(context: &mut Context<'_>, hello: Box<Hello>, index: usize) -> Step {
    let Some(identity) = identity(&hello, index) else { return tls13_hello::after_psk(context, hello) };
    if context.hooks().find_psk {
        let ask = Ask::FindPsk(identity.to_vec());
        return Ok(Transition::Ask(ask, State::Tls13Hello(Question::Psk(index), hello)));
    }
    try_session(context, hello, index)
}

/// The identity with this index, unless no PSK can be used.
fn identity(hello: &Hello, index: usize) -> Option<&[u8]> {
    let (identity, _) = hello.psks.as_ref()?.identities.get(index)?;
    (!hello.modes.is_empty() && index < MAX_IDENTITIES).then_some(identity)
}

fn try_session(context: &mut Context<'_>, hello: Box<Hello>, index: usize) -> Step {
    match identity(&hello, index).and_then(|identity| question(context, identity)) {
        Some(ask) => Ok(Transition::Ask(ask, State::Tls13Hello(Question::Identity(index), hello))),
        None => try_identity(context, hello, index.saturating_add(1)),
    }
}

/// Without tickets, and where each session is for one use, an identity is the id of a session that we keep.
fn question(context: &Context<'_>, identity: &[u8]) -> Option<Ask> {
    let is_stateful =
        context.settings().has_option(option::NO_TICKET) || early_data::sessions_are_for_one_use(context);
    if !is_stateful {
        return Some(Ask::OpenTicket(identity.to_vec()));
    }
    let can_find = context.hooks().find_session && identity.len() <= MAX_SESSION_ID;
    can_find.then(|| Ask::FindSession(identity.to_vec()))
}

/// The program's answer.
pub fn read_psk(context: &mut Context<'_>, hello: Box<Hello>, index: usize, answer: Answer) -> Step {
    match answer {
        Answer::Session(Some(session)) => {
            // The program's PSKs are of any context.
            let id_context = Id::of(&context.negotiated.session_id_context);
            let session = Session { id_context, ..Arc::unwrap_or_clone(session) };
            try_psk(context, hello, index, Some(Arc::new(session)), true)
        }
        Answer::Session(None) => try_session(context, hello, index),
        _ => Err(Error::internal()),
    }
}

/// What the ticket held, or the cache.
pub fn read_session(context: &mut Context<'_>, hello: Box<Hello>, index: usize, answer: Answer) -> Step {
    let session = match answer {
        Answer::Session(session) => session,
        Answer::Ticket(outcome) => take_ticket(context, outcome)?,
        _ => return Err(Error::internal()),
    };
    try_psk(context, hello, index, session, false)
}

/// The session of a ticket, and whether the client is to have others.
fn take_ticket(context: &mut Context<'_>, outcome: TicketOutcome) -> Result<Option<Arc<Session>>> {
    let (session, renew) = match outcome {
        TicketOutcome::Session { session, renew } => (Some(session), renew),
        TicketOutcome::Ignored { renew } => (None, renew),
        TicketOutcome::Unusable => (None, true),
        TicketOutcome::Failed => return Err(Error::internal()),
    };
    context.negotiated.tickets_refused = !renew;
    Ok(session)
}

/// The PSK is accepted if it fits and its binder is right; else the next one is tried.
fn try_psk(
    context: &mut Context<'_>,
    hello: Box<Hello>,
    index: usize,
    session: Option<Arc<Session>>,
    external: bool,
) -> Step {
    let fitting = match session {
        Some(session) if fits(context, &hello, &session)? => Some(session),
        _ => None,
    };
    let Some(session) = fitting else { return try_identity(context, hello, index.saturating_add(1)) };

    check_binder(context, &hello, index, &session, external)?;
    if !external && early_data::sessions_are_for_one_use(context) {
        let state = State::Tls13Hello(Question::Claim(index, Arc::clone(&session)), hello);
        return Ok(Transition::Ask(Ask::ClaimSession(session), state));
    }
    accept(context, hello, index, session, external)
}

/// Whether nobody else resumed the session before us (RFC 8446 §8.1).
pub fn claimed(
    context: &mut Context<'_>,
    hello: Box<Hello>,
    index: usize,
    session: Arc<Session>,
    answer: Answer,
) -> Step {
    match answer {
        Answer::Allowed(true) => accept(context, hello, index, session, false),
        Answer::Allowed(false) => try_identity(context, hello, index.saturating_add(1)),
        _ => Err(Error::internal()),
    }
}

fn accept(
    context: &mut Context<'_>,
    mut hello: Box<Hello>,
    index: usize,
    session: Arc<Session>,
    external: bool,
) -> Step {
    let offered = hello.psks.as_ref().and_then(|psks| psks.identities.get(index));
    // RFC 8446 §4.2.11: a PSK of the program's has no age.
    let is_fresh = external || offered.is_some_and(|(_, age)| early_data::is_fresh(context, &session, *age));
    context.negotiated.resumed = true;
    // They matter to a full handshake alone, and so count as not read.
    context.negotiated.peer_schemes.clear();
    context.negotiated.peer_chain = session.peer_chain.clone();
    context.negotiated.peer_raw_key = session.peer_raw_key.clone();
    context.negotiated.verify_result = session.verify_result;
    context.events.push_back(Event::VerifyResult(session.verify_result));
    context.negotiated.session = Some(Arc::clone(&session));
    let index = u16::try_from(index).map_err(|_| Error::internal())?;
    hello.psk = Some(Psk { session, index, external, is_fresh, suite_changed: false });
    tls13_hello::after_psk(context, hello)
}

/// Whether the PSK may be used here: it is bound to the hash of the suite that was chosen (RFC 8446 §4.2.11, §4.6.1).
fn fits(context: &Context<'_>, hello: &Hello, session: &Session) -> Result<bool> {
    let same_hash = suite::find(session.cipher_suite).is_some_and(|bound| bound.hash == hello.suite.hash);
    Ok(session.version == ProtocolVersion::TLS1_3 && resume::is_current(context, session)? && same_hash)
}

/// RFC 8446 §4.2.11: before a PSK is accepted its binder must be checked, and a wrong one ends the handshake.
fn check_binder(
    context: &Context<'_>,
    hello: &Hello,
    index: usize,
    session: &Session,
    external: bool,
) -> Result<()> {
    let hash = hello.suite.hash;
    let message = &hello.received.message;
    let bytes = message.as_bytes();
    let partial = bytes.len().checked_sub(binders_length(message)?).and_then(|length| bytes.get(..length));
    let digest = context.transcript.with_partial(hash, partial.ok_or(Error::internal())?)?;
    let expected = EarlySecret::new(hash, Some(session.secret.as_ref())).binder(external, digest.as_ref());
    let binder = hello.psks.as_ref().and_then(|psks| psks.binders.get(index)).ok_or(Error::internal())?;
    #[cfg(fuzzing)]
    if crate::crypto::unprotected::is_on() {
        return Ok(());
    }
    if expected.as_ref().ct_eq(binder.as_slice()).into() {
        return Ok(());
    }
    Err(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BINDER_DOES_NOT_VERIFY))
}
