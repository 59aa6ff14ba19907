//! The text that `SSL_trace(3)` prints of a record header or a message. What stands inside a handshake message is shown
//! as a hexadecimal dump.

use crate::{
    handshake::dtls::Fragment,
    message::Message,
    wire::{ContentType, HandshakeType, ProtocolVersion},
};

/// What a message callback is told of.
#[derive(Clone, Copy)]
pub struct Traced<'a> {
    /// Whether we sent it.
    pub sent: bool,
    /// The pseudo type, or the type of the record that holds the message.
    pub content_type: i32,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether it is DTLS, whose messages have longer headers.
    pub is_datagram: bool,
}

/// `SSL3_RT_HEADER`.
const RECORD_HEADER: i32 = 256;
/// `SSL3_RT_INNER_CONTENT_TYPE`.
const INNER_CONTENT_TYPE: i32 = 257;

/// The text, and bytes to be dumped after it. `alert_name` names levels and descriptions.
#[must_use]
pub fn text<'a>(
    traced: Traced<'a>,
    alert_names: impl FnOnce(u8, u8) -> (String, String),
) -> (String, &'a [u8]) {
    let content_type = u8::try_from(traced.content_type).map(ContentType);
    match (traced.content_type, content_type, traced.bytes) {
        (RECORD_HEADER, _, &[content_type, major, minor, high, low]) => {
            (record_header(traced.sent, content_type, [major, minor], "", [high, low]), &[])
        }
        (RECORD_HEADER, _, &[content_type, major, minor, e0, e1, s0, s1, s2, s3, s4, s5, high, low]) => {
            let epoch = u16::from_be_bytes([e0, e1]);
            let number = format!(
                "  epoch={epoch}, sequence_number={s0:02x}{s1:02x}{s2:02x}{s3:02x}{s4:02x}{s5:02x}\n"
            );
            (record_header(traced.sent, content_type, [major, minor], &number, [high, low]), &[])
        }
        (INNER_CONTENT_TYPE, _, &[content_type]) => {
            (format!("  Inner Content Type = {}\n", type_name(content_type)), &[])
        }
        (_, Ok(ContentType::HANDSHAKE), bytes) if traced.is_datagram => match Fragment::split(bytes) {
            Some((fragment, _)) => {
                let name = handshake_name(fragment.handshake_type);
                let Fragment { length, sequence, offset, bytes, .. } = fragment;
                let text = format!(
                    "    {name}, Length={length}\n    message_seq={sequence}, fragment_offset={offset}, \
                     fragment_length={}\n",
                    bytes.len()
                );
                (text, bytes)
            }
            None => (String::new(), bytes),
        },
        (_, Ok(ContentType::HANDSHAKE), bytes) => match Message::from_bytes(bytes.to_vec()) {
            Some(message) => {
                let name = handshake_name(message.handshake_type());
                let body = bytes.get(4..).unwrap_or_default();
                (format!("    {name}, Length={}\n", body.len()), body)
            }
            None => (String::new(), bytes),
        },
        (_, Ok(ContentType::ALERT), &[level, description]) => {
            let (level_name, name) = alert_names(level, description);
            (format!("    Level={level_name}({level}), description={name}({description})\n\n"), &[])
        }
        (_, Ok(ContentType::CHANGE_CIPHER_SPEC), &[1]) => ("    change_cipher_spec (1)\n\n".into(), &[]),
        (_, _, bytes) => (String::new(), bytes),
    }
}

fn record_header(sent: bool, content_type: u8, version: [u8; 2], number: &str, length: [u8; 2]) -> String {
    let direction = if sent { "Sent" } else { "Received" };
    let version = ProtocolVersion(u16::from_be_bytes(version));
    format!(
        "{direction} Record\nHeader:\n  Version = {} (0x{:x})\n{number}  Content Type = {}\n  Length = {}\n",
        version_name(version),
        version.0,
        type_name(content_type),
        u16::from_be_bytes(length),
    )
}

const fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::SSL3 => "SSL 3.0",
        ProtocolVersion::TLS1_0 => "TLS 1.0",
        ProtocolVersion::TLS1_1 => "TLS 1.1",
        ProtocolVersion::TLS1_2 => "TLS 1.2",
        ProtocolVersion::TLS1_3 => "TLS 1.3",
        ProtocolVersion::DTLS1_0 => "DTLS 1.0",
        ProtocolVersion::DTLS1_2 => "DTLS 1.2",
        _ => "UNKNOWN",
    }
}

fn type_name(content_type: u8) -> String {
    let name = match ContentType(content_type) {
        ContentType::CHANGE_CIPHER_SPEC => "ChangeCipherSpec",
        ContentType::ALERT => "Alert",
        ContentType::HANDSHAKE => "Handshake",
        ContentType::APPLICATION_DATA => "ApplicationData",
        _ => "UNKNOWN",
    };
    format!("{name} ({content_type})")
}

const fn handshake_name(handshake_type: HandshakeType) -> &'static str {
    match handshake_type.0 {
        0 => "HelloRequest",
        1 => "ClientHello",
        2 => "ServerHello",
        3 => "HelloVerifyRequest",
        4 => "NewSessionTicket",
        5 => "EndOfEarlyData",
        8 => "EncryptedExtensions",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        13 => "CertificateRequest",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        16 => "ClientKeyExchange",
        20 => "Finished",
        22 => "CertificateStatus",
        24 => "KeyUpdate",
        _ => "UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content_type: i32, bytes: &[u8]) -> (String, Vec<u8>) {
        traced(content_type, bytes, false)
    }

    fn traced(content_type: i32, bytes: &[u8], is_datagram: bool) -> (String, Vec<u8>) {
        let traced = Traced { sent: false, content_type, bytes, is_datagram };
        let (text, rest) = text(traced, |_, _| ("warning".into(), "close notify".into()));
        (text, rest.to_vec())
    }

    #[test]
    fn record_headers_read_as_those_of_openssl() {
        let expected = "Received Record\nHeader:\n  Version = TLS 1.2 (0x303)\n  \
                        Content Type = ApplicationData (23)\n  Length = 260\n";
        assert_eq!(of(RECORD_HEADER, &[23, 3, 3, 1, 4]), (expected.into(), vec![]));
        assert_eq!(of(INNER_CONTENT_TYPE, &[22]).0, "  Inner Content Type = Handshake (22)\n");
    }

    #[test]
    fn headers_of_dtls_show_where_they_belong() {
        let header = b"\x16\xfe\xfd\0\x01\0\0\0\0\x01\x02\0\x20";
        let expected = "Received Record\nHeader:\n  Version = DTLS 1.2 (0xfefd)\n  \
                        epoch=1, sequence_number=000000000102\n  Content Type = Handshake (22)\n  Length = 32\n";
        assert_eq!(of(RECORD_HEADER, header).0, expected);
        let expected =
            "    ServerHelloDone, Length=5\n    message_seq=4, fragment_offset=1, fragment_length=2\n";
        let message = b"\x0e\0\0\x05\0\x04\0\0\x01\0\0\x02ab";
        assert_eq!(traced(22, message, true), (expected.into(), b"ab".to_vec()));
    }

    #[test]
    fn messages_are_named_and_their_bodies_dumped() {
        assert_eq!(of(22, &[24, 0, 0, 1, 0]), ("    KeyUpdate, Length=1\n".into(), vec![0]));
        let alert = "    Level=warning(1), description=close notify(0)\n\n";
        assert_eq!(of(21, &[1, 0]), (alert.into(), vec![]));
        assert_eq!(of(22, &[24, 0]), (String::new(), vec![24, 0]));
    }
}
