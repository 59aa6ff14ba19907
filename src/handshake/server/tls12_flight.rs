//! TLS 1.2: the server's flight from Certificate to ServerHelloDone (RFC 5246 §7.4.2 to §7.4.5, RFC 8422 §5.4, RFC 6066 §8).

use std::sync::Arc;

use super::{
    State, Step, selection,
    signature::{self, Signed},
    tls12_client::{self, Pending},
};
use crate::{
    crypto::{
        key_exchange::EphemeralKey,
        signature_scheme::{self, SignatureAlgorithm},
    },
    error::Result,
    handshake::{
        Context, Transition,
        position::Position,
        want::{Answer, Ask},
    },
    message::{
        Message, certificate,
        certificate_request::CertificateRequest12,
        certificate_status,
        server_key_exchange::{self, ServerKeyExchange},
    },
    policy::{VerifyMode, choose::Choice12},
    wire::{CertificateType, HandshakeType, ProtocolVersion, SignatureScheme},
};

/// What the driver is asked on the way.
pub enum Question {
    /// The certificates after our own.
    Chain,
    /// The signature over the parameters with this key.
    Signature(EphemeralKey),
}

/// What is known once ServerHello was sent.
pub struct Flight {
    /// Suite, certificate, scheme and group.
    pub choice: Choice12,
    /// The id of the session to be.
    pub session_id: Vec<u8>,
    /// Whether a NewSessionTicket will be sent.
    pub sends_ticket: bool,
    /// The OCSP response to staple.
    pub status: Option<Vec<u8>>,
}

/// Goes on after ServerHello.
pub fn begin(context: &mut Context<'_>, flight: Flight) -> Step {
    let slot = flight.choice.slot;
    match signature::certificate(context.settings(), slot)?.chain.clone() {
        Some(chain) => emit_certificate(context, flight, &chain),
        None => Ok(Transition::Ask(Ask::Chain(slot), State::Tls12Flight(Question::Chain, Box::new(flight)))),
    }
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, question: Question, flight: Flight, answer: Answer) -> Step {
    match question {
        Question::Chain => emit_certificate(context, flight, &selection::take_chain(answer)?),
        Question::Signature(key) => {
            let signature = signature::take_signature(answer)?;
            emit_server_key_exchange(context, flight, key, signature)
        }
    }
}

fn emit_certificate(context: &mut Context<'_>, flight: Flight, chain: &[Vec<u8>]) -> Step {
    let own = Arc::clone(&signature::certificate(context.settings(), flight.choice.slot)?.certificate);
    let certificates = core::iter::once(&own[..]).chain(chain.iter().map(Vec::as_slice));
    context.leave_for(Position::SwCert);
    context.emit(&certificate::write_tls12(certificates))?;
    if let Some(response) = &flight.status {
        context.leave_for(Position::SwCertStatus);
        context.emit(&certificate_status::write(response))?;
    }
    make_parameters(context, flight)
}

fn make_parameters(context: &mut Context<'_>, flight: Flight) -> Step {
    context.leave_for(Position::SwKeyExch);
    let Choice12 { slot, scheme, group, .. } = flight.choice;
    let key = EphemeralKey::generate(group)?;
    let negotiated = &context.negotiated;
    let content = server_key_exchange::signed_content(
        &negotiated.client_random,
        &negotiated.server_random,
        group,
        key.share(),
    );
    match signature::sign(context, slot, scheme, content)? {
        Signed::Now(signature) => emit_server_key_exchange(context, flight, key, signature),
        Signed::Ask(ask) => {
            Ok(Transition::Ask(ask, State::Tls12Flight(Question::Signature(key), Box::new(flight))))
        }
    }
}

fn emit_server_key_exchange(
    context: &mut Context<'_>,
    flight: Flight,
    key: EphemeralKey,
    signature: Vec<u8>,
) -> Step {
    let message = ServerKeyExchange {
        group: flight.choice.group,
        public: key.share().to_vec(),
        scheme: flight.choice.scheme,
        signature,
    };
    context.emit(&message.write())?;
    emit_certificate_request(context)?;
    context.leave_for(Position::SwSrvrDone);
    context.emit(&Message::build(HandshakeType::SERVER_HELLO_DONE, |_| {}))?;
    context.leave_for(Position::SwSrvrDone);

    let Flight { choice, session_id, sends_ticket, .. } = flight;
    Ok(tls12_client::await_flight(context, Pending { key, suite: choice.suite, session_id, sends_ticket }))
}

fn emit_certificate_request(context: &mut Context<'_>) -> Result<()> {
    let settings = context.settings();
    let verify_mode = settings.verify_mode;
    if !verify_mode.has(VerifyMode::PEER) || verify_mode.has(VerifyMode::POST_HANDSHAKE) {
        return Ok(());
    }
    let signature_schemes = settings.offered_signature_schemes(&[ProtocolVersion::TLS1_2], true);
    let request = CertificateRequest12 {
        certificate_types: certificate_types(&signature_schemes),
        signature_schemes,
        authorities: settings.ca_names.to_vec(),
    };
    context.negotiated.certificate_requested = true;
    context.leave_for(Position::SwCertReq);
    context.emit(&request.write())
}

/// RFC 5246 §7.4.4, RFC 8422 §5.5: the kinds of certificate that the schemes are for.
fn certificate_types(schemes: &[SignatureScheme]) -> Vec<CertificateType> {
    let is_rsa = |scheme: &SignatureScheme| {
        signature_scheme::find(*scheme).is_some_and(|scheme| {
            !matches!(scheme.signature, SignatureAlgorithm::Ecdsa | SignatureAlgorithm::Ed25519)
        })
    };
    let mut types = Vec::new();
    if schemes.iter().any(is_rsa) {
        types.push(CertificateType::RSA_SIGN);
    }
    if !schemes.iter().all(is_rsa) {
        types.push(CertificateType::ECDSA_SIGN);
    }
    types
}
