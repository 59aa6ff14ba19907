//! All that a step of a handshake can reach.

use std::sync::Arc;

use super::{
    Direction, Event, Events, Negotiated, Records, Transcript, note_sealed, position::Position, want::Hooks,
};
use crate::{
    crypto::{cbc, hash::HashAlgorithm, suite::Suite},
    error::{Error, Result},
    key_schedule::{key_log, tls12::KeyedSecret, tls13::TrafficSecret},
    message::{Message, extension::Extensions},
    policy::{Settings, options::option},
    record::{HEADER_LENGTH, Level, RecordKeys, SecurityParameters, Side},
    session::Session,
    wire::{AlertDescription, AlertLevel, ContentType, ProtocolVersion, SignatureScheme},
};

/// What the driver brings along for each step. Callbacks may change any of it between two steps.
#[derive(Clone)]
pub struct Environment {
    /// The configuration as it is now.
    pub settings: Arc<Settings>,
    /// What the program registered.
    pub hooks: Hooks,
    /// Seconds since 1970.
    pub now: i64,
    /// The microseconds of now.
    pub now_microseconds: u32,
    /// The most bytes of a datagram that the transport takes; of no account in TLS.
    pub mtu: usize,
    /// The session that a client wants to resume.
    pub offered_session: Option<Arc<Session>>,
    /// It is for application data alone, and has neither the time nor a session.
    pub for_data: bool,
}

impl Environment {
    /// The milliseconds of now.
    #[must_use]
    pub const fn now_milliseconds(&self) -> u16 {
        // Below a thousand.
        (self.now_microseconds / 1000) as u16
    }

    /// Now in microseconds since 1970: what the timer of DTLS counts in.
    #[must_use]
    pub fn now_in_microseconds(&self) -> u64 {
        in_microseconds((self.now, self.now_microseconds))
    }
}

/// A time in seconds and microseconds as one number.
#[must_use]
pub fn in_microseconds((seconds, microseconds): (i64, u32)) -> u64 {
    u64::try_from(seconds).unwrap_or_default().saturating_mul(1_000_000).saturating_add(microseconds.into())
}

/// The parts of a connection that a handshake works on.
pub struct Connected<'a> {
    /// Which side we are.
    pub side: Side,
    /// What the driver brought along.
    pub environment: &'a Environment,
    /// The record layer.
    pub records: &'a mut Records,
    /// What was agreed on so far.
    pub negotiated: &'a mut Negotiated,
    /// What to tell the program.
    pub events: &'a mut Events,
    /// Where the handshake is.
    pub position: &'a mut Position,
}

impl<'a> Connected<'a> {
    /// Joins the transcript of a handshake.
    pub fn with_transcript(self, transcript: &'a mut Transcript) -> Context<'a> {
        Context { connected: self, transcript }
    }
}

/// What a step works with: the connection's parts and the handshake's transcript.
pub struct Context<'a> {
    connected: Connected<'a>,
    /// The transcript of this handshake.
    pub transcript: &'a mut Transcript,
}

impl<'a> core::ops::Deref for Context<'a> {
    type Target = Connected<'a>;

    fn deref(&self) -> &Self::Target {
        &self.connected
    }
}

impl core::ops::DerefMut for Context<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connected
    }
}

impl Context<'_> {
    /// Adds a received message to the transcript.
    pub fn add_to_transcript(&mut self, message: &Message) {
        self.transcript.add(message);
    }

    /// Adds a message to the transcript and sends it.
    pub fn emit(&mut self, message: &Message) -> Result<()> {
        match &self.records.datagrams {
            None => {
                self.transcript.add(message);
                self.send(message)
            }
            Some(datagrams) => {
                let numbered = message.clone().numbered(datagrams.flight.next_sequence());
                self.transcript.add(&numbered);
                self.send(&numbered)
            }
        }
    }
}

impl Connected<'_> {
    /// Whether this is DTLS.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.records.datagrams.is_some()
    }

    /// The configuration as it is now.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.environment.settings
    }

    /// A hello came or is sent: what becomes of its session goes by the settings of now.
    pub fn note_session_settings(&mut self) {
        let settings = &self.environment.settings;
        self.negotiated.session_id_context = Arc::clone(&settings.session_id_context);
        self.negotiated.session_lifetime = settings.session_lifetime();
    }

    /// What the program registered.
    #[must_use]
    pub const fn hooks(&self) -> Hooks {
        self.environment.hooks
    }

    /// The version negotiated; `internal_error` before that.
    pub fn version(&self) -> Result<ProtocolVersion> {
        self.negotiated.version.ok_or(Error::internal())
    }

    /// The hash of the transcript and of the PRF; `internal_error` before version and suite are negotiated.
    pub fn handshake_hash(&self) -> Result<HashAlgorithm> {
        let suite = self.negotiated.suite.ok_or(Error::internal())?;
        Ok(suite.handshake_hash(self.version()?))
    }

    /// What is told of the scheme that we sign with: before TLS 1.2 nothing (RFC 4346 §7.4.3).
    pub fn told_scheme(&self, scheme: SignatureScheme) -> Result<Option<SignatureScheme>> {
        Ok(self.version()?.has_signature_schemes().then_some(scheme))
    }

    /// Sends a handshake message without adding it to the transcript (post-handshake messages,
    /// HelloRequest). What cannot be written down (too many CA names, too long an OCSP response) is `internal_error`.
    pub fn send(&mut self, message: &Message) -> Result<()> {
        if message.is_oversized() {
            return Err(Error::internal());
        }
        if let Some(datagrams) = &self.records.datagrams {
            let sequence = message.sequence().unwrap_or(datagrams.flight.next_sequence());
            return self.send_in_flight(&message.clone().numbered(sequence));
        }
        self.seal_or_tamper(ContentType::HANDSHAKE, message.as_bytes())?;
        self.tell_message(Direction::Write, ContentType::HANDSHAKE, message.as_bytes());
        Ok(())
    }

    /// Sends a ChangeCipherSpec: TLS 1.2's, or the one that TLS 1.3 sends to please middleboxes
    /// (RFC 8446 §D.4).
    pub fn send_change_cipher_spec(&mut self) -> Result<()> {
        if self.is_datagram() {
            return self.send_change_in_flight();
        }
        self.seal_or_tamper(ContentType::CHANGE_CIPHER_SPEC, &[1])?;
        self.tell_message(Direction::Write, ContentType::CHANGE_CIPHER_SPEC, &[1]);
        Ok(())
    }

    /// [`Self::seal`], but for what a test puts in its place.
    fn seal_or_tamper(&mut self, content_type: ContentType, content: &[u8]) -> Result<()> {
        #[cfg(test)]
        if let Some(mut tamper) = self.records.tamper.take() {
            let instead = tamper(content_type, content);
            self.records.tamper = Some(tamper);
            return instead.iter().try_for_each(|(content_type, content)| self.seal(*content_type, content));
        }
        self.seal(content_type, content)
    }

    /// Sends a warning alert; a fatal one is sent by the connection when a step returns an error.
    pub fn send_warning(&mut self, description: AlertDescription) -> Result<()> {
        let alert = [AlertLevel::WARNING.0, description.0];
        self.seal(ContentType::ALERT, &alert)?;
        self.tell_message(Direction::Write, ContentType::ALERT, &alert);
        self.events.push_back(Event::Alert(Direction::Write, AlertLevel::WARNING, description));
        Ok(())
    }

    /// Seals `content` and tells the message callback of the records.
    pub fn seal(&mut self, content_type: ContentType, content: &[u8]) -> Result<()> {
        if self.is_datagram() {
            return self.seal_datagram(content_type, content);
        }
        if self.records.crypto_stream.is_some() {
            return self.send_in_quic(content_type, content);
        }
        let settings = self.settings();
        // RFC 8446 §5.1: an alert is not split.
        let fragment = match content_type {
            ContentType::ALERT => settings.max_send_fragment,
            _ => settings.send_fragment(),
        };
        let block = match content_type {
            ContentType::APPLICATION_DATA => settings.block_padding,
            _ => settings.handshake_block_padding,
        };
        let asks = self.hooks().record_padding;
        self.records.outbound.set_padding(block, asks);
        let mark = self.records.outbound.mark();
        self.records.outbound.seal(content_type, content, fragment)?;
        self.tell_records(mark, content_type);
        Ok(())
    }

    /// Tells the message callback, if there is one, of the records of this type that were sealed since the outbound `mark`.
    pub fn tell_records(&mut self, mark: usize, content_type: ContentType) {
        if self.hooks().message {
            note_sealed(self.events, &self.records.outbound, mark, content_type);
        }
    }

    /// RFC 9001 §4: QUIC carries handshake messages, and alerts as errors of its own; a ChangeCipherSpec would mean nothing, and
    /// application data is none of ours.
    fn send_in_quic(&mut self, content_type: ContentType, content: &[u8]) -> Result<()> {
        let stream = self.records.crypto_stream.as_mut().ok_or(Error::internal())?;
        match (content_type, content) {
            (ContentType::HANDSHAKE, message) => stream.send(message),
            (ContentType::ALERT, [_, description]) => stream.alert(AlertDescription(*description)),
            (ContentType::CHANGE_CIPHER_SPEC, _) => {}
            _ => return Err(Error::internal()),
        }
        Ok(())
    }

    /// From the next record on we write with `keys`.
    pub fn set_write_keys(&mut self, keys: RecordKeys) -> Result<()> {
        self.negotiated.suite_in_use = self.negotiated.suite;
        match &mut self.records.datagrams {
            None => self.records.outbound.set_keys(keys),
            Some(datagrams) => datagrams.outbound.begin_epoch(keys)?,
        }
        Ok(())
    }

    /// From the next record on the peer writes with `keys`. Handshake bytes that came under the old keys
    /// and are left over are `unexpected_message` (RFC 8446 §5.1).
    pub fn set_read_keys(&mut self, keys: RecordKeys) -> Result<()> {
        if let Some(datagrams) = &mut self.records.datagrams {
            datagrams.begin_read_epoch(keys);
            return Ok(());
        }
        self.check_boundary()?;
        self.records.inbound.set_keys(keys);
        Ok(())
    }

    fn check_boundary(&self) -> Result<()> {
        if self.records.joiner.is_empty() {
            return Ok(());
        }
        Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, crate::error::Reason::NOT_ON_RECORD_BOUNDARY))
    }

    /// From the next record on we write with the keys of this TLS 1.3 secret (RFC 8446 §7.3), which is one of this level.
    pub fn set_write_secret(&mut self, level: Level, secret: &TrafficSecret) -> Result<()> {
        if let Some(stream) = &mut self.records.crypto_stream {
            stream.add_secret(level, true, secret.as_bytes());
            return Ok(());
        }
        let keys = self.tls13_keys(secret)?;
        self.set_write_keys(keys)
    }

    /// From the next record on the peer writes with the keys of this TLS 1.3 secret; errors as
    /// [`Self::set_read_keys`].
    pub fn set_read_secret(&mut self, level: Level, secret: &TrafficSecret) -> Result<()> {
        if self.records.crypto_stream.is_none() {
            let keys = self.tls13_keys(secret)?;
            return self.set_read_keys(keys);
        }
        self.check_boundary()?;
        if let Some(stream) = &mut self.records.crypto_stream {
            stream.add_secret(level, false, secret.as_bytes());
        }
        Ok(())
    }

    fn tls13_keys(&self, secret: &TrafficSecret) -> Result<RecordKeys> {
        let suite = self.negotiated.suite.ok_or(Error::internal())?;
        let algorithm = suite.aead().ok_or(Error::internal())?;
        let (key, iv) = secret.record_keys(algorithm);
        RecordKeys::tls13(algorithm, key.as_ref(), iv)
    }

    /// What we read and what we write with under this master secret (RFC 5246 §6.3).
    pub fn tls12_keys(&self, suite: &Suite, secret: &KeyedSecret) -> Result<(RecordKeys, RecordKeys)> {
        let negotiated = &*self.negotiated;
        let version = negotiated.version.ok_or(Error::internal())?;
        let parameters = SecurityParameters {
            empty_fragments: !self.settings().has_option(option::DONT_INSERT_EMPTY_FRAGMENTS),
            ..SecurityParameters::new(suite, version, negotiated.encrypt_then_mac)
        };
        let block = secret.key_block(&parameters, &negotiated.client_random, &negotiated.server_random);
        let (read, write) = match self.side {
            Side::Client => (&block.server, &block.client),
            Side::Server => (&block.client, &block.server),
        };
        Ok((
            RecordKeys::tls12(&parameters, read, cbc::Direction::Decrypt)?,
            RecordKeys::tls12(&parameters, write, cbc::Direction::Encrypt)?,
        ))
    }

    /// The version is negotiated: record headers carry it from now on.
    pub fn set_version(&mut self, version: ProtocolVersion) {
        self.negotiated.version = Some(version);
        self.records.set_version(version);
    }

    /// Adds a line to the key log, if somebody reads it.
    pub fn log_secret(&mut self, label: &str, secret: &[u8]) {
        if self.hooks().key_log {
            self.events.push_back(Event::KeyLog(key_log::line(
                label,
                &self.negotiated.client_random,
                secret,
            )));
        }
    }

    /// As [`Self::log_secret`], of the premaster secret that a client sent encrypted, by the first bytes of that (NSS's label `RSA`).
    pub fn log_premaster(&mut self, encrypted: &[u8], premaster: &[u8]) {
        if self.hooks().key_log
            && let Some(identifier) = encrypted.first_chunk::<8>()
        {
            self.events.push_back(Event::KeyLog(key_log::line("RSA", identifier, premaster)));
        }
    }

    /// The handshake leaves its position, which the info callback is told, and is at `position` from now on.
    /// OpenSSL calls back when a state is left: what is asked meanwhile (a certificate, a chain's
    /// verification) sees the state that it belongs to.
    pub fn leave_for(&mut self, position: Position) {
        let left = core::mem::replace(self.position, position);
        if left.ends_flight() && self.records.has_outgoing() {
            self.negotiated.flight_ended_at = Some(left);
        }
        if self.hooks().info {
            self.events.push_back(Event::Position(left));
        }
    }

    /// As [`Self::leave_for`], unless the handshake is at `position` already: for a message that the driver is asked about before it is
    /// sent.
    pub fn enter(&mut self, position: Position) {
        if *self.position != position {
            self.leave_for(position);
        }
    }

    /// The Finished of both sides were exchanged: the info callback is told, once. A TLS 1.3 server tells it before its
    /// tickets, as OpenSSL does; otherwise the end of the handshake does.
    pub fn complete(&mut self) {
        if !core::mem::replace(&mut self.negotiated.complete, true) && self.hooks().info {
            self.events.push_back(Event::HandshakeDone);
        }
    }

    /// Tells the program of a message's extensions, if it wants to know.
    pub fn tell_extensions(&mut self, extensions: &Extensions) {
        if self.hooks().extensions {
            for (extension_type, data) in extensions.iter() {
                self.events.push_back(Event::Extension(extension_type, data.to_vec()));
            }
        }
    }

    /// Tells the message callback, if there is one.
    pub fn tell_message(&mut self, direction: Direction, content_type: ContentType, bytes: &[u8]) {
        if self.hooks().message {
            let version = self.told_version();
            self.events.push_back(Event::message(direction, version.0, content_type, bytes));
        }
    }

    /// Tells the message callback of a record's header, if there is one (`SSL3_RT_HEADER`).
    pub fn tell_header(&mut self, direction: Direction, header: [u8; HEADER_LENGTH]) {
        if self.hooks().message {
            self.events.push_back(Event::header(direction, header));
        }
    }

    /// As [`Self::tell_header`], in DTLS, where OpenSSL tells no version.
    pub fn tell_datagram_header(&mut self, direction: Direction, header: &[u8]) {
        if self.hooks().message {
            self.events.push_back(Event::datagram_header(direction, header));
        }
    }

    /// Tells the message callback what a record of TLS 1.3 hides, if there is one (`SSL3_RT_INNER_CONTENT_TYPE`).
    pub fn tell_inner_type(
        &mut self,
        direction: Direction,
        version: ProtocolVersion,
        content_type: ContentType,
    ) {
        if self.hooks().message {
            self.events.push_back(Event::inner_type(direction, version, content_type));
        }
    }

    /// The version that the message callback is told. Before one is negotiated OpenSSL tells the one that `SSL_version(3)` gives.
    fn told_version(&self) -> ProtocolVersion {
        let negotiated = &self.negotiated;
        negotiated.version.or(negotiated.tentative_version).unwrap_or(self.settings().method_versions.1)
    }
}
