//! Extensions of the program, next protocol negotiation, certificate compression.

use super::*;
use crate::{
    handshake::{Direction, Event},
    message::{
        certificate::{Certificate13, CertificateEntry},
        compressed_certificate::Compressed,
        extension::Extensions,
    },
    policy::custom_extension::{CustomExtension, place},
    wire::{CertificateCompression, ExtensionType},
};

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
const KIND: ExtensionType = ExtensionType(1000);
const ALL: u32 = place::CLIENT_HELLO
    | place::TLS1_2_SERVER_HELLO
    | place::TLS1_3_SERVER_HELLO
    | place::ENCRYPTED_EXTENSIONS
    | place::HELLO_RETRY_REQUEST
    | place::CERTIFICATE
    | place::NEW_SESSION_TICKET
    | place::CERTIFICATE_REQUEST;

fn custom(places: u32) -> Arc<[CustomExtension]> {
    Arc::new([CustomExtension { extension_type: KIND, places, side: None, adds: true, reads: true }])
}

fn pair(version: ProtocolVersion, client: u32, server: u32) -> Pair {
    let mut pair = Pair::new();
    pair.client.only(version);
    pair.client.settings().custom_extensions = custom(client);
    pair.server.settings().custom_extensions = custom(server);
    pair
}

#[test]
fn extensions_of_the_program_go_through_every_message() {
    for version in VERSIONS {
        let mut pair = pair(version, ALL, ALL);
        pair.client.settings().certificates = certificates(KeyType::Ed25519);
        pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER);
        pair.server.settings().session_id_context = Arc::new([1]);
        pair.handshake().unwrap();
        pair.check_data();
        let mut again = pair.again();
        again.handshake().unwrap();
        assert!(again.client.connection.negotiated().resumed);
        again.check_data();
    }
}

#[test]
fn extension_in_another_message_than_it_is_for_is_illegal_parameter() {
    let places = [
        (ProtocolVersion::TLS1_2, place::TLS1_2_SERVER_HELLO),
        (ProtocolVersion::TLS1_3, place::TLS1_3_SERVER_HELLO),
        (ProtocolVersion::TLS1_3, place::ENCRYPTED_EXTENSIONS),
        (ProtocolVersion::TLS1_3, place::CERTIFICATE),
    ];
    for (version, answer) in places {
        let mut pair = pair(version, place::CLIENT_HELLO, place::CLIENT_HELLO | answer);
        let error = Error::illegal(Reason::BAD_EXTENSION);
        assert_eq!(pair.handshake(), Err((Side::Client, error)), "{answer:#x}");
    }
}

#[test]
fn extension_of_the_program_that_the_other_side_does_not_know_is_passed_over() {
    for version in VERSIONS {
        let mut pair = pair(version, ALL, ALL);
        pair.server.settings().custom_extensions = Arc::default();
        pair.handshake().unwrap();
        pair.check_data();
    }
}

#[test]
fn next_protocol_is_chosen_by_the_client() {
    let mut pair = Pair::new();
    pair.client.environment.hooks.next_protocol_select = true;
    pair.server.environment.hooks.next_protocol_advertise = true;
    pair.client.only(ProtocolVersion::TLS1_2);
    pair.handshake().unwrap();
    let chosen = |end: &End| end.connection.negotiated().next_protocol.clone();
    assert_eq!((chosen(&pair.client), chosen(&pair.server)), (b"foo".to_vec(), b"foo".to_vec()));
    pair.check_data();
    let mut again = pair.again();
    again.handshake().unwrap();
    assert!(again.client.connection.negotiated().resumed);
    assert_eq!(chosen(&again.server), b"foo");
}

#[test]
fn next_protocol_is_not_negotiated_in_tls13_nor_beside_alpn() {
    for version in VERSIONS {
        let mut pair = Pair::new();
        pair.client.environment.hooks.next_protocol_select = true;
        pair.server.environment.hooks.next_protocol_advertise = true;
        pair.server.environment.hooks.alpn = true;
        pair.client.only(version);
        if version == ProtocolVersion::TLS1_2 {
            pair.client.settings().alpn_protocols = Arc::from(&b"\x02h2"[..]);
        }
        pair.handshake().unwrap();
        assert!(pair.server.connection.negotiated().next_protocol.is_empty());
    }
}

#[test]
fn finished_where_next_protocol_belongs_is_unexpected() {
    let mut pair = Pair::new();
    pair.client.environment.hooks.next_protocol_select = true;
    pair.server.environment.hooks.next_protocol_advertise = true;
    pair.client.only(ProtocolVersion::TLS1_2);
    loop {
        pair.client.handshake(&mut pair.to_server).unwrap();
        // The client forgets the message that it owes.
        pair.client.connection.negotiated_mut().next_protocol_expected = false;
        if let Err(error) = pair.server.handshake(&mut pair.to_client) {
            assert_eq!(error, Error::unexpected());
            break;
        }
        let fed =
            pair.client.feed(&mut pair.to_client).unwrap() | pair.server.feed(&mut pair.to_server).unwrap();
        assert!(fed);
    }
}

/// A chain that can be compressed: the certificate and copies of it.
fn long_chain(key_type: KeyType) -> Arc<Certificates> {
    let mut certificates = Certificates::clone(&certificates(key_type));
    let slot = Slot::of(key_type).unwrap();
    let certified = certificates.get_mut(slot).as_mut().unwrap();
    certified.chain = Some(vec![certified.certificate.to_vec(); 3].into());
    Arc::new(certificates)
}

fn compressing(server: &[CertificateCompression], client: &[CertificateCompression]) -> Pair {
    let mut pair = Pair::new();
    pair.server.settings().certificates = long_chain(KeyType::Rsa);
    pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER);
    pair.server.settings().session_id_context = Arc::new([1]);
    pair.server.settings().certificate_compression = Some(server.into());
    pair.client.settings().certificates = long_chain(KeyType::Rsa);
    pair.client.settings().certificate_compression = Some(client.into());
    pair
}

/// Whether this end sent a CompressedCertificate, and whether a Certificate.
fn sent_certificates(end: &mut End) -> (bool, bool) {
    let mut types = Vec::new();
    while let Some(event) = end.connection.next_event() {
        if let Event::Message { direction: Direction::Write, content_type: 22, bytes, .. } = event {
            types.extend(bytes.first().copied());
        }
    }
    let has = |kind: HandshakeType| types.contains(&kind.0);
    (has(HandshakeType::COMPRESSED_CERTIFICATE), has(HandshakeType::CERTIFICATE))
}

#[test]
fn certificates_of_both_sides_are_compressed() {
    use CertificateCompression as Compression;
    let negotiate = |server: &[Compression], client: &[Compression], compressed: bool| {
        let mut pair = compressing(server, client);
        pair.client.environment.hooks.message = true;
        pair.server.environment.hooks.message = true;
        pair.handshake().unwrap();
        assert_eq!(sent_certificates(&mut pair.server), (compressed, !compressed), "{server:?} {client:?}");
        assert_eq!(sent_certificates(&mut pair.client), (compressed, !compressed), "{server:?} {client:?}");
        pair.check_data();
        let chain = |end: &End| end.connection.negotiated().peer_chain.as_ref().map(|chain| chain.len());
        assert_eq!((chain(&pair.client), chain(&pair.server)), (Some(4), Some(4)));
    };
    for algorithm in [Compression::ZLIB, Compression::BROTLI, Compression::ZSTD] {
        negotiate(&[algorithm], &[Compression(7), algorithm], true);
        negotiate(&[], &[algorithm], false);
        negotiate(&[algorithm], &[], false);
    }
    negotiate(&[Compression::ZLIB], &[Compression::BROTLI], false);
}

#[test]
fn compressed_certificate_over_the_limit_is_bad_certificate() {
    let algorithms = [CertificateCompression::ZLIB];
    let mut pair = compressing(&algorithms, &algorithms);
    pair.client.settings().max_cert_list = 1000;
    let error = Error::fatal(AlertDescription::BAD_CERTIFICATE, Reason::EXCESSIVE_MESSAGE_SIZE);
    assert_eq!(pair.handshake(), Err((Side::Client, error)));
}

#[test]
fn cve_2025_66199_certificate_that_claims_16_mib() {
    let algorithms = [CertificateCompression::ZLIB];
    for (claimed, reason) in [
        (0xff_ffff_u32, Reason::EXCESSIVE_MESSAGE_SIZE),
        (102_401, Reason::EXCESSIVE_MESSAGE_SIZE),
        (102_400, Reason::BAD_DECOMPRESSION),
    ] {
        let mut pair = compressing(&algorithms, &algorithms);
        assert_eq!(pair.client.environment.settings.max_cert_list, 102_400);
        pair.server.connection.records.tamper = Some(Box::new(move |content_type, content| {
            let mut content = content.to_vec();
            if content[0] == HandshakeType::COMPRESSED_CERTIFICATE.0 {
                // Behind the header and the algorithm.
                content[6..9].copy_from_slice(&claimed.to_be_bytes()[1..]);
            }
            vec![(content_type, content)]
        }));
        let error = Error::fatal(AlertDescription::BAD_CERTIFICATE, reason);
        assert_eq!(pair.handshake(), Err((Side::Client, error)), "{claimed}");
    }
}

/// What goes with a chain that was compressed ahead is sent all the same; OpenSSL 3.5 sends what it compressed.
#[test]
fn certificate_compressed_ahead_stands_for_a_message_of_its_length_alone() {
    let sent_with = |length_off: u32, preference: Option<&[CertificateCompression]>| {
        let mut pair = compressing(&[], &[CertificateCompression::ZSTD, CertificateCompression::ZLIB]);
        pair.server.settings().certificate_compression = preference.map(Into::into);
        pair.server.environment.hooks.message = true;
        let mut certificates = Certificates::clone(&long_chain(KeyType::Rsa));
        let own = certificates.get_mut(Slot::Rsa).as_mut().unwrap();
        let chain = [Arc::clone(&own.certificate)].into_iter().cycle().take(4);
        let entries = chain.map(|certificate| CertificateEntry {
            certificate: certificate.to_vec(),
            extensions: Extensions::default(),
        });
        let message = Certificate13 { request_context: Vec::new(), entries: entries.collect() }.write();
        let mut ahead = Compressed::new(&message, CertificateCompression::ZLIB).unwrap();
        ahead.length += length_off;
        own.compressed = [ahead].into();
        pair.server.settings().certificates = Arc::new(certificates);
        pair.handshake().unwrap();
        sent_certificates(&mut pair.server)
    };
    assert_eq!(sent_with(0, None), (true, false));
    assert_eq!(sent_with(1, None), (false, true));
    assert_eq!(sent_with(0, Some(&[])), (false, true));
    // What is compressed in the handshake stands in for it.
    assert_eq!(sent_with(1, Some(&[CertificateCompression::ZSTD])), (true, false));
}
