//! The client against messages made by hand: what a server must not do, and what it may.

mod client_hello;
mod resumption13;
mod retry;
mod server_hello;
mod tls12;

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
    policy::options::option,
    record::Side,
    session::{Id, Session},
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
    let (public, secret) =
        key_exchange::respond(group, share, &crate::libcrypto::library::Library::default()).unwrap();
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
        id: Id::of(&[9; 32]),
        ticket: vec![8; 40],
        ticket_lifetime: 7200,
        ..Session::new(version, cipher_suite, Secret::new(&[5; 32]).unwrap(), NOW - 10, 7200)
    }
}

fn types(hello: &ClientHello) -> Vec<ExtensionType> {
    hello.extensions.iter().map(|(extension_type, _)| extension_type).collect()
}
