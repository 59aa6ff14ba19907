//! Early data between a client and a server in memory (RFC 8446 §4.2.10, §8).

use super::*;
use crate::{
    connection::EarlyRead,
    handshake::early_data::{Stage, Status},
};

/// How much early data the servers here allow.
const MOST: u32 = 1000;

impl End {
    /// The client's early data, after its ClientHello if that was not sent.
    pub(super) fn send_early(&mut self, data: &[u8], wire: &mut Vec<u8>) -> Result<()> {
        if self.connection.early_data().stage == Stage::Unused {
            self.connection.set_early_data_stage(Stage::Connecting);
            assert!(self.handshake(wire)?);
            self.connection.set_early_data_stage(Stage::Writing);
        }
        self.connection.begin_early_write(&self.environment, data)?;
        while self.connection.continue_early_write(&self.environment, data)?.is_none() {
            self.write_out(wire);
        }
        Ok(())
    }

    /// The early data that a server finds, up to its end or to where more is needed, and whether that was its end.
    fn receive_early(&mut self, wire: &mut Vec<u8>, answer: &mut Vec<u8>) -> Result<(Vec<u8>, bool)> {
        if self.connection.early_data().stage == Stage::Unused {
            self.connection.set_early_data_stage(Stage::Accepting);
            while !self.handshake(answer)? {
                assert!(self.feed(wire)?, "the ClientHello is not whole");
            }
            let accepted = self.connection.accepts_early_data();
            self.connection.set_early_data_stage(if accepted { Stage::Reading } else { Stage::Finished });
        }
        let mut received = Vec::new();
        let mut buffer = [0; 100];
        loop {
            match self.connection.read_early(&self.environment, &mut buffer, false)? {
                EarlyRead::Data(count) => received.extend_from_slice(&buffer[..count]),
                EarlyRead::End => return Ok((received, true)),
                EarlyRead::Want(Want::Read) if self.feed(wire)? => {}
                EarlyRead::Want(_) => return Ok((received, false)),
            }
        }
    }
}

/// A pair that can do early data: the client has a session that allows it.
fn ready() -> Pair {
    ready_with(|_| {})
}

fn ready_with(change: impl FnOnce(&mut Pair)) -> Pair {
    let mut first = Pair::new();
    first.server.settings().max_early_data = MOST;
    first.server.environment.hooks.find_session = true;
    change(&mut first);
    first.handshake().unwrap();
    first.check_data();
    assert_eq!(first.client.sessions.last().unwrap().max_early_data, MOST);
    first.again()
}

fn finish(pair: &mut Pair) {
    pair.client.connection.give_up_early_data();
    pair.handshake().unwrap();
    pair.check_data();
}

fn statuses(pair: &Pair) -> (Status, Status) {
    (pair.client.connection.early_data().status, pair.server.connection.early_data().status)
}

#[test]
fn early_data_arrives_before_the_handshake_is_done() {
    let mut pair = ready();
    pair.client.send_early(b"hello", &mut pair.to_server).unwrap();
    assert_eq!(statuses(&pair), (Status::Rejected, Status::NotSent));
    let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    assert_eq!(received, (b"hello".to_vec(), false));
    pair.client.send_early(b" again", &mut pair.to_server).unwrap();
    let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    assert_eq!(received, (b" again".to_vec(), false));
    assert!(!pair.client.connection.is_established() && !pair.server.connection.is_established());
    finish(&mut pair);
    assert_eq!(statuses(&pair), (Status::Accepted, Status::Accepted));
    let exported = |end: &End| {
        let mut out = [0; 32];
        end.connection.early_data().exporter.as_ref().unwrap().export(b"label", b"", &mut out).unwrap();
        out
    };
    assert_eq!(exported(&pair.client), exported(&pair.server));
}

#[test]
fn client_reads_and_writes_early_data_after_the_server_s_finished() {
    let mut pair = ready();
    pair.client.send_early(b"question", &mut pair.to_server).unwrap();
    pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    pair.server.send(b"answer", &mut pair.to_client);
    loop {
        match pair.client.connection.handshake_before_read(&pair.client.environment).unwrap() {
            Want::Nothing => break,
            Want::Read => assert!(pair.client.feed(&mut pair.to_client).unwrap()),
            _ => panic!("nothing is asked or written here"),
        }
    }
    assert!(pair.client.connection.may_read_early());
    assert_eq!(pair.client.receive(&mut pair.to_client), Ok(b"answer".to_vec()));
    pair.client.send_early(b"more", &mut pair.to_server).unwrap();
    let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    assert_eq!(received.0, b"more");
    finish(&mut pair);
}

#[test]
fn session_that_allows_early_data_is_resumed_once() {
    let mut pair = ready();
    let mut replay = pair.again();
    replay.client.environment.offered_session = pair.client.environment.offered_session.clone();
    pair.client.send_early(b"once", &mut pair.to_server).unwrap();
    let mut sent_again = pair.to_server.clone();
    pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    finish(&mut pair);
    // What was sent is replayed to a server that shares the cache.
    replay.server.sessions = pair.server.sessions.clone();
    let received = replay.server.receive_early(&mut sent_again, &mut replay.to_client).unwrap();
    assert_eq!(received, (Vec::new(), true));
    assert!(!replay.server.connection.negotiated().resumed);
    assert_eq!(replay.server.connection.early_data().status, Status::Rejected);
}

#[test]
fn without_anti_replay_tickets_are_taken_again() {
    let mut pair = ready_with(|pair| pair.server.settings().options |= option::NO_ANTI_REPLAY);
    for _ in 0..2 {
        let session = pair.client.environment.offered_session.clone();
        pair.client.send_early(b"twice", &mut pair.to_server).unwrap();
        let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
        assert_eq!(received.0, b"twice");
        finish(&mut pair);
        pair = pair.again();
        pair.client.environment.offered_session = session;
    }
}

#[test]
fn rejected_early_data_is_passed_over() {
    let reasons: [fn(&mut Pair); 5] = [
        // Nobody reads it.
        |pair| pair.server.connection.set_early_data_stage(Stage::Finished),
        // The program refuses.
        |pair| pair.server.environment.hooks.allow_early_data = true,
        // None is allowed any more.
        |pair| pair.server.settings().max_early_data = 0,
        // A HelloRetryRequest.
        |pair| pair.server.settings().groups = Arc::new([NamedGroup::SECP384R1]),
        // Another suite of the same hash.
        |pair| {
            let suites = SUITES
                .iter()
                .filter(|suite| suite.is_tls13())
                .filter(|suite| suite.id == crate::wire::CipherSuite::TLS_CHACHA20_POLY1305_SHA256);
            pair.server.settings().tls13_cipher_suites = suites.collect();
        },
    ];
    for (index, change) in reasons.into_iter().enumerate() {
        let mut pair = ready_with(|pair| {
            if index == 4 {
                let suites = SUITES
                    .iter()
                    .filter(|suite| suite.id == crate::wire::CipherSuite::TLS_AES_128_GCM_SHA256);
                pair.server.settings().tls13_cipher_suites = suites.collect();
            }
        });
        change(&mut pair);
        pair.client.send_early(b"lost", &mut pair.to_server).unwrap();
        pair.client.send_early(b"too", &mut pair.to_server).unwrap();
        let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client);
        assert_eq!(received, Ok((Vec::new(), true)), "{index}");
        finish(&mut pair);
        assert_eq!(statuses(&pair), (Status::Rejected, Status::Rejected), "{index}");
    }
}

#[test]
fn ticket_of_another_age_is_resumed_without_early_data() {
    // Seconds by which the client's clock is off, and whether early data is accepted.
    for (difference, accepted) in [(0, true), (-9, true), (-12, false), (3, false)] {
        let mut pair = ready();
        pair.server.environment.now += 100;
        pair.client.environment.now += 100 + difference;
        pair.client.send_early(b"data", &mut pair.to_server).unwrap();
        let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
        assert_eq!(received.0 == b"data", accepted, "{difference}");
        assert!(pair.server.connection.negotiated().resumed);
        finish(&mut pair);
    }
}

#[test]
fn more_than_is_allowed_is_refused_on_both_sides() {
    let mut pair = ready();
    let reason = Reason::TOO_MUCH_EARLY_DATA;
    pair.client.send_early(&[0; 999], &mut pair.to_server).unwrap();
    pair.client.send_early(&[0; 1], &mut pair.to_server).unwrap();
    let refused = pair.client.send_early(&[0; 1], &mut pair.to_server);
    assert_eq!(refused, Err(Error::fatal(AlertDescription::INTERNAL_ERROR, reason)));

    let mut pair = ready();
    pair.server.settings().recv_max_early_data = 10;
    pair.client.send_early(&[1; 10], &mut pair.to_server).unwrap();
    let received = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client);
    assert_eq!(received, Ok((vec![1; 10], false)));
    pair.client.send_early(&[1; 1], &mut pair.to_server).unwrap();
    let refused = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client);
    assert_eq!(refused, Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, reason)));
}

#[test]
fn session_of_another_name_or_protocol_is_not_used_for_early_data() {
    let refused = |reason| Err(Error::fatal(AlertDescription::INTERNAL_ERROR, reason));
    let with = |change: fn(&mut Session)| {
        let mut pair = ready();
        let mut session = pair.client.environment.offered_session.as_deref().unwrap().clone();
        change(&mut session);
        pair.client.environment.offered_session = Some(Arc::new(session));
        pair.client.settings().server_name = Some(Arc::from(&b"here"[..]));
        pair.client.settings().alpn_protocols = Arc::from(&b"\x02h2\x08http/1.1"[..]);
        pair.client.send_early(b"data", &mut pair.to_server)
    };
    assert_eq!(with(|session| session.server_name = Some(b"here".to_vec())), Ok(()));
    let elsewhere = with(|session| session.server_name = Some(b"there".to_vec()));
    assert_eq!(elsewhere, refused(Reason::INCONSISTENT_EARLY_DATA_SNI));
    assert_eq!(with(|session| session.alpn = b"http/1.1".to_vec()), Ok(()));
    let other = with(|session| session.alpn = b"h3".to_vec());
    assert_eq!(other, refused(Reason::INCONSISTENT_EARLY_DATA_ALPN));
}

#[test]
fn tickets_after_a_resumption_are_of_its_protocol_and_name() {
    let mut pair = ready_with(|pair| {
        pair.server.environment.hooks.server_name = true;
        pair.server.environment.hooks.alpn = true;
        pair.client.settings().server_name = Some(Arc::from(&b"first"[..]));
    });
    pair.client.settings().server_name = Some(Arc::from(&b"second"[..]));
    pair.client.settings().alpn_protocols = Arc::from(&b"\x02h2"[..]);
    pair.handshake().unwrap();
    pair.check_data();
    assert!(pair.client.connection.negotiated().resumed);
    for end in [&pair.client, &pair.server] {
        let session = end.sessions.last().unwrap();
        assert_eq!(
            (session.alpn.as_slice(), session.server_name.as_deref()),
            (&b"h2"[..], Some(&b"second"[..]))
        );
    }
}

/// RFC 8446 §4.2.10: only EndOfEarlyData may come among early data, and nothing of the handshake before it.
#[test]
fn handshake_without_end_of_early_data_fails() {
    let mut pair = ready();
    pair.client.send_early(b"data", &mut pair.to_server).unwrap();
    pair.server.receive_early(&mut pair.to_server, &mut pair.to_client).unwrap();
    pair.client.connection.give_up_early_data();
    let early = pair.to_server.len();
    while !pair.client.handshake(&mut pair.to_server).unwrap() {
        assert!(pair.client.feed(&mut pair.to_client).unwrap());
    }
    // The record of EndOfEarlyData: header, message, content type and tag.
    pair.to_server.drain(early..early + 5 + 4 + 1 + 16);
    let refused = pair.server.receive_early(&mut pair.to_server, &mut pair.to_client);
    assert_eq!(refused.unwrap_err().alert(), Some(AlertDescription::BAD_RECORD_MAC));
}
