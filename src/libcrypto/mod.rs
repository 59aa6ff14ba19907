//! Safe, owned wrappers over `libcrypto.so.3`: the objects that programs hand us and expect back.
//!
//! Two files are about AWS-LC, for what `aws-lc-rs` has no safe form of: `gcm_in_pieces` and `sha`.
//!
//! Each wrapper owns one reference and gives it back when it is dropped; `from_owned` takes over a
//! reference, `from_borrowed` takes another one. `unsafe` ends here.

#![allow(unsafe_code)]

pub mod agreement;
pub mod async_job;
pub mod bio;
pub mod cipher;
pub mod clock;
pub mod configuration;
pub mod credential_file;
pub mod ct;
pub mod dane;
pub mod digest;
pub mod engine;
pub mod environment;
pub mod error_queue;
pub mod evp_pkey;
pub mod ex_data;
pub mod fetched;
pub mod gcm_in_pieces;
pub mod hash_table;
pub mod known_signatures;
pub mod library;
pub mod mac;
pub mod memory;
pub mod name;
pub mod ocsp;
pub mod panics;
pub mod parameters;
pub mod pem_file;
pub(crate) mod plain_key;
pub mod pointer_stack;
pub mod prime;
pub mod provided_group;
pub mod rsa_transport;
#[cfg(test)]
pub mod secrets_under_valgrind;
pub mod sha;
pub mod side_stack;
pub mod srp;
pub mod stack;
pub mod store;
pub(crate) mod sys;
pub mod system_error;
#[cfg(test)]
pub mod system_libssl;
mod thread_stack;
pub mod ticket_cipher;
pub mod uri;
pub mod verify_param;
pub mod x509;
