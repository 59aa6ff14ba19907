//! The session of a connection: what is offered, what is given out, and when it must not be resumed again
//! (`SSL_set_session(3)`, `SSL_get_session(3)`).

use core::{ffi::c_uint, sync::atomic::Ordering};
use std::sync::Arc;

use super::{SessionHandle, Ssl, parts::keep, session::SoFar, ssl::SENT_SHUTDOWN};
use crate::{
    error::{Error, Reason, Result},
    handshake::{Environment, position::Position},
    policy::{Settings, options::cache},
    record::Side,
    session::{MAX_ID_LENGTH, Session},
    wire::{AlertDescription, ProtocolVersion},
};

/// How many connections there are between two looks for what expired in the cache.
const FLUSH_INTERVAL: u64 = 256;

impl Ssl {
    /// Offers `session` for resumption (`SSL_set_session(3)`); it is the connection's from now on.
    pub fn use_session(&self, session: Option<Arc<SessionHandle>>) {
        self.abandon_session();
        self.forget_former_version();
        if let Some(session) = &session {
            self.verify_result.set(session.core().verify_result);
        }
        drop(self.offer_session(session.clone()));
        drop(self.set_session(session));
        self.forget_begun_session();
    }

    /// The session that `SSL_get_session` gives: during a handshake one that nothing is known of yet.
    #[must_use]
    pub fn session_so_far(&self) -> Option<Arc<SessionHandle>> {
        if let Some(session) = self.session() {
            return Some(session);
        }
        if self.looks_for_session.get() {
            return None;
        }
        if let Some(resumed) = self.resumed_session() {
            return Some(resumed);
        }
        let (version, lifetime, so_far) = self.look_at_connection(|connection| {
            let negotiated = connection.negotiated();
            let is_tls13 = negotiated.version == Some(ProtocolVersion::TLS1_3);
            let version = match connection.side() {
                // The program took the session away.
                _ if connection.is_established() => None,
                Side::Client if !connection.is_before() => connection.version_so_far(),
                // A server of TLS 1.3 that found no suite has made none.
                _ if is_tls13 && negotiated.suite.is_none() && connection.failure().is_some() => None,
                _ => negotiated.version,
            };
            // In a renegotiation these are still the former handshake's.
            let is_first = !connection.is_established() && negotiated.renegotiation.is_none();
            // TLS 1.3 has a session of its own for each handshake, whose suite is known with the ServerHello; before, it is that
            // of the keys.
            let suite = if is_tls13 {
                negotiated.suite.filter(|_| connection.position() != Position::SrClntHello)
            } else {
                negotiated.suite_in_use.filter(|_| is_first)
            };
            let shows_peer = is_first && connection.side() == Side::Client && !negotiated.peer_is_unverified;
            let so_far = SoFar {
                id: negotiated.session_id,
                suite: suite.map(|suite| suite.id),
                server_name: negotiated.server_name.clone().filter(|_| negotiated.server_name_acknowledged),
                peer_chain: negotiated.peer_chain.clone().filter(|_| shows_peer),
                group: negotiated.group.filter(|_| is_first),
            };
            (version, negotiated.session_lifetime, so_far)
        });
        if let Some(version) = version.filter(|_| self.begun_session().is_none()) {
            // The program is told of a new session, and may call back.
            let library = self.context().library.clone();
            let settings = self.with_config(|config| Arc::clone(&config.settings));
            // A callback that looks before the hello is made finds nothing noted.
            let lifetime = match lifetime {
                0 => self.with_session_timeout(Arc::clone(&settings)).session_lifetime(),
                noted => noted,
            };
            let made = SessionHandle::begun(library, version, &settings.session_id_context, lifetime)?;
            drop(self.with_parts(|parts| keep(&parts.begun_session, made, |_| true)));
        }
        let begun = self.begun_session()?;
        begun.learn(so_far);
        Some(begun)
    }

    /// The session that a server resumes in the handshake that it is in. After it the program may have taken the session away.
    pub(super) fn resumed_session(&self) -> Option<Arc<SessionHandle>> {
        let session = self.look_at_connection(|connection| {
            let negotiated = connection.negotiated();
            let is_resumed =
                connection.side() == Side::Server && negotiated.resumed && !connection.is_established();
            negotiated.session.clone().filter(|_| is_resumed)
        })?;
        let handle = self.handle_of(&session);
        self.hold_session(Arc::clone(&handle));
        Some(handle)
    }

    /// Makes a session that was found this connection's as long as it is to be resumed.
    pub(super) fn hold_session(&self, found: Arc<SessionHandle>) {
        drop(self.set_session(Some(found)));
        self.session_is_in_doubt.set(true);
    }

    /// Whether a session that is in doubt is the connection's. A client's is until it is refused. A server's is one of before
    /// until the ClientHello is read, below TLS 1.3 until a session was looked for; then the one that is resumed.
    pub(super) fn may_show(&self, session: &SessionHandle) -> bool {
        self.look_at_connection(|connection| {
            let negotiated = connection.negotiated();
            if connection.side() == Side::Client {
                return !negotiated.session_refused;
            }
            match negotiated.version {
                None => true,
                Some(version) if self.looks_for_session.get() => version != ProtocolVersion::TLS1_3,
                Some(_) => {
                    negotiated.resumed
                        && negotiated.session.as_ref().is_some_and(|resumed| session.is(resumed))
                }
            }
        })
    }

    /// Runs `look`, which may ask the program, without a session.
    pub(super) fn looking_for_session<T>(&self, look: impl FnOnce() -> T) -> T {
        self.looks_for_session.set(true);
        let found = look();
        self.looks_for_session.set(false);
        found
    }

    /// A handshake begins: what an earlier one began counts no more.
    pub fn forget_begun_session(&self) {
        self.begin_session(None);
    }

    /// What the next handshake makes its session of.
    pub(super) fn begin_session(&self, begun: Option<Arc<SessionHandle>>) {
        self.begun_is_made.set(false);
        drop(self.with_parts(|parts| parts.begun_session.replace(begun)));
    }

    /// The end of a handshake. What it began stays where it is, for a program may have kept the pointer.
    pub(super) fn end_session(&self, version: Option<ProtocolVersion>) {
        if version != Some(ProtocolVersion::TLS1_3) {
            // A renegotiation begins a session of its own.
            let former = self.with_parts(|parts| parts.former_session.replace(parts.begun_session.take()));
            drop(former);
            self.begun_is_made.set(false);
        } else if self.side() == Side::Client {
            self.begun_is_made.set(true);
        }
    }

    /// The settings with the time-out of sessions that the context has now (`SSL_CTX_set_timeout(3)`).
    pub(super) fn with_session_timeout(&self, mut settings: Arc<Settings>) -> Arc<Settings> {
        let timeout = self.initial_context().config_now().settings.session_timeout;
        if settings.session_timeout != timeout {
            Arc::make_mut(&mut settings).session_timeout = timeout;
        }
        settings
    }

    /// A session is not resumed again if its connection was established and we have not closed it (RFC 5246 §7.2.1); that the peer has
    /// does not count. Whether it was so.
    pub(super) fn abandon_session(&self) -> bool {
        let is_established = self.look_at_connection(|connection| connection.is_established());
        let is_cut_short = is_established && self.shutdown.get() & SENT_SHUTDOWN == 0;
        if is_cut_short {
            self.forget_session();
        }
        is_cut_short
    }

    /// The connection's session is not resumed again.
    pub(super) fn forget_session(&self) {
        if let Some(handle) = self.session_so_far() {
            self.initial_context().remove_session(&handle);
        }
    }

    /// A new object of a session of the core: its certificates are of the library context that the connection's are of.
    pub(super) fn new_handle(&self, session: Arc<Session>) -> Arc<SessionHandle> {
        SessionHandle::new_within(self.context().library.clone(), session)
    }

    /// The object that the program knows a session of the core by, if it knows one.
    fn known_handle(&self, session: &Arc<Session>) -> Option<Arc<SessionHandle>> {
        let psk = self.with_parts(|parts| parts.psk_session.borrow().clone());
        [self.held_session(), self.offered_session(), psk]
            .into_iter()
            .flatten()
            .find(|handle| handle.is(session))
    }

    /// The core's session as the object that the program knows, if it knows one.
    pub(super) fn handle_of(&self, session: &Arc<Session>) -> Arc<SessionHandle> {
        self.known_handle(session).unwrap_or_else(|| self.new_handle(Arc::clone(session)))
    }

    /// Makes the core's session the connection's (`SSL_get_session(3)`). The program's own object is kept where the core
    /// still uses it unchanged.
    pub(super) fn adopt_session(&self, session: &Arc<Session>) -> Arc<SessionHandle> {
        let handle = self.known_handle(session).unwrap_or_else(|| self.handle_of_new(session));
        drop(self.set_session(Some(Arc::clone(&handle))));
        handle
    }

    /// As [`Self::adopt_session`], of the session that a handshake came to, if it came to one.
    pub(super) fn adopt_negotiated_session(&self) {
        if let Some(session) = self.look_at_connection(|connection| connection.negotiated().session.clone()) {
            drop(self.adopt_session(&session));
        }
    }

    /// As [`Self::adopt_session`], of a session that a ticket stands for: in TLS 1.3 each later one is another.
    pub(super) fn adopt_ticket_session(&self, session: &Arc<Session>) -> Arc<SessionHandle> {
        let handle = self.adopt_session(session);
        if session.version == ProtocolVersion::TLS1_3 {
            self.begun_is_made.set(true);
        }
        handle
    }

    /// The object of a session that the program does not know: the one that the handshake began, which the program may have a
    /// pointer to, until that is complete. What comes then is an object of its own with the program's data of the one before.
    fn handle_of_new(&self, session: &Arc<Session>) -> Arc<SessionHandle> {
        let is_resumed = self.look_at_connection(|connection| connection.negotiated().resumed);
        let before = self.session().filter(|_| is_resumed || self.begun_is_made.get());
        let begun = self.begun_session();
        if before.is_none()
            && !self.begun_is_made.replace(is_resumed)
            && let Some(begun) = begun
        {
            begun.become_session(session);
            return begun;
        }
        let handle = self.new_handle(Arc::clone(session));
        if let Some(before) = before {
            handle.ex_data.copy_from(&before.ex_data);
        }
        handle
    }

    /// The id of a new session, by the program's callback (`SSL_CTX_set_generate_session_id(3)`). It must be
    /// no longer than asked for, and no other session's.
    pub(super) fn make_session_id(&self) -> Result<Vec<u8>> {
        let refused = |reason| Error::fatal(AlertDescription::INTERNAL_ERROR, reason);
        let own = self.with_config(|config| config.callbacks.generate_session_id);
        let callback = own.or(self.initial_context().live().generate_session_id);
        let Some(function) = callback else { return Err(Error::internal()) };
        let mut id = vec![0; MAX_ID_LENGTH];
        let mut length = MAX_ID_LENGTH as c_uint;
        // SAFETY: the program registered `function` for exactly these arguments; `id` has room for `length` bytes, and
        // nothing of `self` is borrowed.
        if unsafe { function(self.as_handle(), id.as_mut_ptr(), &raw mut length) } == 0 {
            return Err(refused(Reason::SSL_SESSION_ID_CALLBACK_FAILED));
        }
        if length == 0 || length as usize > MAX_ID_LENGTH {
            return Err(refused(Reason::SSL_SESSION_ID_HAS_BAD_LENGTH));
        }
        id.truncate(length as usize);
        if self.initial_context().sessions.get(&id, i64::MIN).is_some() {
            return Err(refused(Reason::SSL_SESSION_ID_CONFLICT));
        }
        Ok(id)
    }

    /// Whether the program lets the session of a handshake be resumed (`SSL_CTX_set_not_resumable_session_callback`).
    pub(super) fn ask_may_resume(&self, forward_secret: bool) -> bool {
        let callback = self.with_config(|config| config.callbacks.not_resumable);
        let Some(function) = callback else { return true };
        // SAFETY: the program registered `function` for exactly these arguments; nothing of `self` is borrowed.
        unsafe { function(self.as_handle(), forward_secret.into()) == 0 }
    }

    /// A client whose session was not resumed missed it (`SSL_CTX_sess_misses(3)`).
    pub(super) fn count_miss(&self, resumed: bool) {
        let offered = self.offered_session().map(|session| session.core());
        let missed = self.side() == Side::Client && !resumed;
        if missed && offered.is_some_and(|session| !session.id.is_empty()) {
            self.initial_context().statistics.count(|statistics| &statistics.misses);
        }
    }

    /// The bit of the modes of a cache that is for our side (`SSL_CTX_set_session_cache_mode(3)`).
    pub(super) fn cache_side(&self) -> u32 {
        match self.side() {
            Side::Client => cache::CLIENT,
            Side::Server => cache::SERVER,
        }
    }

    /// Every so many connections what expired leaves the cache, unless the program sees to that
    /// (`SSL_SESS_CACHE_NO_AUTO_CLEAR`).
    pub(super) fn flush_now_and_then(&self, environment: &Environment, mode: u32) {
        let context = self.initial_context();
        let counter = match self.side() {
            Side::Client => &context.statistics.connect_good,
            Side::Server => &context.statistics.accept_good,
        };
        let is_due = counter.load(Ordering::Relaxed) % FLUSH_INTERVAL == FLUSH_INTERVAL - 1;
        if is_due && mode & cache::NO_AUTO_CLEAR == 0 {
            context.flush_sessions(environment.now);
        }
    }

    /// `SSL_copy_session_id(3)`: the session, the certificates and the id context of `from`.
    pub fn copy_session_id(&self, from: &Self) {
        self.use_session(from.session());
        let theirs = from.config();
        self.update_config(|config| {
            config.credentials = Arc::clone(&theirs.credentials);
            config.update_settings(|settings| {
                settings.certificates = Arc::clone(&theirs.settings.certificates);
                settings.has_key = theirs.settings.has_key;
                settings.session_id_context = Arc::clone(&theirs.settings.session_id_context);
            });
        });
    }
}
