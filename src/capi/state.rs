//! Where the handshake is: `SSL_in_init(3)`.

use core::ffi::{c_int, c_uint};

use super::support::{convert, export, with_ssl};
use crate::{
    handshake::{RoundTrip, position::Position},
    object::SSL,
};

export!(OPENSSL_3.2.0: SSL_get_handshake_rtt);
export! { SSL_in_init SSL_in_before SSL_is_init_finished SSL_get_state }

/// Returns 1 while a handshake has not begun, is under way, or has failed, else 0. `SSL_in_init(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_in_init(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.shows_handshake())) }
}

/// Returns 1 if no handshake has begun, else 0. `SSL_in_init(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_in_before(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.shows_no_handshake())) }
}

/// Returns 1 if the handshake is complete and application data can flow, else 0. `SSL_in_init(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_is_init_finished(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.shows_established())) }
}

/// `TLS_ST_…`.
#[allow(non_camel_case_types)]
pub type OSSL_HANDSHAKE_STATE = c_uint;

/// Where the handshake is: `TLS_ST_…`. `SSL_in_init(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_state(ssl: *const SSL) -> OSSL_HANDSHAKE_STATE {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, Position::Before as OSSL_HANDSHAKE_STATE, |ssl| ssl.position() as OSSL_HANDSHAKE_STATE)
    }
}

/// Stores in `*rtt` how many microseconds passed in the handshake between our writing and our having read the peer's answer:
/// on a client from the ClientHello to the end of the server's flight, on a server from that to the client's Finished.
///
/// Returns 1; 0 while that is not known, which in TLS 1.2 it is after a full handshake only. `SSL_get_handshake_rtt(3)`,
/// of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_handshake_rtt(ssl: *const SSL, rtt: *mut u64) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| match ssl.with_connection(|connection| connection.negotiated().round_trip) {
            RoundTrip::Known(time) => {
                convert::store(rtt, u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
                1
            }
            RoundTrip::Before | RoundTrip::Writing | RoundTrip::Since(_) => 0,
        })
    }
}
