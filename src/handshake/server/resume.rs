//! Sessions: whether one may be resumed, TLS 1.2's search for one, and the making of a new one
//! (RFC 5246 §7.4.1.2, §F.1.4; RFC 5077 §3.4; RFC 7627 §5.3; RFC 6066 §3).

use std::sync::Arc;

use super::{
    State, Step,
    tls12_hello::{self, Hello, Question},
};
use crate::{
    crypto::{secret::Secret, suite},
    error::{Error, Reason, Result},
    handshake::{
        Context, Event, Renegotiation, Transition,
        want::{Answer, Ask, TicketOutcome},
    },
    policy::{VerifyMode, options::option},
    session::{Carried, Id, Session},
    wire::AlertDescription,
};

/// Whether a session is of our context and not too old. One that a client must not offer again is not refused: what may be
/// found is the cache's business, and the program may have put it back (`SSL_CTX_add_session(3)`). A server that verifies clients must have a context, or one service's
/// clients could come in through another's sessions (`SSL_CTX_set_session_id_context(3)`).
pub fn is_current(context: &Context<'_>, session: &Session) -> Result<bool> {
    if *session.id_context != context.negotiated.session_id_context[..] {
        return Ok(false);
    }
    if lacks_context(context) {
        return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::SESSION_ID_CONTEXT_UNINITIALIZED));
    }
    let expired = context.environment.now > session.time.saturating_add(session.timeout);
    Ok(!expired)
}

/// Whether the session may still be resumed after the servername callback. Where that led to another session id context
/// (`SSL_set_SSL_CTX(3)`) only a session of the very name is: the clients of one host must not come in through the sessions
/// of another, which may ask for other certificates. Which host a session without a name was for is not known: without a name it is
/// resumed where clients are not verified.
pub fn fits_host(context: &Context<'_>, session: &Session) -> bool {
    let negotiated = &*context.negotiated;
    context.settings().session_id_context == negotiated.session_id_context
        || match (&session.server_name, &negotiated.server_name) {
            (Some(_), Some(_)) => has_same_name(context, session),
            (None, None) => has_no_client_to_know(context, session),
            _ => false,
        }
}

/// Whether the session has no client's certificate and none is asked for, nor may be by a certificate callback.
fn has_no_client_to_know(context: &Context<'_>, session: &Session) -> bool {
    let may_verify = context.settings().verify_mode.has(VerifyMode::PEER) || context.hooks().certificate;
    !may_verify && session.peer_chain.is_none() && session.peer_raw_key.is_none()
}

/// The session that was found is not resumed after all.
pub fn forget_session(context: &mut Context<'_>) {
    if context.negotiated.resumed {
        context.events.push_back(Event::VerifyResult(0));
    }
    let negotiated = &mut *context.negotiated;
    negotiated.resumed = false;
    negotiated.session = None;
    negotiated.peer_chain = None;
    negotiated.peer_raw_key = None;
    negotiated.peer_scheme = None;
    negotiated.psk_identity = None;
    negotiated.verify_result = 0;
}

/// Whether new sessions are announced to the cache.
pub fn is_cacheable(context: &Context<'_>) -> bool {
    context.hooks().caches_sessions && !lacks_context(context)
}

fn lacks_context(context: &Context<'_>) -> bool {
    let settings = context.settings();
    settings.session_id_context.is_empty() && settings.verify_mode.has(VerifyMode::PEER)
}

/// A session of what was negotiated.
pub fn new_session(context: &Context<'_>, secret: Secret) -> Result<Session> {
    let negotiated = &*context.negotiated;
    let suite = negotiated.suite.ok_or(Error::internal())?.id;
    let (now, timeout) = (context.environment.now, negotiated.session_lifetime);
    let is_srp = negotiated.suite.is_some_and(|suite| suite.key_exchange == suite::KeyExchangeAlgorithm::Srp);
    Ok(Session {
        id: negotiated.session_id,
        id_context: Id::of(&negotiated.session_id_context),
        time_milliseconds: context.environment.now_milliseconds(),
        peer_chain: negotiated.peer_chain.clone(),
        peer_raw_key: negotiated.peer_raw_key.clone(),
        verify_result: negotiated.verify_result,
        server_name: negotiated.server_name.clone().filter(|_| negotiated.server_name_acknowledged),
        alpn: negotiated.alpn.clone(),
        extended_master_secret: negotiated.extended_master_secret,
        group: negotiated.group,
        max_fragment_length: negotiated.max_fragment_length,
        resumable: !negotiated.not_resumable,
        carried: Carried {
            psk_identity: negotiated.psk_identity.clone(),
            psk_identity_hint: negotiated.psk_identity_hint.clone(),
            srp_user_name: negotiated.srp_user_name.clone().filter(|_| is_srp),
            ..Carried::default()
        }
        .kept(),
        ..Session::new(context.version()?, suite, secret, now, timeout)
    })
}

/// TLS 1.2: asks for the session of the client's ticket, or of its session id.
pub fn find_session(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    let renews = context.negotiated.renegotiation == Some(Renegotiation::Full);
    if renews && context.settings().has_option(option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION) {
        return tls12_hello::after_lookup(context, hello);
    }
    let settings = context.settings();
    let takes_tickets = !settings.has_option(option::NO_TICKET) && settings.allows_tickets();
    match hello.ticket.clone() {
        Some(ticket) if takes_tickets => {
            Ok(Transition::Ask(Ask::OpenTicket(ticket), State::Tls12Hello(Question::Ticket, hello)))
        }
        _ => find_by_id(context, hello),
    }
}

fn find_by_id(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    let id = &hello.hello.session_id;
    if id.is_empty() || !context.hooks().find_session {
        return tls12_hello::after_lookup(context, hello);
    }
    Ok(Transition::Ask(Ask::FindSession(id.clone()), State::Tls12Hello(Question::SessionId, hello)))
}

/// What became of the ticket.
pub fn read_ticket(context: &mut Context<'_>, mut hello: Box<Hello>, answer: Answer) -> Step {
    match answer {
        Answer::Ticket(TicketOutcome::Session { session, renew }) => {
            // RFC 5077 §3.4: the id is the client's, which so learns that the ticket was accepted.
            let mut session = Arc::unwrap_or_clone(session);
            session.id = Id::of(&hello.hello.session_id);
            if resume(context, &mut hello, Arc::new(session))? {
                hello.sends_ticket = renew;
            }
            tls12_hello::after_lookup(context, hello)
        }
        // RFC 5077 §3.4: an empty ticket only asks for one; the session id may still name a session.
        Answer::Ticket(TicketOutcome::Unusable) if hello.ticket.as_ref().is_some_and(Vec::is_empty) => {
            find_by_id(context, hello)
        }
        Answer::Ticket(TicketOutcome::Unusable) => tls12_hello::after_lookup(context, hello),
        Answer::Ticket(TicketOutcome::Ignored { renew }) => {
            hello.sends_ticket &= renew;
            find_by_id(context, hello)
        }
        _ => Err(Error::internal()),
    }
}

/// What was found under the session id.
pub fn read_session(context: &mut Context<'_>, mut hello: Box<Hello>, answer: Answer) -> Step {
    let Answer::Session(session) = answer else { return Err(Error::internal()) };
    if let Some(session) = session
        && resume(context, &mut hello, session)?
    {
        hello.sends_ticket = false;
    }
    tls12_hello::after_lookup(context, hello)
}

/// Resumes a session if that is allowed.
fn resume(context: &mut Context<'_>, hello: &mut Hello, session: Arc<Session>) -> Result<bool> {
    if session.version != context.version()?
        || !is_current(context, &session)?
        || !has_same_name(context, &session)
    {
        return Ok(false);
    }
    // RFC 7627 §5.3: the extended master secret stays in use, or the handshake ends; it never begins in a resumption.
    match (session.extended_master_secret, context.negotiated.extended_master_secret) {
        (true, false) => return Err(Error::handshake_failure(Reason::INCONSISTENT_EXTMS)),
        (false, true) => return Ok(false),
        _ => {}
    }
    // RFC 5246 §7.4.1.2: a client that resumes offers at least the session's suite.
    if !hello.hello.cipher_suites.contains(&session.cipher_suite) {
        return Err(Error::illegal(Reason::REQUIRED_CIPHER_MISSING));
    }
    let usable = context
        .settings()
        .offered_suites(&[session.version])
        .iter()
        .any(|suite| suite.id == session.cipher_suite);
    let Some(suite) = suite::find(session.cipher_suite).filter(|_| usable) else { return Ok(false) };

    let negotiated = &mut *context.negotiated;
    negotiated.resumed = true;
    negotiated.suite = Some(suite);
    negotiated.group = session.group;
    // They matter to a full handshake alone, and so count as not read.
    negotiated.peer_groups.clear();
    negotiated.peer_schemes.clear();
    negotiated.client_suites.clear();
    negotiated.peer_chain = session.peer_chain.clone();
    negotiated.peer_raw_key = session.peer_raw_key.clone();
    negotiated.verify_result = session.verify_result;
    negotiated.psk_identity.clone_from(&session.carried().psk_identity);
    if let Some(name) = &session.server_name {
        negotiated.server_name = Some(name.clone());
    }
    negotiated.session = Some(Arc::clone(&session));
    context.events.push_back(Event::VerifyResult(session.verify_result));
    hello.session = Some(session);
    Ok(true)
}

/// RFC 6066 §3: a session must not be resumed under another server name.
fn has_same_name(context: &Context<'_>, session: &Session) -> bool {
    match (&session.server_name, &context.negotiated.server_name) {
        (Some(before), Some(now)) => before.eq_ignore_ascii_case(now),
        _ => true,
    }
}
