//! The client's answer to our CertificateRequest after the handshake (RFC 8446 §4.6.2): Certificate, CertificateVerify,
//! Finished, with nothing in between. Fresh tickets follow: their sessions know the client's certificate.

use std::sync::Arc;

use super::{State as ServerState, Step, selection, signature, ticket, tls13_client};
use crate::{
    error::Error,
    handshake::{
        Context, Expects, Input, Transition,
        position::Position,
        want::{Answer, Ask},
    },
    message::{
        Message,
        certificate_verify::{CertificateVerify, signed_content},
        finished,
    },
    session::Session,
    wire::HandshakeType,
};

/// What comes next.
pub enum State {
    /// The client's Certificate.
    ExpectCertificate,
    /// The verification of its chain.
    VerifyingChain,
    /// Its CertificateVerify.
    ExpectCertificateVerify,
    /// The verification of that signature, of this message.
    VerifyingSignature(Message),
    /// Its Finished.
    ExpectFinished,
}

impl State {
    /// What it needs.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::ExpectCertificate | Self::ExpectCertificateVerify | Self::ExpectFinished => {
                Expects::Message
            }
            Self::VerifyingChain | Self::VerifyingSignature(_) => Expects::Answer,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Step {
        match self {
            Self::ExpectCertificate => read_certificate(context, &input.message()?),
            Self::VerifyingChain => {
                selection::take_verified(context, input.answer()?)?;
                Ok(next(Self::ExpectCertificateVerify))
            }
            Self::ExpectCertificateVerify => read_certificate_verify(context, input.message()?),
            Self::VerifyingSignature(message) => {
                let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
                context.add_to_transcript(&message);
                Ok(next(Self::ExpectFinished))
            }
            Self::ExpectFinished => read_finished(context, &input.message()?),
        }
    }
}

const fn next(state: State) -> Transition<ServerState> {
    Transition::Next(ServerState::PostHandshake(state))
}

fn read_certificate(context: &mut Context<'_>, message: &Message) -> Step {
    let authentication = context.negotiated.post_handshake_authentication.as_mut().ok_or(Error::internal())?;
    let request = authentication.request.take().ok_or(Error::unexpected())?;
    tls13_client::take_certificate(context, message, &request.request_context, |_, has_chain| {
        Ok(if has_chain {
            Transition::Ask(Ask::VerifyChain, ServerState::PostHandshake(State::VerifyingChain))
        } else {
            next(State::ExpectFinished)
        })
    })
}

fn read_certificate_verify(context: &mut Context<'_>, message: Message) -> Step {
    let verify =
        CertificateVerify::read(message.expect(HandshakeType::CERTIFICATE_VERIFY)?, context.version()?)?;
    context.leave_for(Position::SrCertVrfy);
    let content = signed_content(false, context.transcript.current()?.as_ref());
    signature::verify(context, verify, content, move |context, ask| match ask {
        Some(ask) => Ok(Transition::Ask(ask, ServerState::PostHandshake(State::VerifyingSignature(message)))),
        None => {
            context.add_to_transcript(&message);
            Ok(next(State::ExpectFinished))
        }
    })
}

/// RFC 8446 §4.4: its key comes from the secret that the client writes application data with.
fn read_finished(context: &mut Context<'_>, message: &Message) -> Step {
    let received = message.expect(HandshakeType::FINISHED)?;
    context.leave_for(Position::SrFinished);
    let digest = context.transcript.current()?;
    let traffic = context.negotiated.traffic.as_ref().ok_or(Error::internal())?;
    finished::check(received, traffic.read.verify_data(digest.as_ref()).as_ref())?;

    let negotiated = &mut *context.negotiated;
    // `SSL_get_peer_finished` tells the latest.
    negotiated.client_verify_data = received.to_vec();
    let session = negotiated.session.as_deref().cloned().ok_or(Error::internal())?;
    negotiated.session = Some(Arc::new(Session {
        peer_chain: negotiated.peer_chain.clone(),
        peer_raw_key: negotiated.peer_raw_key.clone(),
        verify_result: negotiated.verify_result,
        ..session
    }));
    let takes_tickets =
        negotiated.post_handshake_authentication.as_ref().is_some_and(|kept| kept.takes_tickets);
    ticket::send_tickets(context, takes_tickets)
}
