//! Renegotiation of TLS 1.2 (`SSL_key_update(3)`), and the authentication of the client after the handshake of TLS 1.3
//! (`SSL_CTX_set_verify(3)`).

use core::ffi::c_int;

use super::support::{export, with_ssl};
use crate::{handshake::Renegotiation, libcrypto::error_queue, object::SSL};

export! {
    SSL_renegotiate SSL_renegotiate_abbreviated SSL_renegotiate_pending
    SSL_verify_client_post_handshake
}

/// Asks for a renegotiation with a new session; the next read, write or `SSL_do_handshake` begins it.
///
/// Returns 1; 0 with `SSL_R_WRONG_SSL_VERSION` in TLS 1.3, or `SSL_R_NO_RENEGOTIATION` with `SSL_OP_NO_RENEGOTIATION`.
/// `SSL_key_update(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_renegotiate(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| renegotiate(ssl, Renegotiation::Full)) }
}

/// Asks for a renegotiation that may resume the session. Returns as `SSL_renegotiate`. `SSL_key_update(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_renegotiate_abbreviated(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| renegotiate(ssl, Renegotiation::Abbreviated)) }
}

/// Returns 1 while a renegotiation is asked for and not complete, else 0. `SSL_key_update(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_renegotiate_pending(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.renegotiation_pending())) }
}

/// Asks a client of TLS 1.3 for its certificate; the next read, write or `SSL_do_handshake` sends the request, and the
/// answer comes with what is read after it.
///
/// Returns 1; 0 with a reason if this is not TLS 1.3 (`SSL_R_WRONG_SSL_VERSION`) or not a server (`SSL_R_NOT_SERVER`), a
/// handshake or another request is not complete (`SSL_R_STILL_IN_INIT`, `SSL_R_REQUEST_SENT`), the client did not offer it
/// (`SSL_R_EXTENSION_NOT_RECEIVED`), or the verify mode does not ask for one (`SSL_R_INVALID_CONFIG`).
/// `SSL_CTX_set_verify(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_verify_client_post_handshake(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match ssl.schedule_authentication() {
            Ok(()) => 1,
            Err(reason) => {
                error_queue::raise_ssl(reason);
                0
            }
        })
    }
}

fn renegotiate(ssl: &SSL, kind: Renegotiation) -> c_int {
    match ssl.renegotiate(kind) {
        Ok(()) => 1,
        Err(error) => {
            error_queue::raise_ssl(error.reason());
            0
        }
    }
}
