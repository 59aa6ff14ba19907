//! The callbacks that have pre-shared keys: `SSL_CTX_set_psk_use_session_callback(3)`,
//! `SSL_CTX_set_psk_find_session_callback(3)`, `SSL_CTX_set_psk_client_callback(3)`, `SSL_CTX_use_psk_identity_hint(3)`.
//!
//! A null callback takes the registered one away.

use core::ffi::{c_char, c_int};
use std::sync::Arc;

use super::support::{convert::c_string, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{
        SSL, SSL_CTX,
        callbacks::{PskClientCallback, PskFindSessionCallback, PskServerCallback, PskUseSessionCallback},
        config::Configurable,
        psk::MAX_IDENTITY_LENGTH,
    },
};

export! {
    SSL_CTX_set_psk_client_callback SSL_set_psk_client_callback
    SSL_CTX_set_psk_server_callback SSL_set_psk_server_callback
    SSL_CTX_set_psk_use_session_callback SSL_set_psk_use_session_callback
    SSL_CTX_set_psk_find_session_callback SSL_set_psk_find_session_callback
    SSL_CTX_use_psk_identity_hint SSL_use_psk_identity_hint SSL_get_psk_identity SSL_get_psk_identity_hint
}

/// Asks `cb` of clients for an identity and its PSK, in the versions below TLS 1.3, and in TLS 1.3 where no session
/// callback has one. For connections to come.
/// `SSL_CTX_set_psk_client_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_psk_client_callback(ctx: *mut SSL_CTX, cb: Option<PskClientCallback>) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.psk_client = cb);
        })
    }
}

/// As `SSL_CTX_set_psk_client_callback`, for this connection. `SSL_CTX_set_psk_client_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_psk_client_callback(ssl: *mut SSL, cb: Option<PskClientCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.psk_client = cb)) }
}

/// Asks `cb` of servers for the PSK of an identity, in the versions below TLS 1.3, and in TLS 1.3 where no session
/// callback has one. For connections to come.
/// `SSL_CTX_use_psk_identity_hint(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_psk_server_callback(ctx: *mut SSL_CTX, cb: Option<PskServerCallback>) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.psk_server = cb);
        })
    }
}

/// As `SSL_CTX_set_psk_server_callback`, for this connection. `SSL_CTX_use_psk_identity_hint(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_psk_server_callback(ssl: *mut SSL, cb: Option<PskServerCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.psk_server = cb)) }
}

/// Asks `cb` of clients for a session whose secret is a PSK of TLS 1.3; it gives a reference of it away. For connections to come.
/// `SSL_CTX_set_psk_use_session_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_psk_use_session_callback(
    ctx: *mut SSL_CTX,
    cb: Option<PskUseSessionCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.psk_use_session = cb);
        })
    }
}

/// As `SSL_CTX_set_psk_use_session_callback`, for this connection. `SSL_CTX_set_psk_use_session_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_psk_use_session_callback(ssl: *mut SSL, cb: Option<PskUseSessionCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.psk_use_session = cb)) }
}

/// Asks `cb` of servers for the session whose secret is the PSK of an identity in TLS 1.3; it gives a reference of it away. For connections to come.
/// `SSL_CTX_set_psk_find_session_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_psk_find_session_callback(
    ctx: *mut SSL_CTX,
    cb: Option<PskFindSessionCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.psk_find_session = cb);
        })
    }
}

/// As `SSL_CTX_set_psk_find_session_callback`, for this connection. `SSL_CTX_set_psk_find_session_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_psk_find_session_callback(
    ssl: *mut SSL,
    cb: Option<PskFindSessionCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.psk_find_session = cb)) }
}

/// Sets the hint that tells clients of connections to come which pre-shared key is wanted; null for none.
///
/// Returns 1, or 0 with `SSL_R_DATA_LENGTH_TOO_LONG` for more than 256 bytes. `SSL_CTX_use_psk_identity_hint(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_use_psk_identity_hint(ctx: *mut SSL_CTX, hint: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| use_identity_hint(context, hint)) }
}

/// As `SSL_CTX_use_psk_identity_hint`, for this connection. `SSL_CTX_use_psk_identity_hint(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_use_psk_identity_hint(ssl: *mut SSL, hint: *const c_char) -> c_int {
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| use_identity_hint(ssl, hint)) }
}

/// # Safety
/// `hint` is null or a C string.
unsafe fn use_identity_hint(configurable: &impl Configurable, hint: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    let hint: Option<Arc<[u8]>> = unsafe { c_string(hint) }.map(|hint| hint.to_bytes().into());
    if hint.as_ref().is_some_and(|hint| hint.len() > MAX_IDENTITY_LENGTH) {
        error_queue::raise_ssl(Reason::DATA_LENGTH_TOO_LONG);
        return 0;
    }
    configurable.change_settings(|settings| settings.psk_identity_hint = hint);
    1
}

/// The identity of the pre-shared key that is used below TLS 1.3; null without one. `SSL_get_psk_identity(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_psk_identity(ssl: *const SSL) -> *const c_char {
    if ssl.is_null() {
        return core::ptr::null();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), SSL::psk_identity) }
}

/// The server's hint which pre-shared key it wants below TLS 1.3; null without one, and on the server.
/// `SSL_get_psk_identity(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_psk_identity_hint(ssl: *const SSL) -> *const c_char {
    if ssl.is_null() {
        return core::ptr::null();
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), SSL::psk_identity_hint) }
}
