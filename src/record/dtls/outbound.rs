//! Records to be sent, sealed under the keys of their epoch and packed into datagrams (RFC 6347 §4.1, §4.1.1).

use std::collections::VecDeque;

use super::{HEADER_LENGTH, RecordHeader, header::MAX_SEQUENCE};
use crate::{
    error::{Error, Result},
    record::{MAX_PLAINTEXT, RecordKeys},
    wire::{ContentType, ProtocolVersion},
};

/// Datagrams that wait to be written, and the keys to seal with.
pub struct DatagramOutbound {
    /// The last one is filled up as far as there is room.
    waiting: VecDeque<Vec<u8>>,
    /// Whether the last one is complete, whatever room there is.
    closed: bool,
    current: Epoch,
    /// The epoch before, which a flight that is sent again may begin in.
    previous: Option<Epoch>,
    version: ProtocolVersion,
    limit: usize,
    /// The headers of the records that were sealed, if somebody wants to know.
    headers: Option<Vec<[u8; HEADER_LENGTH]>>,
}

/// What an epoch's records are sealed with.
struct Epoch {
    number: u16,
    /// None in the first one.
    keys: Option<RecordKeys>,
    next_sequence: u64,
}

impl Epoch {
    /// How long the body of a record with this much content is.
    fn body_length(&self, content_length: usize) -> usize {
        self.keys.as_ref().map_or(content_length, |keys| keys.body_length(content_length, 0))
    }

    /// How much content goes into a record that has this many bytes altogether; `None`: none at all.
    fn content_room(&self, room: usize) -> Option<usize> {
        let body = room.checked_sub(HEADER_LENGTH)?;
        let mut content = body;
        // Padding makes steps, so that the first guess may be some bytes short of the truth.
        loop {
            let excess = self.body_length(content).saturating_sub(body);
            if excess == 0 {
                return Some(content);
            }
            content = content.checked_sub(excess)?;
            if let Some(more) = (content + 1..content + 32).rev().find(|more| self.body_length(*more) <= body)
            {
                return Some(more);
            }
        }
    }
}

impl Default for DatagramOutbound {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            closed: false,
            current: Epoch { number: 0, keys: None, next_sequence: 0 },
            previous: None,
            version: ProtocolVersion::DTLS1_0,
            limit: MAX_PLAINTEXT,
            headers: None,
        }
    }
}

impl DatagramOutbound {
    /// Seals `content` as one record of an epoch, the current one or the one before, and puts it behind what waits: into the last
    /// datagram, if it does not grow beyond `mtu` bytes, or into a new one. `internal_error`: there is no such epoch, or its
    /// sequence numbers are used up (RFC 6347 §4.1).
    pub fn seal(&mut self, epoch: u16, content_type: ContentType, content: &[u8], mtu: usize) -> Result<()> {
        let version = self.version;
        let epoch = match &mut self.previous {
            _ if self.current.number == epoch => &mut self.current,
            Some(previous) if previous.number == epoch => previous,
            _ => return Err(Error::internal()),
        };
        if epoch.next_sequence > MAX_SEQUENCE {
            return Err(Error::internal());
        }
        let length = epoch.body_length(content.len());
        let header = RecordHeader {
            content_type,
            version,
            epoch: epoch.number,
            sequence: epoch.next_sequence,
            length: u16::try_from(length).map_err(|_| Error::internal())?,
        };
        if self.closed || self.waiting.back().is_none_or(|last| last.len() + HEADER_LENGTH + length > mtu) {
            self.waiting.push_back(Vec::with_capacity(HEADER_LENGTH + length));
            self.closed = false;
        }
        let datagram = self.waiting.back_mut().ok_or(Error::internal())?;
        let start = datagram.len();
        datagram.extend_from_slice(&header.bytes());
        let body = datagram.len();
        datagram.resize(body + length, 0);
        let sealed =
            datagram.get_mut(body..).ok_or(Error::internal()).and_then(|body| match &mut epoch.keys {
                Some(keys) => keys.seal_as(header.number(), header.of_tls(), content_type, content, 0, body),
                None => {
                    body.copy_from_slice(content);
                    Ok(())
                }
            });
        if let Err(error) = sealed {
            datagram.truncate(start);
            return Err(error);
        }
        epoch.next_sequence += 1;
        if let Some(headers) = &mut self.headers {
            headers.push(header.bytes());
        }
        Ok(())
    }

    /// How much content of an epoch still goes into the datagram that is being filled, and into a new one, of `mtu` bytes.
    #[must_use]
    pub fn room(&self, epoch: u16, mtu: usize) -> (usize, usize) {
        let epoch = match &self.previous {
            Some(previous) if previous.number == epoch => previous,
            _ => &self.current,
        };
        let used = self.waiting.back().filter(|_| !self.closed).map_or(0, Vec::len);
        let room = |bytes: usize| epoch.content_room(bytes).unwrap_or(0).min(self.limit);
        (room(mtu.saturating_sub(used)), room(mtu))
    }

    /// How much application data goes into a datagram of `mtu` bytes, whatever a record may have.
    #[must_use]
    pub fn data_room(&self, mtu: usize) -> usize {
        self.current.content_room(mtu).unwrap_or(0)
    }

    /// What is sealed next begins a datagram.
    pub const fn close_datagram(&mut self) {
        self.closed = true;
    }

    /// Whether datagrams wait.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.iter().all(Vec::is_empty)
    }

    /// The next datagram to be written.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        loop {
            let datagram = self.waiting.pop_front()?;
            if !datagram.is_empty() {
                return Some(datagram);
            }
        }
    }

    /// It could not be written, and is the next one again.
    pub fn put_back(&mut self, datagram: Vec<u8>) {
        // Only a datagram behind which another one stands, or none, is complete.
        self.closed |= self.waiting.is_empty();
        self.waiting.push_front(datagram);
    }

    /// Nothing that waits is sent.
    pub fn discard(&mut self) {
        self.waiting.clear();
    }

    /// Which epoch is written.
    #[must_use]
    pub const fn epoch(&self) -> u16 {
        self.current.number
    }

    /// From now on records are of the next epoch, which has these keys. 2^16 epochs are all that there are (RFC 6347 §4.1).
    pub fn begin_epoch(&mut self, keys: RecordKeys) -> Result<()> {
        let number = self.current.number.checked_add(1).ok_or(Error::internal())?;
        let next = Epoch { number, keys: Some(keys), next_sequence: 0 };
        self.previous = Some(core::mem::replace(&mut self.current, next));
        Ok(())
    }

    /// The epoch before is over: nothing is sent in it any more.
    pub fn forget_previous_epoch(&mut self) {
        self.previous = None;
    }

    /// The number of the next record of the first epoch: it answers a ClientHello that we keep nothing of (RFC 6347 §4.2.1).
    pub const fn set_sequence(&mut self, sequence: u64) {
        self.current.next_sequence = sequence;
    }

    /// The version in headers.
    pub const fn set_version(&mut self, version: ProtocolVersion) {
        self.version = version;
    }

    /// The peer takes no more than this many bytes of content in a record (RFC 6066 §4, RFC 8449).
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.clamp(1, MAX_PLAINTEXT);
    }

    /// The most bytes of content that the peer takes in a record.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// From now on headers are kept for [`Self::take_headers`], or not.
    pub fn keep_headers(&mut self, keep: bool) {
        if keep != self.headers.is_some() {
            self.headers = keep.then(Vec::new);
        }
    }

    /// The headers of the records that were sealed since this was last called.
    pub fn take_headers(&mut self) -> Vec<[u8; HEADER_LENGTH]> {
        self.headers.as_mut().map(core::mem::take).unwrap_or_default()
    }
}
