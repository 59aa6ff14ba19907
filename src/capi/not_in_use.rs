//! Questions about features that this library does not have: what a connection without them answers. Setting any of them
//! up fails (see `unsupported`).

use core::ffi::{c_char, c_int, c_void};

use super::support::{export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, SSL_CTX, Ssl},
};

export! {
    SSL_get_early_data_status SSL_CTX_get_max_early_data SSL_get_max_early_data
    SSL_CTX_set_max_early_data SSL_set_max_early_data
    SSL_write_early_data SSL_read_early_data
    SSL_CTX_get_recv_max_early_data SSL_get_recv_max_early_data
    SSL_waiting_for_async SSL_get_async_status SSL_get_all_async_fds SSL_get_changed_async_fds
    SSL_CTX_ct_is_enabled SSL_ct_is_enabled SSL_get0_peer_scts
    SSL_get_selected_srtp_profile SSL_get_srtp_profiles
    SSL_get_srp_N SSL_get_srp_g SSL_get_srp_username SSL_get_srp_userinfo
}

/// Answers for a connection.
///
/// # Safety
/// `ssl` is null or valid.
unsafe fn answer<R: Copy>(ssl: *const SSL, failure: R, answer: R) -> R {
    // SAFETY: the caller's promise.
    unsafe { with_ssl(ssl, failure, |_| answer) }
}

/// What became of early data: `SSL_EARLY_DATA_NOT_SENT` (0).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_early_data_status(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { answer(ssl, 0, 0) }
}

/// How much early data tickets allow: 0, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_max_early_data(_ctx: *const SSL_CTX) -> u32 {
    0
}

/// How much early data tickets allow: 0, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_max_early_data(_ssl: *const SSL) -> u32 {
    0
}

/// None is what is allowed anyway: 1; more is not supported: 0.
fn set_max_early_data(most: u32) -> c_int {
    if most == 0 {
        return 1;
    }
    error_queue::raise_ssl(Reason::ERR_UNSUPPORTED);
    0
}

/// How much early data tickets allow: 1 for none; more is not supported: 0 with `ERR_R_UNSUPPORTED` in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_max_early_data(ctx: *mut SSL_CTX, most: u32) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |_| set_max_early_data(most)) }
}

/// As `SSL_CTX_set_max_early_data`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_max_early_data(ssl: *mut SSL, most: u32) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |_| set_max_early_data(most)) }
}

/// How much early data that is to be refused a server passes over: 16384, a record's worth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_recv_max_early_data(_ctx: *const SSL_CTX) -> u32 {
    16384
}

/// How much early data that is to be refused a server passes over: 16384, a record's worth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_recv_max_early_data(_ssl: *const SSL) -> u32 {
    16384
}

/// Why early data cannot be sent or received: after the handshake began it is too late, before that it is not supported.
fn refuse_early_data(ssl: &Ssl) -> c_int {
    let is_before = ssl.with_connection(|connection| connection.is_before());
    let reason = if is_before { Reason::ERR_UNSUPPORTED } else { Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED };
    error_queue::raise_ssl(reason);
    0
}

/// Sends early data, which is not supported: 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_write_early_data(
    ssl: *mut SSL,
    _data: *const c_void,
    _length: usize,
    _written: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, refuse_early_data) }
}

/// Receives early data, which is not supported: `SSL_READ_EARLY_DATA_ERROR` (0) with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_read_early_data(
    ssl: *mut SSL,
    _buffer: *mut c_void,
    _length: usize,
    _count: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, refuse_early_data) }
}

/// Whether an asynchronous job is under way: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_waiting_for_async(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { answer(ssl, 0, 0) }
}

/// What an engine's job said last: 0, there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_async_status(_ssl: *mut SSL, _status: *mut c_int) -> c_int {
    0
}

/// The descriptors that an asynchronous job waits for: 0, there is no job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_all_async_fds(
    _ssl: *mut SSL,
    _descriptors: *mut c_int,
    _count: *mut usize,
) -> c_int {
    0
}

/// The descriptors that an asynchronous job began or ceased to wait for: 0, there is no job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_changed_async_fds(
    _ssl: *mut SSL,
    _added: *mut c_int,
    _added_count: *mut usize,
    _removed: *mut c_int,
    _removed_count: *mut usize,
) -> c_int {
    0
}

/// Whether certificate transparency is checked: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_ct_is_enabled(_ctx: *const SSL_CTX) -> c_int {
    0
}

/// Whether certificate transparency is checked: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_ct_is_enabled(_ssl: *const SSL) -> c_int {
    0
}

/// The peer's signed certificate timestamps: null, none are asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peer_scts(_ssl: *mut SSL) -> *const c_void {
    core::ptr::null()
}

/// The SRTP profile that was agreed on: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_selected_srtp_profile(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}

/// The SRTP profiles that are set: null, none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srtp_profiles(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}

/// SRP's modulus: null, SRP is not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_N(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}

/// SRP's generator: null, SRP is not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_g(_ssl: *mut SSL) -> *mut c_void {
    core::ptr::null_mut()
}

/// SRP's user: null, SRP is not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_username(_ssl: *mut SSL) -> *mut c_char {
    core::ptr::null_mut()
}

/// What is known of SRP's user: null, SRP is not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_userinfo(_ssl: *mut SSL) -> *mut c_char {
    core::ptr::null_mut()
}
