//! The client's second flight of TLS 1.2, and the end of the handshake, full and resumed: Certificate,
//! ClientKeyExchange, CertificateVerify, NewSessionTicket, ChangeCipherSpec, Finished (RFC 5246 §7.1, §7.3, §7.4,
//! RFC 8422 §5.7, RFC 5077).

use std::sync::Arc;

use super::{
    State as ClientState, authentication, resume,
    tls12::{Hello, ServerShare},
};
use crate::{
    crypto::{key_exchange, secret::Secret},
    error::{Error, Result},
    handshake::{
        Context, Expects, Input, Transition,
        position::Position,
        want::{Answer, Ask},
    },
    key_schedule::tls12::MasterSecret,
    message::{
        Message, certificate, certificate_verify::CertificateVerify, client_key_exchange, finished,
        new_session_ticket::NewSessionTicket12,
    },
    policy::certificate::Slot,
    record::{RecordKeys, Side},
    session::Session,
    wire::{HandshakeType, SignatureScheme},
};

/// What the end of a handshake needs.
pub struct End {
    /// The id of the new session; may be empty.
    session_id: Vec<u8>,
    master: MasterSecret,
    /// The keys that we change to, while we have not: in a resumed handshake the server does first.
    write_keys: Option<RecordKeys>,
    /// The ticket that came.
    ticket: Option<NewSessionTicket12>,
}

/// Where a client is after the server's flight.
pub enum State {
    /// The status callback looks at the OCSP response.
    AskedStatus(Box<Hello>, ServerShare),
    /// The driver looks for the certificates after the one in this slot.
    AskedChain(Box<Hello>, ServerShare, Slot, SignatureScheme),
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
            Self::AskedStatus(..) | Self::AskedChain(..) | Self::AskedSignature(..) | Self::Finished => {
                Expects::Answer
            }
            Self::ExpectTicket(..) | Self::ExpectFinished(_) => Expects::Message,
            Self::ExpectChangeCipherSpec(..) => Expects::ChangeCipherSpec,
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        match self {
            Self::AskedStatus(hello, share) => {
                input.answer()?;
                emit_flight(hello, share, context)
            }
            Self::AskedChain(hello, share, slot, scheme) => {
                let Answer::Chain(rest) = input.answer()? else { return Err(Error::internal()) };
                let chain = authentication::chain_with(slot, &rest, context)?;
                emit_authenticated(hello, share, &chain, slot, scheme, context)
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
    share: ServerShare,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    match authentication::status_question(context) {
        Some(question) => Ok(ask(question, State::AskedStatus(hello, share))),
        None => emit_flight(hello, share, context),
    }
}

fn emit_flight(
    hello: Box<Hello>,
    share: ServerShare,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let chosen = if context.negotiated.certificate_requested {
        authentication::choose(context)?
    } else {
        // Nothing is left that would sign the messages themselves.
        context.transcript.set_hash(hello.suite.hash);
        None
    };
    if let Some((slot, scheme)) = chosen {
        return match authentication::chain(slot, context)? {
            authentication::Chain::Known(chain) => {
                emit_authenticated(hello, share, &chain, slot, scheme, context)
            }
            authentication::Chain::Unknown(question) => {
                Ok(ask(question, State::AskedChain(hello, share, slot, scheme)))
            }
        };
    }
    if context.negotiated.certificate_requested {
        // RFC 5246 §7.4.6: without one that fits the list is empty, and no CertificateVerify follows.
        emit_certificate(&[], context)?;
    }
    let master = emit_client_key_exchange(&hello, &share, context)?;
    change_cipher(*hello, master, context)
}

/// The flight of a client that has a certificate.
fn emit_authenticated(
    hello: Box<Hello>,
    share: ServerShare,
    chain: &[Vec<u8>],
    slot: Slot,
    scheme: SignatureScheme,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    emit_certificate(chain, context)?;
    let master = emit_client_key_exchange(&hello, &share, context)?;
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

fn emit_certificate(chain: &[Vec<u8>], context: &mut Context<'_>) -> Result<()> {
    context.leave_for(Position::CwCert);
    context.emit(&certificate::write_tls12(chain.iter().map(Vec::as_slice)))
}

/// Our share, and the master secret (RFC 5246 §8.1, RFC 7627 §4).
fn emit_client_key_exchange(
    hello: &Hello,
    share: &ServerShare,
    context: &mut Context<'_>,
) -> Result<MasterSecret> {
    context.leave_for(Position::CwKeyExch);
    let (public, premaster) = key_exchange::respond(share.group, &share.public)?;
    context.emit(&client_key_exchange::write_ecdhe(&public))?;
    let hash = hello.suite.hash;
    Ok(if context.negotiated.extended_master_secret {
        // RFC 7627 §3: the session hash reaches up to and includes the ClientKeyExchange.
        let session_hash = context.transcript.with_partial(hash, &[]);
        MasterSecret::extended(hash, &premaster, session_hash.as_ref())
    } else {
        let negotiated = &context.negotiated;
        MasterSecret::new(hash, &premaster, &negotiated.client_random, &negotiated.server_random)
    })
}

fn emit_certificate_verify(
    scheme: SignatureScheme,
    signature: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<()> {
    context.leave_for(Position::CwCertVrfy);
    context.emit(&CertificateVerify { scheme, signature }.write())
}

/// A full handshake: we change to the new keys first.
fn change_cipher(
    hello: Hello,
    master: MasterSecret,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    context.transcript.set_hash(hello.suite.hash);
    let (read_keys, write_keys) = record_keys(&hello, &master, context)?;
    emit_finished(&master, write_keys, context)?;
    context.leave_for(Position::CwFinished);
    Ok(expect_end(hello, master, read_keys, None))
}

/// A resumed handshake: the server changes to the new keys first.
pub fn expect_server_finished(
    hello: Hello,
    master: MasterSecret,
    context: &Context<'_>,
) -> Result<Transition<ClientState>> {
    let (read_keys, write_keys) = record_keys(&hello, &master, context)?;
    Ok(expect_end(hello, master, read_keys, Some(write_keys)))
}

fn expect_end(
    hello: Hello,
    master: MasterSecret,
    read_keys: RecordKeys,
    write_keys: Option<RecordKeys>,
) -> Transition<ClientState> {
    let end = Box::new(End { session_id: hello.session_id, master, write_keys, ticket: None });
    let read_keys = Box::new(read_keys);
    next(if hello.ticket_expected {
        State::ExpectTicket(end, read_keys)
    } else {
        State::ExpectChangeCipherSpec(end, read_keys)
    })
}

/// What the server writes with, and what we write with.
fn record_keys(
    hello: &Hello,
    master: &MasterSecret,
    context: &Context<'_>,
) -> Result<(RecordKeys, RecordKeys)> {
    let algorithm = hello.suite.aead;
    let negotiated = &context.negotiated;
    let block = master.key_block(algorithm, &negotiated.client_random, &negotiated.server_random);
    let keys = |(key, iv): &(Secret, Secret)| RecordKeys::tls12(algorithm, key.as_ref(), iv.as_ref());
    Ok((keys(&block.server)?, keys(&block.client)?))
}

/// Our ChangeCipherSpec and Finished.
fn emit_finished(master: &MasterSecret, write_keys: RecordKeys, context: &mut Context<'_>) -> Result<()> {
    context.leave_for(Position::CwChange);
    context.send_change_cipher_spec()?;
    context.set_write_keys(write_keys);
    context.leave_for(Position::CwFinished);
    context.log_secret("CLIENT_RANDOM", master.as_bytes());
    let verify_data = master.verify_data(Side::Client, context.transcript.current()?.as_ref());
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
    let expected = end.master.verify_data(Side::Server, context.transcript.current()?.as_ref());
    finished::check(received, &expected)?;
    context.negotiated.server_verify_data = received.to_vec();
    context.add_to_transcript(message);
    if let Some(write_keys) = end.write_keys {
        emit_finished(&end.master, write_keys, context)?;
    }
    context.leave_for(Position::Ok);
    let session = match (&context.negotiated.session, end.ticket) {
        (Some(resumed), None) if context.negotiated.resumed => Arc::clone(resumed),
        (Some(resumed), Some(ticket)) if context.negotiated.resumed => {
            Arc::new(with_ticket(Session::clone(resumed), ticket, context))
        }
        (_, ticket) => {
            let secret = Secret::new(end.master.as_bytes()).ok_or(Error::internal())?;
            let session = resume::new_session(context, end.session_id, secret)?;
            Arc::new(match ticket {
                Some(ticket) => with_ticket(session, ticket, context),
                None => session,
            })
        }
    };
    context.negotiated.session = Some(Arc::clone(&session));
    context.negotiated.master_secret = Some(end.master);
    if context.negotiated.resumed || session.id.is_empty() {
        return Ok(Transition::Done);
    }
    Ok(ask(Ask::NewSession(session), State::Finished))
}

/// The session with a ticket that has just come (RFC 5077 §3.3).
fn with_ticket(mut session: Session, ticket: NewSessionTicket12, context: &Context<'_>) -> Session {
    session.id = resume::ticket_id(&ticket.ticket);
    session.ticket = ticket.ticket;
    session.ticket_lifetime = ticket.lifetime_hint;
    session.time = context.environment.now;
    session.time_milliseconds = context.environment.now_milliseconds;
    session
}
