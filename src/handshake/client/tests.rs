//! The client against messages made by hand: what a server must not do, and what it may.

use crate::{
    crypto::{hash::HashAlgorithm, key_exchange, rand, secret::Secret, suite},
    error::{Error, Reason},
    handshake::{
        Input, Progress,
        position::Position,
        test_endpoint::{Endpoint, NOW},
        want::{Answer, Ask},
    },
    key_schedule::tls13::EarlySecret,
    message::{
        Message,
        client_hello::{ClientHello, binders_length},
        encrypted_extensions,
        extension::{
            Extensions, cookie, key_share, pre_shared_key::OfferedPsks, renegotiation_info, supported_groups,
            supported_versions,
        },
        finished,
        server_hello::{HELLO_RETRY_REQUEST_RANDOM, ServerHello},
    },
    policy::options::{cache, option},
    record::Side,
    session::Session,
    wire::{AlertDescription, CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion},
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS13: ProtocolVersion = ProtocolVersion::TLS1_3;
const ECDHE_RSA_AES128: CipherSuite = CipherSuite(0xc02f);
const ECDHE_RSA_AES256: CipherSuite = CipherSuite(0xc030);

fn client(versions: (ProtocolVersion, ProtocolVersion)) -> Endpoint {
    Endpoint::new(Side::Client, versions, |_| {})
}

/// Lets the client send its ClientHello.
fn hello_of(client: &mut Endpoint) -> (ClientHello, Message) {
    assert!(client.advance(Input::Nothing).is_ok());
    let message = client.sent().pop().unwrap();
    (ClientHello::read(message.expect(HandshakeType::CLIENT_HELLO).unwrap()).unwrap(), message)
}

fn server_hello(hello: &ClientHello, suite: CipherSuite, change: impl FnOnce(&mut ServerHello)) -> Message {
    let mut server_hello = ServerHello {
        legacy_version: TLS12,
        random: [7; 32],
        session_id: hello.session_id.clone(),
        cipher_suite: suite,
        compression_method: 0,
        extensions: Extensions::new(),
    };
    change(&mut server_hello);
    server_hello.write()
}

/// A ServerHello of TLS 1.3 with a valid share; the secret that it leads to.
fn tls13_hello(
    hello: &ClientHello,
    suite: CipherSuite,
    change: impl FnOnce(&mut ServerHello),
) -> (Message, Vec<u8>) {
    let shares = key_share::read_client(hello.extensions.get(ExtensionType::KEY_SHARE).unwrap()).unwrap();
    let (group, share) = shares[0];
    let (public, secret) = key_exchange::respond(group, share).unwrap();
    let message = server_hello(hello, suite, |server_hello| {
        add_version(&mut server_hello.extensions);
        server_hello
            .extensions
            .add(ExtensionType::KEY_SHARE, |writer| key_share::write_server(writer, group, &public));
        change(server_hello);
    });
    (message, secret.to_vec())
}

fn add_version(extensions: &mut Extensions) {
    extensions
        .add(ExtensionType::SUPPORTED_VERSIONS, |writer| supported_versions::write_server(writer, TLS13));
}

fn tls12_hello(hello: &ClientHello, change: impl FnOnce(&mut ServerHello)) -> Message {
    server_hello(hello, ECDHE_RSA_AES128, |server_hello| {
        server_hello
            .extensions
            .add(ExtensionType::RENEGOTIATION_INFO, |writer| renegotiation_info::write(writer, &[]));
        change(server_hello);
    })
}

fn retry(hello: &ClientHello, change: impl FnOnce(&mut Extensions)) -> Message {
    server_hello(hello, CipherSuite::TLS_AES_128_GCM_SHA256, |server_hello| {
        server_hello.random = HELLO_RETRY_REQUEST_RANDOM;
        add_version(&mut server_hello.extensions);
        change(&mut server_hello.extensions);
    })
}

fn retry_with_group(hello: &ClientHello, group: NamedGroup) -> Message {
    // The form of a HelloRetryRequest's key_share: the group alone (RFC 8446 §4.2.8).
    retry(hello, |extensions| extensions.add(ExtensionType::KEY_SHARE, |writer| writer.u16(group)))
}

/// What the client makes of this answer to its ClientHello.
fn refusal(
    versions: (ProtocolVersion, ProtocolVersion),
    answer: impl FnOnce(&ClientHello) -> Message,
) -> (AlertDescription, Reason) {
    let mut client = client(versions);
    let (hello, _) = hello_of(&mut client);
    refused(client.receive(answer(&hello)))
}

fn refused(result: Result<Progress, Error>) -> (AlertDescription, Reason) {
    match result {
        Err(Error::Fatal { alert, reason }) => (alert, reason),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("accepted"),
    }
}

fn session(version: ProtocolVersion, cipher_suite: CipherSuite) -> Session {
    Session {
        id: vec![9; 32],
        ticket: vec![8; 40],
        ticket_lifetime: 7200,
        ..Session::new(version, cipher_suite, Secret::new(&[5; 32]).unwrap(), NOW - 10, 7200)
    }
}

fn types(hello: &ClientHello) -> Vec<ExtensionType> {
    hello.extensions.iter().map(|(extension_type, _)| extension_type).collect()
}

#[test]
fn client_hello_has_the_extensions_of_openssl_in_their_order() {
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |settings| {
        settings.server_name = Some(b"example.com"[..].into());
        settings.alpn_protocols = b"\x02h2"[..].into();
        settings.status_request = true;
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
        settings.options |= option::NO_TICKET | option::NO_EXTENDED_MASTER_SECRET;
        settings.options &= !option::ENABLE_MIDDLEBOX_COMPAT;
    });
    let (hello, _) = hello_of(&mut client);
    assert!(!hello.extensions.contains(ExtensionType::SESSION_TICKET));
    assert!(!hello.extensions.contains(ExtensionType::EXTENDED_MASTER_SECRET));
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
    let (public, _) = key_exchange::respond(NamedGroup::X25519, shares[1].1).unwrap();
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
    let mut client = client((TLS12, TLS13)).offering(session(TLS12, ECDHE_RSA_AES128));
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
        Session { ticket_lifetime: 9, ..session(TLS13, aes128) },
        Session { ticket: Vec::new(), ..session(TLS13, aes128) },
        Session { resumable: false, ..session(TLS13, aes128) },
        Session { id: Vec::new(), ..session(TLS12, ECDHE_RSA_AES128) },
        session(TLS12, CipherSuite(0x002f)),
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
fn second_client_hello_changes_only_what_the_retry_asks_for() {
    let mut client = client((TLS12, TLS13)).offering(session(TLS13, CipherSuite::TLS_AES_128_GCM_SHA256));
    let (first, _) = hello_of(&mut client);
    let request = retry(&first, |extensions| {
        extensions.add(ExtensionType::KEY_SHARE, |writer| writer.u16(NamedGroup::SECP384R1));
        extensions.add(ExtensionType::COOKIE, |writer| cookie::write(writer, b"crumbs"));
    });
    assert!(client.receive(request).is_ok());
    let message = client.sent().pop().unwrap();
    let second = ClientHello::read(message.body()).unwrap();
    assert_eq!(
        (second.random, &second.session_id, &second.cipher_suites),
        (first.random, &first.session_id, &first.cipher_suites)
    );
    let shares = key_share::read_client(second.extensions.get(ExtensionType::KEY_SHARE).unwrap()).unwrap();
    assert_eq!(shares.iter().map(|(group, _)| *group).collect::<Vec<_>>(), [NamedGroup::SECP384R1]);
    assert_eq!(cookie::read(second.extensions.get(ExtensionType::COOKIE).unwrap()), Ok(&b"crumbs"[..]));
    let mut expected = types(&first);
    let after_share = expected.iter().position(|found| *found == ExtensionType::KEY_SHARE).unwrap() + 1;
    expected.insert(after_share, ExtensionType::COOKIE);
    assert_eq!(types(&second), expected);
    for (extension_type, data) in first.extensions.iter() {
        if ![ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY].contains(&extension_type) {
            assert_eq!(second.extensions.get(extension_type), Some(data));
        }
    }
    assert!(client.negotiated.hello_retry);
    // L0 L12 for the first flight, once more as the answer comes, then the answer and the second flight.
    use Position::{Before, CrSrvrHello, CwChange, CwClntHello};
    assert_eq!(client.positions(), [Before, CwClntHello, CwClntHello, CrSrvrHello, CwChange, CwClntHello]);
}

#[test]
fn retry_for_another_hash_drops_the_psk() {
    let mut client = client((TLS12, TLS13)).offering(session(TLS13, CipherSuite::TLS_AES_256_GCM_SHA384));
    let (first, _) = hello_of(&mut client);
    assert!(first.extensions.contains(ExtensionType::PRE_SHARED_KEY));
    assert!(client.receive(retry_with_group(&first, NamedGroup::SECP384R1)).is_ok());
    let second = ClientHello::read(client.sent().pop().unwrap().body()).unwrap();
    assert!(!second.extensions.contains(ExtensionType::PRE_SHARED_KEY));
}

#[test]
fn retry_that_changes_nothing_is_illegal() {
    let versions = (TLS12, TLS13);
    assert_eq!(
        refusal(versions, |hello| retry(hello, |_| {})),
        (AlertDescription::ILLEGAL_PARAMETER, Reason::NO_CHANGE_FOLLOWING_HRR)
    );
    let bad_share = (AlertDescription::ILLEGAL_PARAMETER, Reason::BAD_KEY_SHARE);
    let sent_already = |hello: &ClientHello| {
        let shares = key_share::read_client(hello.extensions.get(ExtensionType::KEY_SHARE).unwrap()).unwrap();
        retry_with_group(hello, shares[0].0)
    };
    assert_eq!(refusal(versions, sent_already), bad_share);
    assert_eq!(refusal(versions, |hello| retry_with_group(hello, NamedGroup::FFDHE2048)), bad_share);
}

#[test]
fn second_retry_is_unexpected() {
    let mut client = client((TLS12, TLS13));
    let (first, _) = hello_of(&mut client);
    assert!(client.receive(retry_with_group(&first, NamedGroup::SECP384R1)).is_ok());
    let again = retry_with_group(&first, NamedGroup::SECP521R1);
    assert_eq!(
        refused(client.receive(again)),
        (AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_MESSAGE)
    );
}

#[test]
fn what_a_retry_settled_stays() {
    for (suite, legacy, reason) in [
        (CipherSuite::TLS_CHACHA20_POLY1305_SHA256, false, Reason::WRONG_CIPHER_RETURNED),
        (ECDHE_RSA_AES128, true, Reason::WRONG_SSL_VERSION),
    ] {
        let mut client = client((TLS12, TLS13));
        let (first, _) = hello_of(&mut client);
        assert!(client.receive(retry_with_group(&first, NamedGroup::SECP384R1)).is_ok());
        let second = ClientHello::read(client.sent().pop().unwrap().body()).unwrap();
        let answer =
            if legacy { tls12_hello(&second, |_| {}) } else { tls13_hello(&second, suite, |_| {}).0 };
        assert_eq!(refused(client.receive(answer)), (AlertDescription::ILLEGAL_PARAMETER, reason));
    }
}

#[test]
fn wrong_choices_of_a_tls13_server_are_illegal() {
    let aes128 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let refusal = |suite, change: fn(&mut ServerHello)| {
        refusal((TLS12, TLS13), |hello| tls13_hello(hello, suite, change).0)
    };
    let illegal = |reason| (AlertDescription::ILLEGAL_PARAMETER, reason);
    assert_eq!(refusal(CipherSuite(0x0a0a), |_| {}), illegal(Reason::UNKNOWN_CIPHER_RETURNED));
    assert_eq!(refusal(ECDHE_RSA_AES128, |_| {}), illegal(Reason::WRONG_CIPHER_RETURNED));
    assert_eq!(
        refusal(aes128, |hello| hello.compression_method = 1),
        illegal(Reason::INVALID_COMPRESSION_ALGORITHM)
    );
    assert_eq!(refusal(aes128, |hello| hello.session_id = vec![1; 32]), illegal(Reason::INVALID_SESSION_ID));
    assert_eq!(
        refusal(aes128, |hello| hello.legacy_version = ProtocolVersion::TLS1_1),
        illegal(Reason::BAD_LEGACY_VERSION)
    );
    // An extension that we sent, but that does not belong here.
    assert_eq!(
        refusal(aes128, |hello| hello.extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |_| {})),
        illegal(Reason::BAD_EXTENSION)
    );
    let unsolicited = (AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION);
    assert_eq!(
        refusal(aes128, |hello| hello
            .extensions
            .add(ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(0_u16))),
        unsolicited
    );
    assert_eq!(refusal(aes128, |hello| hello.extensions.add(ExtensionType(0xfafa), |_| {})), unsolicited);
}

#[test]
fn tls13_without_a_share_is_missing_extension() {
    let answer = |hello: &ClientHello| {
        server_hello(hello, CipherSuite::TLS_AES_128_GCM_SHA256, |hello| add_version(&mut hello.extensions))
    };
    assert_eq!(
        refusal((TLS12, TLS13), answer),
        (AlertDescription::MISSING_EXTENSION, Reason::NO_SUITABLE_KEY_SHARE)
    );
}

#[test]
fn share_of_a_group_without_ours_is_illegal() {
    let answer = |hello: &ClientHello| {
        server_hello(hello, CipherSuite::TLS_AES_128_GCM_SHA256, |hello| {
            add_version(&mut hello.extensions);
            hello.extensions.add(ExtensionType::KEY_SHARE, |writer| {
                key_share::write_server(writer, NamedGroup::SECP521R1, &[4; 133]);
            });
        })
    };
    assert_eq!(refusal((TLS12, TLS13), answer), (AlertDescription::ILLEGAL_PARAMETER, Reason::BAD_KEY_SHARE));
}

#[test]
fn version_that_we_do_not_offer_is_refused() {
    let unsupported = (AlertDescription::PROTOCOL_VERSION, Reason::UNSUPPORTED_PROTOCOL);
    let version = |version| move |hello: &mut ServerHello| hello.legacy_version = version;
    for (offered, chosen) in [((TLS13, TLS13), TLS12), ((TLS12, TLS13), ProtocolVersion::TLS1_1)] {
        assert_eq!(refusal(offered, |hello| tls12_hello(hello, version(chosen))), unsupported);
    }
    // TLS 1.3 is not chosen by the old field.
    assert_eq!(refusal((TLS12, TLS13), |hello| tls12_hello(hello, version(TLS13))), unsupported);
    let in_extension = |hello: &ClientHello| {
        tls12_hello(hello, |hello| {
            hello.extensions.add(ExtensionType::SUPPORTED_VERSIONS, |writer| {
                supported_versions::write_server(writer, TLS12);
            });
        })
    };
    assert_eq!(
        refusal((TLS12, TLS13), in_extension),
        (AlertDescription::ILLEGAL_PARAMETER, Reason::BAD_PROTOCOL_VERSION_NUMBER)
    );
    assert_eq!(
        refusal((TLS12, TLS12), in_extension),
        (AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION)
    );
}

#[test]
fn downgrade_sentinel_is_illegal_only_if_we_offer_more() {
    for sentinel in [b"DOWNGRD\x01", b"DOWNGRD\x00"] {
        let mark = |hello: &mut ServerHello| hello.random[24..].copy_from_slice(sentinel);
        assert_eq!(
            refusal((TLS12, TLS13), |hello| tls12_hello(hello, mark)),
            (AlertDescription::ILLEGAL_PARAMETER, Reason::INAPPROPRIATE_FALLBACK)
        );
        let mut client = client((TLS12, TLS12));
        let (hello, _) = hello_of(&mut client);
        assert!(client.receive(tls12_hello(&hello, mark)).is_ok());
    }
}

#[test]
fn wrong_choices_of_a_tls12_server_are_refused() {
    let refusal = |change: fn(&mut ServerHello)| refusal((TLS12, TLS12), |hello| tls12_hello(hello, change));
    let illegal = |reason| (AlertDescription::ILLEGAL_PARAMETER, reason);
    assert_eq!(
        refusal(|hello| hello.compression_method = 1),
        illegal(Reason::UNSUPPORTED_COMPRESSION_ALGORITHM)
    );
    assert_eq!(
        refusal(|hello| hello.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256),
        illegal(Reason::WRONG_CIPHER_RETURNED)
    );
    assert_eq!(
        refusal(|hello| hello
            .extensions
            .add(ExtensionType::EC_POINT_FORMATS, |writer| writer.bytes(&[1, 1]))),
        illegal(Reason::TLS_INVALID_ECPOINTFORMAT_LIST)
    );
    assert_eq!(
        refusal(|hello| hello.extensions.add(ExtensionType::STATUS_REQUEST, |_| {})),
        (AlertDescription::UNSUPPORTED_EXTENSION, Reason::UNSOLICITED_EXTENSION)
    );
    assert_eq!(
        refusal(|hello| hello.extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |writer| writer.u8(0))),
        (AlertDescription::DECODE_ERROR, Reason::BAD_EXTENSION)
    );
}

#[test]
fn renegotiation_info_is_demanded_unless_legacy_servers_are_allowed() {
    let without = |hello: &ClientHello| server_hello(hello, ECDHE_RSA_AES128, |_| {});
    assert_eq!(
        refusal((TLS12, TLS12), without),
        (AlertDescription::HANDSHAKE_FAILURE, Reason::UNSAFE_LEGACY_RENEGOTIATION_DISABLED)
    );
    let mut lenient = Endpoint::new(Side::Client, (TLS12, TLS12), |settings| {
        settings.options |= option::LEGACY_SERVER_CONNECT
    });
    let (hello, _) = hello_of(&mut lenient);
    assert!(lenient.receive(without(&hello)).is_ok());
    assert!(!lenient.negotiated.secure_renegotiation);
    let filled = |hello: &ClientHello| {
        server_hello(hello, ECDHE_RSA_AES128, |hello| {
            hello
                .extensions
                .add(ExtensionType::RENEGOTIATION_INFO, |writer| renegotiation_info::write(writer, &[1; 12]));
        })
    };
    assert_eq!(
        refusal((TLS12, TLS12), filled),
        (AlertDescription::HANDSHAKE_FAILURE, Reason::RENEGOTIATION_MISMATCH)
    );
}

#[test]
fn message_out_of_order_is_unexpected() {
    let unexpected = (AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_MESSAGE);
    assert_eq!(refusal((TLS12, TLS13), |_| encrypted_extensions::write(&Extensions::new())), unexpected);
    assert_eq!(refusal((TLS12, TLS13), |_| finished::write(&[0; 32])), unexpected);
    let mut client = client((TLS12, TLS13));
    let (hello, _) = hello_of(&mut client);
    let (server_hello, _) = tls13_hello(&hello, CipherSuite::TLS_AES_128_GCM_SHA256, |_| {});
    assert!(client.receive(server_hello).is_ok());
    assert_eq!(refused(client.receive(finished::write(&[0; 32]))), unexpected);
}

#[test]
fn resumed_session_of_tls12_must_stay_what_it_was() {
    let resumed = |suite, extended_master_secret| {
        let mut offered = session(TLS12, ECDHE_RSA_AES128);
        offered.extended_master_secret = true;
        let mut client = client((TLS12, TLS12)).offering(offered);
        let (hello, _) = hello_of(&mut client);
        let answer = tls12_hello(&hello, |hello| {
            hello.cipher_suite = suite;
            if extended_master_secret {
                hello.extensions.add(ExtensionType::EXTENDED_MASTER_SECRET, |_| {});
            }
        });
        client.receive(answer).map(|progress| (progress, client.negotiated.resumed))
    };
    assert!(matches!(resumed(ECDHE_RSA_AES128, true), Ok((Progress::Advanced, true))));
    assert_eq!(
        resumed(ECDHE_RSA_AES256, true).err(),
        Some(Error::illegal(Reason::OLD_SESSION_CIPHER_NOT_RETURNED))
    );
    assert_eq!(
        resumed(ECDHE_RSA_AES128, false).err(),
        Some(Error::handshake_failure(Reason::INCONSISTENT_EXTMS))
    );
}

#[test]
fn session_of_another_context_is_not_taken_over() {
    let mut offered = session(TLS12, ECDHE_RSA_AES128);
    offered.id_context = b"elsewhere".to_vec();
    let mut client = client((TLS12, TLS12)).offering(offered);
    let (hello, _) = hello_of(&mut client);
    assert_eq!(
        client.receive(tls12_hello(&hello, |_| {})).err(),
        Some(Error::illegal(Reason::ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT))
    );
}

/// A TLS 1.3 client that resumes, with EncryptedExtensions read, and the `verify_data` that the server's Finished must have.
fn resumed_up_to_finished() -> (Endpoint, Vec<u8>) {
    let aes128 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |settings| {
        settings.session_cache_mode = cache::CLIENT;
    })
    .offering(session(TLS13, aes128));
    let (hello, client_hello) = hello_of(&mut client);
    let (server_hello, secret) = tls13_hello(&hello, aes128, |hello| {
        hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(0_u16));
    });
    let extensions = encrypted_extensions::write(&Extensions::new());
    let hash = suite::find(aes128).unwrap().hash;
    let mut transcript = hash.start();
    transcript.update(client_hello.as_bytes());
    transcript.update(server_hello.as_bytes());
    let server = EarlySecret::new(hash, Some(&[5; 32]))
        .into_handshake(Some(&secret))
        .server_traffic(transcript.current().as_ref());
    transcript.update(extensions.as_bytes());
    let verify_data = server.verify_data(transcript.current().as_ref());
    assert!(client.receive(server_hello).is_ok());
    assert!(client.receive(extensions).is_ok());
    (client, verify_data.as_ref().to_vec())
}

#[test]
fn resumption_ends_with_the_session_forgotten() {
    let (mut client, verify_data) = resumed_up_to_finished();
    let progress = client.receive(finished::write(&verify_data)).unwrap();
    assert!(matches!(progress, Progress::Ask(Ask::RemoveSession(session)) if session.id == [9; 32]));
    assert!(matches!(client.advance(Input::Answer(Answer::Proceed)), Ok(Progress::Done)));
    assert!(client.negotiated.resumed);
    assert!(client.negotiated.traffic.is_some() && client.negotiated.exporter.is_some());
    assert_eq!(client.negotiated.server_verify_data, verify_data);
    use Position::{
        Before, CrEncryptedExtensions, CrFinished, CrSrvrHello, CwChange, CwClntHello, CwFinished,
    };
    assert_eq!(
        client.positions(),
        [
            Before,
            CwClntHello,
            CwClntHello,
            CrSrvrHello,
            CrEncryptedExtensions,
            CrFinished,
            CwChange,
            CwFinished
        ]
    );
    assert_eq!(client.position, Position::Ok);
}

#[test]
fn wrong_finished_is_decrypt_error() {
    let (mut client, mut verify_data) = resumed_up_to_finished();
    verify_data[31] ^= 1;
    assert_eq!(
        refused(client.receive(finished::write(&verify_data))),
        (AlertDescription::DECRYPT_ERROR, Reason::DIGEST_CHECK_FAILED)
    );
    let (mut client, verify_data) = resumed_up_to_finished();
    assert_eq!(
        refused(client.receive(finished::write(&verify_data[..31]))),
        (AlertDescription::DECODE_ERROR, Reason::BAD_DIGEST_LENGTH)
    );
}

#[test]
fn psk_that_was_not_offered_is_illegal() {
    let answer = |suite, identity: u16| {
        let mut client = client((TLS12, TLS13)).offering(session(TLS13, CipherSuite::TLS_AES_128_GCM_SHA256));
        let (hello, _) = hello_of(&mut client);
        let (server_hello, _) = tls13_hello(&hello, suite, |hello| {
            hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(identity));
        });
        refused(client.receive(server_hello)).1
    };
    assert_eq!(answer(CipherSuite::TLS_AES_128_GCM_SHA256, 1), Reason::BAD_PSK_IDENTITY);
    assert_eq!(answer(CipherSuite::TLS_AES_256_GCM_SHA384, 0), Reason::CIPHERSUITE_DIGEST_HAS_CHANGED);
}

#[test]
fn protocol_that_was_not_offered_is_illegal() {
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS12), |settings| {
        settings.alpn_protocols = b"\x02h2"[..].into();
    });
    let (hello, _) = hello_of(&mut client);
    let answer = tls12_hello(&hello, |hello| {
        hello.extensions.add(ExtensionType::ALPN, |writer| writer.bytes(b"\x00\x03\x02h3"));
    });
    assert_eq!(client.receive(answer).err(), Some(Error::illegal(Reason::BAD_EXTENSION)));
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
