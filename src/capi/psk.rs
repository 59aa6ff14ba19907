//! The callbacks that have pre-shared keys: `SSL_CTX_set_psk_use_session_callback(3)`,
//! `SSL_CTX_set_psk_find_session_callback(3)`, `SSL_CTX_set_psk_client_callback(3)`, `SSL_CTX_use_psk_identity_hint(3)`.
//!
//! A null callback takes the registered one away.

use super::support::{export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{PskClientCallback, PskFindSessionCallback, PskServerCallback, PskUseSessionCallback},
};

export! {
    SSL_CTX_set_psk_client_callback SSL_set_psk_client_callback
    SSL_CTX_set_psk_server_callback SSL_set_psk_server_callback
    SSL_CTX_set_psk_use_session_callback SSL_set_psk_use_session_callback
    SSL_CTX_set_psk_find_session_callback SSL_set_psk_find_session_callback
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
