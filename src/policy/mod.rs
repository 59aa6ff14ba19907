//! What is allowed and what is preferred: versions, suites, groups, signature schemes, certificates,
//! security levels. A connection holds an immutable snapshot, [`Settings`]; a setter makes a new one.

pub mod certificate;
pub mod choose;
pub mod cipher_string;
mod cipher_words;
pub mod custom_extension;
pub mod library;
pub mod list;
pub mod offer;
pub mod options;
pub mod security;
pub mod suite_b;
pub mod version;

use std::{ffi::CStr, sync::Arc};

use crate::{
    crypto::{dhe, group::DEFAULT_GROUPS, suite::Suite},
    message::extension::status_request::{self, StatusRequest},
    wire::{
        CertificateCompression, CertificateFormat, NamedGroup, ProtocolVersion, SignatureScheme, SrtpProfile,
    },
};
use certificate::Certificates;
use options::{mode, option};
use security::Permissions;

/// `SSL_VERIFY_…` flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyMode(pub i32);

impl VerifyMode {
    /// `SSL_VERIFY_NONE`: a client verifies, and goes on whatever the result.
    pub const NONE: Self = Self(0);
    /// `SSL_VERIFY_PEER`: a client refuses a chain that fails; a server asks for one.
    pub const PEER: i32 = 1;
    /// `SSL_VERIFY_FAIL_IF_NO_PEER_CERT`.
    pub const FAIL_IF_NO_PEER_CERT: i32 = 2;
    /// `SSL_VERIFY_CLIENT_ONCE`.
    pub const CLIENT_ONCE: i32 = 4;
    /// `SSL_VERIFY_POST_HANDSHAKE`.
    pub const POST_HANDSHAKE: i32 = 8;

    /// Whether any of these flags is set.
    #[must_use]
    pub const fn has(self, flags: i32) -> bool {
        self.0 & flags != 0
    }
}

/// Where a server's Diffie-Hellman parameters come from; without any it chooses no suite that wants them.
#[derive(Clone, Debug, Default)]
pub struct DiffieHellman {
    /// `SSL_CTX_set_dh_auto`: 0 for no; 1 for as strong as the certificate; 2 for as our security level wants.
    pub automatic: u8,
    /// `SSL_CTX_set0_tmp_dh_pkey`.
    pub parameters: Option<Arc<dhe::Parameters>>,
    /// Whether the program has a callback (`SSL_CTX_set_tmp_dh_callback`).
    pub callback: bool,
}

impl DiffieHellman {
    /// Whether there are any.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.automatic != 0 || self.parameters.is_some() || self.callback
    }
}

/// How many seconds sessions live unless something else is set.
const DEFAULT_SESSION_TIMEOUT: i64 = 7200;

/// All that a connection is configured with. Cheap to clone: what is large is shared.
#[derive(Clone)]
pub struct Settings {
    /// `SSL_OP_…`.
    pub options: u64,
    /// `SSL_MODE_…`.
    pub mode: u32,
    /// The lowest version allowed; `None`: whatever the build and the method allow.
    pub min_version: Option<ProtocolVersion>,
    /// The highest version allowed.
    pub max_version: Option<ProtocolVersion>,
    /// The version-specific method's range (`TLSv1_2_method`); the widest for `TLS_method`.
    pub method_versions: (ProtocolVersion, ProtocolVersion),
    /// Suites of TLS 1.2 and below, in order of preference.
    pub cipher_suites: Arc<[&'static Suite]>,
    /// Suites of TLS 1.3, in order of preference.
    pub tls13_cipher_suites: Arc<[&'static Suite]>,
    /// Groups, in order of preference.
    pub groups: Arc<[NamedGroup]>,
    /// Where a server's Diffie-Hellman parameters come from in TLS 1.2 and below.
    pub diffie_hellman: DiffieHellman,
    /// Signature schemes that we accept and use, in order; `None`: the default.
    pub signature_schemes: Option<Arc<[SignatureScheme]>>,
    /// Signature schemes that a server asks of clients; `None`: as `signature_schemes`.
    pub client_signature_schemes: Option<Arc<[SignatureScheme]>>,
    /// The security level, 0 to 5.
    pub security_level: u8,
    /// The security level as the program set it.
    pub security_level_number: i32,
    /// What the library context offers.
    pub library: Arc<library::LibraryOffer>,
    /// What the program's security callback, if there is one, allowed so far.
    pub permissions: Option<Arc<Permissions>>,
    /// Whether and how the peer's certificate is asked for and verified.
    pub verify_mode: VerifyMode,
    /// `SSL_CERT_FLAG_…`.
    pub certificate_flags: u32,
    /// The types of certificates that a server asks for before TLS 1.3; `None`: those that its schemes are for.
    pub certificate_types: Option<Arc<[u8]>>,
    /// Our certificates and keys.
    pub certificates: Arc<Certificates>,
    /// Whether we have a private key, be it without a certificate.
    pub has_key: bool,
    /// DER names of the CAs that a server asks for (or a client hints at).
    pub ca_names: Arc<[Vec<u8>]>,
    /// The protocols that a client offers, in the wire form without the outer length.
    pub alpn_protocols: Arc<[u8]>,
    /// The name that a client asks for.
    pub server_name: Option<Arc<[u8]>>,
    /// The context in which a server's sessions may be resumed, at most 32 bytes.
    pub session_id_context: Arc<[u8]>,
    /// How long new sessions live, in seconds.
    pub session_timeout: i64,
    /// How many tickets a TLS 1.3 server sends after a full handshake.
    pub num_tickets: usize,
    /// How much early data the tickets of a server allow.
    pub max_early_data: u32,
    /// How much early data a server takes, or skips.
    pub recv_max_early_data: u32,
    /// The most bytes of a peer's certificate message.
    pub max_cert_list: usize,
    /// The most plaintext bytes in a record that we send.
    pub max_send_fragment: usize,
    /// What those bytes are split into, if that is less (`SSL_CTX_set_split_send_fragment(3)`); not in DTLS.
    pub split_send_fragment: usize,
    /// The code of the maximum fragment length that a client asks for (RFC 6066 §4); 0: none.
    pub max_fragment_length: u8,
    /// The extensions that the program handles itself.
    pub custom_extensions: Arc<[custom_extension::CustomExtension]>,
    /// How certificates are compressed, in order of preference; empty: not at all. `None`: as the program compressed them ahead,
    /// if it did.
    pub certificate_compression: Option<Arc<[CertificateCompression]>>,
    /// The formats of the client's certificate, in order of preference; empty: nothing is said, which stands for X.509.
    pub client_certificate_formats: Arc<[CertificateFormat]>,
    /// The formats of the server's.
    pub server_certificate_formats: Arc<[CertificateFormat]>,
    /// The transport parameters of QUIC that we send.
    pub quic_transport_parameters: Option<Arc<[u8]>>,
    /// Records are padded to a multiple of this (TLS 1.3).
    pub block_padding: usize,
    /// As `block_padding`, for handshake messages.
    pub handshake_block_padding: usize,
    /// Unless it is 0, more than the current record may be read from the transport.
    pub read_ahead: i32,
    /// How much room there is for that, in bytes, if it is more than what we take anyway.
    pub read_buffer_length: usize,
    /// Unless it is 0, `SSL_shutdown` stays silent.
    pub quiet_shutdown: i32,
    /// What status of the server's certificate a client asks for: an OCSP response, or nothing by any other number.
    pub status_type: i32,
    /// What its request says besides (RFC 6066 §8).
    pub status_request_items: Arc<StatusRequest>,
    /// Whether a client offers post-handshake authentication.
    pub post_handshake_auth: bool,
    /// The name that a client of SRP goes by; on a server that of the client that came.
    pub srp_user_name: Option<Arc<CStr>>,
    /// What a client sends as its ticket where no session has one; empty: no extension at all (`SSL_set_session_ticket_ext`).
    pub session_ticket_data: Option<Arc<[u8]>>,
    /// The protection profiles of SRTP that a client offers and a server takes (RFC 5764), the best first.
    pub srtp_profiles: Arc<[SrtpProfile]>,
    /// A server's hint which PSK it wants in TLS 1.2; may be empty.
    pub psk_identity_hint: Option<Arc<[u8]>>,
}

impl Settings {
    /// The defaults of `SSL_CTX_new` with a method for these versions.
    #[must_use]
    pub fn new(method_versions: (ProtocolVersion, ProtocolVersion)) -> Self {
        Self {
            options: option::NO_COMPRESSION | option::ENABLE_MIDDLEBOX_COMPAT,
            mode: mode::AUTO_RETRY,
            min_version: None,
            max_version: None,
            method_versions,
            cipher_suites: cipher_string::default_suites(),
            tls13_cipher_suites: list::default_tls13_suites(),
            groups: Arc::new(DEFAULT_GROUPS),
            diffie_hellman: DiffieHellman::default(),
            signature_schemes: None,
            client_signature_schemes: None,
            security_level: 2,
            security_level_number: 2,
            library: Arc::default(),
            permissions: None,
            verify_mode: VerifyMode(0),
            certificate_flags: 0,
            certificate_types: None,
            certificates: Arc::default(),
            has_key: false,
            ca_names: Arc::default(),
            alpn_protocols: Arc::default(),
            server_name: None,
            session_id_context: Arc::default(),
            session_timeout: DEFAULT_SESSION_TIMEOUT,
            num_tickets: 2,
            max_early_data: 0,
            recv_max_early_data: 16384,
            max_cert_list: 100 * 1024,
            max_send_fragment: 16384,
            split_send_fragment: 16384,
            max_fragment_length: 0,
            custom_extensions: Arc::default(),
            certificate_compression: None,
            client_certificate_formats: Arc::default(),
            server_certificate_formats: Arc::default(),
            quic_transport_parameters: None,
            block_padding: 0,
            handshake_block_padding: 0,
            read_ahead: 0,
            read_buffer_length: 0,
            quiet_shutdown: 0,
            status_type: -1,
            status_request_items: Arc::default(),
            post_handshake_auth: false,
            srp_user_name: None,
            session_ticket_data: None,
            srtp_profiles: Arc::default(),
            psk_identity_hint: None,
        }
    }

    /// Whether `SSL_CERT_FLAG_TLS_STRICT` is set, or a mode of Suite B, which is as strict.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.certificate_flags & (options::CERT_FLAG_TLS_STRICT | options::CERT_FLAG_SUITEB_128) != 0
    }

    /// How long new sessions live, in seconds: the default where it is set to 0 (`SSL_CTX_set_timeout(3)`).
    #[must_use]
    pub const fn session_lifetime(&self) -> i64 {
        if self.session_timeout == 0 { DEFAULT_SESSION_TIMEOUT } else { self.session_timeout }
    }

    /// The most plaintext bytes in a record of TLS that we send, as far as it is up to us.
    #[must_use]
    pub fn send_fragment(&self) -> usize {
        self.max_send_fragment.min(self.split_send_fragment)
    }

    /// Sets the security level: what is outside of 0 to 5 counts as the nearest.
    pub fn set_security_level(&mut self, number: i32) {
        self.security_level_number = number;
        self.security_level = u8::try_from(number.clamp(0, 5)).unwrap_or(0);
    }

    /// How certificates are compressed and decompressed, in order of preference: not at all unless the program says so, as
    /// OpenSSL 3.0 has no compression.
    #[must_use]
    pub fn compression_preference(&self) -> &[CertificateCompression] {
        self.certificate_compression.as_deref().unwrap_or_default()
    }

    /// Whether a client asks for an OCSP response.
    #[must_use]
    pub const fn asks_for_ocsp(&self) -> bool {
        self.status_type == status_request::OCSP
    }

    /// The DER names of CAs that are sent.
    #[must_use]
    pub fn sent_ca_names(&self) -> &[Vec<u8>] {
        if self.has_option(options::option::DISABLE_TLSEXT_CA_NAMES) { &[] } else { &self.ca_names }
    }

    /// Whether this `SSL_OP_…` is set.
    #[must_use]
    pub const fn has_option(&self, option: u64) -> bool {
        self.options & option != 0
    }

    /// With read-ahead, the program's wish how much is read from the transport at once: 0 for what we read anyway. `None`: no more than the
    /// current record.
    #[must_use]
    pub const fn read_buffer(&self) -> Option<usize> {
        if self.read_ahead == 0 { None } else { Some(self.read_buffer_length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_openssl() {
        let settings = Settings::new((ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_3));
        assert_eq!(settings.options, 0x12_0000);
        assert_eq!(settings.mode, 4);
        assert_eq!(settings.max_cert_list, 102_400);
        assert!(settings.has_option(option::NO_COMPRESSION));
        assert!(!settings.has_option(option::NO_TICKET));
        assert!(!settings.verify_mode.has(VerifyMode::PEER));
        let names: Vec<_> = settings.tls13_cipher_suites.iter().map(|suite| suite.openssl_name).collect();
        let expected = ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"];
        assert_eq!(names, expected);
    }
}
