//! The internal session cache of a context, and how the program is told what leaves it
//! (`SSL_CTX_set_session_cache_mode(3)`, `SSL_CTX_sess_set_remove_cb(3)`). Nothing is locked while C code runs.

use std::sync::Arc;

use super::{Context, SessionHandle};

impl Context {
    /// Puts a session into the cache. `false`: it is there already.
    pub fn add_session(&self, handle: &Arc<SessionHandle>) -> bool {
        let session = handle.core();
        // No session is too old for this look.
        let known = self.sessions.get(&session.id, i64::MIN);
        if known.is_some_and(|known| Arc::ptr_eq(&known, handle)) {
            return false;
        }
        for evicted in self.sessions.insert(&session.id, Arc::clone(handle), session.expires_at()) {
            self.statistics.count(|statistics| &statistics.cache_full);
            self.drop_session(&evicted);
        }
        true
    }

    /// Takes a session, or the one of its id, out of the cache; it must not be resumed again. `false`: it was not there.
    pub fn remove_session(&self, handle: &Arc<SessionHandle>) -> bool {
        let session = handle.core();
        if session.id.is_empty() {
            return false;
        }
        let removed = self.sessions.remove(&session.id);
        self.drop_session(handle);
        removed.is_some()
    }

    /// Takes the sessions out of the cache that expired before `now`; all of them for 0.
    pub fn flush_sessions(&self, now: i64) {
        let flushed = if now == 0 { self.sessions.clear() } else { self.sessions.flush(now) };
        for handle in flushed {
            self.drop_session(&handle);
        }
    }

    /// A session has left the cache: it is not resumed again, and the program is told.
    pub fn drop_session(&self, handle: &Arc<SessionHandle>) {
        handle.forbid_resumption();
        if let Some(function) = self.live().remove_session {
            // SAFETY: the program registered `function` for exactly these arguments; `handle` outlives the
            // call, and no lock is held.
            unsafe { function(core::ptr::from_ref(self).cast_mut(), Arc::as_ptr(handle).cast_mut()) };
        }
    }
}
