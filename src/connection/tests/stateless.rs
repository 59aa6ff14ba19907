//! A server that keeps no state before the client brings a cookie (RFC 8446 §4.2.2), and clients of it in memory.

use super::*;
use crate::error::Reason;

impl Pair {
    fn stateless() -> Self {
        let mut pair = Self::new();
        pair.server.environment.hooks.stateless = true;
        pair
    }

    /// The server reads all that has come, until its connection says that it is done with it.
    fn listen(&mut self) -> Result<bool> {
        loop {
            match self.server.connection.handshake_without_state(&self.server.environment)? {
                Want::Nothing => return Ok(true),
                Want::Write => self.server.write_out(&mut self.to_client),
                Want::Ask(ask) => self.server.answer(ask)?,
                Want::Read if self.server.feed(&mut self.to_server)? => {}
                Want::Read | Want::Closed | Want::Environment => return Ok(false),
            }
        }
    }

    /// The client's next flight.
    fn client_flight(&mut self) {
        while self.client.feed(&mut self.to_client).unwrap() {
            assert!(!self.client.handshake(&mut self.to_server).unwrap());
        }
        assert!(!self.client.handshake(&mut self.to_server).unwrap());
    }

    /// The client is sent away with a cookie and comes again, to a server that knows nothing of it.
    fn sent_away(&mut self) {
        self.client_flight();
        assert_eq!(self.listen(), Ok(true));
        assert!(!self.server.connection.negotiated().cookie_verified);
        self.client_flight();
        self.server.connection = Connection::new(Side::Server);
    }

    fn check_connects(&mut self) {
        self.sent_away();
        assert_eq!(self.listen(), Ok(true));
        assert!(self.server.connection.negotiated().cookie_verified);
        self.server.environment.hooks.stateless = false;
        self.handshake().unwrap();
        self.check_data();
    }
}

#[test]
fn client_that_brings_the_cookie_connects() {
    Pair::stateless().check_connects();
}

#[test]
fn one_retry_request_brings_the_cookie_and_asks_for_a_share() {
    let mut pair = Pair::stateless();
    pair.server.settings().groups = Arc::new([NamedGroup::SECP384R1]);
    pair.check_connects();
    assert_eq!(pair.client.connection.negotiated().group, Some(NamedGroup::SECP384R1));
}

#[test]
fn session_is_resumed_behind_a_cookie() {
    let mut first = Pair::new();
    first.handshake().unwrap();
    first.check_data();
    let mut pair = first.again();
    pair.server.environment.hooks.stateless = true;
    pair.check_connects();
    assert!(pair.server.connection.negotiated().resumed);
}

#[test]
fn old_cookie_leads_to_another_request() {
    let mut pair = Pair::stateless();
    pair.sent_away();
    pair.server.environment.now += 601;
    assert_eq!(pair.listen(), Ok(true));
    assert!(!pair.server.connection.negotiated().cookie_verified);
    pair.server.connection = Connection::new(Side::Server);
    // RFC 8446 §4.1.4: a client takes one HelloRetryRequest only.
    assert!(pair.client.feed(&mut pair.to_client).is_ok());
    let refused = loop {
        match pair.client.handshake(&mut pair.to_server) {
            Ok(_) => assert!(pair.client.feed(&mut pair.to_client).unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.alert(), Some(AlertDescription::UNEXPECTED_MESSAGE));
}

#[test]
fn suite_of_the_cookie_that_is_offered_no_more_is_illegal() {
    let mut pair = Pair::stateless();
    pair.sent_away();
    // Two suites, as the random before them may hold the bytes of one.
    let suites = pair.to_server.windows(4).position(|bytes| bytes == [0x13, 0x02, 0x13, 0x03]).unwrap();
    pair.to_server[suites + 1] = 0x99;
    assert_eq!(pair.listen(), Err(Error::illegal(Reason::BAD_CIPHER)));
}
