//! A server without a connection around it: hand-made messages in, questions and messages out.

use std::sync::Arc;

use super::super::{
    Environment, Event, Events, Handshake, Input, Negotiated, Progress, Records,
    context::Connected,
    position::Position,
    want::{AlpnOutcome, Answer, Ask, Hooks, ServerNameOutcome, TicketOutcome},
};
use crate::{
    crypto::{hash::HashAlgorithm, key_exchange::EphemeralKey, secret::Secret, signature::KeyType, suite},
    error::{Error, Reason, Result},
    key_schedule::tls13::EarlySecret,
    message::{
        Message, certificate,
        certificate::Certificate13,
        client_hello::{ClientHello, binders_length},
        extension::{
            Extensions, alpn, key_share, pre_shared_key::OfferedPsks, psk_key_exchange_modes,
            renegotiation_info, server_name, signature_algorithms, supported_groups, supported_versions,
        },
        finished,
        server_hello::ServerHello,
    },
    policy::{
        Settings, VerifyMode,
        certificate::{Certificates, CertifiedKey, SigningKey, Slot},
        options::option,
    },
    record::Side,
    session::{Id, Session},
    wire::{
        AlertDescription, CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion,
        PskKeyExchangeMode, SignatureScheme, Writer,
    },
};

mod host;
mod limits;
mod resumption;

const NOW: i64 = 1_800_000_000;
const TLS12_SUITE: CipherSuite = CipherSuite(0xc02f);

/// A server under test. Its driver accepts all, signs with three bytes, and remembers what it was asked.
struct Server {
    environment: Environment,
    records: Records,
    negotiated: Negotiated,
    events: Events,
    position: Position,
    handshake: Handshake,
    asked: Vec<&'static str>,
    /// What tickets and session ids lead to.
    session: Option<Session>,
    /// The session id context that the servername callback changes to.
    context_of_host: Option<&'static [u8]>,
}

impl Server {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(configure: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new((ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3));
        let mut certificates = Certificates::default();
        *certificates.get_mut(Slot::Rsa) = Some(CertifiedKey {
            is_raw: false,
            certificate: [0x30, 0].into(),
            key_type: KeyType::Rsa,
            key_bits: 2048,
            strength: u16::MAX,
            signature: (0, 0),
            key: Some(SigningKey::External),
            chain: None,
            compressed: Arc::default(),
            suite_b: Vec::new(),
        });
        settings.certificates = Arc::new(certificates);
        settings.session_id_context = (*b"context").into();
        configure(&mut settings);
        Self {
            environment: Environment {
                settings: Arc::new(settings),
                hooks: Hooks {
                    find_session: true,
                    caches_sessions: true,
                    gives_session_ids: true,
                    info: true,
                    message: true,
                    ..Hooks::default()
                },
                now: NOW,
                now_microseconds: 0,
                mtu: 1400,
                offered_session: None,
                for_data: false,
            },
            records: Records::new(),
            negotiated: Negotiated::default(),
            events: Events::new(),
            position: Position::Before,
            handshake: Handshake::new(Side::Server),
            asked: Vec::new(),
            session: None,
            context_of_host: None,
        }
    }

    fn step(&mut self, input: Input) -> Result<Progress> {
        let connected = Connected {
            side: Side::Server,
            environment: &self.environment,
            records: &mut self.records,
            negotiated: &mut self.negotiated,
            events: &mut self.events,
            position: &mut self.position,
        };
        self.handshake.advance(connected, input)
    }

    /// Feeds a message and answers all that is asked because of it.
    fn feed(&mut self, message: Message) -> Result<()> {
        if self.position == Position::Before && self.events.is_empty() {
            self.step(Input::Nothing)?;
        }
        let mut input = Input::Message(message);
        while let Progress::Ask(ask) = self.step(input)? {
            let (name, answer) = self.answer(&ask);
            if let (Ask::ServerName, Some(context)) = (&ask, self.context_of_host) {
                Arc::make_mut(&mut self.environment.settings).session_id_context = context.into();
            }
            self.asked.push(name);
            input = Input::Answer(answer);
        }
        Ok(())
    }

    fn answer(&self, ask: &Ask) -> (&'static str, Answer) {
        let session = self.session.clone().map(Arc::new);
        match ask {
            Ask::ClientHello => ("ClientHello", Answer::Proceed),
            Ask::OpenTicket(_) => (
                "OpenTicket",
                Answer::Ticket(session.map_or(TicketOutcome::Unusable, |session| TicketOutcome::Session {
                    renew: session.version == ProtocolVersion::TLS1_3,
                    session,
                })),
            ),
            Ask::FindSession(_) => ("FindSession", Answer::Session(session)),
            Ask::ServerName => ("ServerName", Answer::ServerName(ServerNameOutcome::Accept)),
            Ask::Certificate => ("Certificate", Answer::Proceed),
            Ask::SelectAlpn(_) => ("SelectAlpn", Answer::Alpn(AlpnOutcome::Selected(b"h2".to_vec()))),
            Ask::ProvideStatus => ("ProvideStatus", Answer::Status(Some(vec![1]))),
            Ask::Chain(_) => ("Chain", Answer::Chain(Vec::new().into())),
            Ask::Sign { .. } => ("Sign", Answer::Signature(vec![1, 2, 3])),
            Ask::VerifyChain => ("VerifyChain", Answer::Verified { outcome: Ok(()), result: 0 }),
            _ => panic!("unexpected question"),
        }
    }

    /// The messages that were sent, by type.
    fn sent(&self) -> Vec<HandshakeType> {
        self.sent_messages().iter().map(Message::handshake_type).collect()
    }

    fn sent_messages(&self) -> Vec<Message> {
        let sent = self.events.iter().filter_map(|event| match event {
            Event::Message { content_type: 22, bytes, .. } => Message::from_bytes(bytes.clone()),
            _ => None,
        });
        sent.collect()
    }

    fn server_hello(&self) -> ServerHello {
        let sent = self.sent_messages();
        let hello = sent.iter().rfind(|message| message.handshake_type() == HandshakeType::SERVER_HELLO);
        ServerHello::read(hello.unwrap().body()).unwrap()
    }

    fn left(&self) -> Vec<Position> {
        let positions = self.events.iter().filter_map(|event| match event {
            Event::Position(position) => Some(*position),
            _ => None,
        });
        positions.collect()
    }
}

fn base() -> ClientHello {
    let mut extensions = Extensions::new();
    extensions.add(ExtensionType::SUPPORTED_GROUPS, |writer| {
        supported_groups::write(writer, &[NamedGroup::X25519, NamedGroup::SECP256R1]);
    });
    extensions.add(ExtensionType::SIGNATURE_ALGORITHMS, |writer| {
        signature_algorithms::write(writer, &[SignatureScheme::RSA_PSS_RSAE_SHA256]);
    });
    ClientHello {
        cookie: None,
        legacy_version: ProtocolVersion::TLS1_2,
        random: [7; 32],
        session_id: vec![3; 32],
        cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256, TLS12_SUITE],
        compression_methods: vec![0],
        extensions,
    }
}

fn tls12() -> ClientHello {
    let mut hello = base();
    hello.session_id.clear();
    hello
}

/// Without a share.
fn shareless() -> ClientHello {
    let mut hello = base();
    hello.extensions.add(ExtensionType::SUPPORTED_VERSIONS, |writer| {
        supported_versions::write_client(writer, &[ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2]);
    });
    hello
}

fn tls13() -> ClientHello {
    let mut hello = shareless();
    add_shares(&mut hello, &[NamedGroup::X25519]);
    hello
}

fn add_shares(hello: &mut ClientHello, groups: &[NamedGroup]) {
    let keys: Vec<EphemeralKey> = groups
        .iter()
        .map(|group| EphemeralKey::generate(*group, &crate::libcrypto::library::Library::default()).unwrap())
        .collect();
    let shares: Vec<(NamedGroup, &[u8])> = keys.iter().map(|key| (key.group(), key.share())).collect();
    hello.extensions.add(ExtensionType::KEY_SHARE, |writer| key_share::write_client(writer, &shares));
}

fn without(mut hello: ClientHello, removed: ExtensionType) -> ClientHello {
    let mut extensions = Extensions::new();
    for (extension_type, data) in hello.extensions.iter() {
        if extension_type != removed {
            extensions.add(extension_type, |writer| writer.bytes(data));
        }
    }
    hello.extensions = extensions;
    hello
}

fn with(
    mut hello: ClientHello,
    extension_type: ExtensionType,
    write: impl FnOnce(&mut Writer),
) -> ClientHello {
    hello.extensions.add(extension_type, write);
    hello
}

fn failure(hello: &ClientHello) -> Error {
    Server::new().feed(hello.write()).unwrap_err()
}

const fn fatal(alert: AlertDescription, reason: Reason) -> Error {
    Error::fatal(alert, reason)
}

fn session(version: ProtocolVersion, cipher_suite: CipherSuite) -> Session {
    Session {
        id_context: Id::of(b"context"),
        extended_master_secret: false,
        ..Session::new(version, cipher_suite, Secret::new(&[5; 48]).unwrap(), NOW - 10, 7200)
    }
}

/// A hello that offers a PSK of 48 bytes 5; `binder` changes its binder.
fn with_psk(hello: ClientHello, binder: impl FnOnce(&mut [u8])) -> Message {
    let hello = with(hello, ExtensionType::PSK_KEY_EXCHANGE_MODES, |writer| {
        psk_key_exchange_modes::write(writer, &[PskKeyExchangeMode::PSK_DHE_KE]);
    });
    let offer = |binder: Vec<u8>| {
        let psks = OfferedPsks { identities: vec![(b"ticket".to_vec(), 0)], binders: vec![binder] };
        with(hello.clone(), ExtensionType::PRE_SHARED_KEY, |writer| psks.write(writer)).write()
    };
    let draft = offer(vec![0; 32]);
    let partial = &draft.as_bytes()[..draft.as_bytes().len() - binders_length(&draft).unwrap()];
    let hash = HashAlgorithm::Sha256;
    let expected = EarlySecret::new(hash, Some(&[5; 48])).binder(false, hash.digest(partial).as_ref());
    let mut bytes = expected.as_ref().to_vec();
    binder(&mut bytes);
    offer(bytes)
}

#[test]
fn versions_that_are_not_ours_are_refused() {
    let unsupported = fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL);
    let old = ClientHello { legacy_version: ProtocolVersion::TLS1_1, ..base() };
    assert_eq!(failure(&old), unsupported);
    let listed = with(base(), ExtensionType::SUPPORTED_VERSIONS, |writer| {
        supported_versions::write_client(writer, &[ProtocolVersion::TLS1_1]);
    });
    assert_eq!(failure(&listed), unsupported);
    let ssl3 = ClientHello { legacy_version: ProtocolVersion::SSL3, ..tls13() };
    assert_eq!(failure(&ssl3), fatal(AlertDescription::PROTOCOL_VERSION, Reason::BAD_LEGACY_VERSION));
}

#[test]
fn fallback_from_a_version_that_we_have_is_refused() {
    let mut hello = tls12();
    hello.cipher_suites.push(CipherSuite::TLS_FALLBACK_SCSV);
    assert_eq!(
        failure(&hello),
        fatal(AlertDescription::INAPPROPRIATE_FALLBACK, Reason::INAPPROPRIATE_FALLBACK)
    );
    let mut highest = Server::with(|settings| settings.max_version = Some(ProtocolVersion::TLS1_2));
    highest.feed(hello.write()).unwrap();
}

#[test]
fn server_without_a_certificate_has_no_tls13_unless_a_callback_may_bring_one() {
    let without = |settings: &mut Settings| settings.certificates = Arc::default();
    let mut server = Server::with(without);
    assert_eq!(
        server.feed(tls13().write()).unwrap_err(),
        fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SHARED_CIPHER)
    );
    assert_eq!(server.negotiated.version, Some(ProtocolVersion::TLS1_2));

    let mut server = Server::with(without);
    server.environment.hooks.certificate = true;
    assert_eq!(
        server.feed(tls13().write()).unwrap_err(),
        fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM)
    );
}

#[test]
fn compression_other_than_null_is_refused() {
    let tls13 = ClientHello { compression_methods: vec![0, 1], ..tls13() };
    assert_eq!(
        failure(&tls13),
        fatal(AlertDescription::ILLEGAL_PARAMETER, Reason::INVALID_COMPRESSION_ALGORITHM)
    );
    let tls12 = ClientHello { compression_methods: vec![1], ..tls12() };
    assert_eq!(failure(&tls12), fatal(AlertDescription::DECODE_ERROR, Reason::NO_COMPRESSION_SPECIFIED));
}

#[test]
fn tls13_extensions_that_are_missing_are_missed() {
    let missing = |hello: ClientHello| match failure(&hello) {
        Error::Fatal { alert: AlertDescription::MISSING_EXTENSION, reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        missing(without(tls13(), ExtensionType::SIGNATURE_ALGORITHMS)),
        Reason::MISSING_SIGALGS_EXTENSION
    );
    assert_eq!(
        missing(without(tls13(), ExtensionType::SUPPORTED_GROUPS)),
        Reason::MISSING_SUPPORTED_GROUPS_EXTENSION
    );
    assert_eq!(missing(shareless()), Reason::NO_SUITABLE_KEY_SHARE);
    let psks = OfferedPsks { identities: vec![(vec![1], 0)], binders: vec![vec![0; 32]] };
    let psk_without_modes = with(tls13(), ExtensionType::PRE_SHARED_KEY, |writer| psks.write(writer));
    assert_eq!(missing(psk_without_modes), Reason::MISSING_PSK_KEX_MODES_EXTENSION);
}

#[test]
fn share_for_a_group_that_is_not_offered_is_illegal() {
    let mut hello = shareless();
    add_shares(&mut hello, &[NamedGroup::SECP384R1]);
    assert_eq!(failure(&hello), fatal(AlertDescription::ILLEGAL_PARAMETER, Reason::BAD_KEY_SHARE));
}

#[test]
fn renegotiation_info_of_a_first_handshake_must_be_empty() {
    let hello = with(tls12(), ExtensionType::RENEGOTIATION_INFO, |writer| {
        renegotiation_info::write(writer, b"verify data.");
    });
    assert_eq!(failure(&hello), fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::RENEGOTIATION_MISMATCH));
}

#[test]
fn tls13_questions_and_messages_come_in_openssls_order() {
    let mut server = Server::new();
    server.environment.hooks = Hooks {
        client_hello: true,
        server_name: true,
        certificate: true,
        alpn: true,
        ..server.environment.hooks
    };
    let hello = with(tls13(), ExtensionType::SERVER_NAME, |writer| server_name::write(writer, b"host"));
    let hello = with(hello, ExtensionType::ALPN, |writer| alpn::write_list(writer, b"\x02h2"));
    server.feed(hello.write()).unwrap();

    assert_eq!(server.asked, ["ClientHello", "ServerName", "SelectAlpn", "Certificate", "Chain", "Sign"]);
    assert_eq!(
        server.sent(),
        [
            HandshakeType::SERVER_HELLO,
            HandshakeType::ENCRYPTED_EXTENSIONS,
            HandshakeType::CERTIFICATE,
            HandshakeType::CERTIFICATE_VERIFY,
            HandshakeType::FINISHED,
        ]
    );
    assert_eq!(
        server.left(),
        [
            Position::Before,
            Position::Before,
            Position::SrClntHello,
            Position::SwSrvrHello,
            Position::SwChange,
            Position::SwEncryptedExtensions,
            Position::SwCert,
            Position::SwCertVrfy,
            Position::SwFinished,
            Position::EarlyData,
        ]
    );
    assert_eq!(server.server_hello().session_id, [3; 32]);
    assert!(server.negotiated.server_name_acknowledged);
    assert_eq!(server.negotiated.alpn, b"h2");
}

#[test]
fn tls13_finished_that_does_not_verify_is_a_decrypt_error() {
    let mut server = Server::new();
    server.feed(tls13().write()).unwrap();
    assert_eq!(
        server.feed(finished::write(&[0; 32])).unwrap_err(),
        fatal(AlertDescription::DECRYPT_ERROR, Reason::DIGEST_CHECK_FAILED)
    );
    assert!(server.step(Input::Nothing).is_err());
}

#[test]
fn empty_client_certificate_fails_if_one_is_demanded() {
    let demand = |settings: &mut Settings| {
        settings.verify_mode = VerifyMode(VerifyMode::PEER | VerifyMode::FAIL_IF_NO_PEER_CERT);
    };
    let mut server = Server::with(demand);
    server.feed(tls13().write()).unwrap();
    assert!(server.sent().contains(&HandshakeType::CERTIFICATE_REQUEST));
    let none = Certificate13 { request_context: Vec::new(), entries: Vec::new() };
    assert_eq!(
        server.feed(none.write()).unwrap_err(),
        fatal(AlertDescription::CERTIFICATE_REQUIRED, Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE)
    );

    let mut server = Server::with(demand);
    server.feed(tls12().write()).unwrap();
    assert_eq!(
        server.feed(certificate::write_tls12([])).unwrap_err(),
        fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE)
    );
}

/// A server that sent a HelloRetryRequest, and the hello that led to it.
fn retrying() -> (Server, ClientHello) {
    let mut server = Server::with(|settings| settings.groups = [NamedGroup::SECP256R1].into());
    let first = tls13();
    server.feed(first.write()).unwrap();
    assert!(server.server_hello().is_hello_retry_request());
    (server, without(first, ExtensionType::KEY_SHARE))
}

#[test]
fn second_hello_with_the_share_goes_on() {
    let (mut server, mut second) = retrying();
    add_shares(&mut second, &[NamedGroup::SECP256R1]);
    server.feed(second.write()).unwrap();
    assert!(!server.server_hello().is_hello_retry_request());
    assert!(server.negotiated.hello_retry);
    assert_eq!(server.negotiated.group, Some(NamedGroup::SECP256R1));
}

#[test]
fn second_hello_may_change_what_we_do_not_know() {
    let (mut server, mut second) = retrying();
    add_shares(&mut second, &[NamedGroup::SECP256R1]);
    second.extensions.add(ExtensionType(0xfe0d), |writer| writer.bytes(b"encrypted anew"));
    server.feed(second.write()).unwrap();
    assert!(server.negotiated.hello_retry);
}

#[test]
fn second_hello_that_differs_is_illegal() {
    type Change = fn(&mut ClientHello);
    let changes: [(Change, Reason); 6] = [
        (|second| add_shares(second, &[NamedGroup::X25519]), Reason::BAD_KEY_SHARE),
        (|second| add_shares(second, &[NamedGroup::SECP256R1, NamedGroup::X25519]), Reason::BAD_KEY_SHARE),
        (|second| second.cipher_suites.reverse(), Reason::BAD_CIPHER),
        (|second| second.session_id.clear(), Reason::BAD_HELLO_REQUEST),
        (|second| second.extensions.add(ExtensionType::EARLY_DATA, |_| {}), Reason::BAD_EXTENSION),
        (
            |second| {
                second
                    .extensions
                    .add(ExtensionType::SERVER_NAME, |writer| server_name::write(writer, b"other"));
            },
            Reason::BAD_EXTENSION,
        ),
    ];
    for (change, reason) in changes {
        let (mut server, mut second) = retrying();
        change(&mut second);
        if !second.extensions.contains(ExtensionType::KEY_SHARE) {
            add_shares(&mut second, &[NamedGroup::SECP256R1]);
        }
        assert_eq!(
            server.feed(second.write()).unwrap_err(),
            fatal(AlertDescription::ILLEGAL_PARAMETER, reason)
        );
    }
}

#[test]
fn tls12_questions_and_messages_come_in_openssls_order() {
    let mut server = Server::new();
    server.environment.hooks = Hooks {
        client_hello: true,
        server_name: true,
        certificate: true,
        alpn: true,
        ..server.environment.hooks
    };
    let hello = with(tls12(), ExtensionType::ALPN, |writer| alpn::write_list(writer, b"\x02h2"));
    let hello = with(hello, ExtensionType::SESSION_TICKET, |_| {});
    server.feed(hello.write()).unwrap();

    assert_eq!(
        server.asked,
        ["ClientHello", "OpenTicket", "ServerName", "Certificate", "SelectAlpn", "Chain", "Sign"]
    );
    assert_eq!(
        server.sent(),
        [
            HandshakeType::SERVER_HELLO,
            HandshakeType::CERTIFICATE,
            HandshakeType::SERVER_KEY_EXCHANGE,
            HandshakeType::SERVER_HELLO_DONE,
        ]
    );
    let server_hello = server.server_hello();
    assert_eq!(server_hello.random[24..], *b"DOWNGRD\x01");
    assert!(server_hello.session_id.is_empty());
    assert!(server_hello.extensions.contains(ExtensionType::SESSION_TICKET));
}

#[test]
fn tls12_without_tickets_gives_a_session_id() {
    let mut server = Server::with(|settings| settings.max_version = Some(ProtocolVersion::TLS1_2));
    server.feed(tls12().write()).unwrap();
    assert_eq!(server.server_hello().session_id.len(), 32);
    assert_ne!(server.server_hello().random[24..], *b"DOWNGRD\x01");
}
