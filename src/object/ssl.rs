//! What an `SSL` points to.

use core::cell::Cell;
use std::sync::{Arc, OnceLock};

use super::{
    Context, SessionHandle,
    config::{Config, Configurable},
    context::Method,
    datagram::Datagram,
    jobs::JobState,
    parts::Parts,
    quic::QuicStack,
    thread_lock::ThreadLock,
    word::WordCell,
};
use crate::{
    connection::Connection,
    crypto::suite::{self, Suite},
    libcrypto::{
        bio::Bio,
        dane::Dane,
        ex_data::{Class, ExData},
        panics::{Place, Poison, strike},
        pointer_stack::PointerStack,
        stack::X509Stack,
        sys::OPENSSL_STACK,
        verify_param::VerifyParam,
    },
    message::extension::status_request::OCSP,
    policy::options::option,
    record::Side,
    wire::SignatureScheme,
};

/// What the last call waits for: `SSL_want(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Waiting {
    /// `SSL_NOTHING`.
    Nothing = 1,
    /// `SSL_WRITING`.
    Writing = 2,
    /// `SSL_READING`.
    Reading = 3,
    /// `SSL_X509_LOOKUP`.
    X509Lookup = 4,
    /// `SSL_ASYNC_PAUSED`.
    AsyncPaused = 5,
    /// `SSL_ASYNC_NO_JOBS`.
    AsyncNoJobs = 6,
    /// `SSL_CLIENT_HELLO_CB`.
    ClientHello = 7,
    /// `SSL_RETRY_VERIFY`.
    RetryVerify = 8,
}

impl Waiting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Writing,
        Self::Reading,
        Self::X509Lookup,
        Self::AsyncPaused,
        Self::AsyncNoJobs,
        Self::ClientHello,
        Self::RetryVerify,
    ];
}

/// `SSL_SENT_SHUTDOWN`.
pub const SENT_SHUTDOWN: i32 = 1;
/// `SSL_RECEIVED_SHUTDOWN`.
pub const RECEIVED_SHUTDOWN: i32 = 2;

/// A connection as the program sees it. One thread at a time works on it; others may ask for its facts meanwhile.
pub struct Ssl {
    /// The program's data.
    pub ex_data: ExData,
    /// `SSL_get0_param`.
    pub verify_param: VerifyParam,
    /// The TLSA records of the server.
    pub dane: Dane,
    /// The context it was made from: its sessions and ticket keys are used all along.
    initial_context: Arc<Context>,
    /// What other threads may look at as well.
    pub(super) parts: ThreadLock<Parts>,
    /// Operations as asynchronous jobs.
    pub(super) job_state: JobState,
    /// How often the connection was started over: what is under way in a call that a callback cuts short this way is no
    /// concern of the new one.
    pub(super) generation: Cell<u64>,
    /// How often the core was set to work: a callback that does so has gone on with what the interrupted call was at.
    pub(super) drives: Cell<u64>,
    /// The core waits for an answer that a callback is to give.
    pub(super) asking: Cell<bool>,
    /// What the program asked for after the handshake is being sent: a callback that is told of it cannot go on with that.
    pub(super) is_sending_after: Cell<bool>,
    /// The last flush of the transport failed, and is to be repeated.
    pub(super) unflushed: Cell<bool>,
    /// The side: the method's, until the program sets it.
    side: WordCell<Side>,
    /// Whether the program set the side: nothing can be done before that.
    side_is_set: WordCell<bool>,
    /// Whether the method was not for the side when that was set.
    lacks_side: WordCell<bool>,
    pub(super) empty_chain: OnceLock<Option<X509Stack>>,
    /// Whether the session that a handshake began is complete: what comes now are other sessions.
    pub(super) begun_is_made: Cell<bool>,
    /// Whether a server looks for the session that its client wants to resume: there is none meanwhile.
    pub(super) looks_for_session: Cell<bool>,
    /// Whether the session is one of before its handshake, or one that was found, and may be refused yet.
    pub(super) session_is_in_doubt: Cell<bool>,
    /// The scheme whose certificate was made the current one.
    pub(super) noted_scheme: Cell<Option<SignatureScheme>>,
    /// `SSL_get_shutdown`.
    pub shutdown: WordCell<i32>,
    /// What the last call waits for.
    pub waiting: WordCell<Waiting>,
    /// `SSL_set_verify_result`, `SSL_get_verify_result`.
    pub verify_result: WordCell<i64>,
    /// Whether a panic came out of this object: every further call fails.
    pub poison: Poison,
    /// What DTLS has besides.
    pub datagram: Datagram,
    /// `SSL_stateless` runs.
    pub(super) stateless: Cell<bool>,
    /// The QUIC stack that carries the handshake.
    pub(super) quic_stack: Cell<Option<QuicStack>>,
    /// Whether the QUIC stack may have early data.
    pub(super) quic_early_data: Cell<bool>,
    /// Whether bytes of the QUIC stack are lent, or about to be.
    pub(super) quic_lends: Cell<bool>,
}

/// A connection of the method's kind on which nothing has happened.
fn connection_of(method: &Method, side: Side) -> Connection {
    if method.is_datagram() { Connection::of_datagrams(side) } else { Connection::new(side) }
}

impl Ssl {
    /// A connection with the context's configuration. `None`: libcrypto could not make its parts.
    #[must_use]
    pub fn new(context: Arc<Context>) -> Option<Arc<Self>> {
        let side = context.method().side();
        let core = connection_of(context.method(), side);
        let verify_param = VerifyParam::new()?;
        verify_param.inherit(&context.verify_param).then_some(())?;
        // One thread at a time works on an `SSL`; what others may look at meanwhile is behind a lock, or atomic.
        #[allow(clippy::arc_with_non_send_sync)]
        let ssl = Arc::new(Self {
            ex_data: ExData::new(Class::Ssl),
            verify_param,
            dane: Dane::new(context.dane.load().flags),
            datagram: Datagram::of(context.method()),
            job_state: JobState::default(),
            generation: Cell::new(0),
            drives: Cell::new(0),
            asking: Cell::new(false),
            is_sending_after: Cell::new(false),
            unflushed: Cell::new(false),
            side: WordCell::new(side),
            side_is_set: WordCell::new(false),
            lacks_side: WordCell::new(false),
            initial_context: Arc::clone(&context),
            parts: ThreadLock::new(Parts::new(context, core)),
            empty_chain: OnceLock::new(),
            begun_is_made: Cell::new(false),
            looks_for_session: Cell::new(false),
            session_is_in_doubt: Cell::new(false),
            noted_scheme: Cell::new(None),
            shutdown: WordCell::new(0),
            waiting: WordCell::new(Waiting::Nothing),
            verify_result: WordCell::new(0),
            poison: Poison::default(),
            stateless: Cell::new(false),
            quic_stack: Cell::new(None),
            quic_early_data: Cell::new(false),
            quic_lends: Cell::new(false),
        });
        if ssl.with_config(|config| config.callbacks.timestamps.function.is_some()) {
            // OCSP responses may have timestamps.
            ssl.change_settings(|settings| settings.status_type = OCSP);
        }
        let pipelines = ssl.with_config(|config| config.max_pipelines);
        if pipelines > 1 {
            ssl.set_max_pipelines(pipelines);
        }
        ssl.ex_data.attach(Arc::as_ptr(&ssl).cast()).then_some(ssl)
    }

    /// The context.
    #[must_use]
    pub fn context(&self) -> Arc<Context> {
        Arc::clone(&self.parts().context.borrow())
    }

    /// The context it was made from.
    #[must_use]
    pub const fn initial_context(&self) -> &Arc<Context> {
        &self.initial_context
    }

    /// `SSL_set_SSL_CTX(3)`: takes the certificates, and what belongs to them, of another context.
    pub fn set_context(&self, context: Arc<Context>) {
        let before = self.with_parts(|parts| parts.context.replace(Arc::clone(&context)));
        self.move_statistics(&before, &context);
        let theirs = context.config();
        let replaced_id_context = before.config().settings.session_id_context.clone();
        self.update_config(|config| {
            config.credentials = Arc::clone(&theirs.credentials);
            config.custom_extensions = Arc::clone(&theirs.custom_extensions);
            config.callbacks.certificate = theirs.callbacks.certificate;
            config.callbacks.security = theirs.callbacks.security;
            config.verify_store.clone_from(&theirs.verify_store);
            config.chain_store.clone_from(&theirs.chain_store);
            config.update_settings(|settings| {
                settings.certificates = Arc::clone(&theirs.settings.certificates);
                settings.has_key = theirs.settings.has_key;
                settings.custom_extensions = Arc::clone(&theirs.settings.custom_extensions);
                settings.signature_schemes.clone_from(&theirs.settings.signature_schemes);
                settings.client_signature_schemes.clone_from(&theirs.settings.client_signature_schemes);
                settings.set_security_level(theirs.settings.security_level_number);
                if settings.session_id_context == replaced_id_context {
                    settings.session_id_context = Arc::clone(&theirs.settings.session_id_context);
                }
            });
        });
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.with_config(|config| config.method)
    }

    /// Changes the method, and starts over.
    pub fn set_method(&self, method: &'static Method) {
        let is_of_former = self.method().has(self.side()) != self.lacks_side();
        if self.side_is_set() && is_of_former {
            self.lacks_side.set(!method.has(self.side()));
        }
        self.update_config(|config| config.set_method(method));
        self.reset();
    }

    /// A handshake begins: its method is the context's, as after `SSL_clear`, whatever [`Self::set_method`] was told. The side
    /// stays what it was, also where this method is not for it.
    pub(super) fn follow_method(&self) {
        let method = self.context().method();
        if !core::ptr::eq(self.method(), method) {
            self.update_config(|config| config.set_method(method));
            if method.is_datagram() != self.is_datagram() {
                self.reset();
            }
        }
    }

    /// Whether the method was not for the side when that was set.
    #[must_use]
    pub fn lacks_side(&self) -> bool {
        self.lacks_side.get()
    }

    /// The configuration as it is now.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.parts().config.borrow())
    }

    /// Looks at the configuration; `look` must not call C.
    pub fn with_config<R>(&self, look: impl FnOnce(&Config) -> R) -> R {
        look(&self.parts().config.borrow())
    }

    /// Changes the configuration. Nothing is borrowed while `change` works on a copy, nor when what it replaces is dropped:
    /// libcrypto tells the program of the certificates and keys that it frees, which may call back.
    pub fn update_config<R>(&self, change: impl FnOnce(&mut Config) -> R) -> R {
        let mut config = Config::clone(&self.config());
        let result = change(&mut config);
        let config = Arc::new(config);
        drop(self.with_parts(|parts| {
            parts.config_changes.set(parts.config_changes.get().wrapping_add(1));
            parts.config.replace(config)
        }));
        result
    }

    /// Works on the core. The borrow ends with `work`, which calls no C code.
    pub fn with_connection<R>(&self, work: impl FnOnce(&mut Connection) -> R) -> R {
        let parts = self.parts();
        self.job_state.work(|| {
            let mut connection = parts.connection.borrow_mut();
            strike(Place::Core);
            work(&mut connection)
        })
    }

    /// Looks at the core. That takes no more stack than a job has.
    pub fn look_at_connection<R>(&self, look: impl FnOnce(&Connection) -> R) -> R {
        let parts = self.parts();
        let connection = parts.connection.borrow();
        strike(Place::Core);
        look(&connection)
    }

    /// The side.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side.get()
    }

    /// Whether the program set the side.
    #[must_use]
    pub fn side_is_set(&self) -> bool {
        self.side_is_set.get()
    }

    /// `SSL_set_connect_state`, `SSL_set_accept_state`: starts over as `side`; a client resumes the session it has.
    pub fn set_side(&self, side: Side) {
        let is_untouched = self.parts().connection.is_untouched();
        let former = (!is_untouched).then(|| self.with_connection(Connection::remains));
        let key_update = self.key_update_to_send();
        let method = self.method();
        self.side.set(side);
        self.side_is_set.set(true);
        let is_flexible = method.versions.0 != method.versions.1;
        let former_lacks = former.as_ref().and_then(|former| former.lacks(side));
        self.lacks_side.set(former_lacks.filter(|_| is_flexible).unwrap_or(!method.has(side)));
        self.start_over();
        // It is seen until a handshake begins.
        if let Some(former) = former {
            self.with_connection(|connection| connection.succeed(former));
        }
        self.parts().scheduled_key_update.set(key_update);
    }

    /// The method is the context's again, which is seen before a handshake alone (`SSL_set_session(3)`).
    pub(super) fn forget_former_version(&self) {
        if self.with_connection(Connection::forget_former_version) {
            self.lacks_side.set(self.side_is_set() && !self.method().has(self.side()));
        }
    }

    /// Starts over with nothing sent or received (`SSL_clear`).
    pub fn reset(&self) {
        let begun_session = if self.session().is_none() {
            let begun = self.session_so_far();
            drop(self.set_session(None));
            drop(self.offer_session(None));
            begun
        } else {
            None
        };
        self.generation.set(self.generation.get().wrapping_add(1));
        self.asking.set(false);
        self.is_sending_after.set(false);
        self.unflushed.set(false);
        let (method, side, is_quic) = (self.method(), self.side(), self.quic_stack.get().is_some());
        if is_quic || !self.parts().connection.use_as(side, method.is_datagram()) {
            let mut fresh = connection_of(method, side);
            self.with_connection(|former| fresh.take_over(former));
            if is_quic {
                fresh.use_crypto_stream();
            }
            drop(self.with_parts(|parts| parts.connection.replace(fresh)));
        }
        self.datagram.is_in_use.set(method.is_datagram());
        self.shutdown.set(0);
        drop(self.with_parts(|parts| {
            parts.scheduled_key_update.set(None);
            parts.scheduled_authentication.set(false);
            parts.requested_tickets.set(0);
            (parts.psk_session.take(), parts.verified_chain.take())
        }));
        self.forget_status_request();
        self.begin_session(begun_session);
    }

    /// `SSL_clear(3)`: starts over; a client resumes the session it has.
    pub fn clear(&self) {
        self.dane.forget_match();
        self.forget_path();
        self.verify_param.forget_peer_name();
        let is_cut_short = self.abandon_session();
        let method = self.context().method();
        self.update_config(|config| config.set_method(method));
        self.start_over();
        self.waiting.set(Waiting::Nothing);
        if is_cut_short {
            drop(self.set_session(None));
            drop(self.offer_session(None));
            self.forget_begun_session();
        }
    }

    fn start_over(&self) {
        if let Some(session) = self.session().filter(|_| self.side() == Side::Client) {
            drop(self.offer_session(Some(session)));
        }
        self.reset();
    }

    /// `SSL_dup(3)`: a connection with the same settings, without BIOs. `None`: libcrypto could not make its parts.
    #[must_use]
    pub fn duplicate(&self) -> Option<Arc<Self>> {
        let copy = Self::new(self.context())?;
        let ca_lists = self.config().ca_lists.duplicate()?;
        copy.update_config(|config| {
            let fresh = core::mem::replace(config, Config::clone(&self.config()));
            config.ca_lists = ca_lists;
            config.callbacks.verify = config.callbacks.verify.or(fresh.callbacks.verify);
            config.callbacks.timestamps = fresh.callbacks.timestamps;
            config.callbacks.record_padding = fresh.callbacks.record_padding;
            config.callbacks.not_resumable = fresh.callbacks.not_resumable;
            config.callbacks.psk_client = fresh.callbacks.psk_client;
            config.callbacks.psk_server = fresh.callbacks.psk_server;
            config.callbacks.psk_use_session = fresh.callbacks.psk_use_session;
            config.callbacks.psk_find_session = fresh.callbacks.psk_find_session;
            config.srtp_profiles.clone_from(&fresh.srtp_profiles);
            config.update_settings(|settings| {
                settings.read_buffer_length = fresh.settings.read_buffer_length;
                settings.max_send_fragment = fresh.settings.max_send_fragment;
                settings.split_send_fragment = fresh.settings.split_send_fragment;
                settings.quiet_shutdown = fresh.settings.quiet_shutdown;
                settings.num_tickets = fresh.settings.num_tickets;
                settings.status_type = fresh.settings.status_type;
                settings.block_padding = fresh.settings.block_padding;
                settings.handshake_block_padding = fresh.settings.handshake_block_padding;
                settings.max_early_data = fresh.settings.max_early_data;
                settings.recv_max_early_data = fresh.settings.recv_max_early_data;
                settings.server_name.clone_from(&fresh.settings.server_name);
                settings.groups.clone_from(&fresh.settings.groups);
                settings.alpn_protocols.clone_from(&fresh.settings.alpn_protocols);
                settings.post_handshake_auth = fresh.settings.post_handshake_auth;
                settings.srtp_profiles.clone_from(&fresh.settings.srtp_profiles);
            });
        });
        if !copy.verify_param.inherit(&self.verify_param) || !copy.copy_dane(self) {
            return None;
        }
        if !copy.ex_data.copy_from(&self.ex_data) {
            return None;
        }
        if self.side_is_set() {
            copy.set_side(self.side());
        }
        drop(copy.offer_session(self.offered_session()));
        drop(copy.set_session(self.session()));
        copy.shutdown.set(self.shutdown.get());
        Some(copy)
    }

    /// Takes the suites from the context, unless the connection has its own.
    pub fn follow_suites(&self) {
        let context = self.context();
        self.follow_suites_of(&context.config_now());
    }

    /// As [`Self::follow_suites`], with the context's configuration. One look and change: another thread may change something
    /// else, which must not get lost.
    pub(super) fn follow_suites_of(&self, theirs: &Config) {
        let _parts = self.parts();
        let (older, newer) = (&theirs.settings.cipher_suites, &theirs.settings.tls13_cipher_suites);
        let is_right = self.with_config(|config| {
            config.own_suites
                || (Arc::ptr_eq(&config.settings.cipher_suites, older)
                    && Arc::ptr_eq(&config.settings.tls13_cipher_suites, newer))
        });
        if !is_right {
            self.update_config(|config| {
                config.update_settings(|settings| {
                    settings.cipher_suites = Arc::clone(older);
                    settings.tls13_cipher_suites = Arc::clone(newer);
                });
            });
        }
    }

    /// What `SSL_get_ciphers` gives.
    pub fn cipher_stack(&self) -> *mut OPENSSL_STACK {
        self.follow_suites();
        let parts = self.parts();
        let settings = self.with_config(|config| Arc::clone(&config.settings));
        parts.ciphers.borrow_mut().of(&settings)
    }

    /// What `SSL_get_client_ciphers` gives: null before the ClientHello and on a client.
    pub fn client_cipher_stack(&self) -> *mut OPENSSL_STACK {
        let parts = self.parts();
        let offered = self.with_connection(|connection| connection.negotiated().client_suites.clone());
        if offered.is_empty() || self.side() == Side::Client {
            return core::ptr::null_mut();
        }
        let mut stack = parts.client_ciphers.borrow_mut();
        if stack.as_ref().is_none_or(|(from, _)| *from != offered) {
            let known = offered.iter().copied().filter_map(suite::find);
            *stack = PointerStack::of(known).map(|stack| (offered, stack));
        }
        stack.as_ref().map_or(core::ptr::null_mut(), |(_, stack)| stack.as_ptr())
    }

    /// The suites that may be used in the version that is negotiated, or was, or in those that could be, and at the security level that are set, those of TLS 1.3 first.
    #[must_use]
    pub fn supported_suites(&self) -> Vec<&'static Suite> {
        let environment = self.environment();
        // A method of one version goes by what `SSL_version(3)` says.
        let is_fixed = environment.settings.fixed_version().is_some();
        let version = if is_fixed { Connection::version_so_far } else { Connection::version_until_now };
        let negotiated = self.look_at_connection(version);
        let judged = self.judge_suites(negotiated.map(|version| vec![version]));
        let settings = judged.as_ref().unwrap_or(&environment.settings);
        let versions = negotiated.map_or_else(|| settings.offered_versions(), |version| vec![version]);
        let mut suites = settings.offered_suites(&versions);
        let signatures = settings.taken_signatures(self.side());
        suites.retain(|suite| environment.hooks.client_can_use(suite) && signatures.suit(suite));
        suites
    }

    /// The suite in use: what we write with, or before that the suite of the session that is to be resumed.
    #[must_use]
    pub fn suite_in_use(&self) -> Option<&'static Suite> {
        self.with_connection(|connection| connection.negotiated().suite_in_use)
            .or_else(|| suite::find(self.session().or_else(|| self.resumed_session())?.core().cipher_suite))
    }

    /// The suite negotiated.
    #[must_use]
    pub fn suite(&self) -> Option<&'static Suite> {
        self.with_connection(|connection| connection.negotiated().suite)
    }

    /// The signature schemes that both sides have, in the order of whose preference counts.
    #[must_use]
    pub fn shared_signature_schemes(&self) -> Vec<SignatureScheme> {
        let (version, theirs) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            (negotiated.version, negotiated.peer_schemes.clone())
        });
        let Some(version) = version else { return Vec::new() };
        let settings = self.with_config(|config| Arc::clone(&config.settings));
        let ours = settings.own_signature_schemes(&[version], self.side() == Side::Client);
        let (preferred, other) = if settings.has_option(option::CIPHER_SERVER_PREFERENCE) {
            (ours, theirs)
        } else {
            (theirs, ours)
        };
        preferred.into_iter().filter(|scheme| other.contains(scheme)).collect()
    }

    /// Where to read from.
    #[must_use]
    pub fn read_bio(&self) -> Option<Bio> {
        self.parts().read_slot.get()
    }

    /// Where to write to.
    #[must_use]
    pub fn write_bio(&self) -> Option<Bio> {
        self.parts().write_slot.get()
    }

    /// Replaces where to read from; the old one is given out, to be dropped when nothing is borrowed, unless it is in use.
    pub fn set_read_bio(&self, bio: Option<Bio>) -> Option<Bio> {
        self.forget_told_deadline();
        self.with_parts(|parts| parts.read_slot.replace(bio))
    }

    /// Replaces where to write to.
    pub fn set_write_bio(&self, bio: Option<Bio>) -> Option<Bio> {
        self.with_parts(|parts| parts.write_slot.replace(bio))
    }

    /// The session that `SSL_get_session` gives.
    #[must_use]
    pub fn session(&self) -> Option<Arc<SessionHandle>> {
        self.held_session().filter(|session| !self.session_is_in_doubt.get() || self.may_show(session))
    }

    /// The session that is there, be it the connection's or not.
    pub(super) fn held_session(&self) -> Option<Arc<SessionHandle>> {
        self.parts().session.borrow().clone()
    }

    /// Replaces it.
    pub fn set_session(&self, session: Option<Arc<SessionHandle>>) -> Option<Arc<SessionHandle>> {
        self.session_is_in_doubt.set(false);
        self.with_parts(|parts| parts.session.replace(session))
    }

    /// The session that a client was told to resume (`SSL_set_session`).
    pub fn offer_session(&self, session: Option<Arc<SessionHandle>>) -> Option<Arc<SessionHandle>> {
        self.with_parts(|parts| parts.offered_session.replace(session))
    }

    /// That session.
    pub(super) fn offered_session(&self) -> Option<Arc<SessionHandle>> {
        self.parts().offered_session.borrow().clone()
    }

    /// What the session is during the handshake, and becomes by its end.
    pub(super) fn begun_session(&self) -> Option<Arc<SessionHandle>> {
        self.parts().begun_session.borrow().clone()
    }
}

impl Drop for Ssl {
    fn drop(&mut self) {
        self.parts.free();
        self.abandon_session();
        let object = core::ptr::from_mut(self);
        self.ex_data.detach(object.cast_const().cast());
    }
}
