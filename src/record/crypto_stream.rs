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
pub struct CryptoStream(VecDeque<Outgoing>);

impl CryptoStream {
    /// Adds handshake bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        match self.0.back_mut() {
            Some(Outgoing::Data(data)) => data.extend_from_slice(bytes),
            _ => self.0.push_back(Outgoing::Data(bytes.to_vec())),
        }
    }

    /// Adds a secret.
    pub fn add_secret(&mut self, level: Level, writes: bool, secret: &[u8]) {
        let secret = Zeroizing::new(secret.to_vec());
        self.0.push_back(Outgoing::Secret { level, writes, secret });
    }

    /// Adds an alert.
    pub fn alert(&mut self, description: AlertDescription) {
        self.0.push_back(Outgoing::Alert(description));
    }

    /// The next one, taken out.
    pub fn take_next(&mut self) -> Option<Outgoing> {
        self.0.pop_front()
    }

    /// Puts back what the QUIC stack did not take.
    pub fn put_back(&mut self, outgoing: Outgoing) {
        self.0.push_front(outgoing);
    }

    /// Drops everything: nobody takes it any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
        stream.put_back(Outgoing::Data(b"Hello".to_vec()));
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"Hello".to_vec())));
        let secret = Zeroizing::new(b"secret".to_vec());
        assert_eq!(
            stream.take_next(),
            Some(Outgoing::Secret { level: Level::Handshake, writes: true, secret })
        );
        assert_eq!(stream.take_next(), Some(Outgoing::Data(b"Finished".to_vec())));
        assert!(!stream.is_empty());
        stream.clear();
        assert!(stream.is_empty() && stream.take_next().is_none());
    }
}
