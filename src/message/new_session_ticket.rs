//! NewSessionTicket, in the forms of TLS 1.3 (RFC 8446 §4.6.1) and TLS 1.2 (RFC 5077 §3.3).

use super::{Message, extension::Extensions};
use crate::error::Result;

/// A TLS 1.3 NewSessionTicket.
#[derive(Clone, Debug)]
pub struct NewSessionTicket13 {
    /// `ticket_lifetime` in seconds.
    pub lifetime: u32,
    /// `ticket_age_add`.
    pub age_add: u32,
    /// `ticket_nonce`.
    pub nonce: Vec<u8>,
    /// `ticket`; at least one byte.
    pub ticket: Vec<u8>,
    /// Its extensions (`early_data`).
    pub extensions: Extensions,
}

impl NewSessionTicket13 {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}

/// A TLS 1.2 NewSessionTicket.
#[derive(Clone, Debug)]
pub struct NewSessionTicket12 {
    /// `ticket_lifetime_hint` in seconds.
    pub lifetime_hint: u32,
    /// `ticket`; may be empty.
    pub ticket: Vec<u8>,
}

impl NewSessionTicket12 {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}
