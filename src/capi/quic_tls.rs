//! Handshakes for a QUIC stack of the program's own: `SSL_set_quic_tls_cbs(3)`, of OpenSSL 3.5.

use core::{
    ffi::{c_int, c_uchar, c_void},
    mem::transmute,
};

use super::{
    method::SSL_is_dtls,
    support::{convert, export, with_ssl},
};
use crate::{
    error::Reason,
    libcrypto::{error_queue, sys::OSSL_DISPATCH},
    object::{
        SSL,
        quic::{
            AlertCallback, ParametersCallback, QuicStack, ReceiveCallback, ReleaseCallback, SecretCallback,
            SendCallback,
        },
    },
};

export!(OPENSSL_3.5.0: SSL_set_quic_tls_cbs SSL_set_quic_tls_transport_params SSL_set_quic_tls_early_data_enabled);

/// `OSSL_FUNC_SSL_QUIC_TLS_…`.
mod function {
    use core::ffi::c_int;
    pub const CRYPTO_SEND: c_int = 2001;
    pub const CRYPTO_RECV_RCD: c_int = 2002;
    pub const CRYPTO_RELEASE_RCD: c_int = 2003;
    pub const YIELD_SECRET: c_int = 2004;
    pub const GOT_TRANSPORT_PARAMS: c_int = 2005;
    pub const ALERT: c_int = 2006;
}

/// The callbacks of a table that ends with a zero; `None` if one is missing.
///
/// # Safety
///
/// `table` is such a table, and its functions have the types of their numbers.
unsafe fn stack_of(table: *const OSSL_DISPATCH, argument: *mut c_void) -> Option<QuicStack> {
    let (mut send, mut receive, mut release) = (None, None, None);
    let (mut secret, mut parameters, mut alert) = (None, None, None);
    let mut entry = table;
    // SAFETY: the caller's promise: `entry` stays within the table.
    unsafe {
        while (*entry).function_id != 0 {
            let given = (*entry).function;
            match (*entry).function_id {
                function::CRYPTO_SEND => send = given,
                function::CRYPTO_RECV_RCD => receive = given,
                function::CRYPTO_RELEASE_RCD => release = given,
                function::YIELD_SECRET => secret = given,
                function::GOT_TRANSPORT_PARAMS => parameters = given,
                function::ALERT => alert = given,
                _ => {}
            }
            entry = entry.add(1);
        }
        type Any = unsafe extern "C" fn();
        Some(QuicStack {
            send: transmute::<Any, SendCallback>(send?),
            receive: transmute::<Any, ReceiveCallback>(receive?),
            release: transmute::<Any, ReleaseCallback>(release?),
            secret: transmute::<Any, SecretCallback>(secret?),
            parameters: transmute::<Any, ParametersCallback>(parameters?),
            alert: transmute::<Any, AlertCallback>(alert?),
            argument,
        })
    }
}

fn refuse(reason: Reason) -> c_int {
    error_queue::raise_ssl(reason);
    0
}

/// Hands the handshake of a connection that has not begun to a QUIC stack, whose callbacks `qtdis` lists, each by the number of
/// its `OSSL_FUNC_SSL_QUIC_TLS_…`; a zero ends the list. They are called with `arg`, by `SSL_do_handshake` and by `SSL_read`, take
/// the place of the BIOs, and return 1 for success. TLS 1.3 becomes the lowest version, and `SSL_OP_ENABLE_MIDDLEBOX_COMPAT` is
/// taken back.
///
/// Returns 1; 0 for null, for a connection of DTLS or one that has begun, and where a callback is missing.
/// `SSL_set_quic_tls_cbs(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_quic_tls_cbs(
    ssl: *mut SSL,
    qtdis: *const OSSL_DISPATCH,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl_| {
            if SSL_is_dtls(ssl) != 0 {
                return refuse(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
            }
            if qtdis.is_null() {
                return refuse(Reason::ERR_PASSED_NULL_PARAMETER);
            }
            match stack_of(qtdis, arg) {
                None => refuse(Reason::MISSING_QUIC_TLS_FUNCTIONS),
                Some(stack) if ssl_.use_quic_stack(stack) => 1,
                Some(_) => refuse(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED),
            }
        })
    }
}

/// Sets the transport parameters that the peer's QUIC stack gets, of which a copy is made: a client's before the handshake, a
/// server's at the latest while it is shown the client's.
///
/// Returns 1; 0 without `SSL_set_quic_tls_cbs`. `SSL_set_quic_tls_cbs(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_quic_tls_transport_params(
    ssl: *mut SSL,
    params: *const c_uchar,
    params_len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match convert::bytes(params, params_len) {
            None => refuse(Reason::ERR_PASSED_NULL_PARAMETER),
            Some(parameters) if ssl.set_transport_parameters(parameters) => 1,
            Some(_) => refuse(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED),
        })
    }
}

/// Lets the QUIC stack have early data (RFC 9001 §4.6), or not: on a server in sessions to come, on a client in the session that was
/// set before.
///
/// Returns 1; 0 without `SSL_set_quic_tls_cbs`, and on a client without a session that allows early data.
/// `SSL_set_quic_tls_cbs(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_quic_tls_early_data_enabled(ssl: *mut SSL, enabled: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match ssl.allow_quic_early_data(enabled != 0) {
            Some(allowed) => allowed.into(),
            None => refuse(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED),
        })
    }
}
