//! What is different in DTLS (RFC 6347): records come in datagrams, in any order or not at all; a flight is sent again when no
//! answer comes; what cannot be authenticated is passed over.

use super::{
    Connection,
    incoming::{Incoming, message_limit},
};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Direction, Environment, Event, Expects,
        dtls::{Datagrams, Fragment, Knock},
        position::Position,
    },
    message::Message,
    record::MAX_PLAINTEXT,
    wire::{AlertDescription, AlertLevel, ContentType, HandshakeType},
};

impl Connection {
    /// Whether this is DTLS.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.records.datagrams.is_some()
    }

    /// A datagram came.
    pub fn receive_datagram(&mut self, datagram: Vec<u8>) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.inbound.receive(datagram);
        }
    }

    /// A server that has listened begins with this ClientHello, in this datagram.
    pub fn admit(&mut self, knock: &Knock, datagram: Vec<u8>) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.admit(knock, datagram);
        }
        self.position = Position::SrClntHello;
    }

    /// The next datagram to be written.
    pub fn take_datagram(&mut self) -> Option<Vec<u8>> {
        let datagram = self.records.datagrams.as_mut()?.outbound.take()?;
        self.outgoing_is_out = true;
        Some(datagram)
    }

    /// The datagram that was taken is written; `Some`: it could not be, and has to be written later.
    pub fn return_datagram(&mut self, unwritten: Option<Vec<u8>>) {
        self.outgoing_is_out = false;
        if let (Some(datagrams), Some(datagram)) = (&mut self.records.datagrams, unwritten) {
            datagrams.outbound.put_back(datagram);
        }
        if !self.has_outgoing() {
            self.control_pending = false;
        }
    }

    /// Whether more than application data waits to be written.
    #[must_use]
    pub fn control_waits(&self) -> bool {
        self.control_pending && self.has_outgoing()
    }

    /// Nothing that waits to be written is written: the transport does not take it, and the peer will ask again.
    pub fn discard_datagrams(&mut self) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.outbound.discard();
        }
        self.control_pending = false;
    }

    pub(super) fn begin_datagram_handshake(&mut self) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.begin_handshake();
        }
    }

    pub(super) fn end_datagram_handshake(&mut self) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.end_handshake();
        }
    }

    /// Whether a ChangeCipherSpec is due that came already: it has no number, and may overtake what was sent before it.
    pub(super) fn takes_change_cipher_spec(&mut self, expects: Expects) -> bool {
        let Some(datagrams) = &mut self.records.datagrams else { return false };
        let is_due = match expects {
            Expects::ChangeCipherSpec => true,
            Expects::MessageOrChangeCipherSpec => !datagrams.reassembly.has_message(),
            Expects::Nothing | Expects::Message | Expects::Answer => false,
        };
        is_due && core::mem::take(&mut datagrams.change_cipher_spec_came)
    }

    /// The next message for a handshake that expects this. In DTLS one that came before its time waits: nobody knows yet who
    /// sent it.
    pub(super) fn next_message(
        &mut self,
        environment: &Environment,
        expects: Expects,
    ) -> Result<Option<Message>> {
        if self.is_datagram() && expects == Expects::ChangeCipherSpec {
            return Ok(None);
        }
        let most = environment.settings.max_cert_list;
        self.records.pop_message(|handshake_type, whole| message_limit(handshake_type, whole, most))
    }

    /// Opens one record and deals with it, as [`Self::next_record`] does in TLS.
    pub(super) fn next_datagram_record(
        &mut self,
        environment: &Environment,
        direct: Option<&mut [u8]>,
    ) -> Result<Incoming> {
        let handshaking = self.is_handshaking();
        let datagrams = self.records.datagrams.as_deref_mut().ok_or(Error::internal())?;
        datagrams.inbound.keep_headers(environment.hooks.message);
        let opened = datagrams.inbound.open(direct);
        let headers = datagrams.inbound.take_headers();
        for header in headers {
            self.connected(environment).tell_datagram_header(Direction::Read, &header);
        }
        let Some(opened) = opened else { return Ok(Incoming::Incomplete) };
        if opened.content_type == ContentType::APPLICATION_DATA {
            return Ok(self.application_record_came(handshaking, opened.direct));
        }
        let datagrams = self.records.datagrams.as_deref_mut().ok_or(Error::internal())?;
        let content = datagrams.inbound.plaintext();
        match opened.content_type {
            ContentType::HANDSHAKE => {
                self.warnings = 0;
                let limits = environment.settings.max_cert_list;
                let repeats = read_fragments(datagrams, handshaking, opened.epoch, limits);
                if repeats {
                    self.repeat_last_flight(environment)?;
                }
            }
            ContentType::ALERT => {
                let alert = content.to_vec();
                if opened.epoch > 0 || ends_something(&alert) {
                    self.read_alert(environment, &alert)?;
                } else if let [level, description] = alert[..] {
                    let (level, description) = (AlertLevel(level), AlertDescription(description));
                    self.tell_alert(environment, Direction::Read, level, description);
                }
            }
            _ => {
                let came = content == [1] && handshaking;
                datagrams.change_cipher_spec_came |= came;
                if came {
                    let mut connected = self.connected(environment);
                    connected.tell_message(Direction::Read, ContentType::CHANGE_CIPHER_SPEC, &[1]);
                }
            }
        }
        let length = self.records.plaintext().len();
        self.records.consume(length);
        Ok(Incoming::Consumed)
    }

    fn application_record_came(&mut self, handshaking: bool, direct: Option<usize>) -> Incoming {
        if handshaking {
            // It is of the epoch that a renegotiation is about to end.
            let length = self.records.plaintext().len();
            self.records.consume(length);
            return Incoming::Consumed;
        }
        self.application_data_came();
        if let Some(datagrams) = self.records.datagrams.as_mut().filter(|it| !it.flight.is_empty()) {
            // Who sends data has finished the handshake.
            datagrams.forget_flight();
        }
        match direct {
            Some(count) => Incoming::Direct(count),
            None => Incoming::ApplicationData,
        }
    }

    /// The peer did not get our last flight (RFC 6347 §4.2.4).
    fn repeat_last_flight(&mut self, environment: &Environment) -> Result<()> {
        let had_outgoing = self.has_outgoing();
        self.connected(environment).send_again()?;
        self.control_pending |= !had_outgoing && self.has_outgoing();
        Ok(())
    }

    /// We wait for the peer: if it does not answer in time, our flight is sent again.
    pub(super) fn start_timer(&mut self, environment: &Environment) {
        let Some(datagrams) = &mut self.records.datagrams else { return };
        let runs = datagrams.timer.deadline().is_some();
        if datagrams.flight.is_answered() || datagrams.flight.is_empty() || runs {
            return;
        }
        datagrams.timer.start(environment.now_in_microseconds());
        if environment.hooks.timer {
            self.events.push_back(Event::Timer(0));
        }
    }

    /// Nothing will be sent again.
    pub(super) fn stop_timer(&mut self) {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.timer.stop();
        }
    }

    /// The retransmission timer's deadline in microseconds since 1970, if it runs.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        self.records.datagrams.as_ref()?.timer.deadline()
    }

    /// How many microseconds the retransmission timer still runs; `None`: it does not.
    #[must_use]
    pub fn time_left(&self, now: u64) -> Option<u64> {
        self.records.datagrams.as_ref()?.timer.left(now)
    }

    /// The retransmission timer runs for this many microseconds from now on, unless the connection failed meanwhile.
    pub fn set_timer(&mut self, environment: &Environment, duration: u32) {
        let has_failed = self.failure.is_some();
        if let Some(datagrams) = self.records.datagrams.as_mut().filter(|_| !has_failed) {
            datagrams.timer.run(environment.now_in_microseconds(), duration);
        }
    }

    /// The retransmission timer ran out: how long it ran, and whether smaller datagrams should be tried. `None`: it did not.
    /// `SSL_R_READ_TIMEOUT_EXPIRED`: the peer is given up.
    pub fn timed_out(&mut self, environment: &Environment) -> Result<Option<(u32, bool)>> {
        let now = environment.now_in_microseconds();
        let Some(datagrams) = &mut self.records.datagrams else { return Ok(None) };
        if !datagrams.timer.is_expired(now) {
            return Ok(None);
        }
        if self.failure.is_some() || datagrams.flight.is_empty() {
            datagrams.timer.stop();
            return Ok(None);
        }
        datagrams.reassembly.forget_disputed();
        let duration = datagrams.timer.duration();
        datagrams.timer.back_off(now);
        if !datagrams.timer.count() {
            datagrams.timer.stop();
            return Err(self.fail(environment, Error::Silent(Reason::READ_TIMEOUT_EXPIRED)));
        }
        Ok(Some((duration, datagrams.timer.wants_smaller())))
    }

    /// Sends our last flight again.
    pub fn retransmit(&mut self, environment: &Environment) -> Result<()> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.connected(environment).send_again().map_err(|error| self.fail(environment, error))
    }

    /// Seals `data`, which becomes one record (RFC 6347 §4.1.1). More than a record may have is `SSL_R_DTLS_MESSAGE_TOO_BIG`; more
    /// than we are told to put into one, or the peer takes, is `SSL_R_EXCEEDS_MAX_FRAGMENT_SIZE`, which is the end, as in OpenSSL.
    pub fn write_datagram(&mut self, environment: &Environment, data: &[u8]) -> Result<()> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        if self.is_too_early_to_write() {
            return Err(Error::internal());
        }
        if data.len() > MAX_PLAINTEXT {
            return Err(Error::Usage(Reason::DTLS_MESSAGE_TOO_BIG));
        }
        if data.len() > self.max_fragment(environment) {
            let too_long = Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::EXCEEDS_MAX_FRAGMENT_SIZE);
            return Err(self.fail(environment, too_long));
        }
        self.connected(environment)
            .seal(ContentType::APPLICATION_DATA, data)
            .map_err(|error| self.fail(environment, error))
    }

    /// The most application data that goes into a datagram of this size (`DTLS_get_data_mtu(3)`).
    #[must_use]
    pub fn data_room(&self, mtu: usize) -> usize {
        let datagrams = self.records.datagrams.as_ref();
        datagrams.map_or(0, |datagrams| datagrams.outbound.data_room(mtu))
    }
}

/// Whether this is an alert that has to be believed though nobody knows who sent it: a fatal one, and close_notify. Anybody can send
/// any other, or what is none, before there are keys.
fn ends_something(alert: &[u8]) -> bool {
    match *alert {
        [level, description] => match AlertLevel(level) {
            AlertLevel::FATAL => true,
            AlertLevel::WARNING => AlertDescription(description) == AlertDescription::CLOSE_NOTIFY,
            _ => false,
        },
        _ => false,
    }
}

/// Takes the fragments of a handshake record. Whether the peer repeats its last message: it did not get our answer.
fn read_fragments(datagrams: &mut Datagrams, handshaking: bool, epoch: u16, max_cert_list: usize) -> bool {
    // A Finished comes under keys that its own handshake made.
    let finished_is_old = !handshaking || epoch == datagrams.first_epoch;
    let mut repeats = false;
    let mut rest = datagrams.inbound.plaintext();
    while let Some((fragment, after)) = Fragment::split(rest) {
        rest = after;
        // RFC 5246 §7.4.1.1: passed over while a handshake is under way. Before there are keys anybody can send one, in place of
        // the message that has its number; later it has that number for itself (RFC 6347 §4.2.2).
        if fragment.handshake_type == HandshakeType::HELLO_REQUEST && handshaking && epoch == 0 {
            continue;
        }
        // A HelloRequest that got lost while we began by ourselves counts all the same.
        let is_second_hello =
            fragment.handshake_type == HandshakeType::SERVER_HELLO && fragment.sequence == 1;
        if is_second_hello && epoch > 0 && datagrams.reassembly.next() == 0 {
            datagrams.reassembly.skip_first();
        }
        if fragment.handshake_type == HandshakeType::FINISHED && finished_is_old {
            repeats |= !handshaking;
            continue;
        }
        datagrams.reassembly.push(&fragment, message_limit(fragment.handshake_type, true, max_cert_list));
    }
    repeats
}
