//! Certificate compression (RFC 8879), in TLS 1.3: off unless the program says which algorithms it wants
//! (`SSL_CTX_set1_cert_comp_preference(3)`), as OpenSSL 3.0 has none, or compressed its certificates ahead. Both sides use
//! this.

use super::{Context, context::Connected};
use crate::{
    error::Result,
    message::{
        Message,
        compressed_certificate::{self, Compressed},
        extension::{Extensions, compress_certificate},
    },
    policy::{certificate::Slot, options::option},
    wire::{CertificateCompression, ExtensionType, HandshakeType},
};

/// Adds what we can decompress to a ClientHello or CertificateRequest.
pub fn offer(extensions: &mut Extensions, connected: &Connected<'_>) {
    let algorithms = connected.settings().compression_preference();
    let refuses = connected.settings().has_option(option::NO_RX_CERTIFICATE_COMPRESSION);
    // The program may handle the extension itself.
    if !algorithms.is_empty() && !refuses && !extensions.contains(ExtensionType::COMPRESS_CERTIFICATE) {
        extensions.add(ExtensionType::COMPRESS_CERTIFICATE, |writer| {
            compress_certificate::write(writer, algorithms);
        });
    }
}

/// Reads what the peer can decompress, and keeps what we may compress with.
pub fn read_offer(extensions: &Extensions, context: &mut Context<'_>) -> Result<()> {
    let settings = context.settings();
    let may_compress = |algorithm: &CertificateCompression| match &settings.certificate_compression {
        Some(preference) => preference.contains(algorithm),
        None => settings.certificates.compressed_with(*algorithm),
    };
    let usable = match extensions.get(ExtensionType::COMPRESS_CERTIFICATE) {
        Some(data) if !settings.has_option(option::NO_TX_CERTIFICATE_COMPRESSION) => {
            let mut offered = compress_certificate::read(data)?;
            offered.retain(may_compress);
            offered
        }
        _ => Vec::new(),
    };
    context.negotiated.certificate_compression = usable;
    Ok(())
}

/// Our Certificate message, compressed if the peer can decompress it and that makes it smaller: with the first that the peer
/// named, as in OpenSSL 3.2.
#[must_use]
pub fn compress(certificate: Message, context: &Context<'_>) -> Message {
    let algorithm = context.negotiated.certificate_compression.first();
    algorithm
        .filter(|_| context.settings().certificate_compression.is_some())
        .and_then(|algorithm| compressed_certificate::compress(&certificate, *algorithm))
        .unwrap_or(certificate)
}

/// As [`compress`] for the certificate in `slot`: what was compressed ahead is sent as it is, as long as it stands for a message of
/// this length. Of another length is one with an OCSP response, or with another chain.
#[must_use]
pub fn compress_ahead(certificate: Message, slot: Slot, context: &Context<'_>) -> Message {
    let length = certificate.body().len();
    let ahead = context.settings().certificates.get(slot).map(|own| &*own.compressed).unwrap_or_default();
    let mut usable = context.negotiated.certificate_compression.iter();
    let is_of = |algorithm: &CertificateCompression, made: &&Compressed| {
        made.algorithm == *algorithm && made.length as usize == length
    };
    let made = usable.find_map(|algorithm| ahead.iter().find(|made| is_of(algorithm, made)));
    made.map_or_else(|| compress(certificate, context), Compressed::write)
}

/// The Certificate in a CompressedCertificate; `None`: the message is none. RFC 8879 §4: in the transcript the message stays
/// as it came.
pub fn expand(message: &Message, context: &Context<'_>) -> Result<Option<Message>> {
    let settings = context.settings();
    if message.handshake_type() != HandshakeType::COMPRESSED_CERTIFICATE
        || settings.compression_preference().is_empty()
        || settings.has_option(option::NO_RX_CERTIFICATE_COMPRESSION)
    {
        return Ok(None);
    }
    let limit = settings.max_cert_list;
    compressed_certificate::expand(message, settings.compression_preference(), limit).map(Some)
}
