//! Authentication of the client after the handshake (RFC 8446 §4.6.2) between a client and a server joined in memory,
//! and answers that are none.

use super::*;
use crate::{
    error::Reason,
    message::{
        Message,
        certificate::Certificate13,
        certificate_request::CertificateRequest13,
        extension::{Extensions, signature_algorithms},
        finished,
    },
    wire::{ContentType, ExtensionType},
};

/// A pair whose client offers it and has a certificate.
fn offering() -> Pair {
    let mut pair = Pair::new();
    pair.client.settings().post_handshake_auth = true;
    pair.client.settings().certificates = certificates(KeyType::EcdsaP256);
    pair.handshake().unwrap();
    pair.settle().unwrap();
    pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER);
    pair
}

impl Pair {
    fn request(&mut self) {
        self.server.connection.check_certificate_request(&self.server.environment).unwrap();
        self.server.connection.request_certificate(&self.server.environment).unwrap();
        self.server.write_out(&mut self.to_client);
    }

    /// The server gets these messages of an attacker who has the client's keys.
    fn forge(&mut self, messages: &[Message]) -> Option<(Side, Error)> {
        for message in messages {
            self.client.seal_handshake(message.as_bytes(), &mut self.to_server);
        }
        self.to_client.clear();
        self.settle().err()
    }

    /// The context of the request that the server sent.
    fn request_context(&self) -> Vec<u8> {
        let kept = self.server.connection.negotiated().post_handshake_authentication.as_ref();
        kept.unwrap().request.as_ref().unwrap().request_context.clone()
    }
}

fn unexpected(side: Side) -> Option<(Side, Error)> {
    Some((side, Error::unexpected()))
}

#[test]
fn client_that_is_asked_authenticates_itself() {
    let mut pair = offering();
    assert!(pair.server.connection.negotiated().peer_chain.is_none());
    for _ in 0..3 {
        pair.request();
        pair.client.send(b"meanwhile", &mut pair.to_server);
        assert_eq!(pair.settle().unwrap().1, b"meanwhile");
        assert!(pair.server.connection.negotiated().peer_chain.is_some());
        assert!(pair.server.connection.negotiated().session.as_ref().unwrap().peer_chain.is_some());
    }
    assert_eq!(pair.server.verified, 3);
    pair.client.send(b"to server", &mut pair.to_server);
    pair.server.send(b"to client", &mut pair.to_client);
    assert_eq!(pair.settle().unwrap(), (b"to client".to_vec(), b"to server".to_vec()));
}

#[test]
fn request_that_was_sent_must_be_answered_before_the_next() {
    let mut pair = offering();
    pair.request();
    let again = pair.server.connection.check_certificate_request(&pair.server.environment);
    assert_eq!(again, Err(Error::Usage(Reason::REQUEST_SENT)));
    pair.settle().unwrap();
    assert!(pair.server.connection.check_certificate_request(&pair.server.environment).is_ok());
}

#[test]
fn client_without_a_certificate_declines() {
    let mut pair = offering();
    pair.client.settings().certificates = Arc::default();
    pair.request();
    pair.settle().unwrap();
    assert!(pair.server.connection.negotiated().peer_chain.is_none());
    pair.server.settings().verify_mode = VerifyMode(VerifyMode::PEER | VerifyMode::FAIL_IF_NO_PEER_CERT);
    pair.request();
    let refused =
        Error::fatal(AlertDescription::CERTIFICATE_REQUIRED, Reason::PEER_DID_NOT_RETURN_A_CERTIFICATE);
    assert_eq!(pair.settle(), Err((Side::Server, refused)));
}

#[test]
fn request_to_a_client_that_did_not_offer_it_is_unexpected() {
    let mut pair = Pair::new();
    pair.handshake().unwrap();
    pair.settle().unwrap();
    let mut extensions = Extensions::new();
    extensions.add(ExtensionType::SIGNATURE_ALGORITHMS, |writer| {
        signature_algorithms::write(writer, &[SignatureScheme::ED25519]);
    });
    let request = CertificateRequest13 { request_context: vec![1], extensions }.write();
    pair.server.seal_handshake(request.as_bytes(), &mut pair.to_client);
    assert_eq!(pair.settle().err(), unexpected(Side::Client));
}

#[test]
fn certificate_that_nobody_asked_for_is_unexpected() {
    let certificate = Certificate13 { request_context: Vec::new(), entries: Vec::new() }.write();
    assert_eq!(offering().forge(core::slice::from_ref(&certificate)), unexpected(Side::Server));

    let mut pair = offering();
    pair.request();
    pair.settle().unwrap();
    assert_eq!(pair.forge(&[certificate]), unexpected(Side::Server));
}

#[test]
fn answer_with_another_context_is_illegal_parameter() {
    let mut pair = offering();
    pair.request();
    let answer = Certificate13 { request_context: vec![7; 32], entries: Vec::new() }.write();
    let refused = Error::illegal(Reason::INVALID_CONTEXT);
    assert_eq!(pair.forge(&[answer]), Some((Side::Server, refused)));
}

#[test]
fn answer_with_a_wrong_finished_is_decrypt_error() {
    let mut pair = offering();
    pair.request();
    let answer = Certificate13 { request_context: pair.request_context(), entries: Vec::new() }.write();
    let (_, error) = pair.forge(&[answer, finished::write(&[0; 48])]).unwrap();
    assert_eq!(error.alert(), Some(AlertDescription::DECRYPT_ERROR));
}

#[test]
fn answer_with_something_else_in_between_is_unexpected() {
    // RFC 8446 §4.6.2: all messages of an answer appear consecutively.
    let mut pair = offering();
    pair.request();
    let answer = Certificate13 { request_context: pair.request_context(), entries: Vec::new() }.write();
    let update = crate::message::key_update::write(false);
    assert_eq!(pair.forge(&[answer, update]), unexpected(Side::Server));

    let mut pair = offering();
    pair.request();
    let answer = Certificate13 { request_context: pair.request_context(), entries: Vec::new() }.write();
    pair.client.seal_handshake(answer.as_bytes(), &mut pair.to_server);
    pair.client.connection.records.outbound.seal(ContentType::APPLICATION_DATA, b"data", 16_384).unwrap();
    pair.client.write_out(&mut pair.to_server);
    let error = pair.forge(&[]).unwrap().1;
    assert_eq!(error.alert(), Some(AlertDescription::UNEXPECTED_MESSAGE));
}

#[test]
fn answer_that_crosses_our_close_notify_counts_and_brings_no_tickets() {
    let mut pair = offering();
    pair.request();
    pair.server.connection.close(&pair.server.environment).unwrap();
    let tickets = pair.server.connection.negotiated().tickets_sent;
    pair.settle().unwrap();
    assert!(pair.server.connection.negotiated().peer_chain.is_some());
    assert_eq!(pair.server.connection.negotiated().tickets_sent, tickets);
}
