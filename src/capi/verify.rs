//! Verification of the peer: `SSL_CTX_set_verify(3)`, `SSL_get_verify_result(3)`, `SSL_set1_host(3)`,
//! `SSL_CTX_get0_param(3)`, `SSL_CTX_set_cert_verify_callback(3)`. The trust anchors are in `trust`.

use core::ffi::{c_char, c_int, c_long, c_uint, c_void};

use super::support::{convert, export, with_context, with_ssl};
use crate::{
    libcrypto::sys::X509_VERIFY_PARAM,
    object::{
        SSL, SSL_CTX,
        callbacks::{Callback, CertVerifyCallback, VerifyCallback},
        config::Configurable,
    },
    policy::VerifyMode,
};

export! {
    SSL_CTX_set_verify SSL_set_verify SSL_CTX_get_verify_mode SSL_get_verify_mode
    SSL_CTX_get_verify_callback SSL_get_verify_callback
    SSL_CTX_set_verify_depth SSL_set_verify_depth SSL_CTX_get_verify_depth SSL_get_verify_depth
    SSL_CTX_set_cert_verify_callback SSL_set_verify_result SSL_get_verify_result
    SSL_CTX_get0_param SSL_get0_param SSL_CTX_set1_param SSL_set1_param
    SSL_CTX_set_purpose SSL_set_purpose SSL_CTX_set_trust SSL_set_trust
    SSL_set1_host SSL_add1_host SSL_set_hostflags SSL_get0_peername
}

/// Sets for connections to come whether and how the peer's certificate is asked for and verified (`SSL_VERIFY_…`), and
/// what is called for each certificate of the chain; null: nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_verify(
    context: *mut SSL_CTX,
    mode: c_int,
    callback: Option<VerifyCallback>,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            context.change(|config| {
                config.update_settings(|settings| settings.verify_mode = VerifyMode(mode));
                config.callbacks.verify = callback;
            })
        })
    }
}

/// As `SSL_CTX_set_verify`, for a connection; null leaves the callback that is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_verify(ssl: *mut SSL, mode: c_int, callback: Option<VerifyCallback>) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| {
            ssl.change(|config| {
                config.update_settings(|settings| settings.verify_mode = VerifyMode(mode));
                config.callbacks.verify = callback.or(config.callbacks.verify);
            })
        })
    }
}

/// The `SSL_VERIFY_…` flags that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_verify_mode(context: *const SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.look(|config| config.settings.verify_mode.0)) }
}

/// As `SSL_CTX_get_verify_mode`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_verify_mode(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look(|config| config.settings.verify_mode.0)) }
}

/// What is called for each certificate of the chain; null for nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_verify_callback(context: *const SSL_CTX) -> Option<VerifyCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, None, |context| context.look(|config| config.callbacks.verify)) }
}

/// As `SSL_CTX_get_verify_callback`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_verify_callback(ssl: *const SSL) -> Option<VerifyCallback> {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, None, |ssl| ssl.look(|config| config.callbacks.verify)) }
}

/// Limits how many certificates may stand between the peer's and the anchor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_verify_depth(context: *mut SSL_CTX, depth: c_int) {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, (), |context| context.verify_param().set_depth(depth)) }
}

/// As `SSL_CTX_set_verify_depth`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_verify_depth(ssl: *mut SSL, depth: c_int) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.verify_param().set_depth(depth)) }
}

/// The limit of `SSL_CTX_set_verify_depth`; -1 if none was set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_verify_depth(context: *const SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.verify_param().depth()) }
}

/// As `SSL_CTX_get_verify_depth`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_verify_depth(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().depth()) }
}

/// Sets what verifies chains in place of `X509_verify_cert(3)`; null: that function. `argument` stays the program's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_cert_verify_callback(
    context: *mut SSL_CTX,
    callback: Option<CertVerifyCallback>,
    argument: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(context, (), |context| {
            context.update_live(|live| live.cert_verify = Callback { function: callback, argument })
        })
    }
}

/// Overwrites what `SSL_get_verify_result` gives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_verify_result(ssl: *mut SSL, result: c_long) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.verify_result.set(result)) }
}

/// The `X509_V_…` of the peer's chain, also of a session that was resumed; `X509_V_OK` if the peer sent no certificate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_verify_result(ssl: *const SSL) -> c_long {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, UNSPECIFIED, |ssl| ssl.verify_result.get()) }
}

/// `X509_V_ERR_UNSPECIFIED`: for a null pointer no other answer is safe.
const UNSPECIFIED: c_long = 1;

/// The parameters of verifications, to be changed; they stay the context's. A connection copies them when it is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get0_param(context: *mut SSL_CTX) -> *mut X509_VERIFY_PARAM {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, core::ptr::null_mut(), |context| context.verify_param().as_ptr()) }
}

/// As `SSL_CTX_get0_param`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_param(ssl: *mut SSL) -> *mut X509_VERIFY_PARAM {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.verify_param().as_ptr()) }
}

/// Takes over what is set in `parameters`, which stay the caller's. 1, or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set1_param(
    context: *mut SSL_CTX,
    parameters: *mut X509_VERIFY_PARAM,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.verify_param().set(parameters).into()) }
}

/// As `SSL_CTX_set1_param`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_param(ssl: *mut SSL, parameters: *mut X509_VERIFY_PARAM) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().set(parameters).into()) }
}

/// What the peer's certificate has to be for, an `X509_PURPOSE_…`. 1, or 0 for an unknown one with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_purpose(context: *mut SSL_CTX, purpose: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.verify_param().set_purpose(purpose).into()) }
}

/// As `SSL_CTX_set_purpose`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_purpose(ssl: *mut SSL, purpose: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().set_purpose(purpose).into()) }
}

/// What the anchor has to be trusted for, an `X509_TRUST_…`. 1, or 0 for an unknown one with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_trust(context: *mut SSL_CTX, trust: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(context, 0, |context| context.verify_param().set_trust(trust).into()) }
}

/// As `SSL_CTX_set_trust`, for a connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_trust(ssl: *mut SSL, trust: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().set_trust(trust).into()) }
}

/// The one name that the peer's certificate has to have; null or the empty one: any. 1, or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set1_host(ssl: *mut SSL, name: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().set_host(convert::c_string(name)).into()) }
}

/// Another name that the peer's certificate may have. 1, or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_add1_host(ssl: *mut SSL, name: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.verify_param().add_host(convert::c_string(name)).into()) }
}

/// How names are compared: `X509_CHECK_FLAG_…`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_hostflags(ssl: *mut SSL, flags: c_uint) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.verify_param().set_host_flags(flags)) }
}

/// The name in the peer's certificate that matched; null without one. It stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_peername(ssl: *mut SSL) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null(), |ssl| ssl.verify_param().peer_name()) }
}
