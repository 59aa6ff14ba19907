//! NextProtocol (draft-agl-tls-nextprotoneg-04 §3): the client's choice, between its ChangeCipherSpec and its Finished.

use super::{Message, parse};
use crate::{error::Result, wire::HandshakeType};

/// What padding makes the length of name, padding and their lengths a multiple of.
const BLOCK: usize = 32;

/// Parses a body: the name, which may be empty. What the padding holds is of no consequence.
pub fn read(body: &[u8]) -> Result<&[u8]> {
    parse(body, |reader| {
        let name = reader.vec8()?;
        reader.vec8()?;
        Ok(name)
    })
}

/// The whole message.
#[must_use]
pub fn write(name: &[u8]) -> Message {
    let padding = BLOCK - (name.len() + 2) % BLOCK;
    Message::build(HandshakeType::NEXT_PROTO, |body| {
        body.vec8(|selected| selected.bytes(name));
        body.vec8(|zeros| zeros.bytes([0; BLOCK].get(..padding).unwrap_or_default()));
    })
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};

    #[test]
    fn message_survives_a_round_trip_and_hides_its_length() {
        for length in [0, 1, 29, 30, 31, 255] {
            let name = vec![b'a'; length];
            let message = write(&name);
            assert_eq!(message.handshake_type(), HandshakeType::NEXT_PROTO);
            assert_eq!(read(message.body()), Ok(&name[..]));
            assert_eq!(message.body().len() % BLOCK, 0);
            assert_strict(message.body().to_vec().leak(), &[], read);
        }
    }
}
