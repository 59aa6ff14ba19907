//! What an `SSL_CTX` points to.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::{ArcSwap, ArcSwapOption};
use zeroize::Zeroizing;

use super::{
    ca_names::CaLists,
    callbacks::{CopiedCallbacks, LiveCallbacks},
    changes::Changes,
    cipher_stack::CipherStack,
    config::Config,
    dane::DaneSettings,
    peer_certificates::SeenCertificates,
    session::SessionHandle,
    session_cache::SessionTable,
    srp::Srp,
    suites,
};
use crate::{
    crypto::rand,
    libcrypto::{
        clock,
        ct::LogStore,
        engine::Engine,
        ex_data::{Class, ExData},
        known_signatures::KnownSignatures,
        library::Library,
        panics::Poison,
        store::X509Store,
        sys::OPENSSL_STACK,
        verify_param::VerifyParam,
    },
    policy::{Settings, options::cache},
    record::Side,
    session::{SessionCache, TicketKeyRing, TicketKeys},
    wire::ProtocolVersion,
};

/// What an `SSL_METHOD` says: which sides and versions it is for.
#[derive(Debug)]
pub struct Method {
    /// The lowest and the highest version.
    pub versions: (ProtocolVersion, ProtocolVersion),
    /// Whether it can be a client.
    pub client: bool,
    /// Whether it can be a server.
    pub server: bool,
}

impl Method {
    /// Whether it is one of DTLS.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.versions.1.is_datagram()
    }

    /// Whether it is for this side.
    #[must_use]
    pub const fn has(&self, side: Side) -> bool {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// The side of an `SSL` before `SSL_set_connect_state` or `SSL_set_accept_state` (`SSL_is_server(3)`).
    #[must_use]
    pub const fn side(&self) -> Side {
        if self.server { Side::Server } else { Side::Client }
    }
}

/// `SSL_CTX_sess_number(3)`: counted without locks.
#[derive(Default)]
pub struct Statistics {
    /// Handshakes begun as a client.
    pub connect: AtomicU64,
    /// Handshakes completed as a client.
    pub connect_good: AtomicU64,
    /// Renegotiations begun as a client.
    pub connect_renegotiate: AtomicU64,
    /// Handshakes begun as a server.
    pub accept: AtomicU64,
    /// Handshakes completed as a server.
    pub accept_good: AtomicU64,
    /// Renegotiations begun as a server.
    pub accept_renegotiate: AtomicU64,
    /// Sessions resumed.
    pub hits: AtomicU64,
    /// Sessions found by the program's callback.
    pub callback_hits: AtomicU64,
    /// Sessions asked for and not found.
    pub misses: AtomicU64,
    /// Sessions found but too old.
    pub timeouts: AtomicU64,
    /// Sessions dropped because the cache was full.
    pub cache_full: AtomicU64,
}

/// `SSL_SESSION_CACHE_MAX_SIZE_DEFAULT`.
const SESSION_CACHE_SIZE: usize = 1024 * 20;

/// What connections share: configuration to copy, callbacks and stores to read, the session cache.
pub struct Context {
    /// What `SSL_new` copies.
    config: ArcSwap<Config>,
    /// What connections begin with, and the configuration that it was made from.
    for_connections: ArcSwapOption<(Arc<Config>, Arc<Config>)>,
    /// Those of `config` and `live`.
    pub(super) changes: Changes,
    /// What is read when it is used.
    live: ArcSwap<LiveCallbacks>,
    /// The trust anchors: read when a chain is verified, not earlier.
    store: Mutex<X509Store>,
    /// Certificates of peers.
    pub(super) seen_certificates: SeenCertificates,
    /// Signatures in chains of peers.
    pub(super) known_signatures: KnownSignatures,
    /// `SSL_CTX_get0_param`: inherited by each new connection.
    pub verify_param: VerifyParam,
    /// The server's internal session cache.
    pub sessions: Arc<SessionCache<Arc<SessionHandle>>>,
    /// What `SSL_CTX_sessions` gives.
    pub(super) session_table: Mutex<Option<SessionTable>>,
    /// The keys of tickets.
    ticket_keys: ArcSwap<TicketKeyRing>,
    /// The logs of certificate transparency that are known.
    pub(super) log_store: ArcSwap<Option<LogStore>>,
    /// What the cookies of HelloRetryRequests are sealed with.
    pub cookie_key: Zeroizing<[u8; 32]>,
    /// Counters.
    pub statistics: Statistics,
    /// What `SSL_CTX_get_ciphers` gives.
    ciphers: Mutex<CipherStack>,
    /// Where libcrypto's part of the work is done.
    pub library: Library,
    /// Gives clients' certificates, before the program's callback is asked.
    pub(super) client_cert_engine: ArcSwapOption<Engine>,
    /// What is set for DANE.
    pub(super) dane: ArcSwap<DaneSettings>,
    /// The program's data.
    pub ex_data: ExData,
    /// Whether a panic came out of this object: every further call fails.
    pub poison: Poison,
}

/// Threads share contexts, and through them sessions: what they are made of must allow it.
const _: fn() = || {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Context>();
    is_shared::<SessionHandle>();
};

impl Context {
    /// A context with the defaults of `SSL_CTX_new(3)`. `None`: libcrypto could not make its parts.
    #[must_use]
    pub fn new(method: &'static Method, library: Library) -> Option<Arc<Self>> {
        let mut settings = Settings::new(method.versions);
        settings.library = super::library::offer(&library);
        settings.cipher_suites = settings.without_missing(&settings.cipher_suites);
        settings.tls13_cipher_suites = settings.without_missing(&settings.tls13_cipher_suites);
        let config = Config {
            method,
            own_suites: false,
            settings: Arc::new(settings),
            credentials: Arc::default(),
            callbacks: CopiedCallbacks::default(),
            verify_store: None,
            chain_store: None,
            extra_chain: None,
            custom_extensions: Arc::default(),
            max_pipelines: 1,
            srtp_profiles: None,
            srp: Srp::default(),
            ca_lists: CaLists::empty()?,
        };
        let context = Arc::new(Self {
            config: ArcSwap::from_pointee(config),
            for_connections: ArcSwapOption::empty(),
            changes: Changes::default(),
            live: ArcSwap::from_pointee(LiveCallbacks {
                session_cache_mode: cache::SERVER,
                ..LiveCallbacks::default()
            }),
            store: Mutex::new(X509Store::new()?.within(&library)),
            seen_certificates: SeenCertificates::default(),
            known_signatures: KnownSignatures::default(),
            verify_param: VerifyParam::new()?,
            sessions: Arc::new(SessionCache::new(SESSION_CACHE_SIZE)),
            session_table: Mutex::new(None),
            ticket_keys: ArcSwap::from_pointee(TicketKeyRing::generate(clock::now().0).ok()?),
            log_store: ArcSwap::from_pointee(Some(LogStore::new()?)),
            cookie_key: Zeroizing::new(rand::array().ok()?),
            statistics: Statistics::default(),
            ciphers: Mutex::default(),
            library,
            client_cert_engine: ArcSwapOption::empty(),
            dane: ArcSwap::default(),
            ex_data: ExData::new(Class::Context),
            poison: Poison::default(),
        });
        context.ex_data.attach(Arc::as_ptr(&context).cast()).then_some(context)
    }

    /// The keys of tickets, as they are now.
    #[must_use]
    pub fn ticket_keys(&self) -> Arc<TicketKeyRing> {
        let lifetime = self.config.load().settings.session_lifetime();
        let ring = self.ticket_keys.load_full();
        let Some(turned) = ring.turned(clock::now().0, lifetime).map(Arc::new) else { return ring };
        // Another thread comes to the same, unless the program has set keys meanwhile, which count.
        let before = self.ticket_keys.compare_and_swap(&ring, Arc::clone(&turned));
        if Arc::ptr_eq(&before, &ring) { turned } else { Arc::clone(&before) }
    }

    /// The current keys of tickets, which are not changed any more: the program shares them with others
    /// (`SSL_CTX_get_tlsext_ticket_keys`).
    #[must_use]
    pub fn share_ticket_keys(&self) -> TicketKeys {
        // Those of now, not of when the last ticket was sealed.
        drop(self.ticket_keys());
        self.ticket_keys.rcu(|ring| ring.frozen());
        self.ticket_keys.load().current().clone()
    }

    /// The program's keys of tickets (`SSL_CTX_set_tlsext_ticket_keys`).
    pub fn set_ticket_keys(&self, keys: TicketKeys) {
        self.ticket_keys.store(Arc::new(TicketKeyRing::fixed(keys)));
    }

    /// Whether the library context offers no suite at all.
    #[must_use]
    pub fn has_no_suites(&self) -> bool {
        self.config.load().settings.cipher_suites.is_empty()
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.config.load().method
    }

    /// Changes the method for connections to come; the suites are the default ones again (`SSL_CTX_set_ssl_version(3)`). Whether there
    /// are any; if not, the reason is in the queue.
    pub fn set_method(&self, method: &'static Method) -> bool {
        self.update_config(|config| {
            config.set_method(method);
            config.update_settings(|settings| {
                let default = Settings::new(method.versions).tls13_cipher_suites;
                settings.tls13_cipher_suites = settings.without_missing(&default);
            });
        });
        suites::set_cipher_list(self, Some("DEFAULT"))
    }

    /// The configuration as it is now.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.load_full()
    }

    /// What a connection begins with: connections share it until they change something.
    #[must_use]
    pub fn config_for_connection(&self) -> Arc<Config> {
        let config = self.config.load();
        if let Some(made) = &*self.for_connections.load()
            && Arc::ptr_eq(&made.0, &config)
        {
            return Arc::clone(&made.1);
        }
        let made = Arc::new(config.for_connection());
        self.for_connections.store(Some(Arc::new((Arc::clone(&config), Arc::clone(&made)))));
        made
    }

    /// The configuration as it is now, for a short look.
    pub fn config_now(&self) -> impl core::ops::Deref<Target = Arc<Config>> + '_ {
        self.config.load()
    }

    /// Changes the configuration for connections to come. What is replaced is dropped when the change is over: libcrypto
    /// tells the program, which may call back.
    pub fn update_config<R>(&self, change: impl FnOnce(&mut Config) -> R) -> R {
        let (result, _replaced, _made_from_it) = self.changes.one_at_a_time(|| {
            let mut config = Config::clone(&self.config.load());
            let result = change(&mut config);
            (result, self.config.swap(Arc::new(config)), self.for_connections.swap(None))
        });
        result
    }

    /// Changes the settings for connections to come.
    pub fn update_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.update_config(|config| config.update_settings(change));
    }

    /// The callbacks as they are now.
    #[must_use]
    pub fn live(&self) -> LiveCallbacks {
        **self.live.load()
    }

    /// The callbacks as they are now, for a short look.
    pub fn live_now(&self) -> impl core::ops::Deref<Target = Arc<LiveCallbacks>> + '_ {
        self.live.load()
    }

    /// Lets an engine give the certificates of clients.
    pub fn set_client_cert_engine(&self, engine: Engine) {
        let engine = Some(Arc::new(engine));
        drop(self.changes.one_at_a_time(|| self.client_cert_engine.swap(engine)));
    }

    /// How often something was changed that connections read of it as they go.
    pub(super) fn changes(&self) -> usize {
        self.changes.count()
    }

    /// Changes the callbacks for all connections.
    pub fn update_live(&self, change: impl FnOnce(&mut LiveCallbacks)) {
        self.changes.one_at_a_time(|| {
            let mut live = self.live();
            change(&mut live);
            self.live.store(Arc::new(live));
        });
    }

    /// The trust anchors as they are now: another reference to the store.
    #[must_use]
    pub fn store(&self) -> X509Store {
        self.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Replaces the trust anchors.
    pub fn set_store(&self, store: X509Store) -> X509Store {
        let mut current = self.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        core::mem::replace(&mut *current, store.within(&self.library))
    }

    /// What `SSL_CTX_get_ciphers` gives.
    pub fn cipher_stack(&self) -> *mut OPENSSL_STACK {
        let mut ciphers = self.ciphers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ciphers.of(&self.config.load().settings)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.flush_sessions(0);
        let object = core::ptr::from_mut(self);
        self.ex_data.detach(object.cast_const().cast());
    }
}

impl Statistics {
    /// Adds one to a counter.
    pub fn count(&self, counter: impl FnOnce(&Self) -> &AtomicU64) {
        counter(self).fetch_add(1, Ordering::Relaxed);
    }
}
