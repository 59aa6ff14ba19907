//! The callbacks that watch a connection or are asked by it: `SSL_CTX_set_info_callback(3)`,
//! `SSL_CTX_set_msg_callback(3)`, `SSL_CTX_set_keylog_callback(3)`, `SSL_CTX_set_cert_cb(3)`,
//! `SSL_CTX_set_generate_session_id(3)`.
//!
//! A null callback takes the registered one away.

use core::ffi::{c_int, c_void};

use super::support::{export, with_context, with_ssl};
use crate::object::{
    SSL, SSL_CTX,
    callbacks::{
        Callback, CertificateCallback, GenerateSessionIdCallback, InfoCallback, KeyLogCallback,
        MessageCallback,
    },
};

export! {
    SSL_CTX_set_info_callback SSL_CTX_get_info_callback SSL_set_info_callback SSL_get_info_callback
    SSL_CTX_set_msg_callback SSL_set_msg_callback SSL_CTX_set_keylog_callback SSL_CTX_get_keylog_callback
    SSL_CTX_set_cert_cb SSL_set_cert_cb SSL_CTX_set_generate_session_id SSL_set_generate_session_id
}

/// Calls `callback` at each step of the handshakes of this context's connections, and at alerts, unless a connection
/// has one of its own. `SSL_CTX_set_info_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_info_callback(ctx: *mut SSL_CTX, callback: Option<InfoCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.update_live(|live| live.info = callback)) }
}

/// What `SSL_CTX_set_info_callback` set. `SSL_CTX_set_info_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_info_callback(ctx: *mut SSL_CTX) -> Option<InfoCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, None, |context| context.live().info) }
}

/// As `SSL_CTX_set_info_callback`, for this connection. `SSL_CTX_set_info_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_info_callback(ssl: *mut SSL, callback: Option<InfoCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.info = callback)) }
}

/// What `SSL_set_info_callback` set. `SSL_CTX_set_info_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_info_callback(ssl: *const SSL) -> Option<InfoCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, None, |ssl| ssl.with_config(|config| config.callbacks.info)) }
}

/// Calls `callback` with each protocol message of connections to come; its argument is set by
/// `SSL_CTX_set_msg_callback_arg`. `SSL_CTX_set_msg_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_msg_callback(ctx: *mut SSL_CTX, callback: Option<MessageCallback>) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.message.function = callback);
        })
    }
}

/// As `SSL_CTX_set_msg_callback`, for this connection. `SSL_CTX_set_msg_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_msg_callback(ssl: *mut SSL, callback: Option<MessageCallback>) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.message.function = callback))
    }
}

/// Calls `callback` with each line of the key log of this context's connections. `SSL_CTX_set_keylog_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_keylog_callback(ctx: *mut SSL_CTX, callback: Option<KeyLogCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |context| context.update_live(|live| live.key_log = callback)) }
}

/// What `SSL_CTX_set_keylog_callback` set. `SSL_CTX_set_keylog_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_keylog_callback(ctx: *const SSL_CTX) -> Option<KeyLogCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, None, |context| context.live().key_log) }
}

/// Calls `callback` with `arg` when a connection to come is about to choose its certificate. `SSL_CTX_set_cert_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cert_cb(
    ctx: *mut SSL_CTX,
    callback: Option<CertificateCallback>,
    arg: *mut c_void,
) {
    let callback = Callback { function: callback, argument: arg };
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_config(|config| config.callbacks.certificate = callback);
        })
    }
}

/// As `SSL_CTX_set_cert_cb`, for this connection. `SSL_CTX_set_cert_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_cert_cb(
    ssl: *mut SSL,
    callback: Option<CertificateCallback>,
    arg: *mut c_void,
) {
    let callback = Callback { function: callback, argument: arg };
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.update_config(|config| config.callbacks.certificate = callback)) }
}

/// Lets `callback` make up the session ids of a server, for TLS 1.2: of connections to come, and of those that have no such callback.
///
/// Returns 1. `SSL_CTX_set_generate_session_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_generate_session_id(
    ctx: *mut SSL_CTX,
    callback: Option<GenerateSessionIdCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_config(|config| config.callbacks.generate_session_id = callback);
            context.update_live(|live| live.generate_session_id = callback);
            1
        })
    }
}

/// As `SSL_CTX_set_generate_session_id`, for this connection.
///
/// Returns 1. `SSL_CTX_set_generate_session_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_generate_session_id(
    ssl: *mut SSL,
    callback: Option<GenerateSessionIdCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.update_config(|config| config.callbacks.generate_session_id = callback);
            1
        })
    }
}
