//! Client and server joined in memory: every suite, group, signature and version, resumption, client
//! certificates, and hostile bytes.

use std::sync::Arc;

use super::{Connection, Read};
use crate::{
    crypto::{
        dhe,
        secret::SharedSecret,
        signature::{KeyType, PrivateKey},
        suite::{Authentication, KeyExchangeAlgorithm, SUITES, Suite},
    },
    error::{Error, Reason, Result},
    handshake::{
        Environment,
        want::{AlpnOutcome, Answer, Ask, ExternalPsk, Hooks, ServerNameOutcome, TicketOutcome, Want},
    },
    libcrypto::{evp_pkey::PKey, library::Library, rsa_transport, x509::X509},
    policy::{
        Settings, VerifyMode,
        certificate::{Certificates, CertifiedKey, SigningKey, Slot},
        options::{mode, option},
    },
    record::Side,
    session::{Session, TicketKeys, ticket},
    wire::{AlertDescription, ContentType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme},
};

mod bad_messages;
mod datagram;
mod early_data;
mod extensions;
mod key_exchange;
mod post_handshake;
mod psk;
mod record_size;
mod records;
mod renegotiation;
mod stateless;

/// Certificates of `testdata`, one for each kind of key.
const KEYS: [(KeyType, &[u8], &[u8]); 6] = [
    (KeyType::Rsa, include_bytes!("testdata/rsa.crt.der"), include_bytes!("testdata/rsa.key.der")),
    (KeyType::RsaPss, include_bytes!("testdata/rsapss.crt.der"), include_bytes!("testdata/rsapss.key.der")),
    (KeyType::EcdsaP256, include_bytes!("testdata/p256.crt.der"), include_bytes!("testdata/p256.key.der")),
    (KeyType::EcdsaP384, include_bytes!("testdata/p384.crt.der"), include_bytes!("testdata/p384.key.der")),
    (KeyType::EcdsaP521, include_bytes!("testdata/p521.crt.der"), include_bytes!("testdata/p521.key.der")),
    (
        KeyType::Ed25519,
        include_bytes!("testdata/ed25519.crt.der"),
        include_bytes!("testdata/ed25519.key.der"),
    ),
];

fn bits(key_type: KeyType) -> u32 {
    match key_type {
        KeyType::Rsa | KeyType::RsaPss => 2048,
        KeyType::EcdsaP384 => 384,
        KeyType::EcdsaP521 => 521,
        _ => 256,
    }
}

fn certificates(wanted: KeyType) -> Arc<Certificates> {
    let (key_type, certificate, key) = KEYS.into_iter().find(|(key_type, ..)| *key_type == wanted).unwrap();
    let slot = Slot::of(key_type).unwrap();
    let mut certificates = Certificates { current: Some(slot), ..Certificates::default() };
    *certificates.get_mut(slot) = Some(CertifiedKey {
        is_raw: false,
        certificate: certificate.into(),
        key_type,
        key_bits: bits(key_type),
        strength: u16::MAX,
        signature: (0, 0),
        key: Some(SigningKey::native(move || PrivateKey::from_der(key_type, key))),
        chain: Some(Arc::new([])),
        compressed: Arc::default(),
        suite_b: Vec::new(),
    });
    Arc::new(certificates)
}

fn psk_of(session: &Session) -> SharedSecret {
    SharedSecret::new(session.secret.as_ref().to_vec())
}

/// One end with what its driver would do for it.
struct End {
    connection: Connection,
    environment: Environment,
    sessions: Vec<Arc<Session>>,
    verified: usize,
    /// What the program's callback gives.
    diffie_hellman: Option<dhe::Parameters>,
    /// The program's PSKs; a client offers the first.
    psks: Vec<(Vec<u8>, Arc<Session>)>,
    ticket_keys: TicketKeys,
}

impl End {
    fn new(side: Side) -> Self {
        let mut settings = Settings::new((ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_3));
        settings.mode |= mode::AUTO_RETRY;
        if side == Side::Client {
            settings.verify_mode = VerifyMode(VerifyMode::PEER);
        } else {
            settings.certificates = certificates(KeyType::EcdsaP256);
        }
        Self {
            connection: Connection::new(side),
            environment: Environment {
                settings: Arc::new(settings),
                hooks: Hooks {
                    caches_sessions: side == Side::Server,
                    gives_session_ids: side == Side::Server,
                    ..Hooks::default()
                },
                now: 1_700_000_000,
                now_microseconds: 0,
                mtu: 1400,
                offered_session: None,
                for_data: false,
            },
            sessions: Vec::new(),
            verified: 0,
            diffie_hellman: None,
            psks: Vec::new(),
            ticket_keys: TicketKeys::from_bytes(&[7; 80]).unwrap(),
        }
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.environment.settings)
    }

    fn only(&mut self, version: ProtocolVersion) {
        self.settings().min_version = Some(version);
        self.settings().max_version = Some(version);
    }

    fn reply(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::VerifyChain => {
                self.verified += 1;
                Answer::Verified { outcome: Ok(()), result: 0 }
            }
            Ask::Chain(_) => Answer::Chain(Arc::new([])),
            Ask::SealTicket(session) => Answer::SealedTicket(ticket::seal(&self.ticket_keys, &session).ok()),
            Ask::NameTicket(session) => Answer::SealedTicket(Some(session.id.to_vec())),
            Ask::OpenTicket(bytes) => Answer::Ticket(match ticket::open(&self.ticket_keys, &bytes) {
                Some(session) => {
                    let renew = session.version == ProtocolVersion::TLS1_3;
                    TicketOutcome::Session { session: Arc::new(session), renew }
                }
                None => TicketOutcome::Unusable,
            }),
            Ask::NewSession(session) => {
                self.sessions.push(session);
                Answer::Proceed
            }
            Ask::FindSession(id) => {
                Answer::Session(self.sessions.iter().find(|session| *session.id == *id).cloned())
            }
            Ask::MayResume(_) => Answer::Allowed(false),
            Ask::AllowEarlyData => Answer::Allowed(false),
            Ask::ClaimSession(session) => {
                let before = self.sessions.len();
                self.sessions.retain(|kept| kept.id != session.id);
                Answer::Allowed(self.sessions.len() < before)
            }
            Ask::SelectAlpn(list) => match list.windows(3).position(|window| window == b"\x02h2") {
                Some(_) => Answer::Alpn(AlpnOutcome::Selected(b"h2".to_vec())),
                None => Answer::Alpn(AlpnOutcome::Refuse(AlertDescription::NO_APPLICATION_PROTOCOL)),
            },
            Ask::SessionTicketExtension(_) => Answer::Proceed,
            Ask::SessionSecret => {
                Answer::SessionSecret(self.psks.first().map(|(_, session)| (session.secret.clone(), None)))
            }
            Ask::SrpUser(_) | Ask::SrpParameters | Ask::SrpClient(_) | Ask::SrpServer(_) => {
                Answer::Refuse(Error::internal())
            }
            Ask::ClientPsk => Answer::ClientPsk(
                self.psks.first().map(|(identity, session)| (identity.clone(), psk_of(session))),
            ),
            Ask::ServerPsk(identity) => Answer::ServerPsk(
                self.psks.iter().find(|(known, _)| *known == identity).map(|(_, session)| psk_of(session)),
            ),
            Ask::OfferPsk(_) => Answer::ExternalPsk(self.psks.first().map(|(identity, session)| {
                ExternalPsk { identity: identity.clone(), session: Arc::clone(session) }
            })),
            Ask::FindPsk(identity) => Answer::Session(
                self.psks
                    .iter()
                    .find(|(known, _)| *known == identity)
                    .map(|(_, session)| Arc::clone(session)),
            ),
            Ask::ServerName => Answer::ServerName(ServerNameOutcome::Accept),
            Ask::AddExtensions { extensions, certificates, .. } => {
                let block: Vec<_> = extensions.into_iter().map(|kind| (kind, b"custom".to_vec())).collect();
                Answer::Extensions(vec![block; certificates.len().max(1)])
            }
            Ask::ReadExtensions { received, .. } => {
                assert!(received.iter().all(|extension| extension.data == b"custom"));
                Answer::Proceed
            }
            Ask::AdvertiseNextProtocols => Answer::Protocols(Some(b"\x02h2\x03foo".to_vec())),
            Ask::SelectNextProtocol(list) => {
                assert_eq!(list, b"\x02h2\x03foo");
                Answer::Alpn(AlpnOutcome::Selected(b"foo".to_vec()))
            }
            Ask::NewTicket { session, .. } => {
                self.sessions.push(session);
                Answer::Proceed
            }
            Ask::MakeDatagramCookie => Answer::Cookie(b"a cookie".to_vec()),
            Ask::CheckDatagramCookie(cookie) => Answer::Allowed(cookie == b"a cookie"),
            Ask::SealCookie(contents) | Ask::OpenCookie(contents) => Answer::Cookie(contents),
            Ask::RawPublicKeys => Answer::Proceed,
            Ask::TransportParameters(_) => Answer::Refuse(Error::internal()),
            Ask::ProvideStatus => Answer::Status(None),
            Ask::SessionId => Answer::SessionId(vec![7; 32]),
            Ask::Sign { slot, scheme, content } => Answer::Signature(self.sign(slot, scheme, &content)),
            Ask::DiffieHellman => Answer::DiffieHellman(self.diffie_hellman.clone()),
            Ask::Decrypt { encrypted, client_version, stand_in, .. } => {
                /// `EVP_PKEY_RSA`.
                const RSA: i32 = 6;
                let (_, _, der) = KEYS.iter().find(|(key_type, ..)| *key_type == KeyType::Rsa).unwrap();
                let key = PKey::private_from_der(RSA, Some(der), &Library::default()).unwrap();
                match rsa_transport::decrypt(&key, &encrypted, client_version, stand_in) {
                    Some(premaster) => Answer::Premaster(premaster),
                    None => Answer::Refuse(Error::fatal(
                        AlertDescription::DECRYPT_ERROR,
                        Reason::DECRYPTION_FAILED,
                    )),
                }
            }
            Ask::VerifySignature { scheme, content, signature } => {
                let chain = self.connection.negotiated().peer_chain.clone().unwrap();
                let key = X509::from_der(&chain[0]).and_then(|certificate| certificate.public_key());
                if key.is_some_and(|key| key.verify(scheme, &content, &signature)) {
                    Answer::Proceed
                } else {
                    Answer::Refuse(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE))
                }
            }
            Ask::CheckTimestamps
            | Ask::ClientHello
            | Ask::Certificate
            | Ask::ClientCertificate
            | Ask::CheckStatus(_)
            | Ask::RemoveSession(_)
            | Ask::Security(_) => Answer::Proceed,
        }
    }

    /// All keys are in our memory, but for a hash that is not its curve's an ECDSA key needs libcrypto, as RSA
    /// does for MD5 with SHA-1.
    fn sign(&self, slot: Slot, scheme: SignatureScheme, content: &[u8]) -> Vec<u8> {
        /// `EVP_PKEY_EC`.
        const EC: i32 = 408;
        /// `EVP_PKEY_RSA`.
        const RSA: i32 = 6;
        let certificate = &self.environment.settings.certificates.get(slot).unwrap().certificate;
        let (_, _, key) = KEYS.iter().find(|(_, known, _)| **known == **certificate).unwrap();
        let kind = if slot == Slot::Ecdsa { EC } else { RSA };
        PKey::private_from_der(kind, Some(key), &Library::default()).unwrap().sign(scheme, content).unwrap()
    }

    fn answer(&mut self, ask: Ask) -> Result<()> {
        let answer = self.reply(ask);
        self.connection.answer(&self.environment, answer)
    }

    /// As far as it gets without the peer.
    fn handshake(&mut self, wire: &mut Vec<u8>) -> Result<bool> {
        loop {
            match self.connection.handshake(&self.environment)? {
                Want::Nothing => return Ok(true),
                Want::Read | Want::Closed | Want::Environment => return Ok(false),
                Want::Write => self.write_out(wire),
                Want::Ask(ask) => self.answer(ask)?,
            }
        }
    }

    fn write_out(&mut self, wire: &mut Vec<u8>) {
        let (buffer, written) = self.connection.take_outgoing().unwrap();
        wire.extend_from_slice(&buffer[written..]);
        let total = buffer.len();
        self.connection.return_outgoing(buffer, total);
    }

    /// Gives it bytes, never more than it asks for.
    fn feed(&mut self, wire: &mut Vec<u8>) -> Result<bool> {
        let (mut buffer, missing) = self
            .connection
            .take_incoming(self.environment.settings.read_buffer())
            .inspect_err(|error| self.connection.end_of_input(&self.environment, *error))?;
        let count = missing.min(wire.len());
        buffer.extend(wire.drain(..count));
        self.connection.return_incoming(buffer);
        Ok(count > 0)
    }

    fn send(&mut self, data: &[u8], wire: &mut Vec<u8>) {
        self.connection.begin_write(&self.environment, data).unwrap();
        while self.connection.continue_write(&self.environment, data).unwrap().is_none() {
            self.write_out(wire);
        }
    }

    fn receive(&mut self, wire: &mut Vec<u8>) -> Result<Vec<u8>> {
        let mut received = Vec::new();
        let mut buffer = [0; 1000];
        loop {
            match self.connection.read(&self.environment, &mut buffer, false)? {
                Read::Data(count) => received.extend_from_slice(&buffer[..count]),
                Read::Want(Want::Read) => {
                    if !self.feed(wire)? {
                        return Ok(received);
                    }
                }
                Read::Want(Want::Ask(ask)) => self.answer(ask)?,
                Read::Want(Want::Write) => self.write_out(&mut Vec::new()),
                Read::Want(Want::Closed | Want::Nothing | Want::Environment)
                | Read::TryAgain
                | Read::Handshake => {
                    return Ok(received);
                }
            }
        }
    }
}

struct Pair {
    client: End,
    server: End,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
}

impl Pair {
    fn new() -> Self {
        Self {
            client: End::new(Side::Client),
            server: End::new(Side::Server),
            to_server: Vec::new(),
            to_client: Vec::new(),
        }
    }

    /// The whole handshake. An error says whose it is.
    fn handshake(&mut self) -> core::result::Result<(), (Side, Error)> {
        for _ in 0..10_000 {
            let client = self.client.handshake(&mut self.to_server).map_err(|error| (Side::Client, error))?;
            let server = self.server.handshake(&mut self.to_client).map_err(|error| (Side::Server, error))?;
            if client && server {
                return Ok(());
            }
            let mut moved = false;
            if !client {
                moved |= self.client.feed(&mut self.to_client).map_err(|error| (Side::Client, error))?;
            }
            if !server {
                moved |= self.server.feed(&mut self.to_server).map_err(|error| (Side::Server, error))?;
            }
            assert!(moved, "both sides wait");
        }
        panic!("the handshake does not end");
    }

    fn check_data(&mut self) {
        let data: Vec<u8> = (0..40_000u32).map(|index| index.to_be_bytes()[3]).collect();
        self.client.send(&data, &mut self.to_server);
        assert_eq!(self.server.receive(&mut self.to_server), Ok(data.clone()));
        self.server.send(&data, &mut self.to_client);
        assert_eq!(self.client.receive(&mut self.to_client), Ok(data));
        let exported = |end: &End| {
            let mut out = [0; 32];
            end.connection.export(b"EXPORTER-test", Some(b"context"), &mut out).unwrap();
            out
        };
        assert_eq!(exported(&self.client), exported(&self.server));
    }

    /// A pair with the settings of this one that resumes its client's last session.
    fn again(&self) -> Self {
        let mut next = Self::new();
        next.client.environment.settings = Arc::clone(&self.client.environment.settings);
        next.server.environment.settings = Arc::clone(&self.server.environment.settings);
        next.client.environment.hooks = self.client.environment.hooks;
        next.server.environment.hooks = self.server.environment.hooks;
        next.client.environment.offered_session = self.client.sessions.last().cloned();
        next.server.sessions.clone_from(&self.server.sessions);
        next
    }
}

#[test]
fn default_handshake_is_tls13_with_hybrid_group() {
    let mut pair = Pair::new();
    pair.handshake().unwrap();
    pair.check_data();
    for end in [&pair.client, &pair.server] {
        let negotiated = end.connection.negotiated();
        assert_eq!(negotiated.version, Some(ProtocolVersion::TLS1_3));
        assert_eq!(negotiated.group, Some(NamedGroup::X25519MLKEM768));
        assert!(!negotiated.resumed);
    }
    assert_eq!(pair.client.verified, 1);
    assert_eq!(pair.client.sessions.len(), 2);
}

#[test]
fn every_suite_group_and_key_negotiates() {
    let groups = [
        NamedGroup::X25519MLKEM768,
        NamedGroup::X25519,
        NamedGroup::SECP256R1,
        NamedGroup::SECP384R1,
        NamedGroup::SECP521R1,
    ];
    let mut count = 0;
    let runs_on_a_group = |suite: &&Suite| {
        matches!(suite.key_exchange, KeyExchangeAlgorithm::Any | KeyExchangeAlgorithm::Ecdhe)
            && suite.authentication != Authentication::Null
    };
    for suite in SUITES.iter().filter(runs_on_a_group) {
        let version = if suite.is_tls13() { ProtocolVersion::TLS1_3 } else { ProtocolVersion::TLS1_2 };
        for group in groups {
            if version == ProtocolVersion::TLS1_2 && group == NamedGroup::X25519MLKEM768 {
                continue;
            }
            for (key_type, ..) in KEYS {
                let rsa = matches!(key_type, KeyType::Rsa | KeyType::RsaPss);
                if !suite.is_tls13() && rsa != (suite.authentication == Authentication::Rsa) {
                    continue;
                }
                let mut pair = Pair::new();
                for end in [&mut pair.client, &mut pair.server] {
                    end.only(version);
                    // A client lists the curves of ECDSA certificates too (RFC 8422 §5.1).
                    end.settings().groups = core::iter::once(group)
                        .chain([NamedGroup::SECP256R1, NamedGroup::SECP384R1, NamedGroup::SECP521R1])
                        .collect();
                    end.settings().security_level = 0;
                    end.settings().cipher_suites = Arc::new([suite]);
                    end.settings().tls13_cipher_suites = Arc::new([suite]);
                }
                pair.server.settings().groups = Arc::new([group]);
                pair.server.settings().certificates = certificates(key_type);
                if let Err(error) = pair.handshake() {
                    panic!("{} {group:?} {key_type:?}: {error:?}", suite.standard_name);
                }
                pair.check_data();
                assert_eq!(pair.client.connection.negotiated().group, Some(group));
                assert_eq!(pair.client.connection.negotiated().suite.unwrap().id, suite.id);
                count += 1;
            }
        }
    }
    assert_eq!(count, 5 * 5 * 6 + 16 * 4 * 4 + 12 * 4 * 2);
}

#[test]
fn client_share_for_other_group_leads_to_hello_retry() {
    let mut pair = Pair::new();
    pair.server.settings().groups = Arc::new([NamedGroup::SECP384R1]);
    pair.handshake().unwrap();
    pair.check_data();
    assert!(pair.client.connection.negotiated().hello_retry);
    assert_eq!(pair.client.connection.negotiated().group, Some(NamedGroup::SECP384R1));
}

#[test]
fn client_certificate_is_verified_in_both_versions() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        for (key_type, certificate, _) in KEYS {
            let mut pair = Pair::new();
            pair.client.only(version);
            pair.client.settings().certificates = certificates(key_type);
            pair.server.settings().verify_mode =
                VerifyMode(VerifyMode::PEER | VerifyMode::FAIL_IF_NO_PEER_CERT);
            if let Err(error) = pair.handshake() {
                panic!("{version:?} {key_type:?}: {error:?}");
            }
            pair.check_data();
            assert_eq!(pair.server.verified, 1);
            let chain = pair.server.connection.negotiated().peer_chain.clone().unwrap();
            assert_eq!(chain[0], certificate);
        }
    }
}

#[test]
fn missing_client_certificate_is_refused_where_it_is_required() {
    for (version, alert) in [
        (ProtocolVersion::TLS1_2, AlertDescription::HANDSHAKE_FAILURE),
        (ProtocolVersion::TLS1_3, AlertDescription::CERTIFICATE_REQUIRED),
    ] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER | VerifyMode::FAIL_IF_NO_PEER_CERT);
        let (side, error) = pair.handshake().unwrap_err();
        assert_eq!((side, error.alert()), (Side::Server, Some(alert)));
    }
}

#[test]
fn tickets_resume_in_both_versions() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.handshake().unwrap();
        pair.check_data();
        let mut resumed = pair.again();
        resumed.handshake().unwrap();
        resumed.check_data();
        assert!(resumed.client.connection.negotiated().resumed, "{version:?}");
        assert!(resumed.server.connection.negotiated().resumed, "{version:?}");
        assert_eq!(resumed.client.verified, 0);
        assert!(resumed.client.connection.negotiated().peer_chain.is_some());
    }
}

#[test]
fn session_ids_resume_without_tickets() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.server.settings().options |= option::NO_TICKET;
        pair.server.environment.hooks.find_session = true;
        pair.handshake().unwrap();
        pair.check_data();
        let mut resumed = pair.again();
        resumed.handshake().unwrap();
        resumed.check_data();
        assert!(resumed.client.connection.negotiated().resumed, "{version:?}");
    }
}

#[test]
fn resumption_survives_hello_retry() {
    let mut pair = Pair::new();
    pair.server.settings().groups = Arc::new([NamedGroup::SECP384R1]);
    pair.handshake().unwrap();
    pair.check_data();
    let mut resumed = pair.again();
    resumed.handshake().unwrap();
    resumed.check_data();
    assert!(resumed.client.connection.negotiated().resumed);
    assert!(resumed.client.connection.negotiated().hello_retry);
}

#[test]
fn foreign_ticket_leads_to_full_handshake() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.handshake().unwrap();
        pair.check_data();
        let mut next = pair.again();
        next.server.ticket_keys = TicketKeys::from_bytes(&[8; 80]).unwrap();
        next.handshake().unwrap();
        next.check_data();
        assert!(!next.client.connection.negotiated().resumed);
    }
}

#[test]
fn alpn_and_server_name_are_negotiated() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.client.settings().alpn_protocols = Arc::from(&b"\x08http/1.1\x02h2"[..]);
        pair.client.settings().server_name = Some(Arc::from(&b"localhost"[..]));
        pair.server.environment.hooks.alpn = true;
        pair.server.environment.hooks.server_name = true;
        pair.handshake().unwrap();
        for end in [&pair.client, &pair.server] {
            assert_eq!(end.connection.negotiated().alpn, b"h2");
        }
        assert_eq!(pair.server.connection.negotiated().server_name.as_deref(), Some(&b"localhost"[..]));
    }
}
