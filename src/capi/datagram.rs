//! What only DTLS has (`DTLSv1_listen(3)`, `DTLSv1_get_timeout(3)`, `DTLSv1_handle_timeout(3)`, `DTLS_set_timer_cb(3)`, `DTLS_get_data_mtu(3)`).

use core::ffi::{c_int, c_long};

use super::support::{convert, export, with_ssl};
use crate::libcrypto::sys;
use crate::object::{SSL, Ssl, callbacks::TimerCallback, datagram::LEAST_LINK_MTU, driver::Pause};

export!(DTLSv1_listen DTLS_set_timer_cb DTLS_get_data_mtu);

/// Waits on the BIOs of a DTLS server for a client that brings a cookie, sending all others away with one, and keeps nothing of
/// them. The program's callbacks make and check cookies (`SSL_CTX_set_cookie_generate_cb(3)`).
///
/// Returns 1 if there is one: its address is stored in `peer`, and `SSL_accept` goes on with it. 0 if there is none yet, or what
/// came is no ClientHello; the reason is then in the queue. -1 on failure. `DTLSv1_listen(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DTLSv1_listen(ssl: *mut SSL, peer: *mut sys::BIO_ADDR) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.listen(peer)) }
}

/// Sets what says how many microseconds the retransmission timer of a DTLS connection runs: it is called with 0 when the timer
/// starts, and with the time that it ran when it has run out. Null: one second, doubled each time. `DTLS_set_timer_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DTLS_set_timer_cb(ssl: *mut SSL, cb: Option<TimerCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.datagram.timer.set(cb)) }
}

/// The most bytes of application data that fit into a datagram of a DTLS connection; 0 before that is known.
/// `DTLS_get_data_mtu(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DTLS_get_data_mtu(ssl: *const SSL) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, Ssl::data_mtu) }
}

/// `DTLSv1_get_timeout`: 1 and how long the retransmission timer still runs, or 0 if it does not.
///
/// # Safety
/// `to` is null or valid for writing.
pub(super) unsafe fn get_timeout(ssl: &Ssl, to: *mut libc::timeval) -> c_long {
    const MICROSECONDS: u64 = 1_000_000;
    let Some(left) = ssl.time_left() else { return 0 };
    let part = |value: u64| libc::time_t::try_from(value).unwrap_or(libc::time_t::MAX);
    let time = libc::timeval { tv_sec: part(left / MICROSECONDS), tv_usec: part(left % MICROSECONDS) };
    // SAFETY: the caller's promise.
    unsafe { convert::store(to, time) };
    1
}

/// `DTLSv1_handle_timeout`: 1 if the flight was sent again, 0 if it is not time for that, -1 on failure.
pub(super) fn handle_timeout(ssl: &Ssl) -> c_long {
    let result: c_int = match ssl.handle_timeout() {
        Ok(sent) => sent.into(),
        Err(Pause::Waiting | Pause::Failed | Pause::Closed | Pause::Ended) => -1,
    };
    result.into()
}

/// `DTLS_get_link_min_mtu`.
pub(super) fn least_link_mtu() -> c_long {
    c_long::try_from(LEAST_LINK_MTU).unwrap_or(c_long::MAX)
}
