//! The short way of application data: no handshake, question or control message waits. What the short way has no use for
//! is left to [`Connection::read`] and [`Connection::continue_write`].

use super::{Connection, Phase, application::Writing};
use crate::{
    handshake::{Direction, Event, early_data::Stage, note_sealed},
    policy::Settings,
    record::Opened,
    wire::{ContentType, ProtocolVersion},
};

/// What a read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// So many bytes were written to the front of the caller's buffer.
    Read(usize),
    /// More bytes are needed.
    Incomplete,
    /// Something else is to be dealt with first.
    Other,
}

impl Connection {
    /// Whether there is nothing to do but to read and write application data.
    fn is_for_data_alone(&self) -> bool {
        matches!(self.phase, Phase::Established)
            && self.failure.is_none()
            && self.records.datagrams.is_none()
            && self.records.crypto_stream.is_none()
            && self.records.joiner.is_empty()
            && self.events.is_empty()
            && self.opened.is_none()
            && self.postponed.is_none()
            && self.renegotiations.is_idle()
            && !self.control_pending
            && !self.dealt_with_message
            && matches!(self.negotiated.early_data.stage, Stage::Unused | Stage::Finished)
    }

    /// Reads application data into `out`, which is not empty. What the message callback, if there is one (`tells`), is told
    /// of the records is in the queue then.
    pub fn read_data(&mut self, out: &mut [u8], tells: bool) -> Data {
        if !self.is_for_data_alone() || self.closing.received {
            return Data::Other;
        }
        match self.records.inbound.content_type() {
            Some(ContentType::APPLICATION_DATA) => return Data::Read(self.copy_plaintext(out, false)),
            Some(_) => return Data::Other,
            None => {}
        }
        let count = match self.records.inbound.open(Some(out)) {
            Ok(None) => {
                self.note_opened(tells, false);
                return Data::Incomplete;
            }
            Ok(Some(Opened::Direct(count))) => count,
            Ok(Some(Opened::Buffered(ContentType::APPLICATION_DATA))) => self.copy_plaintext(out, false),
            other => {
                self.opened = other.transpose();
                return Data::Other;
            }
        };
        self.note_opened(tells, true);
        self.application_data_came();
        Data::Read(count)
    }

    /// Queues what the message callback is told of the record that was opened last, if it was not told yet. What an empty one
    /// hides is not told.
    fn note_opened(&mut self, tells: bool, has_content: bool) {
        let Some(header) = self.records.inbound.take_last_header().filter(|_| tells) else { return };
        self.events.push_back(Event::header(Direction::Read, header));
        if has_content && self.is_tls13() {
            let data = ContentType::APPLICATION_DATA;
            self.events.push_back(Event::inner_type(Direction::Read, ProtocolVersion::TLS1_3, data));
        }
    }

    /// Seals `data` if it goes into one record, and begins its write. `false`: it is for the long way. As with
    /// [`Self::read_data`], what is to be told of it is in the queue then.
    pub fn seal_data(&mut self, settings: &Settings, data: &[u8], tells: bool) -> bool {
        let outbound = &mut self.records.outbound;
        let most = settings.send_fragment().min(outbound.limit());
        // The last record of its keys comes after a KeyUpdate.
        if data.is_empty()
            || data.len() > most
            || outbound.records_left() <= 1
            || !outbound.pending().is_empty()
            || outbound.has_unsealed()
            || self.outgoing_is_out
            || self.is_writing()
            || self.negotiated.owes_key_update()
            || !self.is_for_data_alone()
        {
            return false;
        }
        let outbound = &mut self.records.outbound;
        outbound.set_padding(settings.block_padding, false);
        let mark = outbound.mark();
        if outbound.seal(ContentType::APPLICATION_DATA, data, most).is_err() {
            // Nothing was sealed; the long way fails as well, and deals with it.
            return false;
        }
        if tells {
            note_sealed(&mut self.events, outbound, mark, ContentType::APPLICATION_DATA);
        }
        self.negotiated.application_data_came();
        self.writing = Writing::of(data);
        true
    }

    /// Ends the write that [`Self::seal_data`] began, if all of it was written.
    pub fn end_write(&mut self) -> bool {
        let is_written = !self.has_outgoing();
        if is_written {
            self.writing = Writing::default();
        }
        is_written
    }
}
