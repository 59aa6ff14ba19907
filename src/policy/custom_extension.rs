//! Extensions that the program handles itself (`SSL_CTX_add_custom_ext(3)`): in which messages, and for which side.

use super::Settings;
use crate::{record::Side, wire::ExtensionType};

/// `SSL_EXT_…`: the messages that an extension may stand in, and conditions on them.
pub mod place {
    /// Not in DTLS.
    pub const TLS_ONLY: u32 = 0x0001;
    /// In DTLS alone.
    pub const DTLS_ONLY: u32 = 0x0002;
    /// Not used by DTLS, though it may come.
    pub const TLS_IMPLEMENTATION_ONLY: u32 = 0x0004;
    /// Not in TLS 1.3.
    pub const TLS1_2_AND_BELOW_ONLY: u32 = 0x0010;
    /// In TLS 1.3 alone.
    pub const TLS1_3_ONLY: u32 = 0x0020;
    /// Not where a session is resumed.
    pub const IGNORE_ON_RESUMPTION: u32 = 0x0040;
    /// ClientHello.
    pub const CLIENT_HELLO: u32 = 0x0080;
    /// ServerHello of TLS 1.2.
    pub const TLS1_2_SERVER_HELLO: u32 = 0x0100;
    /// ServerHello of TLS 1.3.
    pub const TLS1_3_SERVER_HELLO: u32 = 0x0200;
    /// EncryptedExtensions.
    pub const ENCRYPTED_EXTENSIONS: u32 = 0x0400;
    /// HelloRetryRequest.
    pub const HELLO_RETRY_REQUEST: u32 = 0x0800;
    /// An entry of Certificate of TLS 1.3.
    pub const CERTIFICATE: u32 = 0x1000;
    /// NewSessionTicket of TLS 1.3.
    pub const NEW_SESSION_TICKET: u32 = 0x2000;
    /// CertificateRequest of TLS 1.3.
    pub const CERTIFICATE_REQUEST: u32 = 0x4000;
}

/// One extension that the program handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomExtension {
    /// Its type.
    pub extension_type: ExtensionType,
    /// `SSL_EXT_…`: where it may stand.
    pub places: u32,
    /// The side that it is for; `None`: both.
    pub side: Option<Side>,
    /// Whether the program says what to send; without it only a ClientHello has the extension, empty.
    pub adds: bool,
    /// Whether the program looks at what came.
    pub reads: bool,
}

impl CustomExtension {
    /// Whether it may stand in messages of DTLS, or else of TLS.
    #[must_use]
    pub const fn is_allowed(&self, is_datagram: bool) -> bool {
        let forbidden = if is_datagram { place::TLS_ONLY } else { place::DTLS_ONLY };
        self.places & forbidden == 0
    }

    /// Whether it is for this side.
    #[must_use]
    pub fn is_for(&self, side: Side) -> bool {
        self.side.is_none_or(|of| of == side)
    }
}

impl Settings {
    /// The program's extension of this type, for this side.
    #[must_use]
    pub fn custom_extension(&self, extension_type: ExtensionType, side: Side) -> Option<&CustomExtension> {
        self.custom_extensions
            .iter()
            .find(|custom| custom.extension_type == extension_type && custom.is_for(side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_may_be_for_one_kind_of_transport() {
        let allowed = |places| {
            let extension_type = ExtensionType(1000);
            let custom = CustomExtension { extension_type, places, side: None, adds: true, reads: true };
            (custom.is_allowed(false), custom.is_allowed(true))
        };
        assert_eq!(allowed(place::CLIENT_HELLO | place::TLS_IMPLEMENTATION_ONLY), (true, true));
        assert_eq!(allowed(place::CLIENT_HELLO | place::TLS_ONLY), (true, false));
        assert_eq!(allowed(place::CLIENT_HELLO | place::DTLS_ONLY), (false, true));
    }
}
