//! What takes the place of records where TLS runs inside QUIC (RFC 9001 §4): handshake messages, secrets and alerts in the order
//! in which they come about, for a QUIC stack of the program's own (`SSL_set_quic_tls_cbs(3)`). Filled by `handshake`, emptied by
//! the driver.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use crate::wire::AlertDescription;

/// What QUIC protects with keys of its own (RFC 9001 §2.1); the numbers are those of `OSSL_RECORD_PROTECTION_LEVEL_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Level {
    /// Early data.
    Early = 1,
    /// The handshake from ServerHello on.
    Handshake = 2,
    /// Everything after it.
    Application = 3,
}

/// One thing for the QUIC stack.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Handshake bytes, for CRYPTO frames of the level whose write secret came last.
    Data(Vec<u8>),
    /// A secret of a level.
    Secret {
        /// The level.
        level: Level,
        /// Whether we write with it.
        writes: bool,
        /// The traffic secret (RFC 9001 §5.1).
        secret: Zeroizing<Vec<u8>>,
    },
    /// An alert, which becomes an error of QUIC (RFC 9001 §4.8).
    Alert(AlertDescription),
}

/// What waits for the QUIC stack.
#[derive(Default)]
pub struct CryptoStream {
    waiting: VecDeque<Outgoing>,
    /// Whether the QUIC stack looks at one that was taken out: nothing may overtake that.
    is_out: bool,
}

impl CryptoStream {
    /// Adds handshake bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        match self.waiting.back_mut() {
            Some(Outgoing::Data(data)) => data.extend_from_slice(bytes),
            _ => self.waiting.push_back(Outgoing::Data(bytes.to_vec())),
        }
    }

    /// Adds a secret.
    pub fn add_secret(&mut self, level: Level, writes: bool, secret: &[u8]) {
        let secret = Zeroizing::new(secret.to_vec());
        self.waiting.push_back(Outgoing::Secret { level, writes, secret });
    }

    /// Adds an alert.
    pub fn alert(&mut self, description: AlertDescription) {
        self.waiting.push_back(Outgoing::Alert(description));
    }

    /// The next one, taken out; `None` as well until [`Self::give_back`] was called for the last one.
    pub fn take_next(&mut self) -> Option<Outgoing> {
        let next = if self.is_out { None } else { self.waiting.pop_front() };
        self.is_out |= next.is_some();
        next
    }

    /// Whether one is taken out.
    #[must_use]
    pub const fn is_out(&self) -> bool {
        self.is_out
    }

    /// The QUIC stack has looked at what was taken out, and left `rest` of its bytes.
    pub fn give_back(&mut self, rest: &[u8]) {
        self.is_out = false;
        if !rest.is_empty() {
            self.waiting.push_front(Outgoing::Data(rest.to_vec()));
        }
    }

    /// Drops what precedes an alert.
    pub fn keep_alerts(&mut self) {
        self.waiting.retain(|outgoing| matches!(outgoing, Outgoing::Alert(_)));
    }

    /// Drops everything: nobody takes it any more.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Whether nothing waits, nor is looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && !self.is_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_out_in_their_order() {
        let mut stream = CryptoStream::default();
        stream.send(b"Server");
        stream.send(b"Hello");
        stream.add_secret(Level::Handshake, true, b"secret");
        stream.send(b"Finished");
        stream.alert(AlertDescription::INTERNAL_ERROR);
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"ServerHello".to_vec())));
        stream.give_back(b"Hello");
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"Hello".to_vec())));
        stream.give_back(&[]);
        let secret = Zeroizing::new(b"secret".to_vec());
        assert_eq!(
            stream.take_next(),
            Some(Outgoing::Secret { level: Level::Handshake, writes: true, secret })
        );
        stream.give_back(&[]);
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"Finished".to_vec())));
        stream.give_back(&[]);
        assert!(!stream.is_empty());
        stream.clear();
        assert!(stream.is_empty() && stream.take_next().is_none());
    }

    #[test]
    fn nothing_overtakes_what_is_out() {
        let mut stream = CryptoStream::default();
        stream.send(b"first");
        assert!(stream.take_next().is_some());
        assert!(stream.is_out() && !stream.is_empty());
        stream.send(b"second");
        assert!(stream.take_next().is_none());
        stream.give_back(b"st");
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"st".to_vec())));
        stream.give_back(&[]);
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"second".to_vec())));
    }

    #[test]
    fn alert_stays_without_what_precedes_it() {
        let mut stream = CryptoStream::default();
        stream.send(b"ServerHello");
        stream.add_secret(Level::Handshake, true, b"secret");
        stream.alert(AlertDescription::INTERNAL_ERROR);
        stream.keep_alerts();
        assert_eq!(stream.take_next(), Some(Outgoing::Alert(AlertDescription::INTERNAL_ERROR)));
        stream.give_back(&[]);
        assert!(stream.is_empty());
    }
}
