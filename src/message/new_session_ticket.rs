//! NewSessionTicket, in the forms of TLS 1.3 (RFC 8446 §4.6.1) and TLS 1.2 (RFC 5077 §3.3).

use super::{Message, extension::Extensions, parse};
use crate::{
    error::{Error, Reason, Result},
    wire::HandshakeType,
};

/// A TLS 1.3 NewSessionTicket.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        parse(body, |reader| {
            let ticket = Self {
                lifetime: reader.u32()?,
                age_add: reader.u32()?,
                nonce: reader.vec8()?.to_vec(),
                ticket: reader.vec16()?.to_vec(),
                extensions: Extensions::read(reader)?,
            };
            if ticket.ticket.is_empty() {
                return Err(Error::decode(Reason::LENGTH_MISMATCH));
            }
            Ok(ticket)
        })
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::NEW_SESSION_TICKET, |body| {
            body.u32(self.lifetime);
            body.u32(self.age_add);
            body.vec8(|nonce| nonce.bytes(&self.nonce));
            body.vec16(|ticket| ticket.bytes(&self.ticket));
            self.extensions.write(body);
        })
    }
}

/// A TLS 1.2 NewSessionTicket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSessionTicket12 {
    /// `ticket_lifetime_hint` in seconds.
    pub lifetime_hint: u32,
    /// `ticket`; may be empty.
    pub ticket: Vec<u8>,
}

impl NewSessionTicket12 {
    /// Parses a body.
    pub fn read(body: &[u8]) -> Result<Self> {
        parse(body, |reader| Ok(Self { lifetime_hint: reader.u32()?, ticket: reader.vec16()?.to_vec() }))
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        Message::build(HandshakeType::NEW_SESSION_TICKET, |body| {
            body.u32(self.lifetime_hint);
            body.vec16(|ticket| ticket.bytes(&self.ticket));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::assert_strict, *};
    use crate::wire::ExtensionType;

    fn sample13() -> NewSessionTicket13 {
        let mut extensions = Extensions::new();
        extensions.add(ExtensionType::EARLY_DATA, |data| data.u32(16384));
        NewSessionTicket13 {
            lifetime: 7200,
            age_add: 0x0102_0304,
            nonce: vec![0; 8],
            ticket: b"ticket".to_vec(),
            extensions,
        }
    }

    #[test]
    fn tls13_ticket_survives_a_round_trip() {
        let message = sample13().write();
        assert_eq!(message.handshake_type(), HandshakeType::NEW_SESSION_TICKET);
        assert_eq!(NewSessionTicket13::read(message.body()), Ok(sample13()));
        assert_strict(message.body(), &[], NewSessionTicket13::read);
    }

    #[test]
    fn empty_tls13_ticket_is_decode_error() {
        let empty = NewSessionTicket13 { ticket: vec![], ..sample13() };
        assert_eq!(
            NewSessionTicket13::read(empty.write().body()),
            Err(Error::decode(Reason::LENGTH_MISMATCH))
        );
    }

    #[test]
    fn tls12_ticket_survives_a_round_trip() {
        for ticket in [b"ticket".to_vec(), vec![]] {
            let ticket = NewSessionTicket12 { lifetime_hint: 300, ticket };
            let message = ticket.write();
            assert_eq!(message.handshake_type(), HandshakeType::NEW_SESSION_TICKET);
            assert_eq!(NewSessionTicket12::read(message.body()), Ok(ticket));
            assert_strict(message.body(), &[], NewSessionTicket12::read);
        }
    }
}
