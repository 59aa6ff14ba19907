//! Renegotiations in which the client's lists of signature schemes are not what they were (CVE-2015-0291,
//! CVE-2021-3449).

use super::*;

const SCHEMES: u16 = 13;
const SCHEMES_OF_CERTIFICATES: u16 = 50;
/// Lists of rsa_pss_rsae_sha256 and rsa_pkcs1_sha256, of a scheme that nobody knows, of nothing, and of half a scheme; and
/// what is no list.
const KNOWN: &[u8] = &[0, 4, 8, 4, 4, 1];
const UNKNOWN: &[u8] = &[0, 2, 0xfe, 0xfe];
const EMPTY: &[u8] = &[0, 0];
const HALF: &[u8] = &[0, 1, 4];
const NO_LIST: &[u8] = &[];

/// A ClientHello with these extensions instead of its own lists of schemes.
fn with_lists(hello: &[u8], lists: &[(u16, &[u8])]) -> Vec<u8> {
    let place = 4 + change::extensions_of(hello).unwrap();
    let (before, mut rest) = (&hello[4..place], &hello[place + 2..]);
    let mut block = Vec::new();
    while !rest.is_empty() {
        let kind = u16::from_be_bytes([rest[0], rest[1]]);
        let length = 4 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        if kind != SCHEMES && kind != SCHEMES_OF_CERTIFICATES {
            block.extend_from_slice(&rest[..length]);
        }
        rest = &rest[length..];
    }
    for (kind, data) in lists {
        block.extend_from_slice(&kind.to_be_bytes());
        block.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        block.extend_from_slice(data);
    }
    let length = u16::try_from(block.len()).unwrap().to_be_bytes();
    change::message(hello[0], &[before, &length, &block].concat())
}

/// What a server makes of a renegotiation whose ClientHello has these lists.
fn renegotiated(ours: bool, lists: &'static [(u16, &'static [u8])]) -> Outcome {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == "TLS 1.2 renegotiation").unwrap();
    let mut hellos = 0;
    let tamper = move |content_type: ContentType, content: &[u8]| {
        let is_hello = content_type == ContentType::HANDSHAKE && content[0] == HandshakeType::CLIENT_HELLO.0;
        hellos += i32::from(is_hello);
        if is_hello && hellos == 2 {
            vec![(content_type, with_lists(content, lists))]
        } else {
            vec![(content_type, content.to_vec())]
        }
    };
    run(scenario, &scenario.set(Side::Client, ours), Some(Box::new(tamper)))
}

/// With these lists the server gives up with this alert and reason, and the system's with the same alert. (What is wrong
/// with lists for certificates alone the system calls no shared schemes.)
fn check(lists: &'static [(u16, &'static [u8])], alert: AlertDescription, reason: Reason) {
    assert_eq!(renegotiated(true, lists), Outcome::Failed(Some(alert.0), reason.0), "{lists:?}");
    let theirs = renegotiated(false, lists);
    assert!(matches!(theirs, Outcome::Failed(Some(sent), _) if sent == alert.0), "{lists:?}: {theirs:?}");
}

/// With these lists the server goes on, up to the client's signature, which is not of the hello that the server got.
fn check_accepted(lists: &'static [(u16, &'static [u8])]) {
    check(lists, AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE);
}

#[test]
fn cve_2015_0291_renegotiation_with_no_scheme_that_is_known() {
    check_accepted(&[(SCHEMES, KNOWN)]);
    let none_shared = (AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SHARED_SIGNATURE_ALGORITHMS);
    check(&[(SCHEMES, UNKNOWN)], none_shared.0, none_shared.1);
    check(&[(SCHEMES, UNKNOWN), (SCHEMES_OF_CERTIFICATES, UNKNOWN)], none_shared.0, none_shared.1);
    for lists in [&[(SCHEMES, EMPTY)], &[(SCHEMES, NO_LIST)], &[(SCHEMES, HALF)]] {
        check(lists, AlertDescription::DECODE_ERROR, Reason::BAD_EXTENSION);
    }
}

#[test]
fn cve_2021_3449_renegotiation_without_signature_algorithms() {
    check_accepted(&[]);
    for lists in [&[(SCHEMES_OF_CERTIFICATES, KNOWN)], &[(SCHEMES_OF_CERTIFICATES, UNKNOWN)]] {
        check(lists, AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
    }
    check(&[(SCHEMES_OF_CERTIFICATES, EMPTY)], AlertDescription::DECODE_ERROR, Reason::BAD_EXTENSION);
}
