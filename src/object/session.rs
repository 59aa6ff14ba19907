//! What an `SSL_SESSION` points to: a session of the core that the program can hold, change and annotate.

use core::cell::UnsafeCell;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use once_cell::race::OnceBox;

use arc_swap::ArcSwap;

use crate::{
    crypto::secret::Secret,
    error::Reason,
    libcrypto::{
        clock,
        evp_pkey::PKey,
        ex_data::{Class, ExData},
        library::Library,
        panics::Poison,
        x509::X509,
    },
    session::{
        Id, MAX_ID_LENGTH, PeerChain, Session, SessionCache,
        asn1::{self, DecodeError},
    },
    wire::{CipherSuite, NamedGroup, ProtocolVersion},
};

/// The timeout of a session that nobody negotiated, in seconds.
const TIMEOUT_OF_NEW: i64 = 304;
/// `X509_V_ERR_UNSPECIFIED`: nobody verified anything.
const UNVERIFIED: i64 = 1;
/// `TLSEXT_max_fragment_length_UNSPECIFIED`.
const MAX_FRAGMENT_LENGTH_UNSPECIFIED: u8 = 255;

/// A session with what only the C API wants of it.
pub struct SessionHandle {
    core: ArcSwap<Session>,
    /// Who changes it, and the cache that it came to last.
    changing: Mutex<Weak<SessionCache<Arc<Self>>>>,
    /// The session that it was made for: the core may still use that, while the program has changed ours.
    origin: Mutex<Weak<Session>>,
    /// The program's data.
    pub ex_data: ExData,
    /// Whether a panic came out of this object: every further call fails.
    pub poison: Poison,
    /// The peer's certificate as an object, made when somebody asks for it and there is one.
    peer: OnceBox<X509>,
    /// Its raw public key, likewise.
    raw_key: OnceBox<PKey>,
    /// Where the certificate is made.
    library: Library,
    /// What pointers were given out for.
    shown: OnceBox<Shown>,
}

/// What a handshake knows of its session before that is made.
pub struct SoFar {
    /// The id.
    pub id: Id,
    /// The suite.
    pub suite: Option<CipherSuite>,
    /// The server name that was negotiated.
    pub server_name: Option<Vec<u8>>,
    /// The peer's chain, once it is verified.
    pub peer_chain: Option<PeerChain>,
    /// The group of the key exchange.
    pub group: Option<NamedGroup>,
}

impl SoFar {
    /// Whether `session` lacks any of it.
    fn adds_to(&self, session: &Session) -> bool {
        (!self.id.is_empty() && session.id.is_empty())
            || (self.suite.is_some() && session.cipher_suite == CipherSuite(0))
            || (self.server_name.is_some() && session.server_name.is_none())
            || (self.peer_chain.is_some() && session.peer_chain.is_none())
            || (self.group.is_some() && session.group.is_none())
    }
}

/// Copies of fields that pointers were given out for: they must outlive a change of another field.
#[derive(Default)]
struct Shown {
    id: Fixed,
    id_context: Fixed,
    ticket: Copied,
    ticket_app_data: Copied,
    alpn: Copied,
    server_name: Copied,
}

/// A copy of an id that stays where it is whatever is shown later: OpenSSL has ids inside of the session, and a program may keep
/// the pointer while a handshake changes them.
struct Fixed {
    writing: Mutex<()>,
    bytes: UnsafeCell<[u8; MAX_ID_LENGTH]>,
}

// SAFETY: [`Fixed::show`] alone touches the bytes, under the lock.
unsafe impl Sync for Fixed {}

impl Default for Fixed {
    fn default() -> Self {
        Self { writing: Mutex::new(()), bytes: UnsafeCell::new([0; MAX_ID_LENGTH]) }
    }
}

impl Fixed {
    /// A pointer to a copy of `bytes`, and how many there are.
    fn show(&self, bytes: &[u8]) -> (*const u8, usize) {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = bytes.get(..MAX_ID_LENGTH).unwrap_or(bytes);
        let place = self.bytes.get().cast::<u8>();
        // SAFETY: there is room for that many bytes, which nobody else writes while the lock is held.
        unsafe {
            if core::slice::from_raw_parts(place, bytes.len()) != bytes {
                place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
        drop(writing);
        (place, bytes.len())
    }
}

/// A copy of bytes and a zero byte behind them.
#[derive(Default)]
struct Copied(Mutex<Option<Box<[u8]>>>);

impl Copied {
    /// A pointer to a copy of `bytes` that stays valid until other bytes are shown.
    fn show(&self, bytes: &[u8]) -> *const u8 {
        let mut copy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = copy.take().filter(|known| known.split_last().is_some_and(|(_, known)| known == bytes));
        copy.insert(known.unwrap_or_else(|| [bytes, &[0]].concat().into())).as_ptr()
    }
}

impl SessionHandle {
    /// A handle of `session`.
    #[must_use]
    pub fn new(session: Arc<Session>) -> Arc<Self> {
        Self::new_within(Library::default(), session)
    }

    /// A handle of `session`, whose peer's certificate is made in this library context.
    #[must_use]
    pub fn new_within(library: Library, session: Arc<Session>) -> Arc<Self> {
        let handle = Arc::new(Self {
            origin: Mutex::new(Arc::downgrade(&session)),
            core: ArcSwap::new(session),
            changing: Mutex::new(Weak::new()),
            ex_data: ExData::new(Class::Session),
            poison: Poison::default(),
            peer: OnceBox::new(),
            raw_key: OnceBox::new(),
            library,
            shown: OnceBox::new(),
        });
        handle.ex_data.attach(Arc::as_ptr(&handle).cast());
        handle
    }

    /// A session in which nothing is set yet (`SSL_SESSION_new(3)`).
    #[must_use]
    pub fn empty() -> Option<Arc<Self>> {
        let (now, _) = clock::now();
        let secret = Secret::new(&[])?;
        Some(Self::new(Arc::new(Session {
            verify_result: UNVERIFIED,
            max_fragment_length: MAX_FRAGMENT_LENGTH_UNSPECIFIED,
            ..Session::new(ProtocolVersion(0), CipherSuite(0), secret, now, TIMEOUT_OF_NEW)
        })))
    }

    /// The session of a handshake that has just begun.
    #[must_use]
    pub fn begun(
        library: Library,
        version: ProtocolVersion,
        id_context: &[u8],
        lifetime: i64,
    ) -> Option<Arc<Self>> {
        let (now, _) = clock::now();
        let session = Session {
            id_context: Id::of(id_context),
            max_fragment_length: MAX_FRAGMENT_LENGTH_UNSPECIFIED,
            ..Session::new(version, CipherSuite(0), Secret::new(&[])?, now, lifetime)
        };
        Some(Self::new_within(library, Arc::new(session)))
    }

    /// A session of its own that says the same, with the program's data (`SSL_SESSION_dup(3)`); `None` when memory is out.
    #[must_use]
    pub fn duplicate(&self) -> Option<Arc<Self>> {
        let copy = Self::new_within(self.library.clone(), Arc::new(Session::clone(&self.core.load())));
        copy.ex_data.copy_from(&self.ex_data).then_some(copy)
    }

    /// Reads the ASN.1 form off the front of `bytes`, and says how many of them it had. The error is the reason
    /// for the queue, if there is one.
    pub fn decode(bytes: &[u8]) -> Result<(Session, usize), Option<Reason>> {
        let (now, _) = clock::now();
        asn1::decode(bytes, now).map_err(|error| match error {
            DecodeError::Malformed => Some(Reason::ERR_ASN1_LIB),
            DecodeError::Refused(reason) => Some(reason),
            DecodeError::Unusable => None,
        })
    }

    /// The session as it is now.
    #[must_use]
    pub fn core(&self) -> Arc<Session> {
        self.core.load_full()
    }

    /// Changes the session.
    pub fn update(&self, change: impl FnOnce(&mut Session)) {
        self.replace(|before| {
            let mut session = Session::clone(before);
            change(&mut session);
            Arc::new(session)
        });
    }

    /// As [`Self::update`], of when it expires: the cache that it is in goes by that.
    pub fn update_lifetime(&self, change: impl FnOnce(&mut Session)) {
        self.update(change);
        let cache = self.changing.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        if let Some(cache) = cache {
            cache.reorder(&self.core().id, |known| {
                core::ptr::eq(Arc::as_ptr(known), self).then(|| self.core.load().expires_at())
            });
        }
    }

    /// Notes the cache that it comes to.
    pub fn note_cache(&self, cache: &Arc<SessionCache<Arc<Self>>>) {
        *self.changing.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(cache);
    }

    /// Puts what `make` makes of the session in its place. Of two changes at once none may be lost; readers do not wait.
    fn replace(&self, make: impl FnOnce(&Session) -> Arc<Session>) {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let session = make(&self.core.load());
        let before = self.core.swap(session);
        drop(changing);
        drop(before);
    }

    /// What is known by now of a session that is not made yet; another thread may complete it meanwhile.
    pub fn learn(&self, so_far: SoFar) {
        if !so_far.adds_to(&self.core.load()) {
            return;
        }
        self.update(|session| {
            if session.id.is_empty() {
                session.id = so_far.id;
            }
            if session.cipher_suite == CipherSuite(0) {
                session.cipher_suite = so_far.suite.unwrap_or(CipherSuite(0));
            }
            if session.server_name.is_none() {
                session.server_name = so_far.server_name;
            }
            if session.peer_chain.is_none() {
                session.peer_chain = so_far.peer_chain;
            }
            session.group = session.group.or(so_far.group);
        });
    }

    /// What a handshake began has become `session`: the object stays, with what the program put into it.
    pub fn become_session(&self, session: &Arc<Session>) {
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(session);
        self.replace(|begun| {
            if begun.ticket_app_data.is_empty() || !session.ticket_app_data.is_empty() {
                return Arc::clone(session);
            }
            Arc::new(Session { ticket_app_data: begun.ticket_app_data.clone(), ..Session::clone(session) })
        });
    }

    /// The session must not be resumed again.
    pub fn forbid_resumption(&self) {
        if self.core.load().resumable {
            self.update(|session| session.resumable = false);
        }
    }

    /// Whether it can be resumed.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.core.load().is_resumable()
    }

    /// The mode of the maximum fragment length (RFC 6066 §4); 0 if none was negotiated.
    #[must_use]
    pub fn max_fragment_length(&self) -> u8 {
        match self.core.load().max_fragment_length {
            MAX_FRAGMENT_LENGTH_UNSPECIFIED => 0,
            mode => mode,
        }
    }

    /// Whether this is the handle of `session`, or was when it was made.
    #[must_use]
    pub fn is(&self, session: &Arc<Session>) -> bool {
        let was_made_of = || self.origin.lock().unwrap_or_else(PoisonError::into_inner).as_ptr();
        Arc::ptr_eq(&self.core.load(), session) || core::ptr::eq(was_made_of(), Arc::as_ptr(session))
    }

    /// The peer's raw public key as an object; `None` if it sent none.
    pub fn peer_raw_key(&self) -> Option<&PKey> {
        made_once(&self.raw_key, || PKey::public_from_der(self.core.load().peer_raw_key.as_ref()?))
    }

    /// The peer's certificate; `None` if it sent none or one that libcrypto cannot parse.
    #[must_use]
    pub fn peer(&self) -> Option<&X509> {
        made_once(&self.peer, || {
            let session = self.core.load();
            X509::from_der_within(&self.library, session.peer_chain.as_ref()?.first()?)
        })
    }

    fn shown(&self) -> &Shown {
        self.shown.get_or_init(Box::default)
    }

    /// A pointer to a copy of `bytes`, and how many there are; null for none.
    fn show_unless_empty(&self, bytes: &[u8], copied: impl FnOnce(&Shown) -> &Copied) -> (*const u8, usize) {
        if bytes.is_empty() {
            (core::ptr::null(), 0)
        } else {
            (copied(self.shown()).show(bytes), bytes.len())
        }
    }

    /// The id, for C.
    #[must_use]
    pub fn show_id(&self) -> (*const u8, usize) {
        let session = self.core.load();
        self.shown().id.show(&session.id)
    }

    /// The id's context, for C.
    #[must_use]
    pub fn show_id_context(&self) -> (*const u8, usize) {
        let session = self.core.load();
        self.shown().id_context.show(&session.id_context)
    }

    /// The ticket, for C; null without one.
    #[must_use]
    pub fn show_ticket(&self) -> (*const u8, usize) {
        let session = self.core.load();
        self.show_unless_empty(&session.ticket, |shown| &shown.ticket)
    }

    /// The program's data in the ticket, for C; null without any.
    #[must_use]
    pub fn show_ticket_app_data(&self) -> (*const u8, usize) {
        let session = self.core.load();
        self.show_unless_empty(&session.ticket_app_data, |shown| &shown.ticket_app_data)
    }

    /// The application protocol, for C; null without one.
    #[must_use]
    pub fn show_alpn(&self) -> (*const u8, usize) {
        let session = self.core.load();
        self.show_unless_empty(&session.alpn, |shown| &shown.alpn)
    }

    /// The server name as a C string; null without one.
    #[must_use]
    pub fn show_server_name(&self) -> *const u8 {
        let session = self.core.load();
        session.server_name.as_ref().map_or(core::ptr::null(), |name| self.shown().server_name.show(name))
    }
}

/// What `cell` holds; `make` fills it as soon as it can. Nobody waits for another thread, which a forked process may lack.
fn made_once<T>(cell: &OnceBox<T>, make: impl FnOnce() -> Option<T>) -> Option<&T> {
    if cell.get().is_none() {
        // Another thread's may be there by now, which is as good.
        let _ = cell.set(Box::new(make()?));
    }
    cell.get()
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        let object = core::ptr::from_mut(self);
        self.ex_data.detach(object.cast_const().cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_id_stays_where_it_is() {
        let handle = SessionHandle::empty().unwrap();
        handle.update(|session| session.id = Id::of(&[1, 2]));
        let (shown, length) = handle.show_id();
        handle.update(|session| session.timeout = 9);
        assert_eq!(handle.show_id(), (shown, length));
        handle.update(|session| session.id = Id::of(&[3]));
        assert_eq!(handle.show_id(), (shown, 1));
        // SAFETY: the handle is alive.
        assert_eq!(unsafe { core::slice::from_raw_parts(shown, 2) }, [3, 2]);
    }

    #[test]
    fn changed_session_is_still_known_by_the_one_it_was_made_for() {
        let core = SessionHandle::empty().unwrap().core();
        let handle = SessionHandle::new(Arc::clone(&core));
        handle.update(|session| session.timeout = 9);
        assert!(handle.is(&core) && handle.is(&handle.core()));
        assert!(!SessionHandle::empty().unwrap().is(&core));
    }

    #[test]
    fn begun_session_stays_the_object_of_what_it_became() {
        let handle = SessionHandle::empty().unwrap();
        handle.update(|session| session.ticket_app_data = vec![7]);
        let core =
            Arc::new(Session { timeout: 9, ..Session::clone(&SessionHandle::empty().unwrap().core()) });
        handle.become_session(&core);
        assert!(handle.is(&core));
        assert_eq!((handle.core().timeout, &handle.core().ticket_app_data[..]), (9, &[7][..]));
    }

    #[test]
    fn session_without_id_and_ticket_is_not_resumable() {
        let handle = SessionHandle::empty().unwrap();
        assert!(!handle.is_resumable());
        handle.update(|session| session.ticket = vec![1]);
        assert!(handle.is_resumable());
        handle.forbid_resumption();
        assert!(!handle.is_resumable());
    }

    #[test]
    fn bytes_that_are_no_session_have_a_reason() {
        assert_eq!(SessionHandle::decode(b"garbage").err(), Some(Some(Reason::ERR_ASN1_LIB)));
    }
}
