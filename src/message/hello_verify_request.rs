//! HelloVerifyRequest (RFC 6347 §4.2.1): a server's wish that the client come again with a cookie.

use super::{Message, parse};
use crate::{
    error::Result,
    wire::{HandshakeType, ProtocolVersion},
};

/// A HelloVerifyRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelloVerifyRequest {
    /// The version; RFC 6347 §4.2.1 wants DTLS 1.0, whatever will be negotiated.
    pub version: ProtocolVersion,
    /// What the client sends back, at most 255 bytes.
    pub cookie: Vec<u8>,
}

impl HelloVerifyRequest {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| {
            let version = reader.u16()?.into();
            Ok(Self { version, cookie: reader.vec8()?.to_vec() })
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::HELLO_VERIFY_REQUEST, |body| {
            body.u16(self.version);
            body.vec8(|cookie| cookie.bytes(&self.cookie));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn request_survives_a_round_trip() {
        let request = HelloVerifyRequest { version: ProtocolVersion::DTLS1_0, cookie: vec![7; 20] };
        let message = request.write();
        assert_eq!(message.handshake_type(), HandshakeType::HELLO_VERIFY_REQUEST);
        assert_eq!(message.body()[..3], [0xfe, 0xff, 20]);
        assert_eq!(HelloVerifyRequest::read(message.body()), Ok(request));
        assert_strict(message.body(), &[], HelloVerifyRequest::read);
    }
}
