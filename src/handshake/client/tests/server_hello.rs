//! A ServerHello's choices.

use super::*;

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
fn share_of_the_hybrids_part_is_illegal_unless_it_was_sent() {
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |settings| {
        settings.groups = [NamedGroup::X25519MLKEM768].into();
    });
    let (hello, _) = hello_of(&mut client);
    let answer = server_hello(&hello, CipherSuite::TLS_AES_128_GCM_SHA256, |answer| {
        add_version(&mut answer.extensions);
        let (x25519, _) = key_exchange::respond(
            NamedGroup::X25519,
            &[9; 32],
            &crate::libcrypto::library::Library::default(),
        )
        .unwrap();
        answer.extensions.add(ExtensionType::KEY_SHARE, |writer| {
            key_share::write_server(writer, NamedGroup::X25519, &x25519);
        });
    });
    assert_eq!(refused(client.receive(answer)), (AlertDescription::ILLEGAL_PARAMETER, Reason::BAD_KEY_SHARE));
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
