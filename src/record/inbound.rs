//! Received bytes: whole records out of a byte stream, opened in place or into the caller's buffer
//! (RFC 8446 §5.1, §5.2; RFC 5246 §6.2). Used by `connection`.

use core::ops::Range;

use super::{
    HEADER_LENGTH, RecordKeys,
    header::{Expected, Header},
    pool,
    protection::Unprotected,
};
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, ContentType, ProtocolVersion},
};

/// Header and body of the longest record that is common: full, with the overhead of TLS 1.3.
const FULL_RECORD: usize = HEADER_LENGTH + super::MAX_PLAINTEXT + 256;
/// The most room that is made for bytes read ahead: what is larger costs more than the calls of the transport that it saves.
const LARGEST_BUFFER: usize = 16 << 20;
/// How many records without content may follow each other.
const MAX_EMPTY_RECORDS: u8 = 32;
/// The tag of a TLS 1.3 record.
const TLS13_TAG: usize = 16;

/// Bytes that came, and the keys to open them with.
pub struct Inbound {
    /// The record opened last, then what was received after it. Without memory while it is empty.
    buffer: Vec<u8>,
    /// What is left of the content of the record opened last.
    plaintext: Range<usize>,
    /// Where in `buffer` the first byte is that does not belong to an opened record.
    next: usize,
    content_type: ContentType,
    /// The header of the next record, once it has come and was found good.
    header: Option<Header>,
    last_header: [u8; HEADER_LENGTH],
    /// It was not asked for yet.
    header_is_new: bool,
    keys: Option<RecordKeys>,
    version: Option<ProtocolVersion>,
    any_record_seen: bool,
    /// Whether a protected record was opened. An unprotected alert after it could only be forged.
    any_record_opened: bool,
    empty_records: u8,
    /// How many bytes of early data may still be skipped (RFC 8446 §4.2.10), while they are skipped.
    early_data_to_skip: Option<usize>,
    /// The most bytes of content that the peer may put into a record.
    limit: usize,
    /// How many times [`Self::take_buffer`] was called without its [`Self::return_buffer`].
    taken: usize,
    /// How many bytes the buffer held when it was taken out.
    taken_length: usize,
}

/// A record that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Its plaintext (this many bytes, application data) was written to the caller's buffer.
    Direct(usize),
    /// Its plaintext waits in [`Inbound::plaintext`]; the content type says what it is.
    Buffered(ContentType),
}

impl Default for Inbound {
    fn default() -> Self {
        Self::new()
    }
}

impl Inbound {
    /// Empty, without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffer: Vec::new(),
            plaintext: 0..0,
            next: 0,
            content_type: ContentType::APPLICATION_DATA,
            header: None,
            last_header: [0; HEADER_LENGTH],
            header_is_new: false,
            keys: None,
            version: None,
            any_record_seen: false,
            any_record_opened: false,
            empty_records: 0,
            early_data_to_skip: None,
            limit: super::MAX_PLAINTEXT,
            taken: 0,
            taken_length: 0,
        }
    }

    /// How many bytes lack until the next record is whole: the header first, then the body. 0 when one
    /// is whole. A header that is no TLS record, or announces too much, fails here: `SSL_R_WRONG_VERSION_NUMBER`,
    /// `SSL_R_HTTP_REQUEST`, `SSL_R_HTTPS_PROXY_REQUEST` before the first record (as OpenSSL tells them),
    /// `record_overflow` with `SSL_R_PACKET_LENGTH_TOO_LONG`/`SSL_R_ENCRYPTED_LENGTH_TOO_LONG`.
    pub fn missing(&mut self) -> Result<usize> {
        let header = self.header()?;
        let length = HEADER_LENGTH + header.map_or(0, Header::body_length);
        Ok(length.saturating_sub(self.waiting().len()))
    }

    /// What the next record's header may be.
    #[must_use]
    pub fn expected(&self) -> Expected {
        match &self.keys {
            None if !self.any_record_seen => Expected::First,
            None => Expected::Unprotected(self.version),
            Some(keys) if keys.is_tls13() => Expected::Tls13 { alert_allowed: !self.any_record_opened },
            Some(_) => Expected::Tls12(self.version),
        }
    }

    /// The same of the record that the buffer which was taken out begins with; `None` when it is the second one that is out, for the
    /// first may have the beginning of the header.
    #[must_use]
    pub fn expected_in_buffer(&self) -> Option<Expected> {
        (self.taken == 1).then(|| self.expected())
    }

    /// Takes the buffer out, with room for at least `missing` bytes more after what it holds (with `read_ahead` for as much as a whole
    /// record and more, and for so many bytes, if there is memory): the driver fills it while nothing here is borrowed.
    /// Bytes must only be appended to it. While it is out, no record can be opened; a second buffer taken
    /// meanwhile is empty, and what comes in it is put behind what the first one held.
    #[must_use]
    pub fn take_buffer(&mut self, missing: usize, read_ahead: Option<usize>) -> Vec<u8> {
        self.taken += 1;
        let mut buffer = if self.taken > 1 {
            Vec::new()
        } else if self.buffer.is_empty() {
            pool::take(&pool::INCOMING)
        } else if self.plaintext.is_empty() {
            let length = self.buffer.len();
            self.buffer.copy_within(self.next..length, 0);
            self.buffer.truncate(length - self.next);
            self.next = 0;
            core::mem::take(&mut self.buffer)
        } else {
            self.buffer.split_off(self.next)
        };
        if self.taken == 1 {
            self.taken_length = buffer.len();
        }
        let room = match read_ahead {
            None => missing,
            Some(wish) => {
                let room = missing.max(2 * FULL_RECORD);
                if wish > room {
                    // If there is no memory for that, the usual room will do.
                    let _ = buffer.try_reserve_exact(wish.min(LARGEST_BUFFER));
                }
                room
            }
        };
        if buffer.capacity() - buffer.len() < room {
            // Room for the whole record at its header already, so that its body moves nothing.
            let capacity = (buffer.len() + room).max(FULL_RECORD);
            buffer.reserve_exact(capacity - buffer.len());
        }
        buffer
    }

    /// Puts the buffer back; bytes appended to it are what was received.
    pub fn return_buffer(&mut self, buffer: Vec<u8>) {
        self.taken = self.taken.saturating_sub(1);
        if self.taken > 0 {
            self.buffer.extend_from_slice(&buffer);
        } else if buffer.is_empty() && self.buffer.is_empty() {
            pool::put(&pool::INCOMING, buffer);
        } else if self.buffer.is_empty() {
            self.buffer = buffer;
        } else {
            let received_meanwhile = self.buffer.split_off(self.next);
            let (before, appended) = buffer.split_at(self.taken_length.min(buffer.len()));
            self.buffer.extend_from_slice(before);
            self.buffer.extend_from_slice(&received_meanwhile);
            self.buffer.extend_from_slice(appended);
        }
    }

    /// Opens the next record if one is whole. With `direct`, application data that fits is decrypted straight
    /// into it. `None`: more bytes are needed. Must not be called while [`Self::plaintext`] is not empty.
    /// Errors: those of [`Self::missing`]; `bad_record_mac` with `SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC`;
    /// `record_overflow` with `SSL_R_DATA_LENGTH_TOO_LONG`; `unexpected_message` with `SSL_R_BAD_RECORD_TYPE`
    /// for an unknown or unexpected content type (`SSL_R_UNEXPECTED_MESSAGE` before there are keys), with
    /// `SSL_R_RECORD_TOO_SMALL` for an empty record that must not be empty, and for
    /// more than 32 records in a row without content. Empty application data is passed over.
    /// In TLS 1.3 an unprotected `change_cipher_spec` record of one byte 1 is given out as such (the
    /// handshake decides whether it is allowed), and an unprotected alert as long as nothing was
    /// opened with any keys: the peer may have failed before it had them.
    pub fn open(&mut self, mut direct: Option<&mut [u8]>) -> Result<Option<Opened>> {
        if !self.plaintext.is_empty() {
            return Err(Error::internal());
        }
        while let Some(header) = self.header()? {
            let body = self.next + HEADER_LENGTH..self.next + HEADER_LENGTH + header.body_length();
            if self.buffer.len() < body.end {
                return Ok(None);
            }
            self.last_header = header.bytes();
            self.header_is_new = true;
            self.any_record_seen = true;
            let opened = self.open_body(header, body.clone(), direct.as_deref_mut());
            self.next = body.end;
            self.header = None;
            match self.unless_early_data(opened, header)? {
                Some(opened) => {
                    self.drop_consumed();
                    return Ok(Some(opened));
                }
                None => self.drop_consumed(),
            }
        }
        Ok(None)
    }

    /// What is left of the record opened last.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        self.buffer.get(self.plaintext.clone()).unwrap_or_default()
    }

    /// The content type of the record opened last, while [`Self::plaintext`] is not empty.
    #[must_use]
    pub fn content_type(&self) -> Option<ContentType> {
        if self.plaintext.is_empty() { None } else { Some(self.content_type) }
    }

    /// Takes `count` bytes off the front of [`Self::plaintext`].
    pub fn consume(&mut self, count: usize) {
        let end = self.plaintext.start + count.min(self.plaintext.len());
        wipe_read(&mut self.buffer, self.plaintext.start..end);
        self.plaintext.start = end;
        self.drop_consumed();
    }

    /// How many received bytes wait that were not opened yet.
    #[must_use]
    pub fn unprocessed(&self) -> usize {
        self.buffer.len() - self.next
    }

    /// The header bytes of the record that was opened last, or could not be, once: for the message callback.
    pub const fn take_last_header(&mut self) -> Option<[u8; HEADER_LENGTH]> {
        if core::mem::replace(&mut self.header_is_new, false) { Some(self.last_header) } else { None }
    }

    /// From the next record on, these keys. The caller makes sure that no handshake bytes of the
    /// old keys are left (RFC 8446 §5.1).
    pub fn set_keys(&mut self, keys: RecordKeys) {
        self.keys = Some(keys);
        self.header = None;
    }

    /// The version that headers must carry once it is negotiated (TLS 1.3 records say 1.2).
    pub fn set_version(&mut self, version: ProtocolVersion) {
        self.version = Some(version);
        self.header = None;
    }

    /// Skips undecryptable early data of up to `limit` bytes in all (RFC 8446 §4.2.10), content type and padding among
    /// them: records that fail to open are dropped until one opens; without keys, application data (and its tags) is
    /// dropped until something else comes. More than `limit` is `unexpected_message` with `SSL_R_TOO_MUCH_EARLY_DATA`.
    pub fn skip_early_data(&mut self, limit: usize) {
        self.early_data_to_skip = Some(limit);
    }

    /// From the next record on, the peer puts no more than this many bytes into one (RFC 6066 §4, RFC 8449); more is
    /// `record_overflow` with `SSL_R_DATA_LENGTH_TOO_LONG`.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(super::MAX_PLAINTEXT);
    }

    /// What was received after the record opened last.
    fn waiting(&self) -> &[u8] {
        // What lies in front of it is in the buffer that was taken out.
        if self.taken > 0 {
            return &[];
        }
        self.buffer.get(self.next..).unwrap_or_default()
    }

    /// The next record's header, if it has come, checked against what may come now.
    fn header(&mut self) -> Result<Option<Header>> {
        let Some(bytes) = self.waiting().first_chunk() else { return Ok(None) };
        if let Some(header) = self.header {
            return Ok(Some(header));
        }
        self.header = Some(Header::check(*bytes, self.expected())?);
        Ok(self.header)
    }

    /// Opens the body of the record with this header. `None`: it had no content, which is allowed.
    fn open_body(
        &mut self,
        header: Header,
        body: Range<usize>,
        direct: Option<&mut [u8]>,
    ) -> Result<Option<Opened>> {
        let bytes = self.buffer.get_mut(body.clone()).unwrap_or_default();
        let unprotected = match &mut self.keys {
            Some(keys) if !(keys.is_tls13() && header.is_unprotected()) => {
                // Only the inside tells in TLS 1.3 what it is; most often it is application data.
                let direct = direct.filter(|_| header.content_type() == ContentType::APPLICATION_DATA);
                if let Some(direct) = direct
                    && let Some(unprotected) = keys.open_into(header.bytes(), bytes, direct)?
                {
                    self.any_record_opened = true;
                    if unprotected.content_type == ContentType::APPLICATION_DATA {
                        let length = unprotected.content.len();
                        wipe(direct, length..unprotected.decrypted_end);
                        self.note_content(unprotected.content_type, length)?;
                        return Ok((length > 0).then_some(Opened::Direct(length)));
                    }
                    move_back(direct, bytes, &unprotected);
                    unprotected
                } else {
                    let unprotected = keys.open_in_place(header.bytes(), bytes)?;
                    self.any_record_opened = true;
                    unprotected
                }
            }
            keys => {
                // RFC 8446 §5: a change_cipher_spec record of anything but the byte 1 is unexpected_message.
                if keys.is_some() && header.content_type() == ContentType::CHANGE_CIPHER_SPEC && *bytes != [1]
                {
                    return Err(Error::fatal(
                        AlertDescription::UNEXPECTED_MESSAGE,
                        Reason::INVALID_CCS_MESSAGE,
                    ));
                }
                let length = bytes.len();
                Unprotected { content_type: header.content_type(), content: 0..length, decrypted_end: length }
            }
        };
        let Unprotected { content_type, content, .. } = unprotected;
        self.note_content(content_type, content.len())?;
        if content.is_empty() {
            return Ok(None);
        }
        self.content_type = content_type;
        self.plaintext = body.start + content.start..body.start + content.end;
        Ok(Some(Opened::Buffered(content_type)))
    }

    /// Checks what turned up inside a record.
    fn note_content(&mut self, content_type: ContentType, length: usize) -> Result<()> {
        let is_known = match content_type {
            ContentType::ALERT | ContentType::HANDSHAKE | ContentType::APPLICATION_DATA => true,
            // In TLS 1.3 it is never protected (RFC 8446 §5).
            ContentType::CHANGE_CIPHER_SPEC => {
                let [outer_type, ..] = self.last_header;
                outer_type == content_type.0
            }
            _ => false,
        };
        if !is_known {
            return Err(bad_record_type());
        }
        if length > self.limit {
            return Err(Error::fatal(AlertDescription::RECORD_OVERFLOW, Reason::DATA_LENGTH_TOO_LONG));
        }
        if length > 0 {
            self.empty_records = 0;
            return Ok(());
        }
        // RFC 8446 §5.1, §5.4: only application data may be empty, which hides when nothing is said.
        if content_type != ContentType::APPLICATION_DATA || self.keys.is_none() {
            return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::RECORD_TOO_SMALL));
        }
        self.empty_records = self.empty_records.saturating_add(1);
        if self.empty_records > MAX_EMPTY_RECORDS {
            return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::RECORD_TOO_SMALL));
        }
        Ok(())
    }

    /// While early data is skipped (RFC 8446 §4.2.10), turns what came of a record of it into `None`.
    fn unless_early_data(
        &mut self,
        opened: Result<Option<Opened>>,
        header: Header,
    ) -> Result<Option<Opened>> {
        let Some(allowance) = self.early_data_to_skip else { return opened };
        let failed_to_open =
            |error: &Error| matches!(error, Error::Fatal { alert: AlertDescription::BAD_RECORD_MAC, .. });
        let is_early_data = header.content_type() == ContentType::APPLICATION_DATA
            && (self.keys.is_none() || opened.as_ref().is_err_and(failed_to_open));
        if !is_early_data {
            // An unprotected change_cipher_spec may come before or between (RFC 8446 §D.4).
            if header.content_type() != ContentType::CHANGE_CIPHER_SPEC {
                self.early_data_to_skip = None;
            }
            return opened;
        }
        self.plaintext = 0..0;
        // As OpenSSL counts: the tag only where there is a key that it could belong to.
        let tag = if self.keys.is_some() { TLS13_TAG } else { 0 };
        let length = header.body_length().saturating_sub(tag).max(1);
        let left = allowance.checked_sub(length);
        self.early_data_to_skip = left;
        left.map(|_| None)
            .ok_or(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MUCH_EARLY_DATA))
    }

    /// Forgets opened records once their content was taken and nothing was received after them.
    fn drop_consumed(&mut self) {
        if self.plaintext.is_empty() && self.next == self.buffer.len() {
            let mut buffer = core::mem::take(&mut self.buffer);
            buffer.clear();
            pool::put(&pool::INCOMING, buffer);
            self.next = 0;
            self.plaintext = 0..0;
        }
    }
}

/// Zeros what was read: it stays nowhere, as `SSL_OP_CLEANSE_PLAINTEXT` asks for, which is always on. The memory serves other
/// connections next.
pub(super) fn wipe_read(buffer: &mut [u8], read: Range<usize>) {
    if let Some(read) = buffer.get_mut(read) {
        read.fill(0);
        // The zeros must not be taken for needless where the memory is given back.
        core::hint::black_box(read);
    }
}

/// Zeros what decrypting left in the caller's buffer beside its content.
fn wipe(direct: &mut [u8], range: Range<usize>) {
    direct.get_mut(range).unwrap_or_default().fill(0);
}

/// Moves content that is no application data out of the caller's buffer to where it would stand had it
/// been opened in place.
fn move_back(direct: &mut [u8], body: &mut [u8], unprotected: &Unprotected) {
    let range = unprotected.content.clone();
    if let (Some(from), Some(to)) = (direct.get(range.clone()), body.get_mut(range)) {
        to.copy_from_slice(from);
    }
    wipe(direct, 0..unprotected.decrypted_end);
}

fn bad_record_type() -> Error {
    Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(bytes: &[u8]) -> Inbound {
        let mut inbound = Inbound::new();
        append(&mut inbound, bytes);
        inbound
    }

    fn append(inbound: &mut Inbound, bytes: &[u8]) {
        let mut buffer = inbound.take_buffer(bytes.len(), None);
        assert!(buffer.capacity() - buffer.len() >= bytes.len());
        buffer.extend_from_slice(bytes);
        inbound.return_buffer(buffer);
    }

    #[test]
    fn missing_is_the_header_then_the_body() {
        let record = b"\x16\x03\x01\x00\x04abcd";
        for length in 0..=record.len() {
            let mut inbound = received(&record[..length]);
            assert_eq!(inbound.missing(), Ok(if length < 5 { 5 - length } else { 9 - length }));
            let opened = if length < 9 { None } else { Some(Opened::Buffered(ContentType::HANDSHAKE)) };
            assert_eq!(inbound.open(None), Ok(opened));
        }
    }

    #[test]
    fn content_is_consumed_piece_by_piece() {
        let mut inbound = received(b"\x16\x03\x01\x00\x04abcd");
        assert_eq!(inbound.content_type(), None);
        assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::HANDSHAKE))));
        assert_eq!(inbound.plaintext(), b"abcd");
        assert_eq!(inbound.take_last_header(), Some(*b"\x16\x03\x01\x00\x04"));
        assert_eq!(inbound.take_last_header(), None);
        inbound.consume(3);
        assert_eq!((inbound.plaintext(), inbound.content_type()), (&b"d"[..], Some(ContentType::HANDSHAKE)));
        assert_eq!(inbound.buffer.get(5..), Some(&b"\0\0\0d"[..]));
        assert_eq!(inbound.open(None), Err(Error::internal()));
        inbound.consume(9);
        assert_eq!((inbound.plaintext(), inbound.content_type()), (&b""[..], None));
    }

    #[test]
    fn memory_is_held_while_bytes_are_there() {
        let mut inbound = received(b"");
        assert_eq!(inbound.buffer.capacity(), 0);
        append(&mut inbound, b"\x16\x03\x01\x00\x01");
        assert!(inbound.buffer.capacity() > 0);
        append(&mut inbound, b"a");
        assert!(inbound.open(None).is_ok());
        assert!(inbound.buffer.capacity() > 0);
        inbound.consume(1);
        assert_eq!(inbound.buffer.capacity(), 0);
        // The next one takes it over.
        assert!(received(b"a").buffer.capacity() >= FULL_RECORD);
    }

    #[test]
    fn empty_records_are_unexpected_before_there_are_keys() {
        for content_type in 20..24 {
            assert_eq!(
                received(&[content_type, 3, 3, 0, 0]).open(None),
                Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::RECORD_TOO_SMALL))
            );
        }
    }

    #[test]
    fn garbage_fails_at_once_and_silently() {
        let mut inbound = received(b"GET / HTTP/1.0");
        assert_eq!(inbound.missing(), Err(Error::Silent(Reason::HTTP_REQUEST)));
        assert_eq!(inbound.open(None), Err(Error::Silent(Reason::HTTP_REQUEST)));
    }

    #[test]
    fn version_after_the_first_record_is_checked() {
        let mut inbound = received(b"\x16\x03\x01\x00\x01a\x16\x03\x01\x00\x01b");
        assert!(inbound.open(None).is_ok());
        inbound.consume(1);
        inbound.set_version(ProtocolVersion::TLS1_2);
        let wrong = Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_VERSION_NUMBER);
        assert_eq!(inbound.open(None), Err(wrong));
    }

    #[test]
    fn bytes_received_while_content_waits_come_after_it() {
        let mut inbound = received(b"\x16\x03\x01\x00\x02ab\x16\x03\x01");
        assert!(inbound.open(None).is_ok());
        let mut buffer = inbound.take_buffer(3, None);
        assert_eq!(inbound.plaintext(), b"ab");
        buffer.extend_from_slice(b"\x00\x01c");
        inbound.return_buffer(buffer);
        assert_eq!(inbound.plaintext(), b"ab");
        inbound.consume(2);
        assert!(inbound.open(None).is_ok());
        assert_eq!(inbound.plaintext(), b"c");
    }

    #[test]
    fn content_consumed_while_the_buffer_is_out_stays_consumed() {
        let mut inbound = received(b"\x16\x03\x01\x00\x02ab\x16\x03\x01");
        assert!(inbound.open(None).is_ok());
        let mut buffer = inbound.take_buffer(3, None);
        inbound.consume(2);
        buffer.extend_from_slice(b"\x00\x01c");
        inbound.return_buffer(buffer);
        assert!(inbound.open(None).is_ok());
        assert_eq!(inbound.plaintext(), b"c");
    }

    #[test]
    fn bytes_received_by_a_nested_call_keep_their_order() {
        let mut inbound = received(b"\x16\x03");
        let mut outer = inbound.take_buffer(3, None);
        assert_eq!((inbound.missing(), inbound.open(None)), (Ok(5), Ok(None)));
        append(&mut inbound, b"\x01\x00");
        append(&mut inbound, b"\x02");
        assert_eq!((inbound.missing(), inbound.open(None)), (Ok(5), Ok(None)));
        outer.extend_from_slice(b"ab");
        inbound.return_buffer(outer);
        assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::HANDSHAKE))));
        assert_eq!(inbound.plaintext(), b"ab");
    }

    #[test]
    fn room_for_the_body_is_made_at_the_header() {
        let mut inbound = received(b"\x16\x03\x01\x40\x00");
        let capacity = inbound.buffer.capacity();
        append(&mut inbound, &[0; 16_384]);
        assert_eq!(inbound.buffer.capacity(), capacity);
        let room = inbound.take_buffer(5, Some(0));
        assert!(room.capacity() - room.len() > FULL_RECORD);
    }

    #[test]
    fn early_data_without_keys_is_skipped_up_to_its_limit() {
        let early = [&[23, 3, 3, 0, 27][..], &[9; 27]].concat();
        let flight =
            [b"\x14\x03\x03\x00\x01\x01", &early[..], &early, b"\x16\x03\x03\x00\x01a", &early].concat();
        let too_much = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MUCH_EARLY_DATA);
        for (limit, enough) in [(54, true), (53, false)] {
            let mut inbound = received(&flight);
            inbound.skip_early_data(limit);
            assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::CHANGE_CIPHER_SPEC))));
            inbound.consume(1);
            if enough {
                assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::HANDSHAKE))));
                inbound.consume(1);
                let application_data = Ok(Some(Opened::Buffered(ContentType::APPLICATION_DATA)));
                assert_eq!(inbound.open(None), application_data);
            } else {
                assert_eq!(inbound.open(None), Err(too_much));
            }
        }
    }
}
