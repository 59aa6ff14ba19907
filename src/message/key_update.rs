//! KeyUpdate (RFC 8446 §4.6.3).

use super::{Message, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::{HandshakeType, Reader},
};

/// Parses a body: whether an update is requested in return. Another value is `illegal_parameter`, another
/// length `decode_error`, both with `SSL_R_BAD_KEY_UPDATE`.
pub fn read(body: &[u8]) -> Result<bool> {
    match parse(body, Reader::u8) {
        Ok(0) => Ok(false),
        Ok(1) => Ok(true),
        // RFC 8446 §4.6.3: any other value ends the connection with illegal_parameter.
        Ok(_) => Err(Error::illegal(Reason::BAD_KEY_UPDATE)),
        Err(_) => Err(Error::decode(Reason::BAD_KEY_UPDATE)),
    }
}

/// The whole message.
#[must_use]
pub fn write(update_requested: bool) -> Message {
    Message::build(HandshakeType::KEY_UPDATE, |body| body.u8(update_requested.into()))
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn message_survives_a_round_trip() {
        for update_requested in [false, true] {
            let message = write(update_requested);
            assert_eq!(message.handshake_type(), HandshakeType::KEY_UPDATE);
            assert_eq!(read(message.body()), Ok(update_requested));
            assert_strict(message.body(), &[], read);
        }
    }

    #[test]
    fn other_value_is_illegal_parameter() {
        assert_eq!(read(&[2]), Err(Error::illegal(Reason::BAD_KEY_UPDATE)));
    }
}
