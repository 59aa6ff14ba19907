//! What the program's info, message and key log callbacks are told, queued in order: the driver delivers
//! between steps, when nothing is borrowed.

use std::collections::VecDeque;

use super::position::Position;
use crate::{
    record::{HEADER_LENGTH, Outbound},
    wire::{AlertDescription, AlertLevel, ContentType, ExtensionType, ProtocolVersion},
};

/// `SSL3_RT_HEADER`: the message callback's content type of a record's header.
const RECORD_HEADER: i32 = 256;
/// `SSL3_RT_INNER_CONTENT_TYPE`: its content type of what a record of TLS 1.3 hides.
const INNER_CONTENT_TYPE: i32 = 257;

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// We received it.
    Read,
    /// We sent it.
    Write,
}

/// Something to tell the program.
#[derive(Clone, Debug)]
pub enum Event {
    /// Renegotiations began: as many as `SSL_CTX_sess_accept_renegotiate(3)` and its like count for it.
    Renegotiation(u64),
    /// A handshake begins in this position (`SSL_CB_HANDSHAKE_START`).
    HandshakeStart(Position),
    /// A server found a session to resume, or does not resume it after all: what `SSL_get_verify_result(3)` says from here on.
    VerifyResult(i64),
    /// A handshake ended (`SSL_CB_HANDSHAKE_DONE`).
    HandshakeDone,
    /// A message after the handshake was dealt with (`SSL_CB_CONNECT_EXIT`, `SSL_CB_ACCEPT_EXIT`).
    MessageDone,
    /// The state machine left a state for this position (`SSL_CB_CONNECT_LOOP`, `SSL_CB_ACCEPT_LOOP`).
    Position(Position),
    /// An alert (`SSL_CB_READ_ALERT`, `SSL_CB_WRITE_ALERT`).
    Alert(Direction, AlertLevel, AlertDescription),
    /// A message or record header, for the message callback: its bytes, and the version and content type that
    /// `SSL_CTX_set_msg_callback(3)` describes (`SSL3_RT_HEADER` is 256, `SSL3_RT_INNER_CONTENT_TYPE` 257).
    Message {
        /// Which way.
        direction: Direction,
        /// The version argument of the callback.
        version: i32,
        /// The content type argument of the callback.
        content_type: i32,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// DTLS: the program says how long the retransmission timer runs, which ran for so many microseconds; 0 at first
    /// (`DTLS_set_timer_cb`).
    Timer(u32),
    /// An extension that the peer sent, for `SSL_set_tlsext_debug_callback`.
    Extension(ExtensionType, Vec<u8>),
    /// A line of the key log, with its line end left out.
    KeyLog(String),
}

impl Event {
    /// A protocol message for the message callback.
    #[must_use]
    pub fn message(direction: Direction, version: u16, content_type: ContentType, bytes: &[u8]) -> Self {
        Self::Message {
            direction,
            version: version.into(),
            content_type: content_type.0.into(),
            bytes: bytes.to_vec(),
        }
    }

    /// The header of a record for the message callback.
    #[must_use]
    pub fn header(direction: Direction, header: [u8; HEADER_LENGTH]) -> Self {
        let [_, major, minor, ..] = header;
        Self::Message {
            direction,
            version: u16::from_be_bytes([major, minor]).into(),
            content_type: RECORD_HEADER,
            bytes: header.to_vec(),
        }
    }

    /// As [`Self::header`], in DTLS, where OpenSSL tells no version.
    #[must_use]
    pub fn datagram_header(direction: Direction, header: &[u8]) -> Self {
        Self::Message { direction, version: 0, content_type: RECORD_HEADER, bytes: header.to_vec() }
    }

    /// What a record of TLS 1.3 hides, for the message callback.
    #[must_use]
    pub fn inner_type(direction: Direction, version: ProtocolVersion, content_type: ContentType) -> Self {
        Self::Message {
            direction,
            version: version.0.into(),
            content_type: INNER_CONTENT_TYPE,
            bytes: vec![content_type.0],
        }
    }
}

/// The queue.
pub type Events = VecDeque<Event>;

/// Queues what the message callback is told of the records of this type that were sealed since the outbound `mark`.
pub fn note_sealed(events: &mut Events, outbound: &Outbound, mark: usize, content_type: ContentType) {
    let hidden = outbound.hides_type() && content_type != ContentType::CHANGE_CIPHER_SPEC;
    for header in outbound.headers_since(mark) {
        events.push_back(Event::header(Direction::Write, header));
        if hidden {
            events.push_back(Event::inner_type(Direction::Write, ProtocolVersion::TLS1_2, content_type));
        }
    }
}
