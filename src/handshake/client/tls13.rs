//! The server's flight of TLS 1.3: EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify,
//! Finished (RFC 8446 §4.3, §4.4).

use super::{State as ClientState, authentication, early_data, extensions, tls13_flight};
use crate::{
    crypto::signature::PublicKey,
    error::{Error, Reason, Result},
    handshake::{
        Context, Expects, Input, Transition, certificate_compression, custom_extensions, fragment_limits,
        position::Position,
        quic, raw_public_key, server_name,
        want::{Answer, Ask},
    },
    key_schedule::tls13::{HandshakeSecret, TrafficSecret},
    message::{
        Message,
        certificate::Certificate13,
        certificate_request::CertificateRequest13,
        certificate_status,
        certificate_verify::{CertificateVerify, signed_content},
        encrypted_extensions,
        extension::{Extensions, certificate_authorities, signature_algorithms},
        finished,
    },
    policy::custom_extension::place,
    record::Level,
    wire::{AlertDescription, ExtensionType, HandshakeType},
};

/// What EncryptedExtensions may carry (RFC 8446 §4.2), of what we offer.
const ALLOWED: [ExtensionType; 9] = [
    ExtensionType::CLIENT_CERTIFICATE_TYPE,
    ExtensionType::SERVER_CERTIFICATE_TYPE,
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::ALPN,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::EARLY_DATA,
    ExtensionType::QUIC_TRANSPORT_PARAMETERS,
];
/// What a certificate entry may carry (RFC 8446 §4.4.2), of what we offer.
const ALLOWED_IN_ENTRY: [ExtensionType; 2] =
    [ExtensionType::STATUS_REQUEST, ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP];
/// What must not stand in a CertificateRequest (RFC 8446 §4.2), of what we know.
const FORBIDDEN_IN_REQUEST: [ExtensionType; 10] = [
    ExtensionType::SERVER_NAME,
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::ALPN,
    ExtensionType::PRE_SHARED_KEY,
    ExtensionType::EARLY_DATA,
    ExtensionType::SUPPORTED_VERSIONS,
    ExtensionType::COOKIE,
    ExtensionType::PSK_KEY_EXCHANGE_MODES,
    ExtensionType::POST_HANDSHAKE_AUTH,
    ExtensionType::KEY_SHARE,
];

/// The secrets of the handshake.
pub struct Keys {
    /// The handshake secret.
    pub handshake: HandshakeSecret,
    /// What we write the handshake with.
    pub client: TrafficSecret,
    /// What the server writes the handshake with.
    pub server: TrafficSecret,
}

/// Where a client is in the server's flight.
pub enum State {
    /// ServerHello was read.
    ExpectEncryptedExtensions(Box<Keys>, Extensions),
    /// EncryptedExtensions was read, and the servername callback runs.
    AskedServerName(Box<Keys>, Extensions),
    /// EncryptedExtensions was read, and the server authenticates itself by certificate.
    ExpectCertificateOrRequest(Box<Keys>, Extensions),
    /// CertificateRequest was read.
    ExpectCertificate(Box<Keys>, Extensions),
    /// The driver verifies the server's chain.
    VerifyingChain(Box<Keys>),
    /// The server's chain is good; this is its key.
    ExpectCertificateVerify(Box<Keys>, Box<PublicKey>),
    /// The driver verifies the server's signature, in this message.
    VerifyingSignature(Box<Keys>, Message),
    /// The certificate callback runs.
    AskedCertificate(Box<Keys>),
    /// The client certificate callback runs.
    AskedClientCertificate(Box<Keys>),
    /// All but the server's Finished was read.
    ExpectFinished(Box<Keys>),
}

/// The state after a ServerHello of TLS 1.3; `offered` are the extensions of our ClientHello.
pub fn begin(keys: Keys, offered: Extensions) -> Transition<ClientState> {
    next(State::ExpectEncryptedExtensions(Box::new(keys), offered))
}

const fn next(state: State) -> Transition<ClientState> {
    Transition::Next(ClientState::Tls13(state))
}

impl State {
    /// What it needs next.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::ExpectEncryptedExtensions(..)
            | Self::ExpectCertificateOrRequest(..)
            | Self::ExpectCertificate(..)
            | Self::ExpectCertificateVerify(..)
            | Self::ExpectFinished(_) => Expects::Message,
            Self::AskedServerName(..)
            | Self::VerifyingChain(_)
            | Self::VerifyingSignature(..)
            | Self::AskedCertificate(_)
            | Self::AskedClientCertificate(_) => Expects::Answer,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        match self {
            Self::ExpectEncryptedExtensions(keys, offered) => {
                read_encrypted_extensions(keys, offered, context, &input.message()?)
            }
            Self::ExpectCertificateOrRequest(keys, offered) => {
                let message = input.message()?;
                if message.handshake_type() == HandshakeType::CERTIFICATE_REQUEST {
                    read_certificate_request(keys, offered, context, &message)
                } else {
                    read_certificate(keys, &offered, context, &message)
                }
            }
            Self::ExpectCertificate(keys, offered) => {
                read_certificate(keys, &offered, context, &input.message()?)
            }
            Self::AskedServerName(keys, offered) => {
                server_name::take(context, input.answer()?)?;
                Ok(expect_authentication(keys, offered, context))
            }
            Self::VerifyingChain(keys) => {
                let key = authentication::chain_verified(input.answer()?, context)?;
                Ok(next(Self::ExpectCertificateVerify(keys, Box::new(key))))
            }
            Self::ExpectCertificateVerify(keys, key) => {
                read_certificate_verify(keys, key, context, input.message()?)
            }
            Self::VerifyingSignature(keys, message) => {
                let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
                server_authenticated(keys, context, &message)
            }
            Self::AskedCertificate(keys) => {
                input.answer()?;
                ask_client_certificate(keys, context)
            }
            Self::AskedClientCertificate(keys) => {
                input.answer()?;
                Ok(next(Self::ExpectFinished(keys)))
            }
            Self::ExpectFinished(keys) => read_finished(*keys, context, &input.message()?),
        }
    }
}

fn read_encrypted_extensions(
    keys: Box<Keys>,
    offered: Extensions,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let received = encrypted_extensions::read(message.expect(HandshakeType::ENCRYPTED_EXTENSIONS)?)?;
    context.leave_for(Position::CrEncryptedExtensions);
    context.tell_extensions(&received);
    extensions::check(&received, &ALLOWED, &offered, context, place::ENCRYPTED_EXTENSIONS)?;
    extensions::read_server_name(&received, context)?;
    extensions::read_alpn(&received, &offered, context)?;
    fragment_limits::read_answer(&received, &offered, context)?;
    early_data::read_answer(&received, context)?;
    raw_public_key::read_answer(&received, &offered, context)?;
    context.add_to_transcript(message);
    let (message_place, resumed) = (place::ENCRYPTED_EXTENSIONS, context.negotiated.resumed);
    let custom = custom_extensions::received(context, message_place, resumed, &received, 0)?;
    custom_extensions::read(context, message_place, custom, &[], move |context| {
        quic::read(context, &received, move |context| {
            if context.hooks().server_name {
                let state = State::AskedServerName(keys, offered);
                return Ok(Transition::Ask(Ask::ServerName, ClientState::Tls13(state)));
            }
            Ok(expect_authentication(keys, offered, context))
        })
    })
}

fn expect_authentication(
    keys: Box<Keys>,
    offered: Extensions,
    context: &Context<'_>,
) -> Transition<ClientState> {
    // RFC 8446 §4.4.2: with a PSK nobody sends a certificate.
    next(if context.negotiated.resumed {
        State::ExpectFinished(keys)
    } else {
        State::ExpectCertificateOrRequest(keys, offered)
    })
}

fn read_certificate_request(
    keys: Box<Keys>,
    offered: Extensions,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    take_certificate_request(context, message, move |_, request_context| {
        // RFC 8446 §4.3.2: in the handshake the context is empty.
        if !request_context.is_empty() {
            return Err(Error::illegal(Reason::INVALID_CONTEXT));
        }
        Ok(next(State::ExpectCertificate(keys, offered)))
    })
}

/// What the server asks for, and the program's extensions beside it; `then` goes on with the request's context.
pub fn take_certificate_request(
    context: &mut Context<'_>,
    message: &Message,
    then: impl FnOnce(&mut Context<'_>, Vec<u8>) -> Result<Transition<ClientState>> + 'static,
) -> Result<Transition<ClientState>> {
    let request = CertificateRequest13::read(message.expect(HandshakeType::CERTIFICATE_REQUEST)?)?;
    context.leave_for(Position::CrCertReq);
    context.tell_extensions(&request.extensions);
    if request.extensions.iter().any(|(extension_type, _)| FORBIDDEN_IN_REQUEST.contains(&extension_type)) {
        return Err(Error::illegal(Reason::BAD_EXTENSION));
    }
    // RFC 8446 §4.3.2: this one must be there.
    let schemes = request
        .extensions
        .get(ExtensionType::SIGNATURE_ALGORITHMS)
        .ok_or(Error::fatal(AlertDescription::MISSING_EXTENSION, Reason::MISSING_SIGALGS_EXTENSION))?;
    context.negotiated.peer_schemes = signature_algorithms::read(schemes)?;
    let certificate_schemes = request.extensions.get(ExtensionType::SIGNATURE_ALGORITHMS_CERT);
    context.negotiated.peer_certificate_schemes =
        certificate_schemes.map(signature_algorithms::read).transpose()?;
    if let Some(names) = request.extensions.get(ExtensionType::CERTIFICATE_AUTHORITIES) {
        context.negotiated.peer_ca_names = certificate_authorities::read(names)?;
    }
    certificate_compression::read_offer(&request.extensions, context)?;
    context.negotiated.certificate_requested = true;
    context.add_to_transcript(message);
    let message_place = place::CERTIFICATE_REQUEST;
    let custom = custom_extensions::received(context, message_place, false, &request.extensions, 0)?;
    let request_context = request.request_context;
    authentication::judge_schemes(context, move |context| {
        custom_extensions::read(context, message_place, custom, &[], move |context| {
            then(context, request_context)
        })
    })
}

fn read_certificate(
    keys: Box<Keys>,
    offered: &Extensions,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let expanded = certificate_compression::expand(message, context)?;
    let plain = expanded.as_ref().unwrap_or(message);
    let certificate = Certificate13::read(plain.expect(HandshakeType::CERTIFICATE)?)?;
    context.leave_for(Position::CrCert);
    certificate.entries.iter().for_each(|entry| context.tell_extensions(&entry.extensions));
    // RFC 8446 §4.4.2: in the server's handshake the context is empty.
    if !certificate.request_context.is_empty() {
        return Err(Error::decode(Reason::LENGTH_MISMATCH));
    }
    let message_place = place::CERTIFICATE;
    let mut custom = Vec::new();
    for (index, entry) in certificate.entries.iter().enumerate() {
        extensions::check(&entry.extensions, &ALLOWED_IN_ENTRY, offered, context, message_place)?;
        custom.extend(custom_extensions::received(context, message_place, false, &entry.extensions, index)?);
    }
    let own = certificate.entries.first();
    if let Some(entry) = own {
        extensions::read_timestamps(&entry.extensions, context);
    }
    if let Some(status) = own.and_then(|entry| entry.extensions.get(ExtensionType::STATUS_REQUEST)) {
        context.negotiated.ocsp_response = Some(certificate_status::read(status)?);
    }
    context.add_to_transcript(message);
    let chain: Vec<_> = certificate.entries.into_iter().map(|entry| entry.certificate).collect();
    let certificates = if custom.is_empty() { Vec::new() } else { chain.clone() };
    custom_extensions::read(context, message_place, custom, &certificates, move |context| {
        let ask = authentication::verify_chain(chain, context)?;
        Ok(Transition::Ask(ask, ClientState::Tls13(State::VerifyingChain(keys))))
    })
}

fn read_certificate_verify(
    keys: Box<Keys>,
    key: Box<PublicKey>,
    context: &mut Context<'_>,
    message: Message,
) -> Result<Transition<ClientState>> {
    let verify =
        CertificateVerify::read(message.expect(HandshakeType::CERTIFICATE_VERIFY)?, context.version()?)?;
    context.leave_for(Position::CrCertVrfy);
    let content = signed_content(true, context.transcript.current()?.as_ref());
    let CertificateVerify { scheme, signature } = verify;
    authentication::verify_signature(
        key,
        scheme,
        content,
        signature,
        context,
        move |ask, context| match ask {
            Some(ask) => {
                Ok(Transition::Ask(ask, ClientState::Tls13(State::VerifyingSignature(keys, message))))
            }
            None => server_authenticated(keys, context, &message),
        },
    )
}

/// The server's signature is good. If it asked for a certificate, the program is asked for one now.
fn server_authenticated(
    keys: Box<Keys>,
    context: &mut Context<'_>,
    certificate_verify: &Message,
) -> Result<Transition<ClientState>> {
    context.add_to_transcript(certificate_verify);
    match authentication::certificate_question(context) {
        Some(ask) => Ok(Transition::Ask(ask, ClientState::Tls13(State::AskedCertificate(keys)))),
        None => ask_client_certificate(keys, context),
    }
}

fn ask_client_certificate(keys: Box<Keys>, context: &Context<'_>) -> Result<Transition<ClientState>> {
    Ok(match authentication::client_certificate_question(context)? {
        Some(ask) => Transition::Ask(ask, ClientState::Tls13(State::AskedClientCertificate(keys))),
        None => next(State::ExpectFinished(keys)),
    })
}

/// The server's Finished: the handshake secret gives way to the master secret (RFC 8446 §4.4.4, §7.1).
fn read_finished(
    keys: Keys,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let received = message.expect(HandshakeType::FINISHED)?;
    context.leave_for(Position::CrFinished);
    let expected = keys.server.verify_data(context.transcript.current()?.as_ref());
    finished::check(received, expected.as_ref())?;
    context.negotiated.answer_read();
    context.negotiated.server_verify_data = received.to_vec();
    context.add_to_transcript(message);
    let transcript = context.transcript.current()?;
    let master = keys.handshake.into_master();
    let client = master.client_traffic(transcript.as_ref());
    let server = master.server_traffic(transcript.as_ref());
    let exporter = master.exporter(transcript.as_ref());
    context.log_secret("EXPORTER_SECRET", exporter.as_bytes());
    context.log_secret("SERVER_TRAFFIC_SECRET_0", server.as_bytes());
    context.set_read_secret(Level::Application, &server)?;
    context.negotiated.exporter = Some(exporter);
    let keys = tls13_flight::Keys { handshake: keys.client, master, client, server };
    tls13_flight::begin(keys, context)
}
