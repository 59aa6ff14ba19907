//! After the handshake (RFC 8446 §4.6; RFC 5246 §7.4.1.1): tickets, key update; TLS 1.2's HelloRequest
//! and attempts to renegotiate, which are refused.

use super::{context::Connected, want::Ask};
use crate::{error::Result, message::Message};

/// Deals with a handshake message that came after the handshake. An [`Ask`] may be returned
/// (a new session to cache); its answer is of no consequence.
pub fn read_message(connected: &mut Connected<'_>, message: &Message) -> Result<Option<Ask>> {
    todo!()
}

/// Sends a KeyUpdate and changes the write keys (RFC 8446 §4.6.3).
pub fn send_key_update(connected: &mut Connected<'_>, update_requested: bool) -> Result<()> {
    todo!()
}

/// Server: makes the session of one more ticket (RFC 8446 §4.6.1); the driver seals it.
pub fn new_ticket_session(connected: &mut Connected<'_>) -> Result<Ask> {
    todo!()
}

/// Server: sends the ticket that was sealed for `session` (or, if stateful, its id as the ticket).
pub fn send_ticket(
    connected: &mut Connected<'_>,
    session: &crate::session::Session,
    ticket: Vec<u8>,
) -> Result<()> {
    todo!()
}
