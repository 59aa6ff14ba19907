//! TLS 1.2: the client's Certificate, ClientKeyExchange and CertificateVerify (RFC 5246 §7.4.6 to §7.4.8, RFC 8422 §5.7,
//! RFC 7627 §4).

use std::sync::Arc;

use super::{
    State as ServerState, Step,
    key_exchange12::{Completed, KeyExchange, Waiting},
    resume, selection, signature,
    tls12_finish::{self, Finish},
};
use crate::{
    crypto::{secret::Secret, suite::Suite},
    error::{Error, Reason},
    handshake::{
        Context, Expects, Input, Transition, master_secret,
        position::Position,
        want::{Answer, Ask},
    },
    message::{Message, certificate, certificate_verify::CertificateVerify},
    policy::VerifyMode,
    wire::HandshakeType,
};

/// What comes next.
pub enum State {
    /// The client's Certificate.
    Certificate(Box<Pending>, KeyExchange),
    /// The verification of its chain.
    Verification(Box<Pending>, KeyExchange),
    /// Its ClientKeyExchange.
    KeyExchange(Box<Pending>, KeyExchange),
    /// The program's answer to what the ClientKeyExchange raised.
    KeyExchangeAnswer(Box<Pending>, Waiting),
    /// Its CertificateVerify; the master secret is known.
    CertificateVerify(Box<Finish>),
    /// The verification of that signature, of this message.
    Signature(Message, Box<Finish>),
}

impl State {
    /// What that needs.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::Certificate(..) | Self::KeyExchange(..) | Self::CertificateVerify(_) => Expects::Message,
            Self::Verification(..) | Self::KeyExchangeAnswer(..) | Self::Signature(..) => Expects::Answer,
        }
    }
}

/// What is needed until the client's key exchange.
pub struct Pending {
    /// The suite.
    pub suite: &'static Suite,
    /// Whether a NewSessionTicket will be sent.
    pub sends_ticket: bool,
}

/// Waits for the first message of the client's flight.
pub fn await_flight(
    context: &Context<'_>,
    pending: Pending,
    exchange: KeyExchange,
) -> Transition<ServerState> {
    let pending = Box::new(pending);
    next(if context.negotiated.certificate_requested {
        State::Certificate(pending, exchange)
    } else {
        State::KeyExchange(pending, exchange)
    })
}

const fn next(state: State) -> Transition<ServerState> {
    Transition::Next(ServerState::Tls12Client(state))
}

/// One step.
pub fn advance(context: &mut Context<'_>, state: State, input: Input) -> Step {
    match state {
        State::Certificate(pending, exchange) => {
            read_certificate(context, pending, exchange, &input.message()?)
        }
        State::Verification(pending, exchange) => {
            selection::take_verified(context, input.answer()?)?;
            Ok(next(State::KeyExchange(pending, exchange)))
        }
        State::KeyExchange(pending, exchange) => {
            read_client_key_exchange(context, pending, exchange, &input.message()?)
        }
        State::KeyExchangeAnswer(pending, waiting) => {
            let completed = waiting.answered(input.answer()?, context)?;
            complete_key_exchange(context, pending, completed)
        }
        State::CertificateVerify(finish) => read_certificate_verify(context, finish, input.message()?),
        State::Signature(message, finish) => {
            let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
            end_flight(context, &message, *finish)
        }
    }
}

fn read_certificate(
    context: &mut Context<'_>,
    pending: Box<Pending>,
    exchange: KeyExchange,
    message: &Message,
) -> Step {
    let chain = certificate::read_tls12_as(
        message.expect(HandshakeType::CERTIFICATE)?,
        context.negotiated.certificate_formats.client,
    )?;
    context.leave_for(Position::SrCert);
    context.add_to_transcript(message);
    if chain.is_empty() {
        // RFC 5246 §7.4.6: we may go on without, or not.
        if context.settings().verify_mode.has(VerifyMode::FAIL_IF_NO_PEER_CERT) {
            return Err(Error::handshake_failure(Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE));
        }
        return Ok(next(State::KeyExchange(pending, exchange)));
    }
    let side = context.side;
    context.negotiated.set_peer(side, chain)?;
    Ok(Transition::Ask(Ask::VerifyChain, ServerState::Tls12Client(State::Verification(pending, exchange))))
}

fn read_client_key_exchange(
    context: &mut Context<'_>,
    pending: Box<Pending>,
    exchange: KeyExchange,
    message: &Message,
) -> Step {
    let body = message.expect(HandshakeType::CLIENT_KEY_EXCHANGE)?;
    context.leave_for(Position::SrKeyExch);
    context.negotiated.own_share = None;
    let completed = exchange.complete(body, context)?;
    context.add_to_transcript(message);
    complete_key_exchange(context, pending, completed)
}

/// The key exchange is complete, or the program is asked first: makes the master secret and the session.
fn complete_key_exchange(context: &mut Context<'_>, pending: Box<Pending>, completed: Completed) -> Step {
    let premaster = match completed {
        Completed::Premaster(premaster) => premaster,
        Completed::Ask(ask, waiting) => {
            let state = State::KeyExchangeAnswer(pending, waiting);
            return Ok(Transition::Ask(ask, ServerState::Tls12Client(state)));
        }
    };
    let Pending { suite, sends_ticket } = *pending;
    let master_secret = master_secret::derive(context, &premaster)?;
    let secret = Secret::new(master_secret.as_bytes()).ok_or(Error::internal())?;
    let session = Arc::new(resume::new_session(context, secret)?);
    context.negotiated.master_secret = Some(master_secret.clone());
    context.negotiated.session = Some(Arc::clone(&session));
    let finish = Finish::new(context, suite, master_secret, session, sends_ticket)?;

    if context.negotiated.peer_chain.is_some() || context.negotiated.peer_raw_key.is_some() {
        return Ok(next(State::CertificateVerify(Box::new(finish))));
    }
    context.transcript.set_hash(context.handshake_hash()?);
    tls12_finish::await_client(finish)
}

fn read_certificate_verify(context: &mut Context<'_>, finish: Box<Finish>, message: Message) -> Step {
    let verify =
        CertificateVerify::read(message.expect(HandshakeType::CERTIFICATE_VERIFY)?, context.version()?)?;
    context.leave_for(Position::SrCertVrfy);
    // RFC 5246 §7.4.8: the messages themselves, under the hash of the scheme.
    let content = context.transcript.messages()?.to_vec();
    signature::verify(context, verify, content, move |context, ask| match ask {
        Some(ask) => Ok(Transition::Ask(ask, ServerState::Tls12Client(State::Signature(message, finish)))),
        None => end_flight(context, &message, *finish),
    })
}

fn end_flight(context: &mut Context<'_>, certificate_verify: &Message, finish: Finish) -> Step {
    context.add_to_transcript(certificate_verify);
    context.transcript.set_hash(context.handshake_hash()?);
    context.negotiated.session = Some(Arc::clone(&finish.session));
    tls12_finish::await_client(finish)
}
