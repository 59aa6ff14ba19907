//! Sessions whose secret only the program knows, as EAP-FAST has them (RFC 4851 §3.2.2). In no manual page.

use core::ffi::{c_int, c_void};
use std::sync::Arc;

use super::support::{convert::bytes_of_int, export, with_ssl};
use crate::object::{
    SSL,
    callbacks::{Callback, SessionSecretCallback, SessionTicketExtensionCallback},
};

export!(SSL_set_session_secret_cb SSL_set_session_ticket_ext SSL_set_session_ticket_ext_cb);

/// Asks `cb` for the master secret of the session that the client's ticket stands for, on either side, below TLS 1.3.
///
/// Returns 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_session_secret_cb(
    ssl: *mut SSL,
    cb: Option<SessionSecretCallback>,
    arg: *mut c_void,
) -> c_int {
    let callback = Callback { function: cb, argument: arg };
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.update_config(|config| config.callbacks.session_secret = callback);
            1
        })
    }
}

/// Sets what a client sends as its ticket where no session has one; null for no extension at all. Returns 1, or 0 for a
/// negative length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_session_ticket_ext(
    ssl: *mut SSL,
    ext_data: *mut c_void,
    ext_len: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let data = if ext_data.is_null() { Some(&[][..]) } else { bytes_of_int(ext_data, ext_len) };
            let Some(data) = data.map(Arc::from) else { return 0 };
            ssl.update_config(|config| {
                config.update_settings(|settings| settings.session_ticket_data = Some(data));
            });
            1
        })
    }
}

/// Shows `cb` the ticket that a client sent, below TLS 1.3; 0 from it ends the handshake.
///
/// Returns 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_session_ticket_ext_cb(
    ssl: *mut SSL,
    cb: Option<SessionTicketExtensionCallback>,
    arg: *mut c_void,
) -> c_int {
    let callback = Callback { function: cb, argument: arg };
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            ssl.update_config(|config| config.callbacks.session_ticket_extension = callback);
            1
        })
    }
}
