//! ServerKeyExchange (RFC 5246 §7.4.3): the server's half of the key exchange (of elliptic curves: RFC 8422 §5.4; with a
//! pre-shared key: RFC 4279 §2, §3, RFC 5489 §2), and where the suite has a certificate sign it, a signature over the randoms
//! and that half.

use super::{Message, client_key_exchange::MAX_IDENTITY_LENGTH, parse};
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
    /// `ServerDHParams` (RFC 5246 §7.4.3): big-endian numbers.
    Dh {
        /// The prime.
        prime: Vec<u8>,
        /// The generator.
        generator: Vec<u8>,
        /// The server's public key.
        public: Vec<u8>,
    },
    /// `ServerSRPParams` (RFC 5054 §2.8.3).
    Srp(SrpParameters),
    /// What goes with a pre-shared key (RFC 4279 §2).
    Psk {
        /// The hint which one the server wants; may be empty.
        hint: Vec<u8>,
        /// The server's half of the key exchange besides.
        exchange: Option<Box<Parameters>>,
    },
}

/// The server's half of SRP; numbers are big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrpParameters {
    /// `N`.
    pub modulus: Vec<u8>,
    /// `g`.
    pub generator: Vec<u8>,
    /// `s`.
    pub salt: Vec<u8>,
    /// `B`.
    pub public: Vec<u8>,
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
            if !signed && !reader.is_empty() {
                return Err(Error::decode(Reason::EXTRA_DATA_IN_MESSAGE));
            }
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
    /// The group, if it is an exchange on one.
    #[must_use]
    pub fn group(&self) -> Option<NamedGroup> {
        match self {
            Self::Ecdh { group, .. } => Some(*group),
            Self::Psk { exchange, .. } => exchange.as_ref()?.group(),
            Self::Dh { .. } | Self::Srp(_) => None,
        }
    }

    fn read(reader: &mut Reader<'_>, key_exchange: KeyExchangeAlgorithm) -> Result<Self> {
        match key_exchange {
            KeyExchangeAlgorithm::Ecdhe => Self::read_ecdh(reader),
            KeyExchangeAlgorithm::Dhe => Self::read_dh(reader),
            KeyExchangeAlgorithm::Psk | KeyExchangeAlgorithm::RsaPsk => Self::read_psk(reader, None),
            KeyExchangeAlgorithm::Srp => Ok(Self::Srp(SrpParameters {
                modulus: reader.vec16()?.to_vec(),
                generator: reader.vec16()?.to_vec(),
                salt: reader.vec8()?.to_vec(),
                public: reader.vec16()?.to_vec(),
            })),
            KeyExchangeAlgorithm::EcdhePsk => Self::read_psk(reader, Some(Self::read_ecdh)),
            KeyExchangeAlgorithm::DhePsk => Self::read_psk(reader, Some(Self::read_dh)),
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

    fn read_dh(reader: &mut Reader<'_>) -> Result<Self> {
        let mut number = || Ok(reader.vec16()?.to_vec());
        Ok(Self::Dh { prime: number()?, generator: number()?, public: number()? })
    }

    fn read_psk(
        reader: &mut Reader<'_>,
        exchange: Option<fn(&mut Reader<'_>) -> Result<Self>>,
    ) -> Result<Self> {
        let hint = reader.vec16()?.to_vec();
        // OpenSSL's bound of hints and identities.
        if hint.len() > MAX_IDENTITY_LENGTH {
            return Err(Error::handshake_failure(Reason::DATA_LENGTH_TOO_LONG));
        }
        let exchange = exchange.map(|read| read(reader)).transpose()?;
        Ok(Self::Psk { hint, exchange: exchange.map(Box::new) })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Ecdh { group, public } => {
                writer.u8(NAMED_CURVE);
                writer.u16(*group);
                writer.vec8(|point| point.bytes(public));
            }
            Self::Dh { prime, generator, public } => {
                for number in [prime, generator, public] {
                    writer.vec16(|bytes| bytes.bytes(number));
                }
            }
            Self::Srp(SrpParameters { modulus, generator, salt, public }) => {
                writer.vec16(|number| number.bytes(modulus));
                writer.vec16(|number| number.bytes(generator));
                writer.vec8(|number| number.bytes(salt));
                writer.vec16(|number| number.bytes(public));
            }
            Self::Psk { hint, exchange } => {
                writer.vec16(|identity_hint| identity_hint.bytes(hint));
                if let Some(exchange) = exchange {
                    exchange.write(writer);
                }
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
    fn parameters_with_a_psk_survive_a_round_trip() {
        let plain = Parameters::Psk { hint: b"hint".to_vec(), exchange: None };
        let sample = sample().parameters;
        let beside = Parameters::Psk { hint: Vec::new(), exchange: Some(Box::new(sample)) };
        for (parameters, algorithm) in
            [(plain, KeyExchangeAlgorithm::Psk), (beside, KeyExchangeAlgorithm::EcdhePsk)]
        {
            let read = |body: &[u8]| ServerKeyExchange::read(body, algorithm, ProtocolVersion::TLS1_2, false);
            let exchange = ServerKeyExchange { parameters, signature: None };
            let message = exchange.write();
            assert_eq!(read(message.body()), Ok(exchange));
            for length in 0..message.body().len() {
                assert!(read(&message.body()[..length]).is_err());
            }
            let longer = [message.body(), &[0]].concat();
            assert_eq!(read(&longer), Err(Error::decode(Reason::EXTRA_DATA_IN_MESSAGE)));
        }
    }

    #[test]
    fn numbers_survive_a_round_trip() {
        let parameters = Parameters::Dh { prime: vec![0, 23], generator: vec![5], public: vec![8] };
        for signed in [false, true] {
            let read = |body| {
                ServerKeyExchange::read(body, KeyExchangeAlgorithm::Dhe, ProtocolVersion::TLS1_2, signed)
            };
            let signature = sample().signature.filter(|_| signed);
            let sent = ServerKeyExchange { parameters: parameters.clone(), signature };
            let message = sent.write();
            assert_eq!(read(message.body()), Ok(sent));
            assert_strict(message.body().to_vec().leak(), &[], read);
        }
    }

    #[test]
    fn parameters_of_srp_survive_a_round_trip() {
        let read = |body: &[u8]| {
            ServerKeyExchange::read(body, KeyExchangeAlgorithm::Srp, ProtocolVersion::TLS1_2, false)
        };
        let parameters = Parameters::Srp(SrpParameters {
            modulus: vec![7; 128],
            generator: vec![2],
            salt: vec![9; 20],
            public: vec![5; 128],
        });
        let exchange = ServerKeyExchange { parameters, signature: None };
        let message = exchange.write();
        assert_eq!(read(message.body()), Ok(exchange));
        for length in 0..message.body().len() {
            assert!(read(&message.body()[..length]).is_err());
        }
    }

    #[test]
    fn hint_longer_than_256_bytes_is_refused() {
        let read = |hint: &[u8]| {
            let parameters = Parameters::Psk { hint: hint.to_vec(), exchange: None };
            let message = ServerKeyExchange { parameters, signature: None }.write();
            ServerKeyExchange::read(message.body(), KeyExchangeAlgorithm::Psk, ProtocolVersion::TLS1_2, false)
        };
        assert!(read(&[1; 256]).is_ok());
        assert_eq!(read(&[1; 257]), Err(Error::handshake_failure(Reason::DATA_LENGTH_TOO_LONG)));
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
