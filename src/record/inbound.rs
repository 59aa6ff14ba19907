//! Received bytes: whole records out of a byte stream, opened in place or into the caller's buffer.

use super::RecordKeys;
use crate::{
    error::Result,
    wire::{ContentType, ProtocolVersion},
};

/// Bytes that came, and the keys to open them with.
pub struct Inbound {}

/// A record that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Its plaintext (this many bytes, application data) was written to the caller's buffer.
    Direct(usize),
    /// Its plaintext waits in [`Inbound::plaintext`]; the content type says what it is.
    Buffered(ContentType),
}

impl Inbound {
    /// Empty, without keys.
    #[must_use]
    pub fn new() -> Self {
        todo!()
    }

    /// How many bytes lack until the next record is whole: the header first, then the body. 0 when one
    /// is whole. A header that is no TLS record, or announces too much, fails here: `SSL_R_WRONG_VERSION_NUMBER`,
    /// `SSL_R_HTTP_REQUEST`, `SSL_R_HTTPS_PROXY_REQUEST` before the first record (as OpenSSL tells them),
    /// `record_overflow` with `SSL_R_PACKET_LENGTH_TOO_LONG`/`SSL_R_ENCRYPTED_LENGTH_TOO_LONG`.
    pub fn missing(&self) -> Result<usize> {
        todo!()
    }

    /// Takes the buffer out, with room for at least `missing` bytes more after what it holds (for as much
    /// as a whole record and more when `read_ahead`): the driver fills it while nothing here is borrowed.
    #[must_use]
    pub fn take_buffer(&mut self, missing: usize, read_ahead: bool) -> Vec<u8> {
        todo!()
    }

    /// Puts the buffer back; bytes appended to it are what was received.
    pub fn return_buffer(&mut self, buffer: Vec<u8>) {
        todo!()
    }

    /// Opens the next record if one is whole. With `direct`, application data that fits is decrypted straight
    /// into it. `None`: more bytes are needed. Must not be called while [`Self::plaintext`] is not empty.
    /// Errors: `bad_record_mac` with `SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC`; `record_overflow` with
    /// `SSL_R_DATA_LENGTH_TOO_LONG`; `unexpected_message` with `SSL_R_BAD_RECORD_TYPE` for an unknown or
    /// unexpected content type; more than 32 records in a row without content, `SSL_R_RECORD_TOO_SMALL`.
    /// In TLS 1.3 an unprotected `change_cipher_spec` record of one byte 1 is given out as such (the
    /// handshake decides whether it is allowed).
    pub fn open(&mut self, direct: Option<&mut [u8]>) -> Result<Option<Opened>> {
        todo!()
    }

    /// What is left of the record opened last.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        todo!()
    }

    /// The content type of the record opened last, while [`Self::plaintext`] is not empty.
    #[must_use]
    pub fn content_type(&self) -> Option<ContentType> {
        todo!()
    }

    /// Takes `count` bytes off the front of [`Self::plaintext`].
    pub fn consume(&mut self, count: usize) {
        todo!()
    }

    /// How many received bytes wait that were not opened yet.
    #[must_use]
    pub fn unprocessed(&self) -> usize {
        todo!()
    }

    /// The header bytes of the record opened last, for the message callback.
    #[must_use]
    pub fn last_header(&self) -> [u8; 5] {
        todo!()
    }

    /// From the next record on, these keys. The caller makes sure that no handshake bytes of the
    /// old keys are left (RFC 8446 §5.1).
    pub fn set_keys(&mut self, keys: RecordKeys) {
        todo!()
    }

    /// The version that headers must carry once it is negotiated (TLS 1.3 records say 1.2).
    pub fn set_version(&mut self, version: ProtocolVersion) {
        todo!()
    }

    /// Skips undecryptable early data of up to `limit` bytes in all (RFC 8446 §4.2.10): records that fail to
    /// open are dropped until one opens.
    pub fn skip_early_data(&mut self, limit: usize) {
        todo!()
    }

    /// Gives memory back when nothing waits.
    pub fn release(&mut self) {
        todo!()
    }
}
