//! ServerKeyExchange (RFC 5246 §7.4.3): the server's half of the key exchange (ECDHE: RFC 8422 §5.4), and where the suite has a
//! certificate sign it, a signature over the randoms and that half.

use super::{Message, parse};
use crate::{
    crypto::suite::KeyExchangeAlgorithm,
    error::{Error, Reason, Result},
    wire::{HandshakeType, NamedGroup, ProtocolVersion, Reader, SignatureScheme, Writer},
};

/// The curve type `named_curve`.
const NAMED_CURVE: u8 = 3;

/// A ServerKeyExchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange {
    /// The server's half of the key exchange.
    pub parameters: Parameters,
    /// The signature over [`signed_content`]; `None` in a suite whose parameters nobody signs.
    pub signature: Option<Signature>,
}

/// The server's half of a key exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// `ServerECDHParams` (RFC 8422 §5.4).
    Ecdh {
        /// The named curve.
        group: NamedGroup,
        /// The server's public key.
        public: Vec<u8>,
    },
}

/// The signature over the randoms and the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its scheme; `None` before TLS 1.2, where the key decides (RFC 4346 §7.4.3).
    pub scheme: Option<SignatureScheme>,
    /// The signature itself.
    pub bytes: Vec<u8>,
}

impl ServerKeyExchange {
    /// Parses a body of this kind of key exchange and this version, with a signature at its end if the suite has them
    /// signed.
    ///
    /// A curve type other than `named_curve` is `illegal_parameter` with `SSL_R_WRONG_CURVE`; an empty point is
    /// `illegal_parameter` with `SSL_R_BAD_ECPOINT`; a key exchange that has no such message is `internal_error`.
    pub fn read(
        body: &[u8],
        key_exchange: KeyExchangeAlgorithm,
        version: ProtocolVersion,
        signed: bool,
    ) -> Result<Self> {
        parse(body, |reader| {
            let parameters = Parameters::read(reader, key_exchange)?;
            let signature = if signed { Some(Signature::read(reader, version)?) } else { None };
            Ok(Self { parameters, signature })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::SERVER_KEY_EXCHANGE, |body| {
            self.parameters.write(body);
            if let Some(signature) = &self.signature {
                if let Some(scheme) = signature.scheme {
                    body.u16(scheme);
                }
                body.vec16(|bytes| bytes.bytes(&signature.bytes));
            }
        })
    }
}

impl Parameters {
    fn read(reader: &mut Reader<'_>, key_exchange: KeyExchangeAlgorithm) -> Result<Self> {
        match key_exchange {
            KeyExchangeAlgorithm::Ecdhe => Self::read_ecdh(reader),
            _ => Err(Error::internal()),
        }
    }

    fn read_ecdh(reader: &mut Reader<'_>) -> Result<Self> {
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
        Ok(Self::Ecdh { group, public })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Ecdh { group, public } => {
                writer.u8(NAMED_CURVE);
                writer.u16(*group);
                writer.vec8(|point| point.bytes(public));
            }
        }
    }
}

impl Signature {
    fn read(reader: &mut Reader<'_>, version: ProtocolVersion) -> Result<Self> {
        let scheme = if version.has_signature_schemes() {
            Some(reader.u16().map_err(too_short)?.into())
        } else {
            None
        };
        Ok(Self { scheme, bytes: reader.vec16()?.to_vec() })
    }
}

fn too_short(_: Error) -> Error {
    Error::decode(Reason::LENGTH_TOO_SHORT)
}

/// What is signed: both randoms and the parameters (RFC 5246 §7.4.3).
#[must_use]
pub fn signed_content(
    client_random: &[u8; 32],
    server_random: &[u8; 32],
    parameters: &Parameters,
) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes(client_random);
    writer.bytes(server_random);
    parameters.write(&mut writer);
    writer.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    fn read(body: &[u8]) -> Result<ServerKeyExchange> {
        ServerKeyExchange::read(body, KeyExchangeAlgorithm::Ecdhe, ProtocolVersion::TLS1_2, true)
    }

    fn sample() -> ServerKeyExchange {
        ServerKeyExchange {
            parameters: Parameters::Ecdh { group: NamedGroup::X25519, public: vec![7; 32] },
            signature: Some(Signature { scheme: Some(SignatureScheme::ED25519), bytes: vec![9; 64] }),
        }
    }

    #[test]
    fn message_survives_a_round_trip() {
        let message = sample().write();
        assert_eq!(message.handshake_type(), HandshakeType::SERVER_KEY_EXCHANGE);
        assert_eq!(read(message.body()), Ok(sample()));
        assert_strict(message.body(), &[], read);
    }

    #[test]
    fn message_before_tls12_has_no_scheme() {
        let read = |body: &[u8]| {
            ServerKeyExchange::read(body, KeyExchangeAlgorithm::Ecdhe, ProtocolVersion::TLS1_0, true)
        };
        let exchange =
            ServerKeyExchange { signature: Some(Signature { scheme: None, bytes: vec![9; 64] }), ..sample() };
        let message = exchange.write();
        assert_eq!(message.body().len() + 2, sample().write().body().len());
        assert_eq!(read(message.body()), Ok(exchange));
        assert_strict(message.body(), &[], read);
    }

    #[test]
    fn short_message_is_length_too_short_as_in_openssl() {
        let too_short = Err(Error::decode(Reason::LENGTH_TOO_SHORT));
        assert_eq!(read(&[]), too_short);
        assert_eq!(read(&[3, 0]), too_short);
        assert_eq!(read(&[3, 0, 29, 1, 7, 8]), too_short);
    }

    #[test]
    fn explicit_curve_and_empty_point_are_illegal_parameter() {
        assert_eq!(read(&[1, 0, 29, 1, 7]), Err(Error::illegal(Reason::WRONG_CURVE)));
        assert_eq!(read(&[3, 0, 29, 0]), Err(Error::illegal(Reason::BAD_ECPOINT)));
    }

    #[test]
    fn signed_content_is_randoms_and_parameters() {
        let content = signed_content(&[1; 32], &[2; 32], &sample().parameters);
        assert_eq!(content[..64], [[1; 32], [2; 32]].concat());
        assert_eq!(content[64..68], [3, 0, 29, 32]);
        assert_eq!(content[68..], [7; 32]);
    }
}
