//! What a handshake agreed on, as far as it outlives the handshake: what getters report, and what the
//! connection needs later (key update, exporters, tickets).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    custom_extensions::CustomExtensions, early_data::EarlyData, position::Position,
    post::authentication::PostHandshakeAuthentication,
};
use crate::{
    crypto::{dhe, signature::PublicKey, suite::Suite},
    error::{Error, Reason, Result},
    key_schedule::{
        tls12,
        tls13::{ExporterSecret, ResumptionSecret, TrafficSecret},
    },
    libcrypto::agreement,
    message::extension::{
        record_size_limit::RecordSizeLimits,
        status_request::{self, StatusRequest},
    },
    policy::Settings,
    record::Side,
    session::{Chain, Id, PeerChain, Session},
    wire::{
        AlertDescription, CertificateCompression, CertificateFormat, CertificateType, CipherSuite,
        NamedGroup, ProtocolVersion, SignatureScheme, SrtpProfile,
    },
};

/// The secrets that TLS 1.3 needs after the handshake.
pub struct Traffic {
    /// What the peer writes with.
    pub read: TrafficSecret,
    /// What we write with.
    pub write: TrafficSecret,
    /// For tickets.
    pub resumption: Option<ResumptionSecret>,
    /// For tickets: a counter that makes nonces.
    pub next_ticket_nonce: u64,
    /// KeyUpdates that the peer sent with no application data between them.
    pub key_updates: u8,
    /// The peer wants us to update our keys before we send application data again (RFC 8446 §4.6.3).
    pub owes_update: bool,
}

impl Traffic {
    /// At the end of a handshake.
    #[must_use]
    pub const fn new(read: TrafficSecret, write: TrafficSecret, resumption: ResumptionSecret) -> Self {
        Self {
            read,
            write,
            resumption: Some(resumption),
            next_ticket_nonce: 0,
            key_updates: 0,
            owes_update: false,
        }
    }
}

/// A renegotiation (RFC 5746): another handshake of TLS 1.2 under the keys of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renegotiation {
    /// A new session is wanted (`SSL_renegotiate(3)`).
    Full,
    /// The session may be resumed (`SSL_renegotiate_abbreviated(3)`).
    Abbreviated,
}

/// Whether certificates or raw public keys are sent (RFC 7250).
#[derive(Clone, Copy, Debug, Default)]
pub struct CertificateFormats {
    /// By the client.
    pub client: CertificateFormat,
    /// By the server.
    pub server: CertificateFormat,
    /// Server: whether it answers the one extension and the other.
    pub answers: (bool, bool),
}

impl CertificateFormats {
    /// What `side` sends.
    #[must_use]
    pub const fn of(&self, side: Side) -> CertificateFormat {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// How long the peer took to answer in the handshake (`SSL_get_handshake_rtt(3)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoundTrip {
    /// Nothing was sent that is timed.
    #[default]
    Before,
    /// It waits to be written.
    Writing,
    /// It was written then.
    Since(Instant),
    /// The answer is read.
    Known(Duration),
}

impl Negotiated {
    /// What the peer sent, which is not empty: its chain, or a raw public key.
    pub fn set_peer(&mut self, side: Side, mut chain: Vec<Vec<u8>>) -> Result<()> {
        if self.certificate_formats.of(side.peer()) != CertificateFormat::RAW_PUBLIC_KEY {
            self.peer_is_unverified = true;
            // It was made in the memory of the message's entries, which are larger.
            chain.shrink_to_fit();
            self.peer_chain = Some(Chain::sent(chain));
            // The key of a session that was resumed says nothing of who sends a certificate now.
            self.peer_raw_key = None;
            return Ok(());
        }
        // RFC 8446 §4.4.2: no more than one entry, which has the key.
        match (chain.pop(), chain.is_empty()) {
            (Some(key), true) => self.peer_raw_key = Some(key.into()),
            _ => return Err(Error::decode(Reason::LENGTH_MISMATCH)),
        }
        self.peer_chain = None;
        Ok(())
    }

    /// The peer's public key.
    pub fn peer_key(&self) -> Result<PublicKey> {
        if let Some(key) = &self.peer_raw_key {
            return PublicKey::from_subject_public_key_info(key);
        }
        let chain = self.peer_chain.as_ref().ok_or(Error::internal())?;
        PublicKey::from_certificate(chain.first().ok_or(Error::internal())?)
    }

    /// The verification of what [`Self::set_peer`] took came to this.
    pub fn take_verification(
        &mut self,
        outcome: core::result::Result<(), AlertDescription>,
        result: i64,
    ) -> Result<()> {
        self.verify_result = result;
        outcome.map_err(|alert| Error::fatal(alert, Reason::CERTIFICATE_VERIFY_FAILED))?;
        self.peer_is_unverified = false;
        Ok(())
    }

    /// What was sealed just now is answered by what [`Self::answer_read`] comes with.
    pub const fn time_answer(&mut self) {
        self.round_trip = RoundTrip::Writing;
    }

    /// The peer's answer is read to its end.
    pub fn answer_read(&mut self) {
        if let RoundTrip::Since(start) = self.round_trip {
            self.round_trip = RoundTrip::Known(start.elapsed());
        }
    }

    /// The peer's hello is read: what an earlier handshake found out about the peer counts no more.
    pub fn forget_last_handshake(&mut self) {
        self.peer_chain = None;
        self.peer_is_unverified = false;
        self.peer_raw_key = None;
        self.certificate_formats = CertificateFormats::default();
        self.group = None;
        self.peer_share.clear();
        self.peer_dh = None;
        self.resumed = false;
        self.not_resumable = false;
        self.tickets_refused = false;
        self.server_name_acknowledged = false;
        self.alpn.clear();
        self.certificate_requested = false;
        self.certificate_types.clear();
        self.peer_ca_names.clear();
        self.ocsp_response = None;
        self.psk_identity = None;
        self.srp_user_name = None;
        self.psk_identity_hint = None;
        self.max_fragment_length = 0;
        self.timestamps.clear();
        self.record_size_limits = None;
    }

    /// Server: whether the client wants an OCSP response.
    #[must_use]
    pub fn wants_ocsp(&self) -> bool {
        self.status_type == Some(status_request::OCSP)
    }

    /// Server: we ask for the client's certificate.
    pub const fn note_certificate_request(&mut self) {
        self.certificate_requested = true;
        self.client_was_asked = true;
    }

    /// The shares of TLS 1.3, as far as they are keys for `SSL_get_tmp_key` and `SSL_get_peer_tmp_key`: what the responder
    /// encapsulates is none, and neither is a hybrid's of a libcrypto that lacks such keys.
    pub fn note_shares(
        &mut self,
        settings: &Settings,
        group: NamedGroup,
        side: Side,
        own: &[u8],
        peer: &[u8],
    ) {
        let is_kem = match settings.library.provided(group) {
            Some(provided) => provided.is_kem(),
            None => agreement::hybrid_name(group).is_some(),
        };
        let is_key = is_shown(settings, group);
        let shows_own = is_key && (!is_kem || side == Side::Client);
        let shows_peer = is_key && (!is_kem || side == Side::Server);
        self.group = Some(group);
        self.own_share = shows_own.then(|| (group, own.to_vec()));
        self.peer_share = if shows_peer { peer.to_vec() } else { Vec::new() };
    }

    /// Our share, before the peer's is known.
    pub fn note_own_share(&mut self, settings: &Settings, group: NamedGroup, share: &[u8]) {
        let is_known = agreement::name(group).is_some() || agreement::hybrid_name(group).is_some();
        self.own_share = (is_known && is_shown(settings, group)).then(|| (group, share.to_vec()));
    }

    /// Everything that waited was written.
    pub fn all_was_written(&mut self) {
        self.flight_ended_at = None;
        if self.round_trip == RoundTrip::Writing {
            self.round_trip = RoundTrip::Since(Instant::now());
        }
    }

    /// Whether the peer's request for a KeyUpdate is unanswered.
    #[must_use]
    pub fn owes_key_update(&self) -> bool {
        self.traffic.as_ref().is_some_and(|traffic| traffic.owes_update)
    }

    /// Application data came: a KeyUpdate after it is none in a row.
    pub const fn application_data_came(&mut self) {
        if let Some(traffic) = &mut self.traffic {
            traffic.key_updates = 0;
        }
    }
}

/// Whether there are keys of a group for shares to be shown as: those of a hybrid are more than a thousand bytes.
fn is_shown(settings: &Settings, group: NamedGroup) -> bool {
    agreement::hybrid_name(group).is_none() || settings.library.has_hybrid_keys
}

/// What was agreed on. Filled step by step; a getter may look at any time.
#[derive(Default)]
pub struct Negotiated {
    /// The version, once ServerHello said it.
    pub version: Option<ProtocolVersion>,
    /// The version that is spoken of before one is negotiated: the highest that a client offers, the one that a server
    /// could not agree to.
    pub tentative_version: Option<ProtocolVersion>,
    /// The version in the ClientHello's old field.
    pub client_version: Option<ProtocolVersion>,
    /// The suite, once ServerHello said it.
    pub suite: Option<&'static Suite>,
    /// The suite that we write with.
    pub suite_in_use: Option<&'static Suite>,
    /// The group of the key exchange.
    pub group: Option<NamedGroup>,
    /// The peer's share of the key exchange, in its wire form; empty without one, and for a server below TLS 1.3, which
    /// has no `SSL_get_peer_tmp_key(3)` in OpenSSL either.
    pub peer_share: Vec<u8>,
    /// Our own share in TLS 1.3, for `SSL_get_tmp_key`, though a client's server may choose an older version; that of a hybrid
    /// is not kept.
    pub own_share: Option<(NamedGroup, Vec<u8>)>,
    /// Client, TLS 1.2: the server's key of a Diffie-Hellman exchange over a prime.
    pub peer_dh: Option<Arc<dhe::PeerKey>>,
    /// The scheme that the peer signed with.
    pub peer_scheme: Option<SignatureScheme>,
    /// The scheme that we sign with, once it is chosen.
    pub own_scheme: Option<SignatureScheme>,
    /// `ClientHello.random`.
    pub client_random: [u8; 32],
    /// `ServerHello.random`.
    pub server_random: [u8; 32],
    /// The peer's certificates as they came.
    pub peer_chain: Option<PeerChain>,
    /// Whether that chain was not accepted, or not yet: its first certificate is nobody's then.
    pub peer_is_unverified: bool,
    /// The peer's raw public key, if it sent one in place of certificates (RFC 7250): a DER SubjectPublicKeyInfo.
    pub peer_raw_key: Option<Arc<[u8]>>,
    /// Whether certificates or raw public keys are sent.
    pub certificate_formats: CertificateFormats,
    /// libcrypto's `X509_V_…` of that chain, 0 until verified.
    pub verify_result: i64,
    /// The name that the client asked for (server) or that was acknowledged (client).
    pub server_name: Option<Vec<u8>>,
    /// Whether the server name was acknowledged.
    pub server_name_acknowledged: bool,
    /// The application protocol; empty without one.
    pub alpn: Vec<u8>,
    /// The protocol of next protocol negotiation; empty without one.
    pub next_protocol: Vec<u8>,
    /// Whether this handshake has a NextProtocol message.
    pub next_protocol_expected: bool,
    /// The signed certificate timestamps that the server sent in an extension; empty without any.
    pub timestamps: Vec<u8>,
    /// How the peer can decompress our certificates, in its order, as far as we may compress them so.
    pub certificate_compression: Vec<CertificateCompression>,
    /// The extensions that the program handles itself.
    pub custom: CustomExtensions,
    /// The code of the maximum fragment length (RFC 6066 §4); 0 without one.
    pub max_fragment_length: u8,
    /// The most that the peer takes in a record, and the most that we do (RFC 8449), once both have said so.
    pub record_size_limits: Option<RecordSizeLimits>,
    /// Client of DTLS: the cookie that the server gave last.
    pub datagram_cookie: Vec<u8>,
    /// DTLS: the protection profile of SRTP (RFC 5764), if one was agreed on.
    pub srtp_profile: Option<SrtpProfile>,
    /// Whether the session was resumed.
    pub resumed: bool,
    /// Client: the session that the program gave cannot be resumed, or is not: the handshake makes another.
    pub session_refused: bool,
    /// The session: the one resumed, or the new one.
    pub session: Option<Arc<Session>>,
    /// Where the last message of the flight was written that the transport does not have yet.
    pub flight_ended_at: Option<Position>,
    /// The session id context when the ClientHello came or was sent, before a callback could change it: sessions are made in it,
    /// and a server looks for them in it.
    pub session_id_context: Arc<[u8]>,
    /// The id of a server's new session below TLS 1.3; empty where a ticket stands for it.
    pub session_id: Id,
    /// How long sessions live, in seconds, as the program wanted it then; 0 before.
    pub session_lifetime: i64,
    /// Whether the extended master secret is used.
    pub extended_master_secret: bool,
    /// Whether CBC records are encrypted before they are authenticated (RFC 7366).
    pub encrypt_then_mac: bool,
    /// Whether the peer supports secure renegotiation (RFC 5746).
    pub secure_renegotiation: bool,
    /// Whether the handshake that is under way, or was asked for by a HelloRequest, is a renegotiation.
    pub renegotiation: Option<Renegotiation>,
    /// `verify_data` of the client's Finished, for `SSL_get_finished` and RFC 5746.
    pub client_verify_data: Vec<u8>,
    /// `verify_data` of the server's Finished.
    pub server_verify_data: Vec<u8>,
    /// TLS 1.2: the master secret, for exporters.
    pub master_secret: Option<tls12::MasterSecret>,
    /// TLS 1.3: the exporter secret.
    pub exporter: Option<ExporterSecret>,
    /// TLS 1.3: the secrets for what comes after the handshake.
    pub traffic: Option<Traffic>,
    /// The suites that the client offered (server), for `SSL_get_client_ciphers` and `SSL_get_shared_ciphers`.
    pub client_suites: Vec<CipherSuite>,
    /// All numbers in the client's list of suites in their wire form (server), for `SSL_get0_raw_cipherlist`.
    pub raw_client_suites: Vec<u8>,
    /// TLS 1.2: the peer's point formats in their wire form, for `SSL_get0_ec_point_formats`.
    pub peer_point_formats: Vec<u8>,
    /// The signature schemes that the peer offered, for `SSL_get_sigalgs`.
    pub peer_schemes: Vec<SignatureScheme>,
    /// The schemes that the peer takes in certificates, if it said so apart (RFC 8446 §4.2.3).
    pub peer_certificate_schemes: Option<Vec<SignatureScheme>>,
    /// The groups that the peer offered, for `SSL_get1_groups`.
    pub peer_groups: Vec<NamedGroup>,
    /// DER names of the CAs that the peer asks for.
    pub peer_ca_names: Vec<Vec<u8>>,
    /// TLS 1.2: the certificate types that a server asked for.
    pub certificate_types: Vec<CertificateType>,
    /// Client: whether the server asked for a certificate. Server: whether we did.
    pub certificate_requested: bool,
    /// Server: whether we asked for a certificate in any handshake of this connection.
    pub client_was_asked: bool,
    /// TLS 1.2: the user of SRP: the one that the client names, or that we are (RFC 5054 §2.5).
    pub srp_user_name: Option<Vec<u8>>,
    /// TLS 1.2: the identity of the PSK that is used (RFC 4279 §2).
    pub psk_identity: Option<Vec<u8>>,
    /// TLS 1.2, client: the server's hint, if it gave one.
    pub psk_identity_hint: Option<Vec<u8>>,
    /// The OCSP response that the server stapled.
    pub ocsp_response: Option<Vec<u8>>,
    /// What status of our certificate the client asked for, or the program says that it did (server).
    pub status_type: Option<i32>,
    /// What that wish says.
    pub status_request: Option<StatusRequest>,
    /// Whether a HelloRetryRequest took place.
    pub hello_retry: bool,
    /// Server without state: the ClientHello has a cookie of ours.
    pub cookie_verified: bool,
    /// Whether the client offered to authenticate itself after the handshake.
    pub post_handshake_auth_offered: bool,
    /// What that needs.
    pub post_handshake_authentication: Option<Box<PostHandshakeAuthentication>>,
    /// Whether the Finished of both sides were exchanged, and the program was told so.
    pub complete: bool,
    /// Server of TLS 1.3: the program looked at the client's ticket, and wants no other sent.
    pub tickets_refused: bool,
    /// Server: the program wants the session of this handshake not to be resumed.
    pub not_resumable: bool,
    /// TLS 1.3: early data.
    pub early_data: EarlyData,
    /// How many tickets were sent.
    pub tickets_sent: usize,
    /// How long the peer took to answer.
    pub round_trip: RoundTrip,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_takes_the_place_of_a_raw_key() {
        let mut negotiated =
            Negotiated { peer_raw_key: Some(Arc::from(&b"key"[..])), ..Negotiated::default() };
        negotiated.set_peer(Side::Server, vec![b"certificate".to_vec()]).unwrap();
        assert!(negotiated.peer_raw_key.is_none() && negotiated.peer_chain.is_some());
    }

    #[test]
    fn raw_key_takes_the_place_of_a_certificate() {
        let mut negotiated =
            Negotiated { peer_chain: Some(Chain::sent(vec![vec![1]])), ..Negotiated::default() };
        negotiated.certificate_formats.client = CertificateFormat::RAW_PUBLIC_KEY;
        negotiated.set_peer(Side::Server, vec![b"key".to_vec()]).unwrap();
        assert!(negotiated.peer_raw_key.is_some() && negotiated.peer_chain.is_none());
    }
}
