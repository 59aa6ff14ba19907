//! TLS 1.2: the server's flight from Certificate to ServerHelloDone (RFC 5246 §7.4.2 to §7.4.5, RFC 8422 §5.4, RFC 6066 §8).

use std::sync::Arc;

use super::{
    State, Step,
    key_exchange12::{self, Begun, KeyExchange},
    selection,
    signature::{self, Signed},
    tls12_client::{self, Pending},
    tls13_flight::NO_SCHEMES,
};
use crate::{
    crypto::suite::{Authentication, Suite},
    error::{Error, Result},
    handshake::{
        Context, Transition,
        position::Position,
        security::{self, Inquiry},
        want::{Answer, Ask},
    },
    message::{
        Message, certificate,
        certificate_request::CertificateRequest12,
        certificate_status,
        server_key_exchange::{self, Parameters, ServerKeyExchange, Signature},
    },
    policy::{VerifyMode, certificate::Slot, choose::Choice12},
    wire::{CertificateType, HandshakeType, ProtocolVersion},
};

/// What the driver is asked on the way.
pub enum Question {
    /// The certificates after our own.
    Chain,
    /// What our half of the key exchange needs.
    KeyExchange,
    /// The signature over our half, which is sent as these parameters.
    Signature(KeyExchange, Parameters),
}

/// What is known once ServerHello was sent.
pub struct Flight {
    /// Suite, certificate, scheme and group.
    pub choice: Choice12,
    /// Whether a NewSessionTicket will be sent.
    pub sends_ticket: bool,
    /// The OCSP response to staple.
    pub status: Option<Vec<u8>>,
}

/// Goes on after ServerHello.
pub fn begin(context: &mut Context<'_>, flight: Flight) -> Step {
    let Some(slot) = flight.choice.slot else { return begin_key_exchange(context, flight) };
    context.enter(Position::SwCert);
    let settings = context.settings();
    match settings.secure_chain(signature::certificate(settings, slot)?) {
        Some(chain) => emit_certificate(context, flight, slot, &chain),
        None => Ok(Transition::Ask(Ask::Chain(slot), State::Tls12Flight(Question::Chain, Box::new(flight)))),
    }
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, question: Question, flight: Flight, answer: Answer) -> Step {
    match question {
        Question::Chain => {
            let slot = flight.choice.slot.ok_or(Error::internal())?;
            emit_certificate(context, flight, slot, &selection::take_chain(answer)?)
        }
        Question::KeyExchange => {
            let begun = key_exchange12::answered(&flight.choice, answer, context)?;
            sign_parameters(context, flight, begun)
        }
        Question::Signature(exchange, parameters) => {
            let signature = signature::take_signature(answer)?;
            emit_signed(context, flight, exchange, parameters, signature)
        }
    }
}

fn emit_certificate(context: &mut Context<'_>, flight: Flight, slot: Slot, chain: &[Vec<u8>]) -> Step {
    let own = Arc::clone(&signature::certificate(context.settings(), slot)?.certificate);
    let certificates = core::iter::once(&own[..]).chain(chain.iter().map(Vec::as_slice));
    context.enter(Position::SwCert);
    let format = context.negotiated.certificate_formats.server;
    context.emit(&certificate::write_tls12_as(certificates, format))?;
    if let Some(response) = &flight.status {
        context.leave_for(Position::SwCertStatus);
        context.emit(&certificate_status::write(response))?;
    }
    begin_key_exchange(context, flight)
}

fn begin_key_exchange(context: &mut Context<'_>, flight: Flight) -> Step {
    let suite = flight.choice.suite;
    if !suite.has_group() || !context.hooks().security {
        let begun = key_exchange12::begin(&flight.choice, context)?;
        return sign_parameters(context, flight, begun);
    }
    context.leave_for(Position::SwKeyExch);
    let inquiry = Inquiry::SharedGroup { suite, offered: context.negotiated.peer_groups.clone() };
    security::inquire(context, Some(inquiry), move |context| choose_group(context, flight))
}

/// The security callback was asked about the groups once more, or for the first time: one that it allows is taken.
fn choose_group(context: &mut Context<'_>, mut flight: Flight) -> Step {
    let peers = Some(context.negotiated.peer_groups.as_slice()).filter(|groups| !groups.is_empty());
    flight.choice.group = context.settings().choose_tls12_group(flight.choice.suite, peers);
    context.negotiated.group = flight.choice.group;
    match key_exchange12::begin(&flight.choice, context)? {
        Begun::Made(exchange) => {
            let parameters = exchange.parameters().ok_or(Error::internal())?;
            emit_parameters(context, flight, exchange, parameters)
        }
        Begun::Ask(_) => Err(Error::internal()),
    }
}

/// Signs our half of the key exchange, if it is one to be sent and there is a certificate (RFC 5246 §7.4.3).
fn sign_parameters(context: &mut Context<'_>, flight: Flight, begun: Begun) -> Step {
    let exchange = match begun {
        Begun::Made(exchange) => exchange,
        Begun::Ask(ask) => {
            return Ok(Transition::Ask(ask, State::Tls12Flight(Question::KeyExchange, Box::new(flight))));
        }
    };
    let Some(parameters) = exchange.parameters() else {
        return request_certificate(context, flight, exchange);
    };
    context.leave_for(Position::SwKeyExch);
    let inquiry = security::about(context, |_| exchange.inquiry());
    security::inquire(context, inquiry, move |context| {
        exchange.check(context.settings())?;
        emit_parameters(context, flight, exchange, parameters)
    })
}

fn emit_parameters(
    context: &mut Context<'_>,
    flight: Flight,
    exchange: KeyExchange,
    parameters: Parameters,
) -> Step {
    if let KeyExchange::Ecdhe(key) = &exchange {
        let settings = &context.environment.settings;
        context.negotiated.note_own_share(settings, key.group(), key.share());
    }
    if !flight.choice.suite.signs_parameters() {
        context.emit(&ServerKeyExchange { parameters, signature: None }.write())?;
        return request_certificate(context, flight, exchange);
    }
    let slot = flight.choice.slot.ok_or(Error::internal())?;
    let scheme = flight.choice.scheme.ok_or(Error::internal())?;
    let negotiated = &context.negotiated;
    let content = server_key_exchange::signed_content(
        &negotiated.client_random,
        &negotiated.server_random,
        &parameters,
    );
    match signature::sign(context, slot, scheme, content)? {
        Signed::Now(signature) => emit_signed(context, flight, exchange, parameters, signature),
        Signed::Ask(ask) => {
            let question = Question::Signature(exchange, parameters);
            Ok(Transition::Ask(ask, State::Tls12Flight(question, Box::new(flight))))
        }
    }
}

fn emit_signed(
    context: &mut Context<'_>,
    flight: Flight,
    exchange: KeyExchange,
    parameters: Parameters,
    bytes: Vec<u8>,
) -> Step {
    let scheme = flight.choice.scheme.ok_or(Error::internal())?;
    let signature = Some(Signature { scheme: context.told_scheme(scheme)?, bytes });
    context.emit(&ServerKeyExchange { parameters, signature }.write())?;
    request_certificate(context, flight, exchange)
}

/// Asks for the client's certificate where the program wants it, and ends the flight.
fn request_certificate(context: &mut Context<'_>, flight: Flight, exchange: KeyExchange) -> Step {
    if !asks_for_certificate(context, flight.choice.suite) {
        return emit_done(context, flight, exchange);
    }
    context.leave_for(Position::SwCertReq);
    let inquiry = security::about(context, |context| context.version().ok().map(Inquiry::CertificateRequest));
    security::inquire(context, inquiry, move |context| {
        emit_certificate_request(context)?;
        emit_done(context, flight, exchange)
    })
}

fn emit_done(context: &mut Context<'_>, flight: Flight, exchange: KeyExchange) -> Step {
    context.leave_for(Position::SwSrvrDone);
    context.emit(&Message::build(HandshakeType::SERVER_HELLO_DONE, |_| {}))?;
    context.negotiated.time_answer();
    context.leave_for(Position::SwSrvrDone);

    let Flight { choice, sends_ticket, .. } = flight;
    let pending = Pending { suite: choice.suite, sends_ticket };
    Ok(tls12_client::await_flight(context, pending, exchange))
}

fn asks_for_certificate(context: &Context<'_>, suite: &Suite) -> bool {
    let verify_mode = context.settings().verify_mode;
    let once = verify_mode.has(VerifyMode::CLIENT_ONCE) && context.negotiated.client_was_asked;
    if !verify_mode.has(VerifyMode::PEER) || once {
        return false;
    }
    // RFC 5246 §7.4.4: a server without a certificate of its own asks for none. OpenSSL does if it is told to fail without.
    match suite.authentication {
        Authentication::Null => verify_mode.has(VerifyMode::FAIL_IF_NO_PEER_CERT),
        Authentication::Psk | Authentication::Srp => false,
        Authentication::Any | Authentication::Rsa | Authentication::Ecdsa | Authentication::Dss => true,
    }
}

fn emit_certificate_request(context: &mut Context<'_>) -> Result<()> {
    let settings = context.settings();
    let has_schemes = context.version()?.has_signature_schemes();
    // Before TLS 1.2 they are not sent, but still tell which types to ask for, as in OpenSSL.
    let signature_schemes = settings.offered_signature_schemes(&[ProtocolVersion::TLS1_2], true);
    if has_schemes && signature_schemes.is_empty() {
        return Err(NO_SCHEMES);
    }
    let request = CertificateRequest12 {
        certificate_types: match &settings.certificate_types {
            Some(types) => types.iter().copied().map(CertificateType).collect(),
            None => settings.taken_signatures(context.side).certificate_types(),
        },
        signature_schemes: has_schemes.then_some(signature_schemes),
        authorities: settings.sent_ca_names().to_vec(),
    };
    context.negotiated.note_certificate_request();
    context.emit(&request.write())
}
