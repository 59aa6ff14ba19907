//! Sessions that clients offer: by a PSK in TLS 1.3, by their id or in a ticket before.

use super::*;

#[test]
fn psk_with_a_right_binder_resumes_without_a_certificate() {
    let mut server = Server::new();
    server.session = Some(session(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256));
    server.feed(with_psk(tls13(), |_| {})).unwrap();
    assert!(server.negotiated.resumed);
    assert_eq!(server.asked, ["OpenTicket"]);
    assert!(!server.sent().contains(&HandshakeType::CERTIFICATE));
    assert!(server.server_hello().extensions.contains(ExtensionType::PRE_SHARED_KEY));
    // Negotiated anew by the PSK's hash, whatever suite we like best.
    assert_eq!(server.negotiated.suite.unwrap().hash, HashAlgorithm::Sha256);
}

#[test]
fn psk_with_a_wrong_binder_is_a_decrypt_error() {
    let mut server = Server::new();
    server.session = Some(session(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256));
    assert_eq!(
        server.feed(with_psk(tls13(), |binder| binder[0] ^= 1)).unwrap_err(),
        fatal(AlertDescription::DECRYPT_ERROR, Reason::BINDER_DOES_NOT_VERIFY)
    );
}

#[test]
fn psk_of_another_context_version_or_time_is_passed_over() {
    let fitting = session(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256);
    let unfit = [
        Session { id_context: Id::of(b"other"), ..fitting.clone() },
        Session { version: ProtocolVersion::TLS1_2, ..fitting.clone() },
        Session { time: NOW - 7201, ..fitting.clone() },
        Session { cipher_suite: CipherSuite::TLS_AES_256_GCM_SHA384, ..fitting },
    ];
    for session in unfit {
        let mut server = Server::new();
        server.session = Some(session);
        server.feed(with_psk(tls13(), |_| {})).unwrap();
        assert!(!server.negotiated.resumed);
        assert!(server.sent().contains(&HandshakeType::CERTIFICATE));
    }
}

#[test]
fn verifying_server_without_a_context_fails_to_resume() {
    let mut server = Server::with(|settings| {
        settings.session_id_context = [].into();
        settings.verify_mode = VerifyMode(VerifyMode::PEER);
    });
    let fitting = session(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256);
    server.session = Some(Session { id_context: Id::default(), ..fitting });
    assert_eq!(
        server.feed(with_psk(tls13(), |_| {})).unwrap_err(),
        fatal(AlertDescription::INTERNAL_ERROR, Reason::SESSION_ID_CONTEXT_UNINITIALIZED)
    );
}

#[test]
fn without_tickets_an_identity_is_a_session_id() {
    let mut server = Server::with(|settings| settings.options |= option::NO_TICKET);
    server.session = Some(session(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256));
    server.feed(with_psk(tls13(), |_| {})).unwrap();
    assert_eq!(server.asked, ["FindSession"]);
    assert!(server.negotiated.resumed);
}

fn resuming(session: Session, hello: &ClientHello) -> Result<Server> {
    let mut server = Server::new();
    server.session = Some(session);
    server.feed(hello.write()).map(|()| server)
}

#[test]
fn tls12_session_resumes_with_our_finished_first() {
    let kept = Session { id: Id::of(&[3; 32]), ..session(ProtocolVersion::TLS1_2, TLS12_SUITE) };
    let server = resuming(kept, &base()).unwrap();
    assert_eq!(server.asked, ["FindSession"]);
    assert_eq!(server.sent(), [HandshakeType::SERVER_HELLO, HandshakeType::FINISHED]);
    assert_eq!(server.server_hello().session_id, [3; 32]);
    assert_eq!(server.negotiated.suite.unwrap().id, suite::find(TLS12_SUITE).unwrap().id);
}

#[test]
fn tls12_session_and_extended_master_secret_must_agree() {
    let with_secret = with(base(), ExtensionType::EXTENDED_MASTER_SECRET, |_| {});
    let plain = session(ProtocolVersion::TLS1_2, TLS12_SUITE);
    let extended = Session { extended_master_secret: true, ..plain.clone() };
    assert_eq!(
        resuming(extended.clone(), &base()).err(),
        Some(fatal(AlertDescription::HANDSHAKE_FAILURE, Reason::INCONSISTENT_EXTMS))
    );
    assert!(resuming(extended, &with_secret).unwrap().negotiated.resumed);
    assert!(!resuming(plain, &with_secret).unwrap().negotiated.resumed);
}

#[test]
fn tls12_session_needs_its_suite_and_its_name() {
    let fitting = session(ProtocolVersion::TLS1_2, TLS12_SUITE);
    let other_suites = ClientHello { cipher_suites: vec![CipherSuite(0xc030)], ..base() };
    assert_eq!(
        resuming(fitting.clone(), &other_suites).err(),
        Some(fatal(AlertDescription::ILLEGAL_PARAMETER, Reason::REQUIRED_CIPHER_MISSING))
    );
    let named = Session { server_name: Some(b"one".to_vec()), ..fitting };
    let other_name = with(base(), ExtensionType::SERVER_NAME, |writer| server_name::write(writer, b"two"));
    assert!(!resuming(named.clone(), &other_name).unwrap().negotiated.resumed);
    let same_name = with(base(), ExtensionType::SERVER_NAME, |writer| server_name::write(writer, b"One"));
    assert!(resuming(named, &same_name).unwrap().negotiated.resumed);
}
