//! TLS inside QUIC (RFC 9001 §4, §8.2): the transport parameters, which the two QUIC stacks exchange in an extension that must be
//! there. Both sides use this.

use super::{
    Context, Transition,
    context::Connected,
    custom_extensions::Pausing,
    want::{Answer, Ask},
};
use crate::{
    error::{Error, Reason, Result},
    message::extension::Extensions,
    wire::{AlertDescription, ExtensionType},
};

/// Adds our transport parameters to a ClientHello or EncryptedExtensions.
pub fn offer(extensions: &mut Extensions, connected: &Connected<'_>) {
    if let Some(parameters) = connected.settings().quic_transport_parameters.as_deref()
        && connected.hooks().quic
    {
        extensions.add(ExtensionType::QUIC_TRANSPORT_PARAMETERS, |writer| writer.bytes(parameters));
    }
}

/// Shows the QUIC stack the peer's transport parameters; `then` goes on. RFC 9001 §8.2: without them there is no connection.
pub fn read<S: Pausing>(
    context: &mut Context<'_>,
    extensions: &Extensions,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    if !context.hooks().quic {
        return then(context);
    }
    let parameters = extensions
        .get(ExtensionType::QUIC_TRANSPORT_PARAMETERS)
        .ok_or(Error::fatal(AlertDescription::MISSING_EXTENSION, Reason::BAD_EXTENSION))?;
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::Proceed => then(context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(Ask::TransportParameters(parameters.to_vec()), S::paused(Box::new(rest))))
}
