//! The header of a record (RFC 6347 §4.1).

use crate::wire::{ContentType, ProtocolVersion};

/// The length of a record header in bytes.
pub const HEADER_LENGTH: usize = 13;

/// The greatest sequence number: it has 48 bits.
pub(super) const MAX_SEQUENCE: u64 = (1 << 48) - 1;

/// The header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// What is inside.
    pub content_type: ContentType,
    /// The version.
    pub version: ProtocolVersion,
    /// Under which keys.
    pub epoch: u16,
    /// Which one under these keys: 48 bits.
    pub sequence: u64,
    /// How many bytes follow.
    pub length: u16,
}

impl RecordHeader {
    /// From the bytes of a datagram: the header, its body, and what follows. `None` if that is no whole record.
    #[must_use]
    pub fn split(bytes: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (header, rest) = bytes.split_first_chunk::<HEADER_LENGTH>()?;
        let header = Self::read(*header);
        let (body, rest) = rest.split_at_checked(header.length.into())?;
        Some((header, body, rest))
    }

    fn read(bytes: [u8; HEADER_LENGTH]) -> Self {
        let [content_type, major, minor, e0, e1, s0, s1, s2, s3, s4, s5, high, low] = bytes;
        Self {
            content_type: ContentType(content_type),
            version: ProtocolVersion(u16::from_be_bytes([major, minor])),
            epoch: u16::from_be_bytes([e0, e1]),
            sequence: u64::from_be_bytes([0, 0, s0, s1, s2, s3, s4, s5]),
            length: u16::from_be_bytes([high, low]),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; HEADER_LENGTH] {
        let [major, minor] = self.version.0.to_be_bytes();
        let [e0, e1, s0, s1, s2, s3, s4, s5] = self.number();
        let [high, low] = self.length.to_be_bytes();
        [self.content_type.0, major, minor, e0, e1, s0, s1, s2, s3, s4, s5, high, low]
    }

    /// Epoch and sequence number, which stand for TLS's sequence number wherever that is used (RFC 6347 §4.1.2.1).
    pub(super) fn number(self) -> [u8; 8] {
        (u64::from(self.epoch) << 48 | self.sequence & MAX_SEQUENCE).to_be_bytes()
    }

    /// The header that TLS would have for it: what is authenticated.
    pub(super) fn of_tls(self) -> [u8; crate::record::HEADER_LENGTH] {
        let [major, minor] = self.version.0.to_be_bytes();
        let [high, low] = self.length.to_be_bytes();
        [self.content_type.0, major, minor, high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &[u8] = b"\x16\xfe\xfd\x00\x01\x01\x02\x03\x04\x05\x06\x00\x02ab\x17";

    #[test]
    fn header_survives_a_round_trip() {
        let (header, body, rest) = RecordHeader::split(BYTES).unwrap();
        assert_eq!(header.content_type, ContentType::HANDSHAKE);
        assert_eq!(header.version, ProtocolVersion::DTLS1_2);
        assert_eq!((header.epoch, header.sequence, header.length), (1, 0x0102_0304_0506, 2));
        assert_eq!((body, rest), (&b"ab"[..], &b"\x17"[..]));
        assert_eq!(header.bytes(), BYTES[..HEADER_LENGTH]);
        assert_eq!(header.number(), [0, 1, 1, 2, 3, 4, 5, 6]);
        assert_eq!(header.of_tls(), [0x16, 0xfe, 0xfd, 0, 2]);
    }

    #[test]
    fn datagram_that_ends_within_a_record_has_none() {
        for length in 0..HEADER_LENGTH + 2 {
            assert_eq!(RecordHeader::split(&BYTES[..length]), None, "{length} bytes");
        }
    }
}
