//! KeyUpdate (RFC 8446 §4.6.3, §7.2).

use crate::{
    error::{Error, Reason, Result},
    handshake::{Negotiated, Traffic, context::Connected, position::Position},
    message::{Message, key_update},
    record::{Level, Side},
    wire::{AlertDescription, HandshakeType},
};

/// The most KeyUpdates of a peer that sends no application data between them: each one costs us
/// a derivation of keys and perhaps an answer.
const MAX_KEY_UPDATES: u8 = 32;

fn traffic(negotiated: &mut Negotiated) -> Result<&mut Traffic> {
    negotiated.traffic.as_mut().ok_or(Error::internal())
}

/// The peer changes its keys, and maybe wants us to change ours.
pub(super) fn read_key_update(connected: &mut Connected<'_>, message: &Message) -> Result<()> {
    if connected.records.crypto_stream.is_some() {
        // RFC 9001 §6: QUIC updates its keys by itself.
        return Err(Error::unexpected());
    }
    let update_requested = key_update::read(message.expect(HandshakeType::KEY_UPDATE)?)?;
    super::report_read(connected, position_of_read(connected.side));
    let traffic = traffic(connected.negotiated)?;
    if traffic.key_updates >= MAX_KEY_UPDATES {
        return Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MANY_KEY_UPDATES));
    }
    traffic.key_updates = traffic.key_updates.saturating_add(1);
    traffic.read = traffic.read.next();
    let read = traffic.read.clone();
    // A peer that reads nothing must not make the answers pile up.
    let answers = update_requested && !core::mem::replace(&mut traffic.answer_waits, true);
    connected.set_read_secret(Level::Application, &read)?;
    connected.log_secret(label_of_sender(connected.side.peer()), read.as_bytes());
    if answers { send_key_update(connected, false) } else { Ok(()) }
}

const fn position_of_read(side: Side) -> Position {
    match side {
        Side::Client => Position::CrKeyUpdate,
        Side::Server => Position::SrKeyUpdate,
    }
}

/// What OpenSSL calls the secrets after the first in the key log: it does not count them.
const fn label_of_sender(side: Side) -> &'static str {
    match side {
        Side::Client => "CLIENT_TRAFFIC_SECRET_N",
        Side::Server => "SERVER_TRAFFIC_SECRET_N",
    }
}

/// Sends a KeyUpdate and changes the write keys (RFC 8446 §4.6.3).
pub fn send_key_update(connected: &mut Connected<'_>, update_requested: bool) -> Result<()> {
    connected.leave_for(match connected.side {
        Side::Client => Position::CwKeyUpdate,
        Side::Server => Position::SwKeyUpdate,
    });
    connected.send(&key_update::write(update_requested))?;
    let traffic = traffic(connected.negotiated)?;
    traffic.write = traffic.write.next();
    let write = traffic.write.clone();
    connected.set_write_secret(Level::Application, &write)?;
    connected.log_secret(label_of_sender(connected.side), write.as_bytes());
    connected.leave_for(Position::Ok);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{
        post::read_message,
        test_endpoint::{Endpoint, established},
    };

    fn secrets(endpoint: &Endpoint) -> (Vec<u8>, Vec<u8>) {
        let traffic = endpoint.negotiated.traffic.as_ref().unwrap();
        (traffic.read.as_bytes().to_vec(), traffic.write.as_bytes().to_vec())
    }

    #[test]
    fn key_update_moves_the_read_secret_only() {
        let mut client = established(Side::Client);
        let (read, write) = secrets(&client);
        let expected = client.negotiated.traffic.as_ref().unwrap().read.next();
        read_message(&mut client.connected(), &key_update::write(false)).unwrap();
        assert_ne!(secrets(&client).0, read);
        assert_eq!(secrets(&client), (expected.as_bytes().to_vec(), write));
        assert!(client.records.outbound.pending().is_empty());
        assert_eq!(client.positions(), [Position::Ok, Position::Ok, Position::CrKeyUpdate]);
    }

    #[test]
    fn requested_update_is_answered_with_one_that_requests_none() {
        let mut client = established(Side::Client);
        let (_, write) = secrets(&client);
        let expected = client.negotiated.traffic.as_ref().unwrap().write.next();
        read_message(&mut client.connected(), &key_update::write(true)).unwrap();
        assert_ne!(secrets(&client).1, write);
        assert_eq!(secrets(&client).1, expected.as_bytes());
        assert_eq!(client.sent()[0].as_bytes(), key_update::write(false).as_bytes());
    }

    #[test]
    fn answer_that_waits_answers_later_requests_too() {
        let mut server = established(Side::Server);
        let request = key_update::write(true);
        read_message(&mut server.connected(), &request).unwrap();
        let (read, write) = secrets(&server);
        read_message(&mut server.connected(), &request).unwrap();
        assert_ne!(secrets(&server).0, read);
        assert_eq!(secrets(&server).1, write);
        server.negotiated.all_was_written();
        read_message(&mut server.connected(), &request).unwrap();
        assert_ne!(secrets(&server).1, write);
    }

    #[test]
    fn key_updates_in_a_row_are_limited() {
        let mut server = established(Side::Server);
        let update = key_update::write(false);
        for _ in 0..MAX_KEY_UPDATES {
            assert!(read_message(&mut server.connected(), &update).is_ok());
        }
        let refused = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MANY_KEY_UPDATES);
        assert_eq!(read_message(&mut server.connected(), &update).err(), Some(refused));
        server.negotiated.application_data_came();
        assert!(read_message(&mut server.connected(), &update).is_ok());
    }

    #[test]
    fn key_update_not_at_the_end_of_a_record_is_unexpected() {
        let mut client = established(Side::Client);
        client.records.joiner.push(&[4, 0]);
        let refused = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::NOT_ON_RECORD_BOUNDARY);
        assert_eq!(read_message(&mut client.connected(), &key_update::write(false)).err(), Some(refused));
    }
}
