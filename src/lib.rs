//! FerroSSL: `libssl.so.3` written anew in Rust.
//!
//! The same C ABI, soname, symbol versions, return values and error codes as OpenSSL 3, with a
//! memory-safe TLS core inside. The system's `libcrypto.so.3` stays: certificates, BIOs, keys and the
//! error queue are its objects, because programs hand us pointers to them.
//!
//! # The house
//!
//! A file uses only lower floors or its own folder.
//!
//! | floor | folder | what lives there |
//! |---|---|---|
//! | 0 | [`wire`], [`error`] | reader and writer cursors, code points; what can go wrong |
//! | 0 | [`libcrypto`] | safe owned wrappers over `libcrypto.so.3` (unsafe) |
//! | 1 | [`crypto`] | the primitives as TLS uses them, and the tables of suites, groups, signature schemes |
//! | 2 | [`record`] | the record layer |
//! | 2 | [`message`] | one file a handshake message, one file an extension |
//! | 3 | [`key_schedule`] | the secrets of TLS 1.3 and 1.2, the exporters, key log lines |
//! | 3 | [`policy`] | what is allowed and what is preferred: an immutable snapshot per connection |
//! | 3 | [`session`] | the session value, its ASN.1 form, tickets, the cache |
//! | 4 | [`handshake`] | the state machines of client and server, and why they pause |
//! | 5 | [`connection`] | sans-IO: bytes in, bytes out; read, write, shutdown |
//! | 6 | [`object`] | what the C handles point to, the callbacks, the driver (unsafe) |
//! | 7 | [`capi`] | the `extern "C"` functions, one file a man-page family (unsafe) |
//!
//! Beside the house stands `fuzzing`, the targets of the fuzzer: part of the unit tests and of the fuzzer's program, not of the library.
//!
//! # The keystone
//!
//! OpenSSL's callbacks re-enter the library. A `&mut` held over such a call is undefined behaviour and
//! a lock held over it is a deadlock. So the core (floors 1 to 5) calls nobody: a handshake that needs
//! something from the program returns a [`handshake::want::Want`], the driver in [`object`] drops its
//! borrow, does the thing in C, and hands the answer back.

#![deny(unsafe_code, unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]

#[cfg(all(feature = "panic-test", not(debug_assertions)))]
compile_error!("panics on demand are for debug builds");

pub mod capi;
pub mod connection;
pub mod crypto;
pub mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod handshake;
pub mod key_schedule;
pub mod libcrypto;
pub mod message;
pub mod object;
pub mod policy;
pub mod record;
pub mod session;
pub mod wire;
