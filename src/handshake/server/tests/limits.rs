//! How much of a ClientHello's lists is looked at: what stands in the last place counts, what stands behind it does not.

use super::*;

/// Numbers that nobody has given to a group.
fn unknown_groups(count: u16) -> Vec<NamedGroup> {
    (0..count).map(|number| NamedGroup(0x7000 + number)).collect()
}

fn with_groups(hello: ClientHello, groups: &[NamedGroup]) -> ClientHello {
    with(without(hello, ExtensionType::SUPPORTED_GROUPS), ExtensionType::SUPPORTED_GROUPS, |writer| {
        supported_groups::write(writer, groups);
    })
}

/// What the server sends first, or why it refuses.
fn answer_to(hello: &ClientHello) -> Result<ServerHello> {
    let mut server = Server::new();
    server.feed(hello.write())?;
    Ok(server.server_hello())
}

#[test]
fn group_in_the_128th_place_is_the_last_that_counts() {
    let behind =
        |count, hello| with_groups(hello, &[unknown_groups(count), vec![NamedGroup::X25519]].concat());
    // With a share for a group that we do not know: ours has to be asked for.
    let tls13 = || {
        with(shareless(), ExtensionType::KEY_SHARE, |writer| {
            key_share::write_client(writer, &[(NamedGroup(0x7000), &[1])]);
        })
    };
    let retry = answer_to(&behind(127, tls13())).unwrap();
    let selected = retry.extensions.get(ExtensionType::KEY_SHARE).unwrap();
    assert_eq!(key_share::read_retry(selected), Ok(NamedGroup::X25519));
    assert_eq!(
        answer_to(&behind(128, tls13())),
        Err(Error::handshake_failure(Reason::NO_SUITABLE_KEY_SHARE))
    );

    assert_eq!(answer_to(&behind(127, tls12())).unwrap().cipher_suite, TLS12_SUITE);
    assert_eq!(answer_to(&behind(128, tls12())), Err(Error::handshake_failure(Reason::NO_SHARED_CIPHER)));
}

#[test]
fn scheme_in_the_128th_place_is_the_last_that_counts() {
    let behind = |count, hello| {
        let hello = without(hello, ExtensionType::SIGNATURE_ALGORITHMS);
        let mut schemes: Vec<_> = (0..count).map(|number| SignatureScheme(0x7000 + number)).collect();
        schemes.push(SignatureScheme::RSA_PSS_RSAE_SHA256);
        with(hello, ExtensionType::SIGNATURE_ALGORITHMS, |writer| {
            signature_algorithms::write(writer, &schemes);
        })
    };
    for hello in [tls12(), tls13()] {
        assert!(answer_to(&behind(127, hello.clone())).is_ok());
        assert_eq!(
            answer_to(&behind(128, hello)),
            Err(Error::handshake_failure(Reason::NO_SHARED_SIGNATURE_ALGORITHMS))
        );
    }
}

#[test]
fn share_in_the_16th_place_is_the_last_that_counts() {
    let key =
        EphemeralKey::generate(NamedGroup::X25519, &crate::libcrypto::library::Library::default()).unwrap();
    let is_retried = |count| {
        let groups = unknown_groups(count);
        let mut shares: Vec<(NamedGroup, &[u8])> = groups.iter().map(|group| (*group, &[1][..])).collect();
        shares.push((NamedGroup::X25519, key.share()));
        let hello = with_groups(shareless(), &[groups.clone(), vec![NamedGroup::X25519]].concat());
        let hello = with(hello, ExtensionType::KEY_SHARE, |writer| key_share::write_client(writer, &shares));
        let answer = answer_to(&hello).unwrap();
        let share = answer.extensions.get(ExtensionType::KEY_SHARE).unwrap();
        let retry = key_share::read_retry(share) == Ok(NamedGroup::X25519);
        assert!(retry || key_share::read_server(share).unwrap().0 == NamedGroup::X25519);
        retry
    };
    assert!(!is_retried(15));
    assert!(is_retried(16));
}
