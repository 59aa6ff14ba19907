//! TLS 1.3: the server's flight from ServerHello to Finished (RFC 8446 §4.1.3, §4.3, §4.4).

use std::sync::Arc;

use super::{
    State, Step, early_data, retry, selection,
    signature::{self, Signed},
    tls13_client::{self, Pending},
    tls13_hello::{Hello, Share},
};
use crate::{
    crypto::{key_exchange::as_point, rand},
    error::{Error, Reason, Result},
    handshake::{
        Context, Transition, certificate_compression,
        context::Connected,
        custom_extensions,
        early_data::Status,
        fragment_limits,
        position::Position,
        quic, raw_public_key,
        security::{self, Inquiry},
        want::{Answer, Ask},
    },
    key_schedule::tls13::{EarlySecret, HandshakeSecret, TrafficSecret},
    message::{
        certificate::{Certificate13, CertificateEntry},
        certificate_request::CertificateRequest13,
        certificate_status,
        certificate_verify::{CertificateVerify, signed_content},
        encrypted_extensions,
        extension::{
            Extensions, alpn, certificate_authorities, key_share, signature_algorithms, supported_groups,
            supported_versions,
        },
        finished,
        server_hello::ServerHello,
    },
    policy::{VerifyMode, certificate::Slot, custom_extension::place},
    record::{Level, Side},
    wire::{AlertDescription, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// We take nothing that a client could sign with.
pub const NO_SCHEMES: Error =
    Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM);

/// What the driver is asked on the way.
pub enum Question {
    /// The certificates after our own.
    Chain(Slot, SignatureScheme),
    /// A signature.
    Signature(SignatureScheme),
}

/// What is known once ServerHello was sent.
pub struct Flight {
    handshake_secret: HandshakeSecret,
    client_secret: TrafficSecret,
    server_secret: TrafficSecret,
    /// The OCSP response to staple.
    status: Option<Vec<u8>>,
    /// Whether the client can use tickets (RFC 8446 §4.2.9).
    takes_tickets: bool,
}

/// Sends ServerHello and changes to the handshake keys. Without a share the PSK alone makes the keys (`psk_ke`).
pub fn emit_server_hello(context: &mut Context<'_>, hello: Box<Hello>, share: Option<Share>) -> Step {
    context.leave_for(Position::SwSrvrHello);
    custom_extensions::add(context, place::TLS1_3_SERVER_HELLO, &[], move |context| {
        emit_hello(context, hello, share)
    })
}

fn emit_hello(context: &mut Context<'_>, hello: Box<Hello>, share: Option<Share>) -> Step {
    let suite = hello.suite;
    let exchanged = match share {
        Some((group, share)) => {
            // A share that is none is that of the group, too.
            context.negotiated.group = Some(group);
            let settings = &context.environment.settings;
            let response = settings.respond(group, &share).map_err(as_point)?;
            context.negotiated.note_shares(settings, group, Side::Server, &response.0, &share);
            Some((group, response))
        }
        None => None,
    };
    let random = rand::array()?;
    context.negotiated.server_random = random;
    let own_share = exchanged.as_ref().map(|(group, (share, _))| (*group, share.as_slice()));
    let server_hello = ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random,
        session_id: hello.received.hello.session_id.clone(),
        cipher_suite: suite.id,
        compression_method: 0,
        extensions: server_hello_extensions(custom_extensions::begin(context), &hello, own_share),
    };
    context.transcript.set_hash(suite.hash);
    let hello_transcript = context.transcript.current()?;
    context.emit(&server_hello.write())?;
    // RFC 8446 §D.4: once, after the first message of the server.
    if hello.received.retry.is_none() && retry::wants_change_cipher_spec(context, &hello.received.hello) {
        context.leave_for(Position::SwChange);
        context.send_change_cipher_spec()?;
    }

    let psk = hello.psk.as_ref().map(|psk| psk.session.secret.as_ref());
    let shared_secret = exchanged.as_ref().map(|(_, (_, secret))| secret.as_slice());
    let early = EarlySecret::new(suite.hash, psk);
    let accepts_early_data = context.negotiated.early_data.status == Status::Accepted;
    let early_data =
        accepts_early_data.then(|| early_data::read_secret(context, &early, hello_transcript.as_ref()));
    let handshake_secret = early.into_handshake(shared_secret);
    let transcript = context.transcript.current()?;
    let server_secret = handshake_secret.server_traffic(transcript.as_ref());
    let client_secret = handshake_secret.client_traffic(transcript.as_ref());
    context.log_secret("SERVER_HANDSHAKE_TRAFFIC_SECRET", server_secret.as_bytes());
    context.log_secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", client_secret.as_bytes());
    // RFC 8446 §4.2.10: early data comes first, under keys of its own.
    if let Some(secret) = &early_data {
        context.set_read_secret(Level::Early, secret)?;
    }
    context.set_write_secret(Level::Handshake, &server_secret)?;
    if early_data.is_none() {
        context.set_read_secret(Level::Handshake, &client_secret)?;
    }

    let Hello { certificate, status, modes, .. } = *hello;
    let flight =
        Flight { handshake_secret, client_secret, server_secret, status, takes_tickets: !modes.is_empty() };
    context.leave_for(Position::SwEncryptedExtensions);
    let inquiry =
        security::about(context, |context| context.negotiated.group.map(Inquiry::EncryptedExtensions));
    security::inquire(context, inquiry, move |context| {
        custom_extensions::add(context, place::ENCRYPTED_EXTENSIONS, &[], move |context| {
            emit_encrypted_extensions(context)?;
            match certificate {
                Some((slot, scheme)) => request_certificate(context, flight, slot, scheme),
                // RFC 8446 §4.3.2: a server that authenticates with a PSK asks for no certificate, and sends none.
                None => emit_finished(context, flight),
            }
        })
    })
}

fn server_hello_extensions(
    mut extensions: Extensions,
    hello: &Hello,
    share: Option<(NamedGroup, &[u8])>,
) -> Extensions {
    extensions.add(ExtensionType::SUPPORTED_VERSIONS, |writer| {
        supported_versions::write_server(writer, ProtocolVersion::TLS1_3);
    });
    if let Some((group, share)) = share {
        extensions.add(ExtensionType::KEY_SHARE, |writer| key_share::write_server(writer, group, share));
    }
    if let Some(psk) = &hello.psk {
        extensions.add(ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(psk.index));
    }
    extensions
}

fn emit_encrypted_extensions(context: &mut Context<'_>) -> Result<()> {
    let mut extensions = custom_extensions::begin(context);
    if context.negotiated.server_name_acknowledged {
        extensions.add(ExtensionType::SERVER_NAME, |_| {});
    }
    fragment_limits::answer(&mut extensions, context);
    // RFC 8446 §4.2.7: our groups, if there is one that we like better than the one used.
    let groups = context.settings().offered_groups(&[ProtocolVersion::TLS1_3]);
    if context.negotiated.group.is_some() && groups.first().copied() != context.negotiated.group {
        if groups.is_empty() {
            return Err(Error::internal());
        }
        extensions.add(ExtensionType::SUPPORTED_GROUPS, |writer| supported_groups::write(writer, &groups));
    }
    if !context.negotiated.alpn.is_empty() {
        extensions.add(ExtensionType::ALPN, |writer| alpn::write_selected(writer, &context.negotiated.alpn));
    }
    if context.negotiated.early_data.status == Status::Accepted {
        extensions.add(ExtensionType::EARLY_DATA, |_| {});
    }
    quic::offer(&mut extensions, context);
    raw_public_key::answer(&mut extensions, context);
    context.emit(&encrypted_extensions::write(&extensions))
}

/// Asks for the client's certificate where the program wants it, and goes on to our own.
fn request_certificate(
    context: &mut Context<'_>,
    flight: Flight,
    slot: Slot,
    scheme: SignatureScheme,
) -> Step {
    let verify_mode = context.settings().verify_mode;
    if !verify_mode.has(VerifyMode::PEER) || verify_mode.has(VerifyMode::POST_HANDSHAKE) {
        return find_chain(context, flight, slot, scheme);
    }
    context.leave_for(Position::SwCertReq);
    let inquiry = security::about(context, |_| Some(Inquiry::CertificateRequest(ProtocolVersion::TLS1_3)));
    security::inquire(context, inquiry, move |context| {
        custom_extensions::add(context, place::CERTIFICATE_REQUEST, &[], move |context| {
            let request = certificate_request(context, Vec::new())?;
            context.negotiated.note_certificate_request();
            context.emit(&request.write())?;
            find_chain(context, flight, slot, scheme)
        })
    })
}

/// The CertificateRequest with this context, which is empty in the handshake (RFC 8446 §4.3.2).
pub fn certificate_request(
    connected: &mut Connected<'_>,
    request_context: Vec<u8>,
) -> Result<CertificateRequest13> {
    let mut extensions = custom_extensions::begin(connected);
    certificate_compression::offer(&mut extensions, connected);
    let settings = connected.settings();
    // Certificates may be signed with what only TLS 1.2 signs handshakes with (RFC 8446 §4.2.3).
    let schemes = settings.requested_signature_schemes();
    if schemes.is_empty() {
        return Err(NO_SCHEMES);
    }
    extensions.add(ExtensionType::SIGNATURE_ALGORITHMS, |writer| {
        signature_algorithms::write(writer, &schemes);
    });
    let ca_names = settings.sent_ca_names();
    if !ca_names.is_empty() {
        extensions.add(ExtensionType::CERTIFICATE_AUTHORITIES, |writer| {
            certificate_authorities::write(writer, ca_names.iter().map(Vec::as_slice));
        });
    }
    Ok(CertificateRequest13 { request_context, extensions })
}

fn find_chain(context: &mut Context<'_>, flight: Flight, slot: Slot, scheme: SignatureScheme) -> Step {
    context.enter(Position::SwCert);
    let settings = context.settings();
    match settings.secure_chain(signature::certificate(settings, slot)?) {
        Some(chain) => authenticate(context, flight, slot, scheme, chain),
        None => Ok(Transition::Ask(
            Ask::Chain(slot),
            State::Tls13Flight(Question::Chain(slot, scheme), Box::new(flight)),
        )),
    }
}

/// An answer came.
pub fn answered(context: &mut Context<'_>, question: Question, flight: Flight, answer: Answer) -> Step {
    match question {
        Question::Chain(slot, scheme) => {
            let chain = selection::take_chain(answer)?;
            authenticate(context, flight, slot, scheme, chain)
        }
        Question::Signature(scheme) => {
            let signature = signature::take_signature(answer)?;
            emit_certificate_verify(context, flight, CertificateVerify { scheme: Some(scheme), signature })
        }
    }
}

/// Sends the chain, with the program's extensions of its certificates, and signs.
fn authenticate(
    context: &mut Context<'_>,
    flight: Flight,
    slot: Slot,
    scheme: SignatureScheme,
    chain: Arc<[Vec<u8>]>,
) -> Step {
    let own = &signature::certificate(context.settings(), slot)?.certificate;
    let certificates: Vec<Vec<u8>> = if context.settings().custom_extensions.is_empty() {
        Vec::new()
    } else {
        core::iter::once(own.to_vec()).chain(chain.iter().cloned()).collect()
    };
    custom_extensions::add(context, place::CERTIFICATE, &certificates, move |context| {
        emit_certificate(context, flight, slot, scheme, &chain)
    })
}

fn emit_certificate(
    context: &mut Context<'_>,
    flight: Flight,
    slot: Slot,
    scheme: SignatureScheme,
    chain: &[Vec<u8>],
) -> Step {
    let own = Arc::clone(&signature::certificate(context.settings(), slot)?.certificate);
    let mut extensions = custom_extensions::begin(context);
    if let Some(response) = &flight.status {
        // RFC 8446 §4.4.2.1: the body of a CertificateStatus.
        extensions.add(ExtensionType::STATUS_REQUEST, |writer| {
            writer.bytes(&certificate_status::body(response));
        });
    }
    let mut entries = vec![CertificateEntry { certificate: own.to_vec(), extensions }];
    entries.extend(chain.iter().map(|certificate| CertificateEntry {
        certificate: certificate.clone(),
        extensions: custom_extensions::begin(context),
    }));
    context.enter(Position::SwCert);
    let certificate = Certificate13 { request_context: Vec::new(), entries }.write();
    let certificate = certificate_compression::compress_ahead(certificate, slot, context);
    context.emit(&certificate)?;

    context.leave_for(Position::SwCertVrfy);
    let content = signed_content(true, context.transcript.current()?.as_ref());
    match signature::sign(context, slot, scheme, content)? {
        Signed::Now(signature) => {
            emit_certificate_verify(context, flight, CertificateVerify { scheme: Some(scheme), signature })
        }
        Signed::Ask(ask) => {
            Ok(Transition::Ask(ask, State::Tls13Flight(Question::Signature(scheme), Box::new(flight))))
        }
    }
}

fn emit_certificate_verify(context: &mut Context<'_>, flight: Flight, verify: CertificateVerify) -> Step {
    context.emit(&verify.write())?;
    emit_finished(context, flight)
}

/// Sends Finished and changes the write keys; the client's Finished still comes under its handshake keys.
fn emit_finished(context: &mut Context<'_>, flight: Flight) -> Step {
    let verify_data = flight.server_secret.verify_data(context.transcript.current()?.as_ref());
    context.negotiated.server_verify_data = verify_data.as_ref().to_vec();
    context.leave_for(Position::SwFinished);
    context.emit(&finished::write(verify_data.as_ref()))?;
    context.negotiated.time_answer();

    let master_secret = flight.handshake_secret.into_master();
    let transcript = context.transcript.current()?;
    let exporter = master_secret.exporter(transcript.as_ref());
    let write = master_secret.server_traffic(transcript.as_ref());
    let read = master_secret.client_traffic(transcript.as_ref());
    context.log_secret("EXPORTER_SECRET", exporter.as_bytes());
    context.log_secret("SERVER_TRAFFIC_SECRET_0", write.as_bytes());
    context.set_write_secret(Level::Application, &write)?;
    context.negotiated.exporter = Some(exporter);
    early_data::await_client(context);

    let pending = Pending {
        client_secret: flight.client_secret,
        master_secret,
        read,
        write,
        takes_tickets: flight.takes_tickets,
    };
    tls13_client::await_flight(context, pending)
}
