//! The parts of an [`Ssl`] that one thread works on while others may look at them.

use core::{cell::RefCell, ffi::c_char};
use std::{ffi::CString, sync::Arc};

use super::{
    Context, SessionHandle, Ssl,
    bio_slot::BioSlot,
    ca_names::PeerCaNames,
    cipher_stack::CipherStack,
    config::Config,
    peer_certificates::{PeerCertificates, VerifiedChain},
    security::Judged,
    status_request::RequestItems,
    thread_lock::Held,
    transparency::PeerTimestamps,
};
use crate::{
    connection::Connection,
    libcrypto::{evp_pkey::PKey, pointer_stack::PointerStack},
    wire::CipherSuite,
};

/// Behind the lock of the `SSL`. Callbacks re-enter it: no borrow of a part, and no hold of the lock, is alive while C code
/// runs.
pub struct Parts {
    /// The context; `SSL_set_SSL_CTX` changes it.
    pub(super) context: RefCell<Arc<Context>>,
    /// Shared with the context and other connections until something is changed.
    pub(super) config: RefCell<Arc<Config>>,
    pub(super) connection: RefCell<Connection>,
    /// Where to read from.
    pub(super) read_slot: BioSlot,
    /// Where to write to.
    pub(super) write_slot: BioSlot,
    /// The context that DANE was enabled with.
    pub(super) dane_context: RefCell<Option<Arc<Context>>>,
    /// The settings as the security callback leaves them.
    pub(super) judged: RefCell<Option<Judged>>,
    /// What `SSL_get_ciphers` gives.
    pub(super) ciphers: RefCell<CipherStack>,
    /// What `SSL_get_client_ciphers` gives, and what it was made from.
    pub(super) client_ciphers: RefCell<Option<(Vec<CipherSuite>, PointerStack)>>,
    /// The suites of a ClientHello in their wire form, made when the program's ClientHello callback asks.
    pub client_hello_suites: RefCell<Vec<u8>>,
    /// What `SSL_get_servername` gave last.
    pub(super) server_name: RefCell<Option<CString>>,
    /// What `SSL_get_psk_identity` gave last.
    pub(super) psk_identity: RefCell<Option<CString>>,
    /// What `SSL_get_psk_identity_hint` gave last.
    pub(super) psk_identity_hint: RefCell<Option<CString>>,
    /// The session that `SSL_get_session` gives.
    pub(super) session: RefCell<Option<Arc<SessionHandle>>>,
    /// The session that a client was told to resume.
    pub(super) offered_session: RefCell<Option<Arc<SessionHandle>>>,
    /// What the session is during the handshake, and becomes by its end.
    pub(super) begun_session: RefCell<Option<Arc<SessionHandle>>>,
    /// What the handshake before a renegotiation began.
    pub(super) former_session: RefCell<Option<Arc<SessionHandle>>>,
    /// The session of the program's PSK that a client offers.
    pub(super) psk_session: RefCell<Option<Arc<SessionHandle>>>,
    pub(super) peer: RefCell<Option<Arc<PeerCertificates>>>,
    pub(super) verified_chain: RefCell<Option<VerifiedChain>>,
    /// What `SSL_get0_peer_rpk` gave last, and what it was made from.
    pub(super) raw_key: RefCell<Option<(Arc<[u8]>, PKey)>>,
    pub(super) timestamps: RefCell<Option<PeerTimestamps>>,
    pub(super) peer_ca_names: RefCell<Option<PeerCaNames>>,
    /// The OCSP response that a server's status callback set, or a client received.
    pub ocsp_response: RefCell<Option<Vec<u8>>>,
    pub(super) status_items: RequestItems,
}

impl Parts {
    /// Those of a connection on which nothing has happened.
    pub(super) fn new(context: Arc<Context>, connection: Connection) -> Self {
        Self {
            config: RefCell::new(context.config_for_connection()),
            context: RefCell::new(context),
            connection: RefCell::new(connection),
            read_slot: BioSlot::default(),
            write_slot: BioSlot::default(),
            dane_context: RefCell::default(),
            judged: RefCell::default(),
            ciphers: RefCell::default(),
            client_ciphers: RefCell::default(),
            client_hello_suites: RefCell::default(),
            server_name: RefCell::default(),
            psk_identity: RefCell::default(),
            psk_identity_hint: RefCell::default(),
            session: RefCell::default(),
            offered_session: RefCell::default(),
            begun_session: RefCell::default(),
            former_session: RefCell::default(),
            psk_session: RefCell::default(),
            peer: RefCell::default(),
            verified_chain: RefCell::default(),
            raw_key: RefCell::default(),
            timestamps: RefCell::default(),
            peer_ca_names: RefCell::default(),
            ocsp_response: RefCell::default(),
            status_items: RequestItems::default(),
        }
    }
}

/// Puts what was `made` into `slot`, unless what another thread made meanwhile `serves` as well. Gives out what is left
/// over, to be dropped when nothing is held.
pub(super) fn keep<T>(slot: &RefCell<Option<T>>, made: T, serves: impl FnOnce(&T) -> bool) -> Option<T> {
    let mut slot = slot.borrow_mut();
    if slot.as_ref().is_some_and(serves) { Some(made) } else { slot.replace(made) }
}

/// Puts `text` where C finds it, and gives the pointer: what was given before stays where it is unless it changed.
pub(super) fn show(shown: &mut Option<CString>, text: Option<CString>) -> *const c_char {
    if *shown != text {
        *shown = text;
    }
    shown.as_ref().map_or(core::ptr::null(), |text| text.as_ptr())
}

impl Ssl {
    /// The parts, until it is dropped: before any C code runs.
    pub(super) fn parts(&self) -> Held<'_, Parts> {
        self.parts.hold()
    }

    /// Looks at the parts; `look` must not call C, and gives out what it takes, to be dropped when nothing is held.
    pub fn with_parts<R>(&self, look: impl FnOnce(&Parts) -> R) -> R {
        look(&self.parts())
    }
}
