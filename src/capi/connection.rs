//! Making, copying and freeing connections: `SSL_new(3)`, `SSL_free(3)`, `SSL_clear(3)`, `SSL_set_SSL_CTX(3)`.

use core::ffi::c_int;
use std::sync::Arc;

use super::support::{convert, export, guard, with_ssl};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, SSL_CTX, Ssl},
};

export!(SSL_new SSL_free SSL_up_ref SSL_dup SSL_clear SSL_get_SSL_CTX SSL_set_SSL_CTX);
export!(SSL_alloc_buffers SSL_free_buffers SSL_set_debug);

/// Makes a connection with the settings of `context`, of which it takes a reference. The caller owns one reference.
/// Null with the reason in the queue: `SSL_R_NULL_SSL_CTX` for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_new(context: *mut SSL_CTX) -> *mut SSL {
    guard(core::ptr::null_mut(), || {
        // SAFETY: the contract of this module.
        let Some(context) = (unsafe { convert::shared(context) }) else {
            error_queue::raise_ssl(Reason::NULL_SSL_CTX);
            return core::ptr::null_mut();
        };
        let Some(ssl) = context.poison.contain(|| Ssl::new(Arc::clone(&context))) else {
            return core::ptr::null_mut();
        };
        if ssl.is_none() {
            error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE);
        }
        convert::handle(ssl)
    })
}

/// Gives one reference back; the last one frees the connection, its BIOs and its references to context and
/// session. Null is left alone. Nothing is sent: that is `SSL_shutdown`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_free(ssl: *mut SSL) {
    // SAFETY: the contract of this module; the reference was the caller's.
    guard((), || unsafe { convert::release(ssl) });
}

/// Takes one more reference. 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_up_ref(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { convert::up_ref(ssl) }
}

/// A connection with the settings of `ssl`, without its BIOs; once the handshake began, one more reference to `ssl`
/// itself. The caller owns the reference. Null on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dup(ssl: *mut SSL) -> *mut SSL {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |this| {
            if this.is_before_handshake() {
                convert::handle(this.duplicate())
            } else {
                convert::handle(convert::shared(ssl))
            }
        })
    }
}

/// Makes `ssl` ready for another handshake with its settings, context, BIOs and session. 1 on success; 0 with
/// `ERR_R_INTERNAL_ERROR` while a renegotiation is pending.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_clear(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            if ssl.renegotiation_pending() {
                error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
                return 0;
            }
            ssl.clear();
            1
        })
    }
}

/// The context of `ssl`, which stays the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_SSL_CTX(ssl: *const SSL) -> *mut SSL_CTX {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| Arc::as_ptr(&ssl.context()).cast_mut()) }
}

/// Makes `ssl` use the certificates and callbacks of another context, as a servername callback does; null stands
/// for the context it was made from. A reference is taken. The context in use from now on, or null on failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_SSL_CTX(ssl: *mut SSL, context: *mut SSL_CTX) -> *mut SSL_CTX {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            let given = convert::shared(context);
            let is_there = given.as_ref().is_some_and(|given| Arc::ptr_eq(given, &ssl.context()));
            let context = given.unwrap_or_else(|| Arc::clone(ssl.initial_context()));
            let pointer = Arc::as_ptr(&context).cast_mut();
            if !is_there {
                ssl.set_context(context);
            }
            pointer
        })
    }
}

/// Takes the buffers of `ssl` in advance. They are taken when they are needed: returns 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_alloc_buffers(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |_| 1) }
}

/// Gives the buffers of `ssl` back, which it has only while something is in them. 1, or 0 if something is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_free_buffers(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| ssl.with_connection(|connection| c_int::from(connection.buffers_are_empty())))
    }
}

/// Does nothing; OpenSSL's own does nothing either any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_debug(_ssl: *mut SSL, _debug: c_int) {}
