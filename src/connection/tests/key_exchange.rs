//! The kinds of key exchange: every group, every suite with RSA, DHE or nobody's authentication, and where the
//! Diffie-Hellman parameters come from.

use super::*;
use crate::{
    crypto::{
        group::GROUPS,
        suite::{self, KeyExchangeAlgorithm, Suite},
    },
    policy::DiffieHellman,
};

const AUTOMATIC: DiffieHellman = DiffieHellman { automatic: 1, parameters: None, callback: false };

/// A pair at security level 0 that has only this suite, and an RSA certificate.
fn pair_with(suite: &'static Suite) -> Pair {
    let mut pair = Pair::new();
    for end in [&mut pair.client, &mut pair.server] {
        end.settings().security_level = 0;
        end.settings().cipher_suites = Arc::new([suite]);
        end.only(ProtocolVersion::TLS1_2);
    }
    pair.server.settings().certificates = certificates(KeyType::Rsa);
    pair.server.settings().diffie_hellman = AUTOMATIC;
    pair
}

fn named(name: &str) -> &'static Suite {
    suite::find_by_name(name).unwrap()
}

#[test]
fn every_group_negotiates_in_the_versions_that_have_it() {
    let mut count = 0;
    for group in GROUPS {
        for (version, has) in [(ProtocolVersion::TLS1_2, group.tls12), (ProtocolVersion::TLS1_3, group.tls13)]
        {
            let mut pair = Pair::new();
            for end in [&mut pair.client, &mut pair.server] {
                end.settings().security_level = 0;
                end.settings().groups = Arc::new([group.id]);
                end.settings().cipher_suites = Arc::new([named("ECDHE-RSA-AES128-GCM-SHA256")]);
                end.only(version);
            }
            pair.server.settings().certificates = certificates(KeyType::Rsa);
            assert_eq!(pair.handshake().is_ok(), has, "{:?} {version:?}", group.id);
            if has {
                pair.check_data();
                assert_eq!(pair.server.connection.negotiated().group, Some(group.id));
                assert_eq!(pair.client.connection.negotiated().group, Some(group.id));
                count += 1;
            }
        }
    }
    assert_eq!(count, 5 + 8 + 5 + 25);
}

#[test]
fn every_suite_of_these_kinds_negotiates() {
    let mut kinds = std::collections::HashSet::new();
    for suite in SUITES {
        let is_one = matches!(suite.key_exchange, KeyExchangeAlgorithm::Dhe | KeyExchangeAlgorithm::Rsa)
            || suite.authentication == Authentication::Null;
        if !is_one || suite.authentication == Authentication::Dss {
            continue;
        }
        let mut pair = pair_with(suite);
        if let Err(error) = pair.handshake() {
            panic!("{}: {error:?}", suite.openssl_name);
        }
        pair.check_data();
        let anonymous = suite.authentication == Authentication::Null;
        assert_eq!(pair.client.verified, usize::from(!anonymous));
        assert_eq!(pair.client.connection.negotiated().peer_chain.is_none(), anonymous);
        kinds.insert((suite.key_exchange.nid(), anonymous));
    }
    assert!(kinds.len() >= 3, "{kinds:?}");
}

#[test]
fn sessions_of_these_kinds_resume() {
    for name in ["AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "ADH-AES128-GCM-SHA256"] {
        let mut pair = pair_with(named(name));
        pair.handshake().unwrap();
        let mut resumed = pair.again();
        resumed.handshake().unwrap();
        resumed.check_data();
        assert!(resumed.client.connection.negotiated().resumed, "{name}");
    }
}

#[test]
fn server_without_parameters_chooses_no_dhe() {
    let mut pair = pair_with(named("DHE-RSA-AES128-GCM-SHA256"));
    pair.server.settings().diffie_hellman = DiffieHellman::default();
    let (side, error) = pair.handshake().unwrap_err();
    assert_eq!((side, error.reason()), (Side::Server, Reason::NO_SHARED_CIPHER));
}

#[test]
fn callback_without_parameters_is_internal_error() {
    let mut pair = pair_with(named("DHE-RSA-AES128-GCM-SHA256"));
    pair.server.settings().diffie_hellman = DiffieHellman { callback: true, ..DiffieHellman::default() };
    let (_, error) = pair.handshake().unwrap_err();
    assert_eq!(error, Error::internal());
    let mut pair = pair_with(named("DHE-RSA-AES128-GCM-SHA256"));
    pair.server.settings().diffie_hellman = DiffieHellman { callback: true, ..DiffieHellman::default() };
    pair.server.diffie_hellman = dhe::Parameters::automatic(112).ok();
    pair.handshake().unwrap();
    pair.check_data();
}

/// CVE-2015-4000 (Logjam).
#[test]
fn small_prime_is_refused_by_either_side() {
    let small = || Some(Arc::new(dhe::Parameters::automatic(80).unwrap()));
    for (client_level, server_level, refuses) in [(0, 2, Side::Server), (2, 0, Side::Client)] {
        let mut pair = pair_with(named("DHE-RSA-AES128-GCM-SHA256"));
        pair.client.settings().security_level = client_level;
        pair.server.settings().security_level = server_level;
        pair.server.settings().diffie_hellman =
            DiffieHellman { parameters: small(), ..DiffieHellman::default() };
        let (side, error) = pair.handshake().unwrap_err();
        assert_eq!((side, error), (refuses, Error::handshake_failure(Reason::DH_KEY_TOO_SMALL)));
    }
}

/// CVE-2016-0701, CVE-2020-1968: a key is used for one handshake.
#[test]
fn keys_differ_from_handshake_to_handshake() {
    let public = || {
        let mut pair = pair_with(named("DHE-RSA-AES128-GCM-SHA256"));
        pair.handshake().unwrap();
        let peer = pair.client.connection.negotiated().peer_dh.clone().unwrap();
        peer.key().number(c"pub").unwrap()
    };
    assert_ne!(public(), public());
}

#[test]
fn anonymous_server_asks_for_no_certificate() {
    let mut pair = pair_with(named("ADH-AES128-GCM-SHA256"));
    pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER);
    pair.client.settings().certificates = certificates(KeyType::Rsa);
    pair.handshake().unwrap();
    pair.check_data();
    assert_eq!((pair.client.verified, pair.server.verified), (0, 0));
}

#[test]
fn anonymous_suite_needs_security_level_zero() {
    let mut pair = pair_with(named("ADH-AES128-GCM-SHA256"));
    pair.server.settings().security_level = 1;
    let (side, error) = pair.handshake().unwrap_err();
    assert_eq!((side, error.reason()), (Side::Server, Reason::NO_SHARED_CIPHER));
}
