//! Renegotiation of TLS 1.2 as the program asks for it and counts it (`SSL_key_update(3)`, `SSL_num_renegotiations`).

use core::sync::atomic::Ordering;

use super::Ssl;
use crate::{connection::Connection, error::Error, handshake::Renegotiation, record::Side};

impl Ssl {
    /// Asks for a renegotiation; the next call that reads, writes or does a handshake begins it. Errors: as
    /// [`Connection::renegotiate`].
    pub fn renegotiate(&self, kind: Renegotiation) -> Result<(), Error> {
        let environment = self.environment();
        self.with_connection(|connection| connection.renegotiate(&environment, kind))
    }

    /// Whether a renegotiation was asked for and is not complete.
    #[must_use]
    pub fn renegotiation_pending(&self) -> bool {
        self.with_connection(|connection| connection.renegotiation_pending())
    }

    /// `SSL_num_renegotiations` (ctrl 10).
    #[must_use]
    pub fn renegotiations(&self) -> u64 {
        self.with_connection(|connection| connection.renegotiations())
    }

    /// `SSL_clear_num_renegotiations` (ctrl 11): the number until now.
    pub fn clear_renegotiations(&self) -> u64 {
        self.with_connection(Connection::clear_renegotiations)
    }

    /// `SSL_total_renegotiations` (ctrl 12).
    #[must_use]
    pub fn total_renegotiations(&self) -> u64 {
        self.with_connection(|connection| connection.total_renegotiations())
    }

    /// For `SSL_CTX_sess_connect_renegotiate(3)` and `SSL_CTX_sess_accept_renegotiate(3)`.
    pub(super) fn count_renegotiations(&self, count: u64) {
        let context = self.context();
        let counter = match self.side() {
            Side::Client => &context.statistics.connect_renegotiate,
            Side::Server => &context.statistics.accept_renegotiate,
        };
        counter.fetch_add(count, Ordering::Relaxed);
    }
}
