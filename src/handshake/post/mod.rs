//! After the handshake (RFC 8446 §4.6; RFC 5246 §7.4.1.1): tickets, key update; TLS 1.2's HelloRequest
//! and attempts to renegotiate, which are refused.
//!
//! | file | what it does |
//! |---|---|
//! | `ticket` | NewSessionTicket of TLS 1.3, both ways (RFC 8446 §4.6.1) |
//! | `key_update` | KeyUpdate, both ways (RFC 8446 §4.6.3, §7.2) |

mod key_update;
mod ticket;

use super::{context::Connected, position::Position, want::Ask};
use crate::{
    error::{Error, Reason, Result},
    message::Message,
    record::Side,
    wire::{AlertDescription, HandshakeType, ProtocolVersion},
};

pub use key_update::send_key_update;
pub use ticket::{new_ticket_session, send_ticket};

/// Deals with a handshake message that came after the handshake. An [`Ask`] may be returned
/// (a new session to cache); its answer is of no consequence.
pub fn read_message(connected: &mut Connected<'_>, message: &Message) -> Result<Option<Ask>> {
    let tls13 = connected.version()? == ProtocolVersion::TLS1_3;
    match (message.handshake_type(), connected.side) {
        (HandshakeType::NEW_SESSION_TICKET, Side::Client) if tls13 => {
            ticket::read_new_session_ticket(connected, message)
        }
        (HandshakeType::KEY_UPDATE, _) if tls13 => {
            key_update::read_key_update(connected, message).map(|()| None)
        }
        (HandshakeType::HELLO_REQUEST, Side::Client) if !tls13 => {
            // RFC 5246 §7.4.1.1: nothing in it.
            if !message.body().is_empty() {
                return Err(Error::decode(Reason::LENGTH_MISMATCH));
            }
            connected.send_warning(AlertDescription::NO_RENEGOTIATION).map(|()| None)
        }
        (HandshakeType::CLIENT_HELLO, Side::Server) if !tls13 => {
            connected.send_warning(AlertDescription::NO_RENEGOTIATION).map(|()| None)
        }
        _ => Err(Error::unexpected()),
    }
}

/// A message of TLS 1.3 was read after the handshake: the positions that OpenSSL reports then.
fn report_read(connected: &mut Connected<'_>, position: Position) {
    connected.leave_for(Position::Ok);
    connected.leave_for(position);
    connected.leave_for(Position::Ok);
}
