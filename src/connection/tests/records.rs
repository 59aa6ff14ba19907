//! What records may hold, during a handshake and after it: data, key updates, the end, and what nobody sent.

use super::*;

#[test]
fn key_updates_go_both_ways() {
    let mut pair = Pair::new();
    pair.handshake().unwrap();
    for round in 0..10 {
        pair.client.connection.key_update(&pair.client.environment, round % 2 == 0).unwrap();
        // It is sent by what drives handshakes, as `SSL_do_handshake` does.
        assert_eq!(pair.client.handshake(&mut pair.to_server), Ok(true));
        pair.check_data_with_control();
    }
}

impl Pair {
    /// As `check_data`, where the server answers a key update before it writes.
    fn check_data_with_control(&mut self) {
        self.client.send(b"from the client", &mut self.to_server);
        let mut received = Vec::new();
        let mut buffer = [0; 100];
        loop {
            match self.server.connection.read(&self.server.environment, &mut buffer, false).unwrap() {
                Read::Data(count) => received.extend_from_slice(&buffer[..count]),
                Read::Want(Want::Write) => self.server.write_out(&mut self.to_client),
                Read::Want(Want::Read) if self.server.feed(&mut self.to_server).unwrap() => {}
                _ => break,
            }
        }
        assert_eq!(received, b"from the client");
        if self.server.connection.key_update_is_due() {
            self.server.connection.key_update(&self.server.environment, false).unwrap();
            assert_eq!(self.server.handshake(&mut self.to_client), Ok(true));
        }
        self.server.send(b"from the server", &mut self.to_client);
        assert_eq!(self.client.receive(&mut self.to_client).unwrap(), b"from the server");
    }
}

#[test]
fn data_between_the_parts_of_a_message_is_refused_in_tls13() {
    let mut pair = Pair::new();
    pair.handshake().unwrap();
    let mut wire = Vec::new();
    let outbound = &mut pair.client.connection.records.outbound;
    outbound.seal(ContentType::HANDSHAKE, &[HandshakeType::KEY_UPDATE.0, 0], usize::MAX).unwrap();
    outbound.seal(ContentType::APPLICATION_DATA, b"between", usize::MAX).unwrap();
    pair.client.write_out(&mut wire);
    assert_eq!(
        pair.server.receive(&mut wire).err(),
        Some(Error::fatal(
            AlertDescription::UNEXPECTED_MESSAGE,
            Reason::MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA
        ))
    );
}

#[test]
fn meaningless_change_cipher_specs_in_a_row_are_limited() {
    let mut client = End::new(Side::Client);
    assert!(!client.handshake(&mut Vec::new()).unwrap());
    let mut flood = [20, 3, 3, 0, 1, 1].repeat(33);
    let mut result = Ok(false);
    while result.is_ok() && client.feed(&mut flood).unwrap() {
        result = client.handshake(&mut Vec::new());
    }
    assert_eq!(
        result,
        Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_CCS_MESSAGE))
    );
}

#[test]
fn nothing_is_written_before_the_handshake() {
    let mut client = End::new(Side::Client);
    assert!(!client.handshake(&mut Vec::new()).unwrap());
    let environment = client.environment.clone();
    client.connection.begin_write(&environment, b"secret").unwrap();
    assert_eq!(client.connection.continue_write(&environment, b"secret"), Err(Error::internal()));
}

#[test]
fn close_notify_is_the_end_of_data() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let mut pair = Pair::new();
        pair.client.only(version);
        pair.handshake().unwrap();
        pair.client.send(b"last words", &mut pair.to_server);
        pair.client.connection.close(&pair.client.environment).unwrap();
        pair.client.write_out(&mut pair.to_server);
        assert_eq!(pair.server.receive(&mut pair.to_server).unwrap(), b"last words");
        assert!(pair.server.connection.received_close());
    }
}

#[test]
fn flipped_bit_anywhere_never_panics_and_never_delivers() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        for position in (0..2500).step_by(7) {
            let mut pair = Pair::new();
            pair.client.only(version);
            let mut passed = 0;
            let mut flipped = false;
            // Bytes to the client go through a channel that flips one bit.
            let outcome = (0..10_000).find_map(|_| {
                let client = pair.client.handshake(&mut pair.to_server);
                let server = pair.server.handshake(&mut pair.to_client);
                if client.is_err() || server.is_err() {
                    return Some(false);
                }
                if client == Ok(true) && server == Ok(true) {
                    return Some(true);
                }
                if !flipped && position < passed + pair.to_client.len() {
                    pair.to_client[position - passed] ^= 0x10;
                    flipped = true;
                }
                let before = pair.to_client.len();
                let fed = pair.client.feed(&mut pair.to_client);
                passed += before - pair.to_client.len();
                let served = pair.server.feed(&mut pair.to_server);
                match (fed, served) {
                    (Ok(false), Ok(false)) | (Err(_), _) | (_, Err(_)) => Some(false),
                    _ => None,
                }
            });
            assert!(outcome == Some(false) || !flipped, "{version:?}: byte {position} was not noticed");
        }
    }
}
