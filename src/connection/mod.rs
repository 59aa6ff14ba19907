//! A TLS connection without I/O: received bytes go in, bytes to send come out, and [`Connection::handshake`]
//! and [`Connection::read`] say why they paused. Nothing here blocks or calls anybody.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | the connection, its phases, the handshake's loop |
//! | `incoming` | what becomes of a record that was opened (RFC 8446 §5, §6) |
//! | `application` | reading and writing application data |
//! | `data` | the same where nothing else is to be done |
//! | `datagram` | what is different in DTLS (RFC 6347) |
//! | `early_data` | early data (RFC 8446 §4.2.10) |
//! | `renegotiation` | another handshake of TLS 1.2 (RFC 5746) |
//! | `security` | the security callback's say before anything begins |
//! | `quic` | without records, inside QUIC (RFC 9001) |
//! | `alert` | alerts both ways, closing (RFC 8446 §6) |
//! | `former` | what is seen of the connection before when it is started over |
//! | `export` | keying material (RFC 8446 §7.5, RFC 5705) and `SSL_get_finished` |

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod alert;
mod application;
mod data;
mod datagram;
mod early_data;
mod export;
mod former;
mod incoming;
mod quic;
mod renegotiation;
mod security;
#[cfg(test)]
mod tests;

pub use application::Read;
pub use data::Data;
pub use early_data::EarlyRead;
use former::Former;
use security::Judgement;

use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Environment, Event, Events, Expects, Handshake, Input, Negotiated, Progress, Records,
        context::Connected,
        position::Position,
        want::{Answer, Ask, Want},
    },
    message::Message,
    policy::Settings,
    record::{Expected, Opened, Side, Unpadded},
    wire::{AlertDescription, ContentType, HandshakeType, ProtocolVersion},
};

/// How far a connection has come.
enum Phase {
    /// No handshake has begun.
    Before,
    /// A handshake is under way.
    Handshaking(Box<Handshake>),
    /// The handshake is done but for bytes that are still to be written.
    Flushing,
    /// Application data may flow.
    Established,
}

/// What a handshake came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completed {
    /// The first one, or a renegotiation.
    Handshake,
    /// The client authenticated itself after the handshake (RFC 8446 §4.6.2), or declined to.
    Authentication,
}

/// How far a handshake is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// To its end.
    Done,
    /// To its end, or to application data.
    DoneOrData,
}

/// One end of a connection.
pub struct Connection {
    side: Side,
    phase: Phase,
    records: Records,
    negotiated: Negotiated,
    events: Events,
    position: Position,
    /// The error that killed the connection.
    failure: Option<Error>,
    /// It came up in a handshake while a message was read, not in what the message says.
    failed_reading: bool,
    /// The message that began the handshake under way.
    first_message: Option<Message>,
    /// What the record that was opened last came to, when the short way has no use for it.
    opened: Option<Result<Opened>>,
    /// A question that the driver could not answer yet.
    postponed: Option<Ask>,
    /// What the security callback says of what is about to begin.
    judgement: Judgement,
    /// A post-handshake question's answer is of no consequence to the state machine.
    asked_after_handshake: bool,
    renegotiations: renegotiation::Renegotiations,
    /// A handshake was completed, which the driver has not looked at yet.
    completed: Option<Completed>,
    closing: alert::Closing,
    writing: application::Writing,
    /// Something of our own making (an alert, a KeyUpdate) is to be written before anything else is read.
    control_pending: bool,
    /// A handshake message after the handshake was dealt with: without auto-retry the program is sent away.
    dealt_with_message: bool,
    /// The driver has the outgoing bytes.
    outgoing_is_out: bool,
    /// The handshake waits while the program writes or reads early data.
    paused_for_early_data: bool,
    /// Warning alerts in a row.
    warnings: u8,
    /// The last of them, close_notify before there is one.
    last_warning: AlertDescription,
    /// ChangeCipherSpecs of TLS 1.3 in a row.
    ignored_changes: u8,
    /// The connection in whose place this one is.
    former: Former,
}

impl Connection {
    /// A connection on which nothing has happened.
    #[must_use]
    pub fn new(side: Side) -> Self {
        Self::over(Records::new(), side)
    }

    /// The same, of DTLS.
    #[must_use]
    pub fn of_datagrams(side: Side) -> Self {
        Self::over(Records::of_datagrams(), side)
    }

    fn over(records: Records, side: Side) -> Self {
        Self {
            side,
            phase: Phase::Before,
            records,
            negotiated: Negotiated::default(),
            events: Events::new(),
            position: Position::Before,
            failure: None,
            failed_reading: false,
            first_message: None,
            opened: None,
            postponed: None,
            judgement: Judgement::None,
            asked_after_handshake: false,
            renegotiations: renegotiation::Renegotiations::default(),
            completed: None,
            closing: alert::Closing::default(),
            writing: application::Writing::default(),
            control_pending: false,
            dealt_with_message: false,
            outgoing_is_out: false,
            paused_for_early_data: false,
            warnings: 0,
            last_warning: AlertDescription::CLOSE_NOTIFY,
            ignored_changes: 0,
            former: Former::default(),
        }
    }

    /// Which side this is.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.side
    }

    /// Changes the side, of a connection on which nothing has happened.
    pub const fn set_side(&mut self, side: Side) {
        self.side = side;
    }

    /// What was agreed on so far.
    #[must_use]
    pub const fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    /// What was agreed on so far, for what the program may set (the verify result, the session).
    pub const fn negotiated_mut(&mut self) -> &mut Negotiated {
        &mut self.negotiated
    }

    /// The version negotiated, or what is spoken of before that.
    #[must_use]
    pub fn version_so_far(&self) -> Option<ProtocolVersion> {
        self.negotiated.version.or(self.negotiated.tentative_version)
    }

    /// Where the handshake is. While a flight waits for the transport that is the state that wrote its last message.
    #[must_use]
    pub fn position(&self) -> Position {
        match self.events.front() {
            Some(Event::Position(position)) if self.has_outgoing() => *position,
            _ => match self.negotiated.flight_ended_at {
                Some(position) if self.is_sending_flight() => position,
                _ => self.position,
            },
        }
    }

    /// Whether bytes of a handshake wait for the transport.
    fn is_sending_flight(&self) -> bool {
        let is_under_way = !self.is_established() && self.failure.is_none();
        is_under_way && self.has_outgoing() && !self.is_datagram()
    }

    /// Whether no handshake has begun.
    #[must_use]
    pub const fn is_before(&self) -> bool {
        matches!(self.phase, Phase::Before)
    }

    /// Whether a handshake is under way.
    #[must_use]
    pub const fn is_handshaking(&self) -> bool {
        matches!(self.phase, Phase::Handshaking(_))
    }

    /// Whether the handshake is complete and all of it was written.
    #[must_use]
    pub const fn is_established(&self) -> bool {
        matches!(self.phase, Phase::Established)
    }

    /// Whether the handshake of a server is complete but for its tickets, which wait to be written.
    #[must_use]
    pub fn is_sending_last_tickets(&self) -> bool {
        matches!(self.phase, Phase::Flushing) && self.position == Position::SwSessionTicket
    }

    /// Whether a record's header has come and the rest of it has not (`SSL_rstate_string(3)`).
    #[must_use]
    pub fn is_reading_body(&self) -> bool {
        /// The header of a record (RFC 8446 §5.1).
        const HEADER_LENGTH: usize = 5;
        self.records.inbound.unprocessed() >= HEADER_LENGTH
    }

    /// The error that killed the connection, if one did.
    #[must_use]
    pub const fn failure(&self) -> Option<Error> {
        self.failure
    }

    /// Whether there is anything to tell the program.
    #[must_use]
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether the failure came up in a handshake while a message was read, not in what a message says.
    #[must_use]
    pub const fn failed_reading(&self) -> bool {
        self.failed_reading
    }

    /// The next thing to tell the program.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// As [`Self::next_event`], but where a flight is written and the transport does not have it yet, what comes from its
    /// end on waits: OpenSSL leaves the state of a flight's last message after that. DTLS does not wait.
    pub fn next_event_before_write(&mut self) -> Option<Event> {
        let ends_flight =
            |event: &Event| matches!(event, Event::Position(position) if position.ends_flight());
        if !self.is_datagram() && self.has_outgoing() && self.events.iter().rposition(ends_flight) == Some(0)
        {
            return None;
        }
        self.events.pop_front()
    }

    /// The handshake under way, for the ClientHello callback's getters.
    #[must_use]
    pub fn handshake_in_progress(&self) -> Option<&Handshake> {
        match &self.phase {
            Phase::Handshaking(handshake) => Some(handshake),
            Phase::Before | Phase::Flushing | Phase::Established => None,
        }
    }

    /// The bytes that wait to be written, taken out, and how many of them were written already. `None`: they are out, in a
    /// call that this one interrupts.
    #[must_use]
    pub fn take_outgoing(&mut self) -> Option<(Vec<u8>, usize)> {
        if core::mem::replace(&mut self.outgoing_is_out, true) {
            return None;
        }
        Some(self.records.outbound.take())
    }

    /// Puts the outgoing bytes back; `written` of them were written in all.
    pub fn return_outgoing(&mut self, buffer: Vec<u8>, written: usize) {
        self.outgoing_is_out = false;
        self.records.outbound.put_back(buffer, written);
        if !self.has_outgoing() {
            self.control_pending = false;
            self.negotiated.all_was_written();
        }
    }

    /// Whether bytes wait to be written, or are being written.
    #[must_use]
    pub fn has_outgoing(&self) -> bool {
        self.outgoing_is_out || self.records.has_outgoing()
    }

    /// Whether records wait for the program's word on their padding.
    #[must_use]
    pub fn has_unsealed(&self) -> bool {
        self.records.outbound.has_unsealed()
    }

    /// The next record that waits for the program's word on its padding: its type, and its length without padding.
    pub fn next_unpadded(&mut self, environment: &Environment) -> Result<Option<(ContentType, usize)>> {
        loop {
            let mark = self.records.outbound.mark();
            match self.records.outbound.next_unpadded()? {
                Unpadded::Nothing => return Ok(None),
                Unpadded::Waits(content_type, length) => return Ok(Some((content_type, length))),
                Unpadded::Sealed(content_type) => {
                    self.connected(environment).tell_records(mark, content_type)
                }
            }
        }
    }

    /// The program's word.
    pub fn pad(&mut self, environment: &Environment, padding: usize) -> Result<()> {
        let mark = self.records.outbound.mark();
        let content_type = self.records.outbound.seal_padded(padding)?;
        self.connected(environment).tell_records(mark, content_type);
        Ok(())
    }

    /// The receive buffer, taken out to be appended to, and how many bytes the current record lacks. `read_ahead` is
    /// [`Settings::read_buffer`](crate::policy::Settings::read_buffer).
    /// An error is a record header that is none; it is for [`Self::end_of_input`].
    pub fn take_incoming(&mut self, read_ahead: Option<usize>) -> Result<(Vec<u8>, usize)> {
        let missing = self.records.inbound.missing()?;
        Ok((self.records.inbound.take_buffer(missing, read_ahead), missing))
    }

    /// What the header may be that the buffer begins with which [`Self::take_incoming`] gave out; `None` if it may begin elsewhere.
    #[must_use]
    pub fn expected_header(&self) -> Option<Expected> {
        self.records.inbound.expected_in_buffer()
    }

    /// Puts the receive buffer back with what was appended to it.
    pub fn return_incoming(&mut self, buffer: Vec<u8>) {
        self.records.inbound.return_buffer(buffer);
    }

    /// What comes is of no use: the transport ended without a close_notify (RFC 8446 §6.1), brings no records, or is gone.
    /// The connection is dead.
    pub fn end_of_input(&mut self, environment: &Environment, error: Error) {
        self.failed_reading = self.is_handshaking();
        self.fail(environment, error);
    }

    /// Goes on with the handshake until it is done or needs something. [`Want::Nothing`]: it is done. A renegotiation that the
    /// program asked for begins; application data that comes in it is an error.
    pub fn handshake(&mut self, environment: &Environment) -> Result<Want> {
        self.handshake_until(environment, Until::Done)
    }

    /// As [`Self::handshake`], for a program that reads: [`Want::Nothing`] also means that application data came in a
    /// renegotiation, which [`Self::read`] gives out.
    pub fn handshake_before_read(&mut self, environment: &Environment) -> Result<Want> {
        self.handshake_until(environment, Until::DoneOrData)
    }

    /// As [`Self::handshake`], for a server that keeps no state before a client brings a cookie: [`Want::Nothing`] means that the
    /// client was sent away with one, or that it brought one and our flight is written.
    pub fn handshake_without_state(&mut self, environment: &Environment) -> Result<Want> {
        Ok(match self.handshake(environment)? {
            Want::Read if self.negotiated.hello_retry => Want::Nothing,
            want => want,
        })
    }

    fn handshake_until(&mut self, environment: &Environment, until: Until) -> Result<Want> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.try_handshake(environment, until).map_err(|error| self.fail(environment, error))
    }

    /// What was completed since this was last asked.
    pub const fn take_completed(&mut self) -> Option<Completed> {
        self.completed.take()
    }

    fn try_handshake(&mut self, environment: &Environment, until: Until) -> Result<Want> {
        if let Some(ask) = self.postponed.take() {
            return Ok(Want::Ask(ask));
        }
        if let Some(ask) = self.begin_requested(environment)? {
            return Ok(Want::Ask(ask));
        }
        loop {
            if let Some(want) = self.pause_for_early_data(environment) {
                return Ok(want);
            }
            self.resume_after_early_data(environment);
            match &mut self.phase {
                Phase::Before => {
                    if let Some(ask) = self.begin(environment)? {
                        return Ok(Want::Ask(ask));
                    }
                }
                Phase::Established => return Ok(Want::Nothing),
                Phase::Flushing => {
                    if self.has_outgoing() {
                        return Ok(Want::Write);
                    }
                    self.phase = Phase::Established;
                    if self.position == Position::SwSessionTicket {
                        self.connected(environment).leave_for(Position::Ok);
                    }
                    self.position = Position::Ok;
                    self.connected(environment).complete();
                }
                Phase::Handshaking(handshake) => {
                    let expects = handshake.expects()?;
                    let input = match expects {
                        Expects::Nothing => Input::Nothing,
                        Expects::Answer => return Err(Error::internal()),
                        Expects::Message | Expects::ChangeCipherSpec | Expects::MessageOrChangeCipherSpec => {
                            match self.next_input(environment, expects, until) {
                                Ok(Ok(input)) => input,
                                Ok(Err(want)) => return Ok(want),
                                Err(error) => {
                                    self.failed_reading = !self.reached_oversized(environment, error);
                                    return Err(error);
                                }
                            }
                        }
                    };
                    if let Some(ask) = self.advance(environment, input)? {
                        return Ok(Want::Ask(ask));
                    }
                }
            }
        }
    }

    /// A Certificate that is too long is still the message where the handshake stands then.
    fn reached_oversized(&mut self, environment: &Environment, error: Error) -> bool {
        let header = self.records.joiner.next_header();
        let is_oversized = error.reason() == Reason::EXCESSIVE_MESSAGE_SIZE
            && header.is_some_and(|(handshake_type, _)| handshake_type == HandshakeType::CERTIFICATE);
        if is_oversized {
            let position = match self.side {
                Side::Client => Position::CrCert,
                Side::Server => Position::SrCert,
            };
            self.connected(environment).leave_for(position);
        }
        is_oversized
    }

    /// The answer to the question that was handed out last.
    pub fn answer(&mut self, environment: &Environment, answer: Answer) -> Result<()> {
        let answer = match self.take_judgement(environment, answer) {
            Ok(result) => return result,
            Err(answer) => answer,
        };
        if core::mem::take(&mut self.asked_after_handshake) {
            return match answer {
                Answer::Refuse(error) => Err(self.fail(environment, error)),
                _ => {
                    self.connected(environment).leave_for(Position::Ok);
                    if environment.hooks.info {
                        self.events.push_back(Event::MessageDone);
                    }
                    Ok(())
                }
            };
        }
        let result = match answer {
            Answer::NotYet => Err(Error::internal()),
            Answer::Refuse(error) => Err(error),
            answer => self.advance(environment, Input::Answer(answer)).map(|ask| self.postponed = ask),
        };
        result.map_err(|error| self.fail(environment, error))
    }

    /// The driver has no answer yet: the question is asked again by the next call.
    pub fn postpone(&mut self, ask: Ask) {
        self.postponed = Some(ask);
    }

    /// Begins a handshake, or asks whether it may.
    fn begin(&mut self, environment: &Environment) -> Result<Option<Ask>> {
        if self.renegotiation_pending() {
            return Err(Error::Usage(Reason::ERR_INTERNAL_ERROR));
        }
        if !self.is_judged() {
            if environment.hooks.info {
                self.events.push_back(Event::HandshakeStart(self.position));
            }
            self.forget_former();
            self.negotiated.tentative_version = None;
            self.negotiated.client_version = None;
        }
        if let Some(ask) = self.judge(environment) {
            return Ok(Some(ask));
        }
        self.check_settings(&environment.settings)?;
        self.phase = Phase::Handshaking(Box::new(Handshake::new(self.side)));
        self.begin_datagram_handshake();
        Ok(None)
    }

    /// Whether a handshake can begin: one that cannot does not count.
    #[must_use]
    pub fn can_begin(&self, settings: &Settings) -> bool {
        !self.renegotiation_pending() && self.check_settings(settings).is_ok()
    }

    /// Whether anything can come of a handshake with these settings, as OpenSSL looks at it before it begins.
    fn check_settings(&self, settings: &Settings) -> Result<()> {
        // The security callback was asked that.
        if settings.permissions.is_none() && !settings.is_secure_version(settings.method_versions.1) {
            return Err(Error::Silent(Reason::ERR_INTERNAL_ERROR));
        }
        let Some(highest) = settings.offered_versions().first().copied() else {
            return Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::NO_PROTOCOLS_AVAILABLE));
        };
        let mut suites = settings.tls13_cipher_suites.iter().chain(settings.cipher_suites.iter());
        if self.side == Side::Server && !suites.any(|suite| suite.supports(highest)) {
            return Err(Error::handshake_failure(Reason::NO_CIPHERS_AVAILABLE));
        }
        Ok(())
    }

    /// One step of the handshake under way; the question that it leads to, if any.
    fn advance(&mut self, environment: &Environment, input: Input) -> Result<Option<Ask>> {
        let position = self.position;
        let mut told = match &input {
            Input::Message(message) => self.received(environment, message),
            _ => None,
        };
        let progress = self.step(environment, input);
        // OpenSSL leaves a state for what it does not expect too, of which the message callback is not told.
        if progress.as_ref().err() == Some(&Error::unexpected()) && self.position == position {
            self.connected(environment).leave_for(position);
            told = None;
        }
        self.tell_after_positions(told, 1);
        progress
    }

    fn step(&mut self, environment: &Environment, input: Input) -> Result<Option<Ask>> {
        let Phase::Handshaking(handshake) = &mut self.phase else { return Err(Error::internal()) };
        let connected = Connected {
            side: self.side,
            environment,
            records: &mut self.records,
            negotiated: &mut self.negotiated,
            events: &mut self.events,
            position: &mut self.position,
        };
        match handshake.advance(connected, input)? {
            Progress::Advanced => Ok(None),
            Progress::Ask(ask) => Ok(Some(ask)),
            Progress::Done => {
                self.completed = Some(if handshake.makes_keys() {
                    Completed::Handshake
                } else {
                    Completed::Authentication
                });
                self.phase = Phase::Flushing;
                self.end_datagram_handshake();
                self.negotiated.renegotiation = None;
                Ok(None)
            }
        }
    }

    /// The parts that a post-handshake step works on.
    fn connected<'a>(&'a mut self, environment: &'a Environment) -> Connected<'a> {
        Connected {
            side: self.side,
            environment,
            records: &mut self.records,
            negotiated: &mut self.negotiated,
            events: &mut self.events,
            position: &mut self.position,
        }
    }
}
