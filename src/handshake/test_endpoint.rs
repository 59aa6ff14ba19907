//! One end of a connection for the unit tests of handshake steps: the parts that a step works on, fed with messages by
//! hand.

use std::sync::Arc;

use super::{
    Environment, Event, Events, Handshake, Input, Negotiated, Progress, Records, Traffic, context::Connected,
    position::Position, want::Hooks,
};
use crate::{
    crypto::{secret::Secret, suite},
    error::Result,
    key_schedule::tls13::EarlySecret,
    message::Message,
    policy::Settings,
    record::{HEADER_LENGTH, Side},
    session::{Chain, Session},
    wire::{CipherSuite, ContentType, ProtocolVersion},
};

/// The time at this end, seconds since 1970.
pub const NOW: i64 = 1_700_000_000;

/// One end.
pub struct Endpoint {
    pub side: Side,
    pub environment: Environment,
    pub records: Records,
    pub negotiated: Negotiated,
    pub events: Events,
    pub position: Position,
    pub handshake: Handshake,
}

impl Endpoint {
    /// For these versions, the lowest first, with the default settings changed by `change`.
    pub fn new(
        side: Side,
        versions: (ProtocolVersion, ProtocolVersion),
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings::new((ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3));
        settings.min_version = Some(versions.0);
        settings.max_version = Some(versions.1);
        change(&mut settings);
        let environment = Environment {
            settings: Arc::new(settings),
            hooks: Hooks { info: true, ..Hooks::default() },
            now: NOW,
            now_microseconds: 0,
            mtu: 1400,
            offered_session: None,
            for_data: false,
        };
        Self {
            side,
            environment,
            records: Records::new(),
            negotiated: Negotiated::default(),
            events: Events::new(),
            position: Position::Before,
            handshake: Handshake::new(side),
        }
    }

    /// Offers to resume this session.
    pub fn offering(mut self, session: Session) -> Self {
        self.environment.offered_session = Some(Arc::new(session));
        self
    }

    /// The parts that a step works on.
    pub fn connected(&mut self) -> Connected<'_> {
        Connected {
            side: self.side,
            environment: &self.environment,
            records: &mut self.records,
            negotiated: &mut self.negotiated,
            events: &mut self.events,
            position: &mut self.position,
        }
    }

    /// One step of the handshake.
    pub fn advance(&mut self, input: Input) -> Result<Progress> {
        let connected = Connected {
            side: self.side,
            environment: &self.environment,
            records: &mut self.records,
            negotiated: &mut self.negotiated,
            events: &mut self.events,
            position: &mut self.position,
        };
        self.handshake.advance(connected, input)
    }

    /// One step with a received message.
    pub fn receive(&mut self, message: Message) -> Result<Progress> {
        self.advance(Input::Message(message))
    }

    /// The handshake messages that wait to be sent, if they go out unencrypted.
    pub fn sent(&mut self) -> Vec<Message> {
        let (bytes, _) = self.records.outbound.take();
        self.records.outbound.put_back(bytes.clone(), bytes.len());
        let mut rest = bytes.as_slice();
        let mut messages = Vec::new();
        while let Some((header, after)) = rest.split_at_checked(HEADER_LENGTH) {
            let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
            if header[0] == ContentType::HANDSHAKE.0 {
                messages.extend(Message::from_bytes(after[..length].to_vec()));
            }
            rest = &after[length..];
        }
        messages
    }

    /// The positions that the info callback is told since the last call.
    pub fn positions(&mut self) -> Vec<Position> {
        self.events
            .drain(..)
            .filter_map(|event| match event {
                Event::Position(position) => Some(position),
                _ => None,
            })
            .collect()
    }
}

/// One end after a handshake of TLS 1.3 with made-up secrets; `traffic.read` of a client is what a server writes with.
pub fn established(side: Side) -> Endpoint {
    let versions = (ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3);
    let mut endpoint = Endpoint::new(side, versions, |_| {});
    let suite = suite::find(CipherSuite::TLS_AES_128_GCM_SHA256).unwrap();
    let master = EarlySecret::new(suite.hash, None).into_handshake(None).into_master();
    let (client, server) = (master.client_traffic(&[1; 32]), master.server_traffic(&[1; 32]));
    let (read, write) = match side {
        Side::Client => (server, client),
        Side::Server => (client, server),
    };
    endpoint.negotiated.version = Some(ProtocolVersion::TLS1_3);
    endpoint.negotiated.suite = Some(suite);
    endpoint.negotiated.session_lifetime = endpoint.environment.settings.session_lifetime();
    endpoint.negotiated.traffic = Some(Traffic::new(read, write, master.resumption(&[2; 32])));
    endpoint.negotiated.session = Some(Arc::new(Session {
        peer_chain: Some(Chain::sent(vec![vec![0x30, 0]])),
        resumable: false,
        ..Session::new(
            ProtocolVersion::TLS1_3,
            suite.id,
            Secret::new(&[]).unwrap(),
            NOW - 100,
            endpoint.environment.settings.session_timeout,
        )
    }));
    endpoint.position = Position::Ok;
    endpoint
}
