//! The record layer as a handshake sees it: messages go out and come in.

use super::dtls::Datagrams;
use crate::{
    error::{Error, Result},
    message::Message,
    record::{CryptoStream, Inbound, MessageJoiner, Outbound},
    wire::{ContentType, HandshakeType, ProtocolVersion},
};

/// What a test puts in place of a message or a ChangeCipherSpec that goes out.
#[cfg(test)]
pub type Tamper = Box<dyn FnMut(ContentType, &[u8]) -> Vec<(ContentType, Vec<u8>)> + Send + Sync>;

/// Both directions of the record layer, and the joiner of handshake messages.
pub struct Records {
    /// What comes in.
    pub inbound: Inbound,
    /// What goes out.
    pub outbound: Outbound,
    /// Handshake fragments on their way to be messages.
    pub joiner: MessageJoiner,
    /// DTLS: what stands in for all of these.
    pub datagrams: Option<Box<Datagrams>>,
    /// What takes the place of records inside QUIC.
    pub crypto_stream: Option<CryptoStream>,
    /// A test is the attacker at this end.
    #[cfg(test)]
    pub tamper: Option<Tamper>,
}

impl Records {
    /// Nothing sent, nothing received.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inbound: Inbound::new(),
            outbound: Outbound::new(),
            joiner: MessageJoiner::default(),
            datagrams: None,
            crypto_stream: None,
            #[cfg(test)]
            tamper: None,
        }
    }

    /// The same, for DTLS.
    #[must_use]
    pub fn of_datagrams() -> Self {
        Self { datagrams: Some(Box::default()), ..Self::new() }
    }

    /// The version is negotiated: record headers carry it from now on.
    pub fn set_version(&mut self, version: ProtocolVersion) {
        match &mut self.datagrams {
            None => {
                self.inbound.set_version(version);
                self.outbound.set_version(version);
            }
            Some(datagrams) => {
                datagrams.inbound.set_version(version);
                datagrams.outbound.set_version(version);
            }
        }
    }

    /// The most bytes of content that a record may have that we take, and that the peer takes.
    pub fn set_limits(&mut self, own: usize, peer: usize) {
        match &mut self.datagrams {
            None => {
                self.inbound.set_limit(own);
                self.outbound.set_limit(peer);
            }
            Some(datagrams) => {
                datagrams.inbound.set_limit(own);
                datagrams.outbound.set_limit(peer);
            }
        }
    }

    /// The most bytes of content that the peer takes in a record.
    #[must_use]
    pub fn peer_limit(&self) -> usize {
        match &self.datagrams {
            None => self.outbound.limit(),
            Some(datagrams) => datagrams.outbound.limit(),
        }
    }

    /// The next whole message, if there is one; `limit` is that of [`MessageJoiner::pop`], and is kept in DTLS elsewhere.
    pub fn pop_message(&mut self, limit: impl Fn(HandshakeType, bool) -> usize) -> Result<Option<Message>> {
        match &mut self.datagrams {
            None => match self.joiner.pop(limit)? {
                None => Ok(None),
                Some(bytes) => Message::from_bytes(bytes).map(Some).ok_or(Error::internal()),
            },
            Some(datagrams) => Ok(datagrams.pop_message()),
        }
    }

    /// What is left of the record opened last.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        match &self.datagrams {
            None => self.inbound.plaintext(),
            Some(datagrams) => datagrams.inbound.plaintext(),
        }
    }

    /// The content type of the record opened last, while something is left of it.
    #[must_use]
    pub fn content_type(&self) -> Option<ContentType> {
        match &self.datagrams {
            None => self.inbound.content_type(),
            Some(datagrams) => datagrams.inbound.content_type(),
        }
    }

    /// Takes `count` bytes off the front of [`Self::plaintext`].
    pub fn consume(&mut self, count: usize) {
        match &mut self.datagrams {
            None => self.inbound.consume(count),
            Some(datagrams) => datagrams.inbound.consume(count),
        }
    }

    /// How many received bytes wait that were not opened yet.
    #[must_use]
    pub fn unprocessed(&self) -> usize {
        match &self.datagrams {
            None => self.inbound.unprocessed(),
            Some(datagrams) => datagrams.inbound.unprocessed(),
        }
    }

    /// Whether sealed bytes wait to be written.
    #[must_use]
    pub fn has_outgoing(&self) -> bool {
        if let Some(stream) = &self.crypto_stream {
            return !stream.is_empty();
        }
        match &self.datagrams {
            None => !self.outbound.pending().is_empty() || self.outbound.has_unsealed(),
            Some(datagrams) => !datagrams.outbound.is_empty(),
        }
    }
}

impl Default for Records {
    fn default() -> Self {
        Self::new()
    }
}
