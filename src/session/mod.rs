//! Sessions: the value that resumption needs, its ASN.1 form, tickets, and the internal cache
//! (RFC 8446 §4.6.1, RFC 5246 §F.1.4, RFC 5077).
//!
//! Nothing here knows what time it is: callers say it.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod asn1;
mod cache;
mod der;
mod id;
mod id_hash;
pub mod ticket;
mod ticket_keys;
mod value;

pub use cache::SessionCache;
pub use id::{Id, MAX_ID_LENGTH};
pub use ticket::TicketKeys;
pub use ticket_keys::TicketKeyRing;
pub use value::{Carried, Chain, PeerChain, Session};
