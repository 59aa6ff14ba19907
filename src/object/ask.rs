//! One function for each question of the core: what the program's callbacks, the caches and libcrypto
//! answer.

use core::ffi::{c_int, c_uchar};
use std::sync::Arc;

use super::{SessionHandle, Ssl, config::Configurable, driver::Pause, own_chain::own_chain, ssl::Waiting};
use crate::{
    connection::Connection,
    error::{Error, Reason},
    handshake::{
        Environment,
        want::{AlpnOutcome, Answer, Ask, ServerNameOutcome, TicketOutcome},
    },
    libcrypto::{error_queue, evp_pkey::PKey, x509::X509},
    policy::{
        certificate::Slot,
        custom_extension::place,
        options::{cache, option},
    },
    record::Side,
    session::Session,
    wire::{AlertDescription, ProtocolVersion, SignatureScheme},
};

/// `SSL_TLSEXT_ERR_…`.
mod outcome {
    use core::ffi::c_int;
    pub const OK: c_int = 0;
    pub const ALERT_WARNING: c_int = 1;
    pub const ALERT_FATAL: c_int = 2;
    pub const NOACK: c_int = 3;
}

impl Ssl {
    /// Answers the core, or leaves the question for the next call (`Err(Waiting)`).
    pub(super) fn ask(&self, environment: &Environment, ask: Ask) -> Result<(), Pause> {
        let generation = self.generation.get();
        self.note_own_certificate();
        let answer = match &ask {
            Ask::ClientHello => self.ask_client_hello(),
            Ask::FindSession(id) => {
                Answer::Session(self.looking_for_session(|| self.find_session(environment, id)))
            }
            Ask::OpenTicket(ticket) => {
                let outcome = self.looking_for_session(|| self.open_ticket(ticket));
                self.count_timeout(environment, &outcome);
                Answer::Ticket(outcome)
            }
            Ask::MakeDatagramCookie => self.make_datagram_cookie(),
            Ask::CheckDatagramCookie(cookie) => self.check_datagram_cookie(cookie),
            Ask::OfferPsk(hash) => self.offer_psk(*hash),
            Ask::FindPsk(identity) => self.find_psk(identity),
            Ask::SessionTicketExtension(ticket) => self.show_ticket_extension(ticket),
            Ask::SessionSecret => self.ask_session_secret(),
            Ask::SrpUser(name) => self.ask_srp_user(name),
            Ask::SrpParameters => self.srp_parameters().map_or_else(Answer::Refuse, Answer::SrpParameters),
            Ask::SrpClient(parameters) => self.srp_client(parameters).unwrap_or_else(Answer::Refuse),
            Ask::SrpServer(public) => self.srp_server(public).map_or_else(Answer::Refuse, Answer::SrpServer),
            Ask::ClientPsk => self.client_psk(),
            Ask::ServerPsk(identity) => self.server_psk(identity),
            Ask::ServerName => Answer::ServerName(self.ask_server_name()),
            Ask::Certificate => self.ask_certificate(),
            Ask::ClientCertificate => self.ask_client_certificate(),
            Ask::AddExtensions { place, extensions, certificates } => self
                .add_extensions(*place, extensions, certificates)
                .map_or_else(Answer::Refuse, Answer::Extensions),
            Ask::ReadExtensions { place, received, certificates } => self
                .read_extensions(*place, received, certificates)
                .map_or_else(Answer::Refuse, |()| Answer::Proceed),
            Ask::NewTicket { session, received } => {
                let read = self.read_extensions(place::NEW_SESSION_TICKET, received, &[]);
                read.map_or_else(Answer::Refuse, |()| {
                    self.new_session(environment, session);
                    Answer::Proceed
                })
            }
            Ask::SelectAlpn(protocols) => Answer::Alpn(self.ask_alpn(protocols)),
            Ask::MayResume(forward_secret) => Answer::Allowed(self.ask_may_resume(*forward_secret)),
            Ask::AllowEarlyData => Answer::Allowed(self.ask_allow_early_data()),
            Ask::ClaimSession(session) => {
                Answer::Allowed(self.initial_context().remove_session(&self.handle_of(session)))
            }
            Ask::AdvertiseNextProtocols => Answer::Protocols(self.ask_next_protocols()),
            Ask::SelectNextProtocol(list) => Answer::Alpn(self.ask_next_protocol(list)),
            Ask::RawPublicKeys => Answer::Proceed,
            Ask::TransportParameters(parameters) => self.show_transport_parameters(parameters),
            Ask::CheckTimestamps => self.check_timestamps(),
            Ask::ProvideStatus => self.ask_status_to_send(),
            Ask::CheckStatus(response) => self.ask_status_received(response.as_deref()),
            Ask::VerifyChain => self.verify_chain(),
            Ask::SealCookie(contents) => self.seal_cookie(contents),
            Ask::OpenCookie(cookie) => self.open_cookie(cookie),
            Ask::Chain(slot) => self.build_chain(*slot),
            Ask::Sign { slot, scheme, content } => self.sign(*slot, *scheme, content),
            Ask::VerifySignature { scheme, content, signature } => {
                self.verify_signature(*scheme, content, signature)
            }
            Ask::DiffieHellman => self.ask_diffie_hellman(),
            Ask::Decrypt { slot, encrypted, client_version, stand_in } => {
                self.decrypt_premaster(*slot, encrypted, *client_version, *stand_in)
            }
            Ask::SessionId => self.make_session_id().map_or_else(Answer::Refuse, Answer::SessionId),
            Ask::SealTicket(session) => {
                self.seal_ticket(session).map_or_else(Answer::Refuse, Answer::SealedTicket)
            }
            Ask::NameTicket(session) => {
                self.name_ticket(session).map_or_else(Answer::Refuse, Answer::SealedTicket)
            }
            Ask::NewSession(session) => {
                self.new_session(environment, session);
                Answer::Proceed
            }
            Ask::Security(inquiry) => self.ask_security(inquiry),
            Ask::RemoveSession(session) => {
                self.remove_session(session);
                Answer::Proceed
            }
        };
        self.asking.set(false);
        self.check_generation(generation)?;
        if matches!(answer, Answer::NotYet) {
            self.with_connection(|connection| connection.postpone(ask));
            return Err(Pause::Waiting);
        }
        // The callback may have changed what the core is to know.
        self.refresh_ca_names();
        let environment = self.environment();
        let answered = self.with_connection(|connection| connection.answer(&environment, answer));
        if answered.is_ok() {
            self.deliver(Connection::next_event_before_write);
        } else {
            self.deliver_events();
        }
        self.check_generation(generation)?;
        answered.map_err(|error| {
            self.fail(error);
            Pause::Failed
        })
    }

    fn ask_client_hello(&self) -> Answer {
        /// `SSL_CLIENT_HELLO_SUCCESS`.
        const SUCCESS: c_int = 1;
        /// `SSL_CLIENT_HELLO_RETRY`.
        const RETRY: c_int = -1;

        let callback = self.context().live().client_hello;
        let Some(function) = callback.function else { return Answer::Proceed };
        let mut alert = c_int::from(AlertDescription::INTERNAL_ERROR.0);
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is
        // borrowed.
        match unsafe { function(self.as_handle(), &raw mut alert, callback.argument) } {
            SUCCESS => Answer::Proceed,
            RETRY => {
                self.waiting.set(Waiting::ClientHello);
                Answer::NotYet
            }
            _ => Answer::Refuse(Error::fatal(alert_from(alert), Reason::CALLBACK_FAILED)),
        }
    }

    fn ask_server_name(&self) -> ServerNameOutcome {
        let mut callback = self.context().live().server_name;
        if callback.function.is_none() {
            callback = self.initial_context().live().server_name;
        }
        let Some(function) = callback.function else { return ServerNameOutcome::NoAcknowledge };
        let mut alert = c_int::from(AlertDescription::UNRECOGNIZED_NAME.0);
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is
        // borrowed.
        match unsafe { function(self.as_handle(), &raw mut alert, callback.argument) } {
            outcome::OK => ServerNameOutcome::Accept,
            outcome::ALERT_WARNING => ServerNameOutcome::Warn(alert_from(alert)),
            outcome::ALERT_FATAL => ServerNameOutcome::Refuse(alert_from(alert)),
            _ => ServerNameOutcome::NoAcknowledge,
        }
    }

    fn ask_certificate(&self) -> Answer {
        let callback = self.with_config(|config| config.callbacks.certificate);
        let Some(function) = callback.function else { return Answer::Proceed };
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is
        // borrowed.
        match unsafe { function(self.as_handle(), callback.argument) } {
            0 => {
                let reason = match self.side() {
                    Side::Client => Reason::CALLBACK_FAILED,
                    Side::Server => Reason::CERT_CB_ERROR,
                };
                Answer::Refuse(Error::fatal(AlertDescription::INTERNAL_ERROR, reason))
            }
            value if value < 0 => {
                self.waiting.set(Waiting::X509Lookup);
                Answer::NotYet
            }
            _ => {
                self.waiting.set(Waiting::Nothing);
                Answer::Proceed
            }
        }
    }

    fn ask_client_certificate(&self) -> Answer {
        let (value, certificate, key) = match self.ask_engine() {
            (0, ..) => self.ask_client_certificate_callback(),
            given => given,
        };
        if value < 0 {
            self.waiting.set(Waiting::X509Lookup);
            return Answer::NotYet;
        }
        self.waiting.set(Waiting::Nothing);
        match (value, certificate, key) {
            (1, Some(certificate), Some(key)) => {
                // What fails is in the queue: the handshake goes on without a certificate.
                let asker = self.asker();
                let _ = self.update_config(|config| {
                    config.use_certificate(certificate, &asker) && config.use_key(key)
                });
            }
            (1, ..) => error_queue::raise_ssl(Reason::BAD_DATA_RETURNED_BY_CALLBACK),
            _ => {}
        }
        Answer::Proceed
    }

    /// What the engine of `SSL_CTX_set_client_cert_engine(3)` gives; 0 without one.
    fn ask_engine(&self) -> (c_int, Option<X509>, Option<PKey>) {
        let Some(engine) = self.context().client_cert_engine.load_full() else { return (0, None, None) };
        // SAFETY: libcrypto passes on both pointers, which are valid; nothing of `self` is borrowed.
        unsafe { engine.client_certificate(self.as_handle().cast(), self.peer_ca_names()) }
    }

    fn ask_client_certificate_callback(&self) -> (c_int, Option<X509>, Option<PKey>) {
        let Some(function) = self.context().live().client_certificate else { return (0, None, None) };
        let (mut certificate, mut key) = (core::ptr::null_mut(), core::ptr::null_mut());
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed. It gives
        // its references away (SSL_CTX_set_client_cert_cb(3)).
        unsafe {
            let value = function(self.as_handle(), &raw mut certificate, &raw mut key);
            (value, X509::from_owned(certificate), PKey::from_owned(key))
        }
    }

    fn ask_alpn(&self, protocols: &[u8]) -> AlpnOutcome {
        let callback = self.context().live().alpn_select;
        let Some(function) = callback.function else { return AlpnOutcome::NoAcknowledge };
        let mut selected: *const c_uchar = core::ptr::null();
        let mut length: c_uchar = 0;
        let Ok(total) = protocols.len().try_into() else { return AlpnOutcome::NoAcknowledge };
        // SAFETY: the program registered `function` for exactly these arguments; `protocols` outlives the
        // call, and nothing of `self` is borrowed.
        let value = unsafe {
            function(
                self.as_handle(),
                &raw mut selected,
                &raw mut length,
                protocols.as_ptr(),
                total,
                callback.argument,
            )
        };
        match value {
            outcome::OK if !selected.is_null() => {
                // SAFETY: the callback promises that `selected` points to `length` bytes
                // (SSL_CTX_set_alpn_select_cb(3)); they are copied at once.
                let name = unsafe { core::slice::from_raw_parts(selected, length.into()) };
                AlpnOutcome::Selected(name.to_vec())
            }
            outcome::NOACK => AlpnOutcome::NoAcknowledge,
            _ => AlpnOutcome::Refuse(AlertDescription::NO_APPLICATION_PROTOCOL),
        }
    }

    fn ask_next_protocols(&self) -> Option<Vec<u8>> {
        let callback = self.context().live().next_protocols;
        let mut list: *const c_uchar = core::ptr::null();
        let mut length = 0;
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
        let value = unsafe {
            callback.function?(self.as_handle(), &raw mut list, &raw mut length, callback.argument)
        };
        if value != outcome::OK {
            return None;
        }
        if list.is_null() {
            return Some(Vec::new());
        }
        // SAFETY: the callback promises that `list` points to `length` bytes (SSL_CTX_set_next_protos_advertised_cb(3)); they
        // are copied at once.
        Some(unsafe { core::slice::from_raw_parts(list, usize::try_from(length).ok()?) }.to_vec())
    }

    fn ask_next_protocol(&self, list: &[u8]) -> AlpnOutcome {
        let callback = self.context().live().next_protocol_select;
        let refused = AlpnOutcome::Refuse(AlertDescription::HANDSHAKE_FAILURE);
        let (Some(function), Ok(total)) = (callback.function, list.len().try_into()) else { return refused };
        let mut selected: *mut c_uchar = core::ptr::null_mut();
        let mut length: c_uchar = 0;
        // SAFETY: the program registered `function` for exactly these arguments; `list` outlives the call, and nothing of
        // `self` is borrowed.
        let value = unsafe {
            function(
                self.as_handle(),
                &raw mut selected,
                &raw mut length,
                list.as_ptr(),
                total,
                callback.argument,
            )
        };
        if value != outcome::OK || selected.is_null() {
            return refused;
        }
        // SAFETY: the callback promises that `selected` points to `length` bytes; they are copied at once.
        AlpnOutcome::Selected(unsafe { core::slice::from_raw_parts(selected, length.into()) }.to_vec())
    }

    fn ask_status_to_send(&self) -> Answer {
        let callback = self.context().live().status;
        let Some(function) = callback.function else { return Answer::Status(None) };
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is
        // borrowed.
        match unsafe { function(self.as_handle(), callback.argument) } {
            outcome::OK => Answer::Status(self.ocsp_response()),
            outcome::NOACK => Answer::Status(None),
            _ => Answer::Refuse(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::CLIENTHELLO_TLSEXT)),
        }
    }

    fn ask_status_received(&self, response: Option<&[u8]>) -> Answer {
        self.set_ocsp_response(response.map(<[u8]>::to_vec));
        let callback = self.context().live().status;
        let Some(function) = callback.function else { return Answer::Proceed };
        // SAFETY: as above.
        match unsafe { function(self.as_handle(), callback.argument) } {
            0 => Answer::Refuse(Error::fatal(
                AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE,
                Reason::INVALID_STATUS_RESPONSE,
            )),
            value if value < 0 => {
                Answer::Refuse(Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::OCSP_CALLBACK_FAILURE))
            }
            _ => Answer::Proceed,
        }
    }

    fn find_session(&self, environment: &Environment, id: &[u8]) -> Option<Arc<Session>> {
        let context = self.initial_context();
        let mode = context.live().session_cache_mode;
        let cached = (mode & cache::NO_INTERNAL_LOOKUP == 0)
            // Whether it is too old is asked below: the program may have changed its time meanwhile.
            .then(|| context.sessions.get(id, i64::MIN))
            .flatten();
        if cached.is_none() && mode & cache::NO_INTERNAL_LOOKUP == 0 {
            context.statistics.count(|statistics| &statistics.misses);
        }
        let found = cached.or_else(|| {
            // The program may have kept one that was removed, flushed or evicted: that is for no further use.
            let handle = self.ask_get_session(id).filter(|handle| handle.core().resumable)?;
            context.statistics.count(|statistics| &statistics.callback_hits);
            if mode & cache::NO_INTERNAL_STORE == 0 {
                self.cache_session(&handle);
            }
            Some(handle)
        });
        let handle = found?;
        if handle.core().is_expired(environment.now) {
            context.statistics.count(|statistics| &statistics.timeouts);
            context.remove_session(&handle);
            return None;
        }
        let session = handle.core();
        // The program finds its own object again.
        self.hold_session(handle);
        Some(session)
    }

    fn ask_get_session(&self, id: &[u8]) -> Option<Arc<SessionHandle>> {
        let function = self.initial_context().live().get_session?;
        let mut copy: c_int = 1;
        let length = c_int::try_from(id.len()).ok()?;
        // SAFETY: the program registered `function` for exactly these arguments; `id` outlives the call,
        // and nothing of `self` is borrowed.
        let session = unsafe { function(self.as_handle(), id.as_ptr(), length, &raw mut copy) };
        if session.is_null() {
            return None;
        }
        // SAFETY: the callback returns a session handle of ours; it keeps its own reference if it left
        // `copy` at 1 (SSL_CTX_sess_set_get_cb(3)), and gives it to us if it set it to 0.
        unsafe {
            if copy != 0 {
                Arc::increment_strong_count(session.cast_const());
            }
            Some(Arc::from_raw(session.cast_const()))
        }
    }

    /// Whether the internal cache keeps a session: not one of TLS 1.3 that a server finds in its tickets, unless the program
    /// wants to know when it is gone.
    fn is_kept(&self, environment: &Environment, session: &Session) -> bool {
        let settings = &environment.settings;
        let is_stateful = settings.has_option(option::NO_TICKET)
            || (session.max_early_data > 0 && !settings.has_option(option::NO_ANTI_REPLAY));
        self.side() == Side::Client
            || session.version != ProtocolVersion::TLS1_3
            || is_stateful
            || self.initial_context().live().remove_session.is_some()
    }

    /// A ticket of TLS 1.2 that is too old counts as OpenSSL counts it (`SSL_CTX_sess_timeouts(3)`).
    fn count_timeout(&self, environment: &Environment, outcome: &TicketOutcome) {
        if let TicketOutcome::Session { session, .. } = outcome
            && session.version != ProtocolVersion::TLS1_3
            && session.is_expired(environment.now)
        {
            self.initial_context().statistics.count(|statistics| &statistics.timeouts);
        }
    }

    fn cache_session(&self, handle: &Arc<SessionHandle>) {
        // A session without an id is found by its ticket alone.
        if !handle.core().id.is_empty() {
            self.initial_context().add_session(handle);
        }
    }

    /// A session that may be cached: it becomes the connection's, goes into the internal cache, and to the program's
    /// callback.
    pub(super) fn new_session(&self, environment: &Environment, session: &Arc<Session>) {
        let handle = self.adopt_ticket_session(session);
        let mode = self.initial_context().live().session_cache_mode;
        if mode & self.cache_side() == 0 {
            return;
        }
        if mode & cache::NO_INTERNAL_STORE == 0 && self.is_kept(environment, session) {
            self.cache_session(&handle);
        }
        self.flush_now_and_then(environment, mode);
        if let Some(function) = self.initial_context().live().new_session {
            let pointer = Arc::into_raw(handle).cast_mut();
            // SAFETY: the program registered `function` for exactly these arguments. It gets a reference of its
            // own, and gives it back by returning 0 (SSL_CTX_sess_set_new_cb(3)).
            unsafe {
                if function(self.as_handle(), pointer) == 0 {
                    drop(Arc::from_raw(pointer.cast_const()));
                }
            }
        }
    }

    fn remove_session(&self, session: &Arc<Session>) {
        self.initial_context().remove_session(&self.adopt_session(session));
    }

    fn build_chain(&self, slot: Slot) -> Answer {
        match own_chain(self, slot) {
            Ok(chain) => Answer::Chain(chain),
            Err(error) => Answer::Refuse(error),
        }
    }

    fn sign(&self, slot: Slot, scheme: SignatureScheme, content: &[u8]) -> Answer {
        let key = self.with_config(|config| config.credentials.get(slot).key.clone());
        match key.and_then(|key| key.sign(scheme, content)) {
            Some(signature) => Answer::Signature(signature),
            None => Answer::Refuse(Error::internal()),
        }
    }

    fn verify_signature(&self, scheme: SignatureScheme, content: &[u8], signature: &[u8]) -> Answer {
        let raw = self.with_connection(|connection| connection.negotiated().peer_raw_key.clone());
        let key = match raw {
            Some(raw) => PKey::public_from_der(&raw),
            None => self.shared_peer_certificates().and_then(|peer| peer.chain.get(0)?.public_key()),
        };
        if key.is_some_and(|key| key.verify(scheme, content, signature)) {
            Answer::Proceed
        } else {
            Answer::Refuse(Error::fatal(AlertDescription::DECRYPT_ERROR, Reason::BAD_SIGNATURE))
        }
    }
}

/// The alert that a callback chose. What is out of range becomes one that is not defined, and so not sent.
pub(super) fn alert_from(value: c_int) -> AlertDescription {
    u8::try_from(value).map_or(AlertDescription(u8::MAX), AlertDescription)
}
