//! Reading and writing early data (RFC 8446 §4.2.10, `SSL_read_early_data(3)`), while the handshake waits for the program.

use super::{Connection, Phase};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Environment, Event, Expects,
        early_data::{EarlyData, Stage, Status},
        position::Position,
        want::Want,
    },
    policy::options::mode,
    record::Side,
    wire::{AlertDescription, ContentType, ProtocolVersion},
};

use super::incoming::{Incoming, message_limit};

/// What a look for early data came to.
pub enum EarlyRead {
    /// This many bytes.
    Data(usize),
    /// There is none, or no more: the handshake goes on.
    End,
    /// Something is needed first.
    Want(Want),
}

impl Connection {
    /// What is known of early data.
    #[must_use]
    pub const fn early_data(&self) -> &EarlyData {
        &self.negotiated.early_data
    }

    /// The program is at another stage with its early data.
    pub const fn set_early_data_stage(&mut self, stage: Stage) {
        self.negotiated.early_data.stage = stage;
    }

    /// Server: whether early data that the client announced is accepted.
    #[must_use]
    pub fn accepts_early_data(&self) -> bool {
        self.negotiated.early_data.status == Status::Accepted
    }

    /// Whether the handshake waits while the program writes or reads early data.
    #[must_use]
    pub const fn waits_for_early_data(&self) -> bool {
        self.paused_for_early_data
    }

    /// The program does a handshake, or writes what is no early data: no more of it is written.
    pub const fn give_up_early_data(&mut self) {
        if matches!(self.negotiated.early_data.stage, Stage::Connecting | Stage::Writing) {
            self.negotiated.early_data.stage = Stage::Finished;
        }
    }

    /// Begins or resumes a write of early data; as [`Self::begin_write`]. More than the session allows is fatal
    /// (`SSL_R_TOO_MUCH_EARLY_DATA`).
    pub fn begin_early_write(&mut self, environment: &Environment, data: &[u8]) -> Result<()> {
        let is_new = !self.is_writing();
        self.begin_write(environment, data)?;
        if self.side == Side::Client && is_new && !self.negotiated.early_data.take(data.len()) {
            let error = Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::TOO_MUCH_EARLY_DATA);
            return Err(self.fail(environment, error));
        }
        Ok(())
    }

    /// As [`Self::continue_write`]: all of it, whatever the mode says of partial writes.
    pub fn continue_early_write(&mut self, environment: &Environment, data: &[u8]) -> Result<Option<usize>> {
        if environment.settings.mode & mode::ENABLE_PARTIAL_WRITE == 0 {
            return self.continue_write(environment, data);
        }
        let mut whole = environment.clone();
        std::sync::Arc::make_mut(&mut whole.settings).mode &= !mode::ENABLE_PARTIAL_WRITE;
        self.continue_write(&whole, data)
    }

    /// Whether the program's bytes may be written before the handshake is complete: under the keys of early data, or by a
    /// server that has sent its Finished.
    #[must_use]
    pub const fn may_write_early(&self) -> bool {
        match self.side {
            Side::Client => {
                self.negotiated.early_data.writes_under_its_keys
                    && matches!(self.negotiated.early_data.stage, Stage::Writing)
            }
            Side::Server => {
                self.negotiated.exporter.is_some()
                    && matches!(self.negotiated.early_data.stage, Stage::Reading | Stage::Finished)
            }
        }
    }

    /// Whether a client may read what a server writes before the client's Finished: the server's own Finished was read.
    #[must_use]
    pub const fn may_read_early(&self) -> bool {
        matches!(self.position, Position::PendingEarlyDataEnd) && self.paused_for_early_data
    }

    /// Reads early data into `out`. [`EarlyRead::End`]: the client's EndOfEarlyData waits for the handshake.
    pub fn read_early(&mut self, environment: &Environment, out: &mut [u8], peek: bool) -> Result<EarlyRead> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.try_read_early(environment, out, peek).map_err(|error| self.fail(environment, error))
    }

    fn try_read_early(&mut self, environment: &Environment, out: &mut [u8], peek: bool) -> Result<EarlyRead> {
        if self.negotiated.early_data.status != Status::Accepted {
            return Ok(EarlyRead::End);
        }
        loop {
            if self.control_pending && self.has_outgoing() {
                return Ok(EarlyRead::Want(Want::Write));
            }
            if self.records.inbound.content_type() == Some(ContentType::APPLICATION_DATA) {
                return Ok(EarlyRead::Data(self.copy_plaintext(out, peek)));
            }
            if self.records.joiner.has_message() {
                return Ok(EarlyRead::End);
            }
            let most = environment.settings.max_cert_list;
            self.records.joiner.check(|handshake_type, whole| message_limit(handshake_type, whole, most))?;
            if self.closing.received {
                return Ok(EarlyRead::Want(Want::Closed));
            }
            let direct = if peek { None } else { Some(&mut *out) };
            match self.next_record(environment, direct, Expects::Message)? {
                Incoming::Direct(0) | Incoming::Consumed | Incoming::ApplicationData => {}
                Incoming::Direct(count) => return Ok(EarlyRead::Data(count)),
                Incoming::ChangeCipherSpec => return Err(Error::unexpected()),
                Incoming::Incomplete => return Ok(EarlyRead::Want(Want::Read)),
            }
        }
    }

    /// Application data came: if it is early data, it must be no more than is allowed (RFC 8446 §4.2.10).
    pub(super) fn count_early_data(&mut self, length: usize) -> Result<()> {
        let is_early = self.side == Side::Server && self.negotiated.early_data.stage == Stage::Reading;
        if is_early && !self.negotiated.early_data.take(length) {
            return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MUCH_EARLY_DATA));
        }
        Ok(())
    }

    /// Whether the handshake has come to where it waits for the program; [`Want::Write`] if something is to be written
    /// before that.
    pub(super) fn pause_for_early_data(&mut self, environment: &Environment) -> Option<Want> {
        let is_tls13 = self.negotiated.version.is_none_or(|version| version == ProtocolVersion::TLS1_3);
        if !is_tls13 || !self.negotiated.early_data.pauses_at(self.position) {
            return None;
        }
        if self.has_outgoing() {
            return Some(Want::Write);
        }
        if !core::mem::replace(&mut self.paused_for_early_data, true) && environment.hooks.info {
            self.events.push_back(Event::HandshakeDone);
        }
        Some(Want::Nothing)
    }

    /// The handshake goes on, if it waited.
    pub(super) fn resume_after_early_data(&mut self, environment: &Environment) {
        if self.position == Position::EarlyData && !self.has_outgoing() {
            self.negotiated.early_data.passed_by = true;
        }
        if core::mem::take(&mut self.paused_for_early_data) && environment.hooks.info {
            self.events.push_back(Event::HandshakeStart(self.position));
            // Where the peer is to be heard next, the position is left once now and once as its message comes.
            if self.position == Position::EarlyData {
                self.events.push_back(Event::Position(self.position));
            }
        }
    }

    /// Whether a handshake is under way that no application data can be written in.
    pub(super) const fn is_too_early_to_write(&self) -> bool {
        match self.phase {
            Phase::Before => true,
            Phase::Handshaking(_) => !self.may_write_early(),
            Phase::Flushing | Phase::Established => false,
        }
    }
}
