//! Why a handshake pauses: what it wants from its driver, and the driver's answers.
//!
//! The core calls nobody. When the program has to be asked something (a callback, a chain to verify, a
//! key that only libcrypto can use), the state machine hands out an [`Ask`] and goes on when it gets the
//! matching [`Answer`]. An answer may be [`Answer::NotYet`]: the same question is asked again later, which
//! is how `SSL_ERROR_WANT_X509_LOOKUP` and its kin come about.

use std::sync::Arc;

use super::{
    custom_extensions::{Block, Received},
    security::Inquiry,
};
use crate::{
    crypto::{
        dhe,
        hash::HashAlgorithm,
        secret::{Secret, SharedSecret},
        suite::{KeyExchangeAlgorithm, Suite},
    },
    message::server_key_exchange::SrpParameters,
    policy::certificate::Slot,
    session::Session,
    wire::{AlertDescription, CipherSuite, ExtensionType, ProtocolVersion, SignatureScheme},
};

/// What the connection needs before it can go on.
pub enum Want {
    /// Nothing: what was asked for is done.
    Nothing,
    /// More bytes from the peer.
    Read,
    /// To have its pending bytes written.
    Write,
    /// Nothing more will come: the peer sent close_notify.
    Closed,
    /// The whole environment: it got one for application data alone, and a message came.
    Environment,
    /// An answer.
    Ask(Ask),
}

/// A question to the driver. Each names the answer that it expects.
pub enum Ask {
    /// Server: the program's ClientHello callback ([`Answer::Proceed`], `NotYet`, `Refuse`).
    ClientHello,
    /// Server: the session with this id, from the internal cache or the callback ([`Answer::Session`]).
    FindSession(Vec<u8>),
    /// Server: the session in this ticket ([`Answer::Ticket`]).
    OpenTicket(Vec<u8>),
    /// Client of TLS 1.3: a PSK that the program has to offer; after a HelloRetryRequest with the hash that it must have
    /// ([`Answer::ExternalPsk`]).
    OfferPsk(Option<HashAlgorithm>),
    /// Server of TLS 1.3: the program's PSK of this identity, as a session ([`Answer::Session`]).
    FindPsk(Vec<u8>),
    /// Server of TLS 1.2: the program's look at the client's ticket ([`Answer::Proceed`] or `Refuse`).
    SessionTicketExtension(Vec<u8>),
    /// TLS 1.2: the master secret of a session that only the program knows ([`Answer::SessionSecret`] or `Refuse`).
    SessionSecret,
    /// Server of TLS 1.2: the program's say about the user of SRP ([`Answer::Proceed`], `NotYet`, `Refuse`).
    SrpUser(Vec<u8>),
    /// Server of TLS 1.2: our half of SRP ([`Answer::SrpParameters`] or `Refuse`).
    SrpParameters,
    /// Client of TLS 1.2: our half of SRP, and what it comes to with the server's ([`Answer::SrpClient`] or `Refuse`).
    SrpClient(SrpParameters),
    /// Server of TLS 1.2: what our half of SRP comes to with the client's public key ([`Answer::SrpServer`] or `Refuse`).
    SrpServer(Vec<u8>),
    /// Client of TLS 1.2: the PSK to use; the server's hint is in the negotiated values ([`Answer::ClientPsk`]).
    ClientPsk,
    /// Server of TLS 1.2: the PSK of this identity ([`Answer::ServerPsk`]).
    ServerPsk(Vec<u8>),
    /// Either side: the servername callback; the name is in the negotiated values ([`Answer::ServerName`]).
    ServerName,
    /// Either side: the certificate callback ([`Answer::Proceed`], `NotYet`, `Refuse`).
    Certificate,
    /// Client: a certificate is requested and none is set: the client certificate callback
    /// ([`Answer::Proceed`] whether or not one was set, or `NotYet`).
    ClientCertificate,
    /// Either side: what the program adds to a message ([`Answer::Extensions`] or `Refuse`).
    AddExtensions {
        /// The message (`SSL_EXT_…`).
        place: u32,
        /// The types.
        extensions: Vec<ExtensionType>,
        /// The certificates of a Certificate, each of which gets extensions; else empty.
        certificates: Vec<Vec<u8>>,
    },
    /// Either side: what came for the program in a message ([`Answer::Proceed`] or `Refuse`).
    ReadExtensions {
        /// The message (`SSL_EXT_…`).
        place: u32,
        /// What came.
        received: Vec<Received>,
        /// The certificates of a Certificate; else empty.
        certificates: Vec<Vec<u8>>,
    },
    /// Server: choose from the client's protocols, in their wire form ([`Answer::Alpn`]).
    SelectAlpn(Vec<u8>),
    /// Server: whether the session of this handshake may be resumed; told is whether the key exchange is forward secret
    /// ([`Answer::Allowed`]).
    MayResume(bool),
    /// Server: whether early data may be accepted ([`Answer::Allowed`]).
    AllowEarlyData,
    /// Server: takes this session out of the cache, so that it is resumed but once ([`Answer::Allowed`]: it was there).
    ClaimSession(Arc<Session>),
    /// Server: the program's protocols for next protocol negotiation ([`Answer::Protocols`]).
    AdvertiseNextProtocols,
    /// Client: choose from the server's protocols, in their wire form ([`Answer::Alpn`]).
    SelectNextProtocol(Vec<u8>),
    /// Client: the program's opinion of the server's signed certificate timestamps ([`Answer::Proceed`] or `Refuse`).
    CheckTimestamps,
    /// Server: an OCSP response for the client ([`Answer::Status`]).
    ProvideStatus,
    /// Client: the status callback's opinion of the OCSP response, `None` if the server sent none
    /// ([`Answer::Proceed`] or `Refuse`).
    CheckStatus(Option<Vec<u8>>),
    /// Server of DTLS: a cookie for the client ([`Answer::Cookie`] or `Refuse`).
    MakeDatagramCookie,
    /// Server of DTLS: whether this cookie is one that we made ([`Answer::Allowed`]).
    CheckDatagramCookie(Vec<u8>),
    /// Server without state: the cookie with these contents ([`Answer::Cookie`] or `Refuse`).
    SealCookie(Vec<u8>),
    /// Server without state: the contents of this cookie ([`Answer::Cookie`] or `Refuse`).
    OpenCookie(Vec<u8>),
    /// Either side: verify the peer's chain, which is in the negotiated values ([`Answer::Verified`], `NotYet`).
    VerifyChain,
    /// Either side: the certificates to send after the one in this slot ([`Answer::Chain`]).
    Chain(Slot),
    /// Either side: sign with the external key of this slot ([`Answer::Signature`], `NotYet`).
    Sign {
        /// Which certificate's key.
        slot: Slot,
        /// The scheme.
        scheme: SignatureScheme,
        /// What is signed.
        content: Vec<u8>,
    },
    /// Server: the Diffie-Hellman parameters of the program's callback ([`Answer::DiffieHellman`]).
    DiffieHellman,
    /// Server: decrypt the premaster secret with the key of this slot ([`Answer::Premaster`] or `Refuse`).
    Decrypt {
        /// Which certificate's key.
        slot: Slot,
        /// What the client encrypted.
        encrypted: Vec<u8>,
        /// The version that the secret must begin with.
        client_version: ProtocolVersion,
        /// A version that may stand there instead.
        stand_in: Option<ProtocolVersion>,
    },
    /// Either side: verify a signature with the peer's key, which is one that only libcrypto knows
    /// ([`Answer::Proceed`] or `Refuse`).
    VerifySignature {
        /// The scheme.
        scheme: SignatureScheme,
        /// What was signed.
        content: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// Server: the id of a new TLS 1.2 session, made by the program ([`Answer::SessionId`] or `Refuse`).
    SessionId,
    /// Server: seal this session into a ticket ([`Answer::SealedTicket`]).
    SealTicket(Arc<Session>),
    /// Server: this session's id becomes its ticket, as the session is when the program has seen it ([`Answer::SealedTicket`]).
    NameTicket(Arc<Session>),
    /// Either side: this session may now be cached ([`Answer::Proceed`]).
    NewSession(Arc<Session>),
    /// Client: this session may now be cached, and its ticket came with extensions for the program ([`Answer::Proceed`] or
    /// `Refuse`).
    NewTicket {
        /// The session.
        session: Arc<Session>,
        /// What came.
        received: Vec<Received>,
    },
    /// Server: raw public keys in place of certificates are wanted in the settings ([`Answer::Proceed`]).
    RawPublicKeys,
    /// Either side: the peer's transport parameters of QUIC ([`Answer::Proceed`] or `Refuse`).
    TransportParameters(Vec<u8>),
    /// Either side: this session must not be resumed again ([`Answer::Proceed`]).
    RemoveSession(Arc<Session>),
    /// Either side: the security callback's opinion, which goes into the settings ([`Answer::Proceed`] or `Refuse`).
    Security(Inquiry),
}

/// The driver's answer.
pub enum Answer {
    /// Go on.
    Proceed,
    /// Ask again later: the program's call returns with the matching `SSL_ERROR_WANT_…`.
    NotYet,
    /// Fail with this alert and reason.
    Refuse(crate::error::Error),
    /// Yes or no.
    Allowed(bool),
    /// The session found, if any.
    Session(Option<Arc<Session>>),
    /// The PSK to offer, if any.
    ExternalPsk(Option<ExternalPsk>),
    /// The master secret, if the program has one, and the suite that it chose.
    SessionSecret(Option<(Secret, Option<CipherSuite>)>),
    /// Our half of SRP.
    SrpParameters(SrpParameters),
    /// Our public key of SRP, the premaster secret and the name of the user.
    SrpClient {
        /// `A`.
        public: Vec<u8>,
        /// The premaster secret.
        premaster: SharedSecret,
        /// Who we are.
        user_name: Vec<u8>,
    },
    /// The premaster secret of SRP.
    SrpServer(SharedSecret),
    /// The identity and the PSK, if the client has one.
    ClientPsk(Option<(Vec<u8>, SharedSecret)>),
    /// The PSK, if the server knows the identity.
    ServerPsk(Option<SharedSecret>),
    /// What became of a ticket.
    Ticket(TicketOutcome),
    /// What the servername callback said.
    ServerName(ServerNameOutcome),
    /// What the program adds: one block each certificate, or one.
    Extensions(Vec<Block>),
    /// What the ALPN callback said.
    Alpn(AlpnOutcome),
    /// Protocols in their wire form; `None`: the extension is left out.
    Protocols(Option<Vec<u8>>),
    /// The OCSP response to send, if any.
    Status(Option<Vec<u8>>),
    /// The chain was verified: whether the handshake goes on, and libcrypto's `X509_V_…`.
    Verified {
        /// `Err`: the handshake fails with this alert.
        outcome: Result<(), AlertDescription>,
        /// What `SSL_get_verify_result` will say.
        result: i64,
    },
    /// A cookie, or what stands in one.
    Cookie(Vec<u8>),
    /// The certificates after our own.
    Chain(Arc<[Vec<u8>]>),
    /// The signature.
    Signature(Vec<u8>),
    /// The Diffie-Hellman parameters, if there are any.
    DiffieHellman(Option<dhe::Parameters>),
    /// The premaster secret, or a random one if what was decrypted is none: nothing may tell which.
    Premaster(SharedSecret),
    /// The id of the new session, at most 32 bytes.
    SessionId(Vec<u8>),
    /// The ticket; `None`: send none.
    SealedTicket(Option<Vec<u8>>),
}

/// A PSK that was agreed on by other means than a handshake (RFC 8446 §4.2.11).
pub struct ExternalPsk {
    /// What the server knows it by.
    pub identity: Vec<u8>,
    /// The session that it stands for: its suite tells the hash, and its secret is the PSK.
    pub session: Arc<Session>,
}

/// What became of a ticket that a client sent.
pub enum TicketOutcome {
    /// It opened.
    Session {
        /// What it held.
        session: Arc<Session>,
        /// Whether a fresh ticket should be sent.
        renew: bool,
    },
    /// It did not open, or there is none: a full handshake, with a fresh ticket.
    Unusable,
    /// The program does not want it used.
    Ignored {
        /// Whether a fresh ticket should be sent.
        renew: bool,
    },
    /// The callback failed: the handshake fails.
    Failed,
}

/// What the servername callback returned (`SSL_TLSEXT_ERR_…`).
pub enum ServerNameOutcome {
    /// Go on and acknowledge the name.
    Accept,
    /// Go on without acknowledging it.
    NoAcknowledge,
    /// Send a warning alert (TLS 1.2 only) and go on.
    Warn(AlertDescription),
    /// Fail with this alert.
    Refuse(AlertDescription),
}

/// What the ALPN callback returned.
pub enum AlpnOutcome {
    /// This protocol.
    Selected(Vec<u8>),
    /// None; the handshake goes on without.
    NoAcknowledge,
    /// Fail with this alert.
    Refuse(AlertDescription),
}

/// What the program registered: a question is only asked where somebody would answer it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    /// `SSL_CTX_set_client_hello_cb`.
    pub client_hello: bool,
    /// `SSL_CTX_set_tlsext_servername_callback`.
    pub server_name: bool,
    /// `SSL_CTX_set_cert_cb`.
    pub certificate: bool,
    /// `SSL_CTX_set_generate_session_id`.
    pub session_id: bool,
    /// Whether the connection's side caches sessions (`SSL_CTX_set_session_cache_mode`).
    pub caches_sessions: bool,
    /// Whether the context that a server has now caches any: only then a session of TLS 1.2 gets an id.
    pub gives_session_ids: bool,
    /// `SSL_CTX_set_client_cert_cb`.
    pub client_certificate: bool,
    /// `SSL_CTX_set_alpn_select_cb`.
    pub alpn: bool,
    /// `SSL_CTX_set_not_resumable_session_callback`.
    pub not_resumable: bool,
    /// `SSL_CTX_set_allow_early_data_cb`.
    pub allow_early_data: bool,
    /// `SSL_CTX_set_next_protos_advertised_cb`.
    pub next_protocol_advertise: bool,
    /// `SSL_CTX_set_next_proto_select_cb`.
    pub next_protocol_select: bool,
    /// `SSL_set_ct_validation_callback`.
    pub timestamps: bool,
    /// `SSL_CTX_set_tlsext_status_cb`.
    pub status: bool,
    /// Sessions can be found by id: the internal cache is on, or there is a get callback.
    pub find_session: bool,
    /// `SSL_CTX_set_record_padding_callback`.
    pub record_padding: bool,
    /// `SSL_set_session_ticket_ext_cb`.
    pub session_ticket_extension: bool,
    /// `SSL_set_session_secret_cb`.
    pub session_secret: bool,
    /// The program has something to do with SRP.
    pub srp: bool,
    /// Server: `SSL_CTX_set_srp_username_callback`.
    pub srp_user: bool,
    /// Client: `SSL_CTX_set_psk_client_callback`.
    pub psk_client: bool,
    /// Client: the program may have a PSK to offer in TLS 1.3.
    pub offer_psk: bool,
    /// Server: the program may know PSKs of TLS 1.3.
    pub find_psk: bool,
    /// Server: `SSL_CTX_set_psk_server_callback`, whose PSKs go with SHA-256 in TLS 1.3.
    pub psk_server: bool,
    /// The server keeps no state before a client brings a cookie (`SSL_stateless`).
    pub stateless: bool,
    /// `DTLS_set_timer_cb`.
    pub timer: bool,
    /// `SSL_set_quic_tls_cbs`.
    pub quic: bool,
    /// `SSL_set_quic_tls_early_data_enabled`.
    pub quic_early_data: bool,
    /// `SSL_CTX_set_info_callback`.
    pub info: bool,
    /// `SSL_CTX_set_msg_callback`.
    pub message: bool,
    /// `SSL_CTX_set_keylog_callback`.
    pub key_log: bool,
    /// `SSL_set_tlsext_debug_callback`.
    pub extensions: bool,
    /// `SSL_CTX_set_security_callback`.
    pub security: bool,
}

impl Hooks {
    /// Whether a client may offer this suite: one that needs a PSK or a password is of no use without the program.
    #[must_use]
    pub const fn client_can_use(&self, suite: &Suite) -> bool {
        (self.psk_client || !suite.key_exchange.has_psk()) && self.srp_fits(suite)
    }

    /// Whether a server may choose this suite.
    #[must_use]
    pub const fn server_can_use(&self, suite: &Suite) -> bool {
        (self.psk_server || !suite.key_exchange.has_psk()) && self.srp_fits(suite)
    }

    const fn srp_fits(&self, suite: &Suite) -> bool {
        self.srp || !matches!(suite.key_exchange, KeyExchangeAlgorithm::Srp)
    }
}
