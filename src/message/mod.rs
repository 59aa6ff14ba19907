//! Handshake messages: one file a message, reading and writing together, and one file an extension
//! under [`extension`] (RFC 8446 §4, RFC 5246 §7.4, RFC 6066, RFC 5077, RFC 5746, RFC 7627).
//!
//! `read` takes a message's body (without the four header bytes), refuses anything that is too short,
//! too long or outside the RFC's bounds with `decode_error`, and keeps unknown code points. `write`
//! gives the whole message with its header.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod brotli;
pub mod certificate;
pub mod certificate_request;
pub mod certificate_status;
pub mod certificate_verify;
pub mod client_hello;
pub mod client_key_exchange;
pub mod compressed_certificate;
pub mod encrypted_extensions;
pub mod extension;
pub mod finished;
pub mod hello_verify_request;
pub mod key_update;
pub mod new_session_ticket;
pub mod next_protocol;
pub mod server_hello;
pub mod server_key_exchange;

use crate::{
    error::{Error, Result},
    wire::{HandshakeType, Reader, Writer},
};

/// Type, length, number, and where a fragment belongs (RFC 6347 §4.2.2).
pub const DATAGRAM_HEADER_LENGTH: usize = 12;

/// What most messages fit in.
const USUAL_LENGTH: usize = 512;

/// One whole handshake message as it came, or as it goes: type, three bytes of length, body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    bytes: Vec<u8>,
    /// A vector in it is longer than its length can say.
    oversized: bool,
    /// DTLS: its number in the handshake (RFC 6347 §4.2.2).
    sequence: Option<u16>,
}

impl Message {
    /// From the bytes of one whole message, header included; `None` if the header does not match.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let [_, a, b, c, body @ ..] = bytes.as_slice() else { return None };
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        (length == body.len()).then_some(Self { bytes, oversized: false, sequence: None })
    }

    /// A message of this type with the body that `write` writes.
    #[must_use]
    pub fn build(handshake_type: HandshakeType, write: impl FnOnce(&mut Writer)) -> Self {
        let mut writer = Writer::behind(Vec::with_capacity(USUAL_LENGTH));
        writer.u8(handshake_type.0);
        writer.vec24(write);
        Self { oversized: writer.is_oversized(), bytes: writer.into_bytes(), sequence: None }
    }

    /// Whether a vector in it is longer than its length can say: it must not be sent.
    #[must_use]
    pub const fn is_oversized(&self) -> bool {
        self.oversized
    }

    /// DTLS: the same with its number in the handshake.
    #[must_use]
    pub fn numbered(self, sequence: u16) -> Self {
        Self { sequence: Some(sequence), ..self }
    }

    /// DTLS: its number in the handshake.
    #[must_use]
    pub const fn sequence(&self) -> Option<u16> {
        self.sequence
    }

    /// DTLS: the header of a message that is sent in one fragment, which is also the header that is hashed (RFC 6347 §4.2.6).
    #[must_use]
    pub fn datagram_header(&self) -> Option<[u8; DATAGRAM_HEADER_LENGTH]> {
        let [kind, a, b, c] = *self.bytes.first_chunk()?;
        let [high, low] = self.sequence?.to_be_bytes();
        Some([kind, a, b, c, high, low, 0, 0, 0, a, b, c])
    }

    /// Its type.
    #[must_use]
    pub fn handshake_type(&self) -> HandshakeType {
        HandshakeType(self.bytes.first().copied().unwrap_or_default())
    }

    /// Its body, without the header.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.bytes.get(4..).unwrap_or_default()
    }

    /// The body if the message is of this type, else `unexpected_message` (RFC 8446 §4).
    pub fn expect(&self, handshake_type: HandshakeType) -> Result<&[u8]> {
        if self.handshake_type() == handshake_type { Ok(self.body()) } else { Err(Error::unexpected()) }
    }

    /// All bytes, header included: what the transcript hashes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All bytes, header included.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Parses all of `bytes`: what `read` leaves over is a `decode_error`.
fn parse<'a, T>(bytes: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// The items of a vector, each read by `read`.
fn items<'a, T>(vector: &'a [u8], read: impl Fn(&mut Reader<'a>) -> Result<T>) -> Result<Vec<T>> {
    let mut reader = Reader::new(vector);
    let mut items = Vec::new();
    while !reader.is_empty() {
        items.push(read(&mut reader)?);
    }
    Ok(items)
}

/// Checks a codec: it takes `bytes`, and refuses them with `decode_error` cut at every length but
/// `allowed_cuts`, and with a byte more.
#[cfg(test)]
fn assert_strict<'a, T>(bytes: &'a [u8], allowed_cuts: &[usize], read: impl Fn(&'a [u8]) -> Result<T>) {
    use crate::wire::AlertDescription;

    assert!(read(bytes).is_ok());
    for length in 0..bytes.len() {
        let alert = read(&bytes[..length]).err().and_then(Error::alert);
        let expected = (!allowed_cuts.contains(&length)).then_some(AlertDescription::DECODE_ERROR);
        assert_eq!(alert, expected, "cut at {length}");
    }
    let longer = [bytes, &[0]].concat().leak();
    assert_eq!(read(longer).err().and_then(Error::alert), Some(AlertDescription::DECODE_ERROR));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_survives_a_round_trip() {
        let message = Message::build(HandshakeType::FINISHED, |body| body.bytes(b"abc"));
        assert_eq!(message.as_bytes(), b"\x14\0\0\x03abc");
        assert_eq!(message.body(), b"abc");
        assert_eq!(message.expect(HandshakeType::FINISHED), Ok(&b"abc"[..]));
        assert_eq!(message.expect(HandshakeType::CERTIFICATE), Err(Error::unexpected()));
        assert_eq!(Message::from_bytes(message.clone().into_bytes()), Some(message));
    }

    #[test]
    fn message_with_a_wrong_length_is_none() {
        assert_eq!(Message::from_bytes(b"\x14\0\0\x03ab".to_vec()), None);
        assert_eq!(Message::from_bytes(b"\x14\0\0\x03abcd".to_vec()), None);
        assert_eq!(Message::from_bytes(b"\x14\0\0".to_vec()), None);
    }
}
