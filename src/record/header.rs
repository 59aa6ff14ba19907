//! Record headers as they come (RFC 8446 §5.1, RFC 5246 §6.2.1): which are acceptable at which moment, and
//! what a program is told about those that are not. Used by [`super::Inbound`].

use super::{HEADER_LENGTH, MAX_PLAINTEXT};
use crate::{
    error::{Error, Reason, Result},
    wire::{AlertDescription, ContentType, ProtocolVersion},
};

/// RFC 8446 §5.2.
const MAX_TLS13_CIPHERTEXT: usize = MAX_PLAINTEXT + 256;
/// RFC 5246 §6.2.3.
const MAX_TLS12_CIPHERTEXT: usize = MAX_PLAINTEXT + 2048;
/// Beyond this OpenSSL speaks of the packet, below of what is inside it.
const MAX_PACKET: usize = MAX_PLAINTEXT + 320;
/// The major version of everything since SSL 3.0.
const MAJOR_VERSION: u8 = 3;

/// A header that was found good.
#[derive(Clone, Copy)]
pub struct Header([u8; HEADER_LENGTH]);

/// What may come.
#[derive(Clone, Copy)]
pub enum Expected {
    /// The first record of all: perhaps the peer does not speak TLS.
    First,
    /// Plaintext, with this version once there is one.
    Unprotected(Option<ProtocolVersion>),
    /// A record of TLS 1.2 under its keys.
    Tls12(Option<ProtocolVersion>),
    /// A record of TLS 1.3 under its keys. Whether an unprotected alert may come as well.
    Tls13 {
        /// Whether the peer may still lack the keys.
        alert_allowed: bool,
    },
}

impl Expected {
    /// Whether application data under the keys of TLS 1.2 or 1.3 may come.
    const fn is_usual(self) -> bool {
        matches!(self, Self::Tls13 { .. } | Self::Tls12(Some(ProtocolVersion::TLS1_2)))
    }
}

impl Header {
    /// Accepts a header, or says what is wrong with it.
    pub(super) fn check(bytes: [u8; HEADER_LENGTH], expected: Expected) -> Result<Self> {
        let header = Self(bytes);
        if header.is_usual_data() && expected.is_usual() {
            return Ok(header);
        }
        // RFC 8446 §5.1: what comes unprotected where nothing may says its version in vain.
        if matches!(expected, Expected::Tls13 { .. }) && header.0[1] == MAJOR_VERSION {
            header.check_type(expected)?;
        }
        header.check_version(expected)?;
        header.check_type(expected)?;
        header.check_length(expected)?;
        Ok(header)
    }

    /// How long the body is, if `received` is just a header, and one that is good; `None` also if there is no body.
    #[must_use]
    pub fn body_after(received: &[u8], expected: Expected) -> Option<usize> {
        let header = Self::check(received.try_into().ok()?, expected).ok()?;
        (header.body_length() > 0).then(|| header.body_length())
    }

    /// Whether it is that of application data as TLS 1.2 and 1.3 have it under their keys.
    fn is_usual_data(self) -> bool {
        const TLS1_2: [u8; 2] = ProtocolVersion::TLS1_2.0.to_be_bytes();

        self.content_type() == ContentType::APPLICATION_DATA
            && self.0[1..3] == TLS1_2
            && self.body_length() <= MAX_TLS13_CIPHERTEXT
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; HEADER_LENGTH] {
        self.0
    }

    /// The content type that it shows.
    pub const fn content_type(self) -> ContentType {
        ContentType(self.0[0])
    }

    /// Whether it shows another content type than protected records of TLS 1.3 do.
    pub fn is_unprotected(self) -> bool {
        self.content_type() != ContentType::APPLICATION_DATA
    }

    /// How many bytes follow it.
    pub const fn body_length(self) -> usize {
        let [_, _, _, high, low] = self.0;
        u16::from_be_bytes([high, low]) as usize
    }

    fn check_version(self, expected: Expected) -> Result<()> {
        let [_, major, minor, ..] = self.0;
        let version = ProtocolVersion(u16::from_be_bytes([major, minor]));
        match expected {
            Expected::First if major != MAJOR_VERSION => Err(Error::Silent(self.what_is_this())),
            // RFC 8446 §5.1: until there is a version, and in TLS 1.3 altogether, the field says nothing.
            Expected::First | Expected::Unprotected(None | Some(ProtocolVersion::TLS1_3))
                if major == MAJOR_VERSION =>
            {
                Ok(())
            }
            Expected::Unprotected(Some(negotiated)) | Expected::Tls12(Some(negotiated))
                if version == negotiated =>
            {
                Ok(())
            }
            // An alert in another version is most likely a fatal one: it is not answered by one.
            Expected::Unprotected(Some(_))
                if major == MAJOR_VERSION && self.content_type() == ContentType::ALERT =>
            {
                Err(Error::Silent(Reason::WRONG_VERSION_NUMBER))
            }
            Expected::Tls12(None) if version == ProtocolVersion::TLS1_2 => Ok(()),
            // RFC 8446 §5.2: always 0x0303. It is authenticated, so another one could not be opened.
            Expected::Tls13 { .. } if version == ProtocolVersion::TLS1_2 => Ok(()),
            Expected::Tls13 { .. } if major == MAJOR_VERSION => {
                Err(Error::decode(Reason::WRONG_VERSION_NUMBER))
            }
            _ => Err(Error::fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_VERSION_NUMBER)),
        }
    }

    fn check_type(self, expected: Expected) -> Result<()> {
        match (self.content_type(), expected) {
            (ContentType::APPLICATION_DATA | ContentType::CHANGE_CIPHER_SPEC, _) => Ok(()),
            (ContentType::ALERT, Expected::Tls13 { alert_allowed: true }) => Ok(()),
            // RFC 8446 §5: any other unprotected record MUST be answered by unexpected_message.
            (_, Expected::Tls13 { .. }) => {
                Err(Error::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE))
            }
            (ContentType::ALERT | ContentType::HANDSHAKE, _) => Ok(()),
            // Whether it was tampered with is told first: opening it tells.
            (_, Expected::Tls12(_)) => Ok(()),
            (_, Expected::First | Expected::Unprotected(_)) => Err(Error::unexpected()),
        }
    }

    fn check_length(self, expected: Expected) -> Result<()> {
        let length = self.body_length();
        let (limit, reason) = match expected {
            Expected::First | Expected::Unprotected(_) => (MAX_PLAINTEXT, Reason::DATA_LENGTH_TOO_LONG),
            Expected::Tls12(_) => (MAX_TLS12_CIPHERTEXT, Reason::ENCRYPTED_LENGTH_TOO_LONG),
            Expected::Tls13 { .. } if self.is_unprotected() => (MAX_PLAINTEXT, Reason::DATA_LENGTH_TOO_LONG),
            Expected::Tls13 { .. } => (MAX_TLS13_CIPHERTEXT, Reason::ENCRYPTED_LENGTH_TOO_LONG),
        };
        if length <= limit {
            return Ok(());
        }
        let reason = if length > MAX_PACKET { Reason::PACKET_LENGTH_TOO_LONG } else { reason };
        Err(Error::fatal(AlertDescription::RECORD_OVERFLOW, reason))
    }

    /// What a peer that does not speak TLS said. It would not understand an alert.
    fn what_is_this(self) -> Reason {
        match &self.0 {
            b"GET /" | b"POST " | b"HEAD " | b"PUT /" => Reason::HTTP_REQUEST,
            b"CONNE" => Reason::HTTPS_PROXY_REQUEST,
            _ => Reason::WRONG_VERSION_NUMBER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_follows_a_good_header_alone() {
        let after = Header::body_after;
        assert_eq!(after(&[23, 3, 3, 0x41, 0], TLS13), Some(MAX_TLS13_CIPHERTEXT));
        assert_eq!(after(&[23, 3, 3, 0, 1], TLS12), Some(1));
        assert_eq!(after(&[22, 3, 1, 0, 1], Expected::First), Some(1));
        let others: [(&[u8], Expected); 8] = [
            (&[], TLS13),
            (&[23, 3, 3, 0], TLS13),
            (&[23, 3, 3, 0, 1, 0], TLS13),
            (&[22, 3, 3, 0, 1], TLS13),
            (&[23, 3, 4, 0, 1], TLS13),
            (&[23, 2, 3, 0, 1], TLS12),
            (&[23, 3, 3, 0x41, 1], TLS13),
            (&[23, 3, 3, 0, 0], TLS13),
        ];
        for (bytes, expected) in others {
            assert_eq!(after(bytes, expected), None, "{bytes:?}");
        }
    }

    fn outcome(bytes: &[u8; 5], expected: Expected) -> Result<usize> {
        Header::check(*bytes, expected).map(Header::body_length)
    }

    fn fatal(alert: AlertDescription, reason: Reason) -> Result<usize> {
        Err(Error::fatal(alert, reason))
    }

    const TLS13: Expected = Expected::Tls13 { alert_allowed: false };
    const TLS12: Expected = Expected::Tls12(Some(ProtocolVersion::TLS1_2));

    #[test]
    fn peer_that_speaks_no_tls_is_told_nothing() {
        for (bytes, reason) in [
            (b"GET /", Reason::HTTP_REQUEST),
            (b"POST ", Reason::HTTP_REQUEST),
            (b"HEAD ", Reason::HTTP_REQUEST),
            (b"PUT /", Reason::HTTP_REQUEST),
            (b"CONNE", Reason::HTTPS_PROXY_REQUEST),
            (b"DELET", Reason::WRONG_VERSION_NUMBER),
            (b"HTTP/", Reason::WRONG_VERSION_NUMBER),
            (b"SSH-2", Reason::WRONG_VERSION_NUMBER),
            (b"\x80\x2e\x01\x03\x01", Reason::WRONG_VERSION_NUMBER),
            (b"\x16\x02\x00\x00\x05", Reason::WRONG_VERSION_NUMBER),
        ] {
            assert_eq!(outcome(bytes, Expected::First), Err(Error::Silent(reason)), "{bytes:?}");
            assert_eq!(
                outcome(bytes, Expected::Unprotected(None)),
                fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_VERSION_NUMBER)
            );
        }
    }

    #[test]
    fn minor_version_counts_only_once_negotiated() {
        let odd = b"\x16\x03\x09\x00\x05";
        let wrong = fatal(AlertDescription::PROTOCOL_VERSION, Reason::WRONG_VERSION_NUMBER);
        assert_eq!(outcome(odd, Expected::First), Ok(5));
        assert_eq!(outcome(odd, Expected::Unprotected(None)), Ok(5));
        assert_eq!(outcome(odd, Expected::Unprotected(Some(ProtocolVersion::TLS1_3))), Ok(5));
        assert_eq!(outcome(odd, Expected::Unprotected(Some(ProtocolVersion::TLS1_2))), wrong);
        assert_eq!(outcome(odd, TLS12), wrong);
        assert_eq!(outcome(odd, Expected::Tls12(None)), wrong);
        assert_eq!(outcome(b"\x17\x03\x04\x00\x20", TLS13), Err(Error::decode(Reason::WRONG_VERSION_NUMBER)));
        assert_eq!(outcome(b"\x17\x02\x03\x00\x20", TLS13), wrong);
    }

    #[test]
    fn type_that_may_not_come_is_unexpected_message() {
        let bad_type = fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::BAD_RECORD_TYPE);
        for content_type in 0..=255 {
            let header = [content_type, 3, 3, 0, 32];
            let known = (20..=23).contains(&content_type);
            for expected in [Expected::First, Expected::Unprotected(None)] {
                let wanted = if known { Ok(32) } else { Err(Error::unexpected()) };
                assert_eq!(outcome(&header, expected), wanted);
            }
            assert_eq!(outcome(&header, TLS12), Ok(32));
            let plain = [20, 23].contains(&content_type);
            assert_eq!(outcome(&header, TLS13), if plain { Ok(32) } else { bad_type });
            let with_alert = [20, 21, 23].contains(&content_type);
            assert_eq!(
                outcome(&header, Expected::Tls13 { alert_allowed: true }),
                if with_alert { Ok(32) } else { bad_type }
            );
        }
    }

    #[test]
    fn length_over_the_limit_is_record_overflow() {
        let version = Some(ProtocolVersion::TLS1_2);
        for (expected, limit, reason) in [
            (Expected::First, 16_384, Reason::DATA_LENGTH_TOO_LONG),
            (Expected::Unprotected(version), 16_384, Reason::DATA_LENGTH_TOO_LONG),
            (TLS13, 16_640, Reason::ENCRYPTED_LENGTH_TOO_LONG),
            (TLS12, 18_432, Reason::PACKET_LENGTH_TOO_LONG),
        ] {
            let header = |length: u16| {
                let [high, low] = length.to_be_bytes();
                [23, 3, 3, high, low]
            };
            assert_eq!(outcome(&header(limit), expected), Ok(limit.into()));
            assert_eq!(
                outcome(&header(limit + 1), expected),
                fatal(AlertDescription::RECORD_OVERFLOW, reason)
            );
            let overflow = fatal(AlertDescription::RECORD_OVERFLOW, Reason::PACKET_LENGTH_TOO_LONG);
            assert_eq!(outcome(&header(u16::MAX), expected), overflow);
        }
    }
}
