//! Resumption in TLS 1.3 up to its Finished (RFC 8446 §4.2.11, §4.4.4).

use super::*;
use crate::handshake::Event;

/// A TLS 1.3 client that resumes, with EncryptedExtensions read, and the `verify_data` that the server's Finished
/// must have.
fn resumed_up_to_finished() -> (Endpoint, Vec<u8>) {
    let aes128 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let mut client = Endpoint::new(Side::Client, (TLS12, TLS13), |_| {}).offering(session(TLS13, aes128));
    client.environment.hooks.caches_sessions = true;
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
    assert!(matches!(progress, Progress::Ask(Ask::RemoveSession(session)) if *session.id == [9; 32]));
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
fn psk_without_a_share_needs_our_leave() {
    for allowed in [false, true] {
        let mut client = Endpoint::new(Side::Client, (TLS13, TLS13), |settings| {
            if allowed {
                settings.options |= option::ALLOW_NO_DHE_KEX;
            }
        })
        .offering(session(TLS13, CipherSuite::TLS_AES_128_GCM_SHA256));
        let (hello, _) = hello_of(&mut client);
        let answer = server_hello(&hello, CipherSuite::TLS_AES_128_GCM_SHA256, |hello| {
            add_version(&mut hello.extensions);
            hello.extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(0_u16));
        });
        let expected = Error::fatal(AlertDescription::MISSING_EXTENSION, Reason::NO_SUITABLE_KEY_SHARE);
        assert_eq!(client.receive(answer).err(), (!allowed).then_some(expected));
    }
}

#[test]
fn key_log_has_the_secrets_of_application_data() {
    let (mut client, verify_data) = resumed_up_to_finished();
    client.environment.hooks.key_log = true;
    assert!(client.receive(finished::write(&verify_data)).is_ok());
    let labels: Vec<String> = client
        .events
        .iter()
        .filter_map(|event| match event {
            Event::KeyLog(line) => line.split(' ').next().map(str::to_owned),
            _ => None,
        })
        .collect();
    assert_eq!(
        labels,
        [
            "EXPORTER_SECRET",
            "SERVER_TRAFFIC_SECRET_0",
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0"
        ]
    );
}
