//! ServerHello and HelloRetryRequest, which have one form (RFC 8446 §4.1.3, §4.1.4, RFC 5246 §7.4.1.3).

use super::{Message, extension::Extensions, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{CipherSuite, HandshakeType, ProtocolVersion},
};

/// The `random` that makes a ServerHello a HelloRetryRequest (RFC 8446 §4.1.3).
pub const HELLO_RETRY_REQUEST_RANDOM: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// A ServerHello or HelloRetryRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// `legacy_version`.
    pub legacy_version: ProtocolVersion,
    /// `random`.
    pub random: [u8; 32],
    /// `legacy_session_id_echo`.
    pub session_id: Vec<u8>,
    /// `cipher_suite`.
    pub cipher_suite: CipherSuite,
    /// `legacy_compression_method`.
    pub compression_method: u8,
    /// The extensions in their order.
    pub extensions: Extensions,
}

impl ServerHello {
    /// Whether it is a HelloRetryRequest.
    #[must_use]
    pub fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_REQUEST_RANDOM
    }

    /// Parses a body; a TLS 1.2 hello may end after the compression method. A session ID of more than 32
    /// bytes is `illegal_parameter` with `SSL_R_SSL3_SESSION_ID_TOO_LONG`.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| {
            let legacy_version = reader.u16()?.into();
            let random = reader.array()?;
            let session_id = reader.vec8()?;
            if session_id.len() > 32 {
                return Err(Error::illegal(Reason::SSL3_SESSION_ID_TOO_LONG));
            }
            Ok(Self {
                legacy_version,
                random,
                session_id: session_id.to_vec(),
                cipher_suite: reader.u16()?.into(),
                compression_method: reader.u8()?,
                extensions: if reader.is_empty() {
                    Extensions::new()
                } else {
                    Extensions::read_last(reader)?
                },
            })
        })
    }

    /// The whole message. Without any extension the extensions block is left out (TLS 1.2).
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::SERVER_HELLO, |body| {
            body.u16(self.legacy_version);
            body.bytes(&self.random);
            body.vec8(|session_id| session_id.bytes(&self.session_id));
            body.u16(self.cipher_suite);
            body.u8(self.compression_method);
            if !self.extensions.is_empty() {
                self.extensions.write(body);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};
    use crate::wire::ExtensionType;

    fn sample() -> ServerHello {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType::SUPPORTED_VERSIONS, |data| data.u16(ProtocolVersion::TLS1_3));
        ServerHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: [7; 32],
            session_id: vec![3; 32],
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            compression_method: 0,
            extensions,
        }
    }

    #[test]
    fn hello_survives_a_round_trip() {
        let message = sample().write();
        assert_eq!(message.handshake_type(), HandshakeType::SERVER_HELLO);
        assert_eq!(ServerHello::read(message.body()), Ok(sample()));
        let end_of_compression_method = 2 + 32 + 33 + 2 + 1;
        assert_strict(message.body(), &[end_of_compression_method], ServerHello::read);
    }

    #[test]
    fn hello_without_extensions_survives_a_round_trip() {
        let hello = ServerHello { extensions: Extensions::new(), ..sample() };
        assert_eq!(ServerHello::read(hello.write().body()).as_ref(), Ok(&hello));
    }

    #[test]
    fn session_id_of_33_bytes_is_illegal_parameter() {
        let hello = ServerHello { session_id: vec![0; 33], ..sample() };
        assert_eq!(
            ServerHello::read(hello.write().body()),
            Err(Error::illegal(Reason::SSL3_SESSION_ID_TOO_LONG))
        );
    }

    #[test]
    fn hello_with_the_special_random_is_a_retry_request() {
        assert!(!sample().is_hello_retry_request());
        assert!(ServerHello { random: HELLO_RETRY_REQUEST_RANDOM, ..sample() }.is_hello_retry_request());
    }
}
