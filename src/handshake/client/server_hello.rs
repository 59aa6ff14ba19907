//! The ServerHello: which version the server chose (RFC 8446 §4.1.3, §4.2.1), the HelloRetryRequest (§4.1.4), and
//! the keys of TLS 1.3's handshake (§7.1). What a ServerHello of TLS 1.2 says is read in `tls12`.

use std::sync::Arc;

use super::{
    State,
    client_hello::{self, Offer, Retry},
    early_data, extensions, psk, resume, tls12, tls13,
};
use crate::{
    crypto::{
        key_exchange::EphemeralKey,
        secret::SharedSecret,
        suite::{self, Suite},
    },
    error::{Error, Reason, Result},
    handshake::{
        Context, Transcript, Transition, custom_extensions,
        early_data::Status,
        position::Position,
        security::{self, Inquiry},
    },
    key_schedule::tls13::EarlySecret,
    message::{
        Message,
        extension::{Extensions, cookie, key_share, pre_shared_key, supported_groups, supported_versions},
        hello_verify_request::HelloVerifyRequest,
        server_hello::ServerHello,
    },
    policy::{Settings, custom_extension::place, library::KnownGroup, options::option},
    record::{Level, Side},
    session::Session,
    wire::{AlertDescription, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion},
};

/// What a TLS 1.3 ServerHello may carry (RFC 8446 §4.2).
const ALLOWED: [ExtensionType; 3] =
    [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY];
/// What a HelloRetryRequest may carry (RFC 8446 §4.1.4).
const ALLOWED_IN_RETRY: [ExtensionType; 3] =
    [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::COOKIE];

/// The ends of a random by which a server tells that it could have spoken more than TLS 1.2, or more than TLS 1.1
/// (RFC 8446 §4.1.3).
const DOWNGRADE_TO_TLS12: &[u8] = b"DOWNGRD\x01";
const DOWNGRADE_BELOW_TLS12: &[u8] = b"DOWNGRD\x00";

/// Reads a ServerHello or HelloRetryRequest.
pub fn read_server_hello(
    offer: Offer,
    context: &mut Context<'_>,
    message: Message,
) -> Result<Transition<State>> {
    if context.is_datagram() && message.handshake_type() == HandshakeType::HELLO_VERIFY_REQUEST {
        return read_hello_verify_request(offer, context, &message);
    }
    let hello = ServerHello::read(message.expect(HandshakeType::SERVER_HELLO)?)?;
    context.leave_for(Position::CrSrvrHello);
    context.tell_extensions(&hello.extensions);
    let inquiry = security::about(context, |context| choice(&offer, &hello, context));
    security::inquire(context, inquiry, move |context| read_choice(offer, hello, context, message))
}

/// What the security callback is asked about the server's choice. Once a HelloRetryRequest has settled the version there is but the suite.
fn choice(offer: &Offer, hello: &ServerHello, context: &Context<'_>) -> Option<Inquiry> {
    let suite = suite::find(hello.cipher_suite)?;
    let is_retry = hello.is_hello_retry_request();
    let group = hello.extensions.get(ExtensionType::KEY_SHARE).filter(|_| is_retry);
    Some(Inquiry::ServerHello {
        is_open: security::is_open(context) && !is_retry,
        suite,
        ticket: hello.extensions.contains(ExtensionType::SESSION_TICKET)
            && offer.hello.extensions.contains(ExtensionType::SESSION_TICKET),
        retry_group: group.and_then(|data| key_share::read_retry(data).ok()),
    })
}

fn read_choice(
    offer: Offer,
    hello: ServerHello,
    context: &mut Context<'_>,
    message: Message,
) -> Result<Transition<State>> {
    let version = check_version(&offer, &hello, context.settings())?;
    // The security callback was asked about the versions once more.
    if context.hooks().security
        && security::is_open(context)
        && !context.settings().is_secure_version(version)
    {
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL));
    }
    if version != ProtocolVersion::TLS1_3 {
        // RFC 8446 §D.3: an older server cannot tell early data from a broken record.
        if context.negotiated.early_data.status != Status::NotSent {
            return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL));
        }
        context.set_version(version);
        return tls12::begin(offer, &hello, context, &message);
    }
    context.set_version(version);
    let suite = check_tls13(&offer, &hello, context.settings())?;
    context.transcript.set_hash(suite.hash);
    let (offered, received) = (&offer.hello.extensions, &hello.extensions);
    if hello.is_hello_retry_request() {
        let message_place = place::HELLO_RETRY_REQUEST;
        extensions::check(received, &ALLOWED_IN_RETRY, offered, context, message_place)?;
        let custom = custom_extensions::received(context, message_place, false, received, 0)?;
        custom_extensions::read(context, message_place, custom, &[], move |context| {
            read_hello_retry_request(offer, &hello, suite, context, &message)
        })
    } else {
        let message_place = place::TLS1_3_SERVER_HELLO;
        extensions::check(received, &ALLOWED, offered, context, message_place)?;
        let resumes = received.contains(ExtensionType::PRE_SHARED_KEY);
        let custom = custom_extensions::received(context, message_place, resumes, received, 0)?;
        custom_extensions::read(context, message_place, custom, &[], move |context| {
            read_tls13(offer, &hello, suite, context, &message)
        })
    }
}

/// The server wants to see our hello again with a cookie. RFC 6347 §4.2.1: neither the first hello nor the request is hashed.
fn read_hello_verify_request(
    offer: Offer,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<State>> {
    let request = HelloVerifyRequest::read(message.body())?;
    context.leave_for(Position::DtlsCrHelloVerifyRequest);
    *context.transcript = Transcript::new();
    client_hello::emit_with_cookie(offer, request.cookie, context)
}

/// The version that the server chose, if we may speak it: if we offered it, and the program has not changed its mind.
fn check_version(offer: &Offer, hello: &ServerHello, settings: &Settings) -> Result<ProtocolVersion> {
    let version = chosen_version(offer, hello, settings)?;
    if settings.allows_version(version) {
        return Ok(version);
    }
    let allows_any = !settings.versions().is_empty();
    let reason = if allows_any { Reason::UNSUPPORTED_PROTOCOL } else { Reason::NO_PROTOCOLS_AVAILABLE };
    Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, reason))
}

/// The version that the server chose of those that we offered.
fn chosen_version(offer: &Offer, hello: &ServerHello, settings: &Settings) -> Result<ProtocolVersion> {
    if let Some(data) = hello.extensions.get(ExtensionType::SUPPORTED_VERSIONS) {
        if !offer.hello.extensions.contains(ExtensionType::SUPPORTED_VERSIONS) {
            return Err(Error::fatal(AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION));
        }
        // RFC 8446 §4.2.1: only TLS 1.3 is chosen in this way.
        let version = supported_versions::read_server(data)?;
        if version != ProtocolVersion::TLS1_3 {
            return Err(Error::illegal(Reason::BAD_PROTOCOL_VERSION_NUMBER));
        }
        // RFC 8446 §4.1.3.
        if hello.legacy_version != ProtocolVersion::TLS1_2 {
            return Err(Error::illegal(Reason::BAD_LEGACY_VERSION));
        }
        return Ok(version);
    }
    // RFC 8446 §4.1.4: after a HelloRetryRequest the version is settled; without the extension it is none.
    if offer.retry.is_some() || hello.is_hello_retry_request() {
        return Err(Error::illegal(Reason::WRONG_SSL_VERSION));
    }
    let version = hello.legacy_version;
    let fixed = settings.fixed_version();
    if fixed.is_some_and(|fixed| version != fixed) {
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_SSL_VERSION));
    }
    if version >= ProtocolVersion::TLS1_3 || !offer.versions.contains(&version) {
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL));
    }
    check_downgrade(offer, version, &hello.random)?;
    Ok(version)
}

/// RFC 8446 §4.1.3: a server that knows a higher version of those that we offer says so in its random.
fn check_downgrade(offer: &Offer, version: ProtocolVersion, random: &[u8; 32]) -> Result<()> {
    let highest = offer.versions.first().copied().unwrap_or(version);
    let downgraded = random.ends_with(DOWNGRADE_BELOW_TLS12)
        || (highest >= ProtocolVersion::TLS1_3 && random.ends_with(DOWNGRADE_TO_TLS12));
    // DTLS has no such sign.
    if version < highest && downgraded && !version.is_datagram() {
        return Err(Error::illegal(Reason::INAPPROPRIATE_FALLBACK));
    }
    Ok(())
}

/// The suite that the server chose, which must be one that we offered for this version, and that the program and its security
/// callback still allow.
pub fn check_suite(
    offer: &Offer,
    hello: &ServerHello,
    version: ProtocolVersion,
    settings: &Settings,
) -> Result<&'static Suite> {
    let suite = suite::find(hello.cipher_suite).ok_or(Error::illegal(Reason::UNKNOWN_CIPHER_RETURNED))?;
    let is_offered = suite.supports(version) && offer.hello.cipher_suites.contains(&suite.id);
    let mut configured = settings.tls13_cipher_suites.iter().chain(settings.cipher_suites.iter());
    let is_wanted = configured.any(|wanted| wanted.id == suite.id) && settings.allows_suite(suite);
    if !is_offered || !is_wanted {
        return Err(Error::illegal(Reason::WRONG_CIPHER_RETURNED));
    }
    Ok(suite)
}

/// What a ServerHello of TLS 1.3 and a HelloRetryRequest have in common.
fn check_tls13(offer: &Offer, hello: &ServerHello, settings: &Settings) -> Result<&'static Suite> {
    if hello.session_id != offer.hello.session_id {
        return Err(Error::illegal(Reason::INVALID_SESSION_ID));
    }
    if hello.compression_method != 0 {
        return Err(Error::illegal(Reason::INVALID_COMPRESSION_ALGORITHM));
    }
    let suite = check_suite(offer, hello, ProtocolVersion::TLS1_3, settings)?;
    // RFC 8446 §4.1.4: the suite of the HelloRetryRequest stays.
    if offer.retry.is_some_and(|retry| retry.id != suite.id) {
        return Err(Error::illegal(Reason::WRONG_CIPHER_RETURNED));
    }
    Ok(suite)
}

fn read_hello_retry_request(
    offer: Offer,
    hello: &ServerHello,
    suite: &'static Suite,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<State>> {
    // RFC 8446 §4.1.4: only one in a connection.
    if offer.retry.is_some() {
        return Err(Error::unexpected());
    }
    let key = match hello.extensions.get(ExtensionType::KEY_SHARE) {
        Some(data) => Some(key_of_retry(&offer, key_share::read_retry(data)?, context)?),
        None => None,
    };
    let server_cookie = match hello.extensions.get(ExtensionType::COOKIE) {
        Some(data) => Some(cookie::read(data)?.to_vec()),
        None => None,
    };
    if key.is_none() && server_cookie.is_none() {
        return Err(Error::illegal(Reason::NO_CHANGE_FOLLOWING_HRR));
    }
    context.transcript.hello_retry()?;
    context.add_to_transcript(message);
    context.negotiated.hello_retry = true;
    early_data::abandon(context);
    // RFC 8446 §D.4: once; after early data it was sent already.
    let sent = context.negotiated.early_data.status != Status::NotSent;
    if context.settings().has_option(option::ENABLE_MIDDLEBOX_COMPAT) && !sent {
        context.leave_for(Position::CwChange);
        context.send_change_cipher_spec()?;
    }
    client_hello::begin_second(Retry { offer, suite, key, cookie: server_cookie }, context)
}

/// A key of the group that the server asks for: one that we offered, but sent no share of (RFC 8446 §4.2.8).
fn key_of_retry(offer: &Offer, group: NamedGroup, context: &Context<'_>) -> Result<EphemeralKey> {
    let data = |extension_type| offer.hello.extensions.get(extension_type).ok_or(Error::internal());
    let offered = supported_groups::read(data(ExtensionType::SUPPORTED_GROUPS)?)?;
    let is_of_tls13 = context.settings().group(group).is_some_and(KnownGroup::is_for_tls13);
    if !is_of_tls13
        || !context.settings().allows_group(group)
        || !offered.contains(&group)
        || sent_share(&offer.hello.extensions, group)?
    {
        return Err(Error::illegal(Reason::BAD_KEY_SHARE));
    }
    context.settings().new_key(group)
}

/// A ServerHello of TLS 1.3: from here on the handshake is encrypted.
fn read_tls13(
    offer: Offer,
    hello: &ServerHello,
    suite: &'static Suite,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<State>> {
    let resumed = selected_session(&offer, &hello.extensions, suite)?;
    context.negotiated.suite = Some(suite);
    context.negotiated.server_random = hello.random;
    let early = match resumed {
        Some((session, external, is_first)) => {
            resume::take_over(session, context)?;
            context.negotiated.early_data.other_psk_selected = !is_first;
            if external {
                // Nobody verified anything: the result is what it was.
                context.negotiated.verify_result = 0;
            }
            EarlySecret::new(suite.hash, Some(session.secret.as_ref()))
        }
        None => EarlySecret::new(suite.hash, None),
    };
    let resumes_session = resumed.is_some_and(|(_, external, _)| !external);
    context.negotiated.session_refused = !resumes_session;
    let psk_alone = resumed.is_some() && resume::offers_psk_alone(&offer.hello.extensions)?;
    let Offer { hello: client_hello, key, .. } = offer;
    let shared = match hello.extensions.get(ExtensionType::KEY_SHARE) {
        Some(data) => {
            let (group, share) = key_share::read_server(data)?;
            let key = key.ok_or(Error::internal())?;
            let settings = &context.environment.settings;
            context.negotiated.note_shares(settings, group, Side::Client, key.share_on(group), share);
            if resumes_session {
                resume::note_group(context);
            }
            Some(complete(key, &client_hello.extensions, group, share)?)
        }
        // RFC 8446 §4.2.9: a PSK alone, if we said that it may be.
        None if psk_alone => None,
        None => return Err(Error::fatal(AlertDescription::MISSING_EXTENSION, Reason::NO_SUITABLE_KEY_SHARE)),
    };
    context.add_to_transcript(message);
    let transcript = context.transcript.current()?;
    let handshake = early.into_handshake(shared.as_ref().map(|secret| secret.as_slice()));
    let client = handshake.client_traffic(transcript.as_ref());
    let server = handshake.server_traffic(transcript.as_ref());
    context.log_secret("SERVER_HANDSHAKE_TRAFFIC_SECRET", server.as_bytes());
    context.set_read_secret(Level::Handshake, &server)?;
    // From here on also an alert is encrypted (RFC 8446 §6). Early data keeps its keys to its end.
    if !context.negotiated.early_data.writes_under_its_keys {
        context.set_write_secret(Level::Handshake, &client)?;
    }
    let keys = tls13::Keys { handshake, client, server };
    Ok(tls13::begin(keys, client_hello.extensions))
}

/// The session behind the PSK that the server selected, whether it is the program's, and whether it is the first (RFC 8446
/// §4.2.11).
fn selected_session<'a>(
    offer: &'a Offer,
    extensions: &Extensions,
    suite: &Suite,
) -> Result<Option<(&'a Arc<Session>, bool, bool)>> {
    match extensions.get(ExtensionType::PRE_SHARED_KEY) {
        Some(data) => {
            let index = pre_shared_key::read_selected(data)?;
            let (session, external) = psk::selected(offer, index, suite.hash)?;
            Ok(Some((session, external, index == 0)))
        }
        None => Ok(None),
    }
}

/// Whether our ClientHello has a share of this group.
fn sent_share(sent: &Extensions, group: NamedGroup) -> Result<bool> {
    let shares = key_share::read_client(sent.get(ExtensionType::KEY_SHARE).ok_or(Error::internal())?)?;
    Ok(shares.iter().any(|(sent, _)| *sent == group))
}

/// The shared secret, if the server's share is of a group that we sent a share of (RFC 8446 §4.2.8): that of the key, or
/// that of its part.
fn complete(key: EphemeralKey, sent: &Extensions, group: NamedGroup, share: &[u8]) -> Result<SharedSecret> {
    if !sent_share(sent, group)? {
        return Err(Error::illegal(Reason::BAD_KEY_SHARE));
    }
    if key.group() == group { key.complete(share) } else { key.complete_ecdh_part(share) }
}
