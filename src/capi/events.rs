//! What came with OpenSSL's QUIC and answers for every connection: which kind it is (`SSL_get0_connection(3)`,
//! `SSL_is_tls(3)`), what it waits for (`SSL_handle_events(3)`, `SSL_get_event_timeout(3)`, `SSL_net_read_desired(3)`), and its
//! values (`SSL_get_value_uint(3)`). There are no QUIC connections here.

use core::ffi::{c_int, c_long, c_void};

use libc::timeval;

use super::{
    ctrl::SSL_ctrl,
    support::{convert::store, export, with_ssl},
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, ssl::Waiting},
};

export! { OPENSSL_3.2.0:
    SSL_is_tls SSL_is_quic SSL_is_connection SSL_get0_connection SSL_handle_events SSL_get_event_timeout
    SSL_net_read_desired SSL_net_write_desired
}
export!(OPENSSL_3.3.0: SSL_get_value_uint SSL_set_value_uint);
export!(OPENSSL_3.5.0: SSL_is_listener SSL_is_domain SSL_get0_listener SSL_get0_domain);

/// `DTLS_CTRL_GET_TIMEOUT`.
const GET_TIMEOUT: c_int = 73;
/// `DTLS_CTRL_HANDLE_TIMEOUT`.
const HANDLE_TIMEOUT: c_int = 74;
/// OpenSSL's microseconds where there is no timeout.
const NO_MICROSECONDS: libc::suseconds_t = 0;
/// OpenSSL's seconds where there is no timeout.
const NO_SECONDS: libc::time_t = 1_000_000;

/// Returns 1 for a connection of TLS; 0 for one of DTLS and for null. `SSL_is_tls(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_tls(ssl: *const SSL) -> c_int {
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(!ssl.is_datagram())) }
}

/// Returns 0: there is no QUIC here. `SSL_is_quic(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_quic(_ssl: *const SSL) -> c_int {
    0
}

/// Returns 1: every object is a connection, and no stream or listener. 0 for null. `SSL_get0_connection(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_connection(ssl: *mut SSL) -> c_int {
    (!ssl.is_null()).into()
}

/// The connection that an object belongs to: itself. `SSL_get0_connection(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_connection(ssl: *mut SSL) -> *mut SSL {
    ssl
}

/// Returns 0: there are no listeners of QUIC here. `SSL_new_listener(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_listener(_ssl: *mut SSL) -> c_int {
    0
}

/// Returns 0: there are no domains of QUIC here. `SSL_new_domain(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_domain(_ssl: *mut SSL) -> c_int {
    0
}

/// The listener of QUIC that accepted the connection: null. `SSL_new_listener(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_listener(_ssl: *mut SSL) -> *mut SSL {
    core::ptr::null_mut()
}

/// The domain of QUIC that the connection belongs to: null. `SSL_new_domain(3)`, of OpenSSL 3.5
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_domain(_ssl: *mut SSL) -> *mut SSL {
    core::ptr::null_mut()
}

/// Does what time asks for: on a connection of DTLS as `DTLSv1_handle_timeout`, on one of TLS nothing.
///
/// Returns 1 on success, 0 on failure. `SSL_handle_events(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_handle_events(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module; the command takes no pointer.
    unsafe {
        if ssl.is_null() {
            return 0;
        }
        match with_ssl(ssl, None, |ssl| Some(ssl.is_datagram())) {
            None => 0,
            Some(false) => 1,
            Some(true) => {
                (SSL_ctrl(ssl, HANDLE_TIMEOUT, 0, core::ptr::null_mut::<c_void>()) >= 0 as c_long).into()
            }
        }
    }
}

/// Tells when `SSL_handle_events` has something to do: `*is_infinite` becomes 0 and `*tv` the time until then, or it becomes
/// 1 where there is no such time, as always in TLS.
///
/// Returns 1; 0 for null. `SSL_get_event_timeout(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_event_timeout(
    ssl: *mut SSL,
    tv: *mut timeval,
    is_infinite: *mut c_int,
) -> c_int {
    if ssl.is_null() || tv.is_null() || is_infinite.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module; the command writes a `struct timeval`.
    unsafe {
        let Some(is_datagram) = with_ssl(ssl, None, |ssl| Some(ssl.is_datagram())) else { return 0 };
        let is_finite = is_datagram && SSL_ctrl(ssl, GET_TIMEOUT, 0, tv.cast()) > 0;
        if !is_finite {
            store(tv, timeval { tv_sec: NO_SECONDS, tv_usec: NO_MICROSECONDS });
        }
        store(is_infinite, c_int::from(!is_finite));
    }
    1
}

unsafe fn waits_for(ssl: *mut SSL, waiting: Waiting) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.waiting.get() == waiting)) }
}

/// Whether the last call waits for something to read: as `SSL_want_read`. `SSL_net_read_desired(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_net_read_desired(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { waits_for(ssl, Waiting::Reading) }
}

/// Whether the last call waits for room to write: as `SSL_want_write`. `SSL_net_write_desired(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_net_write_desired(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { waits_for(ssl, Waiting::Writing) }
}

/// Raises what OpenSSL raises for a value that is not one of TLS, which has none.
fn refuse_value() -> c_int {
    error_queue::raise_ssl(Reason::UNSUPPORTED_PROTOCOL);
    0
}

/// Returns 0 with `SSL_R_UNSUPPORTED_PROTOCOL`: all values are those of QUIC objects. `SSL_get_value_uint(3)`, of OpenSSL 3.3
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_value_uint(
    _ssl: *mut SSL,
    _value_class: u32,
    _id: u32,
    _value: *mut u64,
) -> c_int {
    refuse_value()
}

/// As `SSL_get_value_uint`. `SSL_get_value_uint(3)`, of OpenSSL 3.3
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_value_uint(
    _ssl: *mut SSL,
    _value_class: u32,
    _id: u32,
    _value: u64,
) -> c_int {
    refuse_value()
}
