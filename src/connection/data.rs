//! The short way of application data: no handshake, question or control message waits, and nobody wants to be told of
//! records. What the short way has no use for is left to [`Connection::read`] and [`Connection::continue_write`].

use super::{Connection, Phase, application::Writing};
use crate::{handshake::early_data::Stage, policy::Settings, record::Opened, wire::ContentType};

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

    /// Reads application data into `out`, which is not empty.
    pub fn read_data(&mut self, out: &mut [u8]) -> Data {
        if !self.is_for_data_alone() || self.closing.received {
            return Data::Other;
        }
        match self.records.inbound.content_type() {
            Some(ContentType::APPLICATION_DATA) => return Data::Read(self.copy_plaintext(out, false)),
            Some(_) => return Data::Other,
            None => {}
        }
        let count = match self.records.inbound.open(Some(out)) {
            Ok(None) => return Data::Incomplete,
            Ok(Some(Opened::Direct(count))) => count,
            Ok(Some(Opened::Buffered(ContentType::APPLICATION_DATA))) => self.copy_plaintext(out, false),
            other => {
                self.opened = other.transpose();
                return Data::Other;
            }
        };
        self.application_data_came();
        Data::Read(count)
    }

    /// Seals `data` if it goes into one record, and begins its write. `false`: it is for the long way.
    pub fn seal_data(&mut self, settings: &Settings, data: &[u8]) -> bool {
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
        if outbound.seal(ContentType::APPLICATION_DATA, data, most).is_err() {
            // Nothing was sealed; the long way fails as well, and deals with it.
            return false;
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
