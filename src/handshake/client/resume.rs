//! Resumption as a client sees it: which session may be offered and how (RFC 8446 §4.2.11, RFC 5077 §3.4, RFC 5246
//! §F.1.4), what is taken over from it, and the session that a full handshake leaves.

use std::sync::Arc;

use crate::{
    crypto::{hash::HashAlgorithm, secret::Secret, suite},
    error::{Error, Reason, Result},
    handshake::{Context, Environment},
    message::extension::{Extensions, psk_key_exchange_modes},
    policy::{Settings, options::option},
    session::{Carried, Id, Session},
    wire::{CipherSuite, ExtensionType, ProtocolVersion, PskKeyExchangeMode},
};

/// Seven days: no ticket is used for longer (RFC 8446 §4.6.1).
const MAX_TICKET_AGE: i64 = 7 * 24 * 60 * 60;

/// The session that is to be resumed, if it still may be. As in OpenSSL its timeout is no concern of the client: the
/// server knows whether it still has it.
pub fn usable_session(
    environment: &Environment,
    offered: Option<&Arc<Session>>,
    versions: &[ProtocolVersion],
    suites: &[CipherSuite],
) -> Option<Arc<Session>> {
    let session = offered?;
    let age = environment.now.saturating_sub(session.time);
    let usable = session.resumable
        && versions.contains(&session.version)
        && if session.version == ProtocolVersion::TLS1_3 {
            // RFC 8446 §4.2.11: the PSK belongs to a hash; any suite with it will do.
            let same_hash = |id: &CipherSuite| {
                suite::find(*id).is_some_and(|suite| suite.is_tls13() && has_hash(session, suite.hash))
            };
            !session.ticket.is_empty()
                // The age of a ticket from the future, where the clock was set back, is not known.
                && (0..=i64::from(session.ticket_lifetime).min(MAX_TICKET_AGE)).contains(&age)
                && suites.iter().any(same_hash)
        } else {
            !session.id.is_empty() && suites.contains(&session.cipher_suite)
        };
    usable.then(|| Arc::clone(session))
}

/// Whether the session's secret belongs to this hash.
pub fn has_hash(session: &Session, hash: HashAlgorithm) -> bool {
    suite::find(session.cipher_suite).is_some_and(|suite| suite.hash == hash)
}

/// How we let a PSK be used (RFC 8446 §4.2.9).
pub fn psk_modes(settings: &Settings) -> &'static [PskKeyExchangeMode] {
    if settings.has_option(option::ALLOW_NO_DHE_KEX) {
        &[PskKeyExchangeMode::PSK_DHE_KE, PskKeyExchangeMode::PSK_KE]
    } else {
        &[PskKeyExchangeMode::PSK_DHE_KE]
    }
}

/// Whether these extensions of our ClientHello let a PSK be used without a key exchange.
pub fn offers_psk_alone(offered: &Extensions) -> Result<bool> {
    let modes = offered.get(ExtensionType::PSK_KEY_EXCHANGE_MODES).ok_or(Error::internal())?;
    Ok(psk_key_exchange_modes::read(modes)?.contains(&PskKeyExchangeMode::PSK_KE))
}

/// The server resumes this session: what it stands for is this connection's as well.
pub fn take_over(session: &Arc<Session>, context: &mut Context<'_>) -> Result<()> {
    if session.id_context[..] != context.settings().session_id_context[..] {
        return Err(Error::illegal(Reason::ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT));
    }
    context.negotiated.resumed = true;
    context.negotiated.peer_chain.clone_from(&session.peer_chain);
    context.negotiated.peer_raw_key.clone_from(&session.peer_raw_key);
    context.negotiated.verify_result = session.verify_result;
    context.negotiated.session = Some(Arc::clone(session));
    context.negotiated.psk_identity.clone_from(&session.carried().psk_identity);
    context.negotiated.psk_identity_hint.clone_from(&session.carried().psk_identity_hint);
    context.negotiated.max_fragment_length = session.max_fragment_length;
    Ok(())
}

/// The key exchange of a resumption in TLS 1.3 may be of another group than the session's. The connection's session is a copy then:
/// the one that was offered stays what it was.
pub fn note_group(context: &mut Context<'_>) {
    let group = context.negotiated.group;
    if let Some(session) = context.negotiated.session.as_ref().filter(|session| session.group != group) {
        context.negotiated.session = Some(Arc::new(Session { group, ..Session::clone(session) }));
    }
}

/// The session that a full handshake leaves. In TLS 1.3 it has no id yet and no ticket: those come with a
/// NewSessionTicket.
pub fn new_session(context: &Context<'_>, id: &[u8], secret: Secret) -> Result<Session> {
    let negotiated = &context.negotiated;
    let suite = negotiated.suite.ok_or(Error::internal())?.id;
    let now = context.environment.now;
    let is_srp = negotiated.suite.is_some_and(|suite| suite.key_exchange == suite::KeyExchangeAlgorithm::Srp);
    Ok(Session {
        id: Id::of(id),
        id_context: Id::of(&negotiated.session_id_context),
        time_milliseconds: context.environment.now_milliseconds(),
        peer_chain: negotiated.peer_chain.clone(),
        peer_raw_key: negotiated.peer_raw_key.clone(),
        verify_result: negotiated.verify_result,
        server_name: negotiated.server_name.clone(),
        alpn: negotiated.alpn.clone(),
        extended_master_secret: negotiated.extended_master_secret,
        group: negotiated.group,
        max_fragment_length: negotiated.max_fragment_length,
        carried: Carried {
            psk_identity: negotiated.psk_identity.clone(),
            psk_identity_hint: negotiated.psk_identity_hint.clone(),
            srp_user_name: negotiated.srp_user_name.clone().filter(|_| is_srp),
            ..Carried::default()
        }
        .kept(),
        ..Session::new(context.version()?, suite, secret, now, negotiated.session_lifetime)
    })
}
