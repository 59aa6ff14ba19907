//! Tests of both directions together: what [`DatagramOutbound`] seals, [`DatagramInbound`] opens, and nothing else.

use super::{DatagramInbound, DatagramOutbound, HEADER_LENGTH, OpenedRecord};
use crate::{
    crypto::{cbc::Direction, suite},
    error::Error,
    record::{MAX_PLAINTEXT, RecordKeys, SecurityParameters, WriteKeys},
    wire::{ContentType, ProtocolVersion},
};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const MTU: usize = 1400;

/// A suite that has a form of protection, and whether it encrypts before it authenticates.
type Form = (&'static str, ProtocolVersion, bool);

/// Every form of protection that DTLS has.
const FORMS: [Form; 16] = {
    const DTLS1_0: ProtocolVersion = ProtocolVersion::DTLS1_0;
    const DTLS1_2: ProtocolVersion = ProtocolVersion::DTLS1_2;
    [
        ("ECDHE-RSA-AES128-GCM-SHA256", DTLS1_2, false),
        ("ECDHE-RSA-AES256-GCM-SHA384", DTLS1_2, false),
        ("ECDHE-RSA-CHACHA20-POLY1305", DTLS1_2, false),
        ("AES128-CCM", DTLS1_2, false),
        ("AES256-CCM8", DTLS1_2, false),
        ("ARIA128-GCM-SHA256", DTLS1_2, false),
        ("AES128-SHA", DTLS1_0, false),
        ("AES256-SHA", DTLS1_0, true),
        ("AES128-SHA256", DTLS1_2, false),
        ("AES256-SHA256", DTLS1_2, true),
        ("ECDHE-RSA-AES256-SHA384", DTLS1_2, false),
        ("ECDHE-RSA-AES256-SHA384", DTLS1_2, true),
        ("CAMELLIA128-SHA256", DTLS1_2, true),
        ("NULL-SHA", DTLS1_0, false),
        ("NULL-SHA256", DTLS1_2, false),
        ("PSK-NULL-SHA384", DTLS1_2, false),
    ]
};
const GCM: Form = FORMS[0];

fn keys((name, version, encrypt_then_mac): Form, direction: Direction) -> RecordKeys {
    let suite = suite::find_by_name(name).unwrap();
    let parameters = SecurityParameters::new(suite, version, encrypt_then_mac);
    let keys =
        WriteKeys::filled(parameters.mac_key_length(), suite.bulk.key_length(), parameters.iv_length());
    RecordKeys::tls12(&parameters, &keys, direction).unwrap()
}

/// Both directions in the second epoch.
fn pair(form: Form) -> (DatagramOutbound, DatagramInbound) {
    let (mut outbound, mut inbound) = (DatagramOutbound::default(), DatagramInbound::default());
    outbound.set_version(form.1);
    inbound.set_version(form.1);
    outbound.begin_epoch(keys(form, Direction::Encrypt)).unwrap();
    inbound.begin_epoch(keys(form, Direction::Decrypt));
    (outbound, inbound)
}

fn drained(outbound: &mut DatagramOutbound) -> Vec<Vec<u8>> {
    core::iter::from_fn(|| outbound.take()).collect()
}

/// One record in one datagram.
fn sealed(outbound: &mut DatagramOutbound, content: &[u8]) -> Vec<u8> {
    outbound.seal(outbound.epoch(), DATA, content, MTU).unwrap();
    drained(outbound).remove(0)
}

/// What comes out, as text.
fn opened(inbound: &mut DatagramInbound) -> Vec<String> {
    let mut contents = Vec::new();
    while inbound.open(None).is_some() {
        contents.push(String::from_utf8(inbound.plaintext().to_vec()).unwrap());
        inbound.consume(usize::MAX);
    }
    contents
}

#[test]
fn every_form_of_protection_opens_in_any_order() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        let mut datagrams: Vec<_> =
            ["a", "bc", "def"].iter().map(|content| sealed(&mut outbound, content.as_bytes())).collect();
        datagrams.reverse();
        for datagram in datagrams {
            inbound.receive(datagram);
        }
        assert_eq!(opened(&mut inbound), ["def", "bc", "a"], "{form:?}");
    }
}

#[test]
fn application_data_goes_straight_to_the_caller() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        inbound.receive(sealed(&mut outbound, b"hello"));
        let mut out = [0; 100];
        let record = inbound.open(Some(&mut out)).unwrap();
        match record.direct {
            Some(count) => assert_eq!(out[..count], *b"hello", "{form:?}"),
            None => assert_eq!(inbound.plaintext(), b"hello", "{form:?}"),
        }
    }
}

#[test]
fn longest_content_survives_and_one_byte_more_does_not() {
    let (mut outbound, mut inbound) = pair(GCM);
    inbound.receive(sealed(&mut outbound, &[b'x'; MAX_PLAINTEXT]));
    assert_eq!(opened(&mut inbound)[0].len(), MAX_PLAINTEXT);
    inbound.receive(sealed(&mut outbound, &[b'x'; MAX_PLAINTEXT + 1]));
    assert!(opened(&mut inbound).is_empty());
}

#[test]
fn record_that_came_is_not_opened_again() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        let datagram = sealed(&mut outbound, b"once");
        inbound.receive(datagram.clone());
        inbound.receive(datagram);
        assert_eq!(opened(&mut inbound), ["once"], "{form:?}");
    }
}

#[test]
fn forged_record_is_dropped_and_changes_nothing() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        let good = sealed(&mut outbound, b"good");
        for position in 0..good.len() {
            let mut forged = good.clone();
            forged[position] ^= 0x40;
            inbound.receive(forged);
            assert!(opened(&mut inbound).is_empty(), "{form:?} at {position}");
        }
        for length in 0..good.len() {
            inbound.receive(good[..length].to_vec());
            assert!(opened(&mut inbound).is_empty(), "{form:?} cut at {length}");
        }
        inbound.receive(good);
        assert_eq!(opened(&mut inbound), ["good"], "{form:?}");
    }
}

#[test]
fn forged_record_with_a_far_number_closes_no_window() {
    let (mut outbound, mut inbound) = pair(GCM);
    let good = sealed(&mut outbound, b"good");
    let mut forged = good.clone();
    forged[5..11].fill(0xff);
    inbound.receive(forged);
    inbound.receive(good);
    assert_eq!(opened(&mut inbound), ["good"]);
}

#[test]
fn records_around_a_bad_one_are_opened() {
    let (mut outbound, mut inbound) = pair(GCM);
    for content in [b"a", b"b", b"c"] {
        outbound.seal(1, DATA, content, MTU).unwrap();
    }
    let mut datagram = drained(&mut outbound).remove(0);
    let middle = datagram.len() / 2;
    datagram[middle] ^= 1;
    datagram.extend_from_slice(&[23, 0xfe, 0xfd, 0, 1]);
    inbound.receive(datagram);
    assert_eq!(opened(&mut inbound), ["a", "c"]);
}

#[test]
fn unknown_types_versions_and_epochs_are_dropped() {
    let mut inbound = DatagramInbound::default();
    inbound.set_version(ProtocolVersion::DTLS1_2);
    for header in [
        b"\x19\xfe\xfd\0\0\0\0\0\0\0\0\0\x01a",
        b"\x16\x03\x03\0\0\0\0\0\0\0\0\0\x01a",
        b"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x01a",
        b"\x16\xfe\xfd\0\x02\0\0\0\0\0\0\0\x01a",
        b"\x17\xfe\xfd\0\0\0\0\0\0\0\0\0\x01a",
    ] {
        inbound.receive(header.to_vec());
        assert!(opened(&mut inbound).is_empty(), "{header:?}");
    }
    inbound.receive(b"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x01a".to_vec());
    assert_eq!(opened(&mut inbound), ["a"]);
}

#[test]
fn records_of_the_next_epoch_wait_for_its_keys() {
    let (mut outbound, mut early) = (pair(GCM).0, DatagramInbound::default());
    let datagrams = [sealed(&mut outbound, b"a"), sealed(&mut outbound, b"b")];
    early.receive(datagrams[0].clone());
    assert!(opened(&mut early).is_empty());
    // Only in a handshake is there a next epoch.
    early.expect_next_epoch(true);
    early.receive(datagrams[1].clone());
    assert!(opened(&mut early).is_empty());
    early.begin_epoch(keys(GCM, Direction::Decrypt));
    assert!(opened(&mut early).is_empty(), "data waits for the end of the handshake");
    early.expect_next_epoch(false);
    assert_eq!(opened(&mut early), ["b"]);
}

#[test]
fn flood_of_records_of_the_next_epoch_takes_little_memory() {
    let mut inbound = DatagramInbound::default();
    inbound.expect_next_epoch(true);
    let record = [&b"\x16\xfe\xfd\0\x01\0\0\0\0\0\0\x03\xe8"[..], &[0; 1000]].concat();
    for _ in 0..10_000 {
        inbound.receive(record.clone());
        assert!(opened(&mut inbound).is_empty());
    }
    assert!(inbound.kept_bytes() <= 64 * 1024);
    inbound.begin_epoch(keys(GCM, Direction::Decrypt));
    let (mut outbound, _) = pair(GCM);
    outbound.seal(1, HANDSHAKE, b"good", MTU).unwrap();
    inbound.receive(drained(&mut outbound).remove(0));
    assert_eq!(opened(&mut inbound), ["good"]);
}

#[test]
fn handshake_records_of_an_epoch_before_can_be_sealed_again() {
    let (mut outbound, mut before) = (DatagramOutbound::default(), DatagramInbound::default());
    outbound.seal(0, HANDSHAKE, b"first", MTU).unwrap();
    outbound.begin_epoch(keys(GCM, Direction::Encrypt)).unwrap();
    outbound.seal(0, HANDSHAKE, b"again", MTU).unwrap();
    let datagram = drained(&mut outbound).remove(0);
    assert_eq!(datagram[HEADER_LENGTH + 5..][..HEADER_LENGTH - 2], *b"\x16\xfe\xff\0\0\0\0\0\0\0\x01");
    before.receive(datagram);
    assert_eq!(opened(&mut before), ["first", "again"]);
    outbound.forget_previous_epoch();
    assert_eq!(outbound.seal(0, HANDSHAKE, b"again", MTU), Err(Error::internal()));
}

#[test]
fn records_share_datagrams_up_to_the_mtu() {
    let (mut outbound, _) = pair(GCM);
    for length in [100, 500, 400, 400] {
        outbound.seal(0, HANDSHAKE, &vec![0; length], 1039).unwrap();
    }
    let lengths: Vec<_> = drained(&mut outbound).iter().map(Vec::len).collect();
    assert_eq!(lengths, [1000 + 3 * HEADER_LENGTH, 400 + HEADER_LENGTH]);
}

#[test]
fn datagram_that_is_closed_is_not_filled_up() {
    let (mut outbound, _) = pair(GCM);
    outbound.seal(0, HANDSHAKE, b"a", MTU).unwrap();
    outbound.close_datagram();
    outbound.seal(0, HANDSHAKE, b"b", MTU).unwrap();
    let first = outbound.take().unwrap();
    outbound.put_back(first.clone());
    assert_eq!(outbound.take(), Some(first));
    assert_eq!(drained(&mut outbound).len(), 1);
}

#[test]
fn room_is_what_fits_exactly() {
    for form in FORMS {
        let (mut outbound, _) = pair(form);
        for mtu in [228, 300, 1400, 1401, 1402, 1407, 1415, 1416] {
            let room = outbound.room(1, mtu).1;
            for (length, datagrams) in [(room, 1), (room + 1, 2)] {
                // The second record goes into the same datagram if there is room.
                outbound.close_datagram();
                outbound.seal(1, DATA, &vec![0; length], mtu).unwrap();
                let datagram = drained(&mut outbound).remove(0);
                assert_eq!(datagram.len() > mtu, datagrams == 2, "{form:?} {mtu} {length}");
            }
        }
    }
}

#[test]
fn sequence_numbers_that_are_used_up_seal_nothing() {
    let mut outbound = DatagramOutbound::default();
    outbound.set_sequence((1 << 48) - 1);
    outbound.seal(0, HANDSHAKE, b"last", MTU).unwrap();
    assert_eq!(outbound.seal(0, HANDSHAKE, b"more", MTU), Err(Error::internal()));
    assert_eq!(drained(&mut outbound).len(), 1);
}

#[test]
fn limit_binds_the_peer() {
    let (mut outbound, mut inbound) = pair(GCM);
    inbound.set_limit(512);
    inbound.receive(sealed(&mut outbound, &[b'x'; 513]));
    assert_eq!(inbound.open(None), None);
    inbound.receive(sealed(&mut outbound, &[b'x'; 512]));
    assert_eq!(inbound.open(None), Some(OpenedRecord { content_type: DATA, epoch: 1, direct: None }));
}
