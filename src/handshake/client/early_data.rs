//! Early data as a client sends it (RFC 8446 §4.2.10): whether it may be announced, the keys that it is written under, what
//! the server says of it, and its end (§4.5).

use crate::{
    crypto::suite,
    error::{Error, Reason, Result},
    handshake::{
        Context,
        early_data::{Stage, Status},
        position::Position,
    },
    key_schedule::tls13::EarlySecret,
    message::{
        Message,
        extension::{Extensions, alpn},
    },
    policy::{Settings, options::option},
    record::{Level, RecordKeys},
    session::Session,
    wire::{AlertDescription, ExtensionType, HandshakeType, ProtocolVersion},
};

/// Whether the ClientHello announces early data: the program has some, and the session that is offered allows it. A session
/// that belongs to another name or protocol than those asked for now is an error: the server would give the data
/// another meaning (RFC 8446 §4.2.10).
pub fn wanted(context: &Context<'_>, session: Option<&Session>) -> Result<bool> {
    let in_quic = context.hooks().quic_early_data;
    if context.negotiated.early_data.stage != Stage::Connecting && !in_quic {
        return Ok(false);
    }
    let refused = |reason| Error::fatal(AlertDescription::INTERNAL_ERROR, reason);
    // The program was let in for a session that turns out to be of no use.
    let Some(session) = session.filter(|session| session.max_early_data > 0) else {
        if in_quic {
            return Ok(false);
        }
        return Err(refused(Reason::ERR_INTERNAL_ERROR));
    };
    let settings = context.settings();
    let same_name = |name: &Vec<u8>| settings.server_name.as_deref() == Some(name);
    if !session.server_name.as_ref().is_none_or(same_name) {
        return Err(refused(Reason::INCONSISTENT_EARLY_DATA_SNI));
    }
    if !session.alpn.is_empty() && !offers_protocol(settings, &session.alpn) {
        return Err(refused(Reason::INCONSISTENT_EARLY_DATA_ALPN));
    }
    Ok(true)
}

fn offers_protocol(settings: &Settings, protocol: &[u8]) -> bool {
    alpn::names(&settings.alpn_protocols).any(|name| name == protocol)
}

/// The ClientHello that announces early data was sent: what follows is written under the keys of the session.
pub fn begin(context: &mut Context<'_>, session: &Session) -> Result<()> {
    let suite = suite::find(session.cipher_suite).ok_or(Error::internal())?;
    // RFC 8446 §5.1: 1.0 is for an initial ClientHello alone.
    context.records.outbound.set_version(ProtocolVersion::TLS1_3);
    // RFC 8446 §D.4: immediately after the ClientHello.
    if context.settings().has_option(option::ENABLE_MIDDLEBOX_COMPAT) {
        context.leave_for(Position::CwChange);
        context.send_change_cipher_spec()?;
    }
    let transcript = context.transcript.with_partial(suite.hash, &[])?;
    let early = EarlySecret::new(suite.hash, Some(session.secret.as_ref()));
    let traffic = early.client_traffic(transcript.as_ref());
    let exporter = early.exporter(transcript.as_ref());
    context.log_secret("EARLY_EXPORTER_SECRET", exporter.as_bytes());
    context.log_secret("CLIENT_EARLY_TRAFFIC_SECRET", traffic.as_bytes());
    if context.hooks().quic {
        context.set_write_secret(Level::Early, &traffic)?;
        context.negotiated.early_data.status = Status::Rejected;
        context.negotiated.early_data.exporter = Some(exporter);
        context.leave_for(Position::CwClntHello);
        return Ok(());
    }
    let algorithm = suite.aead().ok_or(Error::internal())?;
    let (key, iv) = traffic.record_keys(algorithm);
    context.set_write_keys(RecordKeys::tls13(algorithm, key.as_ref(), iv)?)?;
    let early_data = &mut context.negotiated.early_data;
    early_data.status = Status::Rejected;
    early_data.left = session.max_early_data;
    early_data.writes_under_its_keys = true;
    early_data.exporter = Some(exporter);
    context.leave_for(Position::EarlyData);
    Ok(())
}

/// A HelloRetryRequest came: early data is over, and the second ClientHello goes out in the clear (RFC 8446 §4.2.10).
pub fn abandon(context: &mut Context<'_>) {
    let early_data = &mut context.negotiated.early_data;
    if core::mem::take(&mut early_data.writes_under_its_keys) {
        early_data.stage = Stage::Finished;
        context.records.outbound.clear_keys();
    }
}

/// Reads the server's answer in EncryptedExtensions. It may accept early data only under the first PSK, and of what the
/// session stands for: its suite and its protocol (RFC 8446 §4.2.10).
pub fn read_answer(received: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let Some(data) = received.get(ExtensionType::EARLY_DATA) else { return Ok(()) };
    crate::message::extension::early_data::read_empty(data)?;
    let negotiated = &mut *context.negotiated;
    let fits = negotiated.resumed
        && !negotiated.early_data.other_psk_selected
        && !negotiated.hello_retry
        && negotiated.session.as_ref().is_some_and(|session| {
            negotiated.suite.is_some_and(|suite| suite.id == session.cipher_suite)
                && negotiated.alpn == session.alpn
        });
    if !fits {
        return Err(Error::illegal(Reason::BAD_EXTENSION));
    }
    negotiated.early_data.status = Status::Accepted;
    Ok(())
}

/// No more early data is written. A server that took it is told so (RFC 8446 §4.5).
pub fn end(context: &mut Context<'_>) -> Result<()> {
    context.negotiated.early_data.stage = Stage::Finished;
    context.negotiated.early_data.writes_under_its_keys = false;
    if context.negotiated.early_data.status == Status::Accepted {
        context.leave_for(Position::CwEndOfEarlyData);
        context.emit(&Message::build(HandshakeType::END_OF_EARLY_DATA, |_| {}))?;
    }
    Ok(())
}
