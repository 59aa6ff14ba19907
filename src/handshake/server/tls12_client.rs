//! TLS 1.2: the client's Certificate, ClientKeyExchange and CertificateVerify (RFC 5246 §7.4.6 to §7.4.8, RFC 8422 §5.7,
//! RFC 7627 §4).

use std::sync::Arc;

use super::{
    State as ServerState, Step, resume, selection, signature,
    tls12_finish::{self, Finish},
};
use crate::{
    crypto::{key_exchange::EphemeralKey, secret::Secret, suite::Suite},
    error::{Error, Reason},
    handshake::{
        Context, Expects, Input, Transition,
        position::Position,
        want::{Answer, Ask},
    },
    key_schedule::tls12::MasterSecret,
    message::{Message, certificate, certificate_verify::CertificateVerify, client_key_exchange},
    policy::VerifyMode,
    wire::HandshakeType,
};

/// What comes next.
pub enum State {
    /// The client's Certificate.
    Certificate(Box<Pending>),
    /// The verification of its chain.
    Verification(Box<Pending>),
    /// Its ClientKeyExchange.
    KeyExchange(Box<Pending>),
    /// Its CertificateVerify; the master secret is known.
    CertificateVerify(Box<Finish>),
    /// The verification of that signature, of this message.
    Signature(Message, Box<Finish>),
}

impl State {
    /// What that needs.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::Certificate(_) | Self::KeyExchange(_) | Self::CertificateVerify(_) => Expects::Message,
            Self::Verification(_) | Self::Signature(..) => Expects::Answer,
        }
    }
}

/// What is needed until the client's key exchange.
pub struct Pending {
    /// Our ephemeral key.
    pub key: EphemeralKey,
    /// The suite.
    pub suite: &'static Suite,
    /// The id of the session to be.
    pub session_id: Vec<u8>,
    /// Whether a NewSessionTicket will be sent.
    pub sends_ticket: bool,
}

/// Waits for the first message of the client's flight.
pub fn await_flight(context: &Context<'_>, pending: Pending) -> Transition<ServerState> {
    let pending = Box::new(pending);
    next(if context.negotiated.certificate_requested {
        State::Certificate(pending)
    } else {
        State::KeyExchange(pending)
    })
}

const fn next(state: State) -> Transition<ServerState> {
    Transition::Next(ServerState::Tls12Client(state))
}

/// One step.
pub fn advance(context: &mut Context<'_>, state: State, input: Input) -> Step {
    match state {
        State::Certificate(pending) => read_certificate(context, pending, &input.message()?),
        State::Verification(pending) => {
            selection::take_verified(context, input.answer()?)?;
            Ok(next(State::KeyExchange(pending)))
        }
        State::KeyExchange(pending) => read_client_key_exchange(context, *pending, &input.message()?),
        State::CertificateVerify(finish) => read_certificate_verify(context, finish, input.message()?),
        State::Signature(message, finish) => {
            let Answer::Proceed = input.answer()? else { return Err(Error::internal()) };
            end_flight(context, &message, *finish)
        }
    }
}

fn read_certificate(context: &mut Context<'_>, pending: Box<Pending>, message: &Message) -> Step {
    let chain = certificate::read_tls12(message.expect(HandshakeType::CERTIFICATE)?)?;
    context.leave_for(Position::SrCert);
    context.add_to_transcript(message);
    if chain.is_empty() {
        // RFC 5246 §7.4.6: we may go on without, or not.
        if context.settings().verify_mode.has(VerifyMode::FAIL_IF_NO_PEER_CERT) {
            return Err(Error::handshake_failure(Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE));
        }
        return Ok(next(State::KeyExchange(pending)));
    }
    context.negotiated.peer_chain = Some(Arc::new(chain));
    Ok(Transition::Ask(Ask::VerifyChain, ServerState::Tls12Client(State::Verification(pending))))
}

/// The key exchange is complete: makes the master secret and the session.
fn read_client_key_exchange(context: &mut Context<'_>, pending: Pending, message: &Message) -> Step {
    let public = client_key_exchange::read_ecdhe(message.expect(HandshakeType::CLIENT_KEY_EXCHANGE)?)?;
    context.leave_for(Position::SrKeyExch);
    context.add_to_transcript(message);

    let Pending { key, suite, session_id, sends_ticket } = pending;
    let premaster = key.complete(&public)?;
    context.negotiated.peer_share = public;
    let negotiated = &*context.negotiated;
    let master_secret = if negotiated.extended_master_secret {
        // RFC 7627 §4: the session hash ends with the ClientKeyExchange.
        let session_hash = context.transcript.with_partial(suite.hash, &[]);
        MasterSecret::extended(suite.hash, &premaster, session_hash.as_ref())
    } else {
        MasterSecret::new(suite.hash, &premaster, &negotiated.client_random, &negotiated.server_random)
    };
    let secret = Secret::new(master_secret.as_bytes()).ok_or(Error::internal())?;
    let session = Arc::new(resume::new_session(context, secret, session_id)?);
    context.negotiated.master_secret = Some(master_secret.clone());
    context.negotiated.session = Some(Arc::clone(&session));
    let finish = Finish::new(context, suite, master_secret, session, sends_ticket)?;

    if context.negotiated.peer_chain.is_some() {
        return Ok(next(State::CertificateVerify(Box::new(finish))));
    }
    context.transcript.set_hash(suite.hash);
    tls12_finish::await_client(finish)
}

fn read_certificate_verify(context: &mut Context<'_>, finish: Box<Finish>, message: Message) -> Step {
    let verify = CertificateVerify::read(message.expect(HandshakeType::CERTIFICATE_VERIFY)?)?;
    context.leave_for(Position::SrCertVrfy);
    // RFC 5246 §7.4.8: the messages themselves, under the hash of the scheme.
    let content = context.transcript.messages()?.to_vec();
    match signature::verify(context, verify, content)? {
        Some(ask) => Ok(Transition::Ask(ask, ServerState::Tls12Client(State::Signature(message, finish)))),
        None => end_flight(context, &message, *finish),
    }
}

fn end_flight(context: &mut Context<'_>, certificate_verify: &Message, mut finish: Finish) -> Step {
    context.add_to_transcript(certificate_verify);
    context.transcript.set_hash(finish.suite.hash);
    // The scheme of the client's signature is known only now.
    Arc::make_mut(&mut finish.session).peer_scheme = context.negotiated.peer_scheme;
    context.negotiated.session = Some(Arc::clone(&finish.session));
    tls12_finish::await_client(finish)
}
