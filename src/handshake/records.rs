//! The record layer as a handshake sees it: messages go out and come in.

use crate::record::{Inbound, MessageJoiner, Outbound};

/// Both directions of the record layer, and the joiner of handshake messages.
pub struct Records {
    /// What comes in.
    pub inbound: Inbound,
    /// What goes out.
    pub outbound: Outbound,
    /// Handshake fragments on their way to be messages.
    pub joiner: MessageJoiner,
}

impl Records {
    /// Nothing sent, nothing received.
    #[must_use]
    pub fn new() -> Self {
        Self { inbound: Inbound::new(), outbound: Outbound::new(), joiner: MessageJoiner::default() }
    }
}

impl Default for Records {
    fn default() -> Self {
        Self::new()
    }
}
