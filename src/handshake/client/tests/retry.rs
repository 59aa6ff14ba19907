//! HelloRetryRequest (RFC 8446 §4.1.4).

use super::*;

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
    assert_eq!(refusal(versions, |hello| retry_with_group(hello, NamedGroup::SECP256K1)), bad_share);
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
