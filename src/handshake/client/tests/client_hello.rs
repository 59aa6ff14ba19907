//! What stands in a ClientHello.

use super::*;
use crate::message::extension::status_request;

#[test]
fn client_hello_has_the_extensions_of_openssl_in_their_order() {
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |settings| {
        settings.server_name = Some(b"example.com"[..].into());
        settings.alpn_protocols = b"\x02h2"[..].into();
        settings.status_type = status_request::OCSP;
        settings.ca_names = vec![vec![0x30, 0]].into();
    })
    .offering(session(TLS13, CipherSuite::TLS_AES_128_GCM_SHA256));
    let (hello, message) = hello_of(&mut client);
    assert_eq!(
        types(&hello),
        [
            ExtensionType::SERVER_NAME,
            ExtensionType::EC_POINT_FORMATS,
            ExtensionType::SUPPORTED_GROUPS,
            ExtensionType::SESSION_TICKET,
            ExtensionType::STATUS_REQUEST,
            ExtensionType::ALPN,
            ExtensionType::ENCRYPT_THEN_MAC,
            ExtensionType::EXTENDED_MASTER_SECRET,
            ExtensionType::SIGNATURE_ALGORITHMS,
            ExtensionType::SUPPORTED_VERSIONS,
            ExtensionType::PSK_KEY_EXCHANGE_MODES,
            ExtensionType::KEY_SHARE,
            ExtensionType::CERTIFICATE_AUTHORITIES,
            ExtensionType::PRE_SHARED_KEY,
        ]
    );
    assert_eq!(hello.legacy_version, TLS12);
    assert_eq!(hello.session_id.len(), 32);
    assert_eq!(hello.cipher_suites.last(), Some(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV));
    assert_eq!(hello.random, client.negotiated.client_random);
    // The obfuscated age is that of ten seconds, and the binder is the one over what stands before it.
    let psks = OfferedPsks::read(hello.extensions.get(ExtensionType::PRE_SHARED_KEY).unwrap()).unwrap();
    assert_eq!(psks.identities, [(vec![8; 40], 10_000)]);
    let before = &message.as_bytes()[..message.as_bytes().len() - binders_length(&message).unwrap()];
    let partial = HashAlgorithm::Sha256.digest(before);
    let binder = EarlySecret::new(HashAlgorithm::Sha256, Some(&[5; 32])).binder(false, partial.as_ref());
    assert_eq!(psks.binders, [binder.as_ref()]);
}

#[test]
fn client_hello_of_tls12_has_nothing_of_tls13() {
    let (hello, _) = hello_of(&mut client((TLS12, TLS12)));
    assert_eq!(
        types(&hello),
        [
            ExtensionType::EC_POINT_FORMATS,
            ExtensionType::SUPPORTED_GROUPS,
            ExtensionType::SESSION_TICKET,
            ExtensionType::ENCRYPT_THEN_MAC,
            ExtensionType::EXTENDED_MASTER_SECRET,
            ExtensionType::SIGNATURE_ALGORITHMS,
        ]
    );
    assert!(hello.session_id.is_empty());
    assert!(!hello.cipher_suites.contains(&CipherSuite::TLS_AES_128_GCM_SHA256));
}

#[test]
fn options_leave_extensions_out() {
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |settings| {
        settings.options |=
            option::NO_TICKET | option::NO_EXTENDED_MASTER_SECRET | option::NO_ENCRYPT_THEN_MAC;
        settings.options &= !option::ENABLE_MIDDLEBOX_COMPAT;
    });
    let (hello, _) = hello_of(&mut client);
    assert!(!hello.extensions.contains(ExtensionType::SESSION_TICKET));
    assert!(!hello.extensions.contains(ExtensionType::EXTENDED_MASTER_SECRET));
    assert!(!hello.extensions.contains(ExtensionType::ENCRYPT_THEN_MAC));
    assert!(hello.session_id.is_empty());
}

#[test]
fn hybrid_share_comes_with_its_ecdh_part() {
    let mut client = Endpoint::new(Side::Client, (TLS13, TLS13), |settings| {
        settings.groups = [NamedGroup::X25519MLKEM768, NamedGroup::X25519][..].into();
    });
    let (hello, _) = hello_of(&mut client);
    let shares = key_share::read_client(hello.extensions.get(ExtensionType::KEY_SHARE).unwrap()).unwrap();
    let groups: Vec<NamedGroup> = shares.iter().map(|(group, _)| *group).collect();
    assert_eq!(groups, [NamedGroup::X25519MLKEM768, NamedGroup::X25519]);
    // Either of them may be answered.
    let (public, _) = key_exchange::respond(
        NamedGroup::X25519,
        shares[1].1,
        &crate::libcrypto::library::Library::default(),
    )
    .unwrap();
    let answer = server_hello(&hello, CipherSuite::TLS_AES_128_GCM_SHA256, |server_hello| {
        add_version(&mut server_hello.extensions);
        server_hello.extensions.add(ExtensionType::KEY_SHARE, |writer| {
            key_share::write_server(writer, NamedGroup::X25519, &public);
        });
    });
    assert!(client.receive(answer).is_ok());
    assert_eq!(client.negotiated.group, Some(NamedGroup::X25519));
}

#[test]
fn tls12_session_is_offered_by_its_id_and_ticket() {
    // However old it is: that is the server's concern.
    let old = Session { time: NOW - 100_000, ..session(TLS12, ECDHE_RSA_AES128) };
    let mut client = client((TLS12, TLS13)).offering(old);
    let (hello, _) = hello_of(&mut client);
    assert_eq!(hello.session_id, [9; 32]);
    assert_eq!(hello.extensions.get(ExtensionType::SESSION_TICKET), Some(&[8; 40][..]));
    assert!(!hello.extensions.contains(ExtensionType::PRE_SHARED_KEY));
}

#[test]
fn unusable_session_is_not_offered() {
    let aes128 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let unusable = [
        Session { time: NOW - 7201, ..session(TLS13, aes128) },
        Session { time: NOW + 1, ..session(TLS13, aes128) },
        Session { ticket_lifetime: 9, ..session(TLS13, aes128) },
        Session { ticket: Vec::new(), ..session(TLS13, aes128) },
        Session { resumable: false, ..session(TLS13, aes128) },
        Session { id: Id::default(), ..session(TLS12, ECDHE_RSA_AES128) },
        session(TLS12, CipherSuite(0x0004)),
        session(ProtocolVersion::TLS1_1, ECDHE_RSA_AES128),
    ];
    for (index, session) in unusable.into_iter().enumerate() {
        let mut client = client((TLS12, TLS13)).offering(session);
        let (hello, _) = hello_of(&mut client);
        assert!(!hello.extensions.contains(ExtensionType::PRE_SHARED_KEY), "{index}");
        assert_ne!(hello.session_id, [9; 32], "{index}");
        assert_eq!(hello.extensions.get(ExtensionType::SESSION_TICKET), Some(&[][..]), "{index}");
    }
}

#[test]
fn ticket_is_offered_for_seven_days_at_most() {
    // RFC 8446 §4.6.1: whatever lifetime a stored session claims.
    let offers_after = |age| {
        let stored = session(TLS13, CipherSuite::TLS_AES_128_GCM_SHA256);
        let mut client =
            client((TLS12, TLS13)).offering(Session { time: NOW - age, ticket_lifetime: u32::MAX, ..stored });
        hello_of(&mut client).0.extensions.contains(ExtensionType::PRE_SHARED_KEY)
    };
    assert!(offers_after(604_800));
    assert!(!offers_after(604_801));
}

#[test]
fn randoms_and_session_ids_are_fresh() {
    let (first, _) = hello_of(&mut client((TLS12, TLS13)));
    let (second, _) = hello_of(&mut client((TLS12, TLS13)));
    assert_ne!(first.random, second.random);
    assert_ne!(first.session_id, second.session_id);
    assert_ne!(first.random, rand::array::<32>().unwrap());
    let groups = supported_groups::read(first.extensions.get(ExtensionType::SUPPORTED_GROUPS).unwrap());
    assert!(groups.unwrap().contains(&NamedGroup::X25519));
}
