//! ServerKeyExchange of ECDHE suites (RFC 8422 §5.4): a named curve, a point, and a signature over the
//! randoms and the parameters.

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{HandshakeType, NamedGroup, SignatureScheme, Writer},
};

/// The curve type `named_curve`.
const NAMED_CURVE: u8 = 3;

/// A ServerKeyExchange of an ECDHE suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange {
    /// The named curve.
    pub group: NamedGroup,
    /// The server's public key.
    pub public: Vec<u8>,
    /// The signature's scheme.
    pub scheme: SignatureScheme,
    /// The signature over [`signed_content`].
    pub signature: Vec<u8>,
}

impl ServerKeyExchange {
    /// Parses a body. A curve type other than `named_curve` is `illegal_parameter` with
    /// `SSL_R_WRONG_CURVE`; an empty point is `illegal_parameter` with `SSL_R_BAD_ECPOINT`.
    pub fn read(body: &[u8]) -> Result<Self> {
        let too_short = |_| Error::decode(Reason::LENGTH_TOO_SHORT);
        parse(body, |reader| {
            let curve_type = reader.u8().map_err(too_short)?;
            let group = reader.u16().map_err(too_short)?.into();
            // RFC 8422 §5.4: explicit curves must not be used.
            if curve_type != NAMED_CURVE {
                return Err(Error::illegal(Reason::WRONG_CURVE));
            }
            let public = reader.vec8()?.to_vec();
            if public.is_empty() {
                return Err(Error::illegal(Reason::BAD_ECPOINT));
            }
            let scheme = reader.u16().map_err(too_short)?.into();
            Ok(Self { group, public, scheme, signature: reader.vec16()?.to_vec() })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::SERVER_KEY_EXCHANGE, |body| {
            write_parameters(body, self.group, &self.public);
            body.u16(self.scheme);
            body.vec16(|signature| signature.bytes(&self.signature));
        })
    }
}

/// What is signed: both randoms and the `ServerECDHParams`.
#[must_use]
pub fn signed_content(
    client_random: &[u8; 32],
    server_random: &[u8; 32],
    group: NamedGroup,
    public: &[u8],
) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes(client_random);
    writer.bytes(server_random);
    write_parameters(&mut writer, group, public);
    writer.into_bytes()
}

/// `ServerECDHParams` (RFC 8422 §5.4).
fn write_parameters(writer: &mut Writer, group: NamedGroup, public: &[u8]) {
    writer.u8(NAMED_CURVE);
    writer.u16(group);
    writer.vec8(|point| point.bytes(public));
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    fn sample() -> ServerKeyExchange {
        ServerKeyExchange {
            group: NamedGroup::X25519,
            public: vec![7; 32],
            scheme: SignatureScheme::ED25519,
            signature: vec![9; 64],
        }
    }

    #[test]
    fn message_survives_a_round_trip() {
        let message = sample().write();
        assert_eq!(message.handshake_type(), HandshakeType::SERVER_KEY_EXCHANGE);
        assert_eq!(ServerKeyExchange::read(message.body()), Ok(sample()));
        assert_strict(message.body(), &[], ServerKeyExchange::read);
    }

    #[test]
    fn short_message_is_length_too_short_as_in_openssl() {
        let too_short = Err(Error::decode(Reason::LENGTH_TOO_SHORT));
        assert_eq!(ServerKeyExchange::read(&[]), too_short);
        assert_eq!(ServerKeyExchange::read(&[3, 0]), too_short);
        assert_eq!(ServerKeyExchange::read(&[3, 0, 29, 1, 7, 8]), too_short);
    }

    #[test]
    fn explicit_curve_and_empty_point_are_illegal_parameter() {
        assert_eq!(ServerKeyExchange::read(&[1, 0, 29, 1, 7]), Err(Error::illegal(Reason::WRONG_CURVE)));
        assert_eq!(ServerKeyExchange::read(&[3, 0, 29, 0]), Err(Error::illegal(Reason::BAD_ECPOINT)));
    }

    #[test]
    fn signed_content_is_randoms_and_parameters() {
        let content = signed_content(&[1; 32], &[2; 32], NamedGroup::X25519, &[7; 32]);
        assert_eq!(content[..64], [[1; 32], [2; 32]].concat());
        assert_eq!(content[64..68], [3, 0, 29, 32]);
        assert_eq!(content[68..], [7; 32]);
    }
}
