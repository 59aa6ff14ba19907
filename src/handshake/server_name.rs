//! What the program's servername callback says (`SSL_CTX_set_tlsext_servername_callback(3)`, RFC 6066 §3): of the name that
//! a client asks for, and on the client, which OpenSSL asks too, once it has read the extensions that the server answers with.

use super::{
    Context,
    want::{Answer, ServerNameOutcome},
};
use crate::{
    error::{Error, Reason, Result},
    wire::ProtocolVersion,
};

/// Whether a server acknowledges the name; an error ends the handshake.
pub fn take(context: &mut Context<'_>, answer: Answer) -> Result<bool> {
    let Answer::ServerName(outcome) = answer else { return Err(Error::internal()) };
    match outcome {
        ServerNameOutcome::Accept => Ok(true),
        ServerNameOutcome::NoAcknowledge => Ok(false),
        // RFC 8446 §6.2: TLS 1.3 has no warnings of this kind.
        ServerNameOutcome::Warn(_) if context.version()? == ProtocolVersion::TLS1_3 => Ok(false),
        ServerNameOutcome::Warn(alert) if !alert.is_defined() => Ok(false),
        ServerNameOutcome::Warn(alert) => context.send_warning(alert).map(|()| false),
        ServerNameOutcome::Refuse(alert) => Err(Error::fatal(alert, Reason::CALLBACK_FAILED)),
    }
}
