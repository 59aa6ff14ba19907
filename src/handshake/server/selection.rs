//! The answers of the program's callbacks about the ClientHello, in both versions (RFC 6066 §3, RFC 7301 §3.2).

use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Context, server_name,
        want::{AlpnOutcome, Answer},
    },
    wire::AlertDescription,
};

/// What the servername callback said.
pub fn take_server_name(context: &mut Context<'_>, answer: Answer) -> Result<()> {
    let acknowledged = server_name::take(context, answer)?;
    if acknowledged {
        context.negotiated.server_name_acknowledged = context.negotiated.server_name.is_some();
    }
    Ok(())
}

/// What the ALPN callback said.
pub fn take_protocol(context: &mut Context<'_>, answer: Answer) -> Result<()> {
    let Answer::Alpn(outcome) = answer else { return Err(Error::internal()) };
    match outcome {
        // RFC 7301 §3.1: a name is 1 to 255 bytes long.
        AlpnOutcome::Selected(name) if name.is_empty() || name.len() > 255 => {
            Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_VALUE))
        }
        AlpnOutcome::Selected(name) => {
            context.negotiated.alpn = name;
            Ok(())
        }
        AlpnOutcome::NoAcknowledge => Ok(()),
        AlpnOutcome::Refuse(alert) => Err(Error::fatal(alert, Reason::NO_APPLICATION_PROTOCOL)),
    }
}

/// Whether the program lets the session be resumed.
pub fn take_resumability(context: &mut Context<'_>, answer: &Answer) -> Result<()> {
    let Answer::Allowed(may_resume) = answer else { return Err(Error::internal()) };
    context.negotiated.not_resumable = !may_resume;
    Ok(())
}

/// The OCSP response that the program gave.
pub fn take_status(answer: Answer) -> Result<Option<Vec<u8>>> {
    match answer {
        Answer::Status(response) => Ok(response),
        _ => Err(Error::internal()),
    }
}

/// The certificates after our own that the driver found.
pub fn take_chain(answer: Answer) -> Result<std::sync::Arc<[Vec<u8>]>> {
    match answer {
        Answer::Chain(chain) => Ok(chain),
        _ => Err(Error::internal()),
    }
}

/// What became of the verification of the client's chain.
pub fn take_verified(context: &mut Context<'_>, answer: Answer) -> Result<()> {
    let Answer::Verified { outcome, result } = answer else { return Err(Error::internal()) };
    context.negotiated.take_verification(outcome, result)
}
