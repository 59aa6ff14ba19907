//! The ClientHello up to the choice of the version (RFC 8446 §4.1.2, §4.2.1, Appendix D; RFC 5246 §7.4.1.2; RFC 7507).

use super::{State, Step, cookie, hello_verify, retry::Retry};
use crate::{
    crypto::signature_scheme::{self, SCHEMES, Scheme},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition,
        position::Position,
        security::{self, Inquiry},
        want::Ask,
    },
    message::{
        Message,
        client_hello::ClientHello,
        extension::{Extensions, supported_versions},
    },
    policy::{Settings, certificate::Slot},
    wire::{AlertDescription, CertificateFormat, CipherSuite, ExtensionType, HandshakeType, ProtocolVersion},
};

/// A ClientHello that was read.
pub struct Received {
    /// As it came; not in the transcript until a binder at its end could be checked.
    pub message: Message,
    /// What it says.
    pub hello: ClientHello,
    /// The HelloRetryRequest that it answers.
    pub retry: Option<Box<Retry>>,
}

/// The state machine leaves its first position: none, or the end of an earlier handshake.
pub fn start(context: &mut Context<'_>) -> Transition<State> {
    let position = *context.position;
    context.leave_for(position);
    Transition::Next(State::ExpectClientHello(None))
}

/// The client was sent away, and comes again.
pub const fn expect_another() -> Transition<State> {
    Transition::Next(State::ExpectClientHello(None))
}

/// Reads a ClientHello and shows it to the program.
pub fn read_client_hello(context: &mut Context<'_>, message: Message, retry: Option<Box<Retry>>) -> Step {
    let body = message.expect(HandshakeType::CLIENT_HELLO)?;
    let hello =
        if context.is_datagram() { ClientHello::read_datagram(body)? } else { ClientHello::read(body)? };
    context.leave_for(Position::SrClntHello);
    context.tell_extensions(&hello.extensions);
    if hello_verify::is_wanted(context, &hello) {
        return Ok(hello_verify::request(context));
    }
    match &retry {
        Some(retry) => retry.check(&hello)?,
        None => {
            context.negotiated.forget_last_handshake();
            context.negotiated.own_share = None;
            context.negotiated.server_name = None;
            context.negotiated.status_type = None;
            if context.negotiated.renegotiation.is_none() {
                // They are those of another client.
                context.negotiated.peer_groups.clear();
            }
        }
    }

    context.negotiated.client_version = Some(hello.legacy_version);
    context.negotiated.client_random = hello.random;
    let received = Received { message, hello, retry };
    if context.hooks().client_hello {
        return Ok(Transition::Ask(Ask::ClientHello, State::AskedClientHello(Box::new(received))));
    }
    judge_versions(context, received)
}

/// The security callback judges the versions of which one is to be chosen.
pub fn judge_versions(context: &mut Context<'_>, received: Received) -> Step {
    let inquiry = security::about(context, |context| {
        let is_settled = received.retry.is_some() || !security::is_open(context);
        let offered = offered_versions(context.settings(), &received.hello).ok()?;
        let is_fallback = received.hello.cipher_suites.contains(&CipherSuite::TLS_FALLBACK_SCSV);
        let may_be_tls13 = may_authenticate_in_tls13(context);
        (!is_settled).then_some(Inquiry::Versions { offered, may_be_tls13, is_fallback })
    });
    security::inquire(context, inquiry, move |context| negotiate_version(context, received))
}

/// The client's suites, as getters have them.
pub fn note_suites(context: &mut Context<'_>, hello: &ClientHello) {
    let suites = hello.cipher_suites.iter().copied();
    context.negotiated.client_suites = suites.filter(|suite| !is_signal(*suite)).collect();
}

/// Chooses the version, and with it the state machine that goes on.
pub fn negotiate_version(context: &mut Context<'_>, received: Received) -> Step {
    context.negotiated.tentative_version = Some(received.hello.legacy_version);
    let version = choose_version(context, &received.hello)?;
    let suites = &received.hello.cipher_suites;
    context.negotiated.secure_renegotiation |=
        suites.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    context.negotiated.raw_client_suites = suites.iter().flat_map(|suite| suite.0.to_be_bytes()).collect();
    if received.retry.is_some() && version != ProtocolVersion::TLS1_3 {
        return Err(unsupported_version());
    }
    context.set_version(version);
    check_fallback(context, &received.hello, version)?;
    check_compression(&received.hello, version)?;
    if received.retry.is_none() {
        context.note_session_settings();
    }
    if version == ProtocolVersion::TLS1_3 {
        cookie::read_cookie(context, received)
    } else {
        hello_verify::check(context, received)
    }
}

fn choose_version(context: &Context<'_>, hello: &ClientHello) -> Result<ProtocolVersion> {
    // RFC 8446 §4.1.2: a renegotiation keeps the version, even if the client now offers TLS 1.3, or we permit it no more.
    let kept = context.negotiated.renegotiation.and(context.negotiated.version);
    // What the security callback does not allow now was there when the handshake began.
    if kept.is_none()
        && context.settings().permissions.is_none()
        && context.settings().allowed_versions().next().is_none()
    {
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::NO_PROTOCOLS_AVAILABLE));
    }
    if hello.legacy_version.is_datagram() != context.is_datagram() && context.is_datagram() {
        return Err(unsupported_version());
    }
    // No version of DTLS that we have is chosen by the extension.
    let versions = hello.extensions.get(ExtensionType::SUPPORTED_VERSIONS).filter(|_| !context.is_datagram());
    // RFC 8446 §D.5: SSL 3.0 must not be negotiated, whatever the extensions say.
    if hello.legacy_version <= ProtocolVersion::SSL3 {
        let reason = match versions {
            Some(_) => Reason::BAD_LEGACY_VERSION,
            None if hello.legacy_version < ProtocolVersion::SSL3 => Reason::VERSION_TOO_LOW,
            None => Reason::UNSUPPORTED_PROTOCOL,
        };
        return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, reason));
    }
    if let Some(version) = kept.or(context.settings().fixed_version()) {
        return if hello.legacy_version >= version {
            Ok(version)
        } else {
            Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_SSL_VERSION))
        };
    }
    let offered = offered_versions(context.settings(), hello)?;
    allowed_versions(context).find(|version| offered.contains(version)).ok_or(unsupported_version())
}

/// What the client offers. No version of DTLS that we have is chosen by the extension.
fn offered_versions(settings: &Settings, hello: &ClientHello) -> Result<Vec<ProtocolVersion>> {
    match hello.extensions.get(ExtensionType::SUPPORTED_VERSIONS).filter(|_| !settings.is_datagram()) {
        // RFC 8446 §4.2.1: if present, it alone counts.
        Some(data) => supported_versions::read_client(data),
        None => Ok(settings
            .known_versions()
            .filter(|version| *version < ProtocolVersion::TLS1_3 && *version <= hello.legacy_version)
            .collect()),
    }
}

/// The versions that could be chosen, the highest first.
pub fn allowed_versions<'a>(context: &'a Context<'_>) -> impl Iterator<Item = ProtocolVersion> + 'a {
    context
        .settings()
        .allowed_versions()
        .filter(|version| *version != ProtocolVersion::TLS1_3 || may_authenticate_in_tls13(context))
}

/// Whether there is, or may yet come, a certificate or a PSK that TLS 1.3 can use: an ECDSA key must go with one of our schemes.
/// Without one OpenSSL falls back to TLS 1.2.
fn may_authenticate_in_tls13(context: &Context<'_>) -> bool {
    let hooks = context.hooks();
    let settings = context.settings();
    let has_raw_key =
        settings.has_key && settings.server_certificate_formats.contains(&CertificateFormat::RAW_PUBLIC_KEY);
    let may_come = hooks.server_name || hooks.certificate || hooks.find_psk || has_raw_key;
    may_come
        || Slot::ALL.iter().any(|slot| {
            has_certificate(context, *slot)
                && match slot {
                    Slot::Dsa => false,
                    Slot::Ecdsa => has_scheme_for_ecdsa(settings),
                    _ => true,
                }
        })
}

/// Whether the program's list of schemes, or the usual one, has one of TLS 1.3 for the key. As in OpenSSL, neither Suite B nor the
/// security level counts here.
fn has_scheme_for_ecdsa(settings: &Settings) -> bool {
    let Some(certificate) = settings.certificates.get(Slot::Ecdsa) else { return false };
    let fits = |scheme: &Scheme| scheme.fits(certificate.key_type, ProtocolVersion::TLS1_3);
    match &settings.signature_schemes {
        Some(listed) => listed.iter().filter_map(|id| signature_scheme::find(*id)).any(fits),
        None => SCHEMES.iter().any(fits),
    }
}

/// Whether there is a certificate with its key in this slot.
pub fn has_certificate(context: &Context<'_>, slot: Slot) -> bool {
    context.settings().certificates.get(slot).is_some_and(|certificate| certificate.key.is_some())
}

/// RFC 7507 §3: a client that fell back from a version that we have is told so.
fn check_fallback(context: &Context<'_>, hello: &ClientHello, version: ProtocolVersion) -> Result<()> {
    let fell_back = hello.cipher_suites.contains(&CipherSuite::TLS_FALLBACK_SCSV);
    if fell_back && allowed_versions(context).next().is_some_and(|highest| version < highest) {
        return Err(Error::fatal(AlertDescription::INAPPROPRIATE_FALLBACK, Reason::INAPPROPRIATE_FALLBACK));
    }
    Ok(())
}

fn check_compression(hello: &ClientHello, version: ProtocolVersion) -> Result<()> {
    // RFC 8446 §4.1.2: exactly one zero byte.
    if version == ProtocolVersion::TLS1_3 && hello.compression_methods != [0] {
        return Err(Error::illegal(Reason::INVALID_COMPRESSION_ALGORITHM));
    }
    // RFC 5246 §7.4.1.2: the null method must be among them.
    if !hello.compression_methods.contains(&0) {
        return Err(Error::decode(Reason::NO_COMPRESSION_SPECIFIED));
    }
    Ok(())
}

/// RFC 5746 §3.6, RFC 7507 §3: numbers in the list of suites that are none.
const fn is_signal(suite: CipherSuite) -> bool {
    suite.0 == CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0 || suite.0 == CipherSuite::TLS_FALLBACK_SCSV.0
}

const fn unsupported_version() -> Error {
    Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL)
}

/// The extension of this type read with `read`, if it is there.
pub fn read_extension<'a, T>(
    extensions: &'a Extensions,
    extension_type: ExtensionType,
    read: impl FnOnce(&'a [u8]) -> Result<T>,
) -> Result<Option<T>> {
    extensions.get(extension_type).map(read).transpose()
}
