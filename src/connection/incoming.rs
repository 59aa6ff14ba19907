//! What becomes of a record that was opened.

use super::{Connection, Phase, Until};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Direction, Environment, Event, Expects, Input,
        position::Position,
        post,
        want::{Ask, Want},
    },
    message::Message,
    record::{Opened, Side},
    wire::{AlertDescription, ContentType, HandshakeType, ProtocolVersion},
};

/// The most bytes of a handshake message that has no limit of its own.
const MAX_MESSAGE: usize = 16_384;
/// The most bytes of a ClientHello: OpenSSL's bound.
const MAX_CLIENT_HELLO: usize = 131_396;
/// The most bytes of a NewSessionTicket: OpenSSL's bound of TLS 1.3.
const MAX_SESSION_TICKET: usize = 131_338;

/// How many ChangeCipherSpecs that mean nothing may come in a row: one is what anybody needs.
const MAX_IGNORED_CHANGES: u8 = 32;

/// What handshake messages after the handshake lead to.
pub(super) enum AfterHandshake {
    /// Nothing more.
    Nothing,
    /// A question to the driver.
    Ask(Ask),
    /// A handshake.
    Handshake,
}

/// What one incoming record brought about.
pub(super) enum Incoming {
    /// It is dealt with (or only in part here: handshake bytes wait in the joiner).
    Consumed,
    /// A ChangeCipherSpec that the state machine wants.
    ChangeCipherSpec,
    /// Application data waits in the receive buffer.
    ApplicationData,
    /// Application data was written to the caller's buffer.
    Direct(usize),
    /// More bytes are needed.
    Incomplete,
}

impl Connection {
    /// The next input of a handshake that expects a message or a ChangeCipherSpec, or what it wants
    /// first. Our own flight is written before we wait for the peer's.
    pub(super) fn next_input(
        &mut self,
        environment: &Environment,
        expects: Expects,
        until: Until,
    ) -> Result<core::result::Result<Input, Want>> {
        if let Some(message) = self.first_message.take() {
            return Ok(Ok(Input::Message(message)));
        }
        loop {
            if self.pending() > 0 {
                // Our hello goes out before what came ahead of it is given out.
                if self.has_outgoing() {
                    return Ok(Err(Want::Write));
                }
                if until == Until::DoneOrData && self.may_carry_data() {
                    return Ok(Err(Want::Nothing));
                }
                let reason = if self.awaits_first_hello() {
                    Reason::UNEXPECTED_MESSAGE
                } else {
                    Reason::UNEXPECTED_RECORD
                };
                return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, reason));
            }
            if self.takes_change_cipher_spec(expects) {
                return Ok(Ok(Input::ChangeCipherSpec));
            }
            // Without the ChangeCipherSpec what follows it cannot be read: its header says nothing.
            if expects == Expects::ChangeCipherSpec
                && self.records.joiner.next_header().is_some_and(|header| {
                    self.side == Side::Server || header != (HandshakeType::HELLO_REQUEST, 0)
                })
            {
                return Err(Error::unexpected());
            }
            if let Some(message) = self.next_message(environment, expects)? {
                if self.ignores(&message) {
                    self.tell_received(environment, &message);
                    self.count_unasked()?;
                    continue;
                }
                if expects == Expects::ChangeCipherSpec {
                    return Err(Error::unexpected());
                }
                return Ok(Ok(Input::Message(message)));
            }
            self.start_timer(environment);
            if self.has_outgoing() {
                return Ok(Err(Want::Write));
            }
            if self.closing.received {
                return Ok(Err(Want::Closed));
            }
            match self.next_record(environment, None, expects)? {
                Incoming::Consumed => {}
                Incoming::ChangeCipherSpec => return Ok(Ok(Input::ChangeCipherSpec)),
                Incoming::ApplicationData | Incoming::Direct(_) => {}
                Incoming::Incomplete => return Ok(Err(Want::Read)),
            }
        }
    }

    /// Deals with handshake messages that came after the handshake.
    pub(super) fn after_handshake(&mut self, environment: &Environment) -> Result<AfterHandshake> {
        while let Some(message) = self.next_message_after_handshake(environment)? {
            // RFC 5246 §7.2.1: after our close_notify nothing of TLS 1.2 is to be answered any more.
            if self.closing.sent && !self.is_tls13() {
                continue;
            }
            if self.wants_to_renegotiate(&message) {
                let ask = self.read_renegotiation_request(environment, message)?;
                return Ok(ask.map_or(AfterHandshake::Handshake, AfterHandshake::Ask));
            }
            if let Some(ask) = self.judge(environment) {
                self.first_message = Some(message);
                return Ok(AfterHandshake::Ask(ask));
            }
            if let Some(handshake) = post::authentication::begun_by(&self.connected(environment), &message) {
                // RFC 8446 §6.1: after our close_notify we send nothing any more, no answer to a request and no tickets after one.
                if self.closing.sent {
                    match (self.side, &mut self.negotiated.post_handshake_authentication) {
                        (Side::Server, Some(kept)) => kept.takes_tickets = false,
                        _ => continue,
                    }
                }
                self.phase = Phase::Handshaking(Box::new(handshake));
                self.connected(environment).leave_for(Position::Ok);
                self.first_message = Some(message);
                return Ok(AfterHandshake::Handshake);
            }
            self.dealt_with_message = true;
            let had_outgoing = self.has_outgoing();
            let told = self.received(environment, &message);
            let ask = post::read_message(&mut self.connected(environment), &message);
            self.tell_after_positions(told, 2);
            let ask = ask?;
            self.control_pending |= !had_outgoing && self.has_outgoing();
            if let Some(ask) = ask {
                self.asked_after_handshake = true;
                return Ok(AfterHandshake::Ask(ask));
            }
            if environment.hooks.info {
                self.events.push_back(Event::MessageDone);
            }
        }
        Ok(AfterHandshake::Nothing)
    }

    /// The next message, or the one that the security callback was asked about.
    fn next_message_after_handshake(&mut self, environment: &Environment) -> Result<Option<Message>> {
        match self.first_message.take() {
            None => self.next_message(environment, Expects::Message),
            message => Ok(message),
        }
    }

    fn wants_to_renegotiate(&self, message: &Message) -> bool {
        let request = match self.side {
            Side::Client => HandshakeType::HELLO_REQUEST,
            Side::Server => HandshakeType::CLIENT_HELLO,
        };
        !self.is_tls13() && message.handshake_type() == request
    }

    /// Opens one record and deals with it. Application data goes to `direct` if it can.
    pub(super) fn next_record(
        &mut self,
        environment: &Environment,
        direct: Option<&mut [u8]>,
        expects: Expects,
    ) -> Result<Incoming> {
        if self.is_datagram() {
            return self.next_datagram_record(environment, direct);
        }
        let opened = match self.opened.take() {
            Some(opened) => opened.map(Some),
            None => self.records.inbound.open(direct),
        };
        let header = self.records.inbound.take_last_header();
        if let Some(header) = header {
            self.connected(environment).tell_header(Direction::Read, header);
        }
        let Some(opened) = opened? else { return Ok(Incoming::Incomplete) };
        let content_type = match opened {
            Opened::Direct(_) => ContentType::APPLICATION_DATA,
            Opened::Buffered(content_type) => content_type,
        };
        if self.is_tls13() && header.is_some_and(|header| header[0] == ContentType::APPLICATION_DATA.0) {
            let version = ProtocolVersion::TLS1_3;
            self.connected(environment).tell_inner_type(Direction::Read, version, content_type);
        }
        // RFC 8446 §5.1: nothing may come between the parts of a handshake message.
        if content_type != ContentType::HANDSHAKE && self.is_tls13() && !self.records.joiner.is_empty() {
            return Err(Error::fatal(
                AlertDescription::UNEXPECTED_MESSAGE,
                Reason::MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA,
            ));
        }
        // RFC 5246 §7.1: the Finished comes right behind the ChangeCipherSpec. An alert may say why it does not.
        if !matches!(content_type, ContentType::HANDSHAKE | ContentType::ALERT) && self.awaits_finished() {
            return Err(Error::fatal(
                AlertDescription::UNEXPECTED_MESSAGE,
                Reason::DATA_BETWEEN_CCS_AND_FINISHED,
            ));
        }
        // A server that may yet choose the version knows only a ClientHello.
        let chooses_version = self.side == Side::Server
            && self.awaits_first_hello()
            && environment.settings.fixed_version().is_none();
        let is_data = content_type == ContentType::APPLICATION_DATA && self.awaits_first_hello();
        if is_data || (chooses_version && content_type != ContentType::HANDSHAKE) {
            self.negotiated.tentative_version =
                header.map(|[_, major, minor, ..]| ProtocolVersion(u16::from_be_bytes([major, minor])));
        }
        if let Opened::Direct(count) = opened {
            self.count_early_data(count)?;
            self.application_data_came();
            return Ok(Incoming::Direct(count));
        }
        if content_type == ContentType::APPLICATION_DATA {
            self.count_early_data(self.records.inbound.plaintext().len())?;
            self.application_data_came();
            return Ok(Incoming::ApplicationData);
        }
        let fragment = self.records.inbound.plaintext();
        let incoming = match content_type {
            ContentType::HANDSHAKE => {
                self.warnings = 0;
                self.ignored_changes = 0;
                self.records.joiner.push(fragment);
                Incoming::Consumed
            }
            ContentType::ALERT if chooses_version => return Err(Error::unexpected()),
            ContentType::ALERT => {
                let (alert, length) = copy_of(fragment);
                self.records.inbound.consume(fragment.len());
                self.read_alert(environment, alert.get(..length).unwrap_or_default())?;
                Incoming::Consumed
            }
            ContentType::CHANGE_CIPHER_SPEC => {
                let is_good = fragment == [1];
                self.read_change_cipher_spec(environment, expects, is_good)?
            }
            _ => return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_RECORD)),
        };
        let length = self.records.inbound.plaintext().len();
        self.records.inbound.consume(length);
        Ok(incoming)
    }

    /// Nothing of what is counted while the peer sends no application data.
    pub(super) const fn application_data_came(&mut self) {
        self.warnings = 0;
        self.renegotiations.application_data_came();
        self.negotiated.application_data_came();
    }

    /// TLS 1.2's ChangeCipherSpec, or the one of TLS 1.3 that means nothing (RFC 8446 §5, §D.4).
    fn read_change_cipher_spec(
        &mut self,
        environment: &Environment,
        expects: Expects,
        is_good: bool,
    ) -> Result<Incoming> {
        let unexpected = |reason| Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, reason));
        let hello_outstanding = self.negotiated.version.is_none()
            && match self.side {
                Side::Client => environment.settings.allows_version(ProtocolVersion::TLS1_3),
                // One that has forgotten its HelloRetryRequest may see it before the second ClientHello.
                Side::Server => environment.hooks.stateless,
            };
        if self.is_tls13() || hello_outstanding {
            if !is_good {
                return unexpected(Reason::INVALID_CCS_MESSAGE);
            }
            // RFC 8446 §5: until the peer's Finished was received.
            if self.negotiated.complete || self.is_established() {
                return unexpected(Reason::BAD_RECORD_TYPE);
            }
            if !self.records.joiner.is_empty() {
                return Err(Error::unexpected());
            }
            self.ignored_changes = self.ignored_changes.saturating_add(1);
            if self.ignored_changes > MAX_IGNORED_CHANGES {
                return Err(Error::fatal(
                    AlertDescription::UNEXPECTED_MESSAGE,
                    Reason::UNEXPECTED_CCS_MESSAGE,
                ));
            }
            return Ok(Incoming::Consumed);
        }
        if !is_good {
            return unexpected(Reason::BAD_CHANGE_CIPHER_SPEC);
        }
        if self.is_established() || (!self.records.joiner.is_empty() && !self.awaits_first_hello()) {
            return unexpected(Reason::CCS_RECEIVED_EARLY);
        }
        if !matches!(expects, Expects::ChangeCipherSpec | Expects::MessageOrChangeCipherSpec) {
            return Err(Error::unexpected());
        }
        Ok(Incoming::ChangeCipherSpec)
    }

    /// Whether the peer's ChangeCipherSpec of TLS 1.2 came and its Finished did not.
    const fn awaits_finished(&self) -> bool {
        matches!(self.position, Position::CrChange | Position::SrChange | Position::SrNextProto)
    }

    /// Whether the peer's first hello is still to come: nothing else may come before it.
    const fn awaits_first_hello(&self) -> bool {
        self.negotiated.version.is_none()
    }

    /// A HelloRequest that comes during a handshake is ignored by a client (RFC 5246 §7.4.1.1).
    fn ignores(&self, message: &Message) -> bool {
        self.side == Side::Client
            && !self.is_tls13()
            && message.handshake_type() == HandshakeType::HELLO_REQUEST
            && message.body().is_empty()
    }

    /// What the message callback is told of a received message, and where in the queue it would stand now.
    pub(super) fn received(
        &mut self,
        environment: &Environment,
        message: &Message,
    ) -> Option<(usize, Event)> {
        let start = self.events.len();
        self.tell_received(environment, message);
        self.events.split_off(start).pop_back().map(|event| (start, event))
    }

    /// Puts it behind the first `count` positions that were left since: OpenSSL leaves a state before it reads on.
    pub(super) fn tell_after_positions(&mut self, told: Option<(usize, Event)>, count: usize) {
        let Some((start, event)) = told else { return };
        let is_position = |(index, event): (usize, &Event)| {
            matches!(event, Event::Position(_)).then_some(index.saturating_add(1))
        };
        let positions = self.events.iter().enumerate().skip(start).filter_map(is_position).take(count);
        let place = positions.last().unwrap_or(start);
        self.events.insert(place, event);
    }

    /// Tells the message callback of a received message.
    pub(super) fn tell_received(&mut self, environment: &Environment, message: &Message) {
        let header = message.datagram_header().filter(|_| environment.hooks.message);
        let with_header = header.map(|header| [&header, message.body()].concat());
        let bytes = with_header.as_deref().unwrap_or(message.as_bytes());
        self.connected(environment).tell_message(Direction::Read, ContentType::HANDSHAKE, bytes);
    }
}

/// The first bytes of an alert record: enough to see that it is too long.
fn copy_of(fragment: &[u8]) -> ([u8; 3], usize) {
    let mut copy = [0; 3];
    let length = fragment.len().min(copy.len());
    for (to, from) in copy.iter_mut().zip(fragment) {
        *to = *from;
    }
    (copy, length)
}

/// The most bytes of a message's body. What is too long for messages of fixed length and came as a whole is told when it is
/// read; here memory is kept from growing.
pub(super) fn message_limit(handshake_type: HandshakeType, whole: bool, max_cert_list: usize) -> usize {
    match handshake_type {
        HandshakeType::HELLO_REQUEST
        | HandshakeType::SERVER_HELLO_DONE
        | HandshakeType::END_OF_EARLY_DATA
            if !whole =>
        {
            0
        }
        HandshakeType::KEY_UPDATE if !whole => 1,
        HandshakeType::CERTIFICATE => max_cert_list,
        HandshakeType::CLIENT_HELLO => MAX_CLIENT_HELLO,
        HandshakeType::NEW_SESSION_TICKET => MAX_SESSION_TICKET,
        _ => MAX_MESSAGE.max(max_cert_list.min(MAX_CLIENT_HELLO)),
    }
}
