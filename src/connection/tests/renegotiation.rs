//! Renegotiation (RFC 5746) between a client and a server joined in memory, and what an attacker tries with it.

use super::*;
use crate::{
    error::Reason,
    handshake::Renegotiation,
    message::Message,
    wire::{ContentType, HandshakeType},
};

impl End {
    /// What a program does that only ever reads, until nothing more comes: the application data.
    pub(super) fn turn(&mut self, incoming: &mut Vec<u8>, outgoing: &mut Vec<u8>) -> Result<Vec<u8>> {
        let mut received = Vec::new();
        let mut buffer = [0; 100];
        loop {
            let want = match self.connection.handshake_before_read(&self.environment)? {
                Want::Nothing => match self.connection.read(&self.environment, &mut buffer, false)? {
                    Read::Data(count) => {
                        received.extend_from_slice(&buffer[..count]);
                        continue;
                    }
                    Read::Handshake => continue,
                    Read::Want(want) => want,
                    Read::TryAgain => return Ok(received),
                },
                want => want,
            };
            match want {
                Want::Write => self.write_out(outgoing),
                Want::Ask(ask) => self.answer(ask)?,
                Want::Read if self.feed(incoming)? => {}
                Want::Read | Want::Nothing | Want::Closed | Want::Environment => return Ok(received),
            }
        }
    }

    fn renegotiate(&mut self, kind: Renegotiation) {
        self.connection.renegotiate(&self.environment, kind).unwrap();
        assert!(self.connection.renegotiation_pending());
    }

    pub(super) fn seal_handshake(&mut self, bytes: &[u8], wire: &mut Vec<u8>) {
        self.connection.records.outbound.seal(ContentType::HANDSHAKE, bytes, 16_384).unwrap();
        self.write_out(wire);
    }

    fn finished_values(&self) -> (Vec<u8>, Vec<u8>) {
        let negotiated = self.connection.negotiated();
        (negotiated.client_verify_data.clone(), negotiated.server_verify_data.clone())
    }
}

impl Pair {
    /// Established in TLS 1.2, though both sides would take TLS 1.3 from now on.
    fn established() -> Self {
        let mut pair = Self::new();
        pair.client.settings().max_version = Some(ProtocolVersion::TLS1_2);
        pair.handshake().unwrap();
        pair.client.settings().max_version = None;
        pair
    }

    /// Both sides read until neither has anything to say: what client and server received.
    pub(super) fn settle(&mut self) -> core::result::Result<(Vec<u8>, Vec<u8>), (Side, Error)> {
        let (mut to_client, mut to_server) = (Vec::new(), Vec::new());
        for _ in 0..100 {
            let client = self.client.turn(&mut self.to_client, &mut self.to_server);
            to_client.extend(client.map_err(|error| (Side::Client, error))?);
            let server = self.server.turn(&mut self.to_server, &mut self.to_client);
            to_server.extend(server.map_err(|error| (Side::Server, error))?);
            if self.to_client.is_empty() && self.to_server.is_empty() {
                return Ok((to_client, to_server));
            }
        }
        panic!("they never settle");
    }

    fn check_renegotiated(&mut self, before: &(Vec<u8>, Vec<u8>)) {
        assert_ne!(self.client.finished_values(), *before);
        assert_eq!(self.client.finished_values(), self.server.finished_values());
        for end in [&self.client, &self.server] {
            assert!(end.connection.is_established());
            assert!(!end.connection.renegotiation_pending());
            assert_eq!(end.connection.negotiated().version, Some(ProtocolVersion::TLS1_2));
        }
        self.check_data();
    }
}

fn refused(side: Side, reason: Reason) -> core::result::Result<(Vec<u8>, Vec<u8>), (Side, Error)> {
    Err((side, Error::handshake_failure(reason)))
}

#[test]
fn hello_request_leads_to_handshake_with_data_around_it() {
    for (kind, options, resumed) in [
        (Renegotiation::Abbreviated, 0, true),
        (Renegotiation::Full, 0, true),
        (Renegotiation::Full, option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION, false),
        (Renegotiation::Abbreviated, option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION, true),
    ] {
        let mut pair = Pair::established();
        pair.server.settings().options |= options;
        let before = pair.client.finished_values();
        for round in 1..=2 {
            pair.client.send(b"to the server", &mut pair.to_server);
            pair.server.send(b"to the client", &mut pair.to_client);
            pair.server.renegotiate(kind);
            let received = pair.settle().unwrap();
            assert_eq!(received, (b"to the client".to_vec(), b"to the server".to_vec()));
            pair.check_renegotiated(&before);
            for end in [&pair.client, &pair.server] {
                assert_eq!(end.connection.negotiated().resumed, resumed, "{kind:?}");
                assert_eq!(end.connection.renegotiations(), round);
            }
        }
        assert_eq!(pair.client.connection.clear_renegotiations(), 2);
        assert_eq!(pair.client.connection.renegotiations(), 0);
        assert_eq!(pair.client.connection.total_renegotiations(), 2);
    }
}

#[test]
fn client_renegotiates_where_the_server_lets_it() {
    for (kind, resumed) in [(Renegotiation::Full, false), (Renegotiation::Abbreviated, true)] {
        let mut pair = Pair::established();
        pair.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
        let before = pair.client.finished_values();
        pair.client.renegotiate(kind);
        pair.settle().unwrap();
        pair.check_renegotiated(&before);
        assert_eq!(pair.client.connection.negotiated().resumed, resumed);
        assert_eq!(pair.client.connection.renegotiations(), 1);
        assert_eq!(pair.server.connection.renegotiations(), 0);
    }
}

#[test]
fn data_that_crosses_the_client_hello_is_read_in_order() {
    let mut pair = Pair::established();
    pair.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
    pair.client.renegotiate(Renegotiation::Full);
    assert_eq!(pair.client.turn(&mut pair.to_client, &mut pair.to_server).unwrap(), b"");
    let crossing: Vec<u8> = (0..=255).collect();
    pair.server.send(&crossing, &mut pair.to_client);
    assert_eq!(pair.client.turn(&mut pair.to_client, &mut pair.to_server).unwrap(), crossing);
    assert!(!pair.client.connection.is_established());
    pair.settle().unwrap();
    pair.check_data();
}

#[test]
fn data_that_crosses_the_client_hello_fails_a_handshake_that_nobody_reads_in() {
    let mut pair = Pair::established();
    pair.client.renegotiate(Renegotiation::Full);
    assert_eq!(pair.client.handshake(&mut pair.to_server), Ok(false));
    pair.server.send(b"crossing", &mut pair.to_client);
    while pair.client.feed(&mut pair.to_client).unwrap() {}
    assert_eq!(
        pair.client.handshake(&mut pair.to_server),
        Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_RECORD))
    );
}

#[test]
fn unread_data_is_read_in_the_renegotiation() {
    let mut pair = Pair::established();
    pair.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
    pair.server.send(b"12", &mut pair.to_client);
    while pair.client.feed(&mut pair.to_client).unwrap() {}
    let mut byte = [0];
    let first = pair.client.connection.read(&pair.client.environment, &mut byte, false).unwrap();
    assert!(matches!(first, Read::Data(1)));
    pair.client.renegotiate(Renegotiation::Full);
    assert!(pair.client.connection.renegotiation_is_due());
    let want = pair.client.connection.handshake_before_read(&pair.client.environment);
    assert!(matches!(want, Ok(Want::Write)));
    pair.client.write_out(&mut pair.to_server);
    let want = pair.client.connection.handshake_before_read(&pair.client.environment);
    assert!(matches!(want, Ok(Want::Nothing)));
    let second = pair.client.connection.read(&pair.client.environment, &mut byte, false).unwrap();
    assert!(matches!(second, Read::Data(1)));
    pair.settle().unwrap();
}

#[test]
fn server_asks_for_a_certificate_in_a_renegotiation() {
    let mut pair = Pair::established();
    pair.client.settings().certificates = certificates(KeyType::EcdsaP384);
    pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER | VerifyMode::FAIL_IF_NO_PEER_CERT);
    pair.server.settings().options |= option::NO_SESSION_RESUMPTION_ON_RENEGOTIATION;
    assert!(pair.server.connection.negotiated().peer_chain.is_none());
    pair.server.renegotiate(Renegotiation::Full);
    pair.settle().unwrap();
    assert!(pair.server.connection.negotiated().peer_chain.is_some());
    // What it proved in one session does not hold for the next.
    pair.server.settings().verify_mode = VerifyMode(0);
    pair.server.renegotiate(Renegotiation::Full);
    pair.settle().unwrap();
    assert!(pair.server.connection.negotiated().peer_chain.is_none());
}

#[test]
fn server_refuses_a_client_that_begins_by_default() {
    for options in [0, option::ALLOW_CLIENT_RENEGOTIATION | option::NO_RENEGOTIATION] {
        let mut pair = Pair::established();
        pair.server.settings().options |= options;
        pair.client.renegotiate(Renegotiation::Full);
        assert_eq!(pair.settle(), refused(Side::Client, Reason::NO_RENEGOTIATION));
        assert!(pair.server.connection.is_established());
    }
}

#[test]
fn client_without_renegotiation_refuses_a_hello_request() {
    let mut pair = Pair::established();
    pair.client.settings().options |= option::NO_RENEGOTIATION;
    pair.server.renegotiate(Renegotiation::Full);
    assert_eq!(pair.settle(), refused(Side::Server, Reason::NO_RENEGOTIATION));
    assert!(pair.client.connection.is_established());
    let asked = pair.client.connection.renegotiate(&pair.client.environment, Renegotiation::Full);
    assert_eq!(asked, Err(Error::Usage(Reason::NO_RENEGOTIATION)));
}

#[test]
fn tls13_has_no_renegotiation() {
    let mut pair = Pair::new();
    pair.handshake().unwrap();
    for end in [&mut pair.client, &mut pair.server] {
        let asked = end.connection.renegotiate(&end.environment, Renegotiation::Full);
        assert_eq!(asked, Err(Error::Usage(Reason::WRONG_SSL_VERSION)));
    }
    let hello = Message::build(HandshakeType::CLIENT_HELLO, |_| {});
    pair.client.seal_handshake(hello.as_bytes(), &mut pair.to_server);
    assert_eq!(pair.settle(), Err((Side::Server, Error::unexpected())));
}

#[test]
fn finished_of_another_handshake_is_noticed_by_both_sides() {
    let mut pair = Pair::established();
    pair.client.connection.negotiated_mut().client_verify_data[11] ^= 1;
    pair.server.renegotiate(Renegotiation::Full);
    assert_eq!(pair.settle(), refused(Side::Server, Reason::RENEGOTIATION_MISMATCH));

    let mut pair = Pair::established();
    pair.server.connection.negotiated_mut().server_verify_data[11] ^= 1;
    pair.server.renegotiate(Renegotiation::Full);
    assert_eq!(pair.settle(), refused(Side::Client, Reason::RENEGOTIATION_MISMATCH));
}

#[test]
fn victims_first_hello_is_refused_as_an_attackers_renegotiation() {
    let mut pair = Pair::established();
    pair.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
    let mut victim = End::new(Side::Client);
    let mut hello = Vec::new();
    victim.handshake(&mut hello).unwrap();
    pair.client.seal_handshake(&hello[5..], &mut pair.to_server);
    let outcome = pair.server.turn(&mut pair.to_server, &mut pair.to_client);
    assert_eq!(outcome, Err(Error::handshake_failure(Reason::SCSV_RECEIVED_WHEN_RENEGOTIATING)));
}

#[test]
fn connection_without_secure_renegotiation_is_not_renegotiated() {
    for side in [Side::Client, Side::Server] {
        let mut pair = Pair::established();
        let end = if side == Side::Client { &mut pair.client } else { &mut pair.server };
        end.connection.negotiated_mut().secure_renegotiation = false;
        end.renegotiate(Renegotiation::Full);
        assert_eq!(pair.settle(), refused(side, Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED));
    }
    let mut pair = Pair::established();
    pair.client.connection.negotiated_mut().secure_renegotiation = false;
    pair.server.renegotiate(Renegotiation::Full);
    assert_eq!(pair.settle(), refused(Side::Server, Reason::NO_RENEGOTIATION));
}

#[test]
fn flood_of_requests_ends_the_connection() {
    for (sender, message) in
        [(Side::Server, HandshakeType::HELLO_REQUEST), (Side::Client, HandshakeType::CLIENT_HELLO)]
    {
        for (count, survives) in [(32, true), (33, false)] {
            let mut pair = Pair::established();
            pair.client.settings().options |= option::NO_RENEGOTIATION;
            let message = Message::build(message, |_| {});
            for _ in 0..count {
                match sender {
                    Side::Client => pair.client.seal_handshake(message.as_bytes(), &mut pair.to_server),
                    Side::Server => pair.server.seal_handshake(message.as_bytes(), &mut pair.to_client),
                }
            }
            let outcome = match sender {
                Side::Client => pair.server.turn(&mut pair.to_server, &mut pair.to_client),
                Side::Server => pair.client.turn(&mut pair.to_client, &mut pair.to_server),
            };
            assert_eq!(outcome.is_ok(), survives, "{count} of {sender:?}");
        }
    }
}

#[test]
fn hello_request_after_close_notify_is_passed_over() {
    let mut pair = Pair::established();
    pair.client.connection.close(&pair.client.environment).unwrap();
    pair.client.write_out(&mut pair.to_server);
    pair.server.renegotiate(Renegotiation::Full);
    pair.server.turn(&mut Vec::new(), &mut pair.to_client).unwrap();
    assert!(!pair.to_client.is_empty());
    pair.client.turn(&mut pair.to_client, &mut pair.to_server).unwrap();
    assert!(pair.client.connection.is_established());
    assert_eq!(pair.client.connection.total_renegotiations(), 0);
}
