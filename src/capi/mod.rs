//! The `extern "C"` edge: one file for each family of man pages.
//!
//! A function here converts its pointers once, calls one safe function of [`crate::object`], and converts the result.
//! [`support`] has what they share: the guard that no panic passes, null checks, the export macro.
//!
//! # Safety
//!
//! One contract holds for every function: a pointer is null or what its type says; a handle was given out by this
//! library and not freed; an `SSL` is worked on by one thread at a time, and freed when no other asks for its
//! facts; a buffer holds as many bytes as the length beside
//! it says; a callback has the type that it is registered as. A null pointer where none is allowed fails with
//! `ERR_R_PASSED_NULL_PARAMETER`.

#![allow(unsafe_code, non_snake_case, clippy::missing_safety_doc)]

pub mod alpn;
pub mod async_jobs;
pub mod bio;
pub mod bio_ssl;
pub mod ca_names;
pub mod callbacks;
pub mod certificate;
pub mod certificate_compression;
pub mod cipher;
pub mod cipher_list;
pub mod client_hello;
pub mod compression;
pub mod conf;
pub mod connection;
pub mod context;
pub mod cookie;
pub mod ctrl;
pub mod custom_extensions;
pub mod dane;
pub mod datagram;
pub mod early_data;
pub mod error_strings;
pub mod events;
pub mod ex_data;
#[cfg(any(test, fuzzing))]
pub mod fuzz_end;
pub mod io;
pub mod keying;
pub mod library;
pub mod method;
pub mod next_protocol;
pub mod options;
pub mod peer;
pub mod private_key;
pub mod psk;
pub mod quic_tls;
pub mod raw_public_key;
pub mod record_size;
pub mod renegotiation;
pub mod security;
pub mod server_info;
pub mod server_name;
pub mod session;
pub mod session_cache;
pub mod session_form;
pub mod session_secret;
pub mod session_use;
pub mod sigalgs;
pub mod srp;
pub mod srtp;
pub mod state;
pub mod state_strings;
pub mod support;
pub mod temporary_dh;
mod ticket;
pub mod trace;
pub mod transparency;
pub mod trust;
pub mod verify;
