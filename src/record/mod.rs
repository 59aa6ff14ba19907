//! The record layer of TLS (RFC 8446 §5, RFC 5246 §6, RFC 5288, RFC 7905): headers, protection,
//! fragmentation, and the two byte buffers between a connection and its transport.
//!
//! [`dtls`] has its counterpart for datagrams; how a record is protected is the same in both.
//!
//! Nothing here blocks or allocates per record. [`Inbound`] says how many bytes it lacks, so that its owner
//! never reads past the current record; [`Outbound`] collects sealed records until they are written.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod crypto_stream;
pub mod dtls;
mod header;
mod inbound;
mod joiner;
mod mac_protection;
mod outbound;
mod parameters;
mod pool;
mod protection;
#[cfg(test)]
mod round_trip;

pub use crypto_stream::{CryptoStream, Level, Outgoing};
pub use header::{Expected, Header};
pub use inbound::{Inbound, Opened};
pub use joiner::MessageJoiner;
pub use outbound::{Outbound, Unpadded};
pub use parameters::{SecurityParameters, WriteKeys};
pub use protection::RecordKeys;

/// Which side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The most plaintext that a record may carry (RFC 8446 §5.1).
pub const MAX_PLAINTEXT: usize = 16_384;
/// The length of a record header in bytes.
pub const HEADER_LENGTH: usize = 5;
