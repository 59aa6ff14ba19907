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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        handshake::{
            Event,
            test_endpoint::{Endpoint, established},
        },
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
    fn renegotiation_is_refused_with_a_warning() {
        for (side, message) in
            [(Side::Client, HandshakeType::HELLO_REQUEST), (Side::Server, HandshakeType::CLIENT_HELLO)]
        {
            let mut endpoint = tls12(side);
            assert!(matches!(read_message(&mut endpoint.connected(), &empty(message)), Ok(None)));
            // A record header, and warning(1) no_renegotiation(100).
            assert_eq!(endpoint.records.outbound.pending(), [21, 3, 1, 0, 2, 1, 100]);
            assert!(matches!(
                endpoint.events.pop_front(),
                Some(Event::Alert(_, _, AlertDescription::NO_RENEGOTIATION))
            ));
        }
    }

    #[test]
    fn hello_request_with_a_body_is_decode_error() {
        let message = Message::build(HandshakeType::HELLO_REQUEST, |body| body.u8(0));
        assert_eq!(
            read_message(&mut tls12(Side::Client).connected(), &message).err(),
            Some(Error::decode(Reason::LENGTH_MISMATCH))
        );
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
