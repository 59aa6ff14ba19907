//! The session value: what one side remembers to resume a connection.

use std::sync::Arc;

use crate::{
    crypto::secret::Secret,
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// A peer's certificate chain as it came, its own first: DER, byte for byte.
pub type PeerChain = Arc<Vec<Vec<u8>>>;

/// What one side remembers of a connection, to resume it.
#[derive(Clone)]
pub struct Session {
    /// The version negotiated.
    pub version: ProtocolVersion,
    /// The suite negotiated.
    pub cipher_suite: CipherSuite,
    /// The session id, at most 32 bytes; may be empty.
    pub id: Vec<u8>,
    /// The context that the session may be resumed in, at most 32 bytes.
    pub id_context: Vec<u8>,
    /// The master secret (TLS 1.2) or the resumption PSK (TLS 1.3).
    pub secret: Secret,
    /// Creation time, seconds since 1970.
    pub time: i64,
    /// Creation time's milliseconds, for the age of a TLS 1.3 ticket.
    pub time_milliseconds: u16,
    /// How long it may be resumed, in seconds.
    pub timeout: i64,
    /// The peer's chain, if it sent one.
    pub peer_chain: Option<PeerChain>,
    /// libcrypto's `X509_V_…` of the peer's chain.
    pub verify_result: i64,
    /// The server name that was negotiated.
    pub server_name: Option<Vec<u8>>,
    /// The application protocol that was negotiated.
    pub alpn: Vec<u8>,
    /// The ticket; empty without one.
    pub ticket: Vec<u8>,
    /// The ticket's lifetime in seconds, as the server told.
    pub ticket_lifetime: u32,
    /// TLS 1.3: what obfuscates the ticket's age.
    pub ticket_age_add: u32,
    /// TLS 1.3: how much early data it allows.
    pub max_early_data: u32,
    /// Whether the extended master secret was used (RFC 7627).
    pub extended_master_secret: bool,
    /// The group of the key exchange, if there was one.
    pub group: Option<NamedGroup>,
    /// The scheme that the peer signed with.
    pub peer_scheme: Option<SignatureScheme>,
    /// `SSL_SESSION_set1_ticket_appdata`.
    pub ticket_app_data: Vec<u8>,
    /// Whether it may still be resumed: a fatal error on its connection ends that.
    pub resumable: bool,
}
