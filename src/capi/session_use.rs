//! The session of a connection, and what decides whether it is resumed: `SSL_get_session(3)`, `SSL_set_session(3)`,
//! `SSL_CTX_set_session_id_context(3)`, `SSL_CTX_set_num_tickets(3)`, `SSL_CTX_set_timeout(3)`.

use core::ffi::{c_int, c_long, c_uchar, c_uint};
use std::sync::Arc;

use super::support::{
    convert::{self, bytes},
    export, with_context, with_ssl,
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, SSL_CTX, SSL_SESSION, callbacks::NotResumableCallback, config::Configurable, log},
    session::MAX_ID_LENGTH,
};

export! {
    SSL_get_session SSL_get1_session SSL_set_session SSL_session_reused SSL_copy_session_id
    SSL_CTX_set_session_id_context SSL_set_session_id_context SSL_has_matching_session_id
    SSL_CTX_set_num_tickets SSL_CTX_get_num_tickets SSL_set_num_tickets SSL_get_num_tickets
    SSL_CTX_set_timeout SSL_CTX_get_timeout SSL_get_default_timeout
    SSL_CTX_set_not_resumable_session_callback SSL_set_not_resumable_session_callback
}

/// What `SSL_get_default_timeout` says: the seconds that a session lives unless `SSL_CTX_set_timeout` said otherwise.
const DEFAULT_TIMEOUT: c_long = 7200;

/// The session of the connection, which stays the connection's; null without one. `SSL_get_session(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_session(ssl: *const SSL) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            ssl.session_so_far().map_or(core::ptr::null_mut(), |session| Arc::as_ptr(&session).cast_mut())
        })
    }
}

/// The session of the connection; the caller owns one reference. Null without one. `SSL_get_session(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get1_session(ssl: *mut SSL) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| convert::handle(ssl.session_so_far())) }
}

/// Offers `session` for resumption, taking a reference of its own; null takes the session away. Returns 1.
/// `SSL_set_session(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_session(ssl: *mut SSL, session: *mut SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.use_session(convert::shared(session));
            1
        })
    }
}

/// Returns 1 if the session of the connection was resumed, else 0. `SSL_session_reused(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_session_reused(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| c_int::from(ssl.with_connection(|connection| connection.negotiated().resumed)))
    }
}

/// Gives `to` the session, the certificates and the session id context of `from`. Returns 1.
/// `SSL_copy_session_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_copy_session_id(to: *mut SSL, from: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(to, 0, |to| {
            with_ssl(from, 0, |from| {
                to.copy_session_id(from);
                1
            })
        })
    }
}

/// Sets the context in which sessions of connections to come may be resumed.
///
/// Returns 1, or 0 with `SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG` for more than 32 bytes.
/// `SSL_CTX_set_session_id_context(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_session_id_context(
    ctx: *mut SSL_CTX,
    sid_ctx: *const c_uchar,
    sid_ctx_len: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| match id_context(sid_ctx, sid_ctx_len) {
            Some(id_context) => {
                context.update_settings(|settings| settings.session_id_context = id_context);
                1
            }
            None => 0,
        })
    }
}

/// As `SSL_CTX_set_session_id_context`, for this connection. `SSL_CTX_set_session_id_context(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_session_id_context(
    ssl: *mut SSL,
    sid_ctx: *const c_uchar,
    sid_ctx_len: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match id_context(sid_ctx, sid_ctx_len) {
            Some(id_context) => {
                ssl.update_config(|config| {
                    config.update_settings(|settings| settings.session_id_context = id_context);
                });
                1
            }
            None => 0,
        })
    }
}

/// Returns 1 if the internal cache holds a session of this id, else 0. `SSL_CTX_set_generate_session_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_has_matching_session_id(
    ssl: *const SSL,
    id: *const c_uchar,
    id_len: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let id = bytes(id, id_len as usize).unwrap_or_default();
            c_int::from(ssl.initial_context().sessions.get(id, i64::MIN).is_some())
        })
    }
}

/// Sets how many tickets a TLS 1.3 server sends after a full handshake. Returns 1. `SSL_CTX_set_num_tickets(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_num_tickets(ctx: *mut SSL_CTX, num_tickets: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_settings(|settings| settings.num_tickets = num_tickets);
            1
        })
    }
}

/// What `SSL_CTX_set_num_tickets` set. `SSL_CTX_set_num_tickets(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_num_tickets(ctx: *const SSL_CTX) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.config().settings.num_tickets) }
}

/// As `SSL_CTX_set_num_tickets`, for this connection. `SSL_CTX_set_num_tickets(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_num_tickets(ssl: *mut SSL, num_tickets: usize) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.update_config(|config| config.update_settings(|settings| settings.num_tickets = num_tickets));
            1
        })
    }
}

/// What `SSL_set_num_tickets` set. `SSL_CTX_set_num_tickets(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_num_tickets(ssl: *const SSL) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.with_config(|config| config.settings.num_tickets)) }
}

/// Sets how many seconds the sessions of connections to come live. Returns what was set before.
/// `SSL_CTX_set_timeout(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_timeout(ctx: *mut SSL_CTX, t: c_long) -> c_long {
    if ctx.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            if t > 7 * 24 * 3600 {
                log::differs("SSL_CTX_set_timeout", "tickets of TLS 1.3 are kept for seven days at most");
            }
            let before = context.config().settings.session_timeout;
            context.update_settings(|settings| settings.session_timeout = t);
            before
        })
    }
}

/// What `SSL_CTX_set_timeout` set. `SSL_CTX_set_timeout(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_timeout(ctx: *const SSL_CTX) -> c_long {
    if ctx.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.config().settings.session_timeout) }
}

/// Asks `cb` in each full handshake of a server whether its session is not to be resumed: a value other than 0 has no ticket
/// sent, and nothing cached. It is told whether the key exchange is forward secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_not_resumable_session_callback(
    ctx: *mut SSL_CTX,
    cb: Option<NotResumableCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| context.change(|config| config.callbacks.not_resumable = cb));
    }
}

/// As `SSL_CTX_set_not_resumable_session_callback`, for this connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_not_resumable_session_callback(
    ssl: *mut SSL,
    cb: Option<NotResumableCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.change(|config| config.callbacks.not_resumable = cb)) }
}

/// How many seconds a session lives by default. `SSL_get_default_timeout(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_default_timeout(ssl: *const SSL) -> c_long {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |_| DEFAULT_TIMEOUT) }
}

unsafe fn id_context(pointer: *const c_uchar, length: c_uint) -> Option<Arc<[u8]>> {
    if length as usize > MAX_ID_LENGTH {
        error_queue::raise_ssl(Reason::SSL_SESSION_ID_CONTEXT_TOO_LONG);
        return None;
    }
    // SAFETY: the contract of this module.
    unsafe { bytes(pointer, length as usize) }.map(Arc::from)
}
