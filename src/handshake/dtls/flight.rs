//! The messages that we sent and that the peer has not answered: all of them are sent again together (RFC 6347 §4.2.4).

use crate::message::Message;

/// Something that was sent.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A message.
    Message(Message),
    /// A ChangeCipherSpec, which is no message and has no number.
    ChangeCipherSpec,
}

/// What was sent last.
#[derive(Default)]
pub struct Flight {
    /// Each with the epoch that it was sent in.
    items: Vec<(u16, Item)>,
    next_sequence: u16,
    answered: bool,
}

impl Flight {
    /// Messages are numbered from 0 on.
    pub(super) fn begin_handshake(&mut self) {
        self.next_sequence = 0;
        self.answered = true;
    }

    /// The peer answered: what is sent next is another flight.
    pub const fn note_answer(&mut self) {
        self.answered = true;
    }

    /// Whether the peer answered what we sent last.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.answered
    }

    /// Whether there is anything that could be sent again.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The number of the next message.
    pub const fn next_sequence(&self) -> u16 {
        self.next_sequence
    }

    /// The message with this number is the next one.
    pub const fn number_from(&mut self, sequence: u16) {
        self.next_sequence = sequence;
    }

    /// Adds what is being sent in this epoch.
    pub(super) fn add(&mut self, epoch: u16, item: Item) {
        if core::mem::take(&mut self.answered) {
            self.items.clear();
        }
        if let Item::Message(_) = item {
            self.next_sequence = self.next_sequence.wrapping_add(1);
        }
        self.items.push((epoch, item));
    }

    /// What has to be sent again.
    pub(super) fn items(&self) -> Vec<(u16, Item)> {
        self.items.clone()
    }

    /// Nothing of it is sent again.
    pub fn forget(&mut self) {
        self.items = Vec::new();
    }
}
