//! A server that listens without keeping anything of who calls (RFC 6347 §4.2.1): a ClientHello is read out of its datagram by
//! itself, and answered by a HelloVerifyRequest that is made of nothing but it.

use super::Fragment;
use crate::{
    error::Reason,
    message::{client_hello::ClientHello, hello_verify_request::HelloVerifyRequest},
    record::dtls::{HEADER_LENGTH, RecordHeader},
    wire::{ContentType, HandshakeType, ProtocolVersion},
};

/// The greatest number of a ClientHello that begins a handshake, one that was sent away included.
const MAX_SEQUENCE: u16 = 2;

/// A ClientHello that came out of the blue.
pub struct Knock {
    /// The header of its record.
    pub header: RecordHeader,
    /// The number of the message.
    pub sequence: u16,
    /// The message, or the front of it, with its header.
    pub content: Vec<u8>,
    /// Its cookie; may be empty.
    pub cookie: Vec<u8>,
}

impl Knock {
    /// The ClientHello that a datagram is, or whose front it is, or why it is none.
    pub fn read(datagram: &[u8]) -> Result<Self, Reason> {
        if datagram.len() < HEADER_LENGTH {
            return Err(Reason::RECORD_TOO_SMALL);
        }
        let (header, content, _) = RecordHeader::split(datagram).ok_or(Reason::LENGTH_MISMATCH)?;
        if header.content_type != ContentType::HANDSHAKE {
            return Err(Reason::UNEXPECTED_MESSAGE);
        }
        if !header.version.is_datagram() {
            return Err(Reason::BAD_PROTOCOL_VERSION_NUMBER);
        }
        if header.epoch != 0 {
            return Err(Reason::UNEXPECTED_MESSAGE);
        }
        let (fragment, _) = Fragment::split(content).ok_or(Reason::LENGTH_MISMATCH)?;
        if fragment.handshake_type != HandshakeType::CLIENT_HELLO {
            return Err(Reason::UNEXPECTED_MESSAGE);
        }
        if fragment.sequence > MAX_SEQUENCE {
            return Err(Reason::INVALID_SEQUENCE_NUMBER);
        }
        if fragment.offset != 0 {
            return Err(Reason::FRAGMENTED_CLIENT_HELLO);
        }
        let cookie = ClientHello::read_cookie(fragment.bytes).map_err(|_| Reason::LENGTH_MISMATCH)?;
        let cookie = cookie.to_vec();
        Ok(Self { header, sequence: fragment.sequence, content: content.to_vec(), cookie })
    }

    /// The datagram that sends the client away with a cookie, in a record of this version. RFC 6347 §4.2.1: under the number of
    /// the client's record, as we know no other.
    #[must_use]
    pub fn answer(&self, version: ProtocolVersion, cookie: Vec<u8>) -> Vec<u8> {
        let request = HelloVerifyRequest { version: ProtocolVersion::DTLS1_0, cookie }.write().numbered(0);
        let content = [&request.datagram_header().unwrap_or_default(), request.body()].concat();
        // A cookie has at most 255 bytes.
        let header = RecordHeader { version, length: content.len() as u16, ..self.header };
        [&header.bytes()[..], &content].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{message::extension::Extensions, wire::CipherSuite};

    fn hello(cookie: &[u8]) -> Vec<u8> {
        let hello = ClientHello {
            legacy_version: ProtocolVersion::DTLS1_2,
            random: [7; 32],
            session_id: Vec::new(),
            cookie: Some(cookie.to_vec()),
            cipher_suites: vec![CipherSuite(0xc02f)],
            compression_methods: vec![0],
            extensions: Extensions::new(),
        };
        let message = hello.write().numbered(1);
        let content = [&message.datagram_header().unwrap(), message.body()].concat();
        let header = RecordHeader {
            content_type: ContentType::HANDSHAKE,
            version: ProtocolVersion::DTLS1_0,
            epoch: 0,
            sequence: 5,
            length: content.len() as u16,
        };
        [&header.bytes()[..], &content].concat()
    }

    #[test]
    fn hello_is_read_and_answered_under_its_own_number() {
        let knock = Knock::read(&hello(b"cookie")).unwrap();
        assert_eq!(knock.cookie, b"cookie");
        assert_eq!((knock.header.sequence, knock.sequence), (5, 1));
        let answer = knock.answer(ProtocolVersion::DTLS1_0, vec![9; 2]);
        assert_eq!(
            answer,
            b"\x16\xfe\xff\0\0\0\0\0\0\0\x05\0\x11\x03\0\0\x05\0\0\0\0\0\0\0\x05\xfe\xff\x02\x09\x09"
        );
    }

    #[test]
    fn what_is_no_front_of_a_hello_is_refused_with_its_reason() {
        let good = hello(b"");
        let changed = |position: usize, value: u8| {
            let mut bytes = good.clone();
            bytes[position] = value;
            Knock::read(&bytes).err()
        };
        assert_eq!(changed(0, 23), Some(Reason::UNEXPECTED_MESSAGE));
        assert_eq!(changed(1, 3), Some(Reason::BAD_PROTOCOL_VERSION_NUMBER));
        assert_eq!(changed(4, 1), Some(Reason::UNEXPECTED_MESSAGE));
        assert_eq!(changed(13, 2), Some(Reason::UNEXPECTED_MESSAGE));
        assert_eq!(changed(18, 3), Some(Reason::INVALID_SEQUENCE_NUMBER));
        assert_eq!(changed(21, 1), Some(Reason::LENGTH_MISMATCH));
        let mut later = good.clone();
        (later[16], later[21]) = (0xff, 1);
        assert_eq!(Knock::read(&later).err(), Some(Reason::FRAGMENTED_CLIENT_HELLO));
        for length in 0..good.len() {
            assert!(Knock::read(&good[..length]).is_err(), "{length} bytes");
        }
    }
}
