//! DTLS over a network that loses, repeats, delays, mixes up and forges datagrams: always the same for the same seed.

use super::*;
use crate::{
    crypto::suite::{self, BulkCipher},
    handshake::Renegotiation,
    wire::CipherSuite,
};

const DTLS1_0: ProtocolVersion = ProtocolVersion::DTLS1_0;
const DTLS1_2: ProtocolVersion = ProtocolVersion::DTLS1_2;
const SECOND: u64 = 1_000_000;

/// Numbers that look random.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next(100) < percent
    }
}

/// What the network does, in percent of the datagrams, and the longest delay in microseconds.
#[derive(Clone, Copy, Default)]
struct Faults {
    loss: u64,
    repetition: u64,
    forgery: u64,
    delay: u64,
}

/// A datagram on its way: when it arrives, and where.
struct Flying {
    due: u64,
    to: Side,
    datagram: Vec<u8>,
}

struct Network {
    client: End,
    server: End,
    now: u64,
    random: Random,
    faults: Faults,
    flying: Vec<Flying>,
    /// How many datagrams each side sent.
    sent: [usize; 2],
    received: [Vec<Vec<u8>>; 2],
}

fn end(side: Side) -> End {
    let mut end = End::new(side);
    let mut settings = Settings::new((DTLS1_0, DTLS1_2));
    settings.mode |= mode::AUTO_RETRY;
    settings.session_id_context = (*b"context").into();
    settings.verify_mode = end.environment.settings.verify_mode;
    settings.certificates = Arc::clone(&end.environment.settings.certificates);
    end.environment.settings = Arc::new(settings);
    end.connection = Connection::of_datagrams(side);
    end
}

const fn index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

impl Network {
    fn new(seed: u64, faults: Faults) -> Self {
        let mut network = Self {
            client: end(Side::Client),
            server: end(Side::Server),
            now: 1_700_000_000 * SECOND,
            random: Random(seed),
            faults,
            flying: Vec::new(),
            sent: [0; 2],
            received: Default::default(),
        };
        network.set_time();
        network
    }

    fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn set_time(&mut self) {
        for end in [&mut self.client, &mut self.server] {
            end.environment.now = i64::try_from(self.now / SECOND).unwrap();
            end.environment.now_microseconds = (self.now % SECOND) as u32;
        }
    }

    /// Sends what one side has to send.
    fn flush(&mut self, side: Side) {
        while let Some(datagram) = self.end(side).connection.take_datagram() {
            self.end(side).connection.return_datagram(None);
            assert!(datagram.len() <= self.end(side).environment.mtu, "{} bytes", datagram.len());
            self.sent[index(side)] += 1;
            self.fly(side.peer(), datagram);
        }
    }

    fn fly(&mut self, to: Side, datagram: Vec<u8>) {
        let Faults { loss, repetition, forgery, delay } = self.faults;
        if self.random.chance(forgery) {
            let mut forged = datagram.clone();
            match self.random.next(3) {
                0 => {
                    let length = forged.len() as u64;
                    forged.truncate(self.random.next(length) as usize);
                }
                1 => forged.extend_from_slice(&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0xff, 0xff, 1]),
                _ => forged = (0..self.random.next(80)).map(|_| self.random.next(256) as u8).collect(),
            }
            self.flying.push(Flying { due: self.now, to, datagram: forged });
        }
        for _ in 0..=u64::from(self.random.chance(repetition)) {
            if !self.random.chance(loss) {
                let due = self.now + self.random.next(delay + 1);
                self.flying.push(Flying { due, to, datagram: datagram.clone() });
            }
        }
    }

    /// Lets one side work until it waits. Whether it is established.
    fn work(&mut self, side: Side) -> Result<bool> {
        loop {
            let end = self.end(side);
            if !end.connection.is_established() {
                match end.connection.handshake(&end.environment)? {
                    Want::Nothing => {}
                    Want::Read => return Ok(false),
                    Want::Closed | Want::Environment => panic!("closed"),
                    Want::Write => self.flush(side),
                    Want::Ask(ask) => end.answer(ask)?,
                }
                continue;
            }
            let mut buffer = vec![0; 20_000];
            match end.connection.read(&end.environment, &mut buffer, false)? {
                Read::Data(count) => self.received[index(side)].push(buffer[..count].to_vec()),
                Read::Want(Want::Write) => self.flush(side),
                Read::Want(Want::Ask(ask)) => end.answer(ask)?,
                Read::Handshake => {}
                Read::Want(_) | Read::TryAgain => {
                    self.flush(side);
                    return Ok(true);
                }
            }
        }
    }

    /// The next thing that happens: a datagram arrives, or a timer runs out. `false`: nothing will happen.
    fn step(&mut self) -> Result<bool> {
        let arrival = (0..self.flying.len()).min_by_key(|index| self.flying[*index].due);
        let due = arrival.map(|index| self.flying[index].due);
        let deadlines = [Side::Client, Side::Server].map(|side| (self.end(side).connection.deadline(), side));
        let timer =
            deadlines.iter().filter_map(|(deadline, side)| Some(((*deadline)?, *side))).min_by_key(|it| it.0);
        match (arrival, timer) {
            (Some(arrival), timer) if timer.is_none_or(|(deadline, _)| due <= Some(deadline)) => {
                let Flying { due, to, datagram } = self.flying.swap_remove(arrival);
                self.now = self.now.max(due);
                self.set_time();
                self.end(to).connection.receive_datagram(datagram);
                self.work(to)?;
            }
            (_, Some((deadline, side))) => {
                self.now = self.now.max(deadline);
                self.set_time();
                let end = self.end(side);
                if end.connection.timed_out(&end.environment)?.is_some() {
                    end.connection.retransmit(&end.environment)?;
                    self.flush(side);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The whole handshake.
    fn handshake(&mut self) -> Result<()> {
        self.work(Side::Client)?;
        self.work(Side::Server)?;
        for _ in 0..100_000 {
            if self.client.connection.is_established() && self.server.connection.is_established() {
                return Ok(());
            }
            assert!(self.step()?, "both sides wait for ever");
        }
        panic!("the handshake does not end");
    }

    fn write(&mut self, side: Side, data: &[u8]) {
        let end = self.end(side);
        end.connection.write_datagram(&end.environment, data).unwrap();
        // One record is one datagram, whatever its size.
        let mtu = core::mem::replace(&mut end.environment.mtu, usize::MAX);
        self.flush(side);
        self.end(side).environment.mtu = mtu;
    }

    /// Both sides send records, and what arrives is intact, in any order, and nothing comes twice.
    fn check_data(&mut self) {
        let record = |index: usize| vec![index as u8; 1 + index * 37];
        for index in 0..30 {
            self.write(Side::Client, &record(index));
            self.write(Side::Server, &record(index));
        }
        while !self.flying.is_empty() {
            self.step().unwrap();
        }
        for received in &mut self.received {
            received.sort_by_key(Vec::len);
            let indexes: Vec<_> = received.iter().map(|record| usize::from(record[0])).collect();
            assert!(received.iter().zip(&indexes).all(|(data, index)| *data == record(*index)));
            assert!(indexes.windows(2).all(|pair| pair[0] < pair[1]), "{indexes:?}");
            if self.faults.loss == 0 {
                assert_eq!(indexes.len(), 30);
            }
            received.clear();
        }
        let exported = |end: &End| {
            let mut out = [0; 32];
            end.connection.export(b"EXPORTER-test", None, &mut out).unwrap();
            out
        };
        assert_eq!(exported(&self.client), exported(&self.server));
    }

    /// One side begins another handshake.
    fn renegotiate(&mut self, side: Side) {
        let end = self.end(side);
        end.connection.renegotiate(&end.environment, Renegotiation::Full).unwrap();
        loop {
            let end = self.end(side);
            match end.connection.handshake(&end.environment).unwrap() {
                Want::Write => self.flush(side),
                Want::Ask(ask) => end.answer(ask).unwrap(),
                _ => break,
            }
        }
    }

    fn only(&mut self, version: ProtocolVersion) {
        for end in [&mut self.client, &mut self.server] {
            end.only(version);
            end.settings().security_level = 0;
        }
    }

    fn use_cookies(&mut self) {
        self.server.settings().options |= option::COOKIE_EXCHANGE;
    }

    /// A network on which the client resumes its last session.
    fn again(&self, seed: u64) -> Self {
        let mut next = Self::new(seed, self.faults);
        next.client.environment.settings = Arc::clone(&self.client.environment.settings);
        next.server.environment.settings = Arc::clone(&self.server.environment.settings);
        next.client.environment.hooks = self.client.environment.hooks;
        next.server.environment.hooks = self.server.environment.hooks;
        next.client.environment.mtu = self.client.environment.mtu;
        next.server.environment.mtu = self.server.environment.mtu;
        next.client.environment.offered_session = self.client.sessions.last().cloned();
        next.server.sessions.clone_from(&self.server.sessions);
        next
    }
}

const BAD_NETWORK: Faults = Faults { loss: 30, repetition: 20, forgery: 20, delay: 300_000 };

#[test]
fn default_handshake_is_dtls12() {
    let mut network = Network::new(1, Faults::default());
    network.handshake().unwrap();
    for end in [&network.client, &network.server] {
        let negotiated = end.connection.negotiated();
        assert_eq!(negotiated.version, Some(DTLS1_2));
        assert!(negotiated.extended_master_secret && negotiated.secure_renegotiation);
        assert_eq!(end.connection.deadline(), None);
    }
    // ClientHello; the flight up to ServerHelloDone; the client's; ticket and Finished.
    assert_eq!(network.sent, [2, 2]);
    network.check_data();
}

#[test]
fn dtls10_is_negotiated_where_it_is_all_that_one_side_has() {
    for side in [Side::Client, Side::Server] {
        let mut network = Network::new(1, Faults::default());
        for side in [Side::Client, Side::Server] {
            network.end(side).settings().security_level = 0;
        }
        network.end(side).settings().max_version = Some(DTLS1_0);
        network.handshake().unwrap();
        assert_eq!(network.client.connection.negotiated().version, Some(DTLS1_0));
        network.check_data();
    }
}

#[test]
fn version_that_the_server_does_not_allow_is_refused() {
    let mut network = Network::new(1, Faults::default());
    network.client.only(DTLS1_0);
    network.client.settings().security_level = 0;
    network.server.only(DTLS1_2);
    let refused = Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL);
    assert_eq!(network.handshake(), Err(refused));
}

#[test]
fn client_without_a_cookie_comes_again_with_one() {
    for version in [DTLS1_0, DTLS1_2] {
        let mut network = Network::new(1, Faults::default());
        network.only(version);
        network.use_cookies();
        network.handshake().unwrap();
        assert_eq!(network.sent, [3, 3]);
        network.check_data();
    }
}

#[test]
fn cookie_that_we_did_not_make_is_refused() {
    let mut network = Network::new(1, Faults::default());
    network.use_cookies();
    network.work(Side::Client).unwrap();
    network.step().unwrap();
    // The cookie is what the request ends with.
    *network.flying[0].datagram.last_mut().unwrap() ^= 1;
    let refused = Error::handshake_failure(Reason::COOKIE_MISMATCH);
    assert_eq!(network.handshake(), Err(refused));
}

#[test]
fn every_suite_that_has_no_curve_of_its_own_negotiates() {
    let mut count = 0;
    for suite in SUITES.iter().filter(|suite| {
        !suite.is_tls13()
            && suite.key_exchange == KeyExchangeAlgorithm::Ecdhe
            && suite.authentication == Authentication::Ecdsa
    }) {
        for (version, etm) in [(DTLS1_0, true), (DTLS1_0, false), (DTLS1_2, true), (DTLS1_2, false)] {
            let is_cbc = matches!(suite.bulk, BulkCipher::Cbc(_));
            if !suite.supports(version) || (etm && !is_cbc) {
                continue;
            }
            let mut network = Network::new(1, Faults::default());
            network.only(version);
            for end in [&mut network.client, &mut network.server] {
                end.settings().cipher_suites = Arc::new([suite]);
                if !etm {
                    end.settings().options |= option::NO_ENCRYPT_THEN_MAC;
                }
            }
            if let Err(error) = network.handshake() {
                panic!("{} {version:?}: {error:?}", suite.standard_name);
            }
            network.check_data();
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn session_is_resumed_by_ticket_and_by_id() {
    for tickets in [true, false] {
        let mut network = Network::new(1, Faults::default());
        network.server.environment.hooks.find_session = true;
        if !tickets {
            network.server.settings().options |= option::NO_TICKET;
        }
        network.handshake().unwrap();
        let mut next = network.again(2);
        next.handshake().unwrap();
        assert!(next.client.connection.negotiated().resumed, "tickets: {tickets}");
        assert_eq!(next.sent, [2, 1]);
        next.check_data();
    }
}

#[test]
fn both_sides_renegotiate() {
    for side in [Side::Client, Side::Server] {
        let mut network = Network::new(1, Faults::default());
        network.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
        network.use_cookies();
        network.handshake().unwrap();
        for _ in 0..3 {
            network.renegotiate(side);
            while network.step().unwrap() {}
            assert!(network.client.connection.is_established() && network.server.connection.is_established());
            assert!(!network.client.connection.negotiated().resumed);
            network.check_data();
        }
        assert_eq!(network.client.connection.total_renegotiations(), 3);
    }
}

#[test]
fn both_sides_may_renegotiate_at_once() {
    for seed in 0..20 {
        let faults = if seed == 0 { Faults::default() } else { BAD_NETWORK };
        let mut network = Network::new(seed, faults);
        network.server.settings().options |= option::ALLOW_CLIENT_RENEGOTIATION;
        network.handshake().unwrap();
        network.renegotiate(Side::Client);
        network.renegotiate(Side::Server);
        while network.step().unwrap() {}
        assert!(network.client.connection.is_established() && network.server.connection.is_established());
        network.check_data();
    }
}

#[test]
fn bad_networks_only_delay() {
    for seed in 0..300 {
        let mut network = Network::new(seed, BAD_NETWORK);
        let mut choice = Random(seed);
        let mtu = [256, 300, 576, 1400, 9000][choice.next(5) as usize];
        for side in [Side::Client, Side::Server] {
            network.end(side).environment.mtu = mtu;
        }
        network.only(if choice.chance(30) { DTLS1_0 } else { DTLS1_2 });
        if choice.chance(50) {
            network.use_cookies();
        }
        if choice.chance(30) {
            network.server.settings().verify_mode = VerifyMode(VerifyMode::PEER);
            network.client.settings().certificates = certificates(KeyType::EcdsaP256);
        }
        if let Err(error) = network.handshake() {
            panic!("seed {seed}: {error:?}");
        }
        network.check_data();
        let mut next = network.again(seed + 1000);
        if let Err(error) = next.handshake() {
            panic!("seed {seed}, resuming: {error:?}");
        }
        next.check_data();
    }
}

#[test]
fn flight_is_sent_again_after_one_second_then_two() {
    let mut network = Network::new(1, Faults { loss: 100, ..Faults::default() });
    network.work(Side::Client).unwrap();
    let start = network.now;
    let mut times = Vec::new();
    let given_up = loop {
        match network.step() {
            Ok(_) => times.push((network.now - start) / SECOND),
            Err(error) => break error,
        }
    };
    assert_eq!(times[..7], [1, 3, 7, 15, 31, 63, 123]);
    assert_eq!(times.len(), 12);
    assert_eq!(given_up, Error::Silent(Reason::READ_TIMEOUT_EXPIRED));
    assert_eq!(network.sent, [13, 0]);
}

#[test]
fn failure_stops_the_timer_and_nothing_starts_it_again() {
    let mut network = Network::new(1, Faults { loss: 100, ..Faults::default() });
    network.work(Side::Client).unwrap();
    let client = &mut network.client;
    assert!(client.connection.deadline().is_some());
    client.connection.receive_datagram(b"\x15\xfe\xfd\0\0\0\0\0\0\0\0\0\x02\x02\x28".to_vec());
    let failed = Some(Error::PeerAlert(AlertDescription::HANDSHAKE_FAILURE));
    assert_eq!(client.connection.handshake(&client.environment).err(), failed);
    assert_eq!(client.connection.deadline(), None);
    client.connection.set_timer(&client.environment, 0);
    assert_eq!(client.connection.deadline(), None);
    assert_eq!(client.connection.timed_out(&client.environment), Ok(None));
}

#[test]
fn timer_without_a_flight_stops() {
    let mut network = Network::new(1, Faults::default());
    let server = &mut network.server;
    server.connection.set_timer(&server.environment, 0);
    assert_eq!(server.connection.timed_out(&server.environment), Ok(None));
    assert_eq!(server.connection.deadline(), None);
}

#[test]
fn last_flight_is_sent_again_when_the_peer_repeats_its_own() {
    let mut network = Network::new(1, Faults::default());
    network.work(Side::Client).unwrap();
    while !network.server.connection.is_established() {
        network.step().unwrap();
    }
    // The server's last flight is lost.
    network.flying.clear();
    assert!(!network.client.connection.is_established());
    assert_eq!(network.server.connection.deadline(), None);
    network.handshake().unwrap();
    assert_eq!(network.sent, [3, 3]);
    network.check_data();
}

#[test]
fn change_cipher_spec_may_overtake_its_flight() {
    let mut network = Network::new(1, Faults::default());
    for side in [Side::Client, Side::Server] {
        network.end(side).environment.mtu = 60;
    }
    network.work(Side::Client).unwrap();
    for _ in 0..1000 {
        // The last comes first.
        network.flying.reverse();
        let now = network.now;
        for (age, flying) in network.flying.iter_mut().enumerate() {
            flying.due = now + age as u64;
        }
        network.step().unwrap();
        if network.client.connection.is_established() && network.server.connection.is_established() {
            return;
        }
    }
    panic!("the handshake does not end");
}

#[test]
fn alerts_and_closing_reach_the_peer() {
    let mut network = Network::new(1, Faults::default());
    network.handshake().unwrap();
    network.client.connection.close(&network.client.environment).unwrap();
    network.flush(Side::Client);
    while network.step().unwrap() {}
    assert!(network.server.connection.received_close());
}

#[test]
fn record_is_written_whole_or_not_at_all() {
    let mut network = Network::new(1, Faults::default());
    network.handshake().unwrap();
    let environment = network.client.environment.clone();
    let client = &mut network.client.connection;
    assert_eq!(
        client.write_datagram(&environment, &[0; 16_385]),
        Err(Error::Usage(Reason::DTLS_MESSAGE_TOO_BIG))
    );
    network.write(Side::Client, &[7; 16_384]);
    while network.step().unwrap() {}
    assert_eq!(network.received[1], [[7; 16_384]]);
    network.client.settings().max_send_fragment = 512;
    let too_long = Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::EXCEEDS_MAX_FRAGMENT_SIZE);
    let client = &mut network.client;
    assert_eq!(client.connection.write_datagram(&client.environment, &[0; 513]), Err(too_long));
}

#[test]
fn plain_warnings_and_alerts_that_are_none_end_no_handshake() {
    let mut network = Network::new(1, Faults::default());
    network.work(Side::Client).unwrap();
    for side in [Side::Client, Side::Server] {
        // no_renegotiation and user_canceled; of a level that there is not; too short and too long.
        for alert in [&b"\x01\x64"[..], b"\x01\x5a", b"\x07\0", b"\x02", b"\x02\x28\0"] {
            for _ in 0..10 {
                let mut forged = b"\x15\xfe\xfd\0\0\0\0\0\0\0\x63\0".to_vec();
                forged.push(alert.len() as u8);
                forged.extend_from_slice(alert);
                network.end(side).connection.receive_datagram(forged);
                assert_eq!(network.work(side), Ok(false), "{alert:?}");
            }
        }
    }
    network.handshake().unwrap();
    network.check_data();
}

#[test]
fn unauthenticated_records_end_no_association() {
    let mut network = Network::new(1, Faults::default());
    network.handshake().unwrap();
    for forged in [
        // A fatal alert, a close_notify, a handshake message, a ChangeCipherSpec and data, of the epoch before.
        &b"\x15\xfe\xfd\0\0\0\0\0\0\0\x63\0\x02\x02\x28"[..],
        b"\x15\xfe\xfd\0\0\0\0\0\0\0\x64\0\x02\x01\0",
        b"\x16\xfe\xfd\0\0\0\0\0\0\0\x65\0\x0c\x01\xff\xff\xff\0\0\0\0\0\0\0\0",
        b"\x14\xfe\xfd\0\0\0\0\0\0\0\x66\0\x01\x01",
        b"\x17\xfe\xfd\0\0\0\0\0\0\0\x67\0\x01\x01",
        // The same of this epoch and the next, with keys that nobody has.
        b"\x15\xfe\xfd\0\x01\0\0\0\0\0\x63\0\x02\x02\x28",
        b"\x15\xfe\xfd\0\x01\xff\xff\xff\xff\xff\xff\0\x02\x02\x28",
        b"\x15\xfe\xfd\0\x02\0\0\0\0\0\x63\0\x02\x02\x28",
        b"",
    ] {
        for side in [Side::Client, Side::Server] {
            network.end(side).connection.receive_datagram(forged.to_vec());
            assert_eq!(network.work(side), Ok(true), "{forged:?}");
        }
    }
    network.check_data();
}

#[test]
fn fragments_that_announce_much_take_no_memory_and_end_nothing() {
    let mut network = Network::new(1, Faults::default());
    network.work(Side::Client).unwrap();
    for offset in 0..2000_u32 {
        let [_, o0, o1, o2] = (offset * 2).to_be_bytes();
        let mut forged = b"\x16\xfe\xfd\0\0\0\0\0\0\0\x63\0\x0d\x0b\xff\xff\xff\0\x01".to_vec();
        forged.extend_from_slice(&[o0, o1, o2, 0, 0, 1, 9]);
        network.client.connection.receive_datagram(forged);
        assert_eq!(network.work(Side::Client), Ok(false));
    }
    network.handshake().unwrap();
    network.check_data();
}

#[test]
fn forged_fragment_keeps_no_message_away_for_ever() {
    let mut network = Network::new(1, Faults::default());
    network.work(Side::Client).unwrap();
    // The first byte of a ServerHello of 100 bytes.
    let forged = b"\x16\xfe\xfd\0\0\0\0\0\0\0\x63\0\x0d\x02\0\0\x64\0\0\0\0\0\0\0\x01\x09";
    network.client.connection.receive_datagram(forged.to_vec());
    network.handshake().unwrap();
    network.check_data();
}

#[test]
fn suites_of_stream_ciphers_do_not_exist() {
    /// `TLS_RSA_WITH_RC4_128_SHA`: RFC 6347 §4.1.2.2 forbids it.
    const RC4: CipherSuite = CipherSuite(5);
    assert!(suite::find(RC4).is_none());
}
