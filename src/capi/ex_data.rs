//! The program's data in contexts, connections and sessions: `SSL_set_ex_data(3)`. Indexes come from libcrypto's
//! `CRYPTO_get_ex_new_index`.

use core::ffi::{c_int, c_void};

use super::support::{export, with_context, with_session, with_ssl};
use crate::{
    libcrypto::ex_data,
    object::{SSL, SSL_CTX, SSL_SESSION},
};

export!(SSL_CTX_set_ex_data SSL_CTX_get_ex_data SSL_set_ex_data SSL_get_ex_data);
export!(SSL_SESSION_set_ex_data SSL_SESSION_get_ex_data SSL_get_ex_data_X509_STORE_CTX_idx);

/// Keeps `data` under `index`. It stays the caller's; the free function of the index is called when the object
/// goes. 1, or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_ex_data(
    context: *mut SSL_CTX,
    index: c_int,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| c_int::from(context.ex_data.set(index, data))) }
}

/// What is kept under `index`; null if nothing is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_ex_data(context: *const SSL_CTX, index: c_int) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), |context| context.ex_data.get(index)) }
}

/// As `SSL_CTX_set_ex_data`, of a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_ex_data(ssl: *mut SSL, index: c_int, data: *mut c_void) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.ex_data.set(index, data))) }
}

/// As `SSL_CTX_get_ex_data`, of a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_ex_data(ssl: *const SSL, index: c_int) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.ex_data.get(index)) }
}

/// As `SSL_CTX_set_ex_data`, of a session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_ex_data(
    session: *mut SSL_SESSION,
    index: c_int,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| c_int::from(session.ex_data.set(index, data))) }
}

/// As `SSL_CTX_get_ex_data`, of a session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_ex_data(session: *const SSL_SESSION, index: c_int) -> *mut c_void {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, core::ptr::null_mut(), |session| session.ex_data.get(index)) }
}

/// The index under which an `X509_STORE_CTX` in a verify callback holds its `SSL` (`X509_STORE_CTX_get_ex_data`).
#[unsafe(no_mangle)]
pub extern "C" fn SSL_get_ex_data_X509_STORE_CTX_idx() -> c_int {
    ex_data::connection_index()
}
