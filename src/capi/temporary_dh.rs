//! Where a server's Diffie-Hellman parameters of TLS 1.2 and below come from: `SSL_CTX_set_tmp_dh_callback(3)`,
//! `SSL_CTX_set0_tmp_dh_pkey`, `SSL_CTX_set_dh_auto`. The last one, and `SSL_CTX_set_tmp_dh`, are commands of `SSL_CTX_ctrl`.

use core::ffi::{c_int, c_long};

use super::support::{export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        evp_pkey::PKey,
        sys::{DH, EVP_PKEY},
    },
    object::{SSL, SSL_CTX, callbacks::TemporaryDhCallback, config::Configurable, temporary_dh},
};

export! {
    SSL_CTX_set0_tmp_dh_pkey SSL_set0_tmp_dh_pkey SSL_CTX_set_tmp_dh_callback SSL_set_tmp_dh_callback
}

/// Takes Diffie-Hellman parameters; they become the context's. 1, or 0 with `SSL_R_DH_KEY_TOO_SMALL` for null or for
/// parameters that the security level forbids, which stay the caller's. `SSL_CTX_set0_tmp_dh_pkey(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set0_tmp_dh_pkey(ctx: *mut SSL_CTX, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| take_key(ctx, key)) }
}

/// As `SSL_CTX_set0_tmp_dh_pkey`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set0_tmp_dh_pkey(ssl: *mut SSL, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| take_key(ssl, key)) }
}

/// # Safety
/// `key` is null or valid, and given away on success.
unsafe fn take_key(target: &impl Configurable, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the caller's promise.
    let taken =
        unsafe { PKey::from_borrowed(key) }.is_some_and(|key| temporary_dh::use_parameters(target, key));
    if taken {
        // SAFETY: the caller gave this reference away.
        drop(unsafe { PKey::from_owned(key) });
    } else if key.is_null() {
        error_queue::raise_ssl(Reason::DH_KEY_TOO_SMALL);
    }
    taken.into()
}

/// `SSL_CTX_set_tmp_dh`: copies the parameters of a DH object, which stays the caller's.
///
/// # Safety
/// `dh` is null or valid.
pub(super) unsafe fn set_tmp_dh(target: &impl Configurable, dh: *mut DH) -> c_long {
    if dh.is_null() {
        error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { PKey::from_dh(dh) }.is_some_and(|key| temporary_dh::use_parameters(target, key)).into()
}

/// `SSL_CTX_set_dh_auto`: 0 for no, 1 for as strong as the certificate, 2 for as the security level wants.
pub(super) fn set_automatic(target: &impl Configurable, number: c_long) -> c_long {
    let automatic = match number {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    target.change_settings(|settings| settings.diffie_hellman.automatic = automatic);
    1
}

/// Sets who is asked for Diffie-Hellman parameters when none are set; the callback's result stays the program's.
/// `SSL_CTX_set_tmp_dh_callback(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_tmp_dh_callback(
    ctx: *mut SSL_CTX,
    callback: Option<TemporaryDhCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, (), |ctx| set_callback(ctx, callback)) }
}

/// As `SSL_CTX_set_tmp_dh_callback`, for one connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_tmp_dh_callback(ssl: *mut SSL, callback: Option<TemporaryDhCallback>) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| set_callback(ssl, callback)) }
}

/// The callback of either.
pub(super) fn set_callback(target: &impl Configurable, callback: Option<TemporaryDhCallback>) {
    target.change(|config| {
        config.callbacks.temporary_dh = callback;
        config.update_settings(|settings| settings.diffie_hellman.callback = callback.is_some());
    });
}
