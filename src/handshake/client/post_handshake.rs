//! The client's answer to a CertificateRequest after the handshake (RFC 8446 §4.6.2): Certificate, CertificateVerify if
//! there is a certificate, Finished, in one go.

use super::{State as ClientState, authentication, tls13, tls13_flight};
use crate::{
    error::{Error, Result},
    handshake::{
        Context, Expects, Input, Transition, custom_extensions,
        position::Position,
        want::{Answer, Ask},
    },
    message::{Message, certificate_verify::signed_content, finished},
    policy::{certificate::Slot, custom_extension::place},
    wire::SignatureScheme,
};

/// `certificate_request_context`: the answer repeats it.
type RequestContext = Vec<u8>;

/// Where a client is in its answer.
pub enum State {
    /// The CertificateRequest has come.
    ExpectRequest,
    /// The certificate callback runs.
    AskedCertificate(RequestContext),
    /// The client certificate callback runs.
    AskedClientCertificate(RequestContext),
    /// The driver looks for the certificates after the one in this slot.
    AskedChain(RequestContext, Slot, SignatureScheme),
    /// The driver signs.
    AskedSignature(SignatureScheme),
}

impl State {
    /// What it needs next.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::ExpectRequest => Expects::Message,
            _ => Expects::Answer,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        match self {
            Self::ExpectRequest => read_certificate_request(context, &input.message()?),
            Self::AskedCertificate(request) => {
                input.answer()?;
                ask_client_certificate(request, context)
            }
            Self::AskedClientCertificate(request) => {
                input.answer()?;
                emit_answer(request, context)
            }
            Self::AskedChain(request, slot, scheme) => {
                let Answer::Chain(rest) = input.answer()? else { return Err(Error::internal()) };
                let chain = authentication::chain_with(slot, &rest, context)?;
                sign(request, chain, slot, scheme, context)
            }
            Self::AskedSignature(scheme) => {
                let Answer::Signature(signature) = input.answer()? else { return Err(Error::internal()) };
                tls13_flight::emit_certificate_verify(scheme, signature, context)?;
                emit_finished(context)
            }
        }
    }
}

fn ask(ask: Ask, state: State) -> Transition<ClientState> {
    Transition::Ask(ask, ClientState::PostHandshake(state))
}

fn read_certificate_request(context: &mut Context<'_>, message: &Message) -> Result<Transition<ClientState>> {
    tls13::take_certificate_request(context, message, |context, request| {
        match authentication::certificate_question(context) {
            Some(question) => Ok(ask(question, State::AskedCertificate(request))),
            None => ask_client_certificate(request, context),
        }
    })
}

fn ask_client_certificate(
    request: RequestContext,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    match authentication::client_certificate_question(context)? {
        Some(question) => Ok(ask(question, State::AskedClientCertificate(request))),
        None => emit_answer(request, context),
    }
}

fn emit_answer(request: RequestContext, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    let Some((slot, scheme)) = authentication::choose(context)? else {
        // RFC 8446 §4.6.2: a client that declines says so with an empty list and a Finished.
        tls13_flight::emit_certificate(request, Vec::new(), context)?;
        return emit_finished(context);
    };
    match authentication::chain(slot, context)? {
        authentication::Chain::Known(chain) => sign(request, chain, slot, scheme, context),
        authentication::Chain::Unknown(question) => {
            Ok(ask(question, State::AskedChain(request, slot, scheme)))
        }
    }
}

fn sign(
    request: RequestContext,
    chain: Vec<Vec<u8>>,
    slot: Slot,
    scheme: SignatureScheme,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let certificates =
        if context.settings().custom_extensions.is_empty() { Vec::new() } else { chain.clone() };
    custom_extensions::add(context, place::CERTIFICATE, &certificates, move |context| {
        tls13_flight::emit_certificate(request, chain, context)?;
        let content = signed_content(false, context.transcript.current()?.as_ref());
        match authentication::sign(slot, scheme, content, context)? {
            authentication::Signature::Made(signature) => {
                tls13_flight::emit_certificate_verify(scheme, signature, context)?;
                emit_finished(context)
            }
            authentication::Signature::Unmade(question) => Ok(ask(question, State::AskedSignature(scheme))),
        }
    })
}

/// RFC 8446 §4.4: its key comes from the secret that application data is written with.
fn emit_finished(context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    context.leave_for(Position::CwFinished);
    let digest = context.transcript.current()?;
    let traffic = context.negotiated.traffic.as_ref().ok_or(Error::internal())?;
    let verify_data = traffic.write.verify_data(digest.as_ref());
    context.emit(&finished::write(verify_data.as_ref()))?;
    // `SSL_get_finished` tells the latest.
    context.negotiated.client_verify_data = verify_data.as_ref().to_vec();
    context.leave_for(Position::Ok);
    Ok(Transition::Done)
}
