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
    /// Adds a fragment. A message whose header announces more than `limit(type)` bytes of body is
    /// `illegal_parameter` with `SSL_R_EXCESSIVE_MESSAGE_SIZE`, at once.
    pub fn push(&mut self, fragment: &[u8], limit: impl Fn(HandshakeType) -> usize) -> Result<()> {
        // A peer that never ends a record at the end of a message must not make this grow.
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(fragment);
        let mut rest = self.rest();
        while let Some((message_type, body_length)) = message_header(rest) {
            if body_length > limit(message_type) {
                return Err(Error::illegal(Reason::EXCESSIVE_MESSAGE_SIZE));
            }
            rest = rest.get(MESSAGE_HEADER_LENGTH + body_length..).unwrap_or_default();
        }
        Ok(())
    }

    /// The next whole message (header and body), if there is one.
    pub fn pop(&mut self) -> Option<Vec<u8>> {
        let (_, body_length) = message_header(self.rest())?;
        let message = self.rest().get(..MESSAGE_HEADER_LENGTH + body_length)?.to_vec();
        self.start += message.len();
        if self.is_empty() {
            self.bytes = Vec::new();
            self.start = 0;
        }
        Some(message)
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

    fn unlimited(_: HandshakeType) -> usize {
        usize::MAX
    }

    #[test]
    fn messages_come_out_whole_however_they_are_cut() {
        for size in 1..=TWO.len() {
            let mut joiner = MessageJoiner::default();
            let mut messages = Vec::new();
            for fragment in TWO.chunks(size) {
                joiner.push(fragment, unlimited).unwrap();
                messages.extend(core::iter::from_fn(|| joiner.pop()));
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
            joiner.push(&TWO[..length], unlimited).unwrap();
            assert_eq!(joiner.pop(), None);
            assert!(!joiner.is_empty());
        }
    }

    #[test]
    fn start_of_the_next_message_is_left_over() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&TWO[..8], unlimited).unwrap();
        assert!(joiner.pop().is_some());
        assert!(!joiner.is_empty());
    }

    #[test]
    fn messages_that_straddle_records_leave_nothing_behind() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&TWO[..1], unlimited).unwrap();
        for _ in 0..1000 {
            joiner.push(&[&TWO[1..7], &TWO[..1]].concat(), unlimited).unwrap();
            assert_eq!(joiner.pop().unwrap(), TWO[..7]);
        }
        assert!(joiner.bytes.capacity() < 100);
    }

    #[test]
    fn announced_length_over_the_limit_fails_at_the_header() {
        let limit = |message_type| if message_type == HandshakeType::CLIENT_HELLO { 3 } else { 4 };
        let excessive = Err(Error::illegal(Reason::EXCESSIVE_MESSAGE_SIZE));
        assert_eq!(MessageJoiner::default().push(&[1, 0, 0, 3], limit), Ok(()));
        assert_eq!(MessageJoiner::default().push(&[1, 0, 0, 4], limit), excessive);
        assert_eq!(MessageJoiner::default().push(&[1, 0, 0], limit), Ok(()));
        let second = [TWO, &[2, 0, 0, 5]].concat();
        assert_eq!(MessageJoiner::default().push(&second, limit), excessive);
    }

    #[test]
    fn announced_length_takes_no_memory() {
        let mut joiner = MessageJoiner::default();
        joiner.push(&[11, 255, 255, 255], unlimited).unwrap();
        assert!(joiner.bytes.capacity() < 100);
    }
}
