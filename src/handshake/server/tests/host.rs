//! Sessions of a server with several hosts: one host's are not resumed by another.

use super::*;

/// A client of `host` offers a session of `of`; the servername callback changes to another session id context, or not.
fn resumes(version: ProtocolVersion, host: &str, of: Option<&str>, changes: bool) -> bool {
    let mut server = Server::new();
    server.environment.hooks.server_name = true;
    server.context_of_host = changes.then_some(b"another");
    let is_tls13 = version == ProtocolVersion::TLS1_3;
    let suite = if is_tls13 { CipherSuite::TLS_AES_128_GCM_SHA256 } else { TLS12_SUITE };
    let server_name = of.map(|name| name.as_bytes().to_vec());
    server.session = Some(Session { server_name, ..session(version, suite) });
    let hello = with(if is_tls13 { tls13() } else { tls12() }, ExtensionType::SERVER_NAME, |writer| {
        server_name::write(writer, host.as_bytes());
    });
    let message = if is_tls13 {
        with_psk(hello, |_| {})
    } else {
        with(hello, ExtensionType::SESSION_TICKET, |writer| writer.bytes(b"ticket")).write()
    };
    server.feed(message).unwrap();
    assert_eq!(server.negotiated.session_id_context[..], *b"context");
    let sends_certificate = server.sent().contains(&HandshakeType::CERTIFICATE);
    assert_ne!(server.negotiated.resumed, sends_certificate);
    server.negotiated.resumed
}

#[test]
fn session_is_resumed_by_the_host_that_it_was_made_for() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        assert!(resumes(version, "b.example", Some("b.example"), true));
        assert!(resumes(version, "a.example", None, false));
        assert!(!resumes(version, "b.example", Some("a.example"), true));
        assert!(!resumes(version, "b.example", None, true));
    }
}
