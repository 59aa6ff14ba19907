//! ClientKeyExchange of ECDHE suites (RFC 8422 §5.7): the client's point.

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::HandshakeType,
};

/// Parses a body: the client's public key, at least one byte.
pub fn read_ecdhe(body: &[u8]) -> Result<Vec<u8>> {
    parse(body, |reader| match reader.vec8()? {
        [] => Err(Error::decode(Reason::LENGTH_MISMATCH)),
        public => Ok(public.to_vec()),
    })
}

/// The whole message.
#[must_use]
pub fn write_ecdhe(public: &[u8]) -> Message {
    Message::build(HandshakeType::CLIENT_KEY_EXCHANGE, |body| body.vec8(|point| point.bytes(public)))
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn message_survives_a_round_trip() {
        let message = write_ecdhe(&[7; 32]);
        assert_eq!(message.handshake_type(), HandshakeType::CLIENT_KEY_EXCHANGE);
        assert_eq!(read_ecdhe(message.body()), Ok(vec![7; 32]));
        assert_strict(message.body(), &[], read_ecdhe);
    }

    #[test]
    fn empty_point_is_decode_error() {
        assert_eq!(read_ecdhe(&[0]), Err(Error::decode(Reason::LENGTH_MISMATCH)));
    }
}
