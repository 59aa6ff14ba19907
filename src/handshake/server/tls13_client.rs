//! TLS 1.3: the client's last flight: Certificate, CertificateVerify, Finished (RFC 8446 §4.4).

use std::sync::Arc;

use super::{State, Step, early_data, resume, selection, signature, ticket};
use crate::{
    crypto::secret::Secret,
    error::{Error, Reason, Result},
    handshake::{
        Context, Expects, Input, Traffic, Transition, certificate_compression, custom_extensions,
        early_data::Status,
        position::Position,
        post::authentication::PostHandshakeAuthentication,
        want::{Answer, Ask},
    },
    key_schedule::tls13::{MasterSecret, TrafficSecret},
    message::{
        Message,
        certificate::Certificate13,
        certificate_verify::{CertificateVerify, signed_content},
        extension::Extensions,
        finished,
    },
    policy::{VerifyMode, custom_extension::place},
    record::Level,
    wire::{AlertDescription, HandshakeType, Reader},
};

/// What comes next.
pub enum Awaited {
    /// The end of the client's early data.
    EndOfEarlyData,
    /// The client's Certificate.
    Certificate,
    /// The verification of its chain.
    Verification,
    /// Its CertificateVerify.
    CertificateVerify,
    /// The verification of that signature, of this message.
    Signature(Message),
    /// Its Finished.
    Finished,
}

impl Awaited {
    /// What that needs.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::EndOfEarlyData | Self::Certificate | Self::CertificateVerify | Self::Finished => {
                Expects::Message
            }
            Self::Verification | Self::Signature(_) => Expects::Answer,
        }
    }
}

/// What is needed until the client's Finished.
pub struct Pending {
    /// What the client's Finished is made with.
    pub client_secret: TrafficSecret,
    /// For the resumption secret.
    pub master_secret: MasterSecret,
    /// What the client writes with after its Finished.
    pub read: TrafficSecret,
    /// What we write with already.
    pub write: TrafficSecret,
    /// Whether the client can use tickets.
    pub takes_tickets: bool,
}

/// Waits for the first message of the client's flight.
pub fn await_flight(context: &mut Context<'_>, pending: Pending) -> Step {
    let pending = Box::new(pending);
    if context.negotiated.early_data.status == Status::Accepted {
        if !context.hooks().quic {
            return Ok(next(Awaited::EndOfEarlyData, pending));
        }
        // RFC 9001 §8.3: there is no EndOfEarlyData.
        context.set_read_secret(Level::Handshake, &pending.client_secret)?;
    }
    Ok(await_authentication(context, pending))
}

fn await_authentication(context: &Context<'_>, pending: Box<Pending>) -> Transition<State> {
    let requested = context.negotiated.certificate_requested;
    next(if requested { Awaited::Certificate } else { Awaited::Finished }, pending)
}

fn next(awaited: Awaited, pending: Box<Pending>) -> Transition<State> {
    Transition::Next(State::Tls13Client(awaited, pending))
}

/// One step.
pub fn advance(context: &mut Context<'_>, awaited: Awaited, pending: Box<Pending>, input: Input) -> Step {
    match awaited {
        Awaited::EndOfEarlyData => {
            early_data::read_end(context, &input.message()?, &pending.client_secret)?;
            Ok(await_authentication(context, pending))
        }
        Awaited::Certificate => read_certificate(context, pending, &input.message()?),
        Awaited::Verification => {
            selection::take_verified(context, input.answer()?)?;
            Ok(next(Awaited::CertificateVerify, pending))
        }
        Awaited::CertificateVerify => read_certificate_verify(context, pending, input.message()?),
        Awaited::Signature(message) => {
            let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
            context.add_to_transcript(&message);
            Ok(next(Awaited::Finished, pending))
        }
        Awaited::Finished => read_finished(context, *pending, &input.message()?),
    }
}

fn read_certificate(context: &mut Context<'_>, pending: Box<Pending>, message: &Message) -> Step {
    // RFC 8446 §4.4.2: in the handshake the context of our request is empty.
    take_certificate(context, message, &[], move |_, has_chain| {
        Ok(if has_chain {
            Transition::Ask(Ask::VerifyChain, State::Tls13Client(Awaited::Verification, pending))
        } else {
            next(Awaited::Finished, pending)
        })
    })
}

/// The client's Certificate, which answers a request with this context, and the program's extensions in it; `then` goes on:
/// with a chain that is to be verified, or without a certificate if we may.
pub fn take_certificate(
    context: &mut Context<'_>,
    message: &Message,
    request_context: &[u8],
    then: impl FnOnce(&mut Context<'_>, bool) -> Step + 'static,
) -> Step {
    let expanded = certificate_compression::expand(message, context)?;
    let plain = expanded.as_ref().unwrap_or(message);
    let body = plain.expect(HandshakeType::CERTIFICATE)?;
    if Reader::new(body).vec8().is_err() {
        return Err(Error::decode(Reason::INVALID_CONTEXT));
    }
    let certificate = Certificate13::read(body)?;
    context.leave_for(Position::SrCert);
    certificate.entries.iter().for_each(|entry| context.tell_extensions(&entry.extensions));
    if certificate.request_context != request_context {
        return Err(Error::illegal(Reason::INVALID_CONTEXT));
    }
    let message_place = place::CERTIFICATE;
    let mut custom = Vec::new();
    for (index, entry) in certificate.entries.iter().enumerate() {
        check_entry(&entry.extensions, context)?;
        custom.extend(custom_extensions::received(context, message_place, false, &entry.extensions, index)?);
    }
    context.add_to_transcript(message);
    if certificate.entries.is_empty() {
        // RFC 8446 §4.4.2.4: we may go on without, or not.
        if context.settings().verify_mode.has(VerifyMode::FAIL_IF_NO_PEER_CERT) {
            return Err(Error::fatal(
                AlertDescription::CERTIFICATE_REQUIRED,
                Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE,
            ));
        }
        context.negotiated.peer_chain = None;
        context.negotiated.peer_raw_key = None;
        return then(context, false);
    }
    let chain: Vec<_> = certificate.entries.into_iter().map(|entry| entry.certificate).collect();
    let certificates = if custom.is_empty() { Vec::new() } else { chain.clone() };
    custom_extensions::read(context, message_place, custom, &certificates, move |context| {
        let side = context.side;
        context.negotiated.set_peer(side, chain)?;
        then(context, true)
    })
}

/// RFC 8446 §4.2: no extension that was not asked for, and nobody but the program asks for any.
fn check_entry(extensions: &Extensions, context: &Context<'_>) -> Result<()> {
    for (extension_type, _) in extensions.iter() {
        custom_extensions::check(context, extension_type, place::CERTIFICATE).unwrap_or(Err(
            Error::fatal(AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION),
        ))?;
    }
    Ok(())
}

fn read_certificate_verify(context: &mut Context<'_>, pending: Box<Pending>, message: Message) -> Step {
    let verify =
        CertificateVerify::read(message.expect(HandshakeType::CERTIFICATE_VERIFY)?, context.version()?)?;
    context.leave_for(Position::SrCertVrfy);
    let content = signed_content(false, context.transcript.current()?.as_ref());
    signature::verify(context, verify, content, move |context, ask| match ask {
        Some(ask) => Ok(Transition::Ask(ask, State::Tls13Client(Awaited::Signature(message), pending))),
        None => {
            context.add_to_transcript(&message);
            Ok(next(Awaited::Finished, pending))
        }
    })
}

fn read_finished(context: &mut Context<'_>, pending: Pending, message: &Message) -> Step {
    let verify_data = message.expect(HandshakeType::FINISHED)?;
    context.leave_for(Position::SrFinished);
    let expected = pending.client_secret.verify_data(context.transcript.current()?.as_ref());
    finished::check(verify_data, expected.as_ref())?;
    context.negotiated.answer_read();
    context.add_to_transcript(message);
    context.negotiated.client_verify_data = verify_data.to_vec();

    let Pending { master_secret, read, write, takes_tickets, .. } = pending;
    context.set_read_secret(Level::Application, &read)?;
    context.log_secret("CLIENT_TRAFFIC_SECRET_0", read.as_bytes());
    let resumption = master_secret.resumption(context.transcript.current()?.as_ref());
    context.negotiated.traffic = Some(Traffic::new(read, write, resumption));
    if context.negotiated.post_handshake_auth_offered {
        let kept = PostHandshakeAuthentication::new(context.transcript, takes_tickets);
        context.negotiated.post_handshake_authentication = Some(Box::new(kept));
    }
    if !context.negotiated.resumed {
        // Each ticket will bring the session a secret of its own.
        let no_secret = Secret::new(&[]).ok_or(Error::internal())?;
        context.negotiated.session = Some(Arc::new(resume::new_session(context, no_secret)?));
    }
    ticket::send_tickets(context, takes_tickets)
}
