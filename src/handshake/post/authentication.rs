//! Authentication of the client after the handshake (RFC 8446 §4.6.2): what both sides keep for it, and the server's
//! CertificateRequest. The client's answer is a small handshake of its own: `client::post_handshake` and
//! `server::post_handshake`.

use crate::{
    crypto::rand,
    error::{Error, Reason, Result},
    handshake::{Handshake, Transcript, context::Connected, position::Position, server},
    message::Message,
    policy::VerifyMode,
    record::Side,
    wire::{HandshakeType, ProtocolVersion},
};

/// The length of our requests' contexts.
const REQUEST_CONTEXT_LENGTH: usize = 32;

/// What is kept for it from the handshake on, if the client offered it.
pub struct PostHandshakeAuthentication {
    /// From the ClientHello to the client's Finished: what each authentication begins with (RFC 8446 §4.4).
    transcript: Transcript,
    /// Server: whether the client can use tickets (RFC 8446 §4.2.9).
    pub takes_tickets: bool,
    /// Server: what the client has not answered yet.
    pub request: Option<Request>,
}

/// A CertificateRequest that was sent.
pub struct Request {
    /// `certificate_request_context`.
    pub request_context: Vec<u8>,
    /// All that comes before the client's answer.
    transcript: Transcript,
}

impl PostHandshakeAuthentication {
    /// At the end of the handshake with this transcript.
    #[must_use]
    pub fn new(transcript: &Transcript, takes_tickets: bool) -> Self {
        Self { transcript: transcript.clone(), takes_tickets, request: None }
    }
}

/// Whether the client can be asked now. Errors: those of `SSL_verify_client_post_handshake(3)` that depend on the
/// connection.
pub fn check_request(connected: &Connected<'_>) -> Result<()> {
    let kept = connected.negotiated.post_handshake_authentication.as_ref();
    let kept = kept.ok_or(Error::Usage(Reason::EXTENSION_NOT_RECEIVED))?;
    if kept.request.is_some() {
        return Err(Error::Usage(Reason::REQUEST_SENT));
    }
    let mode = connected.settings().verify_mode;
    let once = mode.has(VerifyMode::CLIENT_ONCE) && connected.negotiated.client_was_asked;
    if !mode.has(VerifyMode::PEER) || once {
        return Err(Error::Usage(Reason::INVALID_CONFIG));
    }
    Ok(())
}

/// Server: asks for the client's certificate (RFC 8446 §4.6.2).
pub fn send_certificate_request(connected: &mut Connected<'_>) -> Result<()> {
    check_request(connected)?;
    let request_context = rand::array::<REQUEST_CONTEXT_LENGTH>()?.to_vec();
    let message = server::certificate_request(connected, request_context.clone())?.write();
    connected.leave_for(Position::SwCertReq);
    connected.send(&message)?;
    connected.leave_for(Position::Ok);
    connected.negotiated.note_certificate_request();
    let kept = connected.negotiated.post_handshake_authentication.as_mut().ok_or(Error::internal())?;
    let mut transcript = kept.transcript.clone();
    transcript.add(&message);
    kept.request = Some(Request { request_context, transcript });
    Ok(())
}

/// The handshake that `message` begins, if it is the first message of such an authentication.
#[must_use]
pub fn begun_by(connected: &Connected<'_>, message: &Message) -> Option<Handshake> {
    let kept = connected.negotiated.post_handshake_authentication.as_ref()?;
    if connected.negotiated.version != Some(ProtocolVersion::TLS1_3) {
        return None;
    }
    let transcript = match (connected.side, message.handshake_type()) {
        (Side::Client, HandshakeType::CERTIFICATE_REQUEST) => &kept.transcript,
        (Side::Server, HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE) => {
            &kept.request.as_ref()?.transcript
        }
        _ => return None,
    };
    Some(Handshake::post(connected.side, transcript.clone()))
}
