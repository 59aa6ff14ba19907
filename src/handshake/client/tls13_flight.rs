//! The client's second flight of TLS 1.3: Certificate and CertificateVerify if they were asked for, Finished
//! (RFC 8446 §4.4), and the end of the handshake.

use super::{State as ClientState, authentication, early_data, resume};
use crate::{
    crypto::secret::Secret,
    error::{Error, Result},
    handshake::{
        Context, Expects, Input, Traffic, Transition, certificate_compression, custom_extensions,
        early_data::Status,
        position::Position,
        post::authentication::PostHandshakeAuthentication,
        want::{Answer, Ask},
    },
    key_schedule::tls13::{MasterSecret, TrafficSecret},
    message::{
        certificate::{Certificate13, CertificateEntry},
        certificate_verify::{CertificateVerify, signed_content},
        finished,
    },
    policy::{certificate::Slot, custom_extension::place, options::option},
    record::Level,
    wire::SignatureScheme,
};

/// The secrets of this flight and of what comes after it.
pub struct Keys {
    /// What this flight is written with.
    pub handshake: TrafficSecret,
    /// The master secret.
    pub master: MasterSecret,
    /// What we write application data with.
    pub client: TrafficSecret,
    /// What the server writes application data with.
    pub server: TrafficSecret,
}

/// Where a client is in its second flight.
pub enum State {
    /// Early data may still be written; the program says when it is done.
    EarlyData(Box<Keys>),
    /// The status callback looks at the OCSP response.
    AskedStatus(Box<Keys>),
    /// The driver looks for the certificates after the one in this slot.
    AskedChain(Box<Keys>, Slot, SignatureScheme),
    /// The driver signs.
    AskedSignature(Box<Keys>, SignatureScheme),
    /// Everything is sent; the driver forgets the session that was resumed.
    Finished,
}

impl State {
    /// What it needs next.
    pub const fn expects(&self) -> Expects {
        match self {
            Self::EarlyData(_) => Expects::Nothing,
            Self::AskedStatus(_) | Self::AskedChain(..) | Self::AskedSignature(..) | Self::Finished => {
                Expects::Answer
            }
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<ClientState>> {
        if let Self::EarlyData(keys) = self {
            return end_early_data(keys, context);
        }
        let answer = input.answer()?;
        match (self, answer) {
            (Self::AskedStatus(keys), _) => emit_flight(keys, context),
            (Self::AskedChain(keys, slot, scheme), Answer::Chain(rest)) => {
                let chain = authentication::chain_with(slot, &rest, context)?;
                authenticate(keys, slot, scheme, chain, context)
            }
            (Self::AskedSignature(keys, scheme), Answer::Signature(signature)) => {
                emit_certificate_verify(scheme, signature, context)?;
                emit_finished(&keys, context)
            }
            (Self::Finished, _) => Ok(Transition::Done),
            (Self::EarlyData(_) | Self::AskedChain(..) | Self::AskedSignature(..), _) => {
                Err(Error::internal())
            }
        }
    }
}

fn ask(ask: Ask, state: State) -> Transition<ClientState> {
    Transition::Ask(ask, ClientState::Tls13Flight(state))
}

/// The server's flight is read to its end.
pub fn begin(keys: Keys, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    let keys = Box::new(keys);
    match authentication::status_question(context) {
        Some(question) => Ok(ask(question, State::AskedStatus(keys))),
        None => emit_flight(keys, context),
    }
}

fn emit_flight(keys: Box<Keys>, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    authentication::check_timestamps(context, |context| emit_own_flight(keys, context))
}

fn emit_own_flight(keys: Box<Keys>, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    if context.negotiated.early_data.writes_under_its_keys {
        context.leave_for(Position::PendingEarlyDataEnd);
        return Ok(Transition::Next(ClientState::Tls13Flight(State::EarlyData(keys))));
    }
    emit_authentication(keys, context)
}

/// Ends the early data, and goes on under the handshake keys.
fn end_early_data(keys: Box<Keys>, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    early_data::end(context)?;
    context.set_write_secret(Level::Handshake, &keys.handshake)?;
    emit_authentication(keys, context)
}

fn emit_authentication(keys: Box<Keys>, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    // RFC 8446 §D.4: once, before the first thing that is encrypted.
    let negotiated = &*context.negotiated;
    let sent = negotiated.hello_retry || negotiated.early_data.status != Status::NotSent;
    if context.settings().has_option(option::ENABLE_MIDDLEBOX_COMPAT) && !sent {
        context.leave_for(Position::CwChange);
        context.send_change_cipher_spec()?;
    }
    let requested = context.negotiated.certificate_requested;
    context.leave_for(if requested { Position::CwCert } else { Position::CwFinished });
    // OpenSSL does not write with it before.
    context.log_secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", keys.handshake.as_bytes());
    if !requested {
        return emit_finished(&keys, context);
    }
    let Some((slot, scheme)) = authentication::choose(context)? else {
        // RFC 8446 §4.4.2: without one that fits the list is empty, and no CertificateVerify follows.
        emit_certificate(Vec::new(), Vec::new(), context)?;
        return emit_finished(&keys, context);
    };
    match authentication::chain(slot, context)? {
        authentication::Chain::Known(chain) => authenticate(keys, slot, scheme, chain, context),
        authentication::Chain::Unknown(question) => Ok(ask(question, State::AskedChain(keys, slot, scheme))),
    }
}

/// Sends the chain, with the program's extensions of its certificates, and signs.
fn authenticate(
    keys: Box<Keys>,
    slot: Slot,
    scheme: SignatureScheme,
    chain: Vec<Vec<u8>>,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let certificates =
        if context.settings().custom_extensions.is_empty() { Vec::new() } else { chain.clone() };
    custom_extensions::add(context, place::CERTIFICATE, &certificates, move |context| {
        emit_certificate(Vec::new(), chain, context)?;
        sign(keys, slot, scheme, context)
    })
}

/// Sends our Certificate, in answer to a request with this context.
pub fn emit_certificate(
    request_context: Vec<u8>,
    chain: Vec<Vec<u8>>,
    context: &mut Context<'_>,
) -> Result<()> {
    context.enter(Position::CwCert);
    let entries = chain
        .into_iter()
        .map(|certificate| CertificateEntry { certificate, extensions: custom_extensions::begin(context) })
        .collect();
    let certificate = Certificate13 { request_context, entries }.write();
    let certificate = certificate_compression::compress(certificate, context);
    context.emit(&certificate)
}

fn sign(
    keys: Box<Keys>,
    slot: Slot,
    scheme: SignatureScheme,
    context: &mut Context<'_>,
) -> Result<Transition<ClientState>> {
    let content = signed_content(false, context.transcript.current()?.as_ref());
    match authentication::sign(slot, scheme, content, context)? {
        authentication::Signature::Made(signature) => {
            emit_certificate_verify(scheme, signature, context)?;
            emit_finished(&keys, context)
        }
        authentication::Signature::Unmade(question) => Ok(ask(question, State::AskedSignature(keys, scheme))),
    }
}

/// Sends our CertificateVerify.
pub fn emit_certificate_verify(
    scheme: SignatureScheme,
    signature: Vec<u8>,
    context: &mut Context<'_>,
) -> Result<()> {
    context.leave_for(Position::CwCertVrfy);
    context.emit(&CertificateVerify { scheme: Some(scheme), signature }.write())
}

/// Our Finished, and the end.
fn emit_finished(keys: &Keys, context: &mut Context<'_>) -> Result<Transition<ClientState>> {
    context.enter(Position::CwFinished);
    let verify_data = keys.handshake.verify_data(context.transcript.current()?.as_ref());
    context.emit(&finished::write(verify_data.as_ref()))?;
    context.negotiated.client_verify_data = verify_data.as_ref().to_vec();
    context.log_secret("CLIENT_TRAFFIC_SECRET_0", keys.client.as_bytes());
    context.set_write_secret(Level::Application, &keys.client)?;
    let resumption = keys.master.resumption(context.transcript.current()?.as_ref());
    context.negotiated.traffic = Some(Traffic::new(keys.server.clone(), keys.client.clone(), resumption));
    if context.negotiated.post_handshake_auth_offered {
        let kept = PostHandshakeAuthentication::new(context.transcript, false);
        context.negotiated.post_handshake_authentication = Some(Box::new(kept));
    }
    context.leave_for(Position::Ok);
    if !context.negotiated.resumed {
        let secret = Secret::new(&[]).ok_or(Error::internal())?;
        let mut session = resume::new_session(context, &[], secret)?;
        session.resumable = false;
        context.negotiated.session = Some(session.into());
        return Ok(Transition::Done);
    }
    // RFC 8446 §C.4: a ticket is for one use. OpenSSL forgets it where it keeps a client's sessions.
    let session = context.negotiated.session.clone().ok_or(Error::internal())?;
    if !context.hooks().caches_sessions {
        return Ok(Transition::Done);
    }
    Ok(ask(Ask::RemoveSession(session), State::Finished))
}
