//! Making and freeing contexts: `SSL_CTX_new(3)`, `SSL_CTX_free(3)`.

use core::ffi::{c_char, c_int};

use super::{
    library,
    method::SSL_METHOD,
    support::{convert, export, guard},
};
use crate::{
    error::Reason,
    libcrypto::{error_queue, library::Library, sys::OSSL_LIB_CTX},
    object::{Context, SSL_CTX, conf, log},
};

export!(SSL_CTX_new SSL_CTX_new_ex SSL_CTX_free SSL_CTX_up_ref);

/// Makes a context for `method`, which is static. The caller owns one reference. Null with the reason in the queue:
/// `SSL_R_NULL_SSL_METHOD_PASSED`, or whatever kept libcrypto from getting ready.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_new(method: *const SSL_METHOD) -> *mut SSL_CTX {
    // SAFETY: the contract of this module.
    unsafe { SSL_CTX_new_ex(core::ptr::null_mut(), core::ptr::null(), method) }
}

/// As `SSL_CTX_new`, with a library context, null for the default one, in which libcrypto does what it does for these
/// connections, and a property query, null for none, of which a copy is taken. The library context stays the
/// caller's, and has to outlive the context. What its providers do not offer is not used, whoever computes it; if they offer
/// no suite at all: null, with `SSL_R_LIBRARY_HAS_NO_CIPHERS` in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_new_ex(
    libctx: *mut OSSL_LIB_CTX,
    propq: *const c_char,
    method: *const SSL_METHOD,
) -> *mut SSL_CTX {
    guard(core::ptr::null_mut(), || {
        // SAFETY: the contract of this module; methods are static.
        let Some(method) = (unsafe { method.as_ref() }) else {
            error_queue::raise_ssl(Reason::NULL_SSL_METHOD_PASSED);
            return core::ptr::null_mut();
        };
        if !library::make_ready() {
            return core::ptr::null_mut();
        }
        if !libctx.is_null() || !propq.is_null() {
            log::differs(
                "SSL_CTX_new_ex",
                "the library context says what is offered; ciphers of records and DHE are computed in the default one",
            );
        }
        // SAFETY: the contract of this module.
        let library = unsafe { Library::new(libctx, convert::c_string(propq)) };
        let context = Context::new(method, library);
        if context.as_ref().is_some_and(|context| context.has_no_suites()) {
            error_queue::raise_ssl(Reason::LIBRARY_HAS_NO_CIPHERS);
            return core::ptr::null_mut();
        }
        match &context {
            Some(context) => conf::configure_by_system_default(context),
            None => error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE),
        }
        convert::handle(context)
    })
}

/// Gives one reference back; the last one frees the context. Its cached sessions are removed first, which the
/// remove callback is told. Null is left alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_free(context: *mut SSL_CTX) {
    // SAFETY: the contract of this module; the reference was the caller's.
    guard((), || unsafe { convert::release(context) });
}

/// Takes one more reference. 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_up_ref(context: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { convert::up_ref(context) }
}
