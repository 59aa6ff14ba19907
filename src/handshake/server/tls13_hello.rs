//! TLS 1.3: the ClientHello's extensions, the program's say in them, and the choice of suite and group
//! (RFC 8446 §4.1.1, §4.2, §9.2).

use std::sync::Arc;

use super::{
    State, Step,
    client_hello::{Received, has_certificate, note_suites, read_extension},
    cookie, early_data,
    offer::Offer,
    psk::{self, Psk},
    resume, retry, selection,
};
use crate::{
    crypto::{hash::HashAlgorithm, suite::Suite},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition, certificate_compression, custom_extensions, fragment_limits,
        position::Position,
        quic, raw_public_key,
        security::{self, Inquiry},
        want::{Answer, Ask},
    },
    message::extension::{
        certificate_authorities, early_data as early_data_extension, key_share, pre_shared_key::OfferedPsks,
        psk_key_exchange_modes,
    },
    policy::{certificate::Slot, custom_extension::place, options::option},
    session::Session,
    wire::{
        AlertDescription, ExtensionType, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme,
    },
};

/// The group of the key exchange and the client's share.
pub type Share = (NamedGroup, Vec<u8>);

/// What the driver is asked while the ClientHello is dealt with.
pub enum Question {
    /// The program's PSK of the identity with this index.
    Psk(usize),
    /// The session behind the identity with this index.
    Identity(usize),
    /// Whether the session behind the identity with this index is resumed for the first time.
    Claim(usize, Arc<Session>),
    /// The servername callback.
    ServerName,
    /// The ALPN callback.
    Protocol,
    /// The certificate callback.
    Certificate,
    /// Whether the session may be resumed.
    MayResume,
    /// An OCSP response.
    Status,
    /// Whether to accept early data; the share that a ServerHello is then sent with.
    EarlyData(Option<Share>),
}

/// A ClientHello of TLS 1.3.
pub struct Hello {
    /// As it was read.
    pub received: Received,
    /// Its extensions that both versions know.
    pub offer: Offer,
    /// `key_share`; `None` without the extension.
    shares: Option<Vec<Share>>,
    /// `psk_key_exchange_modes`, as far as we allow them.
    pub modes: Vec<PskKeyExchangeMode>,
    /// `pre_shared_key`; emptied when we chose.
    pub psks: Option<OfferedPsks>,
    /// The PSK that we chose.
    pub psk: Option<Psk>,
    /// The suite that we chose.
    pub suite: &'static Suite,
    /// The certificate that we chose, and the scheme that we sign with; none with a PSK.
    pub certificate: Option<(Slot, SignatureScheme)>,
    /// The OCSP response that the program gave.
    pub status: Option<Vec<u8>>,
    /// Whether the client announces early data.
    pub early_data: bool,
}

/// Reads the extensions and goes on to the client's PSKs.
pub fn read_extensions(context: &mut Context<'_>, received: Received) -> Step {
    let offer = Offer::read(context, &received.hello)?;
    let extensions = &received.hello.extensions;

    let psks = read_extension(extensions, ExtensionType::PRE_SHARED_KEY, OfferedPsks::read)?;
    let modes =
        read_extension(extensions, ExtensionType::PSK_KEY_EXCHANGE_MODES, psk_key_exchange_modes::read)?;
    // RFC 8446 §4.2.9: no PSK without its modes.
    if psks.is_some() && modes.is_none() {
        return Err(missing(Reason::MISSING_PSK_KEX_MODES_EXTENSION));
    }

    let shares = read_extension(extensions, ExtensionType::KEY_SHARE, key_share::read_client)?;
    check_shares(&offer, shares.as_deref())?;
    let names =
        read_extension(extensions, ExtensionType::CERTIFICATE_AUTHORITIES, certificate_authorities::read)?;
    context.negotiated.peer_ca_names = names.unwrap_or_default();
    context.negotiated.post_handshake_auth_offered =
        read_extension(extensions, ExtensionType::POST_HANDSHAKE_AUTH, read_post_handshake_auth)?.is_some();
    let early_data =
        read_extension(extensions, ExtensionType::EARLY_DATA, early_data_extension::read_empty)?.is_some();

    let shares: Option<Vec<Share>> =
        shares.map(|shares| shares.into_iter().map(|(group, share)| (group, share.to_vec())).collect());
    let modes = usable_modes(context, modes.unwrap_or_default());
    let inquiry = security::about(context, |context| {
        let offered = received.hello.cipher_suites.clone();
        Some(Inquiry::Suite13 { offered, preferred_hash: preferred_hash(context) })
    });
    security::inquire(context, inquiry, move |context| {
        let suite = find_suite(context, &received)?;
        context.negotiated.suite = Some(suite);
        let hello = Hello {
            shares,
            modes,
            received,
            offer,
            psks,
            psk: None,
            suite,
            certificate: None,
            status: None,
            early_data,
        };
        psk::try_identity(context, Box::new(hello), 0)
    })
}

/// RFC 8446 §4.2.6: nothing in it.
fn read_post_handshake_auth(data: &[u8]) -> Result<()> {
    if data.is_empty() { Ok(()) } else { Err(Error::decode(Reason::POST_HANDSHAKE_AUTH_ENCODING_ERR)) }
}

/// RFC 8446 §4.2.8: each share is for a group in `supported_groups`; §9.2: one extension needs the other.
fn check_shares(offer: &Offer, shares: Option<&[(NamedGroup, &[u8])]>) -> Result<()> {
    match (&offer.groups, shares) {
        (Some(groups), Some(shares)) if !shares.iter().all(|(group, _)| groups.contains(group)) => {
            Err(Error::illegal(Reason::BAD_KEY_SHARE))
        }
        (None, Some(_)) => Err(missing(Reason::MISSING_SUPPORTED_GROUPS_EXTENSION)),
        _ => Ok(()),
    }
}

fn usable_modes(context: &Context<'_>, modes: Vec<PskKeyExchangeMode>) -> Vec<PskKeyExchangeMode> {
    let allow_psk_ke = context.settings().has_option(option::ALLOW_NO_DHE_KEX);
    modes
        .into_iter()
        .filter(|mode| {
            *mode == PskKeyExchangeMode::PSK_DHE_KE || (*mode == PskKeyExchangeMode::PSK_KE && allow_psk_ke)
        })
        .collect()
}

/// The PSK is chosen, or there is none: the ClientHello joins the transcript, and the program is asked about the name.
pub fn after_psk(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    let inquiry = security::about(context, |_| {
        let shares = hello.shares.as_ref()?.iter().map(|(group, _)| *group).collect();
        let is_second = hello.received.retry.is_some();
        Some(Inquiry::Group13 { groups: hello.offer.groups.clone()?, shares, is_second })
    });
    security::inquire(context, inquiry, move |context| {
        // Where the security callback leaves none, OpenSSL asks nothing more.
        if let (true, Some(groups)) =
            (context.hooks().security && hello.shares.is_some(), &hello.offer.groups)
        {
            context.settings().choose_group(groups, &[])?;
        }
        read_other_extensions(context, hello)
    })
}

fn read_other_extensions(context: &mut Context<'_>, mut hello: Box<Hello>) -> Step {
    hello.psks = None;
    context.add_to_transcript(&hello.received.message);
    let extensions = &hello.received.hello.extensions;
    fragment_limits::read_offer(extensions, context)?;
    certificate_compression::read_offer(extensions, context)?;
    let (message_place, resumed) = (place::CLIENT_HELLO, context.negotiated.resumed);
    let custom = custom_extensions::received(context, message_place, resumed, extensions, 0)?;
    custom_extensions::read(context, message_place, custom, &[], move |context| {
        let extensions = hello.received.hello.extensions.clone();
        quic::read(context, &extensions, move |context| {
            if context.hooks().server_name {
                return Ok(Transition::Ask(Ask::ServerName, State::Tls13Hello(Question::ServerName, hello)));
            }
            ask_protocol(context, hello)
        })
    })
}

/// An answer came.
pub fn answered(
    context: &mut Context<'_>,
    question: Question,
    mut hello: Box<Hello>,
    answer: Answer,
) -> Step {
    match question {
        Question::Psk(index) => psk::read_psk(context, hello, index, answer),
        Question::Identity(index) => psk::read_session(context, hello, index, answer),
        Question::Claim(index, session) => psk::claimed(context, hello, index, session, answer),
        Question::ServerName => {
            selection::take_server_name(context, answer)?;
            if hello.psk.as_ref().is_some_and(|psk| !psk.fits_host(context)) {
                hello.psk = None;
                resume::forget_session(context);
            }
            ask_protocol(context, hello)
        }
        Question::Protocol => {
            selection::take_protocol(context, answer)?;
            use_suite(context, hello)
        }
        Question::Certificate => choose_certificate(context, hello),
        Question::MayResume => {
            selection::take_resumability(context, &answer)?;
            ask_status(context, hello)
        }
        Question::Status => {
            hello.status = selection::take_status(answer)?;
            choose_key_exchange(context, hello)
        }
        Question::EarlyData(share) => early_data::read_answer(context, hello, share, answer),
    }
}

fn ask_protocol(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    note_suites(context, &hello.received.hello);
    match &hello.offer.protocols {
        Some(protocols) if context.hooks().alpn => {
            let ask = Ask::SelectAlpn(protocols.clone());
            Ok(Transition::Ask(ask, State::Tls13Hello(Question::Protocol, hello)))
        }
        _ => use_suite(context, hello),
    }
}

/// The suite, which decides which PSKs can be used (RFC 8446 §4.2.11).
fn find_suite(context: &Context<'_>, received: &Received) -> Result<&'static Suite> {
    let settings = context.settings();
    let suite = settings.choose_tls13_suite(&received.hello.cipher_suites, preferred_hash(context))?;
    // RFC 8446 §4.1.4: the suite of the HelloRetryRequest stays.
    let Some(retry) = &received.retry else { return Ok(suite) };
    if context.hooks().security && !settings.allows_suite(retry.suite) {
        return Err(Error::illegal(Reason::BAD_CIPHER));
    }
    Ok(retry.suite)
}

/// PSKs of the callback that TLS 1.2 has as well go with SHA-256: without a certificate nothing else would do.
fn preferred_hash(context: &Context<'_>) -> Option<HashAlgorithm> {
    let depends_on_psk =
        context.hooks().psk_server && !Slot::ALL.iter().any(|slot| has_certificate(context, *slot));
    depends_on_psk.then_some(HashAlgorithm::Sha256)
}

fn use_suite(context: &mut Context<'_>, mut hello: Box<Hello>) -> Step {
    let suite = hello.suite;
    if let Some(psk) = &mut hello.psk {
        // RFC 8446 §4.2.11: a PSK is bound to the hash, not to the suite.
        if psk.session.cipher_suite != suite.id {
            Arc::make_mut(&mut psk.session).cipher_suite = suite.id;
            psk.suite_changed = true;
            context.negotiated.session = Some(Arc::clone(&psk.session));
        }
        return choose_key_exchange(context, hello);
    }
    let inquiry = security::about(context, |context| {
        Some(Inquiry::SharedSchemes(context.version().ok()?, hello.offer.schemes.clone()))
    });
    security::inquire(context, inquiry, move |context| {
        let extensions = hello.received.hello.extensions.clone();
        raw_public_key::read_offer(context, &extensions, move |context| {
            if context.hooks().certificate {
                return Ok(Transition::Ask(
                    Ask::Certificate,
                    State::Tls13Hello(Question::Certificate, hello),
                ));
            }
            choose_certificate(context, hello)
        })
    })
}

fn choose_certificate(context: &mut Context<'_>, mut hello: Box<Hello>) -> Step {
    // RFC 8446 §9.2: without a PSK the client must say what we may sign with.
    let schemes = hello.offer.schemes.as_deref().ok_or(missing(Reason::MISSING_SIGALGS_EXTENSION))?;
    let certificate_schemes = context.negotiated.peer_certificate_schemes.as_deref();
    let choice = context.settings().choose_certificate(ProtocolVersion::TLS1_3, schemes, certificate_schemes);
    if choice.is_none() {
        note_share(context, &hello);
    }
    let choice = choice.ok_or_else(|| {
        // A scheme that only certificates or TLS 1.2 use is still one in common.
        let versions = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
        let ours = context.settings().own_signature_schemes(&versions, false);
        Error::handshake_failure(match schemes.iter().any(|scheme| ours.contains(scheme)) {
            true => Reason::NO_SUITABLE_SIGNATURE_ALGORITHM,
            false => Reason::NO_SHARED_SIGNATURE_ALGORITHMS,
        })
    })?;
    context.negotiated.own_scheme = Some(choice.1);
    hello.certificate = Some(choice);
    if context.hooks().not_resumable {
        // As OpenSSL tells it: the suite says nothing of the key exchange.
        let state = State::Tls13Hello(Question::MayResume, hello);
        return Ok(Transition::Ask(Ask::MayResume(false), state));
    }
    ask_status(context, hello)
}

/// The handshake ends for want of a certificate: the program can still see what the keys would have been made of.
fn note_share(context: &mut Context<'_>, hello: &Hello) {
    let (Some(groups), Some(shares)) = (&hello.offer.groups, &hello.shares) else { return };
    let shared: Vec<NamedGroup> = shares.iter().map(|(group, _)| *group).collect();
    if let Ok((group, true)) = context.settings().choose_group(groups, &shared)
        && let Some((_, share)) = shares.iter().find(|(offered, _)| *offered == group)
    {
        let (settings, side) = (Arc::clone(&context.environment.settings), context.side);
        context.negotiated.note_shares(&settings, group, side, &[], share);
    }
}

fn ask_status(context: &mut Context<'_>, hello: Box<Hello>) -> Step {
    if context.negotiated.wants_ocsp() && context.hooks().status {
        return Ok(Transition::Ask(Ask::ProvideStatus, State::Tls13Hello(Question::Status, hello)));
    }
    choose_key_exchange(context, hello)
}

/// All questions are answered: goes on with a ServerHello, or with a HelloRetryRequest if no share fits.
fn choose_key_exchange(context: &mut Context<'_>, mut hello: Box<Hello>) -> Step {
    let wants_cookie = cookie::is_wanted(context, &hello);
    if hello.psk.is_some() && !hello.modes.contains(&PskKeyExchangeMode::PSK_DHE_KE) {
        if wants_cookie {
            return cookie::request(context, hello, None);
        }
        return early_data::decide(context, hello, None);
    }
    let mut shares = hello.shares.take().ok_or(missing(Reason::NO_SUITABLE_KEY_SHARE))?;
    let groups = hello.offer.groups.as_deref().ok_or(missing(Reason::MISSING_SUPPORTED_GROUPS_EXTENSION))?;

    let shared: Vec<NamedGroup> = shares.iter().map(|(group, _)| *group).collect();
    let (group, _) = context.settings().choose_group(groups, &shared)?;
    let share =
        shares.iter().position(|(offered, _)| *offered == group).map(|index| shares.swap_remove(index));
    match share {
        share if wants_cookie => {
            let group = share.is_none().then_some(group);
            cookie::request(context, hello, group)
        }
        Some(share) => early_data::decide(context, hello, Some(share)),
        // RFC 8446 §4.1.4: at most one HelloRetryRequest.
        None if hello.received.retry.is_some() => Err(Error::illegal(Reason::BAD_KEY_SHARE)),
        None => {
            early_data::skip(context, &hello);
            context.leave_for(Position::SwSrvrHello);
            custom_extensions::add(context, place::HELLO_RETRY_REQUEST, &[], move |context| {
                retry::emit_hello_retry_request(context, *hello, Some(group), None)
            })
        }
    }
}

const fn missing(reason: Reason) -> Error {
    Error::fatal(AlertDescription::MISSING_EXTENSION, reason)
}
