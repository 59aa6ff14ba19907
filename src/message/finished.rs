//! Finished (RFC 8446 §4.4.4, RFC 5246 §7.4.9): `verify_data` and nothing else.

use super::Message;
use crate::wire::HandshakeType;

/// The whole message. Reading is a comparison in constant time, where the expected value is known.
#[must_use]
pub fn write(verify_data: &[u8]) -> Message {
    Message::build(HandshakeType::FINISHED, |body| body.bytes(verify_data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_is_the_verify_data() {
        let message = write(&[7; 12]);
        assert_eq!(message.handshake_type(), HandshakeType::FINISHED);
        assert_eq!(message.body(), [7; 12]);
    }
}
