//! Renegotiation of TLS 1.2 (RFC 5246 §7.4.1.1, §7.4.1.2; RFC 5746): another handshake under the keys of the last one,
//! which the program asks for, or the peer. Who may, and what the program is told of it, is as OpenSSL does it.

use super::{Connection, Phase};
use crate::{
    error::{Error, Reason, Result},
    handshake::{Environment, Event, Handshake, Input, Renegotiation, position::Position, want::Ask},
    message::Message,
    policy::options::option,
    record::Side,
    session::Id,
    wire::{AlertDescription, HandshakeType, ProtocolVersion},
};

/// How many HelloRequests, or ClientHellos that nobody asked for, may come with no application data between them: each
/// costs the peer less than us.
const MAX_UNASKED: u8 = 32;

/// How many renegotiations there were, and the one that is to come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Renegotiations {
    /// The program asked for one that has not begun.
    requested: Option<Renegotiation>,
    /// Since the program last cleared it.
    count: u64,
    /// In all.
    total: u64,
    /// What the peer began by itself since the last application data.
    unasked: u8,
}

impl Renegotiations {
    /// Application data came: what the peer begins after it is none in a row.
    pub(super) const fn application_data_came(&mut self) {
        self.unasked = 0;
    }

    /// Whether the program asked for none.
    pub(super) const fn is_idle(&self) -> bool {
        self.requested.is_none()
    }

    /// What is left of it in a connection that is started over while one is under way, or none is.
    pub(super) fn left_over(self, under_way: Option<Renegotiation>) -> Self {
        Self { requested: self.requested.or(under_way), unasked: 0, ..self }
    }

    fn count(&mut self) {
        self.count = self.count.saturating_add(1);
        self.total = self.total.saturating_add(1);
    }
}

impl Connection {
    /// Asks for a renegotiation; it begins when the program reads, writes or does a handshake next (`SSL_renegotiate(3)`).
    /// Errors: `SSL_R_WRONG_SSL_VERSION` in TLS 1.3, which has none, and `SSL_R_NO_RENEGOTIATION` with
    /// `SSL_OP_NO_RENEGOTIATION`.
    pub fn renegotiate(&mut self, environment: &Environment, kind: Renegotiation) -> Result<()> {
        if self.version_until_now() == Some(ProtocolVersion::TLS1_3) {
            return Err(Error::Usage(Reason::WRONG_SSL_VERSION));
        }
        if environment.settings.has_option(option::NO_RENEGOTIATION) {
            return Err(Error::Usage(Reason::NO_RENEGOTIATION));
        }
        self.renegotiations.requested = Some(kind);
        Ok(())
    }

    /// Whether a renegotiation was asked for, by us or the peer, and is not complete.
    #[must_use]
    pub const fn renegotiation_pending(&self) -> bool {
        self.renegotiations.requested.is_some() || self.negotiated.renegotiation.is_some()
    }

    /// Whether the next call of [`Self::handshake`] begins the renegotiation that the program asked for: not before all
    /// that was received or written under the old keys is dealt with. Data may wait to be read: it can be read in the handshake.
    #[must_use]
    pub fn renegotiation_is_due(&self) -> bool {
        self.renegotiations.requested.is_some()
            && self.is_established()
            && self.negotiated.version.is_some_and(|version| version < ProtocolVersion::TLS1_3)
            && self.records.unprocessed() == 0
            && !self.is_writing()
            && !self.has_outgoing()
    }

    /// How many renegotiations we asked for or took part in as a client, since they were last cleared.
    #[must_use]
    pub const fn renegotiations(&self) -> u64 {
        self.renegotiations.count
    }

    /// As [`Self::renegotiations`], never cleared.
    #[must_use]
    pub const fn total_renegotiations(&self) -> u64 {
        self.renegotiations.total
    }

    /// [`Self::renegotiations`], which is 0 afterwards.
    pub const fn clear_renegotiations(&mut self) -> u64 {
        core::mem::replace(&mut self.renegotiations.count, 0)
    }

    /// Begins what the program asked for, if it is due.
    pub(super) fn begin_requested(&mut self, environment: &Environment) -> Result<Option<Ask>> {
        if !self.renegotiation_is_due() {
            return Ok(None);
        }
        // RFC 5746 §4.2, §4.4: what the peer would take for a first handshake could be an attacker's.
        if !self.is_secure(environment) {
            self.renegotiations.requested = None;
            return Err(Error::handshake_failure(Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED));
        }
        if !self.is_judged() {
            self.tell_start(environment);
        }
        if let Some(ask) = self.judge(environment) {
            return Ok(Some(ask));
        }
        let Some(kind) = self.renegotiations.requested.take() else { return Ok(None) };
        self.renegotiations.count();
        match self.side {
            Side::Client => self.start(kind),
            Side::Server => self.send_hello_request(environment, kind)?,
        }
        Ok(None)
    }

    /// A HelloRequest is no part of a handshake (RFC 5246 §7.4.1.1): the connection is established again when it is written.
    fn send_hello_request(&mut self, environment: &Environment, kind: Renegotiation) -> Result<()> {
        // OpenSSL counts the request twice, and the handshake to which it leads.
        self.events.push_back(Event::Renegotiation(2));
        self.negotiated.renegotiation = Some(kind);
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.begin_numbering();
        }
        let mut connected = self.connected(environment);
        connected.leave_for(Position::SwHelloReq);
        connected.send(&Message::build(HandshakeType::HELLO_REQUEST, |_| {}))?;
        self.end_start(environment);
        Ok(())
    }

    /// The peer wants to renegotiate, by a HelloRequest or a ClientHello. A handshake is under way then, or one
    /// that came to nothing is to be flushed, unless the security callback is asked first.
    pub(super) fn read_renegotiation_request(
        &mut self,
        environment: &Environment,
        message: Message,
    ) -> Result<Option<Ask>> {
        let expected = self.side == Side::Server && self.negotiated.renegotiation.is_some();
        if !self.is_judged() {
            if !expected {
                self.count_unasked()?;
            }
            self.tell_start(environment);
        }
        if let Some(ask) = self.judge(environment) {
            self.first_message = Some(message);
            return Ok(Some(ask));
        }
        // OpenSSL's server leaves the state once less, unless it refuses.
        if self.side == Side::Client {
            self.connected(environment).leave_for(Position::Ok);
        }
        match self.side {
            Side::Client => self.read_hello_request(environment, &message)?,
            Side::Server => self.read_client_hello(environment, message, expected)?,
        }
        Ok(None)
    }

    fn read_hello_request(&mut self, environment: &Environment, message: &Message) -> Result<()> {
        self.tell_received(environment, message);
        // RFC 5246 §7.4.1.1: nothing in it.
        if !message.body().is_empty() {
            return Err(Error::decode(Reason::LENGTH_MISMATCH));
        }
        self.connected(environment).leave_for(Position::CrHelloReq);
        if environment.settings.has_option(option::NO_RENEGOTIATION) || !self.is_secure(environment) {
            return self.refuse(environment);
        }
        self.renegotiations.requested = None;
        self.renegotiations.count();
        // A server of DTLS that asks gets a new session, as with OpenSSL.
        self.start(if self.is_datagram() { Renegotiation::Full } else { Renegotiation::Abbreviated });
        Ok(())
    }

    fn read_client_hello(
        &mut self,
        environment: &Environment,
        message: Message,
        expected: bool,
    ) -> Result<()> {
        let settings = &environment.settings;
        let allowed = settings.has_option(option::ALLOW_CLIENT_RENEGOTIATION)
            && !settings.has_option(option::NO_RENEGOTIATION)
            && self.is_secure(environment);
        if !expected && !allowed {
            if !self.is_datagram() {
                self.connected(environment).leave_for(Position::Ok);
            }
            self.connected(environment).leave_for(Position::SrClntHello);
            self.tell_received(environment, &message);
            return self.refuse(environment);
        }
        let kind = self.negotiated.renegotiation.unwrap_or(Renegotiation::Full);
        self.start(kind);
        self.advance(environment, Input::Nothing)?;
        self.postponed = self.advance(environment, Input::Message(message))?;
        Ok(())
    }

    /// RFC 5246 §7.2.2: a peer that does not want to renegotiate says so, and the connection goes on.
    fn refuse(&mut self, environment: &Environment) -> Result<()> {
        self.connected(environment).send_warning(AlertDescription::NO_RENEGOTIATION)?;
        self.end_start(environment);
        Ok(())
    }

    fn start(&mut self, kind: Renegotiation) {
        self.events.push_back(Event::Renegotiation(1));
        self.negotiated.renegotiation = Some(kind);
        self.negotiated.complete = false;
        // It is the former session's.
        self.negotiated.session_id = Id::default();
        self.phase = Phase::Handshaking(Box::new(Handshake::new(self.side)));
        self.begin_datagram_handshake();
    }

    fn tell_start(&mut self, environment: &Environment) {
        if environment.hooks.info {
            self.events.push_back(Event::HandshakeStart(self.position));
        }
    }

    /// What began is over, without a handshake.
    fn end_start(&mut self, environment: &Environment) {
        self.connected(environment).leave_for(Position::Ok);
        if environment.hooks.info {
            self.events.push_back(Event::HandshakeDone);
        }
        self.phase = Phase::Flushing;
    }

    /// RFC 5746 §4.2, §4.4.
    fn is_secure(&self, environment: &Environment) -> bool {
        self.negotiated.secure_renegotiation
            || environment.settings.has_option(option::ALLOW_UNSAFE_LEGACY_RENEGOTIATION)
    }

    /// One more thing that the peer began by itself.
    pub(super) fn count_unasked(&mut self) -> Result<()> {
        self.renegotiations.unasked = self.renegotiations.unasked.saturating_add(1);
        if self.renegotiations.unasked > MAX_UNASKED {
            return Err(Error::handshake_failure(Reason::NO_RENEGOTIATION));
        }
        Ok(())
    }

    /// Whether application data may come in this handshake: the server sends it until it reads our ClientHello.
    pub(super) fn may_carry_data(&self) -> bool {
        self.negotiated.renegotiation.is_some() && self.position == Position::CwClntHello
    }
}
