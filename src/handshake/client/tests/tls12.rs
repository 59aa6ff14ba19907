//! TLS 1.2: its ServerHello and its flight.

use super::*;
use crate::{
    crypto::key_exchange::EphemeralKey,
    handshake::{Event, Expects},
    key_schedule::tls12::MasterSecret,
    message::{
        certificate, certificate_status,
        extension::status_request,
        new_session_ticket::NewSessionTicket12,
        server_key_exchange::{Parameters, ServerKeyExchange, Signature},
    },
    wire::SignatureScheme,
};

const P256: &[u8] = include_bytes!("../../../connection/testdata/p256.crt.der");
const RSA: &[u8] = include_bytes!("../../../connection/testdata/rsa.crt.der");
const ECDHE_ECDSA_AES128: CipherSuite = CipherSuite(0xc02b);

#[test]
fn wrong_choices_of_a_tls12_server_are_refused() {
    let refusal = |change: fn(&mut ServerHello)| refusal((TLS12, TLS12), |hello| tls12_hello(hello, change));
    let illegal = |reason| (AlertDescription::ILLEGAL_PARAMETER, reason);
    assert_eq!(refusal(|hello| hello.compression_method = 1), illegal(Reason::COMPRESSION_DISABLED));
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
    offered.id_context = Id::of(b"elsewhere");
    let mut client = client((TLS12, TLS12)).offering(offered);
    let (hello, _) = hello_of(&mut client);
    assert_eq!(
        client.receive(tls12_hello(&hello, |_| {})).err(),
        Some(Error::illegal(Reason::ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT))
    );
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

/// A client that has read a ServerHello with this suite and a chain of this certificate, which is good.
fn verified(
    suite: CipherSuite,
    certificate: &[u8],
    change: impl FnOnce(&mut ServerHello),
) -> Result<Endpoint, Error> {
    let mut client =
        Endpoint::new(Side::Client, (TLS12, TLS12), |settings| settings.status_type = status_request::OCSP);
    let (hello, _) = hello_of(&mut client);
    let answer = tls12_hello(&hello, |hello| {
        hello.cipher_suite = suite;
        change(hello);
    });
    client.receive(answer)?;
    let progress = client.receive(certificate::write_tls12([certificate]))?;
    assert!(matches!(progress, Progress::Ask(Ask::VerifyChain)));
    client.advance(Input::Answer(Answer::Verified { outcome: Ok(()), result: 0 }))?;
    Ok(client)
}

fn server_key_exchange(group: NamedGroup) -> Message {
    let key =
        EphemeralKey::generate(NamedGroup::X25519, &crate::libcrypto::library::Library::default()).unwrap();
    ServerKeyExchange {
        parameters: Parameters::Ecdh { group, public: key.share().to_vec() },
        signature: Some(Signature {
            scheme: Some(SignatureScheme::ECDSA_SECP256R1_SHA256),
            bytes: vec![0x30, 6, 2, 1, 1, 2, 1, 1],
        }),
    }
    .write()
}

#[test]
fn chain_without_a_certificate_is_decode_error() {
    let mut client = client((TLS12, TLS12));
    let (hello, _) = hello_of(&mut client);
    assert!(client.receive(tls12_hello(&hello, |_| {})).is_ok());
    assert_eq!(
        refused(client.receive(certificate::write_tls12([]))),
        (AlertDescription::DECODE_ERROR, Reason::LENGTH_MISMATCH)
    );
}

#[test]
fn chain_that_does_not_verify_fails_with_the_alert_of_its_fault() {
    let mut client = client((TLS12, TLS12));
    let (hello, _) = hello_of(&mut client);
    assert!(client.receive(tls12_hello(&hello, |_| {})).is_ok());
    assert!(client.receive(certificate::write_tls12([P256])).is_ok());
    let expired = Answer::Verified { outcome: Err(AlertDescription::CERTIFICATE_EXPIRED), result: 10 };
    assert_eq!(
        refused(client.advance(Input::Answer(expired))),
        (AlertDescription::CERTIFICATE_EXPIRED, Reason::CERTIFICATE_VERIFY_FAILED)
    );
    assert_eq!(client.negotiated.verify_result, 10);
}

#[test]
fn certificate_of_another_kind_than_the_suite_is_illegal() {
    for (suite, certificate, fits) in [
        (ECDHE_RSA_AES128, P256, false),
        (ECDHE_RSA_AES128, RSA, true),
        (ECDHE_ECDSA_AES128, RSA, false),
        (ECDHE_ECDSA_AES128, P256, true),
    ] {
        let expected = (!fits).then_some(Error::illegal(Reason::WRONG_CERTIFICATE_TYPE));
        assert_eq!(verified(suite, certificate, |_| {}).err(), expected);
    }
}

#[test]
fn server_share_is_checked() {
    let refusal = |group| {
        let mut client = verified(ECDHE_ECDSA_AES128, P256, |_| {}).unwrap();
        refused(client.receive(server_key_exchange(group)))
    };
    let wrong_curve = (AlertDescription::ILLEGAL_PARAMETER, Reason::WRONG_CURVE);
    assert_eq!(refusal(NamedGroup::FFDHE2048), wrong_curve);
    // A hybrid is for TLS 1.3 alone.
    assert_eq!(refusal(NamedGroup::X25519MLKEM768), wrong_curve);
    assert_eq!(refusal(NamedGroup::X25519), (AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE));
}

#[test]
fn certificate_status_comes_only_where_it_was_announced() {
    let status = || certificate_status::write(b"response");
    let mut client = verified(ECDHE_ECDSA_AES128, P256, |_| {}).unwrap();
    assert_eq!(client.receive(status()).err(), Some(Error::unexpected()));
    let announce = |hello: &mut ServerHello| hello.extensions.add(ExtensionType::STATUS_REQUEST, |_| {});
    let mut client = verified(ECDHE_ECDSA_AES128, P256, announce).unwrap();
    assert!(client.receive(status()).is_ok());
    assert_eq!(client.negotiated.ocsp_response.as_deref(), Some(&b"response"[..]));
    assert_eq!(client.receive(status()).err(), Some(Error::unexpected()));
}

#[test]
fn resumed_handshake_takes_no_certificate() {
    let mut client = client((TLS12, TLS12)).offering(session(TLS12, ECDHE_RSA_AES128));
    let (hello, _) = hello_of(&mut client);
    assert!(client.receive(tls12_hello(&hello, |_| {})).is_ok());
    assert_eq!(client.handshake.expects(), Ok(Expects::ChangeCipherSpec));
}

#[test]
fn renewed_ticket_replaces_the_session_without_announcing_it() {
    let mut client = client((TLS12, TLS12)).offering(session(TLS12, ECDHE_RSA_AES128));
    client.environment.hooks.key_log = true;
    let (hello, client_hello) = hello_of(&mut client);
    let server_hello = tls12_hello(&hello, |hello| {
        hello.extensions.add(ExtensionType::SESSION_TICKET, |_| {});
    });
    let ticket = NewSessionTicket12 { lifetime_hint: 60, ticket: b"renewed".to_vec() }.write();
    let mut transcript = HashAlgorithm::Sha256.start();
    for message in [&client_hello, &server_hello, &ticket] {
        transcript.update(message.as_bytes());
    }
    let master = MasterSecret::resumed(HashAlgorithm::Sha256, Secret::new(&[5; 32]).unwrap());
    let verify_data = master.keyed().verify_data(Side::Server, transcript.current().as_ref());

    assert!(client.receive(server_hello).is_ok());
    assert!(client.receive(ticket).is_ok());
    assert!(client.advance(Input::ChangeCipherSpec).is_ok());
    let key_log = client.events.clone();
    assert!(matches!(client.receive(finished::write(&verify_data)), Ok(Progress::Done)));
    let session = client.negotiated.session.as_ref().unwrap();
    assert_eq!((session.ticket.as_slice(), session.ticket_lifetime), (&b"renewed"[..], 60));
    assert_eq!(*session.id, *HashAlgorithm::Sha256.digest(b"renewed").as_ref());
    assert_eq!((session.time, session.secret.as_ref()), (NOW, &[5; 32][..]));
    assert_eq!(client.negotiated.server_verify_data, verify_data);
    assert_eq!(client.negotiated.client_verify_data.len(), 12);
    assert!(!key_log.iter().any(|event| matches!(event, Event::KeyLog(_))));
    let line = client.events.iter().find_map(|event| match event {
        Event::KeyLog(line) => Some(line.clone()),
        _ => None,
    });
    assert!(line.unwrap().starts_with("CLIENT_RANDOM "));
    use Position::{
        Before, CrChange, CrFinished, CrSessionTicket, CrSrvrHello, CwChange, CwClntHello, CwFinished,
    };
    assert_eq!(
        client.positions(),
        [
            Before,
            CwClntHello,
            CwClntHello,
            CrSrvrHello,
            CrSessionTicket,
            CrChange,
            CrFinished,
            CwChange,
            CwFinished
        ]
    );
}
