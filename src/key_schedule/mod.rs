//! The secrets of a connection: TLS 1.3 (RFC 8446 §7), TLS 1.2 (RFC 5246 §6.3, §8.1, RFC 7627), the
//! exporters (RFC 8446 §7.5, RFC 5705), and the lines of a key log (draft-ietf-tls-keylogfile).

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod key_log;
pub mod tls12;
pub mod tls13;

#[cfg(test)]
mod rfc8448;
