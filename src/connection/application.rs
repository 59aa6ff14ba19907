//! Reading and writing application data.

use std::sync::Arc;

use super::{Connection, Phase};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        Environment, Expects,
        custom_extensions::{self, Block},
        position::Position,
        post,
        want::{Ask, Want},
    },
    policy::options::mode,
    record::MAX_PLAINTEXT,
    session::Session,
    wire::{AlertDescription, ContentType, ExtensionType, ProtocolVersion},
};

use super::incoming::{AfterHandshake, Incoming};

/// How much of a long write is sealed before the transport gets it: large enough to save system calls,
/// small enough to stay in the cache.
const SEAL_AHEAD: usize = 4 * MAX_PLAINTEXT;

/// A write that was begun and not completed: the program must repeat it (`SSL_write(3)`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Writing {
    /// How many of its bytes are sealed; 0: no write is pending.
    sealed: usize,
    /// Whether a write is pending at all.
    pending: bool,
    /// Where its bytes were, to notice a retry with others; never dereferenced.
    address: usize,
}

impl Writing {
    /// The write of `data`, all of which is sealed.
    pub(super) fn of(data: &[u8]) -> Self {
        Self { sealed: data.len(), pending: true, address: data.as_ptr() as usize }
    }
}

/// What a read came to.
pub enum Read {
    /// This many bytes.
    Data(usize),
    /// Something is needed first.
    Want(Want),
    /// A renegotiation is under way: [`Connection::handshake_before_read`] goes on with it.
    Handshake,
    /// A message that was no application data was dealt with, and the program does not want us to go on by
    /// ourselves (no `SSL_MODE_AUTO_RETRY`).
    TryAgain,
}

impl Connection {
    /// Reads application data into `out`, or looks at it without taking it. The first handshake is complete.
    pub fn read(&mut self, environment: &Environment, out: &mut [u8], peek: bool) -> Result<Read> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.try_read(environment, out, peek).map_err(|error| self.fail(environment, error))
    }

    fn try_read(&mut self, environment: &Environment, out: &mut [u8], peek: bool) -> Result<Read> {
        let may_read = self.may_read_early() && !self.records.joiner.has_message();
        if matches!(self.phase, Phase::Handshaking(_)) && !may_read {
            return Ok(if self.pending() > 0 {
                Read::Data(self.copy_plaintext(out, peek))
            } else {
                Read::Handshake
            });
        }
        loop {
            if may_read && self.records.joiner.has_message() {
                // It came after the server's Finished, and is dealt with after ours.
                self.give_up_early_data();
                return Ok(Read::Handshake);
            }
            if let Some(ask) = self.postponed.take() {
                return Ok(Read::Want(Want::Ask(ask)));
            }
            let has_message = self.records.joiner.has_message() || self.first_message.is_some();
            if environment.for_data && has_message {
                return Ok(Read::Want(Want::Environment));
            }
            match self.after_handshake(environment)? {
                AfterHandshake::Nothing => {}
                AfterHandshake::Ask(ask) => return Ok(Read::Want(Want::Ask(ask))),
                AfterHandshake::Handshake => return Ok(Read::Handshake),
            }
            // Our close_notify keeps nobody from reading.
            if self.control_pending && self.has_outgoing() && !self.closing.sent {
                return Ok(Read::Want(Want::Write));
            }
            if core::mem::take(&mut self.dealt_with_message)
                && environment.settings.mode & mode::AUTO_RETRY == 0
                && self.records.unprocessed() == 0
            {
                return Ok(Read::TryAgain);
            }
            if self.records.content_type() == Some(ContentType::APPLICATION_DATA) {
                return Ok(Read::Data(self.copy_plaintext(out, peek)));
            }
            if self.closing.received {
                return Ok(Read::Want(Want::Closed));
            }
            let direct = if peek || out.is_empty() { None } else { Some(&mut *out) };
            match self.next_record(environment, direct, Expects::Message)? {
                Incoming::Direct(0) => {}
                Incoming::Direct(count) => return Ok(Read::Data(count)),
                Incoming::ApplicationData => {}
                Incoming::ChangeCipherSpec => return Err(Error::unexpected()),
                Incoming::Incomplete => return Ok(Read::Want(Want::Read)),
                Incoming::Consumed => {}
            }
        }
    }

    pub(super) fn copy_plaintext(&mut self, out: &mut [u8], peek: bool) -> usize {
        let plaintext = self.records.plaintext();
        let count = plaintext.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), plaintext.get(..count)) {
            to.copy_from_slice(from);
        }
        if !peek {
            self.records.consume(count);
        }
        count
    }

    /// After close_notify was sent: looks for the peer's, which [`Want::Closed`] tells. Application data is an error, as the
    /// program asked to be done with it; in DTLS, where it may have been on its way for long, it is dropped.
    pub fn await_close(&mut self, environment: &Environment) -> Result<Read> {
        loop {
            match self.read(environment, &mut [], true)? {
                Read::TryAgain => return Ok(Read::Want(Want::Read)),
                Read::Data(_) if self.is_datagram() => self.records.consume(self.pending()),
                Read::Data(_) => {
                    self.records.consume(self.pending());
                    let error = Error::fatal(
                        AlertDescription::UNEXPECTED_MESSAGE,
                        Reason::APPLICATION_DATA_AFTER_CLOSE_NOTIFY,
                    );
                    return Err(self.fail(environment, error));
                }
                read => return Ok(read),
            }
        }
    }

    /// How many bytes of application data can be read at once without another record.
    #[must_use]
    pub fn pending(&self) -> usize {
        match self.records.content_type() {
            Some(ContentType::APPLICATION_DATA) => self.records.plaintext().len(),
            _ => self.former.pending,
        }
    }

    /// Whether any bytes wait: application data, or bytes of records that were not opened yet.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        let inbound = &self.records.inbound;
        self.pending() > 0
            || self.former.has_pending
            || (self.failure.is_none() && self.records.unprocessed() > 0)
            || (inbound.content_type().is_some() && !inbound.plaintext().is_empty())
    }

    /// Whether the buffers of records hold nothing: nothing to be read, also of a connection that failed, and nothing to be written.
    /// What a handshake writes is not counted, which OpenSSL has in another buffer.
    #[must_use]
    pub fn buffers_are_empty(&self) -> bool {
        let has_outgoing = self.is_established() && self.has_outgoing();
        !self.has_pending() && self.records.unprocessed() == 0 && !has_outgoing
    }

    /// Begins or resumes a write of `data`. The retry of a write must bring the same bytes: another address without
    /// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER` is `SSL_R_BAD_WRITE_RETRY`. Fewer bytes than were sealed are `SSL_R_BAD_LENGTH`,
    /// and the end of the connection: the peer may have got some that should not have been written.
    pub fn begin_write(&mut self, environment: &Environment, data: &[u8]) -> Result<()> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        if self.is_in_quic() {
            // Application data is QUIC's own.
            return Err(Error::Usage(Reason::ERR_INTERNAL_ERROR));
        }
        let address = data.as_ptr() as usize;
        if self.writing.pending {
            let may_move = environment.settings.mode & mode::ACCEPT_MOVING_WRITE_BUFFER != 0;
            if data.len() < self.writing.sealed {
                return Err(self.fail(environment, Error::Silent(Reason::BAD_LENGTH)));
            }
            if address != self.writing.address && !may_move {
                return Err(Error::Usage(Reason::BAD_WRITE_RETRY));
            }
        }
        self.writing.address = address;
        self.writing.pending = true;
        Ok(())
    }

    /// Seals the next part of `data` (all of which [`Self::begin_write`] has seen). `Some(n)`: the write is complete with `n` bytes
    /// when the outgoing bytes are written; call only when none wait.
    pub fn continue_write(&mut self, environment: &Environment, data: &[u8]) -> Result<Option<usize>> {
        // Under no keys, or under those of a handshake, nothing of the program's is sent.
        if self.is_too_early_to_write() {
            return Err(Error::internal());
        }
        let sealed = self.writing.sealed;
        let rest = data.get(sealed..).ok_or(Error::Usage(Reason::BAD_WRITE_RETRY))?;
        let partial = environment.settings.mode & mode::ENABLE_PARTIAL_WRITE != 0;
        if (rest.is_empty() || partial) && sealed > 0 {
            self.writing = Writing::default();
            return Ok(Some(sealed));
        }
        if rest.is_empty() {
            self.writing = Writing::default();
            return Ok(Some(0));
        }
        // A partial write is one of a single record (SSL_CTX_set_mode(3)).
        let most = if partial { self.max_fragment(environment) } else { SEAL_AHEAD };
        let part = rest.get(..most).unwrap_or(rest);
        self.seal(environment, part).map_err(|error| self.fail(environment, error))?;
        self.writing.sealed = sealed.saturating_add(part.len());
        Ok(None)
    }

    fn seal(&mut self, environment: &Environment, data: &[u8]) -> Result<()> {
        let fragment = self.max_fragment(environment);
        let records = data.len().div_ceil(fragment.max(1)) as u64;
        if self.records.outbound.records_left() <= records && self.is_tls13() {
            post::send_key_update(&mut self.connected(environment), false)?;
        }
        // A peer that we have much to tell may update its keys as often.
        self.negotiated.application_data_came();
        self.connected(environment).seal(ContentType::APPLICATION_DATA, data)
    }

    /// The most plaintext bytes of a record that we send.
    pub(super) fn max_fragment(&self, environment: &Environment) -> usize {
        let settings = &environment.settings;
        let own = if self.is_datagram() { settings.max_send_fragment } else { settings.send_fragment() };
        own.min(self.records.peer_limit())
    }

    /// Whether a KeyUpdate that the peer asked for is to be sent before the next write begins (RFC 8446 §4.6.3).
    #[must_use]
    pub fn key_update_is_due(&self) -> bool {
        self.negotiated.owes_key_update() && self.is_established() && !self.is_writing()
    }

    /// Whether a write waits to be repeated by the program.
    #[must_use]
    pub const fn is_writing(&self) -> bool {
        self.writing.pending
    }

    /// Server: the connection begins to send a ticket, behind another one or as the first.
    pub fn begin_ticket(&mut self, environment: &Environment, follows_another: bool) {
        if follows_another {
            self.position = Position::SwSessionTicket;
        } else {
            self.connected(environment).leave_for(Position::SwSessionTicket);
        }
    }

    /// Server: the session of one more ticket, to be sealed ([`Ask::SealTicket`]) or kept ([`Ask::NameTicket`]), with an id of the
    /// program's if it makes them.
    pub fn new_ticket(&mut self, environment: &Environment, id: Option<Vec<u8>>) -> Result<Ask> {
        post::new_ticket_session(&mut self.connected(environment), id)
            .map_err(|error| self.fail(environment, error))
    }

    /// Server: the ticket that was begun is not sent.
    pub fn drop_ticket(&mut self, environment: &Environment) {
        self.connected(environment).leave_for(Position::Ok);
    }

    /// Server: sends the ticket of the session that [`Self::new_ticket`] made. The connection is established again when it is
    /// written.
    pub fn send_ticket(
        &mut self,
        environment: &Environment,
        session: Arc<Session>,
        ticket: Vec<u8>,
    ) -> Result<()> {
        post::send_ticket(&mut self.connected(environment), &session, ticket)
            .map_err(|error| self.fail(environment, error))?;
        self.negotiated.session = Some(session);
        self.phase = Phase::Flushing;
        Ok(())
    }

    /// Which extensions the program is to be asked for, before a message after the handshake (`SSL_EXT_…`) is sent;
    /// [`Self::give_extensions`] takes them.
    pub fn wanted_extensions(&mut self, environment: &Environment, message_place: u32) -> Vec<ExtensionType> {
        custom_extensions::wanted(&mut self.connected(environment), message_place)
    }

    /// The program's extensions for the next message.
    pub fn give_extensions(&mut self, environment: &Environment, blocks: Vec<Block>) {
        custom_extensions::give(&mut self.connected(environment), blocks);
    }

    /// Whether a server of TLS 1.3 can ask the client for its certificate after the handshake
    /// (`SSL_verify_client_post_handshake(3)`).
    pub fn check_certificate_request(&mut self, environment: &Environment) -> Result<()> {
        post::authentication::check_request(&self.connected(environment))
    }

    /// Asks the client for its certificate. The connection is established again when that is written; the answer comes
    /// with what is read later.
    pub fn request_certificate(&mut self, environment: &Environment) -> Result<()> {
        post::authentication::send_certificate_request(&mut self.connected(environment))
            .map_err(|error| self.fail(environment, error))?;
        self.phase = Phase::Flushing;
        Ok(())
    }

    /// Sends a KeyUpdate (`SSL_key_update(3)`): TLS 1.3, established, and no write pending. The connection is established again
    /// when it is written.
    pub fn key_update(&mut self, environment: &Environment, update_requested: bool) -> Result<()> {
        if self.negotiated.version != Some(ProtocolVersion::TLS1_3) {
            return Err(Error::Usage(Reason::WRONG_SSL_VERSION));
        }
        if !matches!(self.phase, Phase::Established) {
            return Err(Error::Usage(Reason::STILL_IN_INIT));
        }
        if self.writing.pending {
            return Err(Error::Usage(Reason::BAD_WRITE_RETRY));
        }
        post::send_key_update(&mut self.connected(environment), update_requested)
            .map_err(|error| self.fail(environment, error))?;
        self.phase = Phase::Flushing;
        Ok(())
    }
}
