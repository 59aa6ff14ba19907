//! The client's second flight of TLS 1.2, and the end of the handshake, full and resumed: Certificate,
//! ClientKeyExchange, CertificateVerify, NewSessionTicket, ChangeCipherSpec, Finished (RFC 5246 §7.1, §7.3, §7.4,
//! RFC 8422 §5.7, RFC 5077).

use std::sync::Arc;

use super::{
    State as ClientState, authentication,
    key_exchange12::{Answered, KeyExchange, Waiting},
    resume,
    tls12::Hello,
};
use crate::{
    crypto::secret::Secret,
    error::{Error, Result},
    handshake::{
        Context, Expects, Input, Transition, master_secret, next_protocol,
        position::Position,
        want::{Answer, Ask},
    },
    key_schedule::tls12::{KeyedSecret, MasterSecret},
    message::{
        Message, certificate, certificate_verify::CertificateVerify, finished,
        new_session_ticket::NewSessionTicket12,
    },
    policy::certificate::Slot,
    record::{RecordKeys, Side},
    session::{Id, Session},
    wire::{HandshakeType, SignatureScheme},
};

/// What the end of a handshake needs.
pub struct End {
    /// The id of the new session; may be empty.
    session_id: Vec<u8>,
    secret: KeyedSecret,
    /// The keys that we change to, while we have not: in a resumed handshake the server does first.
    write_keys: Option<RecordKeys>,
    /// The ticket that came.
    ticket: Option<NewSessionTicket12>,
}

/// Where a client is after the server's flight.
pub enum State {
    /// The status callback looks at the OCSP response.
    AskedStatus(Box<Hello>, KeyExchange),
    /// The driver looks for the certificates after the one in this slot.
    AskedChain(Box<Hello>, KeyExchange, Slot, SignatureScheme),
    /// The program is asked for what the key exchange needs; then this key signs.
    AskedKeyExchange(Box<Hello>, Waiting, Option<(Slot, SignatureScheme)>),
    /// The driver signs.
    AskedSignature(Box<Hello>, MasterSecret, SignatureScheme),
    /// A NewSessionTicket is to come. The keys are those that the server changes to.
    ExpectTicket(Box<End>, Box<RecordKeys>),
    /// The server's ChangeCipherSpec is to come. The keys are those that it changes to.
    ExpectChangeCipherSpec(Box<End>, Box<RecordKeys>),
    /// The server's Finished is to come.
    ExpectFinished(Box<End>),
    /// Everything is done; the driver caches the session.
    Finished,
}

const fn next(state: State) -> Transition<ClientState> {
    Transition::Next(ClientState::Tls12Flight(state))
}

const fn ask(ask: Ask, state: State) -> Transition<ClientState> {
    Transition::Ask(ask, ClientState::Tls12Flight(state))
}

impl State {
    /// What it needs next.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::AskedStatus(..)
            | Self::AskedChain(..)
            | Self::AskedKeyExchange(..)
            | Self::AskedSignature(..)
            | Self::Finished => Expects::Answer,
            Self::ExpectTicket(..) | Self::ExpectFinished(_) => Expects::Message,
            Self::ExpectChangeCipherSpec(..) => Expects::ChangeCipherSpec,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        match self {
            Self::AskedStatus(hello, exchange) => {
                input.answer()?;
                emit_flight(hello, exchange, context)
            }
            Self::AskedChain(hello, exchange, slot, scheme) => {
                let Answer::Chain(rest) = input.answer()? else { return Err(Error::internal()) };
                let chain = authentication::chain_with(slot, &rest, context)?;
                emit_authenticated(hello, exchange, &chain, slot, scheme, context)
            }
            Self::AskedKeyExchange(hello, waiting, signer) => {
                let answered = waiting.answered(input.answer()?, context)?;
                emit_client_key_exchange(hello, answered, signer, context)
            }
            Self::AskedSignature(hello, master, scheme) => {
                let Answer::Signature(signature) = input.answer()? else { return Err(Error::internal()) };
                emit_certificate_verify(scheme, signature, context)?;
                change_cipher(*hello, master, context)
            }
            Self::ExpectTicket(end, read_keys) => {
                read_new_session_ticket(end, read_keys, context, &input.message()?)
            }
            Self::ExpectChangeCipherSpec(end, read_keys) => {
                if !matches!(input, Input::ChangeCipherSpec) {
                    return Err(Error::internal());
                }
                read_change_cipher_spec(end, *read_keys, context)
            }
            Self::ExpectFinished(end) => read_finished(*end, context, &input.message()?),
            Self::Finished => {
                input.answer()?;
                Ok(Transition::Done)
            }
        }
    }
}

/// The server's flight is read to its end.
pub fn begin(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    match authentication::status_question(context) {
        Some(question) => Ok(ask(question, State::AskedStatus(hello, exchange))),
        None => emit_flight(hello, exchange, context),
    }
}

fn emit_flight(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    authentication::check_timestamps(context, |context| emit_own_flight(hello, exchange, context))
}

fn emit_own_flight(
    hello: Box<Hello>,
    exchange: KeyExchange,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let chosen = if context.negotiated.certificate_requested {
        authentication::choose(context)?
    } else {
        // Nothing is left that would sign the messages themselves.
        context.transcript.set_hash(context.handshake_hash()?);
        None
    };
    if let Some((slot, scheme)) = chosen {
        return match authentication::chain(slot, context)? {
            authentication::Chain::Known(chain) => {
                emit_authenticated(hello, exchange, &chain, slot, scheme, context)
            }
            authentication::Chain::Unknown(question) => {
                Ok(ask(question, State::AskedChain(hello, exchange, slot, scheme)))
            }
        };
    }
    if context.negotiated.certificate_requested {
        // RFC 5246 §7.4.6: without one that fits the list is empty, and no CertificateVerify follows.
        emit_certificate(&[], context)?;
    }
    begin_key_exchange(hello, exchange, None, context)
}

/// The flight of a client that has a certificate.
fn emit_authenticated(
    hello: Box<Hello>,
    exchange: KeyExchange,
    chain: &[Vec<u8>],
    slot: Slot,
    scheme: SignatureScheme,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    emit_certificate(chain, context)?;
    begin_key_exchange(hello, exchange, Some((slot, scheme)), context)
}

fn emit_certificate(chain: &[Vec<u8>], context: &mut Context<'_>) -> Result<()> {
    context.enter(Position::CwCert);
    let format = context.negotiated.certificate_formats.client;
    context.emit(&certificate::write_tls12_as(chain.iter().map(Vec::as_slice), format))
}

/// Our half of the key exchange. The signer is that of the CertificateVerify which follows.
fn begin_key_exchange(
    hello: Box<Hello>,
    exchange: KeyExchange,
    signer: Option<(Slot, SignatureScheme)>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    context.leave_for(Position::CwKeyExch);
    let answered = exchange.answer(context)?;
    emit_client_key_exchange(hello, answered, signer, context)
}

/// Sends our half and makes the master secret, or asks the program first.
fn emit_client_key_exchange(
    hello: Box<Hello>,
    answered: Answered,
    signer: Option<(Slot, SignatureScheme)>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let (message, premaster) = match answered {
        Answered::Made(message, premaster) => (message, premaster),
        Answered::Ask(question, waiting) => {
            return Ok(ask(question, State::AskedKeyExchange(hello, waiting, signer)));
        }
    };
    context.emit(&message)?;
    let master = master_secret::derive(context, &premaster)?;
    let Some((slot, scheme)) = signer else { return change_cipher(*hello, master, context) };
    let content = context.transcript.messages()?.to_vec();
    match authentication::sign(slot, scheme, content, context)? {
        authentication::Signature::Made(signature) => {
            emit_certificate_verify(scheme, signature, context)?;
            change_cipher(*hello, master, context)
        }
        authentication::Signature::Unmade(question) => {
            Ok(ask(question, State::AskedSignature(hello, master, scheme)))
        }
    }
}

fn emit_certificate_verify(
    scheme: SignatureScheme,
    signature: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<()> {
    context.leave_for(Position::CwCertVrfy);
    let scheme = context.told_scheme(scheme)?;
    context.emit(&CertificateVerify { scheme, signature }.write())
}

/// A full handshake: we change to the new keys first.
fn change_cipher(
    hello: Hello,
    master: MasterSecret,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    context.transcript.set_hash(context.handshake_hash()?);
    let secret = master.keyed();
    let (read_keys, write_keys) = context.tls12_keys(hello.suite, &secret)?;
    emit_finished(&secret, write_keys, context)?;
    context.leave_for(Position::CwFinished);
    Ok(expect_end(hello, secret, read_keys, None))
}

/// A resumed handshake: the server changes to the new keys first.
pub fn expect_server_finished(
    hello: Hello,
    master: MasterSecret,
    context: &Context<'_>,
) -> Result<Transition<ClientState>> {
    let secret = master.keyed();
    let (read_keys, write_keys) = context.tls12_keys(hello.suite, &secret)?;
    Ok(expect_end(hello, secret, read_keys, Some(write_keys)))
}

/// A handshake that the server resumes, as its ChangeCipherSpec, which came, tells.
pub fn server_changed(
    hello: Hello,
    master: MasterSecret,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let secret = master.keyed();
    let (read_keys, write_keys) = context.tls12_keys(hello.suite, &secret)?;
    let session_id = hello.session_id;
    let end = Box::new(End { session_id, secret, write_keys: Some(write_keys), ticket: None });
    read_change_cipher_spec(end, read_keys, context)
}

fn expect_end(
    hello: Hello,
    secret: KeyedSecret,
    read_keys: RecordKeys,
    write_keys: Option<RecordKeys>,
) -> Transition<ClientState> {
    let end = Box::new(End { session_id: hello.session_id, secret, write_keys, ticket: None });
    let read_keys = Box::new(read_keys);
    next(if hello.ticket_expected {
        State::ExpectTicket(end, read_keys)
    } else {
        State::ExpectChangeCipherSpec(end, read_keys)
    })
}

/// Our ChangeCipherSpec and Finished.
fn emit_finished(secret: &KeyedSecret, write_keys: RecordKeys, context: &mut Context<'_>) -> Result<()> {
    context.leave_for(Position::CwChange);
    context.send_change_cipher_spec()?;
    context.set_write_keys(write_keys)?;
    next_protocol::emit(context)?;
    context.leave_for(Position::CwFinished);
    context.log_secret("CLIENT_RANDOM", secret.master.as_bytes());
    let verify_data = secret.verify_data(Side::Client, context.transcript.current()?.as_ref());
    context.negotiated.client_verify_data = verify_data.to_vec();
    context.emit(&finished::write(&verify_data))
}

fn read_new_session_ticket(
    mut end: Box<End>,
    read_keys: Box<RecordKeys>,
    context: &mut Context<'_>,
    message: &Message,
) -> Result<Transition<ClientState>> {
    let ticket = NewSessionTicket12::read(message.expect(HandshakeType::NEW_SESSION_TICKET)?)?;
    context.leave_for(Position::CrSessionTicket);
    context.add_to_transcript(message);
    // RFC 5077 §3.3: an empty one means that the server has none to give after all.
    end.ticket = Some(ticket).filter(|ticket| !ticket.ticket.is_empty());
    Ok(next(State::ExpectChangeCipherSpec(end, read_keys)))
}

fn read_change_cipher_spec(
    end: Box<End>,
    read_keys: RecordKeys,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    context.leave_for(Position::CrChange);
    context.set_read_keys(read_keys)?;
    Ok(next(State::ExpectFinished(end)))
}

/// The server's Finished (RFC 5246 §7.4.9), and the end.
fn read_finished(end: End, context: &mut Context<'_>, message: &Message) -> Result<Transition<ClientState>> {
    let received = message.expect(HandshakeType::FINISHED)?;
    context.leave_for(Position::CrFinished);
    let expected = end.secret.verify_data(Side::Server, context.transcript.current()?.as_ref());
    finished::check(received, &expected)?;
    context.negotiated.server_verify_data = received.to_vec();
    context.add_to_transcript(message);
    if let Some(write_keys) = end.write_keys {
        emit_finished(&end.secret, write_keys, context)?;
    }
    context.leave_for(Position::Ok);
    let session = match (&context.negotiated.session, end.ticket) {
        (Some(resumed), None) if context.negotiated.resumed => Arc::clone(resumed),
        (Some(resumed), Some(ticket)) if context.negotiated.resumed => {
            Arc::new(with_ticket(Session::clone(resumed), ticket, context))
        }
        (_, ticket) => {
            let secret = Secret::new(end.secret.master.as_bytes()).ok_or(Error::internal())?;
            let session = resume::new_session(context, &end.session_id, secret)?;
            Arc::new(match ticket {
                Some(ticket) => with_ticket(session, ticket, context),
                None => session,
            })
        }
    };
    context.negotiated.session = Some(Arc::clone(&session));
    context.negotiated.master_secret = Some(end.secret.master);
    if context.negotiated.resumed || session.id.is_empty() {
        return Ok(Transition::Done);
    }
    Ok(ask(Ask::NewSession(session), State::Finished))
}

/// The session with a ticket that has just come (RFC 5077 §3.3).
fn with_ticket(mut session: Session, ticket: NewSessionTicket12, context: &Context<'_>) -> Session {
    session.id = Id::of_ticket(&ticket.ticket);
    session.ticket = ticket.ticket;
    session.ticket_lifetime = ticket.lifetime_hint;
    session.time = context.environment.now;
    session.time_milliseconds = context.environment.now_milliseconds();
    session
}
