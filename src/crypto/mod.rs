//! The primitives as TLS uses them, and the tables of what exists: suites, groups, signature schemes.
//!
//! The bulk and the key exchange run on `aws-lc-rs`. What it lacks is asked of libcrypto by the driver
//! (a signature by a key that cannot be exported, say), but for MD5, which is libcrypto's as well: nothing here calls
//! C that could call back.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod aead;
pub mod cbc;
pub(crate) mod der;
pub mod dhe;
pub mod group;
pub mod hash;
pub mod hkdf;
pub mod hmac;
pub mod key_exchange;
pub(crate) mod pem;
pub mod prf;
pub mod rand;
pub mod secret;
pub mod signature;
pub mod signature_scheme;
pub mod suite;
mod suite_flight;
mod suite_table;
#[cfg(fuzzing)]
pub mod unprotected;

#[cfg(test)]
pub(crate) mod test_data;
