//! EncryptedExtensions (RFC 8446 §4.3.1).

use super::{Message, extension::Extensions, parse};
use crate::{error::Result, wire::HandshakeType};

/// Parses a body.
pub fn read(body: &[u8]) -> Result<Extensions> {
    parse(body, Extensions::read)
}

/// The whole message.
#[must_use]
pub fn write(extensions: &Extensions) -> Message {
    Message::build(HandshakeType::ENCRYPTED_EXTENSIONS, |body| extensions.write(body))
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};
    use crate::wire::ExtensionType;

    #[test]
    fn message_survives_a_round_trip() {
        let mut extensions = Extensions::new();
        assert_eq!(read(write(&extensions).body()).as_ref(), Ok(&extensions));
        extensions.add(ExtensionType::SERVER_NAME, |_| ());
        let message = write(&extensions);
        assert_eq!(message.handshake_type(), HandshakeType::ENCRYPTED_EXTENSIONS);
        assert_eq!(read(message.body()).as_ref(), Ok(&extensions));
        assert_strict(message.body(), &[], read);
    }
}
