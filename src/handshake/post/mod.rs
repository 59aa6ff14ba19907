//! After the handshake of TLS 1.3 (RFC 8446 §4.6): tickets, key update, authentication of the client. What begins a renegotiation of TLS 1.2 is the
//! connection's concern.
//!
//! | file | what it does |
//! |---|---|
//! | `ticket` | NewSessionTicket of TLS 1.3, both ways (RFC 8446 §4.6.1) |
//! | `key_update` | KeyUpdate, both ways (RFC 8446 §4.6.3, §7.2) |
//! | `authentication` | the server asks for the client's certificate (RFC 8446 §4.6.2) |

pub mod authentication;
mod key_update;
mod ticket;

use super::{context::Connected, position::Position, want::Ask};
use crate::{
    error::{Error, Result},
    message::Message,
    record::Side,
    wire::{HandshakeType, ProtocolVersion},
};

pub use key_update::send_key_update;
pub use ticket::{new_ticket_session, send_ticket};

/// Deals with a handshake message that came after the handshake. An [`Ask`] may be returned (a new session to cache): the position
/// of the message is left when it was answered.
pub fn read_message(connected: &mut Connected<'_>, message: &Message) -> Result<Option<Ask>> {
    let tls13 = connected.version()? == ProtocolVersion::TLS1_3;
    match (message.handshake_type(), connected.side) {
        (HandshakeType::NEW_SESSION_TICKET, Side::Client) if tls13 => {
            ticket::read_new_session_ticket(connected, message)
        }
        (HandshakeType::KEY_UPDATE, _) if tls13 => {
            key_update::read_key_update(connected, message).map(|()| None)
        }
        _ => Err(Error::unexpected()),
    }
}

/// A message of TLS 1.3 was read after the handshake: the positions that OpenSSL reports then.
fn report_read(connected: &mut Connected<'_>, position: Position) {
    report_reading(connected, position);
    connected.leave_for(Position::Ok);
}

/// As [`report_read`], of a message that the program may be asked about: its position is left when that is done.
fn report_reading(connected: &mut Connected<'_>, position: Position) {
    connected.leave_for(Position::Ok);
    connected.leave_for(position);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        handshake::test_endpoint::{Endpoint, established},
        message::finished,
    };

    fn tls12(side: Side) -> Endpoint {
        let versions = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_2);
        let mut endpoint = Endpoint::new(side, versions, |_| {});
        endpoint.negotiated.version = Some(ProtocolVersion::TLS1_2);
        endpoint
    }

    fn empty(handshake_type: HandshakeType) -> Message {
        Message::build(handshake_type, |_| {})
    }

    #[test]
    fn other_messages_are_unexpected() {
        for side in [Side::Client, Side::Server] {
            for message in [
                HandshakeType::CLIENT_HELLO,
                HandshakeType::HELLO_REQUEST,
                HandshakeType::CERTIFICATE_REQUEST,
                HandshakeType::SERVER_HELLO,
            ] {
                let result = read_message(&mut established(side).connected(), &empty(message));
                assert_eq!(result.err(), Some(Error::unexpected()), "{side:?} {message:?}");
            }
            let result = read_message(&mut tls12(side).connected(), &finished::write(&[0; 12]));
            assert_eq!(result.err(), Some(Error::unexpected()));
        }
        let ticket = empty(HandshakeType::NEW_SESSION_TICKET);
        let result = read_message(&mut established(Side::Server).connected(), &ticket);
        assert_eq!(result.err(), Some(Error::unexpected()));
    }
}
