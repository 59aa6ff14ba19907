//! What an `SSL_SESSION` points to: a session of the core that the program can hold, change and annotate.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;

use crate::{
    libcrypto::{
        ex_data::{Class, ExData},
        x509::X509,
    },
    session::Session,
};

/// A session with what only the C API wants of it.
pub struct SessionHandle {
    core: ArcSwap<Session>,
    /// The program's data.
    pub ex_data: ExData,
    /// The peer's certificate as an object, made when somebody asks for it.
    peer: OnceLock<Option<X509>>,
}

impl SessionHandle {
    /// A handle of `session`.
    #[must_use]
    pub fn new(session: Arc<Session>) -> Arc<Self> {
        let handle = Arc::new(Self {
            core: ArcSwap::new(session),
            ex_data: ExData::new(Class::Session),
            peer: OnceLock::new(),
        });
        handle.ex_data.attach(Arc::as_ptr(&handle).cast());
        handle
    }

    /// The session as it is now.
    #[must_use]
    pub fn core(&self) -> Arc<Session> {
        self.core.load_full()
    }

    /// Changes the session.
    pub fn update(&self, change: impl FnOnce(&mut Session)) {
        let mut session = Session::clone(&self.core.load());
        change(&mut session);
        self.core.store(Arc::new(session));
    }

    /// Whether this is the handle of `session`, unchanged.
    #[must_use]
    pub fn is(&self, session: &Arc<Session>) -> bool {
        Arc::ptr_eq(&self.core.load(), session)
    }

    /// The peer's certificate; `None` if it sent none or one that libcrypto cannot parse.
    #[must_use]
    pub fn peer(&self) -> Option<&X509> {
        self.peer
            .get_or_init(|| {
                let session = self.core.load();
                X509::from_der(session.peer_chain.as_ref()?.first()?)
            })
            .as_ref()
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        let object = core::ptr::from_mut(self);
        self.ex_data.detach(object.cast_const().cast());
    }
}
