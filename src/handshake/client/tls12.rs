//! The server's flight of TLS 1.2: what its ServerHello says besides the version, Certificate,
//! CertificateStatus, ServerKeyExchange, CertificateRequest, ServerHelloDone (RFC 5246 §7.4, RFC 8422, RFC 6066 §8,
//! RFC 5746, RFC 7627).
//!
//! The transcript keeps the messages themselves until it is certain that no CertificateVerify will sign
//! them (RFC 5246 §7.4.8).

use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::{
    State as ClientState, authentication, client_hello::Offer, extensions, key_exchange12::KeyExchange,
    resume, server_hello, tls12_flight,
};
use crate::{
    crypto::{
        secret::Secret,
        signature::{KeyType, PublicKey},
        suite::{Authentication, BulkCipher, KeyExchangeAlgorithm, Suite},
    },
    error::{Error, Reason, Result},
    handshake::{
        Context, Expects, Input, Transition, custom_extensions, fragment_limits, next_protocol,
        position::Position,
        raw_public_key,
        security::{self, Inquiry},
        server_name, use_srtp,
        want::{Answer, Ask},
    },
    key_schedule::tls12::MasterSecret,
    message::{
        Message, certificate,
        certificate_request::CertificateRequest12,
        certificate_status,
        extension::{Extensions, ec_point_formats, renegotiation_info},
        server_hello::ServerHello,
        server_key_exchange::{ServerKeyExchange, Signature, signed_content},
    },
    policy::{custom_extension::place, options::option},
    session::Session,
    wire::{AlertDescription, ExtensionType, HandshakeType},
};

/// What a ServerHello may carry. `supported_groups` does not belong there, but some servers send it, and
/// OpenSSL lets them.
const ALLOWED: [ExtensionType; 16] = [
    ExtensionType::CLIENT_CERTIFICATE_TYPE,
    ExtensionType::SERVER_CERTIFICATE_TYPE,
    ExtensionType::NEXT_PROTOCOL_NEGOTIATION,
    ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP,
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::STATUS_REQUEST,
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::EC_POINT_FORMATS,
    ExtensionType::ALPN,
    ExtensionType::USE_SRTP,
    ExtensionType::ENCRYPT_THEN_MAC,
    ExtensionType::EXTENDED_MASTER_SECRET,
    ExtensionType::SESSION_TICKET,
    ExtensionType::RENEGOTIATION_INFO,
];
/// `uncompressed` (RFC 8422 §5.1.2).
const UNCOMPRESSED: u8 = 0;

/// What the ServerHello settled, as far as this handshake needs it.
pub struct Hello {
    /// The suite.
    pub suite: &'static Suite,
    /// The id of the new session; may be empty.
    pub session_id: Vec<u8>,
    /// Whether a CertificateStatus may come.
    pub status_expected: bool,
    /// Whether a NewSessionTicket will come.
    pub ticket_expected: bool,
    /// Whether the session may be one that only the program knows: we sent a ticket.
    may_be_known: bool,
}

/// Where a client is in the server's flight.
pub enum State {
    /// ServerHello was read: a full handshake.
    ExpectCertificate(Box<Hello>),
    /// The servername callback runs; the session that the server resumes, if it does.
    AskedServerName(Box<Hello>, Option<Arc<Session>>),
    /// The program is asked for the secret of a session that only it knows.
    AskedSessionSecret(Box<Hello>),
    /// The program has the secret: what the server sends next tells whether it has it too (RFC 4851 §3.2.2).
    ExpectCertificateOrChange(Box<Hello>, Secret),
    /// The driver verifies the server's chain.
    VerifyingChain(Box<Hello>),
    /// The server's chain is good, and this is its key; or it has none.
    ExpectStatusOrKeyExchange(Box<Hello>, Option<Box<PublicKey>>),
    /// CertificateStatus was read.
    ExpectKeyExchange(Box<Hello>, Option<Box<PublicKey>>),
    /// The driver verifies the signature of the server's half, in this message.
    VerifyingSignature(Box<Hello>, KeyExchange, Message),
    /// The server's half of the key exchange is known.
    ExpectRequestOrDone(Box<Hello>, KeyExchange),
    /// The certificate callback runs.
    AskedCertificate(Box<Hello>, KeyExchange),
    /// The client certificate callback runs.
    AskedClientCertificate(Box<Hello>, KeyExchange),
    /// CertificateRequest was read.
    ExpectDone(Box<Hello>, KeyExchange),
}

const fn next(state: State) -> Transition<ClientState> {
    Transition::Next(ClientState::Tls12(state))
}

impl State {
    /// What it needs next.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::ExpectCertificate(_)
            | Self::ExpectStatusOrKeyExchange(..)
            | Self::ExpectKeyExchange(..)
            | Self::ExpectRequestOrDone(..)
            | Self::ExpectDone(..) => Expects::Message,
            Self::ExpectCertificateOrChange(..) => Expects::MessageOrChangeCipherSpec,
            Self::AskedServerName(..)
            | Self::AskedSessionSecret(_)
            | Self::VerifyingChain(_)
            | Self::VerifyingSignature(..)
            | Self::AskedCertificate(..)
            | Self::AskedClientCertificate(..) => Expects::Answer,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        match self {
            Self::AskedServerName(hello, resumed) => {
                server_name::take(context, input.answer()?)?;
                begin_handshake(*hello, resumed, context)
            }
            Self::AskedSessionSecret(hello) => take_session_secret(hello, input.answer()?),
            Self::ExpectCertificateOrChange(hello, secret) => match input {
                Input::ChangeCipherSpec => begin_with_secret(*hello, secret, context),
                input => full_handshake(hello, context).advance(context, input),
            },
            Self::ExpectCertificate(hello) => read_certificate(hello, context, &input.message()?),
            Self::VerifyingChain(hello) => {
                let key = authentication::chain_verified(input.answer()?, context)?;
                check_key_type(&key, hello.suite)?;
                Ok(next(Self::ExpectStatusOrKeyExchange(hello, Some(Box::new(key)))))
            }
            Self::ExpectStatusOrKeyExchange(hello, key) => {
                let message = input.message()?;
                if hello.status_expected && message.handshake_type() == HandshakeType::CERTIFICATE_STATUS {
                    read_certificate_status(hello, key, context, &message)
                } else {
                    read_key_exchange(hello, key, context, message)
                }
            }
            Self::ExpectKeyExchange(hello, key) => read_key_exchange(hello, key, context, input.message()?),
            Self::VerifyingSignature(hello, exchange, message) => {
                let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
                context.add_to_transcript(&message);
                Ok(next(Self::ExpectRequestOrDone(hello, exchange)))
            }
            Self::ExpectRequestOrDone(hello, exchange) => {
                read_request_or_done(hello, exchange, context, &input.message()?)
            }
            Self::AskedCertificate(hello, exchange) => {
                input.answer()?;
                ask_client_certificate(hello, exchange, context)
            }
            Self::AskedClientCertificate(hello, exchange) => {
                input.answer()?;
                authentication::judge_own_scheme(context, |_| Ok(next(Self::ExpectDone(hello, exchange))))
            }
            Self::ExpectDone(hello, exchange) => {
                read_server_hello_done(hello, exchange, context, &input.message()?)
            }
        }
    }
}

/// The rest of a ServerHello of TLS 1.2: a full handshake, or a session is resumed.
pub fn begin(
    offer: Offer,
    hello: &ServerHello,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    // RFC 5246 §7.4.1.3: the id that we sent means that the server resumes its session.
    let resumed = offer
        .session_of(context.version()?)
        .filter(|session| hello.session_id[..] == *session.id)
        .map(Arc::clone);
    let sent_ticket = offer.hello.extensions.get(ExtensionType::SESSION_TICKET);
    let may_be_known = sent_ticket.is_some_and(|ticket| !ticket.is_empty());
    if resumed.is_none() && !(may_be_known && context.hooks().session_secret) {
        context.negotiated.session_refused = true;
    }
    // We offer none, as OpenSSL does by default.
    if hello.compression_method != 0 {
        return Err(Error::illegal(Reason::COMPRESSION_DISABLED));
    }
    let suite = server_hello::check_suite(&offer, hello, context.version()?, context.settings())?;
    context.negotiated.forget_last_handshake();
    read_extensions(&offer, suite, &hello.extensions, context)?;
    context.negotiated.suite = Some(suite);
    context.negotiated.server_random = hello.random;
    context.add_to_transcript(message);
    let received = &hello.extensions;
    let settled = Hello {
        suite,
        session_id: hello.session_id.clone(),
        // It is the certificate's (RFC 6066 §8).
        status_expected: extensions::read_empty(received, ExtensionType::STATUS_REQUEST)?
            && suite.has_certificate(),
        ticket_expected: extensions::read_empty(received, ExtensionType::SESSION_TICKET)?,
        may_be_known,
    };
    let message_place = place::TLS1_2_SERVER_HELLO;
    let custom = custom_extensions::received(context, message_place, resumed.is_some(), received, 0)?;
    next_protocol::choose(context, received, move |context| {
        custom_extensions::read(context, message_place, custom, &[], move |context| {
            if context.hooks().server_name {
                context.negotiated.resumed = resumed.is_some();
                context.negotiated.session.clone_from(&resumed);
                let state = State::AskedServerName(Box::new(settled), resumed);
                return Ok(Transition::Ask(Ask::ServerName, ClientState::Tls12(state)));
            }
            begin_handshake(settled, resumed, context)
        })
    })
}

/// The session is resumed, or there is a full handshake.
fn begin_handshake(
    hello: Hello,
    resumed: Option<Arc<Session>>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    match resumed {
        Some(session) => begin_resumed(hello, &session, context),
        None if hello.may_be_known && context.hooks().session_secret => {
            let state = State::AskedSessionSecret(Box::new(hello));
            Ok(Transition::Ask(Ask::SessionSecret, ClientState::Tls12(state)))
        }
        None => Ok(next(full_handshake(Box::new(hello), context))),
    }
}

/// What the program gave is not resumed.
fn full_handshake(hello: Box<Hello>, context: &mut Context<'_>) -> State {
    context.negotiated.session_refused = true;
    if hello.suite.has_certificate() {
        State::ExpectCertificate(hello)
    } else {
        State::ExpectStatusOrKeyExchange(hello, None)
    }
}

fn take_session_secret(hello: Box<Hello>, answer: Answer) -> Result<Transition<ClientState>> {
    match answer {
        Answer::SessionSecret(Some((secret, _))) => Ok(next(State::ExpectCertificateOrChange(hello, secret))),
        _ => Err(Error::internal()),
    }
}

/// The server knows the secret too: it changes to its keys at once.
fn begin_with_secret(
    hello: Hello,
    secret: Secret,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let session = resume::new_session(context, &[], secret.clone())?;
    context.negotiated.resumed = true;
    context.negotiated.session = Some(Arc::new(session));
    let hash = context.handshake_hash()?;
    context.transcript.set_hash(hash);
    let master = MasterSecret::resumed(hash, secret);
    tls12_flight::server_changed(hello, master, context)
}

fn begin_resumed(
    hello: Hello,
    session: &Arc<Session>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    if hello.suite.id != session.cipher_suite {
        return Err(Error::illegal(Reason::OLD_SESSION_CIPHER_NOT_RETURNED));
    }
    // RFC 7627 §5.3: the extended master secret stays what it was.
    if context.negotiated.extended_master_secret != session.extended_master_secret {
        return Err(Error::handshake_failure(Reason::INCONSISTENT_EXTMS));
    }
    resume::take_over(session, context)?;
    context.negotiated.group = session.group;
    let hash = context.handshake_hash()?;
    context.transcript.set_hash(hash);
    let master = MasterSecret::resumed(hash, session.secret.clone());
    tls12_flight::expect_server_finished(hello, master, context)
}

fn read_extensions(
    offer: &Offer,
    suite: &Suite,
    received: &Extensions,
    context: &mut Context<'_>,
) -> Result<()> {
    let offered = &offer.hello.extensions;
    extensions::check(received, &ALLOWED, offered, context, place::TLS1_2_SERVER_HELLO)?;
    extensions::read_server_name(received, context)?;
    extensions::read_alpn(received, offered, context)?;
    use_srtp::read_answer(received, offered, context)?;
    fragment_limits::read_answer(received, offered, context)?;
    extensions::read_timestamps(received, context);
    raw_public_key::read_answer(received, offered, context)?;
    read_renegotiation_info(received, context)?;
    if let Some(data) = received.get(ExtensionType::EC_POINT_FORMATS) {
        // RFC 8422 §5.1.2.
        let formats = ec_point_formats::read(data)?;
        if !formats.contains(&UNCOMPRESSED) {
            return Err(Error::illegal(Reason::TLS_INVALID_ECPOINTFORMAT_LIST));
        }
        context.negotiated.peer_point_formats = formats.to_vec();
    }
    if received.contains(ExtensionType::SESSION_TICKET) && !context.settings().allows_tickets() {
        return Err(Error::fatal(AlertDescription::UNSUPPORTED_EXTENSION, Reason::BAD_EXTENSION));
    }
    context.negotiated.extended_master_secret =
        extensions::read_empty(received, ExtensionType::EXTENDED_MASTER_SECRET)?;
    // What a server answers for another cipher is of no account, as in OpenSSL.
    context.negotiated.encrypt_then_mac = extensions::read_empty(received, ExtensionType::ENCRYPT_THEN_MAC)?
        && matches!(suite.bulk, BulkCipher::Cbc(_));
    Ok(())
}

/// RFC 5746 §3.4, §3.5: in a first handshake it is empty, in a renegotiation it has the Finished of both sides; a
/// server that leaves it out may be attacked by renegotiation.
fn read_renegotiation_info(received: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let negotiated = &mut *context.negotiated;
    match received.get(ExtensionType::RENEGOTIATION_INFO) {
        // RFC 5746 §4.2: a server that did not send it before must not send it now.
        Some(_) if negotiated.renegotiation.is_some() && !negotiated.secure_renegotiation => {
            Err(Error::handshake_failure(Reason::RENEGOTIATION_MISMATCH))
        }
        Some(data) => {
            let expected = match negotiated.renegotiation {
                None => Vec::new(),
                Some(_) => [&negotiated.client_verify_data[..], &negotiated.server_verify_data].concat(),
            };
            if !bool::from(expected.ct_eq(renegotiation_info::read(data)?)) {
                return Err(Error::handshake_failure(Reason::RENEGOTIATION_MISMATCH));
            }
            negotiated.secure_renegotiation = true;
            Ok(())
        }
        // RFC 5746 §3.5: a server that once sent it must send it again.
        None if negotiated.renegotiation.is_some() && negotiated.secure_renegotiation => {
            Err(Error::handshake_failure(Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED))
        }
        None if context
            .settings()
            .has_option(option::LEGACY_SERVER_CONNECT | option::ALLOW_UNSAFE_LEGACY_RENEGOTIATION) =>
        {
            Ok(())
        }
        None => Err(Error::handshake_failure(Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED)),
    }
}

fn read_certificate(
    hello: Box<Hello>,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let chain = certificate::read_tls12_as(
        message.expect(HandshakeType::CERTIFICATE)?,
        context.negotiated.certificate_formats.server,
    )?;
    context.leave_for(Position::CrCert);
    context.add_to_transcript(message);
    let ask = authentication::verify_chain(chain, context)?;
    Ok(Transition::Ask(ask, ClientState::Tls12(State::VerifyingChain(hello))))
}

/// RFC 5246 §7.4.2: the certificate's key is one that the suite names (RFC 8422 §2.2, §5.10 for EdDSA).
fn check_key_type(key: &PublicKey, suite: &Suite) -> Result<()> {
    if suite.key_exchange == KeyExchangeAlgorithm::Rsa && key.key_type() != KeyType::Rsa {
        return Err(Error::handshake_failure(Reason::MISSING_RSA_ENCRYPTING_CERT));
    }
    let fits = match suite.authentication {
        Authentication::Rsa => matches!(key.key_type(), KeyType::Rsa | KeyType::RsaPss),
        Authentication::Ecdsa => matches!(
            key.key_type(),
            KeyType::EcdsaP256
                | KeyType::EcdsaP384
                | KeyType::EcdsaP521
                | KeyType::EcdsaOther
                | KeyType::Ed25519
                | KeyType::Ed448
        ),
        Authentication::Dss => key.key_type() == KeyType::Dsa,
        Authentication::Any | Authentication::Null | Authentication::Psk | Authentication::Srp => false,
    };
    if fits { Ok(()) } else { Err(Error::illegal(Reason::WRONG_CERTIFICATE_TYPE)) }
}

fn read_certificate_status(
    hello: Box<Hello>,
    key: Option<Box<PublicKey>>,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let response = certificate_status::read(message.expect(HandshakeType::CERTIFICATE_STATUS)?)?;
    context.leave_for(Position::CrCertStatus);
    context.negotiated.ocsp_response = Some(response);
    context.add_to_transcript(message);
    Ok(next(State::ExpectKeyExchange(hello, key)))
}

/// A ServerKeyExchange, or where the suite can do without it, what follows it.
fn read_key_exchange(
    hello: Box<Hello>,
    key: Option<Box<PublicKey>>,
    context: &mut Context<'_>,
    message: Message,
) -> Result<Transition<ClientState>> {
    match KeyExchange::without_parameters(hello.suite.key_exchange) {
        // RFC 5246 §7.4.3: with RSA alone there is none. The attack FREAK sent one (CVE-2015-0204).
        Some(exchange)
            if message.handshake_type() != HandshakeType::SERVER_KEY_EXCHANGE
                || hello.suite.key_exchange == KeyExchangeAlgorithm::Rsa =>
        {
            read_request_or_done(hello, exchange, context, &message)
        }
        _ => read_server_key_exchange(hello, key, context, message),
    }
}

fn read_request_or_done(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    // RFC 5246 §7.4.4: a server that is not authenticated by a certificate asks for none.
    if message.handshake_type() == HandshakeType::CERTIFICATE_REQUEST && hello.suite.has_certificate() {
        read_certificate_request(hello, exchange, context, message)
    } else {
        read_server_hello_done(hello, exchange, context, message)
    }
}

/// The server's half, signed together with both randoms if it has a certificate (RFC 5246 §7.4.3).
fn read_server_key_exchange(
    hello: Box<Hello>,
    key: Option<Box<PublicKey>>,
    context: &mut Context<'_>,
    message: Message,
) -> Result<Transition<ClientState>> {
    let body = message.expect(HandshakeType::SERVER_KEY_EXCHANGE)?;
    let suite = hello.suite;
    let received =
        ServerKeyExchange::read(body, suite.key_exchange, context.version()?, suite.signs_parameters())?;
    context.leave_for(Position::CrKeyExch);
    let group = received.parameters.group();
    security::inquire(context, security::about(context, |_| group.map(Inquiry::PeerGroup)), move |context| {
        let content = signed_content(
            &context.negotiated.client_random,
            &context.negotiated.server_random,
            &received.parameters,
        );
        let exchange = KeyExchange::from_parameters(received.parameters, suite.key_exchange, context)?;
        check_diffie_hellman(exchange, context, move |exchange, context| match received.signature {
            Some(signature) => {
                let key = key.ok_or(Error::internal())?;
                verify_parameters(hello, exchange, message, key, signature, content, context)
            }
            None => Ok(parameters_taken(hello, exchange, &message, context)),
        })
    })
}

/// Goes on if the parameters are strong enough for our security level; else it is `handshake_failure`.
fn check_diffie_hellman(
    exchange: KeyExchange,
    context: &mut Context<'_>,
    then: impl FnOnce(KeyExchange, &mut Context<'_>) -> Result<Transition<ClientState>> + 'static,
) -> Result<Transition<ClientState>> {
    let Some(parameters) = exchange.diffie_hellman() else { return then(exchange, context) };
    let bits = parameters.security_bits;
    let inquiry = security::about(context, |_| Some(Inquiry::DiffieHellman(parameters.clone())));
    security::inquire(context, inquiry, move |context| {
        if !context.settings().allows_diffie_hellman(bits) {
            return Err(Error::handshake_failure(Reason::DH_KEY_TOO_SMALL));
        }
        then(exchange, context)
    })
}

fn verify_parameters(
    hello: Box<Hello>,
    exchange: KeyExchange,
    message: Message,
    key: Box<PublicKey>,
    signature: Signature,
    content: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    authentication::verify_signature(
        key,
        signature.scheme,
        content,
        signature.bytes,
        context,
        move |ask, context| {
            Ok(match ask {
                Some(ask) => Transition::Ask(
                    ask,
                    ClientState::Tls12(State::VerifyingSignature(hello, exchange, message)),
                ),
                None => parameters_taken(hello, exchange, &message, context),
            })
        },
    )
}

fn parameters_taken(
    hello: Box<Hello>,
    exchange: KeyExchange,
    message: &Message,
    context: &mut Context<'_>,
) -> Transition<ClientState> {
    context.add_to_transcript(message);
    next(State::ExpectRequestOrDone(hello, exchange))
}

fn read_certificate_request(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let request =
        CertificateRequest12::read(message.expect(HandshakeType::CERTIFICATE_REQUEST)?, context.version()?)?;
    context.leave_for(Position::CrCertReq);
    context.negotiated.certificate_types = request.certificate_types;
    context.negotiated.peer_certificate_schemes = None;
    context.negotiated.peer_schemes = request.signature_schemes.unwrap_or_default();
    context.negotiated.peer_ca_names = request.authorities;
    context.negotiated.certificate_requested = true;
    context.add_to_transcript(message);
    authentication::judge_schemes(context, move |context| {
        match authentication::certificate_question(context) {
            Some(ask) => {
                Ok(Transition::Ask(ask, ClientState::Tls12(State::AskedCertificate(hello, exchange))))
            }
            None => ask_client_certificate(hello, exchange, context),
        }
    })
}

fn ask_client_certificate(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    authentication::judge_own_scheme(context, move |context| {
        Ok(match authentication::client_certificate_question(context)? {
            Some(ask) => {
                Transition::Ask(ask, ClientState::Tls12(State::AskedClientCertificate(hello, exchange)))
            }
            None => next(State::ExpectDone(hello, exchange)),
        })
    })
}

fn read_server_hello_done(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    // RFC 5246 §7.4.5: nothing in it.
    if !message.expect(HandshakeType::SERVER_HELLO_DONE)?.is_empty() {
        return Err(Error::decode(Reason::LENGTH_MISMATCH));
    }
    context.negotiated.answer_read();
    context.leave_for(Position::CrSrvrDone);
    context.add_to_transcript(message);
    tls12_flight::begin(hello, exchange, context)
}
