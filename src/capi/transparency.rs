//! Certificate transparency: `SSL_CTX_set_ct_validation_callback(3)`, `SSL_CTX_set_ctlog_list_file(3)`,
//! `SSL_get0_peer_scts(3)`.

use core::ffi::{c_char, c_int, c_void};

use super::support::{convert::c_string, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        ct::{LogFile, LogStore},
        error_queue,
        sys::{CTLOG_STORE, stack_st_SCT},
    },
    message::extension::status_request::OCSP,
    object::{
        Context, SSL, SSL_CTX,
        callbacks::{Callback, TimestampsCallback},
        config::Configurable,
        transparency,
    },
    record::Side,
    wire::ExtensionType,
};

export! {
    SSL_CTX_set_ct_validation_callback SSL_set_ct_validation_callback SSL_CTX_enable_ct SSL_enable_ct
    SSL_CTX_ct_is_enabled SSL_ct_is_enabled SSL_get0_peer_scts
    SSL_CTX_set0_ctlog_store SSL_CTX_get0_ctlog_store
    SSL_CTX_set_ctlog_list_file SSL_CTX_set_default_ctlog_list_file
}

/// 1; 0 with a reason in the queue if the program handles the extension itself in this context.
fn set_callback(
    target: &impl Configurable,
    context: &Context,
    function: Option<TimestampsCallback>,
    argument: *mut c_void,
) -> c_int {
    let kind = ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP;
    if function.is_some() && context.config().has_custom_extension(kind, Some(Side::Client)) {
        error_queue::raise_ssl(Reason::CUSTOM_EXT_HANDLER_ALREADY_INSTALLED);
        return 0;
    }
    target.change(|config| config.callbacks.timestamps = Callback { function, argument });
    1
}

/// As [`set_callback`]. A connection that looks at timestamps takes an OCSP response, which may have some.
fn set_callback_of_connection(
    ssl: &SSL,
    function: Option<TimestampsCallback>,
    argument: *mut c_void,
) -> c_int {
    let is_set = set_callback(ssl, &ssl.context(), function, argument);
    if is_set == 1 && function.is_some() {
        ssl.change_settings(|settings| settings.status_type = OCSP);
        // On a server that means as much as what the client asked for.
        if ssl.side() == Side::Server {
            ssl.with_connection(|connection| connection.negotiated_mut().status_type = Some(OCSP));
        }
    }
    is_set
}

/// Sets who looks at the server's signed certificate timestamps; null for nobody. `callback` gets what they were verified
/// against, the timestamps (perhaps null), and `arg`; 1 is its consent.
///
/// Returns 1; 0 if the program handles the extension itself. `SSL_CTX_set_ct_validation_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_ct_validation_callback(
    ctx: *mut SSL_CTX,
    callback: Option<TimestampsCallback>,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| set_callback(ctx, ctx, callback, arg)) }
}

/// As `SSL_CTX_set_ct_validation_callback`, for one connection, which then asks for an OCSP response as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_ct_validation_callback(
    ssl: *mut SSL,
    callback: Option<TimestampsCallback>,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_callback_of_connection(ssl, callback, arg)) }
}

/// Sets a callback of the library's own: `SSL_CT_VALIDATION_PERMISSIVE` (0) takes whatever comes,
/// `SSL_CT_VALIDATION_STRICT` (1) wants a valid timestamp. 1, or 0 with a reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_enable_ct(ctx: *mut SSL_CTX, validation_mode: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| match transparency::validation(validation_mode) {
            Some(function) => set_callback(ctx, ctx, Some(function), core::ptr::null_mut()),
            None => 0,
        })
    }
}

/// As `SSL_CTX_enable_ct`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_enable_ct(ssl: *mut SSL, validation_mode: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match transparency::validation(validation_mode) {
            Some(function) => set_callback_of_connection(ssl, Some(function), core::ptr::null_mut()),
            None => 0,
        })
    }
}

/// Whether somebody looks at the server's signed certificate timestamps: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_ct_is_enabled(ctx: *const SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| ctx.look(|config| config.callbacks.timestamps.function.is_some()).into())
    }
}

/// Whether somebody looks at the server's signed certificate timestamps: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_ct_is_enabled(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| ssl.look(|config| config.callbacks.timestamps.function.is_some()).into())
    }
}

/// The server's signed certificate timestamps, from its extension, its OCSP response and its certificate; null without any.
/// They stay the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peer_scts(ssl: *mut SSL) -> *const stack_st_SCT {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| ssl.peer_timestamps().cast_const()) }
}

/// Replaces the logs that are known. The context takes `logs` over, which may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set0_ctlog_store(ctx: *mut SSL_CTX, logs: *mut CTLOG_STORE) {
    // SAFETY: the contract of this module; the store is given away.
    unsafe { with_context(ctx, (), |ctx| ctx.set_log_store(LogStore::from_owned(logs))) }
}

/// The logs that are known. They stay the context's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_ctlog_store(ctx: *const SSL_CTX) -> *const CTLOG_STORE {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, core::ptr::null(), |ctx| ctx.log_store_pointer().cast_const()) }
}

/// Adds the logs of a file to those that are known. 1, or 0 with a reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_ctlog_list_file(ctx: *mut SSL_CTX, path: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| ctx.load_logs(LogFile::Named(c_string(path))).into()) }
}

/// Adds the logs of the file that `CTLOG_FILE` in the environment names, or of libcrypto's own one. 1, or 0 with a reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_default_ctlog_list_file(ctx: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| ctx.load_logs(LogFile::Default).into()) }
}
