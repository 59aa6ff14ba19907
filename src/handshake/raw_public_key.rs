//! Raw public keys in place of certificates (RFC 7250): which of both each side sends. Both sides use this, in TLS 1.2 and 1.3.
//!
//! Once we are to send a raw public key, the driver brings settings whose certificates are raw public keys without a chain.

use super::{
    Context, Transition,
    custom_extensions::Pausing,
    want::{Answer, Ask},
};
use crate::{
    error::{Error, Reason, Result},
    message::extension::{Extensions, certificate_format},
    policy::{Settings, VerifyMode},
    wire::{AlertDescription, CertificateFormat, ExtensionType},
};

/// Adds what we take and what we have to a ClientHello, where the program says so.
pub fn offer(extensions: &mut Extensions, settings: &Settings) {
    for (extension_type, formats) in [
        (ExtensionType::CLIENT_CERTIFICATE_TYPE, &settings.client_certificate_formats),
        (ExtensionType::SERVER_CERTIFICATE_TYPE, &settings.server_certificate_formats),
    ] {
        if !formats.is_empty() {
            extensions.add(extension_type, |writer| certificate_format::write_list(writer, formats));
        }
    }
}

/// Server: chooses by what the client offers: its own certificate's format in our order, the client's in the client's, as OpenSSL
/// does. `then` goes on, with raw public keys in the settings if we are to send one.
pub fn read_offer<S: Pausing>(
    context: &mut Context<'_>,
    extensions: &Extensions,
    then: impl FnOnce(&mut Context<'_>) -> Result<Transition<S>> + 'static,
) -> Result<Transition<S>> {
    let settings = context.settings();
    let offered = |extension_type, own: &[CertificateFormat]| match extensions.get(extension_type) {
        Some(data) if !own.is_empty() => certificate_format::read_list(data).map(Some),
        _ => Ok(None),
    };
    let ours = &settings.server_certificate_formats;
    let server = offered(ExtensionType::SERVER_CERTIFICATE_TYPE, ours)?
        .map(|theirs| first_of_both(ours, &theirs))
        .transpose()?;
    // RFC 7250 §4.2: nothing is said of a certificate that is not asked for.
    let client = if settings.verify_mode.has(VerifyMode::PEER) {
        let ours = &settings.client_certificate_formats;
        offered(ExtensionType::CLIENT_CERTIFICATE_TYPE, ours)?
            .map(|theirs| first_of_both(&theirs, ours))
            .transpose()?
    } else {
        None
    };
    let formats = &mut context.negotiated.certificate_formats;
    formats.server = server.unwrap_or_default();
    formats.client = client.unwrap_or_default();
    formats.answers = (client.is_some(), server.is_some());
    if formats.server != CertificateFormat::RAW_PUBLIC_KEY {
        return then(context);
    }
    let rest = move |context: &mut Context<'_>, answer: Answer| match answer {
        Answer::Proceed => then(context),
        _ => Err(Error::internal()),
    };
    Ok(Transition::Ask(Ask::RawPublicKeys, S::paused(Box::new(rest))))
}

/// RFC 7250 §4.2: nothing in common is unsupported_certificate.
fn first_of_both(order: &[CertificateFormat], other: &[CertificateFormat]) -> Result<CertificateFormat> {
    let chosen = order.iter().copied().find(|format| other.contains(format));
    chosen.ok_or(Error::fatal(AlertDescription::UNSUPPORTED_CERTIFICATE, Reason::BAD_EXTENSION))
}

/// Server: adds what was chosen to ServerHello or EncryptedExtensions.
pub fn answer(extensions: &mut Extensions, context: &Context<'_>) {
    let formats = &context.negotiated.certificate_formats;
    for (extension_type, answers, format) in [
        (ExtensionType::CLIENT_CERTIFICATE_TYPE, formats.answers.0, formats.client),
        (ExtensionType::SERVER_CERTIFICATE_TYPE, formats.answers.1, formats.server),
    ] {
        if answers && !context.negotiated.resumed {
            extensions.add(extension_type, |writer| writer.u8(format.0));
        }
    }
}

/// Client: reads what the server chose, which must be something that we offered.
pub fn read_answer(received: &Extensions, offered: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let chosen = |extension_type| {
        let Some(data) = received.get(extension_type) else { return Ok(CertificateFormat::X509) };
        let format = certificate_format::read_chosen(data)?;
        let offered = offered.get(extension_type).ok_or(Error::internal())?;
        if certificate_format::read_list(offered)?.contains(&format) {
            Ok(format)
        } else {
            Err(Error::illegal(Reason::BAD_EXTENSION))
        }
    };
    let formats = &mut context.negotiated.certificate_formats;
    formats.client = chosen(ExtensionType::CLIENT_CERTIFICATE_TYPE)?;
    formats.server = chosen(ExtensionType::SERVER_CERTIFICATE_TYPE)?;
    Ok(())
}
