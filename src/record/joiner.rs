//! Handshake messages out of record fragments (RFC 8446 §5.1): a message may span records and a record
//! may hold several. Memory is taken as data arrives, never because a length field says so.

use crate::{
    error::{Error, Reason, Result},
    wire::HandshakeType,
};

/// Type and length (RFC 8446 §4).
const MESSAGE_HEADER_LENGTH: usize = 4;

/// Joins fragments into messages.
#[derive(Default)]
pub struct MessageJoiner {
    bytes: Vec<u8>,
    /// Where the first message that was not popped starts.
    start: usize,
}

impl MessageJoiner {
    /// Adds a fragment.
    pub fn push(&mut self, fragment: &[u8]) {
        // A peer that never ends a record at the end of a message must not make this grow.
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(fragment);
    }

    /// The next whole message (header and body), if there is one. If its header announces more than `limit` bytes of body it
    /// is `illegal_parameter` with `SSL_R_EXCESSIVE_MESSAGE_SIZE`, at once; `limit` is told the type and whether it is whole.
    pub fn pop(&mut self, limit: impl Fn(HandshakeType, bool) -> usize) -> Result<Option<Vec<u8>>> {
        let Some(length) = self.check(limit)? else { return Ok(None) };
        let Some(message) = self.rest().get(..length).map(<[u8]>::to_vec) else { return Ok(None) };
        self.start += message.len();
        if self.is_empty() {
            self.bytes = Vec::new();
            self.start = 0;
        }
        Ok(Some(message))
    }

    /// The length of the next message, header included, if its header has come; errors as [`Self::pop`].
    pub fn check(&self, limit: impl Fn(HandshakeType, bool) -> usize) -> Result<Option<usize>> {
        let Some((message_type, body_length)) = message_header(self.rest()) else { return Ok(None) };
        let length = MESSAGE_HEADER_LENGTH + body_length;
        if body_length > limit(message_type, self.rest().len() >= length) {
            return Err(Error::illegal(Reason::EXCESSIVE_MESSAGE_SIZE));
        }
        Ok(Some(length))
    }

    /// The type of the next message and the length of its body, if its header has come.
    #[must_use]
    pub fn next_header(&self) -> Option<(HandshakeType, usize)> {
        message_header(self.rest())
    }

    /// Whether [`Self::pop`] has a message to give.
    #[must_use]
    pub fn has_message(&self) -> bool {
        message_header(self.rest())
            .is_some_and(|(_, body_length)| self.rest().len() >= MESSAGE_HEADER_LENGTH + body_length)
    }

    /// Whether nothing is left over: keys may only change then (RFC 8446 §5.1).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

/// Type and body length of the message that `bytes` start with.
fn message_header(bytes: &[u8]) -> Option<(HandshakeType, usize)> {
    let [message_type, high, middle, low] = *bytes.first_chunk()?;
    let body_length = u32::from_be_bytes([0, high, middle, low]);
    Some((HandshakeType(message_type), body_length as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] = &[1, 0, 0, 3, 7, 8, 9, 14, 0, 0, 0];

    fn pop(joiner: &mut MessageJoiner) -> Option<Vec<u8>> {
        joiner.pop(|_, _| usize::MAX).unwrap()
    }

    #[test]
    fn messages_come_out_whole_however_they_are_cut() {
        for size in 1..=TWO.len() {
            let mut joiner = MessageJoiner::default();
            let mut messages = Vec::new();
            for fragment in TWO.chunks(size) {
                joiner.push(fragment);
                messages.extend(core::iter::from_fn(|| pop(&mut joiner)));
            }
            assert_eq!(messages, [TWO[..7].to_vec(), TWO[7..].to_vec()]);
            assert!(joiner.is_empty());
            assert_eq!(joiner.bytes.capacity(), 0);
        }
    }

    #[test]
    fn part_of_a_message_is_left_over() {
        for length in 1..7 {
            let mut joiner = MessageJoiner::default();
            joiner.push(&TWO[..length]);
            assert_eq!(pop(&mut joiner), None);
            assert!(!joiner.is_empty());
        }
    }

    #[test]
    fn start_of_the_next_message_is_left_over() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&TWO[..8]);
        assert!(pop(&mut joiner).is_some());
        assert!(!joiner.is_empty());
    }

    #[test]
    fn messages_that_straddle_records_leave_nothing_behind() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&TWO[..1]);
        for _ in 0..1000 {
            joiner.push(&[&TWO[1..7], &TWO[..1]].concat());
            assert_eq!(pop(&mut joiner).unwrap(), TWO[..7]);
        }
        assert!(joiner.bytes.capacity() < 100);
    }

    #[test]
    fn announced_length_over_the_limit_fails_at_the_header() {
        let first_of = |bytes: &[u8]| {
            let mut joiner = MessageJoiner::default();
            joiner.push(bytes);
            joiner.pop(
                |message_type, whole| {
                    if message_type == HandshakeType::CLIENT_HELLO && !whole { 3 } else { 4 }
                },
            )
        };
        let excessive = Err(Error::illegal(Reason::EXCESSIVE_MESSAGE_SIZE));
        assert_eq!(first_of(&[1, 0, 0, 3]), Ok(None));
        assert_eq!(first_of(&[1, 0, 0, 4]), excessive);
        assert_eq!(first_of(&[1, 0, 0, 4, 1, 2, 3, 4]), Ok(Some(vec![1, 0, 0, 4, 1, 2, 3, 4])));
        assert_eq!(first_of(&[1, 0, 0, 5, 1, 2, 3, 4, 5]), excessive);
        assert_eq!(first_of(&[1, 0, 0]), Ok(None));
        // The one before it is dealt with first.
        assert_eq!(first_of(&[TWO, &[2, 0, 0, 5]].concat()), Ok(Some(TWO[..7].to_vec())));
    }

    #[test]
    fn announced_length_takes_no_memory() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&[11, 255, 255, 255]);
        assert_eq!(pop(&mut joiner), None);
        assert!(joiner.bytes.capacity() < 100);
    }
}
