//! What the C handles point to, the callbacks that programs register, and the driver that lets the
//! sans-IO core and the program's C code meet.
//!
//! | file | what it does |
//! |---|---|
//! | `context` | [`Context`], behind `SSL_CTX` |
//! | `changes` | changes of what threads share, one at a time |
//! | `config` | what `SSL_new` copies from a context to a connection |
//! | `conf` | [`ConfContext`], behind `SSL_CONF_CTX` |
//! | `callbacks` | the types and slots of callbacks |
//! | `cipher_stack` | the suites as the stack that `SSL_get_ciphers` gives out |
//! | `trace` | the text of `SSL_trace` |
//! | `status_request` | responder ids and extensions of a request for an OCSP response |
//! | `suites` | setting the suites by text |
//! | `credentials` | our own certificates and keys as libcrypto's objects and in the core's form |
//! | `own_certificate`, `own_chain`, `credential_files` | setting them, from memory and from files |
//! | `compressed_certificate` | certificates that are compressed ahead |
//! | `certificate_security` | what the security level asks of certificates |
//! | `security`, `security_questions` | the program's security callback: who asks it, and what, in which order |
//! | `custom_extensions` | extensions that the program handles itself, and its callbacks about them |
//! | `server_info` | extensions that a program gives with a certificate |
//! | `server_name` | the name of the server that a client asks for |
//! | `ssl` | [`Ssl`], behind `SSL` |
//! | `listen` | `DTLSv1_listen` |
//! | `library` | what the program's library context offers |
//! | `negotiated` | what was negotiated, under libcrypto's numbers |
//! | `session` | [`SessionHandle`], behind `SSL_SESSION` |
//! | `datagram` | DTLS: datagrams, their size, the retransmission timer |
//! | `dane` | authentication of the server by TLSA records |
//! | `early_data` | `SSL_write_early_data` and `SSL_read_early_data` |
//! | `driver` | runs the core: pumps the BIOs, asks, delivers events |
//! | `ask` | one function per question of the core |
//! | `cookie` | servers that keep no state until a client brings a cookie |
//! | `ca_names` | the CA names that we send and receive |
//! | `core_cell` | where the core is |
//! | `parts`, `thread_lock`, `word` | what several threads may look at of an [`Ssl`] |
//! | `peer` | the peer's certificates and signatures |
//! | `psk` | the program's pre-shared keys |
//! | `srp` | the passwords of SRP |
//! | `trust` | the trust anchors of a context |
//! | `verify` | verification of the peer's chain by libcrypto |
//! | `data` | the short way of application data, where nothing else is to be done |
//! | `io` | handshake, read, write, shutdown and `SSL_get_error` |
//! | `state` | where the handshake is; what the program scheduled |
//! | `ticket` | sealing and opening tickets, with the program's keys or ours |
//! | `transparency` | signed certificate timestamps: the logs that are known, and what the program says |
//! | `transport`, `bio_slot` | the BIOs, and who owns which reference |
//! | `jobs` | operations as asynchronous jobs |
//! | `groups` | lists of groups by text |
//! | `keying` | exported keying material, Finished values |
//! | `renegotiation` | renegotiations that the program asks for, and their count |
//! | `record_padding` | how much padding the program wants for each record |
//! | `session_cache` | the internal cache, and how the program is told what leaves it |
//! | `session_secret` | sessions whose secret only the program knows |
//! | `session_text` | a session as text |
//! | `session_use` | the session of a connection |
//! | `log` | what `FERROSSL_LOG` asks for |
//!
//! # Sharing
//!
//! An `SSL_CTX` is an [`Arc`](std::sync::Arc)`<Context>`, shared by threads; what may be set while connections use it is
//! swapped atomically, never locked. An `SSL` is used by one thread at a time, which is OpenSSL's contract, but callbacks
//! re-enter it, and programs ask for its facts on other threads: its [`parts`] are behind a lock, and neither that nor a
//! borrow of one of them is held while C code runs.

#![allow(unsafe_code)]

pub mod ask;
mod bio_slot;
pub mod ca_names;
pub mod callbacks;
pub mod certificate_security;
pub mod changes;
pub mod check_chain;
pub mod cipher_stack;
pub mod compressed_certificate;
pub mod conf;
pub mod config;
pub mod context;
pub mod cookie;
mod core_cell;
pub mod credential_files;
pub mod credentials;
pub mod custom_extensions;
pub mod dane;
mod data;
pub mod datagram;
pub mod driver;
pub mod early_data;
pub mod groups;
pub mod io;
pub mod jobs;
mod key_exchange;
pub mod keying;
pub mod library;
pub mod listen;
pub mod log;
pub mod negotiated;
pub mod own_certificate;
pub mod own_chain;
pub mod parts;
pub mod peer;
mod peer_certificates;
pub mod psk;
pub mod quic;
mod raw_public_key;
pub mod record_padding;
pub mod renegotiation;
pub mod security;
mod security_questions;
pub mod server_info;
mod server_name;
pub mod session;
pub mod session_cache;
pub mod session_secret;
pub mod session_text;
pub mod session_use;
pub mod srp;
pub mod ssl;
pub mod state;
pub mod status_request;
pub mod suites;
pub mod temporary_dh;
mod thread_lock;
pub mod ticket;
pub mod trace;
pub mod transparency;
pub mod transport;
pub mod trust;
pub mod use_srtp;
pub mod verify;
mod word;

pub use conf::ConfContext;
pub use context::Context;
pub use session::SessionHandle;
pub use ssl::Ssl;

/// The C name of a [`Context`].
#[allow(non_camel_case_types)]
pub type SSL_CTX = Context;
/// The C name of a [`ConfContext`].
#[allow(non_camel_case_types)]
pub type SSL_CONF_CTX = ConfContext;
/// The C name of an [`Ssl`].
pub type SSL = Ssl;
/// The C name of a [`SessionHandle`].
#[allow(non_camel_case_types)]
pub type SSL_SESSION = SessionHandle;
