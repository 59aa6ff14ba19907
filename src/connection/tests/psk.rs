//! PSKs of the program in TLS 1.3 (RFC 8446 §4.2.11) and below (RFC 4279, RFC 5489).

use super::*;
use crate::{crypto::secret::Secret, wire::CipherSuite};

const AES128: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
const AES256: CipherSuite = CipherSuite::TLS_AES_256_GCM_SHA384;

fn psk(identity: &[u8], suite: CipherSuite, secret: &[u8]) -> (Vec<u8>, Arc<Session>) {
    let secret = Secret::new(secret).unwrap();
    let session = Session::new(ProtocolVersion::TLS1_3, suite, secret, 1_700_000_000, 300);
    (identity.to_vec(), Arc::new(session))
}

/// A client with this PSK, and a server that knows it and has no certificate.
fn pair_with(client: (Vec<u8>, Arc<Session>), server: (Vec<u8>, Arc<Session>)) -> Pair {
    let mut pair = Pair::new();
    pair.client.environment.hooks.offer_psk = true;
    pair.server.environment.hooks.find_psk = true;
    pair.client.psks.push(client);
    pair.server.psks.push(server);
    pair.server.settings().certificates = Arc::default();
    pair
}

fn fatal(alert: AlertDescription, reason: Reason) -> Error {
    Error::Fatal { alert, reason }
}

#[test]
fn psk_of_each_hash_needs_no_certificate() {
    for (suite, other) in [(AES256, AES256), (AES128, CipherSuite::TLS_CHACHA20_POLY1305_SHA256)] {
        for groups in [None, Some(NamedGroup::SECP384R1)] {
            let mut pair = pair_with(psk(b"id", suite, &[3; 100]), psk(b"id", other, &[3; 100]));
            let found = crate::crypto::suite::find(suite).unwrap();
            pair.server.settings().tls13_cipher_suites = Arc::new([found]);
            if let Some(group) = groups {
                pair.server.settings().groups = Arc::new([group]);
            }
            pair.handshake().unwrap();
            pair.check_data();
            for end in [&pair.client, &pair.server] {
                let negotiated = end.connection.negotiated();
                assert!(negotiated.resumed && negotiated.peer_chain.is_none());
                assert_eq!(negotiated.hello_retry, groups.is_some());
            }
            assert_eq!(pair.client.verified, 0);
            // The tickets of the connection resume it without the program's PSK.
            let mut next = pair.again();
            next.client.environment.hooks.offer_psk = false;
            next.server.ticket_keys = TicketKeys::from_bytes(&[7; 80]).unwrap();
            next.handshake().unwrap();
            assert!(next.client.connection.negotiated().resumed);
        }
    }
}

#[test]
fn another_secret_is_refused_by_its_binder() {
    let mut pair = pair_with(psk(b"id", AES256, b"right"), psk(b"id", AES256, b"wrong"));
    let error = fatal(AlertDescription::DECRYPT_ERROR, Reason::BINDER_DOES_NOT_VERIFY);
    assert_eq!(pair.handshake(), Err((Side::Server, error)));
}

#[test]
fn unknown_identity_leads_to_a_certificate() {
    let error = fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM);
    let mut pair = pair_with(psk(b"id", AES256, b"psk"), psk(b"other", AES256, b"psk"));
    assert_eq!(pair.handshake(), Err((Side::Server, error)));
    let mut pair = pair_with(psk(b"id", AES256, b"psk"), psk(b"other", AES256, b"psk"));
    pair.server.settings().certificates = certificates(KeyType::EcdsaP256);
    pair.handshake().unwrap();
    assert!(!pair.client.connection.negotiated().resumed);
    assert_eq!(pair.client.verified, 1);
}

#[test]
fn psk_follows_the_ticket() {
    let mut first = Pair::new();
    first.handshake().unwrap();
    first.check_data();
    for ticket_opens in [true, false] {
        let mut pair = first.again();
        pair.client.environment.hooks.offer_psk = true;
        pair.server.environment.hooks.find_psk = true;
        pair.client.psks.push(psk(b"id", AES256, b"psk"));
        pair.server.psks.push(psk(b"id", AES256, b"psk"));
        if !ticket_opens {
            pair.server.ticket_keys = TicketKeys::from_bytes(&[8; 80]).unwrap();
        }
        pair.handshake().unwrap();
        pair.check_data();
        let negotiated = pair.client.connection.negotiated();
        assert!(negotiated.resumed);
        assert_eq!(negotiated.peer_chain.is_some(), ticket_opens);
    }
}

#[test]
fn psk_that_cannot_be_offered_is_the_programs_mistake() {
    let error = fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_PSK);
    let bad = [
        psk(b"", AES256, b"psk"),
        psk(b"id", AES256, b""),
        psk(b"id", CipherSuite(0xc02b), b"psk"),
        psk(b"id", CipherSuite(0), b"psk"),
        psk(&[7; 40_000], AES256, b"psk"),
    ];
    for bad in bad {
        let mut pair = pair_with(bad, psk(b"id", AES256, b"psk"));
        assert_eq!(pair.handshake(), Err((Side::Client, error)));
    }
    let (identity, session) = psk(b"id", AES256, b"psk");
    let old = Session { version: ProtocolVersion::TLS1_2, ..Session::clone(&session) };
    let mut pair = pair_with((identity, Arc::new(old)), psk(b"id", AES256, b"psk"));
    assert_eq!(pair.handshake(), Err((Side::Client, error)));
}

#[test]
fn psk_of_another_hash_than_the_retrys_is_the_programs_mistake() {
    let mut pair = pair_with(psk(b"id", AES128, b"psk"), psk(b"id", AES128, b"psk"));
    pair.server.settings().certificates = certificates(KeyType::EcdsaP256);
    pair.server.settings().groups = Arc::new([NamedGroup::SECP384R1]);
    let error = fatal(AlertDescription::INTERNAL_ERROR, Reason::BAD_PSK);
    assert_eq!(pair.handshake(), Err((Side::Client, error)));
}

#[test]
fn psk_goes_with_a_key_exchange_although_both_sides_would_do_without() {
    let mut pair = pair_with(psk(b"id", AES256, b"psk"), psk(b"id", AES256, b"psk"));
    for end in [&mut pair.client, &mut pair.server] {
        end.settings().options |= option::ALLOW_NO_DHE_KEX;
    }
    pair.handshake().unwrap();
    pair.check_data();
    assert!(pair.client.connection.negotiated().group.is_some());
}

#[test]
fn server_without_certificate_prefers_sha256_for_plain_psks() {
    for plain in [true, false] {
        let mut pair = pair_with(psk(b"id", AES128, b"psk"), psk(b"id", AES128, b"psk"));
        pair.server.environment.hooks.psk_server = plain;
        assert_eq!(pair.handshake().is_ok(), plain);
    }
}

#[test]
fn psk_that_expired_is_not_used() {
    let mut pair = pair_with(psk(b"id", AES256, b"psk"), psk(b"id", AES256, b"psk"));
    pair.server.settings().certificates = certificates(KeyType::EcdsaP256);
    pair.server.environment.now += 301;
    pair.handshake().unwrap();
    assert!(!pair.client.connection.negotiated().resumed);
}

/// A pair that has this suite of TLS 1.2 alone, and a PSK.
fn pair_of_tls12(suite: &'static Suite) -> Pair {
    let mut pair = Pair::new();
    pair.client.environment.hooks.psk_client = true;
    pair.server.environment.hooks.psk_server = true;
    for end in [&mut pair.client, &mut pair.server] {
        end.only(ProtocolVersion::TLS1_2);
        end.settings().cipher_suites = Arc::new([suite]);
        end.psks.push(psk(b"id", AES128, b"a pre-shared key"));
    }
    pair.server.settings().certificates = certificates(KeyType::Rsa);
    pair.server.settings().diffie_hellman.automatic = 1;
    pair
}

fn suites_with_psk() -> impl Iterator<Item = &'static Suite> {
    SUITES.iter().filter(|suite| suite.key_exchange.has_psk() && suite.aead().is_some())
}

#[test]
fn every_suite_with_psk_negotiates_and_is_resumed() {
    for suite in suites_with_psk() {
        for hint in [None, Some(&b""[..]), Some(&b"hint"[..])] {
            let mut pair = pair_of_tls12(suite);
            pair.server.settings().psk_identity_hint = hint.map(Arc::from);
            pair.handshake().unwrap();
            pair.check_data();
            let negotiated = pair.client.connection.negotiated();
            assert_eq!(negotiated.psk_identity.as_deref(), Some(&b"id"[..]));
            assert_eq!(negotiated.psk_identity_hint.as_deref(), hint.filter(|hint| !hint.is_empty()));
            assert_eq!(negotiated.peer_chain.is_some(), suite.has_certificate());
            let negotiated = pair.server.connection.negotiated();
            assert_eq!(negotiated.psk_identity.as_deref(), Some(&b"id"[..]));

            let mut next = pair.again();
            next.handshake().unwrap();
            next.check_data();
            for end in [&next.client, &next.server] {
                let negotiated = end.connection.negotiated();
                assert!(negotiated.resumed);
                assert_eq!(negotiated.psk_identity.as_deref(), Some(&b"id"[..]));
            }
        }
    }
    assert!(suites_with_psk().count() >= 4);
}

#[test]
fn identity_that_the_server_does_not_know_is_said_to_be_so() {
    for suite in suites_with_psk() {
        let mut pair = pair_of_tls12(suite);
        pair.server.psks.clear();
        let error = fatal(AlertDescription::UNKNOWN_PSK_IDENTITY, Reason::PSK_IDENTITY_NOT_FOUND);
        assert_eq!(pair.handshake(), Err((Side::Server, error)));
    }
}

#[test]
fn client_without_a_psk_gives_up() {
    for suite in suites_with_psk() {
        let mut pair = pair_of_tls12(suite);
        pair.client.psks.clear();
        let error = fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::PSK_IDENTITY_NOT_FOUND);
        assert_eq!(pair.handshake(), Err((Side::Client, error)));
    }
}

#[test]
fn suites_with_psk_need_somebody_to_ask() {
    for suite in suites_with_psk() {
        let mut pair = pair_of_tls12(suite);
        pair.client.environment.hooks.psk_client = false;
        let error = fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_CIPHERS_AVAILABLE);
        assert_eq!(pair.handshake(), Err((Side::Client, error)));
        let mut pair = pair_of_tls12(suite);
        pair.server.environment.hooks.psk_server = false;
        let error = fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::NO_SHARED_CIPHER);
        assert_eq!(pair.handshake(), Err((Side::Server, error)));
    }
}

#[test]
fn psks_that_differ_fail_at_the_first_protected_record() {
    for suite in suites_with_psk() {
        let mut pair = pair_of_tls12(suite);
        pair.server.psks = vec![psk(b"id", AES128, b"another pre-shared key")];
        let error = fatal(AlertDescription::BAD_RECORD_MAC, Reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        assert_eq!(pair.handshake(), Err((Side::Server, error)));
    }
}

/// A pair of TLS 1.2 with a ticket that means something to the programs alone.
fn pair_with_session_secret() -> Pair {
    let mut pair = Pair::new();
    for end in [&mut pair.client, &mut pair.server] {
        end.only(ProtocolVersion::TLS1_2);
        end.environment.hooks.session_secret = true;
        end.psks.push(psk(b"", AES128, &[7; 48]));
    }
    pair.client.settings().session_ticket_data = Some(Arc::from(&b"opaque"[..]));
    pair.server.settings().options |= option::NO_TICKET;
    pair
}

#[test]
fn session_secret_makes_an_abbreviated_handshake() {
    let mut pair = pair_with_session_secret();
    pair.handshake().unwrap();
    pair.check_data();
    assert_eq!(pair.client.verified, 0);
    assert!(pair.client.connection.negotiated().resumed && pair.server.connection.negotiated().resumed);
}

#[test]
fn server_without_the_session_secret_goes_on_in_full() {
    let mut pair = pair_with_session_secret();
    pair.server.psks.clear();
    pair.handshake().unwrap();
    pair.check_data();
    assert_eq!(pair.client.verified, 1);
    assert!(!pair.client.connection.negotiated().resumed);
}

#[test]
fn client_whose_ticket_nobody_knows_must_have_the_session_secret() {
    let mut pair = pair_with_session_secret();
    pair.client.psks.clear();
    assert_eq!(pair.handshake(), Err((Side::Client, Error::internal())));
}

#[test]
fn empty_ticket_data_leaves_the_extension_out() {
    let mut pair = pair_with_session_secret();
    pair.client.settings().session_ticket_data = Some(Arc::default());
    pair.server.psks.clear();
    pair.client.psks.clear();
    pair.handshake().unwrap();
    assert_eq!(pair.client.verified, 1);
}
