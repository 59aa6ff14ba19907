//! Received datagrams, and what can be opened of them (RFC 6347 §4.1).

use core::ops::Range;
use std::collections::VecDeque;

use super::{HEADER_LENGTH, RecordHeader, replay::ReplayWindow};
use crate::{
    record::{MAX_PLAINTEXT, RecordKeys, inbound::wipe_read},
    wire::{ContentType, ProtocolVersion},
};

/// The most bytes of a record's body (RFC 5246 §6.2.3).
const MAX_BODY: usize = MAX_PLAINTEXT + 2048;
/// The most records of the next epoch that are kept until its keys are there.
const MAX_EARLY_RECORDS: usize = 64;
/// The most bytes of them.
const MAX_EARLY_BYTES: usize = 64 * 1024;
/// The most datagrams that wait behind the one that is being read.
const MAX_WAITING: usize = MAX_EARLY_RECORDS + 1;

/// Datagrams that came, and the keys of the epoch that they are opened with.
#[derive(Default)]
pub struct DatagramInbound {
    /// The datagram that is being read.
    datagram: Vec<u8>,
    /// What is left of the content of the record opened last.
    plaintext: Range<usize>,
    /// Where the first record begins that was not looked at.
    next: usize,
    content_type: Option<ContentType>,
    epoch: u16,
    /// None in the first epoch.
    keys: Option<RecordKeys>,
    window: ReplayWindow,
    /// The version that was negotiated.
    version: Option<ProtocolVersion>,
    /// What is read when the datagram is at its end.
    waiting: VecDeque<Vec<u8>>,
    /// Records whose time has not come: those of the next epoch, or application data.
    early: Vec<Vec<u8>>,
    early_bytes: usize,
    /// Whether there may be a next epoch.
    next_epoch_may_come: bool,
    /// Whether the handshake that made this epoch is not complete: application data waits for its end.
    holds_data: bool,
    /// Bytes that the peer may not put into a record.
    limit: Option<usize>,
    /// The headers of the records that were looked at, if somebody wants to know.
    headers: Option<Vec<[u8; HEADER_LENGTH]>>,
}

/// A record that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedRecord {
    /// What is inside.
    pub content_type: ContentType,
    /// The epoch that it came under.
    pub epoch: u16,
    /// The content, this many bytes, was written to the caller's buffer; `None`: it is in [`DatagramInbound::plaintext`].
    pub direct: Option<usize>,
}

impl DatagramInbound {
    /// A datagram came.
    pub fn receive(&mut self, mut datagram: Vec<u8>) {
        if self.is_at_end() {
            self.datagram = datagram;
            self.next = 0;
        } else if self.waiting.len() < MAX_WAITING {
            // It was received with room for the longest that there may be.
            datagram.shrink_to_fit();
            self.waiting.push_back(datagram);
        }
    }

    /// Opens the next record that can be opened; all others are dropped. With `direct`, application data that fits is decrypted
    /// straight into it. `None`: another datagram is needed. Must not be called while [`Self::plaintext`] is not empty.
    pub fn open(&mut self, mut direct: Option<&mut [u8]>) -> Option<OpenedRecord> {
        loop {
            while let Some((header, body, _)) = self.datagram.get(self.next..).and_then(RecordHeader::split) {
                let start = self.next + HEADER_LENGTH;
                let end = start + body.len();
                let begin = core::mem::replace(&mut self.next, end);
                if let Some(headers) = &mut self.headers {
                    headers.push(header.bytes());
                }
                if !self.may_come(header) {
                    continue;
                }
                let is_early_data = self.holds_data && header.content_type == ContentType::APPLICATION_DATA;
                if header.epoch != self.epoch || is_early_data {
                    self.keep(header, begin..end);
                    continue;
                }
                if let Some(opened) = self.open_record(header, start..end, direct.as_deref_mut()) {
                    self.give_back();
                    return Some(opened);
                }
            }
            // What is left is no record.
            self.datagram = self.waiting.pop_front()?;
            self.next = 0;
        }
    }

    /// Whether a record with this header is worth a closer look.
    fn may_come(&self, header: RecordHeader) -> bool {
        let known = matches!(
            header.content_type,
            ContentType::CHANGE_CIPHER_SPEC
                | ContentType::ALERT
                | ContentType::HANDSHAKE
                | ContentType::APPLICATION_DATA
        );
        // An alert may come from a peer that could not agree on a version with us.
        let version_fits = header.version.is_datagram()
            && (header.content_type == ContentType::ALERT
                || self.version.is_none_or(|version| version == header.version));
        known && version_fits && usize::from(header.length) <= MAX_BODY
    }

    /// Keeps a record that came before its keys (RFC 6347 §4.1), or application data that came before the Finished.
    fn keep(&mut self, header: RecordHeader, record: Range<usize>) {
        let is_next = self.epoch.checked_add(1) == Some(header.epoch) && self.next_epoch_may_come;
        let bytes = self.early_bytes.saturating_add(record.len());
        if !(is_next || header.epoch == self.epoch)
            || self.early.len() >= MAX_EARLY_RECORDS
            || bytes > MAX_EARLY_BYTES
        {
            return;
        }
        if let Some(record) = self.datagram.get(record) {
            self.early.push(record.to_vec());
            self.early_bytes = bytes;
        }
    }

    fn open_record(
        &mut self,
        header: RecordHeader,
        body: Range<usize>,
        direct: Option<&mut [u8]>,
    ) -> Option<OpenedRecord> {
        let bytes = self.datagram.get_mut(body.clone())?;
        let opened = |direct| OpenedRecord { content_type: header.content_type, epoch: header.epoch, direct };
        let content = match &mut self.keys {
            // Nothing is authenticated yet: a number that anybody can make up closes no window.
            None if header.content_type == ContentType::APPLICATION_DATA => return None,
            None => 0..bytes.len(),
            Some(_) if !self.window.is_new(header.sequence) => return None,
            Some(keys) => {
                let direct = direct.filter(|_| header.content_type == ContentType::APPLICATION_DATA);
                if let Some(direct) = direct
                    && let Some(unprotected) =
                        keys.open_into_as(header.number(), header.of_tls(), bytes, direct).ok()?
                {
                    self.window.note(header.sequence);
                    let length = unprotected.content.len();
                    return (self.is_content(length)).then(|| opened(Some(length)));
                }
                let unprotected = keys.open_in_place_as(header.number(), header.of_tls(), bytes).ok()?;
                self.window.note(header.sequence);
                unprotected.content
            }
        };
        if !self.is_content(content.len()) {
            return None;
        }
        self.content_type = Some(header.content_type);
        self.plaintext = body.start + content.start..body.start + content.end;
        Some(opened(None))
    }

    /// Whether a record may have this much content; nothing is none.
    fn is_content(&self, length: usize) -> bool {
        (1..=self.limit.unwrap_or(MAX_PLAINTEXT)).contains(&length)
    }

    /// What is left of the record opened last.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        self.datagram.get(self.plaintext.clone()).unwrap_or_default()
    }

    /// The content type of the record opened last, while [`Self::plaintext`] is not empty.
    #[must_use]
    pub fn content_type(&self) -> Option<ContentType> {
        self.content_type.filter(|_| !self.plaintext.is_empty())
    }

    /// Takes `count` bytes off the front of [`Self::plaintext`].
    pub fn consume(&mut self, count: usize) {
        let end = self.plaintext.start + count.min(self.plaintext.len());
        wipe_read(&mut self.datagram, self.plaintext.start..end);
        self.plaintext.start = end;
        self.give_back();
    }

    /// How many bytes of records wait that were not looked at.
    #[must_use]
    pub fn unprocessed(&self) -> usize {
        self.waiting.iter().map(Vec::len).sum::<usize>() + self.datagram.len().saturating_sub(self.next)
    }

    /// How many bytes are kept for later.
    #[cfg(any(test, fuzzing))]
    pub fn kept_bytes(&self) -> usize {
        self.early.iter().map(Vec::len).sum()
    }

    fn is_at_end(&self) -> bool {
        self.plaintext.is_empty() && self.next >= self.datagram.len()
    }

    /// A datagram that was read to its end needs no memory.
    fn give_back(&mut self) {
        if self.is_at_end() {
            self.datagram = Vec::new();
            self.next = 0;
        }
    }

    /// Which epoch is read.
    #[must_use]
    pub const fn epoch(&self) -> u16 {
        self.epoch
    }

    /// The peer changed to the next epoch, which has these keys.
    pub fn begin_epoch(&mut self, keys: RecordKeys) {
        self.epoch = self.epoch.wrapping_add(1);
        self.keys = Some(keys);
        self.window = ReplayWindow::default();
        self.holds_data = self.next_epoch_may_come;
        self.read_early_records();
    }

    /// The time of the records that were kept has come.
    fn read_early_records(&mut self) {
        self.waiting.extend(core::mem::take(&mut self.early));
        self.early_bytes = 0;
    }

    /// Whether there may be a next epoch: records of it are kept from now on, or no longer.
    pub fn expect_next_epoch(&mut self, may_come: bool) {
        self.next_epoch_may_come = may_come;
        if !may_come {
            self.holds_data = false;
            self.read_early_records();
        }
    }

    /// The version that records must have once it is negotiated.
    pub fn set_version(&mut self, version: ProtocolVersion) {
        self.version = Some(version);
    }

    /// The peer puts no more than this many bytes into a record (RFC 6066 §4, RFC 8449).
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = Some(limit.min(MAX_PLAINTEXT));
    }

    /// From now on headers are kept for [`Self::take_headers`], or not.
    pub fn keep_headers(&mut self, keep: bool) {
        if keep != self.headers.is_some() {
            self.headers = keep.then(Vec::new);
        }
    }

    /// The headers of the records that were looked at since this was last called.
    pub fn take_headers(&mut self) -> Vec<[u8; HEADER_LENGTH]> {
        self.headers.as_mut().map(core::mem::take).unwrap_or_default()
    }
}
