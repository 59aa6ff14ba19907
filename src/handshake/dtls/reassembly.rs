//! Handshake messages out of fragments (RFC 6347 §4.2.2, §4.2.3), which come in any order, several times, and cut differently
//! each time.
//!
//! Before there are keys anybody can send fragments: what does not fit is dropped, never an error. Memory is taken for bytes that
//! came, not because a header announces them, and there is an end to it.

use std::collections::BTreeMap;

use crate::{
    message::{DATAGRAM_HEADER_LENGTH, Message},
    wire::HandshakeType,
};

/// How many messages ahead of the next one are kept.
const MAX_AHEAD: u16 = 10;
/// How many pieces with gaps between them a message may have.
const MAX_PIECES: usize = 256;
/// The most bytes of all messages together, beyond those of the next one.
const MAX_BUFFERED: usize = 256 * 1024;

/// A fragment as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// The type of its message.
    pub handshake_type: HandshakeType,
    /// The length of its message.
    pub length: usize,
    /// The number of its message.
    pub sequence: u16,
    /// Where in the message it belongs.
    pub offset: usize,
    /// What it has of the message.
    pub bytes: &'a [u8],
}

impl<'a> Fragment<'a> {
    /// The first fragment in a record's content, and what follows it. `None` if that is none.
    #[must_use]
    pub fn split(content: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (header, rest) = content.split_first_chunk::<DATAGRAM_HEADER_LENGTH>()?;
        let [kind, l0, l1, l2, s0, s1, o0, o1, o2, f0, f1, f2] = *header;
        let number = |high, middle, low| u32::from_be_bytes([0, high, middle, low]) as usize;
        let (length, offset) = (number(l0, l1, l2), number(o0, o1, o2));
        let (bytes, rest) = rest.split_at_checked(number(f0, f1, f2))?;
        // Both are below 2^24.
        if offset + bytes.len() > length {
            return None;
        }
        let sequence = u16::from_be_bytes([s0, s1]);
        Some((Self { handshake_type: HandshakeType(kind), length, sequence, offset, bytes }, rest))
    }
}

/// A message of which something came.
struct Partial {
    handshake_type: HandshakeType,
    length: usize,
    /// What came, by where it belongs; no two overlap. Those that touch are joined now and then: bytes that come one by one, the
    /// last one first, must not be moved each time.
    pieces: BTreeMap<usize, Vec<u8>>,
    /// How many pieces there would be if all that touch were joined.
    runs: usize,
    /// How many bytes came.
    buffered: usize,
    /// Fragments disagreed: one at least is forged.
    is_disputed: bool,
}

impl Partial {
    fn new(fragment: &Fragment<'_>) -> Self {
        Self {
            handshake_type: fragment.handshake_type,
            length: fragment.length,
            pieces: BTreeMap::new(),
            runs: 0,
            buffered: 0,
            is_disputed: false,
        }
    }

    const fn is_complete(&self) -> bool {
        self.buffered == self.length
    }

    /// Adds what is new. What came first counts where fragments disagree.
    fn add(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        let mut position = offset;
        while position < end {
            let before = self.pieces.range(..=position).next_back();
            if let Some((start, piece)) = before.filter(|(start, piece)| *start + piece.len() > position) {
                let covered = (start + piece.len()).min(end);
                let old = piece.get(position - start..covered - start);
                self.is_disputed |= old != bytes.get(position - offset..covered - offset);
                position = covered;
                continue;
            }
            let next = self.pieces.range(position..).next().map_or(end, |(start, _)| *start).min(end);
            let Some(new) = bytes.get(position - offset..next - offset) else { return };
            self.insert(position, new);
            position = next;
        }
    }

    /// Inserts bytes into a gap.
    fn insert(&mut self, start: usize, bytes: &[u8]) {
        let touches_next = self.pieces.contains_key(&(start + bytes.len()));
        let before = self.pieces.range_mut(..start).next_back();
        if let Some((_, piece)) = before.filter(|(begin, piece)| **begin + piece.len() == start) {
            piece.extend_from_slice(bytes);
            self.runs -= usize::from(touches_next);
        } else {
            if !touches_next && self.runs >= MAX_PIECES {
                return;
            }
            self.runs += usize::from(!touches_next);
            self.pieces.insert(start, bytes.to_vec());
        }
        self.buffered += bytes.len();
        if self.pieces.len() >= 2 * MAX_PIECES {
            self.join();
        }
    }

    /// Joins the pieces that touch.
    fn join(&mut self) {
        for (start, piece) in core::mem::take(&mut self.pieces) {
            match self.pieces.last_entry() {
                Some(mut last) if last.key() + last.get().len() == start => {
                    last.get_mut().extend_from_slice(&piece);
                }
                _ => {
                    self.pieces.insert(start, piece);
                }
            }
        }
    }
}

/// Fragments on their way to be messages.
#[derive(Default)]
pub struct Reassembly {
    next: u16,
    /// The peer was sent away to come again: its first message may come again as well.
    may_repeat: bool,
    messages: BTreeMap<u16, Partial>,
}

impl Reassembly {
    /// Numbers begin at 0 again.
    pub fn begin_handshake(&mut self) {
        *self = Self::default();
    }

    /// The message with this number is the next one; what came of others is forgotten.
    pub fn expect(&mut self, sequence: u16) {
        *self = Self { next: sequence, ..Self::default() };
    }

    /// The message with this number is the next one, or the one before again: its answer may get lost.
    pub fn expect_or_repeat(&mut self, sequence: u16) {
        *self = Self { next: sequence, may_repeat: true, ..Self::default() };
    }

    /// The first message of all will not come.
    pub fn skip_first(&mut self) {
        self.next = 1;
        self.messages.remove(&0);
    }

    /// The number of the next message.
    #[must_use]
    pub const fn next(&self) -> u16 {
        self.next
    }

    /// Takes a fragment, unless its message came already or is too far ahead, it contradicts what came before, its message is
    /// longer than `limit` allows, or there is no room for it.
    pub fn push(&mut self, fragment: &Fragment<'_>, limit: usize) {
        let ahead = fragment.sequence.checked_sub(self.first());
        if ahead.is_none_or(|ahead| ahead >= MAX_AHEAD) || fragment.length > limit {
            return;
        }
        let buffered: usize = self.messages.values().map(|message| message.buffered).sum();
        if ahead != Some(0) && buffered + fragment.bytes.len() > MAX_BUFFERED {
            return;
        }
        let message = self.messages.entry(fragment.sequence).or_insert_with(|| Partial::new(fragment));
        if message.handshake_type == fragment.handshake_type && message.length == fragment.length {
            message.add(fragment.offset, fragment.bytes);
        } else {
            message.is_disputed = true;
        }
    }

    /// Forgets messages whose fragments disagreed: perhaps what came first was forged. The peer will send them again.
    pub fn forget_disputed(&mut self) {
        self.messages.retain(|_, message| !message.is_disputed);
    }

    /// The number of the first message that is taken.
    const fn first(&self) -> u16 {
        if self.may_repeat { self.next.saturating_sub(1) } else { self.next }
    }

    /// The number of the message that is complete.
    fn complete(&self) -> Option<u16> {
        let is_complete = |sequence: &u16| self.messages.get(sequence).is_some_and(Partial::is_complete);
        [self.next, self.first()].into_iter().find(is_complete)
    }

    /// Whether [`Self::pop`] has a message to give.
    #[must_use]
    pub fn has_message(&self) -> bool {
        self.complete().is_some()
    }

    /// The next message, if it is complete.
    pub fn pop(&mut self) -> Option<Message> {
        let sequence = self.complete()?;
        let Partial { handshake_type, length, pieces, .. } = self.messages.remove(&sequence)?;
        self.next = sequence.wrapping_add(1);
        self.may_repeat = false;
        // A fragment's length has 24 bits.
        let [_, high, middle, low] = (length as u32).to_be_bytes();
        let mut bytes = Vec::with_capacity(4 + length);
        bytes.extend_from_slice(&[handshake_type.0, high, middle, low]);
        for piece in pieces.into_values() {
            bytes.extend_from_slice(&piece);
        }
        Message::from_bytes(bytes).map(|message| message.numbered(sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1000;

    fn fragment(sequence: u16, length: usize, offset: usize, bytes: &[u8]) -> Fragment<'_> {
        Fragment { handshake_type: HandshakeType::CERTIFICATE, length, sequence, offset, bytes }
    }

    fn bodies(reassembly: &mut Reassembly) -> Vec<Vec<u8>> {
        core::iter::from_fn(|| reassembly.pop().map(|message| message.body().to_vec())).collect()
    }

    #[test]
    fn fragment_is_split_off_a_record() {
        let content = b"\x0b\0\0\x05\0\x02\0\0\x01\0\0\x02xyrest";
        let (fragment, rest) = Fragment::split(content).unwrap();
        assert_eq!((fragment.sequence, fragment.length, fragment.offset), (2, 5, 1));
        assert_eq!((fragment.bytes, rest), (&b"xy"[..], &b"rest"[..]));
        for length in 0..DATAGRAM_HEADER_LENGTH + 2 {
            assert_eq!(Fragment::split(&content[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn fragment_beyond_its_message_is_none() {
        assert_eq!(Fragment::split(b"\x0b\0\0\x02\0\0\0\0\x01\0\0\x02xy"), None);
        assert_eq!(Fragment::split(b"\x0b\0\0\x02\0\0\xff\xff\xff\0\0\x02xy"), None);
    }

    #[test]
    fn messages_come_out_in_their_order_with_their_numbers() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(1, 3, 0, b"def"), LIMIT);
        assert!(!reassembly.has_message());
        reassembly.push(&fragment(0, 3, 0, b"abc"), LIMIT);
        let first = reassembly.pop().unwrap();
        assert_eq!((first.as_bytes(), first.sequence()), (&b"\x0b\0\0\x03abc"[..], Some(0)));
        let second = reassembly.pop().unwrap();
        assert_eq!((second.body(), second.sequence()), (&b"def"[..], Some(1)));
        assert_eq!(reassembly.next(), 2);
    }

    #[test]
    fn message_without_a_body_is_complete_at_once() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(0, 0, 0, b""), LIMIT);
        assert_eq!(bodies(&mut reassembly), [b""]);
    }

    #[test]
    fn fragments_in_every_order_and_cut_make_the_message() {
        let whole: Vec<u8> = (0..40).collect();
        let mut order = 12_345_u32;
        let mut random = |below: usize| {
            order = order.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (order >> 16) as usize % below
        };
        for _ in 0..500 {
            let mut reassembly = Reassembly::default();
            while !reassembly.has_message() {
                let start = random(41);
                let end = start + random(41 - start);
                reassembly.push(&fragment(0, 40, start, &whole[start..end]), LIMIT);
            }
            assert_eq!(bodies(&mut reassembly), [&whole[..]]);
        }
    }

    #[test]
    fn what_came_first_counts_where_fragments_disagree() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(0, 6, 2, b"cd"), LIMIT);
        reassembly.push(&fragment(0, 6, 0, b"abXXef"), LIMIT);
        assert_eq!(bodies(&mut reassembly), [b"abcdef"]);
    }

    #[test]
    fn fragment_that_contradicts_its_message_is_dropped() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(0, 6, 0, b"abc"), LIMIT);
        reassembly.push(&fragment(0, 7, 3, b"XXXX"), LIMIT);
        let other = Fragment { handshake_type: HandshakeType::FINISHED, ..fragment(0, 6, 3, b"XXX") };
        reassembly.push(&other, LIMIT);
        assert!(!reassembly.has_message());
        reassembly.push(&fragment(0, 6, 3, b"def"), LIMIT);
        assert_eq!(bodies(&mut reassembly), [b"abcdef"]);
    }

    #[test]
    fn client_that_was_sent_away_may_repeat_itself_or_come_again() {
        for (sequence, next) in [(0, 1), (1, 2)] {
            let mut reassembly = Reassembly::default();
            reassembly.expect_or_repeat(1);
            reassembly.push(&fragment(sequence, 1, 0, b"a"), LIMIT);
            assert_eq!(reassembly.pop().and_then(|message| message.sequence()), Some(sequence));
            assert_eq!(reassembly.next(), next);
            reassembly.push(&fragment(0, 1, 0, b"a"), LIMIT);
            assert!(!reassembly.has_message());
        }
    }

    #[test]
    fn message_that_came_or_is_far_ahead_or_too_long_is_dropped() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(0, 1, 0, b"a"), LIMIT);
        reassembly.pop().unwrap();
        for refused in
            [fragment(0, 1, 0, b"a"), fragment(1 + MAX_AHEAD, 1, 0, b"a"), fragment(1, LIMIT + 1, 0, b"a")]
        {
            reassembly.push(&refused, LIMIT);
            assert!(reassembly.messages.is_empty(), "{refused:?}");
        }
        reassembly.push(&fragment(MAX_AHEAD, 1, 0, b"a"), LIMIT);
        assert_eq!(reassembly.messages.len(), 1);
    }

    #[test]
    fn announced_length_takes_no_memory() {
        let mut reassembly = Reassembly::default();
        reassembly.push(&fragment(0, 0xff_ffff, 0xff_fffe, b"a"), usize::MAX);
        let taken: usize =
            reassembly.messages.values().flat_map(|partial| partial.pieces.values()).map(Vec::capacity).sum();
        assert!(taken < 64, "{taken}");
    }

    #[test]
    fn pieces_with_gaps_between_them_are_bounded() {
        let mut reassembly = Reassembly::default();
        for offset in 0..2 * MAX_PIECES {
            reassembly.push(&fragment(0, 10_000, 2 * offset, b"a"), 20_000);
        }
        assert_eq!(reassembly.messages[&0].pieces.len(), MAX_PIECES);
        // All of it still comes together once the gaps are closed.
        for offset in 0..10_000 {
            reassembly.push(&fragment(0, 10_000, offset, b"a"), 20_000);
        }
        assert_eq!(bodies(&mut reassembly), [[b'a'; 10_000]]);
    }

    #[test]
    fn bytes_that_come_backwards_are_not_moved_each_time() {
        let length = 100_000;
        let mut reassembly = Reassembly::default();
        for offset in (1..length).rev() {
            reassembly.push(&fragment(0, length, offset, &[offset as u8]), length);
            let partial = &reassembly.messages[&0];
            assert!(partial.runs == 1 && partial.pieces.len() <= 2 * MAX_PIECES);
            // They were joined when there were too many, and not before.
            assert!(length - offset > 2 * MAX_PIECES - 1 || partial.pieces.len() == length - offset);
        }
        reassembly.push(&fragment(0, length, 0, &[0]), length);
        let whole: Vec<u8> = (0..length).map(|offset| offset as u8).collect();
        assert_eq!(bodies(&mut reassembly), [whole]);
    }

    #[test]
    fn message_that_was_disputed_is_forgotten_and_no_other() {
        let forged = Fragment { handshake_type: HandshakeType::FINISHED, ..fragment(0, 3, 0, b"x") };
        for forged in [fragment(0, 4, 0, b"x"), fragment(0, 3, 0, b"x"), forged] {
            let mut reassembly = Reassembly::default();
            reassembly.push(&forged, LIMIT);
            reassembly.push(&fragment(0, 3, 0, b"ab"), LIMIT);
            reassembly.push(&fragment(1, 3, 0, b"de"), LIMIT);
            reassembly.push(&fragment(1, 3, 1, b"e"), LIMIT);
            reassembly.forget_disputed();
            reassembly.push(&fragment(0, 3, 0, b"abc"), LIMIT);
            reassembly.push(&fragment(1, 3, 2, b"f"), LIMIT);
            assert_eq!(bodies(&mut reassembly), [b"abc", b"def"], "{forged:?}");
        }
    }

    #[test]
    fn messages_ahead_are_bounded_together() {
        let mut reassembly = Reassembly::default();
        let bytes = vec![0; 60_000];
        for sequence in 0..MAX_AHEAD {
            reassembly.push(&fragment(sequence, bytes.len(), 0, &bytes), 100_000);
        }
        assert!(
            reassembly.messages.values().map(|message| message.buffered).sum::<usize>()
                <= MAX_BUFFERED + 60_000
        );
        assert!(reassembly.has_message());
    }
}
