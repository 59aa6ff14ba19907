//! The key schedule against the traces of RFC 8448: every Finished and binder must be the one that was
//! sent, every record must open under the keys derived here, and every CertificateVerify must be over the transcript.

use std::collections::HashMap;

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement,
};

use super::tls13::{EarlySecret, ExporterSecret, HandshakeSecret, MasterSecret, TrafficSecret};
use crate::{
    crypto::{
        aead::AeadAlgorithm,
        hash::{HashAlgorithm, RunningHash},
        signature::{KeyType, PublicKey},
        test_data::hex,
    },
    message::{
        Message,
        certificate::Certificate13,
        certificate_verify::{CertificateVerify, signed_content},
    },
    wire::{HandshakeType, ProtocolVersion},
};

/// All traces use TLS_AES_128_GCM_SHA256.
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

/// One trace: the bytes under their names.
struct Trace(HashMap<&'static str, Vec<u8>>);

impl Trace {
    fn named(name: &str) -> Self {
        let mut lines = include_str!("testdata/rfc8448.txt").lines();
        lines
            .find(|line| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(name))
            .unwrap();
        let values = lines.map_while(|line| line.split_once(" = ")).map(|(name, value)| (name, hex(value)));
        Self(values.collect())
    }

    fn get(&self, name: &str) -> &[u8] {
        self.0.get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The message of the hello in this record.
    fn hello(&self, name: &str) -> &[u8] {
        &self.get(name)[5..]
    }

    /// The (EC)DHE secret, computed from either end.
    fn shared_secret(&self, algorithm: &'static agreement::Algorithm) -> Vec<u8> {
        let client = &self.get("Client_RNG_Pool");
        let client =
            agreement::PrivateKey::from_private_key(algorithm, &client[client.len() - 32..]).unwrap();
        let server =
            agreement::PrivateKey::from_private_key(algorithm, &self.get("Server_RNG_Pool")[32..64]).unwrap();
        let agree = |own: &agreement::PrivateKey, peer: &agreement::PrivateKey| {
            let peer = agreement::UnparsedPublicKey::new(algorithm, peer.compute_public_key().unwrap());
            agreement::agree(own, peer, (), |secret| Ok(secret.to_vec())).unwrap()
        };
        let secret = agree(&client, &server);
        assert_eq!(secret, agree(&server, &client));
        secret
    }
}

/// Opens record after record of one traffic secret.
struct Opener {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence_number: u64,
}

impl Opener {
    fn new(secret: &TrafficSecret) -> Self {
        let (key, iv) = secret.record_keys(AeadAlgorithm::Aes128Gcm);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.as_ref()).unwrap());
        Self { key, iv, sequence_number: 0 }
    }

    /// The content type and the content of one record (none of the traces pads).
    fn open(&mut self, record: &[u8]) -> (u8, Vec<u8>) {
        let mut nonce = self.iv;
        nonce[4..]
            .iter_mut()
            .zip(self.sequence_number.to_be_bytes())
            .for_each(|(byte, number)| *byte ^= number);
        self.sequence_number += 1;
        let (header, body) = record.split_at(5);
        let mut body = body.to_vec();
        let opened =
            self.key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(header), &mut body);
        let (content_type, content) = opened.unwrap().split_last().unwrap();
        (*content_type, content.to_vec())
    }
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// The record that stands before each side's flight in compatibility mode.
const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
/// The length of the record with the EndOfEarlyData.
const END_OF_EARLY_DATA_LENGTH: usize = 5 + 4 + 1 + 16;

/// A handshake whose server's flight is checked: what the client's flight and the rest need.
struct AfterServerFinished {
    trace: Trace,
    transcript: RunningHash,
    client_handshake: TrafficSecret,
    master: MasterSecret,
    client: Opener,
    server: Opener,
    exporter: ExporterSecret,
}

/// The first message of these and what is behind it.
fn first_message(messages: &[u8]) -> (Message, &[u8]) {
    let length = u32::from_be_bytes([0, messages[1], messages[2], messages[3]]);
    let (first, rest) = messages.split_at(4 + usize::try_from(length).unwrap());
    (Message::from_bytes(first.to_vec()).unwrap(), rest)
}

/// A side's Certificate and CertificateVerify, which go into the transcript: the vector says what is signed and with which
/// signature, and that must be one of the certificate's key.
fn check_certificate_verify(trace: &Trace, server: bool, messages: &[u8], transcript: &mut RunningHash) {
    let side = if server { "Server" } else { "Client" };
    let (certificate, rest) = first_message(messages);
    let (verify, rest) = first_message(rest);
    assert!(rest.is_empty());

    transcript.update(certificate.as_bytes());
    let signed = signed_content(server, transcript.current().as_ref());
    assert_eq!(signed, trace.get(&format!("{side}_MessageToSign")));
    transcript.update(verify.as_bytes());

    let body = verify.expect(HandshakeType::CERTIFICATE_VERIFY).unwrap();
    let verify = CertificateVerify::read(body, ProtocolVersion::TLS1_3).unwrap();
    assert_eq!(verify.signature, trace.get(&format!("{side}_MessageSignature")));
    let list = Certificate13::read(certificate.expect(HandshakeType::CERTIFICATE).unwrap()).unwrap();
    let [entry] = list.entries.as_slice() else { panic!("{} certificates", list.entries.len()) };
    // A raw public key stands in the certificate's place (RFC 8446 §4.4.2).
    let key = PublicKey::from_certificate(&entry.certificate)
        .or_else(|_| PublicKey::from_subject_public_key_info(&entry.certificate))
        .unwrap();
    let scheme = verify.scheme.unwrap();
    if key.key_type() == KeyType::Rsa {
        // PSS with a key of 1024 bits is left to libcrypto.
        assert!(key.bits() == 1024 && !key.can_verify(scheme));
    } else {
        assert_eq!(key.verify(scheme, &signed, &verify.signature), Ok(()));
        assert!(key.verify(scheme, &signed[1..], &verify.signature).is_err());
    }
}

/// From the handshake secret, `transcript` reaching up to the ServerHello, to the server's Finished.
fn check_server_flight(
    trace: Trace,
    handshake: HandshakeSecret,
    mut transcript: RunningHash,
) -> AfterServerFinished {
    let client_handshake = handshake.client_traffic(transcript.current().as_ref());
    let server_handshake = handshake.server_traffic(transcript.current().as_ref());

    let messages =
        |names: [&str; 2]| names.iter().filter_map(|name| trace.0.get(name)).flatten().copied().collect();
    let mut flight: Vec<u8> = messages(["Message_EncryptedExtensions", "Message_CertificateRequest"]);
    transcript.update(&flight);
    let signed: Vec<u8> = messages(["Message_Server_Certificate", "Message_Server_CertificateVerify"]);
    // A server that is known by a PSK sends none.
    if !signed.is_empty() {
        check_certificate_verify(&trace, true, &signed, &mut transcript);
        flight.extend_from_slice(&signed);
    }
    let finished = trace.get("Message_Server_Finished");
    assert_eq!(server_handshake.verify_data(transcript.current().as_ref()).as_ref(), &finished[4..]);
    flight.extend_from_slice(finished);
    transcript.update(finished);

    let records = trace.get("Record_ServerHandshakeMessages");
    let record = records.strip_prefix(&CHANGE_CIPHER_SPEC).unwrap_or(records);
    assert_eq!(Opener::new(&server_handshake).open(record), (HANDSHAKE, flight));

    let master = handshake.into_master();
    let hash = transcript.current();
    AfterServerFinished {
        client: Opener::new(&master.client_traffic(hash.as_ref())),
        server: Opener::new(&master.server_traffic(hash.as_ref())),
        exporter: master.exporter(hash.as_ref()),
        trace,
        transcript,
        client_handshake,
        master,
    }
}

impl AfterServerFinished {
    /// The client's flight, behind this many bytes of other records: its Finished must be over all that
    /// goes before it.
    fn check_client_flight(&mut self, skipped: usize) {
        let record = &self.trace.get("Record_ClientFinished")[skipped..];
        let (content_type, flight) = Opener::new(&self.client_handshake).open(record);
        assert_eq!(content_type, HANDSHAKE);
        let (before, finished) = flight.split_at(flight.len() - 36);
        assert_eq!(before.is_empty(), !self.trace.0.contains_key("Client_MessageToSign"));
        if !before.is_empty() {
            check_certificate_verify(&self.trace, false, before, &mut self.transcript);
        }
        assert_eq!(finished[..4], [20, 0, 0, 32]);
        let hash = self.transcript.current();
        assert_eq!(self.client_handshake.verify_data(hash.as_ref()).as_ref(), &finished[4..]);
        self.transcript.update(finished);
    }

    fn check_application_data(&mut self) {
        let trace = &self.trace;
        assert_eq!(
            self.client.open(trace.get("Record_Client_AppData")),
            (APPLICATION_DATA, trace.get("Client_AppData").to_vec())
        );
        assert_eq!(
            self.server.open(trace.get("Record_Server_AppData")),
            (APPLICATION_DATA, trace.get("Server_AppData").to_vec())
        );
    }

    fn check_close_notify(&mut self) {
        let close_notify = (ALERT, vec![1, 0]);
        assert_eq!(self.client.open(self.trace.get("Record_Client_CloseNotify")), close_notify);
        assert_eq!(self.server.open(self.trace.get("Record_Server_CloseNotify")), close_notify);
    }
}

/// A full handshake with one ClientHello, up to the server's Finished.
fn full_handshake(name: &str) -> AfterServerFinished {
    let trace = Trace::named(name);
    let mut transcript = HASH.start();
    transcript.update(trace.hello("Record_ClientHello_1"));
    transcript.update(trace.get("Message_ServerHello"));
    let shared_secret = trace.shared_secret(&agreement::X25519);
    let handshake = EarlySecret::new(HASH, None).into_handshake(Some(&shared_secret));
    check_server_flight(trace, handshake, transcript)
}

/// The ClientHello up to the list with its one binder, and that binder.
fn split_at_binders(client_hello: &[u8]) -> (&[u8], &[u8]) {
    let (partial, binders) = client_hello.split_at(client_hello.len() - 35);
    assert_eq!(binders[..3], [0, 33, 32]);
    (partial, &binders[3..])
}

#[test]
fn simple_handshake_of_section_3_derives_every_key() {
    let mut after = full_handshake("Simple_1RTT_Handshake");
    after.check_client_flight(0);
    let (content_type, ticket) = after.server.open(after.trace.get("Record_NewSessionTicket"));
    assert_eq!((content_type, ticket[0]), (HANDSHAKE, 4));
    after.check_application_data();
    after.check_close_notify();
}

#[test]
fn secrets_of_section_3_are_those_printed_there() {
    let trace = Trace::named("Simple_1RTT_Handshake");
    let mut transcript = HASH.start();
    transcript.update(trace.hello("Record_ClientHello_1"));
    transcript.update(trace.get("Message_ServerHello"));
    let shared_secret = trace.shared_secret(&agreement::X25519);
    assert_eq!(shared_secret, hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"));

    let handshake = EarlySecret::new(HASH, None).into_handshake(Some(&shared_secret));
    let hash = transcript.current();
    let client = handshake.client_traffic(hash.as_ref());
    let server = handshake.server_traffic(hash.as_ref());
    assert_eq!(client.as_bytes(), hex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"));
    assert_eq!(server.as_bytes(), hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"));
    let (key, iv) = server.record_keys(AeadAlgorithm::Aes128Gcm);
    assert_eq!(key.as_ref(), hex("3fce516009c21727d0f2e4e86ee403bc"));
    assert_eq!(iv.as_slice(), hex("5d313eb2671276ee13000b30"));

    let mut after = check_server_flight(trace, handshake, transcript);
    let hash = after.transcript.current();
    assert_eq!(
        after.master.client_traffic(hash.as_ref()).as_bytes(),
        hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5")
    );
    assert_eq!(
        after.master.server_traffic(hash.as_ref()).as_bytes(),
        hex("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643")
    );
    assert_eq!(
        after.exporter.as_bytes(),
        hex("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50")
    );
    after.check_client_flight(0);
    let resumption = after.master.resumption(after.transcript.current().as_ref());
    assert_eq!(
        resumption.psk(&[0, 0]).as_ref(),
        hex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3")
    );
}

#[test]
fn resumed_handshake_of_section_4_has_binder_and_early_data() {
    let mut first = full_handshake("Simple_1RTT_Handshake");
    first.check_client_flight(0);
    let psk = first.master.resumption(first.transcript.current().as_ref()).psk(&[0, 0]);

    let trace = Trace::named("Resumed_0RTT_Handshake");
    let client_hello = trace.hello("Record_ClientHello_1");
    let early = EarlySecret::new(HASH, Some(psk.as_ref()));
    let (partial, binder) = split_at_binders(client_hello);
    assert_eq!(early.binder(false, HASH.digest(partial).as_ref()).as_ref(), binder);

    let mut transcript = HASH.start();
    transcript.update(client_hello);
    let mut early_data = Opener::new(&early.client_traffic(transcript.current().as_ref()));
    assert_eq!(
        early_data.open(trace.get("Record_Client_EarlyAppData")),
        (APPLICATION_DATA, trace.get("Client_EarlyAppData").to_vec())
    );

    transcript.update(trace.get("Message_ServerHello"));
    let shared_secret = trace.shared_secret(&agreement::X25519);
    let mut after = check_server_flight(trace, early.into_handshake(Some(&shared_secret)), transcript);

    let end_of_early_data = &after.trace.get("Record_ClientFinished")[..END_OF_EARLY_DATA_LENGTH];
    let (content_type, message) = early_data.open(end_of_early_data);
    assert_eq!((content_type, message.as_slice()), (HANDSHAKE, &[5, 0, 0, 0][..]));
    after.transcript.update(&message);
    after.check_client_flight(END_OF_EARLY_DATA_LENGTH);
    after.check_application_data();
    after.check_close_notify();
}

#[test]
fn retried_handshake_of_section_5_hashes_the_first_hello() {
    let trace = Trace::named("HelloRetryRequest_Handshake");
    let mut transcript = HASH.start();
    // RFC 8446 §4.4.1: a message_hash stands for the first ClientHello.
    transcript.update(&[254, 0, 0, 32]);
    transcript.update(HASH.digest(trace.hello("Record_ClientHello_1")).as_ref());
    transcript.update(trace.hello("Record_HelloRetryRequest"));
    transcript.update(trace.hello("Record_ClientHello_2"));
    transcript.update(trace.get("Message_ServerHello"));
    let shared_secret = trace.shared_secret(&agreement::ECDH_P256);
    let handshake = EarlySecret::new(HASH, None).into_handshake(Some(&shared_secret));
    let mut after = check_server_flight(trace, handshake, transcript);
    after.check_client_flight(0);
    after.check_close_notify();
}

#[test]
fn authenticated_client_of_section_6_finishes() {
    let mut after = full_handshake("Client_Authentication_Handshake");
    after.check_client_flight(0);
    after.check_close_notify();
}

#[test]
fn compatibility_mode_of_section_7_derives_every_key() {
    let mut after = full_handshake("Middlebox_Compatibility_Mode");
    after.check_client_flight(CHANGE_CIPHER_SPEC.len());
    after.check_close_notify();
}

#[test]
fn external_psk_has_its_own_binder() {
    let trace = Trace::named("Externally_Provided_PSK_with_Ephemeral_Key");
    let client_hello = trace.hello("Record_ClientHello_1");
    let early = EarlySecret::new(HASH, Some(trace.get("PskSecret")));
    let (partial, binder) = split_at_binders(client_hello);
    assert_eq!(early.binder(true, HASH.digest(partial).as_ref()).as_ref(), binder);

    let mut transcript = HASH.start();
    transcript.update(client_hello);
    transcript.update(trace.get("Message_ServerHello"));
    let shared_secret = trace.shared_secret(&agreement::X25519);
    let mut after = check_server_flight(trace, early.into_handshake(Some(&shared_secret)), transcript);
    after.check_client_flight(0);
    after.check_application_data();
    after.check_close_notify();
}

#[test]
fn raw_public_keys_of_both_sides_are_verified() {
    let mut after = full_handshake("RawPublicKey_With_Client_Authentication");
    after.check_client_flight(0);
    after.check_close_notify();
}
