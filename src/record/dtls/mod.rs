//! The record layer of DTLS (RFC 6347 §4.1, RFC 4347 §4.1): records that come in datagrams, in any order, or not at all.
//!
//! | file | what it does |
//! |---|---|
//! | `header` | the header with its epoch and sequence number |
//! | `replay` | which records came already (RFC 6347 §4.1.2.6) |
//! | `inbound` | datagrams in, what could be opened of them out |
//! | `outbound` | records sealed and packed into datagrams |
//!
//! Nothing that is not authenticated is an error here: it is passed over without a word (RFC 6347 §4.1.2.7), and changes
//! nothing. The protection of a record is that of TLS, under the epoch and the sequence number that it brings.

mod header;
mod inbound;
mod outbound;
mod replay;
#[cfg(test)]
mod round_trip;

pub use header::{HEADER_LENGTH, RecordHeader};
pub use inbound::{DatagramInbound, OpenedRecord};
pub use outbound::DatagramOutbound;
