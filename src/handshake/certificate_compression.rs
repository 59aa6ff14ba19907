//! Certificate compression (RFC 8879), in TLS 1.3: off unless the program says which algorithms it wants
//! (`SSL_CTX_set1_cert_comp_preference(3)`), as OpenSSL 3.0 has none. Both sides use this.

use super::{Context, context::Connected};
use crate::{
    error::Result,
    message::{
        Message, compressed_certificate,
        extension::{Extensions, compress_certificate},
    },
    policy::options::option,
    wire::{ExtensionType, HandshakeType},
};

/// Adds what we can decompress to a ClientHello or CertificateRequest.
pub fn offer(extensions: &mut Extensions, connected: &Connected<'_>) {
    let algorithms = &connected.settings().certificate_compression;
    let refuses = connected.settings().has_option(option::NO_RX_CERTIFICATE_COMPRESSION);
    // The program may handle the extension itself.
    if !algorithms.is_empty() && !refuses && !extensions.contains(ExtensionType::COMPRESS_CERTIFICATE) {
        extensions.add(ExtensionType::COMPRESS_CERTIFICATE, |writer| {
            compress_certificate::write(writer, algorithms);
        });
    }
}

/// Reads what the peer can decompress: the first that we have too counts, as in OpenSSL 3.2.
pub fn read_offer(extensions: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let own = &context.settings().certificate_compression;
    let chosen = match extensions.get(ExtensionType::COMPRESS_CERTIFICATE) {
        Some(data)
            if !own.is_empty() && !context.settings().has_option(option::NO_TX_CERTIFICATE_COMPRESSION) =>
        {
            let offered = compress_certificate::read(data)?;
            offered.into_iter().find(|algorithm| own.contains(algorithm))
        }
        _ => None,
    };
    context.negotiated.certificate_compression = chosen;
    Ok(())
}

/// Our Certificate message, compressed if the peer can decompress it and that makes it smaller.
#[must_use]
pub fn compress(certificate: Message, context: &Context<'_>) -> Message {
    let algorithm = context.negotiated.certificate_compression;
    algorithm
        .and_then(|algorithm| compressed_certificate::compress(&certificate, algorithm))
        .unwrap_or(certificate)
}

/// The Certificate in a CompressedCertificate; `None`: the message is none. RFC 8879 §4: in the transcript the message stays
/// as it came.
pub fn expand(message: &Message, context: &Context<'_>) -> Result<Option<Message>> {
    let settings = context.settings();
    if message.handshake_type() != HandshakeType::COMPRESSED_CERTIFICATE
        || settings.certificate_compression.is_empty()
        || settings.has_option(option::NO_RX_CERTIFICATE_COMPRESSION)
    {
        return Ok(None);
    }
    let limit = settings.max_cert_list;
    compressed_certificate::expand(message, &settings.certificate_compression, limit).map(Some)
}
