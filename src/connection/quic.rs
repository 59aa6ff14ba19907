//! A connection inside QUIC (RFC 9001 §4): what goes to the QUIC stack and what comes from it takes the place of records.

use super::{Connection, incoming::message_limit};
use crate::{
    error::{Error, Result},
    handshake::Environment,
    record::{CryptoStream, Outgoing},
};

impl Connection {
    /// From now on there are no records. Call before the handshake.
    pub fn use_crypto_stream(&mut self) {
        self.records.crypto_stream = Some(CryptoStream::default());
    }

    /// Whether a QUIC stack carries the handshake.
    #[must_use]
    pub const fn is_in_quic(&self) -> bool {
        self.records.crypto_stream.is_some()
    }

    /// The next thing for the QUIC stack, taken out.
    pub fn next_crypto(&mut self) -> Option<Outgoing> {
        self.records.crypto_stream.as_mut()?.take_next()
    }

    /// Whether one is taken out: a callback of the QUIC stack looks at it.
    #[must_use]
    pub fn crypto_is_out(&self) -> bool {
        self.records.crypto_stream.as_ref().is_some_and(CryptoStream::is_out)
    }

    /// The QUIC stack has looked at what was taken out, and left `rest` of its bytes.
    pub fn give_back_crypto(&mut self, rest: &[u8]) {
        if let Some(stream) = &mut self.records.crypto_stream {
            stream.give_back(rest);
        }
    }

    /// The connection failed: its alert does not wait for what the QUIC stack does not take.
    pub fn keep_alerts_alone(&mut self) {
        if let Some(stream) = &mut self.records.crypto_stream {
            stream.keep_alerts();
        }
    }

    /// The QUIC stack has taken everything.
    pub fn crypto_was_taken(&mut self) {
        self.control_pending = false;
        self.negotiated.all_was_written();
    }

    /// Handshake bytes came, of the level whose read secret came last.
    pub fn receive_crypto(&mut self, environment: &Environment, bytes: &[u8]) -> Result<()> {
        let most = environment.settings.max_cert_list;
        self.records.joiner.push(bytes);
        let limit = |handshake_type, whole| message_limit(handshake_type, whole, most);
        self.records.joiner.check(limit).map(drop).map_err(|error| self.fail(environment, error))
    }

    /// The QUIC stack failed: nothing of what waits for it matters any more, but an alert if the error has one.
    pub fn break_off_crypto(&mut self, environment: &Environment, error: Error) {
        if let Some(stream) = &mut self.records.crypto_stream {
            stream.clear();
        }
        self.fail(environment, error);
    }
}
