//! The internal session cache of a context, and how the program is told what leaves it
//! (`SSL_CTX_set_session_cache_mode(3)`, `SSL_CTX_sess_set_remove_cb(3)`). Nothing is locked while C code runs.

use core::ffi::{c_int, c_ulong, c_void};
use std::sync::{Arc, PoisonError};

use super::{Context, SessionHandle};
use crate::libcrypto::{hash_table::HashTable, sys::OPENSSL_LHASH};

/// The sessions of a cache as a table that programs look through, and what keeps them alive.
pub struct SessionTable {
    table: HashTable,
    sessions: Vec<Arc<SessionHandle>>,
}

impl Context {
    /// Puts a session into the cache. `false`: it is there already.
    pub fn add_session(&self, handle: &Arc<SessionHandle>) -> bool {
        handle.note_cache(&self.sessions);
        let session = handle.core();
        let is_same = |known: &Arc<SessionHandle>| Arc::ptr_eq(known, handle);
        let (is_new, evicted) =
            self.sessions.insert(&session.id, Arc::clone(handle), session.expires_at(), is_same);
        for evicted in evicted {
            self.statistics.count(|statistics| &statistics.cache_full);
            self.drop_session(&evicted);
        }
        is_new
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

    /// The sessions that are in the cache now, as a table (`SSL_CTX_sessions(3)`): the same one each time, valid as long as the
    /// context, with contents that are valid until the next call. Null when memory is out.
    pub fn session_table(&self) -> *mut OPENSSL_LHASH {
        let sessions = self.sessions.values();
        // Dropped last, after the lock: the program may be called when a session is freed.
        let _replaced;
        let mut known = self.session_table.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            // SAFETY: both functions take the pointers to sessions that are put in below.
            let table = unsafe { HashTable::new(hash_of_session, compare_sessions) };
            *known = table.map(|table| SessionTable { table, sessions: Vec::new() });
        }
        let Some(known) = known.as_mut() else { return core::ptr::null_mut() };
        known.table.clear();
        for session in &sessions {
            // SAFETY: the session is kept beside the table until that is cleared.
            unsafe { known.table.insert(Arc::as_ptr(session).cast()) };
        }
        _replaced = core::mem::replace(&mut known.sessions, sessions);
        known.table.as_ptr()
    }

    /// A session has left the cache: it is not resumed again, and the program is told.
    pub fn drop_session(&self, handle: &Arc<SessionHandle>) {
        let function = self.live_now().remove_session;
        // One that nobody else has is about to go.
        if function.is_some() || Arc::strong_count(handle) > 1 {
            handle.forbid_resumption();
        }
        if let Some(function) = function {
            // SAFETY: the program registered `function` for exactly these arguments; `handle` outlives the
            // call, and no lock is held.
            unsafe { function(core::ptr::from_ref(self).cast_mut(), Arc::as_ptr(handle).cast_mut()) };
        }
    }
}

/// The first bytes of the id.
unsafe extern "C" fn hash_of_session(session: *const c_void) -> c_ulong {
    // SAFETY: the table holds sessions, and is asked for sessions.
    let session = unsafe { &*session.cast::<SessionHandle>() }.core();
    let mut first = [0; 4];
    first.iter_mut().zip(session.id.iter()).for_each(|(to, from)| *to = *from);
    u32::from_le_bytes(first).into()
}

/// 0 for sessions of the same version and id.
unsafe extern "C" fn compare_sessions(one: *const c_void, other: *const c_void) -> c_int {
    // SAFETY: as above.
    let (one, other) =
        unsafe { ((*one.cast::<SessionHandle>()).core(), (*other.cast::<SessionHandle>()).core()) };
    c_int::from(one.version != other.version || one.id != other.id)
}
