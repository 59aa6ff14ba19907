//! A BIO that is a TLS connection: `BIO_f_ssl(3)`.

mod method;
mod renegotiations;

use core::ffi::c_int;

use super::support::{convert, export, guard, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        sys::{self, BIO, BIO_METHOD},
    },
    object::{SSL_CTX, Ssl},
    record::Side,
};

export! {
    BIO_f_ssl BIO_new_ssl BIO_new_ssl_connect BIO_new_buffer_ssl_connect BIO_ssl_copy_session_id BIO_ssl_shutdown
}

/// The method of BIOs that are TLS connections, which is never freed; null when memory is out. `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub extern "C" fn BIO_f_ssl() -> *const BIO_METHOD {
    guard(core::ptr::null(), method::method)
}

/// Makes a BIO with a connection of `ctx`, which goes with it: a client's if `client` is set, else a server's. It
/// reads and writes through the BIO that is pushed behind it.
///
/// Returns the BIO, which the caller owns; null on failure. `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn BIO_new_ssl(ctx: *mut SSL_CTX, client: c_int) -> *mut BIO {
    let side = if client == 0 { Side::Server } else { Side::Client };
    guard(core::ptr::null_mut(), || {
        // SAFETY: the contract of this module; the BIO takes over the connection.
        unsafe {
            if ctx.is_null() {
                error_queue::raise_ssl(Reason::NULL_SSL_CTX);
            }
            let Some(ssl) = convert::shared(ctx).and_then(Ssl::new) else { return core::ptr::null_mut() };
            ssl.set_side(side);
            let method = BIO_f_ssl();
            if method.is_null() {
                return core::ptr::null_mut();
            }
            let bio = sys::BIO_new(method);
            if !bio.is_null() {
                let ssl = convert::handle(Some(ssl));
                sys::BIO_ctrl(bio, sys::BIO_C_SET_SSL, sys::BIO_CLOSE.into(), ssl.cast());
            }
            bio
        }
    })
}

/// Makes a client's BIO of `ctx` over one that connects. The caller owns the chain; null on failure. `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn BIO_new_ssl_connect(ctx: *mut SSL_CTX) -> *mut BIO {
    // SAFETY: the contract of this module.
    unsafe { push(BIO_new_ssl(ctx, 1), sys::BIO_new(sys::BIO_s_connect())) }
}

/// Makes a buffer over what `BIO_new_ssl_connect` makes. The caller owns the chain; null on failure. `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn BIO_new_buffer_ssl_connect(ctx: *mut SSL_CTX) -> *mut BIO {
    // SAFETY: the contract of this module.
    unsafe { push(sys::BIO_new(sys::BIO_f_buffer()), BIO_new_ssl_connect(ctx)) }
}

/// Puts one BIO before another; frees the one if there is not the other.
unsafe fn push(front: *mut BIO, back: *mut BIO) -> *mut BIO {
    // SAFETY: both are null or the caller's.
    unsafe {
        if front.is_null() || back.is_null() {
            sys::BIO_free_all(front);
            sys::BIO_free_all(back);
            return core::ptr::null_mut();
        }
        sys::BIO_push(front, back)
    }
}

/// Gives the connection of the chain `to` the session, the certificates and the session id context of that of
/// `from`. Returns 1, or 0 if one of them has no connection. `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn BIO_ssl_copy_session_id(to: *mut BIO, from: *mut BIO) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        let (to, from) =
            (sys::BIO_find_type(to, sys::BIO_TYPE_SSL), sys::BIO_find_type(from, sys::BIO_TYPE_SSL));
        if to.is_null() || from.is_null() {
            return 0;
        }
        let (to, from) = (method::connection_of(to), method::connection_of(from));
        if to.is_null() || from.is_null() {
            return 0;
        }
        super::session_use::SSL_copy_session_id(to, from)
    }
}

/// Closes each connection of the chain (`SSL_shutdown`). `BIO_f_ssl(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn BIO_ssl_shutdown(bio: *mut BIO) {
    let mut next = bio;
    // SAFETY: the contract of this module; a chain ends with null.
    unsafe {
        while !next.is_null() {
            let ssl = method::connection_of(next);
            if !ssl.is_null() {
                with_ssl(ssl, (), |ssl| {
                    ssl.close();
                });
            }
            next = sys::BIO_next(next);
        }
    }
}
