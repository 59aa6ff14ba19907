//! The parts of an [`Ssl`] that one thread works on while others may look at them.

use core::{
    cell::{Cell, RefCell},
    ffi::c_char,
};
use std::{ffi::CString, sync::Arc};

use super::{
    Context, SessionHandle, Ssl,
    bio_slot::{BioSlot, InUse},
    ca_names::PeerCaNames,
    cipher_stack::CipherStack,
    config::Config,
    core_cell::CoreCell,
    peer_certificates::{PeerCertificates, VerifiedChain},
    security::Judged,
    state::Told,
    status_request::RequestItems,
    thread_lock::Held,
    transparency::PeerTimestamps,
    transport::Way,
};
use crate::{
    connection::Connection,
    error::{Error, Reason, Result},
    libcrypto::{evp_pkey::PKey, pointer_stack::PointerStack},
    policy::security::Permissions,
    record::Expected,
    wire::{AlertDescription, CipherSuite},
};

/// Behind the lock of the `SSL`. Callbacks re-enter it: no borrow of a part, and no hold of the lock, is alive while the
/// program's code runs.
pub struct Parts {
    /// The context; `SSL_set_SSL_CTX` changes it.
    pub(super) context: RefCell<Arc<Context>>,
    /// Shared with the context and other connections until something is changed.
    pub(super) config: RefCell<Arc<Config>>,
    /// How often it was changed.
    pub(super) config_changes: Cell<usize>,
    pub(super) connection: CoreCell,
    /// Where to read from.
    pub(super) read_slot: BioSlot,
    /// Where to write to.
    pub(super) write_slot: BioSlot,
    /// The context that DANE was enabled with.
    pub(super) dane_context: RefCell<Option<Arc<Context>>>,
    /// What the security callback allowed in this handshake.
    pub(super) permissions: RefCell<Arc<Permissions>>,
    /// The settings as it leaves them.
    pub(super) judged: RefCell<Option<Judged>>,
    /// What `SSL_get_ciphers` gives.
    pub(super) ciphers: RefCell<CipherStack>,
    /// What `SSL_get_client_ciphers` gives, and what it was made from.
    pub(super) client_ciphers: RefCell<Option<(Vec<CipherSuite>, PointerStack)>>,
    /// The suites of a ClientHello in their wire form, made when the program's ClientHello callback asks.
    pub(super) client_hello_suites: RefCell<Vec<u8>>,
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
    pub(super) ocsp_response: RefCell<Option<Vec<u8>>>,
    pub(super) status_items: RequestItems,
    /// The KeyUpdate that `SSL_key_update` scheduled, and whether it asks the peer for one.
    pub(super) scheduled_key_update: Cell<Option<bool>>,
    /// `SSL_verify_client_post_handshake` scheduled a CertificateRequest.
    pub(super) scheduled_authentication: Cell<bool>,
    /// How many tickets `SSL_new_session_ticket` asked for.
    pub(super) requested_tickets: Cell<usize>,
    /// What the info callback is being told, while later events are queued.
    pub(super) told: Cell<Option<Told>>,
}

impl Parts {
    /// Those of a connection on which nothing has happened.
    pub(super) fn new(context: Arc<Context>, connection: Connection) -> Self {
        Self {
            config: RefCell::new(context.config_for_connection()),
            config_changes: Cell::new(0),
            context: RefCell::new(context),
            connection: CoreCell::new(connection),
            read_slot: BioSlot::new(Way::Read),
            write_slot: BioSlot::new(Way::Write),
            dane_context: RefCell::default(),
            permissions: RefCell::default(),
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
            scheduled_key_update: Cell::new(None),
            scheduled_authentication: Cell::new(false),
            requested_tickets: Cell::new(0),
            told: Cell::new(None),
        }
    }

    /// The transport to read from and the receive buffer, how many bytes lack until there is something to look at, and what
    /// may come if the buffer begins with a header.
    pub(super) fn take_incoming(
        &self,
        read_ahead: Option<usize>,
    ) -> Result<(InUse, Vec<u8>, usize, Option<Expected>)> {
        let mut connection = self.connection.borrow_mut();
        let (buffer, missing) = connection.take_incoming(read_ahead)?;
        let Some(bio) = self.read_slot.begin() else {
            connection.return_incoming(buffer);
            return Err(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::READ_BIO_NOT_SET));
        };
        Ok((bio, buffer, missing, connection.expected_header()))
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
    /// Where the suites of a ClientHello stand in their wire form, and how long that is: made once for each hello.
    pub fn show_client_hello_suites(&self, suites: &[CipherSuite]) -> (*const u8, usize) {
        let parts = self.parts();
        let mut shown = parts.client_hello_suites.borrow_mut();
        if shown.is_empty() {
            shown.extend(suites.iter().flat_map(|suite| suite.0.to_be_bytes()));
        }
        (shown.as_ptr(), shown.len())
    }

    /// The parts, until it is dropped: before any C code runs.
    pub(super) fn parts(&self) -> Held<'_, Parts> {
        self.parts.hold()
    }

    /// Looks at the parts; `look` must not call C, and gives out what it takes, to be dropped when nothing is held.
    pub(super) fn with_parts<R>(&self, look: impl FnOnce(&Parts) -> R) -> R {
        look(&self.parts())
    }
}
