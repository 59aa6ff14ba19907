//! What a ClientHello offers in its extensions, as far as both versions look at it (RFC 8446 §4.2, RFC 6066, RFC 7301).

use super::client_hello::read_extension;
use crate::{
    error::Result,
    handshake::Context,
    message::{
        client_hello::ClientHello,
        extension::{
            alpn, server_name, signature_algorithms,
            status_request::{OCSP, StatusRequest},
            supported_groups,
        },
    },
    wire::{ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// The extensions that both versions know.
pub struct Offer {
    /// `supported_groups`.
    pub groups: Option<Vec<NamedGroup>>,
    /// `signature_algorithms`.
    pub schemes: Option<Vec<SignatureScheme>>,
    /// The client's protocols, in their wire form.
    pub protocols: Option<Vec<u8>>,
}

impl Offer {
    /// Reads them; what getters report goes to the negotiated values at once.
    pub fn read(context: &mut Context<'_>, hello: &ClientHello) -> Result<Self> {
        let extensions = &hello.extensions;
        let host_name = read_extension(extensions, ExtensionType::SERVER_NAME, server_name::read)?;
        let groups = read_extension(extensions, ExtensionType::SUPPORTED_GROUPS, supported_groups::read)?;
        let schemes =
            read_extension(extensions, ExtensionType::SIGNATURE_ALGORITHMS, signature_algorithms::read)?;
        let certificate_schemes =
            read_extension(extensions, ExtensionType::SIGNATURE_ALGORITHMS_CERT, signature_algorithms::read)?;
        let protocols = read_extension(extensions, ExtensionType::ALPN, alpn::read_list)?;
        let status = read_extension(extensions, ExtensionType::STATUS_REQUEST, StatusRequest::read)?;

        let negotiated = &mut *context.negotiated;
        negotiated.server_name = host_name.map(<[u8]>::to_vec);
        negotiated.peer_groups = groups.clone().unwrap_or_default();
        // RFC 5246 §7.4.1.4.1: they mean nothing before TLS 1.2.
        let has_schemes = negotiated.version.is_some_and(ProtocolVersion::has_signature_schemes);
        negotiated.peer_schemes = schemes.clone().filter(|_| has_schemes).unwrap_or_default();
        negotiated.peer_certificate_schemes = certificate_schemes;
        negotiated.status_request = status.flatten();
        negotiated.status_type = negotiated.status_request.is_some().then_some(OCSP);
        // A renegotiation is not about protocols.
        let protocols = protocols.filter(|_| negotiated.renegotiation.is_none());
        Ok(Self { groups, schemes, protocols: protocols.map(<[u8]>::to_vec) })
    }
}
