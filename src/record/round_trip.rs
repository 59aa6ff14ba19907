//! Tests of both directions together: what [`Outbound`] seals, [`Inbound`] opens, and nothing else.

use super::{
    HEADER_LENGTH, Inbound, MAX_PLAINTEXT, Opened, Outbound, RecordKeys, SecurityParameters, WriteKeys,
};
use crate::{
    crypto::{aead::AeadAlgorithm, cbc::Direction, suite},
    error::{Error, Reason},
    wire::{AlertDescription, ContentType, ProtocolVersion},
};

const APPLICATION_DATA: ContentType = ContentType::APPLICATION_DATA;

/// A form of protection: a suite that has it, the version, and whether it encrypts before it authenticates.
type Form = (&'static str, ProtocolVersion, bool);

/// Every form of protection.
const FORMS: [Form; 33] = {
    const TLS1_0: ProtocolVersion = ProtocolVersion::TLS1_0;
    const TLS1_1: ProtocolVersion = ProtocolVersion::TLS1_1;
    const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
    const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;
    [
        ("TLS_AES_128_GCM_SHA256", TLS1_3, false),
        ("TLS_AES_256_GCM_SHA384", TLS1_3, false),
        ("TLS_CHACHA20_POLY1305_SHA256", TLS1_3, false),
        ("ECDHE-RSA-AES128-GCM-SHA256", TLS1_2, false),
        ("ECDHE-RSA-AES256-GCM-SHA384", TLS1_2, false),
        ("ECDHE-RSA-CHACHA20-POLY1305", TLS1_2, false),
        ("TLS_AES_128_CCM_SHA256", TLS1_3, false),
        ("TLS_AES_128_CCM_8_SHA256", TLS1_3, false),
        ("AES128-CCM", TLS1_2, false),
        ("AES256-CCM", TLS1_2, false),
        ("AES128-CCM8", TLS1_2, false),
        ("AES256-CCM8", TLS1_2, false),
        ("ARIA128-GCM-SHA256", TLS1_2, false),
        ("ARIA256-GCM-SHA384", TLS1_2, false),
        ("AES128-SHA", TLS1_0, false),
        ("AES256-SHA", TLS1_1, false),
        ("AES128-SHA", TLS1_2, false),
        ("AES128-SHA256", TLS1_2, false),
        ("ECDHE-RSA-AES256-SHA384", TLS1_2, false),
        ("CAMELLIA128-SHA", TLS1_0, false),
        ("CAMELLIA256-SHA256", TLS1_2, false),
        ("ECDHE-RSA-CAMELLIA256-SHA384", TLS1_2, false),
        ("ECDHE-PSK-AES256-CBC-SHA384", TLS1_0, false),
        ("AES128-SHA", TLS1_0, true),
        ("AES256-SHA", TLS1_1, true),
        ("AES256-SHA256", TLS1_2, true),
        ("ECDHE-RSA-AES256-SHA384", TLS1_2, true),
        ("CAMELLIA256-SHA", TLS1_0, true),
        ("CAMELLIA128-SHA256", TLS1_2, true),
        ("NULL-MD5", TLS1_0, false),
        ("NULL-SHA", TLS1_1, true),
        ("NULL-SHA256", TLS1_2, false),
        ("PSK-NULL-SHA384", TLS1_2, false),
    ]
};

fn is_tls13((_, version, _): Form) -> bool {
    version == ProtocolVersion::TLS1_3
}

fn is_aead((name, ..): Form) -> bool {
    suite::find_by_name(name).unwrap().aead().is_some()
}

fn keys(form: Form, direction: Direction) -> RecordKeys {
    let (name, version, encrypt_then_mac) = form;
    let suite = suite::find_by_name(name).unwrap();
    if is_tls13(form) {
        let algorithm = suite.aead().unwrap();
        return RecordKeys::tls13(algorithm, &[5; 32][..algorithm.key_length()], [6; 12]).unwrap();
    }
    let parameters = SecurityParameters::new(suite, version, encrypt_then_mac);
    let keys =
        WriteKeys::filled(parameters.mac_key_length(), suite.bulk.key_length(), parameters.iv_length());
    RecordKeys::tls12(&parameters, &keys, direction).unwrap()
}

fn pair(form: Form) -> (Outbound, Inbound) {
    let mut outbound = Outbound::new();
    let mut inbound = Inbound::new();
    outbound.set_version(form.1);
    inbound.set_version(form.1);
    outbound.set_keys(keys(form, Direction::Encrypt));
    inbound.set_keys(keys(form, Direction::Decrypt));
    (outbound, inbound)
}

fn sealed(outbound: &mut Outbound, content_type: ContentType, data: &[u8]) -> Vec<u8> {
    outbound.seal(content_type, data, MAX_PLAINTEXT).unwrap();
    let (buffer, start) = outbound.take();
    let bytes = buffer[start..].to_vec();
    let length = buffer.len();
    outbound.put_back(buffer, length);
    bytes
}

fn receive(inbound: &mut Inbound, bytes: &[u8]) {
    let mut buffer = inbound.take_buffer(bytes.len(), None);
    buffer.extend_from_slice(bytes);
    inbound.return_buffer(buffer);
}

fn take_plaintext(inbound: &mut Inbound) -> Vec<u8> {
    let plaintext = inbound.plaintext().to_vec();
    inbound.consume(plaintext.len());
    plaintext
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).unwrap()).collect()
}

const BAD_RECORD_MAC: Error =
    Error::fatal(AlertDescription::BAD_RECORD_MAC, Reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
const BAD_RECORD_TYPE: Error = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE);

#[test]
fn content_of_any_length_comes_back() {
    let data: Vec<u8> = (0..MAX_PLAINTEXT).map(|index| (index % 251) as u8).collect();
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        for length in (1..70).chain([255, 256, 1000, 16_367, 16_368, 16_383, 16_384]) {
            receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, &data[..length]));
            assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(APPLICATION_DATA))));
            assert_eq!(take_plaintext(&mut inbound), data[..length], "{length} bytes of {form:?}");
            assert_eq!(inbound.unprocessed(), 0);
        }
    }
}

#[test]
fn content_that_fits_goes_into_the_callers_buffer() {
    let data: Vec<u8> = (0..MAX_PLAINTEXT).map(|index| (index % 251) as u8).collect();
    for form in FORMS.into_iter().filter(|form| is_aead(*form)) {
        let (mut outbound, mut inbound) = pair(form);
        for length in [1, 100, 16_384] {
            // TLS 1.3 has the content type behind the content; what that takes is tried below.
            let needed = length + usize::from(is_tls13(form));
            for (room, fits) in [(length - 1, false), (needed, true), (needed + 50, true)] {
                receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, &data[..length]));
                let mut direct = vec![0xee; room];
                let opened = inbound.open(Some(&mut direct)).unwrap();
                if fits {
                    assert_eq!(opened, Some(Opened::Direct(length)));
                    assert_eq!(direct[..length], data[..length]);
                    assert!(direct[length..needed].iter().all(|byte| *byte == 0));
                    assert!(direct[needed..].iter().all(|byte| *byte == 0xee));
                    assert!(inbound.plaintext().is_empty());
                } else {
                    assert_eq!(opened, Some(Opened::Buffered(APPLICATION_DATA)));
                    assert!(direct.iter().all(|byte| *byte == 0xee));
                    assert_eq!(take_plaintext(&mut inbound), data[..length]);
                }
            }
        }
    }
}

#[test]
fn full_record_goes_into_a_buffer_for_its_content_alone() {
    let data: Vec<u8> = (0..MAX_PLAINTEXT).map(|index| (index % 251) as u8).collect();
    for form in FORMS.into_iter().filter(|form| is_tls13(*form) && form.0.contains("GCM")) {
        let (mut outbound, mut inbound) = pair(form);
        // With padding the last byte is a zero, and the type in front of it.
        for (length, block) in [(MAX_PLAINTEXT, 0), (MAX_PLAINTEXT - 8, 0), (8000, 8193), (8191, 8193)] {
            outbound.set_padding(block, false);
            let record = sealed(&mut outbound, APPLICATION_DATA, &data[..length]);
            let mut direct = vec![0xee; record.len() - HEADER_LENGTH - 17];
            receive(&mut inbound, &record);
            assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(Opened::Direct(length))), "{form:?}");
            assert_eq!(direct[..length], data[..length]);
            assert!(direct[length..].iter().all(|byte| *byte == 0));
            // Other content does not stay there.
            let record = sealed(&mut outbound, ContentType::HANDSHAKE, &data[..length]);
            receive(&mut inbound, &record);
            direct.fill(0xee);
            let handshake = Opened::Buffered(ContentType::HANDSHAKE);
            assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(handshake)));
            assert_eq!(take_plaintext(&mut inbound), data[..length]);
            assert!(direct.iter().all(|byte| *byte == 0));
            // What was changed is not seen.
            let mut record = sealed(&mut outbound, APPLICATION_DATA, &data[..length]);
            *record.last_mut().unwrap() ^= 1;
            let (_, mut other) = pair(form);
            receive(&mut other, &record);
            direct.fill(0xee);
            assert_eq!(other.open(Some(&mut direct)), Err(BAD_RECORD_MAC));
            assert!(direct.iter().all(|byte| *byte == 0));
            receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, b"end"));
            assert!(inbound.open(None).is_err(), "a record is missing");
            (outbound, inbound) = pair(form);
        }
    }
}

#[test]
fn other_content_never_stays_in_the_callers_buffer() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        for content_type in [ContentType::HANDSHAKE, ContentType::ALERT] {
            receive(&mut inbound, &sealed(&mut outbound, content_type, b"message"));
            let mut direct = [0; 100];
            assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(Opened::Buffered(content_type))));
            assert_eq!(inbound.content_type(), Some(content_type));
            assert_eq!(take_plaintext(&mut inbound), b"message");
            assert_eq!(direct, [0; 100]);
        }
    }
}

#[test]
fn change_of_any_byte_is_noticed_and_shows_nothing() {
    for form in FORMS {
        let record = sealed(&mut pair(form).0, APPLICATION_DATA, b"attack at dawn");
        for index in 0..record.len() {
            for use_direct in [false, true] {
                let mut tampered = record.clone();
                tampered[index] ^= 4;
                let (_, mut inbound) = pair(form);
                receive(&mut inbound, &tampered);
                let mut direct = [0; 100];
                let opened = inbound.open(use_direct.then_some(&mut direct[..]));
                // A greater length waits for more bytes.
                let waits = index == 3 || index == 4 && tampered[4] > record[4];
                assert!(if waits { opened == Ok(None) } else { opened.is_err() }, "byte {index} of {form:?}");
                if index >= HEADER_LENGTH {
                    assert_eq!(opened, Err(BAD_RECORD_MAC));
                }
                assert_eq!(direct, [0; 100]);
                assert!(inbound.plaintext().is_empty());
            }
        }
    }
}

#[test]
fn truncated_record_waits_for_the_rest() {
    for form in FORMS {
        let record = sealed(&mut pair(form).0, APPLICATION_DATA, b"attack at dawn");
        let (_, mut inbound) = pair(form);
        for (index, byte) in record.iter().enumerate() {
            let mut direct = [0; 100];
            let missing = if index < 5 { 5 - index } else { record.len() - index };
            assert_eq!(inbound.missing(), Ok(missing));
            assert_eq!(inbound.open(Some(&mut direct)), Ok(None));
            receive(&mut inbound, &[*byte]);
        }
        assert_eq!(inbound.missing(), Ok(0));
        assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(APPLICATION_DATA))));
    }
}

#[test]
fn repeated_dropped_or_swapped_records_are_bad_record_mac() {
    for form in FORMS {
        let (mut outbound, _) = pair(form);
        let records: Vec<_> =
            [b"one", b"two"].map(|data| sealed(&mut outbound, APPLICATION_DATA, data)).into();
        let (_, mut repeated) = pair(form);
        receive(&mut repeated, &records[0]);
        receive(&mut repeated, &records[0]);
        assert!(repeated.open(None).is_ok());
        repeated.consume(3);
        assert_eq!(repeated.open(None), Err(BAD_RECORD_MAC));
        let (_, mut dropped) = pair(form);
        receive(&mut dropped, &records[1]);
        assert_eq!(dropped.open(None), Err(BAD_RECORD_MAC));
    }
}

#[test]
fn several_records_received_at_once_come_out_one_by_one() {
    for form in FORMS {
        let (mut outbound, mut inbound) = pair(form);
        let mut flight = Vec::new();
        for index in 0..50_u8 {
            flight.extend(sealed(&mut outbound, APPLICATION_DATA, &vec![index; 700]));
        }
        let mut fragments = flight.chunks(1500);
        for index in 0..50_u8 {
            let mut direct = [0; 701];
            let opened = loop {
                let missing = inbound.missing().unwrap();
                if let Some(opened) = inbound.open(Some(&mut direct)).unwrap() {
                    assert_eq!(missing, 0);
                    break opened;
                }
                assert!(missing > 0);
                let mut buffer = inbound.take_buffer(missing, Some(0));
                buffer.extend_from_slice(fragments.next().unwrap());
                inbound.return_buffer(buffer);
            };
            if is_aead(form) {
                assert_eq!(opened, Opened::Direct(700));
                assert_eq!(direct[..700], [index; 700]);
            } else {
                assert_eq!(opened, Opened::Buffered(APPLICATION_DATA));
                assert_eq!(take_plaintext(&mut inbound), [index; 700]);
            }
        }
        assert_eq!((inbound.unprocessed(), inbound.missing()), (0, Ok(5)));
    }
}

#[test]
fn empty_application_data_is_passed_over_up_to_32_times() {
    let too_many = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::RECORD_TOO_SMALL);
    for form in FORMS {
        for use_direct in [false, true] {
            let (mut outbound, mut inbound) = pair(form);
            let mut direct = [0; 100];
            for _ in 0..2 {
                for _ in 0..32 {
                    receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, b""));
                }
                receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, b"x"));
                assert!(inbound.open(use_direct.then_some(&mut direct[..])).unwrap().is_some());
                inbound.consume(1);
            }
            for _ in 0..33 {
                receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, b""));
            }
            assert_eq!(inbound.open(use_direct.then_some(&mut direct[..])), Err(too_many));
        }
    }
}

#[test]
fn empty_alert_or_handshake_record_is_unexpected_message() {
    for form in FORMS {
        for content_type in [ContentType::ALERT, ContentType::HANDSHAKE] {
            let mut keys = keys(form, Direction::Encrypt);
            let length = keys.body_length(0, 0);
            let outer_type = if is_tls13(form) { APPLICATION_DATA } else { content_type };
            let minor = if is_tls13(form) { 3 } else { form.1.0 as u8 };
            let header = [outer_type.0, 3, minor, 0, length as u8];
            let mut body = vec![0; length];
            keys.seal(header, content_type, b"", 0, &mut body).unwrap();
            let (_, mut inbound) = pair(form);
            receive(&mut inbound, &[&header[..], &body].concat());
            assert_eq!(
                inbound.open(Some(&mut [0; 9])),
                Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::RECORD_TOO_SMALL))
            );
        }
    }
}

#[test]
fn unknown_content_inside_is_bad_record_type() {
    for form in FORMS {
        for content_type in [0, 19, 24, 255].map(ContentType) {
            let (mut outbound, mut inbound) = pair(form);
            receive(&mut inbound, &sealed(&mut outbound, content_type, b"x"));
            assert_eq!(inbound.open(Some(&mut [0; 9])), Err(BAD_RECORD_TYPE));
        }
    }
    // A change_cipher_spec in disguise, which our own side never seals.
    let (_, mut inbound) = pair(FORMS[0]);
    let mut record = vec![0; HEADER_LENGTH + keys(FORMS[0], Direction::Encrypt).body_length(1, 0)];
    let (header, body) = record.split_first_chunk_mut().unwrap();
    *header = [23, 3, 3, 0, body.len() as u8];
    keys(FORMS[0], Direction::Encrypt).seal(*header, ContentType::CHANGE_CIPHER_SPEC, &[1], 0, body).unwrap();
    receive(&mut inbound, &record);
    assert_eq!(inbound.open(None), Err(BAD_RECORD_TYPE));
}

#[test]
fn padded_records_come_back_without_their_padding() {
    for length in [1, 100, 4096, 16_384] {
        let (mut outbound, mut inbound) = pair(FORMS[0]);
        outbound.set_padding(4096, false);
        for room in [0, 20_000] {
            receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, &vec![7; length]));
            let mut direct = vec![0; room];
            let plaintext = match inbound.open(Some(&mut direct)).unwrap().unwrap() {
                Opened::Direct(count) => direct[..count].to_vec(),
                Opened::Buffered(_) => take_plaintext(&mut inbound),
            };
            assert_eq!(plaintext, vec![7; length]);
        }
    }
}

#[test]
fn unprotected_change_cipher_spec_is_given_out_in_tls13() {
    let (mut outbound, mut inbound) = pair(FORMS[0]);
    receive(&mut inbound, b"\x14\x03\x03\x00\x01\x01");
    receive(&mut inbound, &sealed(&mut outbound, APPLICATION_DATA, b"x"));
    let opened = inbound.open(Some(&mut [0; 99]));
    assert_eq!(opened, Ok(Some(Opened::Buffered(ContentType::CHANGE_CIPHER_SPEC))));
    assert_eq!(take_plaintext(&mut inbound), [1]);
    assert_eq!(inbound.open(Some(&mut [0; 99])), Ok(Some(Opened::Direct(1))));
    for other in [&b"\x14\x03\x03\x00\x01\x02"[..], b"\x14\x03\x03\x00\x02\x01\x01", b"\x14\x03\x03\x00\x00"]
    {
        let (_, mut inbound) = pair(FORMS[0]);
        receive(&mut inbound, other);
        let refused = inbound.open(None).unwrap_err();
        assert_eq!(refused.alert(), Some(AlertDescription::UNEXPECTED_MESSAGE));
        assert_eq!(refused.reason(), Reason::INVALID_CCS_MESSAGE);
    }
}

#[test]
fn unprotected_alert_is_given_out_only_before_anything_was_opened() {
    let alert = b"\x15\x03\x03\x00\x02\x02\x28";
    let (mut outbound, mut inbound) = pair(FORMS[0]);
    receive(&mut inbound, alert);
    assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::ALERT))));
    assert_eq!(take_plaintext(&mut inbound), [2, 40]);
    receive(&mut inbound, &sealed(&mut outbound, ContentType::HANDSHAKE, b"x"));
    assert!(inbound.open(None).is_ok());
    inbound.consume(1);
    inbound.set_keys(keys(FORMS[1], Direction::Decrypt));
    receive(&mut inbound, alert);
    assert_eq!(inbound.open(None), Err(BAD_RECORD_TYPE));
}

#[test]
fn unprotected_record_in_tls12_is_bad_record_mac() {
    let (_, mut inbound) = pair(FORMS[3]);
    receive(&mut inbound, b"\x15\x03\x03\x00\x02\x02\x28");
    assert_eq!(inbound.open(None), Err(BAD_RECORD_MAC));
}

#[test]
fn undecryptable_early_data_is_skipped_until_a_record_opens() {
    let (mut early, _) = pair(FORMS[1]);
    let (mut outbound, mut inbound) = pair(FORMS[0]);
    inbound.skip_early_data(13);
    receive(&mut inbound, &sealed(&mut early, APPLICATION_DATA, b"hello "));
    receive(&mut inbound, &sealed(&mut early, APPLICATION_DATA, b"world"));
    receive(&mut inbound, &sealed(&mut outbound, ContentType::HANDSHAKE, b"Finished"));
    receive(&mut inbound, &sealed(&mut early, APPLICATION_DATA, b"?"));
    assert_eq!(inbound.open(None), Ok(Some(Opened::Buffered(ContentType::HANDSHAKE))));
    assert_eq!(take_plaintext(&mut inbound), b"Finished");
    assert_eq!(inbound.open(None), Err(BAD_RECORD_MAC));

    let (_, mut inbound) = pair(FORMS[0]);
    inbound.skip_early_data(5);
    receive(&mut inbound, &sealed(&mut early, APPLICATION_DATA, b"hello "));
    let too_much = Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::TOO_MUCH_EARLY_DATA);
    assert_eq!(inbound.open(Some(&mut [0; 99])), Err(too_much));
}

/// RFC 8448 §3: the server's keys for application data, and what it sends with them.
#[test]
fn records_of_rfc_8448_are_sealed_and_opened() {
    let key = hex("9f02283b6c9c07efc26bb9f2ac92e356");
    let iv: [u8; 12] = hex("cf782b88dd83549aadf1e984").try_into().unwrap();
    let ticket_record = concat!(
        "17030300de3a6b8f90414a97d6959c3487680de5134a2b240e6cffac116e95d41d6af8f6b580dcf3d11d63c758db289a",
        "015940252f55713e061dc13e078891a38efbcf5753ad8ef170ad3c7353d16d9da773b9ca7f2b9fa1b6c0d4a3d03f75e0",
        "9c30ba1e62972ac46f75f7b981be63439b2999ce13064615139891d5e4c5b406f16e3fc181a77ca475840025db2f0a77",
        "f81b5ab05b94c01346755f69232c86519d86cbeeac87aac347d143f9605d64f650db4d023e70e952ca49fe5137121c74",
        "bc2697687e248746d6df353005f3bce18696129c8153556b3b6c6779b37bf15985684f",
    );
    let data_record = concat!(
        "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8",
        "fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d",
    );
    let close_record = "1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9";
    let data: Vec<u8> = (0..50).collect();

    let mut inbound = Inbound::new();
    inbound.set_version(ProtocolVersion::TLS1_3);
    inbound.set_keys(RecordKeys::tls13(AeadAlgorithm::Aes128Gcm, &key, iv).unwrap());
    for record in [ticket_record, data_record, close_record] {
        receive(&mut inbound, &hex(record));
    }
    let mut direct = [0; 1000];
    assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(Opened::Buffered(ContentType::HANDSHAKE))));
    let ticket = take_plaintext(&mut inbound);
    assert_eq!(ticket[..8], [4, 0, 0, 0xc9, 0, 0, 0, 0x1e]);
    assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(Opened::Direct(50))));
    assert_eq!(direct[..50], data);
    assert_eq!(inbound.open(Some(&mut direct)), Ok(Some(Opened::Buffered(ContentType::ALERT))));
    assert_eq!(take_plaintext(&mut inbound), [1, 0]);

    let mut outbound = Outbound::new();
    outbound.set_keys(RecordKeys::tls13(AeadAlgorithm::Aes128Gcm, &key, iv).unwrap());
    assert_eq!(sealed(&mut outbound, ContentType::HANDSHAKE, &ticket), hex(ticket_record));
    assert_eq!(sealed(&mut outbound, APPLICATION_DATA, &data), hex(data_record));
    assert_eq!(sealed(&mut outbound, ContentType::ALERT, &[1, 0]), hex(close_record));
}
