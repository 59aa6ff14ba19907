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

/// The peer changes its keys, and maybe wants us to change ours: once, however often it asks, before the next application data
/// (RFC 8446 §4.6.3).
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
    traffic.owes_update |= update_requested;
    connected.set_read_secret(Level::Application, &read)?;
    connected.log_secret(label_of_sender(connected.side.peer()), read.as_bytes());
    Ok(())
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
    traffic.owes_update = false;
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
    fn requested_updates_are_owed_until_one_is_sent() {
        let mut client = established(Side::Client);
        let (_, write) = secrets(&client);
        let expected = client.negotiated.traffic.as_ref().unwrap().write.next();
        for _ in 0..2 {
            read_message(&mut client.connected(), &key_update::write(true)).unwrap();
            assert!(client.negotiated.owes_key_update());
            assert_eq!(secrets(&client).1, write);
        }
        read_message(&mut client.connected(), &key_update::write(false)).unwrap();
        assert!(client.negotiated.owes_key_update());
        send_key_update(&mut client.connected(), false).unwrap();
        assert!(!client.negotiated.owes_key_update());
        assert_eq!(secrets(&client).1, expected.as_bytes());
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
