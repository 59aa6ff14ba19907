//! The session cache of a context: `SSL_CTX_add_session(3)`, `SSL_CTX_flush_sessions(3)`, `SSL_CTX_sess_set_get_cb(3)`.

use core::ffi::{c_int, c_long};

use super::support::{convert::shared, export, with_context};
use crate::libcrypto::sys::OPENSSL_LHASH as lhash_st_SSL_SESSION;
use crate::object::{
    SSL_CTX, SSL_SESSION,
    callbacks::{GetSessionCallback, NewSessionCallback, RemoveSessionCallback},
};

export!(OPENSSL_3.4.0: SSL_CTX_flush_sessions_ex);
export! {
    SSL_CTX_sessions SSL_CTX_add_session SSL_CTX_remove_session SSL_CTX_flush_sessions
    SSL_CTX_sess_set_new_cb SSL_CTX_sess_get_new_cb SSL_CTX_sess_set_remove_cb SSL_CTX_sess_get_remove_cb
    SSL_CTX_sess_set_get_cb SSL_CTX_sess_get_get_cb
}

/// The sessions in the cache, as a `LHASH_OF(SSL_SESSION)` that belongs to the context. Its contents are those of this moment,
/// and valid until the next call; null when memory is out. `SSL_CTX_sessions(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sessions(ctx: *mut SSL_CTX) -> *mut lhash_st_SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, core::ptr::null_mut(), |context| context.session_table()) }
}

/// Puts a session into the cache, which takes a reference of its own. Returns 1, or 0 if it is there already.
/// `SSL_CTX_add_session(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add_session(ctx: *mut SSL_CTX, session: *mut SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        if session.is_null() {
            return 0;
        }
        with_context(ctx, 0, |context| {
            shared(session).map_or(0, |session| c_int::from(context.add_session(&session)))
        })
    }
}

/// Takes the session of this id out of the cache; `session` cannot be resumed any more. Returns 1, or 0 if it was not
/// there. `SSL_CTX_add_session(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_remove_session(ctx: *mut SSL_CTX, session: *mut SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        // Such a session is in no cache, and nobody looks for one.
        if session.as_ref().is_none_or(|session| session.core().id.is_empty()) {
            return 0;
        }
        with_context(ctx, 0, |context| {
            shared(session).map_or(0, |session| c_int::from(context.remove_session(&session)))
        })
    }
}

/// Takes the sessions out of the cache that expired before `tm` (seconds since 1970); all of them for 0.
/// `SSL_CTX_flush_sessions(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_flush_sessions(ctx: *mut SSL_CTX, tm: c_long) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.flush_sessions(tm)) }
}

/// As `SSL_CTX_flush_sessions`, with a time of the system's type. `SSL_CTX_flush_sessions_ex(3)`, of OpenSSL 3.4
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_flush_sessions_ex(ctx: *mut SSL_CTX, tm: libc::time_t) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.flush_sessions(tm)) }
}

/// Calls `callback` with each session that may be cached. It gets a reference, and keeps it by returning 1.
/// `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_set_new_cb(ctx: *mut SSL_CTX, callback: Option<NewSessionCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.update_live(|live| live.new_session = callback)) }
}

/// What `SSL_CTX_sess_set_new_cb` set. `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_get_new_cb(ctx: *mut SSL_CTX) -> Option<NewSessionCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, None, |context| context.live().new_session) }
}

/// Calls `callback` with each session that leaves the cache. `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_set_remove_cb(
    ctx: *mut SSL_CTX,
    callback: Option<RemoveSessionCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.update_live(|live| live.remove_session = callback)) }
}

/// What `SSL_CTX_sess_set_remove_cb` set. `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_get_remove_cb(ctx: *mut SSL_CTX) -> Option<RemoveSessionCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, None, |context| context.live().remove_session) }
}

/// Asks `callback` for a session that the cache does not have. It gives a reference away if it sets `*copy` to 0. A session that
/// has left a cache is not resumed. `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_set_get_cb(ctx: *mut SSL_CTX, callback: Option<GetSessionCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.update_live(|live| live.get_session = callback)) }
}

/// What `SSL_CTX_sess_set_get_cb` set. `SSL_CTX_sess_set_get_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_sess_get_get_cb(ctx: *mut SSL_CTX) -> Option<GetSessionCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, None, |context| context.live().get_session) }
}
