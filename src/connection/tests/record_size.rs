//! How large records may be: max_fragment_length (RFC 6066 §4) and record_size_limit (RFC 8449).

use super::*;
use crate::record::MAX_PLAINTEXT;

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];

fn pair(version: ProtocolVersion, change: impl Fn(&mut Settings)) -> Pair {
    let mut pair = Pair::new();
    pair.client.only(version);
    change(pair.client.settings());
    pair
}

/// What `pair`'s sides send at most in a record: the client's and the server's limit.
fn limits(pair: &Pair) -> (usize, usize) {
    let limit = |end: &End| end.connection.records.outbound.limit();
    (limit(&pair.client), limit(&pair.server))
}

#[test]
fn fragment_length_binds_both_sides() {
    for version in VERSIONS {
        for (code, length) in [(0, MAX_PLAINTEXT), (1, 512), (4, 4096)] {
            let mut pair = pair(version, |settings| settings.max_fragment_length = code);
            pair.handshake().unwrap();
            assert_eq!(limits(&pair), (length, length));
            pair.check_data();
        }
    }
}

#[test]
fn record_over_the_agreed_length_is_record_overflow() {
    for version in VERSIONS {
        let mut pair = pair(version, |settings| settings.max_fragment_length = 1);
        pair.handshake().unwrap();
        pair.check_data();
        pair.client.connection.records.outbound.set_limit(513);
        let mut wire = Vec::new();
        pair.client.send(&[0; 513], &mut wire);
        let error = pair.server.receive(&mut wire).unwrap_err();
        assert_eq!(error, Error::fatal(AlertDescription::RECORD_OVERFLOW, Reason::DATA_LENGTH_TOO_LONG));
    }
}

#[test]
fn size_limit_is_offered_by_a_client_that_limits_its_fragments() {
    for version in VERSIONS {
        let mut pair = pair(version, |settings| settings.max_send_fragment = 600);
        pair.handshake().unwrap();
        let content_type = usize::from(version == ProtocolVersion::TLS1_3);
        assert_eq!(limits(&pair), (MAX_PLAINTEXT, 600 - content_type));
        pair.check_data();
        pair.server.connection.records.outbound.set_limit(601);
        let mut wire = Vec::new();
        pair.server.send(&[0; 601], &mut wire);
        let error = pair.client.receive(&mut wire).unwrap_err();
        assert_eq!(error, Error::fatal(AlertDescription::RECORD_OVERFLOW, Reason::DATA_LENGTH_TOO_LONG));
    }
}

#[test]
fn size_limit_of_the_server_binds_the_client() {
    for version in VERSIONS {
        let mut pair = pair(version, |settings| settings.max_send_fragment = 1000);
        pair.server.settings().max_send_fragment = 700;
        pair.handshake().unwrap();
        let content_type = usize::from(version == ProtocolVersion::TLS1_3);
        assert_eq!(limits(&pair), (700 - content_type, 1000 - content_type));
        pair.check_data();
    }
}

#[test]
fn size_limit_goes_before_the_fragment_length() {
    for version in VERSIONS {
        let mut pair = pair(version, |settings| {
            settings.max_send_fragment = 1000;
            settings.max_fragment_length = 1;
        });
        pair.handshake().unwrap();
        assert_eq!(pair.server.connection.negotiated().max_fragment_length, 0);
        assert!(limits(&pair).1 > 512);
        pair.check_data();
    }
}
