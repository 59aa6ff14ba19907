//! Every message and extension codec: what is read must be written back so that it is read as the same again.

use crate::{
    crypto::suite::KeyExchangeAlgorithm,
    message::{
        Message,
        certificate::{self, Certificate13},
        certificate_request::{CertificateRequest12, CertificateRequest13},
        certificate_status, certificate_verify,
        client_hello::{self, ClientHello},
        client_key_exchange, compressed_certificate, encrypted_extensions,
        extension::{
            Extensions, alpn, certificate_authorities, certificate_format, compress_certificate, cookie,
            early_data, ec_point_formats, key_share, max_fragment_length, next_protocol_negotiation,
            pre_shared_key, psk_key_exchange_modes, record_size_limit, renegotiation_info, server_name,
            signature_algorithms, srp, status_request, supported_groups, supported_versions, use_srtp,
        },
        hello_verify_request::HelloVerifyRequest,
        key_update,
        new_session_ticket::{NewSessionTicket12, NewSessionTicket13},
        next_protocol,
        server_hello::ServerHello,
        server_key_exchange::ServerKeyExchange,
    },
    wire::{CertificateCompression, ProtocolVersion, Reader},
};

/// The most that a compressed certificate may grow to.
const LIMIT: usize = 100_000;

/// Reads `data` behind its first byte as the message that the byte stands for.
pub fn messages(data: &[u8]) {
    let Some((&which, body)) = data.split_first() else { return };
    match which % 17 {
        0 => same(body, ClientHello::read, |hello| hello.write()),
        1 => drop(ClientHello::read_datagram(body).map(|hello| hello.write())),
        2 => same(body, ServerHello::read, |hello| hello.write()),
        3 => same(body, Certificate13::read, |certificate| certificate.write()),
        4 => same(body, certificate::read_tls12, |chain| {
            certificate::write_tls12(chain.iter().map(Vec::as_slice))
        }),
        5 => same(body, CertificateRequest13::read, |request| request.write()),
        6 => {
            for version in [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_2] {
                let read = |body| CertificateRequest12::read(body, version);
                drop(read(body).map(|request| request.write()));
            }
        }
        7 => same(body, certificate_status::read, |response| certificate_status::write(response)),
        8 => {
            for version in [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
                drop(certificate_verify::CertificateVerify::read(body, version).map(|it| it.write()));
            }
        }
        9 => {
            drop(client_key_exchange::read_ecdhe(body));
            drop(client_key_exchange::read_dhe(body));
            drop(client_key_exchange::read_rsa(body));
            let _ = client_key_exchange::read_srp(body);
            let _ = client_key_exchange::read_psk(body);
        }
        10 => {
            let every =
                [CertificateCompression::ZLIB, CertificateCompression::BROTLI, CertificateCompression::ZSTD];
            if let Some(message) = whole(body)
                && let Ok(expanded) = compressed_certificate::expand(&message, &every, LIMIT)
            {
                assert!(expanded.body().len() <= LIMIT);
            }
        }
        11 => same(body, encrypted_extensions::read, encrypted_extensions::write),
        12 => same(body, HelloVerifyRequest::read, |request| request.write()),
        13 => {
            same(body, key_update::read, |wanted| key_update::write(*wanted));
            drop(next_protocol::read(body).map(next_protocol::write));
        }
        14 => {
            same(body, NewSessionTicket13::read, |ticket| ticket.write());
            same(body, NewSessionTicket12::read, |ticket| ticket.write());
        }
        15 => key_exchanges(body),
        _ => {
            if let Some(message) = whole(body) {
                let _ = client_hello::binders_length(&message);
            }
            let _ = ClientHello::read_cookie(body);
        }
    }
}

/// A ServerKeyExchange of every kind.
fn key_exchanges(body: &[u8]) {
    use KeyExchangeAlgorithm as Kind;

    for kind in [Kind::Ecdhe, Kind::Dhe, Kind::Psk, Kind::DhePsk, Kind::EcdhePsk, Kind::RsaPsk, Kind::Srp] {
        for version in [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_2] {
            for signed in [false, true] {
                same(body, |body| ServerKeyExchange::read(body, kind, version, signed), |it| it.write());
            }
        }
    }
}

/// Reads `data` behind its first byte as the extension that the byte stands for.
pub fn extensions(data: &[u8]) {
    let Some((&which, data)) = data.split_first() else { return };
    match which % 24 {
        0 => drop(alpn::read_list(data).map(|list| alpn::names(list).count())),
        1 => drop(alpn::read_selected(data).map(<[u8]>::len)),
        2 => drop(certificate_authorities::read(data)),
        3 => drop((certificate_format::read_list(data), certificate_format::read_chosen(data))),
        4 => drop(compress_certificate::read(data)),
        5 => drop(cookie::read(data).map(<[u8]>::len)),
        6 => drop((early_data::read_empty(data), early_data::read_max_size(data))),
        7 => drop(ec_point_formats::read(data).map(<[u8]>::len)),
        8 => drop(key_share::read_client(data)),
        9 => drop((key_share::read_server(data).map(|(group, _)| group), key_share::read_retry(data))),
        10 => drop(max_fragment_length::read(data).map(max_fragment_length::bytes)),
        11 => drop(next_protocol_negotiation::read_list(data).map(<[u8]>::len)),
        12 => drop((pre_shared_key::OfferedPsks::read(data), pre_shared_key::read_selected(data))),
        13 => drop(psk_key_exchange_modes::read(data)),
        14 => drop(record_size_limit::read(data)),
        15 => drop(renegotiation_info::read(data).map(<[u8]>::len)),
        16 => drop(server_name::read(data).map(<[u8]>::len)),
        17 => drop(signature_algorithms::read(data)),
        18 => drop(srp::read(data).map(<[u8]>::len)),
        19 => drop(status_request::StatusRequest::read(data)),
        20 => drop(supported_groups::read(data)),
        21 => drop((supported_versions::read_client(data), supported_versions::read_server(data))),
        22 => drop((use_srtp::read_offer(data), use_srtp::read_choice(data))),
        _ => {
            if let Ok(list) = Extensions::read(&mut Reader::new(data)) {
                assert_eq!(list.iter().count(), list.len());
                for (extension_type, data) in list.iter() {
                    assert_eq!(list.get(extension_type), Some(data));
                }
            }
        }
    }
}

/// A whole message with this body, of any type.
fn whole(body: &[u8]) -> Option<Message> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length < 1 << 24)?;
    Message::from_bytes([&(25 << 24 | length).to_be_bytes(), body].concat())
}

/// What is read is written so that it is read, and written, the same again.
fn same<T, E>(body: &[u8], read: impl Fn(&[u8]) -> Result<T, E>, write: impl Fn(&T) -> Message) {
    let Ok(value) = read(body) else { return };
    let message = write(&value);
    let Ok(again) = read(message.body()) else { panic!("what was written is not read") };
    assert_eq!(write(&again), message);
}
