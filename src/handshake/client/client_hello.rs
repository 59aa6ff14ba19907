//! The ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), and the second one that answers a
//! HelloRetryRequest (RFC 8446 §4.1.4). Which extensions are sent, and in which order, is as OpenSSL does it.

use std::sync::Arc;

use super::{State, early_data, psk, resume};
use crate::{
    crypto::{hash::HashAlgorithm, key_exchange::EphemeralKey, rand, suite::Suite},
    error::{Error, Reason, Result},
    handshake::{
        Context, Environment, Renegotiation, Transition, certificate_compression, custom_extensions,
        fragment_limits, next_protocol,
        position::Position,
        quic, raw_public_key, security, use_srtp,
        want::{Answer, Ask, ExternalPsk},
    },
    message::{
        client_hello::ClientHello,
        extension::{
            Extensions, alpn, certificate_authorities, cookie, ec_point_formats, key_share,
            pre_shared_key::OfferedPsks, psk_key_exchange_modes, renegotiation_info, server_name,
            signature_algorithms, srp, supported_groups, supported_versions,
        },
    },
    policy::{
        Settings,
        custom_extension::place,
        options::{mode, option},
    },
    record::Side,
    session::Session,
    wire::{AlertDescription, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
};

/// `uncompressed`, the only point format that is not deprecated (RFC 8422 §5.1.2).
const UNCOMPRESSED: u8 = 0;
/// `null`, the only compression method (RFC 8446 §4.1.2).
const NO_COMPRESSION: u8 = 0;

/// What was offered: kept until the ServerHello tells what came of it.
pub struct Offer {
    /// The ClientHello that was sent last; its binders are not filled in.
    pub hello: ClientHello,
    /// The versions that it offers, the highest first.
    pub versions: Vec<ProtocolVersion>,
    /// The key of its `key_share`; `None` if it does not offer TLS 1.3.
    pub key: Option<EphemeralKey>,
    /// The session that it offers to resume.
    pub session: Option<Arc<Session>>,
    /// The PSK of the program that it offers, after the session.
    pub external: Option<ExternalPsk>,
    /// The suite that a HelloRetryRequest chose, if there was one.
    pub retry: Option<&'static Suite>,
}

impl Offer {
    /// The session offered, if it is one of this version.
    pub fn session_of(&self, version: ProtocolVersion) -> Option<&Arc<Session>> {
        self.session.as_ref().filter(|session| session.version == version)
    }

    /// The session under whose keys early data follows the ClientHello, if it announces any.
    fn early_data_session(&self) -> Option<&Session> {
        psk::first(self.session.as_ref(), self.external.as_ref())
            .filter(|_| self.hello.extensions.contains(ExtensionType::EARLY_DATA))
    }
}

/// What a HelloRetryRequest asks for.
pub struct Retry {
    /// What was offered.
    pub offer: Offer,
    /// The suite that it chose.
    pub suite: &'static Suite,
    /// A new key, if it chose a group.
    pub key: Option<EphemeralKey>,
    /// Its cookie.
    pub cookie: Option<Vec<u8>>,
}

/// Begins with the first ClientHello.
pub fn begin(context: &mut Context<'_>) -> Result<Transition<State>> {
    context.leave_for(Position::CwClntHello);
    security::client_hello(context, false, begin_first)
}

fn begin_first(context: &mut Context<'_>) -> Result<Transition<State>> {
    context.note_session_settings();
    let versions = versions(context);
    context.negotiated.tentative_version = versions.first().copied();
    emit_client_hello(versions, context)
}

/// Begins with the second ClientHello.
pub fn begin_second(retry: Retry, context: &mut Context<'_>) -> Result<Transition<State>> {
    context.leave_for(Position::CwClntHello);
    security::client_hello(context, true, move |context| emit_second_client_hello(retry, context))
}

/// Asks the program which PSK it has, if it may have one for TLS 1.3; after a HelloRetryRequest for this hash.
fn ask_psk(
    is_wanted: bool,
    hash: Option<HashAlgorithm>,
    context: &mut Context<'_>,
    then: impl FnOnce(Option<ExternalPsk>, &mut Context<'_>) -> Result<Transition<State>> + 'static,
) -> Result<Transition<State>> {
    if !is_wanted || !context.hooks().offer_psk {
        return then(None, context);
    }
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::ExternalPsk(external) => then(external, context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(Ask::OfferPsk(hash), State::Asked(Box::new(rest))))
}

/// The versions that are offered. RFC 8446 §4.1.2: a renegotiation keeps the version.
fn versions(context: &Context<'_>) -> Vec<ProtocolVersion> {
    match (context.negotiated.renegotiation, context.negotiated.version) {
        (Some(_), Some(version)) => vec![version],
        _ => context.settings().offered_versions(),
    }
}

/// Sends the first ClientHello, with the program's extensions. Versions and suites stand before the extensions: what the program
/// changes while it is asked for those comes too late for them.
fn emit_client_hello(versions: Vec<ProtocolVersion>, context: &mut Context<'_>) -> Result<Transition<State>> {
    let Some(highest) = versions.first() else {
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::NO_PROTOCOLS_AVAILABLE));
    };
    context.negotiated.client_version = Some(legacy_version(*highest));
    let is_first = context.negotiated.renegotiation.is_none();
    let cipher_suites = cipher_suites(context.environment, &versions, is_first)?;
    custom_extensions::add(context, place::CLIENT_HELLO, &[], |context| {
        security::client_hello_extensions(context, false, |context| {
            let tls13 = versions.contains(&ProtocolVersion::TLS1_3);
            ask_psk(tls13, None, context, |external, context| {
                emit_first(external, versions, cipher_suites, context)
            })
        })
    })
}

fn emit_first(
    external: Option<ExternalPsk>,
    versions: Vec<ProtocolVersion>,
    cipher_suites: Vec<CipherSuite>,
    context: &mut Context<'_>,
) -> Result<Transition<State>> {
    let custom = custom_extensions::begin(context);
    let environment = context.environment;
    let settings = &environment.settings;
    check_schemes(settings, &versions)?;
    let highest = versions.first().copied().ok_or(Error::internal())?;
    let negotiated = &*context.negotiated;
    let offered = match negotiated.renegotiation {
        None => environment.offered_session.as_ref(),
        Some(Renegotiation::Full) => None,
        Some(Renegotiation::Abbreviated) => negotiated.session.as_ref(),
    };
    let session_refused =
        !offered.is_some_and(|session| session.is_resumable() && versions.contains(&session.version));
    let session = resume::usable_session(environment, offered, &versions, &cipher_suites);
    let external = psk::usable(external, session.as_deref(), None)?;
    let early_data = early_data::wanted(context, psk::first(session.as_ref(), external.as_ref()))?;
    let key = first_key(settings, &versions)?;
    let psks = psk::offered(environment, session.as_deref(), external.as_ref());
    let hello = ClientHello {
        legacy_version: legacy_version(highest),
        random: random(environment)?,
        session_id: session_id(settings, &versions, session.as_deref())?,
        // In a renegotiation as well: OpenSSL's servers that ask for cookies take no hello without one there, nor ask again.
        cookie: context.is_datagram().then(|| context.negotiated.datagram_cookie.clone()),
        cipher_suites,
        compression_methods: vec![NO_COMPRESSION],
        extensions: extensions(
            custom,
            context,
            &versions,
            key.as_ref(),
            session.as_deref(),
            psks,
            early_data,
        ),
    };
    context.negotiated.client_random = hello.random;
    context.negotiated.session_refused = session_refused;
    emit(Offer { hello, versions, key, session, external, retry: None }, context)
}

/// Sends the second ClientHello: the first one but for what the HelloRetryRequest asks for (RFC 8446 §4.1.2) and for what the
/// program now says of its extensions.
fn emit_second_client_hello(mut retry: Retry, context: &mut Context<'_>) -> Result<Transition<State>> {
    let mut kept = Extensions::new();
    for (extension_type, data) in retry.offer.hello.extensions.iter() {
        if !custom_extensions::was_sent(context, extension_type) {
            kept.add(extension_type, |writer| writer.bytes(data));
        }
    }
    retry.offer.hello.extensions = kept;
    custom_extensions::add(context, place::CLIENT_HELLO, &[], |context| {
        security::client_hello_extensions(context, true, |context| {
            ask_psk(true, Some(retry.suite.hash), context, |external, context| {
                emit_second(retry, external, context)
            })
        })
    })
}

fn emit_second(
    retry: Retry,
    external: Option<ExternalPsk>,
    context: &mut Context<'_>,
) -> Result<Transition<State>> {
    let Retry { mut offer, suite, key, cookie: server_cookie } = retry;
    check_schemes(context.settings(), &offer.versions)?;
    // RFC 8446 §4.1.4: a PSK for another hash than that of the chosen suite is of no use any more.
    if offer.session_of(ProtocolVersion::TLS1_3).is_some_and(|session| !resume::has_hash(session, suite.hash))
    {
        offer.session = None;
    }
    offer.external = psk::usable(external, offer.session.as_deref(), Some(suite.hash))?;
    let new_group = key.is_some();
    offer.key = key.or(offer.key);
    // The security callback was asked again since the share was made.
    let is_allowed = |key: &EphemeralKey| context.settings().allows_group(key.group());
    if context.hooks().security && !offer.key.as_ref().is_none_or(is_allowed) {
        return Err(Error::illegal(Reason::BAD_KEY_SHARE));
    }
    offer.retry = Some(suite);
    let mut second = custom_extensions::begin(context);
    for (extension_type, data) in offer.hello.extensions.iter() {
        match extension_type {
            // RFC 8446 §4.1.2: early data is over.
            ExtensionType::PRE_SHARED_KEY | ExtensionType::EARLY_DATA => {}
            ExtensionType::KEY_SHARE => {
                match &offer.key {
                    Some(key) if new_group => add_key_shares(&mut second, &[(key.group(), key.share())]),
                    _ => second.add(extension_type, |writer| writer.bytes(data)),
                }
                if let Some(server_cookie) = &server_cookie {
                    second.add(ExtensionType::COOKIE, |writer| cookie::write(writer, server_cookie));
                }
            }
            _ => second.add(extension_type, |writer| writer.bytes(data)),
        }
    }
    let psks = psk::offered(context.environment, offer.session.as_deref(), offer.external.as_ref());
    add_pre_shared_key(&mut second, psks);
    offer.hello.extensions = second;
    emit(offer, context)
}

fn emit(mut offer: Offer, context: &mut Context<'_>) -> Result<Transition<State>> {
    if context.settings().has_option(option::TLSEXT_PADDING) {
        offer.hello.pad();
    }
    let message = psk::fill_in_binders(offer.hello.write(), &offer, context.transcript)?;
    if let Some(key) = &offer.key {
        let settings = &context.environment.settings;
        context.negotiated.note_own_share(settings, key.group(), key.share());
    }
    context.emit(&message)?;
    context.negotiated.time_answer();
    context.negotiated.post_handshake_auth_offered =
        offer.hello.extensions.contains(ExtensionType::POST_HANDSHAKE_AUTH);
    match offer.early_data_session() {
        Some(session) => early_data::begin(context, session)?,
        None => context.leave_for(Position::CwClntHello),
    }
    Ok(Transition::Next(State::ExpectServerHello(Box::new(offer))))
}

/// What stands in the old field: TLS 1.3 is offered in an extension (RFC 8446 §4.1.2).
fn legacy_version(highest: ProtocolVersion) -> ProtocolVersion {
    if highest.is_datagram() { highest } else { highest.min(ProtocolVersion::TLS1_2) }
}

/// Sends the hello again, with the cookie of a HelloVerifyRequest (RFC 6347 §4.2.1): nothing else is changed.
pub fn emit_with_cookie(
    mut offer: Offer,
    cookie: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<Transition<State>> {
    context.negotiated.datagram_cookie.clone_from(&cookie);
    offer.hello.cookie = Some(cookie);
    context.leave_for(Position::CwClntHello);
    security::client_hello(context, false, |context| {
        security::client_hello_extensions(context, false, |context| emit(offer, context))
    })
}

fn random(environment: &Environment) -> Result<[u8; 32]> {
    let mut random: [u8; 32] = rand::array()?;
    if environment.settings.mode & mode::SEND_CLIENTHELLO_TIME != 0 {
        // RFC 5246 §7.4.1.2: `gmt_unix_time`, the low 32 bits of the time.
        let [_, _, _, _, time @ ..] = environment.now.to_be_bytes();
        if let Some(start) = random.first_chunk_mut() {
            *start = time;
        }
    }
    Ok(random)
}

/// The id of a TLS 1.2 session, by whose echo we see that it is resumed (RFC 5077 §3.4); else something random if a
/// middlebox is to take TLS 1.3 for a resumption (RFC 8446 §D.4).
fn session_id(
    settings: &Settings,
    versions: &[ProtocolVersion],
    session: Option<&Session>,
) -> Result<Vec<u8>> {
    if let Some(session) = session.filter(|session| session.version != ProtocolVersion::TLS1_3) {
        return Ok(session.id.to_vec());
    }
    if versions.contains(&ProtocolVersion::TLS1_3) && settings.has_option(option::ENABLE_MIDDLEBOX_COMPAT) {
        return Ok(rand::array::<32>()?.to_vec());
    }
    Ok(Vec::new())
}

/// The suites of TLS 1.3 before those of TLS 1.2, and the signalling values: that of RFC 5746 §3.3 in each first
/// handshake, as OpenSSL does, but in no other (§3.5).
fn cipher_suites(
    environment: &Environment,
    versions: &[ProtocolVersion],
    is_first: bool,
) -> Result<Vec<CipherSuite>> {
    let settings = &environment.settings;
    let offered = settings.offered_suites(versions).into_iter();
    let signatures = settings.taken_signatures(Side::Client);
    let usable = |suite: &&Suite| environment.hooks.client_can_use(suite) && signatures.suit(suite);
    let suites: Vec<&Suite> = offered.filter(usable).collect();
    // A server that chose the highest version would find no suite for it.
    if !versions.first().is_some_and(|highest| suites.iter().any(|suite| suite.supports(*highest))) {
        return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_CIPHERS_AVAILABLE));
    }
    let mut suites: Vec<CipherSuite> = suites.into_iter().map(|suite| suite.id).collect();
    if is_first {
        suites.push(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    }
    if settings.mode & mode::SEND_FALLBACK_SCSV != 0 {
        suites.push(CipherSuite::TLS_FALLBACK_SCSV);
    }
    Ok(suites)
}

/// From TLS 1.2 on there must be something that the server may sign with.
fn check_schemes(settings: &Settings, versions: &[ProtocolVersion]) -> Result<()> {
    if versions.iter().any(|version| version.has_signature_schemes())
        && settings.offered_schemes(versions, false).next().is_none()
    {
        return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM));
    }
    Ok(())
}

/// The key of the group that we like best.
fn first_key(settings: &Settings, versions: &[ProtocolVersion]) -> Result<Option<EphemeralKey>> {
    if !versions.contains(&ProtocolVersion::TLS1_3) {
        return Ok(None);
    }
    let groups = settings.offered_groups(&[ProtocolVersion::TLS1_3]);
    let group =
        groups.first().ok_or(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_SUITABLE_GROUPS))?;
    settings.new_key(*group).map(Some)
}

fn extensions(
    mut extensions: Extensions,
    context: &Context<'_>,
    versions: &[ProtocolVersion],
    key: Option<&EphemeralKey>,
    session: Option<&Session>,
    psks: Option<OfferedPsks>,
    early_data: bool,
) -> Extensions {
    let environment = context.environment;
    let settings = &environment.settings;
    let groups = settings.offered_groups(versions);
    if context.negotiated.renegotiation.is_some() {
        // RFC 5746 §3.5.
        extensions.add(ExtensionType::RENEGOTIATION_INFO, |writer| {
            renegotiation_info::write(writer, &context.negotiated.client_verify_data);
        });
    }
    if let Some(name) = settings.server_name.as_deref().filter(|name| !name.is_empty()) {
        extensions.add(ExtensionType::SERVER_NAME, |writer| server_name::write(writer, name));
    }
    fragment_limits::offer(&mut extensions, settings);
    // RFC 5054 §2.8.1: the name goes along whenever there is one, for a server that may choose SRP.
    let tls12 = versions.iter().any(|version| *version < ProtocolVersion::TLS1_3);
    if let Some(name) = settings.srp_user_name.as_deref().filter(|_| tls12) {
        extensions.add(ExtensionType::SRP, |writer| srp::write(writer, name.to_bytes()));
    }
    // RFC 8422 §5.1: only with a suite that runs on a group.
    let wants_group =
        settings.offered_suites(versions).iter().any(|suite| suite.is_tls13() || suite.has_group());
    if wants_group && !groups.is_empty() {
        extensions
            .add(ExtensionType::EC_POINT_FORMATS, |writer| ec_point_formats::write(writer, &[UNCOMPRESSED]));
        extensions.add(ExtensionType::SUPPORTED_GROUPS, |writer| supported_groups::write(writer, &groups));
    }
    if !settings.has_option(option::NO_TICKET) && settings.allows_tickets() {
        // RFC 5077 §3.2: a ticket to resume with, or nothing, which asks for one.
        let of_session = session.filter(|session| session.version != ProtocolVersion::TLS1_3);
        let of_program = settings.session_ticket_data.as_deref();
        let ticket = of_session.map_or(of_program.unwrap_or_default(), |session| &session.ticket);
        // The program may also want none to be asked for.
        if !ticket.is_empty() || of_program.is_none_or(|data| !data.is_empty()) {
            extensions.add(ExtensionType::SESSION_TICKET, |writer| writer.bytes(ticket));
        }
    }
    if settings.asks_for_ocsp() {
        extensions.add(ExtensionType::STATUS_REQUEST, |writer| settings.status_request_items.write(writer));
    }
    next_protocol::offer(&mut extensions, context, versions);
    if !settings.alpn_protocols.is_empty() && context.negotiated.renegotiation.is_none() {
        extensions.add(ExtensionType::ALPN, |writer| alpn::write_list(writer, &settings.alpn_protocols));
    }
    use_srtp::offer(&mut extensions, settings, versions);
    if !settings.has_option(option::NO_ENCRYPT_THEN_MAC) {
        // RFC 7366 §2.
        extensions.add(ExtensionType::ENCRYPT_THEN_MAC, |_| {});
    }
    if !settings.has_option(option::NO_EXTENDED_MASTER_SECRET) {
        extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |_| {});
    }
    if context.hooks().timestamps {
        // RFC 6962 §3.3.1.
        extensions.add(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, |_| {});
    }
    if versions.contains(&ProtocolVersion::TLS1_3) {
        certificate_compression::offer(&mut extensions, context);
    }
    quic::offer(&mut extensions, context);
    raw_public_key::offer(&mut extensions, settings);
    let schemes = settings.offered_signature_schemes(versions, false);
    if !schemes.is_empty() {
        extensions
            .add(ExtensionType::SIGNATURE_ALGORITHMS, |writer| signature_algorithms::write(writer, &schemes));
    }
    if settings.post_handshake_auth && key.is_some() {
        extensions.add(ExtensionType::POST_HANDSHAKE_AUTH, |_| {});
    }
    if let Some(key) = key {
        add_tls13_extensions(&mut extensions, environment, versions, &groups, key);
        if early_data {
            extensions.add(ExtensionType::EARLY_DATA, |_| {});
        }
        add_pre_shared_key(&mut extensions, psks);
    }
    extensions
}

fn add_tls13_extensions(
    extensions: &mut Extensions,
    environment: &Environment,
    versions: &[ProtocolVersion],
    groups: &[NamedGroup],
    key: &EphemeralKey,
) {
    let settings = &environment.settings;
    extensions
        .add(ExtensionType::SUPPORTED_VERSIONS, |writer| supported_versions::write_client(writer, versions));
    extensions.add(ExtensionType::PSK_KEY_EXCHANGE_MODES, |writer| {
        psk_key_exchange_modes::write(writer, resume::psk_modes(settings));
    });
    let mut shares = vec![(key.group(), key.share())];
    shares.extend(key.ecdh_part().filter(|(group, _)| groups.contains(group)));
    add_key_shares(extensions, &shares);
    let ca_names = settings.sent_ca_names();
    if !ca_names.is_empty() {
        extensions.add(ExtensionType::CERTIFICATE_AUTHORITIES, |writer| {
            certificate_authorities::write(writer, ca_names.iter().map(Vec::as_slice));
        });
    }
}

fn add_key_shares(extensions: &mut Extensions, shares: &[(NamedGroup, &[u8])]) {
    extensions.add(ExtensionType::KEY_SHARE, |writer| key_share::write_client(writer, shares));
}

/// The last extension (RFC 8446 §4.2.11), if there is a PSK.
fn add_pre_shared_key(extensions: &mut Extensions, psks: Option<OfferedPsks>) {
    if let Some(psks) = psks {
        extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| psks.write(writer));
    }
}
