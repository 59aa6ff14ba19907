//! Bytes to be sent: records sealed straight into one buffer (RFC 8446 §5.1, §5.2). Used by `connection`.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{HEADER_LENGTH, MAX_PLAINTEXT, RecordKeys, pool};
use crate::{
    error::{Error, Result},
    wire::{ContentType, ProtocolVersion},
};

/// Sealed records that wait to be written, and the keys to seal with.
pub struct Outbound {
    /// Its length only grows while it is in use: what was zeroed once need not be zeroed for each record. Without memory
    /// while nothing waits.
    buffer: Vec<u8>,
    /// The bytes that wait are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// How many times [`Self::take`] was called without its [`Self::put_back`].
    taken: usize,
    keys: Option<RecordKeys>,
    version: ProtocolVersion,
    /// The most plaintext bytes of a record that the peer takes.
    limit: usize,
    padding_block: usize,
    /// Whether the program says how much padding each record of TLS 1.3 gets.
    asks_for_padding: bool,
    /// What waits for that word, in its order.
    unsealed: VecDeque<Unsealed>,
}

/// What is to be done about records that wait for the program's word on their padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpadded {
    /// None waits.
    Nothing,
    /// One of this type was sealed without asking.
    Sealed(ContentType),
    /// One of this type waits; its content and that type are together so many bytes.
    Waits(ContentType, usize),
}

/// What waits until the program said how much padding the records before it get.
enum Unsealed {
    /// A record's content, and the most bytes that it may have with its padding.
    Record { content_type: ContentType, content: Zeroizing<Vec<u8>>, most: usize },
    /// The keys for what follows.
    Keys(Box<RecordKeys>),
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new()
    }
}

impl Outbound {
    /// Empty, without keys; headers say 1.0.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            end: 0,
            taken: 0,
            keys: None,
            version: ProtocolVersion::TLS1_0,
            limit: MAX_PLAINTEXT,
            padding_block: 0,
            asks_for_padding: false,
            unsealed: VecDeque::new(),
        }
    }

    /// Seals `data` into as many records as `max_fragment` (bytes of plaintext a record) demands and
    /// appends them. Empty data is one empty record for application data, none for the rest. An exhausted
    /// sequence number is `internal_error` (RFC 8446 §5.3); nothing of the record that failed is sent.
    pub fn seal(&mut self, content_type: ContentType, data: &[u8], max_fragment: usize) -> Result<()> {
        let max_fragment = max_fragment.clamp(1, self.limit);
        // RFC 8446 §5.1: zero-length fragments of other types MUST NOT be sent.
        if data.is_empty() && content_type != ContentType::APPLICATION_DATA {
            return Ok(());
        }
        if self.must_wait() {
            let record = |content: &[u8]| Unsealed::Record {
                content_type,
                content: Zeroizing::new(content.to_vec()),
                most: max_fragment,
            };
            if data.is_empty() {
                self.unsealed.push_back(record(data));
            }
            self.unsealed.extend(data.chunks(max_fragment).map(record));
            return Ok(());
        }
        self.seal_now(content_type, data, max_fragment)
    }

    /// Whether the program is asked first what padding a record gets.
    fn must_wait(&self) -> bool {
        !self.unsealed.is_empty()
            || (self.asks_for_padding && self.keys.as_ref().is_some_and(RecordKeys::is_tls13))
    }

    fn seal_now(&mut self, content_type: ContentType, data: &[u8], max_fragment: usize) -> Result<()> {
        if data.is_empty() {
            return self.seal_record(content_type, data, self.padding(0, max_fragment));
        }
        if content_type == ContentType::CHANGE_CIPHER_SPEC
            && self.keys.as_ref().is_some_and(RecordKeys::is_tls13)
        {
            // RFC 8446 §5: in TLS 1.3 it is never protected.
            let keys = self.keys.take();
            let sealed = self.seal_record(content_type, data, 0);
            self.keys = keys;
            return sealed;
        }
        if content_type == ContentType::APPLICATION_DATA
            && self.keys.as_ref().is_some_and(RecordKeys::needs_empty_fragment)
        {
            self.seal_record(content_type, &[], 0)?;
        }
        self.reserve(data, max_fragment);
        data.chunks(max_fragment).try_for_each(|fragment| {
            self.seal_record(content_type, fragment, self.padding(fragment.len(), max_fragment))
        })
    }

    /// Whether records wait for [`Self::seal_padded`].
    #[must_use]
    pub fn has_unsealed(&self) -> bool {
        !self.unsealed.is_empty()
    }

    /// The next record that waits for its padding; one that cannot be padded is sealed instead.
    pub fn next_unpadded(&mut self) -> Result<Unpadded> {
        loop {
            match self.unsealed.pop_front() {
                None => return Ok(Unpadded::Nothing),
                Some(Unsealed::Keys(keys)) => self.keys = Some(*keys),
                Some(Unsealed::Record { content_type, content, most }) => {
                    let length = content.len() + 1;
                    // Neither a record without protection nor one that is full can be padded.
                    if content_type == ContentType::CHANGE_CIPHER_SPEC || length >= most {
                        self.seal_now(content_type, &content, most)?;
                        return Ok(Unpadded::Sealed(content_type));
                    }
                    self.unsealed.push_front(Unsealed::Record { content_type, content, most });
                    return Ok(Unpadded::Waits(content_type, length));
                }
            }
        }
    }

    /// Seals the record that [`Self::next_unpadded`] told of, with this much padding or what a full record leaves; its type.
    pub fn seal_padded(&mut self, padding: usize) -> Result<ContentType> {
        let Some(Unsealed::Record { content_type, content, most }) = self.unsealed.pop_front() else {
            return Err(Error::internal());
        };
        let room = most.saturating_sub(content.len() + 1);
        self.seal_record(content_type, &content, padding.min(room))?;
        Ok(content_type)
    }

    /// Bytes that wait. None while the buffer is taken out: what is sealed then waits for its return.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        if self.taken > 0 {
            return &[];
        }
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes the waiting bytes out, so that nothing is borrowed while they are written: those of the buffer
    /// from the returned position on. While it is out already, there is nothing to take.
    #[must_use]
    pub fn take(&mut self) -> (Vec<u8>, usize) {
        self.taken += 1;
        if self.taken > 1 {
            return (Vec::new(), 0);
        }
        let mut buffer = core::mem::take(&mut self.buffer);
        buffer.truncate(self.end);
        self.end = 0;
        (buffer, core::mem::take(&mut self.start))
    }

    /// Puts the buffer back with how many of its bytes were written in all, counted from its beginning;
    /// what was sealed meanwhile stays behind it.
    pub fn put_back(&mut self, mut buffer: Vec<u8>, written: usize) {
        self.taken = self.taken.saturating_sub(1);
        if self.taken > 0 {
            return;
        }
        let written = written.min(buffer.len());
        if self.end == 0 {
            self.start = written;
            self.end = buffer.len();
            self.buffer = buffer;
        } else if written < buffer.len() {
            let sealed_meanwhile = self.buffer.get(self.start..self.end).unwrap_or_default();
            buffer.extend_from_slice(sealed_meanwhile);
            self.start = written;
            self.end = buffer.len();
            self.buffer = buffer;
        }
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            pool::put(&pool::OUTGOING, core::mem::take(&mut self.buffer));
        }
    }

    /// Where the next record will begin: for [`Self::headers_since`].
    #[must_use]
    pub const fn mark(&self) -> usize {
        self.end
    }

    /// The headers of the records that were sealed since [`Self::mark`], for the message callback.
    pub fn headers_since(&self, mark: usize) -> impl Iterator<Item = [u8; HEADER_LENGTH]> {
        let mut rest = self.buffer.get(mark..self.end).unwrap_or_default();
        core::iter::from_fn(move || {
            let (header, after) = rest.split_first_chunk()?;
            let [_, _, _, high, low]: [u8; HEADER_LENGTH] = *header;
            rest = after.get(usize::from(u16::from_be_bytes([high, low]))..)?;
            Some(*header)
        })
    }

    /// Whether records hide their content type: those of TLS 1.3, once there are keys (RFC 8446 §5.2).
    #[must_use]
    pub fn hides_type(&self) -> bool {
        self.keys.as_ref().is_some_and(RecordKeys::is_tls13)
    }

    /// From the next record on, these keys.
    pub fn set_keys(&mut self, keys: RecordKeys) {
        if self.unsealed.is_empty() {
            self.keys = Some(keys);
        } else {
            self.unsealed.push_back(Unsealed::Keys(Box::new(keys)));
        }
    }

    /// The peer takes no more than this many bytes of plaintext in a record (RFC 6066 §4, RFC 8449).
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.clamp(1, MAX_PLAINTEXT);
    }

    /// The most bytes of plaintext that the peer takes in a record.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// From the next record on, none: a ClientHello that follows early data (RFC 8446 §4.2.10).
    pub fn clear_keys(&mut self) {
        self.keys = None;
    }

    /// The version in record headers: 1.0 for a first ClientHello, else 1.2 (RFC 8446 §5.1).
    pub fn set_version(&mut self, version: ProtocolVersion) {
        self.version = version.min(ProtocolVersion::TLS1_2);
    }

    /// How many records may still be sealed under these keys before they should be updated
    /// (RFC 8446 §5.5).
    #[must_use]
    pub fn records_left(&self) -> u64 {
        let left = self.keys.as_ref().map_or(u64::MAX, RecordKeys::records_left);
        left.saturating_sub(self.unsealed.len() as u64)
    }

    /// TLS 1.3 records are padded as the program says for each (`asks`), or to a multiple of `block` bytes (0 or 1: not at
    /// all). The content type counts as one of them.
    pub fn set_padding(&mut self, block: usize, asks: bool) {
        self.padding_block = block;
        self.asks_for_padding = asks;
    }

    /// Makes room for all records of `data` at once.
    fn reserve(&mut self, data: &[u8], max_fragment: usize) {
        let whole_records = data.len() / max_fragment;
        let last = data.len() % max_fragment;
        let mut length = whole_records * self.record_length(max_fragment, 0);
        if last > 0 {
            length += self.record_length(last, self.padding(last, max_fragment));
        }
        let needed = self.end + length;
        self.take_memory();
        if self.buffer.len() < needed {
            self.buffer.reserve_exact(needed - self.buffer.len());
        }
    }

    fn take_memory(&mut self) {
        if self.buffer.capacity() == 0 {
            self.buffer = pool::take(&pool::OUTGOING);
        }
    }

    fn record_length(&self, content_length: usize, padding: usize) -> usize {
        HEADER_LENGTH
            + self.keys.as_ref().map_or(content_length, |keys| keys.body_length(content_length, padding))
    }

    /// Padding for this much content. A record that is padded is no larger than one that is full
    /// (RFC 8446 §5.4).
    fn padding(&self, content_length: usize, max_fragment: usize) -> usize {
        let is_tls13 = self.keys.as_ref().is_some_and(RecordKeys::is_tls13);
        if !is_tls13 || self.padding_block <= 1 {
            return 0;
        }
        let inner = content_length + 1;
        (inner.next_multiple_of(self.padding_block) - inner).min(max_fragment.saturating_sub(inner))
    }

    fn seal_record(&mut self, content_type: ContentType, content: &[u8], padding: usize) -> Result<()> {
        let length = self.record_length(content.len(), padding);
        let end = self.end + length;
        self.take_memory();
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let record = self.buffer.get_mut(self.end..end).unwrap_or_default();
        let (header, body) = record.split_first_chunk_mut().ok_or(Error::internal())?;
        let is_tls13 = self.keys.as_ref().is_some_and(RecordKeys::is_tls13);
        // RFC 8446 §5.2: a protected record says application_data and 1.2.
        let (outer_type, version) = if is_tls13 {
            (ContentType::APPLICATION_DATA, ProtocolVersion::TLS1_2)
        } else {
            (content_type, self.version)
        };
        let [major, minor] = version.0.to_be_bytes();
        // Lossless: at most a full fragment and its overhead.
        let [high, low] = (body.len() as u16).to_be_bytes();
        *header = [outer_type.0, major, minor, high, low];
        match &mut self.keys {
            Some(keys) => keys.seal(*header, content_type, content, padding, body)?,
            None => body.copy_from_slice(content),
        }
        self.end = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::{aead::AeadAlgorithm, cbc::Direction, suite},
        record::{SecurityParameters, WriteKeys},
    };

    fn drained(outbound: &mut Outbound) -> Vec<u8> {
        let (buffer, start) = outbound.take();
        let bytes = buffer[start..].to_vec();
        outbound.put_back(buffer, start + bytes.len());
        assert!(outbound.pending().is_empty());
        bytes
    }

    fn tls13() -> Outbound {
        let mut outbound = Outbound::new();
        outbound.set_keys(RecordKeys::tls13(AeadAlgorithm::Aes128Gcm, &[1; 16], [2; 12]).unwrap());
        outbound
    }

    #[test]
    fn plaintext_record_has_header_and_content() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, b"abc", MAX_PLAINTEXT).unwrap();
        outbound.set_version(ProtocolVersion::TLS1_3);
        outbound.seal(ContentType::ALERT, &[2, 40], MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending(), b"\x16\x03\x01\x00\x03abc\x15\x03\x03\x00\x02\x02\x28");
    }

    #[test]
    fn headers_of_what_was_sealed_since_a_mark() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, b"before", MAX_PLAINTEXT).unwrap();
        let mark = outbound.mark();
        outbound.seal(ContentType::HANDSHAKE, b"abc", 2).unwrap();
        let headers: Vec<_> = outbound.headers_since(mark).collect();
        assert_eq!(headers, [[22, 3, 1, 0, 2], [22, 3, 1, 0, 1]]);
        assert!(!outbound.hides_type() && tls13().hides_type());
    }

    #[test]
    fn data_over_the_fragment_size_is_split() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, b"abcde", 2).unwrap();
        assert_eq!(outbound.pending(), b"\x16\x03\x01\x00\x02ab\x16\x03\x01\x00\x02cd\x16\x03\x01\x00\x01e");
    }

    #[test]
    fn fragment_size_beyond_the_limit_is_the_limit() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, &[0; MAX_PLAINTEXT + 1], usize::MAX).unwrap();
        assert_eq!(outbound.pending().len(), MAX_PLAINTEXT + 1 + 2 * HEADER_LENGTH);
    }

    #[test]
    fn empty_data_is_a_record_for_application_data_only() {
        let mut outbound = Outbound::new();
        for content_type in [ContentType::HANDSHAKE, ContentType::ALERT, ContentType::CHANGE_CIPHER_SPEC] {
            outbound.seal(content_type, b"", MAX_PLAINTEXT).unwrap();
            assert!(outbound.pending().is_empty());
        }
        outbound.seal(ContentType::APPLICATION_DATA, b"", MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending(), [23, 3, 1, 0, 0]);
    }

    #[test]
    fn tls13_record_hides_its_type() {
        let mut outbound = tls13();
        outbound.seal(ContentType::HANDSHAKE, b"abc", MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending()[..5], [23, 3, 3, 0, 20]);
    }

    #[test]
    fn change_cipher_spec_of_tls13_is_not_protected() {
        let mut outbound = tls13();
        outbound.set_version(ProtocolVersion::TLS1_3);
        outbound.seal(ContentType::CHANGE_CIPHER_SPEC, &[1], MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending(), [20, 3, 3, 0, 1, 1]);
        outbound.seal(ContentType::HANDSHAKE, b"abc", MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending()[6..11], [23, 3, 3, 0, 20]);
    }

    #[test]
    fn padding_rounds_content_and_type_up_to_the_block() {
        for (block, length, body) in
            [(0, 1, 18), (1, 1, 18), (2, 1, 18), (2, 30, 48), (8, 1, 24), (32, 59, 80), (128, 146, 272)]
        {
            let mut outbound = tls13();
            outbound.set_padding(block, false);
            outbound.seal(ContentType::APPLICATION_DATA, &vec![0; length], MAX_PLAINTEXT).unwrap();
            assert_eq!(drained(&mut outbound).len(), HEADER_LENGTH + body, "{length} bytes, block {block}");
        }
    }

    #[test]
    fn padding_never_exceeds_a_full_record() {
        for length in [0, 1, 16_382, 16_383, 16_384] {
            let mut outbound = tls13();
            outbound.set_padding(10_000, false);
            outbound.seal(ContentType::APPLICATION_DATA, &vec![0; length], MAX_PLAINTEXT).unwrap();
            assert!(outbound.pending().len() <= HEADER_LENGTH + MAX_PLAINTEXT + 1 + 16);
        }
    }

    #[test]
    fn limit_of_the_peer_binds_every_record_and_its_padding() {
        let mut outbound = tls13();
        outbound.set_limit(512);
        outbound.set_padding(1000, false);
        outbound.seal(ContentType::APPLICATION_DATA, &[0; 1000], MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.limit(), 512);
        // A full record has its type beside the content; the second one is padded up to the limit.
        assert_eq!(outbound.pending().len(), (HEADER_LENGTH + 512 + 17) + (HEADER_LENGTH + 512 + 16));
    }

    #[test]
    fn records_wait_for_the_padding_that_the_program_says() {
        let mut outbound = tls13();
        outbound.set_padding(0, true);
        outbound.seal(ContentType::APPLICATION_DATA, &[0; 600], 500).unwrap();
        outbound.seal(ContentType::CHANGE_CIPHER_SPEC, &[1], 500).unwrap();
        outbound.set_keys(RecordKeys::tls13(AeadAlgorithm::Aes128Gcm, &[3; 16], [4; 12]).unwrap());
        outbound.seal(ContentType::ALERT, &[1, 0], 500).unwrap();
        assert!(outbound.pending().is_empty() && outbound.has_unsealed());
        // The first one is full: nobody is asked.
        assert_eq!(outbound.next_unpadded(), Ok(Unpadded::Sealed(ContentType::APPLICATION_DATA)));
        assert_eq!(outbound.next_unpadded(), Ok(Unpadded::Waits(ContentType::APPLICATION_DATA, 101)));
        assert_eq!(drained(&mut outbound).len(), HEADER_LENGTH + 500 + 17);
        outbound.seal_padded(10).unwrap();
        assert_eq!(drained(&mut outbound).len(), HEADER_LENGTH + 101 + 10 + 16);
        assert_eq!(outbound.next_unpadded(), Ok(Unpadded::Sealed(ContentType::CHANGE_CIPHER_SPEC)));
        assert_eq!(outbound.next_unpadded(), Ok(Unpadded::Waits(ContentType::ALERT, 3)));
        assert_eq!(drained(&mut outbound), [20, 3, 1, 0, 1, 1]);
        outbound.seal_padded(usize::MAX).unwrap();
        assert_eq!(drained(&mut outbound).len(), HEADER_LENGTH + 500 + 16);
        assert_eq!(outbound.next_unpadded(), Ok(Unpadded::Nothing));
        assert!(!outbound.has_unsealed());
        assert!(outbound.seal_padded(0).is_err());
    }

    #[test]
    fn nobody_is_asked_for_padding_without_keys() {
        let mut outbound = Outbound::new();
        outbound.set_padding(0, true);
        outbound.seal(ContentType::HANDSHAKE, b"abc", MAX_PLAINTEXT).unwrap();
        assert_eq!(drained(&mut outbound).len(), 8);
    }

    #[test]
    fn records_sealed_meanwhile_stay_behind_the_unwritten_ones() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, b"a", MAX_PLAINTEXT).unwrap();
        let (buffer, start) = outbound.take();
        assert_eq!(&buffer[start..], b"\x16\x03\x01\x00\x01a");
        outbound.seal(ContentType::HANDSHAKE, b"b", MAX_PLAINTEXT).unwrap();
        assert!(outbound.pending().is_empty());
        let (inner, inner_start) = outbound.take();
        assert!(inner.is_empty());
        outbound.put_back(inner, inner_start);
        outbound.put_back(buffer, start + 4);
        assert_eq!(outbound.pending(), b"\x01a\x16\x03\x01\x00\x01b");
        let (buffer, start) = outbound.take();
        assert_eq!(start, 4);
        outbound.seal(ContentType::HANDSHAKE, b"c", MAX_PLAINTEXT).unwrap();
        let length = buffer.len();
        outbound.put_back(buffer, length);
        assert_eq!(drained(&mut outbound), b"\x16\x03\x01\x00\x01c");
    }

    #[test]
    fn partly_written_bytes_are_not_written_again() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, b"abcdef", MAX_PLAINTEXT).unwrap();
        let mut written = Vec::new();
        while !outbound.pending().is_empty() {
            let (buffer, start) = outbound.take();
            written.push(buffer[start]);
            outbound.put_back(buffer, start + 1);
        }
        assert_eq!(written, b"\x16\x03\x01\x00\x06abcdef");
    }

    #[test]
    fn shorter_record_after_a_longer_one_sends_nothing_stale() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, &[7; 100], MAX_PLAINTEXT).unwrap();
        assert_eq!(drained(&mut outbound).len(), 105);
        outbound.seal(ContentType::HANDSHAKE, b"z", MAX_PLAINTEXT).unwrap();
        assert_eq!(drained(&mut outbound), b"\x16\x03\x01\x00\x01z");
    }

    #[test]
    fn memory_is_held_while_bytes_wait() {
        let mut outbound = Outbound::new();
        outbound.seal(ContentType::HANDSHAKE, &[7; 1000], MAX_PLAINTEXT).unwrap();
        let (buffer, start) = outbound.take();
        outbound.put_back(buffer, start + 3);
        assert!(outbound.buffer.capacity() >= 1002);
        assert_eq!(drained(&mut outbound).len(), 1002);
        assert_eq!(outbound.buffer.capacity(), 0);
        // The next one takes it over.
        let mut next = Outbound::new();
        next.seal(ContentType::HANDSHAKE, b"abc", MAX_PLAINTEXT).unwrap();
        assert!(next.buffer.capacity() >= 1005);
        assert_eq!(drained(&mut next), b"\x16\x03\x01\x00\x03abc");
    }

    #[test]
    fn room_is_made_once_and_exactly() {
        let mut outbound = tls13();
        outbound.seal(ContentType::APPLICATION_DATA, &[0; 40_000], MAX_PLAINTEXT).unwrap();
        assert_eq!(outbound.pending().len(), 40_000 + 3 * (HEADER_LENGTH + 17));
        assert_eq!(outbound.buffer.capacity(), outbound.pending().len());
    }

    #[test]
    fn empty_record_precedes_application_data_where_vectors_are_chained() {
        for (name, version, wanted, records) in [
            ("AES128-SHA", ProtocolVersion::TLS1_0, true, &[32, 32, 16_416, 48][..]),
            ("AES128-SHA", ProtocolVersion::TLS1_0, false, &[32, 16_416, 48]),
            ("AES128-SHA", ProtocolVersion::TLS1_1, true, &[48, 16_432, 64]),
            ("NULL-SHA", ProtocolVersion::TLS1_0, true, &[22, 16_404, 36]),
        ] {
            let suite = suite::find_by_name(name).unwrap();
            let parameters = SecurityParameters {
                empty_fragments: wanted,
                ..SecurityParameters::new(suite, version, false)
            };
            let keys = WriteKeys::filled(20, suite.bulk.key_length(), parameters.iv_length());
            let mut outbound = Outbound::new();
            outbound.set_keys(RecordKeys::tls12(&parameters, &keys, Direction::Encrypt).unwrap());
            outbound.seal(ContentType::ALERT, &[1, 0], MAX_PLAINTEXT).unwrap();
            outbound.seal(ContentType::APPLICATION_DATA, &[0; MAX_PLAINTEXT + 16], MAX_PLAINTEXT).unwrap();
            let mut rest = outbound.pending();
            let mut lengths = Vec::new();
            while let Some((header, after)) = rest.split_first_chunk::<HEADER_LENGTH>() {
                let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
                lengths.push(length);
                rest = &after[length..];
            }
            assert_eq!(lengths, records, "{name} {version:?}");
        }
    }
}
