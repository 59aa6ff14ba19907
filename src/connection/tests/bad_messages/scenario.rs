//! The handshakes whose messages are changed.

use core::ffi::{CStr, c_int};
use std::ffi::CString;

use super::*;
use crate::{crypto::suite, wire::CipherSuite};

/// How the handshake begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// In full.
    Full,
    /// With the session of a connection before.
    Resumed,
    /// With a HelloRetryRequest.
    Retry,
    /// With a PSK of the programs.
    Psk,
    /// With the session of a connection before, and early data.
    EarlyData,
}

/// What comes after the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing but the tickets of TLS 1.3.
    Nothing,
    /// The attacker updates its key and asks the target to do so.
    KeyUpdate,
    /// The server asks for the client's certificate.
    Authentication,
    /// The attacker renegotiates.
    Renegotiation,
}

/// A handshake.
pub struct Scenario {
    pub name: &'static str,
    pub version: ProtocolVersion,
    /// The only suite.
    pub suite: &'static str,
    /// The server's key.
    pub key: Option<KeyType>,
    pub start: Start,
    pub after: After,
    /// Whether the client has a certificate, and the server asks for it.
    pub client_certificate: bool,
    /// Whether TLS 1.2 has tickets.
    pub tickets: bool,
    /// Whether every change is tried.
    pub is_thorough: bool,
}

const PLAIN: Scenario = Scenario {
    name: "",
    version: ProtocolVersion::TLS1_2,
    suite: "ECDHE-RSA-AES128-GCM-SHA256",
    key: Some(KeyType::Rsa),
    start: Start::Full,
    after: After::Nothing,
    client_certificate: false,
    tickets: false,
    is_thorough: false,
};
const TLS13: Scenario = Scenario {
    version: ProtocolVersion::TLS1_3,
    suite: "TLS_AES_128_GCM_SHA256",
    key: Some(KeyType::EcdsaP256),
    ..PLAIN
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "TLS 1.0 ECDHE",
        version: ProtocolVersion::TLS1_0,
        suite: "ECDHE-RSA-AES128-SHA",
        client_certificate: true,
        is_thorough: true,
        ..PLAIN
    },
    Scenario { name: "TLS 1.0 RSA", version: ProtocolVersion::TLS1_0, suite: "AES128-SHA", ..PLAIN },
    Scenario { name: "TLS 1.0 DHE", version: ProtocolVersion::TLS1_0, suite: "DHE-RSA-AES128-SHA", ..PLAIN },
    Scenario {
        name: "TLS 1.0 anonymous",
        version: ProtocolVersion::TLS1_0,
        suite: "ADH-AES128-SHA",
        key: None,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.1 ECDHE",
        version: ProtocolVersion::TLS1_1,
        suite: "ECDHE-RSA-AES128-SHA",
        client_certificate: true,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.1 PSK",
        version: ProtocolVersion::TLS1_1,
        suite: "PSK-AES128-CBC-SHA",
        key: None,
        start: Start::Psk,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.1 resumed",
        version: ProtocolVersion::TLS1_1,
        suite: "ECDHE-RSA-AES128-SHA",
        start: Start::Resumed,
        tickets: true,
        ..PLAIN
    },
    Scenario { name: "TLS 1.2 ECDHE", client_certificate: true, tickets: true, is_thorough: true, ..PLAIN },
    Scenario {
        name: "TLS 1.2 ECDSA",
        suite: "ECDHE-ECDSA-AES128-GCM-SHA256",
        key: Some(KeyType::EcdsaP256),
        ..PLAIN
    },
    Scenario { name: "TLS 1.2 DHE", suite: "DHE-RSA-AES128-GCM-SHA256", is_thorough: true, ..PLAIN },
    Scenario { name: "TLS 1.2 RSA", suite: "AES128-GCM-SHA256", is_thorough: true, ..PLAIN },
    Scenario { name: "TLS 1.2 anonymous", suite: "ADH-AES128-GCM-SHA256", key: None, ..PLAIN },
    Scenario { name: "TLS 1.2 PSK", suite: "PSK-AES128-GCM-SHA256", key: None, start: Start::Psk, ..PLAIN },
    Scenario {
        name: "TLS 1.2 DHE-PSK",
        suite: "DHE-PSK-AES128-GCM-SHA256",
        key: None,
        start: Start::Psk,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.2 ECDHE-PSK",
        suite: "ECDHE-PSK-AES128-CBC-SHA256",
        key: None,
        start: Start::Psk,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.2 RSA-PSK",
        suite: "RSA-PSK-AES128-GCM-SHA256",
        start: Start::Psk,
        is_thorough: true,
        ..PLAIN
    },
    Scenario {
        name: "TLS 1.2 resumed by ticket",
        start: Start::Resumed,
        tickets: true,
        is_thorough: true,
        ..PLAIN
    },
    Scenario { name: "TLS 1.2 resumed by id", start: Start::Resumed, ..PLAIN },
    Scenario {
        name: "TLS 1.2 renegotiation",
        after: After::Renegotiation,
        client_certificate: true,
        ..PLAIN
    },
    Scenario { name: "TLS 1.3", client_certificate: true, is_thorough: true, ..TLS13 },
    Scenario { name: "TLS 1.3 retry", start: Start::Retry, is_thorough: true, ..TLS13 },
    Scenario { name: "TLS 1.3 resumed", start: Start::Resumed, is_thorough: true, ..TLS13 },
    Scenario { name: "TLS 1.3 external PSK", key: None, start: Start::Psk, ..TLS13 },
    Scenario { name: "TLS 1.3 key update", after: After::KeyUpdate, is_thorough: true, ..TLS13 },
    Scenario {
        name: "TLS 1.3 post-handshake authentication",
        after: After::Authentication,
        is_thorough: true,
        ..TLS13
    },
    Scenario { name: "TLS 1.3 early data", start: Start::EarlyData, is_thorough: true, ..TLS13 },
];

/// Both sides' configuration: the attacker is ours, the target ours or the system's.
pub struct Set {
    attacker: Side,
    /// What the attacker remembers of a connection before.
    sessions: Vec<Arc<Session>>,
    /// What our target remembers.
    target_sessions: Vec<Arc<Session>>,
    system: Option<system_libssl::Context>,
}

fn other(side: Side) -> Side {
    if side == Side::Client { Side::Server } else { Side::Client }
}

impl Scenario {
    /// Whether a failure makes the system's library forget what it resumes.
    pub fn is_consumed(&self) -> bool {
        self.start == Start::Resumed && !self.tickets && self.version < ProtocolVersion::TLS1_3
    }

    /// One of our ends.
    fn end(&self, side: Side) -> End {
        let mut end = End::new(side);
        end.only(self.version);
        end.environment.hooks.find_session = true;
        let settings = end.settings();
        settings.security_level = 0;
        let suites: Arc<[&'static Suite]> = Arc::new([suite::find_by_name(self.suite).unwrap()]);
        if self.version == ProtocolVersion::TLS1_3 {
            settings.tls13_cipher_suites = suites;
        } else {
            settings.cipher_suites = suites;
        }
        settings.groups = match (self.start, side) {
            (Start::Retry, Side::Client) => Arc::new([NamedGroup::X25519, NamedGroup::SECP256R1]),
            _ => Arc::new([NamedGroup::SECP256R1]),
        };
        if !self.tickets && self.version < ProtocolVersion::TLS1_3 {
            settings.options |= option::NO_TICKET;
        }
        settings.options |= option::ALLOW_CLIENT_RENEGOTIATION;
        settings.verify_mode = VerifyMode(match side {
            Side::Client => VerifyMode::PEER,
            Side::Server if self.client_certificate => VerifyMode::PEER,
            Side::Server => 0,
        });
        settings.certificates = match (side, self.key) {
            (Side::Server, Some(key)) => certificates(key),
            (Side::Client, _) if self.client_certificate || self.after == After::Authentication => {
                certificates(KeyType::Rsa)
            }
            _ => Arc::default(),
        };
        settings.diffie_hellman.automatic = 1;
        settings.post_handshake_auth = self.after == After::Authentication;
        if self.start == Start::EarlyData {
            settings.max_early_data = 1000;
            // The same session serves every run.
            settings.options |= option::NO_ANTI_REPLAY;
        }
        if self.start == Start::Psk {
            let session = Session::new(
                ProtocolVersion::TLS1_3,
                CipherSuite::TLS_AES_128_GCM_SHA256,
                crate::crypto::secret::Secret::new(system_libssl::PSK).unwrap(),
                1_700_000_000,
                300,
            );
            end.psks.push((system_libssl::PSK_IDENTITY.to_vec(), Arc::new(session)));
            let (hooks, tls13) = (&mut end.environment.hooks, self.version == ProtocolVersion::TLS1_3);
            hooks.psk_client = side == Side::Client;
            hooks.psk_server = side == Side::Server;
            hooks.offer_psk = tls13 && side == Side::Client;
            hooks.find_psk = tls13 && side == Side::Server;
        }
        end
    }

    /// The same for the system's library.
    fn setup(&self, side: Side) -> system_libssl::Setup {
        let end = self.end(side);
        let settings = &end.environment.settings;
        let key = match side {
            Side::Server => self.key,
            Side::Client => settings.certificates.current.is_some().then_some(KeyType::Rsa),
        };
        let identity = key.map(|key| {
            let (_, certificate, der) = KEYS.into_iter().find(|(known, ..)| *known == key).unwrap();
            let number: c_int = if key == KeyType::Rsa { 6 } else { 408 };
            (number, certificate, der)
        });
        let suites: &'static CStr = Box::leak(CString::new(self.suite).unwrap().into_boxed_c_str());
        system_libssl::Setup {
            server: side == Side::Server,
            version: self.version.0,
            suites: Some(suites),
            groups: Some(match (self.start, side) {
                (Start::Retry, Side::Client) => c"X25519:P-256",
                _ => c"P-256",
            }),
            identity,
            verify: settings.verify_mode.0,
            options: settings.options,
            psk: self.start == Start::Psk,
            early_data: if side == Side::Server { settings.max_early_data } else { 0 },
            post_handshake_auth: settings.post_handshake_auth,
            ..system_libssl::Setup::default()
        }
    }

    /// Both sides; for a resumption a connection is made first.
    pub fn set(&self, attacker: Side, ours: bool) -> Set {
        let mut set = Set {
            attacker,
            sessions: Vec::new(),
            target_sessions: Vec::new(),
            system: (!ours).then(|| system_libssl::Context::new(&self.setup(other(attacker)))),
        };
        if matches!(self.start, Start::Resumed | Start::EarlyData) {
            let Ends { attacker: mut end, mut target } = set.connect(self);
            let (mut to_target, mut to_attacker) = (Vec::new(), Vec::new());
            for _ in 0..10 {
                end.turn(&mut to_attacker, &mut to_target).unwrap();
                let outcome = target.turn(&mut to_target, &mut to_attacker);
                assert!(!matches!(outcome, Outcome::Failed(..)), "{}: {outcome:?}", self.name);
            }
            set.sessions.clone_from(&end.sessions);
            match target {
                Target::Ours(end) => set.target_sessions.clone_from(&end.sessions),
                Target::System(connection) => set.system.as_mut().unwrap().keep_session(&connection),
            }
        }
        set
    }
}

impl Set {
    /// Two ends of a connection.
    pub fn connect(&self, scenario: &Scenario) -> Ends {
        let prepared = |side, sessions: &Vec<Arc<Session>>| {
            let mut end = scenario.end(side);
            if side == Side::Client {
                end.environment.offered_session = sessions.last().cloned();
            } else {
                end.sessions.clone_from(sessions);
            }
            end
        };
        let attacker = prepared(self.attacker, &self.sessions);
        let target = match &self.system {
            Some(context) => Target::System(context.connect()),
            None => Target::Ours(Box::new(prepared(other(self.attacker), &self.target_sessions))),
        };
        Ends { attacker, target }
    }
}
