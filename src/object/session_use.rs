//! The session of a connection: what is offered, what is given out, and when it must not be resumed again
//! (`SSL_set_session(3)`, `SSL_get_session(3)`).

use std::sync::Arc;

use super::{SessionHandle, Ssl};
use crate::session::Session;

impl Ssl {
    /// Offers `session` for resumption (`SSL_set_session(3)`); it is the connection's from now on.
    pub fn use_session(&self, session: Option<Arc<SessionHandle>>) {
        self.abandon_session();
        if let Some(session) = &session {
            self.verify_result.set(session.core().verify_result);
        }
        drop(self.offer_session(session.clone()));
        drop(self.set_session(session));
    }

    /// A session whose connection was not closed properly is not resumed again (RFC 5246 §7.2.1).
    pub(super) fn abandon_session(&self) {
        let established = self.with_connection(|connection| connection.is_established());
        if established && self.shutdown.get() == 0 {
            self.forget_session();
        }
    }

    /// The connection's session is not resumed again.
    pub(super) fn forget_session(&self) {
        if let Some(handle) = self.session() {
            self.initial_context().remove_session(&handle);
        }
    }

    /// The core's session as the object that the program knows, if it knows one.
    pub(super) fn handle_of(&self, session: &Arc<Session>) -> Arc<SessionHandle> {
        let offered = self.offered_session.borrow().clone();
        [self.session(), offered]
            .into_iter()
            .flatten()
            .find(|handle| handle.is(session))
            .unwrap_or_else(|| SessionHandle::new(Arc::clone(session)))
    }

    /// `SSL_copy_session_id(3)`: the session, the certificates and the id context of `from`.
    pub fn copy_session_id(&self, from: &Self) {
        self.use_session(from.session());
        let theirs = from.config();
        self.update_config(|config| {
            config.credentials = theirs.credentials;
            config.update_settings(|settings| {
                settings.certificates = Arc::clone(&theirs.settings.certificates);
                settings.session_id_context = Arc::clone(&theirs.settings.session_id_context);
            });
        });
    }
}
