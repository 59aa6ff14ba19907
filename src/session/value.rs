//! The session value: what one side remembers to resume a connection. Made by `handshake`, changed by the
//! program through `object`, written by [`super::asn1`] and [`super::ticket`].

use core::ops::Deref;
use std::sync::Arc;

use super::id::Id;
use crate::{
    crypto::secret::Secret,
    wire::{CipherSuite, NamedGroup, ProtocolVersion},
};

/// A peer's certificates as they came, its own first: DER, byte for byte.
pub type PeerChain = Arc<Chain>;

/// See [`PeerChain`].
#[derive(Debug, PartialEq, Eq)]
pub struct Chain {
    der: Vec<Vec<u8>>,
    /// All that the peer sent is there; else its own alone, which a session's ASN.1 form keeps.
    pub are_all: bool,
}

impl Chain {
    /// All that the peer sent.
    #[must_use]
    pub fn sent(der: Vec<Vec<u8>>) -> PeerChain {
        Arc::new(Self { der, are_all: true })
    }

    /// The peer's own, when what else it sent is not known.
    #[must_use]
    pub fn own(der: &[u8]) -> PeerChain {
        Arc::new(Self { der: vec![der.to_vec()], are_all: false })
    }
}

impl Deref for Chain {
    type Target = [Vec<u8>];

    fn deref(&self) -> &[Vec<u8>] {
        &self.der
    }
}

/// What one side remembers of a connection, to resume it.
#[derive(Clone)]
pub struct Session {
    /// The version negotiated.
    pub version: ProtocolVersion,
    /// The suite negotiated.
    pub cipher_suite: CipherSuite,
    /// The session id; may be empty.
    pub id: Id,
    /// The context that the session may be resumed in.
    pub id_context: Id,
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
    /// The peer's raw public key, if it sent one in place of certificates: a DER SubjectPublicKeyInfo.
    pub peer_raw_key: Option<Arc<[u8]>>,
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
    /// The mode of max_fragment_length (RFC 6066 §4): 0 for none, 255 while nothing was negotiated.
    pub max_fragment_length: u8,
    /// `SSL_SESSION_set1_ticket_appdata`.
    pub ticket_app_data: Vec<u8>,
    /// Whether it may still be resumed: a fatal error on its connection ends that.
    pub resumable: bool,
    /// What the ASN.1 form has besides, if anything: see [`Session::carried`].
    pub carried: Option<Box<Carried>>,
}

/// What the ASN.1 form of a session has that resumption does not need. It is kept so that a session
/// that OpenSSL wrote comes out as it went in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Flags besides that of the extended master secret.
    pub flags: u32,
    /// The compression method of TLS 1.2; 0 is none.
    pub compression: u8,
    /// TLS 1.2: the server's hint of which PSK to use (RFC 4279 §2).
    pub psk_identity_hint: Option<Vec<u8>>,
    /// TLS 1.2: the PSK that was used.
    pub psk_identity: Option<Vec<u8>>,
    /// The name of the user of SRP (RFC 5054).
    pub srp_user_name: Option<Vec<u8>>,
}

/// What most sessions carry.
static NOTHING: Carried =
    Carried { flags: 0, compression: 0, psk_identity_hint: None, psk_identity: None, srp_user_name: None };

impl Carried {
    /// As a session has it: most have nothing of it.
    #[must_use]
    pub fn kept(self) -> Option<Box<Self>> {
        (self != NOTHING).then(|| Box::new(self))
    }
}

impl Session {
    /// A session that began at `time` (seconds since 1970) and may be resumed for `timeout` seconds, with
    /// nothing else in it yet.
    #[must_use]
    pub fn new(
        version: ProtocolVersion,
        cipher_suite: CipherSuite,
        secret: Secret,
        time: i64,
        timeout: i64,
    ) -> Self {
        Self {
            version,
            cipher_suite,
            id: Id::default(),
            id_context: Id::default(),
            secret,
            time,
            time_milliseconds: 0,
            timeout,
            peer_chain: None,
            peer_raw_key: None,
            verify_result: 0,
            server_name: None,
            alpn: Vec::new(),
            ticket: Vec::new(),
            ticket_lifetime: 0,
            ticket_age_add: 0,
            max_early_data: 0,
            extended_master_secret: false,
            group: None,
            max_fragment_length: 0,
            ticket_app_data: Vec::new(),
            resumable: true,
            carried: None,
        }
    }

    /// What the ASN.1 form has besides.
    #[must_use]
    pub fn carried(&self) -> &Carried {
        self.carried.as_deref().unwrap_or(&NOTHING)
    }

    /// Whether it can be resumed: nothing speaks against it, and there is something to offer.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.resumable && !(self.id.is_empty() && self.ticket.is_empty())
    }

    /// The last second in which it may be resumed.
    #[must_use]
    pub fn expires_at(&self) -> i64 {
        self.time.saturating_add(self.timeout)
    }

    /// Whether it is too old at `now` (seconds since 1970).
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires_at() < now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(time: i64, timeout: i64) -> Session {
        let secret = Secret::new(&[]).unwrap();
        Session::new(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256, secret, time, timeout)
    }

    #[test]
    fn session_expires_after_its_last_second() {
        assert!(!session(1000, 50).is_expired(1050));
        assert!(session(1000, 50).is_expired(1051));
    }

    #[test]
    fn timeout_beyond_the_end_of_time_never_expires() {
        assert!(!session(1000, i64::MAX).is_expired(i64::MAX));
    }
}
